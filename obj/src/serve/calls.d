/work/install/obj/src/serve/calls.o: src/serve/calls.c src/base/banned.h \
 src/serve/calls.h
src/base/banned.h:
src/serve/calls.h:
