// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Xen PV backend against a model of the hypervisor: what it must not
 * even try, the order in which a page becomes a table, and that no error of
 * Xen's is lost.
 */
#include "support.h"

#define P		0x1ULL
#define RW		0x2ULL
#define NX		(1ULL << 63)
#define FRAME		0x000ffffffffff000ULL

/* The first 16 MiB are mapped as the domain builder leaves them. */
#define MAPPED		0x1000ULL
#define LOW_END		(MODEL_LOW_PFNS * 4 * KB)
#define HIGH		(MODEL_HIGH_PFN * 4 * KB)

static struct physmap_xen *xen = &m.xmap.xen;

static u64 raw_at(u64 pa)
{
	return at(pa).raw;
}

/* Each page by its own machine frame, never executable if it is new. */
static void must_map_through_p2m(u64 start, u64 end)
{
	u64 pa;

	for (pa = start; pa < end; pa += 4 * KB) {
		const struct model_translation t = at(pa);

		assert_true(t.present && !t.level && !t.exec && !t.global);
		assert_int_equal(t.pa, pa);
		assert_int_equal((t.raw & FRAME) >> 12, model_xen_mfn(pa >> 12));
		assert_int_equal(t.raw & 0x400, 0);
	}
}

/* Xen's own view: all that is reachable is typed, and nothing is RW. */
static void tables_are_typed(u64 start, u64 end, bool pinned)
{
	u64 pa;

	for (pa = start; pa < end; pa += 2 * MB) {
		const u64 table = at(pa).table;
		unsigned int count;
		bool is_pinned;

		assert_int_equal(model_xen_type(table >> 12, &count, &is_pinned),
				 XEN_TYPE_L1);
		assert_int_equal(is_pinned, pinned);
		assert_false(raw_at(table) & RW);
	}
}

static unsigned int unpinned_tables(u64 start, u64 end)
{
	unsigned int count, n = 0;
	bool is_pinned;
	u64 pa;

	for (pa = start; pa < end; pa += 2 * MB) {
		assert_int_equal(model_xen_type(at(pa).table >> 12, &count,
						&is_pinned), XEN_TYPE_L1);
		n += !is_pinned;
	}
	return n;
}

static void the_model_has_a_sane_start(void **state)
{
	unsigned int count;
	bool pinned;
	u64 pa, mfn;

	begin_xen(MAPPED);
	for (pa = 0; pa < MAPPED * 4 * KB; pa += 4 * KB) {
		assert_true(at(pa).present);
		assert_int_equal(at(pa).pa, pa);
		assert_true(raw_at(pa) >> 12 != pa >> 12);
	}
	assert_int_equal(model_xen_type(map->root >> 12, &count, &pinned),
			 XEN_TYPE_L4);
	assert_int_equal(model_xen_type(0, &count, &pinned), XEN_TYPE_WRITABLE);
	/* XENPV-3: a table cannot be mapped RW, nor a RW page become one. */
	assert_int_equal(model_xen_map(map->offset, map->root | 0x63), -EBUSY);
	mfn = model_xen_mfn(5);
	assert_int_equal(xen->calls->pin_l1(&mfn, 1, &count), -EINVAL);
	assert_int_equal(count, 0);
	/* XENPV-13, -14 */
	assert_int_equal(model_xen_map(map->offset, 0x73), -EINVAL);
	assert_int_equal(model_xen_map(map->offset, 0xe3), -EINVAL);
}

static void new_ranges_are_mapped_through_the_p2m(void **state)
{
	begin_xen(MAPPED);
	must_build(16 * MB, LOW_END, S1G, PHYSMAP_TWO_PASS);
	must_map_through_p2m(16 * MB, LOW_END);
	tables_are_typed(16 * MB, LOW_END, true);
	assert_int_equal(report.shape.leaves[0], (LOW_END - 16 * MB) / (4 * KB));
	assert_int_equal(model_xen.linked, report.shape.tables);
	assert_int_equal(xen->refused, 0);
	assert_int_equal(model_xen.domain.kernel_globals, 0);
	assert_int_equal(report.tables_planned, report.tables_used);
}

static void upper_tables_are_linked_too(void **state)
{
	unsigned int count;
	bool pinned;

	begin_xen(MAPPED);
	must_build(HIGH, HIGH + 5 * MB, S1G, PHYSMAP_TWO_PASS);
	must_map_through_p2m(HIGH, HIGH + 5 * MB);
	must_not_map(HIGH + 5 * MB, HIGH + 6 * MB);
	tables_are_typed(HIGH, HIGH + 5 * MB, true);
	/* XENPV-10: only L1 tables are pinned. */
	assert_int_equal(report.shape.tables, 4);
	assert_int_equal(events(MODEL_XEN_PIN), 3);
	assert_int_equal(model_xen_type((*slot_at(HIGH + map->offset, 2) & P) ?
			 m.cpu.frame((*slot_at(HIGH + map->offset, 2) & FRAME) >> 12)
			 : 0, &count, &pinned), XEN_TYPE_L2);
	assert_false(pinned);
	assert_false(report.root_changed);
}

static void without_pins_linking_alone_types_tables(void **state)
{
	begin_xen(MAPPED);
	model_xen.no_pin = true;
	must_build(16 * MB, 20 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	must_map_through_p2m(16 * MB, 20 * MB);
	tables_are_typed(16 * MB, 20 * MB, false);
	assert_int_equal(events(MODEL_XEN_PIN), 0);
}

static void early_in_linked_tables_final_in_unlinked(void **state)
{
	begin_xen(MAPPED - 256);
	must_build(0, 18 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(report.record[0].early, 256);
	assert_int_equal(report.record[0].final, 512);
	assert_int_equal(report.record[0].finished, 256);
	assert_int_equal(report.record[0].kept, MAPPED - 256);
	assert_int_equal(events(MODEL_XEN_FLUSH), 2);
	must_map_through_p2m(15 * MB, 18 * MB);
}

static void what_has_no_frame_stays_zero(void **state)
{
	u64 pfn;

	begin_xen(MAPPED - 256);
	/* In a linked table, in an unlinked one, and a whole table's worth. */
	for (pfn = MAPPED - 10; pfn < MAPPED - 5; pfn++)
		model_xen_balloon(pfn);
	for (pfn = MAPPED + 7; pfn < MAPPED + 9; pfn++)
		model_xen_balloon(pfn);
	for (pfn = MAPPED + 512; pfn < MAPPED + 1024; pfn++)
		model_xen_balloon(pfn);
	must_build(15 * MB, 22 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(report.shape.no_frame, 5 + 2 + 512);
	for (pfn = MAPPED - 256; pfn < MAPPED + 1536; pfn++) {
		const u64 pa = pfn * 4 * KB;

		if (model_xen_mfn(pfn) == MODEL_NO_MFN)
			assert_int_equal(raw_at(pa), 0);	/* XENPV-36 */
		else
			must_map_through_p2m(pa, pa + 4 * KB);
	}
	assert_int_equal(report.shape.leaves[0], 256 + 1536 - 5 - 2 - 512);
}

/* XENPV-4, and that what is pinned is what is linked. */
static void fill_read_only_link_pin(void **state)
{
	unsigned int i, j, links = 0;

	begin_xen(MAPPED);
	/* Three L1 tables in a new L2, and two that go into a live one. */
	must_build(HIGH, HIGH + 5 * MB, S4K, PHYSMAP_TWO_PASS);
	must_build(16 * MB, 20 * MB, S4K, PHYSMAP_TWO_PASS);
	for (i = 0; i < m.events; i++) {
		const u64 table = m.event[i].child;
		unsigned int filled = 0, read_only = 0, pinned = 0, hooked = 0;

		if (m.event[i].kind != MODEL_LINK)
			continue;
		links++;
		for (j = 0; j < m.events; j++) {
			const struct model_event *e = &m.event[j];

			if ((e->kind == MODEL_WRITE || e->kind == MODEL_LINK) &&
			    e->table == table && e->unlinked)
				filled = j;
			if (e->kind == MODEL_XEN_UPDATE && !(e->first & RW) &&
			    e->child == table)
				read_only = j;
			if (e->kind == MODEL_XEN_PIN && e->table == table)
				pinned = j;
			if (e->kind == MODEL_XEN_UPDATE && (e->first & RW) &&
			    e->child == table)
				hooked = j;
		}
		assert_true(filled < read_only);
		/* Into a table that Xen does not know yet a store will do. */
		if (m.event[i].level == 1 && !m.event[i].unlinked)
			assert_true(pinned > hooked);
		if (!m.event[i].unlinked)
			assert_true(hooked > read_only);
		else
			assert_int_equal(hooked, 0);
	}
	assert_int_equal(links, 4 + 2);
}

/* A geometry that believes in large leaves does not get one (XENPV-13). */
static void no_large_leaf_ever(void **state)
{
	const struct physmap_range r = range(16 * MB, 18 * MB, S2M);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);

	begin_xen(MAPPED);
	m.x86.geo.leaf_levels = S1G;
	must_build(18 * MB, 20 * MB, S1G, PHYSMAP_TWO_PASS);
	must_map_through_p2m(18 * MB, 20 * MB);
	/* Not even if the backend's own limit is taken away. */
	m.hooks.leaf_levels = ~0u;
	must_refuse(build(&req), -EOPNOTSUPP, "XENPV-13");
	assert_int_equal(why.level, 1);
	assert_int_equal(why.va, 16 * MB + map->offset);
	assert_int_equal(events(MODEL_XEN_UPDATE), 2);	/* read-only, link */
	must_not_map(16 * MB, 18 * MB);
}

static void a_present_entry_is_never_replaced(void **state)
{
	struct physmap_run run = { .level = 0, .count = 1 };
	const struct physmap_geometry *geo = &m.x86.geo;
	u64 was;

	begin_xen(MAPPED);
	run.table = at(map->root).table;
	run.index = at(map->root).index;
	run.va = map->root + map->offset;
	run.first = geo->format->leaf(geo, 0, map->root, PHYSMAP_WRITE);
	was = raw_at(map->root);
	assert_int_equal(physmap_xen_write(map, &run, &why), -EPERM);
	assert_string_equal(why.rule, "XENPV-5");
	assert_int_equal(why.pa, map->root);
	assert_int_equal(raw_at(map->root), was);
	assert_int_equal(model_xen.calls, 0);
}

/* XENPV-21: NX and nothing else, but not where the kernel runs (XENPV-6). */
static void keeps_what_xen_mapped(enum physmap_policy policy)
{
	static u64 was[MAPPED];
	u64 pa;

	begin_xen(MAPPED);
	m.code_start = 3 * MB;
	m.code_end = 5 * MB + 12 * KB;
	for (pa = 0; pa < 16 * MB; pa += 4 * KB)
		was[pa / (4 * KB)] = raw_at(pa);
	must_build(0, 16 * MB, S4K, policy);
	for (pa = 0; pa < 16 * MB; pa += 4 * KB)
		assert_int_equal(raw_at(pa), was[pa / (4 * KB)] |
				 (pa >= m.code_start && pa < m.code_end ? 0 : NX));
	assert_int_equal(report.shape.kept_read_only, 3 + 8);
	assert_int_equal(report.attributes.found_no_exec, MAPPED - 515);
	assert_int_equal(report.attributes.kept_written, 0);
	assert_int_equal(events(MODEL_XEN_UPDATE), MAPPED - 515);
	/* Full lists and what is left; the flush that they owe. */
	assert_int_equal(xen->mmu_updates,
			 (MAPPED - 515 + PHYSMAP_XEN_LIST - 1) / PHYSMAP_XEN_LIST);
	assert_int_equal(xen->mmuext, 1);
	/* Once is enough. */
	must_build(0, 16 * MB, S4K, policy);
	assert_int_equal(report.attributes.found_no_exec, MAPPED - 515);
	assert_int_equal(xen->mmuext, 1);
}

static void kept_entries_are_kept(void **state)
{
	keeps_what_xen_mapped(PHYSMAP_TWO_PASS);
	keeps_what_xen_mapped(PHYSMAP_FINAL_ON_FRESH);
}

/* A request that wants memory executable takes nothing away. */
static void kept_entries_may_stay_executable(void **state)
{
	const struct physmap_range r = range(0, 16 * MB, S4K);
	struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);

	begin_xen(MAPPED);
	req.attrs |= PHYSMAP_EXEC;
	assert_int_equal(build(&req), 0);
	assert_int_equal(model_xen.calls, 0);
	assert_int_equal(raw_at(4 * KB) & NX, 0);
}

/* The kernel image maps its frames a second time (XENPV-2, XENPV-6). */
static void map_alias(u64 pa, u64 flags)
{
	const u64 va = 0xffffffff80000000;
	unsigned int level;
	u64 table = map->root;

	/* Tables for it, made by hand and typed by linking bottom-up. */
	u64 page[3];

	for (level = 0; level < 3; level++)
		model_alloc(&m.mem, &page[level]);
	for (level = 0; level < 3; level++) {
		const u64 below = level ? page[level - 1] : pa;
		const unsigned int shift = 12 + 9 * level;

		((u64 *)model_page(&m.mem, page[level]))[va >> shift & 511] =
			model_xen_mfn(below >> 12) << 12 | (level ? 0x63 : flags);
		assert_int_equal(model_xen_map(page[level] + map->offset,
					       page[level] | 0x61), 0);
	}
	assert_int_equal(xen->calls->mmu_update((struct physmap_xen_update[]) {
		{ (model_xen_mfn(table >> 12) << 12) + 511 * 8,
		  model_xen_mfn(page[2] >> 12) << 12 | 0x63 } }, 1,
		(unsigned int[]) { 0 }), 0);
	m.alias_start = pa;
	m.alias_end = pa + 4 * KB;
	m.alias_va = va;
	m.events = 0;
}

static void a_writable_alias_is_refused(void **state)
{
	begin_xen(MAPPED);
	map_alias(8 * MB, 0x63);
	m.mem.next = 8 * MB;	/* the next table page is the aliased one */
	must_refuse(build_one(16 * MB, 18 * MB, S4K, PHYSMAP_TWO_PASS), -EBUSY,
		    "XENPV-2");
	assert_int_equal(why.pa, 8 * MB);
	assert_int_equal(events(MODEL_XEN_PIN), 0);
	must_not_map(16 * MB, 18 * MB);
}

static void a_read_only_alias_is_no_obstacle(void **state)
{
	begin_xen(MAPPED);
	map_alias(8 * MB, 0x61);
	m.mem.next = 8 * MB;
	must_build(16 * MB, 18 * MB, S4K, PHYSMAP_TWO_PASS);
	must_map_through_p2m(16 * MB, 18 * MB);
}

/* The alias that nobody told us of: Xen itself says no (XENPV-3). */
static void xen_refuses_an_unknown_alias(void **state)
{
	begin_xen(MAPPED);
	map_alias(8 * MB, 0x63);
	m.alias_end = 0;
	m.mem.next = 8 * MB;
	must_refuse(build_one(16 * MB, 18 * MB, S4K, PHYSMAP_TWO_PASS), -EINVAL,
		    "XENPV-7");
	assert_int_equal(why.machine, model_xen_mfn(8 * MB >> 12));
	/* To be linked, and to be pinned all the same. */
	assert_int_equal(xen->refused, 2);
	must_not_map(16 * MB, 18 * MB);
}

static void a_table_page_without_a_page_of_its_own_is_refused(void **state)
{
	begin_xen(MAPPED);
	m.mem.next = 32 * MB;	/* not mapped at all */
	must_refuse(build_one(16 * MB, 18 * MB, S4K, PHYSMAP_TWO_PASS), -EFAULT,
		    "XENPV-4");
	assert_int_equal(model_xen.calls, 0);
}

/* Half a table that is linked, a new one, and an upper one. */
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
	u64 calls;

	begin_xen(MAPPED - 256);
	assert_int_equal(mixed(), 0);
	calls = model_xen.calls;
	return calls;
}

static void every_error_of_xen_is_told(void **state)
{
	static const int errors[] = { -EINVAL, -EBUSY, -ESRCH };
	const u64 calls = calls_of_mixed();
	u64 k;

	assert_true(calls >= 8);
	for (k = 1; k <= calls; k++) {
		const int error = errors[k % ARRAY_SIZE(errors)];

		begin_xen(MAPPED - 256);
		model_xen.fail_at = k;
		model_xen.fail_error = error;
		assert_int_equal(mixed(), error);
		assert_int_equal(why.error, error);
		/* It stops there, but that what is linked is pinned. */
		assert_in_range(model_xen.calls, k, k + 1);
		assert_non_null(why.rule);
		assert_memory_equal(why.rule, "XENPV-", 6);
		assert_non_null(why.what);
		assert_true(why.va >= map->offset);
		assert_int_equal(why.machine, model_xen_mfn(why.pa >> 12));
		assert_int_equal(xen->refused, 1);
		assert_int_equal(report.failed, 1);
	}
}

static void stopped_by_xen_a_build_can_be_resumed(void **state)
{
	const u64 calls = calls_of_mixed();
	u64 k;

	for (k = 1; k <= calls; k++) {
		begin_xen(MAPPED - 256);
		model_xen.fail_at = k;
		model_xen.fail_error = -EINVAL;
		assert_int_equal(mixed(), -EINVAL);
		if (mixed())
			fail_msg("after call %llu: %s %s", (unsigned long long)k,
				 why.rule, why.what);
		must_map_through_p2m(15 * MB, 18 * MB);
		must_map_through_p2m(HIGH, HIGH + 2 * MB + 4 * KB);
		/* The table of which Xen said that it does not pin it is not. */
		assert_in_range(unpinned_tables(16 * MB, 18 * MB), 0, 1);
	}
}

/* A batch of which half was written: those leaves are ours, not found. */
static void half_a_batch_is_accounted_for(void **state)
{
	begin_xen(MAPPED - 256);
	model_xen.fail_at = 1;
	model_xen.fail_error = -EINVAL;
	assert_int_equal(build_one(15 * MB, 16 * MB, S4K, PHYSMAP_TWO_PASS),
			 -EINVAL);
	must_build(15 * MB, 16 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(report.shape.leaves[0], 256);
	assert_int_equal(report.shape.found[0], 0);
	assert_int_equal(report.attributes.kept_written, 0);
	assert_int_equal(report.attributes.finished, 256);
}

/* The refusal's addresses are those of the same page. */
static void a_refused_entry_is_named(void **state)
{
	begin_xen(MAPPED - 256);
	model_xen.fail_at = 1;
	model_xen.fail_error = -EINVAL;
	must_refuse(build_one(15 * MB, 16 * MB, S4K, PHYSMAP_TWO_PASS),
		    -EINVAL, "XENPV-12");
	/* Half of the list had been written. */
	assert_int_equal(why.level, 0);
	assert_int_equal(why.pa, 15 * MB + 128 * 4 * KB);
	assert_int_equal(why.machine, model_xen_mfn(why.pa >> 12));
	assert_int_equal(why.va, why.pa + map->offset);
	must_not_map(why.pa, 16 * MB);
}

static void pass_2_never_touches_rw(void **state)
{
	struct model_translation t;
	struct physmap_run run = { .level = 0, .count = 1 };
	static const u64 bits[] = { RW, 0x10, 0x80, 0x1000 };
	unsigned int i;

	begin_xen(MAPPED);
	t = at(4 * KB);
	run.table = t.table;
	run.index = t.index;
	run.va = map->offset + 4 * KB;
	run.first = t.raw;
	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		assert_int_equal(physmap_xen_protect(map, &run, bits[i], 0, &why),
				 -EPERM);
		assert_string_equal(why.rule, "XENPV-21");
		assert_int_equal(physmap_xen_protect(map, &run, 0, bits[i], &why),
				 -EPERM);
		assert_int_equal(why.pa, 4 * KB);
	}
	assert_int_equal(raw_at(4 * KB), t.raw);
	assert_int_equal(model_xen.calls, 0);
	/* NX is what it is for. */
	assert_int_equal(physmap_xen_protect(map, &run, NX, 0, &why), 0);
	assert_int_equal(model_xen.calls, 0);
	assert_int_equal(physmap_xen_commit(map, &why), 0);
	assert_int_equal(model_xen.calls, 1);
	assert_int_equal(raw_at(4 * KB), t.raw | NX);
}

/* A request with other rights is stopped before Xen sees it. */
static void a_pass_2_that_takes_more_than_exec_is_refused(void **state)
{
	begin_xen(MAPPED - 256);
	m.x86.machine.global = true;
	must_refuse(build_one(15 * MB, 16 * MB, S4K, PHYSMAP_TWO_PASS), -EPERM,
		    "XENPV-21");
}

/* XENPV-39: to_machine takes RW away, the engine leaves it so. */
static void the_p2m_list_stays_read_only(void **state)
{
	begin_xen(MAPPED - 256);
	model_xen.read_only_from = MAPPED - 20;
	model_xen.read_only_to = MAPPED + 20;
	must_build(15 * MB, 18 * MB, S4K, PHYSMAP_TWO_PASS);
	must_map_through_p2m(15 * MB, 18 * MB);
	assert_true(raw_at((MAPPED - 21) * 4 * KB) & RW);
	assert_false(raw_at((MAPPED - 20) * 4 * KB) & RW);
	assert_false(raw_at((MAPPED + 19) * 4 * KB) & RW);
	assert_true(raw_at((MAPPED + 20) * 4 * KB) & RW);
	must_build(15 * MB, 18 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_false(raw_at((MAPPED + 19) * 4 * KB) & RW);
}

/* XENPV-20: what is cleared is all zero, by hypercall. */
static void tails_are_cleared_by_hypercall(void **state)
{
	unsigned int i, cleared = 0;

	begin_xen(MAPPED);
	m.ram[0].end = 15 * MB;
	m.ram[1].start = 16 * MB - 4 * KB;
	m.ram[1].end = 16 * MB;
	must_build(14 * MB, 15 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(report.shape.cleared, 255);
	for (i = 0; i < m.events; i++)
		cleared += m.event[i].kind == MODEL_XEN_UPDATE &&
			   !m.event[i].first;
	assert_int_equal(cleared, 255);
	assert_int_equal(raw_at(15 * MB), 0);
	assert_true(raw_at(16 * MB - 4 * KB) & P);
}

static void hypercalls_are_counted(void **state)
{
	begin_xen(MAPPED - 256);
	must_build(15 * MB, 18 * MB, S4K, PHYSMAP_TWO_PASS);
	/* 256 entries twice, a page made read-only and a link; pin, flushes. */
	assert_int_equal(xen->mmu_updates, 1 + 1 + 1);
	assert_int_equal(xen->mmuext, 1 + 2);
	assert_int_equal(model_xen.calls, 3 + 3);
}

/* Two hypercalls put many tables into use. */
static void tables_go_into_use_together(void **state)
{
	begin_xen(MAPPED);
	/* Eight L1 tables in a new L2, which is one more. */
	must_build(HIGH, HIGH + 16 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(report.shape.tables, 9);
	assert_int_equal(model_xen.calls, 2);
	must_map_through_p2m(HIGH, HIGH + 16 * MB);
}

/* More than can wait: some go first, read-only and pinned for what follows. */
static void tables_that_cannot_wait_go_first(void **state)
{
	const u64 start = 2 * GB, end = start + MODEL_XEN_TABLES * 2 * MB;

	begin_xen(MAPPED);
	assert_int_equal(physmap_xen_commit(map, &why), 0);
	assert_int_equal(model_xen.calls, 0);
	/* No frames, so there is nothing in the tables; L1s and an L2. */
	must_build(start, end, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_int_equal(report.shape.tables, MODEL_XEN_TABLES + 1);
	/* Those that go first are not linked yet, what they hang on is. */
	assert_int_equal(model_xen.calls, 2 + 1);
	assert_int_equal(xen->waiting, 0);
	assert_int_equal(at(start).level, 0);
	assert_int_equal(at(end - 4 * KB).level, 0);
}

/* More pieces than pass 1 can remember: pass 2 goes through all of it. */
static void too_many_pieces_are_all_looked_at(void **state)
{
	u64 pa;

	begin_xen(MAPPED);
	for (pa = 4 * MB; pa < 8 * MB; pa += 8 * KB)
		assert_int_equal(model_xen_map(map->offset + pa, 0), 0);
	must_build(4 * MB, 8 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_true(report.unfinished.lost > 0);
	assert_int_equal(report.attributes.found_no_exec, 512);
	must_map_through_p2m(4 * MB, 8 * MB);
}

/* A list that is full is sent while pass 2 goes on, and may be refused. */
static void a_full_list_may_be_refused(void **state)
{
	begin_xen(MAPPED);
	model_xen.fail_at = 1;
	model_xen.fail_error = -EINVAL;
	must_refuse(build_one(0, 16 * MB, S4K, PHYSMAP_FINAL_ON_FRESH),
		    -EINVAL, "XENPV-21");
	assert_int_equal(why.machine, model_xen_mfn(why.pa >> 12));
	assert_int_equal(xen->listed, 0);
	must_build(0, 16 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	assert_false(at(16 * MB - 4 * KB).exec);
}

/* XENPV-6: the alias goes through the same entry, and so becomes read-only. */
static void an_alias_in_a_shared_table_is_no_obstacle(void **state)
{
	static const struct model_xen_boot grafted = { .grafted = true };
	struct physmap_x86_machine x86 = long4;

	x86.pse = false;
	x86.gbpages = false;
	x86.global = false;
	begin_xen(MAPPED);
	model_stop(&m);
	model_xen_start_as(&m, &x86, MAPPED, MB, &grafted);
	map = &m.xmap.map;
	m.alias_end = MAPPED * 4 * KB;
	m.alias_va = MODEL_KERNEL_MAP;
	must_build(16 * MB, 20 * MB, S4K, PHYSMAP_TWO_PASS);
	tables_are_typed(16 * MB, 20 * MB, true);
}

/* The same table, and yet another entry of it. */
static void a_neighbour_that_is_an_alias_is_refused(void **state)
{
	begin_xen(MAPPED);
	m.mem.next = 8 * MB;
	assert_int_equal(model_xen_map(map->offset + 9 * MB, 8 * MB | 0x63), 0);
	m.alias_start = 8 * MB;
	m.alias_end = 8 * MB + 4 * KB;
	m.alias_va = map->offset + 9 * MB;
	must_refuse(build_one(16 * MB, 18 * MB, S4K, PHYSMAP_TWO_PASS), -EBUSY,
		    "XENPV-2");
	assert_int_equal(model_xen.calls, 0);
}

/* Nothing is sent when the first of several tables is not as it must be. */
static void tables_may_lie_apart(void **state)
{
	begin_xen(MAPPED);
	m.mem.next = 8 * MB - 8 * KB;	/* those behind it: another L1 table */
	must_build(HIGH, HIGH + 8 * MB, S4K, PHYSMAP_TWO_PASS);
	must_map_through_p2m(HIGH, HIGH + 8 * MB);
	tables_are_typed(HIGH, HIGH + 8 * MB, true);
	begin_xen(MAPPED);
	m.mem.next = 32 * MB;		/* not mapped */
	must_refuse(build_one(HIGH, HIGH + 8 * MB, S4K, PHYSMAP_TWO_PASS),
		    -EFAULT, "XENPV-4");
	assert_int_equal(model_xen.calls, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("the model starts as dom0 does and refuses as Xen does",
		      the_model_has_a_sane_start),
		HOLDS("new ranges are mapped through the p2m (XENPV-35, -37)",
		      new_ranges_are_mapped_through_the_p2m),
		HOLDS("upper tables are linked and not pinned (XENPV-10)",
		      upper_tables_are_linked_too),
		HOLDS("without pins linking alone types tables",
		      without_pins_linking_alone_types_tables),
		HOLDS("leaves are early in linked tables and final in unlinked ones",
		      early_in_linked_tables_final_in_unlinked),
		HOLDS("what has no machine frame stays zero (XENPV-36)",
		      what_has_no_frame_stays_zero),
		HOLDS("each table is filled, made read-only, linked, pinned (XENPV-4)",
		      fill_read_only_link_pin),
		HOLDS("there is never a large leaf (XENPV-13)", no_large_leaf_ever),
		HOLDS("a present entry is never replaced (XENPV-5)",
		      a_present_entry_is_never_replaced),
		HOLDS("what Xen's builder mapped gets NX and stays as it is (XENPV-5, -21)",
		      kept_entries_are_kept),
		HOLDS("if the request wants that",
		      kept_entries_may_stay_executable),
		HOLDS("a table page with a writable alias is refused (XENPV-2)",
		      a_writable_alias_is_refused),
		HOLDS("a read-only alias is no obstacle",
		      a_read_only_alias_is_no_obstacle),
		HOLDS("an alias that only Xen knows is refused by Xen (XENPV-3)",
		      xen_refuses_an_unknown_alias),
		HOLDS("a table page that is not mapped by a page of its own is refused",
		      a_table_page_without_a_page_of_its_own_is_refused),
		HOLDS("every error of every hypercall is told (XENPV-25, -31)",
		      every_error_of_xen_is_told),
		HOLDS("stopped by Xen anywhere a build can be resumed",
		      stopped_by_xen_a_build_can_be_resumed),
		HOLDS("half a batch that was written is accounted for",
		      half_a_batch_is_accounted_for),
		HOLDS("a refused entry is named with its own addresses (XENPV-22)",
		      a_refused_entry_is_named),
		HOLDS("pass 2 touches NX and software bits only (XENPV-21)",
		      pass_2_never_touches_rw),
		HOLDS("a pass 2 that wants more is refused (XENPV-16, -21)",
		      a_pass_2_that_takes_more_than_exec_is_refused),
		HOLDS("the p2m list stays read-only (XENPV-39)",
		      the_p2m_list_stays_read_only),
		HOLDS("tails are cleared to zero by hypercall (XENPV-20)",
		      tails_are_cleared_by_hypercall),
		HOLDS("tables go into use together, by two hypercalls",
		      tables_go_into_use_together),
		HOLDS("tables that cannot wait go first",
		      tables_that_cannot_wait_go_first),
		HOLDS("hypercalls are counted", hypercalls_are_counted),
		HOLDS("found leaves in too many pieces are all looked at",
		      too_many_pieces_are_all_looked_at),
		HOLDS("a list that is full may be refused (XENPV-21)",
		      a_full_list_may_be_refused),
		HOLDS("an alias in a shared table is no obstacle (XENPV-6)",
		      an_alias_in_a_shared_table_is_no_obstacle),
		HOLDS("an alias elsewhere in the same table is one (XENPV-2)",
		      a_neighbour_that_is_an_alias_is_refused),
		HOLDS("tables need not be neighbours", tables_may_lie_apart),
	};

	return cmocka_run_group_tests_name("xen", tests, NULL, NULL);
}
