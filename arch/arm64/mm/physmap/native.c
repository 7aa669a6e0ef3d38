// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arm64 backend's stores, barriers and TLB invalidation. Tables are filled
 * before they are linked, with a DSB in between where hardware could walk them
 * at once (ARM-TLBI-3); what was stored is made visible once for each commit,
 * not for each entry (ARM-TLBI-2). Needs nothing of Linux; compiled for a host
 * it tells what it would do and leaves barriers out.
 */
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/types.h>
#include "arm64.h"

/*
 * The two loops that all of memory goes through, 64 descriptors at a time. A
 * pair is stored by one instruction and yet each half of it is a single-copy
 * store of 64 bits, as every descriptor must be (ARM-TLBI-6). So filling takes
 * three instructions for a pair and flipping four, and hardly any for the loop.
 * fill_some() returns the descriptor behind the last one.
 */
#define AT_ONCE	64u

#ifdef __aarch64__
static u64 fill_some(u64 *entry, u64 raw, u64 stride)
{
	u64 next = raw + stride;

	asm volatile(".set	.Lat, 0\n"
		     "	.rept	32\n"
		     "	stp	%0, %1, [%2, #.Lat]\n"
		     "	add	%0, %0, %3\n"
		     "	add	%1, %1, %3\n"
		     "	.set	.Lat, .Lat + 16\n"
		     "	.endr"
		     : "+&r" (raw), "+&r" (next)
		     : "r" (entry), "r" (2 * stride)
		     : "memory");
	return raw;
}

static void flip_some(u64 *entry, u64 bits)
{
	u64 a, b, c, d;

	asm volatile(".set	.Lat, 0\n"
		     "	.rept	16\n"
		     "	ldp	%0, %1, [%4, #.Lat]\n"
		     "	ldp	%2, %3, [%4, #.Lat + 16]\n"
		     "	eor	%0, %0, %5\n"
		     "	eor	%1, %1, %5\n"
		     "	eor	%2, %2, %5\n"
		     "	eor	%3, %3, %5\n"
		     "	stp	%0, %1, [%4, #.Lat]\n"
		     "	stp	%2, %3, [%4, #.Lat + 16]\n"
		     "	.set	.Lat, .Lat + 32\n"
		     "	.endr"
		     : "=&r" (a), "=&r" (b), "=&r" (c), "=&r" (d)
		     : "r" (entry), "r" (bits)
		     : "memory");
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
#endif /* __aarch64__ */

static void fill(u64 *entry, unsigned int count, u64 raw, u64 stride)
{
	for (; count >= AT_ONCE; count -= AT_ONCE, entry += AT_ONCE)
		raw = fill_some(entry, raw, stride);
	for (; count; count--, raw += stride)
		WRITE_ONCE(*entry++, raw);
}

static void flip(u64 *entry, unsigned int count, u64 bits)
{
	for (; count >= AT_ONCE; count -= AT_ONCE, entry += AT_ONCE)
		flip_some(entry, bits);
	for (; count; count--, entry++)
		WRITE_ONCE(*entry, READ_ONCE(*entry) ^ bits);
}

static void record_barrier(struct physmap_map *map, unsigned int which)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_BARRIER,
		.detail = which,
	};

	physmap_record(map, &e);
}

#ifdef __aarch64__
#define INSTRUCTION(text)	({ asm volatile(text : : : "memory"); })
#else
#define INSTRUCTION(text)	({ })
#endif

/* Stores to tables are done, for the walks of every CPU (ARM-TLBI-1). */
static void dsb_ishst(struct physmap_map *map)
{
	INSTRUCTION("dsb ishst");
	record_barrier(map, PHYSMAP_BARRIER_DSB_ISHST);
}

/* Invalidation is done on every CPU. */
static void dsb_ish(struct physmap_map *map)
{
	INSTRUCTION("dsb ish");
	record_barrier(map, PHYSMAP_BARRIER_DSB_ISH);
}

static void isb(struct physmap_map *map)
{
	INSTRUCTION("isb");
	record_barrier(map, PHYSMAP_BARRIER_ISB);
}

/* Every entry of the regime, walk caches included, on every CPU. */
static void tlbi_all(struct physmap_map *map, enum physmap_arm64_regime regime)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_FLUSH,
		.detail = PHYSMAP_FLUSH_ALL | PHYSMAP_FLUSH_EVERY_CPU,
	};

	if (regime == PHYSMAP_ARM64_EL2)
		INSTRUCTION("tlbi alle2is");
	else
		INSTRUCTION("tlbi vmalle1is");
	physmap_record(map, &e);
}

/**
 * physmap_arm64_write() - fill a run with stores
 * @map: map
 * @run: run; where it is in a live table its entries were not valid, or are
 *	cleared
 * @why: unused, stores are not refused
 *
 * No barrier: that is for a link or a commit to have (ARM-TLBI-2, -3).
 *
 * Return: entries that are valid now.
 */
int physmap_arm64_write(struct physmap_map *map, const struct physmap_run *run,
			struct physmap_refusal *why)
{
	u64 *table = map->hooks->table(map, run->table);

	fill(table + run->index, run->count, run->first, run->stride);
	physmap_record_store(map, run, PHYSMAP_EVENT_STORE, run->first,
			     run->stride);
	return run->first ? run->count : 0;
}

/**
 * physmap_arm64_protect() - change attribute bits in a run of leaves
 * @map: map
 * @run: run; in @set and @clear its leaves are as the first one is
 * @set: raw bits to set
 * @clear: raw bits to clear
 * @why: unused, stores are not refused
 *
 * What hardware sets by itself is left as it is. A right that is taken is gone
 * after a flush only (ARM-BBM-4).
 *
 * Return: 0.
 */
int physmap_arm64_protect(struct physmap_map *map,
			  const struct physmap_run *run, u64 set, u64 clear,
			  struct physmap_refusal *why)
{
	u64 *table = map->hooks->table(map, run->table);

	flip(table + run->index, run->count,
	     (set & ~run->first) | (clear & run->first));
	physmap_record_store(map, run, PHYSMAP_EVENT_CHANGE, set, clear);
	return 0;
}

static int before_link(struct physmap_map *map, const struct physmap_link *link,
		       const u64 *parent, struct physmap_refusal *why)
{
	if (READ_ONCE(parent[link->index]) != link->old) {
		why->rule = "ARM-BBM-2";
		why->what = "somebody else changed the slot meanwhile";
		return -EBUSY;
	}
	/* ARM-TLBI-3: a walk that finds the table must find what is in it. */
	if (map->live && !link->unlinked)
		dsb_ishst(map);
	return 0;
}

/**
 * physmap_arm64_before_link() - look, and make a table's contents visible
 * @map: map
 * @link: link; the slot must still hold what the engine saw
 * @why: filled in if it does not
 *
 * Return: 0 or -EBUSY if somebody else changed the slot meanwhile.
 */
int physmap_arm64_before_link(struct physmap_map *map,
			      const struct physmap_link *link,
			      struct physmap_refusal *why)
{
	return before_link(map, link, map->hooks->table(map, link->parent),
			   why);
}

/**
 * physmap_arm64_linked() - tell that a table was published
 * @map: map
 * @link: link
 */
void physmap_arm64_linked(struct physmap_map *map,
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
 * physmap_arm64_link() - publish a table with one store
 * @map: map
 * @link: link; the slot must still hold what the engine saw
 * @why: filled in if it does not
 *
 * Return: 0 or -EBUSY if somebody else changed the slot meanwhile.
 */
int physmap_arm64_link(struct physmap_map *map, const struct physmap_link *link,
		       struct physmap_refusal *why)
{
	u64 *parent = map->hooks->table(map, link->parent);
	const int err = before_link(map, link, parent, why);

	if (err)
		return err;
	WRITE_ONCE(parent[link->index], link->value);
	physmap_arm64_linked(map, link);
	return 0;
}

/**
 * physmap_arm64_commit() - make what was stored visible to every walk
 * @map: map
 * @why: unused
 *
 * ARM-TLBI-2: the ISB drops a fault that this CPU may have fetched ahead.
 *
 * Return: 0.
 */
int physmap_arm64_commit(struct physmap_map *map, struct physmap_refusal *why)
{
	dsb_ishst(map);
	isb(map);
	return 0;
}

/**
 * physmap_arm64_flush() - drop every translation, on every CPU
 * @map: map of a struct physmap_arm64
 * @why: unused
 *
 * Walks find what was stored before any is dropped, and all of it is over when
 * this returns (ARM-TLBI-1, -8).
 *
 * Return: 0.
 */
int physmap_arm64_flush(struct physmap_map *map, struct physmap_refusal *why)
{
	const struct physmap_arm64 *arm64 =
		container_of(map->geo, struct physmap_arm64, geo);

	dsb_ishst(map);
	tlbi_all(map, arm64->machine.regime);
	dsb_ish(map);
	isb(map);
	return 0;
}
