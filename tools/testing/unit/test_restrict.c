// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking rights from leaves that stand, on x86, as a Xen PV guest and on arm64:
 * exactly those of the range go, nothing else changes, no TLB has them when it
 * is over, and what was stopped can be asked for again.
 */
#include "support_arm64.h"

#define X86_MARK	0x400ULL

static u64 changed;

static int take(u64 start, u64 end, u32 rights)
{
	return physmap_restrict(map, start, end, rights, &changed, &why);
}

static void must_take(u64 start, u64 end, u32 rights, u64 leaves)
{
	if (take(start, end, rights))
		fail_msg("%s: %s", why.rule, why.what);
	assert_int_equal(changed, leaves);
}

/* x86 */

static const u32 all = PHYSMAP_WRITE | PHYSMAP_EXEC | PHYSMAP_GLOBAL;

/* Pages to 2M, then 2M leaves, and one of 1G; with all rights. */
static void begin_all(bool live)
{
	struct physmap_range r[2];
	struct physmap_request req;

	begin(&long4);
	r[0] = range(0, 2 * MB, S4K);
	r[1] = range(2 * MB, 2 * GB, S1G);
	req = ask(r, 2, PHYSMAP_FINAL_ON_FRESH);
	req.attrs = all;
	assert_int_equal(build(&req), 0);
	map->live = live;
	m.events = 0;
	m.called = 0;
}

static void exactly_the_range_loses_the_right(void **state)
{
	static const u32 rights[] = {
		PHYSMAP_WRITE, PHYSMAP_EXEC, PHYSMAP_WRITE | PHYSMAP_EXEC,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		begin_all(i & 1);
		must_take(1 * MB, 6 * MB, rights[i], 256 + 2);
		must_map(0, 1 * MB, 0, all);
		must_map(1 * MB, 2 * MB, 0, all & ~rights[i]);
		must_map(2 * MB, 6 * MB, 1, all & ~rights[i]);
		must_map(6 * MB, 1 * GB, 1, all);
		must_take(1 * GB, 2 * GB, rights[i], 1);
		must_map(1 * GB, 1 * GB + 4 * MB, 2, all & ~rights[i]);
	}
}

/* X86-TLB-8 */
static void a_live_map_is_flushed_once(void **state)
{
	begin_all(true);
	must_take(1 * MB, 6 * MB, PHYSMAP_WRITE, 256 + 2);
	assert_int_equal(events(MODEL_FLUSH), 1);
	assert_int_equal(m.event[m.events - 1].kind, MODEL_FLUSH);
	assert_false(map->flush_owed);
	begin_all(false);
	must_take(1 * MB, 6 * MB, PHYSMAP_WRITE, 256 + 2);
	assert_int_equal(events(MODEL_FLUSH), 0);
}

static void where_nothing_goes_nothing_is_written(void **state)
{
	begin_all(true);
	must_take(0, 6 * MB, PHYSMAP_WRITE, 512 + 2);
	m.events = 0;
	must_take(0, 6 * MB, PHYSMAP_WRITE, 0);
	must_take(4 * GB, 5 * GB, PHYSMAP_WRITE, 0);
	assert_int_equal(m.events, 0);
}

/* No shadow stack either: that would be dirty and not writable. */
static void what_is_not_writable_is_not_dirty(void **state)
{
	begin_all(true);
	must_take(0, 4 * MB, PHYSMAP_WRITE, 512 + 1);
	assert_int_equal(at(64 * KB).raw & 0x42, 0);
	assert_int_equal(at(2 * MB).raw & 0x42, 0);
}

static void holes_and_others_entries_are_left(void **state)
{
	const u64 foreign = 0x123450, ro = 0x8000 | 0x8000000000000121;

	begin_all(true);
	*slot_at(map->offset + 16 * KB, 0) = 0;
	*slot_at(map->offset + 20 * KB, 0) = foreign;
	*slot_at(map->offset + 32 * KB, 0) = ro;
	must_take(0, 64 * KB, PHYSMAP_WRITE, 16 - 3);
	assert_int_equal(*slot_at(map->offset + 16 * KB, 0), 0);
	assert_int_equal(*slot_at(map->offset + 20 * KB, 0), foreign);
	assert_int_equal(*slot_at(map->offset + 32 * KB, 0), ro);
}

/* The map may end with the address space. */
static void the_last_page_is_one_too(void **state)
{
	struct model_translation t;

	begin(&long4);
	map->offset = -4 * MB;
	map->va_start = map->offset;
	map->va_limit = -1ULL;
	must_build(0, 4 * MB - 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	*slot_at(-4 * KB, 0) = (4 * MB - 4 * KB) | 0x63;
	must_take(2 * MB, 4 * MB, PHYSMAP_WRITE, 512);
	t = model_look(&m, -1ULL);
	assert_true(t.present && !t.write);
	assert_true(at(2 * MB - 4 * KB).write);
}

static void a_leaf_that_goes_beyond_is_refused(void **state)
{
	begin_all(true);
	must_refuse(take(1 * MB, 5 * MB, PHYSMAP_WRITE), -EINVAL, "X86-FMT-4");
	assert_int_equal(why.level, 1);
	assert_true(why.va == map->offset + 4 * MB);
	assert_true(why.pa == 4 * MB);
	/* Those before it have lost theirs, and owe a flush. */
	assert_int_equal(changed, 256 + 1);
	must_map(1 * MB, 2 * MB, 0, all & ~PHYSMAP_WRITE);
	must_map(4 * MB, 8 * MB, 1, all);
	assert_true(map->flush_owed);
	must_refuse(take(3 * MB, 6 * MB, PHYSMAP_WRITE), -EINVAL, "X86-FMT-4");
	assert_true(why.va == map->offset + 2 * MB);
	assert_int_equal(changed, 0);
	m.events = 0;
	must_take(1 * MB, 6 * MB, PHYSMAP_WRITE, 1);
	assert_int_equal(events(MODEL_FLUSH), 1);
}

/* Each hook once: protect, twice, and the flush. */
static void what_was_refused_can_be_asked_for_again(void **state)
{
	u64 k;

	for (k = 1; k <= 3; k++) {
		begin_all(true);
		m.refuse_at = k;
		must_refuse(take(1 * MB, 4 * MB, PHYSMAP_WRITE), MODEL_REFUSAL,
			    "MODEL");
		assert_true(why.va == map->offset + (k == 2 ? 2 : 1) * MB);
		assert_int_equal(why.level, k == 3 ? 3 : k - 1);
		assert_true(why.machine == why.pa >> 12);
		assert_int_equal(changed, k == 1 ? 0 : k == 2 ? 256 : 257);
		assert_true(map->flush_owed);
		must_take(1 * MB, 4 * MB, PHYSMAP_WRITE, 257 - changed);
		must_map(1 * MB, 2 * MB, 0, all & ~PHYSMAP_WRITE);
		must_map(2 * MB, 4 * MB, 1, all & ~PHYSMAP_WRITE);
		assert_false(map->flush_owed);
		assert_int_equal(m.event[m.events - 1].kind, MODEL_FLUSH);
	}
}

static unsigned int commits;

static int refuse_commit(struct physmap_map *of, struct physmap_refusal *r)
{
	commits++;
	r->rule = "MODEL";
	r->what = "the commit was refused";
	return -EIO;
}

static void a_refused_commit_is_told(void **state)
{
	begin_all(true);
	m.hooks.commit = refuse_commit;
	commits = 0;
	must_refuse(take(1 * MB, 2 * MB, PHYSMAP_WRITE), -EIO, "MODEL");
	assert_true(why.va == map->offset + 1 * MB);
	assert_int_equal(events(MODEL_FLUSH), 0);
	assert_true(map->flush_owed);
	/* It is tried also when something else was refused, which is told. */
	m.refuse_at = m.called + 1;
	must_refuse(take(2 * MB, 4 * MB, PHYSMAP_WRITE), MODEL_REFUSAL, "MODEL");
	assert_int_equal(commits, 2);
}

/* Xen PV */

#define MAPPED		0x1000ULL

static void rights_go_by_hypercall(void **state)
{
	u64 pa;

	begin_xen(MAPPED);
	must_build(16 * MB, 20 * MB, S4K, PHYSMAP_TWO_PASS);
	m.events = 0;
	/* The builder's pages execute; ours do not. */
	must_take(4 * MB, 18 * MB, PHYSMAP_EXEC, (16 - 4) * 256);
	for (pa = 4 * MB; pa < 18 * MB; pa += 4 * KB)
		assert_true(at(pa).present && !at(pa).exec && at(pa).write);
	assert_true(at(4 * MB - 4 * KB).exec);
	assert_int_equal(events(MODEL_XEN_UPDATE), (16 - 4) * 256);
	assert_int_equal(events(MODEL_XEN_FLUSH), 1);
	assert_false(map->flush_owed);
}

/* XENPV-21: RW would take references anew. */
static void write_is_not_taken_in_a_guest(void **state)
{
	begin_xen(MAPPED);
	m.events = 0;
	must_refuse(take(4 * MB, 5 * MB, PHYSMAP_WRITE), -EPERM, "XENPV-21");
	assert_true(why.va == map->offset + 4 * MB);
	assert_int_equal(changed, 0);
	assert_int_equal(events(MODEL_XEN_UPDATE), 0);
	assert_true(at(4 * MB).write);
}

/* Each hypercall once, in the middle of what it was to do. */
static void a_refused_hypercall_is_told_and_made_up_for(void **state)
{
	u64 k, calls, pa;

	begin_xen(MAPPED);
	calls = model_xen.calls;
	must_take(4 * MB, 12 * MB, PHYSMAP_EXEC, 8 * 256);
	calls = model_xen.calls - calls;
	assert_true(calls > 1);
	for (k = 1; k < calls; k++) {
		begin_xen(MAPPED);
		model_xen.fail_at = model_xen.calls + k;
		model_xen.fail_error = -ENOMEM;
		assert_int_equal(take(4 * MB, 12 * MB, PHYSMAP_EXEC), -ENOMEM);
		assert_int_equal(why.error, -ENOMEM);
		assert_non_null(why.rule);
		assert_true(why.pa >= 4 * MB && why.pa < 12 * MB);
		assert_true(why.va == why.pa + map->offset);
		assert_true(map->flush_owed);
		if (take(4 * MB, 12 * MB, PHYSMAP_EXEC))
			fail_msg("hypercall %llu: %s", (unsigned long long)k,
				 why.what);
		for (pa = 4 * MB; pa < 12 * MB; pa += 4 * KB)
			assert_true(at(pa).present && !at(pa).exec);
		assert_false(map->flush_owed);
	}
}

/* What waits for its hypercall does not wait on when the walk is refused. */
static void what_was_put_off_is_done_all_the_same(void **state)
{
	begin_xen(MAPPED);
	must_build(16 * MB, 18 * MB, S4K, PHYSMAP_TWO_PASS);
	m.refuse_at = m.called + 3;
	must_refuse(take(4 * MB, 12 * MB, PHYSMAP_EXEC), MODEL_REFUSAL, "MODEL");
	assert_true(changed > 0);
	assert_false(at(4 * MB).exec);
	assert_true(at(12 * MB - 4 * KB).exec);
}

/* arm64 */

/* From BASE on: 2M in pages, then 4M of blocks and pages behind, all RWX. */
static void begin_arm64_all(const struct physmap_arm64_machine *machine,
			    bool live, bool contig)
{
	const struct physmap_range r = blocks(BASE + 64 * KB, BASE + 3 * GB +
					      2 * MB + 64 * KB, contig);
	struct physmap_request req = ask(&r, 1, PHYSMAP_FINAL_ON_FRESH);

	begin_arm64(machine);
	req.attrs = DATA | PHYSMAP_EXEC;
	assert_int_equal(build(&req), 0);
	map->live = live;
	a.m.events = 0;
	a.m.called = 0;
	seat_judge();
}

/* From one block's border to another's; blocks of 1G lie in between. */
static void takes_on(const struct physmap_arm64_machine *machine, u32 rights)
{
	const u64 block = 1ULL << (2 * machine->page_shift - 3);
	const u64 start = BASE + 2 * block, middle = BASE + 3 * GB;

	begin_arm64_all(machine, true, false);
	assert_int_equal(take(start, middle, rights), 0);
	assert_true(changed > 0);
	assert_int_equal(events64(MODEL_FLUSH), 1);
	must_map64(start - 2 * MB, start, DATA | PHYSMAP_EXEC);
	must_map64(start, start + 2 * MB, (DATA | PHYSMAP_EXEC) & ~rights);
	must_map64(middle - 64 * KB, middle, (DATA | PHYSMAP_EXEC) & ~rights);
	must_map64(middle, middle + 2 * MB, DATA | PHYSMAP_EXEC);
	judge_agrees();
}

static void on_every_arm64_machine(void **state)
{
	static const u32 rights[] = {
		PHYSMAP_WRITE, PHYSMAP_EXEC, PHYSMAP_WRITE | PHYSMAP_EXEC,
	};
	struct physmap_arm64_machine machine;
	unsigned int n, tested = 0;

	for (n = 0; any_arm64(n, &machine); n++) {
		if (!machine.page_shift)
			continue;
		takes_on(&machine, rights[tested++ % 3]);
	}
}

/* From a split address on, frames stay as they are. */
static void where_addresses_lie_apart(void **state)
{
	const u64 edge = 1ULL << 50;
	u64 pa;

	begin_arm64(&a4k_lpa2);
	map->offset -= edge - 4 * GB - 64 * KB;
	must_build(edge - 64 * KB, edge + MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	map->live = true;
	seat_judge();
	must_take(edge - 16 * KB, edge + 16 * KB, PHYSMAP_WRITE, 8);
	for (pa = edge - 64 * KB; pa < edge + MB; pa += 4 * KB) {
		assert_true(at64(pa).pa == pa);
		assert_int_equal(at64(pa).write, pa < edge - 16 * KB ||
				 pa >= edge + 16 * KB);
	}
	judge_agrees();
}

/* ARM-CONT-1: the bit says that all of them are alike. */
static void a_part_of_a_group_is_refused(void **state)
{
	unsigned int live;

	for (live = 0; live < 2; live++) {
		begin_arm64_all(&a4k, live, true);
		must_refuse(take(BASE + 64 * KB, BASE + 132 * KB,
				 PHYSMAP_WRITE), live ? -EPERM : -EINVAL,
			    live ? "ARM-CONT-2" : "ARM-FMT-1");
		must_refuse(take(BASE + 132 * KB, BASE + 192 * KB,
				 PHYSMAP_WRITE), -EINVAL, "ARM-FMT-1");
		assert_int_equal(changed, 0);
		assert_true(why.va == map->offset + BASE + 132 * KB);
		assert_true(at64(BASE + 132 * KB).write);
		/* Of blocks: 32M. */
		must_refuse(take(BASE + 34 * MB, BASE + 64 * MB, PHYSMAP_WRITE),
			    -EINVAL, "ARM-FMT-1");
		assert_int_equal(why.level, 1);
		judge_agrees();
	}
}

/* ARM-CONT-2: and a whole one of a live map is changed entry by entry too. */
static void a_whole_group_is_a_matter_of_the_processor(void **state)
{
	struct physmap_arm64_machine machine = a4k;

	begin_arm64_all(&machine, false, true);
	must_take(BASE + 64 * KB, BASE + 192 * KB, PHYSMAP_WRITE, 32);
	must_map64(BASE + 64 * KB, BASE + 192 * KB,
		   PHYSMAP_GLOBAL | PHYSMAP_EXEC);
	must_take(BASE + 32 * MB, BASE + 64 * MB, PHYSMAP_EXEC, 16);
	judge_agrees();
	begin_arm64_all(&machine, true, true);
	must_refuse(take(BASE + 64 * KB, BASE + 192 * KB, PHYSMAP_WRITE),
		    -EPERM, "ARM-CONT-2");
	must_map64(BASE + 64 * KB, BASE + 192 * KB, DATA | PHYSMAP_EXEC);
	assert_int_equal(events64(MODEL_FLUSH), 0);
	judge_agrees();
	machine.bbm = 3;
	begin_arm64_all(&machine, true, true);
	must_take(BASE + 64 * KB, BASE + 192 * KB, PHYSMAP_WRITE, 32);
	must_take(BASE + 32 * MB, BASE + 64 * MB, PHYSMAP_WRITE, 16);
	must_map64(BASE + 64 * KB, BASE + 192 * KB,
		   PHYSMAP_GLOBAL | PHYSMAP_EXEC);
	assert_int_equal(events64(MODEL_FLUSH), 2);
	judge_agrees();
}

static void each_hook_once_on_arm64(void **state)
{
	u64 k, before;

	for (k = 1; k <= 3; k++) {
		begin_arm64_all(&a4k, true, false);
		a.m.refuse_at = k;
		must_refuse(take(BASE + MB, BASE + 4 * MB, PHYSMAP_WRITE),
			    MODEL_REFUSAL, "MODEL");
		before = changed;
		must_take(BASE + MB, BASE + 4 * MB, PHYSMAP_WRITE,
			  256 + 1 - before);
		must_map64(BASE + MB, BASE + 4 * MB,
			   PHYSMAP_GLOBAL | PHYSMAP_EXEC);
		judge_agrees();
	}
}

/* What a restrict has taken a build that is taken up again does not give. */
static void early_leaves_may_be_restricted(void **state)
{
	u64 pa;

	begin_arm64(&a4k);
	map->live = true;
	seat_judge();
	must_build(BASE + 64 * KB, BASE + 128 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	/* A write, then the flush between the passes. */
	a.m.refuse_at = a.m.called + 2;
	assert_int_equal(build_one(BASE, BASE + 256 * KB, S4K,
				   PHYSMAP_TWO_PASS), MODEL_REFUSAL);
	for (pa = BASE; at64(pa).present && !(at64(pa).raw & MARK);
	     pa += 4 * KB)
		;
	must_take(pa, pa + 16 * KB, PHYSMAP_EXEC, 4);
	must_build(BASE, BASE + 256 * KB, S4K, PHYSMAP_TWO_PASS);
	must_map64(BASE, BASE + 256 * KB, DATA);
	judge_agrees();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARM64("exactly the range loses the right, in leaves of every size",
		      exactly_the_range_loses_the_right),
		ARM64("a live map is flushed once, behind it (X86-TLB-8)",
		      a_live_map_is_flushed_once),
		ARM64("where nothing goes nothing is written or flushed",
		      where_nothing_goes_nothing_is_written),
		ARM64("what is not writable is not dirty",
		      what_is_not_writable_is_not_dirty),
		ARM64("holes and others' entries are left as they are",
		      holes_and_others_entries_are_left),
		ARM64("the range may end with the address space",
		      the_last_page_is_one_too),
		ARM64("a leaf that goes beyond the range is refused (X86-TLB-1)",
		      a_leaf_that_goes_beyond_is_refused),
		ARM64("what any hook refused can be asked for again",
		      what_was_refused_can_be_asked_for_again),
		ARM64("a refused commit is told, and tried whatever was refused",
		      a_refused_commit_is_told),
		ARM64("under Xen PV EXEC goes by hypercall (XENPV-21)",
		      rights_go_by_hypercall),
		ARM64("under Xen PV WRITE is refused (XENPV-21)",
		      write_is_not_taken_in_a_guest),
		ARM64("a refused hypercall is told and made up for (XENPV-31)",
		      a_refused_hypercall_is_told_and_made_up_for),
		ARM64("what was put off is done also when the walk is refused (XENPV-22)",
		      what_was_put_off_is_done_all_the_same),
		ARM64("on every arm64 machine, with its flush (ARM-BBM-4)",
		      on_every_arm64_machine),
		ARM64("where addresses lie apart frames stay (ARM-BBM-12)",
		      where_addresses_lie_apart),
		ARM64("a part of a group is refused (ARM-CONT-1)",
		      a_part_of_a_group_is_refused),
		ARM64("a whole group of a live map is a matter of the processor (ARM-CONT-2)",
		      a_whole_group_is_a_matter_of_the_processor),
		ARM64("each hook once on arm64", each_hook_once_on_arm64),
		ARM64("early leaves may be restricted, and are finished later",
		      early_leaves_may_be_restricted),
	};

	return cmocka_run_group_tests_name("restrict", tests, NULL, NULL);
}
