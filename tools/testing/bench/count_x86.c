// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the counting plugin knows of any x86 kernel, native or under Xen PV:
 * where init_mem_mapping() begins and ends; and, of one that has the machine to
 * itself, which instructions drop translations. Reads code and writes nothing.
 *
 * A window opens with the first instruction of init_mem_mapping() and closes
 * with the one behind the call.
 */
#include <string.h>

#include "count.h"

#define MEASURED	"init_mem_mapping"

static uint64_t begin, behind;		/* addresses that open and close */

bool x86_find_window(void)
{
	const struct symbol *measured = kernel_symbol(MEASURED);

	if (measured)
		begin = measured->start;
	return measured;
}

/* The instruction behind "call init_mem_mapping". */
static void find_behind(const unsigned char *code, size_t size, uint64_t address)
{
	int32_t distance;

	if (size != 5 || code[0] != 0xe8)
		return;
	memcpy(&distance, code + 1, sizeof(distance));
	if (address + size + distance == begin)
		behind = address + size;
}

void x86_watch_window(struct qemu_plugin_insn *insn, uint64_t address)
{
	find_behind(qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn),
		    address);
	if (address == begin)
		open_at(insn, MEASURED);
	if (address == behind)
		close_at(insn);
}

enum sight { INVLPG, MOV_CR3, MOV_CR4, INVPCID, N_SIGHTS };

_Static_assert(N_SIGHTS <= MAX_SIGHTS, "windows have too few counters");

#define ANY_REG	(-1)

static const struct {
	const char *name;
	unsigned char opcode[3], len;
	int reg;			/* in the ModRM byte */
	bool memory;			/* its operand is in memory */
} sights[N_SIGHTS] = {
	[INVLPG] = { "invlpg", { 0x0f, 0x01 }, 2, 7, true },
	[MOV_CR3] = { "mov_cr3", { 0x0f, 0x22 }, 2, 3, false },
	[MOV_CR4] = { "mov_cr4", { 0x0f, 0x22 }, 2, 4, false },
	[INVPCID] = { "invpcid", { 0x0f, 0x38, 0x82 }, 3, ANY_REG, true },
};

/* Operand size, repeat, segments and REX. */
static bool is_prefix(unsigned char byte)
{
	static const unsigned char prefixes[] = {
		0x66, 0x67, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65,
	};

	return (byte & 0xf0) == 0x40 ||
	       memchr(prefixes, byte, sizeof(prefixes));
}

static bool is_sight(int sight, const unsigned char *code, size_t size)
{
	const size_t len = sights[sight].len;
	unsigned char modrm;

	if (size <= len || memcmp(code, sights[sight].opcode, len))
		return false;
	modrm = code[len];
	return (sights[sight].reg == ANY_REG ||
		(modrm >> 3 & 7) == sights[sight].reg) &&
	       (modrm < 0xc0) == sights[sight].memory;
}

static void watch_sights(struct qemu_plugin_insn *insn)
{
	const unsigned char *code = qemu_plugin_insn_data(insn);
	size_t size = qemu_plugin_insn_size(insn);

	for (; size && is_prefix(*code); size--)
		code++;
	for (int i = 0; i < N_SIGHTS; i++)
		if (is_sight(i, code, size))
			sight_at(insn, i);
}

static bool prepare(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return x86_find_window();
}

static const struct symbol *symbol_of(uint64_t address, enum whose *side)
{
	*side = address >= X86_KERNEL_SPACE ? OWN : ELSEWHERE;
	return *side == OWN ? symbols_at(&kernel, address) : NULL;
}

static void watch(struct qemu_plugin_insn *insn, const struct place *place,
		  uint64_t address)
{
	if (place->side != OWN)
		return;
	x86_watch_window(insn, address);
	watch_sights(insn);
}

/* There are no hypercalls to keep account of. */
static void nothing(struct window *w)
{
	(void)w;
}

static void tell(const struct window *w, json_t *figures)
{
	uint64_t flushes = 0;

	for (int i = 0; i < N_SIGHTS; i++) {
		json_object_set_new(figures, sights[i].name,
				    json_integer(w->sights[i]));
		flushes += w->sights[i];
	}
	json_object_set_new(figures, "flushes", json_integer(flushes));
}

const struct guest guest_x86 = {
	.target = "x86_64",
	.prepare = prepare,
	.symbol_of = symbol_of,
	.watch = watch,
	.open = nothing,
	.go_on = nothing,
	.hold = nothing,
	.tell = tell,
};
