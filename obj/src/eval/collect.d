/work/install/obj/src/eval/collect.o: src/eval/collect.c \
 src/base/banned.h src/eval/evaluation.h src/eval/context.h \
 src/base/arena.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/crypto/keycache.h src/crypto/pubkey.h src/crypto/digest.h \
 src/crypto/sigalg.h src/crypto/verifier.h src/crypto/fast.h \
 src/crypto/curve.h src/crypto/mont.h src/crypto/limbs.h \
 src/crypto/verify_job.h src/eval/certcache.h src/x509/cert.h \
 src/x509/der.h src/x509/pem.h src/eval/record.h src/eval/request.h \
 src/eval/issuers.h src/eval/selection.h src/policy/policy.h \
 src/policy/facts.h src/base/ct.h src/loglist/lists.h src/base/datetime.h \
 src/loglist/loglist.h src/sct/sct.h src/x509/tbs_diff.h src/x509/tbs.h \
 src/sct/signed_entry.h src/x509/ocsp.h src/base/text.h \
 src/sct/sct_json.h
src/base/banned.h:
src/eval/evaluation.h:
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
src/eval/record.h:
src/eval/request.h:
src/eval/issuers.h:
src/eval/selection.h:
src/policy/policy.h:
src/policy/facts.h:
src/base/ct.h:
src/loglist/lists.h:
src/base/datetime.h:
src/loglist/loglist.h:
src/sct/sct.h:
src/x509/tbs_diff.h:
src/x509/tbs.h:
src/sct/signed_entry.h:
src/x509/ocsp.h:
src/base/text.h:
src/sct/sct_json.h:
