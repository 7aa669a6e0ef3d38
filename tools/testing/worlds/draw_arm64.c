// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws arm64 scenes: every granule and width of addresses, memory as it lies
 * on boards, and requests in the order in which Linux makes them: each stretch
 * of memory but for the kernel's image, the image in leaves that may be changed
 * later, and hot-added memory. Plain data in and out; nothing is built here.
 */
#include "draw.h"

#define MARK_BIT_FREE	(1ULL << 58)	/* software's, and not the early mark */

static u64 page_of(const struct scene *s)
{
	return 1ULL << s->arm64.page_shift;
}

static u64 size_at(const struct scene *s, unsigned int level)
{
	return 1ULL << (s->arm64.page_shift + level * (s->arm64.page_shift - 3));
}

static void draw_processor(struct scene *s)
{
	static const struct physmap_arm64_machine machines[] = {
		{ .page_shift = 12, .va_bits = 39, .pa_bits = 40 },
		{ .page_shift = 12, .va_bits = 48, .pa_bits = 48 },
		{ .page_shift = 12, .va_bits = 48, .pa_bits = 48 },
		{ .page_shift = 12, .va_bits = 52, .pa_bits = 52, .lpa2 = true },
		{ .page_shift = 14, .va_bits = 36, .pa_bits = 40 },
		{ .page_shift = 14, .va_bits = 47, .pa_bits = 48 },
		{ .page_shift = 14, .va_bits = 52, .pa_bits = 52, .lpa2 = true },
		{ .page_shift = 16, .va_bits = 42, .pa_bits = 48 },
		{ .page_shift = 16, .va_bits = 52, .pa_bits = 52 },
	};

	s->arm64 = machines[below(sizeof(machines) / sizeof(machines[0]))];
	if (one_in(6))
		s->arm64.regime = PHYSMAP_ARM64_EL2;
	s->arm64.bbm = one_in(2) ? 0 : below(4);
	s->config.cpus = 1 + below(4);
	/* Linux 6.12 and later map into tables that are in use. */
	s->config.live = one_in(2);
}

/* RAM begins at some gigabyte, seldom where pages of the map are not in line. */
static u64 draw_start(const struct scene *s)
{
	const u64 edge = one_in(2) ? 1ULL << 48 : 1ULL << 50;
	u64 start = GB * (1 + below(4));

	if (s->arm64.pa_bits > 48 && one_in(2))
		start = edge - 32 * MB * below(16);
	if (one_in(4))
		start += page_of(s) * below(64);
	return start;
}

static void add_ram(struct scene *s, u64 start, u64 end)
{
	if (start >= end || s->nr_ram == WORLD_RAM - 4)
		return;
	s->ram[s->nr_ram].start = start;
	s->ram[s->nr_ram++].end = end;
}

/* A stretch out of which firmware has kept pieces for itself. */
static void add_fragments(struct scene *s, u64 start, u64 end)
{
	const u64 page = page_of(s);
	unsigned int holes = below(5);

	while (holes-- && start + 8 * MB < end) {
		const u64 hole = start + down(below(end - start), page);

		add_ram(s, start, hole);
		start = hole + (page << below(10));
	}
	add_ram(s, start, end);
}

static void draw_memory(struct scene *s)
{
	const u64 page = page_of(s);
	u64 size = (16 * MB << below(8)) + page * below(2048);
	u64 start;

	s->ram_start = draw_start(s);
	start = s->ram_start + (one_in(2) ? 0 : page * below(128));
	add_fragments(s, start, start + size);
	/* A second bank, where the first one's tables do not go. */
	if (one_in(2))
		add_fragments(s, up(start + size, GB) + page * below(4),
			      up(start + size, GB) + down(size / 2, page));
}

static u64 top_of(const struct scene *s)
{
	return s->ram[s->nr_ram - 1].end;
}

static u64 near_an_edge(const struct scene *s)
{
	const unsigned int i = below(s->nr_ram);
	const u64 edge = one_in(2) ? s->ram[i].start : s->ram[i].end;
	const u64 d = page_of(s) * below(one_in(2) ? 40 : 3000);

	return one_in(2) && edge >= s->ram_start + d ? edge - d : edge + d;
}

/* As a descriptor has it: its top bits lie apart. */
static u64 spelt(const struct scene *s, u64 pa)
{
	if (s->arm64.lpa2)
		return (pa & ((1ULL << 50) - 1)) | (pa >> 50 & 3) << 8;
	if (s->arm64.page_shift == 16)
		return (pa & ((1ULL << 48) - 1)) | (pa >> 48 & 15) << 12;
	return pa;
}

static u64 draw_flags(const struct scene *s)
{
	static const u64 flags[] = {
		SPEC_ARM_DBM,					/* RWX */
		SPEC_ARM_RDONLY | SPEC_ARM_PXN | SPEC_ARM_UXN,
		SPEC_ARM_DBM | SPEC_ARM_PXN | SPEC_ARM_UXN | SPEC_ARM_NG,
		SPEC_ARM_RDONLY | SPEC_ARM_UXN | SPEC_ARM_DIRTY,
		SPEC_ARM_DBM | SPEC_ARM_PXN | SPEC_ARM_UXN | 4 << 2,
		SPEC_ARM_DBM | SPEC_ARM_PXN | SPEC_ARM_UXN | 1 << 2 |
			MARK_BIT_FREE,
	};

	return SPEC_ARM_AF | flags[below(6)] |
	       (s->arm64.lpa2 ? 0 : SPEC_ARM_INNER);
}

/* Entries lie where the map's addresses are aligned, not those of memory. */
static void add_entry(struct scene *s, unsigned int level, u64 pa)
{
	const u64 size = size_at(s, level);
	const u64 offset = -s->ram_start;
	struct scene_entry *e = &s->entry[s->nr_entries++];

	e->level = level;
	e->pa = down(pa + offset, size) - offset;
	if (one_in(6))		/* somebody's, though not valid */
		e->raw = MARK_BIT_FREE | SPEC_ARM_MARK;
	else
		e->raw = draw_flags(s) |
			 spelt(s, down(one_in(8) ? e->pa + size : e->pa, size)) |
			 (level ? SPEC_ARM_BLOCK : SPEC_ARM_PAGE);
}

/* A group of somebody's: as large as it has to be, or nothing. */
static void add_group(struct scene *s, u64 pa)
{
	static const unsigned int pages[] = { 16, 128, 32 };
	const unsigned int n = pages[(s->arm64.page_shift - 12) / 2];
	const u64 bytes = n * page_of(s);
	u64 flags = draw_flags(s) | SPEC_ARM_CONT | SPEC_ARM_PAGE, at;

	pa = down(pa, bytes);
	if (s->nr_entries + n > SCENE_ENTRIES || (s->ram_start & (bytes - 1)))
		return;
	for (at = pa; at < pa + bytes; at += page_of(s)) {
		struct scene_entry *e = &s->entry[s->nr_entries++];

		e->level = 0;
		e->pa = at;
		e->raw = flags | spelt(s, at);
	}
}

static void draw_entries(struct scene *s)
{
	unsigned int n = one_in(3) ? 0 : below(8);

	if (one_in(6))
		add_group(s, near_an_edge(s));
	while (n-- && s->nr_entries < SCENE_ENTRIES)
		add_entry(s, one_in(3) ? 0 : 1, near_an_edge(s));
}

/* Requests */

static u32 draw_attrs(const struct scene *s)
{
	return (one_in(8) ? 0 : PHYSMAP_WRITE) |
	       (one_in(3) && s->arm64.regime == PHYSMAP_ARM64_EL1 ?
		0 : PHYSMAP_GLOBAL) |
	       (one_in(4) ? ARM64_MT_NORMAL_TAGGED << PHYSMAP_MEMTYPE_SHIFT : 0);
}

static struct scene_step *new_step(struct scene *s, u32 attrs)
{
	struct scene_step *step;

	if (s->nr_steps == SCENE_STEPS)
		return NULL;
	step = &s->step[s->nr_steps++];
	*step = (struct scene_step) {
		.attrs = attrs,
		.policy = s->number / 2 % 4 ? PHYSMAP_TWO_PASS :
					      PHYSMAP_FINAL_ON_FRESH,
	};
	return step;
}

static void add_range(struct scene *s, struct scene_step **step, u32 attrs,
		      u64 start, u64 end, bool blocks, bool contig)
{
	const u32 leaves = blocks ? S1G : S4K;

	if (start >= end)
		return;
	/* Linux makes a request of each; together they must do as well. */
	if (!*step || (*step)->nr_ranges == SCENE_RANGES || one_in(2))
		*step = new_step(s, attrs);
	if (*step)
		(*step)->range[(*step)->nr_ranges++] = (struct physmap_range) {
			.start = start, .end = end,
			.outer_start = start, .outer_end = end,
			.leaf_levels = leaves, .contig = contig,
			.source = PHYSMAP_RAM,
		};
}

/* The image's alias stays in leaves that can be changed by themselves. */
static void add_bank(struct scene *s, u64 start, u64 end, u32 attrs)
{
	const u64 page = page_of(s);
	const bool blocks = !one_in(4), contig = !one_in(4);
	struct scene_step *step = NULL;
	u64 image, image_end;

	/* Pages are looked at one by one; too many take too long. */
	if (!blocks && end - start > 6000 * page)
		end = start + 6000 * page;
	image = start + down(below(end - start), one_in(2) ? 2 * MB : page);
	image_end = image + page * below(4096);
	if (!one_in(3) || image < start || image_end > end) {
		image = start;
		image_end = start;
	}
	add_range(s, &step, attrs, start, image, blocks, contig);
	add_range(s, &step, attrs, image_end, end, blocks, contig);
	step = NULL;
	add_range(s, &step, attrs, image, image_end, blocks, false);
}

static void draw_boot(struct scene *s, u32 attrs)
{
	unsigned int i;

	for (i = 0; i < s->nr_ram; i++)
		add_bank(s, s->ram[i].start, s->ram[i].end, attrs);
}

/* Some of it once more, over what is there. */
static void draw_again(struct scene *s, u32 attrs)
{
	const u64 page = page_of(s);
	unsigned int n = below(4);

	while (n--) {
		const u64 pa = down(near_an_edge(s), page);
		struct scene_step *step = NULL;

		if (!all_ram(s, pa, pa + 200 * page))
			continue;
		add_range(s, &step, attrs, pa, pa + (1 + below(200)) * page,
			  one_in(2), one_in(2));
		if (step)
			step->flusher = one_in(4) ? PHYSMAP_CALLER_FLUSHES :
						    PHYSMAP_ENGINE_FLUSHES;
	}
}

static void draw_hot_adds(struct scene *s, u32 attrs)
{
	const u64 block = 512 * MB;
	unsigned int n = below(3);
	u64 start = up(top_of(s) + GB, block);

	while (n--) {
		struct scene_step *step = NULL;

		add_range(s, &step, attrs, start, start + block, true,
			  one_in(2));
		if (!step)
			return;
		step->hot = true;
		step->policy = PHYSMAP_FINAL_ON_FRESH;
		start += block * (1 + below(2));
	}
}

void draw_arm64(struct scene *s)
{
	u32 attrs;

	draw_processor(s);
	draw_memory(s);
	draw_entries(s);
	attrs = draw_attrs(s);
	draw_boot(s, attrs);
	draw_again(s, attrs);
	draw_half(s);
	draw_hot_adds(s, attrs);
	draw_traps(s);
}
