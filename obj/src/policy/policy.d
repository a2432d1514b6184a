/work/install/obj/src/policy/policy.o: src/policy/policy.c \
 src/base/banned.h src/policy/policy.h src/policy/facts.h src/base/ct.h \
 src/base/err.h src/base/codes.def src/base/datetime.h src/base/bytes.h
src/base/banned.h:
src/policy/policy.h:
src/policy/facts.h:
src/base/ct.h:
src/base/err.h:
src/base/codes.def:
src/base/datetime.h:
src/base/bytes.h:
