// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a window has counted, as JSON: functions by what they cost and, if it was
 * counted by instructions, the runs of them that were executed as often. Reads
 * counters and changes none.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "count.h"

#define MAX_BLOCKS	60

/* A function or a run of instructions, and what it has executed. */
struct figure {
	const struct place *place;
	uint64_t last;			/* a run's last instruction */
	uint64_t instructions, executions;
};

static int most_first(const void *a, const void *b)
{
	const struct figure *x = a, *y = b;

	if (x->instructions != y->instructions)
		return x->instructions < y->instructions ? 1 : -1;
	return x->place->address < y->place->address ? -1 : 1;
}

static int by_place(const void *a, const void *b)
{
	const struct figure *x = a, *y = b;

	return x->place->address < y->place->address ? -1 : 1;
}

/* The counted places of a window. */
struct counted {
	const struct window *window;
	const struct place *places;
	unsigned int n;
};

/* What a window has executed, of one side and by address; n says how many. */
static struct figure *executed(const struct counted *c, enum whose side, size_t *n)
{
	struct figure *v = malloc((c->n + 1) * sizeof(*v));

	if (!v)
		abort();
	*n = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct place *p = &c->places[i];
		uint64_t ran = c->window->places[i];

		if (ran && p->symbol && p->side == side)
			v[(*n)++] = (struct figure) {
				.place = p,
				.instructions = ran,
				.executions = ran,
				.last = p->address,
			};
	}
	qsort(v, *n, sizeof(*v), by_place);
	return v;
}

static size_t join_functions(struct figure *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (kept && v[kept - 1].place->symbol == v[i].place->symbol)
			v[kept - 1].instructions += v[i].instructions;
		else
			v[kept++] = v[i];
	return kept;
}

/* Instructions behind each other that were executed as often. */
static size_t join_blocks(struct figure *v, size_t n)
{
	size_t kept = 0;
	uint64_t next = 0;

	for (size_t i = 0; i < n; i++) {
		struct figure *b = &v[kept - 1];

		if (kept && v[i].place->address == next &&
		    b->place->symbol == v[i].place->symbol &&
		    b->executions == v[i].executions) {
			b->instructions += v[i].instructions;
			b->last = next;
		} else {
			v[kept++] = v[i];
		}
		next = v[i].place->address + v[i].place->size;
	}
	return kept;
}

static json_t *function_json(const struct figure *f)
{
	return json_pack("{s:s, s:I}", "function", f->place->symbol->name,
			 "instructions", (json_int_t)f->instructions);
}

static json_t *functions_json(const struct counted *c, enum whose side)
{
	json_t *list = json_array();
	struct figure *v;
	size_t n;

	v = executed(c, side, &n);
	n = join_functions(v, n);
	qsort(v, n, sizeof(*v), most_first);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, function_json(&v[i]));
	free(v);
	return list;
}

static json_t *block_json(const struct figure *b)
{
	uint64_t start = b->place->symbol->start;
	char first[24], last[24];

	snprintf(first, sizeof(first), "0x%" PRIx64, b->place->address);
	snprintf(last, sizeof(last), "0x%" PRIx64, b->last);
	return json_pack("{s:s, s:I, s:s, s:s, s:I, s:I}",
			 "function", b->place->symbol->name,
			 "offset", (json_int_t)(b->place->address - start),
			 "first", first, "last", last,
			 "executions", (json_int_t)b->executions,
			 "instructions", (json_int_t)b->instructions);
}

static json_t *blocks_json(const struct counted *c)
{
	json_t *list = json_array();
	struct figure *v;
	size_t n;

	v = executed(c, OWN, &n);
	n = join_blocks(v, n);
	qsort(v, n, sizeof(*v), most_first);
	for (size_t i = 0; i < n && i < MAX_BLOCKS; i++)
		json_array_append_new(list, block_json(&v[i]));
	free(v);
	return list;
}

json_t *window_json(const struct window *w, const struct place *places,
		    unsigned int n_places, bool blocks)
{
	const struct counted c = { w, places, n_places };
	json_t *j;

	j = json_pack("{s:s, s:i, s:b, s:b, s:I, s:I, s:I, s:o, s:o}",
		      "window", w->name,
		      "cpu", (int)w->cpu, "closed", !w->open,
		      "moved", (int)w->moved,
		      "own", (json_int_t)w->sides[OWN],
		      "xen", (json_int_t)w->sides[XEN],
		      "elsewhere", (json_int_t)w->sides[ELSEWHERE],
		      "own_functions", functions_json(&c, OWN),
		      "xen_functions", functions_json(&c, XEN));
	if (j && blocks)
		json_object_set_new(j, "own_blocks", blocks_json(&c));
	return j;
}
