#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the parts of a divided audit that are not done with GNU parallel, one a processor, and
# merges them. The same command again goes on.
set -eu
if [ $# -lt 1 ] || [ ! -r "$1/plan" ]; then
	cat >&2 <<'END'
usage: run.sh JOB [option of parallel]...

JOB is a folder that ../plan.sh made. On several machines, which all see JOB, the inputs
and the program under the same names:
  run.sh JOB --sshloginfile machines.txt
A part that fails is tried again, five times in all (--retries).
END
	exit 2
fi
CTP_JOB=$(CDPATH='' cd -- "$1" && pwd -P)
shift
CTP_CLUSTER=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
# The parts are the threads.
CTPOLICY_JOBS=${CTPOLICY_JOBS:-1}
export CTP_JOB CTP_CLUSTER CTPOLICY_JOBS

# In the environment the names of folders need no quotes.
# shellcheck disable=SC2016
"$CTP_CLUSTER/todo.sh" "$CTP_JOB" | PARALLEL_SHELL=/bin/sh parallel --retries 5 --delay 0.1 \
	--joblog "$CTP_JOB/parallel.log" --env CTP_JOB --env CTP_CLUSTER --env CTPOLICY_JOBS "$@" \
	'"$CTP_CLUSTER/part.sh" "$CTP_JOB" {}'
exec "$CTP_CLUSTER/merge.sh" "$CTP_JOB"
