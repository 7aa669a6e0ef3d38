// SPDX-License-Identifier: GPL-2.0-only
/*
 * The planner of an MPU's regions: what is wanted, how many regions that takes
 * and which number each gets, or what is wrong with it. Pure: no register is
 * touched and nothing is allocated. Keeps MPU-1, -2, -4, -6, -12, -14, -16 and
 * -17.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>
#include <physmap/mpu.h>

static const struct {
	const char *rule;
	const char *what;
	const char *advice;
	int error;
} refusals[PHYSMAP_MPU_REASONS] = {
	[PHYSMAP_MPU_FINE] = {
		"", "nothing is wrong", "", 0 },
	[PHYSMAP_MPU_EMPTY] = {
		"MPU-6", "it has no bytes, and such a region matches nothing",
		"ask for a range that ends above its start", -EINVAL },
	[PHYSMAP_MPU_UNALIGNED] = {
		"MPU-1", "a region begins and ends with a granule",
		"move both ends to multiples of it", -EINVAL },
	[PHYSMAP_MPU_ADDRESS] = {
		"MPU-2", "no region can hold addresses that high",
		"ask for what lies below", -EINVAL },
	[PHYSMAP_MPU_WX] = {
		"MPU-14", "it would be writable and executable",
		"give it one of the two, or one early and the other finally",
		-EINVAL },
	[PHYSMAP_MPU_DEVICE] = {
		"MPU-16", "code could be fetched from a device",
		"ask without execution", -EINVAL },
	[PHYSMAP_MPU_TYPE_CHANGES] = {
		"MPU-14", "its memory type is unknown or does not stay",
		"give it one type of the four, early and finally", -EINVAL },
	[PHYSMAP_MPU_BAD_SLOT] = {
		"MPU-12", "this number is not to be had",
		"name one that is there and that nobody else has; on demand, none",
		-EINVAL },
	[PHYSMAP_MPU_OVERLAP] = {
		"MPU-4", "they overlap, and an address in two regions faults",
		"unmap one or ask for what the other does not have", -EINVAL },
	[PHYSMAP_MPU_RIGHTS] = {
		"MPU-14", "it is mapped already, with other attributes",
		"ask for those, or unmap it first", -EEXIST },
	[PHYSMAP_MPU_NO_REGION] = {
		"MPU-17", "more regions are needed than there are",
		"unmap what is not needed now, or let ranges share a region",
		-ENOSPC },
	[PHYSMAP_MPU_NOT_MAPPED] = {
		"MPU-13", "no region has this range",
		"name a range as it was mapped", -ENOENT },
	[PHYSMAP_MPU_NOT_WHOLE] = {
		"MPU-14", "it is not a whole region",
		"name all of the region, or carve the part out", -EINVAL },
	[PHYSMAP_MPU_STAYS] = {
		"MPU-12", "the region is fixed, or somebody else's too",
		"leave it as it is, or let the others unmap it first", -EPERM },
	[PHYSMAP_MPU_IN_USE] = {
		"MPU-4", "what runs would lose it for a moment",
		"run from somewhere else meanwhile", -EBUSY },
	[PHYSMAP_MPU_NOT_IN_PLACE] = {
		"MPU-9", "more changes than one store can do",
		"unmap it and map it anew", -EINVAL },
	[PHYSMAP_MPU_WRONG_STATE] = {
		"MPU-19", "the MPU is not in the state that this begins with",
		"start, finish and release once, in this order", -EINVAL },
	[PHYSMAP_MPU_NOT_MEMORY] = {
		"ARM-ATTR-3", "not all of it is memory",
		"name what the tree's memory nodes have", -EINVAL },
	[PHYSMAP_MPU_NO_MAP] = {
		"ARM-ATTR-5", "the tree says no-map of some of it",
		"name other memory", -EINVAL },
	[PHYSMAP_MPU_UNKNOWN] = {
		"ARM-ATTR-3", "nobody knows how this device wants to be accessed",
		"take a console of a kind that is known", -EINVAL },
	[PHYSMAP_MPU_TREE] = {
		"ARM-BOOT-1", "the device tree cannot be read",
		"mend the device tree", -EINVAL },
};

static struct physmap_mpu_want named(const struct physmap_mpu_want *want)
{
	struct physmap_mpu_want w = { .name = "" };

	if (want)
		w = *want;
	if (!w.name)
		w.name = "";
	return w;
}

/**
 * physmap_mpu_refuse() - fill in a refusal
 * @why: to be filled in
 * @reason: what is wrong
 * @asked: what was asked for, or NULL if it is no single range
 * @met: what stands in its way, or NULL if nothing does
 *
 * Return: the reason's errno; 0 of PHYSMAP_MPU_FINE.
 */
int physmap_mpu_refuse(struct physmap_mpu_refusal *why,
		       enum physmap_mpu_reason reason,
		       const struct physmap_mpu_want *asked,
		       const struct physmap_mpu_want *met)
{
	*why = (struct physmap_mpu_refusal) {
		.reason = reason,
		.rule = refusals[reason].rule,
		.what = refusals[reason].what,
		.advice = refusals[reason].advice,
		.asked = named(asked),
		.met = named(met),
		.error = refusals[reason].error,
	};
	return why->error;
}

static bool writable_executable(u32 attrs)
{
	return (attrs & PHYSMAP_WRITE) && (attrs & PHYSMAP_EXEC);
}

static bool executable_device(u32 attrs)
{
	return physmap_mpu_is_device(attrs) && (attrs & PHYSMAP_EXEC);
}

static u32 memory_type(u32 attrs)
{
	return attrs & PHYSMAP_MEMTYPE_MASK;
}

static bool explicit_slot(const struct physmap_mpu_want *w)
{
	return w->slot != PHYSMAP_MPU_LOWEST && w->slot != PHYSMAP_MPU_HIGHEST;
}

/**
 * physmap_mpu_check_want() - is a wanted range one that a region can be
 * @format: encoding
 * @want: range
 *
 * Looks at nothing but the range itself. Whether its region's number is there
 * the planner says; what is mapped on demand has none.
 *
 * Return: PHYSMAP_MPU_FINE, or the first thing that is wrong.
 */
enum physmap_mpu_reason
physmap_mpu_check_want(const struct physmap_mpu_format *format,
		       const struct physmap_mpu_want *want)
{
	if (want->start >= want->end)
		return PHYSMAP_MPU_EMPTY;
	if ((want->start | want->end) & (format->granule - 1))
		return PHYSMAP_MPU_UNALIGNED;
	if (want->end > format->address_limit)
		return PHYSMAP_MPU_ADDRESS;
	if (writable_executable(want->early) ||
	    writable_executable(want->final))
		return PHYSMAP_MPU_WX;
	if (executable_device(want->early) || executable_device(want->final))
		return PHYSMAP_MPU_DEVICE;
	if (memory_type(want->early) != memory_type(want->final) ||
	    memory_type(want->early) >= PHYSMAP_MPU_TYPE(PHYSMAP_MPU_TYPES))
		return PHYSMAP_MPU_TYPE_CHANGES;
	if (want->life == PHYSMAP_MPU_ON_DEMAND && explicit_slot(want))
		return PHYSMAP_MPU_BAD_SLOT;
	return PHYSMAP_MPU_FINE;
}

static bool same_attributes(const struct physmap_mpu_want *a,
			    const struct physmap_mpu_want *b)
{
	return a->early == b->early && a->final == b->final;
}

/* Does @b ask once more for what @a asks for? One region serves both. */
static bool repeats(const struct physmap_mpu_want *a,
		    const struct physmap_mpu_want *b)
{
	return a->life == PHYSMAP_MPU_ON_DEMAND &&
	       b->life == PHYSMAP_MPU_ON_DEMAND &&
	       a->start == b->start && a->end == b->end &&
	       same_attributes(a, b);
}

static bool goes_away(const struct physmap_mpu_want *w)
{
	return w->life == PHYSMAP_MPU_BOOT_ONLY ||
	       w->life == PHYSMAP_MPU_SWITCHING;
}

/* What is mapped on demand need not be there at once with what goes away. */
static bool conflict(const struct physmap_mpu_want *a,
		     const struct physmap_mpu_want *b)
{
	if (a->start >= b->end || b->start >= a->end || repeats(a, b))
		return false;
	return !(a->life == PHYSMAP_MPU_ON_DEMAND && goes_away(b)) &&
	       !(b->life == PHYSMAP_MPU_ON_DEMAND && goes_away(a));
}

static int check(const struct physmap_mpu_format *format,
		 const struct physmap_mpu_request *req,
		 struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_want *w = req->wants;
	enum physmap_mpu_reason reason;
	unsigned int i, j;

	for (i = 0; i < req->nr_wants; i++) {
		reason = physmap_mpu_check_want(format, &w[i]);
		if (reason != PHYSMAP_MPU_FINE)
			return physmap_mpu_refuse(why, reason, &w[i], NULL);
	}
	for (i = 0; i < req->nr_wants; i++)
		for (j = 0; j < i; j++)
			if (conflict(&w[i], &w[j]))
				return physmap_mpu_refuse(why,
							  PHYSMAP_MPU_OVERLAP,
							  &w[i], &w[j]);
	return 0;
}

/*
 * Are these one region, the planner says so itself? What comes and goes one by
 * one never is, nor what was given a number.
 */
static bool joined(const struct physmap_mpu_want *low,
		   const struct physmap_mpu_want *high)
{
	return low->end == high->start && low->life == high->life &&
	       (low->life == PHYSMAP_MPU_FIXED ||
		low->life == PHYSMAP_MPU_BOOT_ONLY) &&
	       same_attributes(low, high) && !explicit_slot(low) &&
	       low->slot == high->slot;
}

/* What is joined to @w from below, or NULL at the low end of a region. */
static const struct physmap_mpu_want *
below(const struct physmap_mpu_request *req, const struct physmap_mpu_want *w)
{
	unsigned int i;

	for (i = 0; i < req->nr_wants; i++)
		if (joined(&req->wants[i], w))
			return &req->wants[i];
	return NULL;
}

/* The low end of the region that @w is part of. */
static const struct physmap_mpu_want *
lowest_of(const struct physmap_mpu_request *req,
	  const struct physmap_mpu_want *w)
{
	const struct physmap_mpu_want *lower = below(req, w);

	while (lower) {
		w = lower;
		lower = below(req, w);
	}
	return w;
}

/* What is joined to @w from above, or NULL at the high end of a region. */
static const struct physmap_mpu_want *
above(const struct physmap_mpu_request *req, const struct physmap_mpu_want *w)
{
	unsigned int i;

	for (i = 0; i < req->nr_wants; i++)
		if (joined(w, &req->wants[i]))
			return &req->wants[i];
	return NULL;
}

/*
 * Regions that a request takes: @at_boot is @fixed, boot-only and @given, the
 * switching ones that it names; @switching are all that a context may need.
 */
struct needs {
	unsigned int at_boot;
	unsigned int fixed;
	unsigned int given;
	unsigned int switching;
	unsigned int merged;
	unsigned int later;
};

static unsigned int add_up(u64 a, u64 b, u64 c)
{
	const u64 sum = a + b + c;

	return sum > ~0u ? ~0u : sum;
}

static struct needs count_needs(const struct physmap_mpu_request *req)
{
	struct needs n = { 0 };
	unsigned int i;

	for (i = 0; i < req->nr_wants; i++) {
		const struct physmap_mpu_want *w = &req->wants[i];

		if (w->life == PHYSMAP_MPU_ON_DEMAND)
			continue;
		if (below(req, w)) {
			n.merged++;
			continue;
		}
		n.at_boot++;
		n.fixed += w->life == PHYSMAP_MPU_FIXED;
		n.given += w->life == PHYSMAP_MPU_SWITCHING;
	}
	n.switching = req->switching > n.given ? req->switching : n.given;
	n.later = add_up(n.fixed, n.switching, req->on_demand);
	return n;
}

static void budget(struct physmap_mpu_plan *plan, const struct needs *n)
{
	const unsigned int most = n->at_boot > n->later ? n->at_boot : n->later;

	plan->at_boot = n->at_boot;
	plan->later = n->later;
	plan->merged = n->merged;
	if (most > plan->count)
		plan->too_many = most - plan->count;
}

/* Ranges that could share a region */

static bool asked_before(const struct physmap_mpu_request *req, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (repeats(&req->wants[i], &req->wants[n]))
			return true;
	return false;
}

/* Where the next range begins, at @address or above it; all ones if none. */
static u64 next_start(const struct physmap_mpu_request *req, u64 address)
{
	u64 next = ~0ULL;
	unsigned int i;

	for (i = 0; i < req->nr_wants; i++)
		if (req->wants[i].start >= address &&
		    req->wants[i].start < next)
			next = req->wants[i].start;
	return next;
}

/* Of no bytes nobody wants one. */
static bool nobody_wants(const struct physmap_mpu_request *req, u64 start,
			 u64 end)
{
	unsigned int i;

	if (start == end)
		return true;
	for (i = 0; i < req->nr_wants; i++)
		if (req->wants[i].start < end && start < req->wants[i].end)
			return false;
	return true;
}

/* Could one region's attributes do for both, if whoever wants them agrees? */
static bool could_be_alike(const struct physmap_mpu_want *a,
			   const struct physmap_mpu_want *b)
{
	return memory_type(a->final) == memory_type(b->final) &&
	       !writable_executable(a->early | b->early) &&
	       !writable_executable(a->final | b->final);
}

/* What lies between two devices is never mapped as one of them (MPU-16). */
static bool could_share(const struct physmap_mpu_want *low,
			const struct physmap_mpu_want *high)
{
	if (low->life != high->life || joined(low, high) ||
	    (explicit_slot(low) && explicit_slot(high)))
		return false;
	if (low->end == high->start)
		return could_be_alike(low, high);
	return same_attributes(low, high) && !physmap_mpu_is_device(low->final);
}

static bool costs_less(const struct physmap_mpu_request *req,
		       const struct physmap_mpu_merge *a,
		       const struct physmap_mpu_merge *b)
{
	if (a->same_rights != b->same_rights)
		return a->same_rights;
	if (a->gap != b->gap)
		return a->gap < b->gap;
	return req->wants[a->first].start < req->wants[b->first].start;
}

/* Keeps the list sorted; what costs most falls off its end. */
static void suggest(struct physmap_mpu_plan *plan,
		    const struct physmap_mpu_request *req,
		    const struct physmap_mpu_merge *merge)
{
	unsigned int i = plan->nr_merges;

	while (i && costs_less(req, merge, &plan->merge[i - 1]))
		i--;
	if (i == PHYSMAP_MPU_MERGES)
		return;
	if (plan->nr_merges < PHYSMAP_MPU_MERGES)
		plan->nr_merges++;
	memmove(&plan->merge[i + 1], &plan->merge[i],
		(plan->nr_merges - 1 - i) * sizeof(*merge));
	plan->merge[i] = *merge;
}

static void suggest_above(struct physmap_mpu_plan *plan,
			  const struct physmap_mpu_request *req,
			  unsigned int low)
{
	const struct physmap_mpu_want *w = req->wants;
	const u64 next = next_start(req, w[low].end);
	struct physmap_mpu_merge merge = { .first = low };
	unsigned int i;

	if (!nobody_wants(req, w[low].end, next))
		return;
	for (i = 0; i < req->nr_wants; i++) {
		if (w[i].start != next || !could_share(&w[low], &w[i]))
			continue;
		merge.second = i;
		merge.gap = next - w[low].end;
		merge.same_rights = same_attributes(&w[low], &w[i]);
		suggest(plan, req, &merge);
		return;
	}
}

static void suggest_merges(struct physmap_mpu_plan *plan,
			   const struct physmap_mpu_request *req)
{
	unsigned int i;

	for (i = 0; i < req->nr_wants; i++)
		if (!asked_before(req, i))
			suggest_above(plan, req, i);
}

/* Numbers */

static bool has(const u32 *set, unsigned int n)
{
	return set[n / 32] >> n % 32 & 1;
}

static void add(u32 *set, unsigned int n)
{
	set[n / 32] |= 1u << n % 32;
}

/* Marks the numbers that wants name themselves (MPU-12). */
static int take_named_slots(const struct physmap_mpu_request *req,
			    unsigned int count, u32 *used,
			    struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_want *w = req->wants;
	unsigned int i, j;

	for (i = 0; i < req->nr_wants; i++) {
		if (!explicit_slot(&w[i]))
			continue;
		if (w[i].slot >= count)
			return physmap_mpu_refuse(why, PHYSMAP_MPU_BAD_SLOT,
						  &w[i], NULL);
		for (j = 0; j < i; j++)
			if (w[j].slot == w[i].slot)
				return physmap_mpu_refuse(why,
							  PHYSMAP_MPU_BAD_SLOT,
							  &w[i], &w[j]);
		add(used, w[i].slot);
	}
	return 0;
}

/* The budget says that there is a free one. */
static unsigned int choose_slot(unsigned int slot, unsigned int count,
				const u32 *used)
{
	unsigned int n;

	if (slot == PHYSMAP_MPU_LOWEST) {
		for (n = 0; has(used, n); n++)
			;
		return n;
	}
	for (n = count - 1; has(used, n); n--)
		;
	return n;
}

static struct physmap_mpu_planned
make_region(const struct physmap_mpu_request *req,
	    const struct physmap_mpu_want *lowest)
{
	const bool differ = lowest->early != lowest->final;
	const struct physmap_mpu_want *w;
	struct physmap_mpu_planned p = {
		.name = lowest->name ? lowest->name : "",
		.early.start = lowest->start,
		.early.attrs = lowest->early | (differ ? PHYSMAP_EARLY : 0),
		.final = lowest->final,
		.life = lowest->life,
		.slot = lowest->slot,
	};

	for (w = lowest; w; w = above(req, w)) {
		p.early.end = w->end;
		p.ranges++;
	}
	return p;
}

/* No two planned regions begin at one address: they would overlap. */
static bool is_planned(const struct physmap_mpu_plan *plan, u64 start)
{
	unsigned int i;

	for (i = 0; i < plan->nr_planned; i++)
		if (plan->planned[i].early.start == start)
			return true;
	return false;
}

/*
 * In the order of the list; what is joined counts where the first of it
 * stands, for there its number is chosen.
 */
static void give_regions(struct physmap_mpu_plan *plan,
			 const struct physmap_mpu_request *req, u32 *used)
{
	struct physmap_mpu_planned *p;
	unsigned int i;

	for (i = 0; i < req->nr_wants; i++) {
		const struct physmap_mpu_want *lowest =
			lowest_of(req, &req->wants[i]);

		if (lowest->life == PHYSMAP_MPU_ON_DEMAND ||
		    is_planned(plan, lowest->start))
			continue;
		p = &plan->planned[plan->nr_planned++];
		*p = make_region(req, lowest);
		if (!explicit_slot(lowest))
			p->slot = choose_slot(p->slot, plan->count, used);
		add(used, p->slot);
	}
}

static void sort_by_slot(struct physmap_mpu_plan *plan)
{
	struct physmap_mpu_planned p;
	unsigned int i, j;

	for (i = 1; i < plan->nr_planned; i++) {
		p = plan->planned[i];
		for (j = i; j && plan->planned[j - 1].slot > p.slot; j--)
			plan->planned[j] = plan->planned[j - 1];
		plan->planned[j] = p;
	}
}

/* Sets aside up to @wanted of the slots in @from, the lowest; returns the rest. */
static unsigned int set_aside(struct physmap_mpu_plan *plan, const u32 *from,
			      unsigned int wanted)
{
	unsigned int n;

	for (n = 0; n < plan->count && wanted; n++) {
		if (!has(from, n))
			continue;
		add(plan->switching, n);
		wanted--;
	}
	return wanted;
}

/* Slots of boot-only regions last: they are to be had only when boot is over. */
static void set_aside_switching(struct physmap_mpu_plan *plan,
				unsigned int wanted, const u32 *used)
{
	u32 slots[PHYSMAP_MPU_LIVES][PHYSMAP_MPU_WORDS] = { 0 };
	u32 free[PHYSMAP_MPU_WORDS];
	unsigned int i;

	for (i = 0; i < PHYSMAP_MPU_WORDS; i++)
		free[i] = ~used[i];
	for (i = 0; i < plan->nr_planned; i++)
		add(slots[plan->planned[i].life], plan->planned[i].slot);
	wanted = set_aside(plan, slots[PHYSMAP_MPU_SWITCHING], wanted);
	wanted = set_aside(plan, free, wanted);
	set_aside(plan, slots[PHYSMAP_MPU_BOOT_ONLY], wanted);
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/**
 * physmap_mpu_plan() - which regions does a request take
 * @format: encoding
 * @count: regions that there are; more than can be numbered are cut off
 * @req: what is wanted
 * @plan: the answer; too large for a kernel stack
 * @why: filled in on an error
 *
 * FIXED and BOOT_ONLY ranges that touch and are alike become one region. A
 * number that a range names is its own; the others get theirs in the order of
 * the list, and what was joined where the first of it stands. What is refused
 * for want of regions (MPU-17) still has the numbers of the budget and which
 * ranges could share; only no region is planned then.
 *
 * Return: 0, -EINVAL for a range that cannot be (MPU-1, -2, -4, -6, -12, -14,
 * -16), -ENOSPC if more regions are needed than there are.
 */
int physmap_mpu_plan(const struct physmap_mpu_format *format,
		     unsigned int count, const struct physmap_mpu_request *req,
		     struct physmap_mpu_plan *plan,
		     struct physmap_mpu_refusal *why)
{
	u32 used[PHYSMAP_MPU_WORDS] = { 0 };
	struct needs needs;
	int err;

	memset(plan, 0, sizeof(*plan));
	plan->count = least(least(count, format->max_regions), PHYSMAP_MPU_MAX);
	err = check(format, req, why);
	if (err)
		return err;
	needs = count_needs(req);
	budget(plan, &needs);
	suggest_merges(plan, req);
	if (plan->too_many)
		return physmap_mpu_refuse(why, PHYSMAP_MPU_NO_REGION, NULL,
					  NULL);
	err = take_named_slots(req, plan->count, used, why);
	if (err)
		return err;
	give_regions(plan, req, used);
	sort_by_slot(plan);
	set_aside_switching(plan, needs.switching, used);
	return 0;
}

/* Words */

/* Whatever of a name and a range is known. */
static void print_range(struct physmap_out *out,
			const struct physmap_mpu_want *w)
{
	const bool range = w->start || w->end;

	physmap_print(out, "%s%s", w->name, *w->name && range ? " " : "");
	if (range)
		physmap_print(out, "[%#llx, %#llx)", w->start, w->end);
}

static void print_name(struct physmap_out *out,
		       const struct physmap_mpu_want *want)
{
	const struct physmap_mpu_want w = named(want);

	if (*w.name)
		physmap_print(out, "%s", w.name);
	else
		print_range(out, &w);
}

static void print_merge(struct physmap_out *out,
			const struct physmap_mpu_request *req,
			const struct physmap_mpu_merge *m)
{
	physmap_print(out, "mpu: ");
	print_name(out, &req->wants[m->first]);
	physmap_print(out, " and ");
	print_name(out, &req->wants[m->second]);
	physmap_print(out, " could share a region");
	if (!m->same_rights)
		physmap_print(out, " if they had the same rights: they touch\n");
	else if (!m->gap)
		physmap_print(out, ": same rights, and they touch\n");
	else
		physmap_print(out, ": same rights, %llu bytes apart\n", m->gap);
}

/**
 * physmap_mpu_print_plan() - say how many regions a request takes
 * @out: sink
 * @format: encoding
 * @req: request
 * @plan: what physmap_mpu_plan() made of it, or what it left when it refused
 *	for want of regions
 *
 * A line, and if it does not fit one more, and one for each two ranges that
 * could share a region.
 */
void physmap_mpu_print_plan(struct physmap_out *out,
			    const struct physmap_mpu_format *format,
			    const struct physmap_mpu_request *req,
			    const struct physmap_mpu_plan *plan)
{
	const struct needs n = count_needs(req);
	const bool later = plan->later >= plan->at_boot;
	unsigned int i;

	physmap_print(out,
		      "mpu: %s, %u regions: %u while booting, %u later (%u fixed, %u switching, %u on demand)\n",
		      format->name, plan->count, plan->at_boot, plan->later,
		      n.fixed, n.switching, req->on_demand);
	if (!plan->too_many)
		return;
	physmap_print(out,
		      "mpu: %u regions are needed %s, there are %u: %u too many (MPU-17); map on demand what is not always needed, or let ranges share a region\n",
		      later ? plan->later : plan->at_boot,
		      later ? "later" : "while booting", plan->count,
		      plan->too_many);
	for (i = 0; i < plan->nr_merges; i++)
		print_merge(out, req, &plan->merge[i]);
}

/**
 * physmap_mpu_print_refusal() - say in a line what was refused and what to do
 * @out: sink
 * @why: refusal
 */
void physmap_mpu_print_refusal(struct physmap_out *out,
			       const struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_want *asked = &why->asked;

	physmap_print(out, "mpu: ");
	if (*asked->name || asked->start || asked->end) {
		print_range(out, asked);
		if (why->reason == PHYSMAP_MPU_BAD_SLOT)
			physmap_print(out, " as region %u", asked->slot);
		if (*why->met.name || why->met.end) {
			physmap_print(out, " meets ");
			print_range(out, &why->met);
		}
		physmap_print(out, ": ");
	}
	physmap_print(out, "%s (%s); %s\n", why->what, why->rule, why->advice);
}
