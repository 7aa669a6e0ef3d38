// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coverage: adds up what gcov says of several programs, prints a table of
 * lines and branches for each file, and each gap with the reason that the
 * reasons file has for it. Reads only; the exit status says whether every file
 * reaches the limit or has a reason for each of its gaps.
 */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/**
 * struct line - a line of a source that has code
 * @function: the function it is in; NULL if it has no code
 * @text: the line without the blanks around it
 * @count: times it ran
 * @branches: branches that begin here
 * @next: branch that comes next in the file being read
 * @taken: times that each branch was taken
 */
struct line {
	char *function;
	char *text;
	json_int_t count;
	size_t branches;
	size_t next;
	json_int_t *taken;
};

struct source {
	const char *name;
	struct line *line;	/* from 1 */
	size_t lines;
};

/* Why a gap cannot be closed: see the head of the file of reasons. */
struct reason {
	char *file;
	char *function;
	char *text;
	char *why;
	unsigned int where;
	bool used;
};

struct tally {
	unsigned long lines;
	unsigned long lines_run;
	unsigned long branches;
	unsigned long branches_taken;
	unsigned long gaps;
	unsigned long unexplained;
};

struct coverage {
	const char *top;
	double limit;
	struct source *source;
	size_t sources;
	struct reason *reason;
	size_t reasons;
	const char *reasons_file;
};

__attribute__((noreturn, format(printf, 1, 2)))
static void give_up(const char *fmt, ...)
{
	va_list args;

	fputs("coverage: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

static void *grow(void *list, size_t count, size_t size)
{
	void *more = reallocarray(list, count + 1, size);

	if (!more)
		give_up("no memory");
	memset((char *)more + count * size, 0, size);
	return more;
}

static char *copy_of(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		give_up("no memory");
	return copy;
}

/* Without the blanks around it; changes the line. */
static char *trimmed(char *text)
{
	char *end = text + strlen(text);

	while (end > text && strchr(" \t\r\n", end[-1]))
		*--end = '\0';
	return text + strspn(text, " \t");
}

/* The sources */

static void read_source(const struct coverage *c, struct source *s)
{
	char *path = NULL, *text = NULL;
	size_t room = 0;
	FILE *f;

	if (asprintf(&path, "%s/%s", c->top, s->name) < 0)
		give_up("no memory");
	f = fopen(path, "r");
	if (!f)
		give_up("%s: %s", path, strerror(errno));
	s->line = grow(NULL, 0, sizeof(*s->line));
	while (getline(&text, &room, f) >= 0) {
		s->line = grow(s->line, ++s->lines, sizeof(*s->line));
		s->line[s->lines].text = copy_of(trimmed(text));
	}
	fclose(f);
	free(text);
	free(path);
}

static void add_source(struct coverage *c, const char *name)
{
	c->source = grow(c->source, c->sources, sizeof(*c->source));
	c->source[c->sources].name = name;
	read_source(c, &c->source[c->sources++]);
}

static struct source *source_of(struct coverage *c, const char *path)
{
	const size_t top = strlen(c->top);
	size_t i;

	if (!strncmp(path, c->top, top) && path[top] == '/')
		path += top + 1;
	for (i = 0; i < c->sources; i++)
		if (!strcmp(c->source[i].name, path))
			return &c->source[i];
	return NULL;
}

/* What gcov wrote */

static size_t read_gz(void *buffer, size_t room, void *file)
{
	int n = gzread(file, buffer, room);

	return n < 0 ? (size_t)-1 : (size_t)n;
}

static json_t *load(const char *path)
{
	gzFile file = gzopen(path, "rb");
	json_error_t error;
	json_t *root;

	if (!file)
		give_up("%s: %s", path, strerror(errno));
	root = json_load_callback(read_gz, file, 0, &error);
	if (!root)
		give_up("%s: not gcov's JSON: %s", path, error.text);
	gzclose(file);
	return root;
}

static void add_branch(struct line *l, const json_t *branch)
{
	if (l->next == l->branches)
		l->taken = grow(l->taken, l->branches++, sizeof(*l->taken));
	l->taken[l->next++] +=
		json_integer_value(json_object_get(branch, "count"));
}

static void add_line(const char *path, struct source *s, const json_t *entry)
{
	const json_t *branches = json_object_get(entry, "branches");
	const char *function =
		json_string_value(json_object_get(entry, "function_name"));
	const json_int_t number =
		json_integer_value(json_object_get(entry, "line_number"));
	struct line *l;
	size_t i;

	if (number < 1 || (size_t)number > s->lines)
		give_up("%s: %s has no line %lld; build it again", path,
			s->name, (long long)number);
	l = &s->line[number];
	if (!l->function)
		l->function = copy_of(function ? function : "");
	l->count += json_integer_value(json_object_get(entry, "count"));
	for (i = 0; i < json_array_size(branches); i++)
		add_branch(l, json_array_get(branches, i));
}

static void add_file(struct coverage *c, const char *path)
{
	json_t *root = load(path);
	const json_t *files = json_object_get(root, "files");
	size_t i, j;

	for (i = 0; i < json_array_size(files); i++) {
		const json_t *file = json_array_get(files, i);
		const json_t *lines = json_object_get(file, "lines");
		const char *name =
			json_string_value(json_object_get(file, "file"));
		struct source *s = name ? source_of(c, name) : NULL;

		if (!s)
			continue;
		/* Branches of a line follow each other within one file. */
		for (j = 1; j <= s->lines; j++)
			s->line[j].next = 0;
		for (j = 0; j < json_array_size(lines); j++)
			add_line(path, s, json_array_get(lines, j));
	}
	json_decref(root);
}

/* The reasons */

/* The next line that is neither empty nor a comment, or NULL. */
static char *next_line(FILE *f, char **text, size_t *room, unsigned int *number)
{
	while (getline(text, room, f) >= 0) {
		char *line = trimmed(*text);

		++*number;
		if (*line && **text != '#')
			return line;
	}
	return NULL;
}

static void read_reasons(struct coverage *c, const char *path)
{
	FILE *f = fopen(path, "r");
	unsigned int number = 0;
	char *text = NULL, *line;
	size_t room = 0;

	if (!f)
		give_up("%s: %s", path, strerror(errno));
	c->reasons_file = path;
	while ((line = next_line(f, &text, &room, &number))) {
		struct reason r = { .where = number };

		if (sscanf(line, "%ms %ms", &r.file, &r.function) != 2)
			give_up("%s:%u: a file and a function are wanted here",
				path, number);
		line = next_line(f, &text, &room, &number);
		r.text = line ? copy_of(line) : NULL;
		line = next_line(f, &text, &room, &number);
		r.why = line ? copy_of(line) : NULL;
		if (!r.why)
			give_up("%s:%u: the source line or the reason is missing",
				path, r.where);
		c->reason = grow(c->reason, c->reasons, sizeof(*c->reason));
		c->reason[c->reasons++] = r;
	}
	free(text);
	fclose(f);
}

static const char *reason_for(struct coverage *c, const struct source *s,
			      const struct line *l)
{
	size_t i;

	for (i = 0; i < c->reasons; i++) {
		struct reason *r = &c->reason[i];

		if (!strcmp(r->file, s->name) && !strcmp(r->text, l->text) &&
		    !strcmp(r->function, l->function)) {
			r->used = true;
			return r->why;
		}
	}
	return NULL;
}

/* A reason without its gap explains nothing any more. */
static bool stale_reasons(const struct coverage *c)
{
	bool stale = false;
	size_t i;

	for (i = 0; i < c->reasons; i++) {
		const struct reason *r = &c->reason[i];

		if (r->used)
			continue;
		printf("%s:%u: no gap in %s %s is at \"%s\"; take the reason out\n",
		       c->reasons_file, r->where, r->file, r->function, r->text);
		stale = true;
	}
	return stale;
}

/* The words */

static size_t untaken(const struct line *l)
{
	size_t i, n = 0;

	for (i = 0; i < l->branches; i++)
		n += !l->taken[i];
	return n;
}

static struct tally count(struct coverage *c, const struct source *s)
{
	struct tally t = { };
	size_t i;

	for (i = 1; i <= s->lines; i++) {
		const struct line *l = &s->line[i];

		if (!l->function)
			continue;
		t.lines++;
		t.lines_run += l->count != 0;
		t.branches += l->branches;
		t.branches_taken += l->branches - untaken(l);
		if (l->count && !untaken(l))
			continue;
		t.gaps++;
		t.unexplained += !reason_for(c, s, l);
	}
	return t;
}

static double percent(unsigned long part, unsigned long all)
{
	return all ? 100.0 * part / all : 100.0;
}

static void print_row(const char *name, const struct tally *t)
{
	printf("%-40s %5lu/%-5lu %6.2f %%  %5lu/%-5lu %6.2f %%\n", name,
	       t->lines_run, t->lines, percent(t->lines_run, t->lines),
	       t->branches_taken, t->branches,
	       percent(t->branches_taken, t->branches));
}

static void print_gaps(struct coverage *c, const struct source *s)
{
	size_t i;

	for (i = 1; i <= s->lines; i++) {
		const struct line *l = &s->line[i];
		const char *why;

		if (!l->function || (l->count && !untaken(l)))
			continue;
		why = reason_for(c, s, l);
		printf("%s:%zu: ", s->name, i);
		if (!l->count)
			printf("never run");
		else
			printf("%zu of %zu branches never taken", untaken(l),
			       l->branches);
		printf(": %s\n\t%s%s\n", l->text, why ? "" : "no reason given",
		       why ? why : "");
	}
}

/* Is a file as it must be? If not, says what to do. */
static bool good(const struct coverage *c, const struct source *s,
		 const struct tally *t)
{
	if (!t->lines) {
		printf("%s: no program was built with it; add it to one\n",
		       s->name);
		return false;
	}
	if (percent(t->lines_run, t->lines) >= c->limit &&
	    percent(t->branches_taken, t->branches) >= c->limit)
		return true;
	if (!t->unexplained)
		return true;
	printf("%s: below %g %% and %lu of %lu gaps have no reason; add tests, or reasons to %s\n",
	       s->name, c->limit, t->unexplained, t->gaps, c->reasons_file);
	return false;
}

static int print_all(struct coverage *c)
{
	struct tally *t = calloc(c->sources, sizeof(*t)), sum = { };
	bool fine = true;
	size_t i;

	if (!t)
		give_up("no memory");
	printf("%-40s %20s  %20s\n", "file", "lines run", "branches taken");
	for (i = 0; i < c->sources; i++) {
		t[i] = count(c, &c->source[i]);
		print_row(c->source[i].name, &t[i]);
		sum.lines += t[i].lines;
		sum.lines_run += t[i].lines_run;
		sum.branches += t[i].branches;
		sum.branches_taken += t[i].branches_taken;
	}
	print_row("total", &sum);
	printf("\ngaps:\n");
	for (i = 0; i < c->sources; i++)
		print_gaps(c, &c->source[i]);
	printf("\n");
	for (i = 0; i < c->sources; i++)
		fine &= good(c, &c->source[i], &t[i]);
	fine &= !stale_reasons(c);
	printf("coverage: %s\n", fine ?
	       "every file reaches the limit or has a reason for each gap" :
	       "not enough, see the lines above");
	free(t);
	return fine ? 0 : 1;
}

static int usage(void)
{
	fputs("usage: coverage --top DIR --reasons FILE [--limit PERCENT] --source FILE... GCOV-JSON...\n"
	      "GCOV-JSON: what gcov --json-format --branch-probabilities writes\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "top", required_argument, NULL, 't' },
		{ "reasons", required_argument, NULL, 'r' },
		{ "limit", required_argument, NULL, 'l' },
		{ "source", required_argument, NULL, 's' },
		{ }
	};
	struct coverage c = { .limit = 95 };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 't':
			c.top = optarg;
			break;
		case 'r':
			read_reasons(&c, optarg);
			break;
		case 'l':
			c.limit = atof(optarg);
			break;
		case 's':
			if (!c.top)
				return usage();
			add_source(&c, optarg);
			break;
		default:
			return usage();
		}
	}
	if (!c.sources || !c.reasons_file || optind == argc)
		return usage();
	while (optind < argc)
		add_file(&c, argv[optind++]);
	return print_all(&c);
}
