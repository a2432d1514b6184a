/work/install/obj/src/serve/activation.o: src/serve/activation.c \
 src/base/banned.h src/serve/activation.h src/serve/environment.h \
 src/base/err.h src/base/codes.def
src/base/banned.h:
src/serve/activation.h:
src/serve/environment.h:
src/base/err.h:
src/base/codes.def:
