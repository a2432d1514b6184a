/work/install/obj/src/policy/facts.o: src/policy/facts.c \
 src/base/banned.h src/policy/facts.h src/base/ct.h src/base/err.h \
 src/base/codes.def
src/base/banned.h:
src/policy/facts.h:
src/base/ct.h:
src/base/err.h:
src/base/codes.def:
