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
 * @leaves: the same for @n leaves from @first on, each @stride more, stored from
 *	@to on; returns how many have a frame and so are present
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

/* Tables that go into use together: three hypercalls for so many. */
#define PHYSMAP_XEN_TABLES	256

/**
 * struct physmap_xen - the Xen PV backend's own
 * @calls: the hypervisor
 * @mmuext: mmuext_op hypercalls
 * @mmu_updates: mmu_update hypercalls
 * @refused: hypercalls that Xen refused
 * @waiting: tables that are filled and not in use yet
 * @table: these tables, in the order in which they were finished
 * @list: what a hypercall is handed for them: entries ...
 * @frame: ... or machine frames
 * @about: of each of these: which table it is for, and the level and the
 *	address of the slot that is written
 */
struct physmap_xen {
	const struct physmap_xen_calls *calls;
	u64 mmuext;
	u64 mmu_updates;
	u64 refused;
	unsigned int waiting;
	struct physmap_link table[PHYSMAP_XEN_TABLES];
	struct physmap_xen_update list[PHYSMAP_XEN_TABLES];
	u64 frame[PHYSMAP_XEN_TABLES];
	struct {
		unsigned int table;
		unsigned int level;
		u64 va;
	} about[PHYSMAP_XEN_TABLES];
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
