/work/install/obj/src/app/cmd_log_list_diff.o: \
 src/app/cmd_log_list_diff.c src/base/banned.h src/app/commands.h \
 src/app/exits.h src/app/message.h src/base/err.h src/base/codes.def \
 src/app/options.h src/base/bytes.h src/app/state.h src/loglist/archive.h \
 src/base/arena.h src/loglist/lists.h src/base/datetime.h \
 src/loglist/loglist.h src/base/ct.h src/crypto/pubkey.h \
 src/crypto/digest.h src/crypto/sigalg.h src/crypto/fast.h \
 src/crypto/curve.h src/crypto/mont.h src/crypto/limbs.h \
 src/crypto/verify_job.h src/eval/request.h src/eval/issuers.h \
 src/x509/cert.h src/x509/der.h src/eval/selection.h src/policy/policy.h \
 src/policy/facts.h src/app/files.h src/base/text.h src/loglist/bundled.h \
 src/loglist/history.h src/report/report_diff.h src/loglist/list_diff.h \
 src/loglist/log_history.h src/report/report_lists.h
src/base/banned.h:
src/app/commands.h:
src/app/exits.h:
src/app/message.h:
src/base/err.h:
src/base/codes.def:
src/app/options.h:
src/base/bytes.h:
src/app/state.h:
src/loglist/archive.h:
src/base/arena.h:
src/loglist/lists.h:
src/base/datetime.h:
src/loglist/loglist.h:
src/base/ct.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/crypto/fast.h:
src/crypto/curve.h:
src/crypto/mont.h:
src/crypto/limbs.h:
src/crypto/verify_job.h:
src/eval/request.h:
src/eval/issuers.h:
src/x509/cert.h:
src/x509/der.h:
src/eval/selection.h:
src/policy/policy.h:
src/policy/facts.h:
src/app/files.h:
src/base/text.h:
src/loglist/bundled.h:
src/loglist/history.h:
src/report/report_diff.h:
src/loglist/list_diff.h:
src/loglist/log_history.h:
src/report/report_lists.h:
