// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86 page tables as data, and how their entries are written and read. Pure:
 * what the machine has is handed in. Keeps X86-FMT-1 to -10 and X86-MT-1.
 */
#include <linux/container_of.h>
#include <linux/types.h>
#include "x86.h"

static const struct physmap_x86 *x86_of(const struct physmap_geometry *geo)
{
	return container_of(geo, struct physmap_x86, geo);
}

static u64 pat_bit(unsigned int level)
{
	return level ? X86_PAT_LARGE : X86_PAT_4K;
}

/* Index into the PAT <-> the three bits that spell it (X86-FMT-5). */
static u64 memtype_bits(unsigned int level, u32 attrs)
{
	const u32 i = (attrs & PHYSMAP_MEMTYPE_MASK) >> PHYSMAP_MEMTYPE_SHIFT;

	return (i & 1 ? X86_PWT : 0) | (i & 2 ? X86_PCD : 0) |
	       (i & 4 ? pat_bit(level) : 0);
}

static u32 memtype_of(unsigned int level, u64 raw)
{
	const u32 i = (raw & X86_PWT ? 1 : 0) | (raw & X86_PCD ? 2 : 0) |
		      (raw & pat_bit(level) ? 4 : 0);

	return i << PHYSMAP_MEMTYPE_SHIFT;
}

static u64 x86_leaf(const struct physmap_geometry *geo, unsigned int level,
		    u64 pa, u32 attrs)
{
	const struct physmap_x86_machine *m = &x86_of(geo)->machine;
	u64 raw = pa | X86_P | X86_A | memtype_bits(level, attrs);

	if (level)
		raw |= X86_PS;
	/* Dirty and not writable would spell a shadow stack. */
	if (attrs & PHYSMAP_WRITE)
		raw |= X86_RW | X86_D;
	if (attrs & PHYSMAP_USER)
		raw |= X86_US;
	if (!(attrs & PHYSMAP_EXEC) && m->nx)
		raw |= X86_NX;
	if ((attrs & PHYSMAP_GLOBAL) && m->global)
		raw |= X86_G;
	if (attrs & PHYSMAP_ENCRYPTED)
		raw |= m->encrypt;
	if (attrs & PHYSMAP_EARLY)
		raw |= X86_EARLY;
	return raw;
}

static u64 x86_table(const struct physmap_geometry *geo, unsigned int level,
		     u64 pa)
{
	const struct physmap_x86_machine *m = &x86_of(geo)->machine;

	/* In PAE's four top entries all but P is reserved or ignored. */
	if (m->paging == PHYSMAP_X86_PAE && level == 2)
		return pa | X86_P;
	/* As Linux has it everywhere, leaves decide: also of one that is split. */
	return pa | X86_P | X86_RW | X86_US | X86_A | X86_D | m->encrypt;
}

static u32 x86_attrs(const struct physmap_x86 *x86, unsigned int level, u64 raw)
{
	const struct physmap_x86_machine *m = &x86->machine;

	return (raw & X86_RW ? PHYSMAP_WRITE : 0) |
	       (raw & X86_NX ? 0 : PHYSMAP_EXEC) |
	       (raw & X86_G ? PHYSMAP_GLOBAL : 0) |
	       (raw & X86_US ? PHYSMAP_USER : 0) |
	       (raw & m->encrypt ? PHYSMAP_ENCRYPTED : 0) |
	       (raw & X86_EARLY ? PHYSMAP_EARLY : 0) |
	       memtype_of(level, raw);
}

/* What a table lets its leaves have. PAE's top entries cannot say no. */
static u32 table_rights(const struct physmap_x86 *x86, unsigned int level,
			u64 raw)
{
	if (x86->machine.paging == PHYSMAP_X86_PAE && level == 2)
		return PHYSMAP_WRITE | PHYSMAP_EXEC;
	return (raw & X86_RW ? PHYSMAP_WRITE : 0) |
	       (raw & X86_NX ? 0 : PHYSMAP_EXEC);
}

static struct physmap_entry x86_parse(const struct physmap_geometry *geo,
				      unsigned int level, u64 raw)
{
	const struct physmap_x86 *x86 = x86_of(geo);
	struct physmap_entry e = { .kind = PHYSMAP_NONE };
	u64 frame = raw & X86_FRAME & ~x86->machine.encrypt;

	if (!raw)
		return e;
	if (!(raw & X86_P)) {
		e.kind = PHYSMAP_NOT_PRESENT;
		return e;
	}
	if (level && !(raw & X86_PS)) {
		e.kind = PHYSMAP_TABLE;
		e.pa = frame;
		e.attrs = table_rights(x86, level, raw);
		return e;
	}
	if (level)
		frame &= ~X86_PAT_LARGE;
	e.kind = PHYSMAP_LEAF;
	e.pa = frame;
	e.attrs = x86_attrs(x86, level, raw);
	return e;
}

/* The PAT bit moves where a leaf becomes small (X86-FMT-5). */
static u64 x86_child(const struct physmap_geometry *geo, unsigned int level,
		     u64 leaf)
{
	u64 raw = leaf & ~(X86_PS | X86_PAT_LARGE);

	if (level > 1)
		return raw | X86_PS | (leaf & X86_PAT_LARGE);
	return raw | (leaf & X86_PAT_LARGE ? X86_PAT_4K : 0);
}

static const struct physmap_format x86_format = {
	.leaf = x86_leaf,
	.table = x86_table,
	.parse = x86_parse,
	.child = x86_child,
	.transition = physmap_x86_transition,
	.rules = {
		[PHYSMAP_FINDING_HOLE] = "X86-LNX-10",
		[PHYSMAP_FINDING_EXTRA] = "X86-MT-4",
		[PHYSMAP_FINDING_FRAME] = "X86-TLB-2",
		[PHYSMAP_FINDING_WX] = "X86-TLB-8",
		[PHYSMAP_FINDING_SIZE] = "X86-FMT-3",
		[PHYSMAP_FINDING_EARLY] = "X86-TLB-3",
		[PHYSMAP_FINDING_TABLE_RW] = "XENPV-2",
		[PHYSMAP_FINDING_LOG] = "X86-LNX-6",
	},
	.reasons = {
		[PHYSMAP_REASON_EMPTY] = "X86-LNX-5",
		[PHYSMAP_REASON_UNALIGNED] = "X86-FMT-4",
		[PHYSMAP_REASON_PA_LIMIT] = "X86-FMT-4",
		[PHYSMAP_REASON_VA_LIMIT] = "X86-FMT-10",
		[PHYSMAP_REASON_OVERLAP] = "X86-LNX-6",
		[PHYSMAP_REASON_NOT_RAM] = "X86-MT-4",
		[PHYSMAP_REASON_NO_TABLE] = "X86-LNX-3",
	},
};

static const struct physmap_level levels_legacy[] = {
	{ 12, 10 }, { 22, 10 },
};

static const struct physmap_level levels_pae[] = {
	{ 12, 9 }, { 21, 9 }, { 30, 2 },
};

static const struct physmap_level levels_long[] = {
	{ 12, 9 }, { 21, 9 }, { 30, 9 }, { 39, 9 }, { 48, 9 },
};

static const struct {
	const struct physmap_level *level;
	unsigned int levels;
	unsigned int entry_size;
	u32 large;	/* levels that may hold a leaf above 4K */
} pagings[] = {
	[PHYSMAP_X86_LEGACY] = { levels_legacy, 2, 4, PHYSMAP_LEVEL(1) },
	[PHYSMAP_X86_PAE] = { levels_pae, 3, 8, PHYSMAP_LEVEL(1) },
	[PHYSMAP_X86_4LEVEL] = { levels_long, 4, 8,
				 PHYSMAP_LEVEL(1) | PHYSMAP_LEVEL(2) },
	[PHYSMAP_X86_5LEVEL] = { levels_long, 5, 8,
				 PHYSMAP_LEVEL(1) | PHYSMAP_LEVEL(2) },
};

/**
 * physmap_x86_geometry() - settle a geometry by what the machine has
 * @x86: filled in, without cuts
 * @machine: the machine, as found at run time (X86-FMT-2, -10)
 */
void physmap_x86_geometry(struct physmap_x86 *x86,
			  const struct physmap_x86_machine *machine)
{
	const unsigned int paging = machine->paging;
	unsigned int i;

	*x86 = (struct physmap_x86) {
		.machine = *machine,
		.geo = {
			.format = &x86_format,
			.levels = pagings[paging].levels,
			.entry_size = pagings[paging].entry_size,
			.leaf_levels = PHYSMAP_LEVEL(0),
			.no_exec = machine->nx,
			.early_gives = PHYSMAP_EXEC,
			.early_lacks = PHYSMAP_GLOBAL,
			.frame = X86_FRAME & ~machine->encrypt,
			.accessed = X86_A | X86_D,
			.pa_limit = 1ULL << machine->pa_bits,
		},
	};
	if (machine->pse)
		x86->geo.leaf_levels |= pagings[paging].large;
	/* X86-FMT-3: a 1G leaf has a CPUID bit of its own. */
	if (!machine->gbpages)
		x86->geo.leaf_levels &= ~PHYSMAP_LEVEL(2);
	/* A 4-byte entry has no room for PSE-36's further address bits. */
	if (x86->geo.entry_size == sizeof(u32))
		x86->geo.pa_limit = BIT_ULL(32);
	for (i = 0; i < x86->geo.levels; i++) {
		const u64 early = X86_P | X86_EARLY | (i ? X86_PS : 0);

		x86->geo.level[i] = pagings[paging].level[i];
		x86->geo.early[i].mask = early;
		x86->geo.early[i].value = early;
	}
}

/**
 * physmap_x86_attrs() - attributes that protection bits ask for
 * @x86: geometry
 * @prot: bits as Linux keeps them, for a 4K leaf
 * @attrs: filled in
 *
 * Return: false if @prot is not present or has a bit that would be lost
 * (X86-FMT-6).
 */
bool physmap_x86_attrs(const struct physmap_x86 *x86, u64 prot, u32 *attrs)
{
	const u64 known = X86_P | X86_RW | X86_US | X86_PWT | X86_PCD | X86_A |
			  X86_D | X86_PAT_4K | X86_G | X86_NX |
			  x86->machine.encrypt;

	*attrs = x86_attrs(x86, 0, prot);
	return (prot & X86_P) && !(prot & ~known);
}

static u8 mtrr_type(const struct physmap_x86_mtrr *mtrr, unsigned int nr,
		    u8 default_type, u64 pa)
{
	enum { UC = 0, WT = 4, WB = 6 };
	bool hit = false;
	u8 type = default_type;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (pa < mtrr[i].base || pa - mtrr[i].base >= mtrr[i].size)
			continue;
		/* Overlaps: UC wins, then WT over WB (SDM "MTRR Precedences"). */
		if (!hit || mtrr[i].type == UC ||
		    (type == WB && mtrr[i].type == WT))
			type = mtrr[i].type;
		hit = true;
	}
	return type;
}

static void cut_at(struct physmap_geometry *geo, u64 pa)
{
	unsigned int i;

	for (i = geo->nr_cuts; i && geo->cuts[i - 1] > pa; i--)
		geo->cuts[i] = geo->cuts[i - 1];
	geo->cuts[i] = pa;
	geo->nr_cuts++;
}

/**
 * physmap_x86_mtrr_cuts() - where no large leaf may straddle (X86-MT-1)
 * @geo: geometry, gets the cuts
 * @mtrr: variable ranges that are switched on
 * @nr: how many, at most PHYSMAP_MAX_CUTS / 2 are looked at
 * @default_type: type of everything else
 *
 * Only edges at which the type really changes count: firmware often builds
 * one stretch of a type from several ranges. The fixed ranges below 1 MiB
 * are mapped with pages anyhow (X86-MT-2).
 */
void physmap_x86_mtrr_cuts(struct physmap_geometry *geo,
			   const struct physmap_x86_mtrr *mtrr, unsigned int nr,
			   u8 default_type)
{
	unsigned int i, edge;

	if (nr > PHYSMAP_MAX_CUTS / 2)
		nr = PHYSMAP_MAX_CUTS / 2;
	for (i = 0; i < nr; i++) {
		for (edge = 0; edge < 2; edge++) {
			const u64 pa = mtrr[i].base + (edge ? mtrr[i].size : 0);

			if (pa && mtrr_type(mtrr, nr, default_type, pa - 1) !=
				  mtrr_type(mtrr, nr, default_type, pa))
				cut_at(geo, pa);
		}
	}
}
