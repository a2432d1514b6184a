/work/install/obj/src/x509/cert.o: src/x509/cert.c src/base/banned.h \
 src/x509/cert.h src/crypto/sigalg.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/x509/der.h src/x509/algorithm.h src/x509/name.h \
 src/x509/oid.h src/x509/recognize.h
src/base/banned.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/x509/der.h:
src/x509/algorithm.h:
src/x509/name.h:
src/x509/oid.h:
src/x509/recognize.h:
