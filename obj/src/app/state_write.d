/work/install/obj/src/app/state_write.o: src/app/state_write.c \
 src/base/banned.h src/app/clock.h src/app/files.h src/base/bytes.h \
 src/base/err.h src/base/codes.def src/app/message.h src/app/sink.h \
 src/app/state_files.h src/app/state.h src/app/options.h \
 src/loglist/archive.h src/base/arena.h src/loglist/lists.h \
 src/base/datetime.h src/loglist/loglist.h src/base/ct.h \
 src/crypto/pubkey.h src/crypto/digest.h src/crypto/sigalg.h \
 src/base/text.h src/loglist/history.h src/loglist/lines.h \
 src/loglist/loglist_json.h
src/base/banned.h:
src/app/clock.h:
src/app/files.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/app/message.h:
src/app/sink.h:
src/app/state_files.h:
src/app/state.h:
src/app/options.h:
src/loglist/archive.h:
src/base/arena.h:
src/loglist/lists.h:
src/base/datetime.h:
src/loglist/loglist.h:
src/base/ct.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/base/text.h:
src/loglist/history.h:
src/loglist/lines.h:
src/loglist/loglist_json.h:
