/work/install/obj/src/docs/page_command.o: src/docs/page_command.c \
 src/base/banned.h src/docs/docs.h src/app/command_table.h \
 src/app/options.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/docs/roff.h
src/base/banned.h:
src/docs/docs.h:
src/app/command_table.h:
src/app/options.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/docs/roff.h:
