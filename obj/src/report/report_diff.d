/work/install/obj/src/report/report_diff.o: src/report/report_diff.c \
 src/base/banned.h src/base/text.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/report/report_diff_local.h \
 src/report/json_write.h src/report/report_diff.h src/loglist/list_diff.h \
 src/base/arena.h src/loglist/loglist.h src/base/ct.h src/crypto/pubkey.h \
 src/crypto/digest.h src/crypto/sigalg.h src/loglist/log_history.h \
 src/loglist/lists.h src/base/datetime.h src/report/report_lists.h \
 src/loglist/archive.h
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
