#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Shows that each check of tests/layers.sh can fail: breaks a copy of the tree in one way
# at a time and looks whether the check that is meant for it says so.
set -u
cd "$(dirname "$0")/.." || exit 2
CC=${CC:-gcc}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
tree=$scratch/tree
passed=0 failed=0

fresh_tree() {
	rm -rf "$tree"
	mkdir -p "$tree/tests" "$tree/build"
	cp -R src include Makefile "$tree/"
	cp -R tests/unit tests/layers.sh "$tree/tests/"
}

# A library of one's own: what it shows and calls is in the C text.
build_library() {
	"$CC" -fPIC -c -o "$tree/build/one.o" -x c - &&
		ar rcs "$tree/build/libctpolicy.a" "$tree/build/one.o" &&
		"$CC" -shared -Wl,-soname,"${1:-libctpolicy.so.1}" -o "$tree/build/libctpolicy.so.1" \
			"$tree/build/one.o"
}

public_functions() {
	sed -n 's/^CTP_API .*[ *]\(ctp_[a-z0-9_]*\)(.*/void \1(void) {}/p' include/ctpolicy.h
}

# In the tree as it is now, the check fails and says `wanted`.
finds() { # check wanted
	said=$("$tree/tests/layers.sh" build "$1")
	case $? in
	1) status=failed ;;
	*) status=unseen ;;
	esac
	case $status/$said in
	failed/*"$2"*) passed=$((passed + 1)) ;;
	*)
		failed=$((failed + 1))
		printf 'FAILED: %s does not say "%s" but:\n%s\n' "$1" "$2" "$said"
		;;
	esac
}

# And in a good one it passes.
passes() {
	if said=$("$tree/tests/layers.sh" build "$1"); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED: %s finds fault with a good tree:\n%s\n' "$1" "$said"
	fi
}

adds() { # file line check wanted
	fresh_tree
	mkdir -p "$(dirname "$tree/$1")"
	printf '%s\n' "$2" >> "$tree/$1"
	finds "$3" "$4"
}

long_function() {
	printf 'int f(void)\n{\n'
	yes '	;' | head -n "$1"
	printf '}\n'
}

fresh_tree
for check in direction third_party folders makefile_lists banned version function_sizes; do
	passes "$check"
done

adds src/policy/policy.c '#include "x509/cert.h"' direction 'policy/ may not include'
adds src/base/text.c '#include "crypto/digest.h"' direction 'base/ may not include'
adds src/sct/sct.c '#  include "loglist/lists.h"' direction 'sct/ may not include'
adds src/loglist/lists.h '#include "sct/sct.h"' direction 'loglist/ may not include'
adds src/eval/judge.c '#include "report/report.h"' direction 'eval/ may not include'
adds src/report/report.c '#include "app/files.h"' direction 'report/ may not include'
adds src/app/files.c '#include "serve/calls.h"' direction 'app/ may not include'
adds src/app/files.c '#include "live/dial.h"' direction 'app/ may not include'
adds src/eval/judge.c '#include "ctpolicy.h"' direction 'may not include the public header'
adds src/policy/policy.c '#include <openssl/evp.h>' third_party 'may not include <openssl/evp.h>'
adds src/sct/sct.c '#include <openssl/ct.h>' third_party 'may not include <openssl/ct.h>'
adds src/live/dial.c '#include <openssl/ssl.h>' third_party 'may not include <openssl/ssl.h>'
adds src/crypto/digest.c '#include <openssl/ssl.h>' third_party 'may not include <openssl/ssl.h>'
adds src/loglist/lists.c '#include <jansson.h>' third_party 'may not include <jansson.h>'
adds src/app/main.c '#include <jansson.h>' third_party 'may not include <jansson.h>'
adds src/app/main.c '#include <zlib.h>' third_party 'may not include <zlib.h>'
adds src/app/files.c '#include <zstd.h>' third_party 'may not include <zstd.h>'
adds src/eval/context.c '#include <pthread.h>' third_party 'may not include <pthread.h>'
adds src/report/report.c '#include <unistd.h>' third_party 'may not include <unistd.h>'
adds src/crypto/digest.c '#include <time.h>' third_party 'may not include <time.h>'
adds src/net/socket.h '' folders 'src/net: not in'
adds src/base/unlisted.c '' makefile_lists 'src/base/unlisted.c: not in the Makefile'
adds tests/unit/test_unlisted.c '' makefile_lists 'test_unlisted.c: not in tests/unit/tests.def'
adds Makefile 'SRC_CFLAGS = -std=c11' banned 'strcpy(x, x) compiles in src/'
adds include/ctpolicy.h 'int *p = 0; char *q = p;' public_header 'ctpolicy.h'
adds include/ctpolicy.h '#ifdef __cplusplus
int class;
#endif' public_header 'ctpolicy.h'
adds src/base/text.h 'uint99_t missing(void);' headers_stand_alone 'uint99_t'
adds src/base/long.c "$(yes '//' | head -n 601)" file_sizes 'src/base/long.c'
adds src/base/long.c "$(long_function 79)" function_sizes 'src/base/long.c:2: a function of 81'
adds src/base/text.c '// TO''DO' words 'TO''DO'
adds src/base/text.c '"/ho''me/you/file"' machine_paths '/ho''me/'

fresh_tree
sed 's/^VERSION = .*/VERSION = 9.9.9/' Makefile > "$tree/Makefile"
finds version '9.9.9'
fresh_tree
long_function 78 > "$tree/src/base/long.c"
passes function_sizes

fresh_tree
public_functions | build_library
passes symbols
passes library_calls
{ public_functions && echo 'void helper(void) {}'; } | build_library
finds symbols 'libctpolicy.a shows helper'
finds symbols 'libctpolicy.so shows helper'
public_functions | sed 1d | build_library
finds symbols 'libctpolicy.so lacks ctp_'
public_functions | build_library libctpolicy.so.2
finds symbols 'another soname'
printf '#include <stdio.h>\nvoid f(void) { puts("x"); }\n' | build_library
finds library_calls 'the library calls puts'
printf '#include <time.h>\nlong f(void) { return (long)time(0); }\n' | build_library
finds library_calls 'the library calls time'

echo "layers_test: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
