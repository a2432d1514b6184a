/work/install/obj/src/report/report_policies.o: \
 src/report/report_policies.c src/base/banned.h \
 src/report/report_policies.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/policy/policy.h src/policy/facts.h src/base/ct.h \
 src/base/datetime.h src/base/text.h src/report/json_write.h
src/base/banned.h:
src/report/report_policies.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/policy/policy.h:
src/policy/facts.h:
src/base/ct.h:
src/base/datetime.h:
src/base/text.h:
src/report/json_write.h:
