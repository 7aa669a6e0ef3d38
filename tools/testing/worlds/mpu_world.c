// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays a life of an MPU: the engine on the simulated registers, whose model
 * judges every access, beside the specification, which says what must have been
 * answered and what must be mapped after every act. What was refused must have
 * changed nothing.
 */
#include <stdio.h>
#include <string.h>
#include "mpu_world.h"

/* The first thing that is wrong is kept; there is one world at a time. */
static struct model_mpu m;
static struct physmap_mpu *const mpu = &m.pmsav8.mpu;
static struct mpu_spec spec;
static struct physmap_mpu_plan plan;
static struct physmap_mpu_refusal why;
static struct mpu_result *told;

static struct physmap_mpu_slot copy[PHYSMAP_MPU_MAX];
static u64 writes;
static struct physmap_mpu_report done;	/* since it was started */
static bool found_right[MPU_WANTS];	/* planned regions, by position */

__printf(2, 3)
static void fail(const char *rule, const char *fmt, ...)
{
	va_list args;

	if (told->failed)
		return;
	told->failed = true;
	snprintf(told->rule, sizeof(told->rule), "%s", rule);
	va_start(args, fmt);
	vsnprintf(told->text, sizeof(told->text), fmt, args);
	va_end(args);
}

static void heard(struct model_mpu *model,
		  const struct model_mpu_violation *v)
{
	fail(v->rule, "%s", v->text);
}

static void audit_heard(void *to, const struct physmap_mpu_finding *f)
{
	fail(f->rule, "the audit: region %u: %s", f->slot, f->text);
}

/* Is the MPU what the specification says? */

static void check_copy(void)
{
	unsigned int i;

	if (mpu->on != model_mpu_on(&m))
		fail("MPU-13", "the MPU is %s, and the copy says otherwise",
		     mpu->on ? "off" : "on");
	for (i = 0; i < spec.parts; i++) {
		const struct mpu_part *p = &spec.part[i];

		if (!mpu->slot[p->slot].name[0])
			fail("MPU-13", "region %u has no name", p->slot);
		if (mpu->slot[p->slot].references != p->references)
			fail("MPU-13", "region %u was asked for %u times, and the copy says %u",
			     p->slot, p->references,
			     mpu->slot[p->slot].references);
	}
	for (i = 0; i < spec.count; i++)
		if (mpu->slot[i].reserved != spec.reserved[i])
			fail("MPU-13", "region %u is %sset aside, and the copy says otherwise",
			     i, spec.reserved[i] ? "" : "not ");
}

/* The report counts what was done, and what the registers have seen. */
static void check_report(void)
{
	const struct physmap_mpu_report *r = &mpu->report;

	done.stores = m.stores;
	done.syncs = m.dsbs;
	if (memcmp(r, &done, sizeof(done)))
		fail("SPEC", "what is reported is not what was done: %llu stores of %llu, %llu barriers of %llu, %llu refusals of %llu, ...",
		     r->stores, done.stores, r->syncs, done.syncs, r->refused,
		     done.refused);
}

/* An act was done: how much of it counts? */
static void count_act(enum mpu_act act, const struct mpu_spec *after)
{
	const bool same = after->parts == spec.parts;
	unsigned int i, early = 0, boot = 0, pieces = 0;

	for (i = 0; i < spec.parts; i++) {
		early += spec.part[i].early;
		boot += spec.part[i].life == PHYSMAP_MPU_BOOT_ONLY;
		pieces += !!spec.part[i].over;
	}
	for (i = 0; i < after->parts; i++)
		pieces -= !!after->part[i].over;
	done.finished += act == MPU_FINISH ? early : 0;
	done.released += act == MPU_RELEASE ? boot : 0;
	done.mapped += act == MPU_MAP && !same;
	done.shared += act == MPU_MAP && same;
	/* A piece that fills a hole between pieces leaves as many parts. */
	done.unmapped += act == MPU_UNMAP && (!same || pieces);
	done.joins += act == MPU_UNMAP && pieces;
	done.splits += act == MPU_CARVE;
	done.switches += act == MPU_SWITCH;
}

/* Where no number is promised the one that it has is taken. */
static void look_up_number(struct mpu_part *p)
{
	unsigned int n;

	for (n = 0; p->slot == MPU_SPEC_UNKNOWN && n < spec.count; n++)
		if (model_mpu_matches(model_mpu_now(&m, n), p->start))
			p->slot = n;
	if (p->slot == MPU_SPEC_UNKNOWN) {
		fail("MPU-7", "what was cut up is not mapped at %#llx",
		     p->start);
		p->slot = 0;
	}
}

static void check_mapped(void)
{
	static struct model_mpu_wanted wanted[MPU_SPEC_PARTS];
	unsigned int i;

	for (i = 0; i < spec.parts; i++) {
		struct mpu_part *p = &spec.part[i];

		look_up_number(p);
		wanted[i] = (struct model_mpu_wanted) {
			.name = "a range", .start = p->start, .end = p->end,
			.attrs = p->now, .slot = p->slot,
		};
	}
	model_mpu_done(&m);
	model_mpu_compare(&m, wanted, spec.parts);
	model_mpu_compare_copy(&m);
	check_copy();
	physmap_mpu_audit(mpu, false, audit_heard, NULL);
}

/* Answers */

static void remember(void)
{
	writes = m.writes;
	memcpy(copy, mpu->slot, sizeof(copy));
}

static void check_refusal(u32 wrong)
{
	told->refused++;
	done.refused++;
	if (!wrong)
		fail("SPEC", "refused (%s: %s), and nothing is wrong",
		     why.rule, why.what);
	else if (!(wrong & 1u << why.reason))
		fail("SPEC", "refused for something else than what is wrong: %s: %s",
		     why.rule, why.what);
	else if (m.writes != writes)
		fail("SPEC", "refused (%s), and registers were written",
		     why.rule);
	else if (memcmp(copy, mpu->slot, sizeof(copy)))
		fail("SPEC", "refused (%s), and the copy has changed",
		     why.rule);
	else if (!why.rule[0] || !why.what[0] || !why.asked.name)
		fail("SPEC", "refused, and no word says why");
}

/* An act is over; if it was done the MPU must be as in @after. */
static bool answered(int err, u32 wrong, const struct mpu_spec *after)
{
	told->acts++;
	if (err) {
		check_refusal(wrong);
	} else if (wrong) {
		fail("SPEC", "done, and it had to be refused (reasons %#x)",
		     wrong);
	} else {
		spec = *after;
		check_mapped();
	}
	check_report();
	return !err && !told->failed;
}

/* Boot */

static void start_machine(const struct mpu_scene *scene)
{
	unsigned int i;

	memset(found_right, 0, sizeof(found_right));
	model_mpu_start(&m, &scene->config);
	m.heard = heard;
	mpu->format = scene->config.wide ? &physmap_pmsav8_64 :
					   &physmap_pmsav8_32;
	mpu->hooks = &physmap_pmsav8_hooks;
	mpu->use = scene->use;
	mpu->nr_uses = scene->uses;
	for (i = 0; i < scene->uses; i++) {
		const struct physmap_mpu_use *u = &scene->use[i];

		model_mpu_use(&m, u->name, u->start, u->end, u->attrs);
		if (u->attrs & PHYSMAP_WRITE)
			model_mpu_copy(&m, u->start, u->end);
	}
	model_mpu_copy(&m, (uintptr_t)mpu, (uintptr_t)mpu + sizeof(*mpu));
	spec = (struct mpu_spec) {
		.granule = 64,
		.limit = 1ULL << (scene->config.wide ? 48 : 32),
		.count = scene->config.count,
		.uses = scene->uses,
	};
	memcpy(spec.use, scene->use, sizeof(spec.use));
}

/* What is set aside is as much as was asked for, and nothing fixed. */
static void check_set_aside(const struct mpu_scene *scene)
{
	unsigned int i, n = 0, asked = 0;

	for (i = 0; i < scene->req.nr_wants; i++)
		asked += scene->want[i].life == PHYSMAP_MPU_SWITCHING;
	if (asked < scene->req.switching)
		asked = scene->req.switching;
	for (i = 0; i < plan.count; i++)
		n += plan.switching[i / 32] >> i % 32 & 1;
	if (n != asked)
		fail("MPU-17", "%u regions are set aside for contexts, and %u were asked for",
		     n, asked);
	for (i = 0; i < plan.nr_planned; i++) {
		const struct physmap_mpu_planned *p = &plan.planned[i];

		if (p->life == PHYSMAP_MPU_FIXED &&
		    plan.switching[p->slot / 32] >> p->slot % 32 & 1)
			fail("MPU-17", "region %u is fixed, and set aside",
			     p->slot);
	}
}

static bool make_plan(const struct mpu_scene *scene)
{
	const unsigned int more = scene->entry == MPU_FEWER;
	struct mpu_spec planned_for = spec;
	u32 wrong;
	int err;

	planned_for.count += more;
	wrong = mpu_spec_plan(&planned_for, &scene->req);
	err = physmap_mpu_plan(mpu->format, planned_for.count, &scene->req,
			       &plan, &why);
	remember();
	if (err)
		check_refusal(wrong);
	else if (wrong)
		fail("SPEC", "planned, and it had to be refused (reasons %#x)",
		     wrong);
	else
		check_set_aside(scene);
	return !err && !told->failed;
}

static bool holds_use(const struct mpu_scene *scene,
		      const struct physmap_mpu_region *r)
{
	unsigned int i;

	for (i = 0; i < scene->uses; i++)
		if (scene->use[i].start < r->end && r->start < scene->use[i].end)
			return true;
	return false;
}

/*
 * Regions that something before has made. Where the MPU is off some are not as
 * planned; where it is on, what is in use has its region.
 */
static void leave_regions(const struct mpu_scene *scene, bool on)
{
	unsigned int i;

	for (i = 0; i < plan.nr_planned; i++) {
		const struct physmap_mpu_planned *p = &plan.planned[i];
		const struct physmap_mpu_words w =
			mpu->format->encode(&p->early);
		const bool wrong = !on && i % 3 == 1;

		if (!(scene->found >> i & 1) &&
		    !(on && holds_use(scene, &p->early)))
			continue;
		model_mpu_put(&m, p->slot, w.base,
			      w.limit ^ (wrong ? 0x40 : 0));
		found_right[i] = !wrong;
	}
}

static u32 enter(const struct mpu_scene *scene)
{
	unsigned int n = m.config.count;

	switch (scene->entry) {
	case MPU_OFF_USED:
		leave_regions(scene, false);
		return 0;
	case MPU_OFF_CACHES:
		m.sctlr |= MODEL_MPU_C;
		return WRONG(WRONG_STATE);
	case MPU_FEWER:
		return WRONG(WRONG_STATE);
	case MPU_ON:
	case MPU_ON_FOREIGN:
	case MPU_ON_BACKGROUND:
		leave_regions(scene, true);
		m.mair = 0x040044ff;
		m.mair_written = true;
		m.sctlr = MODEL_MPU_M | MODEL_MPU_C;
		break;
	default:
		return 0;
	}
	if (scene->entry == MPU_ON)
		return 0;
	if (scene->entry == MPU_ON_BACKGROUND) {
		m.sctlr |= MODEL_MPU_BR;
		return WRONG(WRONG_STATE);
	}
	while (n-- && model_mpu_now(&m, n)->enabled)
		;
	if (n >= m.config.count)
		return 0;
	model_mpu_put(&m, n, scene->base, (scene->base + 0x40) | 1);
	return WRONG(STAYS);
}

/* The ranges as they were asked for, before any was made one with another. */
static void check_as_asked(const struct mpu_scene *scene)
{
	static struct model_mpu_wanted wanted[MPU_WANTS];
	unsigned int i, n = 0;

	for (i = 0; i < scene->req.nr_wants; i++) {
		const struct physmap_mpu_want *w = &scene->want[i];

		if (w->life != PHYSMAP_MPU_ON_DEMAND)
			wanted[n++] = (struct model_mpu_wanted) {
				.name = w->name, .start = w->start,
				.end = w->end, .attrs = w->early,
				.slot = w->slot < PHYSMAP_MPU_LOWEST ?
					w->slot : MODEL_MPU_ANY,
			};
	}
	model_mpu_compare(&m, wanted, n);
}

/* Of what was found as planned nothing was made. */
static void count_start(void)
{
	unsigned int i;

	for (i = 0; i < plan.nr_planned; i++) {
		const struct physmap_mpu_planned *p = &plan.planned[i];

		if (found_right[i])
			done.kept++;
		else if (p->early.attrs == p->final)
			done.final++;
		else
			done.early++;
	}
}

static bool boot(const struct mpu_scene *scene)
{
	struct mpu_spec after;
	u32 wrong;
	int err;

	if (!make_plan(scene))
		return false;
	wrong = enter(scene);
	if (!plan.nr_planned)
		wrong |= WRONG(WRONG_STATE);
	after = spec;
	wrong |= mpu_spec_start(&after, &plan);
	remember();
	done = (struct physmap_mpu_report) { .refused = 0 };
	err = physmap_mpu_start(mpu, &plan, &why);
	if (!err)
		count_start();
	if (!answered(err, wrong, &after))
		return false;
	check_as_asked(scene);
	return true;
}

/* Acts */

static u32 specify(struct mpu_spec *after, const struct mpu_step *t)
{
	switch (t->act) {
	case MPU_FINISH:
		return mpu_spec_finish(after);
	case MPU_RELEASE:
		return mpu_spec_release(after);
	case MPU_MAP:
		return mpu_spec_map(after, &t->want);
	case MPU_UNMAP:
		return mpu_spec_unmap(after, t->from, t->to);
	case MPU_CARVE:
		return mpu_spec_carve(after, &t->want);
	case MPU_RESTRICT:
		return mpu_spec_restrict(after, t->from, t->to, t->take);
	case MPU_BORDER:
		return mpu_spec_border(after, t->from, t->to);
	case MPU_MOVE:
		return mpu_spec_move(after, t->from, t->to);
	default:
		return mpu_spec_switch(after, t->context, t->nr);
	}
}

static int act(const struct mpu_step *t, unsigned int *slot)
{
	switch (t->act) {
	case MPU_FINISH:
		return physmap_mpu_finish(mpu, &why);
	case MPU_RELEASE:
		return physmap_mpu_release_boot(mpu, &why);
	case MPU_MAP:
		return physmap_mpu_map(mpu, &t->want, slot, &why);
	case MPU_UNMAP:
		return physmap_mpu_unmap(mpu, t->from, t->to, &why);
	case MPU_CARVE:
		return physmap_mpu_carve(mpu, &t->want, slot, &why);
	case MPU_RESTRICT:
		return physmap_mpu_restrict(mpu, t->from, t->to, t->take,
					    &why);
	case MPU_BORDER:
		return physmap_mpu_move_border(mpu, t->from, t->to, &why);
	case MPU_MOVE:
		return physmap_mpu_move(mpu, t->from, t->to, &why);
	default:
		return physmap_mpu_switch(mpu, t->context, t->nr, &why);
	}
}

/* A refusal names what was asked for. */
static void check_asked(const struct mpu_step *t)
{
	u64 start = t->from, end = t->to;

	if (t->act == MPU_MAP || t->act == MPU_CARVE) {
		start = t->want.start;
		end = t->want.end;
	} else if (t->act == MPU_BORDER && t->to < t->from) {
		start = t->to;
		end = t->from;
	} else if (t->act == MPU_MOVE) {
		if (why.asked.slot != t->to)
			fail("SPEC", "refused, and it is said that region %u was asked for",
			     why.asked.slot);
		return;
	} else if (t->act != MPU_UNMAP && t->act != MPU_RESTRICT &&
		   t->act != MPU_BORDER) {
		return;
	}
	if (why.asked.start != start || why.asked.end != end)
		fail("SPEC", "refused, and it is said that %#llx to %#llx was asked for",
		     why.asked.start, why.asked.end);
}

static void play_step(const struct mpu_step *t)
{
	struct mpu_spec after = spec;
	const u32 wrong = specify(&after, t);
	unsigned int slot = MPU_SPEC_UNKNOWN;
	int err;

	remember();
	err = act(t, &slot);
	if (err)
		check_asked(t);
	else
		count_act(t->act, &after);
	if (!answered(err, wrong, &after))
		return;
	if ((t->act == MPU_MAP || t->act == MPU_CARVE) &&
	    (slot >= spec.count ||
	     !model_mpu_matches(model_mpu_now(&m, slot), t->want.start)))
		fail("SPEC", "it is said to be in region %u, and is not there",
		     slot);
}

/**
 * mpu_play() - live a life
 * @scene: machine, request and acts
 * @draw: so many acts are drawn now, and put into @scene; 0: those that it has
 *	are done
 * @result: what came of it
 */
void mpu_play(struct mpu_scene *scene, unsigned int draw,
	      struct mpu_result *result)
{
	unsigned int i;

	*result = (struct mpu_result) { .failed = false };
	told = result;
	scene->req.wants = scene->want;
	if (draw)
		scene->steps = 0;
	start_machine(scene);
	if (boot(scene)) {
		for (i = 0; i < (draw ? draw : scene->steps); i++) {
			if (draw)
				mpu_draw_step(scene, &spec,
					      &scene->step[scene->steps++]);
			play_step(&scene->step[i]);
			result->step = i + 1;
			if (result->failed)
				break;
		}
	}
	result->operations = m.operations;
}
