// SPDX-License-Identifier: GPL-2.0-only
/*
 * The identity-map clash planner and the MMU: may code switch tables where it
 * lies? The planner is asked about the space that is to come, and about one
 * that maps something else at the code's own address. There the code moves
 * into the window that the planner found, and switches from that.
 */
#include <string.h>
#include <physmap/walk.h>
#include "payload.h"

/* Of the map that is in the way: at the start of RAM, of the end of RAM. */
#define IN_THE_WAY	(64 * MB)

/* What is read through it at the code's own address. */
#define MARK		0x66

static void print_args(struct physmap_out *out, const char *fmt, va_list args)
{
	print(fmt, args);
}

/* Asks, and says what the answer is. */
static struct physmap_clash ask(const struct physmap_layout *layout)
{
	struct physmap_out out = { .vprint = print_args };
	const struct physmap_clash c =
		physmap_clash(layout, (u64)text_start,
			      (u64)rodata_start - (u64)text_start);

	say("# %s: ", granule);
	physmap_print_clash(&out, &c);
	return c;
}

/* Leaves go into the tables that are there. */
static struct physmap_layout layout_of(const struct space *s,
				       const struct physmap_region *region,
				       unsigned int nr_regions)
{
	const unsigned int page_shift = s->arm64.machine.page_shift;

	return (struct physmap_layout) {
		.region = region,
		.nr_regions = nr_regions,
		.va_limit = 1ULL << s->arm64.machine.va_bits,
		.leaf_shift = page_shift,
		.slot_shift = page_shift,
	};
}

/* A space whose 1:1 map is made; at EL1 its linear map is none of TTBR0's. */
void test_plan(const struct space *s)
{
	const u64 linear = machine.ram_start + s->linear.offset;
	const u64 linear_end = machine.ram_end + s->linear.offset;
	const struct physmap_region regions[] = {
		{ "UART", PHYSMAP_REGION_OTHER, UART, UART + UART_SIZE },
		{ "RAM below the code", PHYSMAP_REGION_OTHER,
		  machine.ram_start, (u64)text_start },
		{ "RAM above the code", PHYSMAP_REGION_OTHER,
		  (u64)rodata_start, machine.ram_end },
		{ "the linear map", PHYSMAP_REGION_OTHER, linear, linear_end },
		{ "the code 1:1", PHYSMAP_REGION_IDENTITY,
		  (u64)text_start, (u64)rodata_start },
	};
	const unsigned int all = sizeof(regions) / sizeof(regions[0]);
	const struct physmap_layout before = layout_of(s, regions, all - 1);
	const struct physmap_layout after = layout_of(s, regions, all);
	const bool free = ask(&before).verdict == PHYSMAP_CLASH_FREE;

	result(free && ask(&after).verdict == PHYSMAP_CLASH_PRESENT,
	       "%s: planner: no region is where the code is but its own 1:1 map",
	       granule);
}

/*
 * Other memory where the code is: the end of RAM. At EL2 a linear map would
 * be in the same table, at EL1 it stands for whatever else TTBR0 has.
 */
static bool map_in_the_way(struct space *s)
{
	s->linear = s->identity;
	s->linear.offset = machine.ram_start - (machine.ram_end - IN_THE_WAY);
	return map_range(&s->linear, machine.ram_end - IN_THE_WAY,
			 machine.ram_end, 0, PHYSMAP_RAM,
			 PHYSMAP_FINAL_ON_FRESH);
}

/* The one region that such a space has must be named; then there is a window. */
static bool plan_window(const struct space *s, struct physmap_span *window)
{
	const struct physmap_region region = {
		"the map in the way", PHYSMAP_REGION_OTHER,
		machine.ram_start, machine.ram_start + IN_THE_WAY
	};
	const struct physmap_span memory = { pools_end(), machine.ram_end };
	const struct physmap_layout layout = layout_of(s, &region, 1);
	const struct physmap_clash c = ask(&layout);

	if (!result(c.verdict == PHYSMAP_CLASH_REGION &&
		    c.region.name == region.name &&
		    c.region.start == region.start,
		    "%s: planner: the map where the code is has been named",
		    granule))
		return false;
	return result(physmap_clash_window(&layout,
					   (u64)idmap_end - (u64)idmap_start,
					   &memory, 1, window) &&
		      window->start >= region.end &&
		      window->end <= machine.ram_end,
		      "%s: planner: a window for a copy, above that map",
		      granule);
}

/* Does each page of the window translate to itself, or none to anything? */
static bool window_is(struct space *s, const struct physmap_span *window,
		      bool mapped)
{
	const u64 page = physmap_size(&s->arm64.geo, 0);
	u64 va;

	for (va = window->start; va < window->end; va += page) {
		const struct physmap_found f = physmap_lookup(&s->identity, va);
		const u64 offset = va & (physmap_size(&s->arm64.geo, f.level) - 1);
		const bool leaf = f.entry.kind == PHYSMAP_LEAF;

		if (leaf != mapped || (leaf && f.entry.pa + offset != va))
			return false;
	}
	return true;
}

/* ARM-CACHE-9: it will be fetched with the MMU off as well. */
static void copy_code(const struct physmap_span *window)
{
	memcpy((void *)window->start, idmap_start,
	       (u64)idmap_end - (u64)idmap_start);
	clean(window->start, window->end);
	asm volatile("ic iallu; dsb nsh; isb" : : : "memory");
}

/* What the copy reads at the code's own address in that space. */
static u64 visit_from(const struct physmap_span *window,
		      const struct space *there, const struct space *here)
{
	const u64 code = machine.el == 2 ? (u64)visit_el2 : (u64)visit_el1;
	u64 (*const visit)(u64 to, u64 back, u64 va) =
		(void *)(code - (u64)idmap_start + window->start);

	return visit(ttbr0(there), ttbr0(here), (u64)text_start);
}

/* Right of execution, and not of writing, asked of the MMU itself. */
static bool is_code(const struct physmap_span *window)
{
	const u64 last = window->end - 4 * KB;

	return PAR_PA(translate(window->start, false)) == window->start &&
	       PAR_PA(translate(last, false)) == last &&
	       !(translate(last, false) & PAR_F) &&
	       (translate(window->start, true) & PAR_F);
}

/*
 * Into a space that has other memory where the code is, and back, while
 * @home is in force; by way of a space that has the code and its copy.
 */
void test_clash(const struct space *home)
{
	const struct physmap_arm64_machine *m = &home->arm64.machine;
	const u64 below = (u64)text_start - machine.ram_start;
	static struct space here, there;
	struct physmap_span window;
	u64 seen;
	bool ok;

	begin_space(&there, m, 0);
	if (!map_in_the_way(&there) || !plan_window(&there, &window))
		return;
	begin_space(&here, m, 0);
	ok = window_is(&there, &window, false) &&
	     map_range(&there.identity, window.start, window.end, PHYSMAP_EXEC,
		       PHYSMAP_RAM, PHYSMAP_FINAL_ON_FRESH) &&
	     window_is(&there, &window, true) && map_identity(&here, &window);
	if (!result(ok, "%s: nothing else was in the window, now a copy is",
		    granule))
		return;
	*(volatile u64 *)(machine.ram_end - IN_THE_WAY + below) = MARK;
	copy_code(&window);
	switch_identity(&here);
	ok = is_code(&window);
	seen = visit_from(&window, &there, &here);
	switch_identity(home);
	result(ok && seen == MARK && *(volatile u64 *)text_start != MARK,
	       "%s: from the window: into the space with the clash, and back",
	       granule);
}
