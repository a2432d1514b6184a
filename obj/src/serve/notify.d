/work/install/obj/src/serve/notify.o: src/serve/notify.c \
 src/base/banned.h src/serve/notify.h src/base/err.h src/base/codes.def \
 src/app/clock.h src/base/text.h src/base/bytes.h src/serve/environment.h
src/base/banned.h:
src/serve/notify.h:
src/base/err.h:
src/base/codes.def:
src/app/clock.h:
src/base/text.h:
src/base/bytes.h:
src/serve/environment.h:
