/work/install/obj/src/app/validator.o: src/app/validator.c \
 src/base/banned.h src/app/validator.h src/base/text.h src/base/bytes.h \
 src/base/err.h src/base/codes.def
src/base/banned.h:
src/app/validator.h:
src/base/text.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
