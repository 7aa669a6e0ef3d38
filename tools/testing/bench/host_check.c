// SPDX-License-Identifier: GPL-2.0-only
/*
 * What page tables must be, worked out from ranges and manuals by arithmetic:
 * how many tables the ranges need at least, and what every entry must say. It
 * reads tables, and shares nothing with the engine but the words for a range.
 */
#include "host.h"

#define ENTRIES		512
#define FRAME		0x000ffffffffff000ULL

/* NX, G, D, A, RW, P */
#define X86_PAGE_FLAGS	0x8000000000000163ULL
#define X86_LARGE	0x80ULL
/* Software dirty, UXN, PXN, DBM, AF, inner shareable, page, valid */
#define ARM64_PAGE_FLAGS 0x00e8000000000703ULL

static unsigned int shift_of(unsigned int level)
{
	return 12 + 9 * level;
}

/* Slots of a level that lie within [start, end) as a whole. */
static u64 whole(unsigned int level, u64 start, u64 end)
{
	const u64 size = 1ULL << shift_of(level);
	const u64 first = (start + size - 1) >> shift_of(level);
	const u64 last = end >> shift_of(level);

	return last > first ? last - first : 0;
}

/* The same of a range, of which no slot may have a cut inside. */
static u64 leaves(const struct physmap_geometry *geo, unsigned int level,
		  const struct physmap_range *r)
{
	u64 start = r->start, n = 0;
	unsigned int i;

	for (i = 0; i < geo->nr_cuts; i++) {
		if (geo->cuts[i] <= start || geo->cuts[i] >= r->end)
			continue;
		n += whole(level, start, geo->cuts[i]);
		start = geo->cuts[i];
	}
	return n + whole(level, start, r->end);
}

/*
 * Every slot that any of a range is in needs a table below it, but for those
 * that a leaf fills, of its own size or of a larger one. Ranges are ascending;
 * a slot that two of them share counts once. A map's first address is a
 * multiple of its largest slots, so that slots of physical addresses will do.
 */
static u64 tables_below(const struct host_machine *m, unsigned int level,
			const struct physmap_range *ranges, unsigned int n)
{
	const unsigned int shift = shift_of(level);
	u64 tables = 0, next = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		const u64 first = ranges[i].start >> shift;
		const u64 last = (ranges[i].end - 1) >> shift;

		tables += last + 1 - (first > next ? first : next);
		next = last + 1;
		if (ranges[i].leaf_levels & PHYSMAP_LEVEL(level))
			tables -= leaves(m->map.geo, level, &ranges[i]);
	}
	return tables;
}

/* The root, which was there before, is not one of them. */
u64 minimal_tables(const struct host_machine *m,
		   const struct physmap_range *ranges, unsigned int n)
{
	u64 tables = 0;
	unsigned int level;

	for (level = 1; level < m->map.geo->levels; level++)
		tables += tables_below(m, level, ranges, n);
	return tables;
}

static bool is_leaf(const struct host_machine *m, unsigned int level, u64 raw)
{
	if (!(raw & 1))
		return false;
	if (m->arch == HOST_ARM64)
		return !level || !(raw & 2);
	return !level || (raw & X86_LARGE);
}

static u64 flags_of(const struct host_machine *m, unsigned int level)
{
	if (m->arch == HOST_ARM64)
		return level ? ARM64_PAGE_FLAGS & ~2ULL : ARM64_PAGE_FLAGS;
	return level ? X86_PAGE_FLAGS | X86_LARGE : X86_PAGE_FLAGS;
}

/* One table, whose slot 0 translates physical address @base. */
static u64 wrong_in(const struct host_machine *m, u64 table, unsigned int level,
		    u64 base, u64 start, u64 end)
{
	const u64 *entry = machine_table(m, table);
	const u64 size = 1ULL << shift_of(level);
	const u64 flags = flags_of(m, level);
	u64 wrong = 0, pa = base;
	unsigned int i;

	for (i = 0; i < ENTRIES; i++, pa += size) {
		const u64 from = pa > start ? pa : start;
		const u64 to = pa + size < end ? pa + size : end;

		if (from >= to || entry[i] == (pa | flags))
			continue;
		if ((entry[i] & 1) && !is_leaf(m, level, entry[i]))
			wrong += wrong_in(m, entry[i] & FRAME, level - 1, pa,
					  from, to);
		else
			wrong += (to - from) / PAGE;
	}
	return wrong;
}

u64 wrong_pages(const struct host_machine *m, u64 start, u64 end)
{
	const unsigned int top = m->map.geo->levels - 1;
	const u64 slot = m->map.va_start >> shift_of(top) & (ENTRIES - 1);

	return wrong_in(m, m->map.root, top, -(slot << shift_of(top)), start,
			end);
}
