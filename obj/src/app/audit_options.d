/work/install/obj/src/app/audit_options.o: src/app/audit_options.c \
 src/base/banned.h src/app/audit.h src/app/audit_judge.h src/app/batch.h \
 src/app/exits.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/eval/evaluate.h src/eval/context.h src/base/arena.h \
 src/crypto/keycache.h src/crypto/pubkey.h src/crypto/digest.h \
 src/crypto/sigalg.h src/crypto/verifier.h src/crypto/fast.h \
 src/crypto/curve.h src/crypto/mont.h src/crypto/limbs.h \
 src/crypto/verify_job.h src/eval/certcache.h src/x509/cert.h \
 src/x509/der.h src/x509/pem.h src/eval/record.h src/eval/request.h \
 src/eval/issuers.h src/eval/selection.h src/policy/policy.h \
 src/policy/facts.h src/base/ct.h src/loglist/lists.h src/base/datetime.h \
 src/loglist/loglist.h src/sct/sct.h src/x509/tbs_diff.h src/x509/tbs.h \
 src/report/report.h src/app/audit_reader.h src/app/dedupe.h \
 src/app/record_walk.h src/app/records.h src/app/stream.h \
 src/app/audit_writer.h src/app/checkpoint.h src/app/sink.h \
 src/report/summary.h src/app/progress.h src/app/sizes.h \
 src/app/commands.h src/app/message.h src/app/options.h src/app/state.h \
 src/loglist/archive.h src/app/audit_pool.h src/app/files.h \
 src/app/issuer_files.h src/base/text.h
src/base/banned.h:
src/app/audit.h:
src/app/audit_judge.h:
src/app/batch.h:
src/app/exits.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/eval/evaluate.h:
src/eval/context.h:
src/base/arena.h:
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
src/report/report.h:
src/app/audit_reader.h:
src/app/dedupe.h:
src/app/record_walk.h:
src/app/records.h:
src/app/stream.h:
src/app/audit_writer.h:
src/app/checkpoint.h:
src/app/sink.h:
src/report/summary.h:
src/app/progress.h:
src/app/sizes.h:
src/app/commands.h:
src/app/message.h:
src/app/options.h:
src/app/state.h:
src/loglist/archive.h:
src/app/audit_pool.h:
src/app/files.h:
src/app/issuer_files.h:
src/base/text.h:
