/work/install/obj/src/app/cmd_log_list_refresh.o: \
 src/app/cmd_log_list_refresh.c src/base/banned.h src/app/commands.h \
 src/app/exits.h src/app/message.h src/base/err.h src/base/codes.def \
 src/app/options.h src/base/bytes.h src/app/state.h src/loglist/archive.h \
 src/base/arena.h src/loglist/lists.h src/base/datetime.h \
 src/loglist/loglist.h src/base/ct.h src/crypto/pubkey.h \
 src/crypto/digest.h src/crypto/sigalg.h src/crypto/fast.h \
 src/crypto/curve.h src/crypto/mont.h src/crypto/limbs.h \
 src/crypto/verify_job.h src/eval/request.h src/eval/issuers.h \
 src/x509/cert.h src/x509/der.h src/eval/selection.h src/policy/policy.h \
 src/policy/facts.h src/app/fetch.h src/app/validator.h src/app/files.h \
 src/app/hook.h src/app/refresh.h src/loglist/list_guard.h src/app/stop.h \
 src/base/text.h src/loglist/list_diff.h src/report/report_diff.h \
 src/loglist/log_history.h src/report/report_lists.h \
 src/report/report_text.h src/report/report.h src/eval/record.h \
 src/sct/sct.h src/x509/tbs_diff.h src/x509/tbs.h
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
src/app/fetch.h:
src/app/validator.h:
src/app/files.h:
src/app/hook.h:
src/app/refresh.h:
src/loglist/list_guard.h:
src/app/stop.h:
src/base/text.h:
src/loglist/list_diff.h:
src/report/report_diff.h:
src/loglist/log_history.h:
src/report/report_lists.h:
src/report/report_text.h:
src/report/report.h:
src/eval/record.h:
src/sct/sct.h:
src/x509/tbs_diff.h:
src/x509/tbs.h:
