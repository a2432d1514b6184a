/work/install/obj/src/serve/listener.o: src/serve/listener.c \
 src/base/banned.h src/serve/listener.h src/base/err.h src/base/codes.def \
 src/app/files.h src/base/bytes.h
src/base/banned.h:
src/serve/listener.h:
src/base/err.h:
src/base/codes.def:
src/app/files.h:
src/base/bytes.h:
