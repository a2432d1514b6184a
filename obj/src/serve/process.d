/work/install/obj/src/serve/process.o: src/serve/process.c \
 src/base/banned.h src/serve/process.h src/app/clock.h
src/base/banned.h:
src/serve/process.h:
src/app/clock.h:
