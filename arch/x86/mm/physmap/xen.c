// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Xen PV backend. A table page is filled while it is ordinary memory,
 * then made read-only, linked and pinned; what is present in a linked table
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

/*
 * Entries wait in a list and go to Xen in one hypercall, whichever tables they
 * are in (XENPV-22): what one of them is for decides what a refusal says.
 */
static const struct {
	const char *rule;
	const char *what;
} purposes[] = {
	[PHYSMAP_XEN_LEAF] = {
		"XENPV-12", "Xen refused to write the entry" },
	[PHYSMAP_XEN_ATTRIBUTES] = {
		"XENPV-21", "Xen refused to change the entry" },
	[PHYSMAP_XEN_READ_ONLY] = {
		"XENPV-4", "Xen refused to make the table page read-only" },
	[PHYSMAP_XEN_LINK] = {
		"XENPV-7", "Xen refused to link the table" },
};

static unsigned int list_index(const struct physmap_xen_update *u)
{
	return u->ptr % (1u << PAGE_BITS) / sizeof(u64);
}

/* An event for a run that begins with an entry of the list. */
static struct physmap_event list_event(struct physmap_map *map, unsigned int i)
{
	const struct physmap_xen *xen = xen_of(map);
	const struct physmap_xen_update *u = &xen->space.list[i];
	const struct physmap_xen_slot *slot = &xen->space.slot[i];
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_MMU_UPDATE,
		.detail = i ? 0 : PHYSMAP_UPDATE_FIRST,
		.level = slot->level,
		.table = u->ptr & ~((1ULL << PAGE_BITS) - 1),
		.va = slot->va - list_index(u) *
				 physmap_size(map->geo, slot->level),
	};

	return e;
}

/*
 * What Xen took of the list, and then the one it did not. Neighbours in one
 * table are one event.
 */
static void record_list(struct physmap_map *map, unsigned int done, int err)
{
	const struct physmap_xen *xen = xen_of(map);
	struct physmap_event run = { };
	unsigned int i;

	if (!map->recorder)
		return;
	for (i = 0; i < xen->listed && i < done + (err != 0); i++) {
		const struct physmap_xen_update *u = &xen->space.list[i];
		const u64 table = u->ptr & ~((1ULL << PAGE_BITS) - 1);

		if (!i || table != run.table || i == done) {
			physmap_record_run(map, &run);
			run = list_event(map, i);
			run.result = i == done ? err : 0;
		}
		physmap_record_entry(map, &run, list_index(u), u->val);
	}
	physmap_record_run(map, &run);
}

/* No error and yet not all done: there is no entry to blame but the first. */
static int list_refused(struct physmap_map *map, unsigned int done, int err,
			struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	const unsigned int i = done < xen->listed ? done : 0;
	const struct physmap_xen_slot *slot = &xen->space.slot[i];
	const u64 val = xen->space.list[i].val;

	xen->refused++;
	why->level = slot->level;
	why->va = slot->va;
	why->machine = (val & X86_FRAME) >> PAGE_BITS;
	return refuse(why, purposes[slot->purpose].rule,
		      purposes[slot->purpose].what,
		      xen->calls->from_machine(val) & X86_FRAME, err);
}

/*
 * Sends what is listed. Xen stops at the first it does not like (XENPV-22), so
 * @done, how many it took, names the culprit.
 */
static int send_list(struct physmap_map *map, unsigned int *done,
		     struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	int err;

	*done = 0;
	if (!xen->listed)
		return 0;
	xen->mmu_updates++;
	err = xen->calls->mmu_update(xen->space.list, xen->listed, done);
	if (!err && *done < xen->listed)
		err = -EIO;
	record_list(map, *done, err);
	if (err)
		list_refused(map, *done, err, why);
	xen->listed = 0;
	return err;
}

static void put(struct physmap_xen *xen, enum physmap_xen_purpose purpose,
		unsigned int level, u64 va, u64 ptr, u64 val)
{
	const unsigned int i = xen->listed++;

	xen->space.slot[i] = (struct physmap_xen_slot) {
		.va = va, .level = level, .purpose = purpose,
	};
	xen->space.list[i] = (struct physmap_xen_update) {
		.ptr = ptr, .val = val,
	};
}

/* For entries that need not go before or after anything else. */
static int make_room(struct physmap_map *map, unsigned int n,
		     struct physmap_refusal *why)
{
	const struct physmap_xen *xen = xen_of(map);
	unsigned int done;

	return xen->listed + n > xen->space.room ? send_list(map, &done, why) : 0;
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

/* What was not present and now is, or is cleared; sent at once. */
static int write_linked(struct physmap_map *map, const struct physmap_run *run,
			struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	const void *table = map->hooks->table(map, run->table);
	const u64 machine = physmap_xen_machine(map, run->table);
	const u64 size = physmap_size(map->geo, run->level);
	unsigned int i, done;
	int present = 0;
	int err = 0;

	for (i = 0; i < run->count && !err; i++) {
		const u64 raw = run->first + i * run->stride;
		const unsigned int index = run->index + i;
		u64 new = raw ? xen->calls->to_machine(run->level, false, raw) : 0;

		err = check_slot(physmap_load(map->geo, table, index), new,
				 raw & X86_FRAME, why);
		if (err || (raw && !new))
			continue;
		present += new != 0;
		put(xen, PHYSMAP_XEN_LEAF, run->level, run->va + i * size,
		    machine + index * sizeof(u64), new);
	}
	if (!err)
		err = send_list(map, &done, why);
	xen->listed = 0;
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
 * take type references anew and may turn a table writable (XENPV-5). The
 * entries wait until the list is full, or for physmap_xen_commit().
 *
 * Return: 0, -EPERM, or Xen's own error.
 */
int physmap_xen_protect(struct physmap_map *map, const struct physmap_run *run,
			u64 set, u64 clear, struct physmap_refusal *why)
{
	const u64 cheap = X86_NX | X86_SOFT | X86_A | X86_D;
	struct physmap_xen *xen = xen_of(map);
	const void *table = map->hooks->table(map, run->table);
	const u64 first = physmap_xen_machine(map, run->table) +
			  run->index * sizeof(u64);
	const u64 size = physmap_size(map->geo, run->level);
	unsigned int i;
	int err;

	if ((set | clear) & ~cheap)
		return refuse(why, "XENPV-21",
			      "only NX and software bits may change in a linked table",
			      run->va - map->offset, -EPERM);
	err = make_room(map, run->count, why);
	if (err)
		return err;
	for (i = 0; i < run->count; i++) {
		const u64 raw = physmap_load(map->geo, table, run->index + i);

		if (raw & X86_P)
			put(xen, PHYSMAP_XEN_ATTRIBUTES, run->level,
			    run->va + i * size, first + i * sizeof(u64),
			    (raw & ~clear) | set);
	}
	return 0;
}

/*
 * Tables that are finished wait for each other and then go into use together,
 * in the order that Xen wants: no writable mapping, then link (XENPV-4). Both
 * are entries, so one hypercall does it for many tables; the pin that Linux
 * wants of L1 tables is one more.
 */

/* Nothing else may be able to write to a page that is to become a table. */
static int check_alias(struct physmap_map *map, u64 pa,
		       const struct physmap_found *direct,
		       struct physmap_refusal *why)
{
	struct physmap_found f;
	u64 va;

	if (!map->hooks->alias(map, pa, &va))
		return 0;
	f = physmap_lookup(map, va);
	/* In a shared L1 table it is the same entry (XENPV-6). */
	if (f.entry.kind != PHYSMAP_LEAF || f.entry.pa != pa ||
	    !(f.entry.attrs & PHYSMAP_WRITE) ||
	    (f.table == direct->table && f.index == direct->index))
		return 0;
	return refuse(why, "XENPV-2",
		      "the table page is still writable through its alias",
		      pa, -EBUSY);
}

/*
 * Where a table page is mapped. Table pages are mostly neighbours, so that the
 * L1 table of the last one is the next one's as well.
 */
static void look_up(struct physmap_map *map, u64 va, u64 last_va,
		    struct physmap_found *f)
{
	const struct physmap_table table = { .pa = f->table };

	if (f->entry.kind != PHYSMAP_LEAF || f->level ||
	    (va ^ last_va) >> map->geo->level[1].shift) {
		*f = physmap_lookup(map, va);
		return;
	}
	f->index = physmap_index(map->geo, 0, va);
	f->raw = physmap_read(map, &table, f->index);
	f->entry = map->geo->format->parse(map->geo, 0, f->raw);
}

/* Drops the one writable mapping that a table page has (XENPV-2). */
static int list_read_only(struct physmap_map *map, u64 pa,
			  const struct physmap_found *f,
			  struct physmap_refusal *why)
{
	u64 raw;

	if (f->entry.kind != PHYSMAP_LEAF || f->level || f->entry.pa != pa)
		return refuse(why, "XENPV-4",
			      "the table page is not mapped by a page of its own",
			      pa, -EFAULT);
	raw = physmap_load(map->geo, map->hooks->table(map, f->table),
			   f->index);
	if (raw & X86_RW)
		put(xen_of(map), PHYSMAP_XEN_READ_ONLY, 0, pa + map->offset,
		    physmap_xen_machine(map, f->table) +
		    f->index * sizeof(u64), raw & ~X86_RW);
	return check_alias(map, pa, f, why);
}

static int list_all_read_only(struct physmap_map *map,
			      struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	struct physmap_found f = { };
	unsigned int i;
	u64 va = 0;
	int err = 0;

	for (i = 0; i < xen->waiting && !err; i++) {
		const u64 pa = xen->space.table[i].child;

		look_up(map, pa + map->offset, va, &f);
		va = pa + map->offset;
		err = list_read_only(map, pa, &f, why);
	}
	return err;
}

static void list_link(struct physmap_map *map, const struct physmap_link *t)
{
	struct physmap_xen *xen = xen_of(map);

	put(xen, PHYSMAP_XEN_LINK, t->level, t->va,
	    physmap_xen_machine(map, t->parent) + t->index * sizeof(u64),
	    xen->calls->to_machine(t->level, true, t->value));
}

static void record_pins(struct physmap_map *map, unsigned int first,
			unsigned int n, unsigned int done, int err)
{
	const struct physmap_xen *xen = xen_of(map);
	struct physmap_event e = { .kind = PHYSMAP_EVENT_PIN };
	unsigned int i;

	for (i = 0; i < n && i < done + (err != 0); i++) {
		e.detail = i ? 0 : PHYSMAP_UPDATE_FIRST;
		e.table = xen->space.frame[first + i] << PAGE_BITS;
		e.result = i == done ? err : 0;
		physmap_record(map, &e);
	}
}

/* Leaf tables only; upper ones are typed when they are linked (XENPV-10). */
static unsigned int list_pins(struct physmap_xen *xen)
{
	unsigned int i, n = 0;

	for (i = 0; i < xen->waiting && xen->calls->wants_pin(); i++) {
		const struct physmap_link *t = &xen->space.table[i];

		if (t->level == 1)
			xen->space.frame[n++] =
				xen->calls->frame(t->child >> PAGE_BITS);
	}
	return n;
}

static int pin_refused(struct physmap_xen *xen, unsigned int i, int err,
		       struct physmap_refusal *why)
{
	const struct physmap_link *t = xen->space.table;

	while (xen->calls->frame(t->child >> PAGE_BITS) != xen->space.frame[i])
		t++;
	why->level = t->level;
	why->va = t->va;
	return xen_refuses(xen, why, "XENPV-7",
			   "Xen refused to pin the L1 table", t->child, err);
}

/* One that is refused does not keep the others from it; the first is told. */
static int pin_tables(struct physmap_map *map, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	const unsigned int n = list_pins(xen);
	unsigned int first, done;
	int err, told = 0;

	for (first = 0; first < n; first += done + 1) {
		done = 0;
		xen->mmuext++;
		err = xen->calls->pin_l1(xen->space.frame + first, n - first, &done);
		if (!err && done < n - first)
			err = -EIO;
		record_pins(map, first, n - first, done, err);
		if (err && told)
			xen->refused++;
		else if (err)
			told = pin_refused(xen, done < n - first ?
					   first + done : first, err, why);
	}
	return told;
}

/*
 * What is linked is Linux' from here on, which unpins what it frees. So after
 * a refusal too tables are pinned, as soon as none of them is writable.
 */
static int own_tables(struct physmap_map *map, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	unsigned int i;

	for (i = 0; i < xen->waiting; i++)
		xen->calls->linked(xen->space.table[i].child >> PAGE_BITS);
	return pin_tables(map, why);
}

static int use_tables(struct physmap_map *map, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	struct physmap_refusal later;
	unsigned int i, done, read_only;
	int err = list_all_read_only(map, why);

	if (err)
		return err;
	read_only = xen->listed;
	for (i = 0; i < xen->waiting; i++)
		if (!xen->space.table[i].unlinked)
			list_link(map, &xen->space.table[i]);
	err = send_list(map, &done, why);
	if (!err)
		return own_tables(map, why);
	if (done >= read_only)
		own_tables(map, &later);
	return err;
}

/**
 * physmap_xen_commit() - send what waits, and put tables into use
 * @map: map
 * @why: filled in on an error
 *
 * Entries first; then read-only and link for all tables together, then the
 * pins (XENPV-4). After a refusal nothing waits any more: tables that were not
 * linked are lost, and the same request makes them anew.
 *
 * Return: 0, -EBUSY or -EFAULT from our own checks, or Xen's error.
 */
int physmap_xen_commit(struct physmap_map *map, struct physmap_refusal *why)
{
	struct physmap_xen *xen = xen_of(map);
	unsigned int done;
	int err = send_list(map, &done, why);

	if (!err)
		err = use_tables(map, why);
	xen->listed = 0;
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
	if (xen->waiting == xen->space.tables)
		err = physmap_xen_commit(map, why);
	if (err)
		return err;
	if (link->unlinked)
		store_pointer(map, link);
	xen->space.table[xen->waiting++] = *link;
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
