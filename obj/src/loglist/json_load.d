/work/install/obj/src/loglist/json_load.o: src/loglist/json_load.c \
 src/base/banned.h src/loglist/json_load.h src/base/bytes.h \
 src/base/err.h src/base/codes.def src/base/text.h
src/base/banned.h:
src/loglist/json_load.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/text.h:
