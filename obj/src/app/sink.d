/work/install/obj/src/app/sink.o: src/app/sink.c src/base/banned.h \
 src/app/sink.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/app/files.h
src/base/banned.h:
src/app/sink.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/app/files.h:
