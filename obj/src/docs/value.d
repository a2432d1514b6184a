/work/install/obj/src/docs/value.o: src/docs/value.c src/base/banned.h \
 src/docs/docs.h src/app/command_table.h src/app/options.h \
 src/base/bytes.h src/base/err.h src/base/codes.def src/docs/roff.h \
 src/base/ct.h src/loglist/loglist.h src/crypto/pubkey.h \
 src/crypto/digest.h src/crypto/sigalg.h src/policy/policy.h \
 src/policy/facts.h
src/base/banned.h:
src/docs/docs.h:
src/app/command_table.h:
src/app/options.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/docs/roff.h:
src/base/ct.h:
src/loglist/loglist.h:
src/crypto/pubkey.h:
src/crypto/digest.h:
src/crypto/sigalg.h:
src/policy/policy.h:
src/policy/facts.h:
