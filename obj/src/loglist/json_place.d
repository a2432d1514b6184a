/work/install/obj/src/loglist/json_place.o: src/loglist/json_place.c \
 src/base/banned.h src/loglist/json_place.h src/base/bytes.h \
 src/base/err.h src/base/codes.def src/base/text.h
src/base/banned.h:
src/loglist/json_place.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/text.h:
