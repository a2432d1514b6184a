/work/install/obj/src/app/issuer_files.o: src/app/issuer_files.c \
 src/base/banned.h src/app/issuer_files.h src/eval/issuers.h \
 src/base/arena.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/x509/cert.h src/crypto/sigalg.h src/x509/der.h src/app/commands.h \
 src/app/exits.h src/app/message.h src/app/options.h src/app/state.h \
 src/loglist/archive.h src/loglist/lists.h src/base/datetime.h \
 src/loglist/loglist.h src/base/ct.h src/crypto/pubkey.h \
 src/crypto/digest.h src/crypto/fast.h src/crypto/curve.h \
 src/crypto/mont.h src/crypto/limbs.h src/crypto/verify_job.h \
 src/eval/request.h src/eval/selection.h src/policy/policy.h \
 src/policy/facts.h src/app/files.h src/app/walk.h src/x509/pem.h
src/base/banned.h:
src/app/issuer_files.h:
src/eval/issuers.h:
src/base/arena.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/x509/cert.h:
src/crypto/sigalg.h:
src/x509/der.h:
src/app/commands.h:
src/app/exits.h:
src/app/message.h:
src/app/options.h:
src/app/state.h:
src/loglist/archive.h:
src/loglist/lists.h:
src/base/datetime.h:
src/loglist/loglist.h:
src/base/ct.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/fast.h:
src/crypto/curve.h:
src/crypto/mont.h:
src/crypto/limbs.h:
src/crypto/verify_job.h:
src/eval/request.h:
src/eval/selection.h:
src/policy/policy.h:
src/policy/facts.h:
src/app/files.h:
src/app/walk.h:
src/x509/pem.h:
