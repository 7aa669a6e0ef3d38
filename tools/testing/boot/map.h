/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A direct map as the boot bench sees it: sorted spans of physical addresses
 * with leaf size and attributes. Shared by the guest's init and the host
 * program; it knows the kernel's page_tables text and nothing of physmap.
 */
#ifndef BOOT_MAP_H
#define BOOT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIB	(1ULL << 20)
#define GIB	(1ULL << 30)

enum leaf { LEAF_4K, LEAF_2M, LEAF_1G };

#define AT_USR	0x01
#define AT_RW	0x02
#define AT_PWT	0x04
#define AT_PCD	0x08
#define AT_PAT	0x10
#define AT_GLB	0x20
#define AT_NX	0x40

struct span {
	uint64_t start, end;		/* end is exclusive */
	unsigned char leaf, attr;
};

struct map {
	struct span *v;
	size_t n, cap;
};

void map_add(struct map *m, uint64_t start, uint64_t end, int leaf, int attr);
void map_free(struct map *m);
uint64_t map_bytes(const struct map *m);
uint64_t map_leaf_bytes(const struct map *m, int leaf);
const struct span *map_find(const struct map *m, uint64_t addr);
uint64_t map_next_edge(const struct map *m, uint64_t addr, uint64_t limit);
bool map_covers(const struct map *m, uint64_t start, uint64_t end);
bool map_same(const struct map *a, const struct map *b, int attr_mask,
	      char *why, size_t len);
bool map_same_cover(const struct map *want, const struct map *have,
		    char *why, size_t len);

const char *leaf_name(int leaf);
uint64_t leaf_bytes(int leaf);
void attr_text(int attr, char *buf, size_t len);
void map_sort(struct map *m);

/* One line "0xA-0xB 4K RW GLB NX", the bench's own form; false: not such a line. */
bool span_parse(const char *line, struct span *s);
/* All lines that begin so and go on in that form. */
void spans_parse(const char *text, const char *key, struct map *m);
void span_text(const struct span *s, char *buf, size_t len);

/* One line of page_tables. 1: a leaf, 0: nothing is mapped there, -1: no such line. */
int dump_line(const char *line, struct span *s);
/* The direct-map part of page_tables, relative to its base. */
bool dump_parse(const char *text, struct map *m, uint64_t *base);
/* 2 MiB blocks of the kernel's high mapping that are split into 4K. */
unsigned int dump_high_splits(const char *text);
/* "System RAM" (or another name) of /proc/iomem, rounded inwards to pages. */
void iomem_parse(const char *text, const char *name, struct map *m);

#endif
