/work/install/obj/src/app/records.o: src/app/records.c src/base/banned.h \
 src/app/records.h src/app/stream.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/base/arena.h src/app/records_csv.h \
 src/app/window.h src/app/records_der.h src/base/text.h src/x509/cert.h \
 src/crypto/sigalg.h src/x509/der.h src/x509/name.h src/x509/pem.h
src/base/banned.h:
src/app/records.h:
src/app/stream.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/arena.h:
src/app/records_csv.h:
src/app/window.h:
src/app/records_der.h:
src/base/text.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/x509/der.h:
src/x509/name.h:
src/x509/pem.h:
