/work/install/obj/src/serve/query.o: src/serve/query.c src/base/banned.h \
 src/serve/query.h src/base/arena.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/base/text.h
src/base/banned.h:
src/serve/query.h:
src/base/arena.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/text.h:
