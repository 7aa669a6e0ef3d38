/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the arm64 files share: the descriptor's bits, the machine's features
 * that settle the geometry, and the native backend. Compiles on the host, in
 * a payload without a kernel, and in Linux; only seam.c knows Linux.
 */
#ifndef PHYSMAP_ARM64_H
#define PHYSMAP_ARM64_H

#include <linux/bits.h>
#include <physmap/event.h>

/* Bits of a stage 1 descriptor (Arm ARM "VMSAv8-64 translation table format"). */
#define ARM64_VALID		BIT_ULL(0)
#define ARM64_TABLE		BIT_ULL(1)	/* above the last level */
#define ARM64_PAGE		BIT_ULL(1)	/* at the last level */
#define ARM64_ATTRINDX_SHIFT	2
#define ARM64_ATTRINDX		(7ULL << ARM64_ATTRINDX_SHIFT)
#define ARM64_USER		BIT_ULL(6)	/* AP[1] */
#define ARM64_RDONLY		BIT_ULL(7)	/* AP[2] */
#define ARM64_SH		(3ULL << 8)	/* with TCR.DS: address bits 51:50 */
#define ARM64_SH_INNER		(3ULL << 8)
#define ARM64_AF		BIT_ULL(10)
#define ARM64_NG		BIT_ULL(11)
#define ARM64_NT		BIT_ULL(16)	/* of a block: FEAT_BBM */
#define ARM64_GP		BIT_ULL(50)
#define ARM64_DBM		BIT_ULL(51)	/* Linux: may be written */
#define ARM64_CONT		BIT_ULL(52)
#define ARM64_PXN		BIT_ULL(53)
#define ARM64_UXN		BIT_ULL(54)	/* XN where there is one privilege */
#define ARM64_DIRTY		BIT_ULL(55)	/* software, Linux */
/*
 * Software bit for PHYSMAP_EARLY. Linux has uses for bits 55 and 56 in kernel
 * mappings and for 57 only in user mappings.
 */
#define ARM64_EARLY		BIT_ULL(57)
/* What a table descriptor takes from all below it; ignored in leaves. */
#define ARM64_PXNTABLE		BIT_ULL(59)
#define ARM64_UXNTABLE		BIT_ULL(60)
#define ARM64_APTABLE_RO	BIT_ULL(62)
#define ARM64_TABLE_FORBIDS	GENMASK_ULL(62, 59)

/* Memory types: indexes into MAIR as Linux programs it. */
#define ARM64_MT_NORMAL		0
#define ARM64_MT_NORMAL_TAGGED	1

enum physmap_arm64_regime {
	PHYSMAP_ARM64_EL1,	/* two privileges; EL2 with VHE is one too */
	PHYSMAP_ARM64_EL2,	/* one privilege: XN, nothing is non-global */
};

/**
 * struct physmap_arm64_machine - what settles the geometry, found at run time
 * @regime: whose tables these are
 * @page_shift: granule: 12, 14 or 16
 * @va_bits: virtual address bits that the tables translate
 * @pa_bits: physical address bits, at most 48 unless @lpa2 or a 64K granule
 * @lpa2: TCR.DS is set: 52-bit addresses with 4K or 16K pages, shareability
 *	comes from TCR
 * @bbm: FEAT_BBM level, 0 to 3; of all CPUs that will share the tables
 *	(ARM-BBM-6, -8)
 */
struct physmap_arm64_machine {
	enum physmap_arm64_regime regime;
	unsigned int page_shift;
	unsigned int va_bits;
	unsigned int pa_bits;
	bool lpa2;
	unsigned int bbm;
};

/**
 * struct physmap_arm64 - an arm64 geometry
 * @geo: the part the engine knows
 * @machine: what it was settled by
 */
struct physmap_arm64 {
	struct physmap_geometry geo;
	struct physmap_arm64_machine machine;
};

void physmap_arm64_geometry(struct physmap_arm64 *arm64,
			    const struct physmap_arm64_machine *machine);
bool physmap_arm64_attrs(const struct physmap_arm64 *arm64, u64 prot,
			 u32 *attrs);
struct physmap_verdict
physmap_arm64_transition(const struct physmap_geometry *geo,
			 const struct physmap_change *c);

int physmap_arm64_write(struct physmap_map *map, const struct physmap_run *run,
			struct physmap_refusal *why);
int physmap_arm64_protect(struct physmap_map *map,
			  const struct physmap_run *run, u64 set, u64 clear,
			  struct physmap_refusal *why);
int physmap_arm64_before_link(struct physmap_map *map,
			      const struct physmap_link *link,
			      struct physmap_refusal *why);
void physmap_arm64_linked(struct physmap_map *map,
			  const struct physmap_link *link);
int physmap_arm64_link(struct physmap_map *map, const struct physmap_link *link,
		       struct physmap_refusal *why);
int physmap_arm64_commit(struct physmap_map *map, struct physmap_refusal *why);
int physmap_arm64_flush(struct physmap_map *map, struct physmap_refusal *why);

#endif /* PHYSMAP_ARM64_H */
