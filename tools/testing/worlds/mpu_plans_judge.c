// SPDX-License-Identifier: GPL-2.0-only
/*
 * Judges an answer of the planner of an MPU by what is promised of it, the slow
 * way: by every pair of ranges, every stretch between two borders, and by what
 * must hold of numbers instead of how they are chosen. Pure.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mpu_plans.h"

#define TYPES_THERE_ARE	4

/**
 * struct judgement - under way
 * @c: request
 * @a: answer
 * @plan: of @a
 * @text: what is wrong, if something is
 * @wrong: something is
 */
struct judgement {
	const struct plans_case *c;
	const struct plans_answer *a;
	const struct physmap_mpu_plan *plan;
	char *text;
	bool wrong;
};

__attribute__((format(printf, 3, 4)))
static void must(struct judgement *j, bool holds, const char *fmt, ...)
{
	va_list args;

	if (holds || j->wrong)
		return;
	j->wrong = true;
	va_start(args, fmt);
	vsnprintf(j->text, PLANS_TEXT, fmt, args);
	va_end(args);
}

static const char *name(const char *given)
{
	return given ? given : "";
}

static bool is_numbered(const struct physmap_mpu_want *w)
{
	return w->slot < PHYSMAP_MPU_LOWEST;
}

static bool meet(const struct physmap_mpu_want *a,
		 const struct physmap_mpu_want *b)
{
	return !(a->end <= b->start || b->end <= a->start);
}

static bool are_alike(const struct physmap_mpu_want *a,
		      const struct physmap_mpu_want *b)
{
	return !((a->early ^ b->early) | (a->final ^ b->final));
}

/* The same thing asked for on demand twice. */
static bool are_one(const struct physmap_mpu_want *a,
		    const struct physmap_mpu_want *b)
{
	return a->life + b->life == 2 * PHYSMAP_MPU_ON_DEMAND &&
	       a->start == b->start && a->end == b->end && are_alike(a, b);
}

/* May they have a byte in common? */
static bool may_meet(const struct physmap_mpu_want *a,
		     const struct physmap_mpu_want *b)
{
	if (are_one(a, b))
		return true;
	if (a->life == PHYSMAP_MPU_ON_DEMAND)
		return b->life == PHYSMAP_MPU_BOOT_ONLY ||
		       b->life == PHYSMAP_MPU_SWITCHING;
	return b->life == PHYSMAP_MPU_ON_DEMAND && may_meet(b, a);
}

static bool touch(const struct physmap_mpu_want *a,
		  const struct physmap_mpu_want *b)
{
	return a->end == b->start || b->end == a->start;
}

/* Is one region made of two ranges without anybody asking? */
static bool are_joined(const struct physmap_mpu_want *a,
		       const struct physmap_mpu_want *b)
{
	if (a->life != b->life || a->slot != b->slot || is_numbered(a))
		return false;
	if (a->life != PHYSMAP_MPU_FIXED && a->life != PHYSMAP_MPU_BOOT_ONLY)
		return false;
	return touch(a, b) && are_alike(a, b);
}

unsigned int plans_count(const struct plans_case *c)
{
	unsigned int count = c->count;

	if (count > c->format.max_regions)
		count = c->format.max_regions;
	return count > PHYSMAP_MPU_MAX ? PHYSMAP_MPU_MAX : count;
}

/* Numbers ranges by their region: that of the first of it in the list. */
static void label(const struct plans_case *c, unsigned int *of)
{
	const unsigned int n = c->req.nr_wants;
	unsigned int i, k;
	bool again = true;

	for (i = 0; i < n; i++)
		of[i] = i;
	while (again) {
		again = false;
		for (i = 0; i < n; i++)
			for (k = 0; k < n; k++) {
				if (of[k] >= of[i] ||
				    !are_joined(&c->want[i], &c->want[k]))
					continue;
				of[i] = of[k];
				again = true;
			}
	}
}

void plans_needs(const struct plans_case *c, struct plans_needs *needs)
{
	unsigned int of[PLANS_WANTS], i;

	label(c, of);
	*needs = (struct plans_needs) { };
	for (i = 0; i < c->req.nr_wants; i++) {
		const enum physmap_mpu_life life = c->want[i].life;

		if (life == PHYSMAP_MPU_ON_DEMAND)
			continue;
		needs->merged += of[i] != i;
		needs->at_boot += of[i] == i;
		needs->fixed += of[i] == i && life == PHYSMAP_MPU_FIXED;
		needs->given += life == PHYSMAP_MPU_SWITCHING;
	}
	needs->switching = c->req.switching > needs->given ?
			   c->req.switching : needs->given;
	needs->later = needs->fixed + needs->switching + c->req.on_demand;
	if (needs->later >> 32)
		needs->later = ~0u;
}

/* Refusals */

/* What is wrong with a range by itself; the first of several. */
static enum physmap_mpu_reason wrong_with(const struct plans_case *c,
					  const struct physmap_mpu_want *w)
{
	const u32 wx = PHYSMAP_WRITE | PHYSMAP_EXEC;
	const u32 type = w->early >> PHYSMAP_MEMTYPE_SHIFT & 7;
	const u32 later = w->final >> PHYSMAP_MEMTYPE_SHIFT & 7;
	const bool device = type == 2 || type == 3;
	const bool device_later = later == 2 || later == 3;

	if (w->end <= w->start)
		return PHYSMAP_MPU_EMPTY;
	if (w->start % c->format.granule || w->end % c->format.granule)
		return PHYSMAP_MPU_UNALIGNED;
	if (w->end > c->format.address_limit)
		return PHYSMAP_MPU_ADDRESS;
	if ((w->early & wx) == wx || (w->final & wx) == wx)
		return PHYSMAP_MPU_WX;
	if ((device && (w->early & PHYSMAP_EXEC)) ||
	    (device_later && (w->final & PHYSMAP_EXEC)))
		return PHYSMAP_MPU_DEVICE;
	if (type != later || type >= TYPES_THERE_ARE)
		return PHYSMAP_MPU_TYPE_CHANGES;
	if (w->life == PHYSMAP_MPU_ON_DEMAND && is_numbered(w))
		return PHYSMAP_MPU_BAD_SLOT;
	return PHYSMAP_MPU_FINE;
}

/* Is a range that was told this one of the list? */
static bool is_told(const struct physmap_mpu_want *told,
		    const struct physmap_mpu_want *w)
{
	return told->name && !strcmp(told->name, name(w->name)) &&
	       told->start == w->start && told->end == w->end &&
	       told->early == w->early && told->final == w->final &&
	       told->life == w->life && told->slot == w->slot;
}

static bool is_nothing(const struct physmap_mpu_want *told)
{
	return told->name && !*told->name && !told->start && !told->end;
}

static void is_refused(struct judgement *j, enum physmap_mpu_reason reason)
{
	static const struct {
		const char *rule;
		int err;
	} by[PHYSMAP_MPU_REASONS] = {
		[PHYSMAP_MPU_EMPTY] = { "MPU-6", -EINVAL },
		[PHYSMAP_MPU_UNALIGNED] = { "MPU-1", -EINVAL },
		[PHYSMAP_MPU_ADDRESS] = { "MPU-2", -EINVAL },
		[PHYSMAP_MPU_WX] = { "MPU-14", -EINVAL },
		[PHYSMAP_MPU_DEVICE] = { "MPU-16", -EINVAL },
		[PHYSMAP_MPU_TYPE_CHANGES] = { "MPU-14", -EINVAL },
		[PHYSMAP_MPU_BAD_SLOT] = { "MPU-12", -EINVAL },
		[PHYSMAP_MPU_OVERLAP] = { "MPU-4", -EINVAL },
		[PHYSMAP_MPU_NO_REGION] = { "MPU-17", -ENOSPC },
	};
	const struct physmap_mpu_refusal *why = &j->a->why;

	must(j, j->a->err == by[reason].err, "returns %d, not %d", j->a->err,
	     by[reason].err);
	must(j, why->reason == reason, "the reason is %u, not %u", why->reason,
	     reason);
	must(j, why->error == j->a->err, "the refusal says %d", why->error);
	must(j, why->rule && !strcmp(why->rule, by[reason].rule),
	     "the rule is not %s", by[reason].rule);
	must(j, why->what && *why->what && why->advice && *why->advice,
	     "the refusal has no words");
	must(j, !j->plan->nr_planned, "regions are planned all the same");
}

/* True if a range is wrong by itself. */
static bool judge_wants(struct judgement *j)
{
	enum physmap_mpu_reason reason = PHYSMAP_MPU_FINE;
	unsigned int i;

	for (i = 0; i < j->c->req.nr_wants && !reason; i++)
		reason = wrong_with(j->c, &j->c->want[i]);
	if (!reason)
		return false;
	is_refused(j, reason);
	must(j, is_told(&j->a->why.asked, &j->c->want[i - 1]),
	     "range %u is the first bad one", i - 1);
	must(j, is_nothing(&j->a->why.met), "nothing stands in its way");
	return true;
}

/* True if two ranges must not be there at once. */
static bool judge_overlaps(struct judgement *j)
{
	const struct plans_case *c = j->c;
	bool any = false, told = false;
	unsigned int i, k;

	for (i = 0; i < c->req.nr_wants; i++)
		for (k = 0; k < i; k++) {
			const struct physmap_mpu_want *a = &c->want[i];
			const struct physmap_mpu_want *b = &c->want[k];

			if (!meet(a, b) || may_meet(a, b))
				continue;
			any = true;
			told |= is_told(&j->a->why.asked, a) &&
				is_told(&j->a->why.met, b);
		}
	if (!any)
		return false;
	is_refused(j, PHYSMAP_MPU_OVERLAP);
	must(j, told, "the ranges told do not overlap, or in another order");
	return true;
}

/* True if a number is named that is not there, or twice. */
static bool judge_numbers(struct judgement *j)
{
	const struct plans_case *c = j->c;
	const struct physmap_mpu_refusal *why = &j->a->why;
	bool any = false, told = false;
	unsigned int i, k;

	for (i = 0; i < c->req.nr_wants; i++) {
		const struct physmap_mpu_want *w = &c->want[i];

		if (!is_numbered(w))
			continue;
		if (w->slot >= plans_count(c)) {
			any = true;
			told |= is_told(&why->asked, w) &&
				is_nothing(&why->met);
		}
		for (k = 0; k < i; k++) {
			if (c->want[k].slot != w->slot)
				continue;
			any = true;
			told |= is_told(&why->asked, w) &&
				is_told(&why->met, &c->want[k]);
		}
	}
	if (!any)
		return false;
	is_refused(j, PHYSMAP_MPU_BAD_SLOT);
	must(j, told, "the number told is there and named once");
	return true;
}

/* Merges that could be */

static bool is_device(u32 attrs)
{
	const u32 type = attrs >> PHYSMAP_MEMTYPE_SHIFT & 7;

	return type == 2 || type == 3;
}

static bool is_wx(u32 attrs)
{
	return (attrs & PHYSMAP_WRITE) && (attrs & PHYSMAP_EXEC);
}

static bool is_asked_again(const struct plans_case *c, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (are_one(&c->want[i], &c->want[n]))
			return true;
	return false;
}

static bool is_between(const struct plans_case *c, u64 start, u64 end)
{
	unsigned int i;

	for (i = 0; i < c->req.nr_wants && start < end; i++)
		if (c->want[i].start < end && c->want[i].end > start)
			return true;
	return false;
}

/*
 * Could one region do for both, if whoever wants them agrees? Devices never
 * have more than their own bytes (MPU-16), and what touches must be able to
 * have the same attributes: one type, and never writable and executable.
 */
static bool could_be_one(const struct plans_case *c, unsigned int low,
			 unsigned int high)
{
	const struct physmap_mpu_want *a = &c->want[low], *b = &c->want[high];

	if (a->end > b->start || is_asked_again(c, low) ||
	    is_asked_again(c, high) || is_between(c, a->end, b->start))
		return false;
	if (a->life != b->life || (is_numbered(a) && is_numbered(b)) ||
	    are_joined(a, b))
		return false;
	if (a->end < b->start)
		return are_alike(a, b) && !is_device(a->final);
	return !((a->final ^ b->final) & PHYSMAP_MEMTYPE_MASK) &&
	       !is_wx(a->early | b->early) && !is_wx(a->final | b->final);
}

struct possible {
	unsigned int low;
	unsigned int high;
	bool alike;
	u64 gap;
	u64 start;
};

static int compare_cost(const void *one, const void *other)
{
	const struct possible *a = one, *b = other;

	if (a->alike != b->alike)
		return a->alike ? -1 : 1;
	if (a->gap != b->gap)
		return a->gap < b->gap ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

static unsigned int find_possible(const struct plans_case *c,
				  struct possible *p)
{
	unsigned int i, k, n = 0;

	for (i = 0; i < c->req.nr_wants; i++)
		for (k = 0; k < c->req.nr_wants; k++) {
			if (i == k || !could_be_one(c, i, k))
				continue;
			p[n++] = (struct possible) {
				i, k, are_alike(&c->want[i], &c->want[k]),
				c->want[k].start - c->want[i].end,
				c->want[i].start,
			};
		}
	qsort(p, n, sizeof(*p), compare_cost);
	return n;
}

static bool is_possible(const struct possible *p, unsigned int n,
			const struct physmap_mpu_merge *m)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (p[i].low == m->first && p[i].high == m->second)
			return true;
	return false;
}

/* All of them, or the first so many, each once, those that cost least first. */
static void judge_merges(struct judgement *j)
{
	static struct possible p[2 * PLANS_WANTS];
	const unsigned int n = find_possible(j->c, p);
	const unsigned int most = n < PHYSMAP_MPU_MERGES ?
				  n : PHYSMAP_MPU_MERGES;
	const struct physmap_mpu_merge *m = j->plan->merge;
	unsigned int i, k;

	must(j, j->plan->nr_merges == most, "%u merges are told, there are %u",
	     j->plan->nr_merges, n);
	for (i = 0; i < most && !j->wrong; i++) {
		must(j, is_possible(p, n, &m[i]), "merge %u: %u and %u cannot share",
		     i, m[i].first, m[i].second);
		must(j, m[i].gap == p[i].gap && m[i].same_rights == p[i].alike &&
		     j->c->want[m[i].first % PLANS_WANTS].start == p[i].start,
		     "merge %u: not what costs least: %u and %u do", i,
		     p[i].low, p[i].high);
		for (k = 0; k < i; k++)
			must(j, m[k].first != m[i].first ||
			     m[k].second != m[i].second, "merge %u twice", i);
	}
}

static void judge_budget(struct judgement *j, const struct plans_needs *n)
{
	const struct physmap_mpu_plan *plan = j->plan;
	const u64 most = n->at_boot > n->later ? n->at_boot : n->later;
	const u64 too_many = most > plans_count(j->c) ?
			     most - plans_count(j->c) : 0;

	must(j, plan->at_boot == n->at_boot, "%u at boot, not %llu",
	     plan->at_boot, n->at_boot);
	must(j, plan->later == n->later, "%u later, not %llu", plan->later,
	     n->later);
	must(j, plan->too_many == too_many, "%u too many, not %llu",
	     plan->too_many, too_many);
	must(j, plan->merged == n->merged, "%u saved, not %llu", plan->merged,
	     n->merged);
}

/* Regions */

/* The planned region of a range, by its first byte; NULL if none has it. */
static const struct physmap_mpu_planned *
planned_of(const struct judgement *j, const struct physmap_mpu_want *w)
{
	unsigned int i;

	for (i = 0; i < j->plan->nr_planned; i++) {
		const struct physmap_mpu_planned *p = &j->plan->planned[i];

		if (p->early.start <= w->start && w->start < p->early.end)
			return p;
	}
	return NULL;
}

static void judge_region(struct judgement *j, unsigned int n)
{
	const struct physmap_mpu_planned *p = &j->plan->planned[n];
	const struct plans_case *c = j->c;
	const struct physmap_mpu_want *lowest = NULL;
	unsigned int i, ranges = 0;

	must(j, p->slot < plans_count(c), "region %u has number %u", n, p->slot);
	must(j, !n || p[-1].slot < p->slot, "number %u after number %u",
	     p->slot, n ? p[-1].slot : 0);
	for (i = 0; i < c->req.nr_wants; i++) {
		const struct physmap_mpu_want *w = &c->want[i];

		if (w->life == PHYSMAP_MPU_ON_DEMAND ||
		    planned_of(j, w) != p)
			continue;
		ranges++;
		if (!lowest || w->start < lowest->start)
			lowest = w;
		must(j, p->life == w->life, "region %u: life", n);
		must(j, (p->early.attrs & ~PHYSMAP_EARLY) == w->early &&
		     p->final == w->final, "region %u: attributes", n);
		must(j, !(p->early.attrs & PHYSMAP_EARLY) ==
		     (w->early == w->final), "region %u: the early mark", n);
		must(j, !is_numbered(w) || p->slot == w->slot,
		     "region %u: number %u was wanted", n, w->slot);
	}
	must(j, ranges && p->ranges == ranges, "region %u holds %u ranges", n,
	     ranges);
	must(j, lowest && !strcmp(name(p->name), name(lowest->name)),
	     "region %u: its name is another's", n);
}

static int compare_address(const void *one, const void *other)
{
	const u64 a = *(const u64 *)one, b = *(const u64 *)other;

	return a < b ? -1 : a > b;
}

static unsigned int all_borders(const struct judgement *j, u64 *border)
{
	unsigned int i, n = 0;

	for (i = 0; i < j->c->req.nr_wants; i++) {
		border[n++] = j->c->want[i].start;
		border[n++] = j->c->want[i].end;
	}
	for (i = 0; i < j->plan->nr_planned; i++) {
		border[n++] = j->plan->planned[i].early.start;
		border[n++] = j->plan->planned[i].early.end;
	}
	qsort(border, n, sizeof(*border), compare_address);
	return n;
}

/* How many regions have the byte? */
static unsigned int regions_at(const struct judgement *j, u64 at)
{
	unsigned int i, n = 0;

	for (i = 0; i < j->plan->nr_planned; i++)
		n += j->plan->planned[i].early.start <= at &&
		     at < j->plan->planned[i].early.end;
	return n;
}

/* How many ranges that are there at boot? */
static unsigned int wants_at(const struct judgement *j, u64 at)
{
	unsigned int i, n = 0;

	for (i = 0; i < j->c->req.nr_wants; i++)
		n += j->c->want[i].life != PHYSMAP_MPU_ON_DEMAND &&
		     j->c->want[i].start <= at && at < j->c->want[i].end;
	return n;
}

/* Between two borders all bytes are alike. */
static void judge_coverage(struct judgement *j)
{
	static u64 border[2 * PLANS_WANTS + 2 * PHYSMAP_MPU_MAX];
	const unsigned int n = all_borders(j, border);
	unsigned int i;

	for (i = 0; i < n && !j->wrong; i++)
		must(j, regions_at(j, border[i]) == wants_at(j, border[i]),
		     "%#llx is in %u regions", border[i],
		     regions_at(j, border[i]));
}

/* One region for each group of ranges that are joined, and no other. */
static void judge_groups(struct judgement *j, const unsigned int *of)
{
	const struct plans_case *c = j->c;
	unsigned int i;

	for (i = 0; i < c->req.nr_wants; i++) {
		if (c->want[i].life == PHYSMAP_MPU_ON_DEMAND)
			continue;
		must(j, planned_of(j, &c->want[of[i]]) ==
		     planned_of(j, &c->want[i]), "range %u is not joined", i);
	}
}

/* Whose number is this? PLANS_WANTS if it is nobody's. */
static unsigned int owner(const struct judgement *j, const unsigned int *of,
			  unsigned int slot)
{
	unsigned int i;

	for (i = 0; i < j->c->req.nr_wants; i++) {
		const struct physmap_mpu_want *w = &j->c->want[i];

		if (w->life != PHYSMAP_MPU_ON_DEMAND && of[i] == i &&
		    planned_of(j, w) && planned_of(j, w)->slot == slot)
			return i;
	}
	return PLANS_WANTS;
}

/*
 * A number that was chosen: all lower ones, or all higher ones, were taken by
 * then: named by somebody, or chosen for what comes first in the list.
 */
static void judge_choice(struct judgement *j, const unsigned int *of,
			 unsigned int n)
{
	const struct physmap_mpu_want *w = &j->c->want[n];
	const unsigned int slot = planned_of(j, w)->slot;
	const bool low = w->slot == PHYSMAP_MPU_LOWEST;
	const unsigned int end = low ? slot : plans_count(j->c);
	unsigned int at, by;

	for (at = low ? 0 : slot + 1; at < end && !j->wrong; at++) {
		by = owner(j, of, at);
		must(j, by < PLANS_WANTS &&
		     (is_numbered(&j->c->want[by]) || by < n),
		     "range %u has number %u, and %u was free", n, slot, at);
	}
}

static void judge_slots(struct judgement *j, const unsigned int *of)
{
	unsigned int i;

	for (i = 0; i < j->c->req.nr_wants && !j->wrong; i++)
		if (j->c->want[i].life != PHYSMAP_MPU_ON_DEMAND &&
		    of[i] == i && !is_numbered(&j->c->want[i]))
			judge_choice(j, of, i);
}

/* Numbers that are set aside for contexts */

enum whose { NOBODYS, BOOTS, CONTEXTS, STAYS };

static enum whose whose(const struct judgement *j, unsigned int slot)
{
	unsigned int i;

	for (i = 0; i < j->plan->nr_planned; i++) {
		if (j->plan->planned[i].slot != slot)
			continue;
		if (j->plan->planned[i].life == PHYSMAP_MPU_FIXED)
			return STAYS;
		return j->plan->planned[i].life == PHYSMAP_MPU_BOOT_ONLY ?
		       BOOTS : CONTEXTS;
	}
	return NOBODYS;
}

static bool is_set_aside(const struct judgement *j, unsigned int slot)
{
	return j->plan->switching[slot / 32] & 1u << slot % 32;
}

/* How many of a kind are set aside, and are these the lowest of them? */
static unsigned int count_set_aside(struct judgement *j, enum whose kind,
				    bool *all)
{
	unsigned int slot, n = 0;

	*all = true;
	for (slot = 0; slot < plans_count(j->c); slot++) {
		if (whose(j, slot) != kind)
			continue;
		must(j, *all || !is_set_aside(j, slot),
		     "number %u is set aside, and a lower one is not", slot);
		if (is_set_aside(j, slot))
			n++;
		else
			*all = false;
	}
	return n;
}

static void judge_set_aside(struct judgement *j, const struct plans_needs *n)
{
	bool all_free, all;
	const unsigned int stays = count_set_aside(j, STAYS, &all);
	const unsigned int free = count_set_aside(j, NOBODYS, &all_free);
	const unsigned int boots = count_set_aside(j, BOOTS, &all);
	const unsigned int contexts = count_set_aside(j, CONTEXTS, &all);
	unsigned int slot;

	must(j, all && contexts == n->given, "a context's number is not set aside");
	must(j, !stays, "a fixed region's number is set aside");
	must(j, contexts + free + boots == n->switching,
	     "%u numbers are set aside, not %llu", contexts + free + boots,
	     n->switching);
	must(j, !boots || all_free,
	     "a boot-only region's number is set aside, and others are free");
	for (slot = plans_count(j->c); slot < PHYSMAP_MPU_WORDS * 32; slot++)
		must(j, !is_set_aside(j, slot), "number %u is set aside", slot);
}

static void judge_regions(struct judgement *j, const struct plans_needs *n)
{
	unsigned int of[PLANS_WANTS], i;

	must(j, !j->a->err, "returns %d, and it fits", j->a->err);
	must(j, j->plan->nr_planned == n->at_boot, "%u regions, not %llu",
	     j->plan->nr_planned, n->at_boot);
	for (i = 0; i < j->plan->nr_planned && !j->wrong; i++)
		judge_region(j, i);
	if (!j->wrong)
		judge_coverage(j);
	label(j->c, of);
	if (!j->wrong)
		judge_groups(j, of);
	if (!j->wrong)
		judge_slots(j, of);
	if (!j->wrong)
		judge_set_aside(j, n);
}

/* False if the answer is wrong; then @text says in what. */
bool plans_judge(const struct plans_case *c, const struct plans_answer *a,
		 char text[PLANS_TEXT])
{
	struct judgement j = { .c = c, .a = a, .plan = &a->plan, .text = text };
	struct plans_needs n;

	must(&j, a->plan.count == plans_count(c), "%u regions, not %u",
	     a->plan.count, plans_count(c));
	if (judge_wants(&j) || judge_overlaps(&j))
		return !j.wrong;
	plans_needs(c, &n);
	judge_budget(&j, &n);
	judge_merges(&j);
	if (a->plan.too_many) {
		is_refused(&j, PHYSMAP_MPU_NO_REGION);
		must(&j, is_nothing(&a->why.asked) && is_nothing(&a->why.met),
		     "a single range is told");
		return !j.wrong;
	}
	if (judge_numbers(&j))
		return !j.wrong;
	judge_regions(&j, &n);
	return !j.wrong;
}
