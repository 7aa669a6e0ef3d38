// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scenes for what reads maps and writes none: the identity-map planner, the
 * audit of memory attributes, the cutting of memory to pages. The judge here
 * looks at every page by itself and reads tables by model/arm64_tables.c; it
 * prints a line for each answer that breaks a rule, and nothing otherwise.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <physmap/clash.h>
#include "arm64_tables.h"
#include "attributes.h"
#include "witness_attributes.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define KB		1024ULL
#define MB		(1024 * KB)
#define PAGE		(4 * KB)
#define BLOCK		(2 * MB)

static const char *scene;
static bool bad;

static void broken(const char *rule, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void broken(const char *rule, const char *fmt, ...)
{
	va_list args;

	printf("%s %s: ", rule, scene);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	bad = true;
}

/* Identity maps */

static const struct physmap_region *user_of(const struct physmap_layout *l,
					    u64 page)
{
	unsigned int i;

	for (i = 0; i < l->nr_regions; i++)
		if (page >= l->region[i].start && page < l->region[i].end)
			return &l->region[i];
	return NULL;
}

/* The first region that loses a page if the code's page is mapped 1:1. */
static const struct physmap_region *victim(const struct physmap_layout *l,
					   u64 code)
{
	const u64 slot = 1ULL << l->slot_shift;
	u64 page = code - code % slot;
	const struct physmap_region *r = NULL;

	for (; !r && page < code - code % slot + slot; page += PAGE)
		r = user_of(l, page);
	return r;
}

static void judge_load(const struct physmap_layout *l, u64 load)
{
	const struct physmap_clash c = physmap_clash(l, load, PAGE);
	const struct physmap_region *in_the_way = victim(l, load);
	const struct physmap_region *there = user_of(l, load);

	if (there && there->kind == PHYSMAP_REGION_IDENTITY)
		in_the_way = NULL;
	if (in_the_way && c.verdict != PHYSMAP_CLASH_REGION)
		broken(in_the_way->kind == PHYSMAP_REGION_IMAGE ? "ARM-MMU-7" :
								  "ARM-MMU-6",
		       "code at %#llx: a 1:1 map takes %s away, and the planner does not say so",
		       load, in_the_way->name);
	if (!in_the_way && c.verdict == PHYSMAP_CLASH_REGION)
		broken("ARM-MMU-6", "code at %#llx: %s is said to be in the way, and is not",
		       load, c.region.name);
}

static void judge_window(const struct physmap_layout *l)
{
	static const struct physmap_span memory = { 3 * MB, 64 * MB };
	struct physmap_span window;
	u64 page;

	if (!physmap_clash_window(l, 2 * PAGE, &memory, 1, &window)) {
		broken("ARM-MMU-6", "no window is found, and there are many");
		return;
	}
	for (page = window.start; page < window.end; page += PAGE)
		if (victim(l, page))
			broken("ARM-MMU-6", "the window at %#llx takes %s away",
			       page, victim(l, page)->name);
}

static void identity_maps(void)
{
	struct physmap_region regions[] = {
		{ "image", PHYSMAP_REGION_IMAGE, 2 * MB, 4 * MB },
		{ "fixmap", PHYSMAP_REGION_OTHER, 4 * MB, 4 * MB + 64 * KB },
		{ "vmap", PHYSMAP_REGION_OTHER, 16 * MB, 24 * MB },
	};
	struct physmap_layout l = {
		.region = regions, .nr_regions = ARRAY_SIZE(regions),
		.va_limit = 1ULL << 39, .leaf_shift = 12, .slot_shift = 21,
	};
	u64 load;

	scene = "identity map by tables of its own";
	for (load = 0; load < 32 * MB && !bad; load += PAGE)
		judge_load(&l, load);
	judge_window(&l);
	scene = "identity map by pages in the tables that are there";
	l.slot_shift = 12;
	for (load = 0; load < 32 * MB && !bad; load += PAGE)
		judge_load(&l, load);
	judge_window(&l);
	scene = "identity map where the image is 1:1";
	regions[0].kind = PHYSMAP_REGION_IDENTITY;
	l.slot_shift = 21;
	for (load = 0; load < 32 * MB && !bad; load += PAGE)
		judge_load(&l, load);
}

/* Memory attributes */

static struct arm64_tables t;
static struct physmap_arm64 arm64;
static struct physmap_map map;
static struct physmap_arm64_attr_regs regs;
static u64 first;

static void *table_of(struct physmap_map *m, u64 pa)
{
	return arm64_tables_page(&t, pa);
}

static u64 as_it_is(struct physmap_map *m, u64 raw)
{
	return raw;
}

static void begin(const char *name, u64 mair, bool lpa2)
{
	static const struct physmap_hooks hooks = {
		.table = table_of,
		.canonical = as_it_is,
	};
	const struct physmap_arm64_machine m = {
		.page_shift = 12, .va_bits = lpa2 ? 52 : 48,
		.pa_bits = lpa2 ? 52 : 48, .lpa2 = lpa2,
	};

	scene = name;
	t = (struct arm64_tables) {
		.page_shift = 12, .va_bits = m.va_bits, .lpa2 = lpa2,
		.mair = mair, .tcr_share = 3,
	};
	arm64_tables_start(&t);
	physmap_arm64_geometry(&arm64, &m);
	map = (struct physmap_map) {
		.geo = &arm64.geo, .hooks = &hooks, .root = t.root,
	};
	regs = (struct physmap_arm64_attr_regs) { .mair = mair, .share = 3 };
	first = -(1ULL << m.va_bits);
}

static void put(u64 va, u64 pa, unsigned int level, unsigned int index,
		unsigned int share)
{
	*arm64_tables_slot(&t, first + va, level) =
		arm64_tables_leaf(&t, level, pa, index, share);
}

#define KEPT	64

static struct physmap_arm64_alias_finding aliases[KEPT];
static unsigned int n_aliases, n_mappings;

static void keep_alias(struct physmap_arm64_attr_sink *sink,
		       const struct physmap_arm64_alias_finding *f)
{
	if (n_aliases < KEPT)
		aliases[n_aliases++] = *f;
}

static void keep_mapping(struct physmap_arm64_attr_sink *sink,
			 const struct physmap_arm64_attr_finding *f)
{
	n_mappings++;
}

static struct physmap_arm64_attr_sink sink = { keep_mapping, keep_alias };

static bool covers(const struct physmap_arm64_extent *e, u64 va)
{
	return va >= e->va && va < e->va + e->size;
}

static bool told(u64 a, u64 b)
{
	unsigned int i;

	for (i = 0; i < n_aliases; i++)
		if ((covers(&aliases[i].at, a) && covers(&aliases[i].other, b)) ||
		    (covers(&aliases[i].at, b) && covers(&aliases[i].other, a)))
			return true;
	return false;
}

static bool types_differ(const struct arm64_seen *a, const struct arm64_seen *b)
{
	return *arm64_memory_conflict(&a->memory, &b->memory);
}

static bool rights_clash(const struct arm64_seen *a, const struct arm64_seen *b)
{
	return (a->write && b->exec) || (a->exec && b->write);
}

/* Every two pages of the scene's three blocks. */
static void judge_pages(const char *rule,
			bool (*conflict)(const struct arm64_seen *a,
					 const struct arm64_seen *b))
{
	u64 a, b;

	for (a = first; a < first + 3 * BLOCK && !bad; a += PAGE) {
		const struct arm64_seen x = arm64_tables_see(&t, a);

		if (!x.mapped)
			continue;
		for (b = a + PAGE; b < first + 3 * BLOCK && !bad; b += PAGE) {
			const struct arm64_seen y = arm64_tables_see(&t, b);
			const bool differ = y.mapped && x.pa == y.pa &&
					    conflict(&x, &y);

			if (differ != told(a, b))
				broken(rule, "frame %#llx at %#llx and %#llx: %s",
				       x.pa, a, b, differ ?
				       "they do not agree, and no finding says so" :
				       "a finding, and there is no conflict");
		}
	}
}

static void judge_aliases(void)
{
	struct physmap_arm64_extent room[256];
	struct physmap_arm64_extents all = { room, ARRAY_SIZE(room), 0 };

	physmap_arm64_collect(&map, &regs, first, 0, &all);
	n_aliases = 0;
	physmap_arm64_judge_types(&all, &sink);
	judge_pages("ARM-ATTR-1", types_differ);
	n_aliases = 0;
	physmap_arm64_judge_rights(&all, &sink);
	judge_pages("ARM-ATTR-4", rights_clash);
	arm64_tables_stop(&t);
}

/* A block of RAM, and its frames again, by pages of other types and rights. */
static void memory_types(bool lpa2)
{
	static const struct {
		unsigned int index, share;
	} types[] = {
		{ 0, 3 }, { 1, 3 }, { 0, 2 }, { 2, 3 }, { 3, 3 }, { 4, 3 },
		{ 5, 3 }, { 0, 0 },
	};
	const u64 ram = 64 * BLOCK;
	unsigned int i;

	begin(lpa2 ? "aliases, LPA2" : "aliases", 0x4fbb0400f044ee00 | 0xff,
	      lpa2);
	put(0, ram, 1, 0, 3);
	for (i = 0; i < ARRAY_SIZE(types); i++)
		put(BLOCK + 8 * i * PAGE, ram + 3 * i * PAGE, 0, types[i].index,
		    types[i].share);
	/* The last frames of the block, and those after it. */
	put(2 * BLOCK, ram + BLOCK - PAGE, 0, 3, 3);
	put(2 * BLOCK + PAGE, ram + BLOCK, 0, 3, 3);
	judge_aliases();
}

/* Text is executable in the image and writable in the linear map. */
static void rights(void)
{
	const u64 ram = 64 * BLOCK;
	u64 *text;

	begin("rights", 0xff, false);
	put(0, ram, 1, 0, 3);
	put(BLOCK, ram + PAGE, 0, 0, 3);
	put(BLOCK + PAGE, ram + 2 * PAGE, 0, 0, 3);
	text = arm64_tables_slot(&t, first + BLOCK, 0);
	text[0] &= ~(1ULL << 53);
	text[0] |= 1ULL << 7;
	judge_aliases();
}

/* Every byte of MAIR, in every shareability, as a page that Xen is given. */
static void shared_with_xen(void)
{
	unsigned int byte, share;

	for (byte = 0; byte < 256 && !bad; byte++)
		for (share = 0; share < 4; share++) {
			const struct arm64_memory m =
				arm64_memory_type(byte, share);
			const bool good = !strcmp(m.type, "Normal") &&
					  !strcmp(m.inner, "WB") &&
					  !strcmp(m.outer, "WB") &&
					  !strcmp(m.share, "inner");

			begin("shared with Xen", byte, false);
			put(0, 64 * BLOCK, 0, 0, share);
			n_mappings = 0;
			physmap_arm64_judge_shared(&map, &regs, first,
						   first + PAGE, &sink);
			if (good != !n_mappings)
				broken("ARM-XEN-1", "%s inner %s outer %s %s-shareable (MAIR %#x) is %s",
				       m.type, m.inner, m.outer, m.share, byte,
				       good ? "refused" : "taken");
			arm64_tables_stop(&t);
		}
}

/* Memory with a hole of a few bytes that must not be mapped, wherever. */
static void memory_cut_to_pages(void)
{
	u64 start, page, i;

	scene = "memory cut to pages";
	for (start = 2 * PAGE - 8; start <= 2 * PAGE + 8 && !bad; start += 4) {
		const u64 end = start + 3 * PAGE + 8;
		struct physmap_arm64_memory_range r[] = {
			{ .start = 0, .end = start },
			{ .start = end, .end = end + 2 * PAGE },
			{ .start = end + 2 * PAGE, .end = end + 4 * PAGE },
		};

		physmap_arm64_whole_pages(r, ARRAY_SIZE(r), PAGE);
		for (page = 0; page < 16 * PAGE; page += PAGE) {
			const bool whole = page + PAGE <= start ||
					   (page >= end &&
					    page + PAGE <= r[2].end);
			bool mapped = false;

			for (i = 0; i < ARRAY_SIZE(r); i++)
				mapped |= page >= r[i].map_start &&
					  page < r[i].map_end;
			if (mapped != whole)
				broken("ARM-ATTR-5", "no-map at %#llx-%#llx: page %#llx is %s",
				       start, end, page, mapped ?
				       "mapped" : "memory, and left out");
		}
	}
}

/* Runs all scenes. Returns true if an answer broke a rule. */
bool witness_attributes(void)
{
	static void (*const scenes[])(void) = {
		identity_maps, rights, shared_with_xen, memory_cut_to_pages,
	};
	bool any = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scenes); i++) {
		bad = false;
		scenes[i]();
		any |= bad;
	}
	for (i = 0; i < 2; i++) {
		bad = false;
		memory_types(i);
		any |= bad;
	}
	return any;
}
