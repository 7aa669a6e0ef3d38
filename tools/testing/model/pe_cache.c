// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines of memory and every state that they may be in: what is in memory, in the
 * unified cache (which begins at the PoU), in each PE's data cache, in PE 0's
 * instruction cache, and what is still on its way. pe_speculate() lets
 * hardware do all it may until nothing new comes of it. Lines do not depend on
 * one another. What is read is judged here; who may cache what, pe.c says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pe.h"

#define MAX_STATES	200000
#define MAX_PENDING	6

/* A copy of a line in a cache; words are indexes into the line's values. */
struct copy {
	u8 valid;
	u8 dirty;		/* which words were stored to */
	u8 word[PE_LINE_WORDS];
};

/* What a PE has begun and nobody has waited for. */
struct pending {
	u8 action;
	u8 pe;
	u8 word;
	u8 value;
	u8 ordered;		/* a DMB has come after it */
};

/* All bytes count: states are compared as memory. */
struct state {
	struct copy data[PE_PES];
	struct copy unified;
	struct copy code;
	u8 memory[PE_LINE_WORDS];
	u8 count;
	struct pending pending[MAX_PENDING];
};

/* Who may do what to a line now. */
struct freedom {
	u8 cache[PE_PES];
	u8 fetch;
	u8 on;
	u8 off;
	u8 icache_on;
	u8 icache_off;
};

struct pe_line {
	u64 pa;
	u64 value[PE_LINE_WORDS][PE_VALUES];
	unsigned int values[PE_LINE_WORDS];
	u8 truth[PE_LINE_WORDS];
	struct state *state;
	unsigned int states, room;
	unsigned int *hash;	/* indexes of states, from 1 */
	unsigned int buckets;
	struct freedom freedom;
	bool settled;
};

static void too_small(const char *what)
{
	fprintf(stderr, "pe: the model has no room for more %s\n", what);
	abort();
}

/* Sets of states */

static unsigned int bucket_of(const struct pe_line *line,
			      const struct state *s)
{
	const u8 *p = (const u8 *)s;
	u32 sum = 2166136261u;
	size_t i;

	for (i = 0; i < sizeof(*s); i++)
		sum = (sum ^ p[i]) * 16777619u;
	return sum & (line->buckets - 1);
}

/* The bucket that has the state, or the empty one where it belongs. */
static unsigned int *find(struct pe_line *line, const struct state *s)
{
	unsigned int b = bucket_of(line, s);

	while (line->hash[b] &&
	       memcmp(&line->state[line->hash[b] - 1], s, sizeof(*s)))
		b = (b + 1) & (line->buckets - 1);
	return &line->hash[b];
}

static void grow(struct pe_line *line)
{
	unsigned int i;

	if (line->room >= MAX_STATES)
		too_small("states");
	line->room = line->room ? 2 * line->room : 32;
	line->buckets = 4 * line->room;
	line->state = realloc(line->state, line->room * sizeof(*line->state));
	free(line->hash);
	line->hash = calloc(line->buckets, sizeof(*line->hash));
	if (!line->state || !line->hash)
		too_small("states");
	for (i = 0; i < line->states; i++)
		*find(line, &line->state[i]) = i + 1;
}

static void add(struct pe_line *line, const struct state *s)
{
	unsigned int *bucket;

	if (line->states == line->room)
		grow(line);
	bucket = find(line, s);
	if (*bucket)
		return;
	line->state[line->states++] = *s;
	*bucket = line->states;
	line->settled = false;
}

/* Takes all states out; the caller puts others in and frees these. */
static struct state *take(struct pe_line *line, unsigned int *count)
{
	struct state *old = line->state;

	*count = line->states;
	free(line->hash);
	line->state = NULL;
	line->hash = NULL;
	line->states = 0;
	line->room = 0;
	line->settled = false;
	return old;
}

/* Lines */

static struct pe_line *line_at(const struct pe_machine *m, u64 pa)
{
	unsigned int i;

	for (i = 0; i < m->lines; i++)
		if (m->line[i]->pa == (pa & ~(PE_LINE - 1)))
			return m->line[i];
	return NULL;
}

static unsigned int word_of(u64 pa)
{
	return pa / 8 % PE_LINE_WORDS;
}

static u8 value_index(struct pe_line *line, unsigned int word, u64 value)
{
	unsigned int i;

	for (i = 0; i < line->values[word]; i++)
		if (line->value[word][i] == value)
			return i;
	if (i == PE_VALUES)
		too_small("values");
	line->value[word][line->values[word]++] = value;
	return i;
}

void pe_memory(struct pe_machine *m, u64 pa, unsigned int lines)
{
	const struct state zero = { };
	unsigned int i, w;

	for (i = 0; i < lines; i++) {
		struct pe_line *line = calloc(1, sizeof(*line));

		if (!line || m->lines == PE_LINES)
			too_small("lines");
		line->pa = pa + i * PE_LINE;
		for (w = 0; w < PE_LINE_WORDS; w++)
			value_index(line, w, 0);
		add(line, &zero);
		m->line[m->lines++] = line;
	}
}

void pe_memory_free(struct pe_machine *m)
{
	while (m->lines) {
		struct pe_line *line = m->line[--m->lines];

		free(line->state);
		free(line->hash);
		free(line);
	}
}

bool pe_is_memory(const struct pe_machine *m, u64 pa)
{
	return line_at(m, pa);
}

u64 pe_truth(const struct pe_machine *m, u64 pa)
{
	const struct pe_line *line = line_at(m, pa);

	return line->value[word_of(pa)][line->truth[word_of(pa)]];
}

/* Memory has it, and no cache has the line. */
void pe_put(struct pe_machine *m, u64 pa, u64 value)
{
	struct pe_line *line = line_at(m, pa);
	const u8 v = value_index(line, word_of(pa), value);
	struct state s = { };
	unsigned int count;
	struct state *old = take(line, &count);

	memcpy(s.memory, old[0].memory, sizeof(s.memory));
	free(old);
	s.memory[word_of(pa)] = v;
	line->truth[word_of(pa)] = v;
	add(line, &s);
}

/* A cache may hold something older, from before anybody looked. */
void pe_put_stale(struct pe_machine *m, u64 pa, u64 value)
{
	struct pe_line *line = line_at(m, pa);
	struct state s = line->state[0];

	s.unified.valid = 1;
	memcpy(s.unified.word, s.memory, sizeof(s.memory));
	s.unified.word[word_of(pa)] = value_index(line, word_of(pa), value);
	add(line, &s);
}

/* What coherence lets a PE get, where its own cache has nothing. */

static const struct copy *dirty_copy(const struct state *s)
{
	unsigned int n;

	for (n = 0; n < PE_PES; n++)
		if (s->data[n].dirty)
			return &s->data[n];
	return NULL;
}

/* At most one copy per other PE, and one of what lies below. */
static unsigned int sources(const struct state *s, unsigned int n,
			    const u8 *words[PE_PES + 1])
{
	const struct copy *dirty = dirty_copy(s);
	unsigned int i, count = 0;

	if (s->data[n].valid) {
		words[0] = s->data[n].word;
		return 1;
	}
	if (dirty) {
		words[0] = dirty->word;
		return 1;
	}
	for (i = 0; i < PE_PES; i++)
		if (s->data[i].valid)
			words[count++] = s->data[i].word;
	words[count++] = s->unified.valid ? s->unified.word : s->memory;
	return count;
}

/* What an instruction fetch may find; an instruction cache that has it has it. */
static unsigned int fetch_sources(const struct state *s,
				  const struct freedom *f,
				  const u8 *words[2])
{
	unsigned int count = 0;

	if (s->code.valid) {
		words[0] = s->code.word;
		return 1;
	}
	if (f->icache_on && s->unified.valid)
		words[count++] = s->unified.word;
	if (!s->unified.valid || f->icache_off || f->off)
		words[count++] = s->memory;
	return count;
}

static struct copy copy_of(const u8 *words)
{
	struct copy c = { .valid = 1 };

	memcpy(c.word, words, sizeof(c.word));
	return c;
}

/* What becomes of a line when something is done to it */

static bool holds(const struct state *s, unsigned int word, u8 value)
{
	const struct copy *dirty = dirty_copy(s);
	unsigned int i;

	for (i = 0; i < s->count; i++)
		if (s->pending[i].value == value && s->pending[i].word == word &&
		    (s->pending[i].action == PE_WRITE_CACHED ||
		     s->pending[i].action == PE_WRITE_PAST_CACHES))
			return true;
	return s->memory[word] == value ||
	       (s->unified.dirty && s->unified.word[word] == value) ||
	       (dirty && dirty->word[word] == value);
}

/* Says so where the only place that had what was written has it no more. */
static void judge_loss(struct pe_machine *m, const struct pe_line *line,
		       const struct state *before, const struct state *after,
		       bool thrown_away)
{
	const struct copy *dirty = dirty_copy(before);
	unsigned int w;

	if (!dirty)
		dirty = &before->unified;
	for (w = 0; w < PE_LINE_WORDS; w++) {
		const u8 truth = line->truth[w];

		if (!holds(before, w, truth) || holds(after, w, truth))
			continue;
		if (thrown_away)
			pe_violate(m, "ARM-CACHE-3",
				   "an invalidate discards word %u of the line at %#llx, which was written and never cleaned",
				   w, line->pa);
		else if (dirty->dirty & BIT(w))
			pe_violate(m, "ARM-CACHE-4",
				   "a dirty line from before is written back over word %u of the line at %#llx, stored with the MMU off",
				   w, line->pa);
		else
			pe_violate(m, "ARM-CACHE-3",
				   "a line dirty by a neighbour is written back over word %u of the line at %#llx, stored with the MMU off",
				   w, line->pa);
	}
}

static void write_back(struct pe_machine *m, const struct pe_line *line,
		       struct state *s, const u8 *words)
{
	const struct state before = *s;

	memcpy(s->memory, words, sizeof(s->memory));
	s->unified.dirty = 0;
	judge_loss(m, line, &before, s, false);
}

/* All that is dirty goes to memory; copies stay, clean and alike. */
static void clean_to_memory(struct pe_machine *m, const struct pe_line *line,
			    struct state *s)
{
	const struct state before = *s;
	const struct copy *dirty = dirty_copy(&before);
	unsigned int n;

	if (!dirty && before.unified.dirty)
		dirty = &before.unified;
	if (!dirty)
		return;
	memcpy(s->memory, dirty->word, sizeof(s->memory));
	for (n = 0; n < PE_PES; n++)
		s->data[n].dirty = 0;
	s->unified.dirty = 0;
	if (s->unified.valid)
		memcpy(s->unified.word, dirty->word, sizeof(s->memory));
	judge_loss(m, line, &before, s, false);
}

static void clean_to_unified(struct state *s)
{
	const struct copy *dirty = dirty_copy(s);
	unsigned int n;

	if (!dirty)
		return;
	s->unified = *dirty;
	for (n = 0; n < PE_PES; n++)
		s->data[n].dirty = 0;
}

static void invalidate(struct state *s)
{
	unsigned int n;

	for (n = 0; n < PE_PES; n++)
		s->data[n] = (struct copy) { };
	s->unified = (struct copy) { };
}

static void write_cached(struct state *s, const struct pending *p,
			 const u8 *from)
{
	const struct copy *dirty = dirty_copy(s);
	struct copy c = copy_of(from);
	unsigned int n;

	c.dirty = (dirty ? dirty->dirty : 0) | BIT(p->word);
	c.word[p->word] = p->value;
	for (n = 0; n < PE_PES; n++)
		s->data[n] = (struct copy) { };
	s->data[p->pe] = c;
}

static bool is_dc(unsigned int action)
{
	return action >= PE_DC_CVAC;
}

/*
 * To one line a PE does things in order, but for a DC after a store that goes
 * past the caches (ARM-CACHE-8).
 */
static bool may_happen(const struct state *s, unsigned int i)
{
	const struct pending *p = &s->pending[i];
	unsigned int k;

	for (k = 0; k < i; k++) {
		const struct pending *earlier = &s->pending[k];

		if (earlier->pe != p->pe)
			continue;
		if (is_dc(p->action) && !earlier->ordered &&
		    earlier->action == PE_WRITE_PAST_CACHES)
			continue;
		return false;
	}
	return true;
}

static void happen(struct pe_machine *m, struct pe_line *line,
		   const struct state *before, unsigned int i)
{
	const struct pending p = before->pending[i];
	const u8 *from[PE_PES + 1];
	struct state s = *before, thrown;
	unsigned int n, count;

	memmove(&s.pending[i], &s.pending[i + 1],
		(s.count - i - 1) * sizeof(s.pending[0]));
	s.pending[--s.count] = (struct pending) { };
	switch (p.action) {
	case PE_WRITE_CACHED:
		count = sources(before, p.pe, from);
		for (n = 0; n < count; n++) {
			struct state written = s;

			write_cached(&written, &p, from[n]);
			add(line, &written);
		}
		return;
	case PE_WRITE_PAST_CACHES:
		s.memory[p.word] = p.value;
		break;
	case PE_DC_CVAU:
		clean_to_unified(&s);
		break;
	case PE_DC_IVAC:
		thrown = s;
		invalidate(&thrown);
		judge_loss(m, line, &s, &thrown, true);
		add(line, &thrown);
		/* It may clean as well. */
		clean_to_memory(m, line, &s);
		invalidate(&s);
		break;
	case PE_DC_CIVAC:
		clean_to_memory(m, line, &s);
		invalidate(&s);
		break;
	case PE_DC_CVAC:
		clean_to_memory(m, line, &s);
		break;
	}
	add(line, &s);
}

/* What hardware may do by itself */

static void fill(struct pe_line *line, const struct state *before,
		 unsigned int n)
{
	const u8 *from[PE_PES + 1];
	unsigned int i, count = sources(before, n, from);
	struct state s;

	for (i = 0; i < count; i++) {
		s = *before;
		s.data[n] = copy_of(from[i]);
		add(line, &s);
	}
	if (before->unified.valid || dirty_copy(before))
		return;
	s = *before;
	s.unified = copy_of(before->memory);
	add(line, &s);
}

static void evict_data(struct pe_line *line, const struct state *before,
		       unsigned int n)
{
	struct state s = *before;

	if (s.data[n].dirty) {
		s.unified = s.data[n];
		s.data[n].dirty = 0;
		add(line, &s);
	}
	s.data[n] = (struct copy) { };
	add(line, &s);
}

static void evict_unified(struct pe_machine *m, struct pe_line *line,
			  const struct state *before)
{
	struct state s = *before;

	if (s.unified.dirty) {
		write_back(m, line, &s, before->unified.word);
		add(line, &s);
	}
	s.unified = (struct copy) { };
	add(line, &s);
}

static void prefetch(struct pe_line *line, const struct state *before)
{
	const u8 *from[2];
	struct state s = *before;
	unsigned int i, count;

	if (s.code.valid) {
		s.code = (struct copy) { };
		add(line, &s);
		return;
	}
	if (!line->freedom.icache_on)
		return;
	count = fetch_sources(before, &line->freedom, from);
	for (i = 0; i < count; i++) {
		s = *before;
		s.code = copy_of(from[i]);
		add(line, &s);
	}
}

static void all_that_may_be(struct pe_machine *m, struct pe_line *line)
{
	unsigned int i, n;

	/* The array may move, and grows while this goes through it. */
	for (i = 0; i < line->states; i++) {
		const struct state s = line->state[i];

		for (n = 0; n < PE_PES; n++) {
			if (s.data[n].valid)
				evict_data(line, &s, n);
			else if (line->freedom.cache[n])
				fill(line, &s, n);
		}
		if (s.unified.valid)
			evict_unified(m, line, &s);
		if (s.code.valid || line->freedom.fetch)
			prefetch(line, &s);
		for (n = 0; n < s.count; n++)
			if (may_happen(&s, n))
				happen(m, line, &s, n);
	}
	line->settled = true;
}

static struct freedom freedom_of(const struct pe_machine *m, u64 pa)
{
	struct freedom f = { };
	unsigned int n;

	for (n = 0; n < PE_PES; n++)
		f.cache[n] = pe_may_cache(m, n, pa);
	f.fetch = pe_may_fetch(m, pa);
	f.on = pe_mmu_may_be(m, 0, true);
	f.off = pe_mmu_may_be(m, 0, false);
	f.icache_on = pe_icache_may_be(m, true);
	f.icache_off = pe_icache_may_be(m, false);
	return f;
}

void pe_speculate(struct pe_machine *m)
{
	unsigned int i;

	for (i = 0; i < m->lines; i++) {
		struct pe_line *line = m->line[i];
		const struct freedom f = freedom_of(m, line->pa);

		if (line->settled && !memcmp(&f, &line->freedom, sizeof(f)))
			continue;
		line->freedom = f;
		all_that_may_be(m, line);
	}
}

/* What a PE does */

/* A location is to be used with other attributes than its cached copy has. */
static void judge_mismatch(struct pe_machine *m, const struct pe_line *line,
			   unsigned int n)
{
	bool valid = false, dirty = false;
	unsigned int i;

	for (i = 0; i < line->states; i++) {
		const struct state *s = &line->state[i];

		valid |= s->data[n].valid;
		dirty |= dirty_copy(s) || s->unified.dirty;
	}
	if (valid)
		pe_violate(m, "ARM-ATTR-1",
			   "a store with the MMU off to the line at %#llx, which this PE may still have in its cache as write-back",
			   line->pa);
	if (dirty)
		pe_violate(m, "ARM-CACHE-4",
			   "a store with the MMU off to the line at %#llx, which may be dirty in a cache and be written back over it",
			   line->pa);
}

static bool store_under_way(const struct pe_line *line, unsigned int n)
{
	unsigned int i, k;

	for (i = 0; i < line->states; i++)
		for (k = 0; k < line->state[i].count; k++) {
			const struct pending *p = &line->state[i].pending[k];

			if (p->action == PE_WRITE_PAST_CACHES && p->pe == n &&
			    !p->ordered)
				return true;
		}
	return false;
}

void pe_do(struct pe_machine *m, unsigned int n, enum pe_action action,
	   u64 pa, u64 value)
{
	struct pe_line *line = line_at(m, pa);
	const bool store = !is_dc(action);
	const struct pending p = {
		.action = action,
		.pe = n,
		.word = store ? word_of(pa) : 0,
		.value = store ? value_index(line, word_of(pa), value) : 0,
	};
	struct state *old;
	unsigned int i, count;

	if (action == PE_WRITE_PAST_CACHES)
		judge_mismatch(m, line, n);
	if (is_dc(action) && store_under_way(line, n))
		pe_violate(m, "ARM-CACHE-8",
			   "a DC of the line at %#llx may be done before the store to it: no DMB is between them",
			   line->pa);
	old = take(line, &count);
	for (i = 0; i < count; i++) {
		if (old[i].count == MAX_PENDING)
			too_small("stores under way");
		old[i].pending[old[i].count++] = p;
		add(line, &old[i]);
	}
	free(old);
	if (store)
		line->truth[p.word] = p.value;
	pe_speculate(m);
}

/* A DMB. */
void pe_order(struct pe_machine *m, unsigned int n)
{
	unsigned int i, k, p, count;

	for (i = 0; i < m->lines; i++) {
		struct pe_line *line = m->line[i];
		struct state *old = take(line, &count);

		for (k = 0; k < count; k++) {
			for (p = 0; p < old[k].count; p++)
				old[k].pending[p].ordered |=
					old[k].pending[p].pe == n;
			add(line, &old[k]);
		}
		free(old);
	}
	pe_speculate(m);
}

static bool waited_for(const struct state *s, enum pe_wait wait)
{
	unsigned int i;

	for (i = 0; i < s->count; i++)
		if (wait == PE_WAIT_ALL || !is_dc(s->pending[i].action))
			return false;
	return true;
}

/* A DSB: of all that may be, what has nothing under way that it waits for. */
void pe_finish(struct pe_machine *m, enum pe_wait wait)
{
	unsigned int i, k, count;

	for (i = 0; i < m->lines; i++) {
		struct pe_line *line = m->line[i];
		struct state *old = take(line, &count);

		for (k = 0; k < count; k++)
			if (waited_for(&old[k], wait))
				add(line, &old[k]);
		free(old);
	}
	pe_speculate(m);
}

/* An IC that is done. */
void pe_drop_code(struct pe_machine *m)
{
	unsigned int i, k, count;

	for (i = 0; i < m->lines; i++) {
		struct pe_line *line = m->line[i];
		struct state *old = take(line, &count);

		for (k = 0; k < count; k++) {
			old[k].code = (struct copy) { };
			add(line, &old[k]);
		}
		free(old);
	}
	pe_speculate(m);
}

/* What a PE sees */

/* What it has itself written last, and not told anybody yet. */
static bool forwarded(const struct state *s, unsigned int n, enum pe_look how,
		      unsigned int word, u8 *value)
{
	const unsigned int action = how == PE_CACHED ? PE_WRITE_CACHED :
				    how == PE_PAST_CACHES ? PE_WRITE_PAST_CACHES :
				    PE_NOTHING;
	bool found = false;
	unsigned int i;

	for (i = 0; i < s->count; i++)
		if (s->pending[i].action == action && s->pending[i].pe == n &&
		    s->pending[i].word == word) {
			*value = s->pending[i].value;
			found = true;
		}
	return found;
}

/* All values of a word that one state lets a PE see. */
static unsigned int seen(const struct pe_line *line, const struct state *s,
			 unsigned int n, enum pe_look how, unsigned int word,
			 u8 values[PE_PES + 1])
{
	const u8 *from[PE_PES + 1];
	unsigned int i, count;

	if (forwarded(s, n, how, word, &values[0]))
		return 1;
	if (how == PE_PAST_CACHES) {
		values[0] = s->memory[word];
		return 1;
	}
	count = how == PE_FETCH ? fetch_sources(s, &line->freedom, from) :
				  sources(s, n, from);
	for (i = 0; i < count; i++)
		values[i] = from[i][word];
	return count;
}

unsigned int pe_look(const struct pe_machine *m, unsigned int n,
		     enum pe_look how, u64 pa, u64 values[PE_VALUES])
{
	const struct pe_line *line = line_at(m, pa);
	bool has[PE_VALUES] = { };
	unsigned int i, k, count = 0;
	u8 v[PE_PES + 1];

	for (i = 0; i < line->states; i++)
		for (k = seen(line, &line->state[i], n, how, word_of(pa), v); k;)
			has[v[--k]] = true;
	for (i = 0; i < PE_VALUES; i++)
		if (has[i])
			values[count++] = line->value[word_of(pa)][i];
	return count;
}

static void judge_past_caches(struct pe_machine *m, const struct pe_line *line,
			      const struct state *s, unsigned int n)
{
	const char *why = s->count ? "a DC was begun and no DSB has waited for it" :
			  dirty_copy(s) ? "what was written is dirty in a data cache" :
			  "what was written was cleaned no further than to the PoU";

	pe_violate(m, n ? "ARM-XEN-3" : "ARM-CACHE-1",
		   "stale data read past the caches from the line at %#llx: %s",
		   line->pa, why);
}

static void judge_fetch(struct pe_machine *m, const struct pe_line *line,
			const struct state *s)
{
	if (s->code.valid && m->pe[0].was_off && !line->freedom.off)
		pe_violate(m, "ARM-MMU-10",
			   "stale code at %#llx: fetched while the MMU was off, and no IC has come since it is on",
			   line->pa);
	else if (line->freedom.off)
		pe_violate(m, "ARM-CACHE-5",
			   "stale code fetched from %#llx: with the MMU off it is read past the caches, and is not clean to the PoC",
			   line->pa);
	else
		pe_violate(m, "ARM-CACHE-9",
			   "stale code fetched from %#llx: not cleaned to the PoU, or no IC has come since",
			   line->pa);
}

static void judge_cached(struct pe_machine *m, const struct pe_line *line,
			 const struct state *s, unsigned int n)
{
	pe_violate(m, "ARM-CACHE-2",
		   "stale data read from the line at %#llx: it was written with the MMU off, and a copy from before was not invalidated after that",
		   line->pa);
	if (!s->data[n].valid && s->data[!n].valid)
		pe_violate(m, "ARM-CACHE-6",
			   "stale data read from the line at %#llx: another PE fetched it into its cache while the MMU was off here",
			   line->pa);
}

/* Somebody relies on what is there: whatever may be seen must be right. */
void pe_look_hard(struct pe_machine *m, unsigned int n, enum pe_look how,
		  u64 pa)
{
	const unsigned int word = word_of(pa);
	const struct pe_line *line = line_at(m, pa);
	unsigned int i, k;
	u8 v[PE_PES + 1];

	for (i = 0; i < line->states; i++) {
		const struct state *s = &line->state[i];
		bool wrong = false;

		for (k = seen(line, s, n, how, word, v); k;)
			wrong |= v[--k] != line->truth[word];
		/* What is lost was told of when it was lost. */
		if (!wrong || !holds(s, word, line->truth[word]))
			continue;
		if (how == PE_PAST_CACHES)
			judge_past_caches(m, line, s, n);
		else if (how == PE_FETCH)
			judge_fetch(m, line, s);
		else if (how == PE_CACHED)
			judge_cached(m, line, s, n);
		else if (waited_for(s, PE_WAIT_STORES))
			pe_violate(m, "ARM-CACHE-10",
				   "a table walk finds a stale line at %#llx: it was written with the MMU off and not invalidated after that",
				   line->pa);
	}
}
