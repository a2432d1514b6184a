/work/install/obj/src/serve/serve.o: src/serve/serve.c src/base/banned.h \
 src/serve/serve.h src/app/options.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/crypto/fast.h src/crypto/curve.h \
 src/crypto/mont.h src/crypto/limbs.h src/crypto/verify_job.h \
 src/crypto/pubkey.h src/crypto/digest.h src/crypto/sigalg.h \
 src/serve/access_log.h src/eval/record.h src/eval/request.h \
 src/eval/issuers.h src/base/arena.h src/x509/cert.h src/x509/der.h \
 src/eval/selection.h src/policy/policy.h src/policy/facts.h \
 src/base/ct.h src/loglist/lists.h src/base/datetime.h \
 src/loglist/loglist.h src/sct/sct.h src/x509/tbs_diff.h src/x509/tbs.h \
 src/serve/calls.h src/serve/trace.h src/serve/metrics.h \
 src/app/refresh.h src/app/state.h src/loglist/archive.h \
 src/loglist/list_guard.h src/serve/settings.h src/serve/store.h \
 src/serve/tokens.h src/serve/worker.h src/app/clock.h src/app/commands.h \
 src/app/exits.h src/app/message.h
src/base/banned.h:
src/serve/serve.h:
src/app/options.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/crypto/fast.h:
src/crypto/curve.h:
src/crypto/mont.h:
src/crypto/limbs.h:
src/crypto/verify_job.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/serve/access_log.h:
src/eval/record.h:
src/eval/request.h:
src/eval/issuers.h:
src/base/arena.h:
src/x509/cert.h:
src/x509/der.h:
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
src/serve/calls.h:
src/serve/trace.h:
src/serve/metrics.h:
src/app/refresh.h:
src/app/state.h:
src/loglist/archive.h:
src/loglist/list_guard.h:
src/serve/settings.h:
src/serve/store.h:
src/serve/tokens.h:
src/serve/worker.h:
src/app/clock.h:
src/app/commands.h:
src/app/exits.h:
src/app/message.h:
