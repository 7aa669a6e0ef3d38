// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws requests: ranges that touch, nearly touch and are far apart, alike more
 * often than not; numbers named and not; something wrong with one in five; and
 * as many regions as are needed, or one to three too few. Touches only what it
 * draws; the judge counts what is needed.
 */
#include <stdio.h>
#include "mpu_plans.h"
#include "pmsav8.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define GRANULE		64ULL

static u64 state;

/* splitmix64 */
static u64 next(void)
{
	u64 z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

u64 plans_below(u64 n)
{
	return next() % n;
}

static bool one_in(u64 n)
{
	return !plans_below(n);
}

void plans_begin(u64 seed, u64 number)
{
	state = seed;
	state = next() ^ number * 0xd1342543de82ef95;
	next();
}

static const char *name_of(unsigned int i)
{
	static char names[PLANS_WANTS][12];

	if (!*names[i])
		snprintf(names[i], sizeof(names[i]), "w%u", i);
	return names[i];
}

#define RO	0
#define RW	PHYSMAP_WRITE
#define RX	PHYSMAP_EXEC
#define USER	PHYSMAP_USER

static const struct {
	u32 early;
	u32 final;
} rights[] = {
	{ RX, RX }, { RO, RO }, { RW, RW }, { RW, RO }, { RW, RX },
	{ RW | USER, RW | USER }, { RX | USER, RO | USER },
	{ RW | PHYSMAP_MPU_NORMAL_NC, RW | PHYSMAP_MPU_NORMAL_NC },
	{ RW | PHYSMAP_MPU_DEVICE_NGNRE, RW | PHYSMAP_MPU_DEVICE_NGNRE },
	{ RW | PHYSMAP_MPU_DEVICE_NGNRNE, RO | PHYSMAP_MPU_DEVICE_NGNRNE },
};

static unsigned int draw_slot(enum physmap_mpu_life life, bool numbers)
{
	/* 0 stands for a number until it is known how many there are. */
	if (numbers && life != PHYSMAP_MPU_ON_DEMAND && one_in(3))
		return 0;
	return one_in(4) ? PHYSMAP_MPU_HIGHEST : PHYSMAP_MPU_LOWEST;
}

/* Much like the one below, so that there is something to join. */
static void draw_want(struct plans_case *c, unsigned int i, bool numbers)
{
	struct physmap_mpu_want *w = &c->want[i];
	const unsigned int kind = plans_below(ARRAY_SIZE(rights));

	w->early = rights[kind].early;
	w->final = rights[kind].final;
	w->life = plans_below(PHYSMAP_MPU_LIVES);
	if (i && !one_in(3)) {
		w->early = w[-1].early;
		w->final = w[-1].final;
	}
	if (i && !one_in(3))
		w->life = w[-1].life;
	w->slot = draw_slot(w->life, numbers);
	w->name = one_in(50) ? NULL : name_of(i);
}

/* Ascending from 0; returns an address beyond. */
static u64 draw_places(struct plans_case *c, u64 cell)
{
	u64 at = one_in(2) ? 0 : cell * plans_below(5);
	unsigned int i;

	for (i = 0; i < c->req.nr_wants; i++) {
		c->want[i].start = at;
		at += cell * (1 + plans_below(4));
		c->want[i].end = at;
		if (one_in(2))
			at += one_in(5) ? cell * plans_below(60) :
					  cell * (1 + plans_below(3));
	}
	return at;
}

/* At either end of what can be addressed, or in the middle. */
static void place(struct plans_case *c)
{
	const u64 limit = c->format.address_limit;
	const u64 cell = c->format.granule << plans_below(one_in(4) ? 14 : 6);
	u64 room, by = 0, end = draw_places(c, cell);
	unsigned int i;

	if (end > limit)
		end = draw_places(c, c->format.granule);
	room = limit - end;
	switch (plans_below(3)) {
	case 0:
		by = room;
		break;
	case 1:
		by = plans_below(room / c->format.granule) * c->format.granule;
		break;
	}
	for (i = 0; i < c->req.nr_wants; i++) {
		c->want[i].start += by;
		c->want[i].end += by;
	}
}

static void swap(struct plans_case *c, unsigned int i, unsigned int j)
{
	const struct physmap_mpu_want w = c->want[i];

	c->want[i] = c->want[j];
	c->want[j] = w;
}

/* On demand over what goes away, and what is asked for twice, are allowed. */
static void draw_more(struct plans_case *c)
{
	const unsigned int n = c->req.nr_wants;
	struct physmap_mpu_want *w = &c->want[n];

	if (!n || n == PLANS_WANTS)
		return;
	*w = c->want[plans_below(n)];
	w->name = name_of(n);
	if (w->life == PHYSMAP_MPU_FIXED)
		return;
	if (w->life != PHYSMAP_MPU_ON_DEMAND) {
		w->life = PHYSMAP_MPU_ON_DEMAND;
		w->slot = PHYSMAP_MPU_HIGHEST;
		if (w->end - w->start > c->format.granule && one_in(2))
			w->start += c->format.granule;
	}
	c->req.nr_wants++;
}

static void spoil_addresses(const struct plans_case *c,
			    struct physmap_mpu_want *w)
{
	const struct physmap_mpu_want *other =
		&c->want[plans_below(c->req.nr_wants)];

	switch (plans_below(9)) {
	case 0:
		w->end = w->start;
		break;
	case 1:
		w->end = w->start - c->format.granule;
		break;
	case 2:
		w->start += 4;
		break;
	case 3:
		w->end -= c->format.granule / 2;
		break;
	case 4:
		w->end = c->format.address_limit + c->format.granule;
		break;
	case 5:
		w->start = -2 * c->format.granule;
		w->end = -c->format.granule;
		break;
	default:
		w->start = other->start;
		break;
	}
}

static void spoil(struct plans_case *c)
{
	struct physmap_mpu_want *w = &c->want[plans_below(c->req.nr_wants)];

	switch (plans_below(9)) {
	case 0:
		w->early |= RW | RX;
		break;
	case 1:
		w->final |= RW | RX;
		break;
	case 2:
		w->early = RX | PHYSMAP_MPU_DEVICE_NGNRNE;
		w->final = RO | PHYSMAP_MPU_DEVICE_NGNRNE;
		break;
	case 3:
		w->final ^= PHYSMAP_MPU_TYPE(1 + plans_below(7));
		break;
	case 4:
		w->early |= PHYSMAP_MPU_TYPE(4);
		w->final |= PHYSMAP_MPU_TYPE(4);
		break;
	case 5:
		w->life = PHYSMAP_MPU_ON_DEMAND;
		w->slot = plans_below(4);
		break;
	default:
		spoil_addresses(c, w);
		break;
	}
}

static void draw_format(struct plans_case *c)
{
	c->format = one_in(2) ? physmap_pmsav8_64 : physmap_pmsav8_32;
	if (one_in(20))
		c->format.max_regions = one_in(2) ? 8 + plans_below(24) : 400;
	if (one_in(20))
		c->format.granule = 4096;
}

/* What is needed, mostly, or a little less. */
static void draw_count(struct plans_case *c)
{
	static const unsigned int odd[] = { 0, 1, 255, 256, 300, ~0u };
	struct plans_needs n;
	u64 most;

	plans_needs(c, &n);
	most = n.at_boot > n.later ? n.at_boot : n.later;
	if (one_in(20)) {
		c->count = one_in(2) ? odd[plans_below(ARRAY_SIZE(odd))] :
				       plans_below(256);
		return;
	}
	c->count = most + plans_below(3);
	if (one_in(2)) {
		const u64 less = 1 + plans_below(3);

		c->count = most > less ? most - less : 0;
	}
}

static bool is_named(const struct plans_case *c, unsigned int before,
		     unsigned int slot)
{
	unsigned int i;

	for (i = 0; i < before; i++)
		if (c->want[i].slot == slot)
			return true;
	return false;
}

/* Each number once; in one request of many twice, or one that is not there. */
static void draw_numbers(struct plans_case *c)
{
	const unsigned int count = plans_count(c);
	const bool wrong = one_in(12);
	unsigned int i, tries;

	for (i = 0; i < c->req.nr_wants; i++) {
		struct physmap_mpu_want *w = &c->want[i];

		if (w->slot || w->life == PHYSMAP_MPU_ON_DEMAND)
			continue;
		w->slot = plans_below(count + (wrong ? 2 : !count));
		for (tries = 0; tries < 600 && !wrong &&
		     is_named(c, i, w->slot); tries++)
			w->slot = plans_below(count + !count);
	}
}

static unsigned int draw_nr(void)
{
	if (one_in(500))
		return 200 + plans_below(PLANS_WANTS - 210);
	return one_in(4) ? plans_below(30) : plans_below(12);
}

void plans_draw(struct plans_case *c, u64 seed, u64 number)
{
	unsigned int i;
	bool numbers;

	plans_begin(seed, number);
	c->seed = seed;
	c->number = number;
	draw_format(c);
	c->req = (struct physmap_mpu_request) {
		.wants = c->want,
		.nr_wants = draw_nr(),
	};
	numbers = !one_in(3);
	for (i = 0; i < c->req.nr_wants; i++)
		draw_want(c, i, numbers);
	place(c);
	for (i = plans_below(6); i > 3; i--)
		draw_more(c);
	for (i = c->req.nr_wants; i > 1; i--)
		swap(c, i - 1, plans_below(i));
	if (one_in(2))
		c->req.switching = plans_below(6);
	if (one_in(2))
		c->req.on_demand = plans_below(4);
	if (one_in(300))
		c->req.on_demand = ~0u - plans_below(3);
	draw_count(c);
	draw_numbers(c);
	if (c->req.nr_wants && one_in(5))
		spoil(c);
}
