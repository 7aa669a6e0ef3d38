// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds what the benches have measured against the goals: prints a table, or
 * checks that no goal which was met once is missed by more than a tenth. Reads
 * JSON files and writes to stdout only. Of what was timed nothing is checked: a
 * busy machine must not fail a test.
 */
#include <getopt.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLACK	0.1		/* that a goal may be missed by, once met */

/* What a goal comes to. */
enum verdict { NOT_MEASURED, MET, MISSED };

/**
 * struct goal - one line of goals.json
 * @what: for a person
 * @from: list it is measured in: "bench", or one of the host bench's
 * @row: machine or name there
 * @builder: builder there; "" if the row says it all
 * @key: figure
 * @over: builder and figure of the same row that it is divided by; "" for none
 * @limit: most or least that it may be
 * @at_least: @limit is the least
 * @met: was met when the line was written
 * @repeats: the same in every run: a count
 */
struct goal {
	const char *what, *from, *row, *builder, *key;
	const char *over_builder, *over_key;
	double limit;
	bool at_least, met, repeats;
};

static json_t *bench, *host;
static unsigned int tests, failures;

static json_t *load(const char *path)
{
	json_error_t error;
	json_t *j = json_load_file(path, 0, &error);

	if (j)
		return j;
	fprintf(stderr, "goals: %s: line %d: %s\n", path, error.line, error.text);
	exit(2);
}

static const char *text(const json_t *goal, const char *key)
{
	const json_t *j = json_object_get(goal, key);

	return j ? json_string_value(j) : "";
}

static bool read_goal(const json_t *j, struct goal *g)
{
	const json_t *most = json_object_get(j, "at_most");
	const json_t *least = json_object_get(j, "at_least");
	const json_t *over = json_object_get(j, "over");

	*g = (struct goal) {
		.what = text(j, "what"), .from = text(j, "from"),
		.row = text(j, "row"), .builder = text(j, "builder"),
		.key = text(j, "key"),
		.over_builder = over ? text(over, "builder") : "",
		.over_key = over ? text(over, "key") : "",
		.limit = json_number_value(most ? most : least),
		.at_least = !most,
		.met = json_is_true(json_object_get(j, "met")),
		.repeats = json_is_true(json_object_get(j, "repeats")),
	};
	return *g->what && *g->from && *g->row && *g->key && g->limit > 0 &&
	       !most != !least && json_is_boolean(json_object_get(j, "met")) &&
	       (!over || *g->over_key);
}

/* The row of a builder; NULL if it was not measured. */
static const json_t *find_row(const struct goal *g, const char *builder)
{
	const bool is_bench = !strcmp(g->from, "bench");
	const json_t *list = is_bench ? bench : json_object_get(host, g->from);
	const json_t *row;
	size_t i;

	json_array_foreach(list, i, row)
		if (!strcmp(text(row, is_bench ? "machine" : "name"), g->row) &&
		    (!*builder || !strcmp(text(row, "builder"), builder)))
			return row;
	return NULL;
}

static bool figure(const struct goal *g, const char *builder, const char *key,
		   double *value)
{
	const json_t *j = json_object_get(find_row(g, builder), key);

	*value = json_number_value(j);
	return json_is_number(j);
}

static bool measure(const struct goal *g, double *value)
{
	double over;

	if (!figure(g, g->builder, g->key, value))
		return false;
	if (!*g->over_key)
		return true;
	if (!figure(g, *g->over_builder ? g->over_builder : g->builder,
		    g->over_key, &over) || over <= 0)
		return false;
	*value /= over;
	return true;
}

static bool within(const struct goal *g, double value, double slack)
{
	return g->at_least ? value >= g->limit * (1 - slack) :
			     value <= g->limit * (1 + slack);
}

static enum verdict judge(const struct goal *g, double *value)
{
	if (!measure(g, value))
		return NOT_MEASURED;
	return within(g, *value, 0) ? MET : MISSED;
}

static void print_goal(const struct goal *g)
{
	static const char *const words[] = {
		[MET] = "met", [MISSED] = "missed",
	};
	double value;
	const enum verdict v = judge(g, &value);

	if (v == NOT_MEASURED)
		printf("%-66s %9s %11.3f  not measured\n", g->what, "", g->limit);
	else
		printf("%-66s %9.3f %s %8.3f  %s\n", g->what, value,
		       g->at_least ? ">=" : "<=", g->limit, words[v]);
}

static void result(bool ok, const struct goal *g, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void result(bool ok, const struct goal *g, const char *fmt, ...)
{
	va_list args;

	failures += !ok;
	printf("%sok %u - %s: ", ok ? "" : "not ", ++tests, g->what);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static void check_goal(const struct goal *g)
{
	double value;
	const enum verdict v = judge(g, &value);

	if (!g->repeats || v == NOT_MEASURED)
		return;
	if (!g->met && v == MISSED)
		result(true, g, "%.3f # SKIP the goal, %.3f, was not met before",
		       value, g->limit);
	else if (!g->met)
		result(true, g, "%.3f, goal %.3f: met for the first time, which goals.json should say",
		       value, g->limit);
	else
		result(within(g, value, SLACK), g, "%.3f, goal %.3f%s", value,
		       g->limit, v == MET ? "" : ", missed now");
}

static void each_goal(const char *path, void (*act)(const struct goal *g))
{
	json_t *goals = load(path), *j;
	struct goal g;
	size_t i;

	json_array_foreach(goals, i, j) {
		if (read_goal(j, &g)) {
			act(&g);
			continue;
		}
		fprintf(stderr, "goals: %s: entry %zu lacks what, from, row, key, met or a limit\n",
			path, i + 1);
		exit(2);
	}
	json_decref(goals);
}

static const struct option options[] = {
	{ "goals", required_argument, NULL, 'g' },
	{ "bench", required_argument, NULL, 'b' },
	{ "host", required_argument, NULL, 'h' },
	{ "check", no_argument, NULL, 'c' },
	{ NULL, 0, NULL, 0 },
};

int main(int argc, char **argv)
{
	const char *goals = NULL;
	bool check = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'g')
			goals = optarg;
		else if (c == 'b')
			bench = load(optarg);
		else if (c == 'h')
			host = load(optarg);
		else if (c == 'c')
			check = true;
	}
	if (!goals || (!bench && !host) || optind < argc) {
		fprintf(stderr, "usage: goals --goals FILE [--bench FILE] [--host FILE] [--check]\n");
		return 2;
	}
	if (!check) {
		each_goal(goals, print_goal);
		return 0;
	}
	printf("KTAP version 1\n");
	each_goal(goals, check_goal);
	printf("1..%u\n", tests);
	if (!tests)
		fprintf(stderr, "goals: nothing that %s names was measured\n", goals);
	return failures || !tests;
}
