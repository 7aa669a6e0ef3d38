/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the x86 files share: the entry's bits, the machine's features that
 * settle the geometry, and the two backends. Compiles on the host; only
 * seam.c and what it includes knows Linux.
 */
#ifndef PHYSMAP_X86_H
#define PHYSMAP_X86_H

#include <linux/bits.h>
#include <physmap/hooks.h>

/* Bits of an entry (SDM "4-Level Paging and 5-Level Paging"). */
#define X86_P		BIT_ULL(0)
#define X86_RW		BIT_ULL(1)
#define X86_US		BIT_ULL(2)
#define X86_PWT		BIT_ULL(3)
#define X86_PCD		BIT_ULL(4)
#define X86_A		BIT_ULL(5)
#define X86_D		BIT_ULL(6)
#define X86_PAT_4K	BIT_ULL(7)	/* in a leaf table */
#define X86_PS		BIT_ULL(7)	/* above it */
#define X86_G		BIT_ULL(8)
#define X86_SOFT	(7ULL << 9)
/*
 * Software bit for PHYSMAP_EARLY. Linux has uses for bits 9 and 11 in kernel
 * mappings (CPA's self-test, soft-dirty), for 10 only in user mappings.
 */
#define X86_EARLY	BIT_ULL(10)
#define X86_PAT_LARGE	BIT_ULL(12)
#define X86_FRAME	0x000ffffffffff000ULL
#define X86_NX		BIT_ULL(63)

enum physmap_x86_paging {
	PHYSMAP_X86_LEGACY,	/* i386 without PAE: 2 levels, 4-byte entries */
	PHYSMAP_X86_PAE,
	PHYSMAP_X86_4LEVEL,
	PHYSMAP_X86_5LEVEL,
};

/**
 * struct physmap_x86_machine - what settles the geometry, found at run time
 * @paging: kind of page tables
 * @pa_bits: physical address bits (MAXPHYADDR)
 * @pse: leaves above 4K are allowed
 * @gbpages: 1G leaves are allowed
 * @nx: IA32_EFER.NXE is set (X86-FMT-1)
 * @global: kernel leaves may be global: CR4.PGE and no PTI (X86-FMT-7)
 * @erratum_383: never resize a live entry (X86-ERR-2)
 * @encrypt: the SME/SEV C-bit, or 0 (X86-FMT-9)
 */
struct physmap_x86_machine {
	enum physmap_x86_paging paging;
	unsigned int pa_bits;
	bool pse;
	bool gbpages;
	bool nx;
	bool global;
	bool erratum_383;
	u64 encrypt;
};

/**
 * struct physmap_x86 - an x86 geometry
 * @geo: the part the engine knows
 * @machine: what it was settled by
 */
struct physmap_x86 {
	struct physmap_geometry geo;
	struct physmap_x86_machine machine;
};

/**
 * struct physmap_x86_mtrr - a variable-range MTRR
 * @base: first byte
 * @size: bytes; a power of two
 * @type: memory type
 */
struct physmap_x86_mtrr {
	u64 base;
	u64 size;
	u8 type;
};

void physmap_x86_geometry(struct physmap_x86 *x86,
			  const struct physmap_x86_machine *machine);
bool physmap_x86_attrs(const struct physmap_x86 *x86, u64 prot, u32 *attrs);
void physmap_x86_mtrr_cuts(struct physmap_geometry *geo,
			   const struct physmap_x86_mtrr *mtrr, unsigned int nr,
			   u8 default_type);
struct physmap_verdict
physmap_x86_transition(const struct physmap_geometry *geo,
		       const struct physmap_change *c);

int physmap_x86_native_write(struct physmap_map *map,
			     const struct physmap_run *run,
			     struct physmap_refusal *why);
int physmap_x86_native_protect(struct physmap_map *map,
			       const struct physmap_run *run, u64 set,
			       u64 clear, struct physmap_refusal *why);
int physmap_x86_native_link(struct physmap_map *map,
			    const struct physmap_link *link,
			    struct physmap_refusal *why);
int physmap_x86_native_commit(struct physmap_map *map,
			      struct physmap_refusal *why);

#endif /* PHYSMAP_X86_H */
