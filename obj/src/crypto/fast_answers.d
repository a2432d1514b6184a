/work/install/obj/src/crypto/fast_answers.o: src/crypto/fast_answers.c \
 src/base/banned.h src/crypto/fast_answers.h src/base/bytes.h \
 src/base/err.h src/base/codes.def
src/base/banned.h:
src/crypto/fast_answers.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
