/work/install/obj/src/sct/sct.o: src/sct/sct.c src/base/banned.h \
 src/sct/sct.h src/base/bytes.h src/base/err.h src/base/codes.def
src/base/banned.h:
src/sct/sct.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
