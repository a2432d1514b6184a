/work/install/obj/src/serve/media.o: src/serve/media.c src/base/banned.h \
 src/serve/media.h
src/base/banned.h:
src/serve/media.h:
