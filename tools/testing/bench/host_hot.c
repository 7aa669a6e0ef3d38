// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is added to a live map and taken out of it again. Adding is the
 * engine's; taking out is Linux's own, and stands here as it could be done at
 * best: all entries of a range cleared, one flush, then the tables are given
 * back. A judge of the model sees all of it once, and once more with that flush
 * left out, which it must object to.
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "host.h"
#include "judge.h"	/* tools/testing/model */

#define BASE_END	(4 * GB)	/* what boot has mapped */
#define FROM		(16 * GB)	/* where memory is added */
#define ENTRIES		512
#define FRAME		0x000ffffffffff000ULL
#define LARGE		0x80ULL

struct hot_row {
	const char *name, *about;
	u64 bytes;			/* whole gigabytes */
	u32 leaf_levels;
	bool judged;			/* it remembers every leaf that is gone */
};

static const struct hot_row hot_rows[] = {
	{ "hot-2g-4k", "2 GiB come, go and come again, 4K pages", 2 * GB, S4K,
	  true },
	{ "hot-64g-4k", "the same with 64 GiB, not judged", 64 * GB, S4K,
	  false },
	{ "hot-2g-1g", "2 GiB in pages of 1G", 2 * GB, S1G, true },
	{ "hot-64g-1g", "64 GiB in pages of 1G", 64 * GB, S1G, true },
};

#define N_ROWS	((int)(sizeof(hot_rows) / sizeof(hot_rows[0])))

u64 hot_arena(const struct host_options *o)
{
	u64 pages = 0;

	for (int i = 0; i < N_ROWS; i++)
		if (selected(o->only, hot_rows[i].name) &&
		    (BASE_END + hot_rows[i].bytes) / (2 * MB) + KB > pages)
			pages = (BASE_END + hot_rows[i].bytes) / (2 * MB) + KB;
	return pages * PAGE;
}

/* What an add has taken. */
struct added {
	u64 ns, tables, leaves, flushes;
};

static u64 all_leaves(const struct physmap_report *rep)
{
	return rep->shape.leaves[0] + rep->shape.leaves[1] +
	       rep->shape.leaves[2];
}

static bool add(struct host_machine *m, const struct hot_row *row,
		struct added *added)
{
	const struct physmap_report *rep = &m->report;
	const struct physmap_range r = ram(FROM, FROM + row->bytes,
					   row->leaf_levels);
	const u64 taken = m->taken, leaves = all_leaves(rep);
	const u64 began = spent_ns(), flushes = m->flushes;

	if (!machine_build(m, &r, 1, PHYSMAP_FINAL_ON_FRESH))
		return false;
	added->ns = spent_ns() - began;
	added->flushes = m->flushes - flushes;
	added->tables = m->taken - taken;
	added->leaves = all_leaves(rep) - leaves;
	return true;
}

static void clear(struct host_machine *m, u64 table, unsigned int level,
		  unsigned int index, unsigned int count, u64 pa)
{
	const struct physmap_run run = {
		.table = table,
		.va = pa + m->map.offset,
		.level = level,
		.index = index,
		.count = count,
	};

	m->hooks.write(&m->map, &run, NULL);
}

/* A table's entries first, then what points to it. */
static void clear_slot(struct host_machine *m, u64 table, unsigned int level,
		       unsigned int index, u64 pa)
{
	const u64 raw = machine_table(m, table)[index];
	const u64 child = raw & FRAME;
	const u64 size = 1ULL << (12 + 9 * (level - 1));

	if (!(raw & LARGE) && level == 1)
		clear(m, child, 0, 0, ENTRIES, pa);
	else if (!(raw & LARGE))
		for (unsigned int i = 0; i < ENTRIES; i++)
			clear_slot(m, child, level - 1, i, pa + i * size);
	clear(m, table, level, index, 1, pa);
}

/* All of it is in one slot of the root table, as the base is. */
static void remove_range(struct host_machine *m, const struct hot_row *row,
			 u64 tables, bool flush)
{
	const u64 root = machine_table(m, m->map.root)
		[m->map.offset >> 39 & (ENTRIES - 1)];

	for (u64 pa = FROM; pa < FROM + row->bytes; pa += GB)
		clear_slot(m, root & FRAME, 2, pa / GB, pa);
	if (flush)
		m->hooks.flush(&m->map, NULL);
	/* They came last. */
	m->taken -= tables;
}

/* Boot's part, by two passes, and then hardware walks it. */
static bool start(struct host_machine *m, const struct hot_row *row,
		  const struct arena *a)
{
	const struct physmap_range base = ram(0, BASE_END, row->leaf_levels);

	machine_start(m, HOST_X86_4LEVEL, a);
	if (!machine_build(m, &base, 1, PHYSMAP_TWO_PASS))
		return false;
	m->map.live = true;
	return true;
}

static u64 minimum(const struct host_machine *m, const struct hot_row *row)
{
	const struct physmap_range both[] = {
		ram(0, BASE_END, row->leaf_levels),
		ram(FROM, FROM + row->bytes, row->leaf_levels),
	};

	return minimal_tables(m, both, 2) - minimal_tables(m, both, 1);
}

static bool mapped(const struct host_machine *m, const struct hot_row *row)
{
	return !wrong_pages(m, 0, BASE_END) &&
	       !wrong_pages(m, FROM, FROM + row->bytes);
}

static bool gone(const struct host_machine *m, const struct hot_row *row)
{
	return !wrong_pages(m, 0, BASE_END) &&
	       wrong_pages(m, FROM, FROM + row->bytes) == row->bytes / PAGE;
}

static void look(struct host_machine *m, struct judge *judge)
{
	struct judge_machine machine;

	judge_machine_x86(&machine, 4);
	machine.pa_bits = 46;
	machine.cpus = 4;
	machine.nx = true;
	machine.pse = true;
	machine.gbpages = true;
	machine.pge = true;
	judge_start(judge, &machine);
	m->map.recorder = &judge->recorder;
	physmap_record_tables(&m->map);
}

/* What came of it. */
struct went {
	u64 flushes;			/* of the removal */
	u64 violations;
	struct judge_violation first;
};

/* Adds, removes and adds again. */
static bool come_and_go(struct host_machine *m, const struct hot_row *row,
			bool flush, struct judge *judge, struct went *went)
{
	struct added added;
	bool ok = add(m, row, &added) && mapped(m, row);

	went->flushes = m->flushes;
	remove_range(m, row, added.tables, flush);
	went->flushes = m->flushes - went->flushes;
	/* It is over: no CPU may still translate what is gone. */
	if (row->judged)
		judge_tlb_deadline(judge);
	ok = ok && gone(m, row) && add(m, row, &added) && mapped(m, row);
	if (!ok)
		fprintf(stderr, "host: %s: a page is not mapped as it should be, or still is\n",
			row->name);
	return ok;
}

static bool went(const struct hot_row *row, const struct arena *a, bool flush,
		 struct went *went)
{
	static struct host_machine m;
	struct judge judge = { };
	bool ok;

	if (!start(&m, row, a))
		return false;
	if (row->judged)
		look(&m, &judge);
	ok = come_and_go(&m, row, flush, &judge, went);
	went->violations = judge.violations;
	went->first = judge.first;
	if (row->judged)
		judge_stop(&judge);
	return ok;
}

/* With the flush there is nothing to object to, without it there must be. */
static bool judged(const struct hot_row *row, const struct arena *a, json_t *j)
{
	struct went with, without;

	if (!went(row, a, true, &with))
		return false;
	json_object_set_new(j, "remove_flushes", json_integer(with.flushes));
	if (with.violations)
		fprintf(stderr, "host: %s: %s, event %llu at %#llx: %s\n",
			row->name, with.first.rule, with.first.number,
			with.first.va, with.first.text);
	if (with.violations || !row->judged)
		return !with.violations;
	if (!went(row, a, false, &without))
		return false;
	if (!without.violations)
		fprintf(stderr, "host: %s: no flush, and the judge says nothing\n",
			row->name);
	json_object_set_new(j, "without_flush",
			    json_string(without.first.rule ?: "nothing"));
	return without.violations;
}

static double time_memset(const struct host_machine *m, u64 tables)
{
	const u64 began = spent_ns();

	memset(m->arena->memory + (m->taken - tables) * PAGE, NOT_ZERO,
	       tables * PAGE);
	return spent_ns() - began;
}

/* The first turn warms up. */
static bool measure(const struct host_options *o, const struct hot_row *row,
		    const struct arena *a, struct added *added, json_t *j)
{
	double us[MAX_RUNS], ratio[MAX_RUNS];
	static struct host_machine m;

	for (int i = 0; i <= o->runs; i++) {
		const int k = i ? i - 1 : 0;

		if (!start(&m, row, a) || !add(&m, row, added))
			return false;
		us[k] = added->ns / 1e3;
		ratio[k] = time_memset(&m, added->tables) / added->ns;
	}
	json_object_set_new(j, "add_us", json_real(median(us, o->runs)));
	/* Of a table or two there is nothing to compare. */
	json_object_set_new(j, "ratio_to_memset", added->tables < 512 ? json_null() :
			    json_real(median(ratio, o->runs)));
	if (added->tables == minimum(&m, row))
		return true;
	fprintf(stderr, "host: %s: %llu tables were taken, and %llu would do\n",
		row->name, added->tables, minimum(&m, row));
	return false;
}

static bool one(const struct host_options *o, const struct hot_row *row,
		const struct arena *a, json_t *list)
{
	json_t *j = json_pack("{s:s, s:f, s:i}", "name", row->name, "gib",
			      (double)row->bytes / GB, "runs", o->runs);
	struct added added;
	bool ok;

	json_array_append_new(list, j);
	ok = measure(o, row, a, &added, j);
	json_object_set_new(j, "leaves", json_integer(added.leaves));
	json_object_set_new(j, "tables", json_integer(added.tables));
	/* Each entry once; each table has one that points to it. */
	json_object_set_new(j, "stores",
			    json_integer(added.leaves + added.tables));
	json_object_set_new(j, "add_flushes", json_integer(added.flushes));
	return ok && judged(row, a, j);
}

bool hot_measure(const struct host_options *o, const struct arena *a,
		 json_t *list)
{
	for (int i = 0; i < N_ROWS; i++) {
		const double began = now_seconds();

		if (!selected(o->only, hot_rows[i].name))
			continue;
		if (!one(o, &hot_rows[i], a, list))
			return false;
		told(hot_rows[i].name, "added, removed and judged", began);
	}
	return true;
}

static json_int_t number(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

static void print_head(void)
{
	printf("\n%-18s %10s %8s %10s %9s %8s | %7s %7s | %s\n", "hot-add",
	       "", "", "", "", "rate to", "flushes", "", "without the flush");
	printf("%-18s %10s %8s %10s %9s %8s | %7s %7s | %s\n", "", "leaves",
	       "tables", "stores", "us", "memset's", "add", "remove",
	       "the judge names");
}

void hot_print(const json_t *list)
{
	const json_t *j;
	size_t i;

	if (json_array_size(list))
		print_head();
	json_array_foreach(list, i, j) {
		const json_t *ratio = json_object_get(j, "ratio_to_memset");
		char text[16] = "-";

		if (json_is_real(ratio))
			snprintf(text, sizeof(text), "%.2f",
				 json_real_value(ratio));
		printf("%-18s %10lld %8lld %10lld %9.1f %8s | %7lld %7lld | %s\n",
		       json_string_value(json_object_get(j, "name")),
		       number(j, "leaves"), number(j, "tables"),
		       number(j, "stores"),
		       json_real_value(json_object_get(j, "add_us")), text,
		       number(j, "add_flushes"), number(j, "remove_flushes"),
		       json_string_value(json_object_get(j, "without_flush")) ?:
		       "(not judged)");
	}
}

void hot_list(void)
{
	for (int i = 0; i < N_ROWS; i++)
		printf("%-22s %s\n", hot_rows[i].name, hot_rows[i].about);
}
