/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an architecture's page tables look like, as data, and what an entry
 * means in words that no architecture owns. Nothing here touches memory.
 * Everything an engine file wants to know of an architecture is asked
 * through struct physmap_geometry and its format.
 */
#ifndef PHYSMAP_GEOMETRY_H
#define PHYSMAP_GEOMETRY_H

#include <linux/bits.h>
#include <linux/types.h>

/*
 * Attributes of a leaf. PHYSMAP_EARLY is a software mark that the hardware
 * ignores: pass 1 puts it on every leaf that still owes its final
 * attributes, pass 2 takes it off. So a kept entry can never be mistaken for
 * a new one, and a build that was stopped can be taken up again.
 */
#define PHYSMAP_WRITE		BIT(0)
#define PHYSMAP_EXEC		BIT(1)
#define PHYSMAP_GLOBAL		BIT(2)
#define PHYSMAP_USER		BIT(3)
#define PHYSMAP_ENCRYPTED	BIT(4)
#define PHYSMAP_EARLY		BIT(5)
/* One of an aligned group of leaves that a TLB may hold as one (ARM-CONT-1). */
#define PHYSMAP_CONTIG		BIT(6)
/* An index into the architecture's own table of memory types; 0 is RAM's. */
#define PHYSMAP_MEMTYPE_SHIFT	8
#define PHYSMAP_MEMTYPE_MASK	(7u << PHYSMAP_MEMTYPE_SHIFT)

#define PHYSMAP_MAX_LEVELS	5
/* No architecture has leaves above the third level. */
#define PHYSMAP_LEAF_LEVELS	3
#define PHYSMAP_MAX_CUTS	32

/* Levels count from the leaf tables upwards: level 0 maps single pages. */
#define PHYSMAP_LEVEL(n)	BIT(n)

enum physmap_kind {
	PHYSMAP_NONE,		/* all zero: free to use */
	PHYSMAP_LEAF,
	PHYSMAP_TABLE,
	PHYSMAP_NOT_PRESENT,	/* not zero, yet no translation: somebody's */
};

/**
 * struct physmap_entry - an entry, read
 * @kind: what it is
 * @attrs: PHYSMAP_* of a leaf; of a table what it lets its leaves have
 *	(WRITE and EXEC only)
 * @pa: the frame's or the table's physical address, in bytes
 */
struct physmap_entry {
	enum physmap_kind kind;
	u32 attrs;
	u64 pa;
};

/**
 * enum physmap_transition - what replacing one entry by another means
 * @PHYSMAP_NOOP: nothing the hardware can see changes
 * @PHYSMAP_FRESH: nothing was present, so no TLB can hold it
 * @PHYSMAP_LOOSEN: no right is taken away; works without a flush
 * @PHYSMAP_TIGHTEN: a right or the mapping goes; wants a flush
 * @PHYSMAP_RESIZE: same frames and attributes in another page size
 * @PHYSMAP_FORBIDDEN: never with one store
 */
enum physmap_transition {
	PHYSMAP_NOOP,
	PHYSMAP_FRESH,
	PHYSMAP_LOOSEN,
	PHYSMAP_TIGHTEN,
	PHYSMAP_RESIZE,
	PHYSMAP_FORBIDDEN,
};

/**
 * struct physmap_change - one slot, before and after
 * @level: the slot's level
 * @live: hardware may be walking the table now
 * @old: raw entry that is there
 * @new: raw entry that is to be there
 * @child: first raw entry of the table that @new points to, 0 if @new is a
 *	leaf; decides whether a change of size keeps frame and attributes
 */
struct physmap_change {
	unsigned int level;
	bool live;
	u64 old;
	u64 new;
	u64 child;
};

/**
 * struct physmap_verdict - the answer to a struct physmap_change
 * @transition: the answer
 * @rule: ID of the rule it rests on
 * @why: that rule in a few words
 */
struct physmap_verdict {
	enum physmap_transition transition;
	const char *rule;
	const char *why;
};

/**
 * struct physmap_rule - a line of an architecture's table of transitions
 * @all: it answers a change of which all these facts hold ...
 * @none: ... and none of these; facts are the architecture's own bits
 * @transition: the answer
 * @rule: ID of the rule it rests on
 * @why: that rule in a few words
 */
struct physmap_rule {
	u32 all;
	u32 none;
	enum physmap_transition transition;
	const char *rule;
	const char *why;
};

/**
 * physmap_answer() - what a table of transitions says of a change
 * @rule: the table, read from the top; its last line asks for nothing, so
 *	there always is an answer
 * @facts: what holds of the change
 *
 * Return: the answer of the first line that fits.
 */
static inline struct physmap_verdict
physmap_answer(const struct physmap_rule *rule, u32 facts)
{
	struct physmap_verdict v;

	while ((facts & rule->all) != rule->all || (facts & rule->none))
		rule++;
	v = (struct physmap_verdict) {
		.transition = rule->transition,
		.rule = rule->rule,
		.why = rule->why,
	};
	return v;
}

/* What an audit can find; an architecture names the rule for each. */
enum physmap_finding {
	PHYSMAP_FINDING_HOLE,		/* asked for, not mapped */
	PHYSMAP_FINDING_EXTRA,		/* mapped, nobody asked */
	PHYSMAP_FINDING_FRAME,		/* maps another frame than its own */
	PHYSMAP_FINDING_WX,		/* writable and executable */
	PHYSMAP_FINDING_SIZE,		/* a leaf size not allowed here */
	PHYSMAP_FINDING_EARLY,		/* pass 2 never came */
	PHYSMAP_FINDING_TABLE_RW,	/* a table page is writable */
	PHYSMAP_FINDING_LOG,		/* too much to remember: not judged */
	PHYSMAP_FINDINGS,
};

/* Why the engine itself refuses; an architecture names the rule for each. */
enum physmap_reason {
	PHYSMAP_REASON_EMPTY,		/* no range, or an empty one */
	PHYSMAP_REASON_UNALIGNED,	/* not whole pages */
	PHYSMAP_REASON_PA_LIMIT,	/* beyond what an entry can address */
	PHYSMAP_REASON_VA_LIMIT,	/* beyond the map's virtual region */
	PHYSMAP_REASON_OVERLAP,		/* overlapping or out of order */
	PHYSMAP_REASON_NOT_RAM,		/* not all RAM, or vouched for wrongly */
	PHYSMAP_REASON_NO_TABLE,	/* no page for a table */
	PHYSMAP_REASONS,
};

struct physmap_geometry;

/**
 * struct physmap_format - how an architecture encodes entries; all pure
 * @leaf: raw leaf at a level for a physical address and attributes; what
 *	the geometry does not have (NX, GLOBAL) is left out
 * @table: raw entry at a level that points to a table page
 * @parse: the reverse of both
 * @child: first raw entry of the table that replaces a raw leaf of @level
 *	(>= 1) with the same frames and attributes
 * @transition: may @old become @new, and what does that take
 * @rules: rule ID of each finding
 * @reasons: rule ID of each reason to refuse
 */
struct physmap_format {
	u64 (*leaf)(const struct physmap_geometry *geo, unsigned int level,
		    u64 pa, u32 attrs);
	u64 (*table)(const struct physmap_geometry *geo, unsigned int level,
		     u64 pa);
	struct physmap_entry (*parse)(const struct physmap_geometry *geo,
				      unsigned int level, u64 raw);
	u64 (*child)(const struct physmap_geometry *geo, unsigned int level,
		     u64 leaf);
	struct physmap_verdict (*transition)(const struct physmap_geometry *geo,
					     const struct physmap_change *c);
	const char *rules[PHYSMAP_FINDINGS];
	const char *reasons[PHYSMAP_REASONS];
};

/**
 * struct physmap_level - one level of tables
 * @shift: log2 of the bytes one entry covers
 * @bits: log2 of the entries in a table
 */
struct physmap_level {
	u8 shift;
	u8 bits;
};

/**
 * struct physmap_geometry - page tables as data, settled at run time
 * @format: how entries are encoded
 * @levels: levels in use; the root table is at level @levels - 1
 * @entry_size: bytes of an entry: 8, or 4 (i386 without PAE)
 * @leaf_levels: PHYSMAP_LEVEL() mask of the leaf sizes the hardware has
 * @contig: per level, log2 of the leaves in a group that may carry
 *	PHYSMAP_CONTIG; 0 where there are no groups
 * @no_exec: leaves can be kept from executing; else W^X cannot be had
 * @early_gives: attributes that an early leaf has and a final one may lack
 * @early_lacks: attributes that an early leaf never has
 * @early: per level, how a leaf that carries PHYSMAP_EARLY is told: the bits
 *	in @mask have @value
 * @frame: bits of a leaf of level 0 that name its frame
 * @linear: raw leaves in a row are equally spaced only within an aligned
 *	stretch of so many bytes of physical addresses; a power of two, 0 for
 *	everywhere (arm64: where the top address bits lie apart)
 * @accessed: bits that the hardware sets in an entry by itself
 * @pa_limit: first physical address that cannot be mapped
 * @cuts: physical addresses that no leaf larger than a page may straddle,
 *	ascending (x86: where the MTRR type changes, X86-MT-1)
 * @nr_cuts: how many of them
 * @level: per level, from the leaf tables upwards
 */
struct physmap_geometry {
	const struct physmap_format *format;
	unsigned int levels;
	unsigned int entry_size;
	u32 leaf_levels;
	u8 contig[PHYSMAP_MAX_LEVELS];
	bool no_exec;
	u32 early_gives;
	u32 early_lacks;
	struct {
		u64 mask;
		u64 value;
	} early[PHYSMAP_MAX_LEVELS];
	u64 frame;
	u64 linear;
	u64 accessed;
	u64 pa_limit;
	u64 cuts[PHYSMAP_MAX_CUTS];
	unsigned int nr_cuts;
	struct physmap_level level[PHYSMAP_MAX_LEVELS];
};

/**
 * physmap_size() - bytes that one entry of a level covers
 * @geo: geometry
 * @level: level, below @geo->levels
 *
 * Return: bytes.
 */
static inline u64 physmap_size(const struct physmap_geometry *geo,
			       unsigned int level)
{
	return 1ULL << geo->level[level].shift;
}

/**
 * physmap_entries() - entries in a table of a level
 * @geo: geometry
 * @level: level, below @geo->levels
 *
 * Return: how many.
 */
static inline unsigned int physmap_entries(const struct physmap_geometry *geo,
					   unsigned int level)
{
	return 1u << geo->level[level].bits;
}

/**
 * physmap_index() - slot of an address in a table of a level
 * @geo: geometry
 * @level: level, below @geo->levels
 * @va: virtual address
 *
 * Return: the slot, from 0.
 */
static inline unsigned int physmap_index(const struct physmap_geometry *geo,
					 unsigned int level, u64 va)
{
	return (va >> geo->level[level].shift) &
	       (physmap_entries(geo, level) - 1);
}

#endif /* PHYSMAP_GEOMETRY_H */
