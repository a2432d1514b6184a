/work/install/obj/src/base/datetime.o: src/base/datetime.c \
 src/base/banned.h src/base/datetime.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/base/text.h
src/base/banned.h:
src/base/datetime.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/text.h:
