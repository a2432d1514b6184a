/work/install/obj/src/app/message.o: src/app/message.c src/base/banned.h \
 src/app/message.h src/base/err.h src/base/codes.def src/base/bytes.h \
 src/base/text.h
src/base/banned.h:
src/app/message.h:
src/base/err.h:
src/base/codes.def:
src/base/bytes.h:
src/base/text.h:
