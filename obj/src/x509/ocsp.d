/work/install/obj/src/x509/ocsp.o: src/x509/ocsp.c src/base/banned.h \
 src/x509/ocsp.h src/crypto/digest.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/x509/cert.h src/crypto/sigalg.h src/x509/der.h \
 src/x509/algorithm.h src/x509/oid.h
src/base/banned.h:
src/x509/ocsp.h:
src/crypto/digest.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/x509/cert.h:
src/crypto/sigalg.h:
src/x509/der.h:
src/x509/algorithm.h:
src/x509/oid.h:
