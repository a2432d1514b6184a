/work/install/obj/src/x509/name.o: src/x509/name.c src/base/banned.h \
 src/x509/name.h src/x509/der.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/base/text.h src/x509/oid.h
src/base/banned.h:
src/x509/name.h:
src/x509/der.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/text.h:
src/x509/oid.h:
