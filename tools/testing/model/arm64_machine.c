// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated arm64 machines: the common hooks over the real arm64 backend, the
 * linear map where Linux puts it (at EL2 where Xen might), and a processor
 * that is described anew. Writes simulated memory only.
 */
#include "arm64_machine.h"

static const struct physmap_hooks native = {
	.write = physmap_arm64_write,
	.protect = physmap_arm64_protect,
	.link = physmap_arm64_link,
	.commit = physmap_arm64_commit,
	.flush = physmap_arm64_flush,
};

/*
 * Half of the addresses. At EL1 the lower half of those that TTBR1 translates,
 * at EL2, where there is one TTBR, the upper half of all.
 */
static void place(struct physmap_map *map,
		  const struct physmap_arm64_machine *machine, u64 ram_start)
{
	const u64 half = BIT_ULL(machine->va_bits - 1);

	map->va_start = machine->regime == PHYSMAP_ARM64_EL2 ? half : -2 * half;
	map->va_limit = map->va_start + half;
	map->offset = map->va_start - ram_start;
}

/*
 * A machine with an empty root table, not live yet. The first address of the
 * map translates @ram_start; table pages are handed out from @tables_from on.
 * Both are multiples of a page.
 */
void model_arm64_start(struct model_arm64 *a,
		       const struct physmap_arm64_machine *machine,
		       u64 ram_start, u64 tables_from)
{
	*a = (struct model_arm64) { .m.backend = &native };
	physmap_arm64_geometry(&a->arm64, machine);
	model_start_bare(&a->m, &a->arm64.geo, tables_from);
	place(&a->m.map, machine, ram_start);
	a->cpu = (struct model_arm64_cpu) {
		.page_shift = machine->page_shift,
		.va_bits = machine->va_bits,
		.pa_bits = machine->pa_bits,
		.lpa2 = machine->lpa2,
		.el2 = machine->regime == PHYSMAP_ARM64_EL2,
		.root = a->m.map.root,
	};
}

void model_arm64_stop(struct model_arm64 *a)
{
	model_stop(&a->m);
}

/* What the processor makes of @va now. */
struct model_arm64_translation model_arm64_look(struct model_arm64 *a, u64 va)
{
	return model_arm64_translate(&a->m.mem, &a->cpu, va);
}

/* An entry that points to a table, as early boot makes it. */
static u64 point_to(const struct model_arm64 *a, u64 table)
{
	if (a->cpu.lpa2)
		return (table & (BIT_ULL(50) - 1)) | table >> 50 << 8 | 3;
	if (a->cpu.page_shift == 16)
		return (table & (BIT_ULL(48) - 1)) | table >> 48 << 12 | 3;
	return table | 3;
}

/*
 * The slot that translates @va at @level, for tests that put something there
 * behind the engine; tables on the way are made. NULL if a leaf is in the way.
 */
u64 *model_arm64_slot(struct model_arm64 *a, u64 va, unsigned int level)
{
	for (;;) {
		const struct model_arm64_translation t =
			model_arm64_walk(&a->m.mem, &a->cpu, va, level);
		u64 *slot = (u64 *)model_page(&a->m.mem, t.table) + t.index;
		u64 table;

		if (t.level == level)
			return slot;
		if (t.raw)
			return NULL;
		model_alloc(&a->m.mem, &table);
		*slot = point_to(a, table);
	}
}
