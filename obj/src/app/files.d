/work/install/obj/src/app/files.o: src/app/files.c src/base/banned.h \
 src/app/files.h src/base/bytes.h src/base/err.h src/base/codes.def
src/base/banned.h:
src/app/files.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
