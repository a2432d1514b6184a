/work/install/obj/src/app/fetch.o: src/app/fetch.c src/base/banned.h \
 src/app/fetch.h src/app/validator.h src/base/bytes.h src/base/err.h \
 src/base/codes.def src/app/clock.h src/app/libcurl.h \
 src/app/fetch_faults.h src/app/loopback.h src/app/pause.h \
 src/base/datetime.h include/ctpolicy.h
src/base/banned.h:
src/app/fetch.h:
src/app/validator.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/app/clock.h:
src/app/libcurl.h:
src/app/fetch_faults.h:
src/app/loopback.h:
src/app/pause.h:
src/base/datetime.h:
include/ctpolicy.h:
