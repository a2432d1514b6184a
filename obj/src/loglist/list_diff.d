/work/install/obj/src/loglist/list_diff.o: src/loglist/list_diff.c \
 src/base/banned.h src/loglist/list_diff.h src/base/arena.h \
 src/base/bytes.h src/base/err.h src/base/codes.def src/loglist/loglist.h \
 src/base/ct.h src/crypto/pubkey.h src/crypto/digest.h \
 src/crypto/sigalg.h src/base/datetime.h
src/base/banned.h:
src/loglist/list_diff.h:
src/base/arena.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/loglist/loglist.h:
src/base/ct.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/base/datetime.h:
