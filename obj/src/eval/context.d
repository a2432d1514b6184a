/work/install/obj/src/eval/context.o: src/eval/context.c \
 src/base/banned.h src/eval/context.h src/base/arena.h src/base/bytes.h \
 src/base/err.h src/base/codes.def src/crypto/keycache.h \
 src/crypto/pubkey.h src/crypto/digest.h src/crypto/sigalg.h \
 src/crypto/verifier.h src/crypto/fast.h src/crypto/curve.h \
 src/crypto/mont.h src/crypto/limbs.h src/crypto/verify_job.h \
 src/eval/certcache.h src/x509/cert.h src/x509/der.h src/x509/pem.h
src/base/banned.h:
src/eval/context.h:
src/base/arena.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/crypto/keycache.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/crypto/verifier.h:
src/crypto/fast.h:
src/crypto/curve.h:
src/crypto/mont.h:
src/crypto/limbs.h:
src/crypto/verify_job.h:
src/eval/certcache.h:
src/x509/cert.h:
src/x509/der.h:
src/x509/pem.h:
