/work/install/obj/src/serve/endpoints.o: src/serve/endpoints.c \
 src/base/banned.h src/serve/endpoints.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/serve/calls.h
src/base/banned.h:
src/serve/endpoints.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/serve/calls.h:
