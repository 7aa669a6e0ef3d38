/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the engine's own files share: the decision that planning and shaping
 * both ask, so that a plan can never differ from what is then done.
 */
#ifndef PHYSMAP_ENGINE_H
#define PHYSMAP_ENGINE_H

#include <physmap/request.h>
#include <physmap/walk.h>

enum physmap_action {
	PHYSMAP_KEEP,		/* somebody's entry: stays */
	PHYSMAP_DESCEND,	/* a table: go into it */
	PHYSMAP_LEAVES,		/* free slots that become leaves */
	PHYSMAP_NEW_TABLE,	/* a free slot, too large or ragged for a leaf */
	PHYSMAP_SPLIT,		/* a leaf of a size that is not wanted */
};

/**
 * struct physmap_step - what to do at a cursor
 * @action: it
 * @count: for how many slots from the cursor on, at least 1
 * @contig: of PHYSMAP_LEAVES: as many of them as make whole groups from the
 *	cursor on may carry PHYSMAP_CONTIG
 * @whole: of PHYSMAP_NEW_TABLE: these slots lie within the range as a whole
 *	and hold no cut, so they all come out alike
 */
struct physmap_step {
	enum physmap_action action;
	unsigned int count;
	bool contig;
	bool whole;
};

struct physmap_step physmap_decide(struct physmap_map *map,
				   const struct physmap_range *range,
				   const struct physmap_cursor *c);
unsigned int physmap_free_slots(struct physmap_map *map,
				const struct physmap_cursor *c,
				unsigned int max);
unsigned int physmap_linear_slots(const struct physmap_geometry *geo,
				  unsigned int level, u64 pa, unsigned int n);
int physmap_refused(const struct physmap_map *map, struct physmap_refusal *why,
		    unsigned int level, u64 va, int err);
u32 physmap_leaf_levels(const struct physmap_map *map,
			const struct physmap_range *range);

#endif /* PHYSMAP_ENGINE_H */
