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
 * The loops that all of memory goes through, one for each size of entry, so
 * that nothing is asked again for each of them.
 */
static void fill64(u64 *entry, unsigned int count, u64 raw, u64 stride)
{
	for (; count; count--, raw += stride)
		WRITE_ONCE(*entry++, raw);
}

static void fill32(u32 *entry, unsigned int count, u32 raw, u32 stride)
{
	for (; count; count--, raw += stride)
		WRITE_ONCE(*entry++, raw);
}

static void change64(u64 *entry, unsigned int count, u64 set, u64 keep)
{
	for (; count; count--, entry++)
		WRITE_ONCE(*entry, (READ_ONCE(*entry) & keep) | set);
}

static void change32(u32 *entry, unsigned int count, u32 set, u32 keep)
{
	for (; count; count--, entry++)
		WRITE_ONCE(*entry, (READ_ONCE(*entry) & keep) | set);
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
 * @run: run
 * @set: raw bits to set
 * @clear: raw bits to clear
 * @why: unused, plain stores are not refused
 *
 * Return: 0.
 */
int physmap_x86_native_protect(struct physmap_map *map,
			       const struct physmap_run *run, u64 set,
			       u64 clear, struct physmap_refusal *why)
{
	void *table = map->hooks->table(map, run->table);

	if (map->geo->entry_size == sizeof(u32))
		change32((u32 *)table + run->index, run->count, set, ~clear);
	else
		change64((u64 *)table + run->index, run->count, set, ~clear);
	physmap_record_store(map, run, PHYSMAP_EVENT_CHANGE, set, clear);
	return 0;
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
	const struct physmap_run slot = {
		.table = link->parent,
		.va = link->va,
		.level = link->level,
		.index = link->index,
		.count = 1,
	};

	if (physmap_load(map->geo, parent, link->index) != link->old) {
		why->rule = "X86-TLB-13";
		why->what = "somebody else changed the slot meanwhile";
		return -EBUSY;
	}
	physmap_store(map->geo, parent, link->index, link->value);
	physmap_record_store(map, &slot, PHYSMAP_EVENT_STORE, link->value, 0);
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
