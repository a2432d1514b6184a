/work/install/obj/src/app/dedupe.o: src/app/dedupe.c src/base/banned.h \
 src/app/dedupe.h src/app/record_walk.h src/app/records.h \
 src/app/stream.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/base/arena.h src/app/input.h src/eval/request.h src/eval/issuers.h \
 src/x509/cert.h src/crypto/sigalg.h src/x509/der.h src/eval/selection.h \
 src/policy/policy.h src/policy/facts.h src/base/ct.h src/app/spool.h \
 src/crypto/digest.h src/x509/pem.h
src/base/banned.h:
src/app/dedupe.h:
src/app/record_walk.h:
src/app/records.h:
src/app/stream.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/arena.h:
src/app/input.h:
src/eval/request.h:
src/eval/issuers.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/x509/der.h:
src/eval/selection.h:
src/policy/policy.h:
src/policy/facts.h:
src/base/ct.h:
src/app/spool.h:
src/crypto/digest.h:
src/x509/pem.h:
