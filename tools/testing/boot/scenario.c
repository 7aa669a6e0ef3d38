// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of guests that a dom0 runs. A new one is a new entry here and a row
 * that names it.
 */
#include <stddef.h>
#include <string.h>

#include "scenario.h"

const struct scenario scenarios[] = {
	{
		.name = "256m", .memory = 256, .maxmem = 256, .vcpus = 1,
	}, {
		/* Saved while pages are missing: those must stay missing. */
		.name = "512m", .memory = 512, .maxmem = 512, .vcpus = 2,
		.steps = {
			{ CHANGE_MEMORY, 256, "with half of the memory" },
			{ CHANGE_RESTORE, 0, "after save and restore" },
			{ CHANGE_MEMORY, 512, "with all memory again" },
		},
	}, {
		.name = "3g", .memory = 3072, .maxmem = 3072, .vcpus = 1,
	}, {
		/* The last size is beyond what there was room for at boot. */
		.name = "balloon", .memory = 256, .maxmem = 384, .vcpus = 1,
		.steps = {
			{ CHANGE_MEMORY, 160, "with less than at boot" },
			{ CHANGE_MEMORY, 384, "with more than at boot" },
			{ CHANGE_MEMORY, 640, "with memory added" },
		},
	}, {
		/* Pages without a frame, at boot and later: entries must be 0. */
		.name = "l1tf", .memory = 256, .maxmem = 320, .vcpus = 1,
		.steps = {
			{ CHANGE_MEMORY, 192, "with less than at boot" },
			{ CHANGE_MEMORY, 320, "with more than at boot" },
		},
	}, {
		.name = "refusals", .memory = 96, .maxmem = 96, .vcpus = 1,
		.sweep = true,
	},
};

const int n_scenarios = sizeof(scenarios) / sizeof(scenarios[0]);

const struct scenario *scenario_find(const char *name)
{
	for (int i = 0; i < n_scenarios; i++)
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	return NULL;
}
