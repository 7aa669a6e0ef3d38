// SPDX-License-Identifier: GPL-2.0-only
/*
 * The judge of native machines, by hand-made events: what the manual forbids
 * is found at the event that does it, what it allows is not. No engine here.
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

#define BASE	0xffff888000000000ULL
/* Twice through slot 500 of the root, then down to the entry at L2. */
#define SELF	(0xffffULL << 48 | 500ULL << 39 | 500ULL << 30 | 273ULL << 21)
#define MB	(1ULL << 20)
#define NX	(1ULL << 63)
#define P	0x001ULL
#define RW	0x002ULL
#define PS	0x080ULL
#define PAT_4K	0x080ULL
#define G	0x100ULL
#define PAT_2M	0x1000ULL
#define POINT	0x063ULL	/* what an entry that points to a table has */

/* Table pages: root, and one below the other from BASE on. */
#define ROOT	0x10000ULL
#define L2	0x11000ULL
#define L1	0x12000ULL
#define L0	0x13000ULL
#define SPARE	0x14000ULL

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

static void found(u64 table, unsigned int level, unsigned int index, u64 raw)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_FOUND,
		.level = level,
		.index = index,
		.count = 1,
		.table = table,
		.value = raw,
	};

	event(&e);
}

static void store(u64 table, unsigned int index, u64 raw)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_STORE,
		.detail = 8,
		.index = index,
		.count = 1,
		.table = table,
		.value = raw,
	};

	event(&e);
}

static void stores(u64 table, unsigned int index, unsigned int count, u64 raw,
		   u64 step)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_STORE,
		.detail = 8,
		.index = index,
		.count = count,
		.table = table,
		.value = raw,
		.step = step,
	};

	event(&e);
}

static void flush(unsigned int detail)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_FLUSH,
		.detail = detail,
		.va = BASE,
	};

	event(&e);
}

static void all(void)
{
	flush(PHYSMAP_FLUSH_ALL | PHYSMAP_FLUSH_EVERY_CPU);
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

static void pass(unsigned int which)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_PASS,
		.detail = which,
	};

	event(&e);
}

static void done(void)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_DONE,
	};

	event(&e);
}

/* A machine on which BASE is mapped by the leaf @first of 2 MiB, or not. */
static void begin(struct judge_machine *machine, u64 first)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_ROOT,
		.level = 3,
		.table = ROOT,
		.va = BASE,
		.value = BASE,
	};

	stop(NULL);
	judge_start(&j, machine);
	event(&e);
	found(ROOT, 3, 273, L2 | POINT);
	found(L2, 2, 0, L1 | POINT);
	if (first)
		found(L1, 1, 0, first);
}

static struct judge_machine four(void)
{
	struct judge_machine machine;

	judge_machine_x86(&machine, 4);
	machine.cpus = 2;
	return machine;
}

static void clean(void)
{
	if (j.violations)
		fail_msg("%s: %s", j.first.rule, j.first.text);
}

static void broken(const char *rule)
{
	assert_int_equal(j.violations != 0, 1);
	assert_string_equal(j.first.rule, rule);
	assert_int_equal(j.first.number, j.events);
}

/* The 2 MiB leaf at BASE becomes a table of the same. */
static void split(u64 attrs)
{
	stores(L0, 0, 512, attrs, 4096);
	store(L1, 0, L0 | POINT);
}

static void fresh_needs_no_flush(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L1, 0, P | RW | PS | NX);
	done();
	clean();
}

static void flush_for_nothing(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_LIVE);
	/* Before the first pass an older debt may be paid. */
	all();
	clean();
	pass(PHYSMAP_PASS_SHAPE);
	store(L1, 0, P | RW | PS | NX);
	all();
	broken("X86-TLB-5");
}

static void equal_split(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS | NX);
	split(P | RW | NX);
	clean();
	all();
	store(L0, 5, P | NX | 5 * 4096);
	clean();
}

static void split_then_change(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS | NX);
	split(P | RW | NX);
	store(L0, 5, P | NX | 5 * 4096);
	broken("X86-TLB-3");
}

static void split_with_attributes(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	split(P | RW | NX);
	broken("X86-TLB-1");
}

static void split_with_frame(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	split(P | RW | 4 * MB);
	broken("X86-TLB-1");
}

static void split_loses_type(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS | PAT_2M);
	split(P | RW | PAT_4K);
	clean();
	begin(&machine, P | RW | PS | PAT_2M);
	split(P | RW);
	broken("X86-FMT-5");
}

static void another_frame(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	store(L1, 0, P | RW | PS | 2 * MB);
	broken("X86-TLB-2");
}

static void break_without_flush(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	store(L1, 0, 0);
	clean();
	store(L1, 0, P | RW | PS | 2 * MB);
	broken("X86-TLB-2");
}

static void break_flush_make(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	store(L1, 0, 0);
	all();
	store(L1, 0, P | RW | PS | 2 * MB);
	clean();
}

static void another_type(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	store(L1, 0, P | RW | PS | PAT_2M);
	broken("X86-TLB-2");
}

static void right_outlives(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_LIVE | PHYSMAP_BUILD_TWO_PASS);
	store(L1, 0, P | RW | PS);
	store(L1, 0, P | RW | PS | NX);
	clean();
	done();
	broken("X86-TLB-8");
}

static void right_flushed(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_LIVE | PHYSMAP_BUILD_TWO_PASS);
	store(L1, 0, P | RW | PS);
	store(L1, 0, P | RW | PS | NX);
	all();
	done();
	clean();
}

static void right_of_a_dead_map(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_TWO_PASS);
	store(L1, 0, P | RW | PS);
	store(L1, 0, P | RW | PS | NX);
	done();
	clean();
}

static void right_that_comes(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_LIVE | PHYSMAP_BUILD_TWO_PASS);
	store(L1, 0, P | PS | NX);
	store(L1, 0, P | RW | PS | NX);
	done();
	clean();
}

static void right_of_a_table(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	begin_build(PHYSMAP_BUILD_LIVE | PHYSMAP_BUILD_TWO_PASS);
	store(L2, 0, L1 | POINT | NX);
	done();
	broken("X86-TLB-8");
}

static void global_survives_cr3(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS | G);
	split(P | RW | G);
	flush(PHYSMAP_FLUSH_CR3 | PHYSMAP_FLUSH_EVERY_CPU);
	store(L0, 0, P | RW | G | NX);
	broken("X86-TLB-9");
}

static void cr3_is_all_without_pge(void **state)
{
	struct judge_machine machine = four();

	machine.pge = false;
	begin(&machine, P | RW | PS | G);
	split(P | RW | G);
	flush(PHYSMAP_FLUSH_CR3 | PHYSMAP_FLUSH_EVERY_CPU);
	store(L0, 0, P | RW | G | NX);
	clean();
}

static void other_pcid_survives_cr3(void **state)
{
	struct judge_machine machine = four();

	machine.pcid = true;
	begin(&machine, P | RW | PS);
	split(P | RW);
	flush(PHYSMAP_FLUSH_CR3 | PHYSMAP_FLUSH_EVERY_CPU);
	store(L0, 0, P | RW | NX);
	broken("X86-TLB-14");
}

static void kept_cr3_drops_nothing(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	split(P | RW);
	flush(PHYSMAP_FLUSH_CR3_KEEP | PHYSMAP_FLUSH_EVERY_CPU);
	store(L0, 0, P | RW | NX);
	broken("X86-TLB-14");
}

static void other_cpu_survives(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	split(P | RW);
	flush(PHYSMAP_FLUSH_ALL);
	store(L0, 0, P | RW | NX);
	broken("X86-TLB-18");
}

static void one_page_is_a_part(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	split(P | RW);
	flush(PHYSMAP_FLUSH_PAGE | PHYSMAP_FLUSH_EVERY_CPU);
	store(L0, 0, P | RW | NX);
	clean();
	store(L0, 1, P | RW | NX | 4096);
	broken("X86-TLB-4");
	/* It goes by the tables as they are: of what is cleared, one page. */
	begin(&machine, P | RW | PS);
	store(L1, 0, 0);
	flush(PHYSMAP_FLUSH_PAGE | PHYSMAP_FLUSH_EVERY_CPU);
	store(L1, 0, P | RW | PS | 2 * MB);
	broken("X86-TLB-4");
}

static void table_replaced(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	store(L2, 0, SPARE | POINT);
	broken("X86-TLB-13");
}

static void empty_table_replaced(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	store(L2, 0, 0);
	clean();
	store(L2, 0, SPARE | POINT);
	broken("X86-TLB-13");
	begin(&machine, 0);
	store(L2, 0, 0);
	flush(PHYSMAP_FLUSH_PAGE | PHYSMAP_FLUSH_EVERY_CPU);
	store(L2, 0, SPARE | POINT);
	clean();
}

static void unlinked_table_reused(void **state)
{
	struct judge_machine machine = four();
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_PAGE,
		.level = 0,
		.table = L1,
	};

	begin(&machine, 0);
	store(L2, 0, 0);
	event(&e);
	broken("X86-TLB-13");
}

static void table_used_twice(void **state)
{
	struct judge_machine machine = four();
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_PAGE,
		.level = 0,
		.table = L1,
	};

	begin(&machine, 0);
	event(&e);
	broken("X86-TLB-13");
}

static void executable_window(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L1, 0, P | RW | PS);
	broken("X86-TLB-16");
}

static void half_a_store(void **state)
{
	struct judge_machine machine = four();
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_STORE,
		.detail = 4,
		.count = 1,
		.table = L1,
		.value = P | RW | PS,
	};

	begin(&machine, 0);
	event(&e);
	broken("X86-TLB-20");
}

static void published_empty(void **state)
{
	struct judge_machine machine = four();
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_PAGE,
		.level = 0,
		.table = L0,
	};

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_LIVE);
	event(&e);
	store(L1, 0, L0 | POINT);
	store(L0, 0, P | RW | NX);
	broken("X86-TLB-20");
}

static void reserved_bits(void **state)
{
	static const struct {
		const char *rule;
		u64 raw;
		unsigned int level;
	} cases[] = {
		{ "X86-FMT-1", P | PS | NX, 1 },
		{ "X86-FMT-3", P | PS, 2 },
		{ "X86-FMT-3", P | PS, 3 },
		{ "X86-FMT-4", P | PS | 1ULL << 50, 1 },
		{ "X86-FMT-4", P | PS | 1ULL << 14, 1 },
	};
	struct judge_machine machine = four();
	static const u64 table[] = { L0, L1, L2, ROOT };
	unsigned int i;

	machine.nx = false;
	machine.gbpages = false;
	machine.pa_bits = 46;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(&machine, 0);
		store(table[cases[i].level], 3, cases[i].raw);
		broken(cases[i].rule);
	}
}

static void reserved_in_a_new_table(void **state)
{
	struct judge_machine machine = four();

	machine.nx = false;
	begin(&machine, 0);
	store(L0, 7, P | RW | NX);
	clean();
	store(L1, 0, L0 | POINT);
	broken("X86-FMT-1");
}

static void not_present_names_a_frame(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS | 2 * MB);
	store(L1, 0, RW | PS | 2 * MB);
	broken("X86-FMT-8");
	/* What the kernel inverts names none. */
	begin(&machine, P | RW | PS | 2 * MB);
	store(L1, 0, ~2 * MB & 0x000fffffffe00000ULL);
	clean();
}

static void multihit(void **state)
{
	struct judge_machine machine = four();

	machine.itlb_multihit = true;
	begin(&machine, P | RW | PS);
	split(P | RW);
	all();
	store(L1, 0, P | RW | PS | 4 * MB);
	broken("X86-ERR-1");
}

static void erratum_383(void **state)
{
	struct judge_machine machine = four();

	machine.erratum_383 = true;
	begin(&machine, P | RW | PS);
	begin_build(0);
	split(P | RW);
	clean();
	begin(&machine, P | RW | PS);
	begin_build(PHYSMAP_BUILD_LIVE);
	split(P | RW);
	broken("X86-ERR-2");
}

static void kept_entry_changed(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	begin_build(PHYSMAP_BUILD_LIVE | PHYSMAP_BUILD_TWO_PASS);
	store(L1, 0, P | RW | PS | NX);
	broken("X86-LNX-1");
}

static void kept_through_a_split(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	begin_build(PHYSMAP_BUILD_LIVE | PHYSMAP_BUILD_TWO_PASS);
	split(P | RW);
	all();
	clean();
	store(L0, 0, P | RW | NX);
	broken("X86-LNX-1");
}

static void no_boundary_flush(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_TWO_PASS);
	pass(PHYSMAP_PASS_SHAPE);
	store(L1, 0, P | RW | PS);
	pass(PHYSMAP_PASS_BOUNDARY);
	pass(PHYSMAP_PASS_ATTRIBUTES);
	clean();
	store(L1, 0, P | RW | PS | NX);
	broken("X86-TLB-3");
}

/* What was found is not what pass 1 has shaped. */
static void no_shape_no_boundary(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS);
	begin_build(PHYSMAP_BUILD_TWO_PASS);
	pass(PHYSMAP_PASS_SHAPE);
	store(L1, 1, 2 * MB | P | RW | PS);
	pass(PHYSMAP_PASS_ATTRIBUTES);
	store(L1, 0, P | RW | PS | 0x20);
	clean();
	store(L1, 1, 2 * MB | P | RW | PS | NX);
	broken("X86-TLB-3");
}

/* Nor is what a build before has shaped: only attributes change. */
static void an_earlier_build_is_no_shape(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(0);
	pass(PHYSMAP_PASS_SHAPE);
	store(L1, 1, 2 * MB | P | RW | PS | NX);
	done();
	begin_build(PHYSMAP_BUILD_TWO_PASS);
	pass(PHYSMAP_PASS_SHAPE);
	pass(PHYSMAP_PASS_ATTRIBUTES);
	store(L1, 1, 2 * MB | P | PS | NX);
	clean();
}

static void stored_behind_the_events(void **state)
{
	struct judge_machine machine = four();
	struct physmap_event e = {
		.kind = PHYSMAP_EVENT_SUM,
		.va = BASE,
		.step = BASE + MB,
	};

	begin(&machine, P | RW | PS);
	e.value = judge_sum(&j, BASE, BASE + MB - 1);
	event(&e);
	clean();
	e.value++;
	event(&e);
	broken("PHYSMAP-1");
}

static void wrong_frame(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_LIVE);
	store(L1, 1, P | RW | PS | NX | 4 * MB);
	done();
	broken("PHYSMAP-2");
}

static void left_executable(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_TWO_PASS);
	store(L1, 0, P | RW | PS);
	done();
	broken("PHYSMAP-3");
}

static void ends_in_a_build(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, 0);
	begin_build(PHYSMAP_BUILD_LIVE);
	judge_finish(&j);
	broken("PHYSMAP-1");
}

/* A table that refers to itself is a table at several levels (X86-TLB-17). */
static void self_reference(void **state)
{
	struct judge_machine machine = four();

	begin(&machine, P | RW | PS | NX);
	store(ROOT, 500, ROOT | POINT);
	clean();
	assert_int_equal(judge_walk(&j, SELF).frame, L1);
	store(L1, 0, 0);
	store(L1, 0, P | RW | PS | NX | 2 * MB);
	broken("X86-TLB-2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("what was not present needs no flush (X86-TLB-5)", fresh_needs_no_flush),
		HOLDS("a flush for nothing is found (X86-TLB-5)", flush_for_nothing),
		HOLDS("a split that keeps frames and attributes is allowed (X86-TLB-3)",
		      equal_split),
		HOLDS("attributes before the flush after a split are found (X86-TLB-3)",
		      split_then_change),
		HOLDS("size and attributes in one store are found (X86-TLB-1)",
		      split_with_attributes),
		HOLDS("size and frame in one store are found (X86-TLB-1)", split_with_frame),
		HOLDS("a split that loses the PAT bit is found (X86-FMT-5)", split_loses_type),
		HOLDS("another frame without a break is found (X86-TLB-2)", another_frame),
		HOLDS("a break without a flush is found (X86-TLB-2)", break_without_flush),
		HOLDS("break, flush, make is allowed (X86-TLB-2)", break_flush_make),
		HOLDS("another memory type without a break is found (X86-TLB-2)", another_type),
		HOLDS("a right that outlives the build is found (X86-TLB-8)", right_outlives),
		HOLDS("a right that is flushed is not (X86-TLB-8)", right_flushed),
		HOLDS("a map that nobody walks may wait (X86-LNX-9)", right_of_a_dead_map),
		HOLDS("a right that comes needs no flush (X86-TLB-7)", right_that_comes),
		HOLDS("a right taken one level up outlives as well (X86-TLB-8)", right_of_a_table),
		HOLDS("global translations survive a CR3 load (X86-TLB-9)", global_survives_cr3),
		HOLDS("without PGE a CR3 load drops them (X86-TLB-19)", cr3_is_all_without_pge),
		HOLDS("other PCIDs survive a CR3 load (X86-TLB-14)", other_pcid_survives_cr3),
		HOLDS("CR3 with bit 63 drops nothing (X86-TLB-14)", kept_cr3_drops_nothing),
		HOLDS("other CPUs survive a local flush (X86-TLB-18)", other_cpu_survives),
		HOLDS("INVLPG drops one piece of a large page (X86-TLB-4)", one_page_is_a_part),
		HOLDS("a table in another's place is found (X86-TLB-13)", table_replaced),
		HOLDS("an unlinked table needs one INVLPG (X86-TLB-13)", empty_table_replaced),
		HOLDS("a page may not be used anew while it is walked (X86-TLB-13)",
		      unlinked_table_reused),
		HOLDS("a table page is not handed out twice (X86-TLB-13)", table_used_twice),
		HOLDS("an executable window is found (X86-TLB-16)", executable_window),
		HOLDS("half an entry is found (X86-TLB-20)", half_a_store),
		HOLDS("a table published before it is filled is found (X86-TLB-20)",
		      published_empty),
		HOLDS("reserved bits are found (X86-FMT-1, -3, -4)", reserved_bits),
		HOLDS("also in a table when it is linked", reserved_in_a_new_table),
		HOLDS("what is not present names no frame (X86-FMT-8)", not_present_names_a_frame),
		HOLDS("a table that becomes another leaf hits twice (X86-ERR-1)", multihit),
		HOLDS("erratum 383 forbids every live split (X86-ERR-2)", erratum_383),
		HOLDS("a kept entry that changes is found (X86-LNX-1)", kept_entry_changed),
		HOLDS("also after it was split", kept_through_a_split),
		HOLDS("pass 2 without the boundary flush is found (X86-TLB-3)", no_boundary_flush),
		HOLDS("what was found needs none", no_shape_no_boundary),
		HOLDS("nor does what an earlier build has made", an_earlier_build_is_no_shape),
		HOLDS("a store that no event tells of is found (PHYSMAP-1)",
		      stored_behind_the_events),
		HOLDS("a leaf for another address is found (PHYSMAP-2)", wrong_frame),
		HOLDS("a leaf left writable and executable is found (PHYSMAP-3)", left_executable),
		HOLDS("events that end in a build are found", ends_in_a_build),
		HOLDS("a table that refers to itself counts at each level (X86-TLB-17)",
		      self_reference),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
