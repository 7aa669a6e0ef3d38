// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plans: the number of table pages is exact, which a brute count over pages
 * confirms; huge requests cost no loop over pages; nothing is written.
 */
#include <stdio.h>
#include "support.h"

#define MAX_RANGES	6

/* Counted page by page: what a build on an empty map takes. */
struct brute {
	u64 tables;
	u64 leaves[3];
};

static unsigned int leaf_level(const struct physmap_range *r, u64 pa, u64 offset)
{
	unsigned int level;

	for (level = 2; level; level--) {
		const u64 size = 1ULL << (12 + 9 * level);
		const u64 start = pa & ~(size - 1);

		if ((r->leaf_levels >> level & 1) && start >= r->start &&
		    start + size <= r->end && !(offset & (size - 1)))
			return level;
	}
	return 0;
}

static struct brute count(const struct physmap_range *r, unsigned int nr)
{
	u64 last_table[PHYSMAP_MAX_LEVELS], last_leaf[3];
	struct brute b = { };
	unsigned int i, level;

	memset(last_table, 0xff, sizeof(last_table));
	memset(last_leaf, 0xff, sizeof(last_leaf));
	for (i = 0; i < nr; i++) {
		u64 pa;

		for (pa = r[i].start; pa < r[i].end; pa += 4 * KB) {
			const u64 va = pa + map->offset;

			level = leaf_level(&r[i], pa, map->offset);
			b.leaves[level] += last_leaf[level] != va >> (12 + 9 * level);
			last_leaf[level] = va >> (12 + 9 * level);
			/* Each slot above the leaf, but the root, is a table. */
			while (++level < m.cpu.levels) {
				const u64 slot = va >> (12 + 9 * level);

				b.tables += last_table[level] != slot;
				last_table[level] = slot;
			}
		}
	}
	return b;
}

static void exact(const struct physmap_request *req, u64 tables)
{
	const u64 asked = m.mem.asked, reachable = model_tables(&m.mem, &m.cpu);

	assert_int_equal(plan(req).tables, tables);
	if (build(req))
		fail_msg("%s: %s", why.rule, why.what);
	assert_int_equal(m.mem.asked - asked, tables);
	assert_int_equal(model_tables(&m.mem, &m.cpu) - reachable, tables);
	assert_int_equal(report.tables_planned, report.tables_used);
	assert_int_equal(m.mem.out, report.tables_used);
}

static void exact_on_empty(const struct physmap_range *r, unsigned int nr)
{
	const struct physmap_request req = ask(r, nr, PHYSMAP_FINAL_ON_FRESH);
	const struct brute b = count(r, nr);
	const struct physmap_plan p = plan(&req);
	unsigned int level;

	for (level = 0; level < 3; level++)
		assert_int_equal(p.leaves[level], b.leaves[level]);
	exact(&req, b.tables);
	for (level = 0; level < 3; level++)
		assert_int_equal(report.shape.leaves[level], b.leaves[level]);
}

static const struct physmap_x86_machine *machines[] = { &long4, &long5 };
static const u32 sizes[] = { S4K, S2M, S1G, S4K | PHYSMAP_LEVEL(2) };

static void aligned_and_ragged(void **state)
{
	static const struct { u64 start, end; } spans[] = {
		{ 0, 4 * KB }, { 0, 2 * MB }, { 0, 1 * GB },
		{ 4 * KB, 8 * KB }, { 2 * MB - 4 * KB, 2 * MB + 4 * KB },
		{ 3 * MB, 9 * MB + 12 * KB }, { 1 * GB - 4 * KB, 2 * GB + 4 * KB },
		{ 511 * GB + 1020 * MB, 513 * GB }, { 510 * GB, 514 * GB },
		{ 2 * MB, 1 * GB + 2 * MB },
	};
	unsigned int i, j, k;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		for (j = 0; j < ARRAY_SIZE(sizes); j++)
			for (k = 0; k < ARRAY_SIZE(spans); k++) {
				const struct physmap_range r =
					range(spans[k].start, spans[k].end, sizes[j]);

				begin(machines[i]);
				exact_on_empty(&r, 1);
			}
}

static void shared_tables(void **state)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			const struct physmap_range r[] = {
				range(0, 640 * KB, sizes[j]),
				range(MB, 1536 * KB, sizes[j]),
				range(1540 * KB, 300 * MB, sizes[j]),
				range(300 * MB, 700 * MB + 4 * KB, sizes[j]),
				range(2 * GB - 4 * KB, 4 * GB + 4 * KB, sizes[j]),
				range(4 * GB + 8 * KB, 4 * GB + 16 * KB, sizes[j]),
			};

			begin(machines[i]);
			exact_on_empty(r, ARRAY_SIZE(r));
		}
}

static void kaslr(void **state)
{
	static const u64 moves[] = { 1, 3, 511, 512, 777 };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(moves); i++)
		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			const struct physmap_range r[] = {
				range(4 * KB, 1 * GB + 4 * KB, sizes[j]),
				range(1 * GB + 1 * MB, 4 * GB, sizes[j]),
			};

			begin(i & 1 ? &long5 : &long4);
			move_map(moves[i] * GB);
			exact_on_empty(r, ARRAY_SIZE(r));
			must_map(4 * KB, 8 * KB, 0, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
		}
}

/* Physical and virtual address must be aligned alike for a large leaf. */
static void an_offset_that_is_no_multiple_of_a_leaf(void **state)
{
	const struct physmap_range r = range(0, 2 * GB, S1G);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	move_map(2 * MB);
	assert_int_equal(plan(&req).leaves[2], 0);
	assert_int_equal(plan(&req).leaves[1], 1024);
	exact_on_empty(&r, 1);
}

static void existing_tables(void **state)
{
	struct physmap_range r = range(2 * MB, 6 * MB, S4K);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	must_build(0, 2 * MB + 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	/* The table of [2M, 4M) and all above it exist. */
	assert_int_equal(plan(&req).leaves[0], 1024 - 1);
	assert_int_equal(plan(&req).kept[0], 1);
	exact(&req, 1);
	assert_int_equal(plan(&req).leaves[0], 0);
	assert_int_equal(plan(&req).kept[0], 1024);
	exact(&req, 0);
}

static void existing_leaves(void **state)
{
	struct physmap_range r = range(0, 1 * GB, S1G);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	must_build(4 * MB, 8 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	/* The 1G slot has a table now, so 2M it is. */
	assert_int_equal(plan(&req).leaves[1], 510);
	assert_int_equal(plan(&req).leaves[2], 0);
	assert_int_equal(plan(&req).kept[1], 2);
	exact(&req, 0);
}

/* Splits cost a table each; the plan reads children that do not exist yet. */
static void split(u32 before, u64 start, u64 end, u32 sizes_now, u64 tables,
		  u64 splits)
{
	const struct physmap_range r = range(start, end, sizes_now);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_FINAL_ON_FRESH);
	struct physmap_plan p;
	unsigned int i;
	u64 split = 0;

	begin(&long4);
	must_build(0, 2 * GB, before, PHYSMAP_FINAL_ON_FRESH);
	p = plan(&req);
	assert_int_equal(p.splits, splits);
	assert_int_equal(p.leaves[0] + p.leaves[1] + p.leaves[2], 0);
	exact(&req, tables);
	for (i = 0; i < 3; i++)
		split += report.shape.split[i];
	assert_int_equal(split, splits);
}

static void splits(void **state)
{
	split(S2M, 0, 4 * KB, S4K, 1, 1);
	split(S2M, 0, 4 * MB, S4K, 2, 2);
	split(S2M, 4 * MB - 4 * KB, 4 * MB + 4 * KB, S4K, 2, 2);
	split(S2M, 0, 1 * GB, S2M, 0, 0);
	split(S1G, 0, 4 * KB, S2M, 1, 1);
	split(S1G, 0, 4 * KB, S4K, 2, 2);
	split(S1G, 0, 1 * GB, S2M, 1, 1);
	split(S1G, 0, 1 * GB, S4K, 513, 513);
	split(S1G, 1 * GB - 2 * MB, 1 * GB + 2 * MB, S4K, 4, 4);
}

static void two_ranges_in_one_split(void **state)
{
	const struct physmap_range r[] = {
		range(0, 4 * KB, S4K), range(8 * KB, 12 * KB, S4K),
		range(1020 * MB, 1020 * MB + 4 * KB, S4K),
	};
	const struct physmap_request req = ask(r, 3, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	must_build(0, 1 * GB, S1G, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(plan(&req).splits, 3);
	exact(&req, 3);
}

/* What somebody keeps at a slot is no place for a table (X86-LNX-1). */
static void not_present_entries(void **state)
{
	const struct physmap_range r = range(0, 8 * MB, S4K);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	*slot_at(map->offset + 4 * MB, 1) = 0x1000;
	*slot_at(map->offset + 8 * KB, 0) = 0x1000;
	assert_int_equal(plan(&req).leaves[0], 3 * 512 - 2);
	assert_int_equal(plan(&req).kept[0], 2);
	assert_int_equal(plan(&req).kept[1], 1);
	exact(&req, 2);
	must_not_map(4 * MB, 6 * MB);
	must_not_map(8 * KB, 12 * KB);
}

static void huge_4_levels(void **state)
{
	const struct physmap_range r = range(0, 64 * TB, S4K);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);
	struct physmap_plan p;

	begin(&long4);
	assert_int_equal(physmap_check(map, &req, &why), 0);
	p = plan(&req);
	assert_int_equal(p.leaves[0], 1ULL << 34);
	assert_int_equal(p.tables, (1ULL << 25) + (1ULL << 16) + (1ULL << 7));
	assert_true(m.reads < 1000);
}

/* The whole of a 57-bit address space; no CPU has it, the arithmetic does. */
static void huge_5_levels(void **state)
{
	const struct physmap_range r = range(0, 128 * PB, S4K);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);
	struct physmap_x86_machine x86 = long5;
	struct physmap_plan p;

	x86.pa_bits = 57;
	begin(&x86);
	map->offset = 0;
	map->va_start = 0;
	map->va_limit = 128 * PB;
	assert_int_equal(physmap_check(map, &req, &why), 0);
	p = plan(&req);
	assert_int_equal(p.leaves[0], 1ULL << 45);
	assert_int_equal(p.tables, (1ULL << 36) + (1ULL << 27) + (1ULL << 18) +
				   (1ULL << 9));
	assert_true(m.reads < 10000);
}

/* With KASLR no slot above 1G is aligned: it is still no loop over pages. */
static void huge_kaslr(void **state)
{
	const struct physmap_range r = range(0, 63 * TB, S4K);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);

	begin(&long4);
	move_map(7 * GB);
	assert_int_equal(plan(&req).leaves[0], 63 * TB / (4 * KB));
	assert_int_equal(plan(&req).tables, 63 * TB / (2 * MB) + 63 * TB / GB +
					    63 * TB / (512 * GB) + 1);
	assert_true(m.reads < 2000);
}

/* X86-MT-1: a memory type that changes inside of a slot. */
static void cuts(void **state)
{
	const struct physmap_range r = range(0, 4 * GB, S1G);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_FINAL_ON_FRESH);
	struct physmap_plan p;

	begin(&long4);
	m.x86.geo.cuts[0] = 1 * GB + 512 * MB;	/* on a 2M edge */
	m.x86.geo.cuts[1] = 3 * GB + 3 * MB;	/* inside of 2M */
	m.x86.geo.nr_cuts = 2;
	p = plan(&req);
	assert_int_equal(p.leaves[2], 2);
	assert_int_equal(p.leaves[1], 512 + 511);
	assert_int_equal(p.leaves[0], 512);
	exact(&req, 1 + 2 + 1);
	must_map(0, 1 * GB, 2, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
	must_map(1 * GB, 2 * GB, 1, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
	must_map(2 * GB, 3 * GB, 2, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
	must_map(3 * GB, 3 * GB + 2 * MB, 1, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
	must_map(3 * GB + 2 * MB, 3 * GB + 4 * MB, 0,
		 PHYSMAP_WRITE | PHYSMAP_GLOBAL);
}

static void cuts_on_edges_change_nothing(void **state)
{
	const struct physmap_range r = range(0, 4 * GB, S1G);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	m.x86.geo.cuts[0] = 1 * GB;
	m.x86.geo.cuts[1] = 4 * GB;
	m.x86.geo.cuts[2] = 5 * GB + MB;
	m.x86.geo.nr_cuts = 3;
	assert_int_equal(plan(&req).leaves[2], 4);
	exact(&req, 1);
}

static void outer_ranges(void **state)
{
	struct physmap_range r = range(1 * GB + 4 * KB, 2 * GB - 4 * KB, S1G);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	r.outer_start = 1 * GB;
	r.outer_end = 2 * GB - 2 * MB;
	r.end = 2 * GB - 2 * MB - 4 * KB;
	assert_int_equal(plan(&req).leaves[1], 511);
	r.outer_end = 2 * GB;
	assert_int_equal(plan(&req).leaves[2], 1);
	exact(&req, 1);
	must_map(1 * GB, 2 * GB, 2, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
}

static void two_ranges_in_one_outer_leaf(void **state)
{
	struct physmap_range r[] = {
		range(0, 640 * KB, S2M), range(MB, 2 * MB, S2M),
	};
	const struct physmap_request req = ask(r, 2, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	r[0].outer_end = 2 * MB;
	r[1].outer_start = 0;
	assert_int_equal(plan(&req).leaves[1], 1);
	exact(&req, 2);
}

/*
 * The first range needs a table where the second one alone would get a 1G
 * leaf, and the second does not want 2M leaves.
 */
static void a_table_before_an_outer_leaf(void **state)
{
	struct physmap_range r[] = {
		range(0, 4 * KB, S4K),
		range(2 * MB, 4 * MB, S4K | PHYSMAP_LEVEL(2)),
	};
	const struct physmap_request req = ask(r, 2, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	r[1].outer_start = 0;
	r[1].outer_end = 1 * GB;
	exact(&req, 4);
}

/* The other way about: the first range's leaf reaches over the second. */
static void an_outer_leaf_before_a_table(void **state)
{
	struct physmap_range r[] = {
		range(0, MB, S2M), range(1536 * KB, 1540 * KB, S2M),
	};
	const struct physmap_request req = ask(r, 2, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	r[0].outer_end = 2 * MB;
	exact(&req, 2);
}

/* Once split by one range, a leaf is none for the next one, though allowed. */
static void a_leaf_that_an_earlier_range_splits(void **state)
{
	const struct physmap_range r[] = {
		range(0, 2 * MB, S2M),
		range(4 * MB, 4 * MB + 4 * KB, S4K | PHYSMAP_LEVEL(2)),
	};
	const struct physmap_request req = ask(r, 2, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	must_build(0, 1 * GB, S1G, PHYSMAP_FINAL_ON_FRESH);
	exact(&req, 2);
}

/* The same of a leaf that an even earlier one makes. */
static void a_leaf_that_is_made_and_split(void **state)
{
	struct physmap_range r[] = {
		range(0, 4 * KB, S1G), range(2 * MB, 4 * MB, S2M),
		range(4 * MB, 4 * MB + 4 * KB, S4K | PHYSMAP_LEVEL(2)),
	};
	const struct physmap_request req = ask(r, 3, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	r[0].outer_end = 1 * GB;
	exact(&req, 1 + 2);
}

static void writes_nothing(void **state)
{
	const struct physmap_range r[] = {
		range(4 * KB, 3 * MB, S4K), range(5 * MB, 9 * GB + MB, S2M),
	};
	const struct physmap_request req = ask(r, 2, PHYSMAP_TWO_PASS);
	struct model_memory before;

	begin(&long4);
	must_build(0, 4 * GB, S1G, PHYSMAP_TWO_PASS);
	model_copy(&before, &m.mem);
	m.events = 0;
	plan(&req);
	assert_true(model_same(&before, &m.mem));
	assert_int_equal(before.asked, m.mem.asked);
	assert_int_equal(m.events, 0);
	model_free(&before);
}

/* As Linux does: memory goes on to the next boundary of this size. */
static void reach_out(struct physmap_range *r, u64 size)
{
	r->outer_start = r->start & ~(size - 1);
	r->outer_end = (r->end + size - 1) & ~(size - 1);
}

/* Ranges of random size and leaf sizes on what earlier ones have left. */
static unsigned int random_ranges(struct physmap_range *r)
{
	const unsigned int nr = 1 + random_below(MAX_RANGES);
	u64 pa = random_below(64) * MB;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		static const u64 unit[] = { 4 * KB, 2 * MB, 64 * MB };
		const u64 step = unit[random_below(3)];
		const u64 start = pa + random_below(6) * step;
		const u64 end = start + (1 + random_below(20)) * step;

		r[i] = range(start, end, sizes[random_below(ARRAY_SIZE(sizes))]);
		if (random_below(2))
			reach_out(&r[i], random_below(2) ? 2 * MB : 1 * GB);
		pa = end;
	}
	return nr;
}

static void random_requests(void **state)
{
	unsigned int round, i;

	for (round = 0; round < 24; round++) {
		begin(machines[round % 2]);
		move_map(random_below(600) * GB);
		for (i = 0; i < 5; i++) {
			struct physmap_range r[MAX_RANGES];
			const unsigned int nr = random_ranges(r);
			const struct physmap_request req =
				ask(r, nr, PHYSMAP_FINAL_ON_FRESH);

			const struct physmap_plan p = plan(&req);
			const typeof(report.shape) before = report.shape;
			unsigned int level;

			exact(&req, p.tables);
			for (level = 0; level < 3; level++)
				assert_int_equal(report.shape.leaves[level] -
						 before.leaves[level],
						 p.leaves[level]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("tables are exact for aligned and ragged ranges of every size",
		      aligned_and_ragged),
		HOLDS("ranges that share tables pay for them once", shared_tables),
		HOLDS("tables are exact at an offset that is a multiple of 1G", kaslr),
		HOLDS("leaves are no larger than the offset is aligned",
		      an_offset_that_is_no_multiple_of_a_leaf),
		HOLDS("tables that exist are not planned again", existing_tables),
		HOLDS("leaves that exist are kept (X86-LNX-1)", existing_leaves),
		HOLDS("a split takes one table per leaf and level (X86-LNX-2)", splits),
		HOLDS("ranges that split the same leaf share its table",
		      two_ranges_in_one_split),
		HOLDS("no table goes where somebody keeps an entry (X86-LNX-1)",
		      not_present_entries),
		HOLDS("planning 64 TiB of small pages looks at few tables",
		      huge_4_levels),
		HOLDS("planning 128 PiB of small pages looks at few tables",
		      huge_5_levels),
		HOLDS("planning 63 TiB at a KASLR offset looks at few tables",
		      huge_kaslr),
		HOLDS("no large leaf straddles a change of memory type (X86-MT-1)",
		      cuts),
		HOLDS("a change of memory type at an edge costs nothing",
		      cuts_on_edges_change_nothing),
		HOLDS("leaves reach into the outer range and not beyond",
		      outer_ranges),
		HOLDS("ranges in one outer leaf share it",
		      two_ranges_in_one_outer_leaf),
		HOLDS("a table made by one range is counted for the next one's leaf",
		      a_table_before_an_outer_leaf),
		HOLDS("a leaf made by one range is counted for the next one's table",
		      an_outer_leaf_before_a_table),
		HOLDS("a leaf that an earlier range splits is split for all",
		      a_leaf_that_an_earlier_range_splits),
		HOLDS("a leaf that one range makes and another splits is split for all",
		      a_leaf_that_is_made_and_split),
		HOLDS("planning writes nothing", writes_nothing),
		HOLDS("random requests use exactly the tables planned",
		      random_requests),
	};

	seed_random();
	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
