/work/install/obj/src/base/text.o: src/base/text.c src/base/banned.h \
 src/base/text.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/base/plain.h
src/base/banned.h:
src/base/text.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/plain.h:
