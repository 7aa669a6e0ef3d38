// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contiguous groups: leaves that a TLB may hold as one (ARM-CONT-1). Hardware
 * that has seen the bit in one of them takes the others as given. So at the end
 * of each event those that are valid are alike, and at the end of a build none
 * is missing: filling a group from invalid, one by one, is what Linux does, and
 * every entry says the same of the whole. Reads the judge's tables, writes none.
 */
#include <stdlib.h>
#include "judge.h"

/**
 * struct group - a group that was written to
 * @table: page that holds it
 * @level: level of the leaves
 * @first: slot of the first
 * @va: first address that they translate
 * @edited: valid entries that had the bit were changed
 */
struct group {
	u64 table;
	unsigned int level;
	unsigned int first;
	u64 va;
	bool edited;
};

/**
 * struct judge_groups - groups
 * @list: those that are not whole, and behind them what this event wrote to
 * @n: how many
 * @blamed: event that was blamed for an edit
 */
struct judge_groups {
	struct group *list;
	unsigned int n;
	u64 blamed;
};

enum state {
	WHOLE,		/* or no group at all */
	MISSING,	/* alike as far as they are there */
	MIXED,		/* some have the bit and some do not */
	MIXED_WITH_OLD,	/* and those were there before the build */
	UNEQUAL,
};

struct judge_groups *judge_groups_start(void)
{
	return calloc(1, sizeof(struct judge_groups));
}

void judge_groups_stop(struct judge_groups *groups)
{
	if (!groups)
		return;
	free(groups->list);
	free(groups);
}

void judge_groups_forget(struct judge *j)
{
	j->groups->n = 0;
}

static unsigned int leaves(const struct judge *j, unsigned int level)
{
	return 1u << j->format->group(&j->machine, level);
}

static bool had_bit(const struct judge *j, unsigned int level, u64 raw)
{
	return (raw & j->format->present) && j->format->leaf(level, raw) &&
	       (j->format->attrs(&j->machine, level, raw) & JUDGE_CONTIG);
}

/* What a leaf by itself says of all but its address. */
static u32 words(const struct judge *j, unsigned int level, u64 raw)
{
	return j->format->rights(&j->machine, level, raw) |
	       j->format->attrs(&j->machine, level, raw);
}

/*
 * An entry that stays valid is no more like the others of its group, be it only
 * until a loop has come to them; processors with FEAT_BBM level 3 can do that.
 */
static void check_edit(struct judge *j, unsigned int level, u64 va, u64 old,
		       u64 new)
{
	if (!judge_live(j) || j->machine.bbm >= 3 ||
	    j->groups->blamed == j->events || !had_bit(j, level, old) ||
	    !had_bit(j, level, new) ||
	    words(j, level, old) == words(j, level, new))
		return;
	j->groups->blamed = j->events;
	judge_violate(j, "ARM-CONT-2", va,
		      "a live entry of a contiguous group was changed in place, while the others are as they were");
}

/* An entry was written into a table that hardware has a use for. */
void judge_groups_written(struct judge *j, u64 table,
			  const struct judge_role *role, unsigned int index,
			  u64 old, u64 new)
{
	struct judge_groups *groups = j->groups;
	const unsigned int n = leaves(j, role->level);
	const unsigned int first = index & ~(n - 1);
	struct group *g = groups->n ? &groups->list[groups->n - 1] : NULL;

	if (n == 1)
		return;
	if (!g || g->table != table || g->first != first ||
	    g->level != role->level) {
		/* Grows to the next power of two. */
		if (!(groups->n & (groups->n - 1)))
			groups->list = realloc(groups->list,
					       (groups->n ? 2 * groups->n : 1) *
					       sizeof(*g));
		g = &groups->list[groups->n++];
		*g = (struct group) {
			.table = table,
			.level = role->level,
			.first = first,
			.va = role->va + first * judge_size(j, role->level),
		};
	}
	g->edited |= old != new && had_bit(j, role->level, old);
	check_edit(j, role->level, role->va + index * judge_size(j, role->level),
		   old, new);
}

static enum state look(struct judge *j, const struct group *g)
{
	const u64 size = judge_size(j, g->level);
	unsigned int i, with = 0, without = 0;
	bool unequal = false, old = false;
	u64 frame = 0;
	u32 attrs = 0;

	for (i = 0; i < leaves(j, g->level); i++) {
		struct judge_leaf leaf;

		if (!judge_slot(j, g->table, g->level, g->first + i, &leaf))
			continue;
		if (!leaf.present || !(leaf.attrs & JUDGE_CONTIG)) {
			without++;
			old |= leaf.build != j->builds;
			continue;
		}
		if (!with++) {
			frame = leaf.frame - i * size;
			attrs = leaf.attrs;
		}
		unequal |= leaf.frame != frame + i * size ||
			   leaf.attrs != attrs;
	}
	if (!with)
		return WHOLE;
	if (without)
		return old ? MIXED_WITH_OLD : MIXED;
	if (unequal || (frame & (judge_group_size(j, g->level) - 1)))
		return UNEQUAL;
	return with == leaves(j, g->level) ? WHOLE : MISSING;
}

static void blame(struct judge *j, const struct group *g, enum state state)
{
	static const struct judge_rule found[] = {
		[MISSING] = { "ARM-CONT-1",
			"entries of it are missing when the build is over" },
		[MIXED] = { "ARM-CONT-1",
			"some of its entries have the bit and some do not" },
		[MIXED_WITH_OLD] = { "ARM-CONT-4",
			"it is made over valid entries that do not have the bit" },
		[UNEQUAL] = { "ARM-CONT-1",
			"its entries differ, or are not in a row from an aligned address" },
	};
	const struct judge_rule edited = {
		"ARM-CONT-2", "some of its entries were changed and some were not",
	};
	const struct judge_rule *r = g->edited ? &edited : &found[state];

	judge_violate(j, r->rule, g->va,
		      "a contiguous group of %u at level %u: %s",
		      leaves(j, g->level), g->level, r->text);
}

/* An event is over: the groups that it wrote to, and those before it. */
void judge_groups_event(struct judge *j)
{
	struct judge_groups *groups = j->groups;
	unsigned int i, kept = 0;

	for (i = 0; i < groups->n; i++) {
		const enum state state = look(j, &groups->list[i]);

		if (state == WHOLE)
			continue;
		if (state != MISSING && judge_live(j))
			blame(j, &groups->list[i], state);
		else
			groups->list[kept++] = groups->list[i];
	}
	groups->n = kept;
}

/* A build is over, whatever came of it: nothing is half done. */
void judge_groups_deadline(struct judge *j)
{
	struct judge_groups *groups = j->groups;
	unsigned int i;

	for (i = 0; i < groups->n; i++) {
		const enum state state = look(j, &groups->list[i]);

		if (state != WHOLE)
			blame(j, &groups->list[i], state);
	}
	groups->n = 0;
}
