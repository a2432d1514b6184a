/work/install/obj/src/policy/tables.o: src/policy/tables.c \
 src/base/banned.h src/policy/policy.h src/policy/facts.h src/base/ct.h \
 src/base/err.h src/base/codes.def
src/base/banned.h:
src/policy/policy.h:
src/policy/facts.h:
src/base/ct.h:
src/base/err.h:
src/base/codes.def:
