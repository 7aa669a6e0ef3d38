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
 * @from_machine: the reverse
 * @frame: machine frame number of a pfn that backs a table page
 * @mmu_update: as the hypercall; *@done counts what succeeded
 * @update_va: update_va_mapping without a flush
 * @pin_l1: MMUEXT_PIN_L1_TABLE of a machine frame
 * @flush_all: every translation of this domain that may be cached
 * @wants_pin: does this phase of the boot pin L1 tables (XENPV-10)
 * @linked: a table page is in use from now on
 *
 * Those that return int pass Xen's value on, 0 or negative (XENPV-25).
 */
struct physmap_xen_calls {
	u64 (*to_machine)(unsigned int level, bool table, u64 raw);
	u64 (*from_machine)(u64 raw);
	u64 (*frame)(u64 pfn);
	int (*mmu_update)(struct physmap_xen_update *list, unsigned int n,
			  unsigned int *done);
	int (*update_va)(u64 va, u64 raw);
	int (*pin_l1)(u64 mfn);
	int (*flush_all)(void);
	bool (*wants_pin)(void);
	void (*linked)(u64 pfn);
};

/**
 * struct physmap_xen - counts of the Xen PV backend
 * @calls: the hypervisor
 * @updates_va: update_va_mapping hypercalls
 * @mmuext: mmuext_op hypercalls
 * @mmu_updates: mmu_update hypercalls
 * @refused: hypercalls that Xen refused
 */
struct physmap_xen {
	const struct physmap_xen_calls *calls;
	u64 updates_va;
	u64 mmuext;
	u64 mmu_updates;
	u64 refused;
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
int physmap_xen_flush(struct physmap_map *map, struct physmap_refusal *why);

#endif /* PHYSMAP_X86_XEN_H */
