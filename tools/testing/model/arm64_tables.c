// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64 tables made by hand, and read as a processor does. From the Arm ARM's
 * "VMSAv8-64 translation table format descriptors", "MAIR_EL1" and
 * "Mismatched memory attributes", as tables and strings.
 */
#include <stdlib.h>
#include <string.h>
#include "arm64_tables.h"

#define MAX_PAGES	128
/* Tables lie above 256 TiB where addresses are that long: bits lie apart. */
#define LOW_MEMORY	0x40000000ULL

static unsigned int bits_per_level(const struct arm64_tables *t)
{
	return t->page_shift - 3;
}

/* Level 0 holds pages; each further one covers a table of the one below. */
unsigned int arm64_tables_shift(const struct arm64_tables *t,
				unsigned int level)
{
	return t->page_shift + level * bits_per_level(t);
}

static unsigned int root_level(const struct arm64_tables *t)
{
	unsigned int level = 0;

	while (arm64_tables_shift(t, level + 1) < t->va_bits)
		level++;
	return level;
}

static u64 address_of(const struct arm64_tables *t, u64 raw)
{
	const u64 page = ~0ULL << t->page_shift;

	if (t->lpa2)
		return (raw & 0x0003fffffffff000 & page) |
		       (raw & 0x300) << 42;
	if (t->page_shift == 16)
		return (raw & 0x0000ffffffff0000) | (raw & 0xf000) << 36;
	return raw & 0x0000fffffffff000 & page;
}

static u64 spelled(const struct arm64_tables *t, u64 pa)
{
	if (t->lpa2)
		return (pa & 0x0003ffffffffffff) | (pa >> 50 & 3) << 8;
	if (t->page_shift == 16)
		return (pa & 0x0000ffffffffffff) | (pa >> 48) << 12;
	return pa;
}

void arm64_tables_start(struct arm64_tables *t)
{
	t->memory = calloc(MAX_PAGES, 1ULL << t->page_shift);
	if (!t->memory)
		abort();
	t->root = LOW_MEMORY;
	if (t->page_shift == 16 || t->lpa2)
		t->root += 5ULL << 48;
	t->pages = 1;
}

void arm64_tables_stop(struct arm64_tables *t)
{
	free(t->memory);
	t->memory = NULL;
}

u64 *arm64_tables_page(struct arm64_tables *t, u64 pa)
{
	const u64 page = (pa - t->root) >> t->page_shift;

	if (pa < t->root || page >= t->pages)
		abort();
	return t->memory + (page << bits_per_level(t));
}

static unsigned int index_of(const struct arm64_tables *t, u64 va,
			     unsigned int level)
{
	unsigned int bits = bits_per_level(t);

	if (level == root_level(t))
		bits = t->va_bits - arm64_tables_shift(t, level);
	return va >> arm64_tables_shift(t, level) & ((1u << bits) - 1);
}

/* The slot of an address at a level; tables above are made. */
u64 *arm64_tables_slot(struct arm64_tables *t, u64 va, unsigned int level)
{
	unsigned int l = root_level(t);
	u64 *table = arm64_tables_page(t, t->root);

	for (; l > level; l--) {
		u64 *slot = &table[index_of(t, va, l)];

		if ((*slot & 3) == 1)
			abort();
		if (!*slot) {
			if (t->pages == MAX_PAGES)
				abort();
			*slot = 3 | spelled(t, t->root +
					    ((u64)t->pages++ << t->page_shift));
		}
		table = arm64_tables_page(t, address_of(t, *slot));
	}
	return &table[index_of(t, va, level)];
}

/* AF, UXN and PXN; writable. */
u64 arm64_tables_leaf(const struct arm64_tables *t, unsigned int level, u64 pa,
		      unsigned int attr_index, unsigned int share)
{
	return 3ULL << 53 | 1ULL << 10 | (level ? 1 : 3) | spelled(t, pa) |
	       (t->lpa2 ? 0 : share << 8) | attr_index << 2;
}

/* Outer and inner half have the same code, but for these. */
static const char *half(unsigned int code)
{
	static const char * const policy[16] = {
		"?",
		"WT", "WT", "WT",		/* transient */
		"NC",
		"WB", "WB", "WB",		/* transient */
		"WT", "WT", "WT", "WT",
		"WB", "WB", "WB", "WB",
	};

	return policy[code];
}

struct arm64_memory arm64_memory_type(u8 mair_byte, unsigned int share)
{
	static const char * const shares[] = { "non", "?", "outer", "inner" };
	struct arm64_memory m = { "?", "", "", "outer" };

	switch (mair_byte) {
	case 0x00: case 0x01:
		m.type = "nGnRnE";
		return m;
	case 0x04: case 0x05:
		m.type = "nGnRE";
		return m;
	case 0x08: case 0x09:
		m.type = "nGRE";
		return m;
	case 0x0c: case 0x0d:
		m.type = "GRE";
		return m;
	case 0x44: case 0x40:		/* the latter with FEAT_XS */
		return (struct arm64_memory) { "Normal", "NC", "NC", "outer" };
	case 0xa0:			/* FEAT_XS */
		return (struct arm64_memory) { "Normal", "WT", "WT",
					       shares[share] };
	case 0xf0:			/* FEAT_MTE2: Tagged */
		return (struct arm64_memory) { "Normal", "WB", "WB",
					       shares[share] };
	}
	if (mair_byte < 0x10 || !(mair_byte & 0xf))
		return m;
	return (struct arm64_memory) { "Normal", half(mair_byte & 0xf),
				       half(mair_byte >> 4), shares[share] };
}

static struct arm64_memory memory_of(const struct arm64_tables *t, u64 raw)
{
	const unsigned int index = raw >> 2 & 7;

	return arm64_memory_type(t->mair >> index * 8,
				 t->lpa2 ? t->tcr_share : raw >> 8 & 3);
}

struct arm64_seen arm64_tables_see(struct arm64_tables *t, u64 va)
{
	struct arm64_seen seen = { .write = true, .exec = true };
	u64 table = t->root;
	unsigned int l;

	for (l = root_level(t);; l--) {
		const u64 raw = arm64_tables_page(t, table)[index_of(t, va, l)];
		const u64 within = (1ULL << arm64_tables_shift(t, l)) - 1;

		if (!(raw & 1) || (!l && !(raw & 2)))
			return (struct arm64_seen) { };
		if (!l || !(raw & 2)) {
			seen.mapped = true;
			seen.pa = (address_of(t, raw) & ~within) | (va & within);
			seen.write &= !(raw >> 7 & 1);
			seen.exec &= !(raw >> 53 & 1);
			seen.memory = memory_of(t, raw);
			return seen;
		}
		seen.write &= !(raw >> 62 & 1);
		seen.exec &= !(raw >> 59 & 1);
		table = address_of(t, raw);
	}
}

/* How accesses by both mismatch; "" if they do not. */
const char *arm64_memory_conflict(const struct arm64_memory *a,
				  const struct arm64_memory *b)
{
	if (strcmp(a->type, b->type))
		return "memory type differs";
	if (strcmp(a->inner, b->inner))
		return "inner cacheability differs";
	if (strcmp(a->outer, b->outer))
		return "outer cacheability differs";
	return strcmp(a->share, b->share) ? "shareability differs" : "";
}
