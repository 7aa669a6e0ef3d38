/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the unit tests share: one machine, short ways to ask it for
 * something, and judgements by the model's own walk.
 */
#ifndef UNIT_SUPPORT_H
#define UNIT_SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>
#include <physmap/audit.h>
#include <physmap/walk.h>
#include "hypervisor.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define KB		1024ULL
#define MB		(1024 * KB)
#define GB		(1024 * MB)
#define TB		(1024 * GB)
#define PB		(1024 * TB)
#define S4K		PHYSMAP_LEVEL(0)
#define S2M		(S4K | PHYSMAP_LEVEL(1))
#define S1G		(S2M | PHYSMAP_LEVEL(2))
/* Far from what tests map, so that tables never map themselves. */
#define TABLES_FROM	(512 * GB)

/* A test is named by the sentence that it shows to hold. */
#define HOLDS(sentence, function)	{ sentence, function, NULL, stop, NULL }

extern const struct physmap_x86_machine long4, long5, pae, legacy;

/* What tests work on: begin() makes them anew, and @map one of them. */
extern struct model_machine m;
extern struct physmap_map *map;
extern struct physmap_report report;
extern struct physmap_refusal why;

void begin(const struct physmap_x86_machine *x86);
void begin_xen(u64 mapped_pfns);
int stop(void **state);
void move_map(u64 by);

struct physmap_range range(u64 start, u64 end, u32 leaf_levels);
struct physmap_request ask(const struct physmap_range *ranges, unsigned int nr,
			   enum physmap_policy policy);
int build(const struct physmap_request *req);
int build_one(u64 start, u64 end, u32 leaf_levels, enum physmap_policy policy);
void must_build(u64 start, u64 end, u32 leaf_levels, enum physmap_policy policy);
struct physmap_plan plan(const struct physmap_request *req);
void must_refuse(int err, int expected, const char *rule);

u64 *slot_at(u64 va, unsigned int level);
struct model_translation at(u64 pa);
void must_map(u64 start, u64 end, unsigned int level, u32 attrs);
void must_not_map(u64 start, u64 end);
unsigned int events(enum model_event_kind kind);
u64 random_below(u64 n);
void seed_random(void);

#endif /* UNIT_SUPPORT_H */
