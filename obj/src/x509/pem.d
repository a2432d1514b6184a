/work/install/obj/src/x509/pem.o: src/x509/pem.c src/base/banned.h \
 src/x509/pem.h src/base/arena.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/base/text.h src/x509/cert.h src/crypto/sigalg.h \
 src/x509/der.h src/x509/recognize.h
src/base/banned.h:
src/x509/pem.h:
src/base/arena.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/text.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/x509/der.h:
src/x509/recognize.h:
