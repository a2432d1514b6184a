#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lint.sh BUILD CC OTHER_CC: formatting, licence lines, scripts, and that the other
# compiler builds every source file, tests included, without a warning.
set -u
cd "$(dirname "$0")/.." || exit 2
build=${1:-build}
cc=${2:-gcc}
other=${3:-clang}
MAKE=${MAKE:-make}
CLANG_FORMAT=${CLANG_FORMAT:-clang-format}
PYTHON=${PYTHON:-/usr/bin/python3}
passed=0 failed=0 skipped=0

result() { # name, what is wrong
	if [ -z "$2" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED: %s\n%s\n' "$1" "$2"
	fi
}

skip() { # name, tool
	skipped=$((skipped + 1))
	echo "skipped: $1, because there is no $2"
}

have() {
	[ -n "$(command -v "$1")" ]
}

sources() {
	find src include tests -name '*.[ch]' | sort
}

scripts() {
	echo bootstrap
	for folder in .ci tests deploy; do
		[ ! -d $folder ] || find $folder -type f ! -path 'tests/samples/*' -exec awk \
			'FNR == 1 && /^#!.*sh$/ { print FILENAME }' {} +
	done | sort
}

check_format() {
	sources | xargs "$CLANG_FORMAT" --dry-run -Werror 2>&1 | grep '^[^ ]*: ' |
		sed 's/:.*should be clang-formatted.*/: run clang-format -i/' | sort -u
}

check_licence() {
	{ sources && scripts && find src tests deploy \( -name '*.py' -o -name '*.def' \) && echo Makefile; } |
		while read -r file; do
			head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0' ||
				echo "$file: no SPDX-License-Identifier in its first two lines"
		done
}

check_spaces() {
	{ sources && scripts && find tests deploy -name '*.py' && echo Makefile; } | while read -r file; do
		grep -nE '[[:space:]]$' "$file" /dev/null
	done
}

check_shell() {
	scripts | while read -r file; do
		case $(head -n 1 "$file") in
		*bash) bash -n "$file" 2>&1 ;;
		*) sh -n "$file" 2>&1 ;;
		esac
		[ -x "$file" ] || echo "$file: not executable"
	done
}

check_python() {
	find tests deploy -name '*.py' | sort | while read -r file; do
		"$PYTHON" -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file" 2>&1
	done
}

# A suite that the Makefile does not name is one that nobody runs.
check_suites() {
	suites=$(awk '/^[A-Z]+_SUITES = / { on = 1 } on { print } !/\\$/ { on = 0 }' Makefile &&
		grep -o 'test_[a-z_]*\.py' Makefile)
	for file in tests/*/test_*.py; do
		name=${file##*/test_}
		echo "$suites" | grep -qw -e "${name%.py}" -e "test_$name" ||
			echo "$file: no suite of the Makefile's"
	done
}

# In a folder of its own; the flags of the make around this one do not apply.
check_compiler() {
	mkdir -p "$build"
	log=$build/$other.log
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL "$MAKE" -s -k -j "$(nproc)" \
		BUILD="$build/$other" CC="$other" objects > "$log" 2>&1 && return
	grep -v '^  CC' "$log"
	echo "$other does not build everything"
}

if have "$CLANG_FORMAT"; then
	result format "$(check_format)"
else
	skip format "$CLANG_FORMAT"
fi
for name in licence spaces shell python suites; do
	result "$name" "$("check_$name")"
done
if have "$other"; then
	result "$other builds what $cc builds" "$(check_compiler)"
else
	skip "second compiler beside $cc" "$other"
fi
echo "lint: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
