/work/install/obj/src/crypto/verifier.o: src/crypto/verifier.c \
 src/base/banned.h src/crypto/verifier.h src/crypto/fast.h \
 src/crypto/curve.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/crypto/mont.h src/crypto/limbs.h src/crypto/verify_job.h \
 src/crypto/pubkey.h src/crypto/digest.h src/crypto/sigalg.h \
 src/crypto/ecdsa.h
src/base/banned.h:
src/crypto/verifier.h:
src/crypto/fast.h:
src/crypto/curve.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/crypto/mont.h:
src/crypto/limbs.h:
src/crypto/verify_job.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/crypto/ecdsa.h:
