/work/install/obj/src/docs/roff.o: src/docs/roff.c src/base/banned.h \
 src/docs/roff.h src/base/bytes.h src/base/err.h src/base/codes.def
src/base/banned.h:
src/docs/roff.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
