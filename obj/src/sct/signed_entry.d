/work/install/obj/src/sct/signed_entry.o: src/sct/signed_entry.c \
 src/base/banned.h src/sct/signed_entry.h src/crypto/digest.h \
 src/base/bytes.h src/base/err.h src/base/codes.def src/sct/sct.h \
 src/x509/tbs.h src/x509/cert.h src/crypto/sigalg.h src/x509/der.h
src/base/banned.h:
src/sct/signed_entry.h:
src/crypto/digest.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/sct/sct.h:
src/x509/tbs.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/x509/der.h:
