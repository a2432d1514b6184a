/work/install/obj/src/serve/store.o: src/serve/store.c src/base/banned.h \
 src/serve/store.h src/loglist/archive.h src/base/arena.h \
 src/base/bytes.h src/base/err.h src/base/codes.def src/loglist/lists.h \
 src/base/datetime.h src/loglist/loglist.h src/base/ct.h \
 src/crypto/pubkey.h src/crypto/digest.h src/crypto/sigalg.h \
 src/serve/tokens.h
src/base/banned.h:
src/serve/store.h:
src/loglist/archive.h:
src/base/arena.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/loglist/lists.h:
src/base/datetime.h:
src/loglist/loglist.h:
src/base/ct.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/serve/tokens.h:
