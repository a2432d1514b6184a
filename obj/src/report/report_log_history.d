/work/install/obj/src/report/report_log_history.o: \
 src/report/report_log_history.c src/base/banned.h src/base/text.h \
 src/base/bytes.h src/base/err.h src/base/codes.def \
 src/report/report_diff_local.h src/report/json_write.h \
 src/report/report_diff.h src/loglist/list_diff.h src/base/arena.h \
 src/loglist/loglist.h src/base/ct.h src/crypto/pubkey.h \
 src/crypto/digest.h src/crypto/sigalg.h src/loglist/log_history.h \
 src/loglist/lists.h src/base/datetime.h src/report/report_lists.h \
 src/loglist/archive.h src/report/report_text.h src/report/report.h \
 src/eval/record.h src/eval/request.h src/eval/issuers.h src/x509/cert.h \
 src/x509/der.h src/eval/selection.h src/policy/policy.h \
 src/policy/facts.h src/sct/sct.h src/x509/tbs_diff.h src/x509/tbs.h
src/base/banned.h:
src/base/text.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/report/report_diff_local.h:
src/report/json_write.h:
src/report/report_diff.h:
src/loglist/list_diff.h:
src/base/arena.h:
src/loglist/loglist.h:
src/base/ct.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/loglist/log_history.h:
src/loglist/lists.h:
src/base/datetime.h:
src/report/report_lists.h:
src/loglist/archive.h:
src/report/report_text.h:
src/report/report.h:
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
