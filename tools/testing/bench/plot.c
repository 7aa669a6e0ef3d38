// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws the figures of the instruction bench and of the host bench. What is read
 * is looked at before anything is drawn: a file that this bench has not written
 * is refused as a whole, and says in which entry. Machines that were not
 * measured are named, and the pictures are drawn without them.
 */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot.h"

#define GIB		(1024.0 * 1024 * 1024)
#define LARGE_LEAF	(128 * 1024)

static const char *bench_file = "build/bench/bench.json";
static const char *host_file = "build/bench/host.json";
static const char *out = "build/bench";

static const struct option long_options[] = {
	{ "bench", required_argument, NULL, 'b' },
	{ "host", required_argument, NULL, 'H' },
	{ "out", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char usage[] =
	"usage: plot [OPTION...]\n"
	"Draws what the benches have measured, as SVG and as PNG.\n"
	"  --bench FILE     of the instruction bench (build/bench/bench.json)\n"
	"  --host FILE      of the host bench (build/bench/host.json)\n"
	"  --out DIR        for the pictures (build/bench)\n";

static void parse_options(int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (c == 'b') {
			bench_file = optarg;
		} else if (c == 'H') {
			host_file = optarg;
		} else if (c == 'o') {
			out = optarg;
		} else {
			fputs(usage, c == 'h' ? stdout : stderr);
			exit(c == 'h' ? 0 : 2);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "plot: %s: not an option\n", argv[optind]);
		exit(2);
	}
}

static double number(const json_t *j, const char *key)
{
	return json_number_value(json_object_get(j, key));
}

static const char *string(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

static bool series_named(const char *name, enum series *s)
{
	static const char *const names[N_SERIES] = {
		[SERIES_UPSTREAM] = "upstream",
		[SERIES_TWO_PASS] = "two-pass",
		[SERIES_FRESH] = "fresh",
	};

	for (int i = 0; i < N_SERIES; i++)
		if (!strcmp(names[i], name)) {
			*s = i;
			return true;
		}
	return false;
}

static bool refuse(const char *path, size_t entry, const char *what)
{
	fprintf(stderr, "plot: %s: entry %zu has no %s: this bench has not written it; run make bench\n",
		path, entry, what);
	return false;
}

/* A number that a logarithm can be taken of. */
static bool positive(const json_t *j, const char *key)
{
	const json_t *n = json_object_get(j, key);

	return json_is_number(n) && json_number_value(n) > 0;
}

/* What is drawn of an entry of the instruction bench. */
static bool is_measured(const json_t *j, size_t i)
{
	static const char *const keys[] = {
		"gib_mapped", "ptes", "own", "instructions_per_pte",
	};
	const char *builder = string(j, "builder");
	enum series s;

	if (!string(j, "machine"))
		return refuse(bench_file, i, "machine");
	if (!builder || !series_named(builder, &s))
		return refuse(bench_file, i, "builder that is known");
	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		if (!positive(j, keys[k]))
			return refuse(bench_file, i, keys[k]);
	return true;
}

static bool is_filled(const json_t *j, size_t i)
{
	if (!string(j, "name"))
		return refuse(host_file, i, "name");
	if (!string(j, "builder"))
		return refuse(host_file, i, "builder");
	return positive(j, "ratio_to_memset") ||
	       refuse(host_file, i, "ratio_to_memset");
}

/* Counts of builds have a builder; those of plans are not drawn. */
static bool is_counted(const json_t *j, size_t i)
{
	enum series s;

	if (!positive(j, "instructions"))
		return refuse(host_file, i, "instructions");
	if (!string(j, "builder"))
		return true;
	if (!series_named(string(j, "builder"), &s))
		return refuse(host_file, i, "builder that is known");
	return positive(j, "gib") || refuse(host_file, i, "gib");
}

static bool all_are(const json_t *list, bool (*good)(const json_t *, size_t))
{
	const json_t *j;
	size_t i;

	json_array_foreach(list, i, j)
		if (!good(j, i))
			return false;
	return true;
}

/* NULL with @missing set: there is no such file, which is no error. */
static json_t *read_file(const char *path, bool *missing)
{
	json_error_t error;
	FILE *f = fopen(path, "r");
	json_t *j;

	*missing = !f && errno == ENOENT;
	if (!f) {
		fprintf(stderr, "plot: %s: %s%s\n", path, strerror(errno),
			*missing ? "; its pictures are left out" : "");
		return NULL;
	}
	j = json_loadf(f, 0, &error);
	fclose(f);
	if (!j)
		fprintf(stderr, "plot: %s: line %d: %s: it is broken, run make bench\n",
			path, error.line, error.text);
	return j;
}

/* Names a size only: "8g" of "arm64-8g", but not "8g-blocks". */
static bool is_size(const char *s)
{
	char *end;

	return strtoul(s, &end, 10) && !strcmp(end, "g");
}

static bool in_family(const json_t *j, const char *prefix)
{
	const char *machine = string(j, "machine");
	const size_t n = strlen(prefix);

	return !strncmp(machine, prefix, n) && is_size(machine + n);
}

static int by_size(const void *a, const void *b)
{
	const struct point *p = a, *q = b;

	return (p->x > q->x) - (p->x < q->x);
}

static void add_point(struct curves *c, const json_t *j, double gib, double n)
{
	enum series s;

	if (series_named(string(j, "builder"), &s) && c->n[s] < MAX_POINTS)
		c->point[s][c->n[s]++] = (struct point) { .x = gib, .y = n };
}

/* Points in order; is there any? */
static bool settle(struct curves *c)
{
	bool any = false;

	for (int s = 0; s < N_SERIES; s++) {
		qsort(c->point[s], c->n[s], sizeof(c->point[s][0]), by_size);
		any |= c->n[s] > 0;
	}
	return any;
}

/* Machines of one kind and several sizes. */
static const struct family {
	const char *prefix, *file, *title, *subtitle;
} families[] = {
	{ "native-4k-", "native-4k", "Native x86, 4K pages",
	  "init_mem_mapping(): instructions for all of memory" },
	{ "dom0-", "dom0", "Xen PV dom0, 4K pages",
	  "init_mem_mapping(): the kernel's own instructions, Xen's not counted" },
	{ "arm64-", "arm64-4k", "arm64, 4K pages",
	  "map_mem(): instructions for all of memory, rodata=full" },
};

#define N_FAMILIES	((int)(sizeof(families) / sizeof(families[0])))

static bool draw_family(const struct family *f, const json_t *list)
{
	struct curves c = {
		.title = f->title,
		.subtitle = f->subtitle,
		.x_label = "memory mapped, GiB",
		.y_label = "instructions",
	};
	const json_t *j;
	size_t i;

	json_array_foreach(list, i, j)
		if (in_family(j, f->prefix))
			add_point(&c, j, number(j, "gib_mapped"),
				  number(j, "own"));
	if (settle(&c))
		return draw_curves(out, f->file, &c);
	fprintf(stderr, "plot: %s has no machine %sNg: %s is not drawn\n",
		bench_file, f->prefix, f->file);
	return true;
}

static struct group *group_named(struct bars *b, const char *name)
{
	for (int i = 0; i < b->n; i++)
		if (!strcmp(b->group[i].name, name))
			return &b->group[i];
	if (b->n == MAX_GROUPS)
		return NULL;
	snprintf(b->group[b->n].name, sizeof(b->group[b->n].name), "%s", name);
	return &b->group[b->n++];
}

/* The kernel's own, where a hypervisor's are counted too. */
static double per_pte(const json_t *j)
{
	return positive(j, "own_per_pte") ? number(j, "own_per_pte") :
					    number(j, "instructions_per_pte");
}

/* Of pages, even of 64K, there are many; of blocks there are few. */
static bool has_large_leaves(const json_t *j)
{
	return number(j, "gib_mapped") * GIB / number(j, "ptes") > LARGE_LEAF;
}

static void put(struct bars *b, const json_t *j, double value)
{
	struct group *g = group_named(b, string(j, "machine"));
	enum series s;

	if (!g || !series_named(string(j, "builder"), &s))
		return;
	g->value[s] = value;
	g->have[s] = true;
}

static bool draw_any(const char *name, const struct bars *b)
{
	if (b->n)
		return draw_bars(out, name, b);
	fprintf(stderr, "plot: %s has no machine for it: %s is not drawn\n",
		bench_file, name);
	return true;
}

/* Where leaves are large, all that is done is what counts. */
static bool draw_per_machine(const json_t *list)
{
	static struct bars pages = {
		.title = "Instructions for each page of the map",
		.subtitle = "the kernel's own; under Xen without the hypervisor's",
		.x_label = "instructions for a page (PTE)",
		.label = { "upstream", "two-pass", "fresh" },
		.format = "%.1f",
	}, large = {
		.title = "Instructions for a map in large pages",
		.subtitle = "the kernel's own, for all of memory",
		.x_label = "thousand instructions",
		.label = { "upstream", "two-pass", "fresh" },
		.format = "%.0f",
	};
	const json_t *j;
	size_t i;

	json_array_foreach(list, i, j)
		if (has_large_leaves(j))
			put(&large, j, number(j, "own") / 1e3);
		else
			put(&pages, j, per_pte(j));
	return draw_any("pages", &pages) && draw_any("large-pages", &large);
}

static bool draw_bench(const json_t *list)
{
	bool ok = true;

	for (int i = 0; i < N_FAMILIES; i++)
		ok &= draw_family(&families[i], list);
	return draw_per_machine(list) && ok;
}

static bool draw_filled(const json_t *list)
{
	/* What no engine does at all takes upstream's grey. */
	static struct bars b = {
		.title = "Filling 4K tables on this processor",
		.subtitle = "how fast beside memset() of the same bytes, in one process; median of several turns",
		.x_label = "rate of memset() = 1",
		.label = { "plain loop of stores", "two-pass, pass 1", "fresh" },
		.format = "%.2f",
		.goal = 0.7,
		.goal_label = "goal 0.7",
	};
	const json_t *j;
	size_t i;

	json_array_foreach(list, i, j) {
		struct group *g = group_named(&b, string(j, "name"));
		enum series s = SERIES_UPSTREAM;

		if (!g || (strcmp(string(j, "builder"), "loops") &&
			   !series_named(string(j, "builder"), &s)))
			continue;
		g->value[s] = number(j, "ratio_to_memset");
		g->have[s] = true;
	}
	if (b.n)
		return draw_bars(out, "host", &b);
	fprintf(stderr, "plot: %s has no row of tables filled: host is not drawn\n",
		host_file);
	return true;
}

static bool draw_engine(const json_t *list)
{
	struct curves c = {
		.title = "The engine alone, x86, 4K pages",
		.subtitle = "instructions on the host, counted by callgrind",
		.x_label = "memory mapped, GiB",
		.y_label = "instructions",
	};
	const json_t *j;
	size_t i;

	json_array_foreach(list, i, j)
		if (positive(j, "instructions_per_pte"))
			add_point(&c, j, number(j, "gib"),
				  number(j, "instructions"));
	if (settle(&c))
		return draw_curves(out, "engine", &c);
	fprintf(stderr, "plot: %s has no build counted: engine is not drawn\n",
		host_file);
	return true;
}

static bool plot_bench(bool *missing)
{
	json_t *list = read_file(bench_file, missing);
	bool ok = list;

	if (list && !json_is_array(list)) {
		fprintf(stderr, "plot: %s holds no list of machines: this bench has not written it; run make bench\n",
			bench_file);
		ok = false;
	}
	ok = ok && all_are(list, is_measured);
	if (ok && json_array_size(list))
		ok = draw_bench(list);
	json_decref(list);
	return ok || *missing;
}

static bool plot_host(bool *missing)
{
	json_t *all = read_file(host_file, missing);
	const json_t *fill = json_object_get(all, "fill");
	const json_t *counted = json_object_get(all, "counted");
	bool ok = all;

	if (all && !json_is_object(all)) {
		fprintf(stderr, "plot: %s holds no figures of the host bench: run make bench\n",
			host_file);
		ok = false;
	}
	ok = ok && all_are(fill, is_filled) && all_are(counted, is_counted) &&
	     draw_filled(fill) && draw_engine(counted);
	json_decref(all);
	return ok || *missing;
}

int main(int argc, char **argv)
{
	bool no_bench, no_host, ok;

	parse_options(argc, argv);
	ok = plot_bench(&no_bench);
	ok &= plot_host(&no_host);
	return ok && !(no_bench && no_host) ? 0 : 1;
}
