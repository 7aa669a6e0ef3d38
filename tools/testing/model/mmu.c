// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hardware's walk, for two to five levels (SDM "Paging"). Reads memory,
 * writes nothing; A and D are not modelled.
 */
#include "mmu.h"

#define P	0x1ULL
#define RW	0x2ULL
#define US	0x4ULL
#define PS	0x80ULL
#define G	0x100ULL
#define NX	(1ULL << 63)

static unsigned int index_bits(const struct model_cpu *cpu, unsigned int level)
{
	if (cpu->levels == 2)
		return 10;
	return cpu->levels == 3 && level == 2 ? 2 : 9;
}

static unsigned int level_shift(const struct model_cpu *cpu, unsigned int level)
{
	return 12 + level * (cpu->levels == 2 ? 10 : 9);
}

/* An entry of a page's contents; NULL is a page of zeroes. */
static u64 entry(const struct model_cpu *cpu, const void *page,
		 unsigned int index)
{
	if (!page)
		return 0;
	return cpu->levels == 2 ? ((const u32 *)page)[index] :
				  ((const u64 *)page)[index];
}

static u64 address(const struct model_cpu *cpu, u64 raw)
{
	u64 pa = raw & 0x000ffffffffff000ULL & ~cpu->encrypt;

	return cpu->frame ? cpu->frame(pa >> 12) << 12 : pa;
}

static bool leaf_at(unsigned int level, u64 raw)
{
	return !level || (raw & PS);
}

/* Bits that must be zero in a present entry. */
static bool reserved(const struct model_cpu *cpu, unsigned int level, u64 raw)
{
	const u64 size = 1ULL << level_shift(cpu, level);
	const u64 high = 0x000fffffffffffffULL & ~((1ULL << cpu->pa_bits) - 1);

	if (cpu->levels > 2 && (raw & high & ~cpu->encrypt))
		return true;
	if ((raw & NX) && !cpu->nx)
		return true;
	if (cpu->levels == 3 && (raw & (0x7ffULL << 52)))
		return true;
	if (cpu->levels == 3 && level == 2)
		return raw & (NX | 0x1e6);
	if (!leaf_at(level, raw) || !level)
		return false;
	/* Bit 12 of a large leaf is PAT; the rest below its size is reserved. */
	return level > 2 || (level == 2 && !cpu->gbpages) ||
	       (raw & (size - 1) & ~0x1fffULL);
}

static unsigned int pat_of(unsigned int level, u64 raw)
{
	return (raw >> 3 & 1) | (raw >> 4 & 1) << 1 |
	       (raw >> (level ? 12 : 7) & 1) << 2;
}

static bool allows(const struct model_cpu *cpu, unsigned int level, u64 raw,
		   u64 right)
{
	/* PAE's four top entries have no rights of their own. */
	return (cpu->levels == 3 && level == 2) || (raw & right);
}

/* What @va means to the processor. */
struct model_translation model_translate(const struct model_memory *mem,
					 const struct model_cpu *cpu, u64 va)
{
	struct model_translation t = {
		.level = cpu->levels,
		.table = cpu->root,
		.write = true, .exec = true, .user = true, .encrypted = true,
	};
	u64 next = cpu->root;

	while (t.level--) {
		const unsigned int shift = level_shift(cpu, t.level);

		t.table = next;
		t.index = va >> shift & ((1u << index_bits(cpu, t.level)) - 1);
		t.raw = entry(cpu, model_peek(mem, t.table), t.index);
		if (!(t.raw & P))
			return t;
		t.reserved = reserved(cpu, t.level, t.raw);
		if (t.reserved)
			return t;
		t.write &= allows(cpu, t.level, t.raw, RW);
		t.user &= allows(cpu, t.level, t.raw, US);
		t.exec &= !(t.raw & NX);
		t.encrypted &= !!(t.raw & cpu->encrypt);
		next = address(cpu, t.raw);
		if (!leaf_at(t.level, t.raw))
			continue;
		t.present = true;
		t.global = t.raw & G;
		t.pat = pat_of(t.level, t.raw);
		t.pa = (next & ~((1ULL << shift) - 1)) |
		       (va & ((1ULL << shift) - 1));
		return t;
	}
	return t;
}

static u64 count(const struct model_memory *mem, const struct model_cpu *cpu,
		 unsigned int level, u64 table)
{
	const void *page = model_peek(mem, table);
	u64 n = 1;
	unsigned int i;

	for (i = 0; level && i < 1u << index_bits(cpu, level); i++) {
		const u64 raw = entry(cpu, page, i);

		if ((raw & P) && !leaf_at(level, raw))
			n += count(mem, cpu, level - 1, address(cpu, raw));
	}
	return n;
}

/* Table pages that the processor can reach, the root included. */
u64 model_tables(const struct model_memory *mem, const struct model_cpu *cpu)
{
	return count(mem, cpu, cpu->levels - 1, cpu->root);
}
