/work/install/obj/src/app/library.o: src/app/library.c src/base/banned.h \
 src/app/library.h src/base/err.h src/base/codes.def
src/base/banned.h:
src/app/library.h:
src/base/err.h:
src/base/codes.def:
