/work/install/obj/src/base/arena.o: src/base/arena.c src/base/banned.h \
 src/base/arena.h src/base/bytes.h src/base/err.h src/base/codes.def
src/base/banned.h:
src/base/arena.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
