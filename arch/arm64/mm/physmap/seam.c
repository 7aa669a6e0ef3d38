// SPDX-License-Identifier: GPL-2.0-only
/*
 * The seam between physmap and arm64 Linux 6.1: the one file that knows both.
 * It finds out what the machine has, turns the kernel's requests into the
 * engine's, and hands out memory for tables. Everything here that depends on
 * the kernel's version stays here.
 */
#define pr_fmt(fmt) "physmap: " fmt

#include <linux/gfp.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <asm/arch_timer.h>
#include <asm/cpufeature.h>
#include <asm/mmu_context.h>
#include <asm/pgtable.h>
#include <asm/physmap.h>
#include <asm/sections.h>
#include <physmap/linux.h>
#include <physmap/walk.h>
#include "attributes.h"
#include "seam.h"

/* The kernel has one linear map, so there is one of each of these. */
static struct physmap_arm64 geometry;
static struct physmap_map linear_map;
static struct physmap_report report;
static u64 restricted;

/* The root, where it can be written to: it is read-only in the image. */
static void *root_window;

/* Machine */

static void __init find_machine(void)
{
	/* No CPU has been compared with others yet: this one's own register. */
	const u64 mmfr0 = read_cpuid(ID_AA64MMFR0_EL1);
	const unsigned int parange = cpuid_feature_extract_unsigned_field(mmfr0,
						ID_AA64MMFR0_EL1_PARANGE_SHIFT);
	const struct physmap_arm64_machine m = {
		.regime = PHYSMAP_ARM64_EL1,
		.page_shift = PAGE_SHIFT,
		.va_bits = VA_BITS,
		.pa_bits = min_t(unsigned int, PHYS_MASK_SHIFT,
				 id_aa64mmfr0_parange_to_phys_shift(parange)),
		/* ARM-BBM-6, -8: of CPUs that are not up yet nothing is known. */
		.bbm = 0,
	};

	physmap_arm64_geometry(&geometry, &m);
}

static void print_features(struct physmap_out *out)
{
	physmap_print(out, " va=%u pa=%u%s%s%s", geometry.machine.va_bits,
		      geometry.machine.pa_bits,
		      arm64_use_ng_mappings ? " ng" : "",
		      system_supports_mte() ? " mte" : "",
		      can_set_direct_map() ? " pages-only" : "");
}

static void describe_machine(struct physmap_trace_machine *m)
{
	const struct physmap_geometry *geo = &geometry.geo;

	m->arch = PHYSMAP_TRACE_ARM64;
	m->features = 0;
	m->cpus = num_possible_cpus();
	m->pa_bits = geometry.machine.pa_bits;
	m->entry_size = geo->entry_size;
	m->levels = geo->levels;
	memcpy(m->level, geo->level, sizeof(m->level));
	m->offset = linear_map.offset;
	m->va_limit = linear_map.va_limit;
}

/*
 * Table pages. Up to Linux 6.6 the linear map is built in a table that is not
 * live, while the kernel runs on its early one, in which no RAM but the image
 * is mapped. Instead of mapping each table by itself for a moment, which costs
 * a TLBI each time, a whole chunk of them is mapped where the linear map will
 * have it: by the engine, in the early table, which is live. That table is
 * dropped as a whole, by way of the reserved one (ARM-BBM-9).
 */
#define CHUNK_PAGES	64
/* What mapping one chunk can take: two tables of each level below the root. */
#define WINDOW_TABLES	(2 * (CONFIG_PGTABLE_LEVELS - 1))

static u8 first_tables[WINDOW_TABLES][PAGE_SIZE] __aligned(PAGE_SIZE) __initdata;
static unsigned int first_taken __initdata;
static struct physmap_map early_map __initdata;
static struct physmap_report early_report __initdata;

/* Pages of the chunk that are free; some are kept for the next one's window. */
static struct {
	phys_addr_t next;
	phys_addr_t end;
} chunk __initdata;

static bool __init is_first_table(phys_addr_t pa)
{
	return pa >= __pa_symbol(first_tables) &&
	       pa < __pa_symbol(first_tables) + sizeof(first_tables);
}

static void *__init early_table(struct physmap_map *map, u64 table)
{
	if (table == map->root)
		return init_pg_dir;
	if (is_first_table(table))
		return (void *)first_tables + (table - __pa_symbol(first_tables));
	return __va(table);
}

static int __init early_alloc(struct physmap_map *map, u64 wanted, u64 *first)
{
	if (first_taken < WINDOW_TABLES) {
		*first = __pa_symbol(first_tables[first_taken++]);
		return 1;
	}
	if (chunk.next == chunk.end)
		return -ENOMEM;
	*first = chunk.next;
	chunk.next += PAGE_SIZE;
	return 1;
}

static void no_release(struct physmap_map *map, u64 table)
{
}

static bool yes(struct physmap_map *map, u64 start, u64 end)
{
	return true;
}

static u64 same(struct physmap_map *map, u64 value)
{
	return value;
}

static struct physmap_cost cost_so_far(struct physmap_map *map)
{
	const struct physmap_cost cost = {
		.cycles = read_sysreg(cntvct_el0),
	};

	return cost;
}

static const struct physmap_hooks early_hooks __initconst = {
	.name = "arm64, early",
	.leaf_levels = ~0u,
	.tails_stay = true,
	.table = early_table,
	.canonical = same,
	.machine = same,
	.alloc = early_alloc,
	.release = no_release,
	.ram = yes,
	.keep_tail = yes,
	.keeps_exec = yes,
	.write = physmap_arm64_write,
	.protect = physmap_arm64_protect,
	.link = physmap_arm64_link,
	.commit = physmap_arm64_commit,
	.flush = physmap_arm64_flush,
	.cost = cost_so_far,
};

static int __init map_chunk(phys_addr_t start, phys_addr_t end)
{
	const struct physmap_range range = {
		.start = start,
		.end = end,
		.outer_start = start,
		.outer_end = end,
		.leaf_levels = geometry.geo.leaf_levels,
		.contig = true,
	};
	struct physmap_request req = {
		.ranges = &range,
		.nr_ranges = 1,
		.policy = PHYSMAP_FINAL_ON_FRESH,
		.flusher = PHYSMAP_ENGINE_FLUSHES,
	};
	struct physmap_refusal why;

	/* As the linear map will have it (ARM-ATTR-1). */
	if (!physmap_arm64_attrs(&geometry,
				 pgprot_val(pgprot_tagged(PAGE_KERNEL)),
				 &req.attrs))
		return -EINVAL;
	early_map = linear_map;
	early_map.hooks = &early_hooks;
	early_map.root = __pa_symbol(init_pg_dir);
	early_map.live = true;
	early_map.recorder = NULL;
	return physmap_build(&early_map, &req, &early_report, &why);
}

/* As many as are wanted if there is such a stretch of memory, or fewer. */
static int __init new_chunk(u64 wanted)
{
	u64 pages = max_t(u64, wanted + WINDOW_TABLES, CHUNK_PAGES);
	phys_addr_t start = 0;
	int err;

	while (!start && pages > WINDOW_TABLES) {
		const phys_addr_t size = pages * PAGE_SIZE;

		start = memblock_phys_alloc_range(size, size >= PMD_SIZE ?
						  PMD_SIZE : PAGE_SIZE, 0,
						  MEMBLOCK_ALLOC_NOLEAKTRACE);
		if (!start)
			pages /= 2;
	}
	if (!start)
		return -ENOMEM;
	err = map_chunk(start, start + pages * PAGE_SIZE);
	if (err)
		return err;
	memblock_phys_free(chunk.next, chunk.end - chunk.next);
	chunk.next = start;
	chunk.end = start + pages * PAGE_SIZE;
	return 0;
}

static int __init boot_tables(u64 wanted, u64 *first)
{
	phys_addr_t end = chunk.end - min_t(phys_addr_t, WINDOW_TABLES * PAGE_SIZE,
					    chunk.end - chunk.next);
	unsigned int n;
	int err;

	if (chunk.next == end) {
		err = new_chunk(wanted);
		if (err)
			return err;
		end = chunk.end - WINDOW_TABLES * PAGE_SIZE;
	}
	n = min_t(u64, wanted, (end - chunk.next) / PAGE_SIZE);
	*first = chunk.next;
	chunk.next += n * PAGE_SIZE;
	return n;
}

/* Hooks of the linear map */

static void *table_memory(struct physmap_map *map, u64 table)
{
	return table == map->root ? root_window : __va(table);
}

static __ref int alloc_tables(struct physmap_map *map, u64 wanted, u64 *first)
{
	void *page = NULL;

	if (!slab_is_available())
		return boot_tables(wanted, first);
	if (!physmap_linux_refuse_table())
		page = (void *)__get_free_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	*first = __pa(page);
	return 1;
}

static void release_table(struct physmap_map *map, u64 table)
{
	/* A plan is exact, so boot has nothing to give back. */
	if (!WARN_ON_ONCE(!slab_is_available()))
		free_page((unsigned long)__va(table));
}

/* Hot-added memory is checked by whoever adds it. */
static __ref bool is_ram(struct physmap_map *map, u64 start, u64 end)
{
	return slab_is_available() ||
	       memblock_is_region_memory(start, end - start);
}

/*
 * In a running kernel the root is read-only where the image has it; the
 * kernel's own way to write there takes its lock.
 */
static int link_table(struct physmap_map *map, const struct physmap_link *link,
		      struct physmap_refusal *why)
{
	int err;

	if (link->parent != map->root || !slab_is_available())
		return physmap_arm64_link(map, link, why);
	err = physmap_arm64_before_link(map, link, why);
	if (err)
		return err;
	set_swapper_pgd(swapper_pg_dir + link->index, __pgd(link->value));
	physmap_arm64_linked(map, link);
	return 0;
}

static bool overlaps(u64 start, u64 end, u64 from, u64 to)
{
	return start < to && from < end;
}

static bool is_image(u64 start, u64 end)
{
	return overlaps(start, end, __pa_symbol(_stext),
			__pa_symbol(__init_begin));
}

static bool image_alias(struct physmap_map *map, u64 pa, u64 *va)
{
	if (pa < __pa_symbol(_text) || pa >= __pa_symbol(_end))
		return false;
	*va = pa + kimage_voffset;
	return true;
}

static const char *why_small(u64 start, u64 end)
{
	if (can_set_direct_map())
		return "single pages may be protected later (rodata=full, debug_pagealloc, KFENCE)";
	if (is_image(start, end))
		return "beside the kernel's text and rodata, which become read-only (ARM-CONT-2)";
	return "";
}

/* Taken out page by page; only asked once every page has its struct page. */
static bool taken_out(u64 start, u64 end)
{
	u64 pa;

	for (pa = start; pa < end; pa += PAGE_SIZE) {
		struct page *page = pfn_to_online_page(PFN_DOWN(pa));

		if (!page || (!is_kfence_address(page_address(page)) &&
			      page_count(page) && !PageReserved(page)))
			return false;
	}
	return true;
}

static const char *why_hole(u64 start, u64 end)
{
	if (region_intersects(start, end - start, IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) == REGION_DISJOINT)
		return "no RAM any more: taken out again";
	if (can_set_direct_map() && taken_out(start, end))
		return "free, or a guard page: taken out by debug_pagealloc or KFENCE";
	return "";
}

static const char *explain(struct physmap_map *map,
			   enum physmap_question question, u64 start, u64 end)
{
	switch (question) {
	case PHYSMAP_WHY_SMALL:
		return why_small(start, end);
	case PHYSMAP_WHY_READ_ONLY:
		return is_image(start, end) ?
		       "alias of the kernel's text and read-only data" : "";
	case PHYSMAP_WHY_HOLE:
		return why_hole(start, end);
	case PHYSMAP_WHY_EXTRA:
	case PHYSMAP_WHY_SPLIT:
	case PHYSMAP_WHY_FRAME:
	case PHYSMAP_WHY_EXEC:
		break;
	}
	return "";
}

static const struct physmap_hooks hooks = {
	.name = "arm64",
	.leaf_levels = ~0u,
	.tails_stay = true,
	.table = table_memory,
	.canonical = same,
	.machine = same,
	.alloc = alloc_tables,
	.release = release_table,
	.ram = is_ram,
	.keep_tail = yes,
	.keeps_exec = yes,
	.write = physmap_arm64_write,
	.protect = physmap_arm64_protect,
	.link = link_table,
	.commit = physmap_arm64_commit,
	.flush = physmap_arm64_flush,
	.cost = cost_so_far,
	.explain = explain,
	.alias = image_alias,
};

static void print_backend(struct physmap_out *out)
{
	physmap_print(out, "restricted: leaves=%llu\n", restricted);
}

/* Requests */

/*
 * Up to Linux 6.6 TTBR1 gets the root when all is built. With 52-bit addresses
 * the register holds more than the address of the page.
 */
static bool map_is_live(void)
{
	const u64 page = GENMASK_ULL(47, PAGE_SHIFT);

	return (read_sysreg(ttbr1_el1) & page) ==
	       (__pa_symbol(swapper_pg_dir) & page);
}

/* Where address 0 would be, or above: KASLR may move the map up, never down. */
static u64 region_start(void)
{
	return memstart_addr < 0 ? PAGE_OFFSET - PHYS_OFFSET : PAGE_OFFSET;
}

static __ref struct physmap_map *get_map(void)
{
	struct physmap_map *map = &linear_map;

	if (!map->geo) {
		const struct physmap_linux lin = {
			.map = map,
			.report = &report,
			.features = print_features,
			.backend = print_backend,
			.machine = describe_machine,
		};

		find_machine();
		*map = (struct physmap_map) {
			.geo = &geometry.geo,
			.hooks = &hooks,
			.root = __pa_symbol(swapper_pg_dir),
			.offset = PAGE_OFFSET - PHYS_OFFSET,
			.va_start = region_start(),
			.va_limit = _PAGE_END(VA_BITS_MIN),
			.recorder = physmap_linux_recorder(),
		};
		root_window = swapper_pg_dir;
		physmap_linux_register(&lin);
	}
	map->live = map_is_live();
	return map;
}

/**
 * physmap_linux_find_map() - make the map known though nothing was built
 *
 * Context: once, when the kernel's own builder has made it (physmap=off).
 * Gives back what is left of the memory for tables.
 */
void __init physmap_linux_find_map(void)
{
	get_map();
	if (chunk.next != chunk.end)
		memblock_free_late(chunk.next, chunk.end - chunk.next);
}

/**
 * physmap_linux_map() - the kernel's linear map, whoever has built it
 *
 * Context: from physmap_linux_find_map() on.
 * Return: the map.
 */
struct physmap_map *physmap_linux_map(void)
{
	return &linear_map;
}

/*
 * For a trace: what the tables hold. In boot all that is done to them between
 * builds is ours; once there are others they may have changed meanwhile.
 */
static void record_tables(struct physmap_map *map)
{
	static bool recorded;

	if (!recorded || slab_is_available())
		physmap_record_tables(map);
	recorded = true;
}

static int build(phys_addr_t start, phys_addr_t end, pgprot_t prot, bool blocks,
		 bool contig, enum physmap_policy policy,
		 struct physmap_refusal *why)
{
	struct physmap_map *map = get_map();
	const struct physmap_range range = {
		.start = start,
		.end = end,
		.outer_start = start,
		.outer_end = end,
		.leaf_levels = blocks ? geometry.geo.leaf_levels :
					PHYSMAP_LEVEL(0),
		.contig = contig,
		.source = PHYSMAP_RAM,
	};
	struct physmap_request req = {
		.ranges = &range,
		.nr_ranges = 1,
		.policy = policy,
		.flusher = PHYSMAP_ENGINE_FLUSHES,
	};

	if (!physmap_arm64_attrs(&geometry, pgprot_val(prot), &req.attrs)) {
		*why = (struct physmap_refusal) {
			.rule = "ARM-ATTR-3",
			.what = "the protection asked for has bits that would be lost",
			.pa = start,
			.va = start + map->offset,
			.error = -EINVAL,
		};
		return -EINVAL;
	}
	record_tables(map);
	return physmap_build(map, &req, &report, why);
}

/**
 * physmap_active() - does physmap build the linear map
 *
 * Return: false with physmap=off on the command line.
 */
bool physmap_active(void)
{
	return physmap_linux_on();
}

/*
 * ARM-ATTR-5: what shares a page with this memory may be what firmware has
 * said must not be mapped. Then the page is left out, and what is in it of
 * this memory is not given to anybody.
 */
static void __init leave_out(phys_addr_t start, phys_addr_t end)
{
	if (start >= end)
		return;
	pr_info("[%pa-%pa) shares a page with what is not to be mapped: left out (ARM-ATTR-5)\n",
		&start, &end);
	memblock_reserve(start, end - start);
}

/* The part of a stretch of memory that whole pages of memory make up. */
static struct physmap_arm64_memory_range __init
whole_pages(phys_addr_t start, phys_addr_t end)
{
	const phys_addr_t below = PAGE_ALIGN_DOWN(start);
	const phys_addr_t above = PAGE_ALIGN(end);
	const bool shared_below = below < start &&
				  memblock_is_map_memory(start - 1);
	const bool shared_above = end < above && memblock_is_map_memory(end);
	struct physmap_arm64_memory_range r[] = {
		{ .start = shared_below ? below : start, .end = start },
		{ .start = start, .end = end },
		{ .start = end, .end = shared_above ? above : end },
	};

	physmap_arm64_whole_pages(r, ARRAY_SIZE(r), PAGE_SIZE);
	if (!shared_below)
		leave_out(start, min_t(u64, end, r[1].map_start));
	if (!shared_above)
		leave_out(max_t(u64, start, r[1].map_end), end);
	return r[1];
}

/**
 * physmap_map_memblock() - map a stretch of memory in boot
 * @root: the root table, where it can be written to
 * @start: first byte, physical
 * @end: first one beyond
 * @prot: protection of its leaves
 * @blocks: leaves may be larger than a page
 * @contig: leaves may be put together in contiguous groups
 *
 * Only whole pages of memory are mapped (ARM-ATTR-5). A boot that cannot go on
 * panics and says where.
 *
 * Context: boot, one CPU, once memblock knows all memory.
 */
void __init physmap_map_memblock(pgd_t *root, phys_addr_t start,
				 phys_addr_t end, pgprot_t prot, bool blocks,
				 bool contig)
{
	const struct physmap_arm64_memory_range r = whole_pages(start, end);
	struct physmap_refusal why;
	char text[200];
	int err;

	if (r.map_start == r.map_end)
		return;
	get_map();
	root_window = root;
	err = build(r.map_start, r.map_end, prot, blocks, contig,
		    physmap_linux_policy(), &why);
	root_window = swapper_pg_dir;
	if (!err)
		return;
	physmap_linux_say(&why, text, sizeof(text));
	panic("physmap: cannot map [%pa-%pa): %s", &start, &end, text);
}

/**
 * physmap_protect_image() - make an alias of the kernel image read-only
 * @start: first byte, physical
 * @end: first one beyond
 *
 * What cannot be made so panics and says where.
 *
 * Context: boot, once the kernel does not patch its code through the linear map
 * any more (ARM-ATTR-4).
 */
void __init physmap_protect_image(phys_addr_t start, phys_addr_t end)
{
	struct physmap_map *map = get_map();
	struct physmap_refusal why;
	char text[200];

	/* KPTI may have made all entries non-global meanwhile. */
	record_tables(map);
	if (!physmap_restrict(map, start, end, PHYSMAP_WRITE, &restricted,
			      &why))
		return;
	physmap_linux_say(&why, text, sizeof(text));
	panic("physmap: cannot make [%pa-%pa) read-only: %s", &start, &end,
	      text);
}

/**
 * physmap_hot_add() - map hot-added memory
 * @start: first byte, physical
 * @end: first one beyond
 * @prot: protection
 * @blocks: leaves may be larger than a page
 * @contig: leaves may be put together in contiguous groups
 *
 * Entries get final attributes at once, so nothing is ever executable.
 *
 * Context: with the hot-plug lock held. Does nothing with physmap=off.
 *
 * Return: 0; -ENOMEM, or -EINVAL or -ERANGE for a bad request, and then nothing
 * was changed; -EBUSY if somebody else filled a slot meanwhile.
 */
int physmap_hot_add(phys_addr_t start, phys_addr_t end, pgprot_t prot,
		    bool blocks, bool contig)
{
	struct physmap_refusal why;
	char text[200];
	int err;

	if (!physmap_active())
		return 0;
	err = build(start, end, prot, blocks, contig, PHYSMAP_FINAL_ON_FRESH,
		    &why);
	if (err) {
		physmap_linux_say(&why, text, sizeof(text));
		pr_err("cannot hot-add [%pa-%pa): %s\n", &start, &end, text);
	}
	return err;
}
