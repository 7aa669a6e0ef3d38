// SPDX-License-Identifier: GPL-2.0-only
/*
 * Worlds from bytes. Choices crowd around the borders of tables, where
 * mistakes live. Writes the model's memory only, with entries spelled from
 * the SDM and not by the engine.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "world.h"

#define P	0x1ULL
#define RW	0x2ULL
#define A	0x20ULL
#define PS	0x80ULL
#define MARK	(1ULL << 10)
#define NX	(1ULL << 63)

#define MB	(1ULL << 20)
#define GB	(1ULL << 30)

void fuzz_fail(const char *fmt, ...)
{
	va_list args;

	fputs("fuzz: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

/* A physical address, page-aligned: near a border at any of four levels. */
u64 fuzz_address(struct fuzz_bytes *b)
{
	static const u64 pages[] = { 0, 1, 2, 160, 256, 510, 511 };
	const unsigned int at = fuzz_number(b, 1);
	u64 pa;

	pa = ((at & 3) == 3 ? 511 : at & 3) * 2 * MB;
	pa += (at >> 2 & 3) * GB;
	if (at & 16)
		pa += 512 * GB;
	return pa + pages[(at >> 5) % 7] * MODEL_PAGE;
}

/* Processors */

static struct physmap_x86_machine any_processor(struct fuzz_bytes *b)
{
	static const unsigned int bits[] = { 36, 39, 40, 46, 48, 52 };
	const unsigned int has = fuzz_number(b, 1);
	struct physmap_x86_machine x86 = {
		.paging = fuzz_below(b, 4),
		.pse = !(has & 1),
		.gbpages = !(has & 2),
		.nx = !(has & 4),
		.global = !(has & 8),
		.erratum_383 = has & 16,
	};

	x86.pa_bits = x86.paging == PHYSMAP_X86_LEGACY ? 32 :
		      x86.paging == PHYSMAP_X86_PAE ? 36 :
		      bits[fuzz_below(b, 6)];
	if (x86.paging < PHYSMAP_X86_4LEVEL)
		x86.gbpages = false;
	/* The C-bit lies above what is left for addresses. */
	if ((has & 32) && x86.paging >= PHYSMAP_X86_4LEVEL && x86.pa_bits < 48)
		x86.encrypt = 1ULL << 47;
	/* Without NX in EFER there are no long-mode tables with the bit. */
	if (x86.paging == PHYSMAP_X86_LEGACY)
		x86.nx = false;
	return x86;
}

/* KASLR moves the map by gigabytes; seldom by less, as no Linux does. */
static void move(struct physmap_map *map, struct fuzz_bytes *b)
{
	const unsigned int how = fuzz_below(b, 8);
	const u64 by = fuzz_number(b, 1);

	if (map->geo->levels < 4)
		return;
	if (how == 1)
		map->offset += by * 2 * MB;
	else if (how > 1)
		map->offset += by * GB;
	map->va_start = map->offset;
}

static void memory_map(struct fuzz_world *w, struct fuzz_bytes *b)
{
	unsigned int i = 0, n = fuzz_below(b, MODEL_RAM_RANGES + 1);
	u64 from = 0;

	/* What a domain builder mapped is RAM, its tables among it. */
	if (n && w->xen) {
		from = 8 * MB;
		w->m.ram[i++].end = from;
	}
	for (; i < n; i++) {
		w->m.ram[i].start = from + fuzz_below(b, 4) * 128 * MODEL_PAGE;
		w->m.ram[i].end = w->m.ram[i].start + MODEL_PAGE +
				  fuzz_address(b);
		from = w->m.ram[i].end;
	}
}

/* Where the memory type changes, ascending. */
static void memory_types(struct fuzz_world *w, struct fuzz_bytes *b)
{
	struct physmap_geometry *geo = &w->m.x86.geo;
	unsigned int n = fuzz_below(b, 4);
	u64 at = 0;

	while (n--) {
		at += MODEL_PAGE + fuzz_address(b);
		geo->cuts[geo->nr_cuts++] = at;
	}
}

static void xen_machine(struct fuzz_world *w, struct fuzz_bytes *b)
{
	static const u64 mapped[] = { 0x200, 0x180, 0x210, 0x400 };
	/* XENPV-13, -16, -17: what Xen leaves of the processor. */
	const struct physmap_x86_machine x86 = {
		.paging = PHYSMAP_X86_4LEVEL, .pa_bits = 52, .nx = true,
	};
	unsigned int n = fuzz_below(b, 4);

	w->tables_from = MB;
	model_xen_start(&w->m, &x86, mapped[fuzz_below(b, 4)], MB);
	/* What is ballooned out was neither mapped nor a table. */
	while (n--)
		model_xen_balloon(0x1000 + fuzz_address(b) / MODEL_PAGE % 0x3000);
	model_xen.no_pin = fuzz_flip(b);
}

/* The machine, with an empty map or that of a Xen domain builder. */
void fuzz_world_machine(struct fuzz_world *w, struct fuzz_bytes *b)
{
	const unsigned int kind = fuzz_number(b, 1);
	struct physmap_x86_machine x86;

	w->xen = (kind & 7) == 7;
	if (w->xen) {
		xen_machine(w, b);
	} else {
		x86 = any_processor(b);
		w->tables_from = x86.pa_bits > 39 ? 768 * GB : 3 * GB;
		model_start(&w->m, &x86, w->tables_from);
		move(&w->m.xmap.map, b);
		memory_types(w, b);
		w->m.xmap.map.live = kind & 8;
	}
	memory_map(w, b);
}

void fuzz_world_stop(struct fuzz_world *w)
{
	model_stop(&w->m);
}

/* Tables as somebody else has left them */

static unsigned int shift_of(const struct model_cpu *cpu, unsigned int level)
{
	return 12 + level * (cpu->levels == 2 ? 10 : 9);
}

static unsigned int slot_of(const struct model_cpu *cpu, unsigned int level,
			    u64 va)
{
	const unsigned int entries = cpu->levels == 2 ? 1024 :
				     cpu->levels == 3 && level == 2 ? 4 : 512;

	return va >> shift_of(cpu, level) & (entries - 1);
}

static u64 get(struct fuzz_world *w, u64 table, unsigned int i)
{
	const void *page = model_page(&w->m.mem, table);

	return w->m.cpu.levels == 2 ? ((const u32 *)page)[i] :
				      ((const u64 *)page)[i];
}

static void put(struct fuzz_world *w, u64 table, unsigned int i, u64 raw)
{
	void *page = model_page(&w->m.mem, table);

	if (w->m.cpu.levels == 2)
		((u32 *)page)[i] = raw;
	else
		((u64 *)page)[i] = raw;
}

static bool leaf_allowed(const struct fuzz_world *w, unsigned int level)
{
	const struct physmap_x86_machine *x86 = &w->m.x86.machine;

	return !level || (level == 1 && x86->pse) ||
	       (level == 2 && x86->pse && x86->gbpages);
}

/* A table's entry; its rights are a choice where it has any. */
static u64 table_entry(const struct fuzz_world *w, unsigned int level, u64 pa,
		       unsigned int choice)
{
	const struct physmap_x86_machine *x86 = &w->m.x86.machine;

	if (x86->paging == PHYSMAP_X86_PAE && level == 2)
		return pa | P;
	return pa | P | A | x86->encrypt | (choice & 1 ? 0 : RW) |
	       (choice & 2 ? MARK : 0) | (choice & 4 && x86->nx ? NX : 0);
}

/*
 * Whatever a leaf of a direct map may have but the engine's own mark, which
 * says "mine". User pages are none of it: a split leaves them to the kernel.
 */
static u64 leaf_entry(struct fuzz_world *w, struct fuzz_bytes *b,
		      unsigned int level, u64 pa)
{
	const struct physmap_x86_machine *x86 = &w->m.x86.machine;
	const u64 size = 1ULL << shift_of(&w->m.cpu, level);
	const unsigned int choice = fuzz_number(b, 2);
	u64 raw = P | (choice & 0x37a);

	if (choice & 0x400)	/* another frame than its own */
		pa += size;
	pa &= ~(size - 1) & (w->m.x86.geo.pa_limit - 1);
	if (choice & 0x800)
		raw |= level ? 1ULL << 12 : 0x80;	/* PAT */
	if (x86->nx && !(choice & 0x1000))
		raw |= NX;
	if (choice & 0x2000)
		raw |= x86->encrypt;
	/* Dirty and not writable would spell a shadow stack. */
	if (!(raw & RW))
		raw &= ~0x40ULL;
	return raw | pa | (level ? PS : 0);
}

/* Walks down from the root, with new tables where there are none. */
static void leave_entry(struct fuzz_world *w, struct fuzz_bytes *b)
{
	const struct model_cpu *cpu = &w->m.cpu;
	const u64 pa = fuzz_address(b);
	const u64 va = pa + w->m.xmap.map.offset;
	const unsigned int choice = fuzz_number(b, 1);
	unsigned int want = choice & 3, level = cpu->levels - 1;
	u64 table = cpu->root;

	if (pa >= w->m.x86.geo.pa_limit || va >= w->m.xmap.map.va_limit)
		return;
	if (want >= cpu->levels || !leaf_allowed(w, want))
		want = 0;
	for (; level > want; level--) {
		const unsigned int i = slot_of(cpu, level, va);
		u64 raw = get(w, table, i), child;

		if (raw && (!(raw & P) || (raw & PS)))
			return;
		if (!raw) {
			model_alloc(&w->m.mem, &child);
			raw = table_entry(w, level, child, choice >> 5);
			put(w, table, i, raw);
		}
		table = raw & 0x000ffffffffff000ULL & ~cpu->encrypt;
	}
	if (get(w, table, slot_of(cpu, level, va)))
		return;
	if (choice & 4)		/* somebody's, though not present */
		put(w, table, slot_of(cpu, level, va),
		    (fuzz_number(b, 3) << 1 | 0x80000) & ~P);
	else
		put(w, table, slot_of(cpu, level, va),
		    leaf_entry(w, b, level, pa));
}

/* Tables that are there when the engine comes; Xen makes its own. */
void fuzz_world_tables(struct fuzz_world *w, struct fuzz_bytes *b)
{
	unsigned int n = fuzz_below(b, 12);

	if (w->xen)
		return;
	while (n--)
		leave_entry(w, b);
	w->m.mem.asked = 0;
	w->m.mem.out = 0;
}

/* Requests */

bool fuzz_ram(const struct fuzz_world *w, u64 start, u64 end)
{
	u64 n = 0;
	unsigned int i;

	if (!w->m.ram[0].end)
		return true;
	for (i = 0; i < MODEL_RAM_RANGES; i++) {
		const u64 from = start > w->m.ram[i].start ? start :
							     w->m.ram[i].start;
		const u64 to = end < w->m.ram[i].end ? end : w->m.ram[i].end;

		n += from < to ? to - from : 0;
	}
	return n == end - start;
}

/* Memory vouched for goes on to the border of a large leaf, as in Linux. */
static void reach_out(struct physmap_range *r, u64 size)
{
	r->outer_start = r->start & ~(size - 1);
	r->outer_end = (r->end + size - 1) & ~(size - 1);
}

static void any_range(struct fuzz_bytes *b, u64 from, struct physmap_range *r)
{
	const unsigned int choice = fuzz_number(b, 1);
	const u64 base = fuzz_address(b);

	*r = (struct physmap_range) {
		.start = choice & 1 ? from + base : base,
		.leaf_levels = PHYSMAP_LEVEL(0) | (choice >> 1 & 7),
		.source = choice & 16 ? PHYSMAP_FIRMWARE : PHYSMAP_RAM,
	};
	/* Mostly small, or a build takes too long to be done often. */
	r->end = r->start + (fuzz_number(b, 1) + 1) *
		 (choice & 32 ? 2 * MB : MODEL_PAGE);
	r->outer_start = r->start;
	r->outer_end = r->end;
	if (choice & 64)
		reach_out(r, choice & 128 ? GB : 2 * MB);
}

/* A request; most are sound, the others must be refused. */
void fuzz_world_request(struct fuzz_world *w, struct fuzz_bytes *b,
			struct fuzz_request *r)
{
	const unsigned int choice = fuzz_number(b, 1);
	unsigned int i;
	u64 from = 0;

	r->req = (struct physmap_request) {
		.ranges = r->range,
		.nr_ranges = (choice & 3) + 1,
		/* Writable and executable is what nobody asks for. */
		.attrs = (choice & 4 ? choice & 8 ? 0 : PHYSMAP_EXEC :
			  PHYSMAP_WRITE) |
			 (choice & 16 ? 0 : PHYSMAP_GLOBAL),
		.policy = choice & 32 ? PHYSMAP_FINAL_ON_FRESH :
					PHYSMAP_TWO_PASS,
		.flusher = choice & 64 ? PHYSMAP_CALLER_FLUSHES :
					 PHYSMAP_ENGINE_FLUSHES,
	};
	if (w->m.x86.machine.encrypt)
		r->req.attrs |= PHYSMAP_ENCRYPTED;
	for (i = 0; i < r->req.nr_ranges; i++) {
		any_range(b, from, &r->range[i]);
		from = r->range[i].end;
	}
	if (choice & 128) {	/* anything at all */
		struct physmap_range *bad = &r->range[choice & 3];

		bad->start = fuzz_number(b, 8);
		bad->end = fuzz_number(b, 8);
		bad->outer_start = fuzz_number(b, 8);
		bad->outer_end = fuzz_number(b, 8);
	}
}
