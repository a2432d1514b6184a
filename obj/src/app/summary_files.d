/work/install/obj/src/app/summary_files.o: src/app/summary_files.c \
 src/base/banned.h src/app/summary_files.h src/app/sink.h \
 src/base/bytes.h src/base/err.h src/base/codes.def src/report/summary.h \
 src/eval/record.h src/eval/request.h src/eval/issuers.h src/base/arena.h \
 src/x509/cert.h src/crypto/sigalg.h src/x509/der.h src/eval/selection.h \
 src/policy/policy.h src/policy/facts.h src/base/ct.h src/loglist/lists.h \
 src/base/datetime.h src/loglist/loglist.h src/crypto/pubkey.h \
 src/crypto/digest.h src/sct/sct.h src/x509/tbs_diff.h src/x509/tbs.h \
 src/app/files.h src/report/report_html.h
src/base/banned.h:
src/app/summary_files.h:
src/app/sink.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/report/summary.h:
src/eval/record.h:
src/eval/request.h:
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
src/app/files.h:
src/report/report_html.h:
