#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# todo.sh JOB: the numbers of the parts that are not done yet, a line each.
set -eu
if [ $# -ne 1 ] || [ ! -r "$1/plan" ]; then
	echo "usage: todo.sh JOB    (the folder that plan.sh made)" >&2
	exit 2
fi
cd -- "$1"
parts=$(sed -n 's/^parts //p' plan)
k=1
while [ "$k" -le "$parts" ]; do
	[ -e "part-$k.empty" ] || { [ -e "part-$k.ndjson.zst" ] && [ -e "part-$k.summary.json" ]; } ||
		echo "$k"
	k=$((k + 1))
done
