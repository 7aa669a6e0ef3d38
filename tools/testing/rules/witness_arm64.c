// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scenes on simulated arm64 machines: the engine and the arm64 backend
 * through boots, live maps, hot-adds, splits and refusals, for every granule
 * and both regimes; and, by hand, what a kernel does to its linear map later,
 * one step at a time, with break-before-make where that is wanted. Those steps
 * are here so that a mutant can leave one out.
 */
#include <errno.h>
#include <stdio.h>
#include <physmap/request.h>
#include "arm64_machine.h"
#include "witness.h"

#define KB	1024ULL
#define MB	(1024 * KB)
#define GB	(1024 * MB)
#define TB	(1024 * GB)
#define PAGES	PHYSMAP_LEVEL(0)
#define BLOCKS	(PAGES | PHYSMAP_LEVEL(1) | PHYSMAP_LEVEL(2))
#define DATA	(PHYSMAP_WRITE | PHYSMAP_GLOBAL)

/* Descriptors as the Arm ARM has them, not as the geometry makes them. */
#define BLOCK	0x1ULL
#define PAGE	0x3ULL
#define DEVICE	(3ULL << 2)	/* Linux' index for Normal-NC */
#define READ_ONLY (1ULL << 7)
#define INNER	(3ULL << 8)
#define AF	(1ULL << 10)
#define NG	(1ULL << 11)
#define NT	(1ULL << 16)
#define CONT	(1ULL << 52)
#define PXN	(1ULL << 53)
#define UXN	(1ULL << 54)
#define RAM	(AF | INNER | PXN | UXN)

/* RAM begins here, and table pages lie far from what is mapped. */
#define BASE		GB
#define TABLES_FROM	(32 * GB)

static struct model_arm64 a;
static struct physmap_map *const map = &a.m.map;
static struct physmap_report report;
static struct judge judge;

static const struct physmap_arm64_machine a48 = {
	.page_shift = 12, .va_bits = 48, .pa_bits = 48,
};

/* Every kind of map that Linux has. */
static const struct {
	const char *name;
	struct physmap_arm64_machine machine;
	u32 attrs;
	bool contig;
} kinds[] = {
	{ "4K, 39 bits", { .page_shift = 12, .va_bits = 39, .pa_bits = 40 },
	  DATA, false },
	{ "4K, 48 bits, contiguous",
	  { .page_shift = 12, .va_bits = 48, .pa_bits = 48 }, DATA, true },
	{ "4K, 48 bits, not global (KPTI)",
	  { .page_shift = 12, .va_bits = 48, .pa_bits = 48 },
	  PHYSMAP_WRITE, true },
	{ "4K, LPA2, contiguous",
	  { .page_shift = 12, .va_bits = 52, .pa_bits = 52, .lpa2 = true },
	  DATA, true },
	{ "4K, EL2", { .regime = PHYSMAP_ARM64_EL2, .page_shift = 12,
	  .va_bits = 48, .pa_bits = 48 }, DATA, true },
	{ "16K, 36 bits", { .page_shift = 14, .va_bits = 36, .pa_bits = 40 },
	  DATA, false },
	{ "16K, 47 bits, contiguous",
	  { .page_shift = 14, .va_bits = 47, .pa_bits = 48 }, DATA, true },
	{ "16K, 48 bits", { .page_shift = 14, .va_bits = 48, .pa_bits = 48 },
	  DATA, false },
	{ "16K, LPA2", { .page_shift = 14, .va_bits = 52, .pa_bits = 52,
	  .lpa2 = true }, DATA, false },
	{ "64K, 42 bits", { .page_shift = 16, .va_bits = 42, .pa_bits = 48 },
	  DATA, false },
	{ "64K, 48 bits, contiguous",
	  { .page_shift = 16, .va_bits = 48, .pa_bits = 48 }, DATA, true },
	{ "64K, 52 bits, contiguous, not global",
	  { .page_shift = 16, .va_bits = 52, .pa_bits = 52 },
	  PHYSMAP_WRITE, true },
	{ "4K, FEAT_BBM level 3, contiguous", { .page_shift = 12, .va_bits = 48,
	  .pa_bits = 48, .bbm = 3 }, DATA, true },
};

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

/* The processor of a judge is described anew, not taken from the engine. */
static void begin(const char *name, const struct physmap_arm64_machine *arm64,
		  unsigned int cpus, bool live)
{
	struct judge_machine machine;

	scene = name;
	report = (struct physmap_report) { };
	model_arm64_start(&a, arm64, BASE, TABLES_FROM);
	map->live = live;
	judge_machine_arm64(&machine, arm64->page_shift, arm64->va_bits);
	machine.pa_bits = arm64->pa_bits;
	machine.lpa2 = arm64->lpa2;
	machine.el2 = arm64->regime == PHYSMAP_ARM64_EL2;
	machine.pcid = !machine.el2;
	machine.bbm = arm64->bbm;
	machine.cpus = cpus;
	judge_start(&judge, &machine);
	judge.heard = heard;
}

static void look(void)
{
	map->recorder = &judge.recorder;
	physmap_record_tables(map);
}

static void end(void)
{
	judge_finish(&judge);
	judge_stop(&judge);
	model_arm64_stop(&a);
}

static u64 va_of(u64 pa)
{
	return pa + map->offset;
}

static u64 *slot(u64 pa, unsigned int level)
{
	return model_arm64_slot(&a, va_of(pa), level);
}

/* What a scene asks for. */
struct want {
	u64 start;
	u64 end;
	u32 sizes;
	bool contig;
	u32 attrs;
	enum physmap_policy policy;
};

static int ask(const struct want *w)
{
	const struct physmap_range range = {
		.start = w->start, .end = w->end,
		.outer_start = w->start, .outer_end = w->end,
		.leaf_levels = w->sizes, .contig = w->contig,
	};
	const struct physmap_request req = {
		.ranges = &range, .nr_ranges = 1,
		.attrs = w->attrs, .policy = w->policy,
		.flusher = PHYSMAP_ENGINE_FLUSHES,
	};
	struct physmap_refusal why;

	return physmap_build(map, &req, &report, &why);
}

static void build(const struct want *w)
{
	expect(!ask(w), "the build was refused");
}

static void build_part(struct want w, u64 start, u64 end)
{
	w.start = start;
	w.end = end;
	build(&w);
}

/* Memory as it lies on boards: pieces that begin and end in the middle. */
static void build_all(const struct want *w, u64 page)
{
	build_part(*w, BASE, BASE + 2 * MB);
	build_part(*w, BASE + 2 * MB, BASE + 130 * MB + 3 * page);
	build_part(*w, BASE + 130 * MB + 5 * page, BASE + 196 * MB);
	build_part(*w, BASE + GB, BASE + 3 * GB + 7 * page);
	/* Between what is there, and over it. */
	build_part(*w, BASE + 130 * MB, BASE + 200 * MB);
}

static void maps(bool live, enum physmap_policy policy, const char *what)
{
	char name[100];
	unsigned int i;

	for (i = 0; i < KINDS; i++) {
		const u64 page = BIT_ULL(kinds[i].machine.page_shift);
		struct want w = {
			.sizes = BLOCKS, .contig = kinds[i].contig,
			.attrs = kinds[i].attrs, .policy = policy,
		};

		snprintf(name, sizeof(name), "arm64 %s, %s", what,
			 kinds[i].name);
		begin(name, &kinds[i].machine, 4, live);
		look();
		build_all(&w, page);
		w.sizes = PAGES;
		build_part(w, BASE + 4 * GB, BASE + 4 * GB + 37 * page);
		build_part(w, BASE + 4 * GB + 37 * page, BASE + 4 * GB + 70 * MB);
		end();
	}
}

/* Addresses of which the top bits lie apart. */
static void high_memory(void)
{
	static const struct physmap_arm64_machine machines[] = {
		{ .page_shift = 12, .va_bits = 52, .pa_bits = 52, .lpa2 = true },
		{ .page_shift = 14, .va_bits = 52, .pa_bits = 52, .lpa2 = true },
		{ .page_shift = 16, .va_bits = 52, .pa_bits = 52 },
	};
	struct want w = {
		.sizes = BLOCKS, .contig = true, .attrs = DATA,
		.policy = PHYSMAP_TWO_PASS,
	};
	unsigned int i;

	for (i = 0; i < 3; i++) {
		const u64 edge = i == 2 ? 256 * TB : 1024 * TB;

		begin("arm64, where address bits lie apart", &machines[i], 2,
		      true);
		look();
		build_part(w, edge - 96 * MB, edge + 66 * MB);
		end();
	}
}

/* Beyond what an entry can address nothing may be mapped. */
static void too_high(void)
{
	const struct physmap_arm64_machine small = {
		.page_shift = 12, .va_bits = 48, .pa_bits = 40,
	};
	const struct want w = {
		.start = TB - 2 * MB, .end = TB + 2 * MB, .sizes = BLOCKS,
		.attrs = DATA, .policy = PHYSMAP_TWO_PASS,
	};

	begin("arm64, beyond the physical addresses", &small, 2, true);
	look();
	expect(ask(&w) == -ERANGE, "the build was not refused");
	end();
}

/* A live block is to become pages: that depends on the processor. */
static void split(const char *name, unsigned int bbm, u64 bits, int result)
{
	struct physmap_arm64_machine machine = a48;
	const struct want w = {
		.start = BASE, .end = BASE + 4 * MB, .sizes = PAGES,
		.attrs = DATA, .policy = PHYSMAP_TWO_PASS,
	};

	machine.bbm = bbm;
	begin(name, &machine, 4, true);
	*slot(BASE, 1) = BASE | RAM | BLOCK | bits;
	look();
	expect(ask(&w) == result, "the split did not end as it should");
	end();
}

static void splits(void)
{
	split("arm64, live split", 0, 0, -EPERM);
	split("arm64, live split, FEAT_BBM level 1", 1, 0, -EPERM);
	split("arm64, live split, FEAT_BBM level 1, nT", 1, NT, 0);
	split("arm64, live split, FEAT_BBM level 2", 2, 0, -EPERM);
	split("arm64, live split, FEAT_BBM level 3", 3, 0, 0);
}

/* What is there stays: other frames, types, rights, groups; and in tables. */
static void kept_entries(void)
{
	const u64 page = 4 * KB;
	struct want w = {
		.start = BASE, .end = BASE + 64 * MB, .sizes = BLOCKS,
		.contig = true, .attrs = DATA, .policy = PHYSMAP_TWO_PASS,
	};
	unsigned int i;

	begin("arm64, kept entries", &a48, 4, true);
	*slot(BASE, 1) = (BASE + 64 * MB) | RAM | BLOCK;
	*slot(BASE + 2 * MB, 1) = (BASE + 2 * MB) | RAM | READ_ONLY | BLOCK;
	for (i = 0; i < 512; i += 19)
		*slot(BASE + 4 * MB + i * page, 0) =
			(BASE + 4 * MB + i * page) | RAM | PAGE;
	for (i = 0; i < 16; i++)
		*slot(BASE + 6 * MB + i * page, 0) =
			(BASE + 6 * MB + i * page) | RAM | CONT | PAGE;
	*slot(BASE + 8 * MB, 0) = (BASE + 8 * MB) | RAM | DEVICE | NG | PAGE;
	look();
	build(&w);
	w.policy = PHYSMAP_FINAL_ON_FRESH;
	build_part(w, BASE + 64 * MB, BASE + 128 * MB);
	end();
}

/* Rights are taken from leaves that stand: the alias of the kernel's text. */
static void restricts(bool live)
{
	const u64 text = BASE + 2 * MB;
	const struct want w = {
		.start = BASE, .end = text, .sizes = BLOCKS, .contig = true,
		.attrs = DATA, .policy = PHYSMAP_TWO_PASS,
	};
	struct want alias = w;
	struct physmap_refusal why;
	u64 changed;

	begin("arm64, rights taken from what stands", &a48, 4, live);
	look();
	build(&w);
	alias.contig = false;
	build_part(alias, text, text + 4 * MB + 12 * KB);
	build_part(w, text + 4 * MB + 64 * KB, text + 4 * MB + 192 * KB);
	/* As a kernel that records anew once it runs. */
	if (live)
		physmap_record_tables(map);
	expect(!physmap_restrict(map, text, text + 4 * MB + 12 * KB,
				 PHYSMAP_WRITE, &changed, &why) && changed == 5,
	       "two blocks and three pages did not lose a right");
	expect(physmap_restrict(map, text + 4 * MB + 64 * KB,
				text + 4 * MB + 68 * KB, PHYSMAP_WRITE,
				&changed, &why) == -EINVAL,
	       "a part of a group was not refused");
	expect(!live || physmap_restrict(map, text + 4 * MB + 64 * KB,
					 text + 4 * MB + 128 * KB, PHYSMAP_WRITE,
					 &changed, &why) == -EPERM,
	       "a live group was not refused");
	end();
}

/* Leftovers beyond a request that are no RAM are cleared, where asked for. */
static void tails(void)
{
	const struct want w = {
		.start = BASE + 2 * MB, .end = BASE + 3 * MB, .sizes = PAGES,
		.attrs = DATA, .policy = PHYSMAP_TWO_PASS,
	};

	begin("arm64, tails", &a48, 2, true);
	a.m.ram[0].start = BASE;
	a.m.ram[0].end = BASE + 3 * MB;
	*slot(BASE + 3 * MB, 0) = (BASE + 3 * MB) | RAM | PAGE;
	*slot(BASE + 3 * MB + 64 * KB, 0) =
		(BASE + 3 * MB + 64 * KB) | RAM | PAGE;
	look();
	build(&w);
	end();
}

/* Each hook refuses once; the same request then completes the map. */
static void resumes(bool live)
{
	struct want w = {
		.start = BASE + 4 * KB, .end = BASE + 40 * MB + 8 * KB,
		.sizes = BLOCKS, .contig = true, .attrs = DATA,
		.policy = PHYSMAP_TWO_PASS,
	};
	u64 k;

	for (k = 1; k < 14; k++) {
		begin("arm64, resumed", &a48, 4, live);
		*slot(BASE + 64 * MB, 1) = (BASE + 64 * MB) | RAM | BLOCK;
		a.m.refuse_at = k;
		look();
		ask(&w);
		build(&w);
		end();
	}
}

/*
 * By hand. What a kernel does to pages of its linear map later, in the terms of
 * the machine, as a build of its own that is about another page.
 */

static void by_hand(unsigned int level, u64 pa, u64 raw)
{
	const struct model_arm64_translation t =
		model_arm64_walk(&a.m.mem, &a.cpu, va_of(pa), level);
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_STORE, .detail = 8, .level = level,
		.index = t.index, .count = 1, .table = t.table,
		.va = va_of(pa), .value = raw,
	};

	((u64 *)model_page(&a.m.mem, t.table))[t.index] = raw;
	physmap_record(map, &e);
}

static void barrier(unsigned int which)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_BARRIER, .detail = which,
	};

	physmap_record(map, &e);
}

static void tlbi(unsigned int detail, u64 pa)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_FLUSH, .detail = detail, .va = va_of(pa),
	};

	physmap_record(map, &e);
}

/* After entries were made invalid, or lost a right. */
static void invalidate(unsigned int what, u64 pa)
{
	barrier(PHYSMAP_BARRIER_DSB_ISHST);
	tlbi(what | PHYSMAP_FLUSH_EVERY_CPU, pa);
	barrier(PHYSMAP_BARRIER_DSB_ISH);
	barrier(PHYSMAP_BARRIER_ISB);
}

/* After entries were made valid. */
static void publish(void)
{
	barrier(PHYSMAP_BARRIER_DSB_ISHST);
	barrier(PHYSMAP_BARRIER_ISB);
}

/* A live map of pages from BASE on, a block and a group; then by hand. */
static void begin_by_hand(const char *name, unsigned int bbm, unsigned int cpus)
{
	struct physmap_arm64_machine machine = a48;
	struct want w = {
		.sizes = PAGES, .attrs = PHYSMAP_WRITE,
		.policy = PHYSMAP_FINAL_ON_FRESH,
	};
	struct physmap_event e = {
		.kind = PHYSMAP_EVENT_BUILD, .detail = PHYSMAP_BUILD_LIVE,
		.count = 1, .step = PHYSMAP_WRITE,
	};

	machine.bbm = bbm;
	begin(name, &machine, cpus, true);
	look();
	build_part(w, BASE, BASE + 2 * MB);
	w.contig = true;
	build_part(w, BASE + 2 * MB, BASE + 2 * MB + 128 * KB);
	w.sizes = BLOCKS;
	build_part(w, BASE + 4 * MB, BASE + 8 * MB);
	e.va = va_of(BASE + 2 * MB - 4 * KB);
	e.value = va_of(BASE + 2 * MB);
	physmap_record(map, &e);
}

static void end_by_hand(void)
{
	const struct physmap_event e = { .kind = PHYSMAP_EVENT_DONE };

	physmap_record(map, &e);
	end();
}

/* A page gets another memory type, and one another frame. */
static void remaps(unsigned int bbm)
{
	begin_by_hand("arm64 by hand: another type", bbm, 4);
	by_hand(0, BASE, 0);
	invalidate(PHYSMAP_FLUSH_PAGE_LEAF, BASE);
	by_hand(0, BASE, BASE | RAM | NG | DEVICE | PAGE);
	publish();
	end_by_hand();
	begin_by_hand("arm64 by hand: another frame", bbm, 4);
	by_hand(0, BASE, 0);
	invalidate(PHYSMAP_FLUSH_PAGE_LEAF, BASE);
	by_hand(0, BASE, (BASE + 8 * KB) | RAM | NG | PAGE);
	publish();
	end_by_hand();
}

/* Rights go and come in place; a global page becomes non-global. */
static void rights(void)
{
	unsigned int i;

	begin_by_hand("arm64 by hand: rights", 0, 4);
	for (i = 0; i < 64; i++)
		by_hand(0, BASE + i * 4 * KB, (BASE + i * 4 * KB) | RAM | NG |
			READ_ONLY | PAGE);
	barrier(PHYSMAP_BARRIER_DSB_ISHST);
	for (i = 0; i < 64; i++)
		tlbi(PHYSMAP_FLUSH_PAGE_LEAF | PHYSMAP_FLUSH_EVERY_CPU,
		     BASE + i * 4 * KB);
	barrier(PHYSMAP_BARRIER_DSB_ISH);
	barrier(PHYSMAP_BARRIER_ISB);
	for (i = 0; i < 64; i++)
		by_hand(0, BASE + i * 4 * KB, (BASE + i * 4 * KB) | RAM | NG |
			PAGE);
	publish();
	end_by_hand();
}

/* A page becomes global: not without a break. */
static void made_global(void)
{
	begin_by_hand("arm64 by hand: made global", 0, 4);
	by_hand(0, BASE, 0);
	invalidate(PHYSMAP_FLUSH_PAGE_LEAF, BASE);
	by_hand(0, BASE, BASE | RAM | PAGE);
	publish();
	by_hand(0, BASE, BASE | RAM | NG | PAGE);
	publish();
	end_by_hand();
}

/* One CPU alone needs no more than its own barriers. */
static void one_cpu(void)
{
	begin_by_hand("arm64 by hand: one CPU", 0, 1);
	by_hand(0, BASE, 0);
	barrier(PHYSMAP_BARRIER_DSB_NSHST);
	tlbi(PHYSMAP_FLUSH_ALL, 0);
	barrier(PHYSMAP_BARRIER_DSB_NSH);
	by_hand(0, BASE, (BASE + 8 * KB) | RAM | NG | PAGE);
	barrier(PHYSMAP_BARRIER_DSB_NSHST);
	barrier(PHYSMAP_BARRIER_ISB);
	end_by_hand();
}

#define GROUP	(BASE + 2 * MB)

static void each_of_group(u64 bits)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		by_hand(0, GROUP + i * 4 * KB, bits ?
			(GROUP + i * 4 * KB) | bits : 0);
}

/* A group is taken apart, and put together again. */
static void regroup(void)
{
	begin_by_hand("arm64 by hand: groups", 0, 4);
	each_of_group(0);
	invalidate(PHYSMAP_FLUSH_ALL, 0);
	each_of_group(RAM | NG | PAGE);
	publish();
	each_of_group(0);
	invalidate(PHYSMAP_FLUSH_ALL, 0);
	each_of_group(RAM | NG | CONT | PAGE);
	publish();
	end_by_hand();
}

/* A block becomes a table of the same; how depends on FEAT_BBM. */
static void split_block(unsigned int bbm)
{
	const u64 block = BASE + 4 * MB;
	u64 table;
	unsigned int i;

	begin_by_hand("arm64 by hand: a block becomes a table", bbm, 4);
	model_alloc(&a.m.mem, &table);
	physmap_record_page(map, 0, table);
	for (i = 0; i < 512; i++) {
		const struct physmap_event e = {
			.kind = PHYSMAP_EVENT_STORE, .detail = 8, .index = i,
			.count = 1, .table = table,
			.va = va_of(block) + i * 4 * KB,
			.value = (block + i * 4 * KB) | RAM | NG | PAGE,
		};

		((u64 *)model_page(&a.m.mem, table))[i] = e.value;
		physmap_record(map, &e);
	}
	if (bbm == 1) {
		by_hand(1, block, block | RAM | NG | NT | BLOCK);
		invalidate(PHYSMAP_FLUSH_PAGE, block);
	} else if (!bbm) {
		by_hand(1, block, 0);
		invalidate(PHYSMAP_FLUSH_PAGE, block);
	}
	barrier(PHYSMAP_BARRIER_DSB_ISHST);
	by_hand(1, block, table | PAGE);
	invalidate(PHYSMAP_FLUSH_PAGE, block);
	end_by_hand();
}

/* BASE's pages are unmapped; then their table is freed and its page used anew. */
static void free_table(void)
{
	u64 table;
	unsigned int i;

	begin_by_hand("arm64 by hand: a table is freed", 0, 4);
	table = model_arm64_look(&a, va_of(BASE)).table;
	for (i = 0; i < 512; i++)
		by_hand(0, BASE + i * 4 * KB, 0);
	invalidate(PHYSMAP_FLUSH_ALL, 0);
	by_hand(1, BASE, 0);
	invalidate(PHYSMAP_FLUSH_PAGE, BASE);
	physmap_record_page(map, 0, table);
	end_by_hand();
}

void arm64_scenes(void)
{
	maps(false, PHYSMAP_TWO_PASS, "boot");
	maps(false, PHYSMAP_FINAL_ON_FRESH, "boot, fresh");
	maps(true, PHYSMAP_TWO_PASS, "live map");
	maps(true, PHYSMAP_FINAL_ON_FRESH, "hot-add");
	high_memory();
	too_high();
	splits();
	kept_entries();
	restricts(false);
	restricts(true);
	tails();
	resumes(false);
	resumes(true);
	remaps(0);
	remaps(3);
	rights();
	made_global();
	one_cpu();
	regroup();
	split_block(0);
	split_block(1);
	split_block(3);
	free_table();
}
