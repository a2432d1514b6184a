/work/install/obj/src/serve/tokens.o: src/serve/tokens.c \
 src/base/banned.h src/serve/tokens.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/app/files.h src/app/message.h src/base/text.h \
 src/crypto/digest.h
src/base/banned.h:
src/serve/tokens.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/app/files.h:
src/app/message.h:
src/base/text.h:
src/crypto/digest.h:
