/work/install/obj/src/serve/metrics.o: src/serve/metrics.c \
 src/base/banned.h src/serve/metrics_local.h src/serve/metrics.h \
 src/app/refresh.h src/app/state.h src/app/options.h src/base/bytes.h \
 src/base/err.h src/base/codes.def src/loglist/archive.h src/base/arena.h \
 src/loglist/lists.h src/base/datetime.h src/loglist/loglist.h \
 src/base/ct.h src/crypto/pubkey.h src/crypto/digest.h \
 src/crypto/sigalg.h src/loglist/list_guard.h src/eval/record.h \
 src/eval/request.h src/eval/issuers.h src/x509/cert.h src/x509/der.h \
 src/eval/selection.h src/policy/policy.h src/policy/facts.h \
 src/sct/sct.h src/x509/tbs_diff.h src/x509/tbs.h src/serve/calls.h
src/base/banned.h:
src/serve/metrics_local.h:
src/serve/metrics.h:
src/app/refresh.h:
src/app/state.h:
src/app/options.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/loglist/archive.h:
src/base/arena.h:
src/loglist/lists.h:
src/base/datetime.h:
src/loglist/loglist.h:
src/base/ct.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/loglist/list_guard.h:
src/eval/record.h:
src/eval/request.h:
src/eval/issuers.h:
src/x509/cert.h:
src/x509/der.h:
src/eval/selection.h:
src/policy/policy.h:
src/policy/facts.h:
src/sct/sct.h:
src/x509/tbs_diff.h:
src/x509/tbs.h:
src/serve/calls.h:
