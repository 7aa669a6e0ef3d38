/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the host bench share: a simulated machine that does nothing
 * but hold page tables, what they must look like, and one line for each kind of
 * row. Nothing here needs a kernel or a judge; the engine is linked as it is.
 */
#ifndef BENCH_HOST_H
#define BENCH_HOST_H

#include <jansson.h>
#include <stdbool.h>

#include <physmap/request.h>
#include "arm64.h"	/* arch/arm64/mm/physmap */
#include "x86.h"	/* arch/x86/mm/physmap */

#define KB	1024ULL
#define MB	(1024 * KB)
#define GB	(1024 * MB)
#define TB	(1024 * GB)
#define PB	(1024 * TB)

#define PAGE	(4 * KB)
#define S4K	PHYSMAP_LEVEL(0)
#define S1G	(S4K | PHYSMAP_LEVEL(1) | PHYSMAP_LEVEL(2))

/* No entry is zero, and memset() of zeros can be another thing altogether. */
#define NOT_ZERO	0x63

#define MAX_RUNS	99

struct host_options {
	const char *only;
	const char *json;
	int runs;
	bool count;			/* only what no clock is needed for */
};

/* host_machine.c: memory for tables, and the hooks */
struct arena {
	unsigned char *memory;
	u64 pages;
	bool huge;			/* in large pages, as a kernel reaches its RAM */
};

bool arena_map(struct arena *a, u64 bytes);
/* Whoever touches a page next is the first to do so. */
void arena_renew(const struct arena *a, u64 pages);

enum host_arch { HOST_X86_4LEVEL, HOST_X86_5LEVEL, HOST_ARM64 };

struct host_machine {
	struct physmap_map map;
	struct physmap_hooks hooks;
	struct physmap_format format;	/* of a machine that counts slots */
	union {
		struct physmap_x86 x86;
		struct physmap_arm64 arm64;
	};
	enum host_arch arch;
	const struct arena *arena;
	struct physmap_report report;
	u64 taken;			/* pages of the arena, the root is one */
	u64 flushes;
	u64 slots;			/* looked at by a walk */
};

void machine_start(struct host_machine *m, enum host_arch arch,
		   const struct arena *a);
void machine_count_slots(struct host_machine *m);
u64 *machine_table(const struct host_machine *m, u64 table);
struct physmap_range ram(u64 start, u64 end, u32 leaf_levels);
/* Kernel data: writable, global, not executable. */
struct physmap_request request(const struct physmap_range *ranges,
			       unsigned int n, enum physmap_policy policy);
/* false: it has said what was refused. */
bool machine_build(struct host_machine *m, const struct physmap_range *ranges,
		   unsigned int n, enum physmap_policy policy);
/* Nanoseconds that this thread has had a processor. */
u64 spent_ns(void);

/* host_check.c: what tables must be, worked out without the engine */
u64 minimal_tables(const struct host_machine *m,
		   const struct physmap_range *ranges, unsigned int n);
/* Pages of [start, end) that are not mapped as they should be. */
u64 wrong_pages(const struct host_machine *m, u64 start, u64 end);

/* host_fill.c: filling tables beside memset() */
u64 fill_arena(const struct host_options *o);
bool fill_measure(const struct host_options *o, struct arena *a, json_t *list);
void fill_print(const json_t *list);
void fill_list(void);

/* host_plan.c: planning what no machine has */
#define PLAN_RANGES	1100

struct plan_row {
	const char *name, *about;
	enum host_arch arch;
	u64 end;
	u32 leaf_levels;
};

extern const struct plan_row plan_rows[];
extern const int n_plan_rows;

/* Returns how many ranges there are. */
unsigned int plan_prepare(const struct plan_row *row, struct host_machine *m,
			  const struct arena *a, struct physmap_range *ranges);
bool plan_measure(const struct host_options *o, const struct arena *a,
		  json_t *list);
void plan_print(const json_t *list);
void plan_list(void);

/* host_hot.c: memory that comes and goes */
u64 hot_arena(const struct host_options *o);
bool hot_measure(const struct host_options *o, const struct arena *a,
		 json_t *list);
void hot_print(const json_t *list);
void hot_list(void);

/* host_count.c: instructions, counted by callgrind */
bool count_wanted(const struct host_options *o);
u64 count_arena(const struct host_options *o);
bool count_under_callgrind(void);
/* What callgrind is to count; it is running. */
bool count_run(const struct host_options *o, const struct arena *a);
/* Starts callgrind on this program and reads what it has counted. */
bool count_measure(const struct host_options *o, json_t *list);
void count_print(const json_t *list);
void count_list(void);

/* host.c */
double median(double *v, int n);
void told(const char *name, const char *what, double began);

#endif
