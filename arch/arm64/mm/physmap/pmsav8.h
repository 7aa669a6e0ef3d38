/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the Armv8-R MPU share. PMSAv8-64 (AArch64) and PMSAv8-32
 * (AArch32) have the same registers under different names and different layouts
 * in them (MPU-2): the encodings are kept apart, the sequences are written once.
 * All of it is of EL2, and compiles on the host, where a model is the registers.
 */
#ifndef PHYSMAP_PMSAV8_H
#define PHYSMAP_PMSAV8_H

#include <physmap/mpu.h>

/* Named as in PMSAv8-64; PMSAv8-32 calls them HMPUIR, HPRSELR and so on. */
enum pmsav8_register {
	PMSAV8_MPUIR,		/* regions there are, in the low 8 bits (MPU-3) */
	PMSAV8_PRSELR,		/* the region that the next two are of */
	PMSAV8_PRBAR,
	PMSAV8_PRLAR,
	PMSAV8_PRENR,		/* enables regions 0 to 31 only (MPU-10) */
	PMSAV8_MAIR,		/* 32-bit: HMAIR1 and HMAIR0 as one */
	PMSAV8_SCTLR,
	PMSAV8_REGISTERS,
};

#define PMSAV8_MPUIR_REGIONS	0xffu
#define PMSAV8_PRENR_REGIONS	32

#define PMSAV8_SCTLR_M		BIT(0)
#define PMSAV8_SCTLR_C		BIT(2)
#define PMSAV8_SCTLR_I		BIT(12)
#define PMSAV8_SCTLR_BR		BIT(17)	/* background region (MPU-7) */
#define PMSAV8_SCTLR_WXN	BIT(19)

/*
 * MAIR: PHYSMAP_MPU_NORMAL write-back, _NORMAL_NC, _DEVICE_NGNRNE and _NGNRE,
 * from the low byte upwards.
 */
#define PMSAV8_MAIR_VALUE	0x040044ffULL

/* Shareability of a region, the same two bits in both encodings (MPU-15). */
#define PMSAV8_SH_OUTER		2u
#define PMSAV8_SH_INNER		3u

/**
 * struct physmap_pmsav8_registers - how registers are reached
 * @read: a register
 * @write: the same
 * @dsb: DSB SY
 * @isb: ISB
 * @invalidate: drop cached copies of [@start, @end), which no cache has written
 */
struct physmap_pmsav8_registers {
	u64 (*read)(struct physmap_mpu *mpu, enum pmsav8_register reg);
	void (*write)(struct physmap_mpu *mpu, enum pmsav8_register reg,
		      u64 value);
	void (*dsb)(struct physmap_mpu *mpu);
	void (*isb)(struct physmap_mpu *mpu);
	void (*invalidate)(struct physmap_mpu *mpu, u64 start, u64 end);
};

/**
 * struct physmap_pmsav8 - an MPU with these registers
 * @mpu: the part the engine knows; first, so that one leads to the other
 * @registers: how they are reached
 */
struct physmap_pmsav8 {
	struct physmap_mpu mpu;
	const struct physmap_pmsav8_registers *registers;
};

/* pmsav8_64.c, pmsav8_32.c */
extern const struct physmap_mpu_format physmap_pmsav8_64;
extern const struct physmap_mpu_format physmap_pmsav8_32;

/* pmsav8.c */
extern const struct physmap_mpu_hooks physmap_pmsav8_hooks;
u32 physmap_pmsav8_shareability(u32 attrs);
struct physmap_verdict
physmap_pmsav8_transition(const struct physmap_mpu_region *from,
			  const struct physmap_mpu_region *to);

/* pmsav8_native_32.c, _64.c: the registers of the machine that it runs on */
extern const struct physmap_pmsav8_registers physmap_pmsav8_native;

#endif /* PHYSMAP_PMSAV8_H */
