/work/install/obj/src/app/libcurl.o: src/app/libcurl.c src/base/banned.h \
 src/app/libcurl.h src/app/fetch_faults.h src/base/err.h \
 src/base/codes.def src/app/library.h
src/base/banned.h:
src/app/libcurl.h:
src/app/fetch_faults.h:
src/base/err.h:
src/base/codes.def:
src/app/library.h:
