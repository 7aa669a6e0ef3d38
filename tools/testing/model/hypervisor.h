/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Xen PV guest as a simulated machine: which frames back its pages, the
 * hypercalls as the engine's Xen backend makes them, and the tables that it
 * starts with. What may be done to tables is struct xen_domain's to say.
 * There is one, because hypercalls have no context.
 */
#ifndef MODEL_HYPERVISOR_H
#define MODEL_HYPERVISOR_H

#include "machine.h"
#include "xen_domain.h"

/* Three stretches of guest memory: from 0, from 1 GiB, and the p2m list. */
#define MODEL_LOW_PFNS		0x4000ULL
#define MODEL_HIGH_PFN		0x40000ULL
#define MODEL_HIGH_PFNS		0x1000ULL
/* The list fills one large page; the tables that map it follow (XENPV-42). */
#define MODEL_P2M_PFN		0x80000ULL
#define MODEL_P2M_PFNS		0x202ULL
#define MODEL_P2M_VA		0x8000000000ULL
#define MODEL_NO_MFN		(~0ULL)
/* Tables that may wait for each other. */
#define MODEL_XEN_TABLES	16
#define MODEL_KERNEL_MAP	0xffffffff80000000ULL

/**
 * struct model_xen_boot - how the guest finds itself (XENPV-40 to -48)
 * @domu: the tables lie level by level, not in the order of need (XENPV-41)
 * @grafted: the builder has mapped the kernel's addresses only, and Linux has
 *	hung the same L1 tables into its direct map (XENPV-6, -29)
 * @large_p2m: the p2m list is mapped elsewhere, by a large page (XENPV-42)
 * @config: Xen and CPU; all zero: a CPU as @x86 says, nothing special
 */
struct model_xen_boot {
	bool domu;
	bool grafted;
	bool large_p2m;
	struct xen_config config;
};

/**
 * struct model_xen - knobs and counters
 * @calls: hypercalls so far
 * @fail_at: which of these fails; 0 for none
 * @fail_error: with which error
 * @no_pin: this phase of the boot does not pin L1 tables
 * @read_only_from: pfns from here ...
 * @read_only_to: ... to here are mapped read-only by to_machine (XENPV-39)
 * @linked: table pages reported as in use
 * @domain: what Xen knows
 */
struct model_xen {
	u64 calls;
	u64 fail_at;
	int fail_error;
	bool no_pin;
	u64 read_only_from;
	u64 read_only_to;
	u64 linked;
	struct xen_domain domain;
};

extern struct model_xen model_xen;

void model_xen_start(struct model_machine *m,
		     const struct physmap_x86_machine *x86, u64 mapped_pfns,
		     u64 tables_from);
void model_xen_start_as(struct model_machine *m,
			const struct physmap_x86_machine *x86, u64 mapped_pfns,
			u64 tables_from, const struct model_xen_boot *boot);
u64 model_xen_mfn(u64 pfn);
u64 model_xen_pfn(u64 mfn);
void model_xen_balloon(u64 pfn);
enum xen_type model_xen_type(u64 pfn, unsigned int *count, bool *pinned);
int model_xen_map(u64 va, u64 raw);

#endif /* MODEL_HYPERVISOR_H */
