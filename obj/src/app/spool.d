/work/install/obj/src/app/spool.o: src/app/spool.c src/base/banned.h \
 src/app/spool.h src/base/err.h src/base/codes.def src/app/files.h \
 src/base/bytes.h
src/base/banned.h:
src/app/spool.h:
src/base/err.h:
src/base/codes.def:
src/app/files.h:
src/base/bytes.h:
