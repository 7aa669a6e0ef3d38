/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an MPU's engine must answer to each request and what must be mapped
 * then, as a plain list of intervals. Knows the words of include/physmap/mpu.h
 * and no line of the engine: no registers, no encodings, no order of stores.
 *
 * Each function says all that is wrong with a request, as bits, and if that is
 * nothing it makes the list what it is when the request is done.
 */
#ifndef WORLDS_MPU_SPEC_H
#define WORLDS_MPU_SPEC_H

#include <physmap/mpu.h>

#define MPU_SPEC_PARTS	PHYSMAP_MPU_MAX
#define MPU_SPEC_USES	3
#define MPU_SPEC_UNKNOWN	2000	/* a number that is not promised */

#define WRONG(reason)	(1u << PHYSMAP_MPU_##reason)

/**
 * struct mpu_part - an interval that has a region of its own
 * @start: first byte
 * @end: first byte beyond
 * @now: attributes
 * @final: those when boot is over
 * @early: pass 2 has yet to come
 * @life: how long it is there
 * @references: how often it was asked for
 * @slot: number of its region
 * @owner: who asked for it; parts of one that was cut up have the same
 * @first: it is the part that has its owner's number
 * @over: owner that it was cut out of, or 0
 */
struct mpu_part {
	u64 start;
	u64 end;
	u32 now;
	u32 final;
	bool early;
	enum physmap_mpu_life life;
	unsigned int references;
	unsigned int slot;
	unsigned int owner;
	bool first;
	unsigned int over;
};

/**
 * struct mpu_spec - an MPU as it must be
 * @granule: that borders are multiples of
 * @limit: first address that no region can hold
 * @count: regions
 * @reserved: those set aside for contexts
 * @part: intervals, in any order
 * @parts: how many
 * @use: what must always be mapped
 * @uses: how many
 * @owners: so far
 */
struct mpu_spec {
	u64 granule;
	u64 limit;
	unsigned int count;
	bool reserved[PHYSMAP_MPU_MAX];
	struct mpu_part part[MPU_SPEC_PARTS];
	unsigned int parts;
	struct physmap_mpu_use use[MPU_SPEC_USES];
	unsigned int uses;
	unsigned int owners;
};

/* Boot */
u32 mpu_spec_plan(const struct mpu_spec *s,
		  const struct physmap_mpu_request *req);
u32 mpu_spec_start(struct mpu_spec *s, const struct physmap_mpu_plan *plan);
u32 mpu_spec_finish(struct mpu_spec *s);
u32 mpu_spec_release(struct mpu_spec *s);

/* Any time after */
u32 mpu_spec_map(struct mpu_spec *s, const struct physmap_mpu_want *want);
u32 mpu_spec_unmap(struct mpu_spec *s, u64 start, u64 end);
u32 mpu_spec_carve(struct mpu_spec *s, const struct physmap_mpu_want *want);
u32 mpu_spec_restrict(struct mpu_spec *s, u64 start, u64 end, u32 take);
u32 mpu_spec_border(struct mpu_spec *s, u64 from, u64 to);
u32 mpu_spec_move(struct mpu_spec *s, unsigned int from, unsigned int to);
u32 mpu_spec_switch(struct mpu_spec *s, const struct physmap_mpu_want *wants,
		    unsigned int nr);

#endif /* WORLDS_MPU_SPEC_H */
