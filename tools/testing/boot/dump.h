/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's dump of its own page tables (PTDUMP_DEBUGFS), which x86 and
 * arm64 write in two forms, read into maps. Shared by the guest's init and the
 * host program; text in, maps out.
 */
#ifndef BOOT_DUMP_H
#define BOOT_DUMP_H

#include "map.h"

/*
 * One line, of a kernel with such pages. 1: a leaf, 0: nothing is mapped
 * there, -1: no such line.
 */
int dump_line(const char *line, uint64_t page, struct span *s);

/*
 * The direct map's part by physical address; @base becomes the virtual address
 * of physical address 0, whether that is mapped or not. False: there is none.
 */
bool dump_x86(const char *text, struct map *m, uint64_t *base);
/* The first leaf of the linear map is that of the first RAM, at @ram. */
bool dump_arm64(const char *text, uint64_t page, uint64_t ram, struct map *m,
		uint64_t *base);

/* 2 MiB blocks of x86's high mapping that are split into 4K. */
unsigned int dump_high_splits(const char *text);

#endif
