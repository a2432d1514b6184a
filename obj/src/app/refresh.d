/work/install/obj/src/app/refresh.o: src/app/refresh.c src/base/banned.h \
 src/app/refresh.h src/app/state.h src/app/options.h src/base/bytes.h \
 src/base/err.h src/base/codes.def src/loglist/archive.h src/base/arena.h \
 src/loglist/lists.h src/base/datetime.h src/loglist/loglist.h \
 src/base/ct.h src/crypto/pubkey.h src/crypto/digest.h \
 src/crypto/sigalg.h src/loglist/list_guard.h src/app/clock.h \
 src/app/fetch.h src/app/validator.h src/app/files.h src/app/stream.h \
 src/base/text.h src/loglist/bundled.h src/loglist/list_signature.h \
 src/loglist/loglist_json.h
src/base/banned.h:
src/app/refresh.h:
src/app/state.h:
src/app/options.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/loglist/archive.h:
src/base/arena.h:
src/loglist/lists.h:
src/base/datetime.h:
src/loglist/loglist.h:
src/base/ct.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/loglist/list_guard.h:
src/app/clock.h:
src/app/fetch.h:
src/app/validator.h:
src/app/files.h:
src/app/stream.h:
src/base/text.h:
src/loglist/bundled.h:
src/loglist/list_signature.h:
src/loglist/loglist_json.h:
