/work/install/obj/src/loglist/loglist.o: src/loglist/loglist.c \
 src/base/banned.h src/loglist/loglist.h src/base/ct.h \
 src/crypto/pubkey.h src/crypto/digest.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/crypto/sigalg.h
src/base/banned.h:
src/loglist/loglist.h:
src/base/ct.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/crypto/sigalg.h:
