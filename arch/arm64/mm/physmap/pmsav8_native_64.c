// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of a PMSAv8-64 MPU at EL2, as pmsav8_native_32.c has those of a
 * PMSAv8-32 one. They are named by their numbers, for compilers that are told
 * of no Armv8-R. Only for a CPU that has them; PRBAR_EL2 and PRLAR_EL2 are of
 * the region that PRSELR_EL2 says.
 */
#include <linux/types.h>
#include "pmsav8.h"

#define READ(reg) ({							\
	u64 value_;							\
	asm volatile("mrs %0, " reg : "=r" (value_) : : "memory");	\
	value_;								\
})

#define WRITE(reg, value) ({						\
	asm volatile("msr " reg ", %0" : : "r" ((u64)(value)) : "memory");	\
})

#define MPUIR_EL2	"S3_4_C0_C0_4"
#define PRENR_EL2	"S3_4_C6_C1_1"
#define PRSELR_EL2	"S3_4_C6_C2_1"
#define PRBAR_EL2	"S3_4_C6_C8_0"
#define PRLAR_EL2	"S3_4_C6_C8_1"

static u64 read_register(struct physmap_mpu *mpu, enum pmsav8_register reg)
{
	switch (reg) {
	case PMSAV8_MPUIR:
		return READ(MPUIR_EL2);
	case PMSAV8_PRSELR:
		return READ(PRSELR_EL2);
	case PMSAV8_PRBAR:
		return READ(PRBAR_EL2);
	case PMSAV8_PRLAR:
		return READ(PRLAR_EL2);
	case PMSAV8_PRENR:
		return READ(PRENR_EL2);
	case PMSAV8_MAIR:
		return READ("mair_el2");
	case PMSAV8_SCTLR:
		return READ("sctlr_el2");
	default:
		return 0;
	}
}

static void write_register(struct physmap_mpu *mpu, enum pmsav8_register reg,
			   u64 value)
{
	switch (reg) {
	case PMSAV8_PRSELR:
		WRITE(PRSELR_EL2, value);
		break;
	case PMSAV8_PRBAR:
		WRITE(PRBAR_EL2, value);
		break;
	case PMSAV8_PRLAR:
		WRITE(PRLAR_EL2, value);
		break;
	case PMSAV8_PRENR:
		WRITE(PRENR_EL2, value);
		break;
	case PMSAV8_MAIR:
		WRITE("mair_el2", value);
		break;
	case PMSAV8_SCTLR:
		WRITE("sctlr_el2", value);
		break;
	default:	/* MPUIR is read only */
		break;
	}
}

static void dsb_sy(struct physmap_mpu *mpu)
{
	asm volatile("dsb sy" : : : "memory");
}

static void isb(struct physmap_mpu *mpu)
{
	asm volatile("isb" : : : "memory");
}

/*
 * MPU-11. A line that reaches out of the range is cleaned too, for what else is
 * in it is not ours to lose (ARM-CACHE-3).
 */
static void invalidate(struct physmap_mpu *mpu, u64 start, u64 end)
{
	const u64 line = 4ULL << (READ("ctr_el0") >> 16 & 15);
	u64 at;

	for (at = start & ~(line - 1); at < end; at += line) {
		if (at < start || at + line > end)
			asm volatile("dc civac, %0" : : "r" (at) : "memory");
		else
			asm volatile("dc ivac, %0" : : "r" (at) : "memory");
	}
	dsb_sy(mpu);
}

const struct physmap_pmsav8_registers physmap_pmsav8_native = {
	.read = read_register,
	.write = write_register,
	.dsb = dsb_sy,
	.isb = isb,
	.invalidate = invalidate,
};
