// SPDX-License-Identifier: GPL-2.0-only
/*
 * An MPU at boot, by plan: regions with early attributes, the MPU on, then the
 * final attributes, then what only boot needed is given back. Also the audit of
 * what stands. Everything is checked before anything is written; regions are
 * changed through mpu_slots.c. Keeps MPU-3, -7, -11, -12, -13 and -17.
 */
#include <linux/types.h>
#include "mpu_engine.h"

static bool is_early(const struct physmap_mpu_slot *s)
{
	return s->region.attrs & PHYSMAP_EARLY;
}

/* The region of a plan that has number @n, or the end of the list. */
static unsigned int planned_at(const struct physmap_mpu_plan *plan,
			       unsigned int n)
{
	unsigned int i = 0;

	while (i < plan->nr_planned && plan->planned[i].slot != n)
		i++;
	return i;
}

static bool same_words(struct physmap_mpu_words a, struct physmap_mpu_words b)
{
	return a.base == b.base && a.limit == b.limit;
}

static bool found_as_planned(struct physmap_mpu *mpu,
			     const struct physmap_mpu_planned *p)
{
	return same_words(mpu->hooks->read(mpu, p->slot),
			  mpu->format->encode(&p->early));
}

static int wrong_state(struct physmap_mpu *mpu, const char *rule,
		       const char *what, struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_want asked = {
		.name = "the MPU", .slot = PHYSMAP_MPU_LOWEST,
	};

	physmap_mpu_no(mpu, PHYSMAP_MPU_WRONG_STATE, &asked, &asked, why);
	why->met.name = "";
	why->rule = rule;
	why->what = what;
	return why->error;
}

/* Every byte in use has a region that gives what is needed (MPU-7). */
static int check_uses(struct physmap_mpu *mpu,
		      const struct physmap_mpu_plan *plan,
		      struct physmap_mpu_refusal *why)
{
	unsigned int i, k;

	for (i = 0; i < mpu->nr_uses; i++) {
		const struct physmap_mpu_use *u = &mpu->use[i];
		struct physmap_mpu_want asked =
			physmap_mpu_asked(u->start, u->end);

		for (k = 0; k < plan->nr_planned; k++) {
			const struct physmap_mpu_region *r =
				&plan->planned[k].early;

			if (physmap_mpu_holds(r, u->start, u->end) &&
			    !(u->attrs & ~r->attrs))
				break;
		}
		if (k < plan->nr_planned)
			continue;
		asked.name = u->name;
		return physmap_mpu_no(mpu, PHYSMAP_MPU_NOT_MAPPED, &asked,
				      NULL, why);
	}
	return 0;
}

/* With the MPU on, what somebody else has enabled is not ours to disable. */
static int check_found(struct physmap_mpu *mpu,
		       const struct physmap_mpu_plan *plan,
		       struct physmap_mpu_refusal *why)
{
	unsigned int n;

	if (!mpu->on)
		return 0;
	for (n = 0; n < mpu->count; n++) {
		const struct physmap_mpu_region r =
			mpu->format->decode(mpu->hooks->read(mpu, n));
		const unsigned int i = planned_at(plan, n);
		struct physmap_mpu_want found =
			physmap_mpu_asked(r.start, r.end);

		if (r.start == r.end ||
		    (i < plan->nr_planned &&
		     found_as_planned(mpu, &plan->planned[i])))
			continue;
		found.name = "a region that is enabled and not in the plan";
		found.slot = n;
		return physmap_mpu_no(mpu, PHYSMAP_MPU_STAYS, &found, NULL,
				      why);
	}
	return 0;
}

static int check_start(struct physmap_mpu *mpu,
		       const struct physmap_mpu_plan *plan,
		       struct physmap_mpu_refusal *why)
{
	const char *wrong = mpu->hooks->ready(mpu);
	int err;

	if (*wrong)
		return wrong_state(mpu, "MPU-19", wrong, why);
	if (plan->count > mpu->count)
		return wrong_state(mpu, "MPU-3",
				   "the plan was made for more regions than there are",
				   why);
	if (!plan->nr_planned)
		return wrong_state(mpu, "MPU-17", "the plan has no region",
				   why);
	err = check_found(mpu, plan, why);
	return err ? err : check_uses(mpu, plan, why);
}

static void empty_slots(struct physmap_mpu *mpu,
			const struct physmap_mpu_plan *plan)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++)
		mpu->slot[n] = (struct physmap_mpu_slot) {
			.name = "",
			.reserved = plan->switching[n / 32] & BIT(n % 32),
		};
}

/* What assembly has made as planned is taken over as it is (MPU-12). */
static void keep_found(struct physmap_mpu *mpu,
		       const struct physmap_mpu_plan *plan,
		       struct physmap_mpu_set *rest)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++) {
		const unsigned int i = planned_at(plan, n);
		const struct physmap_mpu_planned *p = &plan->planned[i];

		if (i == plan->nr_planned || !found_as_planned(mpu, p)) {
			physmap_mpu_add(rest, n);
			continue;
		}
		mpu->slot[n].region = p->early;
		mpu->slot[n].final = p->final;
		mpu->slot[n].name = p->name;
		mpu->slot[n].life = p->life;
		mpu->slot[n].references = 1;
		mpu->report.kept++;
	}
}

/* Pass 1: what is not there yet, with early attributes. */
static void shape(struct physmap_mpu *mpu, const struct physmap_mpu_plan *plan)
{
	unsigned int i;

	for (i = 0; i < plan->nr_planned; i++) {
		const struct physmap_mpu_planned *p = &plan->planned[i];

		if (physmap_mpu_enabled(mpu, p->slot))
			continue;
		physmap_mpu_make(mpu, p->slot, p->name, p->life, &p->early,
				 p->final);
		if (is_early(&mpu->slot[p->slot]))
			mpu->report.early++;
		else
			mpu->report.final++;
	}
}

/*
 * With the MPU on the caches go on, and may hold older lines of what was written
 * without them: the copy itself, the stack (MPU-11).
 */
static void turn_on(struct physmap_mpu *mpu)
{
	const u64 copy = (uintptr_t)mpu;
	unsigned int i;

	for (i = 0; i < mpu->nr_uses; i++)
		if (mpu->use[i].attrs & PHYSMAP_WRITE)
			mpu->hooks->invalidate(mpu, mpu->use[i].start,
					       mpu->use[i].end);
	mpu->hooks->invalidate(mpu, copy, copy + sizeof(*mpu));
	mpu->hooks->enable(mpu);
	mpu->on = true;
}

/**
 * physmap_mpu_start() - a plan goes into the MPU, and the MPU on
 * @mpu: format, hooks and uses are set; all else is cleared here
 * @plan: plan, made for no more regions than there are; its ranges hold all
 *	that is in use
 * @why: filled in on an error
 *
 * Called once, on one CPU, interrupts masked, with the MPU and the data cache
 * off, or with an MPU that is on and has no region but the plan's. Regions that
 * are found as planned stay as they are (MPU-12), all others are disabled first
 * (MPU-11): with the MPU on they are already.
 *
 * Return: 0, or a negative errno; nothing was written then.
 */
int physmap_mpu_start(struct physmap_mpu *mpu,
		      const struct physmap_mpu_plan *plan,
		      struct physmap_mpu_refusal *why)
{
	struct physmap_mpu_set rest = { { 0 } };
	int err;

	mpu->report = (struct physmap_mpu_report) { 0 };
	mpu->count = mpu->hooks->count(mpu);
	if (mpu->count > mpu->format->max_regions)
		mpu->count = mpu->format->max_regions;
	mpu->on = mpu->hooks->is_on(mpu);
	err = check_start(mpu, plan, why);
	if (err)
		return err;
	empty_slots(mpu, plan);
	keep_found(mpu, plan, &rest);
	/* Enables have two names each, PRENR's and PRLAR's: one, then the other. */
	if (!mpu->on) {
		physmap_mpu_disable(mpu, &rest);
		physmap_mpu_sync(mpu);
	}
	shape(mpu, plan);
	if (mpu->on)
		physmap_mpu_sync(mpu);
	else
		turn_on(mpu);
	return 0;
}

static struct physmap_mpu_region finished(const struct physmap_mpu_slot *s)
{
	struct physmap_mpu_region r = s->region;

	r.attrs = s->final;
	return r;
}

/**
 * physmap_mpu_finish() - pass 2: final attributes
 * @mpu: an MPU that was started
 * @why: filled in on an error
 *
 * Called when boot has written what becomes read-only. One store for each
 * region, and one pair of barriers. Sizes stay as they are.
 *
 * Return: 0, or a negative errno; nothing was written then.
 */
int physmap_mpu_finish(struct physmap_mpu *mpu, struct physmap_mpu_refusal *why)
{
	unsigned int n;

	for (n = 0; n < mpu->count; n++) {
		const struct physmap_mpu_want told = physmap_mpu_told(mpu, n);
		const struct physmap_mpu_region to = finished(&mpu->slot[n]);
		int err = 0;

		if (is_early(&mpu->slot[n]))
			err = physmap_mpu_may(mpu, n, &to, &told, why);
		if (err)
			return err;
	}
	for (n = 0; n < mpu->count; n++) {
		const struct physmap_mpu_region to = finished(&mpu->slot[n]);

		if (!is_early(&mpu->slot[n]))
			continue;
		physmap_mpu_put(mpu, n, &to);
		mpu->report.finished++;
	}
	physmap_mpu_sync(mpu);
	return 0;
}

/**
 * physmap_mpu_release_boot() - what only boot needed is given back
 * @mpu: an MPU that was started
 * @why: filled in on an error
 *
 * Called by code that is in none of these regions (MPU-17).
 *
 * Return: 0, or a negative errno; nothing was written then.
 */
int physmap_mpu_release_boot(struct physmap_mpu *mpu,
			     struct physmap_mpu_refusal *why)
{
	const struct physmap_mpu_region none = { 0, 0, 0 };
	struct physmap_mpu_set set = { { 0 } };
	unsigned int n, released = 0;

	for (n = 0; n < mpu->count; n++) {
		const struct physmap_mpu_want told = physmap_mpu_told(mpu, n);
		int err;

		if (!physmap_mpu_enabled(mpu, n) ||
		    mpu->slot[n].life != PHYSMAP_MPU_BOOT_ONLY)
			continue;
		if (mpu->slot[n].references > 1)
			return physmap_mpu_no_slot(mpu, PHYSMAP_MPU_STAYS,
						   &told, n, why);
		err = physmap_mpu_may(mpu, n, &none, &told, why);
		if (err)
			return err;
		physmap_mpu_add(&set, n);
		released++;
	}
	if (!released)
		return 0;
	physmap_mpu_disable(mpu, &set);
	physmap_mpu_sync(mpu);
	mpu->report.released += released;
	return 0;
}

/* Who hears what an audit finds, and how much that was. */
struct audit {
	void (*heard)(void *to, const struct physmap_mpu_finding *f);
	void *to;
	unsigned int findings;
};

static void find(struct audit *a, bool wrong, const char *rule,
		 unsigned int slot, const char *text)
{
	const struct physmap_mpu_finding f = {
		.rule = rule, .slot = slot, .text = text,
	};

	if (!wrong)
		return;
	a->findings++;
	a->heard(a->to, &f);
}

static void audit_copy(struct physmap_mpu *mpu, struct audit *a, unsigned int n,
		       const struct physmap_mpu_region *r)
{
	const struct physmap_mpu_slot *s = &mpu->slot[n];

	find(a, physmap_mpu_enabled(mpu, n) != (r->start != r->end) ||
	     r->start != s->region.start || r->end != s->region.end ||
	     r->attrs != (s->region.attrs & ~PHYSMAP_EARLY),
	     "MPU-13", n, "the software copy says something else than the MPU");
}

static void audit_rights(struct audit *a, unsigned int n,
			 const struct physmap_mpu_region *r)
{
	const u32 wx = PHYSMAP_WRITE | PHYSMAP_EXEC;

	find(a, (r->attrs & wx) == wx, "MPU-14", n,
	     "the region is writable and executable");
	find(a, physmap_mpu_is_device(r->attrs) && (r->attrs & PHYSMAP_EXEC),
	     "MPU-16", n, "code could be fetched from a device");
}

static void audit_overlap(struct physmap_mpu *mpu, struct audit *a,
			  unsigned int n, const struct physmap_mpu_region *r)
{
	struct physmap_mpu_set upwards = { { 0 } };
	unsigned int i;

	for (i = 0; i <= n; i++)
		physmap_mpu_add(&upwards, i);
	find(a, physmap_mpu_meeting(mpu, &upwards, r->start, r->end) <
		mpu->count, "MPU-4", n, "another region has the same addresses");
}

static void audit_uses(struct physmap_mpu *mpu, struct audit *a)
{
	unsigned int i;

	for (i = 0; i < mpu->nr_uses; i++) {
		const struct physmap_mpu_use *u = &mpu->use[i];
		const unsigned int n =
			physmap_mpu_holding(mpu, u->start, u->end);

		find(a, n == mpu->count ||
		     (u->attrs & ~mpu->slot[n].region.attrs), "MPU-7", n,
		     "memory in use has no region that gives what is needed");
	}
}

/**
 * physmap_mpu_audit() - is the MPU what its copy says, and is that right
 * @mpu: an MPU that was started
 * @boot_is_over: nothing may be early or boot-only any more
 * @heard: called for each finding
 * @to: handed to @heard
 *
 * Reads each region back, which changes the selector and nothing else.
 *
 * Return: how many findings.
 */
unsigned int physmap_mpu_audit(struct physmap_mpu *mpu, bool boot_is_over,
			       void (*heard)(void *to,
					     const struct physmap_mpu_finding *f),
			       void *to)
{
	struct audit a = { .heard = heard, .to = to };
	unsigned int n;

	for (n = 0; n < mpu->count; n++) {
		const struct physmap_mpu_region r =
			mpu->format->decode(mpu->hooks->read(mpu, n));
		const struct physmap_mpu_slot *s = &mpu->slot[n];

		audit_copy(mpu, &a, n, &r);
		if (r.start == r.end)
			continue;
		audit_rights(&a, n, &r);
		audit_overlap(mpu, &a, n, &r);
		find(&a, boot_is_over && is_early(s), "MPU-14", n,
		     "boot is over and the region has its early attributes");
		find(&a, boot_is_over && s->life == PHYSMAP_MPU_BOOT_ONLY,
		     "MPU-17", n, "boot is over and its region is still there");
	}
	audit_uses(mpu, &a);
	return a.findings;
}

static void print_slot(struct physmap_out *out, unsigned int n,
		       const struct physmap_mpu_slot *s)
{
	static const char * const lives[PHYSMAP_MPU_LIVES] = {
		"fixed", "boot-only", "switching", "on demand",
	};
	const u32 attrs = s->region.attrs;

	physmap_print(out, "mpu: %3u [%#llx, %#llx) r%c%c%c type %u",
		      n, (unsigned long long)s->region.start,
		      (unsigned long long)s->region.end,
		      attrs & PHYSMAP_WRITE ? 'w' : '-',
		      attrs & PHYSMAP_EXEC ? 'x' : '-',
		      attrs & PHYSMAP_USER ? 'u' : '-',
		      (attrs & PHYSMAP_MEMTYPE_MASK) >> PHYSMAP_MEMTYPE_SHIFT);
	physmap_print(out, " %s, %s, %u references\n", s->name, lives[s->life],
		      s->references);
}

/* One word of a line of figures. */
static void print_figure(struct physmap_out *out, u64 figure, const char *what)
{
	physmap_print(out, " %llu %s", (unsigned long long)figure, what);
}

/**
 * physmap_mpu_print() - the regions as they are, and what was done
 * @out: where to
 * @mpu: an MPU that was started
 */
void physmap_mpu_print(struct physmap_out *out, const struct physmap_mpu *mpu)
{
	const struct physmap_mpu_report *r = &mpu->report;
	unsigned int n;

	for (n = 0; n < mpu->count; n++)
		if (physmap_mpu_enabled(mpu, n))
			print_slot(out, n, &mpu->slot[n]);
	physmap_print(out, "mpu: boot:");
	print_figure(out, r->kept, "kept,");
	print_figure(out, r->early, "early,");
	print_figure(out, r->final, "final;");
	print_figure(out, r->finished, "finished,");
	print_figure(out, r->released, "released\n");
	physmap_print(out, "mpu: later:");
	print_figure(out, r->mapped, "mapped,");
	print_figure(out, r->shared, "shared,");
	print_figure(out, r->unmapped, "unmapped,");
	print_figure(out, r->splits, "splits,");
	print_figure(out, r->joins, "joins,");
	print_figure(out, r->switches, "switches,");
	print_figure(out, r->refused, "refused\n");
	physmap_print(out, "mpu:");
	print_figure(out, r->stores, "stores,");
	print_figure(out, r->syncs, "pairs of barriers\n");
}
