// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events that take more than a line to send: runs put together entry by
 * entry, tables as they are found, and the sum of what memory holds, by which
 * a judge knows that no store went unrecorded. Reads tables, writes none, and
 * does nothing at all for a map that has no recorder.
 */
#include <linux/container_of.h>
#include <linux/types.h>
#include <physmap/event.h>
#include <physmap/walk.h>

/**
 * physmap_record_run() - send a run that was put together, if there is one
 * @map: map
 * @run: run; empty again afterwards
 */
void physmap_record_run(struct physmap_map *map, struct physmap_event *run)
{
	if (!run->count)
		return;
	physmap_record(map, run);
	run->count = 0;
	run->detail &= ~PHYSMAP_UPDATE_FIRST;
}

/**
 * physmap_record_entry() - add an entry to a run, or send it and begin another
 * @map: map
 * @run: run with kind, level and table filled in; @run->va is that of slot 0
 *	as long as it is empty
 * @index: the entry's slot, ascending from call to call
 * @raw: entry
 */
void physmap_record_entry(struct physmap_map *map, struct physmap_event *run,
			  unsigned int index, u64 raw)
{
	const u64 size = physmap_size(map->geo, run->level);

	if (!map->recorder)
		return;
	if (run->count == 1 && index == run->index + 1)
		run->step = raw - run->value;
	if (run->count && index == run->index + run->count &&
	    raw == run->value + run->count * run->step) {
		run->count++;
		return;
	}
	if (run->count) {
		const u64 slot0 = run->va - run->index * size;

		physmap_record_run(map, run);
		run->va = slot0;
	}
	run->va += index * size;
	run->index = index;
	run->count = 1;
	run->value = raw;
	run->step = 0;
}

/**
 * physmap_tell_store() - send plain stores to a run
 * @map: map that has a recorder
 * @run: run
 * @kind: PHYSMAP_EVENT_STORE or PHYSMAP_EVENT_CHANGE
 * @value: see struct physmap_event
 * @step: the same
 */
void physmap_tell_store(struct physmap_map *map, const struct physmap_run *run,
			enum physmap_event_kind kind, u64 value, u64 step)
{
	const struct physmap_event e = {
		.kind = kind,
		.detail = map->geo->entry_size,
		.level = run->level,
		.index = run->index,
		.count = run->count,
		.table = run->table,
		.va = run->va,
		.value = value,
		.step = step,
	};

	physmap_record(map, &e);
}

/* Every entry of a table that is not zero, as it is. */
static void record_found(struct physmap_map *map, unsigned int level, u64 pa,
			 u64 va)
{
	const void *table = map->hooks->table(map, pa);
	struct physmap_event run = {
		.kind = PHYSMAP_EVENT_FOUND,
		.level = level,
		.table = map->hooks->machine(map, pa),
		.va = va,
	};
	unsigned int i;

	for (i = 0; i < physmap_entries(map->geo, level); i++) {
		const u64 raw = physmap_load(map->geo, table, i);

		if (raw)
			physmap_record_entry(map, &run, i, raw);
	}
	physmap_record_run(map, &run);
}

/**
 * physmap_record_page() - a page from the pool is to become a table
 * @map: map
 * @level: level of the table
 * @pa: physical address of the page
 *
 * What is in it is said as well: nothing, if all is well.
 */
void physmap_record_page(struct physmap_map *map, unsigned int level, u64 pa)
{
	if (!map->recorder)
		return;
	physmap_record_taken(map, level, pa);
	record_found(map, level, pa, 0);
}

/**
 * physmap_record_taken() - a page of which every entry will be written
 * @map: map
 * @level: level of the table
 * @pa: physical address of the page
 */
void physmap_record_taken(struct physmap_map *map, unsigned int level, u64 pa)
{
	struct physmap_event e;

	if (!map->recorder)
		return;
	e = (struct physmap_event) {
		.kind = PHYSMAP_EVENT_PAGE,
		.level = level,
	};
	e.table = map->hooks->machine(map, pa);
	physmap_record(map, &e);
}

static bool is_private(const struct physmap_map *map, u64 va)
{
	return va >= map->private_start && va < map->private_end;
}

struct found_visitor {
	struct physmap_visitor v;
	struct physmap_map *map;
};

static int found_slot(struct physmap_visitor *v, const struct physmap_cursor *c,
		      struct physmap_table *child, bool *descend)
{
	struct found_visitor *f = container_of(v, struct found_visitor, v);

	if (c->entry.kind != PHYSMAP_TABLE || is_private(f->map, c->slot))
		return 1;
	*child = physmap_existing(c);
	*descend = true;
	record_found(f->map, child->level, child->pa, c->slot);
	return 1;
}

/* What slot 0 of the root translates, in the half that the map is in. */
static u64 root_va(const struct physmap_map *map)
{
	const struct physmap_level *top = &map->geo->level[map->geo->levels - 1];

	return map->va_start & ~(BIT_ULL(top->shift + top->bits) - 1);
}

/* Where the upper half begins; hypervisors that type pages have 64-bit guests. */
static u64 upper_half(const struct physmap_geometry *geo)
{
	const struct physmap_level *top = &geo->level[geo->levels - 1];

	return ~0ULL << (top->shift + top->bits - 1);
}

/**
 * physmap_record_tables() - tell what is there, from the root on
 * @map: map
 *
 * Natively the map's own region is told. A hypervisor that types pages looks
 * at all that the guest maps, so then it is everything but the hypervisor's
 * own (XENPV-2, XENPV-24).
 */
void physmap_record_tables(struct physmap_map *map)
{
	const struct physmap_geometry *geo = map->geo;
	const bool everything = map->hooks->tables_read_only;
	const u64 start = everything ? upper_half(geo) : map->va_start;
	const u64 end = everything ? 0 : map->va_limit;
	struct found_visitor f = {
		.v = {
			.slot = found_slot,
			.back = physmap_walk_back,
			.tail = physmap_walk_done,
		},
		.map = map,
	};
	struct physmap_event e = {
		.kind = PHYSMAP_EVENT_ROOT,
		.level = geo->levels - 1,
		.va = map->offset,
		.value = map->va_start,
	};

	if (!map->recorder)
		return;
	e.table = map->hooks->machine(map, map->root);
	physmap_record(map, &e);
	record_found(map, e.level, map->root, root_va(map));
	physmap_walk(map, start, end, &f.v);
}

struct sum_visitor {
	struct physmap_visitor v;
	struct physmap_map *map;
	u64 sum;
};

static int sum_slot(struct physmap_visitor *v, const struct physmap_cursor *c,
		    struct physmap_table *child, bool *descend)
{
	struct sum_visitor *s = container_of(v, struct sum_visitor, v);
	struct physmap_map *map = s->map;
	const u64 raw = physmap_load(map->geo,
				     map->hooks->table(map, c->table.pa),
				     c->index);

	s->sum = physmap_sum_step(s->sum, c->index);
	s->sum = physmap_sum_step(s->sum, raw & ~map->geo->accessed);
	if (c->entry.kind == PHYSMAP_TABLE) {
		*child = physmap_existing(c);
		*descend = true;
	}
	return 1;
}

/**
 * physmap_record_sum() - tell the sum of all entries that translate [va, end)
 * @map: map
 * @va: first virtual address
 * @end: first one beyond
 *
 * Slots in ascending order, each followed by the table it points to: slot
 * number and raw entry without the bits that the processor sets by itself.
 */
void physmap_record_sum(struct physmap_map *map, u64 va, u64 end)
{
	struct sum_visitor s = {
		.v = {
			.slot = sum_slot,
			.back = physmap_walk_back,
			.tail = physmap_walk_done,
		},
		.map = map,
		.sum = PHYSMAP_SUM_START,
	};
	struct physmap_event e = {
		.kind = PHYSMAP_EVENT_SUM,
		.va = va,
		.step = end,
	};

	if (!map->recorder)
		return;
	physmap_walk(map, va, end, &s.v);
	e.value = s.sum;
	physmap_record(map, &e);
}
