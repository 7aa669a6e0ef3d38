// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the step lists of arch/arm64/mm/physmap/steps.h through the scenes of
 * the model of a PE, and prints a line for each rule broken: "RULE scene: list
 * step N: text". Built as it is it prints nothing; built with a mutant of the
 * lists it must name the mutant's rule.
 */
#include <stdio.h>
#include <string.h>
#include "pe.h"
#include "witness_steps.h"

static char last[160];
static bool bad;

/* One line for all that follows from the same step. */
static void heard(const struct pe_violation *v)
{
	char key[160];

	bad = true;
	snprintf(key, sizeof(key), "%s %s: %s", v->rule, v->scene, v->where);
	if (strcmp(key, last))
		printf("%s: %s\n", key, v->text);
	strcpy(last, key);
}

bool witness_steps(void)
{
	pe_scenes(&pe_lists, heard);
	return bad;
}
