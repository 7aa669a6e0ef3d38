// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk of arm64 hardware at stage 1. Reads memory, writes nothing; the
 * hardware's own updates of AF and of the dirty state are not modelled.
 */
#include "arm64_mmu.h"

#define BITS(hi, lo)	((2ULL << (hi)) - (1ULL << (lo)))
#define VALID		0x1ULL
#define TABLE		0x2ULL	/* above the last level; a page at it */
#define AP_USER		(1ULL << 6)
#define AP_READ_ONLY	(1ULL << 7)
#define AF		(1ULL << 10)
#define NON_GLOBAL	(1ULL << 11)
#define NT		(1ULL << 16)
#define DBM		(1ULL << 51)
#define CONTIGUOUS	(1ULL << 52)
#define PXN		(1ULL << 53)
#define UXN		(1ULL << 54)
#define PXN_TABLE	(1ULL << 59)
#define UXN_TABLE	(1ULL << 60)
#define AP_TABLE_USER	(1ULL << 61)	/* takes it */
#define AP_TABLE_RO	(1ULL << 62)

static unsigned int level_bits(const struct model_arm64_cpu *cpu)
{
	return cpu->page_shift - 3;
}

static unsigned int level_shift(const struct model_arm64_cpu *cpu,
				unsigned int level)
{
	return cpu->page_shift + level * level_bits(cpu);
}

/* Levels of tables that a walk goes through. */
unsigned int model_arm64_levels(const struct model_arm64_cpu *cpu)
{
	unsigned int levels = 1;

	while (level_shift(cpu, levels) < cpu->va_bits)
		levels++;
	return levels;
}

/* A table of the top level may be short: there is no address for the rest. */
static unsigned int entries(const struct model_arm64_cpu *cpu,
			    unsigned int level)
{
	const unsigned int left = cpu->va_bits - level_shift(cpu, level);

	return 1u << (left < level_bits(cpu) ? left : level_bits(cpu));
}

static bool is_leaf(unsigned int level, u64 raw)
{
	return !level || !(raw & TABLE);
}

/* Where the top bits of a 52-bit address are in an entry. */
static u64 address(const struct model_arm64_cpu *cpu, unsigned int level,
		   u64 raw)
{
	const unsigned int shift = is_leaf(level, raw) ?
				   level_shift(cpu, level) : cpu->page_shift;

	if (cpu->lpa2)
		return (raw & BITS(49, shift)) | (raw >> 8 & 3) << 50;
	if (cpu->page_shift == 16)
		return (raw & BITS(47, shift)) | (raw >> 12 & 15) << 48;
	return raw & BITS(47, shift);
}

/* Levels at which the Arm ARM has blocks. */
static bool has_block(const struct model_arm64_cpu *cpu, unsigned int level)
{
	if (cpu->page_shift == 12)
		return level < 3 || (level == 3 && cpu->lpa2);
	if (cpu->page_shift == 14)
		return level < 2 || (level == 2 && cpu->lpa2);
	return level < 2 || (level == 2 && cpu->pa_bits > 48);
}

/* Bits between the attributes and a block's address. */
static u64 below_address(const struct model_arm64_cpu *cpu, unsigned int level)
{
	const unsigned int from = cpu->page_shift == 16 && !cpu->lpa2 ? 16 : 12;
	const unsigned int shift = level_shift(cpu, level);

	return shift > from ? BITS(shift - 1, from) & ~NT : 0;
}

static bool reserved(const struct model_arm64_cpu *cpu, unsigned int level,
		     u64 raw)
{
	if (address(cpu, level, raw) >> cpu->pa_bits)
		return true;
	if (!level)
		return !(raw & TABLE);
	if (!is_leaf(level, raw))
		return false;
	return !has_block(cpu, level) || (raw & below_address(cpu, level));
}

static void take_table(struct model_arm64_translation *t,
		       const struct model_arm64_cpu *cpu, u64 raw)
{
	t->write &= !(raw & AP_TABLE_RO);
	t->user &= !(raw & AP_TABLE_USER);
	t->exec &= !(raw & (cpu->el2 ? UXN_TABLE : PXN_TABLE));
	t->user_exec &= !(raw & UXN_TABLE);
}

static void take_leaf(struct model_arm64_translation *t,
		      const struct model_arm64_cpu *cpu, u64 raw)
{
	/* With DBM and TCR.HD a write makes it writable: as good as that. */
	t->write &= !(raw & AP_READ_ONLY) || (raw & DBM);
	t->user &= (raw & AP_USER) && !cpu->el2;
	t->exec &= !(raw & (cpu->el2 ? UXN : PXN));
	t->user_exec &= !(raw & UXN) && !cpu->el2;
	t->global = cpu->el2 || !(raw & NON_GLOBAL);
	t->contig = raw & CONTIGUOUS;
	t->no_translation = t->level && (raw & NT);
	t->accessed = raw & AF;
	t->attrindx = raw >> 2 & 7;
	t->shareability = cpu->lpa2 ? 3 : raw >> 8 & 3;
}

/* The walk for @va, to the entry at @level and no further. */
struct model_arm64_translation
model_arm64_walk(const struct model_memory *mem,
		 const struct model_arm64_cpu *cpu, u64 va, unsigned int level)
{
	struct model_arm64_translation t = {
		.level = model_arm64_levels(cpu),
		.table = cpu->root,
		.write = true, .exec = true, .user = true, .user_exec = true,
	};
	u64 next = cpu->root;

	while (t.level-- > level) {
		const unsigned int shift = level_shift(cpu, t.level);
		const u64 *page = model_peek(mem, next);

		t.table = next;
		t.index = va >> shift & (entries(cpu, t.level) - 1);
		t.raw = page ? page[t.index] : 0;
		if (!(t.raw & VALID))
			return t;
		t.reserved = reserved(cpu, t.level, t.raw);
		if (t.reserved)
			return t;
		next = address(cpu, t.level, t.raw);
		if (is_leaf(t.level, t.raw)) {
			t.present = true;
			take_leaf(&t, cpu, t.raw);
			t.pa = next | (va & ((1ULL << shift) - 1));
			return t;
		}
		take_table(&t, cpu, t.raw);
	}
	t.level++;
	return t;
}

/* What @va means to the processor. */
struct model_arm64_translation
model_arm64_translate(const struct model_memory *mem,
		      const struct model_arm64_cpu *cpu, u64 va)
{
	return model_arm64_walk(mem, cpu, va, 0);
}

static u64 count(const struct model_memory *mem,
		 const struct model_arm64_cpu *cpu, unsigned int level,
		 u64 table)
{
	const u64 *page = model_peek(mem, table);
	u64 n = 1;
	unsigned int i;

	for (i = 0; page && level && i < entries(cpu, level); i++)
		if ((page[i] & VALID) && !is_leaf(level, page[i]))
			n += count(mem, cpu, level - 1,
				   address(cpu, level, page[i]));
	return n;
}

/* Table pages that the processor can reach, the root included. */
u64 model_arm64_tables(const struct model_memory *mem,
		       const struct model_arm64_cpu *cpu)
{
	return count(mem, cpu, model_arm64_levels(cpu) - 1, cpu->root);
}
