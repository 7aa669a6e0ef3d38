// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the rule table as KTAP: for each rule that a model on the host can
 * see (marked HM in Documentation/rules.rst) its judge and its mutant, and
 * whether the judge catches the mutant by that rule's ID. A rule that is open
 * must say why. Also sees that every ID cited in the sources is a rule.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <regex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RULES	300
#define MAX_MUTANTS	300
#define SECONDS		20	/* for one witness */

struct rule {
	char id[32];
	bool judged;		/* marked HM */
	char open[160];		/* why there is no judge */
	unsigned int caught;	/* by mutants */
};

struct mutant {
	char name[64];
	char rule[32];
	char judge[32];
	char wrong[160];
	bool caught;
	char says[256];
};

static struct rule rules[MAX_RULES];
static unsigned int n_rules;
static struct mutant mutants[MAX_MUTANTS];
static unsigned int n_mutants;
static unsigned int tests, failed;
static const char *built;

static void result(bool ok, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void result(bool ok, const char *fmt, ...)
{
	va_list args;

	failed += !ok;
	printf("%sok %u - ", ok ? "" : "not ", ++tests);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static void die(const char *path, const char *what)
{
	fprintf(stderr, "rules: %s: %s\n", path, what);
	exit(2);
}

static struct rule *find_rule(const char *id)
{
	unsigned int i;

	for (i = 0; i < n_rules; i++)
		if (!strcmp(rules[i].id, id))
			return &rules[i];
	return NULL;
}

/*
 * "X86-TLB-1 (HM)", "ARM-BBM-3 (HM, open: why)" or "X86-TLB-7" at the margin
 * begins a rule.
 */
static void read_rules(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[512];
	regex_t id;

	if (!f)
		die(path, strerror(errno));
	regcomp(&id, "^[A-Z0-9]+(-[A-Z0-9]+)*-[0-9]+( \\(.*\\))?$", REG_EXTENDED);
	while (fgets(line, sizeof(line), f)) {
		struct rule *r = &rules[n_rules];
		const char *open = strstr(line, "open: ");

		line[strcspn(line, "\n")] = '\0';
		if (regexec(&id, line, 0, NULL, 0) || n_rules == MAX_RULES)
			continue;
		snprintf(r->id, sizeof(r->id), "%.*s",
			 (int)strcspn(line, " "), line);
		r->judged = strstr(line, "(HM");
		if (open)
			snprintf(r->open, sizeof(r->open), "%.*s",
				 (int)strcspn(open + 6, ")"), open + 6);
		if (find_rule(r->id))
			die(r->id, "stands twice in the catalogue");
		n_rules++;
	}
	regfree(&id);
	fclose(f);
	if (!n_rules)
		die(path, "has no rule");
}

static void header(const char *line, const char *key, char *buf, size_t size)
{
	const size_t n = strlen(key);

	if (!strncmp(line, key, n))
		snprintf(buf, size, "%.*s", (int)strcspn(line + n, "\n"),
			 line + n);
}

static void read_mutant(const char *dir, const char *name)
{
	struct mutant *m = &mutants[n_mutants++];
	char path[512], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f)
		die(path, strerror(errno));
	snprintf(m->name, sizeof(m->name), "%.*s",
		 (int)strcspn(name, "."), name);
	while (fgets(line, sizeof(line), f) && strncmp(line, "---", 3)) {
		header(line, "Rule: ", m->rule, sizeof(m->rule));
		header(line, "Judge: ", m->judge, sizeof(m->judge));
		header(line, "Wrong: ", m->wrong, sizeof(m->wrong));
	}
	fclose(f);
	if (!*m->rule || !*m->judge || !*m->wrong)
		die(path, "wants the lines Rule:, Judge: and Wrong: before the patch");
	if (!find_rule(m->rule))
		die(path, "its rule is not in the catalogue");
}

static void read_mutants(const char *dir)
{
	struct dirent **list;
	int i, n = scandir(dir, &list, NULL, alphasort);

	if (n < 0)
		die(dir, strerror(errno));
	for (i = 0; i < n; i++) {
		const char *dot = strrchr(list[i]->d_name, '.');

		if (n_mutants == MAX_MUTANTS)
			die(dir, "has more mutants than MAX_MUTANTS");
		if (dot && !strcmp(dot, ".patch"))
			read_mutant(dir, list[i]->d_name);
		free(list[i]);
	}
	free(list);
}

/*
 * The lines of a witness, in the scenes of the rule's architecture; the first
 * that begins with the rule is kept. "" is no rule: all scenes.
 */
static unsigned int witness(const char *name, const char *rule, char *says,
			    size_t size, int *status)
{
	const char *scenes = !*rule ? "" :
			     !strncmp(rule, "ARM-", 4) ? " arm64" :
			     !strncmp(rule, "MPU-", 4) ? " mpu" : " x86";
	const size_t n = strlen(rule);
	char command[600], line[512];
	unsigned int lines = 0;
	FILE *f;

	snprintf(command, sizeof(command), "timeout %d %s/%s/witness%s 2>&1",
		 SECONDS, built, name, scenes);
	f = popen(command, "r");
	if (!f)
		die(command, strerror(errno));
	*says = '\0';
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!lines++ && !n)
			snprintf(says, size, "%s", line);
		if (n && !*says && !strncmp(line, rule, n) && line[n] == ' ')
			snprintf(says, size, "%s", line + n + 1);
	}
	*status = pclose(f);
	return lines;
}

static void run_unchanged(void)
{
	char says[256];
	int status;
	unsigned int lines = witness("plain", "", says, sizeof(says), &status);

	result(!lines && !status,
	       "the code as it is breaks no rule in any scene%s%s",
	       lines ? ": " : "", says);
}

static void run_mutants(void)
{
	unsigned int i;
	int status;

	for (i = 0; i < n_mutants; i++) {
		struct mutant *m = &mutants[i];

		witness(m->name, m->rule, m->says, sizeof(m->says), &status);
		m->caught = *m->says;
		find_rule(m->rule)->caught += m->caught;
	}
}

static void print_rule(const struct rule *r)
{
	unsigned int i, n = 0;

	for (i = 0; i < n_mutants; i++) {
		const struct mutant *m = &mutants[i];

		if (strcmp(m->rule, r->id))
			continue;
		n++;
		if (m->caught)
			result(true, "%-12s judge %s, mutant %s: caught: %s",
			       r->id, m->judge, m->name, m->says);
		else
			result(false, "%-12s judge %s, mutant %s (%s): not caught",
			       r->id, m->judge, m->name, m->wrong);
	}
	if (n || !r->judged)
		return;
	if (*r->open)
		printf("ok %u - %-12s open # SKIP %s\n", ++tests, r->id,
		       r->open);
	else
		result(false, "%-12s open: no mutant, and no reason in Documentation/rules.rst",
		       r->id);
}

/* Every ID that is cited must be a rule. */
static regex_t cited;
static unsigned int citations;

static int cite(const char *path, const struct stat *st, int type,
		struct FTW *ftw)
{
	const char *dot = strrchr(path, '.');
	char line[1024], id[64];
	regmatch_t m;
	FILE *f;

	if (type != FTW_F || !dot || (strcmp(dot, ".c") && strcmp(dot, ".h") &&
				      strcmp(dot, ".rst")))
		return 0;
	f = fopen(path, "r");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		const char *p = line;

		for (; !regexec(&cited, p, 1, &m, 0); p += m.rm_eo) {
			snprintf(id, sizeof(id), "%.*s",
				 (int)(m.rm_eo - m.rm_so), p + m.rm_so);
			citations++;
			if (!find_rule(id))
				result(false, "%s cites %s, which is no rule",
				       path, id);
		}
	}
	fclose(f);
	return 0;
}

static void check_citations(const char *top)
{
	static const char * const dirs[] = {
		"include", "mm", "arch", "tools", "Documentation",
	};
	char path[512];
	unsigned int i;

	regcomp(&cited, "(X86|XENPV|ARM|MPU|PHYSMAP)(-[A-Z]+)?-[0-9]+",
		REG_EXTENDED);
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", top, dirs[i]);
		nftw(path, cite, 16, FTW_PHYS);
	}
	result(citations, "%u citations, all of rules in the catalogue", citations);
	regfree(&cited);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rules", required_argument, NULL, 'r' },
		{ "mutants", required_argument, NULL, 'm' },
		{ "built", required_argument, NULL, 'b' },
		{ "sources", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	const char *list = NULL, *dir = NULL, *sources = NULL;
	unsigned int i;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'r')
			list = optarg;
		else if (c == 'm')
			dir = optarg;
		else if (c == 'b')
			built = optarg;
		else if (c == 's')
			sources = optarg;
	}
	if (!list || !dir || !built || !sources) {
		fprintf(stderr,
			"usage: rules --rules FILE --mutants DIR --built DIR --sources DIR\n");
		return 2;
	}
	printf("KTAP version 1\n");
	read_rules(list);
	read_mutants(dir);
	run_unchanged();
	run_mutants();
	for (i = 0; i < n_rules; i++)
		print_rule(&rules[i]);
	check_citations(sources);
	printf("1..%u\n", tests);
	return failed != 0;
}
