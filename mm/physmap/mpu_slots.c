// SPDX-License-Identifier: GPL-2.0-only
/*
 * The software copy of an MPU's regions: what is asked of it, and the acts that
 * change a region and its copy in one go, so that they are never out of step
 * (MPU-13). Nothing is decided here but what must not happen to memory that is
 * in use (MPU-4, -7).
 */
#include <linux/types.h>
#include "mpu_engine.h"

static const struct physmap_mpu_region nothing;

/* The region that has all of a range. */
unsigned int physmap_mpu_holding(const struct physmap_mpu *mpu, u64 start,
				 u64 end)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++)
		if (physmap_mpu_enabled(mpu, n) &&
		    physmap_mpu_holds(&mpu->slot[n].region, start, end))
			break;
	return n;
}

/* The first region that has any of a range, but for those of a set. */
unsigned int physmap_mpu_meeting(const struct physmap_mpu *mpu,
				 const struct physmap_mpu_set *without,
				 u64 start, u64 end)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++)
		if (physmap_mpu_enabled(mpu, n) &&
		    !physmap_mpu_has(without, n) &&
		    physmap_mpu_meets(&mpu->slot[n].region, start, end))
			break;
	return n;
}

/* The lowest region that is nobody's, and not set aside for contexts. */
unsigned int physmap_mpu_free(const struct physmap_mpu *mpu, unsigned int from)
{
	while (from < mpu->count && (physmap_mpu_enabled(mpu, from) ||
				     mpu->slot[from].reserved))
		from++;
	return from;
}

/* A region, for a message. */
struct physmap_mpu_want physmap_mpu_told(const struct physmap_mpu *mpu,
					 unsigned int n)
{
	const struct physmap_mpu_slot *s = &mpu->slot[n];

	return (struct physmap_mpu_want) {
		.name = s->name,
		.start = s->region.start,
		.end = s->region.end,
		.early = s->region.attrs & ~PHYSMAP_EARLY,
		.final = s->final,
		.life = s->life,
		.slot = n,
	};
}

/* A range that was named by its addresses only. */
struct physmap_mpu_want physmap_mpu_asked(u64 start, u64 end)
{
	return (struct physmap_mpu_want) {
		.name = "the range",
		.start = start,
		.end = end,
		.slot = PHYSMAP_MPU_LOWEST,
	};
}

/* Refuses; what stands in the way is @met. */
int physmap_mpu_no(struct physmap_mpu *mpu, enum physmap_mpu_reason reason,
		   const struct physmap_mpu_want *asked,
		   const struct physmap_mpu_want *met,
		   struct physmap_mpu_refusal *why)
{
	mpu->report.refused++;
	return physmap_mpu_refuse(why, reason, asked, met);
}

/* Refuses; what stands in the way is region @n. */
int physmap_mpu_no_slot(struct physmap_mpu *mpu, enum physmap_mpu_reason reason,
			const struct physmap_mpu_want *asked, unsigned int n,
			struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_want met = physmap_mpu_told(mpu, n);

	return physmap_mpu_no(mpu, reason, asked, &met, why);
}

/* Does @u lose a byte or a right where @from becomes @to? */
static bool loses(const struct physmap_mpu_use *u,
		  const struct physmap_mpu_region *from,
		  const struct physmap_mpu_region *to)
{
	const u64 start = u->start > from->start ? u->start : from->start;
	const u64 end = u->end < from->end ? u->end : from->end;

	return start < end && (!physmap_mpu_holds(to, start, end) ||
			       (u->attrs & ~to->attrs));
}

/*
 * May region @n become @to now? One store, or two where nothing matched, is all
 * that it takes; what runs needs nothing that goes.
 */
int physmap_mpu_may(struct physmap_mpu *mpu, unsigned int n,
		    const struct physmap_mpu_region *to,
		    const struct physmap_mpu_want *asked,
		    struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_region *from = &mpu->slot[n].region;
	const struct physmap_verdict v = mpu->format->transition(from, to);
	unsigned int i;

	if (v.transition == PHYSMAP_FORBIDDEN) {
		physmap_mpu_no_slot(mpu, PHYSMAP_MPU_NOT_IN_PLACE, asked, n,
				    why);
		why->rule = v.rule;
		why->what = v.why;
		return why->error;
	}
	for (i = 0; i < mpu->nr_uses; i++) {
		const struct physmap_mpu_use *u = &mpu->use[i];
		const struct physmap_mpu_want used = {
			.name = u->name, .start = u->start, .end = u->end,
		};

		if (loses(u, from, to))
			return physmap_mpu_no(mpu, PHYSMAP_MPU_IN_USE, asked,
					      &used, why);
	}
	return 0;
}

/*
 * A region becomes another, with the stores that the verdict allows; nothing
 * is in the way. In force after the next sync.
 */
void physmap_mpu_put(struct physmap_mpu *mpu, unsigned int n,
		     const struct physmap_mpu_region *to)
{
	struct physmap_mpu_region *from = &mpu->slot[n].region;
	const struct physmap_mpu_words old = mpu->format->encode(from);
	const struct physmap_mpu_words new = mpu->format->encode(to);

	if (from->start == from->end)
		mpu->hooks->write(mpu, n, new);
	else if (new.limit != old.limit)
		mpu->hooks->write_limit(mpu, n, new.limit);
	else if (new.base != old.base)
		mpu->hooks->write_base(mpu, n, new.base);
	*from = *to;
}

/* A region that was disabled gets an owner. */
void physmap_mpu_make(struct physmap_mpu *mpu, unsigned int n, const char *name,
		      enum physmap_mpu_life life,
		      const struct physmap_mpu_region *region, u32 final)
{
	struct physmap_mpu_slot *s = &mpu->slot[n];

	physmap_mpu_put(mpu, n, region);
	s->final = final;
	s->name = name;
	s->life = life;
	s->references = 1;
}

/* The copies of regions that are disabled. */
void physmap_mpu_forget(struct physmap_mpu *mpu,
			const struct physmap_mpu_set *set)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++) {
		struct physmap_mpu_slot *s = &mpu->slot[n];

		if (!physmap_mpu_has(set, n))
			continue;
		*s = (struct physmap_mpu_slot) {
			.region = nothing,
			.name = "",
			.reserved = s->reserved,
		};
	}
}

/* Regions go, all of a set at once. */
void physmap_mpu_disable(struct physmap_mpu *mpu,
			 const struct physmap_mpu_set *set)
{
	mpu->hooks->disable(mpu, set->bits);
	physmap_mpu_forget(mpu, set);
}

/* What was done is in force (MPU-8). */
void physmap_mpu_sync(struct physmap_mpu *mpu)
{
	mpu->hooks->sync(mpu);
}
