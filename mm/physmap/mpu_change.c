// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes of an MPU that is in use: regions on demand, pieces with other
 * attributes, borders, numbers, contexts. At no moment do two regions overlap
 * or does what runs lose its memory: what shrinks is in force before anything
 * grows, what goes before anything comes (MPU-4, -8, -9). Each function checks
 * all, then acts; a refusal has changed nothing. Callers do one at a time, on the
 * CPU whose MPU it is, and mask interrupts that would touch what changes.
 */
#include <linux/types.h>
#include "mpu_engine.h"

static const struct physmap_mpu_region nothing;
static const struct physmap_mpu_set none;

static struct physmap_mpu_region region_of(const struct physmap_mpu_want *want)
{
	return (struct physmap_mpu_region) {
		.start = want->start,
		.end = want->end,
		.attrs = want->final,
	};
}

static bool is_whole(const struct physmap_mpu_slot *s, u64 start, u64 end)
{
	return s->region.start == start && s->region.end == end;
}

static bool has_pieces(const struct physmap_mpu *mpu, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < mpu->count; i++)
		if ((mpu->slot[i].carved || mpu->slot[i].rest) &&
		    mpu->slot[i].background == n)
			return true;
	return false;
}

static void disable_one(struct physmap_mpu *mpu, unsigned int n)
{
	struct physmap_mpu_set set = none;

	physmap_mpu_add(&set, n);
	physmap_mpu_disable(mpu, &set);
	physmap_mpu_sync(mpu);
}

/**
 * physmap_mpu_map() - map a range on demand
 * @mpu: an MPU that was started
 * @want: the range, its final attributes and a life of
 *	PHYSMAP_MPU_ON_DEMAND; its name must stay valid
 * @slot: region that has it now
 * @why: filled in on an error
 *
 * A range that a region has already, with these attributes, is counted there
 * and not mapped again; any other overlap is refused (MPU-4).
 *
 * Return: 0, or a negative errno; nothing was written then.
 */
int physmap_mpu_map(struct physmap_mpu *mpu,
		    const struct physmap_mpu_want *want, unsigned int *slot,
		    struct physmap_mpu_refusal *why)
{
	const enum physmap_mpu_reason wrong =
		physmap_mpu_check_want(mpu->format, want);
	const struct physmap_mpu_region region = region_of(want);
	unsigned int n;

	if (wrong != PHYSMAP_MPU_FINE)
		return physmap_mpu_no(mpu, wrong, want, NULL, why);
	n = physmap_mpu_holding(mpu, want->start, want->end);
	if (n < mpu->count) {
		if (mpu->slot[n].region.attrs != want->final)
			return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_RIGHTS,
						   want, n, why);
		mpu->slot[n].references++;
		mpu->report.shared++;
		*slot = n;
		return 0;
	}
	n = physmap_mpu_meeting(mpu, &none, want->start, want->end);
	if (n < mpu->count)
		return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_OVERLAP, want, n,
					   why);
	n = physmap_mpu_free(mpu, 0);
	if (n == mpu->count)
		return physmap_mpu_no(mpu, PHYSMAP_MPU_NO_REGION, want, NULL,
				      why);
	physmap_mpu_make(mpu, n, want->name, PHYSMAP_MPU_ON_DEMAND, &region,
			 want->final);
	physmap_mpu_sync(mpu);
	mpu->report.mapped++;
	*slot = n;
	return 0;
}

/*
 * How the pieces of a region that was cut up come together again: region @into
 * becomes @grown when @gone have gone. @into may be among them: then nothing of
 * the background touches the piece, and it becomes a part of its own.
 */
struct join {
	unsigned int into;
	struct physmap_mpu_region grown;
	struct physmap_mpu_set gone;
};

/* A part of a region that was cut up; two of them never touch. */
static bool is_background(const struct physmap_mpu *mpu, unsigned int n,
			  unsigned int background)
{
	const struct physmap_mpu_slot *s = &mpu->slot[n];

	return physmap_mpu_enabled(mpu, n) &&
	       (n == background || (s->rest && s->background == background));
}

/* What of the background ends at @end, or begins at @start. */
static unsigned int background_ending(const struct physmap_mpu *mpu,
				      unsigned int background, u64 end)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++)
		if (is_background(mpu, n, background) &&
		    mpu->slot[n].region.end == end)
			break;
	return n;
}

static unsigned int background_starting(const struct physmap_mpu *mpu,
					unsigned int background, u64 start)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++)
		if (is_background(mpu, n, background) &&
		    mpu->slot[n].region.start == start)
			break;
	return n;
}

/* Decides only. The background's own region stays, for it has its number. */
static struct join plan_join(const struct physmap_mpu *mpu, unsigned int piece)
{
	const unsigned int background = mpu->slot[piece].background;
	const struct physmap_mpu_region *r = &mpu->slot[piece].region;
	const unsigned int low = background_ending(mpu, background, r->start);
	const unsigned int high =
		background_starting(mpu, background, r->end);
	struct join j = { .into = piece, .grown = *r, .gone = none };

	physmap_mpu_add(&j.gone, piece);
	j.grown.attrs = mpu->slot[background].region.attrs;
	if (low < mpu->count) {
		j.into = low;
		j.grown.start = mpu->slot[low].region.start;
	}
	if (high < mpu->count) {
		if (j.into == piece || high == background)
			j.into = high;
		j.grown.end = mpu->slot[high].region.end;
	}
	if (low < mpu->count && low != j.into)
		physmap_mpu_add(&j.gone, low);
	if (high < mpu->count && high != j.into)
		physmap_mpu_add(&j.gone, high);
	return j;
}

/* Parts that are to be one again must be nobody's but the region's own. */
static int check_join(struct physmap_mpu *mpu, unsigned int piece,
		      const struct join *j,
		      const struct physmap_mpu_want *asked,
		      struct physmap_mpu_refusal *why)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++) {
		const bool gone = physmap_mpu_has(&j->gone, n);
		int err;

		if (!gone && n != j->into)
			continue;
		if (n != piece && mpu->slot[n].references > 1)
			return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_STAYS,
						   asked, n, why);
		err = physmap_mpu_may(mpu, n, gone ? &nothing : &j->grown,
				      asked, why);
		if (err)
			return err;
	}
	return 0;
}

static int join(struct physmap_mpu *mpu, unsigned int piece,
		const struct physmap_mpu_want *asked,
		struct physmap_mpu_refusal *why)
{
	const unsigned int background = mpu->slot[piece].background;
	const struct join j = plan_join(mpu, piece);
	int err = check_join(mpu, piece, &j, asked, why);

	if (err)
		return err;
	physmap_mpu_disable(mpu, &j.gone);
	physmap_mpu_sync(mpu);
	if (j.into == piece) {
		const struct physmap_mpu_slot *of = &mpu->slot[background];

		physmap_mpu_make(mpu, piece, of->name, of->life, &j.grown,
				 of->final);
		mpu->slot[piece].rest = true;
		mpu->slot[piece].background = background;
	} else {
		physmap_mpu_put(mpu, j.into, &j.grown);
	}
	physmap_mpu_sync(mpu);
	mpu->report.joins++;
	return 0;
}

/* Must region @n stay, whoever asks for its end? */
static bool stays(const struct physmap_mpu *mpu, unsigned int n)
{
	const struct physmap_mpu_slot *s = &mpu->slot[n];

	return s->life != PHYSMAP_MPU_ON_DEMAND || s->rest ||
	       has_pieces(mpu, n);
}

/**
 * physmap_mpu_unmap() - the reverse of physmap_mpu_map() and _carve()
 * @mpu: an MPU that was started
 * @start: first byte of what was mapped
 * @end: first byte beyond
 * @why: filled in on an error
 *
 * A region goes when nobody has asked for it any more; whoever is the last names
 * all of it, so parts of it are unmapped before. A piece that was carved
 * out gives its place back to what was there before, unless somebody has asked
 * for what is beside it.
 *
 * Return: 0, or a negative errno; nothing was written then.
 */
int physmap_mpu_unmap(struct physmap_mpu *mpu, u64 start, u64 end,
		      struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_want asked = physmap_mpu_asked(start, end);
	const unsigned int n = physmap_mpu_holding(mpu, start, end);
	const unsigned int met =
		physmap_mpu_meeting(mpu, &none, start, end);
	int err;

	if (start >= end)
		return physmap_mpu_no(mpu, PHYSMAP_MPU_EMPTY, &asked, NULL,
				      why);
	if (n == mpu->count && met < mpu->count)
		return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_NOT_WHOLE, &asked,
					   met, why);
	if (n == mpu->count)
		return physmap_mpu_no(mpu, PHYSMAP_MPU_NOT_MAPPED, &asked,
				      NULL, why);
	if (mpu->slot[n].references > 1) {
		mpu->slot[n].references--;
		return 0;
	}
	if (stays(mpu, n))
		return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_STAYS, &asked, n,
					   why);
	if (!is_whole(&mpu->slot[n], start, end))
		return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_NOT_WHOLE, &asked,
					   n, why);
	if (mpu->slot[n].carved) {
		err = join(mpu, n, &asked, why);
	} else {
		err = physmap_mpu_may(mpu, n, &nothing, &asked, why);
		if (!err)
			disable_one(mpu, n);
	}
	if (!err)
		mpu->report.unmapped++;
	return err;
}

/*
 * How a region is cut up: it becomes @stays with one store, and @rest, if that
 * is not empty, and the piece become regions of their own.
 */
struct cut {
	struct physmap_mpu_region stays;
	struct physmap_mpu_region rest;
};

/* What lies below the piece stays, or else what lies above it. */
static struct cut cut(const struct physmap_mpu_region *r, u64 start, u64 end,
		      bool low_stays)
{
	struct physmap_mpu_region low = *r, high = *r;

	low.end = start;
	high.start = end;
	if (low.start == low.end)
		low = nothing;
	if (high.start == high.end)
		high = nothing;
	return low_stays ? (struct cut){ low, high } : (struct cut){ high, low };
}

/* The part that is in use must be the one that stays, so both are tried. */
static int plan_cut(struct physmap_mpu *mpu, unsigned int n,
		    const struct physmap_mpu_want *want, struct cut *c,
		    struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_region *r = &mpu->slot[n].region;
	const u64 refused = mpu->report.refused;
	int err = 0;

	if (want->start > r->start) {
		*c = cut(r, want->start, want->end, true);
		err = physmap_mpu_may(mpu, n, &c->stays, want, why);
	}
	if ((err || want->start == r->start) && want->end < r->end) {
		*c = cut(r, want->start, want->end, false);
		err = physmap_mpu_may(mpu, n, &c->stays, want, why);
	}
	mpu->report.refused = refused + !!err;
	return err;
}

static int check_carve(struct physmap_mpu *mpu,
		       const struct physmap_mpu_want *want, unsigned int n,
		       struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_slot *s = &mpu->slot[n];

	if (s->references > 1 || s->life == PHYSMAP_MPU_BOOT_ONLY ||
	    s->life == PHYSMAP_MPU_SWITCHING || s->carved)
		return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_STAYS, want, n,
					   why);
	if (is_whole(s, want->start, want->end))
		return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_RIGHTS, want, n,
					   why);
	return 0;
}

/**
 * physmap_mpu_carve() - a piece of a region gets other attributes
 * @mpu: an MPU that was started
 * @want: the piece, its final attributes and a life of
 *	PHYSMAP_MPU_ON_DEMAND; it lies within one region that is fixed or on
 *	demand, and is not all of it; its name must stay valid
 * @slot: region that has the piece now
 * @why: filled in on an error
 *
 * Takes up to two regions more. For a moment nothing but the part that stays
 * is mapped, so all that is in use must be on one side of the piece.
 * physmap_mpu_unmap() of the piece undoes it.
 *
 * Return: 0, or a negative errno; nothing was written then.
 */
int physmap_mpu_carve(struct physmap_mpu *mpu,
		      const struct physmap_mpu_want *want, unsigned int *slot,
		      struct physmap_mpu_refusal *why)
{
	const enum physmap_mpu_reason wrong =
		physmap_mpu_check_want(mpu->format, want);
	const struct physmap_mpu_region piece = region_of(want);
	unsigned int n, background, first, second;
	struct cut c;
	int err;

	if (wrong != PHYSMAP_MPU_FINE)
		return physmap_mpu_no(mpu, wrong, want, NULL, why);
	n = physmap_mpu_holding(mpu, want->start, want->end);
	if (n == mpu->count)
		return physmap_mpu_no(mpu, PHYSMAP_MPU_NOT_MAPPED, want, NULL,
				      why);
	err = check_carve(mpu, want, n, why);
	if (err)
		return err;
	err = plan_cut(mpu, n, want, &c, why);
	if (err)
		return err;
	first = physmap_mpu_free(mpu, 0);
	second = physmap_mpu_free(mpu, first + 1);
	if (first >= mpu->count ||
	    (c.rest.start != c.rest.end && second >= mpu->count))
		return physmap_mpu_no(mpu, PHYSMAP_MPU_NO_REGION, want, NULL,
				      why);
	background = mpu->slot[n].rest ? mpu->slot[n].background : n;
	physmap_mpu_put(mpu, n, &c.stays);
	physmap_mpu_sync(mpu);
	physmap_mpu_make(mpu, first, want->name, PHYSMAP_MPU_ON_DEMAND, &piece,
			 want->final);
	mpu->slot[first].carved = true;
	mpu->slot[first].background = background;
	if (c.rest.start != c.rest.end) {
		physmap_mpu_make(mpu, second, mpu->slot[n].name,
				 mpu->slot[n].life, &c.rest,
				 mpu->slot[n].final);
		mpu->slot[second].rest = true;
		mpu->slot[second].background = background;
	}
	physmap_mpu_sync(mpu);
	mpu->report.splits++;
	*slot = first;
	return 0;
}

/**
 * physmap_mpu_restrict() - take rights from a region
 * @mpu: an MPU that was started
 * @start: first byte of the region
 * @end: first byte beyond
 * @take: PHYSMAP_WRITE, PHYSMAP_EXEC, or both
 * @why: filled in on an error
 *
 * Only a region as a whole, not one that is cut up, and only if it was asked for
 * once (MPU-14).
 *
 * Return: 0, or a negative errno; nothing was written then.
 */
int physmap_mpu_restrict(struct physmap_mpu *mpu, u64 start, u64 end, u32 take,
			 struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_want asked = physmap_mpu_asked(start, end);
	const unsigned int n = physmap_mpu_meeting(mpu, &none, start, end);
	struct physmap_mpu_region to;
	int err;

	if (n == mpu->count)
		return physmap_mpu_no(mpu, PHYSMAP_MPU_NOT_MAPPED, &asked,
				      NULL, why);
	if (!is_whole(&mpu->slot[n], start, end))
		return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_NOT_WHOLE, &asked,
					   n, why);
	if (mpu->slot[n].references > 1 || mpu->slot[n].rest ||
	    has_pieces(mpu, n))
		return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_STAYS, &asked, n,
					   why);
	to = mpu->slot[n].region;
	take &= PHYSMAP_WRITE | PHYSMAP_EXEC;
	to.attrs &= ~take;
	err = physmap_mpu_may(mpu, n, &to, &asked, why);
	if (err)
		return err;
	physmap_mpu_put(mpu, n, &to);
	mpu->slot[n].final &= ~take;
	physmap_mpu_sync(mpu);
	return 0;
}

/* The regions that touch at an address: the lower and the upper one. */
static bool touching(const struct physmap_mpu *mpu, u64 at, unsigned int *low,
		     unsigned int *high)
{
	unsigned int n;

	*low = mpu->count;
	*high = mpu->count;
	for (n = 0; n < mpu->count; n++) {
		if (!physmap_mpu_enabled(mpu, n))
			continue;
		if (mpu->slot[n].region.end == at)
			*low = n;
		if (mpu->slot[n].region.start == at)
			*high = n;
	}
	return *low < mpu->count && *high < mpu->count;
}

/**
 * physmap_mpu_move_border() - two regions that touch meet somewhere else
 * @mpu: an MPU that was started
 * @from: where they touch
 * @to: where they are to touch; within one of them, on a granule
 * @why: filled in on an error
 *
 * One shrinks, and that is in force before the other grows (MPU-4): what lies
 * between @from and @to has no region for a moment, so it must not be in use.
 *
 * Return: 0, or a negative errno; nothing was written then.
 */
int physmap_mpu_move_border(struct physmap_mpu *mpu, u64 from, u64 to,
			    struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_want asked =
		physmap_mpu_asked(from < to ? from : to, from < to ? to : from);
	unsigned int low, high, shrinks, grows;
	struct physmap_mpu_region lower, upper;
	int err;

	if (!touching(mpu, from, &low, &high))
		return physmap_mpu_no(mpu, PHYSMAP_MPU_NOT_MAPPED, &asked,
				      NULL, why);
	lower = mpu->slot[low].region;
	upper = mpu->slot[high].region;
	if (to & (mpu->format->granule - 1))
		return physmap_mpu_no(mpu, PHYSMAP_MPU_UNALIGNED, &asked, NULL,
				      why);
	if (to <= lower.start || to >= upper.end)
		return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_EMPTY, &asked,
					   to <= lower.start ? low : high, why);
	if (mpu->slot[low].references > 1 || mpu->slot[high].references > 1)
		return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_STAYS, &asked,
					   mpu->slot[low].references > 1 ? low :
									   high,
					   why);
	lower.end = to;
	upper.start = to;
	err = physmap_mpu_may(mpu, low, &lower, &asked, why);
	if (!err)
		err = physmap_mpu_may(mpu, high, &upper, &asked, why);
	if (err)
		return err;
	shrinks = to < from ? low : high;
	grows = to < from ? high : low;
	physmap_mpu_put(mpu, shrinks, shrinks == low ? &lower : &upper);
	physmap_mpu_sync(mpu);
	physmap_mpu_put(mpu, grows, grows == low ? &lower : &upper);
	physmap_mpu_sync(mpu);
	return 0;
}

/* Pieces name the region that they were cut out of by its number. */
static void follow(struct physmap_mpu *mpu, unsigned int from, unsigned int to)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++)
		if ((mpu->slot[n].carved || mpu->slot[n].rest) &&
		    mpu->slot[n].background == from)
			mpu->slot[n].background = to;
}

/**
 * physmap_mpu_move() - a region gets another number
 * @mpu: an MPU that was started
 * @from: its number
 * @to: number of a region that is nobody's
 * @why: filled in on an error
 *
 * In between nothing has its addresses (MPU-9), so they must not be in use.
 * A context's regions are not moved.
 *
 * Return: 0, or a negative errno; nothing was written then.
 */
int physmap_mpu_move(struct physmap_mpu *mpu, unsigned int from,
		     unsigned int to, struct physmap_mpu_refusal *why)
{
	struct physmap_mpu_want asked = physmap_mpu_asked(0, 0);
	struct physmap_mpu_slot old;
	int err;

	asked.slot = to;
	if (from >= mpu->count || !physmap_mpu_enabled(mpu, from))
		return physmap_mpu_no(mpu, PHYSMAP_MPU_NOT_MAPPED, &asked,
				      NULL, why);
	asked = physmap_mpu_told(mpu, from);
	asked.slot = to;
	if (to >= mpu->count || physmap_mpu_free(mpu, to) != to)
		return physmap_mpu_no(mpu, PHYSMAP_MPU_BAD_SLOT, &asked, NULL,
				      why);
	if (mpu->slot[from].life == PHYSMAP_MPU_SWITCHING)
		return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_STAYS, &asked,
					   from, why);
	err = physmap_mpu_may(mpu, from, &nothing, &asked, why);
	if (err)
		return err;
	old = mpu->slot[from];
	disable_one(mpu, from);
	physmap_mpu_put(mpu, to, &old.region);
	old.reserved = false;
	mpu->slot[to] = old;
	follow(mpu, from, to);
	physmap_mpu_sync(mpu);
	return 0;
}

/* A change of context: what stays, and what goes. */
struct change {
	struct physmap_mpu_set context;	/* regions of the old one */
	struct physmap_mpu_set gone;
};

static bool is_context(const struct physmap_mpu *mpu, unsigned int n)
{
	return physmap_mpu_enabled(mpu, n) &&
	       mpu->slot[n].life == PHYSMAP_MPU_SWITCHING;
}

/* The old context's region that is what @want asks for. */
static unsigned int same(const struct physmap_mpu *mpu,
			 const struct physmap_mpu_want *want)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++)
		if (is_context(mpu, n) &&
		    is_whole(&mpu->slot[n], want->start, want->end) &&
		    mpu->slot[n].region.attrs == want->final)
			break;
	return n;
}

static void plan_change(const struct physmap_mpu *mpu,
			const struct physmap_mpu_want *wants, unsigned int nr,
			struct change *c)
{
	unsigned int n, i;

	for (n = 0; n < mpu->count; n++) {
		if (!is_context(mpu, n))
			continue;
		physmap_mpu_add(&c->context, n);
		for (i = 0; i < nr; i++)
			if (same(mpu, &wants[i]) == n)
				break;
		if (i == nr)
			physmap_mpu_add(&c->gone, n);
	}
}

static int check_wants(struct physmap_mpu *mpu,
		       const struct physmap_mpu_want *wants, unsigned int nr,
		       const struct change *c, struct physmap_mpu_refusal *why)
{
	unsigned int i, k;

	for (i = 0; i < nr; i++) {
		const struct physmap_mpu_want *w = &wants[i];
		const enum physmap_mpu_reason wrong =
			physmap_mpu_check_want(mpu->format, w);

		if (wrong != PHYSMAP_MPU_FINE)
			return physmap_mpu_no(mpu, wrong, w, NULL, why);
		for (k = 0; k < i; k++)
			if (w->start < wants[k].end && wants[k].start < w->end)
				return physmap_mpu_no(mpu, PHYSMAP_MPU_OVERLAP,
						      w, &wants[k], why);
		k = physmap_mpu_meeting(mpu, &c->context, w->start, w->end);
		if (k < mpu->count)
			return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_OVERLAP, w,
						   k, why);
	}
	return 0;
}

/* Regions for contexts that nobody has, or that the old one leaves. */
static unsigned int next_for_context(const struct physmap_mpu *mpu,
				     const struct physmap_mpu_set *gone,
				     unsigned int from)
{
	while (from < mpu->count &&
	       (!mpu->slot[from].reserved ||
		(physmap_mpu_enabled(mpu, from) &&
		 !physmap_mpu_has(gone, from))))
		from++;
	return from;
}

static int check_change(struct physmap_mpu *mpu,
			const struct physmap_mpu_want *wants, unsigned int nr,
			const struct change *c, struct physmap_mpu_refusal *why)
{
	unsigned int n, i, at = 0;

	for (n = 0; n < mpu->count; n++) {
		const struct physmap_mpu_want told = physmap_mpu_told(mpu, n);
		int err;

		if (!physmap_mpu_has(&c->gone, n))
			continue;
		if (mpu->slot[n].references > 1)
			return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_STAYS,
						   &told, n, why);
		err = physmap_mpu_may(mpu, n, &nothing, &told, why);
		if (err)
			return err;
	}
	for (i = 0; i < nr; i++) {
		if (same(mpu, &wants[i]) < mpu->count)
			continue;
		at = next_for_context(mpu, &c->gone, at);
		if (at == mpu->count)
			return physmap_mpu_no(mpu, PHYSMAP_MPU_NO_REGION,
					      &wants[i], NULL, why);
		at++;
	}
	return 0;
}

static void leave(struct physmap_mpu *mpu, const struct physmap_mpu_set *gone)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++)
		if (physmap_mpu_has(gone, n))
			break;
	if (n == mpu->count)
		return;
	physmap_mpu_disable(mpu, gone);
	physmap_mpu_sync(mpu);
}

static void enter(struct physmap_mpu *mpu, const struct physmap_mpu_want *wants,
		  unsigned int nr)
{
	unsigned int i, at = 0;
	bool made = false;

	for (i = 0; i < nr; i++) {
		const struct physmap_mpu_region region = region_of(&wants[i]);

		if (same(mpu, &wants[i]) < mpu->count)
			continue;
		at = next_for_context(mpu, &none, at);
		physmap_mpu_make(mpu, at, wants[i].name, PHYSMAP_MPU_SWITCHING,
				 &region, wants[i].final);
		made = true;
	}
	if (made)
		physmap_mpu_sync(mpu);
}

/**
 * physmap_mpu_switch() - another context: other switching regions
 * @mpu: an MPU that was started
 * @wants: the new context's ranges, with a life of PHYSMAP_MPU_SWITCHING; their
 *	final attributes count, and their numbers do not; their names must stay
 *	valid
 * @nr: how many, at most as many as were set aside by the plan
 * @why: filled in on an error
 *
 * What both contexts have stays. All else of the old one goes at once, and that
 * is in force before anything of the new one comes.
 *
 * Return: 0, or a negative errno; nothing was written then.
 */
int physmap_mpu_switch(struct physmap_mpu *mpu,
		       const struct physmap_mpu_want *wants, unsigned int nr,
		       struct physmap_mpu_refusal *why)
{
	struct change c = { { { 0 } }, { { 0 } } };
	int err;

	plan_change(mpu, wants, nr, &c);
	err = check_wants(mpu, wants, nr, &c, why);
	if (!err)
		err = check_change(mpu, wants, nr, &c, why);
	if (err)
		return err;
	leave(mpu, &c.gone);
	enter(mpu, wants, nr);
	mpu->report.switches++;
	return 0;
}
