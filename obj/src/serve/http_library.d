/work/install/obj/src/serve/http_library.o: src/serve/http_library.c \
 src/base/banned.h src/serve/http_local.h src/serve/addresses.h \
 src/base/bytes.h src/base/err.h src/base/codes.def src/serve/exchange.h \
 src/base/arena.h src/eval/evaluate.h src/eval/context.h \
 src/crypto/keycache.h src/crypto/pubkey.h src/crypto/digest.h \
 src/crypto/sigalg.h src/crypto/verifier.h src/crypto/fast.h \
 src/crypto/curve.h src/crypto/mont.h src/crypto/limbs.h \
 src/crypto/verify_job.h src/eval/certcache.h src/x509/cert.h \
 src/x509/der.h src/x509/pem.h src/eval/record.h src/eval/request.h \
 src/eval/issuers.h src/eval/selection.h src/policy/policy.h \
 src/policy/facts.h src/base/ct.h src/loglist/lists.h src/base/datetime.h \
 src/loglist/loglist.h src/sct/sct.h src/x509/tbs_diff.h src/x509/tbs.h \
 src/serve/query.h src/serve/endpoints.h src/serve/calls.h \
 src/serve/store.h src/loglist/archive.h src/serve/tokens.h \
 src/serve/access_log.h src/serve/trace.h src/serve/http_server.h \
 src/serve/serve.h src/app/options.h src/serve/metrics.h \
 src/app/refresh.h src/app/state.h src/loglist/list_guard.h \
 src/serve/settings.h src/serve/worker.h src/serve/microhttpd.h \
 src/serve/request_stream.h
src/base/banned.h:
src/serve/http_local.h:
src/serve/addresses.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/serve/exchange.h:
src/base/arena.h:
src/eval/evaluate.h:
src/eval/context.h:
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
src/serve/query.h:
src/serve/endpoints.h:
src/serve/calls.h:
src/serve/store.h:
src/loglist/archive.h:
src/serve/tokens.h:
src/serve/access_log.h:
src/serve/trace.h:
src/serve/http_server.h:
src/serve/serve.h:
src/app/options.h:
src/serve/metrics.h:
src/app/refresh.h:
src/app/state.h:
src/loglist/list_guard.h:
src/serve/settings.h:
src/serve/worker.h:
src/serve/microhttpd.h:
src/serve/request_stream.h:
