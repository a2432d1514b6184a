/work/install/obj/src/app/records_der.o: src/app/records_der.c \
 src/base/banned.h src/app/records_der.h src/app/records.h \
 src/app/stream.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/base/arena.h src/app/window.h
src/base/banned.h:
src/app/records_der.h:
src/app/records.h:
src/app/stream.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/arena.h:
src/app/window.h:
