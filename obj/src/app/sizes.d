/work/install/obj/src/app/sizes.o: src/app/sizes.c src/base/banned.h \
 src/app/sizes.h src/app/record_walk.h src/app/records.h src/app/stream.h \
 src/base/bytes.h src/base/err.h src/base/codes.def src/base/arena.h \
 src/app/walk.h
src/base/banned.h:
src/app/sizes.h:
src/app/record_walk.h:
src/app/records.h:
src/app/stream.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/base/arena.h:
src/app/walk.h:
