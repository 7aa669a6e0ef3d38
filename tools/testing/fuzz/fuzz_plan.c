// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzing of the planner: on any shape of tables a plan is exactly what the
 * build then takes, writes nothing, and costs no loop over the pages of a
 * hole, however large. Tables are counted by a walk of this file's own.
 */
#include <stdio.h>
#include <stdlib.h>
#include "world.h"

#define REQUESTS	3
#define BUILD_TABLES	64	/* more of them take too long to be built */
#define SPLIT_PAGES	(1ULL << 18)

/* What is in use, counted from the root. */
struct census {
	u64 tables;
	u64 slots;
	u64 leaves[PHYSMAP_MAX_LEVELS];
};

/* Every step of a walk parses an entry, so these count steps. */
static const struct physmap_format *real_format;
static u64 steps;

static struct physmap_entry counting_parse(const struct physmap_geometry *geo,
					   unsigned int level, u64 raw)
{
	steps++;
	return real_format->parse(geo, level, raw);
}

static void count_steps(struct physmap_x86 *x86, struct physmap_format *format)
{
	real_format = x86->geo.format;
	*format = *real_format;
	format->parse = counting_parse;
	x86->geo.format = format;
}

/* Tables of fewer entries than any processor's, as the small worlds use. */
static void shrink(struct fuzz_world *w, struct fuzz_bytes *b)
{
	struct physmap_geometry *geo = &w->m.x86.geo;
	struct physmap_map *map = &w->m.xmap.map;
	unsigned int level, shift = 12;

	geo->levels = 2 + fuzz_below(b, 4);
	for (level = 0; level < geo->levels; level++) {
		geo->level[level].shift = shift;
		geo->level[level].bits = 1 + fuzz_below(b, 5);
		shift += geo->level[level].bits;
		geo->early[level] = geo->early[level ? 1 : 0];
	}
	map->offset = (u64)fuzz_below(b, 4) << geo->level[1].shift;
	map->va_limit = 1ULL << shift;
	map->offset %= map->va_limit;
	map->va_start = map->offset;
}

static void take_census(const struct fuzz_world *w, u64 table,
			unsigned int level, struct census *c)
{
	const struct physmap_geometry *geo = &w->m.x86.geo;
	const void *page = model_peek(&w->m.mem, table);
	const unsigned int slots = 1u << geo->level[level].bits;
	unsigned int i;

	c->tables++;
	c->slots += slots;
	for (i = 0; page && i < slots; i++) {
		const u64 raw = geo->entry_size == 4 ? ((const u32 *)page)[i] :
						       ((const u64 *)page)[i];

		if (!(raw & 1))
			continue;
		if (level && !(raw & 0x80))
			take_census(w, raw & 0x000ffffffffff000ULL &
				    ~w->m.cpu.encrypt, level - 1, c);
		else
			c->leaves[level]++;
	}
}

static struct census census_of(const struct fuzz_world *w)
{
	struct census c = { };

	take_census(w, w->m.xmap.map.root, w->m.x86.geo.levels - 1, &c);
	return c;
}

/* Some ranges are made as large as a machine can be. */
static void stretch(struct fuzz_request *r, struct fuzz_bytes *b)
{
	struct physmap_range *last = &r->range[r->req.nr_ranges - 1];
	const unsigned int choice = fuzz_number(b, 1);

	if (choice & 1)
		return;
	last->end += (u64)(choice >> 1) << (choice & 2 ? 30 : 39);
	if (last->outer_end < last->end)
		last->outer_end = last->end;
}

/*
 * How many steps a plan may take: each slot that exists a few times, what is
 * split, and for each edge of a hole or of a memory type a way down. Where
 * the map's offset is no multiple of a slot's size all slots have edges.
 */
static u64 budget(const struct fuzz_world *w, const struct fuzz_request *r,
		  const struct physmap_plan *plan, const struct census *c)
{
	const struct physmap_geometry *geo = &w->m.x86.geo;
	const u64 edges = (geo->nr_cuts + 4) * 8 * geo->levels;
	u64 sum = 256 + 4 * (u64)r->req.nr_ranges * (c->slots + edges);
	unsigned int i, level;

	sum += 4 * plan->splits * r->req.nr_ranges << geo->level[0].bits;
	for (level = 1; level < geo->levels; level++) {
		const u64 slot = 1ULL << geo->level[level].shift;

		if (!(w->m.xmap.map.offset & (slot - 1)))
			continue;
		for (i = 0; i < r->req.nr_ranges; i++)
			sum += 8 * ((r->range[i].end - r->range[i].start) / slot + 2);
	}
	return sum;
}

static u64 total(const u64 *by_level)
{
	u64 sum = 0;
	unsigned int level;

	for (level = 0; level < PHYSMAP_MAX_LEVELS; level++)
		sum += by_level[level];
	return sum;
}

/* The build after the plan takes what was planned, level by level. */
static void build_agrees(struct fuzz_world *w, const struct fuzz_request *r,
			 const struct physmap_plan *plan,
			 const struct census *before)
{
	struct physmap_report rep = { };
	struct physmap_refusal why;
	struct census after;
	unsigned int level;

	/* Nothing is live, so nothing can forbid a split. */
	if (physmap_build(&w->m.xmap.map, &r->req, &rep, &why))
		fuzz_fail("planned, yet refused: %s %s (level %u, address %#llx, offset %#llx)",
			  why.rule, why.what, why.level, why.pa,
			  w->m.xmap.map.offset);
	after = census_of(w);
	if (rep.tables_used != plan->tables)
		fuzz_fail("%llu tables were planned and %llu used",
			  plan->tables, rep.tables_used);
	if (total(rep.shape.split) != plan->splits)
		fuzz_fail("%llu splits were planned and %llu done",
			  plan->splits, total(rep.shape.split));
	for (level = 0; level < PHYSMAP_MAX_LEVELS; level++)
		if (rep.shape.leaves[level] != plan->leaves[level])
			fuzz_fail("%llu leaves of level %u were planned and %llu made",
				  plan->leaves[level], level,
				  rep.shape.leaves[level]);
	if (rep.shape.cleared)
		return;
	if (after.tables - before->tables != plan->tables)
		fuzz_fail("%llu tables were planned, %llu are there",
			  plan->tables, after.tables - before->tables);
	for (level = 0; !plan->splits && level < PHYSMAP_MAX_LEVELS; level++)
		if (after.leaves[level] - before->leaves[level] !=
		    plan->leaves[level])
			fuzz_fail("%llu leaves of level %u were planned, %llu are there",
				  plan->leaves[level], level,
				  after.leaves[level] - before->leaves[level]);
}

/* FUZZ_TELL=1 makes a replay say what is planned on which tables. */
static void tell(const struct fuzz_world *w, const struct fuzz_request *r)
{
	const struct physmap_geometry *geo = &w->m.x86.geo;
	unsigned int i;

	if (!getenv("FUZZ_TELL"))
		return;
	fprintf(stderr, "%u levels, leaves %#x, offset %#llx, cuts",
		geo->levels, geo->leaf_levels, w->m.xmap.map.offset);
	for (i = 0; i < geo->nr_cuts; i++)
		fprintf(stderr, " %#llx", geo->cuts[i]);
	fprintf(stderr, ", shifts");
	for (i = 0; i < geo->levels; i++)
		fprintf(stderr, " %u", geo->level[i].shift);
	for (i = 0; i < r->req.nr_ranges; i++)
		fprintf(stderr, "\nrange %#llx-%#llx, outer %#llx-%#llx, leaf levels %#x",
			r->range[i].start, r->range[i].end,
			r->range[i].outer_start, r->range[i].outer_end,
			r->range[i].leaf_levels);
	fputc('\n', stderr);
}

/* Of large leaves every page is looked at before it is split. */
static bool too_many_pages(const struct fuzz_world *w, const struct census *c)
{
	const struct physmap_geometry *geo = &w->m.x86.geo;
	u64 pages = 0;
	unsigned int level;

	for (level = 1; level < geo->levels; level++)
		pages += c->leaves[level] << (geo->level[level].shift - 12);
	return pages > SPLIT_PAGES;
}

static void plan_one(struct fuzz_world *w, const struct fuzz_request *r)
{
	struct physmap_map *map = &w->m.xmap.map;
	const struct census before = census_of(w);
	struct model_memory memory;
	struct physmap_refusal why;
	struct physmap_plan plan;
	u64 most;

	if (physmap_check(map, &r->req, &why) || too_many_pages(w, &before))
		return;
	tell(w, r);
	model_copy(&memory, &w->m.mem);
	steps = 0;
	if (physmap_plan(map, &r->req, &plan))
		fuzz_fail("a sound request has no plan");
	most = budget(w, r, &plan, &before);
	if (steps > most)
		fuzz_fail("planning took %llu steps, %llu would do", steps, most);
	if (!model_same(&memory, &w->m.mem) || memory.asked != w->m.mem.asked)
		fuzz_fail("planning wrote something");
	model_free(&memory);
	if (plan.tables <= BUILD_TABLES)
		build_agrees(w, r, &plan, &before);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct fuzz_world w;
	struct fuzz_bytes b = { data, size };
	struct physmap_format format;
	unsigned int n;

	fuzz_world_machine(&w, &b);
	/* Xen has a shape of its own; the engine's target has it too. */
	if (!w.xen) {
		count_steps(&w.m.x86, &format);
		w.m.xmap.map.live = false;
		if (w.m.cpu.levels > 3 && fuzz_below(&b, 3) == 1)
			shrink(&w, &b);
		else
			fuzz_world_tables(&w, &b);
		for (n = 0; n < REQUESTS && (b.left || !n); n++) {
			struct fuzz_request r;

			fuzz_world_request(&w, &b, &r);
			stretch(&r, &b);
			plan_one(&w, &r);
		}
	}
	fuzz_world_stop(&w);
	return 0;
}
