/work/install/obj/src/sct/sct_json.o: src/sct/sct_json.c \
 src/base/banned.h src/sct/sct_json.h src/base/arena.h src/base/bytes.h \
 src/base/err.h src/base/codes.def src/sct/sct.h src/base/text.h
src/base/banned.h:
src/sct/sct_json.h:
src/base/arena.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/sct/sct.h:
src/base/text.h:
