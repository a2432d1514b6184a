/work/install/obj/src/base/err.o: src/base/err.c src/base/banned.h \
 src/base/err.h src/base/codes.def src/base/text.h src/base/bytes.h
src/base/banned.h:
src/base/err.h:
src/base/codes.def:
src/base/text.h:
src/base/bytes.h:
