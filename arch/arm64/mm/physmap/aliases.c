// SPDX-License-Identifier: GPL-2.0-only
/*
 * Judges memory attributes of tables as they are: walks any part of a root
 * into the caller's list of extents, sorts them by frame, and sweeps once.
 * Reads tables and allocates nothing. Keeps ARM-ATTR-1, -3, -4, -6 and
 * ARM-XEN-1.
 */
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/sort.h>
#include <linux/types.h>
#include <physmap/walk.h>
#include "attributes.h"

static bool alike(const struct physmap_arm64_type *a,
		  const struct physmap_arm64_type *b)
{
	return a->memory == b->memory && a->inner == b->inner &&
	       a->outer == b->outer && a->inner_hints == b->inner_hints &&
	       a->outer_hints == b->outer_hints && a->share == b->share &&
	       a->tagged == b->tagged;
}

/* Leaves from the cursor on whose frames follow each other, else alike. */
static unsigned int in_a_row(struct physmap_map *map,
			     const struct physmap_cursor *c)
{
	const u64 size = physmap_size(map->geo, c->table.level);
	unsigned int n = 1;
	u64 raw = c->raw;

	while (c->index + n <= c->last &&
	       physmap_read(map, &c->table, c->index + n) == (raw += size))
		n++;
	return n;
}

/* @n leaves from the cursor on as one extent, no more than is walked. */
static struct physmap_arm64_extent
extent_at(struct physmap_map *map, const struct physmap_arm64_attr_regs *regs,
	  const struct physmap_cursor *c, unsigned int n)
{
	const u64 size = n * physmap_size(map->geo, c->table.level);
	const u64 last = c->slot + size - 1 < c->until ? c->slot + size - 1 :
							 c->until;

	return (struct physmap_arm64_extent) {
		.pa = c->entry.pa + (c->va - c->slot),
		.va = c->va,
		.size = last - c->va + 1,
		.attrs = c->entry.attrs & c->table.attrs &
			 (PHYSMAP_WRITE | PHYSMAP_EXEC),
		.type = physmap_arm64_type(map->geo, regs, c->raw),
	};
}

/**
 * struct collection - a walk that writes down what is mapped
 * @v: the walk's visitor
 * @map: map
 * @regs: what descriptors are read by
 * @all: the list
 * @pending: extent that may still grow; empty if its size is 0
 */
struct collection {
	struct physmap_visitor v;
	struct physmap_map *map;
	const struct physmap_arm64_attr_regs *regs;
	struct physmap_arm64_extents *all;
	struct physmap_arm64_extent pending;
};

static void put_pending(struct collection *c)
{
	struct physmap_arm64_extents *all = c->all;

	if (!c->pending.size)
		return;
	if (all->count < all->room)
		all->extent[all->count] = c->pending;
	all->count++;
	c->pending.size = 0;
}

static bool continues(const struct physmap_arm64_extent *a,
		      const struct physmap_arm64_extent *b)
{
	return a->pa + a->size == b->pa && a->va + a->size == b->va &&
	       a->attrs == b->attrs && alike(&a->type, &b->type);
}

static int collect_slot(struct physmap_visitor *v,
			const struct physmap_cursor *c,
			struct physmap_table *child, bool *descend)
{
	struct collection *col = container_of(v, struct collection, v);
	struct physmap_arm64_extent e;
	unsigned int n;

	if (c->entry.kind == PHYSMAP_TABLE) {
		*child = physmap_existing(c);
		*descend = true;
		return 1;
	}
	if (c->entry.kind != PHYSMAP_LEAF)
		return 1;
	n = in_a_row(col->map, c);
	e = extent_at(col->map, col->regs, c, n);
	if (continues(&col->pending, &e)) {
		col->pending.size += e.size;
	} else {
		put_pending(col);
		col->pending = e;
	}
	return n;
}

/**
 * physmap_arm64_collect() - write down what is mapped
 * @map: map; any addresses that its root translates may be asked for
 * @regs: what its descriptors are read by
 * @va: first virtual address
 * @end: first one beyond; 0 for the end of the address space
 * @all: list; several parts of roots can be put into the same one
 *
 * To be called with whatever keeps others from taking tables away.
 */
void physmap_arm64_collect(struct physmap_map *map,
			   const struct physmap_arm64_attr_regs *regs,
			   u64 va, u64 end, struct physmap_arm64_extents *all)
{
	struct collection c = {
		.v = {
			.slot = collect_slot,
			.back = physmap_walk_back,
			.tail = physmap_walk_done,
		},
		.map = map,
		.regs = regs,
		.all = all,
	};

	physmap_walk(map, va, end, &c.v);
	put_pending(&c);
}

/**
 * struct rule - what two mappings of a frame must not be together
 * @id: the rule
 * @class: mappings of the same class never break it together
 * @conflict: how two mappings break it; "" if they do not
 */
struct rule {
	const char *id;
	u32 (*class)(const struct physmap_arm64_extent *e);
	const char *(*conflict)(const struct physmap_arm64_extent *a,
				const struct physmap_arm64_extent *b);
};

/* Hints and tags make no difference (ARM-ATTR-1, ARM-BBM-3). */
static u32 type_class(const struct physmap_arm64_extent *e)
{
	return e->type.memory << 6 | e->type.inner << 4 | e->type.outer << 2 |
	       e->type.share;
}

static const char *type_conflict(const struct physmap_arm64_extent *a,
				 const struct physmap_arm64_extent *b)
{
	if (a->type.memory != b->type.memory)
		return "memory type differs";
	if (a->type.inner != b->type.inner)
		return "inner cacheability differs";
	if (a->type.outer != b->type.outer)
		return "outer cacheability differs";
	return a->type.share != b->type.share ? "shareability differs" : "";
}

static u32 rights_class(const struct physmap_arm64_extent *e)
{
	return e->attrs;
}

static const char *rights_conflict(const struct physmap_arm64_extent *a,
				   const struct physmap_arm64_extent *b)
{
	const bool there = (a->attrs & PHYSMAP_WRITE) &&
			   (b->attrs & PHYSMAP_EXEC);
	const bool here = (a->attrs & PHYSMAP_EXEC) &&
			  (b->attrs & PHYSMAP_WRITE);

	return here || there ? "written by one, executed by the other" : "";
}

static const struct rule types_agree = {
	.id = "ARM-ATTR-1",
	.class = type_class,
	.conflict = type_conflict,
};

static const struct rule rights_agree = {
	.id = "ARM-ATTR-4",
	.class = rights_class,
	.conflict = rights_conflict,
};

/*
 * Four Device types, a reserved one, and of Normal memory three policies for
 * inner and for outer caches in four shareabilities.
 */
#define MAX_CLASSES	(4 + 1 + 3 * 3 * 4)

/**
 * struct sweep - a judgement under way
 * @rule: what is judged
 * @sink: where words go
 * @findings: how many so far
 * @classes: how many there are
 * @first: of each class, the extent by which it is known
 * @open: of each class, extents that the sweep may still be in
 */
struct sweep {
	const struct rule *rule;
	struct physmap_arm64_attr_sink *sink;
	int findings;
	unsigned int classes;
	struct physmap_arm64_extent *first[MAX_CLASSES];
	struct physmap_arm64_extent *open[MAX_CLASSES];
};

static unsigned int class_of(struct sweep *s, struct physmap_arm64_extent *e)
{
	unsigned int i;

	for (i = 0; i < s->classes; i++)
		if (s->rule->class(s->first[i]) == s->rule->class(e))
			return i;
	s->first[s->classes] = e;
	s->open[s->classes] = NULL;
	return s->classes++;
}

/* The part of an extent that maps [@pa, @pa + @size). */
static struct physmap_arm64_extent part(const struct physmap_arm64_extent *e,
					u64 pa, u64 size)
{
	struct physmap_arm64_extent p = *e;

	p.va += pa - e->pa;
	p.pa = pa;
	p.size = size;
	p.next = NULL;
	return p;
}

/* @a began no later than @b, and both map @b's first frame. */
static void found_alias(struct sweep *s, const struct physmap_arm64_extent *a,
			const struct physmap_arm64_extent *b)
{
	const u64 left = a->pa + a->size - b->pa;
	const u64 size = left < b->size ? left : b->size;
	const struct physmap_arm64_alias_finding f = {
		.rule = s->rule->id,
		.text = s->rule->conflict(a, b),
		.at = part(a, b->pa, size),
		.other = part(b, b->pa, size),
	};

	s->findings++;
	s->sink->alias(s->sink, &f);
}

/* All in a list conflict with @e; those that ended before it leave the list. */
static void meet(struct sweep *s, struct physmap_arm64_extent **link,
		 const struct physmap_arm64_extent *e)
{
	while (*link) {
		struct physmap_arm64_extent *open = *link;

		if (open->pa + open->size <= e->pa) {
			*link = open->next;
			continue;
		}
		found_alias(s, open, e);
		link = &open->next;
	}
}

static void sweep_over(struct sweep *s, struct physmap_arm64_extent *e)
{
	const unsigned int own = class_of(s, e);
	unsigned int i;

	for (i = 0; i < s->classes; i++)
		if (i != own && *s->rule->conflict(s->first[i], e))
			meet(s, &s->open[i], e);
	e->next = s->open[own];
	s->open[own] = e;
}

static int by_frame(const void *a, const void *b)
{
	const struct physmap_arm64_extent *x = a, *y = b;

	if (x->pa != y->pa)
		return x->pa < y->pa ? -1 : 1;
	return x->va < y->va ? -1 : x->va > y->va;
}

static int judge_aliases(const struct rule *rule,
			 struct physmap_arm64_extents *all,
			 struct physmap_arm64_attr_sink *sink)
{
	struct sweep s = { .rule = rule, .sink = sink };
	u64 i;

	if (all->count > all->room)
		return -ENOSPC;
	sort(all->extent, all->count, sizeof(*all->extent), by_frame, NULL);
	for (i = 0; i < all->count; i++)
		sweep_over(&s, &all->extent[i]);
	return s.findings;
}

/**
 * physmap_arm64_judge_types() - find frames whose mappings differ in type
 * @all: everything that is mapped; is sorted
 * @sink: gets every two mappings that differ in memory type, cacheability or
 *	shareability (ARM-ATTR-1)
 *
 * Time grows with the extents and the findings, once they are sorted.
 *
 * Return: number of findings; -ENOSPC if @all is not complete.
 */
int physmap_arm64_judge_types(struct physmap_arm64_extents *all,
			      struct physmap_arm64_attr_sink *sink)
{
	return judge_aliases(&types_agree, all, sink);
}

/**
 * physmap_arm64_judge_rights() - find code that can be written elsewhere
 * @all: everything that is mapped; is sorted
 * @sink: gets every two mappings of which one can be written and the other
 *	executed (ARM-ATTR-4)
 *
 * Boot writes its own code through the linear map; so this is for later.
 *
 * Return: number of findings; -ENOSPC if @all is not complete.
 */
int physmap_arm64_judge_rights(struct physmap_arm64_extents *all,
			       struct physmap_arm64_attr_sink *sink)
{
	return judge_aliases(&rights_agree, all, sink);
}

static const char *unknown(const struct physmap_arm64_type *type)
{
	if (type->memory == PHYSMAP_ARM64_RESERVED)
		return "has a type that MAIR does not define";
	return type->share == PHYSMAP_ARM64_SHARE_RESERVED ?
	       "has a shareability that is reserved" : "";
}

/**
 * physmap_arm64_judge_known() - find mappings that may be of any type
 * @all: everything that is mapped
 * @sink: gets what is mapped by a type that is not defined (ARM-ATTR-3)
 *
 * Return: number of findings; -ENOSPC if @all is not complete.
 */
int physmap_arm64_judge_known(const struct physmap_arm64_extents *all,
			      struct physmap_arm64_attr_sink *sink)
{
	int findings = 0;
	u64 i;

	if (all->count > all->room)
		return -ENOSPC;
	for (i = 0; i < all->count; i++) {
		const struct physmap_arm64_attr_finding f = {
			.rule = "ARM-ATTR-3",
			.text = unknown(&all->extent[i].type),
			.mapped = true,
			.at = all->extent[i],
		};

		if (!*f.text)
			continue;
		findings++;
		sink->mapping(sink, &f);
	}
	return findings;
}

/**
 * struct demand - a walk that judges each mapping by itself
 * @v: the walk's visitor
 * @map: map
 * @regs: what descriptors are read by
 * @rule: ID of the rule
 * @lacks: what a type lacks; "" if it is as it must be
 * @sink: where words go
 * @findings: how many so far
 */
struct demand {
	struct physmap_visitor v;
	struct physmap_map *map;
	const struct physmap_arm64_attr_regs *regs;
	const char *rule;
	const char *(*lacks)(const struct physmap_arm64_type *type);
	struct physmap_arm64_attr_sink *sink;
	int findings;
};

static void found_mapping(struct demand *d, const char *text, bool mapped,
			  struct physmap_arm64_extent at)
{
	const struct physmap_arm64_attr_finding f = {
		.rule = d->rule,
		.text = text,
		.mapped = mapped,
		.at = at,
	};

	d->findings++;
	d->sink->mapping(d->sink, &f);
}

static int demand_slot(struct physmap_visitor *v,
		       const struct physmap_cursor *c,
		       struct physmap_table *child, bool *descend)
{
	struct demand *d = container_of(v, struct demand, v);
	const bool leaf = c->entry.kind == PHYSMAP_LEAF;
	struct physmap_arm64_extent e;
	const char *text;
	unsigned int n;

	if (c->entry.kind == PHYSMAP_TABLE) {
		*child = physmap_existing(c);
		*descend = true;
		return 1;
	}
	n = leaf ? in_a_row(d->map, c) : 1;
	e = extent_at(d->map, d->regs, c, n);
	text = leaf ? d->lacks(&e.type) : "is not mapped";
	if (*text)
		found_mapping(d, text, leaf, e);
	return n;
}

static int judge_range(struct demand *d, u64 va, u64 end)
{
	d->v.slot = demand_slot;
	d->v.back = physmap_walk_back;
	d->v.tail = physmap_walk_done;
	physmap_walk(d->map, va, end, &d->v);
	return d->findings;
}

/* Any allocation hint will do, but write-through will not (ARM-XEN-1). */
static const char *lacks_for_xen(const struct physmap_arm64_type *type)
{
	if (type->memory != PHYSMAP_ARM64_NORMAL)
		return "is not Normal memory";
	if (type->inner != PHYSMAP_ARM64_WB)
		return "is not inner write-back";
	if (type->outer != PHYSMAP_ARM64_WB)
		return "is not outer write-back";
	return type->share != PHYSMAP_ARM64_SHARE_INNER ?
	       "is not inner shareable" : "";
}

static const char *lacks_tags(const struct physmap_arm64_type *type)
{
	return type->tagged ? "" : "is not Normal-Tagged";
}

/**
 * physmap_arm64_judge_shared() - may this be shared with Xen and other guests
 * @map: map; any addresses that its root translates may be asked for
 * @regs: what its descriptors are read by
 * @va: first virtual address of shared_info, vcpu_info, grant frames, a ring
 *	or a hypercall's buffer
 * @end: first one beyond; 0 for the end of the address space
 * @sink: gets what is not mapped as the ABI wants it (ARM-XEN-1)
 *
 * Return: number of findings.
 */
int physmap_arm64_judge_shared(struct physmap_map *map,
			       const struct physmap_arm64_attr_regs *regs,
			       u64 va, u64 end,
			       struct physmap_arm64_attr_sink *sink)
{
	struct demand d = {
		.map = map,
		.regs = regs,
		.rule = "ARM-XEN-1",
		.lacks = lacks_for_xen,
		.sink = sink,
	};

	return judge_range(&d, va, end);
}

/**
 * physmap_arm64_judge_tagged() - can this memory have allocation tags
 * @map: map; any addresses that its root translates may be asked for
 * @regs: what its descriptors are read by
 * @va: first virtual address, of memory that allocators give out
 * @end: first one beyond; 0 for the end of the address space
 * @sink: gets what has no tags though the machine has MTE (ARM-ATTR-6)
 *
 * Return: number of findings.
 */
int physmap_arm64_judge_tagged(struct physmap_map *map,
			       const struct physmap_arm64_attr_regs *regs,
			       u64 va, u64 end,
			       struct physmap_arm64_attr_sink *sink)
{
	struct demand d = {
		.map = map,
		.regs = regs,
		.rule = "ARM-ATTR-6",
		.lacks = lacks_tags,
		.sink = sink,
	};

	return judge_range(&d, va, end);
}

/**
 * physmap_arm64_print_mapping() - a finding about one mapping, as a line
 * @out: sink
 * @f: finding
 */
void physmap_arm64_print_mapping(struct physmap_out *out,
				 const struct physmap_arm64_attr_finding *f)
{
	physmap_print(out, "%s: %#llx-%#llx %s", f->rule, f->at.va,
		      f->at.va + f->at.size, f->text);
	if (f->mapped) {
		physmap_print(out, ": ");
		physmap_arm64_print_type(out, &f->at.type);
	}
	physmap_print(out, "\n");
}

static void print_side(struct physmap_out *out,
		       const struct physmap_arm64_extent *e)
{
	physmap_print(out, "%#llx ", e->va);
	physmap_arm64_print_type(out, &e->type);
	physmap_print(out, "%s%s", e->attrs & PHYSMAP_WRITE ? ", write" : "",
		      e->attrs & PHYSMAP_EXEC ? ", exec" : "");
}

/**
 * physmap_arm64_print_alias() - a finding about two mappings, as a line
 * @out: sink
 * @f: finding
 */
void physmap_arm64_print_alias(struct physmap_out *out,
			       const struct physmap_arm64_alias_finding *f)
{
	physmap_print(out, "%s: frames %#llx-%#llx: %s: ", f->rule, f->at.pa,
		      f->at.pa + f->at.size, f->text);
	print_side(out, &f->at);
	physmap_print(out, "; ");
	print_side(out, &f->other);
	physmap_print(out, "\n");
}
