#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# embed.sh BUILD: installs the library into a staging folder and builds embed.c against what
# is there, as a stranger would: through pkg-config, once shared and once static.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${1:-build}
CC=${CC:-gcc}
MAKE=${MAKE:-make}
PKG_CONFIG=${PKG_CONFIG:-pkg-config}
case $build in
/*) stage=$build/stage ;;
*) stage=$PWD/$build/stage ;;
esac
prefix=/opt/ctpolicy
passed=0 failed=0

result() { # name, status
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

finish() {
	echo "embed: $passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
}

pc() {
	PKG_CONFIG_PATH=$stage$prefix/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$stage "$PKG_CONFIG" "$@" ctpolicy
}

judge() { # program, file, wanted status, wanted text
	said=$("$1" "$2" tests/samples/log_list.json 2026-06-01T12:00:00Z 2>&1)
	status=$?
	[ "$status" -eq "$3" ] && [ "${said%"$4"*}" != "$said" ]
	good=$?
	[ "$good" -eq 0 ] || printf '%s\nstatus %s, wanted %s and "%s"\n' "$said" "$status" "$3" "$4"
	result "$(basename "$1") $2" "$good"
}

judge_all() { # program
	judge "$1" tests/samples/compliant.pem 0 compliant
	judge "$1" tests/samples/operator-cap.pem 1 'too_few'
	judge "$1" Makefile 3 bad_certificate
}

rm -rf "$stage"
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL "$MAKE" -s BUILD="$build" DESTDIR="$stage" PREFIX=$prefix install
result install $?
for file in bin/ctpolicy include/ctpolicy.h lib/libctpolicy.a lib/libctpolicy.so lib/libctpolicy.so.1 \
	lib/pkgconfig/ctpolicy.pc share/doc/ctpolicy/LICENSE; do
	[ -s "$stage$prefix/$file" ]
	result "$file is installed" $?
done
for schema in src/report/schemas/*; do
	cmp -s "$schema" "$stage$prefix/share/ctpolicy/schemas/$(basename "$schema")"
	result "$(basename "$schema") is installed" $?
done
[ "$("$stage$prefix/bin/ctpolicy" --version)" = "ctpolicy $(pc --modversion)" ]
result "the program's version is that of ctpolicy.pc" $?

strict='-std=c11 -Wall -Wextra -pedantic -Werror'
# shellcheck disable=SC2046,SC2086
"$CC" $strict -o "$build/embed-shared" tests/embed/embed.c $(pc --cflags --libs) \
	-Wl,-rpath,"$stage$prefix/lib"
result "links shared" $?
objdump -p "$build/embed-shared" | grep -q 'NEEDED *libctpolicy\.so\.1'
result "needs libctpolicy.so.1" $?
judge_all "$build/embed-shared"

# Static as far as our library goes: the archive in place of the shared object, and what
# it needs itself, which ctpolicy.pc names as private.
libs="$(pc --libs | sed 's/-lctpolicy/-l:libctpolicy.a/')
	$("$PKG_CONFIG" --libs "$(pc --print-requires-private)") -lpthread"
# shellcheck disable=SC2046,SC2086
"$CC" $strict -o "$build/embed-static" tests/embed/embed.c $(pc --cflags) $libs
result "links static" $?
objdump -p "$build/embed-static" | grep -q 'NEEDED *libctpolicy'
result "does not need libctpolicy.so" $((! $?))
judge_all "$build/embed-static"
finish
