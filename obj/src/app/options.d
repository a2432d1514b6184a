/work/install/obj/src/app/options.o: src/app/options.c src/base/banned.h \
 src/app/options.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/base/text.h
src/base/banned.h:
src/app/options.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/text.h:
