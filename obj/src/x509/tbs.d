/work/install/obj/src/x509/tbs.o: src/x509/tbs.c src/base/banned.h \
 src/x509/tbs.h src/x509/cert.h src/crypto/sigalg.h src/base/bytes.h \
 src/base/err.h src/base/codes.def src/x509/der.h src/x509/oid.h
src/base/banned.h:
src/x509/tbs.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/x509/der.h:
src/x509/oid.h:
