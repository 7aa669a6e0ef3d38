#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Lets one fuzzing target search for a time and says every few seconds how far
# it is. An input that fails is kept, with a line that tells how to replay it.
# usage: run.sh TARGET SECONDS BUILD-DIRECTORY
set -u

target=$1 seconds=$2 build=$3
program=$build/clang/fuzz_$target
log=$build/$target.log
crash=$build/crashes/$target-
mkdir -p "$build/corpus/$target" "$build/crashes" "corpus/$target"

"$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=200 -print_final_stats=1 \
	-artifact_prefix="$crash" "$build/corpus/$target" "corpus/$target" >"$log" 2>&1 &
child=$!
trap 'kill $child 2>/dev/null; exit 130' INT TERM HUP
begin=$(date +%s)
next=5
while kill -0 $child 2>/dev/null; do
	sleep 1
	spent=$(($(date +%s) - begin))
	[ $spent -ge $next ] || continue
	next=$((next + 5))
	echo "fuzz $target: $spent of $seconds s, $(grep '^#' "$log" | tail -n 1 |
		sed -E 's/^#([0-9]+).*cov: ([0-9]+).*corp: ([0-9]+).*/\1 runs, \2 edges reached, \3 inputs/')"
done
wait $child
status=$?
if [ $status != 0 ]; then
	kept=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
	echo "fuzz $target: FAILED: $(grep -m 1 -E '^fuzz: |runtime error|^SUMMARY|ERROR: libFuzzer' "$log")"
	echo "fuzz $target: the input is ${kept:-not kept, see $log}; replay it: $program $kept"
	exit 1
fi
echo "fuzz $target: no failure in $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs, $seconds s"
