#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Puts the parts of a divided audit together: the same results, in the same order, as one
# audit over everything has.
set -eu

usage() {
	cat >&2 <<'END'
usage: merge.sh JOB

When all parts of JOB are done, makes of them
  summary.json, report.html   the counts, as audit --summary and --report write them
  summary.txt                 the same for people; printed too
  status                      the exit status that one audit would have had
  results.ndjson.zst           what one audit would have printed; not if CTP_JOIN=no:
                              the parts hold it already

Exit status: 0 done, whatever the verdicts; 1 not.
END
	exit 2
}

fail() {
	echo "merge.sh: $1" >&2
	exit 1
}

each() { # suffix: the files of the parts that have one, in order
	k=1
	while [ "$k" -le "$parts" ]; do
		[ ! -e "part-$k.$1" ] || echo "part-$k.$1"
		k=$((k + 1))
	done
}

records_of() { # summary
	sed -n 's/^"certificates":{"read":\([0-9]*\),.*/\1/p' "$1"
}

# A summary names the first failures by their place among the records. A part that has files
# of its own counts places from its first one; here they count from the first of all.
move_places() {
	before=0
	for file in $(each summary.json); do
		awk -v before="$before" '
			/^[{]"position":[0-9]/ {
				match($0, /[0-9]+/)
				printf "%s%.0f", substr($0, 1, RSTART - 1), substr($0, RSTART, RLENGTH) + before
				$0 = substr($0, RSTART + RLENGTH)
			}
			{ print }' "$file" > "$scratch/$file" || fail "no room in ${TMPDIR:-/tmp}"
		before=$((before + $(records_of "$file")))
	done
}

sum() {
	summaries=$(each summary.json)
	[ -n "$summaries" ] || fail "no certificate in all of the input"
	folder=$job
	if [ "$by_files" ]; then
		move_places
		folder=$scratch
	fi
	rm -f summary.json summary.txt report.html status
	status=0
	# The names have no spaces.
	# shellcheck disable=SC2086
	(cd "$folder" && "$program" audit-merge --summary "$job/summary.json" \
		--report "$job/report.html" --output "$job/summary.txt" $summaries) || status=$?
	case $status in
	0 | 1 | 3 | 5) ;;
	*) fail "the summaries cannot be added up" ;;
	esac
	# Exit status 3 is also that of a full disk.
	for file in summary.json summary.txt report.html; do
		[ -e "$file" ] || fail "$file was not written"
	done
	echo "$status" > status
}

# Part K has records K, K + N, K + 2N ...: a line of each part in turn, until all are used up.
take_turns() {
	[ -n "$(command -v zstd)" ] || fail "there is no program zstd, which opens the parts"
	k=1
	set --
	while [ "$k" -le "$parts" ]; do
		mkfifo "$scratch/$k"
		zstd -dcq "part-$k.ndjson.zst" > "$scratch/$k" &
		set -- "$@" "$scratch/$k"
		k=$((k + 1))
	done
	paste -d '\n' "$@" | sed '/^$/d' | zstd -qc > "$new" || fail "no room for the results"
}

# Every record that was read has a line, or the turns were not what they should be.
check_lines() {
	lines=$(zstd -dcq "$new" | wc -l)
	records=$(records_of summary.json)
	[ "$lines" -eq "$records" ] || fail "$lines results of $records records: a part is broken"
}

join() {
	if [ "$by_files" ]; then
		# Zstandard files behind each other are one. The names have no spaces.
		# shellcheck disable=SC2046
		cat $(each ndjson.zst) > "$new" || fail "no room for the results"
	else
		take_turns
		check_lines
	fi
	mv -f "$new" results.ndjson.zst
}

[ $# -eq 1 ] || usage
[ -r "$1/plan" ] || usage
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
cd -- "$1"
todo=$("$here/todo.sh" . | tr '\n' ' ')
[ -z "$todo" ] || fail "not done yet: $todo"
job=$(pwd -P)
by_files=$(sed -n 's/^file .*/yes/p' plan | head -n 1)
parts=$(sed -n 's/^parts //p' plan)
program=$(sed -n 's/^program //p' plan)
for variable in $(env | sed -n 's/^\(CTPOLICY_[A-Z_]*\)=.*/\1/p'); do
	unset "$variable"
done
scratch=$(mktemp -d)
new=results.ndjson.zst.new.$$
trap 'rm -rf "$scratch" "$new"' EXIT
trap 'exit 1' HUP INT TERM
sum
[ "${CTP_JOIN-}" = no ] || join
cat summary.txt
