/work/install/obj/src/sct/verify.o: src/sct/verify.c src/base/banned.h \
 src/sct/verify.h src/crypto/verifier.h src/crypto/fast.h \
 src/crypto/curve.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/crypto/mont.h src/crypto/limbs.h src/crypto/verify_job.h \
 src/crypto/pubkey.h src/crypto/digest.h src/crypto/sigalg.h \
 src/sct/signed_entry.h src/sct/sct.h src/x509/tbs.h src/x509/cert.h \
 src/x509/der.h
src/base/banned.h:
src/sct/verify.h:
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
src/sct/signed_entry.h:
src/sct/sct.h:
src/x509/tbs.h:
src/x509/cert.h:
src/x509/der.h:
