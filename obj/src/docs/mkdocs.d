/work/install/obj/src/docs/mkdocs.o: src/docs/mkdocs.c src/base/banned.h \
 src/app/files.h src/base/bytes.h src/base/err.h src/base/codes.def \
 src/app/message.h src/base/text.h include/ctpolicy.h src/docs/docs.h \
 src/app/command_table.h src/app/options.h src/docs/roff.h
src/base/banned.h:
src/app/files.h:
src/base/bytes.h:
src/base/err.h:
src/base/codes.def:
src/app/message.h:
src/base/text.h:
include/ctpolicy.h:
src/docs/docs.h:
src/app/command_table.h:
src/app/options.h:
src/docs/roff.h:
