/work/install/obj/src/app/fetch_faults.o: src/app/fetch_faults.c \
 src/base/banned.h src/app/fetch_faults.h src/base/err.h \
 src/base/codes.def
src/base/banned.h:
src/app/fetch_faults.h:
src/base/err.h:
src/base/codes.def:
