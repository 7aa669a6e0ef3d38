// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walker and the lookup: every address of a built map is found, at the
 * borders of tables too, and agrees with what the processor finds.
 */
#include <physmap/event.h>
#include "support.h"

static const u32 data = PHYSMAP_WRITE | PHYSMAP_GLOBAL;

/* The engine's lookup and the processor's walk say the same. */
static void agrees(u64 pa)
{
	const struct physmap_found f = physmap_lookup(map, pa + map->offset);
	const struct model_translation t = at(pa);

	assert_int_equal(f.entry.kind == PHYSMAP_LEAF, t.present);
	assert_int_equal(f.level, t.level);
	assert_int_equal(f.table, t.table);
	assert_int_equal(f.index, t.index);
	assert_int_equal(f.raw, t.raw);
	if (!t.present)
		return;
	assert_int_equal(f.entry.pa, pa & ~(physmap_size(map->geo, f.level) - 1));
	assert_int_equal(!!(f.attrs & PHYSMAP_WRITE), t.write);
	assert_int_equal(!!(f.attrs & PHYSMAP_EXEC), t.exec);
	assert_int_equal(!!(f.attrs & PHYSMAP_GLOBAL), t.global);
	assert_int_equal((f.attrs & PHYSMAP_MEMTYPE_MASK) >>
			 PHYSMAP_MEMTYPE_SHIFT, t.pat);
}

static void around(u64 pa)
{
	agrees(pa - 4 * KB);
	agrees(pa - 1);
	agrees(pa);
	agrees(pa + 1);
	agrees(pa + 4 * KB);
}

static void every_page_of_small_leaves(void **state)
{
	begin(&long4);
	must_build(4 * KB, 9 * MB + 4 * KB, S4K, PHYSMAP_TWO_PASS);
	must_map(4 * KB, 9 * MB + 4 * KB, 0, data);
	must_not_map(0, 4 * KB);
	must_not_map(9 * MB + 4 * KB, 12 * MB);
}

static void every_page_of_mixed_leaves(void **state)
{
	begin(&long5);
	must_build(1 * GB - 3 * MB, 3 * GB + 3 * MB, S1G, PHYSMAP_TWO_PASS);
	must_not_map(1 * GB - 4 * MB, 1 * GB - 3 * MB);
	must_map(1 * GB - 3 * MB, 1 * GB - 2 * MB, 0, data);
	must_map(1 * GB - 2 * MB, 1 * GB, 1, data);
	must_map(1 * GB, 3 * GB, 2, data);
	must_map(3 * GB, 3 * GB + 2 * MB, 1, data);
	must_map(3 * GB + 2 * MB, 3 * GB + 3 * MB, 0, data);
	must_not_map(3 * GB + 3 * MB, 3 * GB + 4 * MB);
}

static void borders_of_tables(void **state)
{
	static const u64 borders[] = {
		2 * MB, 4 * MB, 1 * GB, 2 * GB, 512 * GB, 1 * TB,
	};
	unsigned int i;

	begin(&long4);
	for (i = 0; i < ARRAY_SIZE(borders); i++) {
		must_build(borders[i] - 8 * KB, borders[i] + 8 * KB, S4K,
			   PHYSMAP_TWO_PASS);
		must_map(borders[i] - 8 * KB, borders[i] + 8 * KB, 0, data);
		must_not_map(borders[i] - 16 * KB, borders[i] - 8 * KB);
		must_not_map(borders[i] + 8 * KB, borders[i] + 16 * KB);
		around(borders[i]);
	}
}

static void border_of_a_level_4_table(void **state)
{
	const u64 border = 256 * TB;

	begin(&long5);
	must_build(border - 8 * KB, border + 8 * KB, S4K, PHYSMAP_TWO_PASS);
	must_map(border - 8 * KB, border + 8 * KB, 0, data);
	around(border);
	/* Above and below the border nothing but the root is shared. */
	assert_int_equal(model_tables(&m.mem, &m.cpu), 1 + 2 * 4);
}

static void lookup_agrees(void **state)
{
	u64 pa;

	begin(&long4);
	must_build(MB, 1 * GB + 5 * MB, S2M, PHYSMAP_TWO_PASS);
	must_build(2 * GB, 3 * GB, S1G, PHYSMAP_FINAL_ON_FRESH);
	for (pa = 0; pa < 4 * GB; pa += 508 * KB)
		agrees(pa);
	around(2 * MB);
	around(3 * GB);
}

/* Rights that an upper table takes away are gone (XENPV-6 uses that). */
static void tables_limit_rights(void **state)
{
	begin(&long4);
	must_build(0, 4 * MB, S4K, PHYSMAP_TWO_PASS);
	*slot_at(map->offset, 1) &= ~2ULL;
	assert_false(physmap_lookup(map, map->offset).attrs & PHYSMAP_WRITE);
	agrees(0);
	agrees(2 * MB);
	*slot_at(map->offset, 0) &= ~(1ULL << 63);
	agrees(0);
	assert_true(physmap_lookup(map, map->offset).attrs & PHYSMAP_EXEC);
	*slot_at(map->offset, 2) |= 1ULL << 63;
	assert_false(physmap_lookup(map, map->offset).attrs & PHYSMAP_EXEC);
	agrees(0);
}

/* PAE's top entries have no R/W bit: they take nothing away. */
static void pae_top_entries_limit_nothing(void **state)
{
	begin(&pae);
	must_build(0, 4 * MB, S4K, PHYSMAP_TWO_PASS);
	agrees(0);
	assert_true(physmap_lookup(map, map->offset).attrs & PHYSMAP_WRITE);
}

/* A visitor that writes down what it is shown. */
struct seen {
	struct physmap_visitor v;
	u64 next;		/* where the next visit must begin */
	u64 slots;
	u64 backs;
	u64 tails;
	u64 stop_at;		/* visit that ends the walk with an error */
};

static int see_slot(struct physmap_visitor *v, const struct physmap_cursor *c,
		    struct physmap_table *child, bool *descend)
{
	struct seen *s = (struct seen *)v;
	const u64 size = physmap_size(map->geo, c->table.level);

	if (++s->slots == s->stop_at)
		return -EXDEV;
	assert_int_equal(c->slot, c->va & ~(size - 1));
	assert_int_equal(c->index, physmap_index(map->geo, c->table.level, c->va));
	assert_true(c->va <= c->until && c->index <= c->last);
	if (c->entry.kind == PHYSMAP_TABLE) {
		*child = physmap_existing(c);
		*descend = true;
		return 1;
	}
	assert_int_equal(c->va, s->next);
	s->next = c->slot + (size - 1) < c->until ? c->slot + size : c->until + 1;
	return 1;
}

static int see_back(struct physmap_visitor *v, const struct physmap_cursor *c,
		    const struct physmap_table *child)
{
	((struct seen *)v)->backs++;
	assert_int_equal(child->level + 1, c->table.level);
	return 0;
}

static int see_tail(struct physmap_visitor *v, const struct physmap_cursor *c)
{
	((struct seen *)v)->tails++;
	assert_int_equal(c->index, c->last);
	assert_int_equal(c->slot, c->until &
			 ~(physmap_size(map->geo, c->table.level) - 1));
	return 0;
}

static struct seen visit(u64 start, u64 end, u64 stop_at, int expected)
{
	struct seen s = {
		.v = { .slot = see_slot, .back = see_back, .tail = see_tail },
		.next = start + map->offset,
		.stop_at = stop_at,
	};

	assert_int_equal(physmap_walk(map, start + map->offset,
				      end + map->offset, &s.v), expected);
	return s;
}

static void a_walk_visits_every_slot_once_in_order(void **state)
{
	struct seen s;

	begin(&long4);
	must_build(MB, 5 * MB, S4K, PHYSMAP_TWO_PASS);
	s = visit(MB + 4 * KB, 6 * MB + 4 * KB, 0, 0);
	assert_int_equal(s.next, map->offset + 6 * MB + 4 * KB);
	/* Three tables of pages in one of 2M, in one of 1G, in the root. */
	assert_int_equal(s.backs, 3 + 1 + 1);
	assert_int_equal(s.tails, 3 + 1 + 1 + 1);
	/* To the end of the third table, and one slot of 2M after it. */
	assert_int_equal(s.slots, 255 + 512 + 512 + 3 + 1 + 1 + 1);
}

static void a_walk_of_one_page_visits_its_tables_only(void **state)
{
	struct seen s;

	begin(&long5);
	must_build(0, 2 * MB, S4K, PHYSMAP_TWO_PASS);
	s = visit(2 * MB - 4 * KB, 2 * MB, 0, 0);
	assert_int_equal(s.slots, 5);
	assert_int_equal(s.backs, 4);
	assert_int_equal(s.tails, 5);
}

static void an_error_ends_a_walk_at_once(void **state)
{
	begin(&long4);
	must_build(0, 4 * MB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(visit(0, 4 * MB, 7, -EXDEV).slots, 7);
	assert_int_equal(visit(0, 4 * MB, 7, -EXDEV).tails, 0);
}

/* Addresses wrap where the last slot of the root ends. */
static void a_walk_ends_in_the_topmost_slot(void **state)
{
	struct seen s;

	begin(&long4);
	map->offset = 0xffffff8000000000;
	map->va_start = map->offset;
	s = visit(0, 4 * KB, 10, 0);
	assert_int_equal(s.slots, 1);
	assert_int_equal(s.tails, 1);
}

/* Events that a walk sends: tables as they are */

#define TOLD	64

static struct physmap_event told[TOLD];
static unsigned int n_told;

static void hear(struct physmap_recorder *recorder,
		 const struct physmap_event *e)
{
	assert_true(n_told < TOLD);
	told[n_told++] = *e;
}

static struct physmap_recorder recorder = { hear };

static void tell_tables(void)
{
	n_told = 0;
	map->recorder = &recorder;
	physmap_record_tables(map);
	map->recorder = NULL;
	assert_int_equal(told[0].kind, PHYSMAP_EVENT_ROOT);
	assert_int_equal(told[0].table, map->root);
}

static unsigned int runs_of(u64 table)
{
	unsigned int i, n = 0;

	for (i = 0; i < n_told; i++)
		n += told[i].kind == PHYSMAP_EVENT_FOUND &&
		     told[i].table == table;
	return n;
}

static void tables_are_told_in_runs(void **state)
{
	const u64 w = 0x63;
	u64 table, *slot;

	begin(&long4);
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	table = at(0).table;
	slot = model_page(&m.mem, table);
	memset(slot, 0, MODEL_PAGE);
	slot[3] = w;			/* alone */
	slot[5] = w;
	slot[6] = 0x1000 | w;		/* one step apart */
	slot[7] = 0x2000 | w;
	slot[8] = 0x9000 | w;		/* adjacent, another step */
	slot[20] = 0x9000 | w;
	tell_tables();
	assert_int_equal(runs_of(table), 4);
	assert_int_equal(told[n_told - 3].index, 5);
	assert_int_equal(told[n_told - 3].count, 3);
	assert_int_equal(told[n_told - 3].step, 0x1000);
	assert_int_equal(told[n_told - 3].va, map->offset + 5 * 4 * KB);
	assert_int_equal(told[n_told - 2].index, 8);
	assert_int_equal(told[n_told - 2].va, map->offset + 8 * 4 * KB);
	assert_int_equal(told[n_told - 1].index, 20);
	assert_int_equal(told[n_told - 1].count, 1);
}

static void nobody_who_listens_nothing_told(void **state)
{
	begin(&long4);
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	n_told = 0;
	m.reads = 0;
	physmap_record_tables(map);
	physmap_record_page(map, 0, map->root);
	physmap_record_sum(map, map->offset, map->offset + 4 * KB);
	assert_int_equal(m.reads, 0);
	assert_int_equal(n_told, 0);
}

/* XENPV-24: all that the guest maps is told, what is Xen's own is not. */
static void what_is_private_is_not_told(void **state)
{
	u64 table;

	begin(&long4);
	must_build(0, 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	must_build(1 * TB, 1 * TB + 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	must_build(2 * TB, 2 * TB + 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	table = at(1 * TB).table;
	m.hooks.tables_read_only = true;
	tell_tables();
	assert_int_equal(runs_of(table), 1);
	map->private_start = map->offset + 512 * GB;
	map->private_end = map->offset + 1536 * GB;
	tell_tables();
	assert_int_equal(runs_of(table), 0);
	assert_int_equal(runs_of(at(0).table), 1);
	assert_int_equal(runs_of(at(2 * TB).table), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("every page of small leaves translates to its own frame",
		      every_page_of_small_leaves),
		HOLDS("every page of mixed leaves translates to its own frame",
		      every_page_of_mixed_leaves),
		HOLDS("maps go on across the borders of tables", borders_of_tables),
		HOLDS("maps go on across the border of a level 4 table",
		      border_of_a_level_4_table),
		HOLDS("lookup finds what the processor finds", lookup_agrees),
		HOLDS("upper tables take rights away", tables_limit_rights),
		HOLDS("PAE's top entries take no rights away",
		      pae_top_entries_limit_nothing),
		HOLDS("a walk visits every slot once and in order",
		      a_walk_visits_every_slot_once_in_order),
		HOLDS("a walk of one page visits its tables only",
		      a_walk_of_one_page_visits_its_tables_only),
		HOLDS("an error ends a walk at once", an_error_ends_a_walk_at_once),
		HOLDS("a walk ends in the topmost slot of the address space",
		      a_walk_ends_in_the_topmost_slot),
		HOLDS("tables are told as runs of entries that are evenly spaced",
		      tables_are_told_in_runs),
		HOLDS("without a recorder no table is read for events",
		      nobody_who_listens_nothing_told),
		HOLDS("what is a hypervisor's own is not told (XENPV-24)",
		      what_is_private_is_not_told),
	};

	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
