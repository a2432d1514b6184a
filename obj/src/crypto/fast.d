/work/install/obj/src/crypto/fast.o: src/crypto/fast.c src/base/banned.h \
 src/crypto/fast.h src/crypto/curve.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/crypto/mont.h src/crypto/limbs.h \
 src/crypto/verify_job.h src/crypto/pubkey.h src/crypto/digest.h \
 src/crypto/sigalg.h src/crypto/ecdsa.h src/crypto/fast_answers.h
src/base/banned.h:
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
src/crypto/fast_answers.h:
