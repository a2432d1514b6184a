/work/install/obj/src/x509/der.o: src/x509/der.c src/base/banned.h \
 src/x509/der.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/base/datetime.h src/base/text.h
src/base/banned.h:
src/x509/der.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/datetime.h:
src/base/text.h:
