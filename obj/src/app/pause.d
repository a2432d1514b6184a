/work/install/obj/src/app/pause.o: src/app/pause.c src/base/banned.h \
 src/app/pause.h src/app/clock.h src/app/stop.h
src/base/banned.h:
src/app/pause.h:
src/app/clock.h:
src/app/stop.h:
