// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walker. It turns a span of virtual addresses into slots of tables,
 * level by level, and asks a visitor at each. It reads table memory through
 * the hooks and writes nothing; what a geometry looks like is all it knows.
 */
#include <linux/types.h>
#include <linux/errno.h>
#include <physmap/walk.h>

/**
 * physmap_read() - read a slot in pseudo-physical terms
 * @map: map
 * @table: table, existing or planned
 * @index: slot
 *
 * Return: the raw entry; under Xen PV with the machine frame translated
 * back (XENPV-35, XENPV-38).
 */
u64 physmap_read(struct physmap_map *map, const struct physmap_table *table,
		 unsigned int index)
{
	u64 raw;

	if (table->planned)
		return table->fill + table->stride * index;
	raw = physmap_load(map->geo, map->hooks->table(map, table->pa), index);
	return raw ? map->hooks->canonical(map, raw) : 0;
}

/* One for each size of entry, so that nothing is asked again for each slot. */
static unsigned int agreeing64(const u64 *entry, unsigned int n, u64 bits)
{
	const u64 first = READ_ONCE(entry[0]);
	unsigned int i = 1;

	while (i < n && !((READ_ONCE(entry[i]) ^ first) & bits))
		i++;
	return i;
}

static unsigned int agreeing32(const u32 *entry, unsigned int n, u32 bits)
{
	const u32 first = READ_ONCE(entry[0]);
	unsigned int i = 1;

	while (i < n && !((READ_ONCE(entry[i]) ^ first) & bits))
		i++;
	return i;
}

/**
 * physmap_agreeing() - slots in a row that agree in some bits
 * @map: map
 * @table: physical address of an existing table
 * @index: first slot
 * @n: so many slots are of interest, at least 1
 * @bits: raw bits, as they are in memory
 *
 * Return: how many, from the first on, at least 1.
 */
unsigned int physmap_agreeing(struct physmap_map *map, u64 table,
			      unsigned int index, unsigned int n, u64 bits)
{
	const void *memory = map->hooks->table(map, table);

	if (map->geo->entry_size == sizeof(u32))
		return agreeing32((const u32 *)memory + index, n, bits);
	return agreeing64((const u64 *)memory + index, n, bits);
}

/**
 * physmap_alike() - slots in a row that differ in nothing but their frame
 * @map: map
 * @c: cursor on a slot of an existing leaf table, or above those on one of a
 *	contiguous group
 *
 * What hardware sets by itself makes no difference either.
 *
 * Return: how many, from the cursor up to its last slot, at least 1.
 */
unsigned int physmap_alike(struct physmap_map *map,
			   const struct physmap_cursor *c)
{
	const struct physmap_geometry *geo = map->geo;
	const u64 flags = ~(geo->frame | geo->accessed);
	/* Without a flag there may be nothing, or a number to somebody. */
	const u64 same = c->raw & flags ? flags : ~0ULL;

	return physmap_agreeing(map, c->table.pa, c->index,
				c->last + 1 - c->index, same);
}

/**
 * physmap_existing() - the table that a cursor's entry points to
 * @c: cursor on an entry of kind PHYSMAP_TABLE
 *
 * Return: that table, with the rights that its parents leave it.
 */
struct physmap_table physmap_existing(const struct physmap_cursor *c)
{
	struct physmap_table t = {
		.pa = c->entry.pa,
		.level = c->table.level - 1,
		.unlinked = c->table.unlinked,
		.attrs = c->table.attrs & c->entry.attrs,
	};

	return t;
}

/*
 * Ends are inclusive from here on: a map may end with the address space, and
 * the address beyond is 0 then.
 */
static struct physmap_cursor cursor_at(struct physmap_map *map,
				       const struct physmap_table *t,
				       u64 va, u64 last)
{
	const struct physmap_geometry *geo = map->geo;
	struct physmap_cursor c = {
		.table = *t,
		.index = physmap_index(geo, t->level, va),
		.last = physmap_index(geo, t->level, last),
		.va = va,
		.until = last,
		.slot = va & ~(physmap_size(geo, t->level) - 1),
	};

	c.raw = physmap_read(map, t, c.index);
	c.entry = geo->format->parse(geo, t->level, c.raw);
	return c;
}

/* Most visitors do nothing there, so that it is not looked up for them. */
static int leave_table(struct physmap_map *map, const struct physmap_table *t,
		       u64 last, struct physmap_visitor *v)
{
	struct physmap_cursor c;

	if (v->tail == physmap_walk_done)
		return 0;
	c = cursor_at(map, t, last, last);
	return v->tail(v, &c);
}

static int walk_table(struct physmap_map *map, const struct physmap_table *t,
		      u64 va, u64 last, struct physmap_visitor *v)
{
	const u64 size = physmap_size(map->geo, t->level);

	for (;;) {
		const struct physmap_cursor c = cursor_at(map, t, va, last);
		struct physmap_table child;
		bool descend = false;
		u64 done;
		int n;

		n = v->slot(v, &c, &child, &descend);
		if (n < 0)
			return n;
		done = c.slot + n * size - 1;
		if (descend) {
			int err = walk_table(map, &child, va,
					     done < last ? done : last, v);

			if (!err)
				err = v->back(v, &c, &child);
			if (err)
				return err;
		}
		if (done >= last)
			break;
		va = done + 1;
	}
	return leave_table(map, t, last, v);
}

/**
 * physmap_walk() - visit every slot that translates part of [va, end)
 * @map: map
 * @va: first virtual address
 * @end: first one beyond, not @va; 0 for the end of the address space
 * @v: visitor
 *
 * The span must lie within one root table. Boot, or with whatever keeps
 * others from changing the same tables.
 *
 * Return: 0, or the first negative errno of the visitor.
 */
int physmap_walk(struct physmap_map *map, u64 va, u64 end,
		 struct physmap_visitor *v)
{
	struct physmap_table root = {
		.pa = map->root,
		.level = map->geo->levels - 1,
		.unlinked = false,
		.attrs = PHYSMAP_WRITE | PHYSMAP_EXEC,
	};

	return walk_table(map, &root, va, end - 1, v);
}

/**
 * physmap_walk_done() - for visitors that do nothing when a table is left
 * @v: visitor
 * @c: cursor
 *
 * Return: 0.
 */
int physmap_walk_done(struct physmap_visitor *v, const struct physmap_cursor *c)
{
	return 0;
}

/**
 * physmap_walk_back() - for visitors that do nothing when back from a table
 * @v: visitor
 * @c: cursor
 * @child: the table
 *
 * Return: 0.
 */
int physmap_walk_back(struct physmap_visitor *v, const struct physmap_cursor *c,
		      const struct physmap_table *child)
{
	return 0;
}

/**
 * physmap_lookup() - what an address translates to right now
 * @map: map; any address that its root translates may be asked for
 * @va: virtual address
 *
 * Return: the leaf that translates @va, or the entry that ended the search.
 */
struct physmap_found physmap_lookup(struct physmap_map *map, u64 va)
{
	struct physmap_table t = {
		.pa = map->root,
		.level = map->geo->levels - 1,
		.attrs = PHYSMAP_WRITE | PHYSMAP_EXEC,
	};

	for (;;) {
		struct physmap_cursor c = cursor_at(map, &t, va, va);
		const u32 rights = PHYSMAP_WRITE | PHYSMAP_EXEC;

		if (c.entry.kind != PHYSMAP_TABLE) {
			struct physmap_found f = {
				.entry = c.entry,
				.attrs = c.entry.attrs & (t.attrs | ~rights),
				.level = t.level,
				.raw = c.raw,
				.table = t.pa,
				.index = c.index,
			};

			return f;
		}
		t = physmap_existing(&c);
	}
}
