/work/install/obj/src/report/tally.o: src/report/tally.c \
 src/base/banned.h src/report/tally.h src/base/bytes.h src/base/err.h \
 src/base/codes.def
src/base/banned.h:
src/report/tally.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
