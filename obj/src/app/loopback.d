/work/install/obj/src/app/loopback.o: src/app/loopback.c \
 src/base/banned.h src/app/loopback.h
src/base/banned.h:
src/app/loopback.h:
