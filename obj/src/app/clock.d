/work/install/obj/src/app/clock.o: src/app/clock.c src/base/banned.h \
 src/app/clock.h
src/base/banned.h:
src/app/clock.h:
