/work/install/obj/src/app/hook.o: src/app/hook.c src/base/banned.h \
 src/app/hook.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/app/clock.h src/app/files.h
src/base/banned.h:
src/app/hook.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/app/clock.h:
src/app/files.h:
