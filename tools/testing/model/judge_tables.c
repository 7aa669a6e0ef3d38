// SPDX-License-Identifier: GPL-2.0-only
/*
 * The judge's own table pages: what is in them, which addresses each of them
 * translates, and the walk that the processor makes. An entry that is put
 * into a reachable table is taken apart into translations that go and
 * translations that come. What an entry means the architecture says
 * (judge_x86.c, judge_arm64.c).
 */
#include <stdlib.h>
#include <string.h>
#include "judge.h"

#define BUCKETS	1024

/**
 * struct page - a table page
 * @next: in its bucket
 * @pa: where it is
 * @entry: contents
 * @made: who filled a slot, enum judge_made
 * @build: which build it was
 * @lost: the leaf that a build took out of a slot ...
 * @lost_by: ... and which build
 * @roles: what it is to hardware now; none while it is not linked
 * @n_roles: how many
 * @empty_link: number of the build that linked it without any entry in it
 * @written: number of the last event that wrote to it
 */
struct page {
	struct page *next;
	u64 pa;
	u64 *entry;
	u8 *made;
	u64 *build;
	u64 *lost;
	u64 *lost_by;
	struct judge_role *roles;
	unsigned int n_roles;
	u64 empty_link;
	u64 written;
};

/**
 * struct judge_tables - memory
 * @bucket: pages, hashed by address
 * @entries: in the largest table
 * @top: addresses' bits above what the root translates
 */
struct judge_tables {
	struct page *bucket[BUCKETS];
	unsigned int entries;
	u64 top;
};

u64 judge_size(const struct judge *j, unsigned int level)
{
	return 1ULL << j->machine.level[level].shift;
}

/* Bytes that a leaf of a level may be cached for, as one of its group. */
u64 judge_group_size(const struct judge *j, unsigned int level)
{
	return judge_size(j, level) << j->format->group(&j->machine, level);
}

static unsigned int entries(const struct judge *j, unsigned int level)
{
	return 1u << j->machine.level[level].bits;
}

static unsigned int slot_of(const struct judge *j, unsigned int level, u64 va)
{
	return va >> j->machine.level[level].shift & (entries(j, level) - 1);
}

static struct page **bucket_of(const struct judge *j, u64 pa)
{
	return &j->tables->bucket[pa / judge_size(j, 0) % BUCKETS];
}

static struct page *find(struct judge *j, u64 pa)
{
	struct page *p = *bucket_of(j, pa);

	while (p && p->pa != pa)
		p = p->next;
	return p;
}

static struct page *page(struct judge *j, u64 pa)
{
	struct page **head = bucket_of(j, pa);
	struct page *p = find(j, pa);

	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	p->pa = pa;
	p->entry = calloc(j->tables->entries, sizeof(*p->entry));
	p->made = calloc(j->tables->entries, sizeof(*p->made));
	p->build = calloc(j->tables->entries, sizeof(*p->build));
	p->lost = calloc(j->tables->entries, sizeof(*p->lost));
	p->lost_by = calloc(j->tables->entries, sizeof(*p->lost_by));
	p->next = *head;
	*head = p;
	return p;
}

struct judge_tables *judge_tables_start(struct judge *j)
{
	struct judge_tables *t = calloc(1, sizeof(*t));
	unsigned int i;

	for (i = 0; i < j->machine.levels; i++)
		if (entries(j, i) > t->entries)
			t->entries = entries(j, i);
	return t;
}

static void forget(struct judge_tables *t)
{
	unsigned int i;

	for (i = 0; i < BUCKETS; i++) {
		while (t->bucket[i]) {
			struct page *p = t->bucket[i];

			t->bucket[i] = p->next;
			free(p->entry);
			free(p->made);
			free(p->build);
			free(p->lost);
			free(p->lost_by);
			free(p->roles);
			free(p);
		}
	}
}

void judge_tables_stop(struct judge_tables *tables)
{
	if (!tables)
		return;
	forget(tables);
	free(tables);
}

/* Entries, as the processor reads them */

static bool is_present(const struct judge *j, u64 raw)
{
	return raw & j->format->present;
}

static bool is_leaf(const struct judge *j, unsigned int level, u64 raw)
{
	return is_present(j, raw) && j->format->leaf(level, raw);
}

static u64 address(const struct judge *j, unsigned int level, u64 raw)
{
	return j->format->address(&j->machine, level, raw);
}

/* What an entry lets through of what those above it did. */
static u32 let_through(const struct judge *j, unsigned int level, u64 raw,
		       u32 above)
{
	return above & j->format->rights(&j->machine, level, raw);
}

/* The rule that a present entry breaks by itself. */
static const char *reserved(const struct judge *j, unsigned int level, u64 raw)
{
	return j->format->reserved(&j->machine, level, raw);
}

/* The table that an entry points to, 0 if it points to none. */
static u64 points_to(const struct judge *j, unsigned int level, u64 raw)
{
	if (!is_present(j, raw) || is_leaf(j, level, raw))
		return 0;
	return address(j, level, raw);
}

/* Roles: what hardware uses a page for */

static void add_role(struct judge *j, u64 table, const struct judge_role *role)
{
	struct page *p = page(j, table);
	unsigned int i;

	p->roles = realloc(p->roles, (p->n_roles + 1) * sizeof(*p->roles));
	p->roles[p->n_roles++] = *role;
	for (i = 0; role->level && i < entries(j, role->level); i++) {
		const u64 raw = p->entry[i];
		const struct judge_role child = {
			.level = role->level - 1,
			.va = role->va + i * judge_size(j, role->level),
			.attrs = let_through(j, role->level, raw, role->attrs),
		};

		if (points_to(j, role->level, raw))
			add_role(j, points_to(j, role->level, raw), &child);
	}
}

static void drop_role(struct judge *j, u64 table, unsigned int level, u64 va)
{
	struct page *p = page(j, table);
	unsigned int i;

	for (i = 0; i < p->n_roles; i++)
		if (p->roles[i].level == level && p->roles[i].va == va)
			break;
	if (i == p->n_roles)
		return;
	p->roles[i] = p->roles[--p->n_roles];
	for (i = 0; level && i < entries(j, level); i++) {
		const u64 child = points_to(j, level, p->entry[i]);

		if (child)
			drop_role(j, child, level - 1,
				  va + i * judge_size(j, level));
	}
}

/* A new root, that of a map which has @va: everything known is forgotten. */
void judge_tables_root(struct judge *j, u64 root, u64 va)
{
	const unsigned int top = j->machine.levels - 1;
	const unsigned int bits = j->machine.level[top].shift +
				  j->machine.level[top].bits;
	const struct judge_role role = {
		.level = top,
		.va = bits < 64 ? va >> bits << bits : 0,
		.attrs = JUDGE_RIGHTS,
	};

	forget(j->tables);
	j->tables->top = role.va;
	add_role(j, root, &role);
}

bool judge_is_table(struct judge *j, u64 table)
{
	const struct page *p = find(j, table);

	return p && p->n_roles;
}

/* A page was taken for a table: it is said to be all zero. */
void judge_tables_taken(struct judge *j, u64 table)
{
	struct page *p = page(j, table);

	if (p->n_roles) {
		judge_violate(j, judge_rule(j, JUDGE_TABLE_IN_USE),
			      p->roles[0].va,
			      "the page at %#llx is taken for a new table and is a table in use",
			      (unsigned long long)table);
		return;
	}
	judge_tlb_written(j, table);
	memset(p->entry, 0, j->tables->entries * sizeof(*p->entry));
	memset(p->made, 0, j->tables->entries * sizeof(*p->made));
	memset(p->build, 0, j->tables->entries * sizeof(*p->build));
	p->empty_link = 0;
	p->written = j->events;
}

u64 judge_load(struct judge *j, u64 table, unsigned int index)
{
	const struct page *p = find(j, table);

	return p && index < j->tables->entries ? p->entry[index] : 0;
}

/* Translations */

struct each {
	struct judge *j;
	void (*fn)(struct each *each, const struct judge_leaf *leaf);
	struct judge_leaf *list;	/* for those who collect */
	unsigned int n;
	bool fresh;
};

static struct judge_leaf leaf_of(struct judge *j, const struct page *p,
				 const struct judge_role *role,
				 unsigned int index)
{
	const u64 raw = p->entry[index];
	const struct judge_leaf leaf = {
		.present = is_leaf(j, role->level, raw) &&
			   !reserved(j, role->level, raw),
		.level = role->level,
		.va = role->va + index * judge_size(j, role->level),
		.frame = address(j, role->level, raw),
		.attrs = let_through(j, role->level, raw, role->attrs) |
			 j->format->attrs(&j->machine, role->level, raw),
		.table = p->pa,
		.index = index,
		.raw = raw,
		.build = p->build[index],
	};

	return leaf;
}

static struct judge_role role_below(struct judge *j,
				    const struct judge_role *role,
				    unsigned int index, u64 raw)
{
	const struct judge_role below = {
		.level = role->level - 1,
		.va = role->va + index * judge_size(j, role->level),
		.attrs = let_through(j, role->level, raw, role->attrs),
	};

	return below;
}

/* Every leaf that an entry leads to. */
static void each_below(struct judge *j, const struct page *p,
		       const struct judge_role *role, unsigned int index,
		       struct each *each)
{
	const u64 raw = p->entry[index];
	struct judge_role below;
	const struct page *child;
	unsigned int i;

	if (!is_present(j, raw) || reserved(j, role->level, raw))
		return;
	if (is_leaf(j, role->level, raw)) {
		const struct judge_leaf leaf = leaf_of(j, p, role, index);

		each->fn(each, &leaf);
		return;
	}
	child = find(j, address(j, role->level, raw));
	if (!child)
		return;
	below = role_below(j, role, index, raw);
	for (i = 0; i < entries(j, below.level); i++)
		each_below(j, child, &below, i, each);
}

static void collect(struct each *each, const struct judge_leaf *leaf)
{
	/* Grows to the next power of two. */
	if (!(each->n & (each->n - 1)))
		each->list = realloc(each->list, (each->n ? 2 * each->n : 1) *
						 sizeof(*leaf));
	each->list[each->n++] = *leaf;
}

struct judge_leaf judge_walk(struct judge *j, u64 va)
{
	struct judge_role role = {
		.level = j->machine.levels - 1,
		.va = j->tables->top,
		.attrs = JUDGE_RIGHTS,
	};
	const struct page *p = find(j, j->root);
	struct judge_leaf leaf = { .level = role.level };

	while (p) {
		const unsigned int i = slot_of(j, role.level, va);

		leaf = leaf_of(j, p, &role, i);
		if (!is_present(j, leaf.raw) || leaf.present ||
		    reserved(j, role.level, leaf.raw))
			break;
		role = role_below(j, &role, i, leaf.raw);
		p = find(j, leaf.frame);
	}
	return leaf;
}

/* The leaf in a slot of a table of a level, its rights by itself alone. */
bool judge_slot(struct judge *j, u64 table, unsigned int level,
		unsigned int index, struct judge_leaf *leaf)
{
	const struct judge_role role = { .level = level, .attrs = JUDGE_RIGHTS };
	const struct page *p = find(j, table);

	if (!p || index >= entries(j, level))
		return false;
	*leaf = leaf_of(j, p, &role, index);
	return is_present(j, leaf->raw);
}

enum judge_made judge_made(struct judge *j, const struct judge_leaf *leaf)
{
	const struct page *p = find(j, leaf->table);

	return p ? p->made[leaf->index] : JUDGE_FOUND;
}

/* Every leaf that translates part of [va, last]. */
void judge_each_leaf(struct judge *j, u64 va, u64 last,
		     void (*each)(struct judge *j,
				  const struct judge_leaf *leaf))
{
	for (;;) {
		const struct judge_leaf leaf = judge_walk(j, va);
		const u64 end = va | (judge_size(j, leaf.level) - 1);

		if (leaf.present)
			each(j, &leaf);
		if (end >= last)
			break;
		va = end + 1;
	}
}

static void sum_table(struct judge *j, u64 table, unsigned int level, u64 va,
		      u64 last, u64 *sum)
{
	for (;;) {
		const u64 end = va | (judge_size(j, level) - 1);
		const unsigned int i = slot_of(j, level, va);
		const u64 raw = judge_load(j, table, i);
		const u64 child = points_to(j, level, raw);

		*sum = physmap_sum_step(*sum, i);
		*sum = physmap_sum_step(*sum, raw & ~j->format->accessed);
		if (child)
			sum_table(j, child, level - 1, va,
				  end < last ? end : last, sum);
		if (end >= last)
			break;
		va = end + 1;
	}
}

/* The sum of all entries that translate [va, last], as recorders make it. */
u64 judge_sum(struct judge *j, u64 va, u64 last)
{
	u64 sum = PHYSMAP_SUM_START;

	sum_table(j, j->root, j->machine.levels - 1, va, last, &sum);
	return sum;
}

/* Changes */

static void check_entry(struct judge *j, unsigned int level, u64 va, u64 raw)
{
	const char *rule;

	if (!is_present(j, raw)) {
		rule = j->format->absent(&j->machine, raw);
		if (rule)
			judge_violate(j, rule, va,
				      "an entry that is not present is not zero (%#llx): speculation may follow a frame in it, or it is somebody's",
				      (unsigned long long)raw);
		return;
	}
	rule = reserved(j, level, raw);
	if (rule)
		judge_violate(j, rule, va,
			      "the entry has an address, a bit or an encoding that is reserved on this machine: any access faults");
}

/* Walks may come to a table as soon as it is linked. */
static void check_visible(struct judge *j, const struct page *p,
			  const struct judge_role *role)
{
	const char *rule = judge_rule(j, JUDGE_UNSEEN_TABLE);

	if (rule && judge_walked(j) && p->written > j->visible)
		judge_violate(j, rule, role->va,
			      "a table is linked, and no DSB has made what event %llu wrote to it visible to the walks of every CPU",
			      (unsigned long long)p->written);
}

/* All entries of a table that becomes reachable. */
static void check_table(struct judge *j, const struct page *p,
			const struct judge_role *role)
{
	unsigned int i;

	check_visible(j, p, role);
	for (i = 0; i < entries(j, role->level); i++) {
		const u64 raw = p->entry[i];
		const u64 va = role->va + i * judge_size(j, role->level);
		const u64 child = points_to(j, role->level, raw);
		struct judge_role below;

		if (!raw)
			continue;
		check_entry(j, role->level, va, raw);
		judge_groups_written(j, p->pa, role, i, 0, raw);
		if (!child)
			continue;
		below = role_below(j, role, i, raw);
		check_table(j, page(j, child), &below);
	}
}

static bool is_empty(struct judge *j, const struct page *p)
{
	unsigned int i;

	for (i = 0; i < j->tables->entries; i++)
		if (p->entry[i])
			return false;
	return true;
}

static bool same_leaf(const struct judge_leaf *a, const struct judge_leaf *b)
{
	return a->present && b->present && a->level == b->level &&
	       a->frame == b->frame && a->attrs == b->attrs;
}

/* A leaf that is left as it was is no news. */
static void come(struct each *each, const struct judge_leaf *leaf)
{
	unsigned int i;

	for (i = 0; i < each->n; i++)
		if (each->list[i].va == leaf->va &&
		    same_leaf(&each->list[i], leaf))
			return;
	judge_tlb_come(each->j, leaf, each->fresh);
}

static void gone(struct judge *j, const struct judge_leaf *old)
{
	const struct judge_leaf now = judge_walk(j, old->va);

	if (!same_leaf(old, &now))
		judge_tlb_gone(j, old);
}

/*
 * The entries of a table that takes a leaf's place were filled by a build, but
 * they stand for what was there before.
 */
static void inherit_made(struct judge *j, struct page *child, u8 made)
{
	unsigned int i;

	for (i = 0; i < j->tables->entries; i++)
		child->made[i] = child->entry[i] ? made : JUDGE_FOUND;
}

static void table_changes(struct judge *j, const struct judge_role *role,
			  u64 va, u64 old, u64 new, bool was_leaf, u8 made)
{
	const u64 was = points_to(j, role->level, old);
	const u64 is = points_to(j, role->level, new);
	const struct judge_role below = {
		.level = role->level - 1,
		.va = va,
		.attrs = let_through(j, role->level, new, role->attrs),
	};
	struct page *child;

	if (was)
		drop_role(j, was, role->level - 1, va);
	if (was && was != is)
		judge_tlb_table_gone(j, role->level, va, was);
	if (!is)
		return;
	child = page(j, is);
	add_role(j, is, &below);
	if (was == is)
		return;
	if (was_leaf)
		inherit_made(j, child, made);
	check_table(j, child, &below);
	judge_tlb_table_come(j, role->level, va, is);
}

/* One use of the page that the entry is in. */
static void role_changes(struct judge *j, struct page *p,
			 const struct judge_role *role, unsigned int index,
			 u64 old, u64 new)
{
	const u64 va = role->va + index * judge_size(j, role->level);
	const bool was_leaf = is_leaf(j, role->level, old);
	struct each before = { .j = j, .fn = collect };
	struct each after = { .j = j, .fn = come };
	unsigned int i;

	p->entry[index] = old;
	each_below(j, p, role, index, &before);
	p->entry[index] = new;
	check_entry(j, role->level, va, new);
	table_changes(j, role, va, old, new, was_leaf, p->made[index]);
	for (i = 0; i < before.n; i++)
		gone(j, &before.list[i]);
	after.list = before.list;
	after.n = before.n;
	after.fresh = !is_present(j, old);
	each_below(j, p, role, index, &after);
	free(before.list);
}

/* Nothing but rights that go. */
static bool only_tightens(struct judge *j, struct page *p,
			  const struct judge_role *role, unsigned int index,
			  u64 old, u64 new)
{
	struct judge_leaf was, is;

	p->entry[index] = old;
	was = leaf_of(j, p, role, index);
	p->entry[index] = new;
	is = leaf_of(j, p, role, index);
	return was.frame == is.frame && !(is.attrs & ~was.attrs) &&
	       !((was.attrs ^ is.attrs) & ~JUDGE_RIGHTS);
}

/*
 * An entry that is a build's own work may be changed; what it found may not,
 * unless the build is there to take rights.
 */
static void check_kept(struct judge *j, struct page *p,
		       const struct judge_role *role, unsigned int index,
		       u64 old, u64 new)
{
	const u64 va = role->va + index * judge_size(j, role->level);

	if (!j->build.kind || p->made[index] || j->machine.xen ||
	    !is_leaf(j, role->level, old) || !is_leaf(j, role->level, new) ||
	    !((old ^ new) & ~j->format->accessed))
		return;
	if (j->pass && !j->shaped && only_tightens(j, p, role, index, old, new))
		return;
	judge_violate(j, judge_rule(j, JUDGE_KEPT_CHANGED), va,
		      "an entry that was there before the build was changed (%#llx -> %#llx)",
		      (unsigned long long)old, (unsigned long long)new);
}

/* X86-TLB-3: what this build shaped must not be cached when pass 2 comes. */
static void check_boundary(struct judge *j, const struct page *p,
			   const struct judge_role *role, unsigned int index,
			   u64 old)
{
	const char *rule = judge_rule(j, JUDGE_NO_BOUNDARY);

	if (j->pass != PHYSMAP_PASS_ATTRIBUTES || j->flushed || !rule ||
	    !p->made[index] || p->build[index] != j->builds ||
	    !is_leaf(j, role->level, old))
		return;
	judge_violate(j, rule,
		      role->va + index * judge_size(j, role->level),
		      "pass 2 is at it, and no flush came since pass 1 shaped the map");
	/* Once is enough. */
	j->flushed = true;
}

/*
 * A leaf that comes back in the same build: was there need for it to go? Who
 * used it meanwhile has met a fault.
 */
static void check_break(struct judge *j, struct page *p,
			const struct judge_role *role, unsigned int index,
			u64 old, u64 new)
{
	const char *rule = judge_rule(j, JUDGE_VAIN_BREAK);
	const bool back = !is_present(j, old) && is_leaf(j, role->level, new) &&
			  p->lost_by[index] == j->builds;
	struct judge_leaf was, is;
	struct judge_pair pair;

	if (is_leaf(j, role->level, old) && !is_present(j, new)) {
		p->lost[index] = old;
		p->lost_by[index] = j->builds;
	}
	if (!rule || !back || !j->build.kind || !judge_live(j))
		return;
	p->entry[index] = p->lost[index];
	was = leaf_of(j, p, role, index);
	p->entry[index] = new;
	is = leaf_of(j, p, role, index);
	pair = (struct judge_pair) {
		.old_level = role->level, .old_attrs = was.attrs,
		.new_level = role->level, .new_attrs = is.attrs,
		.frame = was.frame != is.frame,
		.one_store = true,
	};
	if (!((was.attrs | is.attrs) & JUDGE_CONTIG) &&
	    !j->format->conflict(&j->machine, true, &pair))
		judge_violate(j, rule, is.va,
			      "a live leaf was unmapped and mapped again, and nothing has changed that wants a break");
}

static void check_empty_link(struct judge *j, struct page *p,
			     const struct judge_role *role, unsigned int index,
			     u64 new)
{
	const u64 child = points_to(j, role->level, new);
	struct page *c = child ? page(j, child) : NULL;

	/*
	 * Linked empty, and filled afterwards in the same build. A second range
	 * may rightly add to a table that the first one found nothing for.
	 */
	if (p->empty_link && p->empty_link == j->builds &&
	    j->build.count == 1 && is_present(j, new))
		judge_violate(j, judge_rule(j, JUDGE_EMPTY_LINK),
			      role->va + index * judge_size(j, role->level),
			      "the table was published before it was filled");
	p->empty_link = 0;
	if (c && !c->n_roles && is_empty(j, c) && j->build.kind)
		c->empty_link = j->builds;
}

/* Roles come and go under a loop when a table refers to itself. */
static struct judge_role *copy_roles(const struct page *p)
{
	struct judge_role *copy = malloc((p->n_roles + 1) * sizeof(*copy));

	if (p->n_roles)
		memcpy(copy, p->roles, p->n_roles * sizeof(*copy));
	return copy;
}

void judge_store(struct judge *j, u64 table, unsigned int index, u64 raw)
{
	struct page *p = page(j, table);
	const u64 old = p->entry[index];
	struct judge_role *roles;
	unsigned int i, n = p->n_roles;

	if (index >= j->tables->entries)
		return;
	j->stores++;
	if (!n)
		judge_tlb_written(j, table);
	p->written = j->events;
	if (old == raw)
		return;
	roles = copy_roles(p);
	for (i = 0; i < n; i++) {
		check_empty_link(j, p, &roles[i], index, raw);
		role_changes(j, p, &roles[i], index, old, raw);
		judge_groups_written(j, table, &roles[i], index, old, raw);
		check_kept(j, p, &roles[i], index, old, raw);
		check_boundary(j, p, &roles[i], index, old);
		check_break(j, p, &roles[i], index, old, raw);
	}
	free(roles);
	p->entry[index] = raw;
	if (is_present(j, old))
		return;
	p->build[index] = j->builds;
	p->made[index] = !is_present(j, raw) ? JUDGE_FOUND :
			 j->build.step & PHYSMAP_EXEC ?
			 JUDGE_MADE_EXEC : JUDGE_MADE;
}

/* An entry as it was found: nobody is to blame for it. */
void judge_found(struct judge *j, u64 table, unsigned int index, u64 raw)
{
	struct page *p = page(j, table);
	struct judge_role *roles;
	unsigned int i, n = p->n_roles;

	if (index >= j->tables->entries || p->entry[index] == raw)
		return;
	roles = copy_roles(p);
	for (i = 0; i < n; i++) {
		const u64 va = roles[i].va +
			       index * judge_size(j, roles[i].level);
		const u64 was = points_to(j, roles[i].level, p->entry[index]);
		const u64 is = points_to(j, roles[i].level, raw);
		const struct judge_role below =
			role_below(j, &roles[i], index, raw);

		if (was)
			drop_role(j, was, roles[i].level - 1, va);
		p->entry[index] = raw;
		if (is)
			add_role(j, is, &below);
	}
	free(roles);
	p->entry[index] = raw;
	p->made[index] = JUDGE_FOUND;
	p->build[index] = 0;
}
