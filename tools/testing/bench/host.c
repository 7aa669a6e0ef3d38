// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host bench: the engine on this processor, without a kernel. How fast it
 * fills tables beside memset(), how long it plans for memory that no machine
 * has, what hot-add takes, and how many instructions all that is. Options, the
 * order of steps and the file of figures live here.
 */
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "host.h"

static struct host_options opt = {
	.json = "build/bench/host.json",
	.runs = 11,
};

static bool list_rows;

static const struct option long_options[] = {
	{ "only", required_argument, NULL, 'o' },
	{ "runs", required_argument, NULL, 'r' },
	{ "json", required_argument, NULL, 'j' },
	{ "count", no_argument, NULL, 'c' },
	{ "list", no_argument, NULL, 'l' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char usage[] =
	"usage: host [OPTION...]\n"
	"Measures the engine on this processor, beside memset() in the same process,\n"
	"and counts its instructions by callgrind.\n"
	"  --only PREFIX    rows whose name begins so; commas between several\n"
	"  --runs N         each N times; medians are told (11)\n"
	"  --json FILE      the figures (build/bench/host.json)\n"
	"  --count          only what is the same each time: instructions\n"
	"  --list           the rows\n";

static int parse_runs(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || n < 1 || n > MAX_RUNS) {
		fprintf(stderr, "host: --runs %s: a number from 1 to %d is wanted\n",
			text, MAX_RUNS);
		exit(2);
	}
	return n;
}

static void parse_options(int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (c == 'o') {
			opt.only = optarg;
		} else if (c == 'r') {
			opt.runs = parse_runs(optarg);
		} else if (c == 'j') {
			opt.json = optarg;
		} else if (c == 'c') {
			opt.count = true;
		} else if (c == 'l') {
			list_rows = true;
		} else {
			fputs(usage, c == 'h' ? stdout : stderr);
			exit(c == 'h' ? 0 : 2);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "host: %s: not an option\n", argv[optind]);
		exit(2);
	}
}

static int ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double median(double *v, int n)
{
	qsort(v, n, sizeof(*v), ascending);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

void told(const char *name, const char *what, double began)
{
	fprintf(stderr, "host: %s: %s, %.1f s\n", name, what,
		now_seconds() - began);
}

/* What the times are of. */
static json_t *here(void)
{
	char line[256], model[256] = "unknown";
	FILE *f = fopen("/proc/cpuinfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "model name : %255[^\n]", model) == 1)
			break;
	if (f)
		fclose(f);
	return json_pack("{s:s, s:s}", "processor", model, "compiler",
			 "gcc " __VERSION__);
}

static u64 larger(u64 a, u64 b)
{
	return a > b ? a : b;
}

static bool measure(struct arena *a, json_t *all)
{
	json_t *fill = json_array(), *plan = json_array(), *hot = json_array();

	json_object_set_new(all, "fill", fill);
	json_object_set_new(all, "plan", plan);
	json_object_set_new(all, "hot", hot);
	json_object_set_new(all, "large_pages", json_boolean(a->huge));
	if (!fill_measure(&opt, a, fill) || !plan_measure(&opt, a, plan) ||
	    !hot_measure(&opt, a, hot))
		return false;
	fill_print(fill);
	plan_print(plan);
	hot_print(hot);
	return true;
}

static bool count(json_t *all)
{
	json_t *counted = json_array();

	json_object_set_new(all, "counted", counted);
	if (!count_measure(&opt, counted))
		return false;
	count_print(counted);
	return true;
}

static bool write_json(json_t *all)
{
	if (!json_dump_file(all, opt.json, JSON_INDENT(1))) {
		fprintf(stderr, "host: figures in %s\n", opt.json);
		return true;
	}
	fprintf(stderr, "host: %s cannot be written: %s\n", opt.json,
		strerror(errno));
	return false;
}

static bool need_rows(void)
{
	if (fill_arena(&opt) || hot_arena(&opt) || count_wanted(&opt))
		return true;
	fprintf(stderr, "host: no row's name begins with %s; --list names them\n",
		opt.only);
	return false;
}

/* Better now than when all is measured. */
static bool need_place(void)
{
	char *path = strdup(opt.json);
	const char *dir = dirname(path);
	const bool ok = !access(dir, W_OK);

	if (!ok)
		fprintf(stderr, "host: no figures can be written in %s: %s; give another place by --json\n",
			dir, strerror(errno));
	free(path);
	return ok;
}

static bool run(void)
{
	const u64 bytes = larger(larger(fill_arena(&opt), hot_arena(&opt)), PAGE);
	json_t *all = json_pack("{s:o}", "host", here());
	struct arena a;
	bool ok = true;

	if (!opt.count)
		ok = arena_map(&a, bytes) && measure(&a, all);
	ok = ok && count(all) && write_json(all);
	json_decref(all);
	return ok;
}

int main(int argc, char **argv)
{
	struct arena a;

	parse_options(argc, argv);
	if (list_rows) {
		fill_list();
		plan_list();
		hot_list();
		count_list();
		return 0;
	}
	if (count_under_callgrind())
		return arena_map(&a, count_arena(&opt)) &&
		       count_run(&opt, &a) ? 0 : 1;
	return need_rows() && need_place() && run() ? 0 : 1;
}
