/work/install/obj/src/app/records_csv.o: src/app/records_csv.c \
 src/base/banned.h src/app/records_csv.h src/app/window.h \
 src/app/stream.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/base/text.h
src/base/banned.h:
src/app/records_csv.h:
src/app/window.h:
src/app/stream.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/text.h:
