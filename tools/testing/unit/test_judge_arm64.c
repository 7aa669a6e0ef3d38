// SPDX-License-Identifier: GPL-2.0-only
/*
 * The judge of arm64 machines, by hand-made events: what the Arm ARM forbids is
 * found at the event that does it, what it allows is not. No engine here.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>
#include "judge.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define HOLDS(sentence, function)	{ sentence, function, NULL, stop, NULL }

#define KB	1024ULL
#define MB	(1024 * KB)
#define GB	(1024 * MB)
#define BASE	0xffff000000000000ULL

/* Descriptors. */
#define BLOCK	0x1ULL
#define PAGE	0x3ULL
#define TABLE	0x3ULL
#define TAGGED	(1ULL << 2)
#define OTHER_TYPE (3ULL << 2)
#define USER	(1ULL << 6)
#define READ_ONLY (1ULL << 7)
#define OUTER	(2ULL << 8)
#define INNER	(3ULL << 8)
#define AF	(1ULL << 10)
#define NG	(1ULL << 11)
#define NT	(1ULL << 16)
#define DBM	(1ULL << 51)
#define CONT	(1ULL << 52)
#define PXN	(1ULL << 53)
#define UXN	(1ULL << 54)
#define SOFT	(7ULL << 55)
#define PXN_TABLE (1ULL << 59)
#define RAM	(AF | INNER | PXN | UXN)

/* Table pages: root, and one below the other from BASE on. */
#define ROOT	0x10000ULL
#define L2	0x20000ULL
#define L1	0x30000ULL
#define L0	0x40000ULL
#define SPARE	0x50000ULL

#define EVERY(what)	((what) | PHYSMAP_FLUSH_EVERY_CPU)

static struct judge j;

static int stop(void **state)
{
	judge_stop(&j);
	return 0;
}

static void event(const struct physmap_event *e)
{
	j.recorder.event(&j.recorder, e);
}

static void slots(enum physmap_event_kind kind, u64 table, unsigned int index,
		  unsigned int count, u64 raw, u64 step)
{
	const struct physmap_event e = {
		.kind = kind,
		.detail = 8,
		.index = index,
		.count = count,
		.table = table,
		.value = raw,
		.step = step,
	};

	event(&e);
}

static void found(u64 table, unsigned int index, u64 raw)
{
	slots(PHYSMAP_EVENT_FOUND, table, index, 1, raw, 0);
}

static void store(u64 table, unsigned int index, u64 raw)
{
	slots(PHYSMAP_EVENT_STORE, table, index, 1, raw, 0);
}

static void stores(u64 table, unsigned int index, unsigned int count, u64 raw,
		   u64 step)
{
	slots(PHYSMAP_EVENT_STORE, table, index, count, raw, step);
}

static void page(u64 table)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_PAGE,
		.table = table,
	};

	event(&e);
}

static void barrier(unsigned int which)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_BARRIER,
		.detail = which,
	};

	event(&e);
}

static void dsb_ishst(void)
{
	barrier(PHYSMAP_BARRIER_DSB_ISHST);
}

static void dsb_ish(void)
{
	barrier(PHYSMAP_BARRIER_DSB_ISH);
}

static void isb(void)
{
	barrier(PHYSMAP_BARRIER_ISB);
}

static void tlbi(unsigned int detail, u64 va)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_FLUSH,
		.detail = detail,
		.va = va,
	};

	event(&e);
}

/* The template (ARM-TLBI-1). */
static void invalidate(unsigned int detail, u64 va)
{
	dsb_ishst();
	tlbi(detail, va);
	dsb_ish();
	isb();
}

static void invalidate_all(void)
{
	invalidate(EVERY(PHYSMAP_FLUSH_ALL), 0);
}

static void publish(void)
{
	dsb_ishst();
	isb();
}

static void begin_build(unsigned int detail)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_BUILD,
		.detail = detail,
		.count = 1,
		.va = BASE,
		.value = BASE + 4 * MB,
		.step = PHYSMAP_WRITE,
	};

	event(&e);
}

static void done(void)
{
	const struct physmap_event e = { .kind = PHYSMAP_EVENT_DONE };

	event(&e);
}

/* Tables for BASE, empty at level 0; physical addresses from 0 on. */
static void begin_at(const struct judge_machine *machine)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_ROOT,
		.level = machine->levels - 1,
		.table = ROOT,
		.va = BASE,
		.value = BASE,
	};

	stop(NULL);
	judge_start(&j, machine);
	event(&e);
	if (machine->levels > 3)
		found(ROOT, 0, L2 | TABLE);
	found(machine->levels > 3 ? L2 : ROOT, 0, L1 | TABLE);
	found(L1, 0, L0 | TABLE);
}

static struct judge_machine machine_with(unsigned int bbm, unsigned int cpus)
{
	struct judge_machine machine;

	judge_machine_arm64(&machine, 12, 48);
	machine.bbm = bbm;
	machine.cpus = cpus;
	return machine;
}

static void begin_with(unsigned int bbm, unsigned int cpus)
{
	const struct judge_machine machine = machine_with(bbm, cpus);

	begin_at(&machine);
}

static void begin(void)
{
	begin_with(0, 2);
}

/* A live build that has mapped BASE by a page, which is in use now. */
static void begin_mapped(u64 raw)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L0, 0, raw);
	publish();
}

static void clean(void)
{
	if (j.violations)
		fail_msg("%s: %s", j.first.rule, j.first.text);
}

static void broken(const char *rule)
{
	if (!j.violations)
		fail_msg("%s is broken and nothing was said", rule);
	assert_string_equal(j.first.rule, rule);
	assert_int_equal(j.first.number, j.events);
}

static void must_end_clean(void)
{
	done();
	clean();
}

static void must_end_broken(const char *rule)
{
	clean();
	done();
	broken(rule);
}

/* What is new */

static void mapping_needs_barriers_and_no_tlbi(void **state)
{
	begin_mapped(RAM | PAGE);
	must_end_clean();
}

static void new_entries_that_no_walk_sees(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L0, 0, RAM | PAGE);
	isb();
	must_end_broken("ARM-TLBI-2");
}

static void new_entries_without_isb(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L0, 0, RAM | PAGE);
	isb();
	dsb_ishst();
	must_end_broken("ARM-TLBI-2");
}

static void a_local_dsb_is_for_one_cpu(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L0, 0, RAM | PAGE);
	barrier(PHYSMAP_BARRIER_DSB_NSHST);
	isb();
	must_end_broken("ARM-TLBI-2");
	begin_with(0, 1);
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L0, 0, RAM | PAGE);
	barrier(PHYSMAP_BARRIER_DSB_NSHST);
	isb();
	must_end_clean();
}

static void a_flush_for_new_entries_is_for_nothing(void **state)
{
	const struct physmap_event last = {
		.kind = PHYSMAP_EVENT_PASS, .detail = PHYSMAP_PASS_LAST,
	};

	begin_mapped(RAM | PAGE);
	event(&last);
	tlbi(EVERY(PHYSMAP_FLUSH_ALL), 0);
	broken("ARM-TLBI-4");
}

static void half_a_store(void **state)
{
	struct physmap_event e = {
		.kind = PHYSMAP_EVENT_STORE, .detail = 4, .count = 1,
		.table = L0, .value = (RAM | PAGE) & ~0U,
	};

	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	event(&e);
	broken("ARM-TLBI-6");
}

/* In place */

/* What @new is after @old was in use, with an invalidation, and no break. */
static void in_place(unsigned int bbm, u64 old, u64 new, const char *rule)
{
	begin_with(bbm, 2);
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L0, 0, old);
	publish();
	store(L0, 0, new);
	if (rule) {
		broken(rule);
		return;
	}
	invalidate_all();
	must_end_clean();
}

static void what_may_change_in_place(void **state)
{
	unsigned int bbm;

	for (bbm = 0; bbm < 4; bbm++) {
		in_place(bbm, RAM | PAGE, RAM | READ_ONLY | PAGE, NULL);
		in_place(bbm, RAM | READ_ONLY | PAGE, RAM | PAGE, NULL);
		in_place(bbm, (RAM & ~PXN) | READ_ONLY | PAGE, RAM | PAGE, NULL);
		in_place(bbm, RAM | PAGE, RAM | SOFT | PAGE, NULL);
		in_place(bbm, RAM | PAGE, RAM | NG | PAGE, NULL);
		in_place(bbm, RAM | PAGE, RAM | TAGGED | PAGE, NULL);
		in_place(bbm, RAM | TAGGED | PAGE, RAM | PAGE, NULL);
		in_place(bbm, RAM | USER | PAGE, RAM | PAGE, NULL);
	}
}

static void what_may_not_change_in_place(void **state)
{
	in_place(0, RAM | PAGE, RAM | OTHER_TYPE | PAGE, "ARM-BBM-2");
	in_place(0, RAM | PAGE, (RAM ^ INNER) | OUTER | PAGE, "ARM-BBM-2");
	in_place(0, RAM | NG | PAGE, RAM | PAGE, "ARM-BBM-2");
	in_place(0, RAM | PAGE, 0x1000 | RAM | PAGE, "ARM-BBM-12");
	in_place(3, RAM | PAGE, RAM | OTHER_TYPE | PAGE, "ARM-BBM-7");
	in_place(2, RAM | PAGE, 0x1000 | RAM | PAGE, "ARM-BBM-7");
	in_place(3, RAM | NG | PAGE, RAM | PAGE, "ARM-BBM-2");
}

static void what_was_found_stays(void **state)
{
	begin();
	found(L0, 0, RAM | PAGE);
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L0, 0, RAM | READ_ONLY | PAGE);
	broken("ARM-BBM-12");
}

static void unless_rights_are_all_that_is_taken(void **state)
{
	const struct physmap_event attributes = {
		.kind = PHYSMAP_EVENT_PASS, .detail = PHYSMAP_PASS_ATTRIBUTES,
	};

	begin();
	found(L0, 0, RAM | PAGE);
	begin_build(PHYSMAP_BUILD_LIVE);
	event(&attributes);
	store(L0, 0, RAM | READ_ONLY | PAGE);
	invalidate_all();
	must_end_clean();
	begin_build(PHYSMAP_BUILD_LIVE);
	event(&attributes);
	store(L0, 0, RAM | PAGE);
	broken("ARM-BBM-12");
}

static void a_right_must_be_gone_when_the_build_is_over(void **state)
{
	begin_mapped(RAM | PAGE);
	store(L0, 0, RAM | READ_ONLY | PAGE);
	publish();
	must_end_broken("ARM-BBM-4");
}

static void unless_the_caller_flushes(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE | PHYSMAP_BUILD_CALLER_FLUSHES);
	store(L0, 0, RAM | PAGE);
	publish();
	store(L0, 0, RAM | READ_ONLY | PAGE);
	must_end_clean();
}

static void a_table_can_take_rights_too(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L0, 0, (RAM & ~PXN) | READ_ONLY | PAGE);
	publish();
	store(L1, 0, L0 | TABLE | PXN_TABLE);
	publish();
	must_end_broken("ARM-BBM-4");
}

/* Break-before-make */

static void made_again(u64 new)
{
	store(L0, 0, new);
	publish();
}

static void a_whole_break_allows_anything(void **state)
{
	static const u64 news[] = {
		RAM | OTHER_TYPE | PAGE, (RAM ^ INNER) | OUTER | PAGE,
		RAM | PAGE,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(news); i++) {
		begin_mapped(RAM | NG | PAGE);
		store(L0, 0, 0);
		invalidate(EVERY(PHYSMAP_FLUSH_PAGE_LEAF), BASE);
		made_again(news[i]);
		must_end_clean();
	}
	begin_mapped(RAM | NG | PAGE);
	store(L0, 0, 0);
	invalidate_all();
	made_again(RAM | OTHER_TYPE | PAGE);
	must_end_clean();
}

struct bad_break {
	unsigned int before;
	unsigned int tlbi;
	u64 va;
	unsigned int after;
	const char *rule;
};

static void a_break_that_is_not_whole(void **state)
{
	static const struct bad_break bad[] = {
		/* no TLBI at all */
		{ PHYSMAP_BARRIER_DSB_ISHST, 0, 0, PHYSMAP_BARRIER_DSB_ISH,
		  "ARM-BBM-1" },
		/* of another page */
		{ PHYSMAP_BARRIER_DSB_ISHST, EVERY(PHYSMAP_FLUSH_PAGE),
		  BASE + 4 * KB, PHYSMAP_BARRIER_DSB_ISH, "ARM-BBM-1" },
		/* before walks have seen that it is gone */
		{ 0, EVERY(PHYSMAP_FLUSH_ALL), 0, PHYSMAP_BARRIER_DSB_ISH,
		  "ARM-TLBI-1" },
		{ PHYSMAP_BARRIER_DSB_NSHST, EVERY(PHYSMAP_FLUSH_ALL), 0,
		  PHYSMAP_BARRIER_DSB_ISH, "ARM-TLBI-1" },
		{ PHYSMAP_BARRIER_ISB, EVERY(PHYSMAP_FLUSH_ALL), 0,
		  PHYSMAP_BARRIER_DSB_ISH, "ARM-TLBI-1" },
		/* not waited for */
		{ PHYSMAP_BARRIER_DSB_ISHST, EVERY(PHYSMAP_FLUSH_ALL), 0, 0,
		  "ARM-TLBI-1" },
		{ PHYSMAP_BARRIER_DSB_ISHST, EVERY(PHYSMAP_FLUSH_ALL), 0,
		  PHYSMAP_BARRIER_DSB_ISHST, "ARM-TLBI-1" },
		{ PHYSMAP_BARRIER_DSB_ISHST, EVERY(PHYSMAP_FLUSH_ALL), 0,
		  PHYSMAP_BARRIER_DSB_NSH, "ARM-TLBI-1" },
		{ PHYSMAP_BARRIER_DSB_ISHST, EVERY(PHYSMAP_FLUSH_ALL), 0,
		  PHYSMAP_BARRIER_ISB, "ARM-TLBI-8" },
		/* on one CPU, or of one ASID */
		{ PHYSMAP_BARRIER_DSB_ISHST, PHYSMAP_FLUSH_ALL, 0,
		  PHYSMAP_BARRIER_DSB_ISH, "ARM-TLBI-1" },
		{ PHYSMAP_BARRIER_DSB_ISHST, EVERY(PHYSMAP_FLUSH_CR3), 0,
		  PHYSMAP_BARRIER_DSB_ISH, "ARM-TLBI-1" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		const struct bad_break *b = &bad[i];

		begin_mapped(RAM | NG | PAGE);
		store(L0, 0, 0);
		if (b->before)
			barrier(b->before);
		if (b->tlbi)
			tlbi(b->tlbi, b->va);
		if (b->after)
			barrier(b->after);
		clean();
		store(L0, 0, RAM | OTHER_TYPE | PAGE);
		broken(b->rule);
	}
}

static void a_tlbi_by_asid_keeps_what_is_global(void **state)
{
	begin_mapped(RAM | PAGE);
	store(L0, 0, 0);
	invalidate(EVERY(PHYSMAP_FLUSH_CR3), 0);
	store(L0, 0, RAM | OTHER_TYPE | PAGE);
	broken("ARM-TLBI-1");
	assert_non_null(strstr(j.first.text, "it is global"));
}

static void one_cpu_may_do_it_locally(void **state)
{
	begin_with(0, 1);
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L0, 0, RAM | PAGE);
	publish();
	store(L0, 0, 0);
	barrier(PHYSMAP_BARRIER_DSB_NSHST);
	tlbi(PHYSMAP_FLUSH_ALL, 0);
	barrier(PHYSMAP_BARRIER_DSB_NSH);
	made_again(RAM | OTHER_TYPE | PAGE);
	must_end_clean();
}

static void dsb_sy_is_as_good(void **state)
{
	begin_mapped(RAM | PAGE);
	store(L0, 0, 0);
	barrier(PHYSMAP_BARRIER_DSB_SY);
	tlbi(EVERY(PHYSMAP_FLUSH_ALL), 0);
	barrier(PHYSMAP_BARRIER_DSB_SY);
	made_again(RAM | OTHER_TYPE | PAGE);
	must_end_clean();
}

static void the_last_isb_is_owed(void **state)
{
	begin_mapped(RAM | PAGE);
	store(L0, 0, 0);
	dsb_ishst();
	tlbi(EVERY(PHYSMAP_FLUSH_ALL), 0);
	dsb_ish();
	must_end_broken("ARM-TLBI-1");
}

static void a_break_for_nothing(void **state)
{
	begin_mapped(RAM | PAGE);
	store(L0, 0, 0);
	invalidate_all();
	clean();
	store(L0, 0, RAM | READ_ONLY | PAGE);
	broken("ARM-BBM-3");
}

/* Sizes */

/* A block in use becomes a table of pages, with what is asked for before. */
static void split(unsigned int bbm, u64 nt, bool flush, u64 child,
		  const char *rule)
{
	begin_with(bbm, 2);
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L1, 1, 2 * MB | RAM | BLOCK);
	publish();
	if (nt)
		store(L1, 1, 2 * MB | RAM | nt | BLOCK);
	if (flush)
		invalidate_all();
	page(SPARE);
	stores(SPARE, 0, 512, 2 * MB | child | PAGE, 4 * KB);
	dsb_ishst();
	clean();
	store(L1, 1, SPARE | TABLE);
	if (rule) {
		broken(rule);
		return;
	}
	invalidate_all();
	must_end_clean();
}

static void what_feat_bbm_allows(void **state)
{
	split(0, 0, false, RAM, "ARM-BBM-2");
	split(0, NT, true, RAM, "ARM-BBM-2");
	split(1, 0, false, RAM, "ARM-BBM-6");
	split(1, NT, true, RAM, NULL);
	split(1, NT, false, RAM, "ARM-BBM-6");
	split(2, 0, false, RAM, "ARM-BBM-6");
	split(3, 0, false, RAM, NULL);
	split(3, 0, false, RAM | OTHER_TYPE, "ARM-BBM-7");
	split(3, 0, false, RAM | CONT, NULL);
}

static void a_table_becomes_a_block(void **state)
{
	unsigned int bbm;

	for (bbm = 0; bbm < 4; bbm++) {
		begin_with(bbm, 2);
		begin_build(PHYSMAP_BUILD_LIVE);
		stores(L0, 0, 512, RAM | PAGE, 4 * KB);
		publish();
		store(L1, 0, RAM | BLOCK);
		if (bbm < 3)
			broken(bbm ? "ARM-BBM-6" : "ARM-BBM-2");
		else
			clean();
	}
}

static void rights_of_both_sizes_must_be_gone(void **state)
{
	begin_with(3, 2);
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L1, 1, 2 * MB | RAM | BLOCK);
	publish();
	page(SPARE);
	stores(SPARE, 0, 512, 2 * MB | RAM | PAGE, 4 * KB);
	dsb_ishst();
	store(L1, 1, SPARE | TABLE);
	publish();
	store(SPARE, 5, (2 * MB + 20 * KB) | RAM | READ_ONLY | PAGE);
	publish();
	must_end_broken("ARM-BBM-4");
}

/* Groups */

static void a_group_may_be_filled_one_by_one(void **state)
{
	unsigned int i;

	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	for (i = 0; i < 16; i++) {
		store(L0, 16 + i, (64 + 4 * i) * KB | RAM | CONT | PAGE);
		publish();
		clean();
	}
	must_end_clean();
}

static void a_group_must_be_whole(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	stores(L0, 16, 15, 64 * KB | RAM | CONT | PAGE, 4 * KB);
	publish();
	must_end_broken("ARM-CONT-1");
	/* Also in a table that nobody walks yet. */
	begin();
	begin_build(0);
	stores(L0, 16, 15, 64 * KB | RAM | CONT | PAGE, 4 * KB);
	must_end_broken("ARM-CONT-1");
}

static void a_group_must_be_aligned_and_alike(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	stores(L0, 16, 16, 68 * KB | RAM | CONT | PAGE, 4 * KB);
	broken("ARM-CONT-1");
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	stores(L0, 16, 16, 64 * KB | RAM | CONT | PAGE, 8 * KB);
	broken("ARM-CONT-1");
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	stores(L0, 16, 8, 64 * KB | RAM | CONT | PAGE, 4 * KB);
	stores(L0, 24, 8, 96 * KB | RAM | READ_ONLY | CONT | PAGE, 4 * KB);
	broken("ARM-CONT-1");
}

static void a_group_is_not_made_over_others(void **state)
{
	begin();
	found(L0, 20, 80 * KB | RAM | PAGE);
	begin_build(PHYSMAP_BUILD_LIVE);
	stores(L0, 16, 4, 64 * KB | RAM | CONT | PAGE, 4 * KB);
	broken("ARM-CONT-4");
}

static void groups_are_looked_at_when_their_table_is_linked(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	page(SPARE);
	stores(SPARE, 0, 16, (2 * MB + 4 * KB) | RAM | CONT | PAGE, 4 * KB);
	dsb_ishst();
	clean();
	store(L1, 1, SPARE | TABLE);
	broken("ARM-CONT-1");
}

static void begin_group(unsigned int bbm)
{
	begin_with(bbm, 2);
	begin_build(PHYSMAP_BUILD_LIVE);
	stores(L0, 16, 16, 64 * KB | RAM | CONT | PAGE, 4 * KB);
	publish();
	clean();
}

static void a_group_is_not_edited_one_by_one(void **state)
{
	begin_group(0);
	store(L0, 17, 68 * KB | RAM | READ_ONLY | CONT | PAGE);
	broken("ARM-CONT-2");
	begin_group(0);
	store(L0, 17, 68 * KB | RAM | PAGE);
	broken("ARM-CONT-2");
	begin_group(0);
	stores(L0, 16, 16, 64 * KB | RAM | READ_ONLY | CONT | PAGE, 4 * KB);
	broken("ARM-CONT-2");
	begin_group(2);
	store(L0, 17, 68 * KB | RAM | PAGE);
	broken("ARM-BBM-6");
	/* With level 3 the group as a whole may. */
	begin_group(3);
	stores(L0, 16, 16, 64 * KB | RAM | READ_ONLY | CONT | PAGE, 4 * KB);
	invalidate_all();
	must_end_clean();
	begin_group(3);
	store(L0, 17, 68 * KB | RAM | READ_ONLY | CONT | PAGE);
	broken("ARM-CONT-2");
	/* A mark for software is nothing. */
	begin_group(0);
	stores(L0, 16, 16, 64 * KB | RAM | SOFT | CONT | PAGE, 4 * KB);
	must_end_clean();
}

static void a_group_is_not_taken_away_in_part(void **state)
{
	begin_group(0);
	store(L0, 17, 0);
	invalidate_all();
	must_end_broken("ARM-CONT-2");
}

static void pages_are_not_painted_over(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	stores(L0, 16, 16, 64 * KB | RAM | PAGE, 4 * KB);
	publish();
	stores(L0, 16, 16, 64 * KB | RAM | CONT | PAGE, 4 * KB);
	assert_string_equal(j.first.rule, "ARM-CONT-3");
	/* Nor after they were unmapped, while they may be cached. */
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	stores(L0, 16, 16, 64 * KB | RAM | PAGE, 4 * KB);
	publish();
	stores(L0, 16, 16, 0, 0);
	clean();
	stores(L0, 16, 16, 64 * KB | RAM | CONT | PAGE, 4 * KB);
	assert_string_equal(j.first.rule, "ARM-CONT-3");
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	stores(L0, 16, 16, 64 * KB | RAM | PAGE, 4 * KB);
	publish();
	stores(L0, 16, 16, 0, 0);
	invalidate_all();
	stores(L0, 16, 16, 64 * KB | RAM | CONT | PAGE, 4 * KB);
	publish();
	must_end_clean();
}

/* One entry of a group may be cached for all of it. */
static void a_group_is_cached_as_one(void **state)
{
	begin_group(0);
	stores(L0, 16, 16, 0, 0);
	invalidate(EVERY(PHYSMAP_FLUSH_PAGE_LEAF), BASE + 64 * KB);
	clean();
	store(L0, 18, 16 * MB | RAM | PAGE);
	broken("ARM-TLBI-1");
	begin_group(0);
	stores(L0, 16, 16, 0, 0);
	invalidate(EVERY(PHYSMAP_FLUSH_PAGE_LEAF), BASE + 64 * KB);
	store(L0, 16, 16 * MB | RAM | PAGE);
	clean();
}

static void groups_by_granule(void **state)
{
	static const struct {
		unsigned int shift, level, leaves;
	} groups[] = {
		{ 12, 0, 16 }, { 12, 1, 16 }, { 14, 0, 128 }, { 14, 1, 32 },
		{ 16, 0, 32 }, { 16, 1, 32 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		const unsigned int level = groups[i].level;
		struct judge_machine machine;
		u64 size, raw;

		judge_machine_arm64(&machine, groups[i].shift, 48);
		begin_at(&machine);
		size = judge_size(&j, level);
		raw = size * groups[i].leaves | RAM | CONT |
		      (level ? BLOCK : PAGE);
		begin_build(PHYSMAP_BUILD_LIVE);
		stores(level ? L1 : L0, groups[i].leaves, groups[i].leaves, raw,
		       size);
		publish();
		must_end_clean();
		begin_build(PHYSMAP_BUILD_LIVE);
		stores(level ? L1 : L0, 2 * groups[i].leaves,
		       groups[i].leaves - 1,
		       raw + size * groups[i].leaves, size);
		publish();
		must_end_broken("ARM-CONT-1");
	}
}

/* Tables */

static void link_new(void (*between)(void))
{
	begin_build(PHYSMAP_BUILD_LIVE);
	page(SPARE);
	stores(SPARE, 0, 512, 2 * MB | RAM | PAGE, 4 * KB);
	between();
	store(L1, 1, SPARE | TABLE);
}

static void nothing(void)
{
}

static void dsb_nshst(void)
{
	barrier(PHYSMAP_BARRIER_DSB_NSHST);
}

static void a_table_is_visible_before_it_is_linked(void **state)
{
	begin();
	link_new(dsb_ishst);
	publish();
	must_end_clean();
	begin();
	link_new(nothing);
	broken("ARM-TLBI-3");
	begin();
	link_new(dsb_nshst);
	broken("ARM-TLBI-3");
	begin_with(0, 1);
	link_new(dsb_nshst);
	clean();
}

static void all_tables_below_are_visible_too(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	page(SPARE);
	dsb_ishst();
	page(SPARE + 4 * KB);
	store(SPARE + 4 * KB, 0, SPARE | TABLE);
	dsb_ishst();
	store(SPARE, 0, GB | RAM | PAGE);
	store(L2, 1, (SPARE + 4 * KB) | TABLE);
	broken("ARM-TLBI-3");
}

static void a_zeroed_table_as_well(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	page(SPARE);
	store(L1, 1, SPARE | TABLE);
	broken("ARM-TLBI-3");
}

static void a_table_is_not_filled_after_it_was_linked(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	page(SPARE);
	dsb_ishst();
	store(L1, 1, SPARE | TABLE);
	clean();
	store(SPARE, 0, 2 * MB | RAM | PAGE);
	broken("ARM-TLBI-3");
}

static void a_table_goes_with_the_walk_caches(void **state)
{
	static const struct {
		unsigned int what;
		const char *rule;
	} flushes[] = {
		{ PHYSMAP_FLUSH_PAGE_LEAF, "ARM-TLBI-5" },
		{ PHYSMAP_FLUSH_PAGE, NULL },
		{ PHYSMAP_FLUSH_ALL, NULL },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flushes); i++) {
		begin_mapped(RAM | PAGE);
		store(L0, 0, 0);
		invalidate_all();
		store(L1, 0, 0);
		invalidate(EVERY(flushes[i].what), BASE);
		clean();
		page(L0);
		if (flushes[i].rule)
			broken(flushes[i].rule);
		else
			must_end_clean();
	}
}

static void a_table_does_not_replace_another(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	page(SPARE);
	dsb_ishst();
	clean();
	store(L1, 0, SPARE | TABLE);
	broken("ARM-BBM-1");
}

static void a_table_in_use_is_no_new_one(void **state)
{
	begin();
	begin_build(PHYSMAP_BUILD_LIVE);
	page(L0);
	broken("ARM-TLBI-5");
}

/* Entries by themselves */

static void one_entry(const struct judge_machine *machine, u64 table, u64 raw,
		      const char *rule)
{
	begin_at(machine);
	begin_build(PHYSMAP_BUILD_LIVE);
	store(table, 1, raw);
	if (rule)
		broken(rule);
	else
		clean();
}

static void what_the_granules_have(void **state)
{
	struct judge_machine m = machine_with(0, 1);

	one_entry(&m, L0, RAM | PAGE, NULL);
	one_entry(&m, L0, RAM | BLOCK, "ARM-FMT-1");
	one_entry(&m, L0, RAM, "ARM-FMT-2");
	one_entry(&m, L1, 2 * MB | RAM | NT | BLOCK, NULL);
	one_entry(&m, L1, (2 * MB + 4 * KB) | RAM | BLOCK, "ARM-FMT-1");
	one_entry(&m, L2, GB | RAM | BLOCK, NULL);
	one_entry(&m, ROOT, 512 * GB | RAM | BLOCK, "ARM-FMT-1");
	m.pa_bits = 40;
	one_entry(&m, L0, 1ULL << 40 | RAM | PAGE, "ARM-FMT-1");
	m.pa_bits = 52;
	m.lpa2 = true;
	one_entry(&m, ROOT, 512 * GB | (RAM & ~INNER) | BLOCK, NULL);
	one_entry(&m, L0, 1ULL << 49 | RAM | PAGE, NULL);
	m.pa_bits = 50;
	one_entry(&m, L0, RAM | PAGE, "ARM-FMT-1");
	judge_machine_arm64(&m, 14, 48);
	one_entry(&m, L1, 32 * MB | RAM | BLOCK, NULL);
	one_entry(&m, L2, 64 * GB | RAM | BLOCK, "ARM-FMT-1");
	m.lpa2 = true;
	m.pa_bits = 52;
	one_entry(&m, L2, 64 * GB | (RAM & ~INNER) | BLOCK, NULL);
	judge_machine_arm64(&m, 16, 48);
	one_entry(&m, L1, 512 * MB | RAM | BLOCK, NULL);
	one_entry(&m, L0, 1 << 12 | RAM | PAGE, "ARM-FMT-1");
	one_entry(&m, ROOT, 4096 * GB | RAM | BLOCK, "ARM-FMT-1");
	m.pa_bits = 52;
	one_entry(&m, L0, 1 << 12 | RAM | PAGE, NULL);
	one_entry(&m, ROOT, 4096 * GB | RAM | BLOCK, NULL);
}

static void high_address_bits_are_read(void **state)
{
	struct judge_machine m;
	struct judge_leaf leaf;

	judge_machine_arm64(&m, 16, 48);
	m.pa_bits = 52;
	one_entry(&m, L0, 0xabc0000 | 9 << 12 | RAM | PAGE, NULL);
	leaf = judge_walk(&j, BASE + 64 * KB);
	assert_true(leaf.present && leaf.frame == (9ULL << 48 | 0xabc0000));
	m = machine_with(0, 1);
	m.lpa2 = true;
	m.pa_bits = 52;
	one_entry(&m, L0, 1ULL << 48 | 0xabc000 | OUTER | (RAM & ~INNER) | PAGE,
		  NULL);
	leaf = judge_walk(&j, BASE + 4 * KB);
	assert_true(leaf.present && leaf.frame == (9ULL << 48 | 0xabc000));
}

static void what_is_walked_by_nobody(void **state)
{
	begin();
	begin_build(0);
	store(L0, 0, RAM | NG | PAGE);
	store(L0, 0, RAM | OTHER_TYPE | PAGE);
	store(L0, 0, 0);
	store(L0, 0, RAM | PAGE);
	page(SPARE);
	stores(SPARE, 0, 512, 2 * MB | RAM | PAGE, 4 * KB);
	store(L1, 1, SPARE | TABLE);
	stores(L0, 16, 16, 64 * KB | RAM | PAGE, 4 * KB);
	stores(L0, 16, 16, 64 * KB | RAM | CONT | PAGE, 4 * KB);
	done();
	begin_build(PHYSMAP_BUILD_LIVE);
	must_end_clean();
	/* It goes live: from now on the rules are about it. */
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L0, 0, RAM | OTHER_TYPE | PAGE);
	broken("ARM-BBM-2");
}

static void what_is_always_judged(void **state)
{
	begin();
	begin_build(0);
	store(L0, 0, RAM | BLOCK);
	broken("ARM-FMT-1");
	begin();
	begin_build(0);
	store(L0, 0, (RAM & ~PXN) | PAGE);
	must_end_broken("PHYSMAP-3");
	begin();
	begin_build(0);
	store(L0, 0, 4 * KB | RAM | PAGE);
	must_end_broken("PHYSMAP-2");
}

/* Hardware may turn DBM on a read-only page into a writable one. */
static void dbm_counts_as_writable(void **state)
{
	begin();
	begin_build(0);
	store(L0, 0, (RAM & ~PXN) | READ_ONLY | PAGE);
	must_end_clean();
	begin();
	begin_build(0);
	store(L0, 0, (RAM & ~PXN) | READ_ONLY | DBM | PAGE);
	must_end_broken("PHYSMAP-3");
}

static void where_there_is_one_privilege(void **state)
{
	struct judge_machine m = machine_with(0, 2);

	m.el2 = true;
	m.pcid = false;
	begin_at(&m);
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L0, 0, RAM | NG | PAGE);
	publish();
	/* Nothing is non-global, so nothing becomes global. */
	store(L0, 0, RAM | PAGE);
	publish();
	must_end_clean();
	/* PXN means nothing. */
	begin_at(&m);
	begin_build(0);
	store(L0, 0, (RAM & ~UXN) | PAGE);
	must_end_broken("PHYSMAP-3");
}

static void a_store_that_nobody_told_of(void **state)
{
	struct physmap_event sum = {
		.kind = PHYSMAP_EVENT_SUM, .va = BASE, .step = BASE + 4 * KB,
	};

	begin_mapped(RAM | PAGE);
	sum.value = judge_sum(&j, BASE, BASE + 4 * KB - 1);
	event(&sum);
	clean();
	sum.value ^= 1;
	event(&sum);
	broken("PHYSMAP-1");
}

/* The access flag is hardware's to set. */
static void the_access_flag_is_not_summed(void **state)
{
	u64 sum;

	begin_mapped(RAM | PAGE);
	sum = judge_sum(&j, BASE, BASE + 4 * KB - 1);
	begin_mapped((RAM & ~AF) | PAGE);
	assert_true(sum == judge_sum(&j, BASE, BASE + 4 * KB - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("mapping needs DSB ISHST and ISB, and no TLBI",
		      mapping_needs_barriers_and_no_tlbi),
		HOLDS("new entries without a DSB are found", new_entries_that_no_walk_sees),
		HOLDS("new entries without an ISB behind the DSB are found",
		      new_entries_without_isb),
		HOLDS("a local DSB is enough for one CPU only",
		      a_local_dsb_is_for_one_cpu),
		HOLDS("a TLBI after nothing but new entries is for nothing",
		      a_flush_for_new_entries_is_for_nothing),
		HOLDS("half a store is found", half_a_store),
		HOLDS("rights, software bits, tags and non-global may come in place",
		      what_may_change_in_place),
		HOLDS("type, shareability, address and global may not",
		      what_may_not_change_in_place),
		HOLDS("a leaf that was found stays as it is", what_was_found_stays),
		HOLDS("but for rights that a build without pass 1 takes",
		      unless_rights_are_all_that_is_taken),
		HOLDS("a right is gone only once it is invalidated",
		      a_right_must_be_gone_when_the_build_is_over),
		HOLDS("or left to a caller who flushes", unless_the_caller_flushes),
		HOLDS("PXNTable takes rights from all that is below",
		      a_table_can_take_rights_too),
		HOLDS("a whole break-before-make allows any change",
		      a_whole_break_allows_anything),
		HOLDS("each step that is left out of one is found",
		      a_break_that_is_not_whole),
		HOLDS("a TLBI by ASID keeps what is global",
		      a_tlbi_by_asid_keeps_what_is_global),
		HOLDS("one CPU may do it locally", one_cpu_may_do_it_locally),
		HOLDS("DSB SY is as good as any", dsb_sy_is_as_good),
		HOLDS("an ISB is owed after the last DSB", the_last_isb_is_owed),
		HOLDS("a break that nothing demands is found", a_break_for_nothing),
		HOLDS("a block becomes a table as FEAT_BBM allows",
		      what_feat_bbm_allows),
		HOLDS("a table becomes a block only with level 3",
		      a_table_becomes_a_block),
		HOLDS("rights must be gone from both sizes",
		      rights_of_both_sizes_must_be_gone),
		HOLDS("a group may be filled one by one",
		      a_group_may_be_filled_one_by_one),
		HOLDS("a group is whole when the build is over",
		      a_group_must_be_whole),
		HOLDS("a group is aligned, in a row and alike",
		      a_group_must_be_aligned_and_alike),
		HOLDS("a group is not made over valid entries",
		      a_group_is_not_made_over_others),
		HOLDS("groups are looked at when their table is linked",
		      groups_are_looked_at_when_their_table_is_linked),
		HOLDS("a live group is not edited one by one",
		      a_group_is_not_edited_one_by_one),
		HOLDS("a live group is not unmapped in part",
		      a_group_is_not_taken_away_in_part),
		HOLDS("pages are not painted over with the contiguous bit",
		      pages_are_not_painted_over),
		HOLDS("a group may be cached as one", a_group_is_cached_as_one),
		HOLDS("each granule has groups of its own", groups_by_granule),
		HOLDS("a table is visible before it is linked",
		      a_table_is_visible_before_it_is_linked),
		HOLDS("and so are all tables below it",
		      all_tables_below_are_visible_too),
		HOLDS("and the zeroes of an empty one", a_zeroed_table_as_well),
		HOLDS("a table is filled before it is linked",
		      a_table_is_not_filled_after_it_was_linked),
		HOLDS("a table is freed after a TLBI that drops walk caches",
		      a_table_goes_with_the_walk_caches),
		HOLDS("a table does not take another's place",
		      a_table_does_not_replace_another),
		HOLDS("a table in use is not taken for a new one",
		      a_table_in_use_is_no_new_one),
		HOLDS("each granule has its blocks and addresses",
		      what_the_granules_have),
		HOLDS("address bits that lie apart are read",
		      high_address_bits_are_read),
		HOLDS("no TLB rule is about a map that nobody walks",
		      what_is_walked_by_nobody),
		HOLDS("formats, frames and W^X are", what_is_always_judged),
		HOLDS("DBM counts as writable", dbm_counts_as_writable),
		HOLDS("with one privilege there is neither nG nor PXN",
		      where_there_is_one_privilege),
		HOLDS("a store that nobody told of is found",
		      a_store_that_nobody_told_of),
		HOLDS("the access flag is not summed",
		      the_access_flag_is_not_summed),
	};

	return cmocka_run_group_tests_name("judge_arm64", tests, NULL, NULL);
}
