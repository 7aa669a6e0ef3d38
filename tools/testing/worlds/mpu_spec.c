// SPDX-License-Identifier: GPL-2.0-only
/*
 * The specification of an MPU's engine; see mpu_spec.h. Written from what the
 * functions of include/physmap/mpu.h promise, not from how they do it.
 */
#include <stdlib.h>
#include <string.h>
#include "mpu_spec.h"

#define RIGHTS	(PHYSMAP_WRITE | PHYSMAP_EXEC)

static bool meet(u64 start, u64 end, u64 from, u64 to)
{
	return start < to && from < end;
}

static u32 type_of(u32 attrs)
{
	return attrs & PHYSMAP_MEMTYPE_MASK;
}

/* What is wrong with a range by itself. */
static u32 wrong_want(const struct mpu_spec *s,
		      const struct physmap_mpu_want *w)
{
	const u32 either = w->early | w->final;
	u32 wrong = 0;

	if (w->start >= w->end)
		wrong |= WRONG(EMPTY);
	if (w->start % s->granule || w->end % s->granule)
		wrong |= WRONG(UNALIGNED);
	if (w->end > s->limit)
		wrong |= WRONG(ADDRESS);
	if ((w->early & RIGHTS) == RIGHTS || (w->final & RIGHTS) == RIGHTS)
		wrong |= WRONG(WX);
	if (physmap_mpu_is_device(w->final) && (either & PHYSMAP_EXEC))
		wrong |= WRONG(DEVICE);
	if (type_of(w->early) != type_of(w->final) ||
	    type_of(w->final) > PHYSMAP_MPU_DEVICE_NGNRE)
		wrong |= WRONG(TYPE_CHANGES) | WRONG(DEVICE);
	if (w->life == PHYSMAP_MPU_ON_DEMAND && w->slot < PHYSMAP_MPU_LOWEST)
		wrong |= WRONG(BAD_SLOT);
	return wrong;
}

/* Parts */

static struct mpu_part *holding(struct mpu_spec *s, u64 start, u64 end)
{
	unsigned int i;

	for (i = 0; i < s->parts; i++)
		if (s->part[i].start <= start && end <= s->part[i].end)
			return &s->part[i];
	return NULL;
}

static bool any_meets(const struct mpu_spec *s, u64 start, u64 end)
{
	unsigned int i;

	for (i = 0; i < s->parts; i++)
		if (meet(s->part[i].start, s->part[i].end, start, end))
			return true;
	return false;
}

static bool is_whole(const struct mpu_part *p, u64 start, u64 end)
{
	return p->start == start && p->end == end;
}

static bool is_taken(const struct mpu_spec *s, unsigned int slot)
{
	unsigned int i;

	for (i = 0; i < s->parts; i++)
		if (s->part[i].slot == slot)
			return true;
	return false;
}

/* The lowest number that may be had, or the count. */
static unsigned int lowest_free(const struct mpu_spec *s)
{
	unsigned int n = 0;

	while (n < s->count && (s->reserved[n] || is_taken(s, n)))
		n++;
	return n;
}

static unsigned int how_many_free(const struct mpu_spec *s)
{
	unsigned int n, free = 0;

	for (n = 0; n < s->count; n++)
		free += !s->reserved[n] && !is_taken(s, n);
	return free;
}

static struct mpu_part *add(struct mpu_spec *s, u64 start, u64 end,
			    u32 attrs, enum physmap_mpu_life life,
			    unsigned int slot)
{
	struct mpu_part *p = &s->part[s->parts++];

	if (s->parts > MPU_SPEC_PARTS)
		abort();
	*p = (struct mpu_part) {
		.start = start, .end = end, .now = attrs, .final = attrs,
		.life = life, .references = 1, .slot = slot,
		.owner = ++s->owners, .first = true,
	};
	return p;
}

static void take_away(struct mpu_spec *s, struct mpu_part *p)
{
	*p = s->part[--s->parts];
}

/* Its owner has other parts, or somebody's piece lies in it. */
static bool is_cut_up(const struct mpu_spec *s, const struct mpu_part *p)
{
	unsigned int i;

	for (i = 0; i < s->parts; i++) {
		const struct mpu_part *other = &s->part[i];

		if (other->over == p->owner ||
		    (other != p && other->owner == p->owner))
			return true;
	}
	return false;
}

/* Uses */

/* Is any of [@start, @end) in use? */
static bool in_use(const struct mpu_spec *s, u64 start, u64 end)
{
	unsigned int i;

	for (i = 0; i < s->uses; i++)
		if (meet(s->use[i].start, s->use[i].end, start, end))
			return true;
	return false;
}

/* Is any of it in use for what @attrs do not allow? */
static bool used_for_more(const struct mpu_spec *s, const struct mpu_part *p,
			  u32 attrs)
{
	unsigned int i;

	for (i = 0; i < s->uses; i++)
		if (meet(s->use[i].start, s->use[i].end, p->start, p->end) &&
		    (s->use[i].attrs & ~attrs))
			return true;
	return false;
}

/* Boot */

static bool has_number(const struct physmap_mpu_want *w)
{
	return w->slot < PHYSMAP_MPU_LOWEST;
}

/* Does @low end where @high begins, and are they one region (MPU-17)? */
static bool become_one(const struct physmap_mpu_want *low,
		       const struct physmap_mpu_want *high)
{
	return low->end == high->start && low->life == high->life &&
	       low->life <= PHYSMAP_MPU_BOOT_ONLY &&
	       low->early == high->early && low->final == high->final &&
	       low->slot == high->slot && !has_number(low);
}

/* Regions that ranges of a life take. */
static unsigned int needed(const struct physmap_mpu_request *req,
			   enum physmap_mpu_life life)
{
	unsigned int i, k, n = 0;

	for (i = 0; i < req->nr_wants; i++) {
		if (req->wants[i].life != life)
			continue;
		for (k = 0; k < req->nr_wants; k++)
			if (become_one(&req->wants[k], &req->wants[i]))
				break;
		n += k == req->nr_wants;
	}
	return n;
}

static bool there_at_once(const struct physmap_mpu_want *a,
			  const struct physmap_mpu_want *b)
{
	if (a->life == PHYSMAP_MPU_ON_DEMAND && b->life == a->life)
		return a->start != b->start || a->end != b->end ||
		       a->early != b->early || a->final != b->final;
	if (a->life == PHYSMAP_MPU_ON_DEMAND)
		return b->life == PHYSMAP_MPU_FIXED;
	if (b->life == PHYSMAP_MPU_ON_DEMAND)
		return a->life == PHYSMAP_MPU_FIXED;
	return true;
}

static u32 wrong_pair(const struct physmap_mpu_want *a,
		      const struct physmap_mpu_want *b)
{
	u32 wrong = 0;

	if (meet(a->start, a->end, b->start, b->end) && there_at_once(a, b))
		wrong |= WRONG(OVERLAP);
	if (has_number(a) && a->slot == b->slot)
		wrong |= WRONG(BAD_SLOT);
	return wrong;
}

/**
 * mpu_spec_plan() - what is wrong with a request to plan
 * @s: MPU, before it is started
 * @req: request
 *
 * Return: WRONG() bits; 0 if it must be planned.
 */
u32 mpu_spec_plan(const struct mpu_spec *s,
		  const struct physmap_mpu_request *req)
{
	const unsigned int fixed = needed(req, PHYSMAP_MPU_FIXED);
	const unsigned int given = needed(req, PHYSMAP_MPU_SWITCHING);
	const unsigned int boot = needed(req, PHYSMAP_MPU_BOOT_ONLY);
	unsigned int later = fixed + req->on_demand, i, k;
	u32 wrong = 0;

	later += given > req->switching ? given : req->switching;
	if (fixed + given + boot > s->count || later > s->count)
		wrong |= WRONG(NO_REGION);
	for (i = 0; i < req->nr_wants; i++) {
		wrong |= wrong_want(s, &req->wants[i]);
		if (has_number(&req->wants[i]) &&
		    req->wants[i].slot >= s->count)
			wrong |= WRONG(BAD_SLOT);
		for (k = 0; k < i; k++)
			wrong |= wrong_pair(&req->wants[k], &req->wants[i]);
	}
	return wrong;
}

/* What is planned is there; that it is what was wanted is judged elsewhere. */
u32 mpu_spec_start(struct mpu_spec *s, const struct physmap_mpu_plan *plan)
{
	unsigned int i, k;
	u32 wrong = 0;

	for (i = 0; i < plan->nr_planned; i++) {
		const struct physmap_mpu_planned *p = &plan->planned[i];
		struct mpu_part *part =
			add(s, p->early.start, p->early.end,
			    p->early.attrs & ~PHYSMAP_EARLY, p->life, p->slot);

		part->final = p->final;
		part->early = part->now != part->final;
	}
	for (i = 0; i < s->count; i++)
		s->reserved[i] = plan->switching[i / 32] >> i % 32 & 1;
	for (i = 0; i < s->uses; i++) {
		const struct physmap_mpu_use *u = &s->use[i];

		for (k = 0; k < s->parts; k++)
			if (s->part[k].start <= u->start &&
			    u->end <= s->part[k].end &&
			    !(u->attrs & ~s->part[k].now))
				break;
		if (k == s->parts)
			wrong |= WRONG(NOT_MAPPED);
	}
	return wrong;
}

u32 mpu_spec_finish(struct mpu_spec *s)
{
	unsigned int i;
	u32 wrong = 0;

	for (i = 0; i < s->parts; i++) {
		struct mpu_part *p = &s->part[i];

		if (p->early && used_for_more(s, p, p->final))
			wrong |= WRONG(IN_USE);
		if (p->early)
			p->now = p->final;
		p->early = false;
	}
	return wrong;
}

u32 mpu_spec_release(struct mpu_spec *s)
{
	u32 wrong = 0;
	unsigned int i;

	for (i = s->parts; i--;) {
		struct mpu_part *p = &s->part[i];

		if (p->life != PHYSMAP_MPU_BOOT_ONLY)
			continue;
		if (p->references > 1)
			wrong |= WRONG(STAYS);
		if (in_use(s, p->start, p->end))
			wrong |= WRONG(IN_USE);
		take_away(s, p);
	}
	return wrong;
}

/* Later */

u32 mpu_spec_map(struct mpu_spec *s, const struct physmap_mpu_want *want)
{
	const u32 wrong = wrong_want(s, want);
	struct mpu_part *p;

	if (wrong)
		return wrong;
	p = holding(s, want->start, want->end);
	if (p && (p->early || p->now != want->final))
		return WRONG(RIGHTS);
	if (p) {
		p->references++;
		return 0;
	}
	if (any_meets(s, want->start, want->end))
		return WRONG(OVERLAP);
	if (!how_many_free(s))
		return WRONG(NO_REGION);
	add(s, want->start, want->end, want->final, PHYSMAP_MPU_ON_DEMAND,
	    lowest_free(s));
	return 0;
}

#define NOWHERE	(~0ULL)

/* The part of an owner that begins at @start, or ends at @end. */
static struct mpu_part *part_of(struct mpu_spec *s, unsigned int owner,
				u64 start, u64 end)
{
	unsigned int i;

	for (i = 0; i < s->parts; i++)
		if (s->part[i].owner == owner &&
		    (s->part[i].start == start || s->part[i].end == end))
			return &s->part[i];
	return NULL;
}

static struct mpu_part *first_part_of(struct mpu_spec *s, unsigned int owner)
{
	unsigned int i = 0;

	while (s->part[i].owner != owner || !s->part[i].first)
		i++;
	return &s->part[i];
}

/*
 * A piece becomes what it was cut out of, and one region with what of that
 * touches it.
 */
static u32 give_back(struct mpu_spec *s, struct mpu_part *piece)
{
	struct mpu_part *low = part_of(s, piece->over, NOWHERE, piece->start);
	struct mpu_part *high = part_of(s, piece->over, piece->end, NOWHERE);
	struct mpu_part all = *first_part_of(s, piece->over);
	unsigned int i;

	if ((low && low->references > 1) || (high && high->references > 1))
		return WRONG(STAYS);
	all.first = (low && low->first) || (high && high->first);
	if (!all.first)
		all.slot = low || high ? MPU_SPEC_UNKNOWN : piece->slot;
	all.references = 1;
	all.start = low ? low->start : piece->start;
	all.end = high ? high->end : piece->end;
	*piece = all;
	if (low)
		low->end = low->start;
	if (high)
		high->end = high->start;
	for (i = s->parts; i--;)
		if (s->part[i].start == s->part[i].end)
			take_away(s, &s->part[i]);
	return 0;
}

u32 mpu_spec_unmap(struct mpu_spec *s, u64 start, u64 end)
{
	struct mpu_part *p;
	u32 wrong = 0;

	if (start >= end)
		return WRONG(EMPTY);
	p = holding(s, start, end);
	if (!p)
		return any_meets(s, start, end) ? WRONG(NOT_WHOLE) :
						  WRONG(NOT_MAPPED);
	if (p->references > 1) {
		p->references--;
		return 0;
	}
	if (p->life != PHYSMAP_MPU_ON_DEMAND || is_cut_up(s, p))
		wrong |= WRONG(STAYS);
	if (!is_whole(p, start, end))
		wrong |= WRONG(NOT_WHOLE);
	if (in_use(s, p->start, p->end))
		wrong |= WRONG(IN_USE);
	if (wrong)
		return wrong;
	if (p->over)
		return give_back(s, p);
	take_away(s, p);
	return 0;
}

/* What is in use must keep its region: on one side of the piece. */
static u32 cut(struct mpu_spec *s, struct mpu_part *p,
	       const struct physmap_mpu_want *want)
{
	const bool low = want->start > p->start, high = want->end < p->end;
	const bool low_stays = low && !in_use(s, want->start, p->end);
	const bool high_stays = high && !in_use(s, p->start, want->end);
	const unsigned int more = 1 + (low && high);
	struct mpu_part stays = *p, rest = *p, *piece;

	if (!low_stays && !high_stays)
		return WRONG(IN_USE);
	if (how_many_free(s) < more)
		return WRONG(NO_REGION);
	if (low_stays) {
		stays.end = want->start;
		rest.start = want->end;
	} else {
		stays.start = want->end;
		rest.end = want->start;
	}
	*p = stays;
	piece = add(s, want->start, want->end, want->final,
		    PHYSMAP_MPU_ON_DEMAND, lowest_free(s));
	piece->over = stays.owner;
	if (!low || !high)
		return 0;
	rest.slot = lowest_free(s);
	rest.first = false;
	s->part[s->parts++] = rest;
	return 0;
}

u32 mpu_spec_carve(struct mpu_spec *s, const struct physmap_mpu_want *want)
{
	u32 wrong = wrong_want(s, want);
	struct mpu_part *p;

	if (wrong)
		return wrong;
	p = holding(s, want->start, want->end);
	if (!p)
		return WRONG(NOT_MAPPED);
	if (p->references > 1 || p->over || p->life == PHYSMAP_MPU_BOOT_ONLY ||
	    p->life == PHYSMAP_MPU_SWITCHING)
		wrong |= WRONG(STAYS);
	if (is_whole(p, want->start, want->end))
		wrong |= WRONG(RIGHTS);
	return wrong ? wrong : cut(s, p, want);
}

u32 mpu_spec_restrict(struct mpu_spec *s, u64 start, u64 end, u32 take)
{
	struct mpu_part *p = holding(s, start, end);
	u32 wrong = 0;

	if (!p || !is_whole(p, start, end))
		return any_meets(s, start, end) ? WRONG(NOT_WHOLE) :
						  WRONG(NOT_MAPPED);
	take &= RIGHTS;
	if (p->references > 1 || is_cut_up(s, p))
		wrong |= WRONG(STAYS);
	if (used_for_more(s, p, p->now & ~take))
		wrong |= WRONG(IN_USE);
	p->now &= ~take;
	p->final &= ~take;
	return wrong;
}

u32 mpu_spec_border(struct mpu_spec *s, u64 from, u64 to)
{
	struct mpu_part *low = NULL, *high = NULL;
	u32 wrong = 0;
	unsigned int i;

	for (i = 0; i < s->parts; i++) {
		if (s->part[i].end == from)
			low = &s->part[i];
		if (s->part[i].start == from)
			high = &s->part[i];
	}
	if (!low || !high)
		return WRONG(NOT_MAPPED);
	if (to % s->granule)
		wrong |= WRONG(UNALIGNED);
	if (to <= low->start || to >= high->end)
		wrong |= WRONG(EMPTY);
	if (low->references > 1 || high->references > 1)
		wrong |= WRONG(STAYS);
	if (in_use(s, from < to ? from : to, from < to ? to : from))
		wrong |= WRONG(IN_USE);
	low->end = to;
	high->start = to;
	return wrong;
}

u32 mpu_spec_move(struct mpu_spec *s, unsigned int from, unsigned int to)
{
	struct mpu_part *p = NULL;
	u32 wrong = 0;
	unsigned int i;

	for (i = 0; i < s->parts; i++)
		if (s->part[i].slot == from)
			p = &s->part[i];
	if (!p)
		return WRONG(NOT_MAPPED);
	if (to >= s->count || s->reserved[to] || is_taken(s, to))
		wrong |= WRONG(BAD_SLOT);
	if (p->life == PHYSMAP_MPU_SWITCHING)
		wrong |= WRONG(STAYS);
	if (in_use(s, p->start, p->end))
		wrong |= WRONG(IN_USE);
	p->slot = to;
	return wrong;
}

static u32 wrong_context(struct mpu_spec *s,
			 const struct physmap_mpu_want *wants, unsigned int nr)
{
	unsigned int i, k;
	u32 wrong = 0;

	for (i = 0; i < nr; i++) {
		wrong |= wrong_want(s, &wants[i]);
		for (k = 0; k < i; k++)
			if (meet(wants[i].start, wants[i].end, wants[k].start,
				 wants[k].end))
				wrong |= WRONG(OVERLAP);
		for (k = 0; k < s->parts; k++)
			if (s->part[k].life != PHYSMAP_MPU_SWITCHING &&
			    meet(wants[i].start, wants[i].end,
				 s->part[k].start, s->part[k].end))
				wrong |= WRONG(OVERLAP);
	}
	return wrong;
}

static bool asks_for(const struct physmap_mpu_want *w,
		     const struct mpu_part *p)
{
	return p->life == PHYSMAP_MPU_SWITCHING && !p->early &&
	       is_whole(p, w->start, w->end) && p->now == w->final;
}

/* The old context goes, but for what the new one has too. */
static u32 leave(struct mpu_spec *s, const struct physmap_mpu_want *wants,
		 unsigned int nr)
{
	unsigned int i, k;
	u32 wrong = 0;

	for (k = s->parts; k--;) {
		struct mpu_part *p = &s->part[k];

		for (i = 0; i < nr; i++)
			if (asks_for(&wants[i], p))
				break;
		if (i < nr || p->life != PHYSMAP_MPU_SWITCHING)
			continue;
		if (p->references > 1)
			wrong |= WRONG(STAYS);
		if (in_use(s, p->start, p->end))
			wrong |= WRONG(IN_USE);
		take_away(s, p);
	}
	return wrong;
}

u32 mpu_spec_switch(struct mpu_spec *s, const struct physmap_mpu_want *wants,
		    unsigned int nr)
{
	u32 wrong = wrong_context(s, wants, nr);
	unsigned int i, k, n, had = 0;

	if (wrong)
		return wrong;
	wrong = leave(s, wants, nr);
	for (i = 0; i < nr; i++) {
		for (k = 0; k < s->parts; k++)
			if (asks_for(&wants[i], &s->part[k]))
				break;
		if (k < s->parts) {
			had++;
			continue;
		}
		for (n = 0; n < s->count; n++)
			if (s->reserved[n] && !is_taken(s, n))
				break;
		if (n == s->count)
			return wrong | WRONG(NO_REGION);
		add(s, wants[i].start, wants[i].end, wants[i].final,
		    PHYSMAP_MPU_SWITCHING, n);
	}
	return wrong;
}
