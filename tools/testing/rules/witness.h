/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the scenes of all architectures share: the name of the scene, and how
 * a broken rule and an end that was not expected are told. A line on stdout
 * for each; none if all is well.
 */
#ifndef RULES_WITNESS_H
#define RULES_WITNESS_H

#include "judge.h"

extern const char *scene;

void heard(struct judge *j, const struct judge_violation *v);
__printf(2, 3)
void broken(const char *rule, const char *fmt, ...);
void expect(bool as_expected, const char *what);

/* witness_arm64.c */
void arm64_scenes(void);

/* witness_mpu.c */
void mpu_scenes(void);

#endif /* RULES_WITNESS_H */
