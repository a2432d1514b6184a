/work/install/obj/src/app/window.o: src/app/window.c src/base/banned.h \
 src/app/window.h src/app/stream.h src/base/bytes.h src/base/err.h \
 src/base/codes.def
src/base/banned.h:
src/app/window.h:
src/app/stream.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
