/work/install/obj/src/eval/certcache.o: src/eval/certcache.c \
 src/base/banned.h src/eval/certcache.h src/x509/cert.h \
 src/crypto/sigalg.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/x509/der.h src/x509/pem.h src/base/arena.h
src/base/banned.h:
src/eval/certcache.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/x509/der.h:
src/x509/pem.h:
src/base/arena.h:
