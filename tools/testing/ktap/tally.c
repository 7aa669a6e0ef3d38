// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sums KTAP and TAP results: passes every line of the files given (or of
 * stdin) through and ends with "N passed, N failed". Only innermost results
 * count; a plan that is missing or not met counts as a failure.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH	16

/* One nesting level of the document that is being read. */
struct level {
	int indent;
	long planned;		/* -1: no plan seen */
	long results;
	long inner_failed;	/* failures counted below since the last result */
	bool has_inner;		/* results seen below since the last result */
};

static struct level levels[DEPTH];
static int depth;
static long passed, failed, skipped;

static void complain(const char *fmt, ...)
{
	va_list ap;

	failed++;
	printf("# tally: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void close_level(void)
{
	struct level *l = &levels[--depth];

	if (l->planned < 0 && l->results)
		complain("%ld results and no plan", l->results);
	else if (l->planned >= 0 && l->planned != l->results)
		complain("%ld results, planned were %ld", l->results, l->planned);
	else if (l->planned < 0 && l->has_inner)
		complain("inner results without a result of their own");
}

/* The level at this indent; deeper ones end here, missing ones begin. */
static struct level *level_at(int indent)
{
	while (depth && levels[depth - 1].indent > indent)
		close_level();
	if (depth && levels[depth - 1].indent == indent)
		return &levels[depth - 1];
	if (depth == DEPTH) {
		complain("nested more than %d deep", DEPTH);
		exit(1);
	}
	levels[depth] = (struct level){ .indent = indent, .planned = -1 };
	return &levels[depth++];
}

/* A header or a second plan: what stood at this indent is complete. */
static struct level *new_level(int indent)
{
	struct level *l = level_at(indent);

	if (l->planned < 0 && !l->results && !l->has_inner)
		return l;
	close_level();
	return level_at(indent);
}

static bool directive(const char *line, const char *word)
{
	const char *hash = strchr(line, '#');
	size_t n = strlen(word);

	if (!hash)
		return false;
	for (hash++; isspace((unsigned char)*hash); hash++)
		;
	for (size_t i = 0; i < n; i++)
		if (toupper((unsigned char)hash[i]) != word[i])
			return false;
	return true;
}

static void plan(int indent, long n, const char *line)
{
	struct level *l = level_at(indent);

	if (l->planned >= 0)
		l = new_level(indent);
	l->planned = n;
	if (n == 0 && directive(line, "SKIP"))
		skipped++;
}

static void mark_outer(bool ok)
{
	for (int i = 0; i < depth - 1; i++) {
		levels[i].has_inner = true;
		levels[i].inner_failed += !ok;
	}
}

static void result(int indent, bool ok, const char *line)
{
	struct level *l = level_at(indent);
	bool outer = l->has_inner;
	long inner_failed = l->inner_failed;

	l->results++;
	l->has_inner = false;
	l->inner_failed = 0;
	if (outer) {
		/* Its parts are counted; a failure all its own is not. */
		if (!ok && !inner_failed)
			failed++;
		return;
	}
	if (directive(line, "SKIP"))
		skipped++;
	else if (ok)
		passed++;
	else
		failed++;
	mark_outer(ok);
}

static bool word(const char *line, const char *w)
{
	size_t n = strlen(w);

	return !strncmp(line, w, n) && (!line[n] || isspace((unsigned char)line[n]));
}

static void take(const char *line)
{
	int indent = strspn(line, " \t");
	long n;

	line += indent;
	if (word(line, "KTAP version") || word(line, "TAP version"))
		new_level(indent);
	else if (sscanf(line, "1..%ld", &n) == 1)
		plan(indent, n, line);
	else if (word(line, "ok"))
		result(indent, true, line);
	else if (word(line, "not ok"))
		result(indent, false, line);
	else if (!strncmp(line, "Bail out!", 9))
		complain("a suite gave up");
}

static void tally(FILE *f)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, f)) > 0) {
		/* Lines from a serial console end in CR LF. */
		while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = '\0';
		puts(line);
		take(line);
		fflush(stdout);
	}
	free(line);
	while (depth)
		close_level();
}

static int usage(const char *what)
{
	fprintf(stderr, "tally: unknown option %s\nusage: tally [FILE...]\n", what);
	return 2;
}

int main(int argc, char **argv)
{
	if (argc > 1 && argv[1][0] == '-')
		return usage(argv[1]);
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");

		if (!f) {
			complain("cannot read %s: %s", argv[i], strerror(errno));
			continue;
		}
		tally(f);
		fclose(f);
	}
	if (argc == 1)
		tally(stdin);
	if (!passed && !failed)
		complain("no test ran");

	if (skipped)
		printf("# %ld skipped\n", skipped);
	printf("%ld passed, %ld failed\n", passed, failed);
	return failed || fflush(stdout) ? 1 : 0;
}
