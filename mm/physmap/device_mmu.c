// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices as pages of a window in a map of tables. Where they go is decided by
 * reading the tables; the engine builds them, with final attributes at once, so
 * that no device is executable for a moment. Keeps ARM-ATTR-1 and ARM-ATTR-3.
 */
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>
#include <physmap/device.h>
#include <physmap/event.h>
#include <physmap/walk.h>

/* What two mappings of a device may not differ in, to be one. */
#define ALIKE	(PHYSMAP_WRITE | PHYSMAP_EXEC | PHYSMAP_USER | \
		 PHYSMAP_MEMTYPE_MASK)

/**
 * struct pages - all pages that have a part of a device
 * @start: first physical address
 * @end: first one beyond
 * @attrs: attributes that they are to have
 */
struct pages {
	u64 start;
	u64 end;
	u32 attrs;
};

static int refuse(const struct physmap_map *map, struct physmap_refusal *why,
		  const char *rule, const char *what, u64 va, u64 pa, int error)
{
	*why = (struct physmap_refusal) {
		.rule = rule,
		.what = what,
		.va = va,
		.pa = pa,
		.machine = pa >> map->geo->level[0].shift,
		.error = error,
	};
	return error;
}

static int find_pages(struct physmap_device_mmu *w,
		      const struct physmap_device *dev, struct pages *p,
		      struct physmap_refusal *why)
{
	const struct physmap_geometry *geo = w->map->geo;
	const u64 page = physmap_size(geo, 0);
	const u64 last = dev->start + dev->size - 1;
	const u32 memtype = w->memtype[dev->type];

	if (memtype & ~PHYSMAP_MEMTYPE_MASK)
		return refuse(w->map, why, "ARM-ATTR-3",
			      "this machine's memory types have none for such a device: add it to them and to the window",
			      0, dev->start, -EINVAL);
	if (last >= geo->pa_limit)
		return refuse(w->map, why,
			      geo->format->reasons[PHYSMAP_REASON_PA_LIMIT],
			      "the device lies beyond what an entry can address",
			      0, dev->start, -ERANGE);
	*p = (struct pages) {
		.start = dev->start & ~(page - 1),
		.end = (last & ~(page - 1)) + page,
		.attrs = PHYSMAP_WRITE | memtype,
	};
	return 0;
}

/**
 * struct view - what stands at a page of virtual addresses
 * @kind: what
 * @frame: of a leaf: the page that it translates to
 * @attrs: of a leaf: effective attributes
 * @next: next address where something else can stand
 */
struct view {
	enum physmap_kind kind;
	u64 frame;
	u32 attrs;
	u64 next;
};

static struct view look(struct physmap_map *map, u64 va)
{
	const struct physmap_found f = physmap_lookup(map, va);
	const u64 within = physmap_size(map->geo, f.level) - 1;
	const struct view v = {
		.kind = f.entry.kind,
		.frame = f.entry.pa + (va & within),
		.attrs = f.attrs,
		.next = f.entry.kind == PHYSMAP_LEAF ?
			va + physmap_size(map->geo, 0) : (va | within) + 1,
	};

	return v;
}

/* Does a page of the device have another type there? */
static bool clashes(const struct view *v, const struct pages *p)
{
	return v->kind == PHYSMAP_LEAF && v->frame >= p->start &&
	       v->frame < p->end &&
	       ((v->attrs ^ p->attrs) & PHYSMAP_MEMTYPE_MASK);
}

/* Are all pages of the device there, from @va on, as they are wanted? */
static bool is_there(struct physmap_device_mmu *w, const struct pages *p, u64 va)
{
	const u64 page = physmap_size(w->map->geo, 0);
	u64 pa;

	if (w->va_end - va < p->end - p->start)
		return false;
	for (pa = p->start; pa < p->end; pa += page, va += page) {
		const struct view v = look(w->map, va);

		if (v.kind != PHYSMAP_LEAF || v.frame != pa ||
		    (v.attrs ^ p->attrs) & ALIKE)
			return false;
	}
	return true;
}

static int refuse_type(struct physmap_device_mmu *w, u64 va, u64 frame,
		       struct physmap_refusal *why)
{
	return refuse(w->map, why, "ARM-ATTR-1",
		      "the device's page is mapped already, with another memory type: both must ask for the same",
		      va, frame, -EEXIST);
}

/*
 * Looks for the device's pages in the window, and where the map itself would
 * have them: nothing may have two types (ARM-ATTR-1). @found is set if the
 * window has all of them.
 */
static int look_around(struct physmap_device_mmu *w, const struct pages *p,
		       u64 *found, bool *there, struct physmap_refusal *why)
{
	const struct physmap_map *map = w->map;
	const u64 region = map->va_limit - map->va_start;
	struct view v;
	u64 va, pa;

	*there = false;
	for (va = w->va; va - w->va < w->va_end - w->va; va = v.next) {
		v = look(w->map, va);
		if (clashes(&v, p))
			return refuse_type(w, va, v.frame, why);
		if (*there || v.frame != p->start || !is_there(w, p, va))
			continue;
		*there = true;
		*found = va;
	}
	for (pa = p->start; pa < p->end; pa += physmap_size(map->geo, 0)) {
		va = pa + map->offset;
		if (va - map->va_start >= region)
			continue;
		v = look(w->map, va);
		if (clashes(&v, p))
			return refuse_type(w, va, v.frame, why);
	}
	return 0;
}

/* The first pages from @w->next on that nobody has, as many as are wanted. */
static bool find_room(struct physmap_device_mmu *w, u64 bytes, u64 *at)
{
	struct view v;
	u64 va;

	*at = w->next;
	for (va = w->next; va - w->va < w->va_end - w->va; va = v.next) {
		v = look(w->map, va);
		if (v.kind != PHYSMAP_NONE)
			*at = v.next;
		else if (v.next - *at >= bytes)
			return w->va_end - *at >= bytes;
	}
	return false;
}

static int refuse_room(struct physmap_device_mmu *w, const struct pages *p,
		       struct physmap_refusal *why)
{
	return refuse(w->map, why,
		      w->map->geo->format->reasons[PHYSMAP_REASON_VA_LIMIT],
		      "the window has not so many free pages in a row: make it larger",
		      w->next, p->start, -ENOSPC);
}

/*
 * The pages at @va and no others: whatever lies behind them in their table is
 * somebody else's, and no RAM that a map's end could be cut at (X86-LNX-5).
 */
static int build(struct physmap_device_mmu *w, const struct pages *p, u64 va,
		 struct physmap_refusal *why)
{
	const struct physmap_range range = {
		.start = p->start,
		.end = p->end,
		.outer_start = p->start,
		.outer_end = p->end,
		.source = PHYSMAP_FIRMWARE,
	};
	const struct physmap_request req = {
		.ranges = &range,
		.nr_ranges = 1,
		.attrs = p->attrs,
		.policy = PHYSMAP_FINAL_ON_FRESH,
		.flusher = PHYSMAP_ENGINE_FLUSHES,
	};
	struct physmap_map *map = w->map;
	const struct physmap_map was = *map;
	struct physmap_hooks hooks = *map->hooks;
	int err;

	hooks.tails_stay = true;
	map->hooks = &hooks;
	map->offset = va - p->start;
	map->va_start = va;
	map->va_limit = w->va_end;
	/* Whoever hears of the build must know which frames are meant. */
	physmap_record_tables(map);
	err = physmap_build(map, &req, &w->report, why);
	map->hooks = was.hooks;
	map->offset = was.offset;
	map->va_start = was.va_start;
	map->va_limit = was.va_limit;
	physmap_record_tables(map);
	return err;
}

static int map_pages(struct physmap_device_window *window,
		     const struct physmap_device *dev, u64 *va,
		     struct physmap_refusal *why)
{
	struct physmap_device_mmu *w =
		container_of(window, struct physmap_device_mmu, window);
	struct pages p;
	bool there;
	u64 at;
	int err;

	err = find_pages(w, dev, &p, why);
	if (err)
		return err;
	/* Before any of its pages is looked for: there may be very many. */
	if (p.end - p.start > w->va_end - w->va)
		return refuse_room(w, &p, why);
	err = look_around(w, &p, &at, &there, why);
	if (err)
		return err;
	if (!there && !find_room(w, p.end - p.start, &at))
		return refuse_room(w, &p, why);
	if (!there) {
		err = build(w, &p, at, why);
		if (err)
			return err;
		w->next = at + (p.end - p.start);
	}
	*va = at + (dev->start - p.start);
	return 0;
}

/**
 * physmap_device_mmu() - let devices have pages of a map of tables
 * @w: filled in but for @w->memtype, which the caller sets next: no type is
 *	guessed (ARM-ATTR-3); @w->window is for physmap_map_device()
 * @map: map
 * @va: first virtual address of the window; what is less than a page at either
 *	end is left out
 * @va_end: first one beyond
 *
 * Pages of the window that somebody has are passed over. A device gets pages
 * one behind the other; one whose pages the window has already, with the same
 * attributes, uses those. Pages that would be mapped with two memory types, in
 * the window or there and where @map has its own, are refused (ARM-ATTR-1). No
 * page is given back: the engine clears no leaf that may be in use.
 */
void physmap_device_mmu(struct physmap_device_mmu *w, struct physmap_map *map,
			u64 va, u64 va_end)
{
	const u64 page = physmap_size(map->geo, 0);
	unsigned int i;

	/* Too large for a copy on a kernel's stack. */
	memset(w, 0, sizeof(*w));
	w->window.map = map_pages;
	w->map = map;
	w->va = (va + page - 1) & ~(page - 1);
	w->va_end = va_end & ~(page - 1);
	/* Less than a page: no room for anything. */
	if (w->va_end - w->va > va_end - va)
		w->va_end = w->va;
	w->next = w->va;
	for (i = 0; i < PHYSMAP_DEVICE_TYPES; i++)
		w->memtype[i] = PHYSMAP_DEVICE_NO_MEMTYPE;
}
