/work/install/obj/src/serve/microhttpd.o: src/serve/microhttpd.c \
 src/base/banned.h src/serve/microhttpd.h src/base/err.h \
 src/base/codes.def src/app/library.h
src/base/banned.h:
src/serve/microhttpd.h:
src/base/err.h:
src/base/codes.def:
src/app/library.h:
