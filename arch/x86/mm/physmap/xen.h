/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Xen PV backend: what it needs of a hypervisor, as calls that the seam
 * fills in with hypercalls and a host test with a model.
 */
#ifndef PHYSMAP_X86_XEN_H
#define PHYSMAP_X86_XEN_H

#include "x86.h"

/**
 * struct physmap_xen_update - one entry for mmu_update (XENPV-22)
 * @ptr: machine address of the entry; sub-command in bits 1:0
 * @val: raw entry in machine terms
 */
struct physmap_xen_update {
	u64 ptr;
	u64 val;
};

/**
 * struct physmap_xen_calls - the hypervisor
 * @to_machine: raw leaf (@level 0) or table pointer in pseudo-physical terms
 *	-> machine terms; 0 if the pfn has no frame (XENPV-36)
 * @leaves: the same for @n leaves from @first on, each @stride more, all of them
 *	stored, from @to on; returns how many have a frame and so are present
 * @from_machine: the reverse of @to_machine
 * @frame: machine frame number of a pfn that backs a table page
 * @mmu_update: as the hypercall; *@done counts what succeeded
 * @pin_l1: MMUEXT_PIN_L1_TABLE of so many machine frames; *@done counts what
 *	succeeded
 * @flush_all: every translation of this domain that may be cached
 * @wants_pin: does this phase of the boot pin L1 tables (XENPV-10)
 * @linked: a table page is in use from now on
 *
 * Those that return int pass Xen's value on, 0 or negative (XENPV-25).
 */
struct physmap_xen_calls {
	u64 (*to_machine)(unsigned int level, bool table, u64 raw);
	unsigned int (*leaves)(u64 first, u64 stride, unsigned int n, u64 *to);
	u64 (*from_machine)(u64 raw);
	u64 (*frame)(u64 pfn);
	int (*mmu_update)(struct physmap_xen_update *list, unsigned int n,
			  unsigned int *done);
	int (*pin_l1)(const u64 *mfn, unsigned int n, unsigned int *done);
	int (*flush_all)(void);
	bool (*wants_pin)(void);
	void (*linked)(u64 pfn);
};

/* What an entry that is sent to Xen is for. */
enum physmap_xen_purpose {
	PHYSMAP_XEN_LEAF,		/* a new leaf, or a slot that is cleared */
	PHYSMAP_XEN_ATTRIBUTES,		/* a leaf changes its attributes */
	PHYSMAP_XEN_READ_ONLY,		/* the mapping of what becomes a table */
	PHYSMAP_XEN_LINK,		/* a pointer to a table */
};

/**
 * struct physmap_xen_slot - which slot an entry is for
 * @va: first address that the slot translates
 * @level: its level
 * @purpose: what it is for
 */
struct physmap_xen_slot {
	u64 va;
	unsigned int level;
	enum physmap_xen_purpose purpose;
};

/* A list holds at least what fills one table. */
#define PHYSMAP_XEN_LIST	512

/**
 * struct physmap_xen_space - memory for what waits for a hypercall
 * @list: entries for the next mmu_update
 * @slot: of each of them: where it goes
 * @room: how many @list and @slot hold: at least PHYSMAP_XEN_LIST, and two
 *	for each of @tables
 * @table: tables that are filled and not in use yet
 * @frame: machine frames for the next pin
 * @tables: how many @table and @frame hold
 */
struct physmap_xen_space {
	struct physmap_xen_update *list;
	struct physmap_xen_slot *slot;
	unsigned int room;
	struct physmap_link *table;
	u64 *frame;
	unsigned int tables;
};

/**
 * struct physmap_xen - the Xen PV backend's own
 * @calls: the hypervisor
 * @mmuext: mmuext_op hypercalls
 * @mmu_updates: mmu_update hypercalls
 * @refused: hypercalls that Xen refused
 * @space: memory
 * @listed: entries in the list
 * @waiting: tables that wait, in the order in which they were finished
 */
struct physmap_xen {
	const struct physmap_xen_calls *calls;
	u64 mmuext;
	u64 mmu_updates;
	u64 refused;
	struct physmap_xen_space space;
	unsigned int listed;
	unsigned int waiting;
};

/**
 * struct physmap_xen_map - a map that Xen PV looks after
 * @map: the part the engine knows
 * @xen: the backend's own
 */
struct physmap_xen_map {
	struct physmap_map map;
	struct physmap_xen xen;
};

u64 physmap_xen_canonical(struct physmap_map *map, u64 raw);
u64 physmap_xen_machine(struct physmap_map *map, u64 pa);
int physmap_xen_write(struct physmap_map *map, const struct physmap_run *run,
		      struct physmap_refusal *why);
int physmap_xen_protect(struct physmap_map *map, const struct physmap_run *run,
			u64 set, u64 clear, struct physmap_refusal *why);
int physmap_xen_link(struct physmap_map *map, const struct physmap_link *link,
		     struct physmap_refusal *why);
int physmap_xen_commit(struct physmap_map *map, struct physmap_refusal *why);
int physmap_xen_flush(struct physmap_map *map, struct physmap_refusal *why);

#endif /* PHYSMAP_X86_XEN_H */
