// SPDX-License-Identifier: GPL-2.0-only
/*
 * physmap: judges and prints traces that a kernel with CONFIG_PHYSMAP_TRACE
 * has made, and plans an MPU's regions from device trees. Options and exit
 * status live here; files are only read.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <physmap/mpu.h>
#include "tool.h"

static const struct {
	const char *name;
	enum tool_status (*file)(const char *path,
				 const struct tool_options *o);
} commands[] = {
	{ "check", check_file },
	{ "print", print_file },
	{ "mpu", mpu_file },
};

#define N_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const struct option long_options[] = {
	{ "most", required_argument, NULL, 'm' },
	{ "regions", required_argument, NULL, 'r' },
	{ "encoding", required_argument, NULL, 'e' },
	{ "on-demand", required_argument, NULL, 'd' },
	{ "switching", required_argument, NULL, 's' },
	{ "fdt", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void usage(FILE *f)
{
	fprintf(f,
		"usage: physmap check [--most N] FILE...   replay traces, name every rule that was broken\n"
		"       physmap print FILE...              list a trace's events\n"
		"       physmap mpu [OPTION]... FILE...    plan an MPU's regions from device trees\n"
		"  --most N   tell at most N violations for each file (default 20, 0: all)\n"
		"FILE is a copy of debugfs physmap/trace; for it, boot with physmap_trace.\n"
		"Of mpu FILE is a flattened device tree (.dtb), and the options are:\n"
		"  --regions N       the MPU has N regions (default 16, at most 255)\n"
		"  --encoding 32|64  PMSAv8-32 or PMSAv8-64 (default 32)\n"
		"  --on-demand N     so many of the ranges on demand are mapped at a time (default 1)\n"
		"  --switching N     so many regions are set aside for contexts (default 0)\n"
		"  --fdt ADDRESS     the tree itself lies there while boot lasts (default: it is left out)\n"
		"Exit status: 0 clean, or it fits; 1 violations, or it does not; 2 a file that cannot be\n"
		"used, or wrong usage.\n");
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

static u64 number(const char *option, const char *text, int base, u64 most)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, base);
	if (*text < '0' || *text > '9' || *end || n > most || errno) {
		fprintf(stderr, "physmap: --%s wants a number up to %llu, not \"%s\"\n",
			option, most, text);
		exit(TOOL_UNUSABLE);
	}
	return n;
}

static unsigned int encoding(const char *text)
{
	if (strcmp(text, "32") && strcmp(text, "64")) {
		fprintf(stderr, "physmap: --encoding wants 32 or 64, not \"%s\"\n",
			text);
		exit(TOOL_UNUSABLE);
	}
	return *text == '3' ? 32 : 64;
}

static void take_option(int c, const char *name, struct tool_options *o)
{
	switch (c) {
	case 'm':
		o->most = number(name, optarg, 10, 1000000000);
		break;
	case 'r':
		o->regions = number(name, optarg, 10, PHYSMAP_MPU_MAX);
		break;
	case 'e':
		o->encoding = encoding(optarg);
		break;
	case 'd':
		o->on_demand = number(name, optarg, 10, 1000000000);
		break;
	case 's':
		o->switching = number(name, optarg, 10, 1000000000);
		break;
	case 'f':
		o->tree = true;
		o->tree_start = number(name, optarg, 0, ~0ULL);
		break;
	default:
		usage(c == 'h' ? stdout : stderr);
		exit(c == 'h' ? TOOL_CLEAN : TOOL_UNUSABLE);
	}
}

static void parse(int argc, char **argv, struct tool_options *o)
{
	int c, i = 0;

	while ((c = getopt_long(argc, argv, "h", long_options, &i)) != -1)
		take_option(c, long_options[i].name, o);
	if (argc - optind < 2) {
		fprintf(stderr, "physmap: a command and a file are wanted\n");
		usage(stderr);
		exit(TOOL_UNUSABLE);
	}
}

int main(int argc, char **argv)
{
	struct tool_options o = {
		.most = 20, .regions = 16, .encoding = 32, .on_demand = 1,
	};
	enum tool_status worst = TOOL_CLEAN;
	unsigned int command;

	parse(argc, argv, &o);
	for (command = 0; command < N_COMMANDS; command++)
		if (!strcmp(argv[optind], commands[command].name))
			break;
	if (command == N_COMMANDS) {
		fprintf(stderr, "physmap: no command is called \"%s\"; there are check, print and mpu\n",
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
