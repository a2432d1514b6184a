/work/install/obj/src/serve/trace.o: src/serve/trace.c src/base/banned.h \
 src/serve/trace.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/app/clock.h src/base/text.h
src/base/banned.h:
src/serve/trace.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/app/clock.h:
src/base/text.h:
