/work/install/obj/src/x509/oid.o: src/x509/oid.c src/base/banned.h \
 src/x509/oid.h src/base/bytes.h src/base/err.h src/base/codes.def
src/base/banned.h:
src/x509/oid.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
