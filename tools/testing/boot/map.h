/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A direct map as the boot bench sees it: sorted spans of physical addresses
 * with leaf size and attributes. Shared by the guest's init and the host
 * program; it knows nothing of physmap.
 */
#ifndef BOOT_MAP_H
#define BOOT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIB	(1ULL << 20)
#define GIB	(1ULL << 30)

/* The size of a leaf: log2 of its bytes. */
enum leaf {
	LEAF_4K = 12,
	LEAF_16K = 14,
	LEAF_64K = 16,
	LEAF_2M = 21,
	LEAF_32M = 25,
	LEAF_512M = 29,
	LEAF_1G = 30,
};

/* Attributes, by the names that the kernel gives them. NX is arm64's PXN too. */
#define AT_USR			0x00001
#define AT_RW			0x00002
#define AT_NX			0x00004
/* x86 */
#define AT_PWT			0x00008
#define AT_PCD			0x00010
#define AT_PAT			0x00020
#define AT_GLB			0x00040
/* arm64 */
#define AT_UXN			0x00080
#define AT_NG			0x00100
#define AT_CON			0x00200
#define AT_SHD			0x00400
#define AT_AF			0x00800
#define AT_GP			0x01000
#define AT_DEVICE_NGNRNE	0x02000
#define AT_DEVICE_NGNRE		0x04000
#define AT_NORMAL_NC		0x08000
#define AT_NORMAL		0x10000
#define AT_NORMAL_TAGGED	0x20000
#define AT_ANY			0x3ffff

struct span {
	uint64_t start, end;		/* end is exclusive */
	unsigned int leaf, attr;
};

struct map {
	struct span *v;
	size_t n, cap;
};

void map_add(struct map *m, uint64_t start, uint64_t end, unsigned int leaf,
	     unsigned int attr);
void map_free(struct map *m);
uint64_t map_bytes(const struct map *m);
uint64_t map_leaf_bytes(const struct map *m, unsigned int leaf);
const struct span *map_find(const struct map *m, uint64_t addr);
uint64_t map_next_edge(const struct map *m, uint64_t addr, uint64_t limit);
bool map_covers(const struct map *m, uint64_t start, uint64_t end);
bool map_same(const struct map *a, const struct map *b, unsigned int attr_mask,
	      char *why, size_t len);
bool map_same_cover(const struct map *want, const struct map *have,
		    char *why, size_t len);

const char *leaf_name(unsigned int leaf);
void attr_text(unsigned int attr, char *buf, size_t len);
/* The first attribute's name. */
const char *attr_name(unsigned int attr);
/* The attribute of that name, 0: none is called so. */
unsigned int attr_by_name(const char *word, size_t len);
/* The next blank-separated word on the line; *len is 0 at its end. */
const char *next_word(const char *p, size_t *len);
void map_sort(struct map *m);

/* One line "0xA-0xB 4K RW GLB NX", the bench's own form; false: not such a line. */
bool span_parse(const char *line, struct span *s);
/* All lines that begin so and go on in that form. */
void spans_parse(const char *text, const char *key, struct map *m);
void span_text(const struct span *s, char *buf, size_t len);

/* "System RAM" (or another name) of /proc/iomem, rounded inwards to pages. */
void iomem_parse(const char *text, const char *name, struct map *m);

#endif
