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

static void record_unlinked(struct physmap_map *map,
			    const struct physmap_run *run, const u64 *table)
{
	struct physmap_event stores =
		store_event(map, run->table, run->level,
			    run->va - run->index *
			    physmap_size(map->geo, run->level));
	unsigned int i;

	for (i = run->index; i < run->index + run->count; i++)
		physmap_record_entry(map, &stores, i, table[i]);
	physmap_record_run(map, &stores);
}

/* All of memory goes through here: nothing is asked twice for each entry. */
static int write_unlinked(struct physmap_map *map, const struct physmap_run *run)
{
	u64 *table = map->hooks->table(map, run->table);
	const unsigned int present =
		xen_of(map)->calls->leaves(run->first, run->stride, run->count,
					   table + run->index);

	if (map->recorder)
		record_unlinked(map, run, table);
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

static unsigned int list_slot(const struct physmap_xen_update *u)
{
	return u->ptr % (1u << PAGE_BITS) / sizeof(u64);
}

/* An event for a run that begins with an entry of the list. */
static struct physmap_event list_event(struct physmap_map *map, unsigned int i)
{
	const struct physmap_xen *xen = xen_of(map);
	const unsigned int level = xen->about[i].level;
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_MMU_UPDATE,
		.detail = i ? 0 : PHYSMAP_UPDATE_FIRST,
		.level = level,
		.table = xen->list[i].ptr & ~((1ULL << PAGE_BITS) - 1),
		.va = xen->about[i].va - list_slot(&xen->list[i]) *
					 physmap_size(map->geo, level),
	};

	return e;
}

/*
 * What Xen took of the list, and then the one it did not. Neighbours in one
 * table are one event.
 */
static void record_list(struct physmap_map *map, unsigned int n,
			unsigned int done, int err)
{
	const struct physmap_xen *xen = xen_of(map);
	struct physmap_event run = { };
	unsigned int i;

	for (i = 0; i < n && i < done + (err != 0); i++) {
		const struct physmap_xen_update *u = &xen->list[i];
		const u64 table = u->ptr & ~((1ULL << PAGE_BITS) - 1);

		if (!i || table != run.table || i == done) {
			physmap_record_run(map, &run);
			run = list_event(map, i);
			run.result = i == done ? err : 0;
		}
		physmap_record_entry(map, &run, list_slot(u), u->val);
	}
	physmap_record_run(map, &run);
}

static void record_pins(struct physmap_map *map, unsigned int n,
			unsigned int done, int err)
{
	const struct physmap_xen *xen = xen_of(map);
	struct physmap_event e = { .kind = PHYSMAP_EVENT_PIN };
	unsigned int i;

	for (i = 0; i < n && i < done + (err != 0); i++) {
		e.detail = i ? 0 : PHYSMAP_UPDATE_FIRST;
		e.table = xen->frame[i] << PAGE_BITS;
		e.result = i == done ? err : 0;
		physmap_record(map, &e);
	}
}

/*
 * Tables that are finished wait for each other and then go into use together,
 * in the order that Xen wants: no writable mapping, pin, link (XENPV-4).
 */

static struct physmap_link *table_of(struct physmap_xen *xen, unsigned int i)
{
	return &xen->table[xen->about[i].table];
}

static int table_refused(struct physmap_xen *xen,
			 const struct physmap_link *table,
			 struct physmap_refusal *why, const char *rule,
			 const char *what, int error)
{
	why->level = table->level;
	why->va = table->va;
	return xen_refuses(xen, why, rule, what, table->child, error);
}

/* Sends the entries in the list, whichever tables they are in. */
static int send_list(struct physmap_map *map, unsigned int n,
		     struct physmap_refusal *why, const char *rule,
		     const char *what)
{
	struct physmap_xen *xen = xen_of(map);
	unsigned int done = 0;
	int err;

	if (!n)
		return 0;
	xen->mmu_updates++;
	err = xen->calls->mmu_update(xen->list, n, &done);
	if (!err && done < n)
		err = -EIO;
	record_list(map, n, done, err);
	if (!err)
		return 0;
	return table_refused(xen, table_of(xen, done < n ? done : 0), why,
			     rule, what, err);
}

/* Drops the one writable mapping that each table page has (XENPV-2). */
static int make_read_only(struct physmap_map *map, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	unsigned int i, n = 0;

	for (i = 0; i < xen->waiting; i++) {
		const u64 pa = xen->table[i].child;
		const struct physmap_found f =
			physmap_lookup(map, pa + map->offset);
		u64 raw;

		if (f.entry.kind != PHYSMAP_LEAF || f.level ||
		    f.entry.pa != pa)
			return refuse(why, "XENPV-4",
				      "the table page is not mapped by a page of its own",
				      pa, -EFAULT);
		raw = physmap_load(map->geo, map->hooks->table(map, f.table),
				   f.index);
		if (!(raw & X86_RW))
			continue;
		xen->about[n].table = i;
		xen->about[n].level = 0;
		xen->about[n].va = pa + map->offset;
		xen->list[n].ptr = physmap_xen_machine(map, f.table) +
				   f.index * sizeof(u64);
		xen->list[n++].val = raw & ~X86_RW;
	}
	return send_list(map, n, why, "XENPV-4",
			 "Xen refused to make the table page read-only");
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

static int check_tables(struct physmap_map *map, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	unsigned int i;
	int err = 0;

	for (i = 0; i < xen->waiting && !err; i++)
		err = check_aliases(map, xen->table[i].child, why);
	return err;
}

/* Leaf tables only; upper ones are typed when they are linked (XENPV-10). */
static int pin_tables(struct physmap_map *map, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	unsigned int i, n = 0, done = 0;
	int err;

	for (i = 0; i < xen->waiting && xen->calls->wants_pin(); i++) {
		if (xen->table[i].level != 1)
			continue;
		xen->about[n].table = i;
		xen->frame[n++] =
			xen->calls->frame(xen->table[i].child >> PAGE_BITS);
	}
	if (!n)
		return 0;
	xen->mmuext++;
	err = xen->calls->pin_l1(xen->frame, n, &done);
	if (!err && done < n)
		err = -EIO;
	record_pins(map, n, done, err);
	if (!err)
		return 0;
	return table_refused(xen, table_of(xen, done < n ? done : 0), why,
			     "XENPV-7", "Xen refused to pin the L1 table", err);
}

static int link_tables(struct physmap_map *map, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	unsigned int i, n = 0;

	for (i = 0; i < xen->waiting; i++) {
		const struct physmap_link *t = &xen->table[i];

		if (t->unlinked)
			continue;
		xen->about[n].table = i;
		xen->about[n].level = t->level;
		xen->about[n].va = t->va;
		xen->list[n].ptr = physmap_xen_machine(map, t->parent) +
				   t->index * sizeof(u64);
		xen->list[n++].val = xen->calls->to_machine(t->level, true,
							    t->value);
	}
	return send_list(map, n, why, "XENPV-7",
			 "Xen refused to link the table");
}

/**
 * physmap_xen_commit() - put the tables that wait into use
 * @map: map
 * @why: filled in on an error
 *
 * Read-only, pin, link, in this order, for all of them together (XENPV-4).
 * After a refusal none waits any more: those that were not linked are lost,
 * and the same request makes them anew.
 *
 * Return: 0, -EBUSY or -EFAULT from our own checks, or Xen's error.
 */
int physmap_xen_commit(struct physmap_map *map, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	unsigned int i;
	int err = make_read_only(map, why);

	if (!err)
		err = check_tables(map, why);
	if (!err)
		err = pin_tables(map, why);
	if (!err)
		err = link_tables(map, why);
	for (i = 0; i < xen->waiting && !err; i++)
		xen->calls->linked(xen->table[i].child >> PAGE_BITS);
	xen->waiting = 0;
	return err;
}

/* A parent that is not in use yet is ordinary memory (XENPV-23). */
static void store_pointer(struct physmap_map *map,
			  const struct physmap_link *link)
{
	const u64 raw = xen_of(map)->calls->to_machine(link->level, true,
						       link->value);
	struct physmap_event stores =
		store_event(map, link->parent, link->level, link->va -
			    link->index * physmap_size(map->geo, link->level));

	physmap_store(map->geo, map->hooks->table(map, link->parent),
		      link->index, raw);
	physmap_record_entry(map, &stores, link->index, raw);
	physmap_record_run(map, &stores);
}

/**
 * physmap_xen_link() - have a filled page wait to become a table
 * @map: map
 * @link: link
 * @why: filled in on an error
 *
 * Return: 0; -EPERM for a slot that is present (XENPV-5); or, when so many
 * tables waited that they had to go first, physmap_xen_commit()'s error.
 */
int physmap_xen_link(struct physmap_map *map, const struct physmap_link *link,
		     struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	int err = 0;

	if (physmap_load(map->geo, map->hooks->table(map, link->parent),
			 link->index) & X86_P)
		return refuse(why, "XENPV-5",
			      "a present entry must not be replaced",
			      link->child, -EPERM);
	if (xen->waiting == PHYSMAP_XEN_TABLES)
		err = physmap_xen_commit(map, why);
	if (err)
		return err;
	if (link->unlinked)
		store_pointer(map, link);
	xen->table[xen->waiting++] = *link;
	return 0;
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
