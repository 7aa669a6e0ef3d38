// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building on simulated arm64 machines: leaves and contiguous groups as large
 * as they can be, what is early and what final at once, barriers, pages that
 * come with garbage in them, and builds that were stopped. A judge hears most.
 */
#include <stdlib.h>
#include "support_arm64.h"

#define RAM	(AF | INNER | PXN | UXN)

/* Memory as it was before a build, or when its first flush came. */
static struct model_memory then;
static bool kept;

static void keep(void)
{
	model_free(&then);
	model_copy(&then, &a.m.mem);
	kept = true;
}

static int stop_all(void **state)
{
	model_free(&then);
	then = (struct model_memory) { };
	kept = false;
	return stop_arm64(state);
}

#define BUILDS(sentence, function) { sentence, function, NULL, stop_all, NULL }

static struct model_arm64_translation then_at(u64 pa)
{
	return model_arm64_translate(&then, &a.cpu, pa + map->offset);
}

static void keep_at_flush(struct model_machine *mm, const struct model_event *e)
{
	if (e->kind == MODEL_FLUSH && !kept)
		keep();
}

/* Sizes and groups, by an oracle of its own */

/* Leaves that hardware may take as one, by the Arm ARM's tables. */
static unsigned int group_of(unsigned int level)
{
	static const unsigned int groups[][2] = {
		{ 16, 16 }, { 128, 32 }, { 32, 32 },
	};

	return level > 1 ? 1 : groups[(a.cpu.page_shift - 12) / 2][level];
}

static u64 size_of(unsigned int level)
{
	return 1ULL << (a.cpu.page_shift + level * (a.cpu.page_shift - 3));
}

static bool has_cut(u64 pa, u64 end)
{
	unsigned int i;

	for (i = 0; i < a.arm64.geo.nr_cuts; i++)
		if (a.arm64.geo.cuts[i] > pa && a.arm64.geo.cuts[i] < end)
			return true;
	return false;
}

/* May the slot of @va be one leaf, where nothing was there before? */
static bool fits(const struct physmap_range *r, u64 va, unsigned int level)
{
	const u64 size = size_of(level);
	const u64 pa = (va & ~(size - 1)) - map->offset;

	return !(pa & (size - 1)) && pa >= r->start && pa + size <= r->end &&
	       !has_cut(pa, pa + size);
}

/* Level of the leaf that an address is to get; -1 if it is to get none. */
static int wanted_level(const struct physmap_range *r, u64 pa)
{
	const u64 va = pa + map->offset;
	const struct model_arm64_translation was =
		model_arm64_translate(&then, &a.cpu, va);
	unsigned int level = a.cpu.page_shift == 12 ? 2 : 1;

	if (was.raw || pa < r->start || pa >= r->end)
		return -1;
	if (level > was.level)
		level = was.level;
	while (level && !fits(r, va, level))
		level--;
	return level;
}

/* The first address of the group that @pa's leaf would be of. */
static u64 group_at(u64 pa, int level)
{
	const u64 bytes = group_of(level) * size_of(level);

	return ((pa + map->offset) & ~(bytes - 1)) - map->offset;
}

/* ARM-CONT-1, -4: the whole group is new, in line and without a cut. */
static bool wanted_contig(const struct physmap_range *r, u64 pa, int level)
{
	const u64 bytes = group_of(level) * size_of(level);
	const u64 first = group_at(pa, level);
	u64 at;

	if (!r->contig || group_of(level) == 1 || (first & (bytes - 1)) ||
	    has_cut(first, first + bytes))
		return false;
	for (at = first; at < first + bytes; at += size_of(level))
		if (wanted_level(r, at) != level)
			return false;
	return true;
}

/* Every leaf of the range is as large as it may be; returns how many groups. */
static unsigned int as_large_as_possible(const struct physmap_range *r)
{
	unsigned int groups = 0;
	u64 pa, next, last = ~0ULL;
	bool contig = false;

	for (pa = r->start; pa < r->end; pa = next) {
		const struct model_arm64_translation t = at64(pa);
		const int level = wanted_level(r, pa);

		next = pa + page_size();
		if (level < 0) {
			assert_true(t.raw == then_at(pa).raw);
			continue;
		}
		/* Asked once for each group. */
		if (last != group_at(pa, level))
			contig = wanted_contig(r, pa, level);
		last = group_at(pa, level);
		if (t.level != (unsigned int)level || !t.present || t.pa != pa ||
		    t.contig != contig)
			fail_msg("%#llx: level %d%s wanted, is raw %#llx at level %u",
				 (unsigned long long)pa, level,
				 contig ? " in a group" : "",
				 (unsigned long long)t.raw, t.level);
		groups += t.contig;
		next = pa + size_of(level);
	}
	return groups;
}

/* A plan is exactly what is taken, and all that is taken is in use. */
static void build_by_the_oracle(const struct physmap_range *r,
				enum physmap_policy policy)
{
	const struct physmap_request req = ask(r, 1, policy);
	const u64 tables = model_arm64_tables(&a.m.mem, &a.cpu);
	const struct physmap_plan p = plan(&req);

	keep();
	report = (struct physmap_report) { };
	a.m.mem.out = 0;
	if (build(&req))
		fail_msg("%s: %s", why.rule, why.what);
	assert_int_equal(report.tables_used, p.tables);
	assert_int_equal(a.m.mem.out, p.tables);
	assert_int_equal(model_arm64_tables(&a.m.mem, &a.cpu) - tables,
			 p.tables);
	assert_int_equal(report.shape.leaves[0], p.leaves[0]);
	assert_int_equal(report.shape.leaves[1], p.leaves[1]);
	assert_int_equal(report.shape.leaves[2], p.leaves[2]);
}

static void each_machine(bool live, enum physmap_policy policy)
{
	struct physmap_arm64_machine machine;
	unsigned int n;

	for (n = 0; any_arm64(n, &machine); n++) {
		struct physmap_range r;

		if (!machine.page_shift)
			continue;
		begin_arm64(&machine);
		map->live = live;
		seat_judge();
		r = blocks(BASE + 3 * page_size(),
			   BASE + 3 * GB + 67 * MB + 5 * 64 * KB, n & 1);
		build_by_the_oracle(&r, policy);
		assert_int_equal(as_large_as_possible(&r) > 0, r.contig);
		must_map64(r.start, r.start + 2 * MB, DATA);
		must_map64(r.end - 2 * MB, r.end, DATA);
		must_not_map64(BASE, r.start);
		must_not_map64(r.end, r.end + 2 * MB);
		judge_agrees();
	}
}

static void every_machine_maps_by_the_largest_leaves(void **state)
{
	each_machine(false, PHYSMAP_TWO_PASS);
	each_machine(false, PHYSMAP_FINAL_ON_FRESH);
	each_machine(true, PHYSMAP_TWO_PASS);
	each_machine(true, PHYSMAP_FINAL_ON_FRESH);
}

/* Groups one by one, with 4K pages: 64K, and 32M of blocks. */
static void groups_are(u64 start, u64 end, u64 from, u64 to)
{
	const struct physmap_range r = blocks(start, end, true);
	u64 pa;

	build_by_the_oracle(&r, PHYSMAP_TWO_PASS);
	as_large_as_possible(&r);
	for (pa = start; pa < end; pa += 4 * KB)
		assert_int_equal(at64(pa).contig, pa >= from && pa < to);
}

static void range_ends_cut_groups(void **state)
{
	begin_arm64(&a4k);
	groups_are(BASE + 4 * KB, BASE + 188 * KB, BASE + 64 * KB,
		   BASE + 128 * KB);
	/* Fifteen pages, in line: no group. */
	groups_are(BASE + MB, BASE + MB + 60 * KB, 0, 0);
	groups_are(BASE + MB + 68 * KB, BASE + MB + 128 * KB, 0, 0);
	groups_are(BASE + MB + 128 * KB, BASE + MB + 192 * KB,
		   BASE + MB + 128 * KB, BASE + MB + 192 * KB);
	/* Blocks: 32M from 32M on, and those before and behind. */
	groups_are(BASE + 30 * MB, BASE + 66 * MB, BASE + 32 * MB,
		   BASE + 64 * MB);
	groups_are(BASE + 98 * MB, BASE + 128 * MB, 0, 0);
}

static void cuts_part_groups(void **state)
{
	begin_arm64(&a4k);
	a.arm64.geo.cuts[0] = BASE + 100 * KB;
	a.arm64.geo.cuts[1] = BASE + 128 * KB;
	a.arm64.geo.cuts[2] = BASE + 66 * MB;
	a.arm64.geo.nr_cuts = 3;
	groups_are(BASE + 64 * KB, BASE + 192 * KB, BASE + 128 * KB,
		   BASE + 192 * KB);
	groups_are(BASE + 32 * MB, BASE + 96 * MB, BASE + 32 * MB,
		   BASE + 64 * MB);
}

/* ARM-CONT-4; whether what is there is valid or not. */
static void occupied_slots_part_groups(void **state)
{
	begin_arm64(&a4k);
	*slot64(BASE + 72 * KB, 0) = (BASE + 72 * KB) | RAM | PAGE;
	*slot64(BASE + 140 * KB, 0) = 1ULL << 58;
	*slot64(BASE + 36 * MB, 1) = (BASE + 36 * MB) | RAM | BLOCK;
	groups_are(BASE, BASE + 192 * KB, BASE, BASE + 64 * KB);
	groups_are(BASE + 32 * MB, BASE + 64 * MB, 0, 0);
	assert_true(*slot64(BASE + 72 * KB, 0) ==
		    ((BASE + 72 * KB) | RAM | PAGE));
	assert_true(*slot64(BASE + 140 * KB, 0) == 1ULL << 58);
}

static void addresses_must_be_in_line_for_groups(void **state)
{
	const struct physmap_range r = blocks(BASE, BASE + 96 * MB, true);
	unsigned int i;

	/* 4K: no group at all; 64K: groups of pages; 2M: blocks, but no groups. */
	static const u64 by[] = { 4 * KB, 64 * KB, 2 * MB };

	for (i = 0; i < ARRAY_SIZE(by); i++) {
		begin_arm64(&a4k);
		map->offset += by[i];
		build_by_the_oracle(&r, PHYSMAP_TWO_PASS);
		assert_int_equal(as_large_as_possible(&r) > 0, i == 1);
		assert_int_equal(at64(BASE + 40 * MB).level, i == 2);
	}
}

/* Machines, places, cuts and what is there, drawn at random. */
static void random_world(void)
{
	struct physmap_arm64_machine machine;
	struct physmap_range r;
	unsigned int i;
	u64 page, span;

	do
		any_arm64(random_below(144), &machine);
	while (!machine.page_shift);
	machine.bbm = random_below(4);
	begin_arm64(&machine);
	page = page_size();
	map->live = random_below(2);
	map->offset += random_below(2) ? 0 : page * random_below(40);
	span = (random_below(2) ? 512 : 9000) * page;
	for (i = random_below(4); i; i--) {
		const u64 pa = BASE + random_below(span / page + 8) * page;
		u64 *slot = model_arm64_slot(&a, pa + map->offset,
					     random_below(2));

		if (slot && !*slot)
			*slot = 1ULL << 58;
	}
	seat_judge();
	a.arm64.geo.nr_cuts = random_below(3);
	for (i = 0; i < a.arm64.geo.nr_cuts; i++)
		a.arm64.geo.cuts[i] = BASE + (i * span / 2 & ~(page - 1)) +
				      random_below(span / page / 2) * page;
	r = blocks(BASE + random_below(300) * page,
		   BASE + 300 * page + (random_below(2) ?
			random_below(span / page) * page :
			span), random_below(4));
	r.end += page;
	r.outer_end = r.end;
	build_by_the_oracle(&r, random_below(2));
	as_large_as_possible(&r);
	judge_agrees();
}

static void random_worlds_agree(void **state)
{
	unsigned int i;

	seed_random();
	for (i = 0; i < 250; i++)
		random_world();
}

/* Addresses of which the top bits lie apart (a run ends there). */
static void what_lies_apart_is_mapped(void **state)
{
	static const struct {
		const struct physmap_arm64_machine *machine;
		u64 edge;
	} places[] = {
		{ &a4k_lpa2, 1ULL << 48 }, { &a4k_lpa2, 1ULL << 50 },
		{ &a64k_52, 1ULL << 48 }, { &a64k_52, 5ULL << 48 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		const u64 edge = places[i].edge;
		struct physmap_range r;

		begin_arm64(places[i].machine);
		map->live = i & 1;
		/* The map's own half holds 2^51 bytes; a part above is mapped. */
		map->offset -= edge - 4 * GB;
		seat_judge();
		r = blocks(edge - 2 * GB - 128 * KB, edge + 2 * GB, true);
		build_by_the_oracle(&r, i & 2 ? PHYSMAP_TWO_PASS :
						PHYSMAP_FINAL_ON_FRESH);
		as_large_as_possible(&r);
		must_map64(r.start, r.start + 4 * MB, DATA);
		must_map64(edge - 4 * MB, edge + 4 * MB, DATA);
		/* In pages as well, of which a table ends at the edge. */
		report = (struct physmap_report) { };
		must_build(edge + 4 * GB, edge + 4 * GB + 4 * MB, S4K,
			   PHYSMAP_TWO_PASS);
		must_map64(edge + 4 * GB, edge + 4 * GB + 4 * MB, DATA);
		judge_agrees();
	}
}

/* Pages on both sides of an edge in the middle of a table. */
static void an_edge_within_a_table_ends_a_run(void **state)
{
	const u64 edge = 1ULL << 50;

	begin_arm64(&a4k_lpa2);
	/* So that the edge's slot is the 16th of its table. */
	map->offset -= edge - 4 * GB - 64 * KB;
	seat_judge();
	must_build(edge - 64 * KB, edge + MB, S4K, PHYSMAP_TWO_PASS);
	must_map64(edge - 64 * KB, edge + MB, DATA);
	assert_true(at64(edge - 4 * KB).table == at64(edge).table);
	judge_agrees();
}

/* Passes */

/* Groups, blocks and pages that make none. */
static void mixed(bool live, unsigned int bbm, enum physmap_policy policy)
{
	struct physmap_arm64_machine machine = a4k;

	machine.bbm = bbm;
	stop_all(NULL);
	begin_arm64(&machine);
	map->live = live;
	a.m.before = keep_at_flush;
	seat_judge();
	must_build_blocks(BASE + 4 * KB, BASE + 70 * MB + 4 * KB, true, policy);
	judge_agrees();
	must_map64(BASE + 4 * KB, BASE + 70 * MB + 4 * KB, DATA);
}

/* Before the flush: which leaves were early, of groups and of others? */
static void were_early(bool groups, bool others)
{
	unsigned int n[2] = { 0, 0 };
	u64 pa;

	assert_true(kept);
	for (pa = BASE + 4 * KB; pa < BASE + 70 * MB; pa += 4 * KB) {
		const struct model_arm64_translation t = then_at(pa);

		assert_true(t.present);
		assert_int_equal(!!(t.raw & MARK), t.contig ? groups : others);
		assert_int_equal(t.exec, !!(t.raw & MARK));
		n[t.contig]++;
	}
	assert_true(n[0] && n[1]);
}

static void in_boot_all_is_early(void **state)
{
	mixed(false, 0, PHYSMAP_TWO_PASS);
	were_early(true, true);
	assert_int_equal(events64(MODEL_FLUSH), 1);
}

/* ARM-CONT-2: pass 2 could not change them. */
static void live_groups_are_final_at_once(void **state)
{
	unsigned int bbm;

	for (bbm = 0; bbm < 3; bbm++) {
		mixed(true, bbm, PHYSMAP_TWO_PASS);
		were_early(false, true);
		/* Between the passes, and when rights were taken (ARM-BBM-4). */
		assert_int_equal(events64(MODEL_FLUSH), 2);
		assert_true(report.shape.final > 0 && report.shape.early > 0);
		assert_int_equal(report.attributes.finished, report.shape.early);
	}
}

static void where_sizes_may_change_live_groups_are_early(void **state)
{
	mixed(true, 3, PHYSMAP_TWO_PASS);
	were_early(true, true);
}

static void final_on_fresh_flushes_nothing(void **state)
{
	mixed(true, 0, PHYSMAP_FINAL_ON_FRESH);
	assert_false(kept);
	assert_int_equal(report.shape.early, 0);
	mixed(false, 0, PHYSMAP_FINAL_ON_FRESH);
	assert_false(kept);
}

/* A live build of nothing but groups has no pass 2, so no boundary either. */
static void what_is_final_needs_no_boundary(void **state)
{
	begin_arm64(&a4k);
	map->live = true;
	seat_judge();
	must_build_blocks(BASE, BASE + 64 * MB, true, PHYSMAP_TWO_PASS);
	assert_int_equal(events64(MODEL_FLUSH), 0);
	assert_int_equal(events64(MODEL_PROTECT), 0);
	assert_int_equal(report.shape.early, 0);
	judge_agrees();
}

static void both_policies_end_alike(void **state)
{
	struct physmap_arm64_machine machine;
	unsigned int n;

	for (n = 0; any_arm64(n, &machine); n += 5) {
		if (!machine.page_shift)
			continue;
		begin_arm64(&machine);
		must_build_blocks(BASE + 64 * KB, BASE + 2 * GB + 64 * KB, true,
				  PHYSMAP_TWO_PASS);
		keep();
		begin_arm64(&machine);
		must_build_blocks(BASE + 64 * KB, BASE + 2 * GB + 64 * KB, true,
				  PHYSMAP_FINAL_ON_FRESH);
		assert_true(model_same(&then, &a.m.mem));
	}
}

/* Barriers */

/* A recorder that counts. */
static struct counts {
	struct physmap_recorder recorder;
	unsigned int dsb_ishst, dsb_ish, isb, tlbi, other, stores;
} counts;

static void count_event(struct physmap_recorder *recorder,
			const struct physmap_event *e)
{
	if (e->kind == PHYSMAP_EVENT_FLUSH) {
		counts.tlbi++;
		assert_int_equal(e->detail, PHYSMAP_FLUSH_ALL |
				 PHYSMAP_FLUSH_EVERY_CPU);
	}
	counts.stores += e->kind == PHYSMAP_EVENT_STORE ||
			 e->kind == PHYSMAP_EVENT_CHANGE;
	if (e->kind != PHYSMAP_EVENT_BARRIER)
		return;
	if (e->detail == PHYSMAP_BARRIER_DSB_ISHST)
		counts.dsb_ishst++;
	else if (e->detail == PHYSMAP_BARRIER_DSB_ISH)
		counts.dsb_ish++;
	else if (e->detail == PHYSMAP_BARRIER_ISB)
		counts.isb++;
	else
		counts.other++;
}

static void count(bool live)
{
	counts = (struct counts) { .recorder = { count_event } };
	begin_arm64(&a4k);
	map->live = live;
	map->recorder = &counts.recorder;
}

/* Tables that were published where hardware could walk to them. */
static unsigned int published(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < a.m.events; i++)
		n += a.m.event[i].kind == MODEL_LINK && !a.m.event[i].unlinked;
	return n;
}

/* ARM-TLBI-2, -3, -4: one for each table published, and one for the end. */
static void mapping_alone_takes_few_barriers(void **state)
{
	count(true);
	must_build(BASE, BASE + 64 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(published(), 1);
	assert_int_equal(counts.dsb_ishst, 2);
	assert_int_equal(counts.isb, 1);
	assert_int_equal(counts.tlbi + counts.dsb_ish + counts.other, 0);
	assert_true(counts.stores > 64);
	/* Into tables that hardware walks: one for each that it gets. */
	count(true);
	must_build(BASE, BASE + 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	counts.dsb_ishst = 0;
	counts.isb = 0;
	a.m.events = 0;
	must_build(BASE + 4 * KB, BASE + 64 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(published(), 31);
	assert_int_equal(counts.dsb_ishst, 31 + 1);
	assert_int_equal(counts.isb, 1);
	assert_int_equal(counts.tlbi, 0);
}

/* What no hardware walks needs none while it is filled. */
static void boot_takes_fewer(void **state)
{
	count(false);
	must_build(BASE, BASE + 64 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(counts.dsb_ishst, 1);
	assert_int_equal(counts.isb, 1);
	assert_int_equal(counts.tlbi, 0);
}

/*
 * Two passes: what is written is made visible, then a flush; if live a second
 * one. Each pass makes visible once what it has done.
 */
static void passes_are_parted_by_a_flush(void **state)
{
	const unsigned int tables = 40, commits = 2;

	count(false);
	must_build(BASE, BASE + tables * 2 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(counts.tlbi, 1);
	assert_int_equal(counts.dsb_ish, 1);
	assert_int_equal(counts.dsb_ishst, commits + 1);
	assert_int_equal(counts.isb, commits + 1);
	count(true);
	must_build(BASE, BASE + tables * 2 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(published(), 1);
	assert_int_equal(counts.tlbi, 2);
	assert_int_equal(counts.dsb_ish, 2);
	assert_int_equal(counts.dsb_ishst, 1 + commits + 2);
	assert_int_equal(counts.isb, commits + 2);
	assert_int_equal(counts.other, 0);
}

/* Kept entries and splits */

static void kept_entries_stay_bit_for_bit(void **state)
{
	static const u64 odd[] = {
		AF | INNER | PAGE,				/* RWX */
		AF | INNER | RDONLY | UXN | NG | PAGE,
		AF | INNER | PXN | UXN | INDEX(4) | PAGE,	/* device */
		AF | OUTER | PXN | UXN | USER | PAGE,
		INNER | RDONLY | PXN | UXN | PAGE,		/* never used */
		RAM | DBM | DIRTY | 1ULL << 56 | 1ULL << 58 | PAGE,
		RAM | GP | RDONLY | PAGE,
		1ULL << 58,			/* somebody's */
		1ULL << 40 | MARK,		/* the same with the mark's bit */
	};
	unsigned int i, live;

	for (live = 0; live < 2; live++) {
		begin_arm64(&a4k);
		map->live = live;
		for (i = 0; i < ARRAY_SIZE(odd); i++)
			*slot64(BASE + i * 12 * KB, 0) = odd[i] |
				(odd[i] & 1 ? BASE + i * 12 * KB : 0);
		seat_judge();
		must_build_blocks(BASE, BASE + 8 * MB, true, PHYSMAP_TWO_PASS);
		for (i = 0; i < ARRAY_SIZE(odd); i++)
			assert_true(*slot64(BASE + i * 12 * KB, 0) == (odd[i] |
				(odd[i] & 1 ? BASE + i * 12 * KB : 0)));
		must_map64(BASE + 4 * KB, BASE + 12 * KB, DATA);
		must_map64(BASE + 128 * KB, BASE + 8 * MB, DATA);
		assert_int_equal(report.shape.kept[0], ARRAY_SIZE(odd));
		judge_agrees();
	}
}

/* Read-only, non-global, of another type, kept out of TLBs. */
#define ODD_BLOCK	(AF | INNER | RDONLY | PXN | UXN | NG | INDEX(2) | NT | \
			 1ULL << 58 | BLOCK)

static void is_split(u64 block, u64 size)
{
	u64 pa;

	for (pa = block; pa < block + size; pa += page_size()) {
		const struct model_arm64_translation t = at64(pa);

		assert_true(t.present && t.pa == pa && !t.level);
		assert_true(!t.write && !t.exec && !t.global && !t.user_exec);
		assert_int_equal(t.attrindx, 2);
		assert_true(t.raw & 1ULL << 58);
		assert_false(t.raw & MARK);
	}
}

static void a_split_keeps_what_the_block_had(void **state)
{
	begin_arm64(&a4k);
	*slot64(BASE + 2 * MB, 1) = (BASE + 2 * MB) | ODD_BLOCK;
	seat_judge();
	must_build(BASE + 3 * MB, BASE + 3 * MB + 4 * KB, S4K,
		   PHYSMAP_TWO_PASS);
	is_split(BASE + 2 * MB, 2 * MB);
	assert_int_equal(report.shape.split[1], 1);
	judge_agrees();
	/* 1G, down to pages. */
	begin_arm64(&a4k);
	*slot64(BASE, 2) = BASE | ODD_BLOCK;
	must_build(BASE + 4 * MB, BASE + 4 * MB + 4 * KB, S4K,
		   PHYSMAP_FINAL_ON_FRESH);
	is_split(BASE + 4 * MB, 2 * MB);
	assert_int_equal(at64(BASE + 6 * MB).level, 1);
	assert_int_equal(report.shape.split[1] + report.shape.split[2], 2);
}

static int split_live(unsigned int bbm, u64 raw)
{
	const struct physmap_arm64_machine machine = {
		.page_shift = 12, .va_bits = 48, .pa_bits = 48, .bbm = bbm,
	};
	int err;

	begin_arm64(&machine);
	map->live = true;
	*slot64(BASE + 2 * MB, 1) = (BASE + 2 * MB) | raw;
	a.m.mem.out = 0;
	seat_judge();
	keep();
	err = build_one(BASE + 3 * MB, BASE + 3 * MB + 4 * KB, S4K,
			PHYSMAP_FINAL_ON_FRESH);
	judge_agrees();
	return err;
}

static void a_refused_split_changes_nothing(int err, const char *rule)
{
	must_refuse(err, -EPERM, rule);
	assert_int_equal(why.level, 1);
	assert_true(why.va == map->offset + BASE + 3 * MB);
	assert_true(model_same(&then, &a.m.mem));
	assert_int_equal(a.m.mem.out, 0);
	assert_int_equal(a.m.bad_release, 0);
	assert_int_equal(events64(MODEL_FLUSH), 0);
}

static void a_live_split_is_a_matter_of_the_processor(void **state)
{
	const u64 plain = ODD_BLOCK & ~NT;

	a_refused_split_changes_nothing(split_live(0, plain), "ARM-BBM-2");
	a_refused_split_changes_nothing(split_live(0, ODD_BLOCK), "ARM-BBM-2");
	a_refused_split_changes_nothing(split_live(1, plain), "ARM-BBM-2");
	a_refused_split_changes_nothing(split_live(2, plain), "ARM-BBM-6");
	assert_int_equal(split_live(1, ODD_BLOCK), 0);
	is_split(BASE + 2 * MB, 2 * MB);
	assert_int_equal(split_live(3, plain), 0);
	is_split(BASE + 2 * MB, 2 * MB);
	assert_int_equal(events64(MODEL_FLUSH), 1);
	assert_int_equal(report.last_flushes, 1);
}

/* Also in boot: the others of the group would be left with the bit. */
static void one_of_a_group_is_never_split(void **state)
{
	unsigned int live;

	for (live = 0; live < 2; live++) {
		begin_arm64(&a4k);
		must_build_blocks(BASE, BASE + 64 * MB, true,
				  PHYSMAP_FINAL_ON_FRESH);
		map->live = live;
		keep();
		must_refuse(build_one(BASE + 3 * MB, BASE + 3 * MB + 4 * KB,
				      S4K, PHYSMAP_FINAL_ON_FRESH), -EPERM,
			    "ARM-CONT-1");
		assert_true(model_same(&then, &a.m.mem));
	}
}

/* Tails */

static bool never_asked(struct physmap_map *of, u64 start, u64 end)
{
	fail_msg("asked what is beyond a request");
	return false;
}

static void tails_stay_where_the_backend_says_so(void **state)
{
	const u64 odd = (BASE + 3 * MB) | RAM | PAGE;

	begin_arm64(&a4k);
	*slot64(BASE + 3 * MB, 0) = odd;
	a.m.ram[0].start = BASE;
	a.m.ram[0].end = BASE + 3 * MB;
	a.m.hooks.tails_stay = true;
	a.m.hooks.keep_tail = never_asked;
	must_build(BASE + 2 * MB, BASE + 3 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_true(*slot64(BASE + 3 * MB, 0) == odd);
	assert_int_equal(report.shape.cleared, 0);
	/* Where it says nothing they are cleared. */
	a.m.hooks.tails_stay = false;
	a.m.hooks.keep_tail = a.m.hooks.ram;
	must_build(BASE + 2 * MB, BASE + 3 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_true(*slot64(BASE + 3 * MB, 0) == 0);
	assert_int_equal(report.shape.cleared, 1);
}

/* Pages come with garbage in them */

static int (*dirty_alloc)(struct physmap_map *of, u64 wanted, u64 *first);

static int clean_alloc(struct physmap_map *of, u64 wanted, u64 *first)
{
	const int n = dirty_alloc(of, wanted, first);
	int i;

	for (i = 0; i < n; i++)
		memset(model_page(&a.m.mem, *first + i * page_size()), 0,
		       page_size());
	return n;
}

static bool is_clean(const u64 *page)
{
	u64 i;

	for (i = 0; i < page_size() / 8; i++)
		if (page[i] >> 48 == MODEL_GARBAGE >> 48)
			return false;
	return true;
}

static void must_be_clean_when_linked(struct model_machine *mm,
				      const struct model_event *e)
{
	if (e->kind == MODEL_LINK)
		assert_true(is_clean(model_page(&mm->mem, e->child)));
}

static void clean(void)
{
	dirty_alloc = a.m.hooks.alloc;
	a.m.hooks.alloc = clean_alloc;
}

/* Ragged ends, full tables, groups, and a block that is split. */
static void ragged_start(const struct physmap_arm64_machine *machine, bool live)
{
	begin_arm64(machine);
	*slot64(BASE + 4 * GB, 1) = (BASE + 4 * GB) |
		(ODD_BLOCK & ~(a.cpu.lpa2 ? INNER : 0));
	map->live = live;
	a.arm64.machine.bbm = 3;
	a.m.called = 0;
	a.m.events = 0;
}

static struct physmap_request ragged_request(void)
{
	static struct physmap_range r[3];
	/* Two tables that are full of pages, but for 64K: those are large. */
	const u64 full = a.cpu.page_shift == 16 ? 0 : 3 * size_of(1);

	r[0] = range(BASE + 64 * KB, BASE + full + 6 * MB, S4K);
	r[0].contig = true;
	r[1] = blocks(BASE + 2 * GB + 64 * KB, BASE + 2 * GB + 1100 * MB, true);
	r[2] = range(BASE + 4 * GB, BASE + 4 * GB + 64 * KB, S4K);
	return ask(r, 3, PHYSMAP_TWO_PASS);
}

static void nothing_of_dirty_pages_is_seen(void **state)
{
	static const struct physmap_arm64_machine *machines[] = {
		&a4k, &a4k_lpa2, &a16k, &a64k, &a64k_52,
	};
	struct physmap_request req;
	unsigned int i, live;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		for (live = 0; live < 2; live++) {
			ragged_start(machines[i], live);
			clean();
			req = ragged_request();
			assert_int_equal(build(&req), 0);
			keep();
			ragged_start(machines[i], live);
			a.m.before = must_be_clean_when_linked;
			seat_judge();
			assert_int_equal(build(&req), 0);
			judge_agrees();
			/* As if they had come clean, to the byte. */
			assert_true(model_same(&then, &a.m.mem));
			/* And where nobody listens. */
			ragged_start(machines[i], live);
			assert_int_equal(build(&req), 0);
			assert_true(model_same(&then, &a.m.mem));
		}
}

/* Hooks that refuse */

/* Slot by slot, as far as ragged_request() goes. */
static u64 next_slot(u64 pa, unsigned int level)
{
	const u64 va = pa + map->offset;

	return (va | (size_of(level) - 1)) + 1 - map->offset;
}

static void same_map(void)
{
	u64 pa;
	unsigned int level;

	for (pa = BASE; pa < BASE + 5 * GB; pa = next_slot(pa, level)) {
		const struct model_arm64_translation t = at64(pa);

		level = t.level;
		assert_true(t.raw == then_at(pa).raw);
		assert_false(t.reserved);
	}
}

/* Whatever stands is a sound map of its own memory. */
static void consistent(void)
{
	u64 pa;
	unsigned int level;

	for (pa = BASE; pa < BASE + 5 * GB; pa = next_slot(pa, level)) {
		const struct model_arm64_translation t = at64(pa);

		level = t.level;
		assert_false(t.reserved);
		assert_true(!t.present || t.pa == pa);
		assert_true(t.raw >> 48 != MODEL_GARBAGE >> 48);
	}
}

static void resumes(const struct physmap_arm64_machine *machine, bool live)
{
	struct physmap_request req;
	u64 k, calls;

	ragged_start(machine, live);
	req = ragged_request();
	assert_int_equal(build(&req), 0);
	calls = a.m.called;
	keep();
	for (k = 1; k <= calls; k++) {
		ragged_start(machine, live);
		a.m.before = must_be_clean_when_linked;
		seat_judge();
		a.m.refuse_at = k;
		must_refuse(build(&req), MODEL_REFUSAL, "MODEL");
		assert_int_equal(a.m.called, k);
		assert_true(why.va >= map->va_start);
		consistent();
		if (build(&req))
			fail_msg("after call %llu: %s", (unsigned long long)k,
				 why.what);
		same_map();
		judge_agrees();
		assert_int_equal(a.m.bad_release, 0);
		assert_false(map->flush_owed);
	}
}

static void a_build_refused_at_any_hook_can_be_resumed(void **state)
{
	resumes(&a4k, false);
	resumes(&a4k, true);
	resumes(&a4k_lpa2, true);
	resumes(&a16k, true);
	resumes(&a64k, false);
}

/*
 * ARM-CONT-1: a build was stopped between its passes; then a part of one of its
 * groups is asked for. Pass 2 finishes the group.
 */
static void an_early_group_is_finished_as_a_whole(void **state)
{
	begin_arm64(&a4k);
	seat_judge();
	/* A write, three links and the flush. */
	a.m.refuse_at = 5;
	assert_int_equal(build_blocks(BASE, BASE + 256 * KB, true,
				      PHYSMAP_TWO_PASS), MODEL_REFUSAL);
	must_build(BASE + 72 * KB, BASE + 132 * KB, S4K, PHYSMAP_TWO_PASS);
	must_map64(BASE + 64 * KB, BASE + 192 * KB, DATA);
	assert_true(at64(BASE).raw & MARK);
	assert_true(at64(BASE + 192 * KB).raw & MARK);
	must_build(BASE, BASE + 256 * KB, S4K, PHYSMAP_TWO_PASS);
	must_map64(BASE, BASE + 256 * KB, DATA);
	judge_agrees();
}

/* Two blocks, and then tables that are full of pages; no group. */
static struct physmap_request full_tables(void)
{
	static struct physmap_range r[2];

	r[0] = blocks(BASE, BASE + 4 * MB, false);
	r[1] = range(BASE + 4 * MB, BASE + 44 * MB, S4K);
	return ask(r, 2, PHYSMAP_TWO_PASS);
}

static void full_tables_that_were_stopped_are_finished(void **state)
{
	const struct physmap_request req = full_tables();
	u64 k, calls;

	begin_arm64(&a4k);
	assert_int_equal(build(&req), 0);
	calls = a.m.called;
	assert_int_equal(report.attributes.leaves[0], 20 * 512);
	for (k = calls - 22; k <= calls; k++) {
		begin_arm64(&a4k);
		seat_judge();
		a.m.refuse_at = k;
		must_refuse(build(&req), MODEL_REFUSAL, "MODEL");
		assert_true(why.va >= map->va_start);
		assert_int_equal(build(&req), 0);
		must_map64(BASE, BASE + 44 * MB, DATA);
		judge_agrees();
	}
}

static unsigned int commits_left;

static int refuse_a_commit(struct physmap_map *of, struct physmap_refusal *r)
{
	if (commits_left--)
		return physmap_arm64_commit(of, r);
	r->rule = "MODEL";
	r->what = "the commit was refused";
	return -EIO;
}

static void a_commit_within_pass_2_may_be_refused(void **state)
{
	const struct physmap_request req = full_tables();

	begin_arm64(&a4k);
	seat_judge();
	a.m.hooks.commit = refuse_a_commit;
	/* One for each range, then for so many runs of pass 2. */
	commits_left = 2;
	must_refuse(build(&req), -EIO, "MODEL");
	a.m.hooks.commit = physmap_arm64_commit;
	assert_int_equal(build(&req), 0);
	must_map64(BASE, BASE + 44 * MB, DATA);
	judge_agrees();
}

/* Early boot writes to root tables by a window of its own (seam.c). */
static int link_by_a_window(struct physmap_map *of,
			    const struct physmap_link *link,
			    struct physmap_refusal *r)
{
	const int err = physmap_arm64_before_link(of, link, r);

	if (err)
		return err;
	((u64 *)model_page(&a.m.mem, link->parent))[link->index] = link->value;
	physmap_arm64_linked(of, link);
	return 0;
}

static void a_link_may_be_stored_by_others(void **state)
{
	begin_arm64(&a4k);
	map->live = true;
	a.m.hooks.link = link_by_a_window;
	seat_judge();
	must_build_blocks(BASE + 4 * KB, BASE + 70 * MB, true, PHYSMAP_TWO_PASS);
	must_map64(BASE + 4 * KB, BASE + 70 * MB, DATA);
	judge_agrees();
}

/* A leaf that says it is one of a group which would begin before the map. */
static void the_map_begins_within_a_group(void **state)
{
	const u64 odd = (BASE + 4 * KB) | RAM | DBM | CONT | MARK | PAGE;

	begin_arm64(&a4k);
	map->va_start += 4 * KB;
	*slot64(BASE + 4 * KB, 0) = odd;
	*slot64(BASE, 0) = BASE | RAM | DBM | CONT | MARK | PAGE;
	must_build(BASE + 4 * KB, BASE + 64 * KB, S4K, PHYSMAP_TWO_PASS);
	assert_true(*slot64(BASE + 4 * KB, 0) == (odd & ~MARK));
	assert_true(*slot64(BASE, 0) & MARK);
	must_map64(BASE + 8 * KB, BASE + 64 * KB, DATA);
}

static void steal(struct model_machine *mm, const struct model_event *e)
{
	if (e->kind == MODEL_LINK && e->level == 3)
		((u64 *)model_page(&mm->mem, e->table))[e->index] = 0x9003;
}

static void a_slot_that_changed_meanwhile_is_refused(void **state)
{
	begin_arm64(&a4k);
	a.m.before = steal;
	must_refuse(build_one(BASE, BASE + 4 * KB, S4K, PHYSMAP_TWO_PASS),
		    -EBUSY, "ARM-BBM-2");
	assert_int_equal(why.level, 3);
}

static void a_table_page_out_of_reach_is_refused(void **state)
{
	struct physmap_arm64_machine machine = a4k;

	machine.pa_bits = 36;
	begin_arm64(&machine);
	must_refuse(build_one(BASE, BASE + 4 * KB, S4K, PHYSMAP_TWO_PASS),
		    -EPERM, "ARM-FMT-1");
}

/* Requests that are not sound, by arm64's rules. */
static void unsound(u64 start, u64 end, int err, const char *rule)
{
	must_refuse(build_one(start, end, S4K, PHYSMAP_TWO_PASS), err, rule);
}

static void unsound_requests_are_refused(void **state)
{
	struct physmap_range r[2];
	struct physmap_request req;

	begin_arm64(&a64k);
	unsound(BASE, BASE, -EINVAL, "ARM-ATTR-5");
	unsound(BASE + 4 * KB, BASE + 64 * KB, -EINVAL, "ARM-FMT-1");
	unsound(BASE, 1ULL << 48, -ERANGE, "ARM-MMU-8");
	unsound(BASE, (1ULL << 48) + 64 * KB, -ERANGE, "ARM-FMT-1");
	unsound(BASE - 64 * KB, BASE + 64 * KB, -ERANGE, "ARM-MMU-8");
	r[0] = range(BASE, BASE + 128 * KB, S4K);
	r[1] = range(BASE + 64 * KB, BASE + 192 * KB, S4K);
	req = ask(r, 2, PHYSMAP_TWO_PASS);
	must_refuse(build(&req), -EINVAL, "ARM-BBM-2");
	a.m.ram[0].start = BASE;
	a.m.ram[0].end = BASE + 64 * KB;
	unsound(BASE, BASE + 128 * KB, -EINVAL, "ARM-ATTR-3");
	a.m.ram[0].end = 0;
	a.m.mem.refuse_at = a.m.mem.asked + 2;
	unsound(BASE, BASE + 64 * KB, -ENOMEM, "ARM-TLBI-3");
	assert_int_equal(a.m.mem.out, 0);
	assert_int_equal(report.requests, 0);
	must_not_map64(BASE, BASE + 2 * MB);
}

/* What is asked for need not be data; of RAM's two types either. */
static void attributes_are_those_asked_for(void **state)
{
	static const u32 wanted[] = {
		0, PHYSMAP_WRITE, PHYSMAP_GLOBAL, DATA,
		PHYSMAP_EXEC | PHYSMAP_GLOBAL,
		DATA | ARM64_MT_NORMAL_TAGGED << PHYSMAP_MEMTYPE_SHIFT,
	};
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(wanted); i++) {
		const struct physmap_range r = blocks(BASE + MB, BASE + 70 * MB,
						      true);
		struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);

		begin_arm64(&a4k);
		map->live = i & 1;
		req.attrs = wanted[i / 2];
		seat_judge();
		assert_int_equal(build(&req), 0);
		must_map64(BASE + MB, BASE + 70 * MB, wanted[i / 2]);
		judge_agrees();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BUILDS("every machine maps by the largest leaves and groups there can be (ARM-CONT-1)",
		       every_machine_maps_by_the_largest_leaves),
		BUILDS("a range's ends cut groups", range_ends_cut_groups),
		BUILDS("cuts part groups (ARM-CONT-2)", cuts_part_groups),
		BUILDS("slots that are taken part groups (ARM-CONT-4)",
		       occupied_slots_part_groups),
		BUILDS("groups want both addresses in line (ARM-CONT-1)",
		       addresses_must_be_in_line_for_groups),
		BUILDS("random worlds are mapped as the oracle says, with the tables planned",
		       random_worlds_agree),
		BUILDS("what lies on both sides of 2^48 and 2^50 is mapped (ARM-FMT-1)",
		       what_lies_apart_is_mapped),
		BUILDS("an edge within a table ends a run",
		       an_edge_within_a_table_ends_a_run),
		BUILDS("in boot all is early until the flush", in_boot_all_is_early),
		BUILDS("live groups are final at once, the rest is early (ARM-CONT-2)",
		       live_groups_are_final_at_once),
		BUILDS("with FEAT_BBM level 3 live groups are early too (ARM-BBM-6)",
		       where_sizes_may_change_live_groups_are_early),
		BUILDS("final-on-fresh flushes nothing (ARM-TLBI-4)",
		       final_on_fresh_flushes_nothing),
		BUILDS("what is final at once needs no boundary (ARM-TLBI-4)",
		       what_is_final_needs_no_boundary),
		BUILDS("both policies end with the same map", both_policies_end_alike),
		BUILDS("mapping takes a DSB for each table published and one more (ARM-TLBI-2, -3, -4)",
		       mapping_alone_takes_few_barriers),
		BUILDS("in boot one DSB is all", boot_takes_fewer),
		BUILDS("two passes are parted by a flush with its barriers (ARM-TLBI-1)",
		       passes_are_parted_by_a_flush),
		BUILDS("kept entries stay bit for bit (ARM-BBM-12, ARM-FMT-2)",
		       kept_entries_stay_bit_for_bit),
		BUILDS("a split keeps what the block had", a_split_keeps_what_the_block_had),
		BUILDS("a live split is a matter of the processor, and else changes nothing (ARM-BBM-2, -6)",
		       a_live_split_is_a_matter_of_the_processor),
		BUILDS("one of a group is never split (ARM-CONT-1)",
		       one_of_a_group_is_never_split),
		BUILDS("tails stay where the backend says so",
		       tails_stay_where_the_backend_says_so),
		BUILDS("nothing of what was in pages for tables is seen (ARM-TLBI-3)",
		       nothing_of_dirty_pages_is_seen),
		BUILDS("a build refused at any hook can be resumed",
		       a_build_refused_at_any_hook_can_be_resumed),
		BUILDS("an early group is finished as a whole (ARM-CONT-1)",
		       an_early_group_is_finished_as_a_whole),
		BUILDS("full tables that were stopped in pass 2 are finished",
		       full_tables_that_were_stopped_are_finished),
		BUILDS("a commit within pass 2 may be refused",
		       a_commit_within_pass_2_may_be_refused),
		BUILDS("a link may be stored by others, with the same barriers (ARM-TLBI-3)",
		       a_link_may_be_stored_by_others),
		BUILDS("the map may begin within what says it is a group",
		       the_map_begins_within_a_group),
		BUILDS("a slot that changed meanwhile is refused (ARM-BBM-2)",
		       a_slot_that_changed_meanwhile_is_refused),
		BUILDS("a table page out of reach is refused (ARM-FMT-1)",
		       a_table_page_out_of_reach_is_refused),
		BUILDS("unsound requests are refused by arm64's rules",
		       unsound_requests_are_refused),
		BUILDS("attributes are those asked for (ARM-ATTR-6, ARM-MMU-12)",
		       attributes_are_those_asked_for),
	};

	return cmocka_run_group_tests_name("arm64_build", tests, NULL, NULL);
}
