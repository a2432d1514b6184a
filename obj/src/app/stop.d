/work/install/obj/src/app/stop.o: src/app/stop.c src/base/banned.h \
 src/app/stop.h
src/base/banned.h:
src/app/stop.h:
