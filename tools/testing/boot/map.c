// SPDX-License-Identifier: GPL-2.0-only
/*
 * Spans of the direct map: building, searching, reading and writing them as
 * text. Used in the guest and on the host, so that both judge with one code.
 * Keeps no state of its own and touches no file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

static const struct {
	const char *name;
	unsigned int attr;
} attr_names[] = {
	{ "USR", AT_USR }, { "RW", AT_RW }, { "PWT", AT_PWT },
	{ "PCD", AT_PCD }, { "PAT", AT_PAT }, { "GLB", AT_GLB },
	{ "NX", AT_NX }, { "SHD", AT_SHD }, { "AF", AT_AF },
	{ "NG", AT_NG }, { "CON", AT_CON }, { "UXN", AT_UXN },
	{ "GP", AT_GP }, { "DEVICE/nGnRnE", AT_DEVICE_NGNRNE },
	{ "DEVICE/nGnRE", AT_DEVICE_NGNRE },
	{ "MEM/NORMAL-NC", AT_NORMAL_NC }, { "MEM/NORMAL", AT_NORMAL },
	{ "MEM/NORMAL-TAGGED", AT_NORMAL_TAGGED },
};

static const struct {
	const char *name;
	unsigned int leaf;
} leaf_names[] = {
	{ "4K", LEAF_4K }, { "16K", LEAF_16K }, { "64K", LEAF_64K },
	{ "2M", LEAF_2M }, { "32M", LEAF_32M }, { "512M", LEAF_512M },
	{ "1G", LEAF_1G },
};

#define N_ATTRS	(sizeof(attr_names) / sizeof(attr_names[0]))
#define N_LEAVES	(sizeof(leaf_names) / sizeof(leaf_names[0]))

const char *leaf_name(unsigned int leaf)
{
	for (size_t i = 0; i < N_LEAVES; i++)
		if (leaf_names[i].leaf == leaf)
			return leaf_names[i].name;
	return "?";
}

void map_add(struct map *m, uint64_t start, uint64_t end, unsigned int leaf,
	     unsigned int attr)
{
	struct span *last = m->n ? &m->v[m->n - 1] : NULL;

	if (start >= end)
		return;
	if (last && last->end == start && last->leaf == leaf &&
	    last->attr == attr) {
		last->end = end;
		return;
	}
	if (m->n == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 64;
		m->v = realloc(m->v, m->cap * sizeof(*m->v));
		if (!m->v)
			abort();
	}
	m->v[m->n++] = (struct span){ start, end, leaf, attr };
}

void map_free(struct map *m)
{
	free(m->v);
	memset(m, 0, sizeof(*m));
}

uint64_t map_bytes(const struct map *m)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->n; i++)
		sum += m->v[i].end - m->v[i].start;
	return sum;
}

uint64_t map_leaf_bytes(const struct map *m, unsigned int leaf)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].leaf == leaf)
			sum += m->v[i].end - m->v[i].start;
	return sum;
}

const struct span *map_find(const struct map *m, uint64_t addr)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (addr < m->v[mid].start)
			hi = mid;
		else if (addr >= m->v[mid].end)
			lo = mid + 1;
		else
			return &m->v[mid];
	}
	return NULL;
}

/* The first address above addr at which a span begins or ends. */
uint64_t map_next_edge(const struct map *m, uint64_t addr, uint64_t limit)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (m->v[mid].end <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < m->n) {
		uint64_t edge = m->v[lo].start > addr ? m->v[lo].start
						      : m->v[lo].end;

		if (edge < limit)
			return edge;
	}
	return limit;
}

bool map_covers(const struct map *m, uint64_t start, uint64_t end)
{
	while (start < end) {
		const struct span *s = map_find(m, start);

		if (!s)
			return false;
		start = s->end;
	}
	return true;
}

static int span_order(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Sorts by address and joins what touches and is equal. */
void map_sort(struct map *m)
{
	struct map out = { 0 };

	if (m->n)
		qsort(m->v, m->n, sizeof(*m->v), span_order);
	for (size_t i = 0; i < m->n; i++)
		map_add(&out, m->v[i].start, m->v[i].end, m->v[i].leaf,
			m->v[i].attr);
	free(m->v);
	*m = out;
}

void attr_text(unsigned int attr, char *buf, size_t len)
{
	size_t pos = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < N_ATTRS && pos < len; i++) {
		const char *name = attr_names[i].name;

		if (!(attr & attr_names[i].attr)) {
			if (attr_names[i].attr == AT_RW)
				name = "ro";
			else if (attr_names[i].attr == AT_NX)
				name = "x";
			else
				continue;
		}
		pos += snprintf(buf + pos, len - pos, "%s%s", pos ? " " : "",
				name);
	}
}

void span_text(const struct span *s, char *buf, size_t len)
{
	char attrs[80];

	attr_text(s->attr, attrs, sizeof(attrs));
	snprintf(buf, len, "0x%llx-0x%llx %s %s", (unsigned long long)s->start,
		 (unsigned long long)s->end, leaf_name(s->leaf), attrs);
}

const char *attr_name(unsigned int attr)
{
	for (size_t i = 0; i < N_ATTRS; i++)
		if (attr & attr_names[i].attr)
			return attr_names[i].name;
	return "?";
}

unsigned int attr_by_name(const char *word, size_t len)
{
	for (size_t i = 0; i < N_ATTRS; i++)
		if (strlen(attr_names[i].name) == len &&
		    !memcmp(attr_names[i].name, word, len))
			return attr_names[i].attr;
	/* So does physmap's audit call what the dump calls CON. */
	return len == 4 && !memcmp(word, "CONT", 4) ? AT_CON : 0;
}

const char *next_word(const char *p, size_t *len)
{
	while (*p == ' ' || *p == '\t')
		p++;
	*len = strcspn(p, " \t\r\n");
	return p;
}

static unsigned int leaf_by_name(const char *word, size_t len)
{
	for (size_t i = 0; i < N_LEAVES; i++)
		if (strlen(leaf_names[i].name) == len &&
		    !memcmp(leaf_names[i].name, word, len))
			return leaf_names[i].leaf;
	return 0;
}

bool span_parse(const char *line, struct span *s)
{
	unsigned long long start, end;
	const char *p;
	size_t len;
	int used = 0;

	if (sscanf(line, " %llx-%llx%n", &start, &end, &used) != 2 || !used ||
	    start >= end)
		return false;
	*s = (struct span){ .start = start, .end = end };
	p = next_word(line + used, &len);
	s->leaf = leaf_by_name(p, len);
	if (!s->leaf)
		return false;
	for (;;) {
		p = next_word(p + len, &len);
		if (!len || (len == 4 && !memcmp(p, "why:", 4)))
			return true;
		s->attr |= attr_by_name(p, len);
	}
}

void spans_parse(const char *text, const char *key, struct map *m)
{
	struct span s;

	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, key, strlen(key)) &&
		    span_parse(p + strlen(key), &s))
			map_add(m, s.start, s.end, s.leaf, s.attr);
	}
}

/* Neighbours are joined before they are rounded: EFI cuts RAM inside pages. */
void iomem_parse(const char *text, const char *name, struct map *m)
{
	struct map raw = { 0 };
	size_t len = strlen(name);
	const char *p = text;

	while (p && *p) {
		unsigned long long start, end;
		int used = 0;

		if (sscanf(p, " %llx-%llx : %n", &start, &end, &used) == 2 &&
		    used && !strncmp(p + used, name, len) &&
		    strchr("\r\n", p[used + len]))
			map_add(&raw, start, end + 1, LEAF_4K, 0);
		p = strchr(p, '\n');
		if (p)
			p++;
	}
	for (size_t i = 0; i < raw.n; i++)
		map_add(m, (raw.v[i].start + 4095) & ~4095ULL,
			raw.v[i].end & ~4095ULL, LEAF_4K, 0);
	map_free(&raw);
}

/* Same spans, same leaves, same attributes under the mask. */
bool map_same(const struct map *a, const struct map *b, unsigned int attr_mask,
	      char *why, size_t len)
{
	uint64_t at = 0;

	while (at != UINT64_MAX) {
		const struct span *x = map_find(a, at), *y = map_find(b, at);
		char xt[128] = "nothing", yt[128] = "nothing";

		if (x && y && x->leaf == y->leaf &&
		    !((x->attr ^ y->attr) & attr_mask))
			goto next;
		if (!x && !y)
			goto next;
		if (x)
			span_text(x, xt, sizeof(xt));
		if (y)
			span_text(y, yt, sizeof(yt));
		snprintf(why, len, "at 0x%llx: %s / %s",
			 (unsigned long long)at, xt, yt);
		return false;
next:
		at = map_next_edge(b, at, map_next_edge(a, at, UINT64_MAX));
	}
	return true;
}

/* Same addresses, whatever the leaves. */
bool map_same_cover(const struct map *want, const struct map *have,
		    char *why, size_t len)
{
	uint64_t at = 0;

	while (at != UINT64_MAX) {
		bool w = map_find(want, at), h = map_find(have, at);
		uint64_t next = map_next_edge(have, at,
				map_next_edge(want, at, UINT64_MAX));

		if (w != h) {
			snprintf(why, len, "0x%llx-0x%llx is %s",
				 (unsigned long long)at,
				 (unsigned long long)next,
				 w ? "RAM and not mapped" : "mapped and not RAM");
			return false;
		}
		at = next;
	}
	return true;
}
