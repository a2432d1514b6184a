/work/install/obj/src/crypto/keycache.o: src/crypto/keycache.c \
 src/base/banned.h src/crypto/keycache.h src/crypto/pubkey.h \
 src/crypto/digest.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/crypto/sigalg.h
src/base/banned.h:
src/crypto/keycache.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/crypto/sigalg.h:
