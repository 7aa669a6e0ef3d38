/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory protection: what is mapped is regions of an MPU and not entries of
 * tables. The words are those of the rest, attributes, early and final, found
 * and kept, verdicts and refusals, and so is the way of a request: plan,
 * shape, attributes, audit. Data and the engine's public face; the encodings
 * and the registers are the architecture's (arch/arm64/mm/physmap/pmsav8.h).
 */
#ifndef PHYSMAP_MPU_H
#define PHYSMAP_MPU_H

#include <physmap/audit.h>

/* The most regions that any encoding can number. */
#define PHYSMAP_MPU_MAX		255
#define PHYSMAP_MPU_WORDS	((PHYSMAP_MPU_MAX + 31) / 32)

/* Memory types of a region, as PHYSMAP_MEMTYPE_MASK has them. */
#define PHYSMAP_MPU_TYPE(n)	((u32)(n) << PHYSMAP_MEMTYPE_SHIFT)
#define PHYSMAP_MPU_NORMAL	PHYSMAP_MPU_TYPE(0)	/* write-back */
#define PHYSMAP_MPU_NORMAL_NC	PHYSMAP_MPU_TYPE(1)	/* not cacheable */
#define PHYSMAP_MPU_DEVICE_NGNRNE	PHYSMAP_MPU_TYPE(2)
#define PHYSMAP_MPU_DEVICE_NGNRE	PHYSMAP_MPU_TYPE(3)
#define PHYSMAP_MPU_TYPES	4

/**
 * physmap_mpu_is_device() - are these attributes those of a device
 * @attrs: PHYSMAP_*
 *
 * Return: true if so.
 */
static inline bool physmap_mpu_is_device(u32 attrs)
{
	const u32 type = attrs & PHYSMAP_MEMTYPE_MASK;

	return type == PHYSMAP_MPU_DEVICE_NGNRNE ||
	       type == PHYSMAP_MPU_DEVICE_NGNRE;
}

/**
 * enum physmap_mpu_life - how long a region is there
 * @PHYSMAP_MPU_FIXED: always; assembly may rely on its index (MPU-12)
 * @PHYSMAP_MPU_BOOT_ONLY: until boot is over
 * @PHYSMAP_MPU_SWITCHING: until the next context switch
 * @PHYSMAP_MPU_ON_DEMAND: until it is unmapped
 */
enum physmap_mpu_life {
	PHYSMAP_MPU_FIXED,
	PHYSMAP_MPU_BOOT_ONLY,
	PHYSMAP_MPU_SWITCHING,
	PHYSMAP_MPU_ON_DEMAND,
	PHYSMAP_MPU_LIVES,
};

/* Where a wanted range does not name its region: the planner chooses. */
#define PHYSMAP_MPU_LOWEST	1000	/* the lowest that is free */
#define PHYSMAP_MPU_HIGHEST	1001	/* the highest that is free */

/**
 * struct physmap_mpu_want - a range that is wanted
 * @name: for messages
 * @start: first byte; a multiple of the granule (MPU-1)
 * @end: first byte beyond; the same
 * @early: attributes while boot writes there (PHYSMAP_WRITE, _EXEC, _USER and
 *	a memory type, which is the same in @final); what is mapped after
 *	physmap_mpu_start() has its final ones at once
 * @final: attributes when boot is over
 * @life: how long it is there
 * @slot: number of its region, or PHYSMAP_MPU_LOWEST or _HIGHEST; of what is
 *	mapped on demand the latter
 */
struct physmap_mpu_want {
	const char *name;
	u64 start;
	u64 end;
	u32 early;
	u32 final;
	enum physmap_mpu_life life;
	unsigned int slot;
};

/**
 * struct physmap_mpu_request - all that is wanted of an MPU
 * @wants: ranges, in any order; the planner goes from the first to the last.
 *	Those on demand are not mapped by a build: they are what may be asked for
 *	later, so that it is known now whether there is room
 * @nr_wants: how many
 * @switching: regions that any context needs at most, those of @wants included
 * @on_demand: of the ranges on demand so many are mapped at a time
 */
struct physmap_mpu_request {
	const struct physmap_mpu_want *wants;
	unsigned int nr_wants;
	unsigned int switching;
	unsigned int on_demand;
};

/**
 * struct physmap_mpu_region - a region in words that no encoding owns
 * @start: first byte
 * @end: first byte beyond; @start if the region is disabled
 * @attrs: PHYSMAP_*; PHYSMAP_EARLY only in the software copy
 */
struct physmap_mpu_region {
	u64 start;
	u64 end;
	u32 attrs;
};

/**
 * struct physmap_mpu_words - a region as an MPU has it
 * @base: PRBAR
 * @limit: PRLAR
 */
struct physmap_mpu_words {
	u64 base;
	u64 limit;
};

/**
 * struct physmap_mpu_format - an encoding; all pure
 * @name: for messages
 * @granule: bytes that all borders are multiples of (MPU-1)
 * @address_limit: first address that no region can hold
 * @max_regions: the most that can be numbered
 * @encode: a region, enabled unless it is empty
 * @decode: the reverse; what is disabled comes out empty, and what is inverted
 *	too (MPU-6)
 * @transition: may region @from become @to while the MPU is on, with one store
 *	(PHYSMAP_NOOP, _TIGHTEN, _LOOSEN, _RESIZE), with two because nothing
 *	matches it before (_FRESH), or not in place (_FORBIDDEN)
 */
struct physmap_mpu_format {
	const char *name;
	u64 granule;
	u64 address_limit;
	unsigned int max_regions;
	struct physmap_mpu_words
	(*encode)(const struct physmap_mpu_region *region);
	struct physmap_mpu_region (*decode)(struct physmap_mpu_words words);
	struct physmap_verdict
	(*transition)(const struct physmap_mpu_region *from,
		      const struct physmap_mpu_region *to);
};

/* The planner's part: pure, no register is touched. */

/* What is wrong with a request, or with what an MPU is asked for. */
enum physmap_mpu_reason {
	PHYSMAP_MPU_FINE,
	PHYSMAP_MPU_EMPTY,	/* no bytes, or end before start */
	PHYSMAP_MPU_UNALIGNED,	/* not whole granules */
	PHYSMAP_MPU_ADDRESS,	/* beyond what the encoding can address */
	PHYSMAP_MPU_WX,		/* writable and executable */
	PHYSMAP_MPU_DEVICE,	/* a device from which code could be fetched */
	PHYSMAP_MPU_TYPE_CHANGES,	/* early and final types differ */
	PHYSMAP_MPU_BAD_SLOT,	/* no such region, or wanted twice */
	PHYSMAP_MPU_OVERLAP,	/* two ranges that are there at once */
	PHYSMAP_MPU_RIGHTS,	/* mapped already with other attributes */
	PHYSMAP_MPU_NO_REGION,	/* no region is left */
	PHYSMAP_MPU_NOT_MAPPED,	/* no region has this range */
	PHYSMAP_MPU_NOT_WHOLE,	/* only part of a region */
	PHYSMAP_MPU_STAYS,	/* fixed, or somebody else's too */
	PHYSMAP_MPU_IN_USE,	/* what runs would lose it for a moment */
	PHYSMAP_MPU_NOT_IN_PLACE,	/* more than one store can do */
	PHYSMAP_MPU_WRONG_STATE,	/* as @what of the refusal says */
	PHYSMAP_MPU_NOT_MEMORY,	/* not where the device tree has memory */
	PHYSMAP_MPU_NO_MAP,	/* memory that must not be mapped */
	PHYSMAP_MPU_UNKNOWN,	/* a device whose attributes are not known */
	PHYSMAP_MPU_TREE,	/* a device tree, as @what says */
	PHYSMAP_MPU_REASONS,
};

/**
 * struct physmap_mpu_refusal - what was refused, and what to do about it
 * @reason: why
 * @rule: ID of the rule
 * @what: one sentence for a person
 * @advice: what can be done, ditto
 * @asked: what was asked for, as far as it is known; its name is never NULL
 * @met: what stands in its way; its name is "" if nothing does
 * @error: negative errno
 */
struct physmap_mpu_refusal {
	enum physmap_mpu_reason reason;
	const char *rule;
	const char *what;
	const char *advice;
	struct physmap_mpu_want asked;
	struct physmap_mpu_want met;
	int error;
};

/**
 * struct physmap_mpu_planned - a region that a build makes
 * @name: of the first range that it holds
 * @early: with attributes that carry PHYSMAP_EARLY if @final differ
 * @final: attributes when boot is over
 * @life: how long it is there
 * @slot: its number
 * @ranges: how many wanted ranges it holds
 */
struct physmap_mpu_planned {
	const char *name;
	struct physmap_mpu_region early;
	u32 final;
	enum physmap_mpu_life life;
	unsigned int slot;
	unsigned int ranges;
};

/**
 * struct physmap_mpu_merge - two ranges that could share a region
 * @first: index of one in the request's list
 * @second: index of the one above it
 * @gap: bytes between them that nobody wants; 0 if they touch
 * @same_rights: they differ in nothing but place; else in attributes, and touch
 */
struct physmap_mpu_merge {
	unsigned int first;
	unsigned int second;
	u64 gap;
	bool same_rights;
};

#define PHYSMAP_MPU_MERGES	16

/**
 * struct physmap_mpu_plan - what a request comes to
 * @count: regions that there are
 * @planned: what a build makes, by slot, ascending
 * @nr_planned: how many
 * @at_boot: regions needed at once while boot lasts
 * @later: regions needed at once afterwards
 * @too_many: how many more these are than @count; 0 if all fits
 * @merged: regions saved by ranges that touch and are alike
 * @switching: bit set of the slots set aside for contexts
 * @merge: ranges that could share a region, those that cost least first
 * @nr_merges: how many of them are told
 */
struct physmap_mpu_plan {
	unsigned int count;
	struct physmap_mpu_planned planned[PHYSMAP_MPU_MAX];
	unsigned int nr_planned;
	unsigned int at_boot;
	unsigned int later;
	unsigned int too_many;
	unsigned int merged;
	u32 switching[PHYSMAP_MPU_WORDS];
	struct physmap_mpu_merge merge[PHYSMAP_MPU_MERGES];
	unsigned int nr_merges;
};

int physmap_mpu_plan(const struct physmap_mpu_format *format,
		     unsigned int count, const struct physmap_mpu_request *req,
		     struct physmap_mpu_plan *plan,
		     struct physmap_mpu_refusal *why);
enum physmap_mpu_reason
physmap_mpu_check_want(const struct physmap_mpu_format *format,
		       const struct physmap_mpu_want *want);
int physmap_mpu_refuse(struct physmap_mpu_refusal *why,
		       enum physmap_mpu_reason reason,
		       const struct physmap_mpu_want *asked,
		       const struct physmap_mpu_want *met);
void physmap_mpu_print_plan(struct physmap_out *out,
			    const struct physmap_mpu_format *format,
			    const struct physmap_mpu_request *req,
			    const struct physmap_mpu_plan *plan);
void physmap_mpu_print_refusal(struct physmap_out *out,
			       const struct physmap_mpu_refusal *why);

/* The part that acts. */

/**
 * struct physmap_mpu_use - memory that what runs needs at every moment
 * @name: for messages
 * @start: first byte
 * @end: first byte beyond
 * @attrs: PHYSMAP_WRITE or _EXEC, or 0 if it is only read
 */
struct physmap_mpu_use {
	const char *name;
	u64 start;
	u64 end;
	u32 attrs;
};

/**
 * struct physmap_mpu_slot - the software copy of a region
 * @region: as in the MPU, and PHYSMAP_EARLY
 * @final: attributes that an early region is going to have
 * @name: for messages
 * @life: how long it is there
 * @references: how often it was asked for; 0 if it is disabled
 * @reserved: set aside for contexts
 * @carved: it is a piece cut out of @background
 * @rest: it is the part of @background that a cut left on the other side
 * @background: number of the region that was cut up
 */
struct physmap_mpu_slot {
	struct physmap_mpu_region region;
	u32 final;
	const char *name;
	enum physmap_mpu_life life;
	unsigned int references;
	bool reserved;
	bool carved;
	bool rest;
	unsigned int background;
};

struct physmap_mpu;

/**
 * struct physmap_mpu_hooks - how an MPU is reached
 * @count: how many regions it has (MPU-3)
 * @is_on: is it enabled
 * @ready: what keeps it from being taken over as it is, or "" (MPU-19)
 * @read: a region as it is in the MPU
 * @write: both words of a region that is disabled: base, then limit (MPU-9)
 * @write_base: only the base
 * @write_limit: only the limit; with EN clear it disables
 * @disable: several regions at once: a bit set of PHYSMAP_MPU_WORDS words
 * @sync: all of that is done, for what runs next (MPU-8)
 * @invalidate: cached copies of [@start, @end), which was written with the
 *	caches off, are dropped
 * @enable: MAIR, the background region off, the MPU and the caches on
 *	(MPU-7, -11)
 */
struct physmap_mpu_hooks {
	unsigned int (*count)(struct physmap_mpu *mpu);
	bool (*is_on)(struct physmap_mpu *mpu);
	const char *(*ready)(struct physmap_mpu *mpu);
	struct physmap_mpu_words (*read)(struct physmap_mpu *mpu,
					 unsigned int n);
	void (*write)(struct physmap_mpu *mpu, unsigned int n,
		      struct physmap_mpu_words words);
	void (*write_base)(struct physmap_mpu *mpu, unsigned int n, u64 base);
	void (*write_limit)(struct physmap_mpu *mpu, unsigned int n,
			    u64 limit);
	void (*disable)(struct physmap_mpu *mpu, const u32 *slots);
	void (*sync)(struct physmap_mpu *mpu);
	void (*invalidate)(struct physmap_mpu *mpu, u64 start, u64 end);
	void (*enable)(struct physmap_mpu *mpu);
};

/**
 * struct physmap_mpu_report - what was done to an MPU
 * @early: regions made with early attributes
 * @final: regions made with final ones
 * @kept: regions found as planned, and left so
 * @finished: early regions that got their final attributes
 * @released: boot-only regions given back
 * @mapped: regions made on demand
 * @shared: requests that a region which was there could serve
 * @unmapped: regions given back
 * @splits: regions cut up
 * @joins: cuts undone
 * @switches: changes of context
 * @stores: writes of a base or a limit, or of PRENR
 * @syncs: pairs of barriers
 * @refused: requests refused
 */
struct physmap_mpu_report {
	u64 early;
	u64 final;
	u64 kept;
	u64 finished;
	u64 released;
	u64 mapped;
	u64 shared;
	u64 unmapped;
	u64 splits;
	u64 joins;
	u64 switches;
	u64 stores;
	u64 syncs;
	u64 refused;
};

/**
 * struct physmap_mpu - one CPU's MPU, and the software copy of it
 * @format: encoding
 * @hooks: backend
 * @use: what must stay mapped at every moment
 * @nr_uses: how many
 * @count: regions; set by physmap_mpu_start()
 * @on: the MPU is enabled
 * @slot: the software copy, in step with the MPU (MPU-13)
 * @report: what was done
 */
struct physmap_mpu {
	const struct physmap_mpu_format *format;
	const struct physmap_mpu_hooks *hooks;
	const struct physmap_mpu_use *use;
	unsigned int nr_uses;
	unsigned int count;
	bool on;
	struct physmap_mpu_slot slot[PHYSMAP_MPU_MAX];
	struct physmap_mpu_report report;
};

/* Boot: in this order, once. */
int physmap_mpu_start(struct physmap_mpu *mpu,
		      const struct physmap_mpu_plan *plan,
		      struct physmap_mpu_refusal *why);
int physmap_mpu_finish(struct physmap_mpu *mpu,
		       struct physmap_mpu_refusal *why);
int physmap_mpu_release_boot(struct physmap_mpu *mpu,
			     struct physmap_mpu_refusal *why);

/* Any time after physmap_mpu_start(). */
int physmap_mpu_map(struct physmap_mpu *mpu,
		    const struct physmap_mpu_want *want, unsigned int *slot,
		    struct physmap_mpu_refusal *why);
int physmap_mpu_unmap(struct physmap_mpu *mpu, u64 start, u64 end,
		      struct physmap_mpu_refusal *why);
int physmap_mpu_carve(struct physmap_mpu *mpu,
		      const struct physmap_mpu_want *want, unsigned int *slot,
		      struct physmap_mpu_refusal *why);
int physmap_mpu_restrict(struct physmap_mpu *mpu, u64 start, u64 end, u32 take,
			 struct physmap_mpu_refusal *why);
int physmap_mpu_move_border(struct physmap_mpu *mpu, u64 from, u64 to,
			    struct physmap_mpu_refusal *why);
int physmap_mpu_move(struct physmap_mpu *mpu, unsigned int from,
		     unsigned int to, struct physmap_mpu_refusal *why);
int physmap_mpu_switch(struct physmap_mpu *mpu,
		       const struct physmap_mpu_want *wants, unsigned int nr,
		       struct physmap_mpu_refusal *why);

/**
 * struct physmap_mpu_finding - something that is not as it must be
 * @rule: ID of the rule it breaks
 * @slot: region
 * @text: one sentence
 */
struct physmap_mpu_finding {
	const char *rule;
	unsigned int slot;
	const char *text;
};

unsigned int physmap_mpu_audit(struct physmap_mpu *mpu, bool boot_is_over,
			       void (*heard)(void *to,
					     const struct physmap_mpu_finding *f),
			       void *to);
void physmap_mpu_print(struct physmap_out *out, const struct physmap_mpu *mpu);

#endif /* PHYSMAP_MPU_H */
