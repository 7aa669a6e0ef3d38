// SPDX-License-Identifier: GPL-2.0-only
/*
 * The specification. What a page's address translates to is worked out for
 * that address alone, range by range, from where the walk ended before; then
 * every slot there is afterwards is held against it. Reads simulated memory,
 * writes nothing.
 */
#include <stdio.h>
#include <string.h>
#include "spec.h"

#define AD	(SPEC_A | SPEC_D)
/* What Xen leaves alone in an entry (XENPV-15). */
#define XEN_CARES	(SPEC_P | SPEC_RW | SPEC_NX | SPEC_MARK)

enum kind {
	NONE,		/* all zero */
	LEAF,
	FOREIGN,	/* not present, yet somebody's */
};

/**
 * struct state - what a walk for one page ends with
 * @kind: see there
 * @level: of the entry it ended at
 * @made: a leaf that this request made
 * @frame: physical address of the page that the leaf maps here
 * @bits: whatever else a leaf says, spelt as in a leaf table; of a foreign
 *	entry the entry
 */
struct state {
	enum kind kind;
	unsigned int level;
	bool made;
	u64 frame;
	u64 bits;
};

/* The same with the entries that the walk came by, by level. */
struct walk {
	struct state end;
	u64 entry[SPEC_LEVELS];
};

static u64 size_of(const struct spec_machine *m, unsigned int level)
{
	return 1ULL << m->shift[level];
}

static u64 slot_of(const struct spec_machine *m, unsigned int level, u64 va)
{
	return va & ~(size_of(m, level) - 1);
}

static u64 load(const struct spec_machine *m, const void *table,
		unsigned int i)
{
	if (!table)
		return 0;
	return m->entry_size == 4 ? ((const u32 *)table)[i] :
				    ((const u64 *)table)[i];
}

static u64 mask(unsigned int high, unsigned int low)
{
	return (2ULL << high) - (1ULL << low);
}

/* Bits of an entry that can hold an address. */
static u64 address_bits(const struct spec_machine *m)
{
	if (!m->arm64)
		return SPEC_FRAME & ~m->encrypt;
	if (m->lpa2)
		return mask(49, m->shift[0]) | mask(9, 8);
	return mask(47, m->shift[0]) | (m->shift[0] == 16 ? mask(15, 12) : 0);
}

static u64 address(const struct spec_machine *m, u64 raw)
{
	const u64 pa = raw & address_bits(m);

	if (m->arm64 && m->lpa2)
		return (pa & ~mask(9, 8)) | (raw >> 8 & 3) << 50;
	if (m->arm64 && m->shift[0] == 16)
		return (pa & ~mask(15, 12)) | (raw >> 12 & 15) << 48;
	return m->pfn ? m->pfn(pa >> 12) << 12 : pa;
}

static bool is_table(const struct spec_machine *m, unsigned int level, u64 raw)
{
	if (m->arm64)
		return level && (raw & SPEC_ARM_PAGE) == SPEC_ARM_PAGE;
	return level && (raw & SPEC_P) && !(raw & SPEC_PS);
}

static bool is_leaf(const struct spec_machine *m, unsigned int level, u64 raw)
{
	if (m->arm64)
		return (raw & SPEC_ARM_PAGE) ==
		       (level ? SPEC_ARM_BLOCK : SPEC_ARM_PAGE);
	return (raw & SPEC_P) && !is_table(m, level, raw);
}

static struct state leaf_state(const struct spec_machine *m, unsigned int level,
			       u64 va, u64 raw)
{
	const u64 within = size_of(m, level) - 1;
	struct state s = {
		.kind = LEAF,
		.level = level,
		.frame = (address(m, raw) & ~within) |
			 (va & within & ~(MODEL_PAGE - 1)),
		.bits = raw & ~address_bits(m),
	};

	if (m->arm64)
		s.bits |= SPEC_ARM_PAGE;
	else if (level)
		s.bits = (s.bits & ~SPEC_PS) |
			 (raw & SPEC_PAT_LARGE ? SPEC_PAT : 0);
	return s;
}

/* A level whose table is the same as in the last walk, if there is any. */
static unsigned int known_level(const struct spec_machine *m,
				const struct spec_path *path, u64 va)
{
	unsigned int level = path->level;

	while (path->warm && level < m->levels) {
		const unsigned int span = m->shift[level] + m->bits[level];

		if (span >= 64 || va >> span == path->va >> span)
			return level;
		level++;
	}
	return m->levels;
}

/* Neighbours share most of a walk, and memory does not change meanwhile. */
static struct walk walk(const struct spec_machine *m, struct spec_path *path,
			u64 va)
{
	unsigned int level = known_level(m, path, va);
	struct walk w = { };

	if (level == m->levels)
		path->page[--level] = model_peek(path->mem, m->root);
	memcpy(w.entry, path->entry, sizeof(w.entry));
	for (;; level--) {
		const u64 raw = load(m, path->page[level],
				     va >> m->shift[level] &
				     ((1u << m->bits[level]) - 1));

		w.entry[level] = raw;
		if (is_table(m, level, raw)) {
			path->page[level - 1] = model_peek(path->mem,
							   address(m, raw));
			continue;
		}
		if (is_leaf(m, level, raw)) {
			w.end = leaf_state(m, level, va, raw);
		} else {
			w.end.kind = raw ? FOREIGN : NONE;
			w.end.bits = raw;
			w.end.level = level;
		}
		break;
	}
	memcpy(path->entry, w.entry, sizeof(w.entry));
	path->level = level;
	path->va = va;
	path->warm = true;
	return w;
}

/* What must become of an address */

static u64 first_of(struct spec *spec, const struct physmap_range *r)
{
	return r->start + spec->machine->offset;
}

static u64 last_of(struct spec *spec, const struct physmap_range *r)
{
	return r->end - 1 + spec->machine->offset;
}

/* Is any of the slot asked for? */
static bool touches(struct spec *spec, const struct physmap_range *r,
		    unsigned int level, u64 va)
{
	const u64 slot = slot_of(spec->machine, level, va);

	return slot <= last_of(spec, r) &&
	       slot + (size_of(spec->machine, level) - 1) >= first_of(spec, r);
}

static bool wanted(struct spec *spec, const struct physmap_range *r,
		   unsigned int level)
{
	return !level ||
	       (r->leaf_levels & spec->machine->leaf_levels & 1u << level);
}

/* Does a cut lie within [start, end)? */
static bool has_cut(const struct spec_machine *m, u64 start, u64 end)
{
	unsigned int i;

	for (i = 0; i < m->nr_cuts; i++)
		if (m->cuts[i] > start && m->cuts[i] < end)
			return true;
	return false;
}

/* May an empty slot become one large leaf? X86-MT-1 and the outer range. */
static bool takes_leaf(struct spec *spec, const struct physmap_range *r,
		       unsigned int level, u64 va)
{
	const struct spec_machine *m = spec->machine;
	const u64 size = size_of(m, level);
	const u64 pa = slot_of(m, level, va) - m->offset;

	if (!wanted(spec, r, level) || (pa & (size - 1)))
		return false;
	if (pa < r->outer_start || pa + size > r->outer_end)
		return false;
	return !has_cut(m, pa, pa + size);
}

/* What keeps the kernel from executing; where there is one privilege, XN. */
static u64 arm_no_exec(const struct spec_machine *m)
{
	return m->el2 ? SPEC_ARM_UXN : SPEC_ARM_PXN;
}

static u64 arm_final_bits(const struct spec_machine *m, u32 attrs)
{
	const u64 type = (attrs & PHYSMAP_MEMTYPE_MASK) >>
			 PHYSMAP_MEMTYPE_SHIFT;

	return SPEC_ARM_PAGE | SPEC_ARM_AF | SPEC_ARM_DIRTY | type << 2 |
	       (m->lpa2 ? 0 : SPEC_ARM_INNER) |
	       (m->el2 ? SPEC_ARM_USER : SPEC_ARM_UXN) |
	       (attrs & PHYSMAP_EXEC ? 0 : arm_no_exec(m)) |
	       (attrs & PHYSMAP_WRITE ? SPEC_ARM_DBM : SPEC_ARM_RDONLY) |
	       (m->el2 || attrs & PHYSMAP_GLOBAL ? 0 : SPEC_ARM_NG);
}

static u64 final_bits(struct spec *spec, u64 pa)
{
	const struct spec_machine *m = spec->machine;
	const u32 attrs = spec->req->attrs;
	const bool read_only = m->read_only && m->read_only(m->context, pa);

	if (m->arm64)
		return arm_final_bits(m, attrs);
	return SPEC_P |
	       (attrs & PHYSMAP_WRITE && !read_only ? SPEC_RW : 0) |
	       (attrs & PHYSMAP_EXEC || !m->nx ? 0 : SPEC_NX) |
	       (attrs & PHYSMAP_GLOBAL && m->global ? SPEC_G : 0) |
	       (attrs & PHYSMAP_ENCRYPTED ? m->encrypt : 0);
}

/* The same leaf before pass 2 has seen it. */
static u64 early_bits(const struct spec_machine *m, u64 bits)
{
	if (m->arm64)
		return (bits & ~(SPEC_ARM_RDONLY | arm_no_exec(m))) |
		       SPEC_ARM_DBM | SPEC_ARM_MARK;
	return (bits & ~(SPEC_NX | SPEC_G)) | SPEC_MARK;
}

static struct state after(struct spec *spec, unsigned int n, u64 va);

/* Are all leaves of the group that begins at @first made for this range? */
static bool all_made(struct spec *spec, const struct physmap_range *r,
		     unsigned int level, u64 first, u64 bytes)
{
	const unsigned int n = r - spec->req->ranges;
	u64 at;

	for (at = first; at < first + bytes; at += size_of(spec->machine, level)) {
		struct state s;

		if (!touches(spec, r, level, at) ||
		    (level && !takes_leaf(spec, r, level, at)))
			return false;
		s = after(spec, n, at);
		if (s.kind != NONE || s.level < level)
			return false;
	}
	return true;
}

/* ARM-CONT-1, -4: the same addresses in line, all new, and no cut between. */
static bool is_grouped(struct spec *spec, const struct physmap_range *r,
		       unsigned int level, u64 va)
{
	const struct spec_machine *m = spec->machine;
	const unsigned int n = r - spec->req->ranges;
	const u64 bytes = size_of(m, level) << m->group[level];
	const u64 first = va & ~(bytes - 1);
	const u64 pa = first - m->offset;

	if (!r->contig || !m->group[level] || (pa & (bytes - 1)) ||
	    has_cut(m, pa, pa + bytes))
		return false;
	if (!spec->whole.known || spec->whole.range != n ||
	    spec->whole.level != level || spec->whole.first != first) {
		const bool is = all_made(spec, r, level, first, bytes);

		spec->whole.known = true;
		spec->whole.range = n;
		spec->whole.level = level;
		spec->whole.first = first;
		spec->whole.is = is;
	}
	return spec->whole.is;
}

static struct state new_leaf(struct spec *spec, const struct physmap_range *r,
			     unsigned int level, u64 va)
{
	const struct spec_machine *m = spec->machine;
	const u64 pa = (va - m->offset) & ~(MODEL_PAGE - 1);
	struct state s = { .kind = LEAF, .level = level, .made = true };

	/* XENPV-36 */
	if (m->has_frame && !m->has_frame(m->context, pa))
		return (struct state) { .kind = NONE };
	s.frame = pa;
	s.bits = final_bits(spec, pa);
	if (is_grouped(spec, r, level, va))
		s.bits |= SPEC_ARM_CONT;
	return s;
}

/* An empty slot gets the largest leaf it may have, or a table around it. */
static struct state fill(struct spec *spec, const struct physmap_range *r,
			 struct state s, u64 va)
{
	unsigned int level;

	for (level = s.level; level; level--)
		if (touches(spec, r, level, va) &&
		    takes_leaf(spec, r, level, va))
			return new_leaf(spec, r, level, va);
	if (touches(spec, r, 0, va))
		return new_leaf(spec, r, 0, va);
	while (s.level && touches(spec, r, s.level, va))
		s.level--;
	return s;
}

static struct state by_range(struct spec *spec,
			     const struct physmap_range *r, struct state s,
			     u64 va)
{
	if (s.kind == NONE)
		return fill(spec, r, s, va);
	/* X86-LNX-2: split as far as its size is not wanted, else as it is. */
	if (s.kind == LEAF)
		while (s.level && !wanted(spec, r, s.level) &&
		       touches(spec, r, s.level, va))
			s.level--;
	return s;
}

static bool asked_for(struct spec *spec, unsigned int level, u64 va)
{
	unsigned int i;

	for (i = 0; i < spec->req->nr_ranges; i++)
		if (touches(spec, &spec->req->ranges[i], level, va))
			return true;
	return false;
}

/*
 * X86-LNX-5: behind the range, in tables that were there before it and not at
 * the root, slots that are no RAM are cleared, but for those that the request
 * is about: what is asked for and there is kept (X86-LNX-1). Which tables
 * there were shows in how the walk for the range's last page ended.
 */
static bool is_tail(struct spec *spec, const struct physmap_range *r,
		    const struct state *at_last, u64 va, unsigned int *level)
{
	const struct spec_machine *m = spec->machine;
	const u64 last = last_of(spec, r);
	const struct state then = by_range(spec, r, *at_last, last);
	unsigned int l;

	for (l = 0; l + 1 < m->levels; l++) {
		const bool there = at_last->level <= l ||
				   (at_last->kind == LEAF && then.level <= l);
		const u64 slot = slot_of(m, l, va);

		if (slot <= last || !there ||
		    slot_of(m, l + 1, va) != slot_of(m, l + 1, last))
			continue;
		*level = l;
		return !asked_for(spec, l, va) &&
		       !m->stays(m->context, slot - m->offset,
				 slot - m->offset + size_of(m, l));
	}
	return false;
}

/* What @va translates to when the first @n ranges are done. */
static struct state after(struct spec *spec, unsigned int n, u64 va)
{
	const struct physmap_range *r;
	struct state s, last;
	unsigned int level;

	if (!n)
		return walk(spec->machine, &spec->was, va).end;
	r = &spec->req->ranges[n - 1];
	s = by_range(spec, r, after(spec, n - 1, va), va);
	if (va <= last_of(spec, r))
		return s;
	last = after(spec, n - 1, last_of(spec, r));
	if (is_tail(spec, r, &last, va, &level))
		s = (struct state) { .kind = NONE, .level = level };
	return s;
}

static bool near(struct spec *spec, u64 pa)
{
	unsigned int i;

	for (i = 0; i < spec->req->nr_ranges; i++)
		if (pa >= spec->req->ranges[i].outer_start &&
		    pa < spec->req->ranges[i].outer_end)
			return true;
	return false;
}

/* The same of any leaf of the group that a leaf is one of (ARM-CONT-1). */
static bool group_near(struct spec *spec, const struct state *s, u64 va)
{
	const struct spec_machine *m = spec->machine;
	const u64 size = size_of(m, s->level);
	const u64 bytes = size << m->group[s->level];
	u64 at = va & ~(bytes - 1);
	const u64 last = at + bytes - 1;

	if (!m->arm64 || !(s->bits & SPEC_ARM_CONT))
		return false;
	for (; at < last; at += size)
		if (near(spec, at - m->offset))
			return true;
	return false;
}

/*
 * An early leaf of a build that was stopped. Pass 2 gives it its attributes
 * where it is asked for; where leaves might only reach, where one was split, or
 * in the same group it may do so, for the leaf owes them either way.
 */
static bool finish_early(struct spec *spec, struct state *s, u64 va,
			 bool anywhere_near)
{
	const struct spec_machine *m = spec->machine;
	const u64 final = final_bits(spec, s->frame);
	const u64 mark = m->arm64 ? SPEC_ARM_MARK : SPEC_MARK;
	const u64 rights = m->arm64 ? arm_no_exec(m) | SPEC_ARM_RDONLY |
				      SPEC_ARM_DBM : SPEC_NX | SPEC_G;

	if (s->kind != LEAF || s->made || !(s->bits & mark) ||
	    spec->req->policy != PHYSMAP_TWO_PASS)
		return false;
	if (!asked_for(spec, s->level, va) &&
	    !(anywhere_near && (near(spec, va - m->offset) ||
				group_near(spec, s, va) ||
				after(spec, 0, va).level > s->level)))
		return false;
	s->bits &= ~(mark | (m->arm64 ? rights : 0));
	s->bits |= final & rights;
	return true;
}

/*
 * XENPV-6, -21: what Xen mapped executable and no code runs from loses that,
 * and nothing else, where it is asked for.
 */
static bool tighten(struct spec *spec, struct state *s, u64 va)
{
	const struct spec_machine *m = spec->machine;

	if (!m->xen || !m->nx || spec->req->attrs & PHYSMAP_EXEC ||
	    s->kind != LEAF || s->made || s->level ||
	    s->bits & (SPEC_MARK | SPEC_NX) || !asked_for(spec, 0, va) ||
	    m->runs_code(m->context, va - m->offset))
		return false;
	s->bits |= SPEC_NX;
	return true;
}

/* Holding it against memory */

static bool same_bits(struct spec *spec, const struct state *want,
		      const struct state *is, u64 bits)
{
	u64 care = want->made && !spec->machine->arm64 ? ~AD : ~0ULL;

	if (spec->machine->xen)
		care = XEN_CARES;
	/* XENPV-4: what has become a table is not writable any more. */
	if (spec->machine->xen && is->frame >= spec->tables_from &&
	    is->frame < spec->tables_to && !(is->bits & SPEC_RW))
		care &= ~SPEC_RW;
	return !((bits ^ is->bits) & care);
}

static bool fits(struct spec *spec, const struct state *want,
		 const struct state *is)
{
	return want->kind == is->kind && want->level == is->level &&
	       (want->kind != LEAF || want->frame == is->frame) &&
	       same_bits(spec, want, is, want->bits);
}

static bool fits_early(struct spec *spec, const struct state *want,
		       const struct state *is)
{
	return want->kind == LEAF && want->made && is->kind == LEAF &&
	       want->level == is->level && want->frame == is->frame &&
	       spec->req->policy == PHYSMAP_TWO_PASS &&
	       same_bits(spec, want, is,
			 early_bits(spec->machine, want->bits));
}

static bool fits_half(struct spec *spec, struct state was,
		      const struct state *want, const struct state *is)
{
	/* A table has been made, and nothing is in it yet. */
	if (is->kind == NONE)
		return was.kind == NONE && is->level <= was.level;
	/* A split is under way: 1G to 2M, and 4K not yet. */
	if (is->kind != LEAF || was.kind != LEAF || want->kind != LEAF ||
	    is->level > was.level || is->level < want->level)
		return false;
	was.level = is->level;
	return fits(spec, &was, is) || fits_early(spec, &was, is);
}

/* As it was, as it is to be, or somewhere on the way. */
static bool fits_stopped(struct spec *spec, u64 va,
			 const struct state *is)
{
	const unsigned int n = spec->req->nr_ranges;
	struct state was = { }, want, shaped;
	unsigned int i;

	for (i = 0; i <= n; i++) {
		want = after(spec, i, va);
		if (fits(spec, &want, is) || fits_early(spec, &want, is))
			return true;
		if (i) {
			/* Before its tail is cleared. */
			shaped = by_range(spec, &spec->req->ranges[i - 1], was,
					  va);
			if (fits_half(spec, was, &shaped, is) ||
			    fits_half(spec, was, &want, is))
				return true;
		}
		was = want;
		if ((finish_early(spec, &want, va, true) ||
		     tighten(spec, &want, va)) && fits(spec, &want, is))
			return true;
	}
	return false;
}

static bool fits_complete(struct spec *spec, struct state want, u64 va,
			  const struct state *is)
{
	return fits(spec, &want, is) ||
	       (finish_early(spec, &want, va, true) && fits(spec, &want, is));
}

static const char *describe(const struct state *s, char *text, size_t size)
{
	static const char * const kinds[] = { "nothing", "a leaf", "foreign" };

	if (s->kind == NONE)
		snprintf(text, size, "nothing at level %u", s->level);
	else
		snprintf(text, size, "%s at level %u of frame %#llx, bits %#llx",
			 kinds[s->kind], s->level, (unsigned long long)s->frame,
			 (unsigned long long)s->bits);
	return text;
}

static bool wrong(struct spec *spec, u64 va, const struct state *want,
		  const struct state *is, const char *what)
{
	const struct state was = after(spec, 0, va);
	char old[80], new[80], real[80];

	snprintf(spec->text, sizeof(spec->text),
		 "page %#llx: %s; before %s; wanted %s; is %s",
		 (unsigned long long)(va - spec->machine->offset), what,
		 describe(&was, old, sizeof(old)),
		 describe(want, new, sizeof(new)),
		 describe(is, real, sizeof(real)));
	return false;
}

/* Entries that point to tables: old ones as they were, new ones open. */
static bool tables_fit(struct spec *spec, const struct walk *was,
		       const struct walk *is)
{
	const struct spec_machine *m = spec->machine;
	unsigned int l;

	for (l = is->end.level + 1; l < m->levels; l++) {
		const bool pae_top = m->levels == 3 && m->bits[2] == 2 &&
				     l == 2;
		const u64 raw = is->entry[l];

		if (is_table(m, l, was->entry[l]) && was->end.level < l) {
			if ((raw ^ was->entry[l]) & ~(m->arm64 ? 0 : AD))
				return false;
			continue;
		}
		if (m->arm64) {
			if ((raw & ~address_bits(m)) != SPEC_ARM_PAGE)
				return false;
			continue;
		}
		if (raw & (SPEC_NX | SPEC_MARK | SPEC_G))
			return false;
		if (!pae_top && (!(raw & SPEC_RW) ||
				 (raw & m->encrypt) != m->encrypt))
			return false;
	}
	return true;
}

static bool same_below(struct spec *spec, const struct model_memory *now,
		       unsigned int level, u64 table)
{
	const struct spec_machine *m = spec->machine;
	const void *was = model_peek(spec->before, table);
	const void *is = model_peek(now, table);
	unsigned int i;

	if (!was || !is || memcmp(was, is, now->page))
		return false;
	for (i = 0; level && i < 1u << m->bits[level]; i++) {
		const u64 raw = load(m, is, i);

		if (is_table(m, level, raw) &&
		    !same_below(spec, now, level - 1, address(m, raw)))
			return false;
	}
	return true;
}

/*
 * A table that no range touches and that is to stay must be the same to the
 * byte, with all below; returns the level of the slot that this settles, 0 if
 * it has to be looked at page by page.
 */
static unsigned int untouched(struct spec *spec,
			      const struct model_memory *now, u64 va,
			      const struct walk *was, const struct walk *is)
{
	const struct spec_machine *m = spec->machine;
	unsigned int level;

	for (level = m->levels - 1; level > is->end.level; level--) {
		if (va == slot_of(m, level, va) &&
		    !asked_for(spec, level, va) && was->entry[level] == is->entry[level] &&
		    after(spec, spec->req->nr_ranges, va).level < level &&
		    same_below(spec, now, level - 1,
			       address(m, is->entry[level])))
			return level;
	}
	return 0;
}

static bool holds_at(struct spec *spec, u64 va, bool stopped,
		     const struct walk *was, const struct walk *is)
{
	struct state want = after(spec, spec->req->nr_ranges, va);

	if (!finish_early(spec, &want, va, false))
		tighten(spec, &want, va);
	if (stopped ? !fits_stopped(spec, va, &is->end) :
		      !fits_complete(spec, want, va, &is->end))
		return wrong(spec, va, &want, &is->end, stopped ?
			     "neither old nor new" : "not as specified");
	if (!tables_fit(spec, was, is))
		return wrong(spec, va, &want, &is->end,
			     "an entry that points to a table is not right");
	return true;
}

static bool holds(struct spec *spec, const struct model_memory *now,
		  bool stopped)
{
	const struct spec_machine *m = spec->machine;
	const u64 last = m->va_limit - 1;
	struct spec_path path = { .mem = now };
	u64 va = m->offset;

	spec->was = (struct spec_path) { .mem = spec->before };
	for (;;) {
		const struct walk was = walk(m, &spec->was, va);
		const struct walk is = walk(m, &path, va);
		unsigned int level = untouched(spec, now, va, &was, &is);
		u64 end;

		if (!level) {
			level = is.end.level;
			if (!holds_at(spec, va, stopped, &was, &is))
				return false;
		}
		end = va | (size_of(m, level) - 1);
		if (end >= last)
			return true;
		va = end + 1;
	}
}

bool spec_complete(struct spec *spec, const struct model_memory *now)
{
	return holds(spec, now, false);
}

bool spec_stopped(struct spec *spec, const struct model_memory *now)
{
	return holds(spec, now, true);
}

/* ARM-CONT-1: one of a group is never split, whoever walks. */
static bool may_split(const struct spec_machine *m, const struct state *s,
		      bool live)
{
	if (m->arm64 && (s->bits & SPEC_ARM_CONT))
		return false;
	return !live || !m->no_resize;
}

bool spec_forbids(struct spec *spec, bool live)
{
	const struct spec_machine *m = spec->machine;
	unsigned int i;

	spec->was = (struct spec_path) { .mem = spec->before };
	for (i = 0; i < spec->req->nr_ranges; i++) {
		const struct physmap_range *r = &spec->req->ranges[i];
		u64 va = first_of(spec, r);

		for (;;) {
			const struct state s = after(spec, i, va);
			const u64 end = va | (size_of(m, s.level) - 1);

			if (by_range(spec, r, s, va).level != s.level &&
			    s.kind == LEAF && !may_split(m, &s, live))
				return true;
			if (end >= last_of(spec, r))
				break;
			va = end + 1;
		}
	}
	return false;
}

static u64 tables_below(const struct spec_machine *m,
			const struct model_memory *mem, unsigned int level,
			u64 table)
{
	const void *page = model_peek(mem, table);
	unsigned int i;
	u64 n = 1;

	for (i = 0; level && i < 1u << m->bits[level]; i++) {
		const u64 raw = load(m, page, i);

		if (is_table(m, level, raw))
			n += tables_below(m, mem, level - 1, address(m, raw));
	}
	return n;
}

u64 spec_tables(const struct spec_machine *machine,
		const struct model_memory *mem)
{
	return tables_below(machine, mem, machine->levels - 1, machine->root);
}
