// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions of the engine, as callgrind counts them: the same each time, on
 * any machine that runs the same program. The host bench starts itself under
 * callgrind and there puts marks around what is to be counted; the files that
 * callgrind leaves, one for each mark, are read and deleted.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#include "bench.h"
#include "host.h"

#define N_FUNCTIONS	10	/* of each row that are told */
#define MAX_FUNCTIONS	512	/* that may be met */

/* From 1 to 64 GiB, to see how it grows. */
static const struct count_row {
	const char *name, *builder;
	u64 ram;
	enum physmap_policy policy;
	u32 leaf_levels;
} count_rows[] = {
	{ "count-4k-1g-two-pass", "two-pass", GB, PHYSMAP_TWO_PASS, S4K },
	{ "count-4k-1g-fresh", "fresh", GB, PHYSMAP_FINAL_ON_FRESH, S4K },
	{ "count-4k-4g-two-pass", "two-pass", 4 * GB, PHYSMAP_TWO_PASS, S4K },
	{ "count-4k-4g-fresh", "fresh", 4 * GB, PHYSMAP_FINAL_ON_FRESH, S4K },
	{ "count-4k-16g-two-pass", "two-pass", 16 * GB, PHYSMAP_TWO_PASS, S4K },
	{ "count-4k-16g-fresh", "fresh", 16 * GB, PHYSMAP_FINAL_ON_FRESH, S4K },
	{ "count-4k-64g-two-pass", "two-pass", 64 * GB, PHYSMAP_TWO_PASS, S4K },
	{ "count-4k-64g-fresh", "fresh", 64 * GB, PHYSMAP_FINAL_ON_FRESH, S4K },
	{ "count-1g-4g-two-pass", "two-pass", 4 * GB, PHYSMAP_TWO_PASS, S1G },
	{ "count-1g-4g-fresh", "fresh", 4 * GB, PHYSMAP_FINAL_ON_FRESH, S1G },
};

#define N_ROWS	((int)(sizeof(count_rows) / sizeof(count_rows[0])))

static bool plan_selected(const struct host_options *o, int i)
{
	return selected(o->only, plan_rows[i].name);
}

bool count_wanted(const struct host_options *o)
{
	for (int i = 0; i < N_ROWS; i++)
		if (selected(o->only, count_rows[i].name))
			return true;
	for (int i = 0; i < n_plan_rows; i++)
		if (plan_selected(o, i))
			return true;
	return false;
}

u64 count_arena(const struct host_options *o)
{
	u64 ram_bytes = 0;

	for (int i = 0; i < N_ROWS; i++)
		if (selected(o->only, count_rows[i].name) &&
		    count_rows[i].ram > ram_bytes)
			ram_bytes = count_rows[i].ram;
	return (ram_bytes / (2 * MB) + KB) * PAGE;
}

bool count_under_callgrind(void)
{
	return RUNNING_ON_VALGRIND;
}

static bool run_build(const struct count_row *row, const struct arena *a)
{
	const struct physmap_range r = ram(0, row->ram, row->leaf_levels);
	static struct host_machine m;
	bool ok;

	machine_start(&m, HOST_X86_4LEVEL, a);
	CALLGRIND_TOGGLE_COLLECT;
	ok = machine_build(&m, &r, 1, row->policy);
	CALLGRIND_TOGGLE_COLLECT;
	CALLGRIND_DUMP_STATS_AT(row->name);
	return ok;
}

static bool run_plan(const struct plan_row *row, const struct arena *a)
{
	static struct physmap_range ranges[PLAN_RANGES];
	static struct host_machine m;
	const unsigned int n = plan_prepare(row, &m, a, ranges);
	const struct physmap_request req = request(ranges, n, PHYSMAP_TWO_PASS);
	struct physmap_refusal why;
	struct physmap_plan p;
	bool ok;

	CALLGRIND_TOGGLE_COLLECT;
	ok = !physmap_check(&m.map, &req, &why) &&
	     !physmap_plan(&m.map, &req, &p);
	CALLGRIND_TOGGLE_COLLECT;
	CALLGRIND_DUMP_STATS_AT(row->name);
	return ok;
}

bool count_run(const struct host_options *o, const struct arena *a)
{
	bool ok = true;

	for (int i = 0; i < N_ROWS; i++)
		if (selected(o->only, count_rows[i].name))
			ok &= run_build(&count_rows[i], a);
	for (int i = 0; i < n_plan_rows; i++)
		if (plan_selected(o, i))
			ok &= run_plan(&plan_rows[i], a);
	return ok;
}

struct function {
	char name[80];
	long long instructions;
};

/* What one of callgrind's files says. */
struct counts {
	char mark[64];
	long long all;
	struct function f[MAX_FUNCTIONS];
	int n;
};

static void add_to(struct counts *c, const char *name, long long instructions)
{
	int i = 0;

	while (i < c->n && strcmp(c->f[i].name, name))
		i++;
	if (i == c->n && c->n < MAX_FUNCTIONS)
		snprintf(c->f[c->n++].name, sizeof(c->f[i].name), "%s", name);
	if (i < c->n)
		c->f[i].instructions += instructions;
}

/* A line of costs is a function's own, but for the one that follows a call's. */
static void read_counts(FILE *file, struct counts *c)
{
	char line[512], function[80] = "";
	bool callee = false;
	long long where, n;

	memset(c, 0, sizeof(*c));
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "desc: Trigger: Client Request: %63s",
			   c->mark) == 1 ||
		    sscanf(line, "totals: %lld", &c->all) == 1)
			continue;
		if (sscanf(line, "fn=%79[^\n]", function) == 1)
			continue;
		if (!strncmp(line, "calls=", 6)) {
			callee = true;
		} else if (sscanf(line, "%lld %lld", &where, &n) == 2) {
			if (!callee)
				add_to(c, function, n);
			callee = false;
		}
	}
}

static int by_instructions(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	if (x->instructions != y->instructions)
		return x->instructions > y->instructions ? -1 : 1;
	return strcmp(x->name, y->name);
}

static json_t *functions_json(struct counts *c)
{
	json_t *list = json_array();

	qsort(c->f, c->n, sizeof(c->f[0]), by_instructions);
	for (int i = 0; i < c->n && i < N_FUNCTIONS; i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:I}", "function",
						c->f[i].name, "instructions",
						(json_int_t)c->f[i].instructions));
	return list;
}

/* What a mark is of, if it is of a build. */
static void tell_build(json_t *j, const char *mark, long long instructions)
{
	for (int i = 0; i < N_ROWS; i++) {
		const struct count_row *row = &count_rows[i];
		const double ptes = row->ram / PAGE;

		if (strcmp(row->name, mark))
			continue;
		json_object_set_new(j, "builder", json_string(row->builder));
		json_object_set_new(j, "gib", json_real((double)row->ram / GB));
		if (row->leaf_levels == S4K)
			json_object_set_new(j, "instructions_per_pte",
					    json_real(instructions / ptes));
	}
}

static json_t *counts_json(struct counts *c)
{
	json_t *j = json_pack("{s:s, s:I}", "name", c->mark, "instructions",
			      (json_int_t)c->all);

	tell_build(j, c->mark, c->all);
	json_object_set_new(j, "functions", functions_json(c));
	return j;
}

/* Part 1 is the first mark's; what is left at the end has no name of ours. */
static int read_parts(const char *prefix, json_t *list)
{
	static struct counts c;
	char path[PATH_MAX + 32];
	FILE *file;
	int n = 0;

	for (int part = 1;; part++) {
		snprintf(path, sizeof(path), "%s.%d", prefix, part);
		file = fopen(path, "r");
		if (!file)
			break;
		read_counts(file, &c);
		fclose(file);
		unlink(path);
		if (!c.mark[0] || !c.all)
			continue;
		json_array_append_new(list, counts_json(&c));
		n++;
	}
	unlink(prefix);
	return n;
}

/* Runs in the child. */
static void exec_callgrind(const struct host_options *o, const char *prefix,
			   const char *log)
{
	char self[PATH_MAX], out[PATH_MAX + 64], said[PATH_MAX + 64];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		_exit(126);
	self[n] = '\0';
	snprintf(out, sizeof(out), "--callgrind-out-file=%s", prefix);
	snprintf(said, sizeof(said), "--log-file=%s", log);
	execlp("valgrind", "valgrind", "--tool=callgrind",
	       "--collect-atstart=no", "--compress-strings=no",
	       "--compress-pos=no", out, said, self, "--count",
	       o->only ? "--only" : NULL, o->only, NULL);
	_exit(127);
}

static bool run_callgrind(const struct host_options *o, const char *prefix)
{
	char log[PATH_MAX + 32];
	int status;
	pid_t pid;

	snprintf(log, sizeof(log), "%s.log", prefix);
	fflush(NULL);
	pid = fork();
	if (!pid)
		exec_callgrind(o, prefix, log);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		status = -1;
	if (!status) {
		unlink(log);
		return true;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		fprintf(stderr, "host: valgrind cannot be run: install it (scripts/setup bench)\n");
	else
		fprintf(stderr, "host: counting under callgrind failed, status %#x; see %s\n",
			status, log);
	return false;
}

bool count_measure(const struct host_options *o, json_t *list)
{
	const double began = now_seconds();
	char prefix[PATH_MAX];

	if (!count_wanted(o))
		return true;
	snprintf(prefix, sizeof(prefix), "%s.callgrind", o->json);
	if (!run_callgrind(o, prefix))
		return false;
	if (!read_parts(prefix, list)) {
		fprintf(stderr, "host: callgrind has left no counts in %s.1\n",
			prefix);
		return false;
	}
	told("callgrind", "counted", began);
	return true;
}

static void print_functions(const json_t *list, double all)
{
	const json_t *j;
	size_t i;

	json_array_foreach(list, i, j) {
		const double n = json_integer_value(json_object_get(j, "instructions"));

		if (n > all / 50)
			printf("  %s %.0f%%",
			       json_string_value(json_object_get(j, "function")),
			       100 * n / all);
	}
	printf("\n");
}

void count_print(const json_t *list)
{
	const json_t *j;
	size_t i;

	if (json_array_size(list))
		printf("\n%-22s %12s %9s  %s\n", "counted by callgrind",
		       "instructions", "for a PTE", "functions");
	json_array_foreach(list, i, j) {
		const json_t *each = json_object_get(j, "instructions_per_pte");
		const json_int_t n = json_integer_value(json_object_get(j, "instructions"));

		printf("%-22s %12lld ", json_string_value(json_object_get(j, "name")),
		       n);
		if (each)
			printf("%9.3f", json_real_value(each));
		else
			printf("%9s", "-");
		print_functions(json_object_get(j, "functions"), n);
	}
}

void count_list(void)
{
	for (int i = 0; i < N_ROWS; i++)
		printf("%-22s %s, %llu GiB, instructions counted\n",
		       count_rows[i].name, count_rows[i].builder,
		       count_rows[i].ram / GB);
}
