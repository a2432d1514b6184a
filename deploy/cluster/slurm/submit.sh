#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Hands the parts of a divided audit that are not done to Slurm, as one job array, and the
# merge behind them. The same command again hands in what is still missing.
set -eu

usage() {
	cat >&2 <<'END'
usage: submit.sh JOB [sbatch option]...

JOB is a folder that ../plan.sh made. The options are for the array, as in
  submit.sh JOB --partition=long --cpus-per-task=8 --time=12:00:00
$CTP_AT_ONCE: how many parts run at a time (default: as many as Slurm lets).
END
	exit 2
}

fail() {
	echo "submit.sh: $1" >&2
	exit 1
}

# Numbers, a line each, as 1-3,7,9-12.
ranges() {
	awk 'function put() { out = out (out ? "," : "") (first == last ? first : first "-" last) }
		NR == 1 { first = last = $1; next }
		$1 == last + 1 { last = $1; next }
		{ put(); first = last = $1 }
		END { if (NR) put(); print out }'
}

[ $# -ge 1 ] || usage
[ -r "$1/plan" ] || usage
job=$(CDPATH='' cd -- "$1" && pwd -P)
shift
cd -- "$(dirname -- "$0")"
cluster=$(CDPATH='' cd -- .. && pwd -P)
case $job in
*%*) fail "Slurm reads the % in $job; take another folder" ;;
esac
before=$(cat "$job/slurm.jobs" 2> /dev/null || :)
if [ "$before" ] && [ "$(squeue -h -j "$before" 2> /dev/null)" ]; then
	fail "under way already: squeue -j $before"
fi
todo=$("$cluster/todo.sh" "$job" | ranges)
array=''
if [ "$todo" ]; then
	array=$(sbatch --parsable --array="$todo${CTP_AT_ONCE:+%$CTP_AT_ONCE}" \
		--output="$job/slurm-%a.log" "$@" audit.sbatch "$cluster" "$job")
	array=${array%%;*}
	echo "$array" > "$job/slurm.jobs"
	echo "parts $todo: job $array"
fi
merge=$(sbatch --parsable ${array:+"--dependency=afterok:$array"} --kill-on-invalid-dep=yes \
	--output="$job/slurm-merge.log" merge.sbatch "$cluster" "$job")
merge=${merge%%;*}
echo "${array:+$array,}$merge" > "$job/slurm.jobs"
echo "merge: job $merge"
