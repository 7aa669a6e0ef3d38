// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small things that the boot bench and the instruction bench both do. Nothing
 * here knows a machine or keeps state.
 */
#include <string.h>
#include <time.h>

#include "bench.h"

double now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

bool selected(const char *list, const char *name)
{
	const char *p = list;

	while (p && *p) {
		size_t n = strcspn(p, ",");

		if (n && !strncmp(name, p, n))
			return true;
		p += n + (p[n] == ',');
	}
	return !list;
}
