/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Can code be mapped 1:1, where it lies, beside all that is mapped already?
 * Code that turns the MMU off must be (ARM-BBM-10), and firmware may have
 * put it where something else has its virtual addresses. Pure answers: no
 * table is read or written.
 */
#ifndef PHYSMAP_CLASH_H
#define PHYSMAP_CLASH_H

#include <physmap/audit.h>

enum physmap_region_kind {
	PHYSMAP_REGION_OTHER,
	PHYSMAP_REGION_IMAGE,		/* the image that the code is part of */
	PHYSMAP_REGION_IDENTITY,	/* 1:1 already, and code may run there */
};

/**
 * struct physmap_region - virtual addresses that are in use
 * @name: for messages
 * @kind: what is mapped there
 * @start: first address
 * @end: first one beyond; 0 for the end of the address space
 */
struct physmap_region {
	const char *name;
	enum physmap_region_kind kind;
	u64 start;
	u64 end;
};

/**
 * struct physmap_layout - the virtual addresses that an identity map meets
 * @region: regions in use, in any order; they may overlap
 * @nr_regions: how many
 * @va_limit: first virtual address that the tables cannot translate
 * @leaf_shift: log2 of the bytes of the leaves that map the code: a page, or
 *	a block of some level
 * @slot_shift: log2 of the bytes of the slot that tables of its own are
 *	linked into, for then all that the slot translated before is lost; or
 *	@leaf_shift, if leaves go into the tables that are there
 */
struct physmap_layout {
	const struct physmap_region *region;
	unsigned int nr_regions;
	u64 va_limit;
	unsigned int leaf_shift;
	unsigned int slot_shift;
};

/**
 * struct physmap_span - bytes of memory
 * @start: first address
 * @end: first one beyond
 */
struct physmap_span {
	u64 start;
	u64 end;
};

enum physmap_clash_verdict {
	PHYSMAP_CLASH_FREE,	/* map it: nothing is in the way */
	PHYSMAP_CLASH_PRESENT,	/* use it: it is mapped 1:1 already */
	PHYSMAP_CLASH_REGION,	/* a region is in the way */
	PHYSMAP_CLASH_LIMIT,	/* the tables cannot translate its address */
};

/**
 * struct physmap_clash - whether code can be mapped 1:1 where it lies
 * @verdict: the answer
 * @rule: ID of the rule that it rests on
 * @region: of PHYSMAP_CLASH_REGION and _PRESENT: which one; the lowest of
 *	several in the way
 * @code: the code
 * @mapped: what leaves of the layout's size would map; empty if they cannot
 * @taken: what would no longer translate as it does; as @mapped, or more
 * @null: virtual address 0 is among @mapped, so map it for no longer than it
 *	is needed (ARM-MMU-5)
 */
struct physmap_clash {
	enum physmap_clash_verdict verdict;
	const char *rule;
	struct physmap_region region;
	struct physmap_span code;
	struct physmap_span mapped;
	struct physmap_span taken;
	bool null;
};

struct physmap_clash physmap_clash(const struct physmap_layout *layout,
				   u64 pa, u64 size);
bool physmap_clash_window(const struct physmap_layout *layout, u64 size,
			  const struct physmap_span *memory, unsigned int nr,
			  struct physmap_span *window);
void physmap_print_clash(struct physmap_out *out,
			 const struct physmap_clash *clash);

#endif /* PHYSMAP_CLASH_H */
