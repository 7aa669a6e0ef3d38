// SPDX-License-Identifier: GPL-2.0-only
/*
 * May this descriptor become that one, with one store? One table of rules,
 * read from the top; the first that fits answers. Engine and audit ask here
 * and nowhere else. Keeps ARM-BBM, ARM-CONT and ARM-TLBI-4.
 */
#include <linux/bits.h>
#include <linux/container_of.h>
#include <linux/types.h>
#include "arm64.h"

/* Facts about a change, as bits. */
#define WAS_NONE	BIT(0)	/* all zero before */
#define WAS_VALID	BIT(1)
#define BECOMES_NONE	BIT(2)	/* all zero after */
#define BECOMES_VALID	BIT(3)
#define RESERVED	BIT(4)	/* the new descriptor faults on this machine */
#define LIVE		BIT(5)
#define SIZE		BIT(6)	/* block <-> table */
#define MERGE		BIT(7)	/* table -> block */
#define TABLE		BIT(8)	/* table before and after */
#define FRAME		BIT(9)	/* another output address or table */
#define MEMTYPE		BIT(10)	/* another type; Normal and Tagged are one */
#define SHARE		BIT(11)	/* another shareability */
#define CONT		BIT(12)	/* the contiguous bit changes */
#define WAS_CONT	BIT(13)
#define TAKES		BIT(14)	/* takes a right, or GLOBAL, away */
#define GIVES		BIT(15)	/* gives a right */
#define GOES_GLOBAL	BIT(16)
#define NT		BIT(17)	/* the block was told to be kept out of TLBs */
#define BBM_CONFLICT	BIT(18)	/* FEAT_BBM level 2 */
#define BBM_FREE	BIT(19)	/* FEAT_BBM level 3 */
#define SAME_RIGHTS	BIT(20)

/* These facts hold, and none of those: then this is the answer. */
static const struct physmap_rule rules[] = {
	{ RESERVED, 0, PHYSMAP_FORBIDDEN, "ARM-FMT-1",
	  "the entry has an address or an encoding that faults on this machine" },
	{ 0, BECOMES_NONE | BECOMES_VALID, PHYSMAP_FORBIDDEN, "ARM-FMT-2",
	  "an entry that is not valid must be all zero" },
	{ WAS_NONE | BECOMES_NONE, 0, PHYSMAP_NOOP, "ARM-TLBI-4",
	  "nothing was there and nothing is" },
	{ 0, WAS_NONE | WAS_VALID | BECOMES_NONE, PHYSMAP_FORBIDDEN,
	  "ARM-FMT-2", "somebody keeps an entry there that is not valid" },
	{ 0, WAS_VALID, PHYSMAP_FRESH, "ARM-TLBI-4",
	  "nothing was valid, so nothing is cached" },
	{ SIZE | WAS_CONT, 0, PHYSMAP_FORBIDDEN, "ARM-CONT-1",
	  "one of a contiguous group would become a table" },
	{ 0, LIVE, PHYSMAP_FRESH, "ARM-BBM-1",
	  "hardware does not walk this table, so nothing is cached" },
	{ BECOMES_NONE, 0, PHYSMAP_TIGHTEN, "ARM-BBM-3",
	  "the mapping goes; it may be cached until it is invalidated" },
	{ SIZE | FRAME, 0, PHYSMAP_FORBIDDEN, "ARM-BBM-7",
	  "one store would change block size and output address" },
	{ SIZE, SAME_RIGHTS, PHYSMAP_FORBIDDEN, "ARM-BBM-7",
	  "one store would change block size and attributes" },
	{ SIZE | MERGE, 0, PHYSMAP_FORBIDDEN, "ARM-BBM-2",
	  "a live table must not become a block without a break" },
	{ SIZE | NT, 0, PHYSMAP_RESIZE, "ARM-BBM-6",
	  "same addresses and attributes; nT has kept the block out of TLBs" },
	{ SIZE | BBM_FREE, 0, PHYSMAP_RESIZE, "ARM-BBM-6",
	  "same addresses and attributes; this CPU takes either size" },
	{ SIZE | BBM_CONFLICT, 0, PHYSMAP_FORBIDDEN, "ARM-BBM-6",
	  "both sizes cached may abort on this CPU, and nobody takes that abort" },
	{ SIZE, 0, PHYSMAP_FORBIDDEN, "ARM-BBM-2",
	  "the size of a live block must not change without a break" },
	{ TABLE | FRAME, 0, PHYSMAP_FORBIDDEN, "ARM-BBM-2",
	  "another table would take the place of a live one without a break" },
	{ FRAME, 0, PHYSMAP_FORBIDDEN, "ARM-BBM-12",
	  "the output address of a live entry must not change without a break" },
	{ MEMTYPE, 0, PHYSMAP_FORBIDDEN, "ARM-BBM-2",
	  "the memory type of a live entry must not change without a break" },
	{ SHARE, 0, PHYSMAP_FORBIDDEN, "ARM-BBM-2",
	  "the shareability of a live entry must not change without a break" },
	{ GOES_GLOBAL, 0, PHYSMAP_FORBIDDEN, "ARM-BBM-2",
	  "a global entry could meet non-global ones that are cached" },
	{ CONT | BBM_FREE | SAME_RIGHTS, 0, PHYSMAP_RESIZE, "ARM-BBM-6",
	  "same address and attributes; this CPU takes either size" },
	{ CONT | BBM_CONFLICT, 0, PHYSMAP_FORBIDDEN, "ARM-BBM-6",
	  "both sizes cached may abort on this CPU, and nobody takes that abort" },
	{ CONT, 0, PHYSMAP_FORBIDDEN, "ARM-CONT-3",
	  "the contiguous bit of a live entry must not change without a break" },
	{ WAS_CONT, BBM_FREE | SAME_RIGHTS, PHYSMAP_FORBIDDEN, "ARM-CONT-2",
	  "one of a live contiguous group would be changed on its own" },
	{ TAKES, 0, PHYSMAP_TIGHTEN, "ARM-BBM-4",
	  "takes a right away; effective once it is invalidated" },
	{ GIVES, 0, PHYSMAP_LOOSEN, "ARM-BBM-3",
	  "gives a right; a stale entry costs a fault until it is invalidated" },
	{ 0, 0, PHYSMAP_NOOP, "ARM-BBM-3",
	  "nothing that the hardware can see" },
};

static bool is_reserved(const struct physmap_geometry *geo, unsigned int level,
			u64 raw)
{
	const struct physmap_entry e = geo->format->parse(geo, level, raw);
	/* Below a block's address there is nothing but nT. */
	const u64 below = GENMASK_ULL(47, geo->level[0].shift) &
			  (physmap_size(geo, level) - 1) & ~ARM64_NT;

	if (!(raw & ARM64_VALID))
		return false;
	if (e.kind == PHYSMAP_NOT_PRESENT || (e.pa & ~(geo->pa_limit - 1)))
		return true;
	return e.kind == PHYSMAP_LEAF &&
	       (!(geo->leaf_levels & PHYSMAP_LEVEL(level)) || (raw & below));
}

static bool is_normal(u32 attrs)
{
	const u32 type = (attrs & PHYSMAP_MEMTYPE_MASK) >>
			 PHYSMAP_MEMTYPE_SHIFT;

	return type == ARM64_MT_NORMAL || type == ARM64_MT_NORMAL_TAGGED;
}

/*
 * Rights as bits that are set where something is allowed; to be used at all
 * (AF) and to be cached (no nT, which in a page is a bit of its address) are
 * among them.
 */
static u64 rights_of(const struct physmap_arm64_machine *m, u64 raw)
{
	const u64 forbids = ARM64_RDONLY | ARM64_UXN | ARM64_GP | ARM64_NT |
		(m->regime == PHYSMAP_ARM64_EL1 ? ARM64_PXN : 0);
	const u64 allows = ARM64_AF | ARM64_DBM |
		(m->regime == PHYSMAP_ARM64_EL1 ? ARM64_USER : 0);

	return (~raw & forbids) | (raw & allows);
}

static u32 leaf_facts(const struct physmap_arm64 *arm64, u64 old, u64 new,
		      const struct physmap_entry *was,
		      const struct physmap_entry *is)
{
	const u64 had = rights_of(&arm64->machine, old);
	const u64 has = rights_of(&arm64->machine, new);
	const u32 diff = was->attrs ^ is->attrs;
	const bool type = diff & PHYSMAP_MEMTYPE_MASK;
	const bool tag = is_normal(was->attrs) && is_normal(is->attrs);
	u32 facts = 0;

	if (was->pa != is->pa)
		facts |= FRAME;
	if (type && !tag)
		facts |= MEMTYPE;
	if (!arm64->machine.lpa2 && ((old ^ new) & ARM64_SH))
		facts |= SHARE;
	if (diff & PHYSMAP_CONTIG)
		facts |= CONT;
	if (diff & is->attrs & PHYSMAP_GLOBAL)
		facts |= GOES_GLOBAL;
	if ((had & ~has) || (diff & was->attrs & PHYSMAP_GLOBAL))
		facts |= TAKES;
	if ((has & ~had) || (type && tag))
		facts |= GIVES;
	if (!(facts & (TAKES | GIVES | MEMTYPE | SHARE | GOES_GLOBAL)))
		facts |= SAME_RIGHTS;
	return facts;
}

/* A table may take rights from all below it: other bits than a leaf's. */
static u32 table_facts(u64 old, u64 new, bool moved)
{
	return TABLE | (moved ? FRAME : 0) |
	       (new & ~old & ARM64_TABLE_FORBIDS ? TAKES : 0) |
	       (old & ~new & ARM64_TABLE_FORBIDS ? GIVES : 0);
}

/*
 * Block -> table: what the new table maps first is compared with what the
 * block's own children would be. Table -> block: nothing to compare with.
 */
static u32 size_facts(const struct physmap_arm64 *arm64,
		      const struct physmap_change *c,
		      const struct physmap_entry *old)
{
	const struct physmap_geometry *geo = &arm64->geo;
	const unsigned int level = c->level - 1;
	struct physmap_entry was, is;
	u64 child;

	if (old->kind == PHYSMAP_TABLE)
		return SIZE | MERGE | SAME_RIGHTS;
	child = geo->format->child(geo, c->level, c->old);
	was = geo->format->parse(geo, level, child);
	is = geo->format->parse(geo, level, c->child);
	if (is.kind != PHYSMAP_LEAF)
		return SIZE | FRAME;
	return SIZE | leaf_facts(arm64, child, c->child, &was, &is);
}

/* What translates; an encoding that hardware does not know does not. */
static bool is_valid(const struct physmap_entry *e)
{
	return e->kind == PHYSMAP_LEAF || e->kind == PHYSMAP_TABLE;
}

static u32 machine_facts(const struct physmap_arm64_machine *m)
{
	static const u32 by_level[] = { 0, 0, BBM_CONFLICT, BBM_FREE };

	return by_level[m->bbm];
}

static u32 gather(const struct physmap_arm64 *arm64,
		  const struct physmap_change *c)
{
	const struct physmap_geometry *geo = &arm64->geo;
	const struct physmap_entry old = geo->format->parse(geo, c->level, c->old);
	const struct physmap_entry new = geo->format->parse(geo, c->level, c->new);
	u32 facts = (c->old ? 0 : WAS_NONE) |
		    (is_valid(&old) ? WAS_VALID : 0) |
		    (c->new ? 0 : BECOMES_NONE) |
		    (is_valid(&new) ? BECOMES_VALID : 0) |
		    (c->live ? LIVE : 0) | machine_facts(&arm64->machine) |
		    (is_reserved(geo, c->level, c->new) ? RESERVED : 0);

	if (!(facts & WAS_VALID) || !(facts & BECOMES_VALID))
		return facts;
	if (old.kind == PHYSMAP_LEAF && (old.attrs & PHYSMAP_CONTIG))
		facts |= WAS_CONT;
	if (old.kind == PHYSMAP_LEAF && c->level && (c->old & ARM64_NT) &&
	    arm64->machine.bbm)
		facts |= NT;
	if (old.kind != new.kind)
		return facts | size_facts(arm64, c, &old);
	if (old.kind == PHYSMAP_TABLE)
		return facts | table_facts(c->old, c->new, old.pa != new.pa);
	return facts | leaf_facts(arm64, c->old, c->new, &old, &new);
}

/**
 * physmap_arm64_transition() - may one entry become another with one store
 * @geo: geometry of a struct physmap_arm64
 * @c: the change
 *
 * Pure. What is forbidden here needs break-before-make (ARM-BBM-1), which
 * nobody can do to memory that is in use.
 *
 * Return: the verdict with the rule it rests on.
 */
struct physmap_verdict
physmap_arm64_transition(const struct physmap_geometry *geo,
			 const struct physmap_change *c)
{
	const struct physmap_arm64 *arm64 =
		container_of(geo, struct physmap_arm64, geo);

	return physmap_answer(rules, gather(arm64, c));
}
