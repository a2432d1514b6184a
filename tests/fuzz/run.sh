#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh BUILD SECONDS NAME...: runs BUILD/fuzz_NAME for so many seconds on a copy of its
# corpus, with its dictionary where it has one. Logs and findings stay in BUILD. Fails when
# any target finds something. FUZZ_FLAGS go to the fuzzer.
set -u
build=$1
seconds=$2
shift 2
here=$(dirname "$0")
failed=
for name in "$@"; do
	corpus=$build/corpus/$name
	rm -rf "$corpus"
	mkdir -p "$corpus"
	cp "$here/corpus/$name"/* "$corpus"/
	dict=
	if [ -f "$here/$name.dict" ]; then
		dict=-dict=$here/$name.dict
	fi
	# shellcheck disable=SC2086 # flags are words
	if "$build/fuzz_$name" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 \
		-print_final_stats=1 -artifact_prefix="$build/finding-$name-" $dict \
		${FUZZ_FLAGS:-} "$corpus" >"$build/$name.log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log")
		echo "fuzz_$name: $runs executions in $seconds s, no finding"
	else
		tail -n 40 "$build/$name.log"
		echo "fuzz_$name: FAILED, see $build/$name.log"
		failed="$failed $name"
	fi
done
if [ -n "$failed" ]; then
	echo "failed:$failed"
	exit 1
fi
