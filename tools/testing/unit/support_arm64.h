/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the unit tests of arm64 share: one machine that build() and its like
 * (support.h) work on, every machine there can be, descriptors as the Arm ARM
 * has them, and judgements by the model's own walk.
 */
#ifndef UNIT_SUPPORT_ARM64_H
#define UNIT_SUPPORT_ARM64_H

#include "arm64_machine.h"
#include "judge.h"
#include "support.h"

/* Descriptors. */
#define BLOCK	0x1ULL
#define PAGE	0x3ULL
#define TABLE	0x3ULL
#define INDEX(n)	((u64)(n) << 2)	/* memory type */
#define USER	(1ULL << 6)
#define RDONLY	(1ULL << 7)
#define OUTER	(2ULL << 8)
#define INNER	(3ULL << 8)
#define AF	(1ULL << 10)
#define NG	(1ULL << 11)
#define NT	(1ULL << 16)
#define GP	(1ULL << 50)
#define DBM	(1ULL << 51)
#define CONT	(1ULL << 52)
#define PXN	(1ULL << 53)
#define UXN	(1ULL << 54)
#define DIRTY	(1ULL << 55)	/* Linux' */
#define MARK	(1ULL << 57)	/* of an early leaf */

#define DATA	(PHYSMAP_WRITE | PHYSMAP_GLOBAL)
/* RAM begins here, and the map with it. */
#define BASE	GB

/* Ends also what begin_arm64() began. */
#define ARM64(sentence, function) \
	{ sentence, function, NULL, stop_arm64, NULL }

extern struct model_arm64 a;

/* 4K pages: Linux' default; 52-bit addresses; 64K pages and these. */
extern const struct physmap_arm64_machine a4k, a4k_lpa2, a16k, a64k, a64k_52;

/* Every machine there can be, by number; false behind the last. */
bool any_arm64(unsigned int n, struct physmap_arm64_machine *machine);

void begin_arm64(const struct physmap_arm64_machine *machine);
int stop_arm64(void **state);

/* A judge hears all that follows, and must not have found anything. */
void seat_judge(void);
void judge_agrees(void);

struct physmap_range blocks(u64 start, u64 end, bool contig);
int build_blocks(u64 start, u64 end, bool contig, enum physmap_policy policy);
void must_build_blocks(u64 start, u64 end, bool contig,
		       enum physmap_policy policy);

u64 page_size(void);
u64 *slot64(u64 pa, unsigned int level);
struct model_arm64_translation at64(u64 pa);
void must_map64(u64 start, u64 end, u32 attrs);
void must_not_map64(u64 start, u64 end);
unsigned int events64(enum model_event_kind kind);

#endif /* UNIT_SUPPORT_ARM64_H */
