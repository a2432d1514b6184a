/work/install/obj/src/crypto/pubkey.o: src/crypto/pubkey.c \
 src/base/banned.h src/crypto/pubkey.h src/crypto/digest.h \
 src/base/bytes.h src/base/err.h src/base/codes.def src/crypto/sigalg.h
src/base/banned.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/crypto/sigalg.h:
