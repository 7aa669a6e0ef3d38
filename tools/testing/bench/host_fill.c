// SPDX-License-Identifier: GPL-2.0-only
/*
 * How fast the engine fills 4K tables beside memset() of the very same bytes, in
 * turns in one process, several times over. The figures are ratios: medians of
 * what each turn gives, so that a machine that is busy elsewhere slows down both.
 * What was built is looked at, entry by entry.
 *
 * memset() writes a byte that is not zero, as no entry is. Large pieces of zeros
 * are something else to some processors: they have whole lines zeroed, which
 * writes nothing else. That is told beside it, and so is what two plain loops
 * take that store every word and then change every word, for each entry has to be
 * one store (X86-TLB-20).
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "host.h"

#define GOAL_TO_MEMSET	0.7
#define GOAL_PASS2	1.0
#define LINE		8	/* words of a cache line */

struct fill_row {
	const char *name, *about;
	enum host_arch arch;
	u64 ram;
	bool untouched;		/* each turn is the first to touch its pages */
};

static const struct fill_row fill_rows[] = {
	{ "x86-64g", "64 GiB in 4K pages", HOST_X86_4LEVEL, 64 * GB, false },
	{ "x86-256g", "256 GiB in 4K pages", HOST_X86_4LEVEL, 256 * GB, false },
	{ "x86-1t", "1 TiB in 4K pages", HOST_X86_4LEVEL, TB, false },
	{ "x86-64g-untouched", "64 GiB, tables in memory nobody has touched",
	  HOST_X86_4LEVEL, 64 * GB, true },
	{ "arm64-64g", "64 GiB in 4K pages, arm64's backend in C",
	  HOST_ARM64, 64 * GB, false },
};

#define N_FILL_ROWS	((int)(sizeof(fill_rows) / sizeof(fill_rows[0])))

/* The engine's policies, and no engine at all. */
enum filler {
	FILL_TWO_PASS = PHYSMAP_TWO_PASS,
	FILL_FRESH = PHYSMAP_FINAL_ON_FRESH,
	FILL_LOOPS, N_FILLERS
};

static const char *const fillers[] = {
	[FILL_TWO_PASS] = "two-pass",
	[FILL_FRESH] = "fresh",
	[FILL_LOOPS] = "loops",
};

/* Nanoseconds of one turn of everything. */
struct turn {
	double memset, zeros;
	struct {
		double whole;		/* all of physmap_build() */
		double pass1, pass2;
	} built[N_FILLERS];
};

static u64 tables_for(u64 ram)
{
	/* Leaf tables are 1/512 of it, the tables above them 1/512 of that. */
	return ram / (2 * MB) + ram / GB + ram / (512 * GB) + 8;
}

u64 fill_arena(const struct host_options *o)
{
	u64 pages = 0;

	for (int i = 0; i < N_FILL_ROWS; i++)
		if (selected(o->only, fill_rows[i].name) &&
		    tables_for(fill_rows[i].ram) > pages)
			pages = tables_for(fill_rows[i].ram);
	return pages * PAGE;
}

static void prepare(const struct fill_row *row, const struct arena *a)
{
	if (row->untouched)
		arena_renew(a, a->pages);
}

static double time_memset(const struct fill_row *row, const struct arena *a,
			  u64 pages, int byte)
{
	u64 began;

	prepare(row, a);
	began = spent_ns();
	memset(a->memory, byte, pages * PAGE);
	return spent_ns() - began;
}

static bool check(const struct fill_row *row, const struct host_machine *m,
		  const struct physmap_range *r)
{
	const u64 minimum = minimal_tables(m, r, 1);
	const u64 wrong = wrong_pages(m, r->start, r->end);

	if (wrong)
		fprintf(stderr, "host: %s: %llu pages are not mapped as they should be\n",
			row->name, wrong);
	if (m->taken - 1 != minimum)
		fprintf(stderr, "host: %s: %llu tables were taken, and %llu would do\n",
			row->name, m->taken - 1, minimum);
	return !wrong && m->taken - 1 == minimum;
}

static bool build(const struct fill_row *row, const struct arena *a,
		  enum filler by, struct turn *t, bool look)
{
	const struct physmap_range r = ram(0, row->ram, S4K);
	static struct host_machine m;
	u64 began;

	prepare(row, a);
	machine_start(&m, row->arch, a);
	began = spent_ns();
	if (!machine_build(&m, &r, 1, (enum physmap_policy)by))
		return false;
	t->built[by].whole = spent_ns() - began;
	t->built[by].pass1 = m.report.shape.cost.cycles;
	t->built[by].pass2 = m.report.attributes.cost.cycles;
	return !look || check(row, &m, &r);
}

/* Unrolled, so that it does not matter where a loop lies. */
static void store_words(u64 *word, u64 n)
{
	u64 raw = 1;

#pragma GCC unroll 8
	for (u64 i = 0; i < n; i++, raw += PAGE)
		WRITE_ONCE(word[i], raw);
}

/* A line is read and then written, which is faster than word by word. */
static void change_words(u64 *word, u64 n)
{
	u64 line[LINE];

	for (u64 *end = word + n; word < end; word += LINE) {
#pragma GCC unroll 8
		for (int i = 0; i < LINE; i++)
			line[i] = READ_ONCE(word[i]);
#pragma GCC unroll 8
		for (int i = 0; i < LINE; i++)
			WRITE_ONCE(word[i], line[i] ^ 1);
	}
}

static void loop(const struct fill_row *row, const struct arena *a, u64 pages,
		 struct turn *t)
{
	u64 *first = (u64 *)a->memory, words = pages * PAGE / sizeof(u64);
	u64 began, between;

	prepare(row, a);
	began = spent_ns();
	store_words(first, words);
	between = spent_ns();
	change_words(first, words);
	t->built[FILL_LOOPS].whole = spent_ns() - began;
	t->built[FILL_LOOPS].pass1 = between - began;
	t->built[FILL_LOOPS].pass2 = t->built[FILL_LOOPS].whole -
				     t->built[FILL_LOOPS].pass1;
}

/* The first turn is for looking and for warming up; it is not measured. */
static bool take_turns(const struct host_options *o, const struct fill_row *row,
		       const struct arena *a, u64 pages, struct turn *turns)
{
	for (int i = 0; i <= o->runs; i++) {
		struct turn *t = &turns[i ? i - 1 : 0];

		t->zeros = time_memset(row, a, pages, 0);
		t->memset = time_memset(row, a, pages, NOT_ZERO);
		for (int f = 0; f < FILL_LOOPS; f++)
			if (!build(row, a, f, t, !i))
				return false;
		loop(row, a, pages, t);
	}
	return true;
}

/* What a turn says of a filler; each is a column. */
enum figure {
	MEMSET_MS, PASS1_MS, TO_MEMSET, TO_ZEROS, BOTH_TO_MEMSET,
	PASS2_MS, PASS2_TO_PASS1, N_FIGURES,
	N_FIGURES_FRESH = PASS2_MS
};

static const char *const keys[N_FIGURES] = {
	[MEMSET_MS] = "memset_ms",
	[PASS1_MS] = "pass1_ms",
	[PASS2_MS] = "pass2_ms",
	[TO_MEMSET] = "ratio_to_memset",
	[TO_ZEROS] = "ratio_to_memset_of_zeros",
	[PASS2_TO_PASS1] = "pass2_to_pass1",
	[BOTH_TO_MEMSET] = "both_passes_to_memset",
};

/* To fill is all but pass 2: to plan, to reserve and pass 1. */
static double figure(const struct turn *t, enum filler by, enum figure f)
{
	const double fill = t->built[by].whole - t->built[by].pass2;

	switch (f) {
	case MEMSET_MS:
		return t->memset / 1e6;
	case PASS1_MS:
		return t->built[by].pass1 / 1e6;
	case PASS2_MS:
		return t->built[by].pass2 / 1e6;
	case TO_MEMSET:
		return t->memset / fill;
	case TO_ZEROS:
		return t->zeros / fill;
	case PASS2_TO_PASS1:
		return t->built[by].pass2 / t->built[by].pass1;
	case BOTH_TO_MEMSET:
		return t->memset / t->built[by].whole;
	case N_FIGURES:
		break;
	}
	return 0;
}

static json_t *row_json(const struct host_options *o, const struct fill_row *row,
			enum filler by, u64 pages, const struct turn *turns)
{
	json_t *j = json_pack("{s:s, s:s, s:f, s:s, s:i, s:I}",
			      "name", row->name,
			      "builder", fillers[by],
			      "gib", (double)row->ram / GB,
			      "memory", row->untouched ? "untouched" : "warm",
			      "runs", o->runs,
			      "tables", (json_int_t)pages);

	const int n = by == FILL_FRESH ? N_FIGURES_FRESH : N_FIGURES;

	for (int f = 0; f < n; f++) {
		double v[MAX_RUNS];

		for (int i = 0; i < o->runs; i++)
			v[i] = figure(&turns[i], by, f);
		json_object_set_new(j, keys[f], json_real(median(v, o->runs)));
	}
	return j;
}

bool fill_measure(const struct host_options *o, struct arena *a, json_t *list)
{
	struct turn turns[MAX_RUNS];

	for (int i = 0; i < N_FILL_ROWS; i++) {
		const struct fill_row *row = &fill_rows[i];
		const double began = now_seconds();
		const struct physmap_range r = ram(0, row->ram, S4K);
		struct host_machine m;
		u64 pages;

		if (!selected(o->only, row->name))
			continue;
		machine_start(&m, row->arch, a);
		pages = 1 + minimal_tables(&m, &r, 1);
		if (!take_turns(o, row, a, pages, turns))
			return false;
		for (int f = 0; f < N_FILLERS; f++)
			json_array_append_new(list, row_json(o, row, f, pages,
							     turns));
		told(row->name, "filled and looked at", began);
	}
	return true;
}

static double real(const json_t *j, enum figure f)
{
	return json_real_value(json_object_get(j, keys[f]));
}

static const char *text(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

static const char *met(const json_t *j)
{
	if (!strcmp(text(j, "builder"), fillers[FILL_LOOPS]))
		return "(no engine)";
	if (real(j, TO_MEMSET) < GOAL_TO_MEMSET)
		return "missed: rate";
	return real(j, PASS2_TO_PASS1) > GOAL_PASS2 ? "missed: pass 2" : "met";
}

static void print_head(void)
{
	printf("\n%-18s %-9s %8s %10s %8s | %8s %8s %8s | %8s %6s  %s\n",
	       "filling 4K tables", "", "", "", "", "rate to", "to that", "both",
	       "", "to", "goal: rate >= 0.7,");
	printf("%-18s %-9s %8s %10s %8s | %8s %8s %8s | %8s %6s  %s\n", "", "",
	       "tables", "memset, ms", "pass 1", "memset's", "of zeros", "passes",
	       "pass 2", "pass 1", "pass 2 <= pass 1");
}

static void print_row(const json_t *j)
{
	printf("%-18s %-9s %8lld %10.1f %8.1f | %8.2f %8.2f %8.2f | ",
	       text(j, "name"), text(j, "builder"),
	       json_integer_value(json_object_get(j, "tables")),
	       real(j, MEMSET_MS), real(j, PASS1_MS), real(j, TO_MEMSET),
	       real(j, TO_ZEROS), real(j, BOTH_TO_MEMSET));
	if (json_object_get(j, keys[PASS2_MS]))
		printf("%8.1f %6.2f  %s\n", real(j, PASS2_MS),
		       real(j, PASS2_TO_PASS1), met(j));
	else
		printf("%8s %6s  %s\n", "-", "-", met(j));
}

void fill_print(const json_t *list)
{
	const json_t *j;
	size_t i;

	if (json_array_size(list))
		print_head();
	json_array_foreach(list, i, j)
		print_row(j);
}

void fill_list(void)
{
	for (int i = 0; i < N_FILL_ROWS; i++)
		printf("%-22s %s\n", fill_rows[i].name, fill_rows[i].about);
}
