// SPDX-License-Identifier: GPL-2.0-only
/*
 * Can the judge of plans say no? Right answers get one field changed, each field
 * there is in turn, and the judge must refuse every one of them. Changes nothing
 * but its own copy.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "mpu_plans.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define ENOUGH		20	/* times that each field must have been changed */

static const char stranger[] = "a stranger";

static struct physmap_mpu_planned *any_region(struct plans_answer *a)
{
	return &a->plan.planned[plans_below(a->plan.nr_planned)];
}

static struct physmap_mpu_merge *any_merge(struct plans_answer *a)
{
	return &a->plan.merge[plans_below(a->plan.nr_merges)];
}

/* What an answer must have so that a field can be changed. */
enum needed {
	PLANNED,	/* a region */
	TWO_PLANNED,
	MERGED,		/* a merge */
	TWO_MERGED,
	REFUSED,
	REFUSED_ASKED,	/* and it tells a range */
	REFUSED_MET,	/* and another one */
	COUNTED,	/* a budget: no range is wrong */
	ANY,
};

static bool has(enum needed needed, const struct plans_answer *a)
{
	const enum physmap_mpu_reason reason = a->why.reason;
	const bool late = !a->err || reason == PHYSMAP_MPU_NO_REGION;

	switch (needed) {
	case PLANNED:
		return a->plan.nr_planned;
	case TWO_PLANNED:
		return a->plan.nr_planned > 1;
	case MERGED:
		return late && a->plan.nr_merges;
	case TWO_MERGED:
		return late && a->plan.nr_merges > 1 &&
		       a->plan.merge[0].gap != a->plan.merge[1].gap;
	case REFUSED:
		return a->err;
	case REFUSED_ASKED:
		return a->err && reason != PHYSMAP_MPU_NO_REGION;
	case REFUSED_MET:
		return a->err && (*a->why.met.name || a->why.met.end);
	case COUNTED:
		return late;
	case ANY:
		break;
	}
	return true;
}

static void change_err(struct plans_answer *a)
{
	a->err = a->err ? 0 : -EINVAL;
}

static void change_other_err(struct plans_answer *a)
{
	a->err = a->err == -EINVAL ? -ENOSPC : -EINVAL;
}

static void change_count(struct plans_answer *a)
{
	a->plan.count ^= 1;
}

static void change_name(struct plans_answer *a)
{
	any_region(a)->name = stranger;
}

static void change_start(struct plans_answer *a)
{
	struct physmap_mpu_planned *p = any_region(a);

	p->early.start += plans_below(2) && p->early.start ? -64ULL : 64ULL;
}

static void change_end(struct plans_answer *a)
{
	any_region(a)->early.end += plans_below(2) ? 64 : -64ULL;
}

static void change_early(struct plans_answer *a)
{
	static const u32 bits[] = {
		PHYSMAP_WRITE, PHYSMAP_EXEC, PHYSMAP_USER, 1u << 8, 1u << 9,
	};

	any_region(a)->early.attrs ^= bits[plans_below(ARRAY_SIZE(bits))];
}

static void change_mark(struct plans_answer *a)
{
	any_region(a)->early.attrs ^= PHYSMAP_EARLY;
}

static void change_final(struct plans_answer *a)
{
	static const u32 bits[] = {
		PHYSMAP_WRITE, PHYSMAP_EXEC, PHYSMAP_USER, PHYSMAP_EARLY,
		1u << 8, 1u << 9,
	};

	any_region(a)->final ^= bits[plans_below(ARRAY_SIZE(bits))];
}

static void change_life(struct plans_answer *a)
{
	struct physmap_mpu_planned *p = any_region(a);

	p->life = (p->life + 1 + plans_below(3)) % PHYSMAP_MPU_LIVES;
}

static void change_slot(struct plans_answer *a)
{
	struct physmap_mpu_planned *p = any_region(a);
	const unsigned int was = p->slot;

	while (p->slot == was)
		p->slot = plans_below(a->plan.count + 1);
}

/* Two regions change their numbers, and are in order all the same. */
static void change_two_slots(struct plans_answer *a)
{
	const unsigned int i = plans_below(a->plan.nr_planned - 1);
	struct physmap_mpu_planned *p = &a->plan.planned[i];
	const struct physmap_mpu_planned first = p[0];

	p[0] = p[1];
	p[1] = first;
	p[1].slot = p[0].slot;
	p[0].slot = first.slot;
}

static void change_order(struct plans_answer *a)
{
	struct physmap_mpu_planned *p = a->plan.planned;
	const struct physmap_mpu_planned first = p[0];

	p[0] = p[1];
	p[1] = first;
}

static void change_ranges(struct plans_answer *a)
{
	any_region(a)->ranges += plans_below(2) ? 1 : -1u;
}

static void drop_region(struct plans_answer *a)
{
	a->plan.nr_planned--;
}

static void add_region(struct plans_answer *a)
{
	const unsigned int n = a->plan.nr_planned;

	if (n == PHYSMAP_MPU_MAX) {
		drop_region(a);
		return;
	}
	a->plan.planned[n] = a->plan.planned[n - 1];
	a->plan.planned[n].slot++;
	a->plan.nr_planned++;
}

static void change_at_boot(struct plans_answer *a)
{
	a->plan.at_boot += plans_below(2) ? 1 : -1u;
}

static void change_later(struct plans_answer *a)
{
	a->plan.later += plans_below(2) ? 1 : -1u;
}

static void change_too_many(struct plans_answer *a)
{
	a->plan.too_many += plans_below(2) ? 1 : -1u;
}

static void change_merged(struct plans_answer *a)
{
	a->plan.merged += plans_below(2) ? 1 : -1u;
}

static void change_switching(struct plans_answer *a)
{
	const unsigned int n = plans_below(PHYSMAP_MPU_WORDS * 32);

	a->plan.switching[n / 32] ^= 1u << n % 32;
}

/* One that is set for one that is not: as many as before. */
static void move_switching(struct plans_answer *a)
{
	unsigned int n, set = 0;

	for (n = 0; n < PHYSMAP_MPU_WORDS * 32; n++)
		if (a->plan.switching[n / 32] & 1u << n % 32)
			set = n;
	n = (set + 1) % (PHYSMAP_MPU_WORDS * 32);
	a->plan.switching[set / 32] ^= 1u << set % 32;
	a->plan.switching[n / 32] ^= 1u << n % 32;
}

static void change_first(struct plans_answer *a)
{
	struct physmap_mpu_merge *m = any_merge(a);

	m->first = m->second;
}

static void change_second(struct plans_answer *a)
{
	any_merge(a)->second = PLANS_WANTS - 1;
}

static void change_gap(struct plans_answer *a)
{
	any_merge(a)->gap += 64;
}

static void change_rights(struct plans_answer *a)
{
	struct physmap_mpu_merge *m = any_merge(a);

	m->same_rights = !m->same_rights;
}

static void change_merge_order(struct plans_answer *a)
{
	const struct physmap_mpu_merge first = a->plan.merge[0];

	a->plan.merge[0] = a->plan.merge[1];
	a->plan.merge[1] = first;
}

static void repeat_merge(struct plans_answer *a)
{
	a->plan.merge[1] = a->plan.merge[0];
}

static void drop_merge(struct plans_answer *a)
{
	a->plan.nr_merges--;
}

static void add_merge(struct plans_answer *a)
{
	a->plan.nr_merges++;
}

static void change_reason(struct plans_answer *a)
{
	a->why.reason = (a->why.reason + 1) % PHYSMAP_MPU_REASONS;
}

static void change_rule(struct plans_answer *a)
{
	a->why.rule = "MPU-21";
}

static void change_error(struct plans_answer *a)
{
	a->why.error = -a->why.error;
}

static void change_what(struct plans_answer *a)
{
	a->why.what = "";
}

static void change_advice(struct plans_answer *a)
{
	a->why.advice = "";
}

static void change_asked(struct plans_answer *a)
{
	a->why.asked.start += 64;
}

static void change_asked_name(struct plans_answer *a)
{
	a->why.asked.name = stranger;
}

/* As if the one that came first had been asked for. */
static void change_places(struct plans_answer *a)
{
	const struct physmap_mpu_want asked = a->why.asked;

	a->why.asked = a->why.met;
	a->why.met = asked;
}

static void change_met(struct plans_answer *a)
{
	a->why.met.end += 64;
}

static const struct {
	const char *name;
	enum needed needed;
	void (*change)(struct plans_answer *a);
} fields[] = {
	{ "what is returned", ANY, change_err },	/* any answer has it */
	{ "the errno returned", REFUSED, change_other_err },
	{ "count", ANY, change_count },
	{ "a region's name", PLANNED, change_name },
	{ "a region's start", PLANNED, change_start },
	{ "a region's end", PLANNED, change_end },
	{ "early attributes", PLANNED, change_early },
	{ "the early mark", PLANNED, change_mark },
	{ "final attributes", PLANNED, change_final },
	{ "a region's life", PLANNED, change_life },
	{ "a region's number", PLANNED, change_slot },
	{ "two regions' numbers", TWO_PLANNED, change_two_slots },
	{ "the order of regions", TWO_PLANNED, change_order },
	{ "a region's ranges", PLANNED, change_ranges },
	{ "nr_planned, less", PLANNED, drop_region },
	{ "nr_planned, more", PLANNED, add_region },
	{ "at_boot", COUNTED, change_at_boot },
	{ "later", COUNTED, change_later },
	{ "too_many", COUNTED, change_too_many },
	{ "merged", COUNTED, change_merged },
	{ "switching", PLANNED, change_switching },
	{ "switching, another", PLANNED, move_switching },
	{ "a merge's first", MERGED, change_first },
	{ "a merge's second", MERGED, change_second },
	{ "a merge's gap", MERGED, change_gap },
	{ "a merge's rights", MERGED, change_rights },
	{ "the order of merges", TWO_MERGED, change_merge_order },
	{ "a merge told twice", TWO_MERGED, repeat_merge },
	{ "nr_merges, less", MERGED, drop_merge },
	{ "nr_merges, more", COUNTED, add_merge },
	{ "the reason", REFUSED, change_reason },
	{ "the rule", REFUSED, change_rule },
	{ "the refusal's errno", REFUSED, change_error },
	{ "the refusal's sentence", REFUSED, change_what },
	{ "the refusal's advice", REFUSED, change_advice },
	{ "the range asked for", REFUSED_ASKED, change_asked },
	{ "its name", REFUSED_ASKED, change_asked_name },
	{ "the range asked for, and what it meets", REFUSED_MET,
	  change_places },
	{ "the range in its way", REFUSED_MET, change_met },
};

static unsigned int tried[ARRAY_SIZE(fields)];

/* Of those that this answer has, the one that was changed least often. */
static unsigned int next_field(const struct plans_answer *a)
{
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (has(fields[i].needed, a) && tried[i] < tried[n])
			n = i;
	return n;
}

/* Changes one field of a right answer; false if the judge does not mind. */
bool plans_self_test(const struct plans_case *c, const struct plans_answer *a,
		     char text[PLANS_TEXT])
{
	static struct plans_answer changed;
	const unsigned int n = next_field(a);
	char wrong[PLANS_TEXT];

	changed = *a;
	fields[n].change(&changed);
	tried[n]++;
	if (!plans_judge(c, &changed, wrong))
		return true;
	snprintf(text, PLANS_TEXT, "the judge does not mind another value of: %s",
		 fields[n].name);
	return false;
}

unsigned int plans_self_fields(void)
{
	return ARRAY_SIZE(fields);
}

/* False if a field was hardly ever changed. */
bool plans_self_done(char text[PLANS_TEXT])
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (tried[i] < ENOUGH) {
			snprintf(text, PLANS_TEXT, "changed only %u times: %s",
				 tried[i], fields[i].name);
			return false;
		}
	return true;
}
