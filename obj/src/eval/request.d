/work/install/obj/src/eval/request.o: src/eval/request.c \
 src/base/banned.h src/eval/request.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/eval/issuers.h src/base/arena.h src/x509/cert.h \
 src/crypto/sigalg.h src/x509/der.h src/eval/selection.h \
 src/policy/policy.h src/policy/facts.h src/base/ct.h src/base/datetime.h \
 src/base/text.h
src/base/banned.h:
src/eval/request.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/eval/issuers.h:
src/base/arena.h:
src/x509/cert.h:
src/crypto/sigalg.h:
src/x509/der.h:
src/eval/selection.h:
src/policy/policy.h:
src/policy/facts.h:
src/base/ct.h:
src/base/datetime.h:
src/base/text.h:
