/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What mpu.c and mpu_change.c share: questions about the software copy of an
 * MPU, which write nothing, and the few acts that change a region and its copy
 * together (MPU-13). Only mpu_slots.c calls a hook that changes a region.
 */
#ifndef PHYSMAP_MPU_ENGINE_H
#define PHYSMAP_MPU_ENGINE_H

#include <physmap/mpu.h>

/* A set of regions, by number. */
struct physmap_mpu_set {
	u32 bits[PHYSMAP_MPU_WORDS];
};

static inline void physmap_mpu_add(struct physmap_mpu_set *set, unsigned int n)
{
	set->bits[n / 32] |= BIT(n % 32);
}

static inline bool physmap_mpu_has(const struct physmap_mpu_set *set,
				   unsigned int n)
{
	return set->bits[n / 32] & BIT(n % 32);
}

static inline bool physmap_mpu_enabled(const struct physmap_mpu *mpu,
				       unsigned int n)
{
	return mpu->slot[n].references;
}

static inline bool physmap_mpu_meets(const struct physmap_mpu_region *r,
				     u64 start, u64 end)
{
	return r->start < end && start < r->end;
}

static inline bool physmap_mpu_holds(const struct physmap_mpu_region *r,
				     u64 start, u64 end)
{
	return r->start <= start && end <= r->end;
}

/* Where nothing is found: the number after the last. */
unsigned int physmap_mpu_holding(const struct physmap_mpu *mpu, u64 start,
				 u64 end);
unsigned int physmap_mpu_meeting(const struct physmap_mpu *mpu,
				 const struct physmap_mpu_set *without,
				 u64 start, u64 end);
unsigned int physmap_mpu_free(const struct physmap_mpu *mpu,
			      unsigned int from);

struct physmap_mpu_want physmap_mpu_told(const struct physmap_mpu *mpu,
					 unsigned int n);
struct physmap_mpu_want physmap_mpu_asked(u64 start, u64 end);
int physmap_mpu_no(struct physmap_mpu *mpu, enum physmap_mpu_reason reason,
		   const struct physmap_mpu_want *asked,
		   const struct physmap_mpu_want *met,
		   struct physmap_mpu_refusal *why);
int physmap_mpu_no_slot(struct physmap_mpu *mpu, enum physmap_mpu_reason reason,
			const struct physmap_mpu_want *asked, unsigned int n,
			struct physmap_mpu_refusal *why);
int physmap_mpu_may(struct physmap_mpu *mpu, unsigned int n,
		    const struct physmap_mpu_region *to,
		    const struct physmap_mpu_want *asked,
		    struct physmap_mpu_refusal *why);

void physmap_mpu_put(struct physmap_mpu *mpu, unsigned int n,
		     const struct physmap_mpu_region *to);
void physmap_mpu_make(struct physmap_mpu *mpu, unsigned int n, const char *name,
		      enum physmap_mpu_life life,
		      const struct physmap_mpu_region *region, u32 final);
void physmap_mpu_forget(struct physmap_mpu *mpu,
			const struct physmap_mpu_set *set);
void physmap_mpu_disable(struct physmap_mpu *mpu,
			 const struct physmap_mpu_set *set);
void physmap_mpu_sync(struct physmap_mpu *mpu);

#endif /* PHYSMAP_MPU_ENGINE_H */
