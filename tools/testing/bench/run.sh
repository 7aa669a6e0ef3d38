#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tests the plotter and the host bench, which are in directory $1: what is right
# is drawn or measured, what is wrong is refused by one line that says what it is.
# Works in a directory of its own, and writes KTAP.
set -u

if [ ! -x "${1-}/plot" ] || [ ! -x "$1/host" ]; then
	echo "usage: run.sh DIRECTORY (with host and plot: make -C tools/testing/bench)" >&2
	exit 2
fi
bin=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$work" || exit 1
count=0

# result STATUS NAME
result() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
		return
	fi
	echo "not ok $count - $2"
	sed 's/^/# /' said
}

# machine NAME BUILDER GIB OWN: an entry as the instruction bench writes it
machine() {
	printf '{"machine": "%s", "builder": "%s", "gib_mapped": %s, "ptes": 262144, "instructions_per_pte": 5.5, "own": %s}' "$@"
}

# filled RATIO: what the host bench writes
filled() {
	printf '{"fill": [{"name": "x86-64g", "builder": "fresh", "ratio_to_memset": %s}]}' "$1"
}

plot() {
	mkdir -p out
	rm -f out/*
	"$bin/plot" --bench bench.json --host host.json --out out >said 2>&1
}

# Both formats, and neither is empty or cut off.
drawn() {
	for f; do
		head -c 8 "out/$f.png" 2>>said | grep -aq PNG && grep -q '</svg>' "out/$f.svg" 2>>said || return 1
	done
}

# says STATUS TEXT: that status, and one line that holds the text
says() {
	[ "$status" = "$1" ] && [ "$(grep -cF -- "$2" said)" = 1 ]
}

# refuses TEXT NAME: by one line, and nothing of the instruction bench is drawn
refuses() {
	plot
	status=$?
	says 1 "$1" && [ "$(grep -c bench.json said)" = 1 ] && [ ! -e out/pages.png ]
	result $? "$2"
}

echo "KTAP version 1"
echo "1..18"

echo "[$(machine arm64-1g upstream 1 9500000), $(machine arm64-1g two-pass 1 1400000), $(machine arm64-8g two-pass 8 11000000)]" >bench.json
filled 0.8 >host.json
plot && drawn arm64-4k pages host
result $? "pictures of what was measured"
grep -q 'no machine dom0-Ng: dom0 is not drawn' said && grep -q 'native-4k is not drawn' said && [ ! -e out/dom0.png ]
result $? "machines that were not measured are named"

rm host.json
plot && grep -q 'host.json: No such file' said && drawn pages && [ ! -e out/host.png ]
result $? "no host bench: the rest is drawn"
rm bench.json
! plot
result $? "nothing at all was measured"

filled 0.8 >host.json
printf '[{"machine": "arm64-1g", "buil' >bench.json
refuses "bench.json: line 1" "a file that was cut off"
printf '{}' >bench.json
refuses "holds no list" "a file of another kind"
echo "[$(machine arm64-1g upstream 1 9500000), {\"machine\": \"arm64-2g\"}]" >bench.json
refuses "entry 1 has no builder" "an entry without a builder"
echo "[$(machine arm64-1g three-pass 1 9500000)]" >bench.json
refuses "entry 0 has no builder that is known" "a builder that nobody knows"
echo "[$(machine arm64-1g fresh 1 '"many"')]" >bench.json
refuses "entry 0 has no own" "a text where a number should be"
echo "[$(machine arm64-1g fresh 0 9500000)]" >bench.json
refuses "entry 0 has no gib_mapped" "a machine without memory"

echo "[$(machine arm64-1g fresh 1 2000000)]" >bench.json
filled '"fast"' >host.json
plot
status=$?
says 1 "host.json: entry 0 has no ratio_to_memset" && [ ! -e out/host.png ]
result $? "a rate that is no number"
printf '{"counted": [{"name": "count-4k-1g-fresh", "builder": "fresh", "gib": 1}]}' >host.json
plot
status=$?
says 1 "host.json: entry 0 has no instructions" && [ ! -e out/engine.png ]
result $? "a count of nothing"
filled 0.8 >host.json
"$bin/plot" --bench bench.json --host host.json --out missing/out >said 2>&1
status=$?
says 1 "missing/out/arm64-4k.svg"
result $? "no directory for pictures"

"$bin/host" --only plan-64t-4k,hot-2g --runs 1 --json host.json >said 2>&1 &&
	grep -q '"tables_planned": [1-9]' host.json && grep -q '"remove_flushes": 1' host.json
result $? "the host bench: planning and hot-add, looked at and judged"
"$bin/host" --count --only count-4k-1g --json count.json >said 2>&1 && cp count.json before.json &&
	"$bin/host" --count --only count-4k-1g --json count.json >said 2>&1 && cmp count.json before.json >>said 2>&1 &&
	grep -q '"instructions_per_pte": [1-9]' count.json
result $? "the host bench: instructions are the same each time"
cp count.json host.json
plot && drawn engine
result $? "a picture of instructions counted on the host"
"$bin/host" --only nothing >said 2>&1
status=$?
says 1 "no row's name begins with nothing"
result $? "the host bench: a row that there is not"
prlimit --as=1000000000 "$bin/host" --only x86-1t --json host.json >said 2>&1
status=$?
says 1 "MiB of memory for tables"
result $? "the host bench: not enough memory"
