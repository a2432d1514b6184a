/work/install/obj/src/report/report_html.o: src/report/report_html.c \
 src/base/banned.h src/report/report_html.h src/report/summary.h \
 src/eval/record.h src/eval/request.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/eval/issuers.h src/base/arena.h src/x509/cert.h \
 src/crypto/sigalg.h src/x509/der.h src/eval/selection.h \
 src/policy/policy.h src/policy/facts.h src/base/ct.h src/loglist/lists.h \
 src/base/datetime.h src/loglist/loglist.h src/crypto/pubkey.h \
 src/crypto/digest.h src/sct/sct.h src/x509/tbs_diff.h src/x509/tbs.h \
 src/base/text.h src/report/html_write.h src/report/summary_words.h \
 src/report/summary_local.h src/report/tally.h
src/base/banned.h:
src/report/report_html.h:
src/report/summary.h:
src/eval/record.h:
src/eval/request.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/eval/issuers.h:
src/base/arena.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/x509/der.h:
src/eval/selection.h:
src/policy/policy.h:
src/policy/facts.h:
src/base/ct.h:
src/loglist/lists.h:
src/base/datetime.h:
src/loglist/loglist.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/sct/sct.h:
src/x509/tbs_diff.h:
src/x509/tbs.h:
src/base/text.h:
src/report/html_write.h:
src/report/summary_words.h:
src/report/summary_local.h:
src/report/tally.h:
