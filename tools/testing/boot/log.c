// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads one boot's serial log: the guest's KTAP lines, its sections, and the
 * hypervisor's lines. Everything it returns is taken from the log's text; a
 * section whose line count is wrong is as good as missing.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t cap = 1 << 16, len = 0;
	char *text = malloc(cap);
	int c;

	if (!f || !text) {
		free(text);
		if (f)
			fclose(f);
		return NULL;
	}
	while ((c = getc(f)) != EOF) {
		if (c == '\r' || !c)
			continue;
		if (len + 1 == cap) {
			cap *= 2;
			text = realloc(text, cap);
			if (!text)
				abort();
		}
		text[len++] = c;
	}
	text[len] = '\0';
	fclose(f);
	return text;
}

const char *next_line(const char *p, char *buf, size_t len)
{
	size_t n = strcspn(p, "\n");

	if (!*p)
		return NULL;
	snprintf(buf, len, "%.*s", (int)n, p);
	return p + n + (p[n] == '\n');
}

/* Where a section's lines begin and end; false when absent or cut short. */
static bool find_section(const char *text, const char *name, size_t *begin,
			 size_t *end)
{
	const char *from, *to;
	int lines = 0, said = -1;
	char mark[64];

	snprintf(mark, sizeof(mark), "@@BEGIN %s\n", name);
	from = strstr(text, mark);
	if (!from)
		return false;
	from += strlen(mark);
	snprintf(mark, sizeof(mark), "@@END %s lines=", name);
	to = strstr(from, mark);
	if (!to || sscanf(to + strlen(mark), "%d", &said) != 1)
		return false;
	for (const char *p = from; p < to; p++)
		lines += *p == '\n';
	*begin = from - text;
	*end = to - text;
	return lines == said;
}

/* A copy of the section's text, NULL when absent, cut short or empty. */
static char *section(const struct log *l, const char *name)
{
	size_t begin, end;
	char *copy;

	if (!find_section(l->text, name, &begin, &end) || begin == end)
		return NULL;
	copy = strndup(l->text + begin, end - begin);
	if (!copy)
		abort();
	return copy;
}

/* A guest's console has sections of its own, which must not be taken for ours. */
char *log_cut(char *text, const char *name)
{
	size_t begin, end;
	char *copy;

	if (!find_section(text, name, &begin, &end) || begin == end)
		return NULL;
	copy = strndup(text + begin, end - begin);
	if (!copy)
		abort();
	memmove(text + begin, text + end, strlen(text + end) + 1);
	return copy;
}

/*
 * Xen ends a line after 127 characters, a carriage
 * return among them that is not in the text any more: the next goes on with it.
 */
char *cut_lines(char *text, const char *mark)
{
	const size_t full = 126, lead = strlen(mark);
	char *cut = NULL, *keep = text, *to = NULL;
	size_t len;

	for (char *p = text; *p; p += len) {
		len = strcspn(p, "\n");
		len += p[len] == '\n';
		if (strncmp(p, mark, lead)) {
			memmove(keep, p, len);
			keep += len;
			continue;
		}
		if (!cut) {
			cut = malloc(strlen(p) + 1);
			to = cut;
		}
		if (!cut)
			abort();
		memcpy(to, p + lead, len - lead);
		to += len - lead - (len - lead > full);
	}
	*keep = '\0';
	if (cut)
		*to = '\0';
	return cut;
}

/* RO leaves for which the audit says why. */
static void read_explained(const char *text, struct map *m)
{
	char line[512], *why;
	struct span s;

	while (text && (text = next_line(text, line, sizeof(line)))) {
		if (strncmp(line, "range:", 6) || !span_parse(line + 6, &s))
			continue;
		why = strstr(line, "why:");
		if (why && strlen(why) > 5 && !(s.attr & AT_RW))
			map_add(m, s.start, s.end, LEAF_4K, 0);
	}
}

static void read_ktap(struct log *l)
{
	const char *p = strstr(l->text, "\n@@KTAP\n");
	char line[512];
	int n;

	while (p && (p = next_line(p, line, sizeof(line)))) {
		l->ok += sscanf(line, "ok %d - ", &n) == 1;
		l->not_ok += sscanf(line, "not ok %d - ", &n) == 1;
		if (sscanf(line, "@@DONE tests=%d", &n) == 1) {
			l->planned = n;
			l->done = true;
		}
	}
}

bool log_read(const char *path, struct log *l)
{
	char *text, *p;

	memset(l, 0, sizeof(*l));
	l->text = read_file(path);
	if (!l->text)
		return false;
	l->domu = log_cut(l->text, "domu");
	if (!l->domu)
		l->domu = cut_lines(l->text, "(XEN) DOM1: ");
	read_ktap(l);
	l->report = section(l, "report");
	l->audit_text = section(l, "audit");
	l->meminfo = section(l, "meminfo");
	l->cmdline = section(l, "cmdline");
	l->trace = section(l, "trace");
	text = section(l, "map");
	spans_parse(text, "", &l->map);
	free(text);
	read_explained(l->audit_text, &l->audit);
	spans_parse(l->audit_text, "range:", &l->effective);
	text = section(l, "iomem");
	if (text) {
		iomem_parse(text, "System RAM", &l->iomem);
		iomem_parse(text, "Kernel code", &l->image);
		iomem_parse(text, "Kernel rodata", &l->image);
		iomem_parse(text, "Kernel data", &l->image);
		iomem_parse(text, "Kernel bss", &l->image);
		map_sort(&l->image);
		map_sort(&l->iomem);
	}
	free(text);
	p = strstr(l->text, "@@BASE ");
	if (p)
		l->base = strtoull(p + 7, NULL, 0);
	return true;
}

void log_free(struct log *l)
{
	free(l->text);
	free(l->domu);
	free(l->report);
	free(l->audit_text);
	free(l->meminfo);
	free(l->cmdline);
	free(l->trace);
	map_free(&l->map);
	map_free(&l->iomem);
	map_free(&l->image);
	map_free(&l->audit);
	map_free(&l->effective);
	memset(l, 0, sizeof(*l));
}

bool log_has(const struct log *l, const char *words)
{
	return strstr(l->text, words);
}

/* Where Xen has done with the firmware and comes to its first guest. */
static const char *first_guest(const char *text)
{
	static const char *const marks[] = {
		"(XEN) *** Building a PV Dom0", "(XEN) *** LOADING DOM",
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const char *p = strstr(text, marks[i]);

		if (p)
			return p;
	}
	return text;
}

/*
 * Any arm64 kernel asks for SMCCC services that Xen does not offer, and resets
 * states of interrupts that it does not keep.
 */
static bool about_devices(const char *xen)
{
	return strstr(xen, "v0 Unhandled SMC/HVC: ") ||
	       strstr(xen, "v0: vGICD: ") || strstr(xen, "v0: vGICR: ");
}

/*
 * Words with which Xen complains, at any log level. A clean boot of upstream's
 * kernel with loglvl=all has none of them, so nothing else is let pass once
 * there is a guest; before, Xen speaks of the firmware.
 */
bool xen_complains(const struct log *l, char *line, size_t len)
{
	static const char *const bad[] = {
		"mm.c", "Bad ", "bad ", "rror", "ttempt", "d0v", " fault",
		"Fault", "arning", "WARN", "ailed", "Could not", "nvalid",
		"nhandled", "GPF", "BUG", "raps.c", "emulate", "crash", "panic",
		"llegal", "denied", "mpossible", "refus", "Unable", "nknown",
		"L1TF-vulnerable",
	};
	const char *p = first_guest(l->text);

	while ((p = next_line(p, line, len))) {
		const char *xen = strstr(line, "(XEN)");

		if (!xen || about_devices(xen))
			continue;
		for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
			if (strstr(xen, bad[i]))
				return true;
	}
	return false;
}
