// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building on a native machine: what each pass does and in which order, what
 * is kept, and that a build that was stopped anywhere can be taken up again.
 */
#include <stdlib.h>
#include "support.h"

static const u32 data = PHYSMAP_WRITE | PHYSMAP_GLOBAL;
static const u32 early = PHYSMAP_WRITE | PHYSMAP_EXEC;

#define RW	0x2ULL
#define MARK	0x400ULL	/* the early mark, as raw bit */
#define NX	(1ULL << 63)

/* Memory as it was when the first flush came. */
static struct model_memory at_flush;
static bool flushed;

static void keep_snapshot(struct model_machine *mm, const struct model_event *e)
{
	if (e->kind != MODEL_FLUSH || flushed)
		return;
	model_copy(&at_flush, &mm->mem);
	flushed = true;
}

static int stop_all(void **state)
{
	model_free(&at_flush);
	at_flush = (struct model_memory) { };
	flushed = false;
	return stop(state);
}

#define BUILDS(sentence, function) { sentence, function, NULL, stop_all, NULL }

static struct model_translation then_in(const struct model_memory *mem, u64 pa)
{
	return model_translate(mem, &m.cpu, pa + map->offset);
}

static struct model_translation then(u64 pa)
{
	return then_in(&at_flush, pa);
}

/* Pass 1 */

static void early_before_the_flush(void **state)
{
	u64 pa;

	begin(&long4);
	m.before = keep_snapshot;
	must_build(MB, 1 * GB + 5 * MB, S2M, PHYSMAP_TWO_PASS);
	assert_true(flushed);
	for (pa = MB; pa < 1 * GB + 5 * MB; pa += 4 * KB) {
		const struct model_translation t = then(pa);

		assert_true(t.present && t.write && t.exec && !t.global);
		assert_true(t.raw & MARK);
		assert_int_equal(t.pa, pa);
	}
	must_map(MB, 2 * MB, 0, data);
	must_map(2 * MB, 1 * GB + 4 * MB, 1, data);
	must_map(1 * GB + 4 * MB, 1 * GB + 5 * MB, 0, data);
}

static void the_flush_changes_nothing_but_attributes(void **state)
{
	u64 pa;

	begin(&long4);
	m.before = keep_snapshot;
	must_build(MB, 3 * GB + MB, S1G, PHYSMAP_TWO_PASS);
	for (pa = 0; pa < 4 * GB; pa += 4 * KB) {
		const struct model_translation a = then(pa), b = at(pa);

		assert_int_equal(a.present, b.present);
		assert_int_equal(a.level, b.level);
		assert_int_equal(a.pa, b.pa);
		assert_int_equal(a.table, b.table);
		assert_false(b.raw & MARK);
		/* X86-TLB-1: NX, G and the mark are all that may differ. */
		assert_int_equal((a.raw ^ b.raw) & ~(NX | 0x100 | MARK), 0);
	}
}

static void one_flush_between_the_passes(void **state)
{
	unsigned int i, at_event = 0;

	begin(&long4);
	must_build(MB, 9 * MB, S2M, PHYSMAP_TWO_PASS);
	assert_int_equal(events(MODEL_FLUSH), 1);
	for (i = 0; i < m.events; i++)
		if (m.event[i].kind == MODEL_FLUSH)
			at_event = i;
	for (i = 0; i < m.events; i++) {
		if (m.event[i].kind == MODEL_PROTECT)
			assert_true(i > at_event);
		if (m.event[i].kind == MODEL_WRITE ||
		    m.event[i].kind == MODEL_LINK)
			assert_true(i < at_event);
	}
	assert_true(events(MODEL_PROTECT) > 0);
	assert_int_equal(report.boundary.flushes, 1);
	assert_int_equal(report.last_flushes, 0);
	assert_int_equal(report.record[0].boundary_flushes, 1);
	assert_int_equal(report.record[0].seq_flush,
			 report.record[0].seq_shape + 1);
	assert_int_equal(report.record[0].seq_attributes,
			 report.record[0].seq_flush + 1);
}

/* X86-TLB-8: NX on live entries is a tightening, so it is flushed again. */
static void a_live_map_is_flushed_after_pass_2(void **state)
{
	begin(&long4);
	map->live = true;
	must_build(MB, 9 * MB, S2M, PHYSMAP_TWO_PASS);
	assert_int_equal(events(MODEL_FLUSH), 2);
	assert_int_equal(m.event[m.events - 1].kind, MODEL_FLUSH);
	assert_int_equal(report.last_flushes, 1);
}

/* X86-TLB-5 */
static bool early_leaf_seen;

static void watch_for_early(struct model_machine *mm,
			    const struct model_event *e)
{
	if (e->kind == MODEL_WRITE && (e->first & 1) &&
	    ((e->first & MARK) || !(e->first & NX)))
		early_leaf_seen = true;
}

static void final_at_once(void **state)
{
	begin(&long4);
	map->live = true;
	m.before = watch_for_early;
	early_leaf_seen = false;
	must_build(MB, 2 * GB + MB, S1G, PHYSMAP_FINAL_ON_FRESH);
	assert_false(early_leaf_seen);
	assert_int_equal(events(MODEL_FLUSH), 0);
	assert_int_equal(events(MODEL_PROTECT), 0);
	must_map(MB, 2 * MB, 0, data);
	must_map(2 * MB, 1 * GB, 1, data);
	must_map(1 * GB, 2 * GB, 2, data);
	assert_int_equal(report.shape.early, 0);
	assert_int_equal(report.shape.final, report.shape.leaves[0] +
			 report.shape.leaves[1] + report.shape.leaves[2]);
	/* The watch itself sees early leaves where there are some. */
	must_build(4 * GB, 4 * GB + MB, S1G, PHYSMAP_TWO_PASS);
	assert_true(early_leaf_seen);
}

static void both_policies_end_alike(void **state)
{
	struct model_memory two_pass;

	begin(&long4);
	must_build(MB, 1 * GB + 9 * MB, S2M, PHYSMAP_TWO_PASS);
	model_copy(&two_pass, &m.mem);
	begin(&long4);
	must_build(MB, 1 * GB + 9 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	assert_true(model_same(&two_pass, &m.mem));
	model_free(&two_pass);
}

/* Order of filling and linking */

static bool linked_half_full;

/* A table that is published must be as the engine leaves it. */
static void watch_links(struct model_machine *mm, const struct model_event *e)
{
	const u64 *page;
	unsigned int i;

	if (e->kind == MODEL_WRITE && !e->unlinked)
		linked_half_full = true;
	if (e->kind != MODEL_LINK)
		return;
	page = model_page(&mm->mem, e->child);
	for (i = 0; i < 512; i++)
		if (!page[i])
			linked_half_full = true;
}

static void tables_are_linked_when_full(void **state)
{
	begin(&long4);
	/* The root's slot exists, all below is new and whole. */
	must_build(512 * GB, 513 * GB, S1G, PHYSMAP_FINAL_ON_FRESH);
	m.before = watch_links;
	linked_half_full = false;
	must_build(2 * TB, 2 * TB + 512 * GB, S2M, PHYSMAP_TWO_PASS);
	assert_false(linked_half_full);
}

static void tables_are_linked_bottom_up(void **state)
{
	unsigned int i, j;

	begin(&long5);
	must_build(0, 4 * KB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(events(MODEL_LINK), 4);
	for (i = 0; i < m.events; i++)
		for (j = i + 1; j < m.events; j++)
			/* Once linked, a fresh table is not written to. */
			if (m.event[i].kind == MODEL_LINK &&
			    m.event[j].kind <= MODEL_LINK &&
			    m.event[j].kind != MODEL_PROTECT)
				assert_true(m.event[j].table != m.event[i].child);
}

/* Kept entries */

static const u64 odd_leaves[] = {
	0x1,			/* RO, executable, not even accessed */
	0x63,			/* RW and executable */
	0x8000000000000121,	/* RO, global, NX */
	0x800000000000017b,	/* uncached */
	0x80000000000001e3,	/* PAT bit */
	0x8000000000000b63,	/* other software bits */
	0x67,			/* user */
	0x7ff0000000000063,	/* the high software bits */
};

static void put_odd_ones(void)
{
	unsigned int i;

	must_build(512 * KB, 516 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	for (i = 0; i < ARRAY_SIZE(odd_leaves); i++)
		*slot_at(map->offset + i * 12 * KB, 0) =
			odd_leaves[i] | i * 12 * KB;
	/* Not present, yet somebody's (X86-LNX-1). */
	*slot_at(map->offset + 256 * KB, 0) = 0x123450;
	*slot_at(map->offset + 260 * KB, 0) = 1ULL << 62;
}

static void odd_ones_are_untouched(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(odd_leaves); i++)
		assert_int_equal(*slot_at(map->offset + i * 12 * KB, 0),
				 odd_leaves[i] | i * 12 * KB);
	assert_int_equal(*slot_at(map->offset + 256 * KB, 0), 0x123450);
	assert_int_equal(*slot_at(map->offset + 260 * KB, 0), 1ULL << 62);
}

static void keeps(enum physmap_policy policy, bool live)
{
	begin(&long4);
	map->live = live;
	put_odd_ones();
	memset(&report, 0, sizeof(report));
	must_build(0, 2 * MB, S4K, policy);
	odd_ones_are_untouched();
	/* All that is between is new and final. */
	must_map(4 * KB, 12 * KB, 0, data);
	must_map(264 * KB, 2 * MB, 0, data);
	assert_int_equal(report.shape.kept[0], ARRAY_SIZE(odd_leaves) + 3);
	assert_int_equal(report.shape.leaves[0],
			 512 - ARRAY_SIZE(odd_leaves) - 3);
	assert_int_equal(report.attributes.kept_written, 0);
	assert_int_equal(report.shape.kept_read_only, 2);
}

static void kept_entries_stay_bit_for_bit(void **state)
{
	keeps(PHYSMAP_TWO_PASS, false);
	keeps(PHYSMAP_TWO_PASS, true);
	keeps(PHYSMAP_FINAL_ON_FRESH, false);
	keeps(PHYSMAP_FINAL_ON_FRESH, true);
}

static void large_leaves_of_an_allowed_size_are_kept(void **state)
{
	const u64 ro = 2 * MB | 0x80000000000000e1;
	const u64 shared = 1 * GB | 0xe3;

	begin(&long4);
	must_build(8 * MB, 10 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	*slot_at(map->offset + 2 * MB, 1) = ro;
	*slot_at(map->offset + 1 * GB, 2) = shared;
	must_build(0, 2 * GB, S1G, PHYSMAP_TWO_PASS);
	assert_int_equal(*slot_at(map->offset + 2 * MB, 1), ro);
	assert_int_equal(*slot_at(map->offset + 1 * GB, 2), shared);
	assert_int_equal(report.shape.kept[2], 1);
	assert_int_equal(report.shape.kept[1], 2);
	must_map(4 * MB, 1 * GB, 1, data);
}

/*
 * The mark means something only in a leaf. In what is not present it is
 * somebody's, also when it stands right behind an early leaf.
 */
static void the_mark_in_a_foreign_entry_means_nothing(void **state)
{
	const u64 foreign = 0x7000 | MARK;

	begin(&long4);
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	*slot_at(map->offset + 16 * KB, 0) = foreign;
	must_build(0, 64 * KB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(*slot_at(map->offset + 16 * KB, 0), foreign);
	must_map(20 * KB, 64 * KB, 0, data);
}

/* The same of a table's entry between two large early leaves. */
static void the_mark_in_a_tables_entry_means_nothing(void **state)
{
	u64 *slot, was;

	begin(&long4);
	must_build(2 * MB, 2 * MB + 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	slot = slot_at(map->offset + 2 * MB, 1);
	was = *slot |= MARK;
	must_build(0, 8 * MB, S2M, PHYSMAP_TWO_PASS);
	assert_int_equal(*slot, was);
	must_map(0, 2 * MB, 1, data);
	must_map(2 * MB, 4 * MB, 0, data);
	must_map(4 * MB, 8 * MB, 1, data);
}

/* Splits */

static void a_split_keeps_what_the_leaf_had(void **state)
{
	/* RO, NX, G, uncached by PAT 6 (PCD and PAT), software bit 9. */
	const u64 ro = 2 * MB | 0x80000000000013f1;
	u64 pa;

	begin(&long4);
	must_build(0, 6 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	*slot_at(map->offset + 2 * MB, 1) = ro;
	must_build(3 * MB, 3 * MB + 4 * KB, S4K, PHYSMAP_TWO_PASS);
	for (pa = 2 * MB; pa < 4 * MB; pa += 4 * KB) {
		const struct model_translation t = at(pa);

		assert_true(t.present && !t.write && !t.exec && t.global);
		assert_int_equal(t.level, 0);
		assert_int_equal(t.pa, pa);
		assert_int_equal(t.pat, 6);	/* X86-FMT-5 */
		assert_int_equal(t.raw & 0xe00, 0x200);
	}
	must_map(0, 2 * MB, 1, data);
	must_map(4 * MB, 6 * MB, 1, data);
	assert_int_equal(report.shape.split[1], 1);
}

static void a_1g_leaf_is_split_to_pages(void **state)
{
	begin(&long4);
	must_build(0, 1 * GB, S1G, PHYSMAP_FINAL_ON_FRESH);
	must_build(4 * MB, 4 * MB + 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	must_map(0, 4 * MB, 1, data);
	must_map(4 * MB, 6 * MB, 0, data);
	must_map(6 * MB, 1 * GB, 1, data);
	assert_int_equal(report.shape.split[1], 1);
	assert_int_equal(report.shape.split[2], 1);
}

/* X86-TLB-3: two sizes may be cached until a flush. */
static void a_live_split_is_flushed(void **state)
{
	begin(&long4);
	map->live = true;
	must_build(0, 4 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(events(MODEL_FLUSH), 0);
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(events(MODEL_FLUSH), 1);
	assert_int_equal(m.event[m.events - 1].kind, MODEL_FLUSH);
	assert_int_equal(report.last_flushes, 1);
	/* What is paid is not owed any more. */
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(events(MODEL_FLUSH), 1);
}

static void a_split_that_is_not_live_is_not_flushed(void **state)
{
	begin(&long4);
	must_build(0, 4 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(events(MODEL_FLUSH), 0);
}

/* X86-LNX-8 */
static void a_caller_that_flushes_is_left_to_it(void **state)
{
	const struct physmap_range r = range(0, 4 * KB, S4K);
	struct physmap_request req = ask(&r, 1, PHYSMAP_FINAL_ON_FRESH);

	begin(&long4);
	map->live = true;
	must_build(0, 4 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	req.flusher = PHYSMAP_CALLER_FLUSHES;
	assert_int_equal(build(&req), 0);
	assert_int_equal(events(MODEL_FLUSH), 0);
	assert_int_equal(report.last_flushes, 0);
	must_map(0, 2 * MB, 0, data);
}

/* Between its passes a build cannot do without (X86-TLB-3). */
static void the_boundary_is_flushed_whoever_flushes_last(void **state)
{
	const struct physmap_range r = range(0, 4 * MB, S4K);
	struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);

	begin(&long4);
	map->live = true;
	req.flusher = PHYSMAP_CALLER_FLUSHES;
	assert_int_equal(build(&req), 0);
	assert_int_equal(events(MODEL_FLUSH), 1);
	assert_int_equal(report.boundary.flushes, 1);
}

/* X86-ERR-2 */
static void erratum_383_refuses_a_live_split(void **state)
{
	struct physmap_x86_machine x86 = long4;
	struct model_memory before;
	u64 pa;

	x86.erratum_383 = true;
	begin(&x86);
	map->live = true;
	must_build(0, 4 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	model_copy(&before, &m.mem);
	must_refuse(build_one(2 * MB, 2 * MB + 4 * KB, S4K,
			      PHYSMAP_FINAL_ON_FRESH), -EPERM, "X86-ERR-2");
	assert_int_equal(why.level, 1);
	assert_int_equal(why.va, map->offset + 2 * MB);
	for (pa = 0; pa < 8 * MB; pa += 4 * KB)
		assert_int_equal(at(pa).raw,
				 model_translate(&before, &m.cpu,
						 pa + map->offset).raw);
	assert_int_equal(events(MODEL_FLUSH), 0);
	model_free(&before);
}

static void erratum_383_loses_no_page(void **state)
{
	struct physmap_x86_machine x86 = long4;
	u64 out;

	x86.erratum_383 = true;
	begin(&x86);
	map->live = true;
	must_build(0, 4 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	out = m.mem.out;
	must_refuse(build_one(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH), -EPERM,
		    "X86-ERR-2");
	assert_int_equal(m.mem.out, out);
}

static void erratum_383_lets_what_is_not_live_be_split(void **state)
{
	struct physmap_x86_machine x86 = long4;

	x86.erratum_383 = true;
	begin(&x86);
	must_build(0, 4 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	must_build(2 * MB, 2 * MB + 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	must_map(2 * MB, 4 * MB, 0, data);
}

/* Tails (X86-LNX-5) */

static void tails_that_are_no_ram_are_cleared(void **state)
{
	const u64 odd = 1600 * KB | 0x63;

	begin(&long4);
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	*slot_at(map->offset + 1536 * KB, 0) = 1536 * KB | 0x63;
	*slot_at(map->offset + 1600 * KB, 0) = odd;
	*slot_at(map->offset + 64 * MB, 1) = 64 * MB | 0xe3;
	*slot_at(map->offset + 128 * MB, 1) = 128 * MB | 0xe3;
	m.ram[0].end = 1 * MB;
	m.ram[1].start = 1600 * KB;
	m.ram[1].end = 1604 * KB;
	m.ram[2].start = 129 * MB;
	m.ram[2].end = 130 * MB;
	must_build(0, 1 * MB, S4K, PHYSMAP_TWO_PASS);
	must_map(0, 1 * MB, 0, data);
	assert_int_equal(*slot_at(map->offset + 1536 * KB, 0), 0);
	assert_int_equal(*slot_at(map->offset + 1600 * KB, 0), odd);
	assert_int_equal(*slot_at(map->offset + 64 * MB, 1), 0);
	/* Some of it is RAM, so it stays. */
	assert_int_equal(*slot_at(map->offset + 128 * MB, 1), 128 * MB | 0xe3);
	assert_int_equal(report.shape.cleared, 2);
}

static void a_live_tail_that_is_cleared_is_flushed(void **state)
{
	begin(&long4);
	map->live = true;
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	*slot_at(map->offset + 1536 * KB, 0) = 1536 * KB | 0x63;
	m.ram[0].end = 1 * MB;
	must_build(0, 1 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(events(MODEL_FLUSH), 1);
}

/* A fresh table has nothing to clear, and the root is not ours alone. */
static void fresh_tables_and_the_root_have_no_tails(void **state)
{
	u64 foreign = 0x1000 | 0x63;
	unsigned int i;

	begin(&long4);
	*slot_at(map->offset + 100 * TB, 3) = foreign;
	m.ram[0].end = 1 * MB;
	must_build(0, 1 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(*slot_at(map->offset + 100 * TB, 3), foreign);
	assert_int_equal(report.shape.cleared, 0);
	for (i = 0; i < m.events; i++)
		assert_true(m.event[i].kind != MODEL_WRITE || m.event[i].first);
}

/* The report's counters */

static void counters_add_up(void **state)
{
	begin(&long4);
	must_build(0, 1 * MB, S4K, PHYSMAP_TWO_PASS);
	must_build(1 * MB, 1 * GB + 2 * MB, S2M, PHYSMAP_TWO_PASS);
	must_build(2 * GB, 3 * GB, S1G, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(report.requests, 3);
	assert_int_equal(report.failed, 0);
	assert_int_equal(report.shape.leaves[0], 512);
	assert_int_equal(report.shape.leaves[1], 511 + 1);
	assert_int_equal(report.shape.leaves[2], 1);
	assert_int_equal(report.shape.early, 512 + 512);
	assert_int_equal(report.shape.final, 1);
	assert_int_equal(report.attributes.leaves[0], 512);
	assert_int_equal(report.attributes.leaves[1], 512);
	assert_int_equal(report.attributes.finished, 1024);
	assert_int_equal(report.attributes.no_exec, 1024);
	assert_int_equal(report.attributes.global, 1024);
	assert_int_equal(report.attributes.resized, 0);
	assert_int_equal(report.attributes.moved, 0);
	assert_int_equal(report.shape.tables, report.tables_used);
	assert_int_equal(report.tables_planned, report.tables_used);
	assert_int_equal(report.boundary.flushes, 2);
	assert_int_equal(report.records, 3);
	assert_int_equal(report.record[0].early, 256);
	assert_int_equal(report.record[0].finished, 256);
	assert_int_equal(report.record[1].early, 256 + 512);
	assert_int_equal(report.record[2].final, 1);
	assert_int_equal(report.record[2].seq_attributes, 0);
	assert_int_equal(report.requested.count, 2);
	assert_int_equal(report.covered.count, 2);
}

/* X86-LNX-6 */
static void what_is_found_is_counted_once(void **state)
{
	begin(&long4);
	put_odd_ones();
	memset(&report, 0, sizeof(report));
	must_build(0, 1 * MB, S4K, PHYSMAP_TWO_PASS);
	must_build(0, 1 * MB, S4K, PHYSMAP_TWO_PASS);
	must_build(64 * KB, 2 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(report.shape.found[0], ARRAY_SIZE(odd_leaves) + 3);
	assert_int_equal(report.shape.kept_read_only, 2);
	assert_int_equal(report.shape.leaves[0],
			 512 - ARRAY_SIZE(odd_leaves) - 3);
	assert_int_equal(report.shape.kept[0],
			 ARRAY_SIZE(odd_leaves) + 3 + 256 + 256 - 16);
	assert_int_equal(report.tables_planned, report.tables_used);
}

static void many_requests_share_the_last_record(void **state)
{
	unsigned int i;

	begin(&long4);
	for (i = 0; i < PHYSMAP_RECORDS + 5; i++)
		must_build(i * MB, (i + 1) * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(report.records, PHYSMAP_RECORDS);
	assert_int_equal(report.requests, PHYSMAP_RECORDS + 5);
	assert_int_equal(report.record[PHYSMAP_RECORDS - 1].start,
			 (PHYSMAP_RECORDS + 4) * MB);
}

static void a_filled_root_slot_is_told(void **state)
{
	begin(&long4);
	must_build(0, 1 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_true(report.root_changed);	/* X86-LNX-7 */
	report.root_changed = false;
	must_build(1 * MB, 1 * GB, S4K, PHYSMAP_TWO_PASS);
	assert_false(report.root_changed);
	must_build(1 * TB, 1 * TB + 4 * KB, S4K, PHYSMAP_TWO_PASS);
	assert_true(report.root_changed);
}

/* Refusals */

/* Ragged ends, a leaf to split, a tail to clear, an entry to keep. */
static void awkward_start(const struct physmap_x86_machine *x86)
{
	begin(x86);
	map->live = true;
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	must_build(8 * MB, 10 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	*slot_at(map->offset + 8 * KB, 0) = 8 * KB | 0x61;
	*slot_at(map->offset + 12 * MB, 1) = 12 * MB | 0xe3;
	m.ram[0].end = 9 * MB;
	report = (struct physmap_report) { };
	m.called = 0;
	m.events = 0;
}

static struct physmap_request awkward_request(enum physmap_policy policy)
{
	static struct physmap_range r[2];

	r[0] = range(0, 4 * MB, S4K);
	r[1] = range(4 * MB + 4 * KB, 8 * MB + 4 * KB, S4K | PHYSMAP_LEVEL(2));
	return ask(r, 2, policy);
}

static bool same_map(const struct model_memory *a)
{
	u64 pa;

	for (pa = 0; pa < 16 * MB; pa += 4 * KB) {
		const struct model_translation x = then_in(a, pa);
		const struct model_translation y = at(pa);

		if (x.present != y.present || x.level != y.level ||
		    x.pa != y.pa || (x.present && x.raw != y.raw))
			return false;
	}
	return true;
}

/* Whatever stands is a sound map of its own memory. */
static void consistent(void)
{
	u64 pa;

	for (pa = 0; pa < 16 * MB; pa += 4 * KB) {
		const struct model_translation t = at(pa);

		assert_false(t.reserved);
		assert_true(!t.present || t.pa == pa);
	}
}

static void resumes(enum physmap_policy policy)
{
	const struct physmap_request req = awkward_request(policy);
	struct model_memory undisturbed;
	u64 k, calls;

	awkward_start(&long4);
	assert_int_equal(build(&req), 0);
	calls = m.called;
	assert_true(calls > 5);
	model_copy(&undisturbed, &m.mem);
	for (k = 1; k <= calls; k++) {
		awkward_start(&long4);
		m.refuse_at = k;
		must_refuse(build(&req), MODEL_REFUSAL, "MODEL");
		assert_int_equal(m.called, k);	/* nothing after a refusal */
		assert_true(why.va >= map->offset);
		consistent();
		assert_int_equal(report.failed, 1);
		assert_int_equal(report.record[0].error, MODEL_REFUSAL);
		if (build(&req))
			fail_msg("after call %llu: %s", (unsigned long long)k,
				 why.what);
		assert_true(same_map(&undisturbed));
		assert_int_equal(report.attributes.kept_written, 0);
		assert_int_equal(m.bad_release, 0);
		/* What was being filled is lost, a path's worth at most. */
		assert_true(m.mem.out - (model_tables(&m.mem, &m.cpu) - 1) <=
			    m.cpu.levels - 1);
	}
	model_free(&undisturbed);
}

static void a_two_pass_build_can_be_resumed(void **state)
{
	resumes(PHYSMAP_TWO_PASS);
}

static void a_fresh_build_can_be_resumed(void **state)
{
	resumes(PHYSMAP_FINAL_ON_FRESH);
}

/* What was cleared or split before the refusal wants its flush first. */
static void a_resumed_build_makes_up_for_the_flush(void **state)
{
	const struct physmap_request req =
		awkward_request(PHYSMAP_FINAL_ON_FRESH);
	u64 k, calls, owed = 0;

	awkward_start(&long4);
	assert_int_equal(build(&req), 0);
	calls = m.called;
	assert_int_equal(events(MODEL_FLUSH), 1);
	for (k = 1; k <= calls; k++) {
		awkward_start(&long4);
		m.refuse_at = k;
		assert_int_equal(build(&req), MODEL_REFUSAL);
		owed += map->flush_owed;
		m.events = 0;
		if (map->flush_owed) {
			assert_int_equal(build(&req), 0);
			assert_int_equal(m.event[0].kind, MODEL_FLUSH);
		} else {
			assert_int_equal(build(&req), 0);
			assert_int_equal(events(MODEL_FLUSH), 1);
		}
		assert_false(map->flush_owed);
	}
	assert_int_not_equal(owed, 0);
}

/*
 * A slot is cleared, the build is refused, and the next one fills the slot: the
 * flush comes before that, and if it is refused nothing else is done.
 */
static void what_is_owed_is_flushed_first(void **state)
{
	begin(&long4);
	map->live = true;
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	*slot_at(map->offset + 1536 * KB, 0) = 0x5063;
	m.ram[0].end = MB;
	m.refuse_at = m.called + 3;
	assert_int_equal(build_one(0, MB, S4K, PHYSMAP_FINAL_ON_FRESH),
			 MODEL_REFUSAL);
	assert_true(map->flush_owed);
	m.ram[0].end = 4 * MB;
	m.refuse_at = m.called + 1;
	assert_int_equal(build_one(MB, 2 * MB, S4K, PHYSMAP_FINAL_ON_FRESH),
			 MODEL_REFUSAL);
	must_not_map(MB, 2 * MB);
	assert_true(map->flush_owed);
	m.events = 0;
	must_build(MB, 2 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(m.event[0].kind, MODEL_FLUSH);
	must_map(MB, 2 * MB, 0, data);
}

/* What lies beyond one range is not left over if another range wants it. */
static void the_next_range_is_no_tail(void **state)
{
	struct physmap_range r[2];
	struct physmap_request req;

	begin(&long4);
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	must_build(4 * MB, 4 * MB + 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	m.ram[0].end = MB;
	r[0] = range(0, MB, S4K);
	r[1] = range(4 * MB, 4 * MB + 8 * KB, S4K);
	r[1].source = PHYSMAP_FIRMWARE;
	req = ask(r, 2, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(build(&req), 0);
	must_map(4 * MB, 4 * MB + 8 * KB, 0, data);
	assert_int_equal(report.shape.cleared, 0);
}

/* A leaf that reached out of one range is split for the next. */
static void what_reached_out_and_was_split_is_finished(void **state)
{
	struct physmap_range r[2];
	struct physmap_request req;

	begin(&long4);
	r[0] = range(0, MB, S2M);
	r[0].outer_end = 2 * MB;
	r[1] = range(MB + 64 * KB, MB + 128 * KB, S4K);
	req = ask(r, 2, PHYSMAP_TWO_PASS);
	assert_int_equal(build(&req), 0);
	must_map(0, 2 * MB, 0, data);
}

/* Two requests of one boot: the first one's early leaves are finished too. */
static void early_leaves_that_were_left_are_finished(void **state)
{
	begin(&long4);
	/* Table, leaves, links ... and then the flush. */
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	m.refuse_at = m.called + 2;
	assert_int_equal(build_one(4 * KB, 64 * KB, S4K, PHYSMAP_TWO_PASS),
			 MODEL_REFUSAL);
	must_map(4 * KB, 64 * KB, 0, early);
	must_build(4 * KB, 128 * KB, S4K, PHYSMAP_TWO_PASS);
	must_map(0, 128 * KB, 0, data);
}

static u64 *stolen;

static void steal(struct model_machine *mm, const struct model_event *e)
{
	if (e->kind == MODEL_LINK && e->level == 3) {
		stolen = (u64 *)model_page(&mm->mem, e->table) + e->index;
		*stolen = 0x9000 | 0x63;
	}
}

static void a_slot_that_changed_meanwhile_is_refused(void **state)
{
	begin(&long4);
	m.before = steal;
	must_refuse(build_one(0, 4 * KB, S4K, PHYSMAP_TWO_PASS), -EBUSY,
		    "X86-TLB-13");
	assert_int_equal(*stolen, 0x9000 | 0x63);
	assert_int_equal(why.level, 3);
	assert_int_equal(why.va, map->offset);
}

/* A table that was there when the plan was made, and is gone. */
static void take_table_away(struct model_machine *mm,
			    const struct model_event *e)
{
	if (e->kind == MODEL_WRITE)
		*slot_at(map->offset + 1 * GB, 2) = 0;
}

static void a_plan_that_fell_short_stops_the_build(void **state)
{
	const struct physmap_range r[] = {
		range(0, 4 * KB, S4K), range(1 * GB, 1 * GB + 8 * KB, S4K),
	};
	const struct physmap_request req = ask(r, 2, PHYSMAP_TWO_PASS);

	begin(&long4);
	must_build(1 * GB, 1 * GB + 4 * KB, S4K, PHYSMAP_TWO_PASS);
	m.before = take_table_away;
	must_refuse(build(&req), -ENOSPC, "X86-LNX-3");
	assert_int_equal(why.va, map->offset + 1 * GB);
	m.before = NULL;
	assert_int_equal(build(&req), 0);
	must_map(0, 4 * KB, 0, data);
	must_map(1 * GB, 1 * GB + 8 * KB, 0, data);
	assert_int_equal(m.bad_release, 0);
}

/* The same where whole tables are filled at once. */
static void a_plan_that_fell_short_of_full_tables(void **state)
{
	const struct physmap_range r[] = {
		range(0, 4 * KB, S4K), range(1 * GB, 1 * GB + 4 * MB, S4K),
	};
	const struct physmap_request req = ask(r, 2, PHYSMAP_TWO_PASS);

	begin(&long4);
	must_build(1 * GB, 1 * GB + 4 * KB, S4K, PHYSMAP_TWO_PASS);
	m.before = take_table_away;
	must_refuse(build(&req), -ENOSPC, "X86-LNX-3");
	m.before = NULL;
	assert_int_equal(build(&req), 0);
	must_map(1 * GB, 1 * GB + 4 * MB, 0, data);
}

/* An allocator that hands out what an entry cannot point to. */
static void a_table_page_out_of_reach_is_refused(void **state)
{
	struct physmap_x86_machine x86 = long4;

	x86.pa_bits = 39;
	stop(NULL);
	model_start(&m, &x86, TABLES_FROM);
	must_refuse(build_one(0, 4 * KB, S4K, PHYSMAP_TWO_PASS), -EPERM,
		    "X86-FMT-4");
	must_not_map(0, 4 * KB);
}

/* An early leaf of somebody who did not know what the machine has. */
static void a_leaf_with_a_reserved_bit_is_not_finished(void **state)
{
	const u64 bad = 1ULL << 50 | MARK | 0x63;

	begin(&long4);
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	*slot_at(map->offset + 8 * KB, 0) = bad;
	must_refuse(build_one(8 * KB, 12 * KB, S4K, PHYSMAP_TWO_PASS), -EPERM,
		    "X86-FMT-4");
	assert_int_equal(why.va, map->offset + 8 * KB);
	assert_int_equal(*slot_at(map->offset + 8 * KB, 0), bad);
}

/*
 * Without NX pass 2 takes no right away. What it gives is flushed none the
 * less: a split later on must not stand beside a translation from before.
 */
static void a_live_map_without_nx_is_flushed_too(void **state)
{
	struct physmap_x86_machine x86 = long4;

	x86.nx = false;
	begin(&x86);
	map->live = true;
	must_build(0, 2 * MB, S2M, PHYSMAP_TWO_PASS);
	assert_int_equal(m.event[m.events - 1].kind, MODEL_FLUSH);
	assert_int_equal(report.last_flushes, 1);
}

/* Machines that lack something */

static void builds_as(const struct physmap_x86_machine *x86, u32 want)
{
	begin(x86);
	must_build(MB, 5 * MB, S2M, PHYSMAP_TWO_PASS);
	must_map(MB, 2 * MB, 0, want);
	must_map(2 * MB, 4 * MB, 1, want);
	assert_false(at(MB).raw & MARK);
	assert_int_equal(report.attributes.finished, report.shape.early);
	assert_int_equal(report.attributes.no_exec,
			 x86->nx ? report.attributes.finished : 0);
	assert_int_equal(report.attributes.global,
			 x86->global ? report.attributes.finished : 0);
}

static void machines_without_nx_or_global(void **state)
{
	struct physmap_x86_machine x86 = long4;

	builds_as(&x86, data);
	x86.nx = false;			/* X86-FMT-1 */
	builds_as(&x86, data | PHYSMAP_EXEC);
	x86.global = false;		/* X86-FMT-7: no PGE, or PTI */
	builds_as(&x86, PHYSMAP_WRITE | PHYSMAP_EXEC);
	x86.nx = true;
	builds_as(&x86, PHYSMAP_WRITE);
}

/* X86-FMT-9 */
static void the_c_bit_is_everywhere_and_stays(void **state)
{
	const struct physmap_range r = range(MB, 5 * MB, S2M);
	struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);
	struct physmap_x86_machine x86 = long4;
	u64 pa;

	x86.encrypt = 1ULL << 51;
	begin(&x86);
	m.before = keep_snapshot;
	req.attrs |= PHYSMAP_ENCRYPTED;
	assert_int_equal(build(&req), 0);
	for (pa = MB; pa < 5 * MB; pa += 4 * KB) {
		assert_true(then(pa).encrypted);
		assert_true(at(pa).encrypted);
	}
	must_map(MB, 2 * MB, 0, data);
	/* Splits keep it as well. */
	assert_int_equal(build_one(2 * MB, 2 * MB + 4 * KB, S4K,
				   PHYSMAP_TWO_PASS), 0);
	for (pa = MB; pa < 5 * MB; pa += 4 * KB)
		assert_true(at(pa).encrypted);
}

/* What is asked for need not be data. */
static void attributes_are_those_asked_for(void **state)
{
	static const u32 wanted[] = {
		0, PHYSMAP_WRITE, PHYSMAP_EXEC, PHYSMAP_GLOBAL,
		PHYSMAP_EXEC | PHYSMAP_GLOBAL,
		PHYSMAP_WRITE | PHYSMAP_EXEC | PHYSMAP_GLOBAL,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		const struct physmap_range r = range(MB, 5 * MB, S2M);
		struct physmap_request req = ask(&r, 1, i & 1 ?
						 PHYSMAP_FINAL_ON_FRESH :
						 PHYSMAP_TWO_PASS);

		begin(&long4);
		req.attrs = wanted[i];
		assert_int_equal(build(&req), 0);
		must_map(MB, 2 * MB, 0, wanted[i]);
		must_map(2 * MB, 4 * MB, 1, wanted[i]);
	}
}

/* A backend may hand out fewer pages than are wanted, or just as many. */
static int three_at_a_time(struct physmap_map *of, u64 wanted, u64 *first)
{
	int n = 1;
	u64 next;

	assert_int_equal(model_alloc(&m.mem, first), 0);
	while (n < 3 && n < (int)wanted) {
		assert_int_equal(model_alloc(&m.mem, &next), 0);
		assert_int_equal(next, *first + n * 4 * KB);
		n++;
	}
	return n;
}

static void pages_may_come_several_at_a_time(void **state)
{
	begin(&long4);
	m.hooks.alloc = three_at_a_time;
	must_build(0, 16 * MB, S4K, PHYSMAP_TWO_PASS);
	must_map(0, 16 * MB, 0, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
	assert_int_equal(report.tables_used, 8 + 2);
	assert_int_equal(m.mem.out, 8 + 2);
	assert_int_equal(m.bad_release, 0);
}

/* The other policy has no pass that finishes; what is early waits for it. */
static void early_leaves_wait_for_a_two_pass_build(void **state)
{
	const struct physmap_range r = range(0, 1 * MB, S4K);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);

	begin(&long4);
	map->live = true;
	m.refuse_at = 5;	/* a write, three links, the flush */
	assert_int_equal(build(&req), MODEL_REFUSAL);
	m.refuse_at = 0;
	must_build(0, 1 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_true(at(64 * KB).raw & MARK);
	must_build(0, 1 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_false(at(64 * KB).raw & MARK);
	assert_int_equal(report.attributes.finished, 256);
	assert_int_equal(report.attributes.kept_written, 0);
}

/* A leaf of somebody's that bears the mark is taken for ours: it is told. */
static void a_marked_leaf_that_was_found_is_told(void **state)
{
	begin(&long4);
	must_build(0, 64 * KB, S4K, PHYSMAP_TWO_PASS);
	*slot_at(map->offset + 64 * KB, 0) = 64 * KB | MARK | 0x63;
	must_build(64 * KB, 128 * KB, S4K, PHYSMAP_TWO_PASS);
	assert_true(report.attributes.kept_written > 0);
}

/* Entries of four bytes in tables that are full. */
static void full_tables_of_small_entries_are_finished(void **state)
{
	struct physmap_x86_machine x86 = legacy;

	x86.pse = false;
	begin(&x86);
	must_build(0, 16 * MB, S4K, PHYSMAP_TWO_PASS);
	must_map(0, 16 * MB, 0, data | PHYSMAP_EXEC);
	assert_int_equal(report.attributes.finished, 4096);
}

/* Kept pages in more places than can be remembered: nothing is forgotten. */
static void more_kept_pages_than_are_remembered(void **state)
{
	unsigned int i;

	begin(&long4);
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	for (i = 1; i < 512; i += 2)
		*slot_at(map->offset + i * 4 * KB, 0) = i * 4 * KB | 0x61;
	must_build(2 * MB, 2 * MB + 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	for (i = 1; i < 512; i += 2)
		*slot_at(map->offset + 2 * MB + i * 4 * KB, 0) =
			(2 * MB + i * 4 * KB) | 0x61;
	must_build(0, 4 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_true(report.unfinished.lost > 0);
	assert_int_equal(report.early.lost, 0);
	for (i = 0; i < 1024; i++)
		assert_int_equal(at(i * 4 * KB).write, i % 2 == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BUILDS("every new leaf is early until the flush (X86-TLB-3)",
		       early_before_the_flush),
		BUILDS("after the flush no size and no frame changes (X86-TLB-1)",
		       the_flush_changes_nothing_but_attributes),
		BUILDS("there is one flush, after pass 1 and before pass 2",
		       one_flush_between_the_passes),
		BUILDS("a live map is flushed after NX came (X86-TLB-8)",
		       a_live_map_is_flushed_after_pass_2),
		BUILDS("final-on-fresh shows no early leaf and flushes nothing (X86-TLB-5)",
		       final_at_once),
		BUILDS("both policies end with the same map", both_policies_end_alike),
		BUILDS("tables are linked when they are full (X86-TLB-20)",
		       tables_are_linked_when_full),
		BUILDS("fresh tables are not written to once linked (X86-LNX-4)",
		       tables_are_linked_bottom_up),
		BUILDS("early leaves wait for a two-pass build",
		       early_leaves_wait_for_a_two_pass_build),
		BUILDS("a marked leaf that was found is told",
		       a_marked_leaf_that_was_found_is_told),
		BUILDS("pages for tables may come several at a time",
		       pages_may_come_several_at_a_time),
		BUILDS("kept entries stay bit for bit (X86-LNX-1)",
		       kept_entries_stay_bit_for_bit),
		BUILDS("large leaves of an allowed size are kept (X86-LNX-2)",
		       large_leaves_of_an_allowed_size_are_kept),
		BUILDS("the mark's bit in an entry that is not present means nothing",
		       the_mark_in_a_foreign_entry_means_nothing),
		BUILDS("the mark's bit in a table's entry means nothing",
		       the_mark_in_a_tables_entry_means_nothing),
		BUILDS("a split keeps RO, the memory type and all (X86-LNX-2, X86-FMT-5)",
		       a_split_keeps_what_the_leaf_had),
		BUILDS("a 1G leaf is split down to pages", a_1g_leaf_is_split_to_pages),
		BUILDS("a live split is flushed (X86-TLB-3)", a_live_split_is_flushed),
		BUILDS("a split that is not live is not flushed",
		       a_split_that_is_not_live_is_not_flushed),
		BUILDS("a caller that flushes is left to it (X86-LNX-8)",
		       a_caller_that_flushes_is_left_to_it),
		BUILDS("the boundary is flushed whoever flushes last",
		       the_boundary_is_flushed_whoever_flushes_last),
		BUILDS("erratum 383 refuses a live split and changes nothing (X86-ERR-2)",
		       erratum_383_refuses_a_live_split),
		BUILDS("a split refused for erratum 383 loses no page",
		       erratum_383_loses_no_page),
		BUILDS("erratum 383 lets what is not live be split",
		       erratum_383_lets_what_is_not_live_be_split),
		BUILDS("tails that are no RAM are cleared and no others (X86-LNX-5)",
		       tails_that_are_no_ram_are_cleared),
		BUILDS("a live tail that is cleared is flushed (X86-TLB-8)",
		       a_live_tail_that_is_cleared_is_flushed),
		BUILDS("fresh tables and the root have no tails",
		       fresh_tables_and_the_root_have_no_tails),
		BUILDS("the report's counters add up", counters_add_up),
		BUILDS("what is found is counted once over overlapping requests (X86-LNX-6)",
		       what_is_found_is_counted_once),
		BUILDS("requests beyond the list share its last line",
		       many_requests_share_the_last_record),
		BUILDS("a slot of the root that was filled is told (X86-LNX-7)",
		       a_filled_root_slot_is_told),
		BUILDS("a two-pass build refused at any hook can be resumed",
		       a_two_pass_build_can_be_resumed),
		BUILDS("a fresh build refused at any hook can be resumed",
		       a_fresh_build_can_be_resumed),
		BUILDS("a resumed build makes up for the flush that is owed",
		       a_resumed_build_makes_up_for_the_flush),
		BUILDS("early leaves that were left are finished by the next request",
		       early_leaves_that_were_left_are_finished),
		BUILDS("a slot that changed meanwhile is refused (X86-TLB-13)",
		       a_slot_that_changed_meanwhile_is_refused),
		BUILDS("a plan that fell short stops the build, which can be resumed",
		       a_plan_that_fell_short_stops_the_build),
		BUILDS("the same where tables are filled at once",
		       a_plan_that_fell_short_of_full_tables),
		BUILDS("full tables of small entries are finished (X86-TLB-3)",
		       full_tables_of_small_entries_are_finished),
		BUILDS("more kept pages than are remembered are all kept (X86-LNX-1)",
		       more_kept_pages_than_are_remembered),
		BUILDS("a table page that no entry can point to is refused (X86-FMT-4)",
		       a_table_page_out_of_reach_is_refused),
		BUILDS("an early leaf with a reserved bit is not finished (X86-FMT-4)",
		       a_leaf_with_a_reserved_bit_is_not_finished),
		BUILDS("a live map without NX is flushed after pass 2 (X86-TLB-3)",
		       a_live_map_without_nx_is_flushed_too),
		BUILDS("machines without NX or GLOBAL get neither (X86-FMT-1, -7)",
		       machines_without_nx_or_global),
		BUILDS("the C-bit is in tables and leaves and stays (X86-FMT-9)",
		       the_c_bit_is_everywhere_and_stays),
		BUILDS("what is owed is flushed before anything else (X86-TLB-2)",
		       what_is_owed_is_flushed_first),
		BUILDS("the next range of a request is no tail (X86-LNX-1, -5)",
		       the_next_range_is_no_tail),
		BUILDS("a leaf that reached out and was split is finished (X86-TLB-3)",
		       what_reached_out_and_was_split_is_finished),
		BUILDS("attributes are those asked for", attributes_are_those_asked_for),
	};

	return cmocka_run_group_tests_name("build", tests, NULL, NULL);
}
