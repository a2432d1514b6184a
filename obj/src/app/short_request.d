/work/install/obj/src/app/short_request.o: src/app/short_request.c \
 src/base/banned.h src/app/short_request.h src/base/arena.h \
 src/base/bytes.h src/base/err.h src/base/codes.def src/eval/request.h \
 src/eval/issuers.h src/x509/cert.h src/crypto/sigalg.h src/x509/der.h \
 src/eval/selection.h src/policy/policy.h src/policy/facts.h \
 src/base/ct.h src/base/plain.h src/base/text.h
src/base/banned.h:
src/app/short_request.h:
src/base/arena.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/eval/request.h:
src/eval/issuers.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/x509/der.h:
src/eval/selection.h:
src/policy/policy.h:
src/policy/facts.h:
src/base/ct.h:
src/base/plain.h:
src/base/text.h:
