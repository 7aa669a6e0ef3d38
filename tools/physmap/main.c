// SPDX-License-Identifier: GPL-2.0-only
/*
 * physmap: judges and prints traces that a kernel with CONFIG_PHYSMAP_TRACE
 * has made. Options and exit status live here; files are only read.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "tool.h"

static const struct {
	const char *name;
	enum tool_status (*file)(const char *path,
				 const struct tool_options *o);
} commands[] = {
	{ "check", check_file },
	{ "print", print_file },
};

#define N_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const struct option long_options[] = {
	{ "most", required_argument, NULL, 'm' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void usage(FILE *f)
{
	fprintf(f,
		"usage: physmap check [--most N] FILE...   replay traces, name every rule that was broken\n"
		"       physmap print FILE...              list a trace's events\n"
		"  --most N   tell at most N violations for each file (default 20, 0: all)\n"
		"FILE is a copy of debugfs physmap/trace; for it, boot with physmap_trace.\n"
		"Exit status: 0 clean, 1 violations, 2 a file that cannot be used, or wrong usage.\n");
}

enum tool_status unusable(const char *path, const char *fmt, ...)
{
	va_list args;

	/* In the order of the lines that went to stdout. */
	fflush(stdout);
	fprintf(stderr, "physmap: %s: ", path);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return TOOL_UNUSABLE;
}

static unsigned int number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || n > 1000000000) {
		fprintf(stderr, "physmap: --most wants a number, not \"%s\"\n",
			text);
		exit(TOOL_UNUSABLE);
	}
	return n;
}

static void parse(int argc, char **argv, struct tool_options *o)
{
	int c;

	while ((c = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		if (c == 'h' || c == '?') {
			usage(c == 'h' ? stdout : stderr);
			exit(c == 'h' ? TOOL_CLEAN : TOOL_UNUSABLE);
		}
		o->most = number(optarg);
	}
	if (argc - optind < 2) {
		fprintf(stderr, "physmap: a command and a file are wanted\n");
		usage(stderr);
		exit(TOOL_UNUSABLE);
	}
}

int main(int argc, char **argv)
{
	struct tool_options o = { .most = 20 };
	enum tool_status worst = TOOL_CLEAN;
	unsigned int command;

	parse(argc, argv, &o);
	for (command = 0; command < N_COMMANDS; command++)
		if (!strcmp(argv[optind], commands[command].name))
			break;
	if (command == N_COMMANDS) {
		fprintf(stderr, "physmap: no command is called \"%s\"; there are check and print\n",
			argv[optind]);
		return TOOL_UNUSABLE;
	}
	while (++optind < argc) {
		enum tool_status s = commands[command].file(argv[optind], &o);

		if (s > worst)
			worst = s;
	}
	return worst;
}
