/work/install/obj/src/app/stream.o: src/app/stream.c src/base/banned.h \
 src/app/stream.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/app/files.h src/app/stop.h
src/base/banned.h:
src/app/stream.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/app/files.h:
src/app/stop.h:
