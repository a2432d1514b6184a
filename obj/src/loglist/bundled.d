/work/install/obj/src/loglist/bundled.o: src/loglist/bundled.c \
 src/base/banned.h src/loglist/bundled.h src/loglist/lists.h \
 src/base/arena.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/base/datetime.h src/loglist/loglist.h src/base/ct.h \
 src/crypto/pubkey.h src/crypto/digest.h src/crypto/sigalg.h \
 src/loglist/history.h src/loglist/loglist_json.h
src/base/banned.h:
src/loglist/bundled.h:
src/loglist/lists.h:
src/base/arena.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/datetime.h:
src/loglist/loglist.h:
src/base/ct.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/loglist/history.h:
src/loglist/loglist_json.h:
