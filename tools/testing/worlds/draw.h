/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What those who draw scenes share: one stream of random numbers, so that a
 * seed and a number say all of a scene.
 */
#ifndef WORLDS_DRAW_H
#define WORLDS_DRAW_H

#include "scene.h"

/* draw.c */
u64 below(u64 n);
bool one_in(u64 n);
bool all_ram(const struct scene *s, u64 start, u64 end);
void draw_half(struct scene *s);
void draw_traps(struct scene *s);

static inline u64 down(u64 pa, u64 size)
{
	return pa & ~(size - 1);
}

static inline u64 up(u64 pa, u64 size)
{
	return down(pa + size - 1, size);
}

/* draw_arm64.c */
void draw_arm64(struct scene *s);

#endif /* WORLDS_DRAW_H */
