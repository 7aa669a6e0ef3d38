// SPDX-License-Identifier: GPL-2.0-only
/*
 * The native x86 backend's stores: each entry is one aligned store, tables
 * are filled before they are linked (X86-TLB-20). What needs Linux (memory,
 * flush) is in the seam.
 */
#include <linux/errno.h>
#include <linux/types.h>
#include <physmap/event.h>
#include "x86.h"

/*
 * The two loops that all of memory goes through, 64 entries at a time. Filling
 * takes two instructions for an entry; flipping one, which loads and stores all
 * 64 bits of it at once (X86-TLB-20). fill_some() returns the entry behind the
 * last one.
 */
#define AT_ONCE	64u

#ifdef __x86_64__
static u64 fill_some(u64 *entry, u64 raw, u64 stride)
{
	asm volatile(".set	.Lat, 0\n"
		     "	.rept	64\n"
		     "	movq	%0, .Lat(%1)\n"
		     "	addq	%2, %0\n"
		     "	.set	.Lat, .Lat + 8\n"
		     "	.endr"
		     : "+&r" (raw)
		     : "r" (entry), "r" (stride)
		     : "memory", "cc");
	return raw;
}

static void flip_some(u64 *entry, u64 bits)
{
	asm volatile(".set	.Lat, 0\n"
		     "	.rept	64\n"
		     "	xorq	%1, .Lat(%0)\n"
		     "	.set	.Lat, .Lat + 8\n"
		     "	.endr"
		     :
		     : "r" (entry), "r" (bits)
		     : "memory", "cc");
}
#else
static u64 fill_some(u64 *entry, u64 raw, u64 stride)
{
	unsigned int i;

	for (i = 0; i < AT_ONCE; i++, raw += stride)
		WRITE_ONCE(*entry++, raw);
	return raw;
}

static void flip_some(u64 *entry, u64 bits)
{
	unsigned int i;

	for (i = 0; i < AT_ONCE; i++, entry++)
		WRITE_ONCE(*entry, READ_ONCE(*entry) ^ bits);
}
#endif /* __x86_64__ */

/* One for each size of entry, so that nothing is asked again for each of them. */
static void fill64(u64 *entry, unsigned int count, u64 raw, u64 stride)
{
	for (; count >= AT_ONCE; count -= AT_ONCE, entry += AT_ONCE)
		raw = fill_some(entry, raw, stride);
	for (; count; count--, raw += stride)
		WRITE_ONCE(*entry++, raw);
}

static void fill32(u32 *entry, unsigned int count, u32 raw, u32 stride)
{
	for (; count; count--, raw += stride)
		WRITE_ONCE(*entry++, raw);
}

static void flip64(u64 *entry, unsigned int count, u64 bits)
{
	for (; count >= AT_ONCE; count -= AT_ONCE, entry += AT_ONCE)
		flip_some(entry, bits);
	for (; count; count--, entry++)
		WRITE_ONCE(*entry, READ_ONCE(*entry) ^ bits);
}

static void flip32(u32 *entry, unsigned int count, u32 bits)
{
	for (; count; count--, entry++)
		WRITE_ONCE(*entry, READ_ONCE(*entry) ^ bits);
}

/**
 * physmap_x86_native_write() - fill a run with plain stores
 * @map: map
 * @run: run
 * @why: unused, plain stores are not refused
 *
 * Return: entries that are present now.
 */
int physmap_x86_native_write(struct physmap_map *map,
			     const struct physmap_run *run,
			     struct physmap_refusal *why)
{
	void *table = map->hooks->table(map, run->table);

	if (map->geo->entry_size == sizeof(u32))
		fill32((u32 *)table + run->index, run->count, run->first,
		       run->stride);
	else
		fill64((u64 *)table + run->index, run->count, run->first,
		       run->stride);
	physmap_record_store(map, run, PHYSMAP_EVENT_STORE, run->first,
			     run->stride);
	return run->first ? run->count : 0;
}

/**
 * physmap_x86_native_protect() - change attribute bits in a run of leaves
 * @map: map
 * @run: run; in @set and @clear its leaves are as the first one is
 * @set: raw bits to set
 * @clear: raw bits to clear
 * @why: unused, plain stores are not refused
 *
 * What hardware sets by itself is left as it is. A right that is taken is gone
 * after a flush only (X86-TLB-8).
 *
 * Return: 0.
 */
int physmap_x86_native_protect(struct physmap_map *map,
			       const struct physmap_run *run, u64 set,
			       u64 clear, struct physmap_refusal *why)
{
	void *table = map->hooks->table(map, run->table);
	const u64 bits = (set & ~run->first) | (clear & run->first);

	if (map->geo->entry_size == sizeof(u32))
		flip32((u32 *)table + run->index, run->count, bits);
	else
		flip64((u64 *)table + run->index, run->count, bits);
	physmap_record_store(map, run, PHYSMAP_EVENT_CHANGE, set, clear);
	return 0;
}

static void record_linked(struct physmap_map *map,
			  const struct physmap_link *link)
{
	struct physmap_run slot;

	if (!map->recorder)
		return;
	slot = (struct physmap_run) {
		.table = link->parent,
		.va = link->va,
		.level = link->level,
		.index = link->index,
		.count = 1,
	};
	physmap_record_store(map, &slot, PHYSMAP_EVENT_STORE, link->value, 0);
}

/**
 * physmap_x86_native_link() - publish a table with one store
 * @map: map
 * @link: link; the slot must still hold what the engine saw
 * @why: filled in if it does not
 *
 * Return: 0 or -EBUSY if somebody else changed the slot meanwhile.
 */
int physmap_x86_native_link(struct physmap_map *map,
			    const struct physmap_link *link,
			    struct physmap_refusal *why)
{
	void *parent = map->hooks->table(map, link->parent);

	if (physmap_load(map->geo, parent, link->index) != link->old) {
		why->rule = "X86-TLB-13";
		why->what = "somebody else changed the slot meanwhile";
		return -EBUSY;
	}
	physmap_store(map->geo, parent, link->index, link->value);
	record_linked(map, link);
	return 0;
}

/**
 * physmap_x86_native_commit() - nothing is ever put off
 * @map: map
 * @why: unused
 *
 * Return: 0.
 */
int physmap_x86_native_commit(struct physmap_map *map,
			      struct physmap_refusal *why)
{
	return 0;
}
