/work/install/obj/src/crypto/sigalg.o: src/crypto/sigalg.c \
 src/base/banned.h src/crypto/sigalg.h src/base/bytes.h src/base/err.h \
 src/base/codes.def
src/base/banned.h:
src/crypto/sigalg.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
