/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: everything a build does to a table that hardware or a hypervisor
 * sees, in the order in which it was done and in the terms of the machine.
 * Backends send them, a recorder gets them: a judge on the host, the trace in
 * a kernel. Data only; Documentation/trace.rst has the format of a file.
 */
#ifndef PHYSMAP_EVENT_H
#define PHYSMAP_EVENT_H

#include <physmap/hooks.h>

/*
 * Kinds of events. The numbers are part of the trace format: new ones are
 * added at the end.
 */
enum physmap_event_kind {
	PHYSMAP_EVENT_BUILD = 1,	/* a build begins */
	PHYSMAP_EVENT_PASS = 2,		/* one of its passes begins */
	PHYSMAP_EVENT_DONE = 3,		/* the build is over */
	PHYSMAP_EVENT_ROOT = 4,		/* forget all: tables follow as they are */
	PHYSMAP_EVENT_FOUND = 5,	/* entries as they are in a table */
	PHYSMAP_EVENT_PAGE = 6,		/* a page is taken for a table, empty */
	PHYSMAP_EVENT_STORE = 7,	/* plain stores */
	PHYSMAP_EVENT_CHANGE = 8,	/* read, clear bits, set bits, store */
	PHYSMAP_EVENT_FLUSH = 9,
	PHYSMAP_EVENT_MMU_UPDATE = 10,	/* entries of an mmu_update hypercall */
	PHYSMAP_EVENT_UPDATE_VA = 11,	/* an update_va_mapping hypercall */
	PHYSMAP_EVENT_PIN = 12,		/* an mmuext hypercall that pins */
	PHYSMAP_EVENT_SUM = 13,		/* what memory really holds now */
	PHYSMAP_EVENT_BARRIER = 14,	/* arm64 */
	PHYSMAP_EVENT_KINDS,
};

/* @detail of a build: bits. */
#define PHYSMAP_BUILD_TWO_PASS		BIT(0)
#define PHYSMAP_BUILD_LIVE		BIT(1)	/* hardware walks the map now */
#define PHYSMAP_BUILD_CALLER_FLUSHES	BIT(2)

/* @detail of a pass. */
#define PHYSMAP_PASS_SHAPE		1
#define PHYSMAP_PASS_BOUNDARY		2
#define PHYSMAP_PASS_ATTRIBUTES		3
#define PHYSMAP_PASS_LAST		4	/* the flush after pass 2 */

/*
 * @detail of a flush: what it drops, and where. On arm64 it is a TLBI alone;
 * the barriers around it are events of their own.
 */
#define PHYSMAP_FLUSH_ALL		1	/* globals and every PCID, ASID too */
#define PHYSMAP_FLUSH_CR3		2	/* non-global, this PCID */
#define PHYSMAP_FLUSH_CR3_KEEP		3	/* CR3 with bit 63: nothing */
#define PHYSMAP_FLUSH_PAGE		4	/* one page, @va */
#define PHYSMAP_FLUSH_PAGE_LEAF		5	/* arm64: not the walk caches */
#define PHYSMAP_FLUSH_WHAT		0x0f
#define PHYSMAP_FLUSH_EVERY_CPU		0x80	/* not only on this one */

/* @detail of a barrier (arm64). */
#define PHYSMAP_BARRIER_DSB_ISHST	1	/* stores done, for every CPU's walks */
#define PHYSMAP_BARRIER_DSB_NSHST	2	/* the same for this CPU's */
#define PHYSMAP_BARRIER_DSB_ISH		3	/* TLBI done on every CPU */
#define PHYSMAP_BARRIER_DSB_NSH		4	/* TLBI done on this CPU */
#define PHYSMAP_BARRIER_DSB_SY		5	/* both, for all that there is */
#define PHYSMAP_BARRIER_ISB		6

/* @detail of an mmu_update or a pin: it opens a hypercall of its own. */
#define PHYSMAP_UPDATE_FIRST		1

/**
 * struct physmap_event - an event; what a kind does not list is 0
 * @kind: enum physmap_event_kind
 * @detail: BUILD: bits; PASS: which; FLUSH: what and where; BARRIER:
 *	which; STORE, CHANGE: bytes that each store wrote; MMU_UPDATE, PIN:
 *	PHYSMAP_UPDATE_FIRST or 0
 * @level: of the table at @table (ROOT, FOUND, PAGE, STORE, CHANGE, PIN,
 *	MMU_UPDATE); of the leaf tables in UPDATE_VA
 * @result: 0 or a negative errno (DONE, FLUSH, MMU_UPDATE, UPDATE_VA, PIN)
 * @index: first slot (FOUND, STORE, CHANGE, MMU_UPDATE)
 * @count: slots (the same); BUILD: ranges of the request
 * @table: address of the table page as an entry would hold it: under Xen PV
 *	its machine address (ROOT, FOUND, PAGE, STORE, CHANGE, PIN,
 *	MMU_UPDATE)
 * @va: BUILD, SUM: first address; ROOT: the map's offset; UPDATE_VA, FLUSH of
 *	a page: the address; FOUND, STORE, CHANGE, MMU_UPDATE: what the first
 *	slot translates
 * @value: ROOT: first address of the map's region; FOUND, STORE,
 *	MMU_UPDATE, UPDATE_VA: first raw entry as it is in memory or was handed
 *	to Xen; CHANGE: bits to set; BUILD: first address beyond, 0 for the end
 *	of the address space; SUM: the sum
 * @step: FOUND, STORE, MMU_UPDATE: what each further entry has more; CHANGE:
 *	bits to clear; BUILD: final attributes (PHYSMAP_*); SUM: first address
 *	beyond
 */
struct physmap_event {
	enum physmap_event_kind kind;
	unsigned int detail;
	unsigned int level;
	int result;
	unsigned int index;
	unsigned int count;
	u64 table;
	u64 va;
	u64 value;
	u64 step;
};

/**
 * struct physmap_recorder - whoever wants to know
 * @event: called after each event, in order; must not touch tables
 */
struct physmap_recorder {
	void (*event)(struct physmap_recorder *recorder,
		      const struct physmap_event *e);
};

/**
 * physmap_record() - tell a map's recorder, if it has one
 * @map: map
 * @e: event
 */
static inline void physmap_record(struct physmap_map *map,
				  const struct physmap_event *e)
{
	if (map->recorder)
		map->recorder->event(map->recorder, e);
}

/* One step of the sum over entries that PHYSMAP_EVENT_SUM carries. */
static inline u64 physmap_sum_step(u64 sum, u64 word)
{
	/* FNV-1a, over words. */
	return (sum ^ word) * 0x100000001b3ULL;
}

#define PHYSMAP_SUM_START	0xcbf29ce484222325ULL

void physmap_tell_store(struct physmap_map *map, const struct physmap_run *run,
			enum physmap_event_kind kind, u64 value, u64 step);

/**
 * physmap_record_store() - tell of plain stores to a run, if anybody listens
 * @map: map
 * @run: run
 * @kind: PHYSMAP_EVENT_STORE or PHYSMAP_EVENT_CHANGE
 * @value: see struct physmap_event
 * @step: the same
 */
static inline void physmap_record_store(struct physmap_map *map,
					const struct physmap_run *run,
					enum physmap_event_kind kind,
					u64 value, u64 step)
{
	if (map->recorder)
		physmap_tell_store(map, run, kind, value, step);
}

void physmap_record_entry(struct physmap_map *map, struct physmap_event *run,
			  unsigned int index, u64 raw);
void physmap_record_run(struct physmap_map *map, struct physmap_event *run);
void physmap_record_page(struct physmap_map *map, unsigned int level, u64 pa);
void physmap_record_taken(struct physmap_map *map, unsigned int level, u64 pa);
void physmap_record_tables(struct physmap_map *map);
void physmap_record_sum(struct physmap_map *map, u64 va, u64 end);

#endif /* PHYSMAP_EVENT_H */
