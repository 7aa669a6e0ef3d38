// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Xen backend's own checks, called without the engine: it does not trust
 * the engine to ask only for what is right, nor Xen to have done what it said.
 */
#include "support.h"

#define SLOT	(16 * MB)	/* free, and so is the table that it wants */

static struct physmap_xen_calls calls;
static struct physmap_xen *xen = &m.xmap.xen;
static u64 child, parent;

/* A guest with 8 MiB mapped, a page for a table, and a slot to link it to. */
static void usual(void)
{
	begin_xen(0x800);
	calls = *xen->calls;
	xen->calls = &calls;
	assert_int_equal(model_alloc(&m.mem, &child), 0);
	parent = at(SLOT).table;
	assert_int_equal(at(SLOT).level, 1);
	m.events = 0;
}

static struct physmap_link the_link(void)
{
	const struct physmap_link link = {
		.parent = parent,
		.level = 1,
		.index = SLOT / (2 * MB),
		.va = map->offset + SLOT,
		.value = child | 0x63,
		.child = child,
	};

	return link;
}

static int link_it(void)
{
	const struct physmap_link link = the_link();
	int err;

	why = (struct physmap_refusal) { };
	err = physmap_xen_link(map, &link, &why);
	return err ? err : physmap_xen_commit(map, &why);
}

static void refuses(int err, int expected, const char *rule)
{
	assert_int_equal(err, expected);
	assert_string_equal(why.rule, rule);
	assert_non_null(why.what);
}

static void a_table_is_linked(void **state)
{
	usual();
	assert_int_equal(link_it(), 0);
	assert_int_equal(at(SLOT).table, child);
	assert_false(at(child).write);
	/* Xen flushes what becomes a table (XENPV-8). */
	assert_false(map->flush_owed);
}

static void a_page_that_is_read_only_costs_no_call(void **state)
{
	usual();
	assert_int_equal(model_xen_map(map->offset + child, child | 0x61), 0);
	assert_int_equal(link_it(), 0);
	assert_int_equal(xen->mmu_updates, 1);	/* the link */
	assert_false(map->flush_owed);
}

static void the_page_must_be_mapped_by_a_page_of_its_own(void **state)
{
	u64 *slot, was;

	usual();
	slot = slot_at(map->offset + child, 0);
	was = *slot;
	*slot = 0;
	refuses(link_it(), -EFAULT, "XENPV-4");
	*slot = *slot_at(map->offset, 0);	/* another frame */
	refuses(link_it(), -EFAULT, "XENPV-4");
	*slot = was;
	/* By a large page, as Xen maps a p2m list (XENPV-42). */
	*slot_at(map->offset + child, 1) |= 0x80;
	refuses(link_it(), -EFAULT, "XENPV-4");
	assert_int_equal(xen->mmu_updates, 0);
}

static int says_yes_only(struct physmap_xen_update *list, unsigned int n,
			 unsigned int *done)
{
	*done = n;
	return 0;
}

static void a_page_that_stays_writable_is_refused(void **state)
{
	usual();
	calls.mmu_update = says_yes_only;
	refuses(link_it(), -EINVAL, "XENPV-7");
	assert_false(at(SLOT).present);
}

static void an_alias_that_maps_something_else_is_none(void **state)
{
	usual();
	m.alias_start = child;
	m.alias_end = child + 4 * KB;
	m.alias_va = map->offset + 32 * KB;	/* RW, another frame */
	assert_int_equal(link_it(), 0);
	usual();
	m.alias_start = child;
	m.alias_end = child + 4 * KB;
	m.alias_va = map->offset + SLOT;	/* not mapped at all */
	assert_int_equal(link_it(), 0);
}

static void a_present_slot_is_not_replaced(void **state)
{
	u64 slot;

	usual();
	assert_int_equal(link_it(), 0);
	slot = *slot_at(map->offset + SLOT, 1);
	assert_int_equal(model_alloc(&m.mem, &child), 0);
	refuses(link_it(), -EPERM, "XENPV-5");
	assert_int_equal(*slot_at(map->offset + SLOT, 1), slot);
}

static struct physmap_run run_of(u64 va, unsigned int level, unsigned int count)
{
	const struct physmap_run run = {
		.table = at(va - map->offset).table,
		.va = va,
		.level = level,
		.index = at(va - map->offset).index,
		.count = count,
	};

	return run;
}

static void what_is_not_present_is_not_protected(void **state)
{
	struct physmap_run run;

	usual();
	assert_int_equal(link_it(), 0);
	run = run_of(map->offset + SLOT, 0, 8);
	assert_int_equal(physmap_xen_protect(map, &run, 1ULL << 63, 0, &why), 0);
	assert_int_equal(physmap_xen_commit(map, &why), 0);
	assert_int_equal(xen->mmu_updates, 1);	/* that of the link */
}

static void a_free_slot_above_the_leaf_tables_is_cleared(void **state)
{
	struct physmap_run run;

	usual();
	run = run_of(map->offset + SLOT, 1, 1);
	assert_int_equal(physmap_xen_write(map, &run, &why), 0);
	assert_int_equal(*slot_at(map->offset + SLOT, 1), 0);
	run.first = SLOT | 0xe3;
	refuses(physmap_xen_write(map, &run, &why), -EOPNOTSUPP, "XENPV-13");
}

static unsigned int did;
static int said;

static int half_hearted(struct physmap_xen_update *list, unsigned int n,
			unsigned int *done)
{
	*done = n - did;
	return said;
}

/* Whatever Xen makes of a batch, less than all of it is a refusal. */
static void less_than_all_is_refused(void **state)
{
	struct physmap_run run;

	usual();
	assert_int_equal(link_it(), 0);
	run = run_of(map->offset + SLOT, 0, 4);
	run.first = SLOT | 0x63;
	run.stride = 4 * KB;
	calls.mmu_update = half_hearted;
	did = 1;
	said = 0;
	refuses(physmap_xen_write(map, &run, &why), -EIO, "XENPV-12");
	assert_int_equal(why.va, map->offset + SLOT + 12 * KB);
	why = (struct physmap_refusal) { };
	did = 0;
	said = -EINVAL;
	refuses(physmap_xen_write(map, &run, &why), -EINVAL, "XENPV-12");
	assert_int_equal(why.va, map->offset + SLOT);
	assert_int_equal(xen->refused, 2);
}

static int half_a_pin(const u64 *mfn, unsigned int n, unsigned int *done)
{
	*done = n - did;
	return said;
}

/* The same for tables that go into use: none of them waits any more. */
static void less_than_all_tables_is_refused(void **state)
{
	usual();
	calls.mmu_update = half_hearted;
	did = 2;
	said = 0;
	refuses(link_it(), -EIO, "XENPV-4");
	assert_int_equal(why.va, map->offset + child);
	assert_int_equal(why.pa, child);
	assert_int_equal(xen->mmuext, 0);
	usual();
	calls.mmu_update = half_hearted;
	did = 1;
	refuses(link_it(), -EIO, "XENPV-7");
	assert_int_equal(why.va, map->offset + SLOT);
	assert_int_equal(why.pa, child);
	assert_int_equal(xen->waiting, 0);
	usual();
	calls.pin_l1 = half_a_pin;
	refuses(link_it(), -EIO, "XENPV-7");
	assert_int_equal(why.level, 1);
	assert_int_equal(xen->waiting, 0);
	usual();
	calls.pin_l1 = half_a_pin;
	did = 0;
	said = -EINVAL;
	refuses(link_it(), -EINVAL, "XENPV-7");
	usual();
	calls.mmu_update = half_hearted;
	refuses(link_it(), -EINVAL, "XENPV-4");
}

/* When no more can wait and those that do are refused, so is the next. */
static void those_that_go_first_may_be_refused(void **state)
{
	unsigned int i;

	usual();
	for (i = 0; i < MODEL_XEN_TABLES; i++)
		xen->space.table[i] = the_link();
	xen->waiting = MODEL_XEN_TABLES;
	/* A table that is pinned twice (XENPV-9), and again each time. */
	refuses(link_it(), -EINVAL, "XENPV-7");
	assert_int_equal(why.pa, child);
	assert_int_equal(xen->refused, MODEL_XEN_TABLES - 1);
	assert_int_equal(xen->waiting, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("a table is made read-only and linked", a_table_is_linked),
		HOLDS("a page that is read-only already costs no call",
		      a_page_that_is_read_only_costs_no_call),
		HOLDS("a table page must be mapped by a page of its own (XENPV-4)",
		      the_page_must_be_mapped_by_a_page_of_its_own),
		HOLDS("a page that stays writable is no table (XENPV-3)",
		      a_page_that_stays_writable_is_refused),
		HOLDS("an alias that maps something else is none",
		      an_alias_that_maps_something_else_is_none),
		HOLDS("a present slot is not replaced (XENPV-5)",
		      a_present_slot_is_not_replaced),
		HOLDS("what is not present is not protected",
		      what_is_not_present_is_not_protected),
		HOLDS("above the leaf tables slots are cleared, never leaves (XENPV-13)",
		      a_free_slot_above_the_leaf_tables_is_cleared),
		HOLDS("a batch of which Xen did less than all is refused (XENPV-22)",
		      less_than_all_is_refused),
		HOLDS("so are tables of which Xen did less than all (XENPV-22)",
		      less_than_all_tables_is_refused),
		HOLDS("tables that must go first may be refused (XENPV-9)",
		      those_that_go_first_may_be_refused),
	};

	return cmocka_run_group_tests_name("xen_calls", tests, NULL, NULL);
}
