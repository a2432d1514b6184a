#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Divides an audit into parts and writes down in JOB/plan what each of them is, so that the
# parts need nothing but the folder JOB and their number. The same plan again is no fault.
set -eu

usage() {
	cat >&2 <<'END'
usage: plan.sh JOB N [audit option]... --files LIST
       plan.sh JOB N [audit option]... -- PATH...

Divides an audit into N parts. JOB is a folder that all machines see; it is made.
--files LIST: a file with a path a line; each part takes its share of the files, one
behind the other. -- PATH...: files and folders, as audit takes them; each part reads
them all and judges every N-th record (to 16 parts or so: reading is not divided).
The time of check is now, the same for all parts, unless --at says another.
The program is $CTP_PROGRAM, else ctpolicy in $PATH.
END
	exit 2
}

fail() {
	echo "plan.sh: $1" >&2
	exit 2
}

absolute() { # folder
	(CDPATH='' cd -- "$1" && pwd -P)
}

add() { # word, text: a line of the plan
	case $2 in
	*"
"*) fail "a line break in \"$2\"" ;;
	esac
	printf '%s %s\n' "$1" "$2" >> "$new"
}

check_option() {
	case $1 in
	--output | --output=* | --summary | --summary=* | --report | --report=* | --checkpoint | \
		--checkpoint=* | --shard | --shard=* | --format | --format=* | --progress | --progress=*)
		fail "${1%%=*} is set by each part" ;;
	--dedupe)
		fail "--dedupe sees one part only; take equal certificates out before" ;;
	--at | --at=*)
		at=given ;;
	--fail-only | --issued-from | --issued-from=* | --issued-until | --issued-until=* | \
		--issuer-name | --issuer-name=*)
		leaves_out=${1%%=*} ;;
	esac
}

# Results of every N-th record are put together by counting lines.
check_paths() {
	[ $# -gt 0 ] || usage
	[ -z "$leaves_out" ] || fail "$leaves_out goes with --files only"
	[ "$parts" -le 256 ] || fail "more than 256 parts go with --files only"
	for path do
		[ "$path" != - ] || fail "standard input cannot be divided; save it in a file"
		[ -e "$path" ] || fail "$path: no such file"
		[ ! -d "$path" ] || case $job/ in
		"$(absolute "$path")"/*) fail "$job is in $path, which is an input" ;;
		esac
		add path "$path"
	done
}

add_files() { # list
	[ -r "$1" ] || fail "$1: cannot be read"
	sed -n 's/^./file &/p' "$1" >> "$new"
	num=$(grep -c '^file ' "$new") || fail "$1: no file in it"
	[ "$parts" -le "$num" ] || fail "$parts parts of $num files: take $num parts or fewer"
}

# Wrong options are found here, and not by each part.
try_options() {
	set --
	while IFS=' ' read -r word value; do
		[ "$word" != option ] || set -- "$@" "$value"
	done < "$new"
	status=0
	"$program" audit "$@" --format ndjson - < /dev/null > /dev/null 2> "$new.err" || status=$?
	if [ "$status" -eq 2 ] || [ "$status" -eq 4 ]; then
		cat "$new.err" >&2
		fail "no part could run with these options"
	fi
}

# A plan that stands is kept, with its time of check; another one is refused.
keep_plan() {
	[ "$at" ] || add at "$(sed -n 's/^at //p' "$job/plan" 2> /dev/null | grep . ||
		date -u +%Y-%m-%dT%H:%M:%SZ)"
	if [ ! -e "$job/plan" ] && ln "$new" "$job/plan" 2> /dev/null; then
		echo "plan.sh: $parts parts in $job" >&2
	elif ! diff "$job/plan" "$new" >&2; then
		fail "$job has another plan (<); take another folder for this one (>)"
	fi
}

[ $# -ge 4 ] || usage
parts=$2
case $parts in
'' | *[!0-9]* | 0* | ???????*) fail "\"$parts\" is no number of parts" ;;
esac
program=$(command -v "${CTP_PROGRAM:-ctpolicy}") ||
	fail "no program ${CTP_PROGRAM:-ctpolicy}; say where it is: CTP_PROGRAM=/path/to/ctpolicy"
program=$(absolute "$(dirname -- "$program")")/$(basename -- "$program")
for name in $(env | sed -n 's/^\(CTPOLICY_[A-Z_]*\)=..*/\1/p'); do
	[ "$name" = CTPOLICY_JOBS ] || fail "$name in the environment: give it as an option"
done
mkdir -p -- "$1"
job=$(absolute "$1")
shift 2

new=$job/plan.new.$$
at='' leaves_out=''
trap 'rm -f "$new" "$new.err"' EXIT
trap 'exit 1' HUP INT TERM
: > "$new"
add parts "$parts"
add program "$program"
add folder "$(pwd -P)"
while [ $# -gt 0 ] && [ "$1" != -- ] && [ "$1" != --files ]; do
	check_option "$1"
	add option "$1"
	shift
done
[ $# -ge 2 ] || usage
how=$1
shift
case $how in
--files)
	[ $# -eq 1 ] || usage
	add_files "$1"
	;;
*) check_paths "$@" ;;
esac
try_options
keep_plan
