/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of the witness that runs step lists: see witness_steps.c. */
#ifndef WITNESS_STEPS_H
#define WITNESS_STEPS_H

#include <linux/types.h>

bool witness_steps(void);

#endif /* WITNESS_STEPS_H */
