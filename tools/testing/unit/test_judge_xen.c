// SPDX-License-Identifier: GPL-2.0-only
/*
 * The judge of Xen PV guests: it finds nothing in what the engine does on the
 * simulated guest, and it finds each broken rule, by its ID, at the event that
 * breaks it. Events of the latter kind are made by hand or by a backend that
 * forgets errors.
 */
#include <stdio.h>
#include "support.h"
#include "judge_xen.h"

#define P		XEN_P
#define RW		XEN_RW
#define USER		XEN_USER
#define A		XEN_A
#define D		XEN_D
#define MARK		XEN_KERNEL
#define NX		XEN_NX
#define TABLE		(P | RW | USER | A | D)

#define MAPPED		0x1000ULL
#define HIGH		(MODEL_HIGH_PFN * 4 * KB)
/* Mapped writable when the guest starts, and the first that is not mapped. */
#define SPARE		(8 * MB)
#define OTHER		(9 * MB)
#define NEW		(15 * MB)

static struct judge j;

static const struct model_xen_boot boots[] = {
	{ },
	{ .domu = true },
	{ .grafted = true },
	{ .large_p2m = true },
	{ .domu = true, .grafted = true, .large_p2m = true },
};

static u64 tell_mfn(void *context, u64 pfn)
{
	return model_xen_mfn(pfn);
}

static unsigned int tell_owner(void *context, u64 mfn)
{
	return model_xen.domain.memory.owner(NULL, mfn);
}

static void print(struct judge *judge, const struct judge_violation *v)
{
	if (judge->violations > 1)
		return;
	printf("# event %llu, %#llx: %s: %s\n", v->number, v->va, v->rule,
	       v->text);
}

static int end(void **state)
{
	judge_stop(&j);
	return stop(state);
}

static void judged(const struct model_xen_boot *how, u64 mapped)
{
	static const struct judge_xen_guest guest = {
		.mfn = tell_mfn, .owner = tell_owner,
	};
	struct physmap_x86_machine x86 = long4;
	struct judge_machine machine;

	x86.pa_bits = 52;
	x86.pse = false;
	x86.gbpages = false;
	x86.global = false;
	end(NULL);
	model_xen_start_as(&m, &x86, mapped, MB, how);
	judge_machine_x86(&machine, 4);
	machine.xen = true;
	machine.pse = false;
	machine.gbpages = false;
	machine.pge = false;
	judge_start(&j, &machine);
	judge_xen_guest(&j, &guest);
	j.heard = print;
	map->recorder = &j.recorder;
	physmap_record_tables(map);
	assert_int_equal(j.violations, 0);
}

static void nothing_found(void)
{
	judge_finish(&j);
	assert_int_equal(j.violations, 0);
}

/* By the very last event, and by nothing before it. */
static void finds(const char *rule)
{
	if (!j.violations)
		fail_msg("%s was not found", rule);
	assert_string_equal(j.first.rule, rule);
	assert_int_equal(j.first.number, j.events);
	assert_true(strlen(j.first.text) > 20);
}

/* Events made by hand */

static void event(const struct physmap_event *e)
{
	j.recorder.event(&j.recorder, e);
}

static void pass(unsigned int which)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_PASS,
		.detail = which,
	};

	event(&e);
}

static void begin_build(void)
{
	struct physmap_event e = {
		.kind = PHYSMAP_EVENT_BUILD,
		.detail = PHYSMAP_BUILD_TWO_PASS | PHYSMAP_BUILD_LIVE,
		.count = 1,
		.step = PHYSMAP_WRITE,
	};

	judged(&boots[0], MAPPED - 256);
	e.va = map->offset;
	e.value = map->offset + GB;
	event(&e);
	pass(PHYSMAP_PASS_SHAPE);
}

static void pass_2(void)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_FLUSH,
		.detail = PHYSMAP_FLUSH_ALL | PHYSMAP_FLUSH_EVERY_CPU,
	};

	pass(PHYSMAP_PASS_BOUNDARY);
	event(&e);
	pass(PHYSMAP_PASS_ATTRIBUTES);
}

static void done(int result)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_DONE,
		.result = result,
	};

	event(&e);
}

static u64 machine_of(u64 pa)
{
	return model_xen_mfn(pa >> 12) << 12;
}

/* The table that holds, or would hold, the leaf of a page. */
static u64 table_of(u64 pa, unsigned int level)
{
	const u64 raw = *slot_at(pa + map->offset, level + 1);

	return raw & XEN_FRAME;
}

/* One entry of a table, by whatever means. */
static void entry(enum physmap_event_kind kind, unsigned int level, u64 table,
		  unsigned int index, u64 va, u64 raw, int result)
{
	const struct physmap_event e = {
		.kind = kind,
		.detail = kind == PHYSMAP_EVENT_STORE ? 8 : 0,
		.level = level,
		.result = result,
		.index = index,
		.count = 1,
		.table = table,
		.va = va,
		.value = raw,
	};

	event(&e);
}

static void update(u64 pa, unsigned int level, u64 raw, int result)
{
	entry(PHYSMAP_EVENT_MMU_UPDATE, level, table_of(pa, level),
	      pa >> (12 + 9 * level) & 511, pa + map->offset, raw, result);
}

static void update_va(u64 pa, u64 raw, int result)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_UPDATE_VA,
		.result = result,
		.va = pa + map->offset,
		.value = raw,
	};

	event(&e);
}

static void pin(u64 pa, int result)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_PIN,
		.result = result,
		.table = machine_of(pa),
	};

	event(&e);
}

/* Stores into a page that is to become the leaf table for 16 MiB. */
static void store(u64 page, unsigned int level, unsigned int index, u64 raw)
{
	entry(PHYSMAP_EVENT_STORE, level, machine_of(page), index,
	      16 * MB + map->offset + index * 4 * KB, raw, 0);
}

static void take(u64 page)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_PAGE,
		.table = machine_of(page),
	};

	event(&e);
}

static void read_only(u64 pa)
{
	update_va(pa, at(pa).raw & ~RW, 0);
}

static u64 leaf(u64 pa, u64 flags)
{
	return machine_of(pa) | flags;
}

/* A page of the tables that the guest starts with. */
static u64 a_table(void)
{
	return map->root;
}

/* What the engine does */

static void nothing_is_found_in_builds(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(boots); i++) {
		judged(&boots[i], MAPPED - 256);
		must_build(0, 24 * MB, S1G, PHYSMAP_TWO_PASS);
		must_build(0, 24 * MB, S1G, PHYSMAP_TWO_PASS);
		must_build(HIGH, HIGH + 5 * MB, S1G, PHYSMAP_FINAL_ON_FRESH);
		nothing_found();
		assert_true(j.events > 50);
	}
}

static void nothing_is_found_with_holes_and_without_pins(void **state)
{
	u64 pfn;

	judged(&boots[0], MAPPED - 256);
	for (pfn = MAPPED - 10; pfn < MAPPED + 20; pfn += 3)
		model_xen_balloon(pfn);
	model_xen.no_pin = true;
	model_xen.read_only_from = MAPPED + 30;
	model_xen.read_only_to = MAPPED + 40;
	must_build(15 * MB, 22 * MB, S4K, PHYSMAP_TWO_PASS);
	nothing_found();
	assert_int_equal(report.shape.no_frame, 10);
}

static void nothing_is_found_in_tails(void **state)
{
	judged(&boots[0], MAPPED);
	m.ram[0].end = 15 * MB;
	must_build(14 * MB, 15 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(report.shape.cleared, 256);
	nothing_found();
}

static int mixed(void)
{
	const struct physmap_range r[] = {
		range(15 * MB, 18 * MB, S4K),
		range(HIGH, HIGH + 2 * MB + 4 * KB, S4K),
	};
	const struct physmap_request req = ask(r, 2, PHYSMAP_TWO_PASS);

	return build(&req);
}

static u64 calls_of_mixed(void)
{
	judged(&boots[0], MAPPED - 256);
	assert_int_equal(mixed(), 0);
	nothing_found();
	return model_xen.calls;
}

/* Not Xen's fault and not the engine's: a refusal that is told and made good. */
static void a_refusal_that_is_told_is_no_violation(void **state)
{
	const u64 calls = calls_of_mixed();
	u64 k;

	for (k = 1; k <= calls; k++) {
		judged(&boots[0], MAPPED - 256);
		model_xen.fail_at = k;
		model_xen.fail_error = -EINVAL;
		assert_int_equal(mixed(), -EINVAL);
		assert_int_equal(mixed(), 0);
		nothing_found();
	}
}

/* XENPV-31, by a backend that loses errors as __xen_set_pte does */

static int forgetful_write(struct physmap_map *of, const struct physmap_run *run,
			   struct physmap_refusal *refusal)
{
	const int n = physmap_xen_write(of, run, refusal);

	return n < 0 ? (int)run->count : n;
}

static int forgetful_commit(struct physmap_map *of,
			    struct physmap_refusal *refusal)
{
	physmap_xen_commit(of, refusal);
	return 0;
}

static void a_lost_refusal_is_found(void **state)
{
	struct physmap_hooks forgetful;
	u64 k, lost = 0;

	for (k = 1; k <= 4; k++) {
		judged(&boots[0], MAPPED - 256);
		forgetful = *m.backend;
		forgetful.write = forgetful_write;
		forgetful.commit = forgetful_commit;
		m.backend = &forgetful;
		model_xen.fail_at = k;
		model_xen.fail_error = -EINVAL;
		if (build_one(15 * MB, 16 * MB, S4K, PHYSMAP_TWO_PASS))
			continue;	/* a flush: those are told */
		finds("XENPV-31");
		lost++;
	}
	assert_int_equal(lost, 2);
}

static void what_is_retried_is_not_lost(void **state)
{
	begin_build();
	update(NEW, 0, leaf(NEW, P | RW | NX), -EINVAL);
	update(NEW, 0, leaf(NEW, P | RW | NX), 0);
	done(0);
	nothing_found();
	begin_build();
	update(NEW, 0, leaf(NEW, P | RW | NX), -EINVAL);
	update(NEW + 4 * KB, 0, leaf(NEW + 4 * KB, P | RW | NX), 0);
	assert_int_equal(j.refused, 1);
	done(0);
	finds("XENPV-31");
	begin_build();
	read_only(SPARE);
	pin(SPARE, -EINVAL);
	done(0);
	finds("XENPV-31");
	begin_build();
	read_only(SPARE);
	pin(SPARE, -EINVAL);
	done(-EINVAL);
	nothing_found();
	begin_build();
	read_only(SPARE);
	pin(SPARE, -EINVAL);
	pin(SPARE, 0);
	pass_2();	/* the flush that lost rights take */
	done(0);
	nothing_found();
}

/* Broken rules, by hand */

/* XENPV-2: read-only here, and writable there. */
static void a_writable_alias_is_found(void **state)
{
	begin_build();
	update(NEW, 0, leaf(NEW, P | RW), 0);
	assert_int_equal(j.violations, 0);
	begin_build();
	j.build.value = map->offset + MB;	/* it is not the map's own */
	update(NEW, 0, leaf(SPARE, P | RW), 0);
	read_only(SPARE);
	assert_int_equal(j.violations, 0);
	pin(SPARE, -EINVAL);
	finds("XENPV-2");
	/* The same if it is linked without a pin. */
	begin_build();
	j.build.value = map->offset + MB;
	update(NEW, 0, leaf(SPARE, P | RW), 0);
	read_only(SPARE);
	update(16 * MB, 1, leaf(SPARE, TABLE), 0);
	finds("XENPV-2");
}

/* XENPV-3 */
static void a_table_mapped_writable_is_found(void **state)
{
	begin_build();
	j.build.value = map->offset + MB;
	update(NEW, 0, leaf(a_table(), P | RW), -EBUSY);
	finds("XENPV-3");
	begin_build();
	update_va(a_table(), at(a_table()).raw | RW, -EBUSY);
	finds("XENPV-3");
	/* By a table that is filled with it and linked. */
	begin_build();
	j.build.value = map->offset + MB;
	take(SPARE);
	store(SPARE, 0, 3, leaf(a_table(), P | RW));
	read_only(SPARE);
	assert_int_equal(j.violations, 0);
	pin(SPARE, 0);
	finds("XENPV-3");
}

/* XENPV-4 */
static void a_pin_before_read_only_is_found(void **state)
{
	begin_build();
	take(SPARE);
	store(SPARE, 0, 0, leaf(16 * MB, P | RW));
	pin(SPARE, -EINVAL);
	finds("XENPV-4");
	begin_build();
	take(SPARE);
	update(16 * MB, 1, leaf(SPARE, TABLE), -EINVAL);
	finds("XENPV-4");
	begin_build();
	take(SPARE);
	read_only(SPARE);
	store(SPARE, 0, 0, leaf(16 * MB, P | RW));
	finds("XENPV-4");
	/* Where there is another mapping, or none that was ever seen, it works. */
	begin_build();
	j.build.value = map->offset + MB;
	update(NEW, 0, leaf(SPARE, P | RW), 0);
	read_only(SPARE);
	store(SPARE, 0, 0, leaf(16 * MB, P | RW));
	store(17 * MB, 0, 0, leaf(16 * MB, P | RW));
	assert_int_equal(j.violations, 0);
}

/* XENPV-5 */
static void a_replaced_entry_is_found(void **state)
{
	begin_build();
	update(SPARE, 0, at(SPARE).raw, 0);
	assert_int_equal(j.violations, 0);
	update(SPARE, 0, leaf(OTHER, P | RW), 0);
	finds("XENPV-5");
	begin_build();
	update(SPARE, 0, leaf(SPARE, P | RW), 0);
	finds("XENPV-5");
	begin_build();
	update(a_table(), 0, leaf(a_table(), P | RW), -EBUSY);
	finds("XENPV-5");
	begin_build();
	update_va(SPARE, at(SPARE).raw & ~RW, 0);
	update_va(SPARE, at(SPARE).raw, 0);
	finds("XENPV-5");
	begin_build();
	update(SPARE, 1, leaf(OTHER, TABLE), -EINVAL);
	finds("XENPV-5");
}

/* XENPV-7 */
static void a_table_that_is_not_valid_is_found(void **state)
{
	begin_build();
	take(SPARE);
	take(OTHER);
	store(SPARE, 1, 0, leaf(OTHER, TABLE | XEN_PCD));
	read_only(SPARE);
	read_only(OTHER);
	assert_int_equal(j.violations, 0);
	update(HIGH, 2, leaf(SPARE, TABLE), -EINVAL);
	finds("XENPV-7");
	assert_non_null(strstr(j.first.text, "XENPV-13"));
}

/* XENPV-9, -10 */
static void a_second_pin_is_found(void **state)
{
	begin_build();
	take(SPARE);
	read_only(SPARE);
	pin(SPARE, 0);
	assert_int_equal(j.violations, 0);
	pin(SPARE, -EINVAL);
	finds("XENPV-9");
}

/* XENPV-13 */
static void a_large_page_is_found(void **state)
{
	begin_build();
	update(16 * MB, 1, leaf(16 * MB, TABLE | XEN_PSE), -EINVAL);
	finds("XENPV-13");
	assert_int_equal(j.violations, 1);	/* not Xen's refusal once more */
	begin_build();
	take(SPARE);
	store(SPARE, 1, 3, leaf(16 * MB, TABLE | XEN_PSE));
	finds("XENPV-13");
}

/* XENPV-14 */
static void a_memory_type_is_found(void **state)
{
	begin_build();
	update(NEW, 0, leaf(NEW, P | RW | XEN_PCD), -EINVAL);
	finds("XENPV-14");
}

/* XENPV-15: written as if Xen had kept it as it was given. */
static void an_entry_not_read_back_is_found(void **state)
{
	begin_build();
	update(NEW, 0, leaf(NEW, P | RW | A | D), 0);
	pass_2();
	update(NEW, 0, leaf(NEW, P | RW | A | D | USER | MARK | NX), 0);
	assert_int_equal(j.violations, 0);
	update(NEW, 0, leaf(NEW, P | RW | A | D | NX), 0);
	finds("XENPV-15");
	begin_build();
	update_va(SPARE, leaf(SPARE, P | A), 0);
	finds("XENPV-15");
}

/* What memory holds is what Xen has made of it. */
static void the_judge_edits_as_xen_does(void **state)
{
	u64 pa;

	judged(&boots[0], MAPPED - 256);
	must_build(15 * MB, 18 * MB, S4K, PHYSMAP_TWO_PASS);
	for (pa = 15 * MB; pa < 18 * MB; pa += 4 * KB) {
		const struct model_translation t = at(pa);

		assert_int_equal(judge_load(&j, machine_of(t.table), t.index),
				 t.raw);
		assert_int_equal(t.raw & (USER | MARK), USER | MARK);
	}
	nothing_found();
}

/* XENPV-16 */
static void a_global_kernel_page_is_found(void **state)
{
	begin_build();
	update(NEW, 0, leaf(NEW, P | RW | XEN_GLOBAL), 0);
	finds("XENPV-16");
	begin_build();
	take(SPARE);
	store(SPARE, 0, 0, leaf(16 * MB, P | RW | XEN_GLOBAL));
	finds("XENPV-16");
	begin_build();
	update(NEW, 0, leaf(NEW, P | RW), 0);
	pass_2();
	update(NEW, 0, leaf(NEW, P | RW | USER | MARK | NX | XEN_GLOBAL), 0);
	finds("XENPV-16");
}

static void a_global_page_that_was_found_is_not_the_builders(void **state)
{
	const u64 was = P | RW | A | USER | MARK | XEN_GLOBAL;

	begin_build();
	*slot_at(SPARE + map->offset, 0) = leaf(SPARE, was);
	physmap_record_tables(map);
	pass_2();
	update(SPARE, 0, leaf(SPARE, was | NX), 0);
	assert_int_equal(j.violations, 0);
}

/* XENPV-20 */
static void an_address_that_is_not_present_is_found(void **state)
{
	begin_build();
	update(SPARE, 0, leaf(SPARE, RW), 0);
	finds("XENPV-20");
	begin_build();
	take(SPARE);
	store(SPARE, 0, 0, leaf(16 * MB, 0));
	finds("XENPV-20");
	begin_build();
	update(SPARE, 0, 0, 0);
	/* Inverted as Linux does it, the address is beyond all memory. */
	update(OTHER, 0, leaf(OTHER, RW) ^ XEN_FRAME, 0);
	assert_int_equal(j.violations, 0);
}

/* XENPV-21 */
static void a_pass_2_that_goes_too_far_is_found(void **state)
{
	static const u64 bits[] = { RW, XEN_PCD, P };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		begin_build();
		update(NEW, 0, leaf(NEW, P | RW), 0);
		pass_2();
		update(NEW, 0, (leaf(NEW, P | RW | USER | MARK) ^ bits[i]) &
			       (bits[i] == P ? 0 : ~0ULL), 0);
		finds("XENPV-21");
	}
	begin_build();
	pass_2();
	update(SPARE, 0, leaf(OTHER, P | RW | USER | MARK), 0);
	finds("XENPV-21");
	begin_build();
	pass_2();
	update(NEW, 0, leaf(NEW, P | RW), 0);
	finds("XENPV-21");
}

/* XENPV-24, -25, -27 */
static void other_refusals_are_found(void **state)
{
	begin_build();
	entry(PHYSMAP_EVENT_MMU_UPDATE, 3, machine_of(map->root), 256, 0, 0,
	      -EINVAL);
	finds("XENPV-24");
	begin_build();
	update(16 * MB, 1, 0xa0000 | TABLE, -EINVAL);
	finds("XENPV-25");
	begin_build();
	update_va(GB, leaf(GB, P | RW), -EINVAL);
	finds("XENPV-27");
}

/* XENPV-32 */
static void a_plain_store_to_an_upper_table_is_found(void **state)
{
	const unsigned int slot = NEW >> 12 & 511;
	struct physmap_event change = {
		.kind = PHYSMAP_EVENT_CHANGE,
		.index = slot,
		.count = 1,
		.step = RW,
	};
	u64 table;

	begin_build();
	entry(PHYSMAP_EVENT_STORE, 1, table_of(16 * MB, 1), 8,
	      16 * MB + map->offset, 0, 0);
	finds("XENPV-32");
	/* To a leaf table it is emulated. */
	begin_build();
	table = table_of(NEW, 0);
	entry(PHYSMAP_EVENT_STORE, 0, table, slot, NEW + map->offset,
	      leaf(NEW, P | RW), 0);
	assert_int_equal(j.violations, 0);
	assert_int_equal(judge_load(&j, table, slot),
			 leaf(NEW, P | RW | USER | MARK));
	/* Clear and set: the same, of what is there. */
	change.table = table;
	change.va = NEW + map->offset;
	event(&change);
	assert_int_equal(j.violations, 0);
	assert_int_equal(judge_load(&j, table, slot),
			 leaf(NEW, P | USER | MARK));
	/* And faults if Xen does not like it. */
	entry(PHYSMAP_EVENT_STORE, 0, table, 300, GB + map->offset,
	      leaf(a_table(), P | RW), 0);
	finds("XENPV-3");
}

/* XENPV-14, -19: rights that the tables show, or that somebody has told. */
static void io_memory_is_known(void **state)
{
	static const struct judge_xen_guest nothing;

	begin_build();
	update(NEW, 0, 0xa0003, -EPERM);
	finds("XENPV-37");
	begin_build();
	judge_xen_guest(&j, &nothing);
	update(NEW, 0, 0xa0003, -EPERM);
	finds("XENPV-19");
	begin_build();
	judge_xen_guest(&j, &nothing);
	j.machine.xen_io = true;
	physmap_record_tables(map);
	update(NEW, 0, 0xa0003, 0);
	assert_int_equal(j.violations, 0);
	assert_int_equal(judge_load(&j, table_of(NEW, 0), NEW >> 12 & 511),
			 0xa0003 | USER | MARK | XEN_PWT | XEN_PCD);
	begin_build();
	judge_xen_guest(&j, &nothing);
	*slot_at(NEW - 4 * KB + map->offset, 0) |= XEN_PCD;
	physmap_record_tables(map);
	update(NEW, 0, 0xa0003, 0);
	assert_int_equal(j.violations, 0);
}

/* XENPV-36 */
static void an_entry_without_a_frame_is_found(void **state)
{
	begin_build();
	update(NEW, 0, XEN_FRAME | P | RW, -EINVAL);
	finds("XENPV-36");
	begin_build();
	take(SPARE);
	store(SPARE, 0, 0, (~0ULL << 12) | P | RW);
	finds("XENPV-36");
	begin_build();
	model_xen_balloon(NEW >> 12);
	update(NEW, 0, leaf(OTHER, P | RW), 0);
	finds("XENPV-36");
}

/* XENPV-37: neighbours among pages are no neighbours in the machine. */
static void a_run_of_neighbouring_frames_is_found(void **state)
{
	struct physmap_event run = {
		.kind = PHYSMAP_EVENT_MMU_UPDATE,
		.index = NEW >> 12 & 511,
		.count = 2,
		.step = 4096,
	};

	begin_build();
	run.table = table_of(NEW, 0);
	run.va = NEW + map->offset;
	run.value = leaf(NEW, P);
	event(&run);
	finds("XENPV-37");
	assert_int_equal(j.first.va, NEW + 4 * KB + map->offset);
}

/* A trace that says Xen allowed what it does not allow. */
static void what_xen_cannot_have_allowed_is_found(void **state)
{
	begin_build();
	j.build.value = map->offset + MB;
	update(NEW, 0, leaf(a_table(), P | RW), 0);
	finds("XENPV-3");
	assert_non_null(strstr(j.first.text, "must refuse"));
}

static void tables_that_xen_would_not_allow_are_found(void **state)
{
	judged(&boots[0], MAPPED);
	entry(PHYSMAP_EVENT_ROOT, 3, machine_of(SPARE), 0, map->offset, 0, 0);
	entry(PHYSMAP_EVENT_FOUND, 3, machine_of(SPARE), 273, 0,
	      leaf(SPARE, TABLE), 0);
	assert_int_equal(j.violations, 0);
	pass(PHYSMAP_PASS_SHAPE);
	assert_int_equal(j.violations, 1);
	assert_string_equal(j.first.rule, "XENPV-7");
}

#define SHOWS(sentence, function)	{ sentence, function, NULL, end, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHOWS("nothing is found in the engine's builds",
		      nothing_is_found_in_builds),
		SHOWS("nothing is found with holes, a p2m list, without pins",
		      nothing_is_found_with_holes_and_without_pins),
		SHOWS("nothing is found when tails are cleared",
		      nothing_is_found_in_tails),
		SHOWS("a refusal that is told is no violation",
		      a_refusal_that_is_told_is_no_violation),
		SHOWS("a refusal that is lost is found (XENPV-31)",
		      a_lost_refusal_is_found),
		SHOWS("what is retried is not lost (XENPV-31)",
		      what_is_retried_is_not_lost),
		SHOWS("a writable alias of a table is found (XENPV-2)",
		      a_writable_alias_is_found),
		SHOWS("a table that is mapped writable is found (XENPV-3)",
		      a_table_mapped_writable_is_found),
		SHOWS("a pin before read-only is found (XENPV-4)",
		      a_pin_before_read_only_is_found),
		SHOWS("a replaced entry is found (XENPV-5)",
		      a_replaced_entry_is_found),
		SHOWS("a table that is not valid is found (XENPV-7)",
		      a_table_that_is_not_valid_is_found),
		SHOWS("a second pin is found (XENPV-9)", a_second_pin_is_found),
		SHOWS("a large page is found (XENPV-13)", a_large_page_is_found),
		SHOWS("a memory type is found (XENPV-14)", a_memory_type_is_found),
		SHOWS("an entry that was not read back is found (XENPV-15)",
		      an_entry_not_read_back_is_found),
		SHOWS("the judge edits as Xen does (XENPV-15)",
		      the_judge_edits_as_xen_does),
		SHOWS("a global kernel page is found (XENPV-16)",
		      a_global_kernel_page_is_found),
		SHOWS("a global page that was found is not the builder's",
		      a_global_page_that_was_found_is_not_the_builders),
		SHOWS("an address that is not present is found (XENPV-20)",
		      an_address_that_is_not_present_is_found),
		SHOWS("a pass 2 that goes too far is found (XENPV-21)",
		      a_pass_2_that_goes_too_far_is_found),
		SHOWS("other refusals are found (XENPV-24, -25, -27)",
		      other_refusals_are_found),
		SHOWS("a plain store to an upper table is found (XENPV-32)",
		      a_plain_store_to_an_upper_table_is_found),
		SHOWS("I/O memory is known and changed as Xen does (XENPV-19)",
		      io_memory_is_known),
		SHOWS("an entry without a frame is found (XENPV-36)",
		      an_entry_without_a_frame_is_found),
		SHOWS("a run of neighbouring frames is found (XENPV-37)",
		      a_run_of_neighbouring_frames_is_found),
		SHOWS("what Xen cannot have allowed is found",
		      what_xen_cannot_have_allowed_is_found),
		SHOWS("tables that Xen would not allow are found (XENPV-7)",
		      tables_that_xen_would_not_allow_are_found),
	};

	return cmocka_run_group_tests_name("judge_xen", tests, NULL, NULL);
}
