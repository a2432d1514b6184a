/work/install/obj/src/loglist/loglist_json_write.o: \
 src/loglist/loglist_json_write.c src/base/banned.h \
 src/loglist/loglist_json.h src/loglist/lists.h src/base/arena.h \
 src/base/bytes.h src/base/err.h src/base/codes.def src/base/datetime.h \
 src/loglist/loglist.h src/base/ct.h src/crypto/pubkey.h \
 src/crypto/digest.h src/crypto/sigalg.h src/base/text.h \
 src/loglist/json_load.h
src/base/banned.h:
src/loglist/loglist_json.h:
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
src/base/text.h:
src/loglist/json_load.h:
