// SPDX-License-Identifier: GPL-2.0-only
/*
 * Xen's page types and page-table hypercalls for one PV guest, checked
 * against Xen 4.17's behaviour (XENPV-1 to -34). Touches only what it is
 * handed: the domain, and entries through the domain's callbacks. Every
 * refusal names the rule it rests on and says why in a sentence.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "xen_domain.h"

/* XENPV-21: may change without the entry being looked at anew. */
#define FAST	(XEN_NX | XEN_AVAIL_HIGH | XEN_AVAIL | XEN_GLOBAL | XEN_D | \
		 XEN_A | XEN_USER)

#define BLOCK	512

struct xen_block {
	struct xen_block *next;
	u64 number;
	struct xen_frame frame[BLOCK];
};

__printf(4, 5)
static int refuse(struct xen_domain *d, int error, const char *rule,
		  const char *fmt, ...)
{
	va_list args;

	d->why.error = error;
	d->why.rule = rule;
	d->why.validating = false;
	d->why.raced = false;
	va_start(args, fmt);
	vsnprintf(d->why.text, sizeof(d->why.text), fmt, args);
	va_end(args);
	return error;
}

/* Frames */

static u64 mfn_of(u64 raw)
{
	return (raw & XEN_FRAME) >> 12;
}

static struct xen_frame *frame_of(struct xen_domain *d, u64 mfn)
{
	struct xen_block **head = &d->bucket[mfn / BLOCK % XEN_BUCKETS];
	struct xen_block *b = *head;
	struct xen_frame *f;

	while (b && b->number != mfn / BLOCK)
		b = b->next;
	if (!b) {
		b = calloc(1, sizeof(*b));
		b->number = mfn / BLOCK;
		b->next = *head;
		*head = b;
	}
	f = &b->frame[mfn % BLOCK];
	if (!f->known) {
		f->known = true;
		f->refs = 1;
	}
	return f;
}

static enum xen_owner owner_of(struct xen_domain *d, u64 mfn)
{
	enum xen_owner owner;

	if (mfn == XEN_NO_MFN)
		return XEN_OWNER_IO;
	owner = d->memory.owner(d->memory.context, mfn);
	if (owner <= XEN_OWNER_SPECIAL && !frame_of(d, mfn)->refs)
		return XEN_OWNER_OTHER;	/* given back, and nothing maps it */
	return owner;
}

static bool ours(struct xen_domain *d, u64 mfn)
{
	return owner_of(d, mfn) <= XEN_OWNER_SPECIAL;
}

bool xen_is_table(const struct xen_frame *f)
{
	return f->types && f->type >= XEN_TYPE_L1 && f->type <= XEN_TYPE_L4;
}

const struct xen_frame *xen_frame(struct xen_domain *d, u64 mfn)
{
	return frame_of(d, mfn);
}

/* Entries */

static u64 load(struct xen_domain *d, u64 mfn, unsigned int i)
{
	return d->memory.load(d->memory.context, mfn, i);
}

static bool xens_own(unsigned int level, unsigned int i)
{
	return level == 4 && i >= XEN_OWN_FIRST && i <= XEN_OWN_LAST;
}

static void flush(struct xen_domain *d, bool all, u64 va)
{
	d->flushes++;
	if (d->memory.flush)
		d->memory.flush(d->memory.context, all, va);
}

/* XENPV-12 to -14 */
static int check_flags(struct xen_domain *d, unsigned int level, u64 e)
{
	if (level > 1 && (e & XEN_PSE) && !d->adopting)
		return refuse(d, -EINVAL, "XENPV-13",
			      "there are no large pages: bit 7 in an L%u entry",
			      level);
	if (level > 1 && (e & (XEN_PWT | XEN_PCD | XEN_GLOBAL)) &&
	    !(d->adopting && (e & XEN_PSE)))
		return refuse(d, -EINVAL, "XENPV-13",
			      "PWT, PCD or GLOBAL in an L%u entry", level);
	/* What stands has been allowed, so the guest had the right. */
	if (level == 1 && (e & XEN_CACHE) && d->keep)
		d->config.io = true;
	if (level == 1 && (e & XEN_CACHE) && !d->config.io)
		return refuse(d, -EINVAL, "XENPV-14",
			      "a memory type without having I/O rights");
	if (level == 1 && (e & XEN_GRANT) && d->config.debug)
		return refuse(d, -EINVAL, "XENPV-14",
			      "bit 62 in an L1 entry is Xen's own in debug builds");
	if ((e & XEN_NX) && !d->config.nx)
		return refuse(d, -EINVAL, "XENPV-12", "NX without the CPU having it");
	return 0;
}

/*
 * What Xen makes of an entry before it stores it (XENPV-15). The warning
 * comes only if the mark was there before; the GLOBAL counts at once.
 */
static u64 edit(struct xen_domain *d, unsigned int level, u64 e)
{
	if (level > 1)
		return e | XEN_USER | (level == 4 ? XEN_A : 0);
	d->warnings += (e & XEN_KERNEL) && (e & XEN_GLOBAL);
	if (!(e & XEN_USER))
		e |= XEN_USER | XEN_KERNEL;
	if (!(e & XEN_KERNEL))
		return e | XEN_GLOBAL;
	d->kernel_globals += !!(e & XEN_GLOBAL);
	return e;
}

static bool store(struct xen_domain *d, u64 mfn, unsigned int i, u64 raw,
		  u64 given)
{
	d->edits += raw != given;
	return d->memory.store(d->memory.context, mfn, i, raw);
}

/* Non-present, but with an address that speculation may follow (XENPV-20). */
static int check_l1tf(struct xen_domain *d, unsigned int level, u64 e)
{
	const u64 address = e & XEN_FRAME;

	if (d->config.l1tf == XEN_L1TF_OFF || d->shadowed)
		return 0;
	if (!(level > 1 && (e & XEN_PSE)) &&
	    (!address || address >= XEN_L1TF_SAFE))
		return 0;
	if (d->config.l1tf == XEN_L1TF_SHADOW) {
		d->shadowed = true;
		return 0;
	}
	d->crashed = true;
	return refuse(d, -ERESTART, "XENPV-20",
		      "a non-present L%u entry with address bits: Xen kills the guest",
		      level);
}

/* Types (XENPV-1 to -3, -7) */

static int get_type(struct xen_domain *d, u64 mfn, enum xen_type type);
static void put_type(struct xen_domain *d, u64 mfn);

/* A large leaf is there only if Xen's builder has put it there (XENPV-42). */
static void put_large(struct xen_domain *d, unsigned int level, u64 e)
{
	const u64 n = 1ULL << 9 * (level - 1);
	const u64 first = mfn_of(e) & ~(n - 1);
	u64 i;

	for (i = 0; i < n; i++) {
		if (e & XEN_RW)
			put_type(d, first + i);
		frame_of(d, first + i)->refs--;
	}
}

static int get_large(struct xen_domain *d, unsigned int level, u64 e)
{
	const u64 n = 1ULL << 9 * (level - 1);
	const u64 first = mfn_of(e) & ~(n - 1);
	u64 i;

	for (i = 0; i < n; i++) {
		int err = e & XEN_RW ? get_type(d, first + i, XEN_TYPE_WRITABLE) : 0;

		if (err) {
			while (i--) {
				put_type(d, first + i);
				frame_of(d, first + i)->refs--;
			}
			return err;
		}
		frame_of(d, first + i)->refs++;
	}
	return 0;
}

static void put_entry(struct xen_domain *d, unsigned int level, u64 e)
{
	const u64 mfn = mfn_of(e);
	struct xen_frame *f;

	if (!(e & XEN_P))
		return;
	if (level > 1 && (e & XEN_PSE)) {
		put_large(d, level, e);
		return;
	}
	if (level == 1 && !ours(d, mfn))
		return;		/* I/O is not counted */
	f = frame_of(d, mfn);
	if (level > 1 || (e & XEN_RW))
		put_type(d, mfn);
	f->refs--;
}

/* An entry has been overwritten. */
static void drop_entry(struct xen_domain *d, unsigned int level, u64 old)
{
	put_entry(d, level, old);
	if (level == 1 && (old & XEN_P) && (old & XEN_RW))
		frame_of(d, mfn_of(old))->dropped = true;
}

/* XENPV-19: what is to be flipped, so that I/O is never cached. */
static u64 io_flip(enum xen_owner owner, u64 e)
{
	u64 flip = 0;

	if (owner == XEN_OWNER_IO_READ_ONLY)
		flip = e & XEN_RW;
	switch (e & XEN_CACHE) {
	case 0:
		return flip | XEN_PWT | XEN_PCD;
	case XEN_PWT:
	case XEN_PWT | XEN_PAT:
		return flip | XEN_PCD | (e & XEN_PAT);
	}
	return flip;
}

static int get_leaf(struct xen_domain *d, u64 e, u64 *flip)
{
	const u64 mfn = mfn_of(e);
	const enum xen_owner owner = owner_of(d, mfn);
	int err;

	if (mfn == XEN_NO_MFN)
		return refuse(d, -EINVAL, "XENPV-36",
			      "the entry maps a page that has no machine frame");
	if (owner == XEN_OWNER_IO || owner == XEN_OWNER_IO_READ_ONLY) {
		if (!d->config.io)
			return refuse(d, -EPERM, "XENPV-19",
				      "machine frame %#llx is I/O memory that the guest may not map",
				      mfn);
		*flip = io_flip(owner, e);
		return 0;
	}
	if (owner == XEN_OWNER_OTHER)
		return refuse(d, -EBUSY, "XENPV-36",
			      "machine frame %#llx does not belong to the guest",
			      mfn);
	if (e & XEN_RW) {
		err = get_type(d, mfn, XEN_TYPE_WRITABLE);
		if (err)
			return err;
	}
	if (owner == XEN_OWNER_SPECIAL && (e & XEN_CACHE)) {
		if (e & XEN_RW)
			put_type(d, mfn);
		return refuse(d, -EACCES, "XENPV-19",
			      "machine frame %#llx of Xen's heap must be mapped cached",
			      mfn);
	}
	frame_of(d, mfn)->refs++;
	return 0;
}

/* Takes what a present entry holds on to. */
static int get_entry(struct xen_domain *d, unsigned int level, u64 e, u64 *flip)
{
	int err = check_flags(d, level, e);

	*flip = 0;
	if (err)
		return err;
	if (level == 1)
		return get_leaf(d, e, flip);
	if (e & XEN_PSE)
		return get_large(d, level, e);
	if (!ours(d, mfn_of(e)))
		return refuse(d, -EINVAL, mfn_of(e) == XEN_NO_MFN ? "XENPV-36" :
							"XENPV-25",
			      "an L%u entry points to machine frame %#llx, which is not the guest's",
			      level, mfn_of(e));
	err = get_type(d, mfn_of(e), level - 1);
	if (!err)
		frame_of(d, mfn_of(e))->refs++;
	return err;
}

/* The sentence of a failed validation begins with where it failed. */
static int failed_at(struct xen_domain *d, int err, u64 mfn, unsigned int level,
		     unsigned int i)
{
	const struct xen_refusal inner = d->why;

	if (inner.validating)
		return err;
	refuse(d, err, inner.rule, "L%u table %#llx, slot %u: %s", level, mfn, i,
	       inner.text);
	d->why.validating = true;
	return err;
}

static int validate_entry(struct xen_domain *d, u64 mfn, unsigned int level,
			  unsigned int i)
{
	const u64 e = load(d, mfn, i);
	u64 edited, flip;
	int err;

	if (!(e & XEN_P))
		return check_l1tf(d, level, e);
	err = get_entry(d, level, e, &flip);
	if (err || d->keep)
		return err;
	edited = edit(d, level, e ^ flip);
	if (edited != e)
		store(d, mfn, i, edited, e);
	return 0;
}

static int validate(struct xen_domain *d, u64 mfn, unsigned int level)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < XEN_ENTRIES && !err; i++)
		if (!xens_own(level, i))
			err = validate_entry(d, mfn, level, i);
	if (!err)
		return 0;
	failed_at(d, err, mfn, level, --i);
	while (i--)
		if (!xens_own(level, i))
			put_entry(d, level, load(d, mfn, i));
	return err;
}

static int wrong_type(struct xen_domain *d, u64 mfn, enum xen_type type)
{
	const struct xen_frame *f = frame_of(d, mfn);

	if (type == XEN_TYPE_WRITABLE)
		return refuse(d, -EBUSY, "XENPV-3",
			      "machine frame %#llx is an L%u table and cannot be mapped writable",
			      mfn, f->type);
	if (f->type != XEN_TYPE_WRITABLE)
		return refuse(d, -EINVAL, "XENPV-1",
			      "machine frame %#llx is an L%u table and cannot become an L%u table",
			      mfn, f->type, type);
	if (f->dropped)
		return refuse(d, -EINVAL, "XENPV-2",
			      "machine frame %#llx has %u more writable mapping(s) and cannot become an L%u table",
			      mfn, f->types, type);
	return refuse(d, -EINVAL, "XENPV-4",
		      "machine frame %#llx has not been made read-only and cannot become an L%u table",
		      mfn, type);
}

static int get_type(struct xen_domain *d, u64 mfn, enum xen_type type)
{
	struct xen_frame *f = frame_of(d, mfn);
	const enum xen_type was = f->type;
	int err;

	if (f->types && was != type)
		return wrong_type(d, mfn, type);
	f->type = type;
	f->dropped &= f->types != 0;
	/* XENPV-8: Xen sees to its own safety. */
	if (!f->types && was != type && was != XEN_TYPE_NONE)
		flush(d, true, 0);
	if (f->types++ || type == XEN_TYPE_WRITABLE)
		return 0;
	err = validate(d, mfn, type);
	if (err) {
		f->types = 0;
		f->type = XEN_TYPE_NONE;
	}
	return err;
}

static void put_type(struct xen_domain *d, u64 mfn)
{
	struct xen_frame *f = frame_of(d, mfn);
	unsigned int i;

	if (--f->types || f->type == XEN_TYPE_WRITABLE)
		return;
	for (i = 0; i < XEN_ENTRIES; i++)
		if (!xens_own(f->type, i))
			put_entry(d, f->type, load(d, mfn, i));
}

/* Changing an entry of a table in use */

static int lost_race(struct xen_domain *d, unsigned int level)
{
	refuse(d, level > 2 ? -EFAULT : -EBUSY, "XENPV-25",
	       "the L%u entry changed while Xen wrote it", level);
	d->why.raced = true;
	return d->why.error;
}

static int clear_entry(struct xen_domain *d, u64 mfn, unsigned int i, u64 new,
		       u64 keep_bits)
{
	const unsigned int level = frame_of(d, mfn)->type;
	const u64 old = load(d, mfn, i);
	int err = check_l1tf(d, level, new);

	if (err)
		return err;
	if (!store(d, mfn, i, new | (old & keep_bits), new))
		return lost_race(d, level);
	drop_entry(d, level, old);
	return 0;
}

static int set_entry(struct xen_domain *d, u64 mfn, unsigned int i, u64 new,
		     u64 keep_bits, bool may_be_fast)
{
	const unsigned int level = frame_of(d, mfn)->type;
	const u64 old = load(d, mfn, i);
	const bool fast = may_be_fast && !((old ^ new) & ~FAST);
	u64 edited, flip = 0;
	int err = check_flags(d, level, new);

	if (!err && !fast)
		err = get_entry(d, level, new, &flip);
	if (err)
		return err;
	d->fast += fast;
	edited = edit(d, level, new ^ flip);
	if (!store(d, mfn, i, edited | (old & keep_bits), new)) {
		if (!fast)
			put_entry(d, level, edited);
		return lost_race(d, level);
	}
	if (!fast)
		drop_entry(d, level, old);
	return 0;
}

static int change(struct xen_domain *d, u64 mfn, unsigned int i, u64 new,
		  bool preserve_ad)
{
	const unsigned int level = frame_of(d, mfn)->type;
	const u64 keep_bits = preserve_ad ? XEN_A | XEN_D : 0;
	int err;

	if (xens_own(level, i))
		return refuse(d, -EINVAL, "XENPV-24",
			      "L4 slot %u belongs to Xen", i);
	if (new & XEN_P)
		err = set_entry(d, mfn, i, new, keep_bits, true);
	else
		err = clear_entry(d, mfn, i, new, keep_bits);
	if (!err && level > 1)
		flush(d, true, 0);	/* XENPV-26 */
	return err;
}

/* mmu_update (XENPV-22, -23) */

static int update_entry(struct xen_domain *d, const struct xen_update *u)
{
	const unsigned int command = u->ptr & 7;
	const u64 mfn = u->ptr >> 12;
	const unsigned int i = u->ptr % 4096 / sizeof(u64);

	if (command > XEN_UPDATE_UNTRANSLATED)
		return refuse(d, -ENOSYS, "XENPV-25",
			      "mmu_update has no sub-command %u", command);
	if (!ours(d, mfn))
		return refuse(d, -EINVAL, "XENPV-23",
			      "machine frame %#llx is not the guest's", mfn);
	if (command == XEN_UPDATE_M2P) {
		if (d->memory.m2p)
			d->memory.m2p(d->memory.context, mfn, u->val);
		return 0;
	}
	if (xen_is_table(frame_of(d, mfn)))
		return change(d, mfn, i, u->val,
			      command == XEN_UPDATE_PRESERVE_AD);
	store(d, mfn, i, u->val, u->val);
	return 0;
}

/* Long lists are interrupted and go on; the guest does not notice. */
static void preempt(struct xen_domain *d, unsigned int i)
{
	if (!i || !d->config.preempt_after || i % d->config.preempt_after)
		return;
	d->continuations++;
	if (d->memory.preempted)
		d->memory.preempted(d->memory.context);
}

int xen_mmu_update(struct xen_domain *d, const struct xen_update *list,
		   unsigned int n, unsigned int *done)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n; i++) {
		preempt(d, i);
		err = update_entry(d, &list[i]);
		if (err)
			break;
	}
	if (done)
		*done = i;
	return err;
}

/* update_va_mapping (XENPV-27) */

/* The slot of the L1 table that the current tables have for an address. */
bool xen_find_l1(struct xen_domain *d, u64 va, u64 *mfn, unsigned int *index)
{
	u64 table = d->base;
	unsigned int level;

	for (level = 4; level > 1; level--) {
		const unsigned int i = va >> (3 + 9 * level) & 511;
		const u64 e = load(d, table, i);

		if (xens_own(level, i) || !(e & XEN_P) || (e & XEN_PSE))
			return false;
		table = mfn_of(e);
	}
	*mfn = table;
	*index = va >> 12 & 511;
	return true;
}

int xen_update_va(struct xen_domain *d, u64 va, u64 raw, unsigned int flags)
{
	unsigned int i;
	u64 mfn;
	int err;

	if (!xen_find_l1(d, va, &mfn, &i) || !xen_is_table(frame_of(d, mfn)) ||
	    frame_of(d, mfn)->type != XEN_TYPE_L1)
		return refuse(d, -EINVAL, "XENPV-27",
			      "the address has no L1 table");
	err = change(d, mfn, i, raw, false);
	if (!err && (flags & XEN_UVMF_WHAT))
		flush(d, (flags & XEN_UVMF_WHAT) == XEN_UVMF_TLB_FLUSH, va);
	return err;
}

/* mmuext_op (XENPV-9, -13, -28, -29) */

static int pin(struct xen_domain *d, u64 mfn, enum xen_type level)
{
	struct xen_frame *f = frame_of(d, mfn);
	int err;

	if (!ours(d, mfn))
		return refuse(d, -EINVAL, "XENPV-28",
			      "machine frame %#llx is not the guest's", mfn);
	err = get_type(d, mfn, level);
	if (err)
		return err;
	if (f->pinned) {
		put_type(d, mfn);
		return refuse(d, -EINVAL, "XENPV-9",
			      "machine frame %#llx is pinned already", mfn);
	}
	f->pinned = true;
	f->refs++;
	return 0;
}

static int unpin(struct xen_domain *d, u64 mfn)
{
	struct xen_frame *f = frame_of(d, mfn);

	if (!ours(d, mfn))
		return refuse(d, -EINVAL, "XENPV-28",
			      "machine frame %#llx is not the guest's", mfn);
	if (!f->pinned)
		return refuse(d, -EINVAL, "XENPV-9",
			      "machine frame %#llx is not pinned", mfn);
	f->pinned = false;
	put_type(d, mfn);
	f->refs--;
	return 0;
}

static int new_base(struct xen_domain *d, u64 mfn)
{
	const u64 old = d->base;
	int err;

	if (mfn == old)
		return 0;
	if (!ours(d, mfn))
		return refuse(d, -EINVAL, "XENPV-28",
			      "machine frame %#llx is not the guest's", mfn);
	err = get_type(d, mfn, XEN_TYPE_L4);
	if (err)
		return err;
	frame_of(d, mfn)->refs++;
	d->base = mfn;
	flush(d, true, 0);
	put_type(d, old);
	frame_of(d, old)->refs--;
	return 0;
}

static int do_mmuext(struct xen_domain *d, const struct xen_mmuext *op)
{
	switch (op->cmd) {
	case XEN_PIN_L1:
	case XEN_PIN_L2:
	case XEN_PIN_L3:
	case XEN_PIN_L4:
		return pin(d, op->arg, op->cmd - XEN_PIN_L1 + XEN_TYPE_L1);
	case XEN_UNPIN:
		return unpin(d, op->arg);
	case XEN_NEW_BASEPTR:
		return new_base(d, op->arg);
	case XEN_TLB_FLUSH_LOCAL:
	case XEN_TLB_FLUSH_MULTI:
	case XEN_TLB_FLUSH_ALL:
		flush(d, true, 0);
		return 0;
	case XEN_INVLPG_LOCAL:
	case XEN_INVLPG_MULTI:
	case XEN_INVLPG_ALL:
		flush(d, false, op->arg);
		return 0;
	case XEN_FLUSH_CACHE:
		return d->config.io ? 0 :
		       refuse(d, -EACCES, "XENPV-28",
			      "flushing caches takes I/O rights");
	case XEN_MARK_SUPER:
	case XEN_UNMARK_SUPER:
		return refuse(d, -EOPNOTSUPP, "XENPV-13",
			      "there are no large pages");
	}
	return refuse(d, -ENOSYS, "XENPV-25", "mmuext_op has no command %u",
		      op->cmd);
}

int xen_mmuext(struct xen_domain *d, const struct xen_mmuext *list,
	       unsigned int n, unsigned int *done)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n; i++) {
		preempt(d, i);
		err = do_mmuext(d, &list[i]);
		if (err)
			break;
	}
	if (done)
		*done = i;
	return err;
}

/* multicall (XENPV-30) */

static void *pointer(u64 arg)
{
	return (void *)(uintptr_t)arg;
}

static long call(struct xen_domain *d, const struct xen_call *c)
{
	switch (c->op) {
	case XEN_CALL_MMU_UPDATE:
		return xen_mmu_update(d, pointer(c->args[0]), c->args[1],
				      pointer(c->args[2]));
	case XEN_CALL_UPDATE_VA:
		return xen_update_va(d, c->args[0], c->args[1], c->args[2]);
	case XEN_CALL_MMUEXT:
		return xen_mmuext(d, pointer(c->args[0]), c->args[1],
				  pointer(c->args[2]));
	case XEN_CALL_MULTICALL:
		return xen_multicall(d, pointer(c->args[0]), c->args[1]);
	}
	return refuse(d, -ENOSYS, "XENPV-25", "no hypercall %llu", c->op);
}

int xen_multicall(struct xen_domain *d, struct xen_call *list, unsigned int n)
{
	unsigned int i;

	if (d->in_multicall)
		return refuse(d, -EINVAL, "XENPV-30", "multicalls do not nest");
	d->in_multicall = true;
	for (i = 0; i < n; i++) {
		const long result = call(d, &list[i]);

		preempt(d, i);
		if (d->config.debug)
			memset(&list[i], 0xaa, sizeof(list[i]));
		list[i].result = result;
	}
	d->in_multicall = false;
	return 0;
}

/* Plain stores (XENPV-32) */

static int fault(struct xen_domain *d, const char *what)
{
	return refuse(d, -EFAULT, "XENPV-32", "the store faults: %s", what);
}

static int emulate(struct xen_domain *d, u64 mfn, unsigned int i, u64 raw)
{
	int err;

	if (raw & XEN_P)
		err = set_entry(d, mfn, i, raw, 0, false);
	else
		err = clear_entry(d, mfn, i, raw, 0);
	return err ? -EFAULT : 0;
}

/**
 * xen_plain_store() - the guest stores into one of its frames
 * @d: guest
 * @mfn: frame, mapped somewhere
 * @offset: first byte
 * @bytes: how many
 * @value: what
 *
 * Return: 0, or -EFAULT if the guest gets a page fault.
 */
int xen_plain_store(struct xen_domain *d, u64 mfn, unsigned int offset,
		    unsigned int bytes, u64 value)
{
	const struct xen_frame *f = frame_of(d, mfn);
	const unsigned int i = offset / sizeof(u64);
	const unsigned int shift = offset % sizeof(u64) * 8;
	u64 mask = ~0ULL;

	if (xen_is_table(f) && f->type != XEN_TYPE_L1)
		return fault(d, "only L1 tables are emulated");
	if (xen_is_table(f) && (!bytes || bytes > sizeof(u64) || offset % bytes))
		return fault(d, "it is not aligned, or longer than an entry");
	if (bytes < sizeof(u64))
		mask = ((1ULL << 8 * bytes) - 1) << shift;
	value = (load(d, mfn, i) & ~mask) | (value << shift & mask);
	if (xen_is_table(f))
		return emulate(d, mfn, i, value);
	store(d, mfn, i, value, value);
	return 0;
}

/* The guest's life */

void xen_domain_start(struct xen_domain *d, const struct xen_config *config,
		      const struct xen_memory *memory)
{
	memset(d, 0, sizeof(*d));
	d->config = *config;
	d->memory = *memory;
}

void xen_domain_stop(struct xen_domain *d)
{
	unsigned int i;

	for (i = 0; i < XEN_BUCKETS; i++) {
		while (d->bucket[i]) {
			struct xen_block *b = d->bucket[i];

			d->bucket[i] = b->next;
			free(b);
		}
	}
}

/**
 * xen_domain_adopt() - take over the tables that the guest starts with
 * @d: guest without any table
 * @l4: its L4 table: pinned and in use from now on
 * @edit: entries become what Xen makes of them; else they stay as they are
 *
 * The builder may map with large pages (XENPV-42).
 *
 * Return: 0 or the error of validating them.
 */
int xen_domain_adopt(struct xen_domain *d, u64 l4, bool edit)
{
	int err;

	d->adopting = true;
	d->keep = !edit;
	err = pin(d, l4, XEN_TYPE_L4);
	d->adopting = false;
	d->keep = false;
	if (err)
		return err;
	get_type(d, l4, XEN_TYPE_L4);
	frame_of(d, l4)->refs++;
	d->base = l4;
	return 0;
}

/* The guest gives a frame back; it is gone once nothing refers to it. */
void xen_domain_release(struct xen_domain *d, u64 mfn)
{
	struct xen_frame *f = frame_of(d, mfn);

	if (f->refs)
		f->refs--;
}
