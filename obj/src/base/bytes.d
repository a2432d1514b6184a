/work/install/obj/src/base/bytes.o: src/base/bytes.c src/base/banned.h \
 src/base/bytes.h src/base/err.h src/base/codes.def
src/base/banned.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
