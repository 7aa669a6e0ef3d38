// SPDX-License-Identifier: GPL-2.0-only
/*
 * One boot told to a person: the guest's physmap lines, the report in short,
 * the verdicts of audit and judges, and the comparison with upstream. Prints
 * only.
 */
#include <string.h>

#include "bench.h"
#include "textkey.h"

#define DMESG_LINES	8

static void show_dmesg(const struct log *l)
{
	const char *p = l->text;
	char line[200];
	int n = 0;

	while ((p = next_line(p, line, sizeof(line))) &&
	       strcmp(line, "@@KTAP")) {
		const char *q = strstr(line, "physmap: ");

		if (!q)
			q = strstr(line, "Checked W+X");
		if (q && n++ < DMESG_LINES)
			printf("    | %s\n", q);
	}
	if (!n)
		printf("    | (no physmap line in this kernel's log)\n");
}

static void show_report(const char *r)
{
	static const char *const keys[] = {
		"sizes", "features", "shape", "kept", "boundary", "attributes", "tables",
		"hypercalls"
	};

	if (!r) {
		printf("  report      missing: this kernel has no physmap\n");
		return;
	}
	printf("  report      policy %.*s, %lld requests\n",
	       (int)strcspn(key_line(r, "policy") ?: "?", "\n"),
	       key_line(r, "policy") ?: "?", key_number(r, "requests"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *line = key_line(r, keys[i]);

		if (line)
			printf("    %-10s  %.*s\n", keys[i],
			       (int)strcspn(line, "\n"), line);
	}
}

static void show_audit(const char *a)
{
	char line[300];
	int ranges = 0;

	if (!a) {
		printf("  audit       missing\n");
		return;
	}
	printf("  audit       %lld findings", key_number(a, "findings"));
	for (const char *p = a; (p = next_line(p, line, sizeof(line)));)
		ranges += !strncmp(line, "range:", 6);
	printf(", %d ranges explained\n", ranges);
	for (const char *p = a; (p = next_line(p, line, sizeof(line)));)
		if (!strncmp(line, "finding:", 8))
			printf("    %s\n", line);
}

/* The tool names the file first, which is not news here. */
static void show_trace(const struct boot *b)
{
	const char *verdict = strstr(b->trace, ".trace: ");

	if (b->trace[0])
		printf("  trace       %s\n", verdict ? verdict + 8 : b->trace);
}

void show_boot(const struct boot *b, const struct log *l,
	       const struct log *off)
{
	struct compare c;
	char text[300];

	printf("\n%s: %s\n", b->name, b->row->about);
	show_dmesg(l);
	show_report(l->report);
	show_audit(l->audit_text);
	show_trace(b);
	if (l->map.n && off->map.n) {
		compare_logs(b->row, off, l, false, &c);
		compare_text(&c, text, sizeof(text));
		printf("  upstream    %s\n", text);
		if (c.worse)
			printf("    %s\n", c.first);
	}
	printf("  the log     %s (%.1f s)\n", b->log, b->seconds);
}
