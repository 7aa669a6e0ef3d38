// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws scenes: processors, memory maps shaped like those of real machines,
 * tables as something before the engine leaves them, and requests in the
 * order in which Linux makes them (X86-LNX-10). Plain data in and out; nothing
 * is built here.
 */
#include <string.h>
#include "draw.h"

#define ISA_END		MB
#define LOW_MEM_32	(896 * MB)

/* splitmix64 */
static u64 state;

static u64 next_random(void)
{
	u64 z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

u64 below(u64 n)
{
	return next_random() % n;
}

bool one_in(u64 n)
{
	return !below(n);
}

static bool is_xen(const struct scene *s)
{
	return s->machine == SCENE_DOM0 || s->machine == SCENE_DOMU;
}

static bool is_32bit(const struct scene *s)
{
	return s->machine == SCENE_PAE || s->machine == SCENE_LEGACY;
}

/* Bytes of a level-1 leaf. */
static u64 large_size(const struct scene *s)
{
	return s->machine == SCENE_LEGACY ? 4 * MB : 2 * MB;
}

/* Machines */

static void draw_xen(struct scene *s)
{
	struct physmap_x86_machine *x86 = &s->config.x86;

	/* XENPV-16, -17: what Xen leaves of the processor. */
	x86->pa_bits = 52;
	x86->pse = false;
	x86->gbpages = false;
	x86->global = false;
	s->xen.mapped_pfns = 512 + below(1024);
	s->xen.code_start = below(s->xen.mapped_pfns) * MODEL_PAGE;
	s->xen.code_end = s->xen.code_start + below(300) * MODEL_PAGE;
	s->xen.boot.domu = s->machine == SCENE_DOMU;
	s->xen.boot.grafted = one_in(2);
	s->xen.boot.large_p2m = one_in(2);
	s->xen.boot.config.debug = one_in(2);
}

static void draw_machine(struct scene *s)
{
	static const enum physmap_x86_paging paging[] = {
		[SCENE_4LEVEL] = PHYSMAP_X86_4LEVEL,
		[SCENE_5LEVEL] = PHYSMAP_X86_5LEVEL,
		[SCENE_PAE] = PHYSMAP_X86_PAE,
		[SCENE_LEGACY] = PHYSMAP_X86_LEGACY,
		[SCENE_DOM0] = PHYSMAP_X86_4LEVEL,
		[SCENE_DOMU] = PHYSMAP_X86_4LEVEL,
	};
	static const enum scene_machine machines[] = {
		SCENE_4LEVEL, SCENE_4LEVEL, SCENE_4LEVEL, SCENE_4LEVEL,
		SCENE_5LEVEL, SCENE_5LEVEL, SCENE_PAE, SCENE_LEGACY,
		SCENE_DOM0, SCENE_DOMU,
	};
	struct physmap_x86_machine *x86 = &s->config.x86;

	s->machine = machines[below(10)];
	*x86 = (struct physmap_x86_machine) {
		.paging = paging[s->machine],
		.pa_bits = is_32bit(s) ? 32 : 46,
		.pse = !one_in(8),
		.gbpages = !is_32bit(s) && !one_in(4),
		.nx = s->machine != SCENE_LEGACY && !one_in(8),
		.global = !one_in(8),
		.erratum_383 = one_in(8),
	};
	if (s->machine == SCENE_PAE)
		x86->pa_bits = 36;
	if (!x86->pse)
		x86->gbpages = false;
	if (!is_32bit(s) && !is_xen(s) && one_in(8))
		x86->encrypt = 1ULL << 45;
	s->config.cpus = 1 + below(4);
	if (is_xen(s))
		draw_xen(s);
	s->config.pcid = x86->global && !is_32bit(s) && one_in(2);
	s->config.live = one_in(4);
}

/* Memory maps */

static void add_ram(struct scene *s, u64 start, u64 end)
{
	if (start >= end || s->nr_ram == WORLD_RAM - 4)
		return;
	s->ram[s->nr_ram].start = start;
	s->ram[s->nr_ram++].end = end;
}

/* A stretch that firmware has taken pieces of 4K to 2M out of. */
static void add_fragments(struct scene *s, u64 start, u64 end)
{
	unsigned int holes = below(6);

	while (holes-- && start + 16 * MB < end) {
		const u64 hole = start + down(below(end - start), MODEL_PAGE);
		const u64 size = MODEL_PAGE << below(10);

		add_ram(s, start, hole);
		start = hole + size;
	}
	add_ram(s, start, end);
}

/* A machine of several nodes, each of which begins where it likes. */
static void add_nodes(struct scene *s, u64 start, u64 end)
{
	unsigned int nodes = 1 + below(4);

	while (--nodes && start + 64 * MB < end) {
		const u64 border = start + down(below(end - start),
						one_in(2) ? 128 * MB : 2 * MB);

		add_ram(s, start, border);
		/* Now and then there is a gap between two nodes. */
		start = border + (one_in(3) ? down(below(2 * GB), MB) : 0);
		if (start >= end)
			return;
	}
	add_ram(s, start, end);
}

static u64 draw_size(const struct scene *s)
{
	const u64 odd = down(below(4 * MB), MODEL_PAGE);

	if (!s->config.x86.pse)
		return 8 * MB + down(below(16 * MB), MODEL_PAGE);
	if (is_32bit(s))
		return 64 * MB + down(below(700 * MB), MB) + odd;
	return (64 * MB << below(9)) + odd;
}

static void draw_ram(struct scene *s)
{
	const u64 size = draw_size(s);
	const u64 hole = one_in(2) ? 3 * GB : 0xc0000000ULL - down(below(GB), MB);

	if (is_xen(s)) {
		add_ram(s, 0, 640 * KB);
		add_ram(s, MB, MODEL_LOW_PFNS * MODEL_PAGE);
		add_ram(s, MODEL_HIGH_PFN * MODEL_PAGE,
			(MODEL_HIGH_PFN + MODEL_HIGH_PFNS) * MODEL_PAGE);
		return;
	}
	add_ram(s, 0, 640 * KB - (one_in(2) ? MODEL_PAGE : 0));
	if (size <= hole) {
		add_fragments(s, ISA_END, size);
		return;
	}
	/* The PCI hole; what it hides comes back above 4G. */
	add_fragments(s, ISA_END, hole);
	add_nodes(s, 4 * GB, 4 * GB + size - hole);
}

static u64 top_of(const struct scene *s)
{
	return s->ram[s->nr_ram - 1].end;
}

/* MTRRs change where RAM ends, mostly; firmware has its own ideas. */
static void draw_cuts(struct scene *s)
{
	unsigned int n = below(4);

	if (is_xen(s))
		return;
	while (n--) {
		const u64 pa = s->ram[below(s->nr_ram)].end;

		s->cut[s->nr_cuts++] = one_in(2) ? pa :
			down(below(top_of(s)), one_in(2) ? MODEL_PAGE : MB);
	}
	for (n = 0; n < s->nr_cuts; n++)
		if (!s->cut[n])
			s->cut[n] = MB;
}

static void draw_balloons(struct scene *s)
{
	unsigned int n = is_xen(s) ? below(SCENE_BALLOONS) : 0;

	while (n--) {
		const u64 low = s->xen.mapped_pfns +
				below(MODEL_LOW_PFNS - s->xen.mapped_pfns);
		const u64 start = one_in(4) ?
			MODEL_HIGH_PFN + below(MODEL_HIGH_PFNS) : low;

		s->balloon[s->nr_balloons].start = start;
		s->balloon[s->nr_balloons++].end =
			start + (one_in(3) ? 512 : 1 + below(8));
	}
}

/* Tables that are there */

static u64 near_an_edge(const struct scene *s)
{
	const unsigned int i = below(s->nr_ram);
	const u64 edge = one_in(2) ? s->ram[i].start : s->ram[i].end;
	const u64 d = MODEL_PAGE * below(one_in(2) ? 4 : 1024);

	return one_in(2) && edge >= d ? edge - d : edge + d;
}

static u64 draw_flags(const struct scene *s)
{
	static const u64 flags[] = {
		SPEC_P | SPEC_RW | SPEC_A | SPEC_D,
		SPEC_P | SPEC_A,
		SPEC_P | SPEC_A | SPEC_NX,
		SPEC_P | SPEC_RW | SPEC_A | SPEC_D | SPEC_NX | SPEC_G,
		SPEC_P | SPEC_A | SPEC_NX | SPEC_G | 0x200,
		SPEC_P | SPEC_RW | SPEC_A | SPEC_D | SPEC_PCD | SPEC_PWT,
		SPEC_P | SPEC_A | SPEC_US,
	};
	u64 raw = flags[below(7)];

	return s->config.x86.nx ? raw : raw & ~SPEC_NX;
}

static void add_entry(struct scene *s, unsigned int level, u64 pa)
{
	const u64 size = level == 2 ? GB : level ? large_size(s) : MODEL_PAGE;
	const u64 limit = is_32bit(s) ? LOW_MEM_32 : top_of(s) + GB;
	struct scene_entry *e = &s->entry[s->nr_entries];

	pa = down(pa, size);
	if (pa >= limit)
		return;
	e->level = level;
	e->pa = pa;
	if (one_in(8)) {	/* somebody's, though not present */
		e->raw = s->machine == SCENE_LEGACY ? 0x412 : 1ULL << 62 | 0x402;
	} else {
		e->raw = draw_flags(s) | s->config.x86.encrypt |
			 (one_in(8) && pa ? pa - size : pa);
		if (level)
			e->raw |= SPEC_PS;
		if (one_in(8))
			e->raw |= level ? SPEC_PAT_LARGE : SPEC_PAT;
	}
	s->nr_entries++;
}

/* Nothing; odd pages; large leaves that will be split; early boot's. */
static void draw_entries(struct scene *s)
{
	const u32 large = s->config.x86.pse ? 1 : 0;
	const u32 largest = s->config.x86.gbpages ? 2 : large;
	unsigned int n = one_in(3) ? 0 : below(24);

	if (is_xen(s))
		return;
	/* The first block, as early boot maps it: by a large leaf. */
	if (large && one_in(4))
		add_entry(s, 1, 0);
	while (n-- && s->nr_entries < SCENE_ENTRIES)
		add_entry(s, one_in(2) ? 0 : one_in(3) ? largest : large,
			  near_an_edge(s));
}

/* Requests */

bool all_ram(const struct scene *s, u64 start, u64 end)
{
	u64 n = 0;
	unsigned int i;

	for (i = 0; i < s->nr_ram; i++) {
		const u64 lo = start > s->ram[i].start ? start : s->ram[i].start;
		const u64 hi = end < s->ram[i].end ? end : s->ram[i].end;

		n += lo < hi ? hi - lo : 0;
	}
	return n == end - start;
}

/* A piece of RAM gets larger leaves if all that they reach is RAM. */
static struct physmap_range piece(const struct scene *s, u64 start, u64 end,
				  u32 leaf_levels)
{
	const u64 large = large_size(s);
	struct physmap_range r = {
		.start = start, .end = end,
		.outer_start = start, .outer_end = end,
		.leaf_levels = leaf_levels,
		.source = PHYSMAP_RAM,
	};

	if (s->config.x86.pse && leaf_levels == S4K &&
	    all_ram(s, down(start, large), up(end, large)))
		r.leaf_levels = S2M;
	if (r.leaf_levels & PHYSMAP_LEVEL(1)) {
		r.outer_start = down(start, large);
		r.outer_end = up(end, large);
	}
	return r;
}

static struct scene_step *new_step(struct scene *s)
{
	struct scene_step *step;

	if (s->nr_steps == SCENE_STEPS)
		return NULL;
	step = &s->step[s->nr_steps++];
	*step = (struct scene_step) {
		.attrs = PHYSMAP_WRITE | PHYSMAP_GLOBAL |
			 (s->config.x86.encrypt ? PHYSMAP_ENCRYPTED : 0),
		.policy = s->number / 2 % 4 ? PHYSMAP_TWO_PASS :
					      PHYSMAP_FINAL_ON_FRESH,
	};
	return step;
}

static void add_piece(struct scene *s, struct scene_step **step, u64 start,
		      u64 end, u32 leaf_levels)
{
	if (start >= end)
		return;
	/* Linux makes a request of each; together they must do as well. */
	if (!*step || (*step)->nr_ranges == SCENE_RANGES || one_in(2))
		*step = new_step(s);
	if (*step)
		(*step)->range[(*step)->nr_ranges++] =
			piece(s, start, end, leaf_levels);
}

/* Pages up to the first large border, large leaves, 1G, and down again. */
static void add_span(struct scene *s, u64 start, u64 end)
{
	const u64 large = large_size(s);
	const u64 from = up(start, large), to = down(end, large);
	struct scene_step *step = NULL;
	u64 from_1g = up(from, GB), to_1g = down(to, GB);

	if (!s->config.x86.pse || from >= to) {
		add_piece(s, &step, start, end, S4K);
		return;
	}
	if (!s->config.x86.gbpages || from_1g >= to_1g) {
		from_1g = to;
		to_1g = to;
	}
	add_piece(s, &step, start, from, S4K);
	add_piece(s, &step, from, from_1g, S2M);
	add_piece(s, &step, from_1g, to_1g, S1G);
	add_piece(s, &step, to_1g, to, S2M);
	add_piece(s, &step, to, end, S4K);
}

static u64 add_ram_within(struct scene *s, u64 start, u64 end)
{
	u64 mapped = 0;
	unsigned int i;

	for (i = 0; i < s->nr_ram; i++) {
		const u64 lo = start > s->ram[i].start ? start : s->ram[i].start;
		const u64 hi = end < s->ram[i].end ? end : s->ram[i].end;

		if (lo >= hi)
			continue;
		add_span(s, lo, hi);
		mapped += hi - lo;
	}
	return mapped;
}

/* From the top down, in steps that grow with what is mapped already. */
static void draw_top_down(struct scene *s, u64 end)
{
	u64 step = large_size(s), last = up(end, step);

	while (last > ISA_END) {
		u64 start = last > step ? down(last - 1, step) : ISA_END;

		if (start < ISA_END)
			start = ISA_END;
		if (add_ram_within(s, start, last < end ? last : end) >= step)
			step <<= 5;
		last = start;
	}
}

static void draw_boot(struct scene *s)
{
	u64 end = top_of(s);
	struct scene_step *step = new_step(s);

	if (is_32bit(s) && end > LOW_MEM_32)
		end = LOW_MEM_32;
	/* X86-MT-2 */
	step->range[0] = piece(s, 0, ISA_END, S4K);
	step->range[0].leaf_levels = S4K;
	step->range[0].outer_end = ISA_END;
	step->range[0].outer_start = 0;
	step->range[0].source = PHYSMAP_FIRMWARE;
	step->nr_ranges = 1;
	if (one_in(4))
		add_ram_within(s, ISA_END, end);
	else
		draw_top_down(s, end);
}

/* Blocks of 128M, as Linux adds them; each with the sizes of its own. */
static void draw_hot_adds(struct scene *s)
{
	unsigned int n = is_32bit(s) || is_xen(s) || !s->config.x86.pse ?
			 0 : below(4);
	u64 start = up(top_of(s), 128 * MB) + 128 * MB * below(16);

	while (n--) {
		struct scene_step *step = new_step(s);
		const u64 end = start + (128 * MB << below(4));

		if (!step)
			return;
		step->hot = true;
		step->policy = PHYSMAP_FINAL_ON_FRESH;
		step->nr_ranges = 1;
		step->range[0] = piece(s, start, end, one_in(4) ? S1G : S2M);
		if (!s->config.x86.gbpages)
			step->range[0].leaf_levels &= S2M;
		start = end + 128 * MB * below(3);
	}
}

/* Somebody asks for pages of what is mapped by large leaves, and so on. */
static void draw_again(struct scene *s)
{
	unsigned int n = below(4);

	while (n--) {
		const u64 pa = down(near_an_edge(s), MODEL_PAGE);
		struct scene_step *step;

		if (!all_ram(s, pa, pa + 16 * MODEL_PAGE) ||
		    (is_32bit(s) && pa + MB > LOW_MEM_32))
			continue;
		step = new_step(s);
		if (!step)
			return;
		step->nr_ranges = 1;
		step->range[0] = piece(s, pa, pa + (1 + below(16)) * MODEL_PAGE,
				       S4K);
		step->range[0].leaf_levels = one_in(2) ? S4K : S2M;
		step->flusher = one_in(4) ? PHYSMAP_CALLER_FLUSHES :
					    PHYSMAP_ENGINE_FLUSHES;
	}
}

void draw_traps(struct scene *s)
{
	const u64 often = one_in(2) ? 4 : 64;
	unsigned int i;

	for (i = 0; i < s->nr_steps; i++) {
		struct world_trap *trap = &s->step[i].trap;

		if (!one_in(often))
			continue;
		trap->what = below(is_xen(s) ? 3 : 2);
		trap->at = 1 + below(one_in(2) ? 4 : 24);
	}
}

/*
 * A half-built map: the first step is stopped somewhere and comes again when
 * the boot has gone on for a while.
 */
void draw_half(struct scene *s)
{
	struct scene_step *first = &s->step[1];
	unsigned int i;

	if (!one_in(4) || s->nr_steps < 3 || s->nr_steps == SCENE_STEPS)
		return;
	for (i = 2; i < s->nr_steps; i++)
		if (s->step[i].nr_ranges > 1 || s->step[i].hot)
			return;
	first->trap.what = TRAP_HOOK;
	first->trap.at = 1 + below(8);
	first->half = true;
	s->step[s->nr_steps] = *first;
	s->step[s->nr_steps].half = false;
	s->step[s->nr_steps++].trap.at = 0;
}

static void draw_x86(struct scene *s)
{
	draw_machine(s);
	draw_ram(s);
	draw_cuts(s);
	draw_balloons(s);
	draw_entries(s);
	draw_boot(s);
	draw_again(s);
	draw_half(s);
	draw_hot_adds(s);
	draw_traps(s);
}

/* World @number of a seed. */
void scene_draw(struct scene *s, u64 seed, u64 number)
{
	memset(s, 0, sizeof(*s));
	state = seed;
	state = next_random() + number;
	s->seed = seed;
	s->number = number;
	if (number % 2) {
		s->machine = SCENE_ARM64;
		draw_arm64(s);
	} else {
		draw_x86(s);
	}
}
