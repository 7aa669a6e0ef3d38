// SPDX-License-Identifier: GPL-2.0-only
/*
 * May this entry become that one, with one store? One table of rules, read
 * from the top; the first that fits answers. Engine and audit ask here and
 * nowhere else. Keeps X86-TLB, X86-FMT, X86-MT and X86-ERR.
 */
#include <linux/bits.h>
#include <linux/container_of.h>
#include <linux/types.h>
#include "x86.h"

/* Facts about a change, as bits. */
#define WAS_NONE	BIT(0)	/* all zero before */
#define WAS_PRESENT	BIT(1)
#define BECOMES_NONE	BIT(2)	/* all zero after */
#define BECOMES_PRESENT	BIT(3)
#define RESERVED	BIT(4)	/* new entry has a reserved bit set */
#define SIZE		BIT(5)	/* leaf <-> table */
#define MERGE		BIT(6)	/* table -> leaf */
#define TABLE		BIT(7)	/* table before and after */
#define FRAME		BIT(8)	/* another frame or table */
#define ATTRIBUTES	BIT(9)	/* rights, type, global or C-bit differ */
#define MEMTYPE		BIT(10)
#define ENCRYPTION	BIT(11)
#define TAKES		BIT(12)	/* takes a right, or GLOBAL, away */
#define GIVES		BIT(13)	/* gives a right */
#define GOES_GLOBAL	BIT(14)
#define UNMARKS		BIT(15)	/* takes Accessed or Dirty away */
#define LIVE		BIT(16)
#define ERRATUM_383	BIT(17)

/* These facts hold, and none of those: then this is the answer. */
static const struct physmap_rule rules[] = {
	{ RESERVED, 0, PHYSMAP_FORBIDDEN, "X86-FMT-4",
	  "the entry has a bit that is reserved on this machine" },
	{ 0, BECOMES_NONE | BECOMES_PRESENT, PHYSMAP_FORBIDDEN, "X86-FMT-8",
	  "an entry that is not present must be all zero" },
	{ WAS_NONE | BECOMES_NONE, 0, PHYSMAP_NOOP, "X86-TLB-5",
	  "nothing was there and nothing is" },
	{ 0, WAS_NONE | WAS_PRESENT | BECOMES_NONE, PHYSMAP_FORBIDDEN,
	  "X86-LNX-1", "somebody keeps an entry there that is not present" },
	{ 0, WAS_PRESENT, PHYSMAP_FRESH, "X86-TLB-5",
	  "nothing was present, so nothing is cached" },
	{ BECOMES_NONE, 0, PHYSMAP_TIGHTEN, "X86-TLB-8",
	  "the mapping goes; it may be cached until a flush" },
	{ SIZE | FRAME, 0, PHYSMAP_FORBIDDEN, "X86-TLB-1",
	  "one store would change page size and frame" },
	{ SIZE | ATTRIBUTES, 0, PHYSMAP_FORBIDDEN, "X86-TLB-1",
	  "one store would change page size and attributes" },
	{ SIZE | LIVE | ERRATUM_383, 0, PHYSMAP_FORBIDDEN, "X86-ERR-2",
	  "this CPU must not see the size of a live entry change" },
	{ SIZE | MERGE, 0, PHYSMAP_FORBIDDEN, "X86-ERR-1",
	  "a table must not become a leaf" },
	{ SIZE, 0, PHYSMAP_RESIZE, "X86-TLB-3",
	  "same frames and attributes; both sizes may be cached until a flush" },
	{ TABLE | FRAME, 0, PHYSMAP_FORBIDDEN, "X86-TLB-13",
	  "another table would take the place of a present one" },
	{ FRAME, 0, PHYSMAP_FORBIDDEN, "X86-TLB-2",
	  "the frame of a present entry must not change without a break" },
	{ MEMTYPE, 0, PHYSMAP_FORBIDDEN, "X86-TLB-2",
	  "the memory type of a present entry must not change without a break" },
	{ ENCRYPTION, 0, PHYSMAP_FORBIDDEN, "X86-FMT-9",
	  "the C-bit of a present entry must not change" },
	{ TAKES, 0, PHYSMAP_TIGHTEN, "X86-TLB-8",
	  "a right goes; it may be cached until a flush" },
	{ UNMARKS, 0, PHYSMAP_TIGHTEN, "X86-TLB-6",
	  "a cached translation would not set the bit again until a flush" },
	{ GIVES, 0, PHYSMAP_LOOSEN, "X86-TLB-7",
	  "a right comes; at most one spurious fault without a flush" },
	{ GOES_GLOBAL, 0, PHYSMAP_LOOSEN, "X86-TLB-9",
	  "harmless beside the non-global translation" },
	{ 0, 0, PHYSMAP_NOOP, "X86-TLB-6",
	  "no right, frame or size changes" },
};

/* Bits that the hardware wants to be zero (X86-FMT-1, -3, -4). */
static bool has_reserved(const struct physmap_x86 *x86, unsigned int level,
			 u64 raw)
{
	const struct physmap_geometry *geo = &x86->geo;
	const struct physmap_entry e = geo->format->parse(geo, level, raw);

	if (!(raw & X86_P))
		return false;
	if ((raw & X86_NX) && !x86->machine.nx)
		return true;
	if (e.pa & ~(geo->pa_limit - 1))
		return true;
	if (e.kind == PHYSMAP_LEAF && level)
		return !(geo->leaf_levels & PHYSMAP_LEVEL(level)) ||
		       (e.pa & (physmap_size(geo, level) - 1));
	return false;
}

static u32 leaf_facts(const struct physmap_entry *old,
		      const struct physmap_entry *new)
{
	/* U/S 0->1 opens a page to user mode; counted as a right. */
	const u32 rights = PHYSMAP_WRITE | PHYSMAP_EXEC | PHYSMAP_USER;
	const u32 gone = old->attrs & ~new->attrs;
	const u32 come = new->attrs & ~old->attrs;
	const u32 diff = gone | come;
	u32 facts = 0;

	if (diff & ~PHYSMAP_EARLY)
		facts |= ATTRIBUTES;
	if (diff & PHYSMAP_MEMTYPE_MASK)
		facts |= MEMTYPE;
	if (diff & PHYSMAP_ENCRYPTED)
		facts |= ENCRYPTION;
	if (gone & (rights | PHYSMAP_GLOBAL))
		facts |= TAKES;
	if (come & rights)
		facts |= GIVES;
	if (come & PHYSMAP_GLOBAL)
		facts |= GOES_GLOBAL;
	if (old->pa != new->pa)
		facts |= FRAME;
	return facts;
}

/*
 * Leaf -> table: what the new table maps first is compared with what the
 * leaf's own children would be. Table -> leaf: nothing to compare with.
 */
static u32 size_facts(const struct physmap_geometry *geo,
		      const struct physmap_change *c,
		      const struct physmap_entry *old)
{
	struct physmap_entry was, is;

	if (old->kind == PHYSMAP_TABLE)
		return SIZE | MERGE;
	was = geo->format->parse(geo, c->level - 1,
				 geo->format->child(geo, c->level, c->old));
	is = geo->format->parse(geo, c->level - 1, c->child);
	return SIZE | (is.kind == PHYSMAP_LEAF ? leaf_facts(&was, &is) : FRAME);
}

static u32 gather(const struct physmap_x86 *x86, const struct physmap_change *c)
{
	const struct physmap_geometry *geo = &x86->geo;
	const struct physmap_entry old = geo->format->parse(geo, c->level, c->old);
	const struct physmap_entry new = geo->format->parse(geo, c->level, c->new);
	u32 facts = (c->old ? 0 : WAS_NONE) |
		    (c->old & X86_P ? WAS_PRESENT : 0) |
		    (c->new ? 0 : BECOMES_NONE) |
		    (c->new & X86_P ? BECOMES_PRESENT : 0) |
		    (c->live ? LIVE : 0) |
		    (x86->machine.erratum_383 ? ERRATUM_383 : 0) |
		    (has_reserved(x86, c->level, c->new) ? RESERVED : 0);

	if (!(facts & WAS_PRESENT) || !(facts & BECOMES_PRESENT))
		return facts;
	if (old.kind != new.kind)
		return facts | size_facts(geo, c, &old);
	if (old.kind == PHYSMAP_TABLE)
		facts |= TABLE;
	if (c->old & ~c->new & (X86_A | X86_D))
		facts |= UNMARKS;
	return facts | leaf_facts(&old, &new);
}

/**
 * physmap_x86_transition() - may one entry become another with one store
 * @geo: geometry of a struct physmap_x86
 * @c: the change
 *
 * Pure.
 *
 * Return: the verdict with the rule it rests on.
 */
struct physmap_verdict
physmap_x86_transition(const struct physmap_geometry *geo,
		       const struct physmap_change *c)
{
	const struct physmap_x86 *x86 =
		container_of(geo, struct physmap_x86, geo);

	return physmap_answer(rules, gather(x86, c));
}
