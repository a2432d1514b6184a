#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# layers.sh BUILD [CHECK...]: holds the tree to its own rules: who may include what, which
# headers of others are allowed where, what the library shows and calls, sizes, words.
# A check is a function check_<name> that prints what is wrong and is silent otherwise;
# tests/layers_test.sh shows that each of them can fail.
set -u
cd "$(dirname "$0")/.." || exit 2
build=${1:-build}
[ $# -gt 0 ] && shift
CC=${CC:-gcc}
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL # of a make around this one
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# Folder: the folders that it may include, itself left out.
allowed_folders() {
	case $1 in
	base) echo "" ;;
	crypto) echo "base" ;;
	x509) echo "crypto base" ;;
	sct | loglist) echo "x509 crypto base" ;;
	policy) echo "base" ;;
	eval) echo "policy sct loglist x509 crypto base" ;;
	report) echo "eval policy sct loglist x509 crypto base" ;;
	app) echo "report eval policy sct loglist x509 crypto base" ;;
	live) echo "app report eval policy sct loglist x509 crypto base" ;;
	serve) echo "app report eval policy sct loglist x509 crypto base" ;;
	docs) echo "live serve app report eval policy sct loglist x509 crypto base" ;;
	*) echo "" ;;
	esac
}

# Where the public header is known: where it is implemented, and above.
may_include_public() {
	case $1 in
	src/report/* | src/app/* | src/live/* | src/serve/* | src/docs/*) return 0 ;;
	*) return 1 ;;
	esac
}

# File and header: may it include that header of the system or of a third party?
may_include_system() {
	case $2 in
	assert.h | ctype.h | errno.h | inttypes.h | limits.h) ;;
	stdalign.h | stdarg.h | stdatomic.h | stdbool.h | stddef.h | stdint.h) ;;
	stdio.h | stdlib.h | string.h) ;;
	time.h) [ "$1" = src/base/banned.h ] || in_app "$1" ;;
	openssl/ssl.h) [ "$1" = src/live/tls_client.c ] ;;
	openssl/*) case $1 in src/crypto/* | src/x509/* | src/live/tls_client.c) ;; *) return 1 ;; esac ;;
	jansson.h) case $1 in
		src/loglist/*json*.c | src/report/* | src/app/input.c | src/app/plan_request.c | \
			src/app/request_json.[ch] | src/app/checkpoint.c | src/docs/page_rest.c) ;;
		*) return 1 ;;
		esac ;;
	zlib.h | zstd.h | zstd_errors.h) case $1 in
		src/app/stream.c | src/app/sink.c | src/serve/gzip.c) ;;
		*) return 1 ;;
		esac ;;
	pthread.h | threads.h) [ "$1" = src/loglist/store.c ] || in_app "$1" ;;
	curl/*) [ "$1" = src/app/libcurl.h ] ;;
	microhttpd.h) [ "$1" = src/serve/microhttpd.h ] ;;
	*) in_app "$1" ;; # the rest of libc: files, signals, sockets
	esac
}

in_app() {
	case $1 in src/app/* | src/live/* | src/serve/* | src/docs/*) return 0 ;; *) return 1 ;; esac
}

includes() { # kind of bracket: "file header" for each include of src/
	grep -n "^[[:space:]]*#[[:space:]]*include[[:space:]]*$1" -r src |
		sed "s/^\\([^:]*\\):[0-9]*:[^$1]*$1\\([^\">]*\\).*/\\1 \\2/"
}

check_direction() {
	includes '"' | while read -r file header; do
		from=${file#src/} from=${from%%/*}
		to=${header%%/*}
		if [ "$header" = ctpolicy.h ]; then
			may_include_public "$file" || echo "$file: may not include the public header"
			continue
		fi
		case " $from $(allowed_folders "$from") " in
		*" $to "*) ;;
		*) echo "$file: $from/ may not include \"$header\"" ;;
		esac
	done
}

check_third_party() {
	includes '<' | while read -r file header; do
		may_include_system "$file" "$header" || echo "$file: may not include <$header>"
	done
}

check_folders() {
	for folder in src/*; do
		case ${folder#src/} in
		base | crypto | x509 | sct | loglist | policy | eval | report | app | live | serve | docs) ;;
		*) echo "$folder: not in ARCHITECTURE's layout" ;;
		esac
	done
}

check_makefile_lists() {
	find src -name '*.c' | while read -r file; do
		grep -q "^	$file\\( \\\\\\)\\{0,1\\}\$" Makefile || echo "$file: not in the Makefile"
	done
	for file in tests/unit/test_*.c; do
		grep -q "^	$file\\( \\\\\\)\\{0,1\\}\$" Makefile || echo "$file: not in the Makefile"
		name=$(basename "$file" .c)
		grep -q "^TEST(${name#test_})" tests/unit/tests.def ||
			echo "$file: not in tests/unit/tests.def"
	done
}

# A function that banned.h names must not compile, with the very flags of the Makefile.
check_banned() {
	flags=$("$MAKE" -s --no-print-directory --eval 'flags: ; @echo $(SRC_CFLAGS)' flags)
	compiles 'return (int)sizeof(x);' || echo "a harmless file does not compile either"
	for call in 'strcpy(x, x)' 'strcat(x, x)' 'sprintf(x, "x")' 'strtok(x, x)' 'atoi(x)' \
		'time(NULL)' 'gmtime(NULL)' 'localtime(NULL)'; do
		compiles "return $call != 0;" && echo "$call compiles in src/"
	done
	return 0
}

compiles() {
	printf '#include <%s>\n' stdio.h stdlib.h string.h time.h > "$scratch/tiny.c"
	printf '%s\n' 'int f(char *x);' "int f(char *x) { (void)x; $1 }" >> "$scratch/tiny.c"
	# shellcheck disable=SC2086
	"$CC" $flags -c -o "$scratch/tiny.o" "$scratch/tiny.c" 2> "$scratch/tiny.log"
}

strict='-Wall -Wextra -pedantic -Werror -fsyntax-only'

check_public_header() {
	# shellcheck disable=SC2086
	"$CC" -std=c11 $strict -x c include/ctpolicy.h 2>&1
	command -v g++ > "$scratch/which" || return 0
	# shellcheck disable=SC2086
	g++ -std=c++11 $strict -x c++ include/ctpolicy.h 2>&1
}

check_headers_stand_alone() {
	for header in src/*/*.h; do
		[ "$header" = src/base/banned.h ] || printf '#include "%s"\n' "${header#src/}"
	done | while read -r line; do
		echo "$line" > "$scratch/one.c"
		"$CC" -std=c11 -D_XOPEN_SOURCE=700 -Wall -Wextra -Werror -fsyntax-only -Isrc -Iinclude \
			"$scratch/one.c" 2>&1
	done
}

check_symbols() {
	sed -n 's/^CTP_API .*[ *]\(ctp_[a-z0-9_]*\)(.*/\1/p' include/ctpolicy.h | sort > "$scratch/declared"
	nm -g --defined-only "$build/libctpolicy.a" > "$scratch/nm.a" || echo "no libctpolicy.a"
	nm -D --defined-only "$build/libctpolicy.so.1" > "$scratch/nm.so" || echo "no libctpolicy.so.1"
	for kind in a so; do
		awk 'NF == 3 { print $3 }' "$scratch/nm.$kind" | sort > "$scratch/shown"
		diff "$scratch/declared" "$scratch/shown" > "$scratch/diff" ||
			sed -n "s/^</libctpolicy.$kind lacks/p; s/^>/libctpolicy.$kind shows/p" "$scratch/diff"
	done
	objdump -p "$build/libctpolicy.so.1" | grep -q 'SONAME *libctpolicy\.so\.1$' ||
		echo "libctpolicy.so.1 has another soname"
}

# The library never prints, logs, exits, reads the clock, the environment or files.
check_library_calls() {
	nm -u "$build/libctpolicy.a" | awk '{ print $NF }' | sed 's/@.*//' | grep -xE \
		'_?_?[vf]*printf(_chk)?|puts|putchar|fputs|fputc|fwrite|perror|std(in|out|err)|syslog|_?exit|abort|time|clock_gettime|gettimeofday|clock|f?open(64|at)?|read|write|socket|connect|(secure_)?getenv|s?rand|signal|sigaction' |
		sed 's/^/the library calls /'
}

check_version() {
	version=$(sed -n 's/^VERSION = //p' Makefile)
	grep -q "^#define CTP_VERSION \"$version\"\$" include/ctpolicy.h ||
		echo "include/ctpolicy.h is not version $version"
}

texts() { # the files that people wrote
	find src tests include Makefile bootstrap .ci deploy loglists README.md docs schema schemas \
		-type f ! -path 'tests/samples/*' ! -name '*.pyc' 2> "$scratch/find"
}

check_file_sizes() {
	texts | grep -E '^(src|tests|deploy)/.*\.([ch]|def|py|sh)$' | while read -r file; do
		lines=$(wc -l < "$file")
		[ "$lines" -le 600 ] || echo "$file: $lines lines, more than 600"
	done
}

check_function_sizes() {
	find src tests -name '*.c' -exec awk '
		/^{/ { first = FNR }
		/^}/ && first {
			if (FNR - first + 1 > 80) {
				print FILENAME ":" first ": a function of " FNR - first + 1 " lines"
			}
			first = 0
		}
		FNR == 1 { first = 0 }' {} +
}

check_words() {
	texts | while read -r file; do
		grep -InE 'TO[D]O|FI[X]ME|(^|[^X])XX[X]([^X]|$)' "$file" /dev/null
	done
}

check_machine_paths() {
	texts | while read -r file; do
		grep -InE '(^|[^[:alnum:]_.$}*)])/(work|root|home|Users|mnt)/' "$file" /dev/null
	done
}

checks='direction third_party folders makefile_lists banned public_header
	headers_stand_alone symbols library_calls version file_sizes function_sizes words
	machine_paths'
passed=0 failed=0
for name in ${*:-$checks}; do
	wrong=$("check_$name" 2>&1)
	if [ -z "$wrong" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED: %s\n%s\n' "$name" "$wrong"
	fi
done
echo "layers: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
