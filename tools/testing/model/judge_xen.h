/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a simulation can tell the judge of a Xen PV guest that no event says:
 * which machine frame backs which page. A trace's reader has no such thing,
 * and then XENPV-37, and a part of XENPV-36, are not judged.
 */
#ifndef MODEL_JUDGE_XEN_H
#define MODEL_JUDGE_XEN_H

#include "judge.h"

/**
 * struct judge_xen_guest - the guest's memory
 * @mfn: machine frame of one of the guest's pages, ~0 if there is none
 * @owner: whose a machine frame is (enum xen_owner); NULL: all but the first
 *	MiB is the guest's RAM
 * @context: handed to both
 */
struct judge_xen_guest {
	u64 (*mfn)(void *context, u64 pfn);
	unsigned int (*owner)(void *context, u64 mfn);
	void *context;
};

void judge_xen_guest(struct judge *j, const struct judge_xen_guest *guest);

#endif /* MODEL_JUDGE_XEN_H */
