// SPDX-License-Identifier: GPL-2.0-only
/*
 * The judge of hypercalls and stores of a Xen PV guest: a struct xen_domain
 * over the judge's own tables says what Xen answers and what it makes of an
 * entry; on top of that come the things that Xen allows and a builder must
 * not do. Writes to the judge's memory only, through judge_store().
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "judge_xen.h"
#include "xen_domain.h"

/* The first MiB is I/O to Xen, whatever it is made of. */
#define IO_MFNS		0x100ULL
/* XENPV-21: what pass 2 may change. A and D are the processor's. */
#define PASS_2		(XEN_NX | XEN_AVAIL | XEN_AVAIL_HIGH | XEN_A | XEN_D)
#define XENS_BITS	(XEN_USER | XEN_KERNEL)	/* XENPV-15 */

/* Something that Xen refused and that has not been done since. */
struct pending {
	enum physmap_event_kind kind;
	u64 where;
};

/**
 * struct judge_xen - Xen
 * @domain: the guest, as Xen sees it
 * @guest: what a simulation has told
 * @dry: only the answer is wanted: nothing is stored
 * @pending: refused and not retried (XENPV-31)
 * @n_pending: how many
 */
struct judge_xen {
	struct xen_domain domain;
	struct judge_xen_guest guest;
	bool dry;
	struct pending *pending;
	unsigned int n_pending;
};

/**
 * struct act - one entry that is written, by whatever means
 * @kind: STORE, MMU_UPDATE or UPDATE_VA
 * @mfn: the table, or the page that is to become one
 * @index: slot
 * @level: 1 to 4, as Xen numbers them
 * @va: what the slot translates, as the event says
 * @old: entry
 * @new: entry, as the guest gave it
 * @typed: Xen knows the page as a table
 */
struct act {
	enum physmap_event_kind kind;
	u64 mfn;
	unsigned int index;
	unsigned int level;
	u64 va;
	u64 old;
	u64 new;
	bool typed;
};

/* The domain's machine is the judge's memory */

static u64 domain_load(void *context, u64 mfn, unsigned int index)
{
	return judge_load(context, mfn << 12, index);
}

static bool domain_store(void *context, u64 mfn, unsigned int index, u64 raw)
{
	struct judge *j = context;

	if (j->xen->dry)
		return false;
	judge_store(j, mfn << 12, index, raw);
	return true;
}

static enum xen_owner domain_owner(void *context, u64 mfn)
{
	const struct judge_xen_guest *guest = &((struct judge *)context)->xen->guest;

	if (guest->owner)
		return guest->owner(guest->context, mfn);
	return mfn < IO_MFNS ? XEN_OWNER_IO : XEN_OWNER_GUEST;
}

static void domain_begin(struct judge *j, struct judge_xen *xen)
{
	const struct xen_config config = {
		.nx = j->machine.nx,
		.io = j->machine.xen_io,
	};
	const struct xen_memory memory = {
		.load = domain_load,
		.store = domain_store,
		.owner = domain_owner,
		.context = j,
	};

	xen_domain_start(&xen->domain, &config, &memory);
}

struct judge_xen *judge_xen_start(struct judge *j)
{
	struct judge_xen *xen = calloc(1, sizeof(*xen));

	domain_begin(j, xen);
	return xen;
}

void judge_xen_stop(struct judge_xen *xen)
{
	xen_domain_stop(&xen->domain);
	free(xen->pending);
	free(xen);
}

/**
 * judge_xen_guest() - tell which frames the guest has
 * @j: judge of a Xen PV guest, before its first event
 * @guest: see there; copied
 */
void judge_xen_guest(struct judge *j, const struct judge_xen_guest *guest)
{
	j->xen->guest = *guest;
}

/* What is reported when Xen refuses: a link's cause may lie below it. */
static const char *rule_of(const struct xen_refusal *why)
{
	static const char *const types[] = { "XENPV-2", "XENPV-3", "XENPV-4" };
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(why->rule, types[i]))
			return types[i];
	return why->validating ? "XENPV-7" : why->rule;
}

static void illegal(struct judge *j, u64 va, int result)
{
	const struct xen_refusal *why = &j->xen->domain.why;
	const char *rule = rule_of(why);
	const bool other = strcmp(rule, why->rule);

	judge_violate(j, rule, va, "%s (%s%sXen %s)", why->text,
		      other ? why->rule : "", other ? "; " : "",
		      result ? "refused" : "must refuse");
}

void judge_xen_found(struct judge *j, u64 root)
{
	struct xen_domain *d = &j->xen->domain;

	xen_domain_stop(d);
	domain_begin(j, j->xen);
	if (xen_domain_adopt(d, root >> 12, false))
		judge_violate(j, rule_of(&d->why), j->offset,
			      "the tables as found are not what Xen allows: %s",
			      d->why.text);
}

/* Judgements that are not Xen's own. True: there is a violation. */

static bool frameless(struct judge *j, const struct act *a)
{
	const struct judge_xen_guest *guest = &j->xen->guest;
	const u64 mfn = (a->new & XEN_FRAME) >> 12;
	const u64 pfn = (a->va - j->offset) >> 12;
	const bool mapped = j->build.kind && a->va >= j->build.va &&
			    a->va <= j->build.value - 1;
	u64 own;

	if (mfn == XEN_NO_MFN) {
		judge_violate(j, "XENPV-36", a->va,
			      "the entry maps a page that has no machine frame; it must be all zero");
		return true;
	}
	/* Replacing what is present is worse than what replaces it. */
	if (!guest->mfn || a->level > 1 || !mapped ||
	    (a->typed && (a->old & XEN_P)))
		return false;
	own = guest->mfn(guest->context, pfn);
	if (own == mfn)
		return false;
	if (own == ~0ULL)
		judge_violate(j, "XENPV-36", a->va,
			      "page %#llx has no machine frame, and the entry is not zero",
			      pfn);
	else
		judge_violate(j, "XENPV-37", a->va,
			      "page %#llx is machine frame %#llx, and the entry maps %#llx",
			      pfn, own, mfn);
	return true;
}

/* What is wrong with an entry wherever it is written. */
static bool bad_entry(struct judge *j, const struct act *a)
{
	const u64 address = a->new & XEN_FRAME;
	const bool kernel = !(a->new & XEN_USER) || (a->new & XEN_KERNEL);

	if (!(a->new & XEN_P)) {
		if ((!address || address >= XEN_L1TF_SAFE) &&
		    !(a->level > 1 && (a->new & XEN_PSE)))
			return false;
		judge_violate(j, "XENPV-20", a->va,
			      "the entry is not present and holds an address: %#llx; it must be all zero",
			      a->new);
		return true;
	}
	if (a->level > 1 && (a->new & XEN_PSE)) {
		judge_violate(j, "XENPV-13", a->va,
			      "a large page is written at L%u, and Xen has none",
			      a->level);
		return true;
	}
	if (frameless(j, a))
		return true;
	if (a->level == 1 && kernel && (a->new & ~a->old & XEN_GLOBAL)) {
		judge_violate(j, "XENPV-16", a->va,
			      "a kernel page gets GLOBAL: it stays cached when the guest's user runs");
		return true;
	}
	return false;
}

/* The guest writes what it believes to be there, not what it has read. */
static bool unread(struct judge *j, const struct act *a)
{
	if (!(a->old & a->new & XEN_P) || ((a->old ^ a->new) & XEN_FRAME) ||
	    !(a->old & ~a->new & XENS_BITS))
		return false;
	judge_violate(j, "XENPV-15", a->va,
		      "Xen has added bits to this entry (%#llx); they are not in what replaces it (%#llx)",
		      a->old, a->new);
	return true;
}

static bool bad_in_pass_2(struct judge *j, const struct act *a)
{
	const u64 changed = a->old ^ a->new;

	if (changed & XEN_FRAME & (a->old & XEN_P ? ~0ULL : 0)) {
		judge_violate(j, "XENPV-21", a->va,
			      "pass 2 changes the machine frame; it may change NX and software bits only");
		return true;
	}
	if (changed & (XEN_P | XEN_RW)) {
		judge_violate(j, "XENPV-21", a->va,
			      "pass 2 changes %s; it may change NX and software bits only",
			      changed & XEN_P ? "what is present" : "RW");
		return true;
	}
	if (unread(j, a))
		return true;
	if (!(changed & ~PASS_2))
		return false;
	judge_violate(j, "XENPV-21", a->va,
		      "pass 2 changes more than NX and software bits: %#llx",
		      changed & ~PASS_2);
	return true;
}

static bool maps_table(struct judge *j, u64 raw)
{
	return xen_is_table(xen_frame(&j->xen->domain, (raw & XEN_FRAME) >> 12));
}

/*
 * XENPV-5. The one change that a present entry may see before pass 2 is that
 * RW goes, because the page becomes a table.
 */
static bool bad_replacement(struct judge *j, const struct act *a)
{
	if (!(a->old & a->new & XEN_P) || a->old == a->new)
		return false;
	if (a->kind == PHYSMAP_EVENT_UPDATE_VA) {
		if (unread(j, a))
			return true;
		/* XENPV-3 says it better, and Xen says that. */
		if ((a->old ^ a->new) == XEN_RW && maps_table(j, a->new))
			return false;
	}
	/* Since the judge has seen it the processor may have marked it. */
	if ((a->old & ~a->new) == XEN_RW &&
	    !(a->new & ~a->old & ~(XEN_A | XEN_D)))
		return false;
	judge_violate(j, "XENPV-5", a->va,
		      "a present entry is replaced: %#llx by %#llx%s", a->old,
		      a->new, a->new & ~a->old & XEN_RW ?
		      ", which is writable" : "");
	return true;
}

static bool bad_act(struct judge *j, const struct act *a)
{
	if (bad_entry(j, a))
		return true;
	if (!a->typed)
		return false;
	if (j->pass == PHYSMAP_PASS_ATTRIBUTES)
		return bad_in_pass_2(j, a);
	return j->build.kind && bad_replacement(j, a);
}

/* Refused, and perhaps lost (XENPV-31) */

static void refused(struct judge *j, enum physmap_event_kind kind, u64 where)
{
	struct judge_xen *xen = j->xen;
	const unsigned int n = xen->n_pending;

	j->refused++;
	/* Grows to the next power of two. */
	if (!(n & (n - 1)))
		xen->pending = realloc(xen->pending, (n ? n * 2 : 1) *
						     sizeof(*xen->pending));
	xen->pending[xen->n_pending++] = (struct pending) { kind, where };
}

static void accepted(struct judge *j, enum physmap_event_kind kind, u64 where)
{
	struct judge_xen *xen = j->xen;
	unsigned int i = 0;

	while (i < xen->n_pending) {
		struct pending *p = &xen->pending[i];

		if (p->kind == kind && p->where == where)
			*p = xen->pending[--xen->n_pending];
		else
			i++;
	}
}

/*
 * What Xen says to something that was recorded with @result. A refusal that
 * is not Xen's own has no effect, so then Xen is asked and nothing is done.
 */
static void settle(struct judge *j, const struct act *a, int err, u64 where,
		   bool found_bad)
{
	const int result = j->event.result;

	if (result)
		refused(j, a->kind, where);
	else
		accepted(j, a->kind, where);
	if (err && !found_bad)
		illegal(j, a->va, result);
}

static int ask(struct judge *j, const struct act *a)
{
	struct xen_domain *d = &j->xen->domain;
	const struct xen_update update = {
		.ptr = (a->mfn << 12) + a->index * sizeof(u64),
		.val = a->new,
	};
	int err;

	j->xen->dry = j->event.result != 0;
	if (a->kind == PHYSMAP_EVENT_UPDATE_VA)
		err = xen_update_va(d, a->va, a->new, XEN_UVMF_NONE);
	else
		err = xen_mmu_update(d, &update, 1, NULL);
	j->xen->dry = false;
	return err && d->why.raced ? 0 : err;
}

/* Events */

static struct act act_of(struct judge *j, const struct physmap_event *e,
			 unsigned int i)
{
	struct act a = {
		.kind = e->kind,
		.mfn = e->table >> 12,
		.index = e->index + i,
		.level = e->level + 1,
		.va = e->va + i * judge_size(j, e->level),
		.new = e->value + i * e->step,
	};
	const struct xen_frame *f = xen_frame(&j->xen->domain, a.mfn);

	a.typed = xen_is_table(f);
	if (a.typed)
		a.level = f->type;
	a.old = judge_load(j, e->table, a.index);
	if (e->kind == PHYSMAP_EVENT_CHANGE)
		a.new = (a.old & ~e->step) | e->value;
	return a;
}

static void updates(struct judge *j, const struct physmap_event *e)
{
	unsigned int i;

	for (i = 0; i < e->count; i++) {
		const struct act a = act_of(j, e, i);
		const bool bad = bad_act(j, &a);

		settle(j, &a, ask(j, &a), e->table + a.index * sizeof(u64), bad);
	}
}

static void update_va(struct judge *j, const struct physmap_event *e)
{
	struct act a = {
		.kind = e->kind,
		.level = 1,
		.va = e->va,
		.new = e->value,
	};
	bool bad = false;

	if (xen_find_l1(&j->xen->domain, e->va, &a.mfn, &a.index)) {
		a.old = judge_load(j, a.mfn << 12, a.index);
		a.typed = true;
		bad = bad_act(j, &a);
	}
	settle(j, &a, ask(j, &a), e->va, bad);
}

static void pin(struct judge *j, const struct physmap_event *e)
{
	struct xen_domain *d = &j->xen->domain;
	const struct act a = { .kind = e->kind, .va = e->va };
	struct xen_mmuext op = {
		.cmd = XEN_PIN_L1 + e->level,
		.arg = e->table >> 12,
	};
	int err;

	j->xen->dry = e->result != 0;
	err = xen_mmuext(d, &op, 1, NULL);
	op.cmd = XEN_UNPIN;
	if (e->result && !err)
		xen_mmuext(d, &op, 1, NULL);
	j->xen->dry = false;
	settle(j, &a, err, e->table, false);
}

/* A store into a page that nothing can write to any more. */
static bool no_longer_writable(struct judge *j, const struct act *a)
{
	const struct xen_frame *f = xen_frame(&j->xen->domain, a->mfn);

	if (a->typed || !f->dropped || f->types)
		return false;
	judge_violate(j, "XENPV-4", a->va,
		      "machine frame %#llx is written to after it was made read-only",
		      a->mfn);
	return true;
}

static bool plain_store(struct judge *j, const struct act *a,
			const struct physmap_event *e)
{
	const bool bad = bad_act(j, a) || no_longer_writable(j, a);
	const unsigned int offset = a->index * sizeof(u64);

	if (a->typed && a->level > 1) {
		judge_violate(j, "XENPV-32", a->va,
			      "a plain store to an L%u table in use: it faults",
			      a->level);
		return false;
	}
	if (xen_plain_store(&j->xen->domain, a->mfn, offset,
			    e->detail ? e->detail : sizeof(u64), a->new) && !bad)
		illegal(j, a->va, 0);
	return true;
}

static void stores(struct judge *j, const struct physmap_event *e)
{
	unsigned int i;

	for (i = 0; i < e->count; i++) {
		const struct act a = act_of(j, e, i);

		if (!plain_store(j, &a, e))
			return;
	}
}

void judge_xen_event(struct judge *j, const struct physmap_event *e)
{
	j->xen->domain.why = (struct xen_refusal) { };
	switch (e->kind) {
	case PHYSMAP_EVENT_STORE:
	case PHYSMAP_EVENT_CHANGE:
		stores(j, e);
		break;
	case PHYSMAP_EVENT_MMU_UPDATE:
		updates(j, e);
		break;
	case PHYSMAP_EVENT_UPDATE_VA:
		update_va(j, e);
		break;
	case PHYSMAP_EVENT_PIN:
		pin(j, e);
		break;
	default:
		break;
	}
}

void judge_xen_done(struct judge *j, const struct physmap_event *e)
{
	if (!e->result && j->xen->n_pending)
		judge_violate(j, "XENPV-31", j->build.va,
			      "the build says all is well, and %u of the hypercalls that Xen refused were never made good",
			      j->xen->n_pending);
	j->xen->n_pending = 0;
}
