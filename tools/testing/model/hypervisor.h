/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Xen PV hypervisor for one guest: frames that are not where the guest
 * thinks, page types with counts, and the hypercalls that a builder of page
 * tables makes. It refuses what Xen refuses, with Xen's error (rules.md
 * section 2). There is one, because hypercalls have no context.
 */
#ifndef MODEL_HYPERVISOR_H
#define MODEL_HYPERVISOR_H

#include "machine.h"

/* Two stretches of guest memory: from 0, and from 1 GiB. */
#define MODEL_LOW_PFNS		0x4000ULL
#define MODEL_HIGH_PFN		0x40000ULL
#define MODEL_HIGH_PFNS		0x1000ULL
#define MODEL_NO_MFN		(~0ULL)

enum model_type {
	MODEL_TYPE_NONE,
	MODEL_TYPE_L1,
	MODEL_TYPE_L2,
	MODEL_TYPE_L3,
	MODEL_TYPE_L4,
	MODEL_TYPE_WRITABLE,
};

/**
 * struct model_xen - knobs and counters
 * @calls: hypercalls so far
 * @fail_at: which of these fails; 0 for none
 * @fail_error: with which error
 * @no_pin: this phase of the boot does not pin L1 tables
 * @read_only_from: pfns from here ...
 * @read_only_to: ... to here are mapped read-only by to_machine (XENPV-39)
 * @warnings: kernel pages that were written with GLOBAL (XENPV-16)
 * @linked: table pages reported as in use
 */
struct model_xen {
	u64 calls;
	u64 fail_at;
	int fail_error;
	bool no_pin;
	u64 read_only_from;
	u64 read_only_to;
	u64 warnings;
	u64 linked;
};

extern struct model_xen model_xen;

void model_xen_start(struct model_machine *m,
		     const struct physmap_x86_machine *x86, u64 mapped_pfns,
		     u64 tables_from);
u64 model_xen_mfn(u64 pfn);
void model_xen_balloon(u64 pfn);
enum model_type model_xen_type(u64 pfn, unsigned int *count, bool *pinned);
int model_xen_map(u64 va, u64 raw);

#endif /* MODEL_HYPERVISOR_H */
