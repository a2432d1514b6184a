/work/install/obj/src/crypto/digest.o: src/crypto/digest.c \
 src/base/banned.h src/crypto/digest.h src/base/bytes.h src/base/err.h \
 src/base/codes.def
src/base/banned.h:
src/crypto/digest.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
