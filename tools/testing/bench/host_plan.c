// SPDX-License-Identifier: GPL-2.0-only
/*
 * Planning for memory that no machine of ours has, in as many pieces as
 * firmware, NUMA nodes and reserved memory cut it into. Nothing is built: what
 * the plan says is held against arithmetic, and slots that the walk came to are
 * counted, which a loop over pages could not hide from.
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "host.h"

#define NODES		128
#define PIECES		8	/* of each node */
#define GOAL_US		1000.0
/* Down and up again at both borders, some slots at each level. */
#define MOST_SLOTS	64	/* for each range */

const struct plan_row plan_rows[] = {
	{ "plan-64t-4k", "64 TiB in pieces, 4 levels, 4K pages",
	  HOST_X86_4LEVEL, 64 * TB, S4K },
	{ "plan-64t-1g", "the same in pages of 1G, 2M and 4K",
	  HOST_X86_4LEVEL, 64 * TB, S1G },
	{ "plan-128p-4k", "128 PiB in pieces, 5 levels, 4K pages",
	  HOST_X86_5LEVEL, 128 * PB, S4K },
	{ "plan-128p-1g", "the same in pages of 1G, 2M and 4K",
	  HOST_X86_5LEVEL, 128 * PB, S1G },
};

const int n_plan_rows = sizeof(plan_rows) / sizeof(plan_rows[0]);

/* splitmix64: the same numbers each time */
static u64 some(u64 *state, u64 below)
{
	u64 z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

/* Below 4 GiB, as a PC's firmware tells it. */
static unsigned int low_ranges(struct physmap_range *r, u32 levels)
{
	static const u64 low[][2] = {
		{ 0, 0x9f000 },			/* EBDA and ROMs follow */
		{ 0x100000, 0x6f3d7000 },	/* ACPI tables and runtime services */
		{ 0x6f5fe000, 0xc0000000 },	/* up to the PCI hole */
	};
	unsigned int n = sizeof(low) / sizeof(low[0]);

	for (unsigned int i = 0; i < n; i++)
		r[i] = ram(low[i][0], low[i][1], levels);
	return n;
}

/* Each node in pieces: up to 64 MiB are reserved, or another's, between two. */
static unsigned int node_ranges(struct physmap_range *r, u64 start, u64 end,
				u32 levels, u64 *state)
{
	const u64 piece = (end - start) / PIECES;

	for (unsigned int i = 0; i < PIECES; i++) {
		const u64 from = start + i * piece;

		r[i] = ram(from + some(state, 16384) * PAGE,
			   from + piece - some(state, 16384) * PAGE, levels);
	}
	return PIECES;
}

unsigned int plan_prepare(const struct plan_row *row, struct host_machine *m,
			  const struct arena *a, struct physmap_range *ranges)
{
	const u64 node = row->end / NODES;
	unsigned int n;
	u64 state = 1;

	machine_start(m, row->arch, a);
	n = low_ranges(ranges, row->leaf_levels);
	for (u64 i = 0; i < NODES; i++)
		n += node_ranges(ranges + n, i ? i * node : 4 * GB,
				 (i + 1) * node, row->leaf_levels, &state);
	return n;
}

/* As physmap_build() begins. */
static bool plan(struct host_machine *m, const struct physmap_request *req,
		 struct physmap_plan *p)
{
	struct physmap_refusal why;
	int err = physmap_check(&m->map, req, &why);

	if (err)
		fprintf(stderr, "host: cannot plan at %#llx: %s (%s, error %d)\n",
			why.pa, why.what, why.rule, err);
	return !err && !physmap_plan(&m->map, req, p);
}

static u64 bytes_of(const struct physmap_range *r, unsigned int n)
{
	u64 bytes = 0;

	for (unsigned int i = 0; i < n; i++)
		bytes += r[i].end - r[i].start;
	return bytes;
}

static u64 planned_bytes(const struct physmap_geometry *geo,
			 const struct physmap_plan *p)
{
	u64 bytes = 0;

	for (unsigned int i = 0; i < geo->levels; i++)
		bytes += p->leaves[i] * physmap_size(geo, i);
	return bytes;
}

static bool check(const struct plan_row *row, struct host_machine *m,
		  const struct physmap_request *req, json_t *j)
{
	const u64 minimum = minimal_tables(m, req->ranges, req->nr_ranges);
	const u64 bytes = bytes_of(req->ranges, req->nr_ranges);
	const u64 most = (u64)MOST_SLOTS * req->nr_ranges;
	struct physmap_plan p;

	machine_count_slots(m);
	if (!plan(m, req, &p))
		return false;
	json_object_set_new(j, "tables_planned", json_integer(p.tables));
	json_object_set_new(j, "tables_minimum", json_integer(minimum));
	json_object_set_new(j, "pages", json_integer(bytes / PAGE));
	json_object_set_new(j, "slots_looked_at", json_integer(m->slots));
	if (p.tables != minimum)
		fprintf(stderr, "host: %s: %llu tables are planned, and %llu would do\n",
			row->name, p.tables, minimum);
	if (planned_bytes(m->map.geo, &p) != bytes)
		fprintf(stderr, "host: %s: the plan is for %llu bytes of %llu\n",
			row->name, planned_bytes(m->map.geo, &p), bytes);
	if (m->slots > most)
		fprintf(stderr, "host: %s: %llu slots were looked at for %u ranges, more than %u each\n",
			row->name, m->slots, req->nr_ranges, MOST_SLOTS);
	return p.tables == minimum && m->slots <= most &&
	       planned_bytes(m->map.geo, &p) == bytes;
}

static bool measure(const struct host_options *o, struct host_machine *m,
		    const struct physmap_request *req, json_t *j)
{
	struct physmap_plan p;
	double us[MAX_RUNS];

	for (int i = 0; i < o->runs; i++) {
		const u64 began = spent_ns();

		if (!plan(m, req, &p))
			return false;
		us[i] = (spent_ns() - began) / 1e3;
	}
	json_object_set_new(j, "plan_us", json_real(median(us, o->runs)));
	return true;
}

static bool one(const struct host_options *o, const struct plan_row *row,
		const struct arena *a, json_t *list)
{
	static struct physmap_range ranges[PLAN_RANGES];
	struct host_machine m;
	const unsigned int n = plan_prepare(row, &m, a, ranges);
	const struct physmap_request req = request(ranges, n, PHYSMAP_TWO_PASS);
	json_t *j = json_pack("{s:s, s:i, s:i}", "name", row->name,
			      "ranges", (int)n, "runs", o->runs);

	json_array_append_new(list, j);
	return measure(o, &m, &req, j) && check(row, &m, &req, j);
}

bool plan_measure(const struct host_options *o, const struct arena *a,
		  json_t *list)
{
	for (int i = 0; i < n_plan_rows; i++) {
		const double began = now_seconds();

		if (!selected(o->only, plan_rows[i].name))
			continue;
		if (!one(o, &plan_rows[i], a, list))
			return false;
		told(plan_rows[i].name, "planned", began);
	}
	return true;
}

static json_int_t number(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

void plan_print(const json_t *list)
{
	const json_t *j;
	size_t i;

	if (json_array_size(list))
		printf("\n%-18s %7s %15s %13s %13s %9s %9s  %s\n", "planning",
		       "ranges", "4K pages", "tables", "minimum", "slots",
		       "us", "goal: < 1000 us");
	json_array_foreach(list, i, j) {
		const double us = json_real_value(json_object_get(j, "plan_us"));

		printf("%-18s %7lld %15lld %13lld %13lld %9lld %9.1f  %s\n",
		       json_string_value(json_object_get(j, "name")),
		       number(j, "ranges"), number(j, "pages"),
		       number(j, "tables_planned"), number(j, "tables_minimum"),
		       number(j, "slots_looked_at"), us,
		       us < GOAL_US ? "met" : "missed");
	}
}

void plan_list(void)
{
	for (int i = 0; i < n_plan_rows; i++)
		printf("%-22s %s\n", plan_rows[i].name, plan_rows[i].about);
}
