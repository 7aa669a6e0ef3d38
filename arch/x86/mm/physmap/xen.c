// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Xen PV backend. A table page is filled while it is ordinary memory,
 * then made read-only, pinned and linked; what is present in a linked table
 * is never replaced; no large leaf is ever written; every hypercall's result
 * is looked at (XENPV-2, -4, -5, -13, -31). It compiles on the host against
 * a model of the hypervisor.
 */
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <physmap/event.h>
#include <physmap/walk.h>
#include "xen.h"

/* Entries that one mmu_update hypercall carries; they live on the stack. */
#define BATCH		32

#define PAGE_BITS	12

static struct physmap_xen *xen_of(struct physmap_map *map)
{
	return &container_of(map, struct physmap_xen_map, map)->xen;
}

static int refuse(struct physmap_refusal *why, const char *rule,
		  const char *what, u64 pa, int error)
{
	why->rule = rule;
	why->what = what;
	why->pa = pa;
	why->error = error;
	return error;
}

/* Xen's own no: the frame it was about is named as well. */
static int xen_refuses(struct physmap_xen *xen, struct physmap_refusal *why,
		       const char *rule, const char *what, u64 pa, int error)
{
	xen->refused++;
	why->machine = xen->calls->frame(pa >> PAGE_BITS);
	return refuse(why, rule, what, pa, error);
}

/**
 * physmap_xen_canonical() - a raw entry as read, in pseudo-physical terms
 * @map: map
 * @raw: entry, in machine terms
 *
 * Return: the entry with its pfn (XENPV-35, -38).
 */
u64 physmap_xen_canonical(struct physmap_map *map, u64 raw)
{
	return xen_of(map)->calls->from_machine(raw);
}

/**
 * physmap_xen_machine() - where Xen knows a page
 * @map: map
 * @pa: pseudo-physical address of the page
 *
 * Return: machine address of the page (XENPV-35).
 */
u64 physmap_xen_machine(struct physmap_map *map, u64 pa)
{
	return xen_of(map)->calls->frame(pa >> PAGE_BITS) << PAGE_BITS;
}

/**
 * struct batch - entries of one table that go to Xen together
 * @map: map
 * @machine: machine address of the table
 * @va: what the table's first slot translates
 * @level: its level
 * @rule: ID of the rule that a refusal is put down to
 * @n: entries in @list
 * @list: entries
 */
struct batch {
	struct physmap_map *map;
	u64 machine;
	u64 va;
	unsigned int level;
	const char *rule;
	unsigned int n;
	struct physmap_xen_update list[BATCH];
};

static void batch_begin(struct batch *b, struct physmap_map *map, u64 table,
			u64 va, unsigned int level, unsigned int index,
			const char *rule)
{
	b->map = map;
	b->machine = physmap_xen_machine(map, table);
	b->va = va - index * physmap_size(map->geo, level);
	b->level = level;
	b->rule = rule;
	b->n = 0;
}

/* What Xen took, and then the one it did not. */
static void record_batch(struct batch *b, unsigned int done, int err)
{
	struct physmap_event run = {
		.kind = PHYSMAP_EVENT_MMU_UPDATE,
		.detail = PHYSMAP_UPDATE_FIRST,
		.level = b->level,
		.table = b->machine,
		.va = b->va,
	};
	unsigned int i;

	for (i = 0; i < b->n && i < done + (err != 0); i++) {
		if (i == done) {
			physmap_record_run(b->map, &run);
			run.result = err;
			run.va = b->va;
		}
		physmap_record_entry(b->map, &run,
				     b->list[i].ptr % (1u << PAGE_BITS) /
				     sizeof(u64), b->list[i].val);
	}
	physmap_record_run(b->map, &run);
}

/*
 * One hypercall for up to BATCH entries of one table. Xen stops at the first
 * it does not like (XENPV-22), so the count names the culprit.
 */
static int batch_send(struct batch *b, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(b->map);
	const struct physmap_xen_update *bad;
	unsigned int done = 0;
	int err;

	if (!b->n)
		return 0;
	xen->mmu_updates++;
	err = xen->calls->mmu_update(b->list, b->n, &done);
	record_batch(b, done, err);
	if (!err && done == b->n)
		return 0;
	xen->refused++;
	/* No error and yet not all done: there is no entry to blame. */
	bad = &b->list[done < b->n ? done : 0];
	why->va = b->va + (bad->ptr % (1u << PAGE_BITS)) / sizeof(u64) *
			  physmap_size(b->map->geo, b->level);
	why->machine = (bad->val & X86_FRAME) >> PAGE_BITS;
	return refuse(why, b->rule, "Xen refused to write the entry",
		      xen->calls->from_machine(bad->val) & X86_FRAME,
		      err ? err : -EIO);
}

static int batch_add(struct batch *b, unsigned int index, u64 raw,
		     struct physmap_refusal *why)
{
	int err = 0;

	if (b->n == BATCH) {
		err = batch_send(b, why);
		b->n = 0;
	}
	b->list[b->n].ptr = b->machine + index * sizeof(u64);
	b->list[b->n++].val = raw;
	return err;
}

/* Fresh entries and cleared ones; anything else in a linked table is a no. */
static int check_slot(u64 old, u64 new, u64 pa, struct physmap_refusal *why)
{
	if ((old & X86_P) && new)
		return refuse(why, "XENPV-5",
			      "a present entry must not be replaced", pa,
			      -EPERM);
	return 0;
}

static int write_linked(struct physmap_map *map, const struct physmap_run *run,
			struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	const void *table = map->hooks->table(map, run->table);
	struct batch batch;
	unsigned int i;
	int present = 0;
	int err = 0;

	batch_begin(&batch, map, run->table, run->va, run->level, run->index,
		    "XENPV-12");
	for (i = 0; i < run->count && !err; i++) {
		const u64 raw = run->first + i * run->stride;
		const unsigned int index = run->index + i;
		u64 new = raw ? xen->calls->to_machine(run->level, false, raw) : 0;

		err = check_slot(physmap_load(map->geo, table, index), new,
				 raw & X86_FRAME, why);
		if (err || (raw && !new))
			continue;
		present += new != 0;
		err = batch_add(&batch, index, new, why);
	}
	if (!err)
		err = batch_send(&batch, why);
	return err ? err : present;
}

static struct physmap_event store_event(struct physmap_map *map, u64 table,
					unsigned int level, u64 va)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_STORE,
		.detail = sizeof(u64),
		.level = level,
		.table = physmap_xen_machine(map, table),
		.va = va,
	};

	return e;
}

static int write_unlinked(struct physmap_map *map, const struct physmap_run *run)
{
	struct physmap_xen *xen = xen_of(map);
	void *table = map->hooks->table(map, run->table);
	struct physmap_event stores =
		store_event(map, run->table, run->level,
			    run->va - run->index *
			    physmap_size(map->geo, run->level));
	unsigned int i;
	int present = 0;

	for (i = 0; i < run->count; i++) {
		const u64 raw = xen->calls->to_machine(run->level, false,
						       run->first +
						       i * run->stride);

		present += raw != 0;
		physmap_store(map->geo, table, run->index + i, raw);
		physmap_record_entry(map, &stores, run->index + i, raw);
	}
	physmap_record_run(map, &stores);
	return present;
}

/**
 * physmap_xen_write() - fill a run
 * @map: map
 * @run: run; by plain stores where the table is unlinked, else by hypercall
 * @why: filled in on an error
 *
 * Return: entries present now; -EOPNOTSUPP for a large leaf (XENPV-13), -EPERM
 * for a present entry (XENPV-5), or Xen's own error.
 */
int physmap_xen_write(struct physmap_map *map, const struct physmap_run *run,
		      struct physmap_refusal *why)
{
	const struct physmap_entry e =
		map->geo->format->parse(map->geo, run->level, run->first);

	if (run->level && e.kind == PHYSMAP_LEAF)
		return refuse(why, "XENPV-13",
			      "a large leaf must never be written under Xen PV",
			      e.pa, -EOPNOTSUPP);
	if (!run->unlinked)
		return write_linked(map, run, why);
	return write_unlinked(map, run);
}

/**
 * physmap_xen_protect() - change attribute bits in a run of present leaves
 * @map: map
 * @run: run in a linked table
 * @set: raw bits to set
 * @clear: raw bits to clear
 * @why: filled in on an error
 *
 * Only bits that Xen does not revalidate for (XENPV-21) may change: RW would
 * take type references anew and may turn a table writable (XENPV-5).
 *
 * Return: 0, -EPERM, or Xen's own error.
 */
int physmap_xen_protect(struct physmap_map *map, const struct physmap_run *run,
			u64 set, u64 clear, struct physmap_refusal *why)
{
	const u64 cheap = X86_NX | X86_SOFT | X86_A | X86_D;
	const void *table = map->hooks->table(map, run->table);
	struct batch batch;
	unsigned int i;
	int err = 0;

	if ((set | clear) & ~cheap)
		return refuse(why, "XENPV-21",
			      "only NX and software bits may change in a linked table",
			      run->va - map->offset, -EPERM);
	batch_begin(&batch, map, run->table, run->va, run->level, run->index,
		    "XENPV-21");
	for (i = 0; i < run->count && !err; i++) {
		const unsigned int index = run->index + i;
		const u64 raw = physmap_load(map->geo, table, index);

		if (raw & X86_P)
			err = batch_add(&batch, index, (raw & ~clear) | set,
					why);
	}
	return err ? err : batch_send(&batch, why);
}

/* A hypercall that is about one page or one address. */
static void record_call(struct physmap_map *map, enum physmap_event_kind kind,
			u64 where, u64 value, int err)
{
	struct physmap_event e = {
		.kind = kind,
		.value = value,
		.result = err,
	};

	if (kind == PHYSMAP_EVENT_PIN)
		e.table = where;
	else
		e.va = where;
	physmap_record(map, &e);
}

/* Drops the one writable mapping that a table page has (XENPV-2, -4). */
static int make_read_only(struct physmap_map *map, u64 pa,
			  struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	const u64 va = pa + map->offset;
	const struct physmap_found f = physmap_lookup(map, va);
	u64 raw;
	int err;

	if (f.entry.kind != PHYSMAP_LEAF || f.level || f.entry.pa != pa)
		return refuse(why, "XENPV-4",
			      "the table page is not mapped by a page of its own",
			      pa, -EFAULT);
	raw = physmap_load(map->geo, map->hooks->table(map, f.table), f.index);
	if (!(raw & X86_RW))
		return 0;
	xen->updates_va++;
	err = xen->calls->update_va(va, raw & ~X86_RW);
	record_call(map, PHYSMAP_EVENT_UPDATE_VA, va, raw & ~X86_RW, err);
	if (err)
		return xen_refuses(xen, why, "XENPV-4",
				   "Xen refused to make the table page read-only",
				   pa, err);
	return 0;
}

/* Nothing may be able to write to a page that becomes a table now. */
static int check_aliases(struct physmap_map *map, u64 pa,
			 struct physmap_refusal *why)
{
	struct physmap_found f = physmap_lookup(map, pa + map->offset);
	u64 va;

	/* The leaf's own RW counts for Xen, whatever is above (XENPV-2). */
	if (f.entry.attrs & PHYSMAP_WRITE)
		return refuse(why, "XENPV-2",
			      "the table page is still writable in the direct map",
			      pa, -EBUSY);
	if (!map->hooks->alias(map, pa, &va))
		return 0;
	f = physmap_lookup(map, va);
	if (f.entry.kind == PHYSMAP_LEAF && f.entry.pa == pa &&
	    (f.entry.attrs & PHYSMAP_WRITE))
		return refuse(why, "XENPV-2",
			      "the table page is still writable through its alias",
			      pa, -EBUSY);
	return 0;
}

static int pin_table(struct physmap_map *map, u64 pa, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	int err;

	if (!xen->calls->wants_pin())
		return 0;
	xen->mmuext++;
	err = xen->calls->pin_l1(xen->calls->frame(pa >> PAGE_BITS));
	record_call(map, PHYSMAP_EVENT_PIN, physmap_xen_machine(map, pa), 0, err);
	if (err)
		return xen_refuses(xen, why, "XENPV-7",
				   "Xen refused to pin the L1 table", pa, err);
	return 0;
}

static int hook_in(struct physmap_map *map, const struct physmap_link *link,
		   struct physmap_refusal *why)
{
	const u64 raw = xen_of(map)->calls->to_machine(link->level, true,
						       link->value);
	void *parent = map->hooks->table(map, link->parent);
	struct physmap_event stores;
	struct batch batch;
	int err;

	if (physmap_load(map->geo, parent, link->index) & X86_P)
		return refuse(why, "XENPV-5",
			      "a present entry must not be replaced",
			      link->child, -EPERM);
	if (link->unlinked) {
		physmap_store(map->geo, parent, link->index, raw);
		stores = store_event(map, link->parent, link->level, link->va -
				     link->index *
				     physmap_size(map->geo, link->level));
		physmap_record_entry(map, &stores, link->index, raw);
		physmap_record_run(map, &stores);
		return 0;
	}
	batch_begin(&batch, map, link->parent, link->va, link->level,
		    link->index, "XENPV-7");
	batch_add(&batch, link->index, raw, why);
	err = batch_send(&batch, why);
	if (err)
		why->what = "Xen refused to link the table";
	return err;
}

/**
 * physmap_xen_link() - make a filled page a table and publish it
 * @map: map
 * @link: link
 * @why: filled in on an error
 *
 * Fill, read-only, pin, link, in this order (XENPV-4). Tables above the leaf
 * tables are typed when they are linked (XENPV-10).
 *
 * Return: 0, -EPERM, -EBUSY or -EFAULT from our own checks, or Xen's error.
 */
int physmap_xen_link(struct physmap_map *map, const struct physmap_link *link,
		     struct physmap_refusal *why)
{
	int err = make_read_only(map, link->child, why);

	if (!err)
		err = check_aliases(map, link->child, why);
	if (!err && link->level == 1)
		err = pin_table(map, link->child, why);
	if (!err)
		err = hook_in(map, link, why);
	if (!err)
		xen_of(map)->calls->linked(link->child >> PAGE_BITS);
	return err;
}

/**
 * physmap_xen_flush() - drop every translation of this domain
 * @map: map
 * @why: filled in on an error
 *
 * Return: 0 or Xen's error.
 */
int physmap_xen_flush(struct physmap_map *map, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	struct physmap_event flushed = {
		.kind = PHYSMAP_EVENT_FLUSH,
		.detail = PHYSMAP_FLUSH_ALL | PHYSMAP_FLUSH_EVERY_CPU,
	};
	int err;

	xen->mmuext++;
	err = xen->calls->flush_all();
	flushed.result = err;
	physmap_record(map, &flushed);
	if (err)
		return xen_refuses(xen, why, "XENPV-28",
				   "Xen refused to flush the TLB", map->root,
				   err);
	return 0;
}
