/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A request to map ranges of physical memory, what a plan for it says, and
 * the report that builds add up in. Data only; the functions that work on it
 * are the engine's whole public face.
 */
#ifndef PHYSMAP_REQUEST_H
#define PHYSMAP_REQUEST_H

#include <physmap/hooks.h>

enum physmap_policy {
	PHYSMAP_TWO_PASS,	/* early attributes, flush, final attributes */
	PHYSMAP_FINAL_ON_FRESH,		/* what was not present is final at once */
};

/* Whose job a flush is after live entries were split or cleared. */
enum physmap_flusher {
	PHYSMAP_ENGINE_FLUSHES,
	PHYSMAP_CALLER_FLUSHES,	/* X86-LNX-8, -9 */
};

enum physmap_source {
	PHYSMAP_RAM,		/* checked against the memory map */
	PHYSMAP_FIRMWARE,	/* mapped whatever it is: the ISA range */
};

/**
 * struct physmap_range - physical memory to map
 * @start: first byte; page-aligned
 * @end: first byte beyond; page-aligned
 * @outer_start: leaves may reach down to here (all of it is the same memory)
 * @outer_end: leaves may reach up to here
 * @leaf_levels: PHYSMAP_LEVEL() mask of the leaf sizes wanted; level 0 is
 *	always allowed. A present larger leaf of a level that is not wanted
 *	is split (X86-LNX-2)
 * @contig: leaves may be put together in groups (ARM-CONT-1); not for what is
 *	to be changed later in parts (ARM-CONT-2)
 * @source: where the caller has the range from
 */
struct physmap_range {
	u64 start;
	u64 end;
	u64 outer_start;
	u64 outer_end;
	u32 leaf_levels;
	bool contig;
	enum physmap_source source;
};

/**
 * struct physmap_request - what is to be mapped, and how
 * @ranges: ascending, not overlapping
 * @nr_ranges: how many, at least 1
 * @attrs: final attributes of every new leaf
 * @policy: how new leaves get there
 * @flusher: whose job the flush is that live changes want
 */
struct physmap_request {
	const struct physmap_range *ranges;
	unsigned int nr_ranges;
	u32 attrs;
	enum physmap_policy policy;
	enum physmap_flusher flusher;
};

/**
 * struct physmap_plan - what a request will take
 * @tables: table pages, exactly
 * @leaves: new leaves by level
 * @kept: entries by level that are there and stay
 * @splits: larger leaves that will be split
 */
struct physmap_plan {
	u64 tables;
	u64 leaves[PHYSMAP_MAX_LEVELS];
	u64 kept[PHYSMAP_MAX_LEVELS];
	u64 splits;
};

/* A sorted set of physical ranges; remembers at most so many. */
#define PHYSMAP_LOG_RANGES	256

struct physmap_log_range {
	u64 start;
	u64 end;
};

struct physmap_log {
	struct physmap_log_range range[PHYSMAP_LOG_RANGES];
	unsigned int count;
	u64 lost;		/* additions that found no room */
};

/* What one build did, for the report's list of requests. */
struct physmap_record {
	u64 start;
	u64 end;
	u32 leaf_levels;
	enum physmap_policy policy;
	int error;
	u64 early;		/* leaves written with early attributes */
	u64 final;		/* leaves written with final attributes */
	u64 kept;
	u64 finished;		/* leaves that pass 2 gave final attributes */
	u64 tables;
	u64 boundary_flushes;
	/* event numbers: last one of pass 1, the flush, first of pass 2 */
	u64 seq_shape;
	u64 seq_flush;
	u64 seq_attributes;
};

#define PHYSMAP_RECORDS		64

/**
 * struct physmap_report - what all builds did, added up
 * @events: number of the last event: a run, a link or a flush
 * @requests: builds begun
 * @failed: builds refused, before or after they began
 * @shape: pass 1; arrays are by level of the entry
 * @boundary: flushes between the passes
 * @attributes: pass 2; what became of entries is read back from memory
 * @last_flushes: flushes after pass 2
 * @tables_planned: table pages that plans asked for
 * @tables_used: table pages that builds took
 * @root_changed: a slot of the root table was filled; whoever has copies of
 *	the root clears it
 * @requested: what was asked for
 * @covered: what the leaves seen or made by any build cover
 * @kept_log: what was present before any build
 * @early: what pass 1 of the last build left to pass 2: leaves that it made
 *	early, without a gap
 * @unfinished: the same: what was found or split, and early leaves with gaps
 * @record: the builds, one by one; the last one is used over and over
 * @records: how many of them are in use
 */
struct physmap_report {
	u64 events;
	u64 requests;
	u64 failed;
	struct {
		u64 leaves[PHYSMAP_MAX_LEVELS];
		u64 kept[PHYSMAP_MAX_LEVELS];	/* each time one is met */
		u64 found[PHYSMAP_MAX_LEVELS];	/* not seen by a build before */
		u64 split[PHYSMAP_MAX_LEVELS];
		u64 kept_read_only;	/* of those found */
		u64 early;
		u64 final;
		u64 cleared;
		u64 no_frame;		/* slots left empty: XENPV-36 */
		u64 tables;
		struct physmap_cost cost;
	} shape;
	struct {
		u64 flushes;
		struct physmap_cost cost;
	} boundary;
	struct {
		u64 leaves[PHYSMAP_MAX_LEVELS];
		u64 finished;
		u64 no_exec;
		u64 found_no_exec;	/* of leaves that were there */
		u64 global;
		u64 resized;
		u64 moved;
		u64 kept_written;
		struct physmap_cost cost;
	} attributes;
	u64 last_flushes;
	u64 tables_planned;
	u64 tables_used;
	bool root_changed;
	struct physmap_log requested;
	struct physmap_log covered;
	struct physmap_log kept_log;
	struct physmap_log early;
	struct physmap_log unfinished;
	struct physmap_record record[PHYSMAP_RECORDS];
	unsigned int records;
};

int physmap_check(struct physmap_map *map, const struct physmap_request *req,
		  struct physmap_refusal *why);
int physmap_plan(struct physmap_map *map, const struct physmap_request *req,
		 struct physmap_plan *plan);
int physmap_build(struct physmap_map *map, const struct physmap_request *req,
		  struct physmap_report *report, struct physmap_refusal *why);

int physmap_restrict(struct physmap_map *map, u64 start, u64 end, u32 take,
		     u64 *changed, struct physmap_refusal *why);

void physmap_log_empty(struct physmap_log *log);
void physmap_log_add(struct physmap_log *log, u64 start, u64 end);
bool physmap_log_has(const struct physmap_log *log, u64 pa);
u64 physmap_log_next(const struct physmap_log *log, u64 pa, bool *inside);

#endif /* PHYSMAP_REQUEST_H */
