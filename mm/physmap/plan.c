// SPDX-License-Identifier: GPL-2.0-only
/*
 * Planning: is a request sound, what is to be done at each slot, and how
 * many table pages that takes. All pure: tables are read, nothing is
 * written. No loop runs over pages of a hole; whole slots are counted by
 * arithmetic.
 */
#include <linux/types.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include "engine.h"

static int refuse(const struct physmap_map *map, struct physmap_refusal *why,
		  enum physmap_reason reason, const char *what, u64 pa,
		  int error)
{
	*why = (struct physmap_refusal) {
		.rule = map->geo->format->reasons[reason],
		.what = what,
		.va = pa + map->offset,
		.pa = pa,
		.machine = pa >> map->geo->level[0].shift,
		.error = error,
	};
	return error;
}

/**
 * physmap_refused() - tell where a hook's refusal happened
 * @map: map
 * @why: as the hook has filled it in; where it says where, it knows better
 * @level: level of the entry
 * @va: virtual address
 * @err: the hook's error
 *
 * Return: @err.
 */
int physmap_refused(const struct physmap_map *map, struct physmap_refusal *why,
		    unsigned int level, u64 va, int err)
{
	why->level = level;
	if (!why->va)
		why->va = va;
	if (!why->pa)
		why->pa = why->va - map->offset;
	if (!why->machine)
		why->machine = why->pa >> map->geo->level[0].shift;
	why->error = err;
	return err;
}

static int check_range(const struct physmap_map *map,
		       const struct physmap_range *r,
		       struct physmap_refusal *why)
{
	const u64 page = physmap_size(map->geo, 0);

	if (r->start >= r->end)
		return refuse(map, why, PHYSMAP_REASON_EMPTY,
			      "the range is empty or ends before it starts",
			      r->start, -EINVAL);
	if ((r->start | r->end) & (page - 1))
		return refuse(map, why, PHYSMAP_REASON_UNALIGNED,
			      "the range is not page-aligned",
			      r->start, -EINVAL);
	if (r->end > map->geo->pa_limit)
		return refuse(map, why, PHYSMAP_REASON_PA_LIMIT,
			      "the range goes beyond what an entry can address",
			      r->end, -ERANGE);
	if (r->end > map->va_limit - map->offset)
		return refuse(map, why, PHYSMAP_REASON_VA_LIMIT,
			      "the range goes beyond the map's virtual region",
			      r->end, -ERANGE);
	if (r->outer_start < map->va_start - map->offset)
		return refuse(map, why, PHYSMAP_REASON_VA_LIMIT,
			      "the range begins below the map's virtual region",
			      r->outer_start, -ERANGE);
	if (r->outer_start > r->start || r->outer_end < r->end)
		return refuse(map, why, PHYSMAP_REASON_NOT_RAM,
			      "the outer range does not hold the range",
			      r->start, -EINVAL);
	return 0;
}

/**
 * physmap_check() - is a request sound
 * @map: map
 * @req: request
 * @why: says what is wrong where
 *
 * Return: 0; -EINVAL for an empty, unaligned, overlapping or non-RAM range,
 * -ERANGE for one beyond the limits. Writes nothing.
 */
int physmap_check(struct physmap_map *map, const struct physmap_request *req,
		  struct physmap_refusal *why)
{
	unsigned int i;
	int err;

	if (!req->nr_ranges)
		return refuse(map, why, PHYSMAP_REASON_EMPTY,
			      "the request has no range", 0, -EINVAL);
	for (i = 0; i < req->nr_ranges; i++) {
		const struct physmap_range *r = &req->ranges[i];

		err = check_range(map, r, why);
		if (err)
			return err;
		if (i && r->start < r[-1].end)
			return refuse(map, why, PHYSMAP_REASON_OVERLAP,
				      "the range overlaps the one before it or is out of order",
				      r->start, -EINVAL);
		if (r->source == PHYSMAP_RAM &&
		    !map->hooks->ram(map, r->start, r->end))
			return refuse(map, why, PHYSMAP_REASON_NOT_RAM,
				      "the range is not all RAM", r->start,
				      -EINVAL);
	}
	return 0;
}

/**
 * physmap_leaf_levels() - leaf sizes that a range gets
 * @map: map
 * @range: range
 *
 * Return: what the request wants, the hardware has and the backend can
 * write; level 0 always.
 */
u32 physmap_leaf_levels(const struct physmap_map *map,
			const struct physmap_range *range)
{
	return PHYSMAP_LEVEL(0) |
	       (range->leaf_levels & map->geo->leaf_levels &
		map->hooks->leaf_levels);
}

/* First cut strictly inside [pa, end), or @end. */
static u64 next_cut(const struct physmap_geometry *geo, u64 pa, u64 end)
{
	unsigned int i;

	for (i = 0; i < geo->nr_cuts; i++)
		if (geo->cuts[i] > pa && geo->cuts[i] < end)
			return geo->cuts[i];
	return end;
}

/* Whole slots from @pa on that lie within [pa, end) without a cut inside. */
static unsigned int whole_slots(const struct physmap_geometry *geo, u64 size,
				u64 pa, u64 end, unsigned int max)
{
	u64 cut = next_cut(geo, pa, end);
	u64 n = (cut - pa) / size;

	return n < max ? n : max;
}

/**
 * physmap_linear_slots() - slots before leaves stop being equally spaced
 * @geo: geometry
 * @level: level of the slots
 * @pa: physical address that the first of them is to map
 * @n: so many are of interest
 *
 * Return: how many, at most @n, at least 1.
 */
unsigned int physmap_linear_slots(const struct physmap_geometry *geo,
				  unsigned int level, u64 pa, unsigned int n)
{
	u64 left;

	if (!geo->linear)
		return n;
	left = (geo->linear - (pa & (geo->linear - 1))) >>
	       geo->level[level].shift;
	return left < n ? left : n;
}

/*
 * Of free slots from the cursor on, those that are leaves of one kind: whole
 * groups, or what comes before the next one could begin (ARM-CONT-1). A group
 * holds no cut: what is on its two sides is changed by itself one day
 * (ARM-CONT-2).
 */
static struct physmap_step leaves(struct physmap_map *map,
				  const struct physmap_range *range,
				  const struct physmap_cursor *c,
				  unsigned int max)
{
	const struct physmap_geometry *geo = map->geo;
	const unsigned int level = c->table.level;
	const unsigned int group = 1u << geo->contig[level];
	const u64 size = physmap_size(geo, level);
	const u64 pa = c->slot - map->offset;
	struct physmap_step step = {
		.action = PHYSMAP_LEAVES,
		.count = physmap_linear_slots(geo, level, pa, max),
	};
	const unsigned int next = group - (c->index & (group - 1));

	if (!range->contig || group == 1 || (pa ^ c->slot) & (group * size - 1))
		return step;
	if (next == group) {
		const u64 cut = next_cut(geo, pa, pa + step.count * size);
		const unsigned int whole = (cut - pa) / size & ~(group - 1);

		step.contig = whole;
		if (whole)
			step.count = whole;
	}
	if (!step.contig && next < step.count)
		step.count = next;
	return step;
}

/**
 * physmap_decide() - what to do at a slot
 * @map: map
 * @range: range that the walk is for
 * @c: cursor at a slot that translates part of it
 *
 * Pure. A larger leaf needs its whole slot within the outer range, physical
 * and virtual address aligned alike, and no cut inside (X86-MT-1).
 *
 * Return: the step.
 */
struct physmap_step physmap_decide(struct physmap_map *map,
				   const struct physmap_range *range,
				   const struct physmap_cursor *c)
{
	const struct physmap_geometry *geo = map->geo;
	const unsigned int level = c->table.level;
	const u64 size = physmap_size(geo, level);
	const u64 pa = c->slot - map->offset;
	const unsigned int max = c->last - c->index + 1;
	const u32 levels = physmap_leaf_levels(map, range);
	struct physmap_step step = { .count = 1 };
	unsigned int n;

	switch (c->entry.kind) {
	case PHYSMAP_NOT_PRESENT:
		step.action = PHYSMAP_KEEP;
		return step;
	case PHYSMAP_TABLE:
		step.action = PHYSMAP_DESCEND;
		return step;
	case PHYSMAP_LEAF:
		step.action = levels & PHYSMAP_LEVEL(level) ?
			      PHYSMAP_KEEP : PHYSMAP_SPLIT;
		return step;
	case PHYSMAP_NONE:
		break;
	}

	if (level == 0)
		return leaves(map, range, c, max);
	if ((levels & PHYSMAP_LEVEL(level)) && !(pa & (size - 1)) &&
	    pa >= range->outer_start) {
		n = whole_slots(geo, size, pa, range->outer_end, max);
		if (n)
			return leaves(map, range, c, n);
	}
	step.action = PHYSMAP_NEW_TABLE;
	if (!(pa & (size - 1)) && pa >= range->start) {
		n = whole_slots(geo, size, pa, range->end, max);
		step.whole = n > 0;
		if (n)
			step.count = n;
	}
	return step;
}

/**
 * physmap_free_slots() - free slots in a row
 * @map: map
 * @c: cursor on a free slot
 * @max: so many are of interest
 *
 * Return: how many, from the cursor on, at least 1.
 */
unsigned int physmap_free_slots(struct physmap_map *map,
				const struct physmap_cursor *c,
				unsigned int max)
{
	if (c->table.planned || c->table.fresh)
		return max;
	return physmap_agreeing(map, c->table.pa, c->index, max, ~0ULL);
}

struct plan_visitor {
	struct physmap_visitor v;
	struct physmap_map *map;
	const struct physmap_range *range;
	struct physmap_plan *plan;
	u32 attrs;
	/* Slots last given a table or a leaf, which the next range may share. */
	u64 last_table[PHYSMAP_MAX_LEVELS];
	u64 last_leaf[PHYSMAP_MAX_LEVELS];
};

/* What @n whole, empty slots of a level take, without walking them. */
static void plan_whole(struct plan_visitor *p, unsigned int level, u64 n)
{
	const struct physmap_geometry *geo = p->map->geo;
	const u32 levels = physmap_leaf_levels(p->map, p->range);

	for (; !(levels & PHYSMAP_LEVEL(level)); level--) {
		p->plan->tables += n;
		n <<= geo->level[level - 1].bits;
	}
	p->plan->leaves[level] += n;
}

/* A table that does not exist yet, and what its slots will read as. */
static struct physmap_table planned_table(const struct physmap_cursor *c,
					  u64 fill, u64 stride)
{
	struct physmap_table t = {
		.level = c->table.level - 1,
		.planned = true,
		.unlinked = true,
		.fill = fill,
		.stride = stride,
		.attrs = c->table.attrs,
	};

	return t;
}

/*
 * What an earlier range of the same request will have put into a free slot:
 * a leaf that reaches into its outer range, seen here as if it were there.
 */
static const struct physmap_cursor *plan_ahead(struct plan_visitor *p,
					       const struct physmap_cursor *c,
					       struct physmap_cursor *ahead)
{
	const struct physmap_geometry *geo = p->map->geo;
	const unsigned int level = c->table.level;

	if (c->raw || p->last_leaf[level] != c->slot)
		return c;
	*ahead = *c;
	ahead->raw = geo->format->leaf(geo, level, c->slot - p->map->offset,
				       p->attrs);
	ahead->entry = geo->format->parse(geo, level, ahead->raw);
	return ahead;
}

static int plan_leaves(struct plan_visitor *p, const struct physmap_cursor *c,
		       unsigned int max)
{
	const unsigned int level = c->table.level;
	const unsigned int n = physmap_free_slots(p->map, c, max);

	p->plan->leaves[level] += n;
	p->last_leaf[level] = c->slot +
			      (n - 1) * physmap_size(p->map->geo, level);
	return n;
}

/* A table for one slot, counted unless an earlier range has counted it. */
static void plan_table(struct plan_visitor *p, const struct physmap_cursor *c,
		       enum physmap_action action, struct physmap_table *child)
{
	const struct physmap_geometry *geo = p->map->geo;
	const unsigned int level = c->table.level;
	const bool split = action == PHYSMAP_SPLIT;

	if (p->last_table[level] != c->slot) {
		p->plan->tables++;
		p->plan->splits += split;
		p->last_table[level] = c->slot;
	}
	*child = planned_table(c, split ?
			       geo->format->child(geo, level, c->raw) : 0,
			       split ? physmap_size(geo, level - 1) : 0);
}

static int plan_slot(struct physmap_visitor *v, const struct physmap_cursor *c,
		     struct physmap_table *child, bool *descend)
{
	struct plan_visitor *p = container_of(v, struct plan_visitor, v);
	const unsigned int level = c->table.level;
	struct physmap_cursor with_leaf;
	const struct physmap_cursor *ahead = plan_ahead(p, c, &with_leaf);
	struct physmap_step step = physmap_decide(p->map, p->range, ahead);
	unsigned int n;

	/* An earlier range will have put a table there, or split the leaf. */
	if (p->last_table[level] == c->slot)
		step = (struct physmap_step) {
			.action = ahead->raw ? PHYSMAP_SPLIT : PHYSMAP_NEW_TABLE,
		};

	switch (step.action) {
	case PHYSMAP_KEEP:
		/* Children of a leaf that this plan splits are alike, and no news. */
		if (c->table.planned && c->raw)
			return c->last - c->index + 1;
		n = level || c->table.planned ? 1 : physmap_alike(p->map, c);
		p->plan->kept[level] += c->table.planned ? 0 : n;
		return n;
	case PHYSMAP_LEAVES:
		return plan_leaves(p, c, step.count);
	case PHYSMAP_DESCEND:
		*child = physmap_existing(c);
		*descend = true;
		return 1;
	case PHYSMAP_NEW_TABLE:
		if (step.whole) {
			step.count = physmap_free_slots(p->map, c,
							step.count);
			plan_whole(p, level, step.count);
			return step.count;
		}
		break;
	case PHYSMAP_SPLIT:
		break;
	}
	plan_table(p, ahead, step.action, child);
	*descend = true;
	return 1;
}

/**
 * physmap_plan() - what a request will take
 * @map: map
 * @req: request, checked by physmap_check()
 * @plan: filled in
 *
 * Ranges are planned one after the other on the tables as they are. They
 * ascend, so what one of them meets of another is the table, or the leaf that
 * reaches into the outer range, made last at a level.
 *
 * Return: 0 or a negative errno. Writes nothing but @plan.
 */
int physmap_plan(struct physmap_map *map, const struct physmap_request *req,
		 struct physmap_plan *plan)
{
	struct plan_visitor p = {
		.v = {
			.slot = plan_slot,
			.back = physmap_walk_back,
			.tail = physmap_walk_done,
		},
		.map = map,
		.plan = plan,
		.attrs = req->attrs,
	};
	unsigned int i;
	int err;

	*plan = (struct physmap_plan) { };
	/* No slot starts at all ones. */
	for (i = 0; i < PHYSMAP_MAX_LEVELS; i++) {
		p.last_table[i] = ~0ULL;
		p.last_leaf[i] = ~0ULL;
	}
	for (i = 0; i < req->nr_ranges; i++) {
		p.range = &req->ranges[i];
		err = physmap_walk(map, p.range->start + map->offset,
				   p.range->end + map->offset, &p.v);
		if (err)
			return err;
	}
	return 0;
}
