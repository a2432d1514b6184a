/work/install/obj/src/serve/environment.o: src/serve/environment.c \
 src/base/banned.h src/serve/environment.h src/base/err.h \
 src/base/codes.def
src/base/banned.h:
src/serve/environment.h:
src/base/err.h:
src/base/codes.def:
