/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hook layer: everything the engine does to a table that hardware or a
 * hypervisor can see goes through one of these. A backend is one struct
 * physmap_hooks: native x86, Xen PV, a simulated machine on the host. Hooks
 * work on runs of entries, never on single ones, so that a native run is a
 * store loop and Xen's is a batch.
 */
#ifndef PHYSMAP_HOOKS_H
#define PHYSMAP_HOOKS_H

#include <linux/compiler.h>
#include <physmap/geometry.h>

struct physmap_map;
struct physmap_recorder;

/**
 * struct physmap_run - equally spaced entries, next to each other in a table
 * @table: physical address of the table page
 * @va: first address that the first entry translates
 * @level: level of the table
 * @index: slot of the first entry
 * @count: entries, at least 1, all in this table
 * @first: raw value of the first entry, in pseudo-physical terms
 * @stride: what each further entry has more; 0 with @first 0 clears
 * @unlinked: the table is ordinary memory that no hardware can reach yet
 */
struct physmap_run {
	u64 table;
	u64 va;
	unsigned int level;
	unsigned int index;
	unsigned int count;
	u64 first;
	u64 stride;
	bool unlinked;
};

/**
 * struct physmap_link - a finished table, to be published in its parent
 * @parent: physical address of the parent's page
 * @level: level of the parent
 * @index: slot in the parent
 * @va: first address that the slot translates
 * @old: raw value the slot must have at this moment
 * @value: raw value that points to @child
 * @child: physical address of the finished table page
 * @unlinked: the parent is not reachable by hardware yet
 */
struct physmap_link {
	u64 parent;
	unsigned int level;
	unsigned int index;
	u64 va;
	u64 old;
	u64 value;
	u64 child;
	bool unlinked;
};

/**
 * struct physmap_refusal - where and why something was refused
 * @rule: ID of the rule, never NULL in a refusal
 * @what: one sentence for a person
 * @level: level of the entry
 * @va: virtual address; the engine's if a hook leaves it 0
 * @pa: physical address (under Xen PV: of the guest's pfn)
 * @machine: machine frame number under Xen PV, else @pa's frame number
 * @error: negative errno, Xen's own where Xen refused
 */
struct physmap_refusal {
	const char *rule;
	const char *what;
	unsigned int level;
	u64 va;
	u64 pa;
	u64 machine;
	int error;
};

/* What an audit asks a backend to explain. */
enum physmap_question {
	PHYSMAP_WHY_HOLE,
	PHYSMAP_WHY_EXTRA,
	PHYSMAP_WHY_READ_ONLY,
	PHYSMAP_WHY_SMALL,
	PHYSMAP_WHY_SPLIT,
	PHYSMAP_WHY_FRAME,
	PHYSMAP_WHY_EXEC,
};

/**
 * struct physmap_cost - what was spent
 * @cycles: of the processor's time-stamp counter
 * @hypercalls: made by the backend
 */
struct physmap_cost {
	u64 cycles;
	u64 hypercalls;
};

/**
 * struct physmap_hooks - a backend
 * @name: for reports
 * @leaf_levels: levels at which this backend can write a leaf at all
 * @final_unlinked: fill unlinked tables with final attributes also in the
 *	two-pass policy: a second pass over typed tables would cost a
 *	hypercall's work per entry, and no TLB holds them (X86-TLB-5)
 * @tables_read_only: no mapping of a linked table may be writable (XENPV-2)
 * @puts_off: @protect may be carried out as late as by @commit, so that many of
 *	them can be one hypercall
 * @tails_stay: no slot that lies beyond a request is ever cleared, so that
 *	@keep_tail is not asked
 * @table: memory of a table page; const use only once it is linked
 * @canonical: raw entry as read -> the same in pseudo-physical terms
 * @machine: physical address of a page -> the address that an entry which
 *	points to it holds (XENPV-38)
 * @alloc: pages for tables, unlinked and mapped, next to each other, whatever is
 *	in them: as many as are wanted or fewer; returns how many, or -ENOMEM
 * @release: gives back a page from @alloc that was never linked
 * @ram: is all of [start, end) memory that may be mapped cached
 * @keep_tail: must a slot that lies beyond a request stay as it is
 *	(X86-LNX-5); asked for [start, end) of physical addresses
 * @keeps_exec: must any leaf that was found in [start, end) stay executable:
 *	natively always, because what is there stays (X86-LNX-1); where a
 *	hypervisor made it, only if code runs through the same entry (XENPV-6)
 * @write: fill a run; the entries were not present, or are cleared
 * @protect: in a run of present leaves, which are alike in these bits, set and
 *	clear attribute bits; a backend may put it off until @commit
 * @link: publish a finished table; a backend may put it off until @commit
 * @commit: carry out what was put off, and make all that was stored visible to
 *	walks (ARM-TLBI-2); the engine looks at what was linked, and with
 *	@puts_off at what was protected, only after that
 * @flush: drop every translation, global ones, every PCID and every CPU
 *	that may use the map included (X86-TLB-11, -14, -18, ARM-TLBI-1)
 * @cost: what has been spent so far, for the report
 * @explain: a reason for a surprise, or "" if there is none
 * @alias: does a second mapping of the frame at @pa exist in the same tables
 *	(the kernel image's); if so at which address
 *
 * Hooks that return int return 0 or a negative errno, and on an error fill
 * in the refusal with at least rule, what and error. @write returns how many
 * of the run's entries are present now: what has no machine frame under Xen
 * PV stays empty (XENPV-36).
 */
struct physmap_hooks {
	const char *name;
	u32 leaf_levels;
	bool final_unlinked;
	bool tables_read_only;
	bool puts_off;
	bool tails_stay;
	void *(*table)(struct physmap_map *map, u64 table);
	u64 (*canonical)(struct physmap_map *map, u64 raw);
	u64 (*machine)(struct physmap_map *map, u64 pa);
	int (*alloc)(struct physmap_map *map, u64 wanted, u64 *first);
	void (*release)(struct physmap_map *map, u64 table);
	bool (*ram)(struct physmap_map *map, u64 start, u64 end);
	bool (*keep_tail)(struct physmap_map *map, u64 start, u64 end);
	bool (*keeps_exec)(struct physmap_map *map, u64 start, u64 end);
	int (*write)(struct physmap_map *map, const struct physmap_run *run,
		     struct physmap_refusal *why);
	int (*protect)(struct physmap_map *map, const struct physmap_run *run,
		       u64 set, u64 clear, struct physmap_refusal *why);
	int (*link)(struct physmap_map *map, const struct physmap_link *link,
		    struct physmap_refusal *why);
	int (*commit)(struct physmap_map *map, struct physmap_refusal *why);
	int (*flush)(struct physmap_map *map, struct physmap_refusal *why);
	struct physmap_cost (*cost)(struct physmap_map *map);
	const char *(*explain)(struct physmap_map *map,
			       enum physmap_question question,
			       u64 start, u64 end);
	bool (*alias)(struct physmap_map *map, u64 pa, u64 *va);
};

/**
 * struct physmap_map - one address space's map of physical memory
 * @geo: page-table geometry
 * @hooks: backend
 * @root: physical address of the root table
 * @offset: virtual address = physical address + @offset, modulo 2^64
 * @va_start: first virtual address of the map's own region; @offset, or
 *	above it where low physical addresses have no place in the map (arm64)
 * @va_limit: first virtual address beyond the map's own region
 * @live: hardware may be walking the map now
 * @flush_owed: something live was tightened, split or cleared, and not
 *	flushed yet; outlives a build that was stopped
 * @private_start: virtual addresses from here ...
 * @private_end: ... to here are a hypervisor's own and never walked; both 0
 *	for none (XENPV-24)
 * @recorder: gets every event, or NULL
 */
struct physmap_map {
	const struct physmap_geometry *geo;
	const struct physmap_hooks *hooks;
	u64 root;
	u64 offset;
	u64 va_start;
	u64 va_limit;
	bool live;
	bool flush_owed;
	u64 private_start;
	u64 private_end;
	struct physmap_recorder *recorder;
};

/**
 * physmap_load() - read an entry as it stands in memory
 * @geo: geometry
 * @table: memory of the table
 * @index: slot
 *
 * Return: the raw entry (under Xen PV in machine terms).
 */
static __always_inline u64 physmap_load(const struct physmap_geometry *geo,
					const void *table, unsigned int index)
{
	if (geo->entry_size == sizeof(u32))
		return READ_ONCE(((const u32 *)table)[index]);
	return READ_ONCE(((const u64 *)table)[index]);
}

/**
 * physmap_store() - write an entry with one store (X86-TLB-20)
 * @geo: geometry
 * @table: memory of the table
 * @index: slot
 * @raw: entry as the hardware is to see it
 */
static inline void physmap_store(const struct physmap_geometry *geo,
				 void *table, unsigned int index, u64 raw)
{
	if (geo->entry_size == sizeof(u32))
		WRITE_ONCE(((u32 *)table)[index], raw);
	else
		WRITE_ONCE(((u64 *)table)[index], raw);
}

#endif /* PHYSMAP_HOOKS_H */
