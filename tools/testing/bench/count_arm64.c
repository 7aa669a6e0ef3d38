// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the counting plugin knows of an arm64 kernel: where it builds the linear
 * map and makes the alias of its image read-only, and what TLBI, DSB and ISB
 * look like. Compilers put map_mem() into paging_init(), so the windows are told
 * by calls that are made there whoever builds. Reads code and writes nothing.
 */
#include <string.h>

#include "count.h"

#define KERNEL_SPACE	(1ull << 63)	/* what TTBR1 translates */

/* Opens with a call that the caller makes, closes behind one. */
static const struct span {
	const char *name, *caller, *opening, *closing;
} spans[] = {
	/* Behind the opening call is all that maps RAM, and before the closing. */
	{ "map_mem", "paging_init", "memblock_mark_nomap", "memblock_clear_nomap" },
	{ "mark_linear_text_alias_ro", "smp_cpus_done",
	  "mark_linear_text_alias_ro", "mark_linear_text_alias_ro" },
};

#define N_SPANS	(sizeof(spans) / sizeof(spans[0]))

static struct {
	const struct symbol *caller;
	uint64_t opening, closing;	/* what is called */
	uint64_t behind;		/* the closing call; 0: not seen yet */
} found[N_SPANS];

enum sight { TLBI, DSB, ISB, N_SIGHTS };

_Static_assert(N_SIGHTS <= MAX_SIGHTS, "windows have too few counters");

static const struct {
	const char *name;
	uint32_t mask, value;		/* of the instruction */
} sights[N_SIGHTS] = {
	/* SYS with CRn 8: any operand, any shareability, this CPU's or all. */
	[TLBI] = { "tlbi", 0xfff8f000, 0xd5088000 },
	[DSB] = { "dsb", 0xfffff0ff, 0xd503309f },
	[ISB] = { "isb", 0xfffff0ff, 0xd50330df },
};

static bool prepare(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (size_t i = 0; i < N_SPANS; i++) {
		const struct symbol *opening, *closing;

		found[i].caller = kernel_symbol(spans[i].caller);
		opening = kernel_symbol(spans[i].opening);
		closing = kernel_symbol(spans[i].closing);
		if (!found[i].caller || !opening || !closing)
			return false;
		found[i].opening = opening->start;
		found[i].closing = closing->start;
	}
	return true;
}

static const struct symbol *symbol_of(uint64_t address, enum whose *side)
{
	*side = address & KERNEL_SPACE ? OWN : ELSEWHERE;
	return *side == OWN ? symbols_at(&kernel, address) : NULL;
}

/* Where a BL goes; 0: it is another instruction. */
static uint64_t call_target(uint32_t code, uint64_t address)
{
	if (code >> 26 != 0x25)
		return 0;
	return address + (int64_t)(int32_t)(code << 6) / 64 * 4;
}

static void watch_spans(struct qemu_plugin_insn *insn, uint32_t code,
			uint64_t address)
{
	const uint64_t target = call_target(code, address);

	for (size_t i = 0; i < N_SPANS; i++) {
		if (address == found[i].behind)
			close_at(insn);
		if (address < found[i].caller->start ||
		    address >= found[i].caller->end)
			continue;
		if (target == found[i].opening)
			open_at(insn, spans[i].name);
		if (target == found[i].closing)
			found[i].behind = address + sizeof(code);
	}
}

static void watch(struct qemu_plugin_insn *insn, const struct place *place,
		  uint64_t address)
{
	uint32_t code;

	if (place->side != OWN || qemu_plugin_insn_size(insn) != sizeof(code))
		return;
	memcpy(&code, qemu_plugin_insn_data(insn), sizeof(code));
	watch_spans(insn, code, address);
	for (int i = 0; i < N_SIGHTS; i++)
		if ((code & sights[i].mask) == sights[i].value)
			sight_at(insn, i);
}

/* There are no hypercalls to keep account of. */
static void nothing(struct window *w)
{
	(void)w;
}

static void tell(const struct window *w, json_t *figures)
{
	for (int i = 0; i < N_SIGHTS; i++)
		json_object_set_new(figures, sights[i].name,
				    json_integer(w->sights[i]));
}

const struct guest guest_arm64 = {
	.target = "aarch64",
	.prepare = prepare,
	.symbol_of = symbol_of,
	.watch = watch,
	.open = nothing,
	.go_on = nothing,
	.hold = nothing,
	.tell = tell,
};
