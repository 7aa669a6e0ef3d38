#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Boots the payload at both exception levels on an old CPU and on one with
# everything, and passes its results on with the machine's name in each.
# usage: run.sh PAYLOAD LOG-DIRECTORY
set -u

payload=$1 logs=$2
seconds=120
command -v qemu-system-aarch64 >/dev/null || {
	echo "payload: qemu-system-aarch64 is missing; run scripts/setup arm64" >&2
	exit 2
}
mkdir -p "$logs"

# run NAME MACHINE CPU
run() {
	log=$logs/$1.log
	timeout $seconds qemu-system-aarch64 -M "$2" -cpu "$3" -m 512 -nodefaults -display none -serial "file:$log" \
		-kernel "$payload" </dev/null 2>"$log.qemu"
	status=$?
	echo "# $1"
	sed "s/^\(not ok\|ok\) \([0-9]*\) - /\1 \2 - $1: /" "$log"
	if [ $status != 0 ] || ! grep -q '^1\.\.' "$log"; then
		echo "# payload: $1 ended with status $status (124: more than $seconds s); see $log and $log.qemu"
		failed=1
	fi
	! grep -q '^not ok' "$log" || failed=1
}

failed=0
run el1-a57 virt,gic-version=2 cortex-a57
run el1-max virt,gic-version=2 max
run el2-a57 virt,gic-version=2,virtualization=on cortex-a57
run el2-max virt,gic-version=2,virtualization=on max
exit $failed
