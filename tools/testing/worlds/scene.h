/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A random world as plain data: drawn from a seed, played on a simulated
 * machine, made smaller when it fails, and written down for people. The same
 * seed and number always give the same scene.
 */
#ifndef WORLDS_SCENE_H
#define WORLDS_SCENE_H

#include "world.h"

#define SCENE_ENTRIES	160
#define SCENE_STEPS	64
#define SCENE_RANGES	4
#define SCENE_BALLOONS	8

enum scene_machine {
	SCENE_4LEVEL,
	SCENE_5LEVEL,
	SCENE_PAE,
	SCENE_LEGACY,
	SCENE_DOM0,
	SCENE_DOMU,
	SCENE_ARM64,
};

/* An entry that is there before anything is built. */
struct scene_entry {
	unsigned int level;
	u64 pa;
	u64 raw;	/* with its frame */
};

/**
 * struct scene_step - one request
 * @ranges: of it
 * @nr_ranges: how many
 * @attrs: final attributes
 * @policy: see there
 * @flusher: see there
 * @trap: what is refused; nothing if @trap.at is 0
 * @half: leave it as it was stopped
 * @hot: memory that is plugged in; from here on the boot is over
 */
struct scene_step {
	struct physmap_range range[SCENE_RANGES];
	unsigned int nr_ranges;
	u32 attrs;
	enum physmap_policy policy;
	enum physmap_flusher flusher;
	struct world_trap trap;
	bool half;
	bool hot;
};

struct scene {
	u64 seed;
	u64 number;
	enum scene_machine machine;
	struct world_config config;
	struct world_xen xen;
	struct physmap_arm64_machine arm64;
	u64 ram_start;
	struct {
		u64 start;
		u64 end;
	} ram[WORLD_RAM];
	unsigned int nr_ram;
	u64 cut[WORLD_CUTS];
	unsigned int nr_cuts;
	struct scene_entry entry[SCENE_ENTRIES];
	unsigned int nr_entries;
	struct {
		u64 start;	/* pfns */
		u64 end;
	} balloon[SCENE_BALLOONS];
	unsigned int nr_balloons;
	struct scene_step step[SCENE_STEPS];
	unsigned int nr_steps;
};

struct scene_result {
	bool failed;
	char rule[40];
	char text[400];
	unsigned int step;
	u64 events;
	u64 builds;
};

/* draw.c */
void scene_draw(struct scene *s, u64 seed, u64 number);

/* random.c */
void scene_play(const struct scene *s, struct scene_result *result);

/* shrink.c */
void scene_shrink(struct scene *s, struct scene_result *result);
void scene_show(const struct scene *s);

#endif /* WORLDS_SCENE_H */
