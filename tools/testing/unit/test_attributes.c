// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory attributes: MAIR's bytes one by one, aliases of every kind in tables
 * made by hand for each granule, and random tables judged page by page beside
 * the audit's sweep. What tables mean is read from model/arm64_tables.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include "arm64_tables.h"
#include "attributes.h"
#include "support.h"

#define INNER		3u
#define OUTER		2u

/* Indexes into MAIR, as most tests have it. */
enum {
	WB, TAGGED, NC, STRICT_DEVICE, DEVICE, WT, OUTER_NC, WB_READ_ALLOCATE,
};

#define MAIR		0xee4fbb040044f0ffULL

static const struct physmap_arm64_machine machines[] = {
	{ PHYSMAP_ARM64_EL1, 12, 39, 40, false, 0 },
	{ PHYSMAP_ARM64_EL1, 12, 48, 48, false, 0 },
	{ PHYSMAP_ARM64_EL1, 12, 52, 52, true, 0 },
	{ PHYSMAP_ARM64_EL1, 14, 47, 48, false, 0 },
	{ PHYSMAP_ARM64_EL1, 14, 52, 52, true, 0 },
	{ PHYSMAP_ARM64_EL1, 16, 42, 44, false, 0 },
	{ PHYSMAP_ARM64_EL1, 16, 48, 48, false, 0 },
	{ PHYSMAP_ARM64_EL1, 16, 52, 52, false, 0 },
};

static struct arm64_tables t;
static struct physmap_arm64 arm64;
static struct physmap_map amap;
static struct physmap_arm64_attr_regs regs;
static u64 page, block, first;	/* bytes of leaves; lowest virtual address */

static void *table_of(struct physmap_map *m, u64 pa)
{
	return arm64_tables_page(&t, pa);
}

static u64 as_it_is(struct physmap_map *m, u64 raw)
{
	return raw;
}

static const struct physmap_hooks hooks = {
	.table = table_of,
	.canonical = as_it_is,
};

static void start(const struct physmap_arm64_machine *m, u64 mair)
{
	arm64_tables_stop(&t);
	t = (struct arm64_tables) {
		.page_shift = m->page_shift, .va_bits = m->va_bits,
		.lpa2 = m->lpa2, .mair = mair, .tcr_share = INNER,
	};
	arm64_tables_start(&t);
	physmap_arm64_geometry(&arm64, m);
	amap = (struct physmap_map) {
		.geo = &arm64.geo, .hooks = &hooks, .root = t.root,
	};
	regs = (struct physmap_arm64_attr_regs) {
		.mair = mair, .share = t.tcr_share,
	};
	page = 1ULL << arm64_tables_shift(&t, 0);
	block = 1ULL << arm64_tables_shift(&t, 1);
	first = -(1ULL << m->va_bits);
}

static int stop_tables(void **state)
{
	arm64_tables_stop(&t);
	return 0;
}

#undef HOLDS
#define HOLDS(sentence, function) \
	{ sentence, function, NULL, stop_tables, NULL }

/* @n leaves in a row; those of level 1 are blocks. */
static void put(u64 va, u64 pa, u64 n, unsigned int level,
		unsigned int attr_index, unsigned int share)
{
	const u64 size = level ? block : page;

	for (; n--; va += size, pa += size)
		*arm64_tables_slot(&t, va, level) =
			arm64_tables_leaf(&t, level, pa, attr_index, share);
}

/* What a sink is told. */
#define KEPT	20000

static struct physmap_arm64_alias_finding aliases[KEPT];
static struct physmap_arm64_attr_finding mappings[KEPT];
static int n_aliases, n_mappings;

static void keep_alias(struct physmap_arm64_attr_sink *sink,
		       const struct physmap_arm64_alias_finding *f)
{
	assert_true(n_aliases < KEPT);
	aliases[n_aliases++] = *f;
}

static void keep_mapping(struct physmap_arm64_attr_sink *sink,
			 const struct physmap_arm64_attr_finding *f)
{
	assert_true(n_mappings < KEPT);
	mappings[n_mappings++] = *f;
}

static struct physmap_arm64_attr_sink sink = { keep_mapping, keep_alias };

static struct physmap_arm64_extent room[4096];
static struct physmap_arm64_extents all;

static void collect(void)
{
	n_aliases = 0;
	n_mappings = 0;
	all = (struct physmap_arm64_extents) { room, ARRAY_SIZE(room), 0 };
	physmap_arm64_collect(&amap, &regs, first, 0, &all);
	assert_true(all.count <= all.room);
}

static void audit_types(int expected)
{
	int i, told;

	collect();
	told = physmap_arm64_judge_types(&all, &sink);
	assert_int_equal(told, n_aliases);
	for (i = 0; n_aliases != expected && i < n_aliases; i++)
		printf("# found: %#llx %#llx %s\n", aliases[i].at.va,
		       aliases[i].other.va, aliases[i].text);
	assert_int_equal(n_aliases, expected);
	assert_int_equal(n_mappings, 0);
}

/* Types */

static const char *policy_name(u8 policy)
{
	static const char * const name[] = { "NC", "WT", "WB" };

	return name[policy];
}

static void same_type(const struct physmap_arm64_type *got,
		      const struct arm64_memory *want)
{
	static const char * const memory[] = {
		"nGnRnE", "nGnRE", "nGRE", "GRE", "Normal", "?",
	};
	static const char * const share[] = { "non", "?", "outer", "inner" };

	assert_string_equal(memory[got->memory], want->type);
	assert_string_equal(share[got->share], want->share);
	if (got->memory == PHYSMAP_ARM64_NORMAL) {
		assert_string_equal(policy_name(got->inner), want->inner);
		assert_string_equal(policy_name(got->outer), want->outer);
	} else {
		assert_int_equal(got->inner, PHYSMAP_ARM64_NC);
		assert_int_equal(got->outer, PHYSMAP_ARM64_NC);
	}
}

static void mair_byte(u8 byte, unsigned int index, unsigned int share)
{
	const struct arm64_memory want = arm64_memory_type(byte, share);
	const u64 leaf = arm64_tables_leaf(&t, 0, 3ULL << 50, index, share);
	struct physmap_arm64_type type;

	regs.mair = (u64)byte << 8 * index;
	/* With LPA2 what was the descriptor's are bits of an address. */
	regs.share = t.lpa2 ? share : share ^ 1;
	type = physmap_arm64_type(&arm64.geo, &regs, leaf);
	same_type(&type, &want);
	assert_int_equal(type.tagged, byte == 0xf0);
}

static void every_mair_byte_in_every_shareability(void **state)
{
	unsigned int m, byte, share, index;

	for (m = 0; m < ARRAY_SIZE(machines); m++) {
		start(&machines[m], MAIR);
		for (byte = 0; byte < 256; byte++)
			for (index = 0; index < 8; index++)
				for (share = 0; share < 4; share++)
					mair_byte(byte, index, share);
	}
}

static void hints_of(u8 byte, u8 inner, u8 outer)
{
	struct physmap_arm64_type got;

	start(&machines[1], byte);
	got = physmap_arm64_type(&arm64.geo, &regs,
				 arm64_tables_leaf(&t, 0, 0, 0, INNER));
	assert_int_equal(got.inner_hints, inner);
	assert_int_equal(got.outer_hints, outer);
}

static void hints_are_told(void **state)
{
	const u8 r = PHYSMAP_ARM64_ALLOC_READ, w = PHYSMAP_ARM64_ALLOC_WRITE;
	const u8 transient = PHYSMAP_ARM64_TRANSIENT;

	hints_of(0xff, r | w, r | w);
	hints_of(0xf0, r | w, r | w);
	hints_of(0xee, r, r);
	hints_of(0xdb, r | w, w);
	hints_of(0x88, 0, 0);
	hints_of(0x73, r | w | transient, r | w | transient);
	hints_of(0x16, r | transient, w | transient);
	hints_of(0x44, 0, 0);
	hints_of(0x4f, r | w, 0);
	hints_of(0xa0, r, r);
	hints_of(0x04, 0, 0);
}

/* Aliases */

/* Linear map, image, vmalloc, fixmap and vmemmap, all of them in order. */
static void usual(const struct physmap_arm64_machine *m)
{
	const u64 ram = 64 * block, vmalloc = first + 200 * block;

	start(m, MAIR);
	put(first + ram, ram, 3, 1, TAGGED, INNER);
	put(first + ram + 3 * block, ram + 3 * block, 24, 0, TAGGED, INNER);
	put(vmalloc, ram + block, 8, 0, WB, INNER);		/* image */
	put(vmalloc + 16 * page, ram + 5 * page, 1, 0, TAGGED, INNER);
	put(vmalloc + 17 * page, ram + 4 * page, 1, 0, TAGGED, INNER);
	put(vmalloc + 32 * page, 2 * block, 4, 0, DEVICE, INNER);
	put(-4 * page, 2 * block, 1, 0, DEVICE, INNER);
	put(-2 * block, ram + 3 * block + 24 * page, 3, 0, WB, INNER);
}

static void a_map_as_linux_makes_it_is_clean(void **state)
{
	unsigned int m;

	for (m = 0; m < ARRAY_SIZE(machines); m++) {
		usual(&machines[m]);
		audit_types(0);
		/* Neighbours are joined over levels and tables. */
		assert_int_equal(all.count, 7);
		physmap_arm64_judge_rights(&all, &sink);
		assert_int_equal(n_aliases, 0);
	}
}

/* Each page is of another type than the one before, or has other rights. */
static void neighbours_that_differ_are_not_joined(void **state)
{
	unsigned int i;

	start(&machines[1], 0x4477ef00bb4ff0ff);
	for (i = 0; i < 16; i++)
		put(first + i * page, 64 * block + i * page, 1, 0, i % 8, INNER);
	for (i = 16; i < 20; i++)
		put(first + i * page, 64 * block + i * page, 1, 0, 0, i % 4);
	for (i = 20; i < 24; i++)
		put(first + i * page, 64 * block + i * page, 1, 0, 0, INNER);
	*arm64_tables_slot(&t, first + 21 * page, 0) |= 1ULL << 7;
	*arm64_tables_slot(&t, first + 22 * page, 0) &= ~(1ULL << 53);
	collect();
	/* The last of 0 to 3 in share and the first page after are alike. */
	assert_int_equal(all.count, 23);
}

/* Two pages of one frame: how they conflict, or "" if they do not. */
static void pair(unsigned int index, unsigned int share, unsigned int other,
		 unsigned int other_share, const char *text)
{
	const u64 frame = 9 * block + 7 * page;

	start(&machines[1], MAIR);
	put(first + 5 * page, frame, 1, 0, index, share);
	put(first + 900 * page, frame, 1, 0, other, other_share);
	audit_types(*text != '\0');
	if (!*text)
		return;
	assert_string_equal(aliases[0].text, text);
	assert_string_equal(aliases[0].rule, "ARM-ATTR-1");
	assert_int_equal(aliases[0].at.va, first + 5 * page);
	assert_int_equal(aliases[0].other.va, first + 900 * page);
	assert_int_equal(aliases[0].at.pa, frame);
	assert_int_equal(aliases[0].other.pa, frame);
	assert_int_equal(aliases[0].at.size, page);
	assert_int_equal(aliases[0].other.size, page);
}

static void what_makes_a_mismatch(void **state)
{
	pair(WB, INNER, NC, INNER, "inner cacheability differs");
	pair(WB, INNER, WT, INNER, "inner cacheability differs");
	pair(WB, INNER, OUTER_NC, INNER, "outer cacheability differs");
	pair(WB, INNER, WB, OUTER, "shareability differs");
	pair(WB, INNER, WB, 0, "shareability differs");
	pair(WB, INNER, WB, 1, "shareability differs");
	pair(WB, INNER, DEVICE, INNER, "memory type differs");
	pair(NC, INNER, DEVICE, INNER, "memory type differs");
	pair(DEVICE, INNER, STRICT_DEVICE, INNER, "memory type differs");
}

static void what_makes_none(void **state)
{
	pair(WB, INNER, WB, INNER, "");
	/* ARM-BBM-3: tags are a matter of each access. */
	pair(WB, INNER, TAGGED, INNER, "");
	pair(WB, INNER, WB_READ_ALLOCATE, INNER, "");
	/* Outer shareable, whatever the descriptor says. */
	pair(NC, INNER, NC, 0, "");
	pair(DEVICE, INNER, DEVICE, 0, "");
}

/* A page within a block, and the addresses of just that page. */
static void a_part_of_a_block_is_named_as_such(void **state)
{
	unsigned int m;

	for (m = 0; m < ARRAY_SIZE(machines); m++) {
		const u64 ram = 64 * block;

		usual(&machines[m]);
		put(first + 300 * block, ram + block + 9 * page, 3, 0, NC, 0);
		audit_types(1);
		assert_int_equal(aliases[0].at.pa, ram + block + 9 * page);
		assert_int_equal(aliases[0].at.size, 3 * page);
		assert_int_equal(aliases[0].at.va,
				 first + ram + block + 9 * page);
		assert_int_equal(aliases[0].other.va, first + 300 * block);
		/* Over the image's end: a finding with either mapping. */
		put(first + 300 * block, ram + block + 6 * page, 3, 0, NC, 0);
		audit_types(2);
		assert_int_equal(aliases[0].at.size + aliases[1].at.size,
				 5 * page);
	}
}

/* Roots that are live together are judged together. */
static void other_roots_count(void **state)
{
	struct physmap_arm64_attr_regs other = { .mair = MAIR, .share = OUTER };

	start(&machines[2], MAIR);
	put(first, 8 * block, 1, 1, WB, INNER);
	audit_types(0);
	collect();
	physmap_arm64_collect(&amap, &other, first, first + page, &all);
	assert_int_equal(all.count, 2);
	assert_int_equal(physmap_arm64_judge_types(&all, &sink), 1);
	assert_string_equal(aliases[0].text, "shareability differs");
	assert_int_equal(aliases[0].at.size, page);
}

static void a_list_too_small_says_how_much_it_wants(void **state)
{
	usual(&machines[1]);
	put(first + 300 * block, 64 * block, 1, 0, NC, 0);
	for (all.room = 0; all.room < 8; all.room++) {
		all.count = 0;
		n_aliases = 0;
		physmap_arm64_collect(&amap, &regs, first, 0, &all);
		assert_int_equal(all.count, 8);
		assert_int_equal(physmap_arm64_judge_types(&all, &sink),
				 -ENOSPC);
		assert_int_equal(physmap_arm64_judge_rights(&all, &sink),
				 -ENOSPC);
		assert_int_equal(n_aliases, 0);
	}
	all.count = 0;
	physmap_arm64_collect(&amap, &regs, first, 0, &all);
	assert_int_equal(physmap_arm64_judge_types(&all, &sink), 1);
}

static void a_frame_mapped_many_times_costs_no_more_than_its_findings(void **state)
{
	unsigned int i;

	start(&machines[1], MAIR);
	for (i = 0; i < 4000; i++)
		put(first + 2 * i * page, 64 * block, 1, 0, WB, INNER);
	audit_types(0);
	put(first + block * 100, 64 * block, 1, 1, NC, INNER);
	audit_types(4000);
}

static void code_that_can_be_written_elsewhere(void **state)
{
	u64 *text, *table;

	usual(&machines[1]);
	text = arm64_tables_slot(&t, first + 200 * block, 0);
	text[2] &= ~(1ULL << 53);		/* PXN */
	collect();
	assert_int_equal(physmap_arm64_judge_rights(&all, &sink), 1);
	assert_string_equal(aliases[0].rule, "ARM-ATTR-4");
	assert_int_equal(aliases[0].at.pa, 65 * block + 2 * page);
	assert_int_equal(aliases[0].at.size, page);
	/* Not if the table above keeps it from executing. */
	table = arm64_tables_slot(&t, first + 200 * block, 1);
	*table |= 1ULL << 59;
	collect();
	assert_int_equal(physmap_arm64_judge_rights(&all, &sink), 0);
	*table &= ~(1ULL << 59);
	/* Nor if it is read-only here and there. */
	text[2] |= 1ULL << 7;
	*arm64_tables_slot(&t, first + 65 * block, 1) |= 1ULL << 7;
	collect();
	assert_int_equal(physmap_arm64_judge_rights(&all, &sink), 0);
}

static void a_type_that_nobody_has_defined(void **state)
{
	start(&machines[1], 0xe0024404ff);
	put(first, 64 * block, 1, 0, 0, INNER);
	put(first + 2 * page, 65 * block, 1, 0, 3, INNER);
	put(first + 4 * page, 66 * block, 1, 0, 4, INNER);
	put(first + 6 * page, 67 * block, 1, 0, 0, 1);
	/* Outer shareable: the field does not count. */
	put(first + 8 * page, 68 * block, 1, 0, 1, 1);
	collect();
	assert_int_equal(physmap_arm64_judge_known(&all, &sink), 3);
	assert_string_equal(mappings[0].rule, "ARM-ATTR-3");
	assert_int_equal(mappings[0].at.va, first + 2 * page);
	assert_int_equal(mappings[1].at.va, first + 4 * page);
	assert_int_equal(mappings[2].at.va, first + 6 * page);
	all.room = 1;
	assert_int_equal(physmap_arm64_judge_known(&all, &sink), -ENOSPC);
}

/* Random tables, page by page */

struct alias {
	u64 pa, low, high;
	const char *text;
};

static struct alias *wanted, *found;
static size_t n_wanted, n_found;

#define MOST	(1u << 20)

static void note(struct alias *list, size_t *n, u64 pa, u64 a, u64 b,
		 const char *text)
{
	assert_true(*n < MOST);
	list[(*n)++] = (struct alias) { pa, a < b ? a : b, a < b ? b : a, text };
}

static int by_place(const void *a, const void *b)
{
	const struct alias *x = a, *y = b;

	if (x->pa != y->pa)
		return x->pa < y->pa ? -1 : 1;
	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	return x->high < y->high ? -1 : x->high > y->high;
}

/* All pages of the window; [i] is looked up anew for each other one. */
struct seen_page {
	u64 va;
	struct arm64_seen seen;
};

static struct seen_page *pages;
static size_t n_pages;

static int by_seen_frame(const void *a, const void *b)
{
	const struct seen_page *x = a, *y = b;

	return x->seen.pa < y->seen.pa ? -1 : x->seen.pa > y->seen.pa;
}

static void see_pages(u64 start_va, u64 n)
{
	u64 i;

	n_pages = 0;
	for (i = 0; i < n; i++) {
		pages[n_pages].va = start_va + i * page;
		pages[n_pages].seen = arm64_tables_see(&t, start_va + i * page);
		n_pages += pages[n_pages].seen.mapped;
	}
	qsort(pages, n_pages, sizeof(*pages), by_seen_frame);
}

static const char *rights_conflict(const struct arm64_seen *a,
				   const struct arm64_seen *b)
{
	return (a->write && b->exec) || (a->exec && b->write) ?
	       "written by one, executed by the other" : "";
}

/* Both executable and writable is another rule's. */
static bool both_wx(const struct arm64_seen *a, const struct arm64_seen *b)
{
	return a->write && a->exec && b->write && b->exec;
}

static void brute_aliases(bool rights)
{
	size_t i, j;

	n_wanted = 0;
	for (i = 0; i < n_pages; i++)
		for (j = i + 1; j < n_pages &&
		     pages[j].seen.pa == pages[i].seen.pa; j++) {
			const struct arm64_seen *a = &pages[i].seen;
			const struct arm64_seen *b = &pages[j].seen;
			const char *text;

			if (rights)
				text = both_wx(a, b) ? "" : rights_conflict(a, b);
			else
				text = arm64_memory_conflict(&a->memory,
							     &b->memory);
			if (*text)
				note(wanted, &n_wanted, a->pa, pages[i].va,
				     pages[j].va, text);
		}
	qsort(wanted, n_wanted, sizeof(*wanted), by_place);
}

static void found_aliases(void)
{
	u64 at;
	int i;

	n_found = 0;
	for (i = 0; i < n_aliases; i++) {
		const struct physmap_arm64_alias_finding *f = &aliases[i];

		assert_int_equal(f->at.pa, f->other.pa);
		assert_int_equal(f->at.size, f->other.size);
		for (at = 0; at < f->at.size; at += page)
			note(found, &n_found, f->at.pa + at, f->at.va + at,
			     f->other.va + at, f->text);
	}
	qsort(found, n_found, sizeof(*found), by_place);
}

static void same_aliases(void)
{
	size_t i;

	found_aliases();
	assert_int_equal(n_found, n_wanted);
	for (i = 0; i < n_wanted; i++) {
		assert_int_equal(by_place(&found[i], &wanted[i]), 0);
		assert_string_equal(found[i].text, wanted[i].text);
	}
}

#define WINDOW	4	/* blocks of virtual addresses */

/* A random run: pages or blocks whose frames are few, so that many meet. */
static void draw_run(u64 high)
{
	const unsigned int level = !random_below(4);
	const bool usual_type = random_below(3);
	const unsigned int index = usual_type ? WB : random_below(8);
	const unsigned int share = usual_type ? INNER : random_below(4);
	const u64 size = level ? block : page;
	u64 va = first + random_below(WINDOW * (level ? 1 : block / page)) * size;
	u64 pa = high + (8 + random_below(2)) * block +
		 (level ? 0 : random_below(16) * page);
	u64 n = level ? 1 : 1 + random_below(8);
	const u64 read_only = random_below(4) ? 0 : 1ULL << 7;
	const u64 no_exec = random_below(4) ? 1ULL << 53 : 0;

	for (; n-- && va < first + WINDOW * block; va += size, pa += size) {
		u64 *upper = arm64_tables_slot(&t, va, 1), leaf;

		if ((*upper & 3) == 1 || (level && *upper))
			continue;
		leaf = arm64_tables_leaf(&t, level, pa, index, share);
		leaf &= ~(1ULL << 53);
		*arm64_tables_slot(&t, va, level) = leaf | read_only | no_exec;
	}
}

static void draw(const struct physmap_arm64_machine *m)
{
	const u64 high = m->pa_bits == 52 && random_below(2) ? 13ULL << 48 : 0;
	u64 mair = MAIR;
	unsigned int n = 5 + random_below(60);

	if (!random_below(3))
		mair ^= 1ULL << random_below(64);
	start(m, mair);
	t.tcr_share = random_below(4);
	regs.share = t.tcr_share;
	while (n--)
		draw_run(high);
	/* Some tables forbid for all below them. */
	for (n = 0; n < WINDOW; n++) {
		u64 *slot = arm64_tables_slot(&t, first + n * block, 1);

		if ((*slot & 3) == 3 && !random_below(4))
			*slot |= 1ULL << (random_below(2) ? 59 : 62);
	}
}

static void random_tables_page_by_page(void **state)
{
	size_t findings = 0;
	unsigned int i;

	seed_random();
	pages = malloc(WINDOW * (1 << 13) * sizeof(*pages));
	wanted = malloc(MOST * sizeof(*wanted));
	found = malloc(MOST * sizeof(*found));
	for (i = 0; i < 50 * ARRAY_SIZE(machines); i++) {
		draw(&machines[i % ARRAY_SIZE(machines)]);
		see_pages(first, WINDOW * block / page);
		brute_aliases(false);
		collect();
		assert_true(physmap_arm64_judge_types(&all, &sink) >= 0);
		same_aliases();
		findings += n_aliases;
		brute_aliases(true);
		collect();
		assert_true(physmap_arm64_judge_rights(&all, &sink) >= 0);
		same_aliases();
	}
	printf("# %zu findings\n", findings);
	assert_true(findings > 1000);
	free(pages);
	free(wanted);
	free(found);
}

/* What is shared with Xen */

static int shared(u64 va, u64 end)
{
	int told;

	n_mappings = 0;
	told = physmap_arm64_judge_shared(&amap, &regs, va, end, &sink);
	assert_int_equal(told, n_mappings);
	return told;
}

static void shared_as(unsigned int index, unsigned int share, const char *text)
{
	put(first, 64 * block, 1, 0, index, share);
	assert_int_equal(shared(first, first + page), *text != '\0');
	if (!*text)
		return;
	assert_string_equal(mappings[0].rule, "ARM-XEN-1");
	assert_string_equal(mappings[0].text, text);
	assert_true(mappings[0].mapped);
	assert_int_equal(mappings[0].at.va, first);
	assert_int_equal(mappings[0].at.size, page);
}

static void what_xen_may_share(void **state)
{
	/* Any allocation hint: read, none, transient. */
	start(&machines[1], 0x77ccee00f0ff);
	shared_as(0, INNER, "");
	shared_as(1, INNER, "");
	shared_as(3, INNER, "");
	shared_as(4, INNER, "");
	shared_as(5, INNER, "");
}

static void what_xen_may_not_share(void **state)
{
	/* Inner WT, outer WB: good enough for the ABI's text of 2013 only. */
	start(&machines[1], 0x08bf4ffb44bb04ff);
	shared_as(5, INNER, "is not outer write-back");
	shared_as(6, INNER, "is not outer write-back");
	shared_as(4, INNER, "is not inner write-back");
	shared_as(2, INNER, "is not inner write-back");
	shared_as(3, INNER, "is not inner write-back");
	shared_as(1, INNER, "is not Normal memory");
	shared_as(7, INNER, "is not Normal memory");
	shared_as(0, OUTER, "is not inner shareable");
	shared_as(0, 0, "is not inner shareable");
	shared_as(0, 1, "is not inner shareable");
	shared_as(0, INNER, "");
}

static void what_is_shared_is_judged_wherever_it_lies(void **state)
{
	unsigned int m;

	for (m = 0; m < ARRAY_SIZE(machines); m++) {
		start(&machines[m], MAIR);
		put(first, 64 * block, 2, 1, TAGGED, INNER);
		put(first + 2 * block, 66 * block, 3, 0, WB, INNER);
		put(first + 2 * block + 3 * page, 8 * block, 1, 0, NC, INNER);
		/* A ring somewhere in a block; one over its end. */
		assert_int_equal(shared(first + 64, first + 128), 0);
		assert_int_equal(shared(first + block - 64,
					first + 2 * block + 3 * page), 0);
		assert_int_equal(shared(first, first + 2 * block + 4 * page), 1);
		assert_int_equal(mappings[0].at.va, first + 2 * block + 3 * page);
		/* What is not mapped is not shared. */
		assert_int_equal(shared(first + 2 * block + 4 * page,
					first + 2 * block + 4 * page + 8), 1);
		assert_false(mappings[0].mapped);
		assert_int_equal(mappings[0].at.size, 8);
		assert_int_equal(shared(-8, 0), 1);
	}
	/* TCR decides for all with LPA2. */
	start(&machines[2], MAIR);
	put(first, 64 * block, 1, 1, WB, INNER);
	regs.share = OUTER;
	assert_int_equal(shared(first, first + page), 1);
	assert_string_equal(mappings[0].text, "is not inner shareable");
}

static void memory_without_tags_is_found(void **state)
{
	start(&machines[1], MAIR);
	put(first, 64 * block, 2, 1, TAGGED, INNER);
	put(first + 2 * block, 66 * block, 4, 0, WB, INNER);
	n_mappings = 0;
	assert_int_equal(physmap_arm64_judge_tagged(&amap, &regs, first, first +
						    2 * block, &sink), 0);
	assert_int_equal(physmap_arm64_judge_tagged(&amap, &regs, first, first +
						    2 * block + page, &sink), 1);
	assert_string_equal(mappings[0].rule, "ARM-ATTR-6");
	assert_int_equal(mappings[0].at.va, first + 2 * block);
	assert_int_equal(mappings[0].at.size, page);
}

/* Whole pages */

static void pages_beside_what_must_not_be_mapped(void **state)
{
	struct physmap_arm64_memory_range r[] = {
		{ .start = 0x40000000, .end = 0x7c5d0800 },
		/* A no-map neighbour in between. */
		{ .start = 0x7c5d1400, .end = 0x7c5d2000 },
		{ .start = 0x7c5d2000, .end = 0x7c5d2c00 },
		{ .start = 0x7c5d2c00, .end = 0x7c5d5000 },
		{ .start = 0x7c5d5200, .end = 0x7c5d5600 },
	};

	physmap_arm64_whole_pages(r, ARRAY_SIZE(r), 4 * KB);
	assert_int_equal(r[0].map_start, 0x40000000);
	assert_int_equal(r[0].map_end, 0x7c5d0000);
	assert_int_equal(r[0].cut, 0x800);
	assert_int_equal(r[1].map_start, r[1].map_end);
	assert_int_equal(r[1].cut, 0xc00);
	/* The page that two make up together is mapped, once. */
	assert_int_equal(r[2].map_start, 0x7c5d2000);
	assert_int_equal(r[2].map_end, 0x7c5d3000);
	assert_int_equal(r[3].map_start, 0x7c5d3000);
	assert_int_equal(r[3].map_end, 0x7c5d5000);
	assert_int_equal(r[2].cut + r[3].cut, 0);
	assert_int_equal(r[4].map_start, r[4].map_end);
	assert_int_equal(r[4].cut, 0x400);
}

/* 256 bytes of memory, in pages of 16. */
static void random_ranges_byte_by_byte(void **state)
{
	struct physmap_arm64_memory_range r[16];
	unsigned int n, i, nr;

	seed_random();
	for (n = 0; n < 20000; n++) {
		u8 memory[256] = { }, mapped[256] = { };
		u64 at = 0, total = 0, cut = 0;

		for (nr = 0; nr < ARRAY_SIZE(r); nr++) {
			const u64 start_at = at + (random_below(2) ?
						   random_below(24) : 0);
			const u64 end = start_at + 1 + random_below(40);

			if (end > sizeof(memory))
				break;
			r[nr] = (struct physmap_arm64_memory_range) {
				.start = start_at, .end = end,
			};
			memset(memory + start_at, 1, end - start_at);
			at = end;
		}
		physmap_arm64_whole_pages(r, nr, 16);
		for (i = 0; i < nr; i++) {
			for (at = r[i].map_start; at < r[i].map_end; at++)
				assert_int_equal(mapped[at]++, 0);
			assert_true(r[i].map_start <= r[i].map_end);
			cut += r[i].cut;
		}
		for (at = 0; at < sizeof(memory); at += 16) {
			const bool whole = !memchr(memory + at, 0, 16);

			for (i = 0; i < 16; i++) {
				assert_int_equal(mapped[at + i], whole);
				total += memory[at + i] && !whole;
			}
		}
		assert_int_equal(cut, total);
	}
}

/* What a person reads. */
static char said[512];

static void say(struct physmap_out *out, const char *fmt, va_list args)
{
	const size_t n = strlen(said);

	vsnprintf(said + n, sizeof(said) - n, fmt, args);
}

static struct physmap_out out = { say };

static void findings_are_lines(void **state)
{
	start(&machines[1], MAIR);
	put(first, 64 * block, 1, 0, TAGGED, INNER);
	put(first + block, 64 * block, 1, 0, OUTER_NC, INNER);
	*arm64_tables_slot(&t, first + block, 0) &= ~(1ULL << 53);
	audit_types(1);
	*said = '\0';
	physmap_arm64_print_alias(&out, &aliases[0]);
	assert_string_equal(said, "ARM-ATTR-1: frames 0x8000000-0x8001000: outer cacheability differs: 0xffff000000000000 Normal-Tagged, inner WB RA WA, outer WB RA WA, inner shareable, write; 0xffff000000200000 Normal, inner WB RA WA, outer NC, inner shareable, write, exec\n");
	assert_int_equal(shared(first + block, first + block + 2 * page), 2);
	*said = '\0';
	physmap_arm64_print_mapping(&out, &mappings[0]);
	physmap_arm64_print_mapping(&out, &mappings[1]);
	assert_string_equal(said, "ARM-XEN-1: 0xffff000000200000-0xffff000000201000 is not outer write-back: Normal, inner WB RA WA, outer NC, inner shareable\n"
			    "ARM-XEN-1: 0xffff000000201000-0xffff000000202000 is not mapped\n");
	*said = '\0';
	physmap_arm64_print_type(&out, &(struct physmap_arm64_type) {
		.memory = PHYSMAP_ARM64_NGNRE,
		.share = PHYSMAP_ARM64_SHARE_OUTER,
	});
	assert_string_equal(said, "Device-nGnRE");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		HOLDS("Every MAIR byte in every shareability",
		      every_mair_byte_in_every_shareability),
		HOLDS("Hints are told", hints_are_told),
		HOLDS("A map as Linux makes it is clean",
		      a_map_as_linux_makes_it_is_clean),
		HOLDS("Neighbours that differ are not joined",
		      neighbours_that_differ_are_not_joined),
		HOLDS("What makes a mismatch", what_makes_a_mismatch),
		HOLDS("What makes none", what_makes_none),
		HOLDS("A part of a block is named as such",
		      a_part_of_a_block_is_named_as_such),
		HOLDS("Other roots count", other_roots_count),
		HOLDS("A list too small says how much it wants",
		      a_list_too_small_says_how_much_it_wants),
		HOLDS("A frame mapped many times costs no more than its findings",
		      a_frame_mapped_many_times_costs_no_more_than_its_findings),
		HOLDS("Code that can be written elsewhere",
		      code_that_can_be_written_elsewhere),
		HOLDS("A type that nobody has defined is found",
		      a_type_that_nobody_has_defined),
		HOLDS("Random tables, page by page", random_tables_page_by_page),
		HOLDS("What Xen may share", what_xen_may_share),
		HOLDS("What Xen may not share", what_xen_may_not_share),
		HOLDS("What is shared is judged wherever it lies",
		      what_is_shared_is_judged_wherever_it_lies),
		HOLDS("Memory without tags is found", memory_without_tags_is_found),
		HOLDS("Pages beside what must not be mapped",
		      pages_beside_what_must_not_be_mapped),
		HOLDS("Random ranges, byte by byte", random_ranges_byte_by_byte),
		HOLDS("Findings are lines", findings_are_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
