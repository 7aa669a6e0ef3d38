// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lists of arch/arm64/mm/physmap/steps.h as data for the model. Nothing
 * else is here: switch.S expands the same lists to what runs.
 */
#include "pe.h"

#define OPERANDS(...)	{ __VA_ARGS__ }
#define SEQUENCE(called) \
	[PE_ ## called] = { .steps = {
#define STEP_NO(number, operation, operands, rule, why) \
	{ number, PE_ ## operation, OPERANDS operands, rule, why },

const struct pe_lists pe_lists = {
	.of[PE_EL1] = {
#define HAS_TTBR1	1
#define END(called)	}, .name = "physmap_arm64_" #called "_el1" },
#include "steps.h"
#undef HAS_TTBR1
#undef END
	},
	.of[PE_EL2] = {
#define HAS_TTBR1	0
#define END(called)	}, .name = "physmap_arm64_" #called "_el2" },
#include "steps.h"
	},
};
