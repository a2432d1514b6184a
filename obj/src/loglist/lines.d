/work/install/obj/src/loglist/lines.o: src/loglist/lines.c \
 src/base/banned.h src/loglist/lines.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/base/datetime.h src/base/text.h
src/base/banned.h:
src/loglist/lines.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/datetime.h:
src/base/text.h:
