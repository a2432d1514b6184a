#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs one part of a divided audit, from where it was interrupted if it was, and does nothing
# if it is done. Whatever starts the parts, on whatever machine, runs this.
set -eu

usage() {
	cat >&2 <<'END'
usage: part.sh JOB K

Runs the K-th part, from 1, of the audit that plan.sh divided. The program uses
$CTPOLICY_JOBS threads (default: the processors). In JOB appear part-K.ndjson.zst and
part-K.summary.json when the part is done, part-K.log with its messages at once.

Exit status: 0 the part is done, whatever the verdicts; 1 it failed, and the same
command goes on; 2 it cannot run: the plan, the options, the log list or the inputs
must be mended; 143 it was told to stop (SIGTERM, SIGINT, SIGUSR1), and the same
command goes on.
END
	exit 2
}

# On standard error and, as engines lose that of a try that failed, in the log.
say() {
	echo "part.sh: part $k of $job: $1" >&2
	[ -z "$name" ] || echo "part.sh: $1" >> "$name.log"
}

field() { # name: its values in the plan
	sed -n "s/^$1 //p" "$job/plan"
}

# Beside finished files, what a kill in the middle of writing one leaves.
sweep() {
	rm -f "$name".checkpoint.?????? "$name".summary.json.??????
	[ -e "$name.checkpoint" ] || rm -f "$name".ndjson.zst.??????
}

# The program finishes what is in hand. Should the signal get lost, the checkpoint is as good.
stop() {
	stopped=yes
	[ -n "$child" ] || exit 143
	kill -TERM "$child" 2> /dev/null || :
}

is_done() {
	[ -e "$name.empty" ] || { [ -e "$name.ndjson.zst" ] && [ -e "$name.summary.json" ]; }
}

# One process at a part, on all machines that lock files together; it ends with the program.
lock() {
	exec 9> "$name.lock"
	if [ -n "$(command -v flock)" ] && ! flock -n 9; then
		say "another process is at work on it"
		exit 1
	fi
}

# The lines of the plan as arguments.
run() {
	num=$(field file | grep -c . || true)
	set -- audit --format ndjson --progress always --output "$name.ndjson.zst" \
		--summary "$name.summary.json" --checkpoint "$name.checkpoint"
	[ "$num" -gt 0 ] || set -- "$@" --shard "$k/$parts"
	at=$(field at)
	[ -z "$at" ] || set -- "$@" --at "$at"
	while IFS= read -r line; do
		[ -z "$line" ] || set -- "$@" "$line"
	done <<END
$(field option)
END
	set -- "$@" --
	while IFS= read -r line; do
		[ -z "$line" ] || set -- "$@" "$line"
	done <<END
$(
	field path
	[ "$num" -eq 0 ] || field file |
		sed -n "$(((k - 1) * num / parts + 1)),$((k * num / parts))p"
)
END
	for variable in $(env | sed -n 's/^\(CTPOLICY_[A-Z_]*\)=.*/\1/p'); do
		[ "$variable" = CTPOLICY_JOBS ] || unset "$variable"
	done
	cd -- "$(field folder)" || exit 2
	"$(field program)" "$@" 2>> "$name.log" &
	child=$!
	status=0
	wait "$child" || status=$?
	# A wait that a signal ended is not the end of the program.
	while kill -0 "$child" 2> /dev/null; do
		status=0
		wait "$child" || status=$?
	done
}

# The exit status of audit does not tell a full disk from an unreadable record; but its
# files are there only when they are complete.
judge() {
	if is_done; then
		rm -f "$name.lock"
		return 0
	fi
	case $status in
	2 | 4) result=2 ;;
	130 | 143) result=143 ;;
	*) result=1 ;;
	esac
	[ -z "$stopped" ] || result=143
	last=$(tail -n 1 "$name.log")
	case $status-$last in
	"3-ctpolicy: no certificate in all of the input"*)
		: > "$name.empty"
		rm -f "$name.lock"
		return 0
		;;
	esac
	say "exit status $status: $last"
	return "$result"
}

[ $# -eq 2 ] || usage
job=$1 k=$2 name=''
[ -r "$job/plan" ] || {
	say "there is no plan; make one with plan.sh"
	exit 2
}
job=$(CDPATH='' cd -- "$job" && pwd -P)
parts=$(field parts)
case $k in
'' | *[!0-9]* | 0* | ???????*) usage ;;
esac
[ "$k" -le "$parts" ] || {
	say "there are $parts parts"
	exit 2
}
name=$job/part-$k
child='' stopped=''
lock
sweep
is_done || {
	trap stop HUP INT TERM USR1
	run
	sweep
}
judge
