/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory attributes: what type a descriptor gives its memory, where frames
 * are mapped more than once and the types do not agree, and whether what is
 * shared with a hypervisor has the type that its ABI wants. Reads tables
 * only; allocates and prints nothing by itself.
 */
#ifndef PHYSMAP_ARM64_ATTRIBUTES_H
#define PHYSMAP_ARM64_ATTRIBUTES_H

#include <physmap/audit.h>
#include "arm64.h"

enum physmap_arm64_memory {
	PHYSMAP_ARM64_NGNRNE,		/* Device, from the strictest ... */
	PHYSMAP_ARM64_NGNRE,
	PHYSMAP_ARM64_NGRE,
	PHYSMAP_ARM64_GRE,		/* ... to the most relaxed */
	PHYSMAP_ARM64_NORMAL,
	PHYSMAP_ARM64_RESERVED,		/* MAIR has what nobody has defined */
};

enum physmap_arm64_cacheability {
	PHYSMAP_ARM64_NC,		/* not cacheable */
	PHYSMAP_ARM64_WT,		/* write-through */
	PHYSMAP_ARM64_WB,		/* write-back */
};

/* Allocation hints: what a cache may do, so they make no mismatch. */
#define PHYSMAP_ARM64_ALLOC_WRITE	BIT(0)
#define PHYSMAP_ARM64_ALLOC_READ	BIT(1)
#define PHYSMAP_ARM64_TRANSIENT		BIT(2)

/* As the SH fields of descriptors and of TCR have it. */
enum physmap_arm64_share {
	PHYSMAP_ARM64_SHARE_NONE,
	PHYSMAP_ARM64_SHARE_RESERVED,
	PHYSMAP_ARM64_SHARE_OUTER,
	PHYSMAP_ARM64_SHARE_INNER,
};

/**
 * struct physmap_arm64_type - a memory type, decoded
 * @memory: enum physmap_arm64_memory
 * @inner: of Normal memory: enum physmap_arm64_cacheability, else NC
 * @outer: the same, of the outer caches
 * @inner_hints: of cacheable memory: PHYSMAP_ARM64_ALLOC_* and _TRANSIENT
 * @outer_hints: the same, of the outer caches
 * @share: enum physmap_arm64_share that takes effect: Device memory, and
 *	Normal memory that no cache may hold, are outer shareable always
 * @tagged: accesses are checked against allocation tags (MTE)
 */
struct physmap_arm64_type {
	u8 memory;
	u8 inner;
	u8 outer;
	u8 inner_hints;
	u8 outer_hints;
	u8 share;
	bool tagged;
};

/**
 * struct physmap_arm64_attr_regs - what descriptors are read by
 * @mair: MAIR of the exception level
 * @share: SH field of TCR for the table root that is read; it counts where
 *	TCR.DS has taken the descriptors' own
 */
struct physmap_arm64_attr_regs {
	u64 mair;
	unsigned int share;
};

struct physmap_arm64_type
physmap_arm64_type(const struct physmap_geometry *geo,
		   const struct physmap_arm64_attr_regs *regs, u64 leaf);
void physmap_arm64_print_type(struct physmap_out *out,
			      const struct physmap_arm64_type *type);

/**
 * struct physmap_arm64_extent - frames in a row, mapped in a row and alike
 * @pa: physical address
 * @va: virtual address
 * @size: bytes
 * @attrs: effective PHYSMAP_WRITE and PHYSMAP_EXEC
 * @type: memory type
 * @next: the judges' own, while they judge aliases
 */
struct physmap_arm64_extent {
	u64 pa;
	u64 va;
	u64 size;
	u32 attrs;
	struct physmap_arm64_type type;
	struct physmap_arm64_extent *next;
};

/**
 * struct physmap_arm64_extents - all that is mapped
 * @extent: the caller's memory
 * @room: how many fit there
 * @count: how many there are; if more than @room, so much room is wanted,
 *	and nothing can be judged
 */
struct physmap_arm64_extents {
	struct physmap_arm64_extent *extent;
	u64 room;
	u64 count;
};

/**
 * struct physmap_arm64_attr_finding - memory that must not be mapped like this
 * @rule: ID of the rule it breaks
 * @text: how
 * @mapped: else nothing is mapped there, and @at has addresses and no type
 * @at: the mapping
 */
struct physmap_arm64_attr_finding {
	const char *rule;
	const char *text;
	bool mapped;
	struct physmap_arm64_extent at;
};

/**
 * struct physmap_arm64_alias_finding - two mappings of the same frames
 * @rule: ID of the rule that they break together
 * @text: how
 * @at: one of them, no more than those frames
 * @other: the other one
 */
struct physmap_arm64_alias_finding {
	const char *rule;
	const char *text;
	struct physmap_arm64_extent at;
	struct physmap_arm64_extent other;
};

/**
 * struct physmap_arm64_attr_sink - where judgements go
 * @mapping: called for each mapping that is wrong by itself
 * @alias: called for each two that do not agree
 */
struct physmap_arm64_attr_sink {
	void (*mapping)(struct physmap_arm64_attr_sink *sink,
			const struct physmap_arm64_attr_finding *finding);
	void (*alias)(struct physmap_arm64_attr_sink *sink,
		      const struct physmap_arm64_alias_finding *finding);
};

void physmap_arm64_collect(struct physmap_map *map,
			   const struct physmap_arm64_attr_regs *regs,
			   u64 va, u64 end, struct physmap_arm64_extents *all);
int physmap_arm64_judge_types(struct physmap_arm64_extents *all,
			      struct physmap_arm64_attr_sink *sink);
int physmap_arm64_judge_rights(struct physmap_arm64_extents *all,
			       struct physmap_arm64_attr_sink *sink);
int physmap_arm64_judge_known(const struct physmap_arm64_extents *all,
			      struct physmap_arm64_attr_sink *sink);
int physmap_arm64_judge_shared(struct physmap_map *map,
			       const struct physmap_arm64_attr_regs *regs,
			       u64 va, u64 end,
			       struct physmap_arm64_attr_sink *sink);
int physmap_arm64_judge_tagged(struct physmap_map *map,
			       const struct physmap_arm64_attr_regs *regs,
			       u64 va, u64 end,
			       struct physmap_arm64_attr_sink *sink);
void physmap_arm64_print_mapping(struct physmap_out *out,
				 const struct physmap_arm64_attr_finding *f);
void physmap_arm64_print_alias(struct physmap_out *out,
			       const struct physmap_arm64_alias_finding *f);

/**
 * struct physmap_arm64_memory_range - memory, and what of it can be mapped
 * @start: first byte
 * @end: first one beyond
 * @map_start: first page of it, filled in
 * @map_end: first page beyond, filled in; @map_start if there is none
 * @cut: bytes of it that are in no such page, filled in
 */
struct physmap_arm64_memory_range {
	u64 start;
	u64 end;
	u64 map_start;
	u64 map_end;
	u64 cut;
};

void physmap_arm64_whole_pages(struct physmap_arm64_memory_range *range,
			       unsigned int nr, u64 page);

#endif /* PHYSMAP_ARM64_ATTRIBUTES_H */
