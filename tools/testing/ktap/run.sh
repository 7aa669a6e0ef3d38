#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tests the summing of test results, given the tally program as $1: what it must
# count, and everything that it must not take for a success. Writes KTAP.
set -u

tally=$1
count=0

# sums NAME STATUS LAST-LINES INPUT (printf's escapes)
sums() {
	count=$((count + 1))
	# shellcheck disable=SC2059 # the input is a format by intent
	got=$(printf "$4" | "$tally" 2>&1 && echo "status 0" || echo "status 1")
	wanted="$3
status $2"
	if [ "$(echo "$got" | tail -n "$(echo "$wanted" | wc -l)")" = "$wanted" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		echo "$got" | sed 's/^/# /'
	fi
}

echo "KTAP version 1"
echo "1..16"
sums "plain TAP" 0 "2 passed, 0 failed" '1..2\nok 1 - a\nok 2 - b\n'
sums "a failure" 1 "1 passed, 1 failed" '1..2\nok 1 - a\nnot ok 2 - b\n'
sums "skipped" 0 "# 1 skipped
1 passed, 0 failed" '1..2\nok 1 - a\nok 2 - b # SKIP none here\n'
sums "only innermost results" 0 "2 passed, 0 failed" \
	'KTAP version 1\n1..1\n    KTAP version 1\n    1..2\n    ok 1 a\n    ok 2 b\nok 1 all\n'
sums "an inner failure counts once" 1 "1 passed, 1 failed" \
	'KTAP version 1\n1..1\n    1..2\n    ok 1 a\n    not ok 2 b\nnot ok 1 all\n'
sums "an outer failure of its own counts" 1 "1 passed, 1 failed" '1..1\n  1..1\n  ok 1 a\nnot ok 1 all\n'
sums "documents in a row" 0 "2 passed, 0 failed" 'TAP version 13\n1..1\nok 1 a\nKTAP version 1\n1..1\nok 1 b\n'
sums "plans in a row" 0 "2 passed, 0 failed" '1..1\nok 1 a\n1..1\nok 1 b\n'
sums "a plan at the end" 0 "2 passed, 0 failed" 'ok 1 a\nok 2 b\n1..2\n'
sums "lines of a serial console" 0 "1 passed, 0 failed" '1..1\r\nok 1 a\r\n'
sums "words that only look like results" 0 "1 passed, 0 failed" '1..1\nokay\nnot okay\nok 1 a\n'
sums "a plan that is not met" 1 "1 passed, 1 failed" '1..2\nok 1 a\n'
sums "an inner plan that is not met" 1 "1 passed, 1 failed" '1..1\n  1..2\n  ok 1 a\nok 1 all\n'
sums "results without a plan" 1 "1 passed, 1 failed" 'ok 1 a\n'
sums "a suite that gives up" 1 "1 passed, 1 failed" '1..1\nok 1 a\nBail out! no more\n'
sums "nothing at all" 1 "0 passed, 1 failed" 'hello\n'
