// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the kernel's dump of its own page tables. The two forms differ in
 * markers, in the names of levels and in the order of columns; attributes have
 * names that mean one thing each. Keeps no state and touches no file.
 */
#include <stdio.h>
#include <string.h>

#include "dump.h"

#define X86_PAGE	4096

/*
 * log2 of what an entry of that level covers; 0: no leaf can be there. On arm64
 * the top level is called PGD, which with three levels is the PUD's.
 */
static unsigned int level_leaf(const char *word, size_t len, uint64_t page)
{
	static const char *const names[][2] = {
		{ "pte", "PTE" }, { "pmd", "PMD" }, { "pud", "PUD" },
		{ "pgd", "PGD" },
	};
	unsigned int shift = __builtin_ctzll(page);

	if (len != 3)
		return 0;
	for (unsigned int i = 0; i < 4; i++)
		if (!memcmp(word, names[i][0], 3) ||
		    !memcmp(word, names[i][1], 3))
			return shift + (i < 3 ? i : 2) * (shift - 3);
	return 0;
}

int dump_line(const char *line, uint64_t page, struct span *s)
{
	unsigned long long start, end;
	bool present = false, fault = false;
	size_t len;
	int used = 0;

	if (sscanf(line, "%llx-%llx%n", &start, &end, &used) != 2 || !used)
		return -1;
	*s = (struct span){ .start = start, .end = end };
	line = next_word(line + used, &len);		/* the length, "608K" */
	for (;;) {
		unsigned int leaf;

		line = next_word(line + len, &len);
		if (!len)
			return present && !fault;
		leaf = level_leaf(line, len, page);
		if (leaf)
			s->leaf = leaf;
		else
			s->attr |= attr_by_name(line, len);
		if (len == 2 && (!memcmp(line, "RW", 2) ||
				 !memcmp(line, "ro", 2)))
			present = true;
		/* arm64: an entry that holds something and is not valid. */
		fault |= len == 1 && *line == 'F';
	}
}

/* The leaves of [p, end), a NULL end being the text's, that begin at from or above. */
static void add_leaves(const char *p, const char *end, uint64_t page,
		       uint64_t from, uint64_t base, struct map *m)
{
	struct span s;

	for (; p && (!end || p < end); p = strchr(p, '\n')) {
		p += *p == '\n';
		if (dump_line(p, page, &s) > 0 && s.start >= from)
			map_add(m, s.start - base, s.end - base, s.leaf, s.attr);
	}
}

/*
 * The direct map begins at a multiple of 1 GiB and its first MiB is always
 * mapped. The kernel prints a marker only with the first range that begins
 * behind it, so a short first range can stand before the marker: lines are
 * taken by address, up to the marker after ours.
 */
bool dump_x86(const char *text, struct map *m, uint64_t *base)
{
	const char *marker = strstr(text, "---[ Low Kernel Mapping ]---");
	const char *p = marker ? strchr(marker, '\n') : NULL;
	struct span s;

	if (!p || dump_line(p + 1, X86_PAGE, &s) < 0)
		return false;
	*base = s.start & ~(GIB - 1);
	add_leaves(text, strstr(p, "---["), X86_PAGE, *base, *base, m);
	return m->n;
}

bool dump_arm64(const char *text, uint64_t page, uint64_t ram, struct map *m,
		uint64_t *base)
{
	const char *start = strstr(text, "---[ Linear Mapping start ]---");
	const char *end = strstr(text, "---[ Linear Mapping end ]---");
	const char *p = start ? strchr(start, '\n') : NULL;
	struct span s;

	while (p && end && p < end && dump_line(p + 1, page, &s) <= 0)
		p = strchr(p + 1, '\n');
	if (!p || !end || p >= end)
		return false;
	*base = s.start - ram;
	add_leaves(p, end, page, 0, *base, m);
	return m->n;
}

unsigned int dump_high_splits(const char *text)
{
	const char *p = strstr(text, "---[ High Kernel Mapping ]---");
	unsigned long long start, end;
	uint64_t next = 0;
	unsigned int blocks = 0;
	char level[4];

	while (p && (p = strchr(p, '\n')) && strncmp(++p, "---[", 4)) {
		const char *eol = p + strcspn(p, "\n");

		if (sscanf(p, "%llx-%llx", &start, &end) != 2 || eol - p < 4)
			break;
		memcpy(level, eol - 3, 3);
		if (memcmp(level, "pte", 3))
			continue;
		for (start &= ~(2 * MIB - 1); start < end; start += 2 * MIB)
			if (start >= next) {
				blocks++;
				next = start + 2 * MIB;
			}
	}
	return blocks;
}
