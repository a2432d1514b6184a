/work/install/obj/src/report/json_write.o: src/report/json_write.c \
 src/base/banned.h src/report/json_write.h src/base/bytes.h \
 src/base/err.h src/base/codes.def src/base/datetime.h src/base/plain.h \
 src/base/text.h
src/base/banned.h:
src/report/json_write.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/datetime.h:
src/base/plain.h:
src/base/text.h:
