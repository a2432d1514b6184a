/work/install/obj/src/crypto/curve.o: src/crypto/curve.c \
 src/base/banned.h src/crypto/curve.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/crypto/mont.h src/crypto/limbs.h
src/base/banned.h:
src/crypto/curve.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/crypto/mont.h:
src/crypto/limbs.h:
