// SPDX-License-Identifier: GPL-2.0-only
/*
 * Spaces: what one setting of the MMU translates. The engine builds their
 * tables, and the steps of switch.S put one space in force after another.
 * Code is mapped executable or writable, never both (ARM-MMU-5).
 */
#include "payload.h"

static struct physmap_report report;

/* Building */

/* An empty range maps nothing. */
bool map_range(struct physmap_map *map, u64 start, u64 end, u32 attrs,
	       enum physmap_source source, enum physmap_policy policy)
{
	const struct physmap_range range = {
		.start = start,
		.end = end,
		.outer_start = start,
		.outer_end = end,
		.leaf_levels = ~0u,
		.contig = true,
		.source = source,
	};
	const struct physmap_request request = {
		.ranges = &range,
		.nr_ranges = 1,
		.attrs = attrs | PHYSMAP_GLOBAL,
		.policy = policy,
	};
	struct physmap_refusal why = { };

	if (start == end || !physmap_build(map, &request, &report, &why))
		return true;
	say("# %s: %#llx-%#llx: %s: %s\n", granule, start, end, why.rule,
	    why.what);
	return false;
}

static bool map_ram(struct physmap_map *map, u64 start, u64 end, u32 attrs)
{
	return map_range(map, start, end, attrs, PHYSMAP_RAM,
			 PHYSMAP_FINAL_ON_FRESH);
}

/*
 * All of RAM 1:1: what is code may be executed, and all but code and constants
 * written to. There is code of the image and, perhaps, of a window.
 */
bool map_memory(struct space *s, const struct physmap_span *window)
{
	struct physmap_map *map = &s->identity;

	return map_ram(map, machine.ram_start, (u64)text_start,
		       PHYSMAP_WRITE) &&
	       map_ram(map, (u64)text_start, (u64)rodata_start, PHYSMAP_EXEC) &&
	       map_ram(map, (u64)rodata_start, (u64)data_start, 0) &&
	       map_ram(map, (u64)data_start, window->start, PHYSMAP_WRITE) &&
	       map_ram(map, window->start, window->end, PHYSMAP_EXEC) &&
	       map_ram(map, window->end, machine.ram_end, PHYSMAP_WRITE);
}

/* With the console: the UART. */
bool map_identity(struct space *s, const struct physmap_span *window)
{
	return map_memory(s, window) &&
	       map_range(&s->identity, UART, UART + UART_SIZE,
			 PHYSMAP_WRITE | DEVICE, PHYSMAP_FIRMWARE,
			 PHYSMAP_FINAL_ON_FRESH);
}

/* As a kernel does: its own text is read-only here, and nothing executable. */
bool map_linear(struct space *s, u64 end, enum physmap_policy policy)
{
	struct physmap_map *map = &s->linear;

	return map_range(map, machine.ram_start, (u64)text_start, PHYSMAP_WRITE,
			 PHYSMAP_RAM, policy) &&
	       map_range(map, (u64)text_start, (u64)data_start, 0, PHYSMAP_RAM,
			 policy) &&
	       map_range(map, (u64)data_start, end, PHYSMAP_WRITE, PHYSMAP_RAM,
			 policy);
}

/* Nothing is mapped yet; the linear map is to be so much above its usual place. */
void begin_space(struct space *s, const struct physmap_arm64_machine *m,
		 u64 above)
{
	const u64 half = 1ULL << (m->va_bits - 1);
	struct physmap_map *map = &s->identity;

	physmap_arm64_geometry(&s->arm64, m);
	*map = (struct physmap_map) {
		.geo = &s->arm64.geo,
		.hooks = &payload_hooks,
		.root = pool_page(&s->arm64.geo),
		.va_limit = half,
	};
	s->linear = *map;
	s->empty = pool_page(&s->arm64.geo);
	if (machine.el == 1)
		s->linear.root = pool_page(&s->arm64.geo);
	s->linear.va_start = machine.el == 2 ? half : -2 * half;
	s->linear.va_limit = s->linear.va_start + half;
	s->linear.offset = s->linear.va_start - machine.ram_start + above;
}

/* A TTBR holds bits 51:48 of an address below bit 6; no table is up there. */
u64 ttbr0(const struct space *s)
{
	return s->identity.root;
}

static u64 ttbr1(const struct space *s)
{
	return s->linear.root;
}

/* The MMU */

struct physmap_arm64_was mmu_off(u64 read, u64 read_end, u64 written,
				 u64 written_end)
{
	return machine.el == 2 ?
	       physmap_arm64_mmu_off_el2(read, read_end, written, written_end) :
	       physmap_arm64_mmu_off_el1(read, read_end, written, written_end);
}

void mmu_on(const struct space *s, u64 written_end,
	    const struct physmap_arm64_was *was)
{
	if (machine.el == 2)
		physmap_arm64_mmu_on_el2((u64)data_start, written_end, MAIR,
					 tcr_for(&s->arm64.machine), ttbr0(s),
					 0, was->sctlr, was->daif);
	else
		physmap_arm64_mmu_on_el1((u64)data_start, written_end, MAIR,
					 tcr_for(&s->arm64.machine), ttbr0(s),
					 ttbr1(s), was->sctlr, was->daif);
}

/*
 * Off and on again with all of another space. The stack and whatever this
 * function and its callees touch in between is in the image.
 */
void change_to(const struct space *s)
{
	const struct physmap_arm64_was was =
		mmu_off((u64)text_start, (u64)image_end, (u64)data_start,
			(u64)image_end);

	mmu_on(s, (u64)image_end, &was);
}

/* Another table for TTBR0, which maps running code as the old one does. */
void switch_identity(const struct space *s)
{
	if (machine.el == 2)
		physmap_arm64_switch_ttbr_el2(ttbr0(s));
	else
		physmap_arm64_switch_ttbr_el1(ttbr0(s));
}

/* Another linear map; at EL2 that is another table altogether. */
void switch_to(const struct space *s)
{
	if (machine.el == 2)
		switch_identity(s);
	else
		physmap_arm64_switch_ttbr1_el1(ttbr1(s), s->empty);
}

/* What others read past every cache (ARM-XEN-3). */
void clean(u64 start, u64 end)
{
	if (machine.el == 2)
		physmap_arm64_clean_el2(start, end);
	else
		physmap_arm64_clean_el1(start, end);
}
