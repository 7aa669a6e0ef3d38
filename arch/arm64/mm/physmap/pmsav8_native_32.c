// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of a PMSAv8-32 MPU as Hyp mode has them: the EL2 MPU of a
 * Cortex-R52. What is done to them, in what order and with what barriers, is
 * pmsav8.c's; here is only how they are reached. 32-bit instructions: not for
 * the host, not for an AArch64 kernel.
 */
#include <linux/types.h>
#include "pmsav8.h"

#define READ(where) ({							\
	u32 value_;							\
	asm volatile("mrc " where : "=r" (value_) : : "memory");	\
	value_;								\
})

#define WRITE(where, value) ({						\
	asm volatile("mcr " where : : "r" ((u32)(value)) : "memory");	\
})

#define HMPUIR	"p15, 4, %0, c0, c0, 4"
#define HSCTLR	"p15, 4, %0, c1, c0, 0"
#define HPRENR	"p15, 4, %0, c6, c1, 1"
#define HPRSELR	"p15, 4, %0, c6, c2, 1"
#define HPRBAR	"p15, 4, %0, c6, c3, 0"
#define HPRLAR	"p15, 4, %0, c6, c3, 1"
#define HMAIR0	"p15, 4, %0, c10, c2, 0"
#define HMAIR1	"p15, 4, %0, c10, c2, 1"
#define CTR	"p15, 0, %0, c0, c0, 1"
#define DCIMVAC	"p15, 0, %0, c7, c6, 1"
#define DCCIMVAC "p15, 0, %0, c7, c14, 1"

static u64 read_register(struct physmap_mpu *mpu, enum pmsav8_register reg)
{
	switch (reg) {
	case PMSAV8_MPUIR:
		return READ(HMPUIR);
	case PMSAV8_PRSELR:
		return READ(HPRSELR);
	case PMSAV8_PRBAR:
		return READ(HPRBAR);
	case PMSAV8_PRLAR:
		return READ(HPRLAR);
	case PMSAV8_PRENR:
		return READ(HPRENR);
	case PMSAV8_MAIR:
		return (u64)READ(HMAIR1) << 32 | READ(HMAIR0);
	case PMSAV8_SCTLR:
		return READ(HSCTLR);
	default:
		return 0;
	}
}

static void write_register(struct physmap_mpu *mpu, enum pmsav8_register reg,
			   u64 value)
{
	switch (reg) {
	case PMSAV8_PRSELR:
		WRITE(HPRSELR, value);
		break;
	case PMSAV8_PRBAR:
		WRITE(HPRBAR, value);
		break;
	case PMSAV8_PRLAR:
		WRITE(HPRLAR, value);
		break;
	case PMSAV8_PRENR:
		WRITE(HPRENR, value);
		break;
	case PMSAV8_MAIR:
		WRITE(HMAIR0, value);
		WRITE(HMAIR1, value >> 32);
		break;
	case PMSAV8_SCTLR:
		WRITE(HSCTLR, value);
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
	const u32 line = 4u << (READ(CTR) >> 16 & 15);
	u64 at;

	for (at = start & ~(u64)(line - 1); at < end; at += line) {
		if (at < start || at + line > end)
			WRITE(DCCIMVAC, at);
		else
			WRITE(DCIMVAC, at);
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
