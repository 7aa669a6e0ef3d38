#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Boots the image on QEMU's Cortex-R52, once with the MPU off and once with an MPU
# that assembly has turned on, and passes the results on; or shows a person what
# the first of the two came to.
# usage: run.sh check|show QEMU-DIRECTORY IMAGE-DIRECTORY TREE-ADDRESS TURN-ON-ADDRESS
set -u

what=$1 qemu=$2 dir=$3 tree=$4 turn_on=$5
seconds=30
failed=0
mkdir -p "$dir/logs"

# boot NAME WORD
boot() {
	log=$dir/logs/$1.log
	LD_LIBRARY_PATH=$qemu/lib timeout $seconds "$qemu/bin/qemu-system-arm" -M mps3-an536 -nodefaults -display none \
		-serial "file:$log" -semihosting-config enable=on,target=native \
		-device "loader,file=$dir/r52.elf,cpu-num=0" -device "loader,file=$dir/an536.dtb,addr=$tree,force-raw=on" \
		-device "loader,addr=$turn_on,data=$2,data-len=4" </dev/null 2>"$log.qemu"
	status=$?
	if [ $status = 0 ] && grep -q '^1\.\.' "$log" && ! grep -q '^not ok' "$log"; then
		return
	fi
	failed=1
}

# What came instead of results; accesses of registers are for a model to read.
check() {
	boot "$1" "$2"
	echo "# $1"
	sed "/^# mpu [a-z]/d; s/^\(not ok\|ok\) \([0-9]*\) - /\1 \2 - $1: /" "$log"
	grep -q '^1\.\.' "$log" || {
		echo "# r52: $1 ended with status $status (124: more than $seconds s); see $log and $log.qemu"
		sed 's/^/# /' "$log.qemu"
	}
}

show() {
	boot mpu-off 0
	echo "r52: Cortex-R52 with an MPU (mps3-an536)"
	sed -n 's/^# \(mpu: \(PMSA\|boot:\| *[0-9][0-9]* \[\).*\)/    | \1/p; s/^# \(boot took\|faults taken\)/  \1/p' "$log"
	sed -n 's/^not ok [0-9]* - /  not ok      /p' "$log"
	echo "  the log     $log"
	[ $failed = 0 ] || cat "$log.qemu"
	printf '\n%s passed, %s failed\n' "$(grep -c '^ok' "$log")" "$(grep -c '^not ok' "$log")"
}

if [ "$what" = check ]; then
	check mpu-off 0
	check mpu-on 1
	"$dir/replay" "$dir/logs/mpu-off.log" "$dir/logs/mpu-on.log" || failed=1
else
	show
fi
exit $failed
