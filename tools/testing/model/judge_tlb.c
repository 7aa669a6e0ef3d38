// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the processors may have cached: leaf translations by size, global and
 * PCID or ASID, and paging-structure caches. Speculation may load whatever can
 * be walked, at any moment (X86-TLB-16). So every translation that memory held
 * since the last flush that drops it counts as cached, on every CPU; memory
 * has the current ones, this file keeps those that are gone.
 *
 * On arm64 a walk sees a store only once a DSB has come, so a TLBI before that
 * drops nothing for good; and a TLBI has dropped what it was for once a DSB
 * has waited for it (ARM-TLBI-1).
 */
#include <stdlib.h>
#include <string.h>
#include "judge.h"

/* CPUs, a bit for each, that may have something ... */
struct holders {
	u8 own;		/* under the current PCID */
	u8 other;	/* under other ones */
	u8 global;	/* as a global one */
};

/**
 * struct stale - something that may be cached and is not in memory any more
 * @va: first address that it translates; a run of leaves next to each other
 * @last: last one
 * @frame: of the first leaf; of a paging-structure entry the table
 * @attrs: JUDGE_*
 * @level: of the leaves, or of the entry
 * @born: number of the event that took it out of memory
 * @has: who may have it
 * @asked: of them, those that a flush is under way for
 * @seen: CPUs whose walks do not find it in memory any more
 * @survived: why the last flush left it
 */
struct stale {
	u64 va;
	u64 last;
	u64 frame;
	u32 attrs;
	unsigned int level;
	u64 born;
	struct holders has;
	struct holders asked;
	u8 seen;
	enum judge_survived survived;
};

/* Sorted by @va; no run goes beyond one table, so neighbours are near. */
struct list {
	struct stale *stale;
	unsigned int n;
};

/**
 * struct judge_tlb - what may be cached
 * @leaves: translations, by level
 * @tables: entries that pointed to tables, by level
 * @blind: CPUs whose walks may not see the newest entries yet
 * @unsynchronized: what this CPU has fetched may come from before them
 * @flush_unsynchronized: or from before the last flush was done
 */
struct judge_tlb {
	struct list leaves[JUDGE_LEVELS];
	struct list tables[JUDGE_LEVELS];
	u8 blind;
	bool unsynchronized;
	bool flush_unsynchronized;
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
	tlb->blind = 0;
	tlb->unsynchronized = false;
	tlb->flush_unsynchronized = false;
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

static bool same_holders(const struct holders *a, const struct holders *b)
{
	return a->own == b->own && a->other == b->other &&
	       a->global == b->global;
}

/* In all but the addresses. */
static bool alike(const struct stale *a, const struct stale *b)
{
	return a->attrs == b->attrs && a->born == b->born &&
	       a->seen == b->seen && a->survived == b->survived &&
	       same_holders(&a->has, &b->has) &&
	       same_holders(&a->asked, &b->asked);
}

static bool continues(const struct judge *j, const struct stale *run,
		      const struct stale *s)
{
	return run->last + 1 == s->va && same_table(j, s->level, run->va, s->va) &&
	       run->frame + (s->va - run->va) == s->frame && alike(run, s);
}

/* Each entry of a contiguous group tells of all of it. */
static bool repeats(const struct stale *run, const struct stale *s)
{
	return run->va <= s->va && run->last >= s->last &&
	       run->frame + (s->va - run->va) == s->frame && alike(run, s);
}

static void remember(struct judge *j, struct list *list, const struct stale *s,
		     bool join)
{
	const unsigned int at = beyond(list, s->va);
	struct stale *before = at ? &list->stale[at - 1] : NULL;

	if (join && before && repeats(before, s))
		return;
	if (join && before && continues(j, before, s))
		before->last = s->last;
	else
		insert(list, at, s);
}

/* Who may have something that anybody could walk to. */
static struct holders holders_of(const struct judge *j, bool global)
{
	const u8 cpus = all_cpus(j);
	const struct holders has = {
		.own = global ? 0 : cpus,
		.other = global || !j->machine.pcid ? 0 : cpus,
		.global = global ? cpus : 0,
	};

	return has;
}

/* A translation has gone from memory. */
void judge_tlb_gone(struct judge *j, const struct judge_leaf *old)
{
	const u64 size = old->attrs & JUDGE_CONTIG ?
			 judge_group_size(j, old->level) :
			 judge_size(j, old->level);
	const u64 into = old->va & (size - 1);
	const struct stale s = {
		.va = old->va - into,
		.last = old->va - into + size - 1,
		.frame = old->frame - into,
		.attrs = old->attrs,
		.level = old->level,
		.born = j->events,
		.has = holders_of(j, old->attrs & JUDGE_GLOBAL),
		.seen = j->format->barriers ? 0 : all_cpus(j),
	};

	if (judge_walked(j))
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
		.has = holders_of(j, false),
		.seen = j->format->barriers ? 0 : all_cpus(j),
	};

	if (judge_walked(j))
		remember(j, &j->tlb->tables[level], &s, false);
}

static const char *rule_of(const struct judge *j, const struct stale *s,
			   const char *rule)
{
	return s->survived ? j->format->survived[s->survived].rule : rule;
}

static const char *text_of(const struct judge *j, const struct stale *s,
			   const char *text)
{
	return s->survived ? j->format->survived[s->survived].text : text;
}

/* The frame that a cached translation has for @va. */
static u64 frame_at(const struct stale *s, u64 va)
{
	return s->frame + (va - s->va);
}

/* May both be cached together? */
static void conflict(struct judge *j, const struct stale *s,
		     const struct judge_leaf *new)
{
	const u64 va = s->va > new->va ? s->va : new->va;
	const struct judge_pair pair = {
		.old_level = s->level,
		.old_attrs = s->attrs,
		.new_level = new->level,
		.new_attrs = new->attrs,
		.frame = frame_at(s, va) != new->frame + (va - new->va),
		.one_store = s->born == j->events,
	};
	const char *rule = j->format->conflict(&j->machine, judge_live(j),
					       &pair);

	if (!rule)
		return;
	judge_violate(j, rule_of(j, s, rule), va,
		      "a level-%u translation to %#llx and the level-%u one to %#llx, %s, can be cached together%s: %s",
		      s->level, (unsigned long long)frame_at(s, va), new->level,
		      (unsigned long long)(new->frame + (va - new->va)),
		      pair.frame ? "another frame" :
		      s->attrs != new->attrs ? "with other attributes" :
		      "of another size", j->format->together,
		      text_of(j, s, pair.one_store ? "one store changed it" :
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

	if (!judge_walked(j))
		return;
	j->tlb->blind = all_cpus(j);
	j->tlb->unsynchronized = true;
	for (level = 0; level < j->machine.levels; level++)
		if (j->tlb->leaves[level].n)
			overlapping(j, &j->tlb->leaves[level], level, new->va,
				    last, new, conflict);
	if (fresh && at_once && judge_live(j) && j->machine.nx &&
	    (new->attrs & wx) == wx && !(j->build.step & PHYSMAP_EXEC))
		judge_violate(j, judge_rule(j, JUDGE_WX_MOMENT), new->va,
			      "new memory is writable and executable for a moment, and speculation may load that");
}

static void other_table(struct judge *j, const struct stale *s,
			const struct judge_leaf *new)
{
	if (s->frame == new->frame)
		return;
	judge_violate(j, rule_of(j, s, judge_rule(j, JUDGE_OTHER_TABLE)),
		      new->va,
		      "the entry points to another table, and a paging-structure cache may still walk the one at %#llx: %s",
		      (unsigned long long)s->frame,
		      text_of(j, s, "no flush came between"));
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
				judge_violate(j, rule_of(j, s, judge_rule(j, JUDGE_TABLE_REUSED)),
					      s->va, "the page is used anew, and a paging-structure cache may still walk it: %s",
					      text_of(j, s, "no flush came since it was unlinked"));
		}
}

/* Flushes */

static bool is_cached(const struct stale *s)
{
	return s->has.own | s->has.other | s->has.global;
}

/* The worst of what is left decides what is said. */
static enum judge_survived why(const struct stale *s, unsigned int what,
			       u8 cpus)
{
	const u8 left = (s->has.own & ~s->asked.own) |
			(s->has.other & ~s->asked.other) |
			(s->has.global & ~s->asked.global);

	if (!left)
		return JUDGE_NOT_DONE;
	if (left & cpus & ~s->seen)
		return JUDGE_NOT_SEEN;
	if (left & ~cpus)
		return JUDGE_OTHER_CPU;
	if (s->has.global & ~s->asked.global)
		return JUDGE_IS_GLOBAL;
	return what == PHYSMAP_FLUSH_CR3_KEEP ? JUDGE_KEPT_CR3 :
						JUDGE_OTHER_PCID;
}

/* What was asked for is done on these CPUs. */
static void done(struct stale *s, u8 cpus)
{
	s->has.own &= ~(s->asked.own & cpus);
	s->has.other &= ~(s->asked.other & cpus);
	s->has.global &= ~(s->asked.global & cpus);
	s->asked.own &= ~cpus;
	s->asked.other &= ~cpus;
	s->asked.global &= ~cpus;
}

/* A flush that drops it from these CPUs, as far as it reaches. */
static void drop(const struct judge *j, struct stale *s, unsigned int what,
		 u8 cpus)
{
	const u8 reached = cpus & s->seen;

	if (what != PHYSMAP_FLUSH_CR3_KEEP)
		s->asked.own |= s->has.own & reached;
	if (what == PHYSMAP_FLUSH_ALL)
		s->asked.other |= s->has.other & reached;
	/* By address: in every ASID, but on x86 in this PCID alone. */
	if (what == PHYSMAP_FLUSH_PAGE && j->format->barriers)
		s->asked.other |= s->has.other & reached;
	if (what == PHYSMAP_FLUSH_ALL || what == PHYSMAP_FLUSH_PAGE)
		s->asked.global |= s->has.global & reached;
	s->survived = why(s, what, cpus);
	if (!j->format->barriers)
		done(s, cpus);
}

/* Takes out what nobody has any more. */
static void tidy(struct list *list)
{
	unsigned int i, kept = 0;

	for (i = 0; i < list->n; i++)
		if (is_cached(&list->stale[i]))
			list->stale[kept++] = list->stale[i];
	list->n = kept;
	if (!kept)
		empty(list);
}

static void flush_list(const struct judge *j, struct list *list,
		       unsigned int what, u8 cpus)
{
	unsigned int i;

	for (i = 0; i < list->n; i++)
		drop(j, &list->stale[i], what, cpus);
	tidy(list);
}

/* The part of a stale translation that is in [first, last]. */
static struct stale part_of(const struct stale *s, u64 first, u64 last)
{
	struct stale part = *s;

	if (part.va < first) {
		part.frame = frame_at(s, first);
		part.va = first;
	}
	if (part.last > last)
		part.last = last;
	return part;
}

/* A flush of [first, last]; what is beside it stays. */
static void flush_span(struct judge *j, struct list *list, u64 first, u64 last,
		       u8 cpus)
{
	struct list all = *list;
	unsigned int i;

	*list = (struct list) { };
	for (i = 0; i < all.n; i++) {
		const struct stale *s = &all.stale[i];
		const bool hit = s->va <= last && s->last >= first;
		struct stale part = part_of(s, first, last);

		if (!hit) {
			remember(j, list, s, false);
			continue;
		}
		drop(j, &part, PHYSMAP_FLUSH_PAGE, cpus);
		if (is_cached(&part))
			remember(j, list, &part, false);
		if (s->va < first) {
			part = part_of(s, s->va, first - 1);
			part.survived = JUDGE_ONE_PAGE;
			remember(j, list, &part, false);
		}
		if (s->last > last) {
			part = part_of(s, last + 1, s->last);
			part.survived = JUDGE_ONE_PAGE;
			remember(j, list, &part, false);
		}
	}
	empty(&all);
}

/*
 * INVLPG drops what translates the page by the tables as they are, and all of
 * the PCID's paging-structure caches (X86-TLB-12). A larger translation may be
 * cached in pieces (X86-TLB-4): the pieces beside the page stay.
 */
static void flush_page_x86(struct judge *j, u64 va, u8 cpus)
{
	const struct judge_leaf now = judge_walk(j, va);
	const u64 size = judge_size(j, now.present ? now.level : 0);
	const u64 first = va & ~(size - 1);
	unsigned int level;

	for (level = 0; level < j->machine.levels; level++) {
		flush_span(j, &j->tlb->leaves[level], first, first + size - 1,
			   cpus);
		flush_list(j, &j->tlb->tables[level], PHYSMAP_FLUSH_CR3, cpus);
	}
}

/*
 * TLBI by address drops the blocks and the page that translate it; of a group
 * that is cached in pieces one piece. The form for the last level keeps the
 * walk caches on the way there (ARM-TLBI-5).
 */
static void flush_page_arm64(struct judge *j, u64 va, bool leaf_only, u8 cpus)
{
	unsigned int level, i;

	for (level = 0; level < j->machine.levels; level++) {
		const u64 size = judge_size(j, level);
		const u64 first = va & ~(size - 1), last = first + size - 1;
		struct list *tables = &j->tlb->tables[level];

		flush_span(j, &j->tlb->leaves[level], first, last, cpus);
		if (!leaf_only)
			flush_span(j, tables, first, last, cpus);
		for (i = 0; i < tables->n && leaf_only; i++)
			if (tables->stale[i].va == first)
				tables->stale[i].survived = JUDGE_LEAF_ONLY;
	}
}

static void flush_page(struct judge *j, u64 va, unsigned int what, u8 cpus)
{
	if (j->format->barriers)
		flush_page_arm64(j, va, what == PHYSMAP_FLUSH_PAGE_LEAF, cpus);
	else
		flush_page_x86(j, va, cpus);
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
		judge_violate(j, judge_rule(j, JUDGE_VAIN_FLUSH), j->build.va,
			      "a flush for nothing: only entries that were not present have changed");
	if (what == PHYSMAP_FLUSH_PAGE || what == PHYSMAP_FLUSH_PAGE_LEAF) {
		flush_page(j, va, what, cpus);
		return;
	}
	for (level = 0; level < j->machine.levels; level++) {
		flush_list(j, &j->tlb->leaves[level], what, cpus);
		flush_list(j, &j->tlb->tables[level], what, cpus);
	}
}

/* Barriers */

static void each_stale(struct judge *j,
		       void (*fn)(struct judge *j, struct stale *s, u8 cpus),
		       u8 cpus)
{
	unsigned int level, i;

	for (level = 0; level < j->machine.levels; level++) {
		for (i = 0; i < j->tlb->leaves[level].n; i++)
			fn(j, &j->tlb->leaves[level].stale[i], cpus);
		for (i = 0; i < j->tlb->tables[level].n; i++)
			fn(j, &j->tlb->tables[level].stale[i], cpus);
		tidy(&j->tlb->leaves[level]);
		tidy(&j->tlb->tables[level]);
	}
}

static void see(struct judge *j, struct stale *s, u8 cpus)
{
	s->seen |= cpus;
}

/* A DSB has waited for flushes, as far as its shareability goes. */
static void complete(struct judge *j, struct stale *s, u8 cpus)
{
	const bool waiting = s->asked.own | s->asked.other | s->asked.global;

	done(s, cpus);
	j->tlb->flush_unsynchronized |= waiting;
	if (s->survived != JUDGE_NOT_DONE && s->survived != JUDGE_ISB_ONLY)
		return;
	if (s->asked.own | s->asked.other | s->asked.global)
		s->survived = JUDGE_DONE_HERE;
}

static void only_isb(struct judge *j, struct stale *s, u8 cpus)
{
	if (s->survived == JUDGE_NOT_DONE)
		s->survived = JUDGE_ISB_ONLY;
}

static void synchronize(struct judge *j)
{
	each_stale(j, only_isb, 0);
	if (!(j->tlb->blind & 1))
		j->tlb->unsynchronized = false;
	j->tlb->flush_unsynchronized = false;
}

/* Stores come before, and for @flushes also flushes, on these CPUs. */
static void wait_for(struct judge *j, u8 cpus, bool flushes)
{
	each_stale(j, see, cpus);
	if (flushes)
		each_stale(j, complete, cpus);
	j->tlb->blind &= ~cpus;
	if (!(all_cpus(j) & ~cpus))
		j->visible = j->events;
}

void judge_tlb_barrier(struct judge *j, unsigned int which)
{
	const u8 all = all_cpus(j);

	switch (which) {
	case PHYSMAP_BARRIER_DSB_ISHST:
		wait_for(j, all, false);
		break;
	case PHYSMAP_BARRIER_DSB_NSHST:
		wait_for(j, 1, false);
		break;
	case PHYSMAP_BARRIER_DSB_ISH:
	case PHYSMAP_BARRIER_DSB_SY:
		wait_for(j, all, true);
		break;
	case PHYSMAP_BARRIER_DSB_NSH:
		wait_for(j, 1, true);
		break;
	case PHYSMAP_BARRIER_ISB:
		synchronize(j);
		break;
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
	const char *sizes = judge_rule(j, JUDGE_TWO_SIZES);
	u64 va = s->va;

	for (;;) {
		const struct judge_leaf now = judge_walk(j, va);
		const u64 end = va | (judge_size(j, now.level) - 1);

		if (sizes && now.present && now.level != s->level) {
			judge_violate(j, rule_of(j, s, sizes), va,
				      "the size was changed by event %llu, and both sizes can be cached: %s",
				      (unsigned long long)s->born,
				      text_of(j, s, "the build is over and no flush came"));
			return;
		}
		if (outlives(j, s, &now, va)) {
			judge_violate(j, rule_of(j, s, judge_rule(j, JUDGE_OUTLIVES)), va,
				      "%s outlives its revocation by event %llu: %s",
				      now.present ? "a right" : "a translation",
				      (unsigned long long)s->born,
				      text_of(j, s, "the build is over and no flush came"));
			return;
		}
		if (end >= s->last)
			return;
		va = end + 1;
	}
}

/* New entries work, and a flush has worked, for all that is fetched. */
static void must_be_synchronized(struct judge *j)
{
	if (!j->format->barriers)
		return;
	if (j->tlb->blind || j->tlb->unsynchronized)
		judge_violate(j, judge_rule(j, JUDGE_UNSEEN_ENTRY), j->build.va,
			      "the build is over, and no %s came after its new entries",
			      j->tlb->blind ? "DSB that is for the walks of every CPU" :
			      "ISB");
	if (j->tlb->flush_unsynchronized)
		judge_violate(j, judge_rule(j, JUDGE_NO_ISB), j->build.va,
			      "the build is over, and no ISB came after its last TLBI and DSB");
}

/* A build that has to flush for itself is over. */
void judge_tlb_deadline(struct judge *j)
{
	unsigned int level, i;

	must_be_synchronized(j);
	for (level = 0; level < j->machine.levels; level++) {
		for (i = 0; i < j->tlb->leaves[level].n; i++)
			must_be_gone(j, &j->tlb->leaves[level].stale[i]);
		for (i = 0; i < j->tlb->tables[level].n; i++) {
			const struct stale *s = &j->tlb->tables[level].stale[i];

			judge_violate(j, rule_of(j, s, judge_rule(j, JUDGE_OTHER_TABLE)),
				      s->va, "a paging-structure cache may still walk the table at %#llx: %s",
				      (unsigned long long)s->frame,
				      text_of(j, s, "the build is over and no flush came"));
		}
	}
}
