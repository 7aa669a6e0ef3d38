/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The walk that arm64 hardware makes at stage 1, for every granule: from an
 * address to a leaf, with what the processor would object to. Written from
 * the Arm ARM ("VMSAv8-64 translation table format"), shares nothing with the
 * geometry under test.
 */
#ifndef MODEL_ARM64_MMU_H
#define MODEL_ARM64_MMU_H

#include "memory.h"

/**
 * struct model_arm64_cpu - what the walk depends on
 * @page_shift: granule: 12, 14 or 16
 * @va_bits: 64 - TCR.T1SZ
 * @pa_bits: TCR.IPS: addresses beyond are address size faults
 * @lpa2: TCR.DS
 * @el2: a regime with one privilege: XN, nothing is non-global
 * @root: physical address in the TTBR
 */
struct model_arm64_cpu {
	unsigned int page_shift;
	unsigned int va_bits;
	unsigned int pa_bits;
	bool lpa2;
	bool el2;
	u64 root;
};

/**
 * struct model_arm64_translation - what the walk ended with
 * @present: there is a leaf, and the walk met nothing reserved
 * @reserved: an entry on the way is an encoding that the Arm ARM reserves, or
 *	its address is beyond @pa_bits
 * @level: level of the last entry looked at, from the leaf tables upwards
 * @pa: the address translated
 * @write: leaf and tables allow it to the kernel
 * @exec: they allow it to the kernel (PXN; XN at EL2)
 * @user: they allow an unprivileged access
 * @user_exec: they allow it to execute (UXN)
 * @global: not nG
 * @contig: the Contiguous bit
 * @no_translation: nT: hardware need not cache it (FEAT_BBM)
 * @accessed: AF
 * @attrindx: index into MAIR
 * @shareability: SH: 0 none, 2 outer, 3 inner; with @lpa2 TCR's, taken to be 3
 * @raw: the last entry
 * @table: page that holds it
 * @index: its slot
 */
struct model_arm64_translation {
	bool present;
	bool reserved;
	unsigned int level;
	u64 pa;
	bool write;
	bool exec;
	bool user;
	bool user_exec;
	bool global;
	bool contig;
	bool no_translation;
	bool accessed;
	unsigned int attrindx;
	unsigned int shareability;
	u64 raw;
	u64 table;
	unsigned int index;
};

unsigned int model_arm64_levels(const struct model_arm64_cpu *cpu);
struct model_arm64_translation
model_arm64_translate(const struct model_memory *mem,
		      const struct model_arm64_cpu *cpu, u64 va);
struct model_arm64_translation
model_arm64_walk(const struct model_memory *mem,
		 const struct model_arm64_cpu *cpu, u64 va, unsigned int level);
u64 model_arm64_tables(const struct model_memory *mem,
		       const struct model_arm64_cpu *cpu);

#endif /* MODEL_ARM64_MMU_H */
