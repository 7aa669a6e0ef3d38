// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws lives of an MPU: machines, layouts as crowded as those of small boards,
 * and acts of which most can be done and some must be refused. Plain data in
 * and out; nothing is done to an MPU here.
 */
#include <string.h>
#include "mpu_world.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define RW		PHYSMAP_WRITE
#define RX		PHYSMAP_EXEC
#define MAX_UNITS	128

/* splitmix64 */
static u64 state;

static u64 next_random(void)
{
	u64 z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static u64 below(u64 n)
{
	return next_random() % n;
}

static bool one_in(u64 n)
{
	return !below(n);
}

/* Attributes that a region may have; once in a while others. */
static u32 draw_attrs(void)
{
	static const u32 rights[] = { 0, RW, RX, RW | RX };
	const u32 type = PHYSMAP_MPU_TYPE(one_in(3) ? below(4) : 0);
	u32 attrs = rights[below(3)] | (one_in(3) ? PHYSMAP_USER : 0);

	if (physmap_mpu_is_device(type) && !one_in(20))
		attrs &= ~RX;
	if (one_in(60))
		attrs |= RW | RX;
	return attrs | (one_in(80) ? PHYSMAP_MPU_TYPE(4 + below(4)) : type);
}

/* Machines */

static void draw_machine(struct mpu_scene *s)
{
	static const unsigned int counts[] = {
		8, 12, 16, 16, 16, 20, 24, 31, 32, 33, 48, 64, 65, 255,
	};
	const u64 limit = 1ULL << (s->config.wide ? 48 : 32);
	static const unsigned int shifts[] = { 6, 6, 7, 12, 16, 20 };
	u64 size;

	s->config.count = counts[below(ARRAY_SIZE(counts))];
	s->config.seed = next_random();
	s->unit = 1ULL << shifts[below(ARRAY_SIZE(shifts))];
	s->units = 48 + below(MAX_UNITS - 48);
	size = s->unit * s->units;
	switch (below(4)) {
	case 0:
		s->base = 0;
		break;
	case 1:
		s->base = limit - size;
		break;
	default:
		s->base = below((limit - size) / s->unit) * s->unit;
	}
	s->entry = one_in(3) ? below(MPU_ENTRIES) : MPU_OFF;
	s->found = next_random();
	/* There are no plans for more than that. */
	if (s->entry == MPU_FEWER && s->config.count == PHYSMAP_MPU_MAX)
		s->config.count--;
}

static u64 address(const struct mpu_scene *s, u64 unit)
{
	return s->base + unit * s->unit;
}

/* Layouts */

/* The next range of a layout: from @at on, of some units. */
static struct physmap_mpu_want draw_want(const struct mpu_scene *s,
					 unsigned int *at)
{
	static const char * const names[] = {
		"a", "b", "c", "d", "e", "f", "g", "h",
	};
	struct physmap_mpu_want w = {
		.name = names[below(ARRAY_SIZE(names))],
		.life = one_in(2) ? PHYSMAP_MPU_FIXED :
				    below(PHYSMAP_MPU_LIVES),
		.slot = one_in(3) ? PHYSMAP_MPU_HIGHEST : PHYSMAP_MPU_LOWEST,
	};

	*at += one_in(2) ? 0 : below(8);
	w.start = address(s, *at);
	*at += 1 + below(s->units / 12);
	w.end = address(s, *at);
	w.final = draw_attrs();
	w.early = w.final;
	if (one_in(4))
		w.early = (w.early & ~RX) | RW;
	if (one_in(4) && w.life != PHYSMAP_MPU_ON_DEMAND)
		w.slot = below(s->config.count + one_in(50));
	return w;
}

/* Two ranges that touch and are alike, now and then. */
static void make_alike(struct mpu_scene *s, unsigned int i)
{
	struct physmap_mpu_want *w = &s->want[i];

	if (!i || !one_in(6))
		return;
	w->early = w[-1].early;
	w->final = w[-1].final;
	w->life = w[-1].life;
	if (w->slot >= PHYSMAP_MPU_LOWEST &&
	    w[-1].slot >= PHYSMAP_MPU_LOWEST)
		w->slot = w[-1].slot;
}

/* What is mapped on demand may be asked for twice, or be what boot has used. */
static void ask_again(struct mpu_scene *s, unsigned int i)
{
	struct physmap_mpu_want *w = &s->want[i];
	const struct physmap_mpu_want *other = &s->want[below(i + 1)];

	if (w->life != PHYSMAP_MPU_ON_DEMAND || !one_in(3))
		return;
	if (other->life == PHYSMAP_MPU_FIXED && !one_in(20))
		return;
	w->start = other->start;
	w->end = other->end;
	if (other->life == PHYSMAP_MPU_ON_DEMAND && !one_in(20)) {
		w->early = other->early;
		w->final = other->final;
	}
}

static void draw_layout(struct mpu_scene *s)
{
	const unsigned int most = 3 + below(MPU_WANTS - 3);
	unsigned int at = below(4), i;

	for (i = 0; i < most; i++) {
		s->want[i] = draw_want(s, &at);
		if (at > s->units)
			break;
		make_alike(s, i);
		ask_again(s, i);
		/* An overlap, or a range that is nothing. */
		if (one_in(120))
			at -= 2;
		if (one_in(300))
			s->want[i].end = s->want[i].start;
	}
	s->req = (struct physmap_mpu_request) {
		.nr_wants = i,
		.switching = below(4),
		.on_demand = below(5),
	};
}

/* In the middle of a range, at one of its ends, or all of it. */
static void draw_use(struct mpu_scene *s, const struct physmap_mpu_want *w)
{
	const u64 units = (w->end - w->start) / s->unit;
	struct physmap_mpu_use *u = &s->use[s->uses++];
	const u64 from = below(units);

	*u = (struct physmap_mpu_use) {
		.name = "in use",
		.start = w->start + from * s->unit,
		.attrs = w->early & w->final & (RW | RX),
	};
	u->end = u->start + (1 + below(units - from)) * s->unit;
	/* For what it may be at boot only, or may not be at all. */
	if (one_in(10))
		u->attrs = w->early & (RW | RX);
	if (one_in(100))
		u->attrs = RW;
}

static void draw_uses(struct mpu_scene *s)
{
	unsigned int i;

	for (i = 0; i < s->req.nr_wants && s->uses < MPU_SPEC_USES; i++) {
		const struct physmap_mpu_want *w = &s->want[i];
		const bool stays = w->life == PHYSMAP_MPU_FIXED;

		if (w->start < w->end && w->life != PHYSMAP_MPU_ON_DEMAND &&
		    one_in(stays ? 3 : 12))
			draw_use(s, w);
	}
}

void mpu_draw_scene(struct mpu_scene *s, u64 seed, u64 number)
{
	state = seed + number * 0xd1342543de82ef95;
	next_random();
	memset(s, 0, sizeof(*s));
	s->seed = seed;
	s->number = number;
	s->config.wide = number % 2;
	draw_machine(s);
	draw_layout(s);
	draw_uses(s);
}

/* Acts */

static const struct mpu_part *any_part(const struct mpu_spec *spec)
{
	return &spec->part[below(spec->parts)];
}

static u64 any_address(const struct mpu_scene *s)
{
	return address(s, below(s->units + 1));
}

/* Free space is looked for a few times: most of what is asked for is free. */
static bool is_free(const struct mpu_spec *spec, u64 start, u64 end)
{
	unsigned int i;

	for (i = 0; i < spec->parts; i++)
		if (spec->part[i].start < end && start < spec->part[i].end)
			return false;
	return true;
}

static void draw_range(const struct mpu_scene *s, const struct mpu_spec *spec,
		       u64 *start, u64 *end)
{
	unsigned int tries = 8;

	do {
		*start = any_address(s);
		*end = *start + (1 + below(6)) * s->unit;
	} while (--tries && (!is_free(spec, *start, *end) ||
			     *end > address(s, s->units)));
	if (one_in(40))
		*end = *start - below(2) * s->unit;
	if (one_in(60))
		*end += 32;
	if (one_in(60))
		*start += 1 + below(63);
}

/* Within a part: all of it, one end of it, the middle. */
static void draw_within(const struct mpu_scene *s, const struct mpu_part *p,
			u64 *start, u64 *end)
{
	const u64 units = (p->end - p->start) / s->unit;
	const u64 from = one_in(2) ? 0 : below(units ? units : 1);

	*start = p->start + from * s->unit;
	*end = one_in(2) ? p->end :
			   *start + (1 + below(units - from + 1)) * s->unit;
}

static void draw_map(const struct mpu_scene *s, const struct mpu_spec *spec,
		     struct mpu_step *t)
{
	t->want = (struct physmap_mpu_want) {
		.name = "demanded", .final = draw_attrs(),
		.life = PHYSMAP_MPU_ON_DEMAND, .slot = PHYSMAP_MPU_LOWEST,
	};
	draw_range(s, spec, &t->want.start, &t->want.end);
	if (spec->parts && one_in(4)) {
		const struct mpu_part *p = any_part(spec);

		draw_within(s, p, &t->want.start, &t->want.end);
		if (!one_in(6))
			t->want.final = p->now;
	}
	t->want.early = t->want.final;
	if (one_in(100))
		t->want.slot = below(300);
}

/* What nobody else needs first: pieces, then what is on demand. */
static void draw_unmap(const struct mpu_scene *s, const struct mpu_spec *spec,
		       struct mpu_step *t)
{
	const struct mpu_part *p;
	unsigned int tries = 6;

	draw_range(s, spec, &t->from, &t->to);
	if (!spec->parts || one_in(20))
		return;
	do
		p = any_part(spec);
	while (--tries && p->life != PHYSMAP_MPU_ON_DEMAND);
	t->from = p->start;
	t->to = p->end;
	if (one_in(8))
		draw_within(s, p, &t->from, &t->to);
}

static void draw_carve(const struct mpu_scene *s, const struct mpu_spec *spec,
		       struct mpu_step *t)
{
	draw_map(s, spec, t);
	if (!spec->parts)
		return;
	draw_within(s, any_part(spec), &t->want.start, &t->want.end);
	if (one_in(3))
		t->want.start += s->unit;
}

static void draw_restrict(const struct mpu_scene *s,
			  const struct mpu_spec *spec, struct mpu_step *t)
{
	const struct mpu_part *p = any_part(spec);

	t->from = p->start;
	t->to = p->end;
	if (one_in(6))
		draw_within(s, p, &t->from, &t->to);
	if (one_in(20))
		draw_range(s, spec, &t->from, &t->to);
	t->take = one_in(8) ? below(0x800) : below(4);
}

static void draw_border(const struct mpu_scene *s, const struct mpu_spec *spec,
			struct mpu_step *t)
{
	const struct mpu_part *p, *q;
	unsigned int tries = 60;

	do {
		p = any_part(spec);
		q = any_part(spec);
	} while (--tries && p->end != q->start);
	t->from = p->end;
	t->to = p->start + below((q->end > p->start ? q->end - p->start : 0) /
				 s->unit + 1) * s->unit;
	if (one_in(20))
		t->to += 32;
	/* Where a part begins, and perhaps none ends. */
	if (one_in(10))
		t->from = q->start;
}

static void draw_move(const struct mpu_spec *spec, struct mpu_step *t)
{
	t->from = spec->parts && !one_in(10) ? any_part(spec)->slot :
					       below(spec->count + 2);
	t->to = below(spec->count + one_in(10));
}

/* A context has some of what the one before had. */
static void draw_switch(const struct mpu_scene *s, const struct mpu_spec *spec,
			struct mpu_step *t)
{
	struct mpu_spec without = *spec;
	unsigned int i, at;

	for (i = without.parts; i--;)
		if (without.part[i].life == PHYSMAP_MPU_SWITCHING)
			without.part[i] = without.part[--without.parts];
	at = below(s->units);
	t->nr = below(MPU_CONTEXT);
	for (i = 0; i < t->nr; i++) {
		struct physmap_mpu_want *w = &t->context[i];
		const struct mpu_part *p = spec->parts ? any_part(spec) : NULL;

		*w = (struct physmap_mpu_want) {
			.name = "context", .final = draw_attrs(),
			.life = PHYSMAP_MPU_SWITCHING,
			.slot = PHYSMAP_MPU_LOWEST,
		};
		draw_range(s, &without, &w->start, &w->end);
		/* One after the other, so that few overlap. */
		if (!one_in(4) && at + 4 < s->units) {
			w->start = address(s, at);
			at += 1 + below(3);
			w->end = address(s, at);
		}
		if (p && p->life == PHYSMAP_MPU_SWITCHING) {
			w->start = p->start;
			w->end = p->end;
			w->final = p->now;
		}
		w->early = w->final;
	}
}

/**
 * mpu_draw_step() - the next act
 * @s: life
 * @spec: the MPU as it is now
 * @t: act
 */
void mpu_draw_step(struct mpu_scene *s, const struct mpu_spec *spec,
		   struct mpu_step *t)
{
	static const enum mpu_act often[] = {
		MPU_FINISH, MPU_RELEASE, MPU_MAP, MPU_MAP, MPU_MAP, MPU_MAP,
		MPU_MAP, MPU_UNMAP, MPU_UNMAP, MPU_UNMAP, MPU_UNMAP,
		MPU_UNMAP, MPU_CARVE, MPU_CARVE, MPU_CARVE, MPU_CARVE,
		MPU_RESTRICT, MPU_BORDER, MPU_BORDER, MPU_MOVE, MPU_MOVE,
		MPU_SWITCH, MPU_SWITCH, MPU_SWITCH,
	};

	memset(t, 0, sizeof(*t));
	t->act = often[below(ARRAY_SIZE(often))];
	if (!spec->parts && (t->act == MPU_RESTRICT || t->act == MPU_BORDER))
		t->act = MPU_MAP;
	if (t->act == MPU_MAP)
		draw_map(s, spec, t);
	else if (t->act == MPU_UNMAP)
		draw_unmap(s, spec, t);
	else if (t->act == MPU_CARVE)
		draw_carve(s, spec, t);
	else if (t->act == MPU_RESTRICT)
		draw_restrict(s, spec, t);
	else if (t->act == MPU_BORDER)
		draw_border(s, spec, t);
	else if (t->act == MPU_MOVE)
		draw_move(spec, t);
	else if (t->act == MPU_SWITCH)
		draw_switch(s, spec, t);
}
