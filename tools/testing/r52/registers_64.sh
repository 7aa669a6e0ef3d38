#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# No emulator has a PMSAv8-64 MPU. So what pmsav8_native_64.c was compiled to is
# read back: the disassembler has names for the registers that the source has
# numbers for, and each must be read and written that is, and no other. Writes KTAP.
# usage: registers_64.sh OBJDUMP OBJECT
set -u

objdump=$1 object=$2
wanted='mrs ctr_el0
mrs mair_el2
mrs mpuir_el2
mrs prbar_el2
mrs prenr_el2
mrs prlar_el2
mrs prselr_el2
mrs sctlr_el2
msr mair_el2
msr prbar_el2
msr prenr_el2
msr prlar_el2
msr prselr_el2
msr sctlr_el2'
got=$("$objdump" -d "$object" | awk '$3 == "mrs" { print $3, $5 } $3 == "msr" { sub(",", "", $4); print $3, $4 }' | sort -u)

echo "KTAP version 1"
echo "1..1"
if [ "$got" = "$wanted" ]; then
	echo "ok 1 - PMSAv8-64: the registers that are read and written are those of an Armv8-R's EL2"
else
	echo "not ok 1 - PMSAv8-64: the registers that are read and written are those of an Armv8-R's EL2"
	echo "$got" | sed 's/^/# /'
	exit 1
fi
