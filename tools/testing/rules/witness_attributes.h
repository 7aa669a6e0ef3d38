/* SPDX-License-Identifier: GPL-2.0-only */
/* Scenes for the identity-map planner and the audit of memory attributes. */
#ifndef RULES_WITNESS_ATTRIBUTES_H
#define RULES_WITNESS_ATTRIBUTES_H

#include <linux/types.h>

bool witness_attributes(void);

#endif /* RULES_WITNESS_ATTRIBUTES_H */
