// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64 page tables as data, and how their descriptors are written and read.
 * Pure: what the machine has is handed in. Keeps ARM-CONT-1, ARM-MMU-12 and
 * ARM-MMU-13.
 */
#include <linux/container_of.h>
#include <linux/types.h>
#include "arm64.h"

static const struct physmap_arm64 *arm64_of(const struct physmap_geometry *geo)
{
	return container_of(geo, struct physmap_arm64, geo);
}

/* All bits that can hold an address, wherever its parts lie. */
static u64 address_bits(const struct physmap_arm64_machine *m)
{
	const u64 low = GENMASK_ULL(47, m->page_shift);

	if (m->lpa2)
		return low | GENMASK_ULL(49, 48) | GENMASK_ULL(9, 8);
	return m->page_shift == 16 ? low | GENMASK_ULL(15, 12) : low;
}

/* Address bits 51:48 lie apart with 64K pages, 51:50 with TCR.DS. */
static u64 spell_address(const struct physmap_arm64_machine *m, u64 pa)
{
	if (m->lpa2)
		return (pa & GENMASK_ULL(49, m->page_shift)) |
		       (pa >> 50 & 3) << 8;
	if (m->page_shift == 16)
		return (pa & GENMASK_ULL(47, 16)) | (pa >> 48 & 15) << 12;
	return pa;
}

static u64 read_address(const struct physmap_arm64_machine *m, u64 raw)
{
	const u64 low = raw & GENMASK_ULL(47, m->page_shift);

	if (m->lpa2)
		return low | (raw & GENMASK_ULL(49, 48)) |
		       (raw >> 8 & 3) << 50;
	return m->page_shift == 16 ? low | (raw >> 12 & 15) << 48 : low;
}

/* Where there is one privilege bit 54 forbids, and PXN and nG are ignored. */
static u64 no_exec_bits(const struct physmap_arm64_machine *m, u32 attrs)
{
	if (m->regime == PHYSMAP_ARM64_EL2)
		return attrs & PHYSMAP_EXEC ? 0 : ARM64_UXN;
	/* Nothing in the kernel's half is ever executable for user mode. */
	return ARM64_UXN | (attrs & PHYSMAP_EXEC ? 0 : ARM64_PXN);
}

static u64 arm64_leaf(const struct physmap_geometry *geo, unsigned int level,
		      u64 pa, u32 attrs)
{
	const struct physmap_arm64_machine *m = &arm64_of(geo)->machine;
	const u64 type = (attrs & PHYSMAP_MEMTYPE_MASK) >>
			 PHYSMAP_MEMTYPE_SHIFT;
	u64 raw = spell_address(m, pa) | ARM64_VALID | ARM64_AF |
		  ARM64_DIRTY | type << ARM64_ATTRINDX_SHIFT |
		  no_exec_bits(m, attrs);

	if (!level)
		raw |= ARM64_PAGE;
	if (!m->lpa2)
		raw |= ARM64_SH_INNER;
	raw |= attrs & PHYSMAP_WRITE ? ARM64_DBM : ARM64_RDONLY;
	/* AP[1] is reserved, and 1, where there is one privilege. */
	if ((attrs & PHYSMAP_USER) || m->regime == PHYSMAP_ARM64_EL2)
		raw |= ARM64_USER;
	if (!(attrs & PHYSMAP_GLOBAL) && m->regime == PHYSMAP_ARM64_EL1)
		raw |= ARM64_NG;
	if (attrs & PHYSMAP_CONTIG)
		raw |= ARM64_CONT;
	if (attrs & PHYSMAP_EARLY)
		raw |= ARM64_EARLY;
	return raw;
}

/* Leaves decide: a table that forbids could never be shared (ARM-MMU-13). */
static u64 arm64_table(const struct physmap_geometry *geo, unsigned int level,
		       u64 pa)
{
	return spell_address(&arm64_of(geo)->machine, pa) | ARM64_VALID |
	       ARM64_TABLE;
}

static bool may_execute(const struct physmap_arm64_machine *m, u64 raw)
{
	if (m->regime == PHYSMAP_ARM64_EL2)
		return !(raw & ARM64_UXN);
	return !(raw & ARM64_PXN) || !(raw & ARM64_UXN);
}

/* Hardware may make what has DBM writable by itself, so that counts. */
static bool may_write(u64 raw)
{
	return !(raw & ARM64_RDONLY) || (raw & ARM64_DBM);
}

static u32 arm64_attrs(const struct physmap_arm64_machine *m, u64 raw)
{
	const bool el1 = m->regime == PHYSMAP_ARM64_EL1;
	const u32 type = (raw & ARM64_ATTRINDX) >> ARM64_ATTRINDX_SHIFT;

	return (may_write(raw) ? PHYSMAP_WRITE : 0) |
	       (may_execute(m, raw) ? PHYSMAP_EXEC : 0) |
	       (el1 && (raw & ARM64_NG) ? 0 : PHYSMAP_GLOBAL) |
	       (el1 && (raw & ARM64_USER) ? PHYSMAP_USER : 0) |
	       (raw & ARM64_CONT ? PHYSMAP_CONTIG : 0) |
	       (raw & ARM64_EARLY ? PHYSMAP_EARLY : 0) |
	       type << PHYSMAP_MEMTYPE_SHIFT;
}

/* What a table lets its leaves have. */
static u32 table_rights(const struct physmap_arm64_machine *m, u64 raw)
{
	u64 no_exec = ARM64_UXNTABLE;

	if (m->regime == PHYSMAP_ARM64_EL1)
		no_exec = ARM64_PXNTABLE;
	return (raw & ARM64_APTABLE_RO ? 0 : PHYSMAP_WRITE) |
	       (raw & no_exec ? 0 : PHYSMAP_EXEC);
}

static struct physmap_entry arm64_parse(const struct physmap_geometry *geo,
					unsigned int level, u64 raw)
{
	const struct physmap_arm64_machine *m = &arm64_of(geo)->machine;
	struct physmap_entry e = { .kind = PHYSMAP_NONE };

	if (!raw)
		return e;
	/* At the last level a descriptor without bit 1 translates nothing. */
	if (!(raw & ARM64_VALID) || (!level && !(raw & ARM64_PAGE))) {
		e.kind = PHYSMAP_NOT_PRESENT;
		return e;
	}
	e.pa = read_address(m, raw);
	if (level && (raw & ARM64_TABLE)) {
		e.kind = PHYSMAP_TABLE;
		e.attrs = table_rights(m, raw);
		return e;
	}
	e.kind = PHYSMAP_LEAF;
	/* Below its size a block has nT and nothing of an address. */
	e.pa &= ~(physmap_size(geo, level) - 1);
	e.attrs = arm64_attrs(m, raw);
	return e;
}

static u64 arm64_child(const struct physmap_geometry *geo, unsigned int level,
		       u64 leaf)
{
	const u64 raw = leaf & ~ARM64_NT;

	return level == 1 ? raw | ARM64_PAGE : raw;
}

static const struct physmap_format arm64_format = {
	.leaf = arm64_leaf,
	.table = arm64_table,
	.parse = arm64_parse,
	.child = arm64_child,
	.transition = physmap_arm64_transition,
	.rules = {
		[PHYSMAP_FINDING_HOLE] = "ARM-ATTR-5",
		[PHYSMAP_FINDING_EXTRA] = "ARM-ATTR-5",
		[PHYSMAP_FINDING_FRAME] = "ARM-BBM-2",
		[PHYSMAP_FINDING_WX] = "ARM-ATTR-4",
		[PHYSMAP_FINDING_SIZE] = "ARM-CONT-1",
		[PHYSMAP_FINDING_EARLY] = "ARM-BBM-4",
		[PHYSMAP_FINDING_TABLE_RW] = "ARM-ATTR-4",
		[PHYSMAP_FINDING_LOG] = "ARM-ATTR-5",
	},
	.reasons = {
		[PHYSMAP_REASON_EMPTY] = "ARM-ATTR-5",
		[PHYSMAP_REASON_UNALIGNED] = "ARM-FMT-1",
		[PHYSMAP_REASON_PA_LIMIT] = "ARM-FMT-1",
		[PHYSMAP_REASON_VA_LIMIT] = "ARM-MMU-8",
		[PHYSMAP_REASON_OVERLAP] = "ARM-BBM-2",
		[PHYSMAP_REASON_NOT_RAM] = "ARM-ATTR-3",
		[PHYSMAP_REASON_NO_TABLE] = "ARM-TLBI-3",
	},
};

/* By granule: which levels have blocks, and how many leaves make a group. */
static const struct granule {
	unsigned int page_shift;
	u32 blocks;
	u8 contig[2];
} granules[] = {
	{ 12, PHYSMAP_LEVEL(1) | PHYSMAP_LEVEL(2), { 4, 4 } },
	{ 14, PHYSMAP_LEVEL(1), { 7, 5 } },
	{ 16, PHYSMAP_LEVEL(1), { 5, 5 } },
};

static const struct granule *granule_of(unsigned int page_shift)
{
	const struct granule *g = granules;

	while (g->page_shift != page_shift)
		g++;
	return g;
}

static void settle_levels(struct physmap_geometry *geo,
			  const struct physmap_arm64_machine *m)
{
	const unsigned int bits = m->page_shift - 3;
	unsigned int left = m->va_bits - m->page_shift;
	struct physmap_level *l = geo->level;

	for (; left; l++, geo->levels++) {
		l->shift = m->va_bits - left;
		l->bits = left < bits ? left : bits;
		left -= l->bits;
	}
}

/**
 * physmap_arm64_geometry() - settle a geometry by what the machine has
 * @arm64: filled in, without cuts
 * @machine: the machine, as found at run time; its granule is one that the
 *	CPU has (ARM-MMU-11)
 *
 * Larger blocks exist with 52-bit addresses (512G, 64G, 4T); nobody in Linux
 * can take them apart again, so they are left out.
 */
void physmap_arm64_geometry(struct physmap_arm64 *arm64,
			    const struct physmap_arm64_machine *machine)
{
	const struct granule *g = granule_of(machine->page_shift);
	const u64 mark = ARM64_VALID | ARM64_EARLY;
	struct physmap_geometry *geo = &arm64->geo;
	unsigned int i;

	*arm64 = (struct physmap_arm64) {
		.machine = *machine,
		.geo = {
			.format = &arm64_format,
			.entry_size = sizeof(u64),
			.leaf_levels = PHYSMAP_LEVEL(0) | g->blocks,
			.contig = { g->contig[0], g->contig[1] },
			.no_exec = true,
			.early_gives = PHYSMAP_WRITE | PHYSMAP_EXEC,
			.frame = address_bits(machine),
			.accessed = ARM64_AF,
			.pa_limit = 1ULL << machine->pa_bits,
		},
	};
	settle_levels(geo, machine);
	if (machine->pa_bits > 48)
		geo->linear = machine->lpa2 ? BIT_ULL(50) : BIT_ULL(48);
	for (i = 0; i < geo->levels; i++) {
		geo->early[i].mask = mark | ARM64_TABLE;
		geo->early[i].value = mark | (i ? 0 : ARM64_PAGE);
	}
}

/**
 * physmap_arm64_attrs() - attributes that protection bits ask for
 * @arm64: geometry
 * @prot: bits as Linux keeps them, for a page
 * @attrs: filled in
 *
 * Return: false if @prot is not valid, or has a bit that would be lost or
 * misread: no access flag, another shareability than inner, a right of the
 * user's to execute, the contiguous bit, which is given to whole groups only
 * (ARM-CONT-1).
 */
bool physmap_arm64_attrs(const struct physmap_arm64 *arm64, u64 prot,
			 u32 *attrs)
{
	const bool el1 = arm64->machine.regime == PHYSMAP_ARM64_EL1;
	const u64 must = ARM64_VALID | ARM64_PAGE | ARM64_AF |
			 (arm64->machine.lpa2 ? 0 : ARM64_SH_INNER) |
			 (el1 ? ARM64_UXN : 0);
	const u64 known = must | ARM64_ATTRINDX | ARM64_USER | ARM64_RDONLY |
			  ARM64_NG | ARM64_DBM | ARM64_PXN | ARM64_UXN |
			  ARM64_DIRTY;

	*attrs = arm64_attrs(&arm64->machine, prot);
	return (prot & must) == must && !(prot & ~known);
}
