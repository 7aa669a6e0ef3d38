/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the two parts share that judge the map after boot: the whole dump of
 * page_tables.
 */
#ifndef BOOT_GUEST_AFTER_H
#define BOOT_GUEST_AFTER_H

#include "guest.h"

/* What a dump of page_tables shows. */
struct tables {
	struct map direct;		/* by physical address */
	struct map rest;		/* by virtual address, all but the direct map */
};

bool read_tables(struct tables *t);
void tables_free(struct tables *t);

void judge_init_memory(const struct facts *f);

#endif
