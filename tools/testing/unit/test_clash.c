// SPDX-License-Identifier: GPL-2.0-only
/*
 * The identity-map clash planner against a painter: each slot of the address
 * space gets the colour of the lowest region with a page in it, and a load
 * address is looked up page by page. Layouts are those that Xen and Linux
 * have had, and random ones that are small enough to be gone through.
 */
#include <stdio.h>
#include <physmap/clash.h>
#include "support.h"

#define PAGE		12u
#define BLOCK		21u	/* what a table of pages covers */
#define ROOT_SLOT	39u	/* what a slot of a four-level root covers */
#define SLOTS		(1u << 20)
#define MAX_REGIONS	8

#define OTHER		PHYSMAP_REGION_OTHER
#define IMAGE		PHYSMAP_REGION_IMAGE
#define IDENTITY	PHYSMAP_REGION_IDENTITY

/* 1 + the region that a slot belongs to; the lowest paints over others. */
static u8 painted[SLOTS];

static void paint(const struct physmap_layout *l)
{
	const u64 step = 1ULL << l->leaf_shift;
	unsigned int i;
	u64 va;

	assert_true(l->va_limit >> l->slot_shift <= SLOTS);
	memset(painted, 0, sizeof(painted));
	for (i = 0; i < l->nr_regions; i++) {
		const struct physmap_region *r = &l->region[i];

		/* Above what the tables translate nothing can be met. */
		for (va = r->start & ~(step - 1); va < l->va_limit &&
		     (!r->end || va < r->end); va += step) {
			u8 *slot = &painted[va >> l->slot_shift];

			if (!*slot || l->region[*slot - 1].start > r->start)
				*slot = i + 1;
		}
	}
}

static bool page_is_identity(const struct physmap_region *r, u64 page)
{
	return r->kind == IDENTITY && page >= r->start &&
	       (!r->end || page < r->end);
}

/* Is each page of [@pa, @pa + @size) in the same 1:1 region? */
static bool brute_present(const struct physmap_layout *l, u64 pa, u64 size,
			  unsigned int *region)
{
	unsigned int i;
	u64 page;

	for (i = 0; i < l->nr_regions; i++) {
		for (page = pa; page < pa + size; page += 4 * KB)
			if (!page_is_identity(&l->region[i], page))
				break;
		if (page >= pa + size) {
			*region = i;
			return true;
		}
	}
	return false;
}

static enum physmap_clash_verdict brute(const struct physmap_layout *l, u64 pa,
					u64 size, unsigned int *region)
{
	unsigned int lowest = MAX_REGIONS;
	u64 page;

	for (page = pa; page < pa + size; page += 4 * KB)
		if (page >= l->va_limit)
			return PHYSMAP_CLASH_LIMIT;
	if (brute_present(l, pa, size, region))
		return PHYSMAP_CLASH_PRESENT;
	for (page = pa; page < pa + size; page += 4 * KB) {
		const unsigned int colour = painted[page >> l->slot_shift];

		if (!colour)
			continue;
		if (lowest == MAX_REGIONS || l->region[colour - 1].start <
					     l->region[lowest].start)
			lowest = colour - 1;
	}
	*region = lowest;
	return lowest == MAX_REGIONS ? PHYSMAP_CLASH_FREE :
				       PHYSMAP_CLASH_REGION;
}

static void compare(const struct physmap_layout *l, u64 pa, u64 size)
{
	const struct physmap_clash c = physmap_clash(l, pa, size);
	const u64 leaf = 1ULL << l->leaf_shift;
	unsigned int region = 0;

	if (c.verdict != brute(l, pa, size, &region))
		fail_msg("%#llx: verdict %d", pa, c.verdict);
	if (c.verdict == PHYSMAP_CLASH_LIMIT) {
		assert_string_equal(c.rule, "ARM-MMU-8");
		assert_false(c.null);
		return;
	}
	/* The first and the last leaf that code is in, and no others. */
	assert_true(c.mapped.start <= pa && pa - c.mapped.start < leaf);
	assert_true(c.mapped.end >= pa + size && c.mapped.end - pa - size < leaf);
	assert_int_equal(c.null, pa < leaf);
	if (c.verdict == PHYSMAP_CLASH_FREE)
		return;
	if (c.region.start != l->region[region].start)
		fail_msg("%#llx: %s is told, not %s", pa, c.region.name,
			 l->region[region].name);
	if (c.verdict == PHYSMAP_CLASH_REGION)
		assert_string_equal(c.rule, c.region.kind == IMAGE ?
				    "ARM-MMU-7" : "ARM-MMU-6");
}

/* Every page-aligned address in [@start, @end). */
static void sweep(const struct physmap_layout *l, u64 start, u64 end, u64 size)
{
	u64 pa;

	for (pa = start; pa < end; pa += 4 * KB)
		compare(l, pa, size);
}

/* Xen as it boots, linked to 2M: its first page is mapped 1:1 by own tables. */
static struct physmap_clash xen_boot(u64 load, u64 image_size)
{
	const struct physmap_region image = {
		.name = "image", .kind = load == 2 * MB ? IDENTITY : IMAGE,
		.start = 2 * MB, .end = 2 * MB + image_size,
	};
	const struct physmap_layout layout = {
		.region = &image, .nr_regions = 1, .va_limit = 1ULL << 48,
		.leaf_shift = PAGE, .slot_shift = BLOCK,
	};

	return physmap_clash(&layout, load, 4 * KB);
}

static void xen_cannot_be_loaded_from_2m_4k_to_4m(void **state)
{
	u64 load;

	for (load = 0; load < 4 * GB; load += 4 * KB) {
		const bool clash = load > 2 * MB && load < 4 * MB;
		const struct physmap_clash c = xen_boot(load, 2 * MB);

		assert_int_equal(c.verdict,
				 clash ? PHYSMAP_CLASH_REGION :
				 load == 2 * MB ? PHYSMAP_CLASH_PRESENT :
				 PHYSMAP_CLASH_FREE);
		if (clash)
			assert_string_equal(c.rule, "ARM-MMU-7");
		assert_int_equal(c.null, !load);
	}
}

static void a_larger_image_clashes_in_a_larger_range(void **state)
{
	u64 load;

	for (load = 0; load < 16 * MB; load += 4 * KB)
		assert_int_equal(xen_boot(load, 2 * MB + 300 * KB).verdict,
				 load > 2 * MB && load < 6 * MB ?
				 PHYSMAP_CLASH_REGION : load == 2 * MB ?
				 PHYSMAP_CLASH_PRESENT : PHYSMAP_CLASH_FREE);
}

/* Xen with its layout up to 4.17, once it has set up its memory. */
static const struct physmap_region xen_old[] = {
	{ "VMAP", OTHER, 1 * GB, 2 * GB },
	{ "image", IMAGE, 2 * MB, 4 * MB },
	{ "fixmap", OTHER, 4 * MB, 6 * MB },
	{ "boot FDT", OTHER, 6 * MB, 10 * MB },
	{ "frametable", OTHER, 32 * GB, 64 * GB },
};

static void xen_as_it_was(void **state)
{
	struct physmap_layout l = {
		.region = xen_old, .nr_regions = ARRAY_SIZE(xen_old),
		.va_limit = 128 * GB, .leaf_shift = PAGE, .slot_shift = BLOCK,
	};

	paint(&l);
	sweep(&l, 0, 3 * GB, 4 * KB);
	sweep(&l, 31 * GB, 33 * GB, 12 * KB);
	sweep(&l, 63 * GB, 65 * GB, 2 * MB + 4 * KB);
	sweep(&l, 128 * GB - 16 * MB, 128 * GB + 16 * MB, 12 * KB);
	/* Pages go into the tables that are there. */
	l.va_limit = 4 * GB;
	l.slot_shift = PAGE;
	paint(&l);
	sweep(&l, 0, 4 * GB, 4 * KB);
	/* Blocks of 2M: the page before the image takes all of it. */
	l.leaf_shift = BLOCK;
	l.slot_shift = BLOCK;
	paint(&l);
	sweep(&l, 0, 4 * GB, 12 * KB);
}

/* Xen since: root slots 0 to 19 are for nothing else. */
#define SLOT(n)		((u64)(n) << ROOT_SLOT)

static const struct physmap_region xen_new[] = {
	{ "image", IMAGE, SLOT(20) + 2 * MB, SLOT(20) + 10 * MB },
	{ "fixmap", OTHER, SLOT(20) + 10 * MB, SLOT(20) + 12 * MB },
	{ "boot FDT", OTHER, SLOT(20) + 12 * MB, SLOT(20) + 16 * MB },
	{ "VMAP", OTHER, SLOT(20) + 1 * GB, SLOT(20) + 2 * GB },
	{ "frametable", OTHER, SLOT(20) + 32 * GB, SLOT(20) + 64 * GB },
	{ "directmap", OTHER, SLOT(256), SLOT(266) },
};

static void xen_as_it_is(void **state)
{
	struct physmap_layout l = {
		.region = xen_new, .nr_regions = ARRAY_SIZE(xen_new),
		.va_limit = 1ULL << 48, .leaf_shift = PAGE,
		.slot_shift = ROOT_SLOT,
	};
	unsigned int slot;
	u64 pa;

	for (slot = 0; slot < 24; slot++) {
		const u64 first = slot ? SLOT(slot) - 8 * MB : 0;

		for (pa = first; pa < SLOT(slot) + 8 * MB; pa += 4 * KB)
			assert_int_equal(physmap_clash(&l, pa, 4 * KB).verdict,
					 pa >= SLOT(20) && pa < SLOT(21) ?
					 PHYSMAP_CLASH_REGION :
					 PHYSMAP_CLASH_FREE);
	}
	/* The last page below 10T: a page more of code, and it clashes. */
	assert_int_equal(physmap_clash(&l, SLOT(20) - 4 * KB, 8 * KB).verdict,
			 PHYSMAP_CLASH_REGION);
	/* With the slot's own tables only what is in use is in the way. */
	l.slot_shift = PAGE;
	for (pa = SLOT(20); pa < SLOT(20) + 4 * GB; pa += 4 * KB) {
		const u64 at = pa - SLOT(20);
		const bool used = (at >= 2 * MB && at < 16 * MB) ||
				  (at >= 1 * GB && at < 2 * GB);

		assert_int_equal(physmap_clash(&l, pa, 4 * KB).verdict, used ?
				 PHYSMAP_CLASH_REGION : PHYSMAP_CLASH_FREE);
	}
}

/* One table root for all, as EL2 has it without VHE, in 39 bits of address. */
static void one_root_for_all(void **state)
{
	static const struct physmap_region regions[] = {
		{ "linear map", OTHER, 256 * GB, 512 * GB },
		{ "image", IMAGE, 128 * GB + 512 * KB, 128 * GB + 24 * MB },
		{ "vectors", OTHER, 64 * GB - 4 * KB, 64 * GB },
		{ "1:1 console", IDENTITY, 144 * MB, 144 * MB + 64 * KB },
	};
	static const u64 near[] = { 0, 144 * MB, 64 * GB, 128 * GB, 256 * GB };
	struct physmap_layout l = {
		.region = regions, .nr_regions = ARRAY_SIZE(regions),
		.va_limit = 512 * GB, .leaf_shift = PAGE, .slot_shift = BLOCK,
	};
	unsigned int i;

	paint(&l);
	for (i = 0; i < ARRAY_SIZE(near); i++)
		sweep(&l, near[i] > 64 * MB ? near[i] - 64 * MB : 0,
		      near[i] + 64 * MB, 20 * KB);
	sweep(&l, 512 * GB - 4 * MB, 512 * GB + 4 * MB, 20 * KB);
}

/* TTBR0 has the identity map to itself, but addresses may be too few. */
static void a_root_of_its_own_has_a_limit_only(void **state)
{
	static const struct physmap_region upper = {
		"kernel", OTHER, 0xffff000000000000, 0,
	};
	static const struct physmap_span memory[] = {
		{ 600 * GB, 700 * GB }, { 1 * GB, 2 * GB },
	};
	const struct physmap_layout l = {
		.region = &upper, .nr_regions = 1, .va_limit = 512 * GB,
		.leaf_shift = PAGE, .slot_shift = ROOT_SLOT - 9,
	};
	struct physmap_span window;
	u64 pa;

	for (pa = 512 * GB - 8 * MB; pa < 512 * GB + 8 * MB; pa += 4 * KB)
		assert_int_equal(physmap_clash(&l, pa, 8 * KB).verdict,
				 pa > 512 * GB - 8 * KB ? PHYSMAP_CLASH_LIMIT :
				 PHYSMAP_CLASH_FREE);
	assert_int_equal(physmap_clash(&l, -4096ULL, 8 * KB).verdict,
			 PHYSMAP_CLASH_LIMIT);
	assert_false(physmap_clash_window(&l, 8 * KB, memory, 1, &window));
	assert_true(physmap_clash_window(&l, 8 * KB, memory, 2, &window));
	assert_int_equal(window.start, 1 * GB);
	assert_int_equal(window.end, 1 * GB + 8 * KB);
}

static void a_region_up_to_the_last_address_is_in_the_way(void **state)
{
	static const struct physmap_region all = { "all", OTHER, 1 * GB, 0 };
	static const struct physmap_span memory = { 1 * GB, 8 * GB };
	const struct physmap_layout l = {
		.region = &all, .nr_regions = 1, .va_limit = 512 * GB,
		.leaf_shift = PAGE, .slot_shift = PAGE,
	};
	struct physmap_span window;

	assert_int_equal(physmap_clash(&l, GB - 4 * KB, 4 * KB).verdict,
			 PHYSMAP_CLASH_FREE);
	assert_int_equal(physmap_clash(&l, GB - 4 * KB, 8 * KB).verdict,
			 PHYSMAP_CLASH_REGION);
	assert_false(physmap_clash_window(&l, 4 * KB, &memory, 1, &window));
}

/* The block around a page is what code maps, not the page. */
static void a_block_maps_more_than_its_code(void **state)
{
	static const struct physmap_region fixmap = {
		"fixmap", OTHER, 4 * MB - 4 * KB, 4 * MB,
	};
	struct physmap_layout l = {
		.region = &fixmap, .nr_regions = 1, .va_limit = 512 * GB,
		.leaf_shift = PAGE, .slot_shift = PAGE,
	};
	struct physmap_clash c = physmap_clash(&l, 2 * MB, 4 * KB);

	assert_int_equal(c.verdict, PHYSMAP_CLASH_FREE);
	l.leaf_shift = BLOCK;
	c = physmap_clash(&l, 2 * MB, 4 * KB);
	assert_int_equal(c.verdict, PHYSMAP_CLASH_REGION);
	c = physmap_clash(&l, 64 * KB, 4 * KB);
	assert_int_equal(c.verdict, PHYSMAP_CLASH_FREE);
	assert_true(c.null);
}

static void a_window_is_never_at_address_0(void **state)
{
	static const struct physmap_span memory = { 0, 4 * MB };
	static const struct physmap_region nothing;
	struct physmap_layout l = {
		.region = &nothing, .va_limit = 512 * GB,
		.leaf_shift = PAGE, .slot_shift = BLOCK,
	};
	struct physmap_span window;

	assert_true(physmap_clash_window(&l, 64, &memory, 1, &window));
	assert_int_equal(window.start, 4 * KB);
	assert_int_equal(window.end, 8 * KB);
	l.leaf_shift = BLOCK;
	assert_true(physmap_clash_window(&l, 64, &memory, 1, &window));
	assert_int_equal(window.start, 2 * MB);
	assert_int_equal(window.end, 4 * MB);
	/* More than the memory is, or than there are addresses. */
	assert_false(physmap_clash_window(&l, 4 * MB, &memory, 1, &window));
	assert_int_equal(physmap_clash(&l, 0, 1024 * GB).verdict,
			 PHYSMAP_CLASH_LIMIT);
}

/* The lowest window by trying every place for it, the slow way. */
static bool brute_window(const struct physmap_layout *l, u64 size,
			 const struct physmap_span *memory, unsigned int nr,
			 u64 *start)
{
	const u64 leaf = 1ULL << l->leaf_shift;
	unsigned int i, region;
	u64 pa, need = leaf;

	while (need < size)
		need += leaf;
	for (i = 0; i < nr; i++)
		for (pa = leaf; pa + need <= memory[i].end; pa += leaf)
			if (pa >= memory[i].start &&
			    brute(l, pa, need, &region) == PHYSMAP_CLASH_FREE) {
				*start = pa;
				return true;
			}
	return false;
}

static void compare_window(const struct physmap_layout *l, u64 size)
{
	struct physmap_span memory[3], window;
	unsigned int i;
	bool found;
	u64 start;

	for (i = 0; i < ARRAY_SIZE(memory); i++) {
		memory[i].start = random_below(l->va_limit);
		memory[i].end = memory[i].start + random_below(MB / 4);
	}
	found = physmap_clash_window(l, size, memory, ARRAY_SIZE(memory),
				     &window);
	assert_int_equal(found, brute_window(l, size, memory,
					     ARRAY_SIZE(memory), &start));
	if (!found)
		return;
	assert_int_equal(window.start, start);
	assert_true(window.end - start >= size);
	assert_int_equal(physmap_clash(l, start, window.end - start).verdict,
			 PHYSMAP_CLASH_FREE);
}

/* 256 pages of address space, slots of a few pages, anything in use. */
static void every_address_of_small_random_layouts(void **state)
{
	struct physmap_region regions[MAX_REGIONS];
	unsigned int n, i;
	u64 windows = 0;

	seed_random();
	for (n = 0; n < 2000; n++) {
		struct physmap_layout l = {
			.region = regions,
			.nr_regions = random_below(MAX_REGIONS),
			.va_limit = MB,
			.leaf_shift = PAGE + random_below(3),
		};

		l.slot_shift = l.leaf_shift + random_below(3);
		for (i = 0; i < l.nr_regions; i++) {
			struct physmap_region *r = &regions[i];
			const u64 page = random_below(256);

			r->name = "some";
			r->kind = random_below(3);
			r->start = page * 4 * KB;
			r->end = (page + 1 + random_below(24)) * 4 * KB;
		}
		paint(&l);
		sweep(&l, 0, MB + 16 * KB, (1 + random_below(20)) * 4 * KB);
		for (i = 0; i < 8; i++, windows++)
			compare_window(&l, (1 + random_below(12)) * 4 * KB);
	}
	assert_int_equal(windows, 16000);
}

/* What a person reads. */
static char said[512];

static void say(struct physmap_out *out, const char *fmt, va_list args)
{
	const size_t n = strlen(said);

	vsnprintf(said + n, sizeof(said) - n, fmt, args);
}

static void reads(struct physmap_clash c, const char *text)
{
	struct physmap_out out = { say };

	*said = '\0';
	physmap_print_clash(&out, &c);
	assert_string_equal(said, text);
}

static void each_answer_is_a_line(void **state)
{
	static const struct physmap_region nothing;
	const struct physmap_layout l = {
		.region = &nothing, .va_limit = 512 * GB,
		.leaf_shift = PAGE, .slot_shift = PAGE,
	};

	reads(xen_boot(3 * MB, 2 * MB), "ARM-MMU-7: identity map of 0x300000-0x301000: takes 0x200000-0x400000, where image is at 0x200000-0x400000\n");
	reads(xen_boot(2 * MB, 2 * MB), "ARM-BBM-10: identity map of 0x200000-0x201000: there already, in image at 0x200000-0x400000\n");
	reads(physmap_clash(&l, 0, 4 * KB), "ARM-MMU-6: identity map of 0-0x1000: free; it maps address 0\n");
	reads(physmap_clash(&l, 512 * GB, 4 * KB), "ARM-MMU-8: identity map of 0x8000000000-0x8000001000: the tables do not translate that far\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		HOLDS("Xen linked to 2M cannot be loaded from 2M + 4K to 4M",
		      xen_cannot_be_loaded_from_2m_4k_to_4m),
		HOLDS("A larger image clashes in a larger range",
		      a_larger_image_clashes_in_a_larger_range),
		HOLDS("Xen's layout up to 4.17, at every page",
		      xen_as_it_was),
		HOLDS("Xen's layout since: free below 10 TiB", xen_as_it_is),
		HOLDS("One root for all, at every page near its regions",
		      one_root_for_all),
		HOLDS("A root of its own has a limit only",
		      a_root_of_its_own_has_a_limit_only),
		HOLDS("A region up to the last address is in the way",
		      a_region_up_to_the_last_address_is_in_the_way),
		HOLDS("A block maps more than its code",
		      a_block_maps_more_than_its_code),
		HOLDS("A window is never at address 0",
		      a_window_is_never_at_address_0),
		HOLDS("Every address of small random layouts, and windows",
		      every_address_of_small_random_layouts),
		HOLDS("Each answer is a line", each_answer_is_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
