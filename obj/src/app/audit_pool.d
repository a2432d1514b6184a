/work/install/obj/src/app/audit_pool.o: src/app/audit_pool.c \
 src/base/banned.h src/app/audit_pool.h src/app/record_walk.h \
 src/app/records.h src/app/stream.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/base/arena.h src/eval/issuers.h src/x509/cert.h \
 src/crypto/sigalg.h src/x509/der.h src/crypto/digest.h src/x509/pem.h
src/base/banned.h:
src/app/audit_pool.h:
src/app/record_walk.h:
src/app/records.h:
src/app/stream.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/arena.h:
src/eval/issuers.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/x509/der.h:
src/crypto/digest.h:
src/x509/pem.h:
