/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is done with a guest that a dom0 runs: its size, and the changes it goes
 * through. Host, dom0 and guest read the same table; it is data and nothing
 * else.
 */
#ifndef BOOT_SCENARIO_H
#define BOOT_SCENARIO_H

#include <stdbool.h>

enum change { CHANGE_NONE, CHANGE_MEMORY, CHANGE_RESTORE };

struct step {
	enum change change;
	unsigned int mib;		/* CHANGE_MEMORY: what the guest is to have */
	const char *when;		/* ends the name of each test that follows */
};

#define MAX_STEPS	6

struct scenario {
	const char *name;
	unsigned int memory, maxmem;	/* MiB at boot, and what it may have */
	unsigned int vcpus;
	bool sweep;			/* a guest for each hypercall that can fail */
	struct step steps[MAX_STEPS + 1];	/* the last has no change */
};

extern const struct scenario scenarios[];
extern const int n_scenarios;

/* NULL: there is none of that name. */
const struct scenario *scenario_find(const char *name);

#endif
