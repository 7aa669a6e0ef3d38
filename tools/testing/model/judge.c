// SPDX-License-Identifier: GPL-2.0-only
/*
 * The judge proper: takes events one by one, lets tables, TLB and Xen follow,
 * and looks at what must hold between them. It writes to its own memory only.
 * PHYSMAP-1 to -3 are the project's own promises (Documentation/rules.rst).
 */
#include <linux/container_of.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "judge.h"

static void judge_event(struct physmap_recorder *recorder,
			const struct physmap_event *e);

/* Ready for events; the first should be the tables as they are. */
void judge_start(struct judge *j, const struct judge_machine *machine)
{
	*j = (struct judge) {
		.recorder.event = judge_event,
		.machine = *machine,
		.format = machine->arch == JUDGE_ARM64 ? &judge_format_arm64 :
							 &judge_format_x86,
	};
	j->tables = judge_tables_start(j);
	j->tlb = judge_tlb_start(j);
	j->groups = judge_groups_start();
	if (machine->xen)
		j->xen = judge_xen_start(j);
}

void judge_stop(struct judge *j)
{
	if (j->xen)
		judge_xen_stop(j->xen);
	judge_groups_stop(j->groups);
	judge_tlb_stop(j->tlb);
	judge_tables_stop(j->tables);
	j->xen = NULL;
	j->groups = NULL;
	j->tlb = NULL;
	j->tables = NULL;
}

/* Is hardware walking the map now? Between builds it is taken to be. */
bool judge_live(const struct judge *j)
{
	return !j->build.kind || (j->build.detail & PHYSMAP_BUILD_LIVE);
}

/*
 * Does it matter what may be cached? On x86 a map that is not live is judged
 * as if it were; on arm64 no rule is about such a map.
 */
bool judge_walked(const struct judge *j)
{
	return !j->format->barriers || judge_live(j);
}

const char *judge_rule(const struct judge *j, enum judge_finding finding)
{
	return j->format->rules[finding];
}

void judge_violate(struct judge *j, const char *rule, u64 va,
		   const char *fmt, ...)
{
	struct judge_violation v = {
		.rule = rule,
		.number = j->events,
		.event = j->event,
		.va = va,
	};
	va_list args;

	va_start(args, fmt);
	vsnprintf(v.text, sizeof(v.text), fmt, args);
	va_end(args);
	if (!j->violations++)
		j->first = v;
	if (j->heard)
		j->heard(j, &v);
}

/* What may be cached is known anew, and every store is visible. */
static void settled(struct judge *j)
{
	judge_tlb_forget(j);
	j->visible = j->events;
}

/*
 * Between builds nobody walks a map that is not live, and when it goes live a
 * CR3 load, or a TTBR switch, drops all. A caller who is to flush has done so
 * before the next.
 */
static void build_begins(struct judge *j, const struct physmap_event *e)
{
	const bool caller = j->build.detail & PHYSMAP_BUILD_CALLER_FLUSHES;
	const bool was_live = j->build.detail & PHYSMAP_BUILD_LIVE;

	if (e->value - 1 < e->va)
		judge_violate(j, "PHYSMAP-1", e->va,
			      "the build is of no address at all");
	if (caller || !was_live || !(e->detail & PHYSMAP_BUILD_LIVE))
		settled(j);
	j->build = *e;
	j->pass = 0;
	j->shaped = false;
	j->refused = 0;
	j->builds++;
}

static void pass_begins(struct judge *j, const struct physmap_event *e)
{
	j->pass = e->detail;
	if (e->detail != PHYSMAP_PASS_SHAPE)
		return;
	j->shaped = true;
	j->flushed = false;
}

static void is_final(struct judge *j, const struct judge_leaf *leaf)
{
	const u32 wx = JUDGE_WRITE | JUDGE_EXEC;

	if (!judge_made(j, leaf))
		return;
	if (!j->machine.xen && leaf->frame != leaf->va - j->offset)
		judge_violate(j, "PHYSMAP-2", leaf->va,
			      "the build maps %#llx here, not the address's own frame",
			      (unsigned long long)leaf->frame);
	if (j->machine.nx && (leaf->attrs & wx) == wx &&
	    judge_made(j, leaf) != JUDGE_MADE_EXEC)
		judge_violate(j, "PHYSMAP-3", leaf->va,
			      "the build is over and the new leaf is writable and executable");
}

static void build_ends(struct judge *j, const struct physmap_event *e)
{
	const bool ours = !(j->build.detail & PHYSMAP_BUILD_CALLER_FLUSHES);

	if (!j->build.kind) {
		judge_violate(j, "PHYSMAP-1", 0,
			      "a build ends that never began");
		return;
	}
	if (j->xen)
		judge_xen_done(j, e);
	judge_groups_deadline(j);
	if (!e->result && j->build.value - 1 >= j->build.va) {
		judge_each_leaf(j, j->build.va, j->build.value - 1, is_final);
		if (ours && judge_live(j))
			judge_tlb_deadline(j);
	}
	j->build.kind = 0;
	j->pass = 0;
}

static void tables_are(struct judge *j, const struct physmap_event *e)
{
	j->root = e->table;
	j->offset = e->va;
	judge_tables_root(j, e->table, e->value);
	judge_groups_forget(j);
	settled(j);
}

static void found(struct judge *j, const struct physmap_event *e)
{
	unsigned int i;

	for (i = 0; i < e->count; i++)
		judge_found(j, e->table, e->index + i, e->value + i * e->step);
}

static void partly(struct judge *j, const struct physmap_event *e)
{
	if (e->detail < j->machine.entry_size && judge_is_table(j, e->table))
		judge_violate(j, judge_rule(j, JUDGE_HALF_STORE), e->va,
			      "%u of %u bytes of a live entry were written: hardware may see half of it",
			      e->detail, j->machine.entry_size);
}

static void stored(struct judge *j, const struct physmap_event *e)
{
	unsigned int i;

	partly(j, e);
	for (i = 0; i < e->count; i++) {
		const unsigned int slot = e->index + i;
		u64 raw = e->value + i * e->step;

		if (e->kind == PHYSMAP_EVENT_CHANGE)
			raw = (judge_load(j, e->table, slot) & ~e->step) |
			      e->value;
		judge_store(j, e->table, slot, raw);
	}
	judge_groups_event(j);
}

static void flushed(struct judge *j, const struct physmap_event *e)
{
	if (e->result)
		return;
	j->flushes++;
	j->flushed = true;
	judge_tlb_flush(j, e->detail, e->va);
}

static void summed(struct judge *j, const struct physmap_event *e)
{
	if (e->step - 1 < e->va || judge_sum(j, e->va, e->step - 1) != e->value)
		judge_violate(j, "PHYSMAP-1", e->va,
			      "memory does not hold what the events say: something was written and not recorded");
}

static void shaped(struct judge *j)
{
	if (j->pass == PHYSMAP_PASS_SHAPE)
		j->flushed = false;
}

/* What Xen has to look at before anything else happens. */
static void xen_looks(struct judge *j, const struct physmap_event *e)
{
	if (!j->xen_ready && e->kind != PHYSMAP_EVENT_ROOT &&
	    e->kind != PHYSMAP_EVENT_FOUND) {
		j->xen_ready = true;
		judge_xen_found(j, j->root);
	}
}

static void judge_event(struct physmap_recorder *recorder,
			const struct physmap_event *e)
{
	struct judge *j = container_of(recorder, struct judge, recorder);

	j->event = *e;
	j->events++;
	if (j->xen)
		xen_looks(j, e);
	switch (e->kind) {
	case PHYSMAP_EVENT_BUILD:
		build_begins(j, e);
		break;
	case PHYSMAP_EVENT_PASS:
		pass_begins(j, e);
		break;
	case PHYSMAP_EVENT_DONE:
		build_ends(j, e);
		break;
	case PHYSMAP_EVENT_ROOT:
		tables_are(j, e);
		j->xen_ready = false;
		break;
	case PHYSMAP_EVENT_FOUND:
		found(j, e);
		break;
	case PHYSMAP_EVENT_PAGE:
		judge_tables_taken(j, e->table);
		break;
	case PHYSMAP_EVENT_STORE:
	case PHYSMAP_EVENT_CHANGE:
		shaped(j);
		if (j->xen)
			judge_xen_event(j, e);
		else
			stored(j, e);
		break;
	case PHYSMAP_EVENT_MMU_UPDATE:
	case PHYSMAP_EVENT_UPDATE_VA:
	case PHYSMAP_EVENT_PIN:
		shaped(j);
		if (j->xen)
			judge_xen_event(j, e);
		else
			judge_violate(j, "PHYSMAP-1", e->va,
				      "a hypercall, and there is no hypervisor");
		break;
	case PHYSMAP_EVENT_FLUSH:
		flushed(j, e);
		break;
	case PHYSMAP_EVENT_SUM:
		summed(j, e);
		break;
	case PHYSMAP_EVENT_BARRIER:
		judge_tlb_barrier(j, e->detail);
		break;
	case PHYSMAP_EVENT_KINDS:
		break;
	}
}

/* No more events: what a caller was to flush is taken to be flushed. */
void judge_finish(struct judge *j)
{
	if (j->build.kind)
		judge_violate(j, "PHYSMAP-1", j->build.va,
			      "the events end in the middle of a build");
}
