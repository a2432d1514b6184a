/work/install/obj/src/serve/gzip.o: src/serve/gzip.c src/base/banned.h \
 src/serve/gzip.h src/base/bytes.h src/base/err.h src/base/codes.def
src/base/banned.h:
src/serve/gzip.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
