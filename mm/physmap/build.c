// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building: reserve, shape, boundary flush, attributes, flush. Pass 1 makes
 * tables and leaves and keeps what is there; pass 2 finishes leaves that carry
 * the early mark and takes EXEC from found ones where the backend allows it, and
 * never touches a size or a frame (X86-TLB-1, -3). Everything that hardware can
 * see is done by a hook.
 */
#include <linux/container_of.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/errno.h>
#include <physmap/event.h>
#include "engine.h"

/* Runs that a backend may put together before they are looked at again. */
#define CHANGED_RUNS	16

/**
 * struct changed - a run that pass 2 has changed
 * @run: the leaves as they were
 * @now: the first of them as it is meant to be
 */
struct changed {
	struct physmap_run run;
	u64 now;
};

/**
 * struct build - one request under way
 * @v: the pass that is walking
 * @map: map
 * @req: request
 * @range: range that the walk is for
 * @report: what all builds add up in
 * @record: what this one did
 * @why: filled in when something is refused
 * @pool: next of the reserved table pages ...
 * @row: ... and how many there are next to each other, from it on
 * @rows: first page of the next row of them
 * @pooled: how many pages are left in all rows
 * @early: attributes of a new leaf in pass 1
 * @set: raw bits that pass 2 gives a leaf, by level
 * @clear: raw bits that pass 2 takes off, by level
 * @no_exec: raw bits that keep a leaf of level 0 from executing; 0 if there
 *	are none
 * @early_found: leaves of a build that was stopped are early still
 * @all_early: every page that pass 2 walks now was made early by pass 1
 * @taken_apart: pass 1 split or cleared entries, perhaps of its own making
 * @judged: change of a page's flags that was last asked about ...
 * @verdict: ... and what was said
 * @changed: runs that pass 2 has changed and not looked at again
 * @nr_changed: how many of them
 */
struct build {
	struct physmap_visitor v;
	struct physmap_map *map;
	const struct physmap_request *req;
	const struct physmap_range *range;
	struct physmap_report *report;
	struct physmap_record *record;
	struct physmap_refusal *why;
	u64 pool;
	u64 row;
	u64 rows;
	u64 pooled;
	u32 early;
	u64 set[PHYSMAP_MAX_LEVELS];
	u64 clear[PHYSMAP_MAX_LEVELS];
	u64 no_exec;
	bool early_found;
	bool all_early;
	bool taken_apart;
	struct physmap_change judged;
	struct physmap_verdict verdict;
	struct changed changed[CHANGED_RUNS];
	unsigned int nr_changed;
};

static int refused(struct build *b, unsigned int level, u64 va, int err)
{
	return physmap_refused(b->map, b->why, level, va, err);
}

static u64 event(struct build *b)
{
	return ++b->report->events;
}

/*
 * The pool. Reserved pages come in rows, next to each other. A page that is not
 * linked is ordinary memory, so the first one of a row that waits holds where the
 * next row is and how many pages this one has. What is in a page is garbage.
 */
static void pool_add(struct build *b, u64 first, u64 n)
{
	u64 *word = b->map->hooks->table(b->map, first);

	word[0] = b->rows;
	word[1] = n;
	b->rows = first;
	b->pooled += n;
}

static void pool_next_row(struct build *b)
{
	const u64 *word = b->map->hooks->table(b->map, b->rows);

	b->pool = b->rows;
	b->rows = word[0];
	b->row = word[1];
}

/* The page that will be taken next, if there is one. */
static u64 pool_peek(struct build *b)
{
	if (!b->row && b->pooled)
		pool_next_row(b);
	return b->pool;
}

static u64 pool_pop(struct build *b)
{
	const u64 table = pool_peek(b);

	b->pool += physmap_size(b->map->geo, 0);
	b->row--;
	b->pooled--;
	return table;
}

static const char *no_table_rule(struct build *b)
{
	return b->map->geo->format->reasons[PHYSMAP_REASON_NO_TABLE];
}

/*
 * Takes a page, whatever is in it. A plan is exact; if one fell short the build
 * stops and can be resumed.
 */
static int pool_next(struct build *b, unsigned int level, u64 va, u64 *taken)
{
	if (!b->pooled) {
		*b->why = (struct physmap_refusal) {
			.rule = no_table_rule(b),
			.what = "the plan had too few table pages",
		};
		return refused(b, level, va, -ENOSPC);
	}
	*taken = pool_pop(b);
	b->report->tables_used++;
	b->record->tables++;
	return 0;
}

/* Takes a page that is to be a table, empty. */
static int pool_take(struct build *b, const struct physmap_cursor *c,
		     u64 *taken)
{
	const unsigned int level = c->table.level - 1;
	const int err = pool_next(b, c->table.level, c->va, taken);

	if (err)
		return err;
	memset(b->map->hooks->table(b->map, *taken), 0,
	       b->map->geo->entry_size * physmap_entries(b->map->geo, level));
	physmap_record_page(b->map, level, *taken);
	return 0;
}

static void pool_drain(struct build *b)
{
	while (b->pooled)
		b->map->hooks->release(b->map, pool_pop(b));
}

static int pool_fill(struct build *b, u64 tables)
{
	while (b->pooled < tables) {
		u64 first;
		const int n = b->map->hooks->alloc(b->map, tables - b->pooled,
						   &first);

		if (n < 0) {
			pool_drain(b);
			*b->why = (struct physmap_refusal) {
				.rule = no_table_rule(b),
				.what = "no memory for a table page; nothing was changed",
				.pa = b->req->ranges[0].start,
				.error = n,
			};
			return n;
		}
		pool_add(b, first, n);
	}
	return 0;
}

/*
 * Most changes are of pages, and differ from the one before in nothing but the
 * frame, which stays: the answer is the same.
 */
static bool same_question(struct build *b, bool live, u64 old, u64 new)
{
	const struct physmap_change *last = &b->judged;

	return !last->level && last->old && last->live == live &&
	       !((old ^ last->old) & ~b->map->geo->frame) &&
	       (old ^ new) == (last->old ^ last->new);
}

static struct physmap_verdict ask(struct build *b,
				  const struct physmap_change *c)
{
	if (!c->level && same_question(b, c->live, c->old, c->new))
		return b->verdict;
	b->judged = *c;
	b->verdict = b->map->geo->format->transition(b->map->geo, c);
	return b->verdict;
}

/*
 * Asks the architecture whether a slot may change so. Every store to a table
 * that hardware may be walking comes through here.
 */
static int judge(struct build *b, const struct physmap_cursor *c, u64 new,
		 u64 child)
{
	const struct physmap_change change = {
		.level = c->table.level,
		.live = b->map->live && !c->table.unlinked,
		.old = c->raw,
		.new = new,
		.child = child,
	};
	const struct physmap_verdict v = ask(b, &change);

	if (v.transition == PHYSMAP_FORBIDDEN) {
		*b->why = (struct physmap_refusal) {
			.rule = v.rule,
			.what = v.why,
		};
		return refused(b, c->table.level, c->va, -EPERM);
	}
	/*
	 * What was only loosened works without a flush, until the size changes
	 * beside a translation from before (X86-TLB-3).
	 */
	if (change.live && v.transition != PHYSMAP_NOOP &&
	    v.transition != PHYSMAP_FRESH)
		b->map->flush_owed = true;
	return 0;
}

static struct physmap_run run_at(const struct physmap_cursor *c,
				 unsigned int count, u64 first, u64 stride)
{
	struct physmap_run run = {
		.table = c->table.pa,
		.va = c->slot,
		.level = c->table.level,
		.index = c->index,
		.count = count,
		.first = first,
		.stride = stride,
		.unlinked = c->table.unlinked,
	};

	return run;
}

static u64 slot_pa(struct build *b, const struct physmap_cursor *c)
{
	return c->slot - b->map->offset;
}

/* Does a raw entry carry the mark? It means nothing but in a leaf. */
static bool is_early(const struct physmap_geometry *geo, unsigned int level,
		     u64 raw)
{
	return (raw & geo->early[level].mask) == geo->early[level].value;
}

/*
 * Entries that were there before any build are counted once (X86-LNX-6): @n
 * of them, all like the cursor's.
 */
static void note_found(struct build *b, const struct physmap_cursor *c,
		       unsigned int n)
{
	const u64 size = physmap_size(b->map->geo, c->table.level);
	const u64 end = slot_pa(b, c) + n * size;
	const bool read_only = c->entry.kind == PHYSMAP_LEAF &&
			       !(c->entry.attrs & PHYSMAP_WRITE);
	struct physmap_report *rep = b->report;
	u64 pa, next;

	for (pa = slot_pa(b, c); pa < end; pa = next) {
		bool seen;

		next = physmap_log_next(&rep->covered, pa, &seen);
		/* A large leaf of which a part was seen is one all the same. */
		next = next > end ? end : next < pa + size ? pa + size : next;
		if (seen)
			continue;
		rep->shape.found[c->table.level] += (next - pa) / size;
		rep->shape.kept_read_only += read_only ? (next - pa) / size : 0;
		physmap_log_add(&rep->kept_log, pa, next);
		physmap_log_add(&rep->covered, pa, next);
	}
}

/*
 * Pass 2 is to look at @n slots from the cursor on. Early leaves of a group are
 * finished with all of it, wherever the request ends (ARM-CONT-1).
 */
static void note_unfinished(struct build *b, const struct physmap_cursor *c,
			    unsigned int n)
{
	const struct physmap_geometry *geo = b->map->geo;
	const unsigned int level = c->table.level;
	const bool grouped = is_early(geo, level, c->raw) &&
			     (c->entry.attrs & PHYSMAP_CONTIG);
	const u64 size = physmap_size(geo, level);
	const u64 group = size << (grouped ? geo->contig[level] : 0);
	u64 first = c->slot & ~(group - 1);

	if (first < b->map->va_start)
		first = b->map->va_start;
	physmap_log_add(&b->report->unfinished, first - b->map->offset,
			((c->slot + n * size + group - 1) & ~(group - 1)) -
			b->map->offset);
}

/* All the same to pass 1; pass 2 looks at them. */
static int shape_keep(struct build *b, const struct physmap_cursor *c)
{
	const unsigned int level = c->table.level;
	/* Above the leaf tables the next slot may be a table. */
	const unsigned int n = level ? 1 : physmap_alike(b->map, c);

	b->early_found |= is_early(b->map->geo, level, c->raw);
	note_found(b, c, n);
	note_unfinished(b, c, n);
	b->report->shape.kept[level] += n;
	b->record->kept += n;
	return n;
}

/* New leaves of a level from @pa on: @slots, of which so many have a frame. */
static void note_new(struct build *b, unsigned int level, u64 pa, u64 slots,
		     u64 present, bool final)
{
	const u64 size = physmap_size(b->map->geo, level);

	b->report->shape.leaves[level] += present;
	b->report->shape.no_frame += slots - present;
	if (final)
		b->record->final += present;
	else
		b->record->early += present;
	if (!final)
		physmap_log_add(present == slots ? &b->report->early :
						   &b->report->unfinished,
				pa, pa + slots * size);
	physmap_log_add(&b->report->covered, pa, pa + slots * size);
	if (level == b->map->geo->levels - 1)
		b->report->root_changed = true;
}

static void note_leaves(struct build *b, const struct physmap_cursor *c,
			unsigned int first, unsigned int slots,
			unsigned int present, bool final)
{
	const unsigned int level = c->table.level;
	const u64 pa = slot_pa(b, c) + first * physmap_size(b->map->geo, level);

	note_new(b, level, pa, slots, present, final);
}

/* A run that was refused half-way: what stands is read back. */
static void note_half(struct build *b, const struct physmap_cursor *c,
		      unsigned int slots, bool final)
{
	unsigned int i;

	for (i = 0; i < slots; i++)
		if (physmap_read(b->map, &c->table, c->index + i))
			note_leaves(b, c, i, 1, 1, final);
}

/* Could pass 2 give early leaves their final attributes, once hardware walks? */
static bool can_finish(struct build *b, const struct physmap_cursor *c,
		       u32 group)
{
	const struct physmap_geometry *geo = b->map->geo;
	const unsigned int level = c->table.level;
	const struct physmap_change change = {
		.level = level,
		.live = true,
		.old = geo->format->leaf(geo, level, slot_pa(b, c),
					 b->early | group),
		.new = geo->format->leaf(geo, level, slot_pa(b, c),
					 b->req->attrs | group),
	};

	return geo->format->transition(geo, &change).transition !=
	       PHYSMAP_FORBIDDEN;
}

/*
 * New leaves are early, unless they are to be final at once: no TLB holds what
 * was not present (X86-TLB-5, ARM-TLBI-4).
 */
static bool is_final(struct build *b, const struct physmap_cursor *c, u32 group)
{
	return b->req->policy == PHYSMAP_FINAL_ON_FRESH ||
	       (c->table.unlinked && b->map->hooks->final_unlinked) ||
	       (b->map->live && !can_finish(b, c, group));
}

/* Of @n free slots, those that make whole groups; none if there is none. */
static unsigned int whole_groups(struct build *b, const struct physmap_cursor *c,
				 unsigned int n)
{
	return n & ~((1u << b->map->geo->contig[c->table.level]) - 1);
}

static int shape_leaves(struct build *b, const struct physmap_cursor *c,
			const struct physmap_step *step)
{
	const struct physmap_geometry *geo = b->map->geo;
	const unsigned int level = c->table.level;
	const unsigned int room = physmap_free_slots(b->map, c, step->count);
	const unsigned int whole = step->contig ? whole_groups(b, c, room) : 0;
	const unsigned int n = whole ? whole : room;
	const u32 group = whole ? PHYSMAP_CONTIG : 0;
	const bool final = is_final(b, c, group);
	const u64 first = geo->format->leaf(geo, level, slot_pa(b, c), group |
					    (final ? b->req->attrs : b->early));
	const struct physmap_run run = run_at(c, n, first,
					      physmap_size(geo, level));
	/* What no hardware reaches may change at will. */
	int present = c->table.unlinked ? 0 : judge(b, c, first, 0);

	if (present < 0)
		return present;
	present = b->map->hooks->write(b->map, &run, b->why);
	if (present < 0) {
		note_half(b, c, n, final);
		return refused(b, level, c->slot, present);
	}
	b->record->seq_shape = event(b);
	note_leaves(b, c, 0, n, present, final);
	return n;
}

/*
 * Publishes a finished table. A page that is refused may be half-way to being
 * a table (Xen may have typed it): it is neither linked nor given back.
 */
static int publish_link(struct build *b, struct physmap_link *link, u64 child)
{
	const struct physmap_geometry *geo = b->map->geo;
	int err;

	link->child = child;
	link->value = geo->format->table(geo, link->level, child);
	err = b->map->hooks->link(b->map, link, b->why);
	if (err)
		return refused(b, link->level, link->va, err);
	b->record->seq_shape = event(b);
	b->report->shape.tables++;
	if (link->level == geo->levels - 1)
		b->report->root_changed = true;
	return 0;
}

static struct physmap_link link_at(const struct physmap_cursor *c)
{
	const struct physmap_link link = {
		.parent = c->table.pa,
		.level = c->table.level,
		.index = c->index,
		.va = c->slot,
		.old = c->raw,
		.unlinked = c->table.unlinked,
	};

	return link;
}

static int publish(struct build *b, const struct physmap_cursor *c, u64 child)
{
	struct physmap_link link = link_at(c);

	return publish_link(b, &link, child);
}

/* The first slot of a table that does not exist yet, as a walk would find it. */
static struct physmap_cursor first_slot(struct build *b,
					const struct physmap_cursor *c)
{
	const struct physmap_geometry *geo = b->map->geo;
	const unsigned int level = c->table.level - 1;
	const struct physmap_cursor first = {
		.table = {
			.level = level,
			.unlinked = true,
			.fresh = true,
			.attrs = c->table.attrs,
		},
		.last = physmap_entries(geo, level) - 1,
		.va = c->slot,
		.until = c->slot + physmap_size(geo, level + 1) - 1,
		.slot = c->slot,
	};

	return first;
}

/* Fills a table that does not exist yet, all of it; returns what is present. */
static int write_full(struct build *b, struct physmap_run *run)
{
	int n = pool_next(b, run->level + 1, run->va, &run->table);

	if (n < 0)
		return n;
	physmap_record_taken(b->map, run->level, run->table);
	n = b->map->hooks->write(b->map, run, b->why);
	return n < 0 ? refused(b, run->level, run->va, n) : n;
}

/* A table that is full of pages, published. */
static int shape_full_table(struct build *b, struct physmap_run *run,
			    struct physmap_link *link)
{
	const int present = write_full(b, run);
	int err;

	if (present < 0)
		return present;
	event(b);
	err = publish_link(b, link, run->table);
	return err ? err : present;
}

/*
 * Slots whose tables come out full of pages, and all alike: one after the other
 * without walking any. What they may become is asked once, for the next page of
 * the pool: they are all free, and what they get differs in nothing but its
 * place.
 */
static int shape_full_tables(struct build *b, const struct physmap_cursor *c,
			     unsigned int max)
{
	const struct physmap_geometry *geo = b->map->geo;
	const struct physmap_cursor first = first_slot(b, c);
	const struct physmap_step step = physmap_decide(b->map, b->range, &first);
	const u32 group = step.contig ? PHYSMAP_CONTIG : 0;
	const bool final = is_final(b, &first, group);
	const unsigned int n = physmap_linear_slots(geo, 1, slot_pa(b, c),
		physmap_free_slots(b->map, c, max));
	struct physmap_link link = link_at(c);
	struct physmap_run run = run_at(&first, step.count,
		geo->format->leaf(geo, 0, slot_pa(b, c), group |
				  (final ? b->req->attrs : b->early)),
		physmap_size(geo, 0));
	u64 written = 0;
	unsigned int i;
	int present = link.unlinked ? 0 :
		judge(b, c, geo->format->table(geo, link.level, pool_peek(b)),
		      0);

	if (present < 0)
		return present;
	for (i = 0; i < n; i++) {
		present = shape_full_table(b, &run, &link);
		if (present < 0)
			break;
		written += present;
		run.va += physmap_size(geo, 1);
		run.first += physmap_size(geo, 1);
		link.va += physmap_size(geo, 1);
		link.index++;
	}
	note_new(b, 0, slot_pa(b, c), (u64)i * step.count, written, final);
	return present < 0 ? present : (int)n;
}

static int shape_new_table(struct build *b, const struct physmap_cursor *c,
			   struct physmap_table *child)
{
	*child = first_slot(b, c).table;
	return pool_take(b, c, &child->pa);
}

/*
 * A larger leaf becomes a table of the same frames with the leaf's own
 * attributes, all of it, before anything else happens to it (X86-LNX-2).
 */
static int shape_split(struct build *b, const struct physmap_cursor *c,
		       struct physmap_table *child)
{
	const struct physmap_geometry *geo = b->map->geo;
	const unsigned int level = c->table.level;
	struct physmap_run run = {
		.va = c->slot,
		.level = level - 1,
		.count = physmap_entries(geo, level - 1),
		.first = geo->format->child(geo, level, c->raw),
		.stride = physmap_size(geo, level - 1),
		.unlinked = true,
	};
	/* Judged before a page is taken: the next one in the pool is it. */
	int err = judge(b, c, geo->format->table(geo, level, pool_peek(b)),
			run.first);

	if (!err)
		err = write_full(b, &run);
	if (err < 0)
		return err;
	note_found(b, c, 1);
	physmap_log_add(&b->report->unfinished, slot_pa(b, c),
			slot_pa(b, c) + physmap_size(geo, level));
	err = publish(b, c, run.table);
	if (err)
		return err;
	b->report->shape.split[level]++;
	b->taken_apart = true;
	*child = (struct physmap_table) {
		.pa = run.table,
		.level = level - 1,
		.unlinked = c->table.unlinked,
		.attrs = c->table.attrs,
	};
	return 1;
}

static int shape_slot(struct physmap_visitor *v, const struct physmap_cursor *c,
		      struct physmap_table *child, bool *descend)
{
	struct build *b = container_of(v, struct build, v);
	const struct physmap_step step = physmap_decide(b->map, b->range, c);
	int err;

	switch (step.action) {
	case PHYSMAP_KEEP:
		return shape_keep(b, c);
	case PHYSMAP_LEAVES:
		return shape_leaves(b, c, &step);
	case PHYSMAP_DESCEND:
		*child = physmap_existing(c);
		*descend = true;
		return 1;
	case PHYSMAP_NEW_TABLE:
		if (step.whole && c->table.level == 1)
			return shape_full_tables(b, c, step.count);
		err = shape_new_table(b, c, child);
		*descend = !err;
		return err ? err : 1;
	case PHYSMAP_SPLIT:
		*descend = true;
		return shape_split(b, c, child);
	}
	return -EINVAL;
}

/* A table that this walk made is full: publish it (X86-TLB-20, X86-LNX-4). */
static int shape_back(struct physmap_visitor *v, const struct physmap_cursor *c,
		      const struct physmap_table *child)
{
	struct build *b = container_of(v, struct build, v);
	const struct physmap_geometry *geo = b->map->geo;
	int err;

	if (!child->fresh)
		return 0;
	err = judge(b, c, geo->format->table(geo, c->table.level, child->pa),
		    0);
	return err ? err : publish(b, c, child->pa);
}

/* Does the request want any of [start, end)? */
static bool is_requested(struct build *b, u64 start, u64 end)
{
	unsigned int i;

	for (i = 0; i < b->req->nr_ranges; i++)
		if (b->req->ranges[i].start < end &&
		    start < b->req->ranges[i].end)
			return true;
	return false;
}

/* Unless it is RAM. */
static int clear_slot(struct build *b, const struct physmap_cursor *c)
{
	const u64 pa = slot_pa(b, c);
	const u64 end = pa + physmap_size(b->map->geo, c->table.level);
	struct physmap_run run;
	int err;

	if (is_requested(b, pa, end) ||
	    b->map->hooks->keep_tail(b->map, pa, end))
		return 0;
	err = judge(b, c, 0, 0);
	if (err)
		return err;
	run = run_at(c, 1, 0, 0);
	err = b->map->hooks->write(b->map, &run, b->why);
	if (err < 0)
		return refused(b, c->table.level, c->slot, err);
	b->record->seq_shape = event(b);
	b->report->shape.cleared++;
	b->taken_apart = true;
	return 0;
}

/*
 * What is left beyond the request in a table that was there before: slots
 * that are no RAM are cleared, as they always were at boot (X86-LNX-5).
 */
static int shape_tail(struct physmap_visitor *v, const struct physmap_cursor *c)
{
	struct build *b = container_of(v, struct build, v);
	const unsigned int level = c->table.level;
	const unsigned int end = physmap_entries(b->map->geo, level);
	struct physmap_cursor slot = *c;
	unsigned int n;
	int err;

	if (c->table.fresh || level == b->map->geo->levels - 1 ||
	    b->map->hooks->tails_stay)
		return 0;
	for (slot.index++; slot.index < end; slot.index += n) {
		slot.raw = physmap_read(b->map, &c->table, slot.index);
		n = slot.raw ? 1 : physmap_agreeing(b->map, c->table.pa,
						    slot.index,
						    end - slot.index, ~0ULL);
		if (!slot.raw)
			continue;
		slot.slot = c->slot + (slot.index - c->index) *
				      physmap_size(b->map->geo, level);
		slot.va = slot.slot;
		err = clear_slot(b, &slot);
		if (err)
			return err;
	}
	return 0;
}

/*
 * Early leaves from the cursor on, up to the last, that are alike in what pass 2
 * changes: some may have lost a right meanwhile. Above the leaf tables there may
 * be tables in between, whatever is known.
 */
static unsigned int early_run(struct build *b, const struct physmap_cursor *c)
{
	const unsigned int level = c->table.level;
	const unsigned int max = c->last + 1 - c->index;

	if (b->all_early && !level)
		return max;
	return physmap_agreeing(b->map, c->table.pa, c->index, max,
				b->map->geo->early[level].mask |
				b->set[level] | b->clear[level]);
}

/* Tables that are finished go into use also when something else is refused. */
static int commit(struct build *b, int err)
{
	struct physmap_refusal why = { };
	const int late = b->map->hooks->commit(b->map, &why);

	if (err || !late)
		return err;
	*b->why = why;
	return refused(b, why.level, why.va, late);
}

/*
 * A leaf that pass 2 wrote again and that is not what was meant, or may have
 * been kept: the report is to tell what memory says of size, frame and kept
 * entries.
 */
static void tell(struct build *b, const struct changed *changed, unsigned int i,
		 u64 raw)
{
	const struct physmap_geometry *geo = b->map->geo;
	const struct physmap_run *run = &changed->run;
	const struct physmap_entry e = geo->format->parse(geo, run->level, raw);
	const struct physmap_entry was = geo->format->parse(geo, run->level,
							    run->first);
	const u64 pa = run->va - b->map->offset +
		       i * physmap_size(geo, run->level);

	b->report->attributes.resized += e.kind != PHYSMAP_LEAF;
	b->report->attributes.moved += e.pa != pa;
	if (physmap_log_has(&b->report->kept_log, pa))
		b->report->attributes.kept_written +=
			is_early(geo, run->level, run->first) ||
			((e.attrs ^ was.attrs) & PHYSMAP_WRITE);
}

/* Reads the first and the last leaf of a run that pass 2 wrote again. */
static void look_back(struct build *b, const struct changed *changed)
{
	const struct physmap_hooks *hooks = b->map->hooks;
	const struct physmap_geometry *geo = b->map->geo;
	const struct physmap_run *run = &changed->run;
	const void *table = hooks->table(b->map, run->table);
	const unsigned int last = run->count - 1;
	const u64 beyond = (u64)last << geo->level[run->level].shift;
	const u64 first_raw = hooks->canonical(b->map,
		physmap_load(geo, table, run->index));
	const u64 last_raw = hooks->canonical(b->map,
		physmap_load(geo, table, run->index + last));
	const u64 wrong = (first_raw ^ changed->now) |
			  (last_raw ^ (changed->now + beyond));

	/* Nearly always it is as it was meant. */
	if (!(wrong & ~geo->accessed) && !b->report->kept_log.count)
		return;
	tell(b, changed, 0, first_raw);
	tell(b, changed, last, last_raw);
}

static int look_back_at_all(struct build *b, int err)
{
	unsigned int i;

	err = commit(b, err);
	for (i = 0; i < b->nr_changed && !err; i++)
		look_back(b, &b->changed[i]);
	b->nr_changed = 0;
	return err;
}

/*
 * Gives the leaves of a run other attributes: no size, no frame. The run is in
 * the next of @changed, which there is always one of.
 */
static int change(struct build *b, u64 set, u64 clear)
{
	struct changed *changed = &b->changed[b->nr_changed];
	const struct physmap_run *run = &changed->run;
	int err;

	err = b->map->hooks->protect(b->map, run, set, clear, b->why);
	if (err)
		return refused(b, run->level, run->va, err);
	changed->now = (run->first & ~clear) | set;
	event(b);
	if (!b->record->seq_attributes)
		b->record->seq_attributes = b->report->events;
	/* While it is in the cache, unless it has yet to be done. */
	if (!b->map->hooks->puts_off)
		look_back(b, changed);
	else if (++b->nr_changed == CHANGED_RUNS)
		err = look_back_at_all(b, 0);
	return err ? err : (int)run->count;
}

static int change_run(struct build *b, const struct physmap_cursor *c,
		      unsigned int n, u64 set, u64 clear)
{
	int err = judge(b, c, (c->raw & ~clear) | set, 0);

	if (err)
		return err;
	b->changed[b->nr_changed].run = run_at(c, n, c->raw, 0);
	err = change(b, set, clear);
	return err < 0 ? err : (int)n;
}

static int finish_run(struct build *b, const struct physmap_cursor *c)
{
	const unsigned int level = c->table.level;
	const int n = change_run(b, c, early_run(b, c), b->set[level],
				 b->clear[level]);

	if (n < 0)
		return n;
	b->record->finished += n;
	b->report->attributes.leaves[level] += n;
	return n;
}

/* Slots from the cursor on, of @n, for which the hook says the same. */
static unsigned int same_use(struct build *b, const struct physmap_cursor *c,
			     unsigned int n, bool *keeps_exec)
{
	const u64 pa = slot_pa(b, c);
	const u64 size = physmap_size(b->map->geo, 0);
	unsigned int i = 1;

	*keeps_exec = b->map->hooks->keeps_exec(b->map, pa, pa + n * size);
	if (!*keeps_exec)
		return n;
	*keeps_exec = b->map->hooks->keeps_exec(b->map, pa, pa + size);
	while (i < n && b->map->hooks->keeps_exec(b->map, pa + i * size,
						  pa + (i + 1) * size) ==
			*keeps_exec)
		i++;
	return i;
}

/* Leaves that were found may lose EXEC, and lose nothing else. */
static int tighten_run(struct build *b, const struct physmap_cursor *c)
{
	unsigned int same = physmap_alike(b->map, c);
	bool keeps_exec;
	int n;

	if (!b->no_exec || c->entry.kind != PHYSMAP_LEAF ||
	    !(c->entry.attrs & PHYSMAP_EXEC))
		return same;
	same = same_use(b, c, same, &keeps_exec);
	if (keeps_exec)
		return same;
	n = change_run(b, c, same, b->no_exec, 0);
	if (n > 0)
		b->report->attributes.found_no_exec += n;
	return n;
}

/* A table's pages, all of them, as the next run to be changed. */
static void take_full_table(struct build *b, const struct physmap_cursor *c,
			    u64 table, u64 va)
{
	struct physmap_run *run = &b->changed[b->nr_changed].run;
	const void *memory = b->map->hooks->table(b->map, table);

	run->table = table;
	run->va = va;
	run->level = 0;
	run->index = 0;
	run->count = physmap_entries(b->map->geo, 0);
	run->first = b->map->hooks->canonical(b->map,
					      physmap_load(b->map->geo, memory, 0));
	run->stride = 0;
	run->unlinked = c->table.unlinked;
}

/* May the pages of a full table get their final attributes? */
static int judge_full_table(struct build *b, const struct physmap_run *run)
{
	const u64 final = (run->first & ~b->clear[0]) | b->set[0];
	const struct physmap_cursor first = {
		.table = {
			.pa = run->table,
			.unlinked = run->unlinked,
		},
		.va = run->va,
		.slot = run->va,
		.raw = run->first,
	};

	return judge(b, &first, final, 0);
}

/* Nearly always it is what was asked of the table before it. */
static bool is_judged(struct build *b, const struct physmap_run *run)
{
	const u64 final = (run->first & ~b->clear[0]) | b->set[0];

	return b->verdict.transition != PHYSMAP_FORBIDDEN &&
	       same_question(b, b->map->live && !run->unlinked, run->first,
			     final);
}

/*
 * Tables of pages all of which pass 1 has made early are finished without being
 * walked; @c is on the first of them.
 */
static int finish_full_tables(struct build *b, const struct physmap_cursor *c)
{
	const struct physmap_geometry *geo = b->map->geo;
	const void *parent = b->map->hooks->table(b->map, c->table.pa);
	const u64 size = physmap_size(geo, 1);
	struct physmap_entry e = c->entry;
	unsigned int i = c->index;
	u64 va = c->slot;
	int n = 0;

	while (e.kind == PHYSMAP_TABLE && va + size - 1 <= c->until) {
		const struct physmap_run *run = &b->changed[b->nr_changed].run;

		take_full_table(b, c, e.pa, va);
		n = is_judged(b, run) ? 0 : judge_full_table(b, run);
		if (n >= 0)
			n = change(b, b->set[0], b->clear[0]);
		if (n < 0)
			break;
		b->record->finished += n;
		b->report->attributes.leaves[0] += n;
		va += size;
		if (++i > c->last)
			break;
		e = geo->format->parse(geo, 1, b->map->hooks->canonical(b->map,
				       physmap_load(geo, parent, i)));
	}
	return n < 0 ? n : (int)(i - c->index);
}

/* Is all that a slot translates wanted? */
static bool is_whole(struct build *b, const struct physmap_cursor *c)
{
	const u64 last = c->slot + physmap_size(b->map->geo, c->table.level) - 1;

	return c->va == c->slot && last <= c->until;
}

static int attributes_slot(struct physmap_visitor *v,
			   const struct physmap_cursor *c,
			   struct physmap_table *child, bool *descend)
{
	struct build *b = container_of(v, struct build, v);
	const unsigned int level = c->table.level;

	if (c->entry.kind == PHYSMAP_TABLE) {
		if (b->all_early && level == 1 && is_whole(b, c))
			return finish_full_tables(b, c);
		*child = physmap_existing(c);
		*descend = true;
		return 1;
	}
	if (is_early(b->map->geo, level, c->raw))
		return b->req->policy == PHYSMAP_TWO_PASS ?
		       finish_run(b, c) : (int)early_run(b, c);
	/* Above the leaf tables the next slot may be a table. */
	if (level)
		return 1;
	return tighten_run(b, c);
}

/* The raw bits in which a final leaf differs from an early one. */
static void settle_attributes(struct build *b)
{
	const struct physmap_geometry *geo = b->map->geo;
	const u32 no_exec = b->req->attrs & ~PHYSMAP_EXEC;
	unsigned int level;

	b->no_exec = b->req->attrs & PHYSMAP_EXEC ? 0 :
		     geo->format->leaf(geo, 0, 0, no_exec) &
		     ~geo->format->leaf(geo, 0, 0, no_exec | PHYSMAP_EXEC);
	b->early = ((b->req->attrs | geo->early_gives) & ~geo->early_lacks) |
		   PHYSMAP_EARLY;
	for (level = 0; level < geo->levels; level++) {
		const u64 early = geo->format->leaf(geo, level, 0, b->early);
		const u64 final = geo->format->leaf(geo, level, 0,
						    b->req->attrs);

		b->set[level] = final & ~early;
		b->clear[level] = early & ~final;
	}
}

static int walk_range(struct build *b, u64 start, u64 end)
{
	return physmap_walk(b->map, start + b->map->offset,
			    end + b->map->offset, &b->v);
}

static int shape_ranges(struct build *b)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < b->req->nr_ranges && !err; i++) {
		b->range = &b->req->ranges[i];
		err = walk_range(b, b->range->start, b->range->end);
		err = commit(b, err);
	}
	return err;
}

/*
 * As far as leaves may reach: one that reached out of its range may have been
 * split for the next, and its children carry the mark all the same.
 */
static int finish_ranges(struct build *b)
{
	const u64 limit = b->map->va_limit - b->map->offset;
	unsigned int i;
	int err = 0;

	for (i = 0; i < b->req->nr_ranges && !err; i++) {
		const struct physmap_range *r = &b->req->ranges[i];

		err = walk_range(b, r->outer_start,
				 r->outer_end < limit ? r->outer_end : limit);
	}
	return err;
}

static int finish_log(struct build *b, const struct physmap_log *log)
{
	const u64 limit = b->map->va_limit - b->map->offset;
	unsigned int i;
	int err = 0;

	for (i = 0; i < log->count && !err; i++) {
		const struct physmap_log_range *r = &log->range[i];

		err = walk_range(b, r->start, r->end < limit ? r->end : limit);
	}
	return err;
}

/* What pass 1 left to do; all of it if that was too much to remember. */
static int finish_all(struct build *b)
{
	const struct physmap_report *rep = b->report;
	int err;

	if (rep->early.lost || rep->unfinished.lost) {
		err = finish_ranges(b);
	} else {
		b->all_early = !b->taken_apart;
		err = finish_log(b, &rep->early);
		b->all_early = false;
		if (!err)
			err = finish_log(b, &rep->unfinished);
	}
	return look_back_at_all(b, err);
}

static int flush(struct build *b)
{
	int err = b->map->hooks->flush(b->map, b->why);

	if (err)
		return refused(b, b->map->geo->levels - 1,
			       b->req->ranges[0].start + b->map->offset, err);
	b->map->flush_owed = false;
	return 0;
}

/* Adds what was spent since @begin. */
static void add_cost(struct build *b, struct physmap_cost *sum,
		     const struct physmap_cost *begin)
{
	const struct physmap_cost now = b->map->hooks->cost(b->map);

	sum->cycles += now.cycles - begin->cycles;
	sum->hypercalls += now.hypercalls - begin->hypercalls;
}

static void begin_pass(struct build *b, unsigned int pass)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_PASS,
		.detail = pass,
	};

	physmap_record(b->map, &e);
}

static int pass_shape(struct build *b)
{
	static const struct physmap_visitor shape = {
		.slot = shape_slot,
		.back = shape_back,
		.tail = shape_tail,
	};
	const struct physmap_cost begin = b->map->hooks->cost(b->map);
	int err;

	begin_pass(b, PHYSMAP_PASS_SHAPE);
	b->v = shape;
	err = shape_ranges(b);
	b->report->shape.early += b->record->early;
	b->report->shape.final += b->record->final;
	add_cost(b, &b->report->shape.cost, &begin);
	return err;
}

/* Everything, globals and every PCID included, between the passes. */
static int pass_boundary(struct build *b)
{
	const struct physmap_cost begin = b->map->hooks->cost(b->map);
	int err;

	begin_pass(b, PHYSMAP_PASS_BOUNDARY);
	err = flush(b);
	if (err)
		return err;
	b->record->seq_flush = event(b);
	b->record->boundary_flushes++;
	b->report->boundary.flushes++;
	add_cost(b, &b->report->boundary.cost, &begin);
	return 0;
}

/* What is left of attributes on this machine: it may lack NX or GLOBAL. */
static u32 parsed_attrs(const struct physmap_geometry *geo, u32 attrs)
{
	return geo->format->parse(geo, 0,
				  geo->format->leaf(geo, 0, 0, attrs)).attrs;
}

static int pass_attributes(struct build *b)
{
	static const struct physmap_visitor attributes = {
		.slot = attributes_slot,
		.back = physmap_walk_back,
		.tail = physmap_walk_done,
	};
	const struct physmap_geometry *geo = b->map->geo;
	const struct physmap_cost begin = b->map->hooks->cost(b->map);
	const u32 early = parsed_attrs(geo, b->early);
	const u32 final = parsed_attrs(geo, b->req->attrs);
	int err;

	begin_pass(b, PHYSMAP_PASS_ATTRIBUTES);
	b->v = attributes;
	err = finish_all(b);
	b->report->attributes.finished += b->record->finished;
	if (early & ~final & PHYSMAP_EXEC)
		b->report->attributes.no_exec += b->record->finished;
	if (final & ~early & PHYSMAP_GLOBAL)
		b->report->attributes.global += b->record->finished;
	add_cost(b, &b->report->attributes.cost, &begin);
	return err;
}

/*
 * What a build that was stopped has changed may still be cached, and this one
 * may fill the slots that it cleared (X86-TLB-2).
 */
static int pay_what_is_owed(struct build *b)
{
	int err;

	if (!b->map->flush_owed)
		return 0;
	err = flush(b);
	b->report->last_flushes += !err;
	return err;
}

/* Steps 3 to 6 of a request. What stands when one stops can be resumed. */
static int run_passes(struct build *b)
{
	int err = pay_what_is_owed(b);

	if (!err)
		err = pass_shape(b);
	/* What is not early has no translation that a flush is to drop. */
	if (!err && b->req->policy == PHYSMAP_TWO_PASS &&
	    (b->record->early || b->early_found))
		err = pass_boundary(b);
	if (!err && (b->report->early.count || b->report->unfinished.count))
		err = pass_attributes(b);
	if (err || !b->map->flush_owed)
		return err;
	if (b->req->flusher == PHYSMAP_CALLER_FLUSHES) {
		b->map->flush_owed = false;
		return 0;
	}
	begin_pass(b, PHYSMAP_PASS_LAST);
	return pay_what_is_owed(b);
}

static void record_begin(struct build *b)
{
	const struct physmap_request *req = b->req;
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_BUILD,
		.detail = (req->policy == PHYSMAP_TWO_PASS ?
			   PHYSMAP_BUILD_TWO_PASS : 0) |
			  (b->map->live ? PHYSMAP_BUILD_LIVE : 0) |
			  (req->flusher == PHYSMAP_CALLER_FLUSHES ?
			   PHYSMAP_BUILD_CALLER_FLUSHES : 0),
		.count = req->nr_ranges,
		.va = req->ranges[0].start + b->map->offset,
		.value = req->ranges[req->nr_ranges - 1].end + b->map->offset,
		.step = req->attrs,
	};

	physmap_record(b->map, &e);
}

/* Also what memory holds in the end: nothing went unrecorded. */
static void record_end(struct build *b, int error)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_DONE,
		.result = error,
	};
	unsigned int i;

	for (i = 0; i < b->req->nr_ranges; i++)
		physmap_record_sum(b->map,
				   b->req->ranges[i].start + b->map->offset,
				   b->req->ranges[i].end + b->map->offset);
	physmap_record(b->map, &e);
}

static struct physmap_record *new_record(struct physmap_report *report,
					 const struct physmap_request *req)
{
	struct physmap_record *r;

	/* When the list is full its last line is used over and over. */
	if (report->records < PHYSMAP_RECORDS)
		report->records++;
	r = &report->record[report->records - 1];
	*r = (struct physmap_record) {
		.start = req->ranges[0].start,
		.end = req->ranges[req->nr_ranges - 1].end,
		.leaf_levels = req->ranges[0].leaf_levels,
		.policy = req->policy,
	};
	return r;
}

/**
 * physmap_build() - map what a request asks for
 * @map: map
 * @req: request; its ranges are physical
 * @report: what this build does is added here
 * @why: filled in on an error: where, what, which rule
 *
 * Plans, reserves every table page, then writes. Boot with one CPU, or
 * memory hot-add with the hot-plug lock held.
 *
 * Return: 0; what physmap_check() says of a bad request or -ENOMEM, and then
 * nothing has changed; or a hook's error: what was built so far stands, is
 * consistent, and the same request completes it.
 */
int physmap_build(struct physmap_map *map, const struct physmap_request *req,
		  struct physmap_report *report, struct physmap_refusal *why)
{
	struct build b = {
		.map = map,
		.req = req,
		.report = report,
		.why = why,
	};
	struct physmap_plan plan;
	unsigned int i;
	int err;

	*why = (struct physmap_refusal) { };
	err = physmap_check(map, req, why);
	if (!err)
		err = physmap_plan(map, req, &plan);
	if (!err)
		err = pool_fill(&b, plan.tables);
	if (err) {
		report->failed++;
		return err;
	}
	report->tables_planned += plan.tables;
	report->requests++;
	physmap_log_empty(&report->early);
	physmap_log_empty(&report->unfinished);
	b.record = new_record(report, req);
	for (i = 0; i < req->nr_ranges; i++)
		physmap_log_add(&report->requested, req->ranges[i].start,
				req->ranges[i].end);
	settle_attributes(&b);
	record_begin(&b);
	err = run_passes(&b);
	/*
	 * A hypervisor drops writable translations of what becomes a table. Of
	 * pages that were made read-only and did not come that far it does not.
	 */
	if (err && map->hooks->tables_read_only)
		map->flush_owed = true;
	pool_drain(&b);
	record_end(&b, err);
	b.record->error = err;
	report->failed += err != 0;
	return err;
}
