/work/install/obj/src/report/json_fields.o: src/report/json_fields.c \
 src/base/banned.h src/report/json_fields.h src/report/json_write.h \
 src/base/bytes.h src/base/err.h src/base/codes.def src/base/datetime.h \
 src/base/text.h
src/base/banned.h:
src/report/json_fields.h:
src/report/json_write.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/datetime.h:
src/base/text.h:
