// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replays a trace through the judges that also sit over the simulated
 * machines, and tells what they find: event, kind, address, rule, one
 * sentence. It decides nothing itself but whether there was enough to judge.
 */
#include "judge.h"
#include "tool.h"

struct check {
	struct judge judge;
	const char *path;
	unsigned int most;
	unsigned int pass;
	u64 builds;
	u64 flushes;
	u64 hypercalls;
	u64 tables;
	u64 leaves;
};

static void describe_x86(struct judge_machine *to, unsigned int features)
{
	to->nx = features & PHYSMAP_TRACE_NX;
	to->pse = features & PHYSMAP_TRACE_PSE;
	to->gbpages = features & PHYSMAP_TRACE_GBPAGES;
	to->pge = features & PHYSMAP_TRACE_PGE;
	to->pcid = features & PHYSMAP_TRACE_PCID;
	to->erratum_383 = features & PHYSMAP_TRACE_ERRATUM_383;
	to->itlb_multihit = features & PHYSMAP_TRACE_ITLB_MULTIHIT;
	to->xen = features & PHYSMAP_TRACE_XEN;
	to->xen_io = features & PHYSMAP_TRACE_XEN_IO;
}

static void describe_arm64(struct judge_machine *to, unsigned int features)
{
	to->arch = JUDGE_ARM64;
	to->nx = true;
	to->lpa2 = features & PHYSMAP_TRACE_LPA2;
	to->el2 = features & PHYSMAP_TRACE_EL2;
	to->pcid = !to->el2;
	to->bbm = (features & PHYSMAP_TRACE_BBM1 ? 1 : 0) +
		  (features & PHYSMAP_TRACE_BBM2 ? 2 : 0);
}

static void describe(struct judge_machine *to,
		     const struct physmap_trace_machine *from)
{
	unsigned int i;

	*to = (struct judge_machine) {
		.levels = from->levels,
		.entry_size = from->entry_size,
		.pa_bits = from->pa_bits,
		.cpus = from->cpus < JUDGE_CPUS ? from->cpus : JUDGE_CPUS,
		.encrypt = from->encrypt,
	};
	if (from->arch == PHYSMAP_TRACE_ARM64)
		describe_arm64(to, from->features);
	else
		describe_x86(to, from->features);
	for (i = 0; i < from->levels; i++) {
		to->level[i].shift = from->level[i].shift;
		to->level[i].bits = from->level[i].bits;
	}
}

static void hear(struct judge *j, const struct judge_violation *v)
{
	struct check *c = j->context;

	if (c->most && j->violations > c->most)
		return;
	printf("%s: event %llu %s at %#llx: %s: %s\n", c->path, v->number,
	       event_name(&v->event), v->va, v->rule, v->text);
}

/* Pass 2, and whoever makes a page read-only, writes again what is there. */
static void count_leaves(struct check *c, const struct physmap_event *e)
{
	const struct judge_format *format = c->judge.format;
	unsigned int i;

	if (c->pass != PHYSMAP_PASS_SHAPE || e->result ||
	    !(e->value & format->present) || !format->leaf(e->level, e->value))
		return;
	for (i = 0; i < e->count; i++)
		if (!(judge_load(&c->judge, e->table, e->index + i) &
		      format->present))
			c->leaves++;
}

static void count(struct check *c, const struct physmap_event *e)
{
	const bool xen = c->judge.machine.xen;

	switch (e->kind) {
	case PHYSMAP_EVENT_BUILD:
		c->builds++;
		break;
	case PHYSMAP_EVENT_PASS:
		c->pass = e->detail;
		break;
	case PHYSMAP_EVENT_PAGE:
		c->tables++;
		break;
	case PHYSMAP_EVENT_FLUSH:
		c->flushes++;
		c->hypercalls += xen;
		break;
	case PHYSMAP_EVENT_UPDATE_VA:
		c->hypercalls++;
		break;
	case PHYSMAP_EVENT_PIN:
		c->hypercalls += e->detail & PHYSMAP_UPDATE_FIRST;
		break;
	case PHYSMAP_EVENT_MMU_UPDATE:
		c->hypercalls += e->detail & PHYSMAP_UPDATE_FIRST;
		count_leaves(c, e);
		break;
	case PHYSMAP_EVENT_STORE:
		count_leaves(c, e);
		break;
	default:
		break;
	}
}

/* A trace that cannot be judged to its end is not clean. */
static enum tool_status conclude(struct check *c, const struct trace *t)
{
	const u64 found = c->judge.violations;

	if (found > c->most && c->most)
		printf("%s: and %llu more violations; --most 0 tells all\n",
		       c->path, found - c->most);
	if (found)
		return TOOL_VIOLATIONS;
	if (!c->builds)
		return unusable(c->path, "no build is in it: was the kernel booted with physmap=off?");
	printf("%s: clean: %llu events, %llu builds, %llu flushes, %llu hypercalls, %llu tables, %llu leaves\n",
	       c->path, t->number, c->builds, c->flushes, c->hypercalls,
	       c->tables, c->leaves);
	return TOOL_CLEAN;
}

static enum tool_status replay(struct check *c, struct trace *t)
{
	struct judge *j = &c->judge;
	struct judge_machine machine;
	struct physmap_event e;
	enum trace_read read;

	describe(&machine, &t->machine);
	judge_start(j, &machine);
	j->heard = hear;
	j->context = c;
	while ((read = trace_next(t, &e)) == TRACE_EVENT) {
		count(c, &e);
		j->recorder.event(&j->recorder, &e);
	}
	if (read == TRACE_BAD)
		return unusable(c->path, "%s", t->error);
	judge_finish(j);
	return conclude(c, t);
}

/**
 * check_file() - replay a trace and tell what is wrong
 * @path: file
 * @o: options
 *
 * Return: how it went.
 */
enum tool_status check_file(const char *path, const struct tool_options *o)
{
	struct check c = { .path = path, .most = o->most };
	enum tool_status status;
	struct trace t;

	if (!trace_open(&t, path)) {
		status = unusable(path, "%s", t.error);
	} else if (t.extent.lost) {
		status = unusable(path, "%llu events were lost, so it cannot be judged: make CONFIG_PHYSMAP_TRACE_KB larger",
				  t.extent.lost);
	} else {
		status = replay(&c, &t);
		judge_stop(&c.judge);
	}
	trace_close(&t);
	return status;
}
