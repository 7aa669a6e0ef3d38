// SPDX-License-Identifier: GPL-2.0-only
/*
 * What memory type a descriptor gives its memory, in MAIR's and TCR's terms
 * and in words; and which pages of memory can be mapped without touching a
 * neighbour that must not be. Pure. Keeps ARM-ATTR-5; what else it decodes is
 * the Arm ARM's "MAIR_EL1" and "Stage 1 Shareability".
 */
#include <linux/container_of.h>
#include <linux/types.h>
#include "attributes.h"

/* MAIR bytes that are no pair of an outer and an inner half. */
#define MAIR_TAGGED		0xf0
#define MAIR_NC_XS		0x40	/* both halves, with FEAT_XS */
#define MAIR_WT_XS		0xa0

/* A half of a Normal byte: write-back, or not transient, or a hint. */
#define HALF_NC			0x4
#define HALF_WRITE_BACK		BIT(2)
#define HALF_LASTING		BIT(3)

static u8 half_policy(u8 half)
{
	if (half == HALF_NC)
		return PHYSMAP_ARM64_NC;
	return half & HALF_WRITE_BACK ? PHYSMAP_ARM64_WB : PHYSMAP_ARM64_WT;
}

static u8 half_hints(u8 half)
{
	const u8 alloc = half & (PHYSMAP_ARM64_ALLOC_READ |
				 PHYSMAP_ARM64_ALLOC_WRITE);

	return alloc | (half == HALF_NC || (half & HALF_LASTING) ? 0 :
			PHYSMAP_ARM64_TRANSIENT);
}

static struct physmap_arm64_type normal(u8 outer, u8 inner)
{
	return (struct physmap_arm64_type) {
		.memory = PHYSMAP_ARM64_NORMAL,
		.outer = half_policy(outer),
		.inner = half_policy(inner),
		.outer_hints = half_hints(outer),
		.inner_hints = half_hints(inner),
	};
}

/* Bits 3:2 of a Device byte are the type; bit 0 says XS, bit 1 is reserved. */
static struct physmap_arm64_type device(u8 byte)
{
	return (struct physmap_arm64_type) {
		.memory = byte & BIT(1) ? PHYSMAP_ARM64_RESERVED :
			  PHYSMAP_ARM64_NGNRNE + (byte >> 2 & 3),
	};
}

static struct physmap_arm64_type decode(u8 byte)
{
	struct physmap_arm64_type type;

	if (!(byte & 0xf0))
		return device(byte);
	if (byte & 0x0f)
		return normal(byte >> 4, byte & 0xf);
	switch (byte) {
	case MAIR_TAGGED:
		type = normal(0xf, 0xf);
		type.tagged = true;
		return type;
	case MAIR_NC_XS:
		return normal(HALF_NC, HALF_NC);
	case MAIR_WT_XS:
		return normal(0xa, 0xa);
	}
	return (struct physmap_arm64_type) {
		.memory = PHYSMAP_ARM64_RESERVED,
	};
}

static bool no_cache_may_hold(const struct physmap_arm64_type *type)
{
	return type->memory != PHYSMAP_ARM64_NORMAL ||
	       (type->inner == PHYSMAP_ARM64_NC &&
		type->outer == PHYSMAP_ARM64_NC);
}

/**
 * physmap_arm64_type() - what memory type a leaf gives its memory
 * @geo: geometry of the leaf's map
 * @regs: registers
 * @leaf: raw descriptor
 *
 * Return: the type.
 */
struct physmap_arm64_type
physmap_arm64_type(const struct physmap_geometry *geo,
		   const struct physmap_arm64_attr_regs *regs, u64 leaf)
{
	const struct physmap_arm64 *arm64 =
		container_of(geo, struct physmap_arm64, geo);
	const u64 index = (leaf & ARM64_ATTRINDX) >> ARM64_ATTRINDX_SHIFT;
	struct physmap_arm64_type type = decode(regs->mair >> 8 * index);

	if (no_cache_may_hold(&type))
		type.share = PHYSMAP_ARM64_SHARE_OUTER;
	else if (arm64->machine.lpa2)
		type.share = regs->share;
	else
		type.share = (leaf & ARM64_SH) >> 8;
	return type;
}

static void print_half(struct physmap_out *out, const char *which, u8 policy,
		       u8 hints)
{
	static const char * const name[] = {
		[PHYSMAP_ARM64_NC] = "NC",
		[PHYSMAP_ARM64_WT] = "WT",
		[PHYSMAP_ARM64_WB] = "WB",
	};

	physmap_print(out, ", %s %s%s%s%s", which, name[policy],
		      hints & PHYSMAP_ARM64_ALLOC_READ ? " RA" : "",
		      hints & PHYSMAP_ARM64_ALLOC_WRITE ? " WA" : "",
		      hints & PHYSMAP_ARM64_TRANSIENT ? " transient" : "");
}

/**
 * physmap_arm64_print_type() - a memory type in words
 * @out: sink
 * @type: the type
 */
void physmap_arm64_print_type(struct physmap_out *out,
			      const struct physmap_arm64_type *type)
{
	static const char * const memory[] = {
		[PHYSMAP_ARM64_NGNRNE] = "Device-nGnRnE",
		[PHYSMAP_ARM64_NGNRE] = "Device-nGnRE",
		[PHYSMAP_ARM64_NGRE] = "Device-nGRE",
		[PHYSMAP_ARM64_GRE] = "Device-GRE",
		[PHYSMAP_ARM64_NORMAL] = "Normal",
		[PHYSMAP_ARM64_RESERVED] = "reserved in MAIR",
	};
	static const char * const share[] = {
		[PHYSMAP_ARM64_SHARE_NONE] = "non-shareable",
		[PHYSMAP_ARM64_SHARE_RESERVED] = "reserved shareability",
		[PHYSMAP_ARM64_SHARE_OUTER] = "outer shareable",
		[PHYSMAP_ARM64_SHARE_INNER] = "inner shareable",
	};

	physmap_print(out, "%s", memory[type->memory]);
	if (type->memory != PHYSMAP_ARM64_NORMAL)
		return;
	physmap_print(out, "%s", type->tagged ? "-Tagged" : "");
	print_half(out, "inner", type->inner, type->inner_hints);
	print_half(out, "outer", type->outer, type->outer_hints);
	physmap_print(out, ", %s", share[type->share]);
}

static u64 clamp_to(u64 address, u64 low, u64 high)
{
	return address < low ? low : address > high ? high : address;
}

/* Ranges that touch, @n of them, are one piece of memory: round its ends. */
static void cut_piece(struct physmap_arm64_memory_range *range, unsigned int n,
		      u64 page)
{
	const u64 low = (range[0].start + page - 1) & ~(page - 1);
	const u64 down = range[n - 1].end & ~(page - 1);
	const u64 high = down < low ? low : down;
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct physmap_arm64_memory_range *r = &range[i];
		const u64 start = (r->start + page - 1) & ~(page - 1);
		const u64 end = (r->end + page - 1) & ~(page - 1);

		r->map_start = clamp_to(start, low, high);
		r->map_end = clamp_to(end, low, high);
		r->cut = r->end - r->start - (clamp_to(r->end, low, high) -
					      clamp_to(r->start, low, high));
	}
}

/**
 * physmap_arm64_whole_pages() - what can be mapped of memory
 * @range: memory that may be mapped, ascending, not overlapping
 * @nr: how many ranges
 * @page: bytes of a page
 *
 * A page is mapped only if all of it is such memory: what shares a page with
 * it may be what firmware has said must not be mapped (ARM-ATTR-5). A page
 * that touching ranges make up together belongs to the first of them.
 */
void physmap_arm64_whole_pages(struct physmap_arm64_memory_range *range,
			       unsigned int nr, u64 page)
{
	unsigned int first, n;

	for (first = 0; first < nr; first += n) {
		n = 1;
		while (first + n < nr &&
		       range[first + n].start == range[first + n - 1].end)
			n++;
		cut_piece(&range[first], n, page);
	}
}
