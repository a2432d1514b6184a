/work/install/obj/src/loglist/list_signature.o: \
 src/loglist/list_signature.c src/base/banned.h \
 src/loglist/list_signature.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/base/arena.h src/crypto/verifier.h \
 src/crypto/fast.h src/crypto/curve.h src/crypto/mont.h \
 src/crypto/limbs.h src/crypto/verify_job.h src/crypto/pubkey.h \
 src/crypto/digest.h src/crypto/sigalg.h src/x509/pem.h
src/base/banned.h:
src/loglist/list_signature.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/arena.h:
src/crypto/verifier.h:
src/crypto/fast.h:
src/crypto/curve.h:
src/crypto/mont.h:
src/crypto/limbs.h:
src/crypto/verify_job.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/x509/pem.h:
