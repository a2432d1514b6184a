/work/install/obj/src/x509/algorithm.o: src/x509/algorithm.c \
 src/base/banned.h src/x509/algorithm.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/crypto/sigalg.h src/x509/der.h
src/base/banned.h:
src/x509/algorithm.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/crypto/sigalg.h:
src/x509/der.h:
