/work/install/obj/src/x509/recognize.o: src/x509/recognize.c \
 src/base/banned.h src/x509/recognize.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/x509/der.h
src/base/banned.h:
src/x509/recognize.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/x509/der.h:
