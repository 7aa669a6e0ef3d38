/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A random life of an MPU as plain data: a machine, what is wanted of it, and
 * one act after the other. Drawn from a seed, each act when the ones before it
 * are done; played as often as wanted, the same every time.
 */
#ifndef WORLDS_MPU_WORLD_H
#define WORLDS_MPU_WORLD_H

#include "mpu.h"
#include "mpu_spec.h"

#define MPU_WANTS	16
#define MPU_STEPS	96
#define MPU_CONTEXT	5

enum mpu_act {
	MPU_FINISH,
	MPU_RELEASE,
	MPU_MAP,
	MPU_UNMAP,
	MPU_CARVE,
	MPU_RESTRICT,
	MPU_BORDER,
	MPU_MOVE,
	MPU_SWITCH,
	MPU_ACTS,
};

/**
 * struct mpu_step - one act
 * @act: which
 * @want: MPU_MAP, MPU_CARVE: the range
 * @from: first byte, border, or number
 * @to: first byte beyond, new border, or new number
 * @take: MPU_RESTRICT
 * @context: MPU_SWITCH
 * @nr: how many ranges that has
 */
struct mpu_step {
	enum mpu_act act;
	struct physmap_mpu_want want;
	u64 from;
	u64 to;
	u32 take;
	struct physmap_mpu_want context[MPU_CONTEXT];
	unsigned int nr;
};

/* How an MPU is found. */
enum mpu_entry {
	MPU_OFF,		/* as reset leaves it */
	MPU_OFF_USED,		/* off; some regions are enabled, right and wrong */
	MPU_ON,			/* with some regions of the plan */
	MPU_ON_FOREIGN,		/* and one of somebody else's */
	MPU_ON_BACKGROUND,	/* with the background region */
	MPU_OFF_CACHES,		/* off, and the caches are on */
	MPU_FEWER,		/* with fewer regions than were planned for */
	MPU_ENTRIES,
};

/**
 * struct mpu_scene - a life
 * @seed: of all of them
 * @number: of this one
 * @config: MPU
 * @entry: how it is found
 * @found: planned regions that are there, by position, as bits
 * @base: first address that is drawn
 * @unit: addresses are multiples of it
 * @units: how many
 * @want: ranges wanted
 * @req: the request, with @want
 * @use: what must always be mapped
 * @uses: how many
 * @step: acts
 * @steps: how many
 */
struct mpu_scene {
	u64 seed;
	u64 number;
	struct model_mpu_config config;
	enum mpu_entry entry;
	u64 found;
	u64 base;
	u64 unit;
	unsigned int units;
	struct physmap_mpu_want want[MPU_WANTS];
	struct physmap_mpu_request req;
	struct physmap_mpu_use use[MPU_SPEC_USES];
	unsigned int uses;
	struct mpu_step step[MPU_STEPS];
	unsigned int steps;
};

/**
 * struct mpu_result - what came of it
 * @failed: something was wrong; then the rest says what
 * @rule: rule, or what the specification calls it
 * @text: one sentence
 * @step: after how many acts
 * @acts: done
 * @refused: of these, refused as they had to be
 * @operations: on registers, each judged
 */
struct mpu_result {
	bool failed;
	char rule[16];
	char text[300];
	unsigned int step;
	u64 acts;
	u64 refused;
	u64 operations;
};

/* mpu_draw.c */
void mpu_draw_scene(struct mpu_scene *scene, u64 seed, u64 number);
void mpu_draw_step(struct mpu_scene *scene, const struct mpu_spec *spec,
		   struct mpu_step *step);

/* mpu_world.c */
void mpu_play(struct mpu_scene *scene, unsigned int draw,
	      struct mpu_result *result);

#endif /* WORLDS_MPU_WORLD_H */
