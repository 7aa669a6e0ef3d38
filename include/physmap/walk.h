/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one walker: it knows positions, not purposes. Planning, shaping,
 * attributes and the audit are visitors of it, each one function for all
 * levels.
 */
#ifndef PHYSMAP_WALK_H
#define PHYSMAP_WALK_H

#include <physmap/hooks.h>

/**
 * struct physmap_table - a table as the walker sees it
 * @pa: physical address; unused when @planned
 * @level: its level
 * @planned: it does not exist yet: entry n reads as @fill + n * @stride
 * @fresh: made by this walk and not linked into its parent yet
 * @unlinked: hardware cannot reach it
 * @fill: see @planned
 * @stride: see @planned
 * @attrs: the WRITE and EXEC that the levels above let through
 */
struct physmap_table {
	u64 pa;
	unsigned int level;
	bool planned;
	bool fresh;
	bool unlinked;
	u64 fill;
	u64 stride;
	u32 attrs;
};

/**
 * struct physmap_cursor - a slot, and how much of it is wanted
 * @table: the table
 * @index: the slot
 * @last: last slot of this table that the walk touches
 * @va: first address wanted, in the slot
 * @until: last address wanted, in this table
 * @slot: first address that the slot translates
 * @raw: the entry in pseudo-physical terms
 * @entry: the same, parsed
 */
struct physmap_cursor {
	struct physmap_table table;
	unsigned int index;
	unsigned int last;
	u64 va;
	u64 until;
	u64 slot;
	u64 raw;
	struct physmap_entry entry;
};

/**
 * struct physmap_visitor - what is done at each slot
 * @slot: deals with one slot or more and returns how many, or a negative
 *	errno. If it has set *@descend, one slot was dealt with and the walk
 *	goes into *@child first
 * @back: the walk is back from @child
 * @tail: the walk leaves a table; the cursor is at its last slot
 */
struct physmap_visitor {
	int (*slot)(struct physmap_visitor *v, const struct physmap_cursor *c,
		    struct physmap_table *child, bool *descend);
	int (*back)(struct physmap_visitor *v, const struct physmap_cursor *c,
		    const struct physmap_table *child);
	int (*tail)(struct physmap_visitor *v, const struct physmap_cursor *c);
};

int physmap_walk(struct physmap_map *map, u64 va, u64 end,
		 struct physmap_visitor *v);
unsigned int physmap_agreeing(struct physmap_map *map, u64 table,
			      unsigned int index, unsigned int n, u64 bits);
unsigned int physmap_alike(struct physmap_map *map,
			   const struct physmap_cursor *c);
struct physmap_table physmap_existing(const struct physmap_cursor *c);
u64 physmap_read(struct physmap_map *map, const struct physmap_table *table,
		 unsigned int index);
int physmap_walk_done(struct physmap_visitor *v, const struct physmap_cursor *c);
int physmap_walk_back(struct physmap_visitor *v, const struct physmap_cursor *c,
		      const struct physmap_table *child);

/**
 * struct physmap_found - what an address translates to
 * @entry: the leaf, or what stood where the walk ended
 * @attrs: effective WRITE and EXEC of leaf and tables, and the leaf's rest
 * @level: level of @entry
 * @raw: @entry, in pseudo-physical terms
 * @table: physical address of the table that holds it
 * @index: its slot
 */
struct physmap_found {
	struct physmap_entry entry;
	u32 attrs;
	unsigned int level;
	u64 raw;
	u64 table;
	unsigned int index;
};

struct physmap_found physmap_lookup(struct physmap_map *map, u64 va);

#endif /* PHYSMAP_WALK_H */
