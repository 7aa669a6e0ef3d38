// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the processors may have cached: leaf translations by size, global and
 * PCID, and paging-structure caches. Speculation may load whatever can be
 * walked, at any moment (X86-TLB-16). So every translation that memory held
 * since the last flush that drops it counts as cached, on every CPU; memory
 * has the current ones, this file keeps those that are gone.
 */
#include <stdlib.h>
#include <string.h>
#include "judge.h"

/*
 * Why a translation outlived a flush. The later ones are said first: a flush
 * that drops more leaves less to blame.
 */
enum survived {
	NO_FLUSH,
	ONE_PAGE,	/* INVLPG of a part */
	KEPT_CR3,	/* CR3 with bit 63 */
	OTHER_PCID,
	GLOBAL,
	OTHER_CPU,
};

static const struct {
	const char *rule;
	const char *text;
} surviving[] = {
	[ONE_PAGE] = { "X86-TLB-4", "INVLPG dropped only a part of it" },
	[KEPT_CR3] = { "X86-TLB-14", "CR3 with bit 63 set drops nothing" },
	[OTHER_PCID] = { "X86-TLB-14", "another PCID still has it" },
	[GLOBAL] = { "X86-TLB-9", "it is global, and loading CR3 does not drop it" },
	[OTHER_CPU] = { "X86-TLB-18", "only one CPU was flushed" },
};

/**
 * struct stale - something that may be cached and is not in memory any more
 * @va: first address that it translates; a run of leaves next to each other
 * @last: last one
 * @frame: of the first leaf; of a paging-structure entry the table
 * @attrs: JUDGE_*
 * @level: of the leaves, or of the entry
 * @born: number of the event that took it out of memory
 * @own: CPUs that may have it under the current PCID, a bit for each
 * @other: under other PCIDs
 * @global: as a global one
 * @survived: why the last flush left it
 */
struct stale {
	u64 va;
	u64 last;
	u64 frame;
	u32 attrs;
	unsigned int level;
	u64 born;
	u8 own;
	u8 other;
	u8 global;
	enum survived survived;
};

/* Sorted by @va; no run goes beyond one table, so neighbours are near. */
struct list {
	struct stale *stale;
	unsigned int n;
};

struct judge_tlb {
	struct list leaves[JUDGE_LEVELS];
	struct list tables[JUDGE_LEVELS];
};

struct judge_tlb *judge_tlb_start(struct judge *j)
{
	return calloc(1, sizeof(struct judge_tlb));
}

static void empty(struct list *list)
{
	free(list->stale);
	*list = (struct list) { };
}

static void forget(struct judge_tlb *tlb)
{
	unsigned int i;

	for (i = 0; i < JUDGE_LEVELS; i++) {
		empty(&tlb->leaves[i]);
		empty(&tlb->tables[i]);
	}
}

void judge_tlb_stop(struct judge_tlb *tlb)
{
	if (!tlb)
		return;
	forget(tlb);
	free(tlb);
}

/* Others have changed tables, and have flushed as they had to. */
void judge_tlb_forget(struct judge *j)
{
	forget(j->tlb);
}

static u8 all_cpus(const struct judge *j)
{
	return (1u << j->machine.cpus) - 1;
}

/* Bytes that a table holding entries of a level covers. */
static u64 table_span(const struct judge *j, unsigned int level)
{
	const unsigned int bits = j->machine.level[level].shift +
				  j->machine.level[level].bits;

	return bits < 64 ? 1ULL << bits : 0;
}

static bool same_table(const struct judge *j, unsigned int level, u64 a, u64 b)
{
	return !((a ^ b) & ~(table_span(j, level) - 1));
}

/* First in a list that starts beyond @va. */
static unsigned int beyond(const struct list *list, u64 va)
{
	unsigned int lo = 0, hi = list->n;

	while (lo < hi) {
		const unsigned int mid = (lo + hi) / 2;

		if (list->stale[mid].va > va)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

static void insert(struct list *list, unsigned int at, const struct stale *s)
{
	/* Grows to the next power of two. */
	if (!(list->n & (list->n - 1)))
		list->stale = realloc(list->stale, (list->n ? 2 * list->n : 1) *
						   sizeof(*s));
	memmove(&list->stale[at + 1], &list->stale[at],
		(list->n - at) * sizeof(*s));
	list->stale[at] = *s;
	list->n++;
}

static bool continues(const struct judge *j, const struct stale *run,
		      const struct stale *s)
{
	return run->last + 1 == s->va && same_table(j, s->level, run->va, s->va) &&
	       run->frame + (s->va - run->va) == s->frame &&
	       run->attrs == s->attrs && run->born == s->born &&
	       run->own == s->own && run->other == s->other &&
	       run->global == s->global && run->survived == s->survived;
}

static void remember(struct judge *j, struct list *list, const struct stale *s,
		     bool join)
{
	const unsigned int at = beyond(list, s->va);

	if (join && at && continues(j, &list->stale[at - 1], s))
		list->stale[at - 1].last = s->last;
	else
		insert(list, at, s);
}

/* A translation has gone from memory. */
void judge_tlb_gone(struct judge *j, const struct judge_leaf *old)
{
	const bool global = old->attrs & JUDGE_GLOBAL;
	const struct stale s = {
		.va = old->va,
		.last = old->va + judge_size(j, old->level) - 1,
		.frame = old->frame,
		.attrs = old->attrs,
		.level = old->level,
		.born = j->events,
		.own = global ? 0 : all_cpus(j),
		.other = global || !j->machine.pcid ? 0 : all_cpus(j),
		.global = global ? all_cpus(j) : 0,
	};

	remember(j, &j->tlb->leaves[old->level], &s, true);
}

/* An entry that pointed to a table does so no more. */
void judge_tlb_table_gone(struct judge *j, unsigned int level, u64 va,
			  u64 table)
{
	const struct stale s = {
		.va = va,
		.last = va + judge_size(j, level) - 1,
		.frame = table,
		.level = level,
		.born = j->events,
		.own = all_cpus(j),
		.other = j->machine.pcid ? all_cpus(j) : 0,
	};

	remember(j, &j->tlb->tables[level], &s, false);
}

static const char *rule_of(const struct stale *s, const char *rule)
{
	return s->survived ? surviving[s->survived].rule : rule;
}

static const char *text_of(const struct stale *s, const char *text)
{
	return s->survived ? surviving[s->survived].text : text;
}

/* The frame that a cached translation has for @va. */
static u64 frame_at(const struct stale *s, u64 va)
{
	return s->frame + (va - s->va);
}

static const char *size_conflict(struct judge *j, const struct stale *s,
				 const struct judge_leaf *new, bool frame,
				 u32 diff)
{
	if (j->machine.itlb_multihit && s->level < new->level &&
	    (s->attrs & JUDGE_EXEC) && (frame || (diff & JUDGE_TYPE)))
		return "X86-ERR-1";
	if (frame || diff) {
		if (s->born != j->events)
			return "X86-TLB-3";
		return !frame && !(diff & ~JUDGE_TYPE) ? "X86-FMT-5" :
							 "X86-TLB-1";
	}
	if (j->machine.erratum_383 && judge_live(j))
		return "X86-ERR-2";
	return NULL;
}

/* May both be cached together? */
static void conflict(struct judge *j, const struct stale *s,
		     const struct judge_leaf *new)
{
	const u64 va = s->va > new->va ? s->va : new->va;
	const bool frame = frame_at(s, va) != new->frame + (va - new->va);
	const u32 diff = s->attrs ^ new->attrs;
	const char *rule = NULL;

	if (s->level != new->level)
		rule = size_conflict(j, s, new, frame, diff);
	else if (frame || (diff & JUDGE_TYPE))
		rule = "X86-TLB-2";
	else if (diff & JUDGE_ENCRYPTED)
		rule = "X86-FMT-9";
	if (!rule)
		return;
	judge_violate(j, rule_of(s, rule), va,
		      "a level-%u translation to %#llx and the level-%u one to %#llx, %s, can be cached together: %s",
		      s->level, (unsigned long long)frame_at(s, va), new->level,
		      (unsigned long long)(new->frame + (va - new->va)),
		      frame ? "another frame" :
		      diff ? "with other attributes" : "of another size",
		      text_of(s, s->born == j->events ?
			      "one store changed it" :
			      "no flush came between"));
}

/* Calls @fn for what may be cached of [va, last] in a list of one level. */
static void overlapping(struct judge *j, struct list *list, unsigned int level,
			u64 va, u64 last, const struct judge_leaf *new,
			void (*fn)(struct judge *j, const struct stale *s,
				   const struct judge_leaf *new))
{
	unsigned int i = beyond(list, last);

	while (i--) {
		const struct stale *s = &list->stale[i];

		if (s->va < va && !same_table(j, level, s->va, va))
			break;
		if (s->last >= va)
			fn(j, s, new);
	}
}

/* A translation has come into memory. */
void judge_tlb_come(struct judge *j, const struct judge_leaf *new, bool fresh)
{
	const u64 last = new->va + judge_size(j, new->level) - 1;
	const u32 wx = JUDGE_WRITE | JUDGE_EXEC;
	const bool at_once = j->build.kind &&
			     !(j->build.detail & PHYSMAP_BUILD_TWO_PASS);
	unsigned int level;

	for (level = 0; level < j->machine.levels; level++)
		if (j->tlb->leaves[level].n)
			overlapping(j, &j->tlb->leaves[level], level, new->va,
				    last, new, conflict);
	if (fresh && at_once && judge_live(j) && j->machine.nx &&
	    (new->attrs & wx) == wx && !(j->build.step & PHYSMAP_EXEC))
		judge_violate(j, "X86-TLB-16", new->va,
			      "new memory is writable and executable for a moment, and speculation may load that");
}

static void other_table(struct judge *j, const struct stale *s,
			const struct judge_leaf *new)
{
	if (s->frame == new->frame)
		return;
	judge_violate(j, rule_of(s, "X86-TLB-13"), new->va,
		      "the entry points to another table, and a paging-structure cache may still walk the one at %#llx: %s",
		      (unsigned long long)s->frame,
		      text_of(s, "no flush came between"));
}

/* An entry points to a table now. */
void judge_tlb_table_come(struct judge *j, unsigned int level, u64 va,
			  u64 table)
{
	const struct judge_leaf new = { .va = va, .frame = table };

	overlapping(j, &j->tlb->tables[level], level, va,
		    va + judge_size(j, level) - 1, &new, other_table);
}

/* A page that hardware may still take for a table is written to. */
void judge_tlb_written(struct judge *j, u64 table)
{
	unsigned int level, i;

	for (level = 0; level < JUDGE_LEVELS; level++)
		for (i = 0; i < j->tlb->tables[level].n; i++) {
			const struct stale *s = &j->tlb->tables[level].stale[i];

			if (s->frame == table)
				judge_violate(j, rule_of(s, "X86-TLB-13"), s->va,
					      "the page is used anew, and a paging-structure cache may still walk it: %s",
					      text_of(s, "no flush came since it was unlinked"));
		}
}

/* Flushes */

static bool is_cached(const struct stale *s)
{
	return s->own | s->other | s->global;
}

/* The worst of what is left decides what is said. */
static void survive(struct stale *s, unsigned int what, u8 cpus)
{
	if ((s->own | s->other | s->global) & ~cpus)
		s->survived = OTHER_CPU;
	else if (s->global)
		s->survived = GLOBAL;
	else if (what == PHYSMAP_FLUSH_CR3_KEEP)
		s->survived = KEPT_CR3;
	else
		s->survived = OTHER_PCID;
}

static void drop(struct stale *s, unsigned int what, u8 cpus)
{
	switch (what) {
	case PHYSMAP_FLUSH_ALL:
		s->own &= ~cpus;
		s->other &= ~cpus;
		s->global &= ~cpus;
		break;
	case PHYSMAP_FLUSH_CR3:
		s->own &= ~cpus;
		break;
	}
	if (is_cached(s))
		survive(s, what, cpus);
}

static void flush_list(struct list *list, unsigned int what, u8 cpus)
{
	unsigned int i, kept = 0;

	for (i = 0; i < list->n; i++) {
		drop(&list->stale[i], what, cpus);
		if (is_cached(&list->stale[i]))
			list->stale[kept++] = list->stale[i];
	}
	list->n = kept;
	if (!kept)
		empty(list);
}

/*
 * INVLPG drops what translates the page by the tables as they are, and all of
 * the PCID's paging-structure caches (X86-TLB-12). A larger translation may be
 * cached in pieces (X86-TLB-4): the pieces beside the page stay.
 */
static void flush_page(struct judge *j, u64 va, u8 cpus)
{
	const struct judge_leaf now = judge_walk(j, va);
	const u64 size = judge_size(j, now.present ? now.level : 0);
	const u64 first = va & ~(size - 1), last = first + size - 1;
	unsigned int level, i;

	for (level = 0; level < j->machine.levels; level++) {
		struct list all = j->tlb->leaves[level];

		j->tlb->leaves[level] = (struct list) { };
		for (i = 0; i < all.n; i++) {
			struct stale s = all.stale[i], in = s, after = s;
			const bool hit = s.va <= last && s.last >= first;

			if (hit && s.va < first) {
				s.last = first - 1;
				s.survived = ONE_PAGE;
			}
			if (!hit || s.va < first)
				remember(j, &j->tlb->leaves[level], &s, false);
			if (hit && after.last > last) {
				after.frame = frame_at(&after, last + 1);
				after.va = last + 1;
				after.survived = ONE_PAGE;
				remember(j, &j->tlb->leaves[level], &after, false);
			}
			if (!hit)
				continue;
			in.frame = frame_at(&in, in.va > first ? in.va : first);
			in.va = in.va > first ? in.va : first;
			in.last = in.last < last ? in.last : last;
			in.own &= ~cpus;
			in.global &= ~cpus;
			if (is_cached(&in)) {
				survive(&in, PHYSMAP_FLUSH_PAGE, cpus);
				remember(j, &j->tlb->leaves[level], &in, false);
			}
		}
		empty(&all);
		flush_list(&j->tlb->tables[level], PHYSMAP_FLUSH_CR3, cpus);
	}
}

static bool anything(const struct judge_tlb *tlb)
{
	unsigned int i;

	for (i = 0; i < JUDGE_LEVELS; i++)
		if (tlb->leaves[i].n || tlb->tables[i].n)
			return true;
	return false;
}

void judge_tlb_flush(struct judge *j, unsigned int detail, u64 va)
{
	const unsigned int what = detail & PHYSMAP_FLUSH_WHAT;
	const u8 cpus = detail & PHYSMAP_FLUSH_EVERY_CPU ? all_cpus(j) : 1;
	unsigned int level;

	/* Before the first pass a build pays what one before it has owed. */
	if (j->build.kind && j->pass &&
	    !(j->build.detail & PHYSMAP_BUILD_TWO_PASS) && !anything(j->tlb))
		judge_violate(j, "X86-TLB-5", j->build.va,
			      "a flush for nothing: only entries that were not present have changed");
	if (what == PHYSMAP_FLUSH_PAGE) {
		flush_page(j, va, cpus);
		return;
	}
	for (level = 0; level < j->machine.levels; level++) {
		flush_list(&j->tlb->leaves[level], what, cpus);
		flush_list(&j->tlb->tables[level], what, cpus);
	}
}

/* What was taken away must be gone by now */

static bool outlives(struct judge *j, const struct stale *s,
		     const struct judge_leaf *now, u64 va)
{
	if (!now->present)
		return true;
	if (frame_at(s, va) != now->frame + (va - now->va))
		return true;
	/* Xen drops writable translations of a page that it types (XENPV-8). */
	if (j->machine.xen && judge_is_table(j, frame_at(s, va) & ~0xfffULL))
		return s->attrs & ~now->attrs & JUDGE_RIGHTS & ~JUDGE_WRITE;
	return s->attrs & ~now->attrs & JUDGE_RIGHTS;
}

static void must_be_gone(struct judge *j, const struct stale *s)
{
	u64 va = s->va;

	for (;;) {
		const struct judge_leaf now = judge_walk(j, va);
		const u64 end = va | (judge_size(j, now.level) - 1);

		if (now.present && now.level != s->level) {
			judge_violate(j, rule_of(s, "X86-TLB-3"), va,
				      "the size was changed by event %llu, and both sizes can be cached: %s",
				      (unsigned long long)s->born,
				      text_of(s, "the build is over and no flush came"));
			return;
		}
		if (outlives(j, s, &now, va)) {
			judge_violate(j, rule_of(s, "X86-TLB-8"), va,
				      "%s outlives its revocation by event %llu: %s",
				      now.present ? "a right" : "a translation",
				      (unsigned long long)s->born,
				      text_of(s, "the build is over and no flush came"));
			return;
		}
		if (end >= s->last)
			return;
		va = end + 1;
	}
}

/* A build that has to flush for itself is over. */
void judge_tlb_deadline(struct judge *j)
{
	unsigned int level, i;

	for (level = 0; level < j->machine.levels; level++) {
		for (i = 0; i < j->tlb->leaves[level].n; i++)
			must_be_gone(j, &j->tlb->leaves[level].stale[i]);
		for (i = 0; i < j->tlb->tables[level].n; i++) {
			const struct stale *s = &j->tlb->tables[level].stale[i];

			judge_violate(j, rule_of(s, "X86-TLB-13"), s->va,
				      "a paging-structure cache may still walk the table at %#llx: %s",
				      (unsigned long long)s->frame,
				      text_of(s, "the build is over and no flush came"));
		}
	}
}
