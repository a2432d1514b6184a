/work/install/obj/src/serve/addresses.o: src/serve/addresses.c \
 src/base/banned.h src/serve/addresses.h src/base/bytes.h src/base/err.h \
 src/base/codes.def
src/base/banned.h:
src/serve/addresses.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
