/work/install/obj/src/app/walk.o: src/app/walk.c src/base/banned.h \
 src/app/walk.h src/base/err.h src/base/codes.def src/app/files.h \
 src/base/bytes.h
src/base/banned.h:
src/app/walk.h:
src/base/err.h:
src/base/codes.def:
src/app/files.h:
src/base/bytes.h:
