/work/install/obj/src/eval/selection.o: src/eval/selection.c \
 src/base/banned.h src/eval/selection.h src/x509/cert.h \
 src/crypto/sigalg.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/x509/der.h src/x509/name.h
src/base/banned.h:
src/eval/selection.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/x509/der.h:
src/x509/name.h:
