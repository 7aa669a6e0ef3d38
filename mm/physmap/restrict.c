// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking rights away from leaves that stand: pass 2 alone, for what the kernel
 * itself still had to write when its map was built. Sizes and frames stay as
 * they are (ARM-BBM-2, X86-TLB-1), so it wants ranges that no leaf goes beyond.
 */
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <physmap/event.h>
#include "engine.h"

/**
 * struct restrict_visitor - rights being taken away
 * @v: the walk's visitor
 * @map: map
 * @start: first virtual address
 * @last: last one
 * @take: the rights
 * @set: raw bits that this sets
 * @clear: raw bits that this clears
 * @changed: leaves that had them
 * @why: filled in when something is refused
 */
struct restrict_visitor {
	struct physmap_visitor v;
	struct physmap_map *map;
	u64 start;
	u64 last;
	u32 take;
	u64 set;
	u64 clear;
	u64 changed;
	struct physmap_refusal *why;
};

static int refuse(struct restrict_visitor *r, const struct physmap_cursor *c,
		  const char *rule, const char *what, int err)
{
	*r->why = (struct physmap_refusal) { .rule = rule, .what = what };
	return physmap_refused(r->map, r->why, c->table.level, c->slot, err);
}

/* May the leaf lose the rights with one store, while hardware walks? */
static int judge(struct restrict_visitor *r, const struct physmap_cursor *c)
{
	const struct physmap_geometry *geo = r->map->geo;
	const struct physmap_change change = {
		.level = c->table.level,
		.live = r->map->live,
		.old = c->raw,
		.new = (c->raw & ~r->clear) | r->set,
	};
	const struct physmap_verdict v = geo->format->transition(geo, &change);

	if (v.transition == PHYSMAP_FORBIDDEN)
		return refuse(r, c, v.rule, v.why, -EPERM);
	if (r->map->live)
		r->map->flush_owed = true;
	return 0;
}

/*
 * Leaves from the cursor on that are alike. A group goes as a whole and alone:
 * whether the next one lies within the range is asked again (ARM-CONT-1). Else
 * the next slot above the leaf tables may be a table.
 */
static unsigned int alike(struct restrict_visitor *r,
			  const struct physmap_cursor *c)
{
	const unsigned int level = c->table.level;
	const unsigned int group = 1u << r->map->geo->contig[level];
	const unsigned int left = group - (c->index & (group - 1));
	unsigned int n;

	if (!(c->entry.attrs & PHYSMAP_CONTIG))
		return level ? 1 : physmap_alike(r->map, c);
	n = physmap_alike(r->map, c);
	return n < left ? n : left;
}

static int take_rights(struct restrict_visitor *r,
		       const struct physmap_cursor *c)
{
	const struct physmap_run run = {
		.table = c->table.pa,
		.va = c->slot,
		.level = c->table.level,
		.index = c->index,
		.count = alike(r, c),
		.first = c->raw,
	};
	int err;

	if (!(c->entry.attrs & r->take))
		return run.count;
	err = judge(r, c);
	if (err)
		return err;
	err = r->map->hooks->protect(r->map, &run, r->set, r->clear, r->why);
	if (err)
		return physmap_refused(r->map, r->why, run.level, run.va, err);
	r->changed += run.count;
	return run.count;
}

/*
 * Does a leaf, or the group of leaves that a TLB may hold as one (ARM-CONT-1),
 * go beyond what is to lose its rights?
 */
static bool straddles(struct restrict_visitor *r,
		      const struct physmap_cursor *c)
{
	const struct physmap_geometry *geo = r->map->geo;
	const unsigned int level = c->table.level;
	const u64 size = physmap_size(geo, level) <<
			 (c->entry.attrs & PHYSMAP_CONTIG ?
			  geo->contig[level] : 0);
	const u64 first = c->slot & ~(size - 1);

	return first < r->start || first + size - 1 > r->last;
}

static int restrict_slot(struct physmap_visitor *v,
			 const struct physmap_cursor *c,
			 struct physmap_table *child, bool *descend)
{
	struct restrict_visitor *r = container_of(v, struct restrict_visitor, v);

	switch (c->entry.kind) {
	case PHYSMAP_TABLE:
		*child = physmap_existing(c);
		*descend = true;
		return 1;
	case PHYSMAP_LEAF:
		if (straddles(r, c))
			return refuse(r, c,
				      r->map->geo->format->reasons[PHYSMAP_REASON_UNALIGNED],
				      "a larger leaf, or a group, goes beyond what is to lose its rights",
				      -EINVAL);
		return take_rights(r, c);
	case PHYSMAP_NONE:
	case PHYSMAP_NOT_PRESENT:
		break;
	}
	return 1;
}

static void record(struct physmap_map *map, enum physmap_event_kind kind,
		   unsigned int detail, int result)
{
	const struct physmap_event e = {
		.kind = kind,
		.detail = detail,
		.result = result,
	};

	physmap_record(map, &e);
}

static void record_begin(struct restrict_visitor *r)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_BUILD,
		.detail = r->map->live ? PHYSMAP_BUILD_LIVE : 0,
		.count = 1,
		.va = r->start,
		.value = r->last + 1,
		.step = ~r->take & (PHYSMAP_WRITE | PHYSMAP_EXEC),
	};

	physmap_record(r->map, &e);
	record(r->map, PHYSMAP_EVENT_PASS, PHYSMAP_PASS_ATTRIBUTES, 0);
}

/* What was put off is carried out also when something else is refused. */
static int commit(struct restrict_visitor *r, int err)
{
	struct physmap_refusal why = { };
	const int late = r->map->hooks->commit(r->map, &why);

	if (err || !late)
		return err;
	*r->why = why;
	return physmap_refused(r->map, r->why, why.level,
			       why.va ? why.va : r->start, late);
}

static int carry_out(struct restrict_visitor *r)
{
	struct physmap_map *map = r->map;
	int err = physmap_walk(map, r->start, r->last + 1, &r->v);

	err = commit(r, err);
	if (err || !map->flush_owed)
		return err;
	record(map, PHYSMAP_EVENT_PASS, PHYSMAP_PASS_LAST, 0);
	err = map->hooks->flush(map, r->why);
	if (err)
		return physmap_refused(map, r->why, map->geo->levels - 1,
				       r->start, err);
	map->flush_owed = false;
	return 0;
}

/**
 * physmap_restrict() - take rights away from leaves that stand
 * @map: map
 * @start: first physical address; the first of a leaf
 * @end: first one beyond; no leaf goes on behind it
 * @take: PHYSMAP_WRITE, PHYSMAP_EXEC or both
 * @changed: set to how many leaves have lost one
 * @why: filled in on an error
 *
 * Whatever is not mapped is left so. When it returns 0 no TLB holds the
 * rights any more (X86-TLB-8, ARM-BBM-4). Boot, or with whatever keeps others
 * from changing the same tables.
 *
 * Return: 0; -EINVAL if a leaf or a contiguous group goes beyond the range,
 * -EPERM if hardware would have to see a break (ARM-CONT-2), or a hook's error;
 * leaves before that one have lost their rights then.
 */
int physmap_restrict(struct physmap_map *map, u64 start, u64 end, u32 take,
		     u64 *changed, struct physmap_refusal *why)
{
	const struct physmap_format *format = map->geo->format;
	const u64 with = format->leaf(map->geo, 0, 0, take);
	const u64 without = format->leaf(map->geo, 0, 0, 0);
	struct restrict_visitor r = {
		.v = {
			.slot = restrict_slot,
			.back = physmap_walk_back,
			.tail = physmap_walk_done,
		},
		.map = map,
		.start = start + map->offset,
		.last = end + map->offset - 1,
		.take = take,
		.set = without & ~with,
		.clear = with & ~without,
		.why = why,
	};
	int err;

	*why = (struct physmap_refusal) { };
	record_begin(&r);
	err = carry_out(&r);
	physmap_record_sum(map, r.start, r.last + 1);
	record(map, PHYSMAP_EVENT_DONE, 0, err);
	*changed = r.changed;
	return err;
}
