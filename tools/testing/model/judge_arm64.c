// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64, as the judge reads it: descriptors of stage 1, and which translations
 * must not be cached together, by the level of FEAT_BBM that the processors
 * have. Pure. Written from the Arm ARM ("VMSAv8-64 translation table format",
 * "Using break-before-make when updating translation table entries"); shares
 * nothing with the geometry under test.
 */
#include "judge.h"

#define BITS(hi, lo)	((2ULL << (hi)) - (1ULL << (lo)))
#define VALID		0x1ULL
#define NOT_A_BLOCK	0x2ULL	/* a table, or at the last level a page */
#define AP_USER		(1ULL << 6)
#define AP_READ_ONLY	(1ULL << 7)
#define AF		(1ULL << 10)
#define NON_GLOBAL	(1ULL << 11)
#define NT		(1ULL << 16)
#define DBM		(1ULL << 51)
#define CONTIGUOUS	(1ULL << 52)
#define PXN		(1ULL << 53)
#define UXN		(1ULL << 54)
#define PXN_TABLE	(1ULL << 59)
#define UXN_TABLE	(1ULL << 60)
#define AP_TABLE_NO_USER (1ULL << 61)
#define AP_TABLE_RO	(1ULL << 62)

/* A processor with a granule and so many bits of addresses, at EL1. */
void judge_machine_arm64(struct judge_machine *machine, unsigned int page_shift,
			 unsigned int va_bits)
{
	unsigned int left = va_bits - page_shift;

	*machine = (struct judge_machine) {
		.arch = JUDGE_ARM64,
		.entry_size = 8,
		.pa_bits = 48,
		.cpus = 1,
		.nx = true,
		.pcid = true,
	};
	while (left) {
		const unsigned int bits = left < page_shift - 3 ? left :
								  page_shift - 3;
		const unsigned int i = machine->levels++;

		machine->level[i].shift = va_bits - left;
		machine->level[i].bits = bits;
		left -= bits;
	}
}

static unsigned int page_shift(const struct judge_machine *m)
{
	return m->level[0].shift;
}

static bool is_leaf(unsigned int level, u64 raw)
{
	return !level || !(raw & NOT_A_BLOCK);
}

/* The top bits of a 52-bit address lie apart, with 64K pages elsewhere. */
static u64 address(const struct judge_machine *m, unsigned int level, u64 raw)
{
	const unsigned int low = is_leaf(level, raw) ? m->level[level].shift :
						       page_shift(m);

	if (m->lpa2)
		return (raw & BITS(49, low)) | (raw & BITS(9, 8)) << 42;
	if (page_shift(m) == 16)
		return (raw & BITS(47, low)) | (raw & BITS(15, 12)) << 36;
	return raw & BITS(47, low);
}

static u32 table_rights(const struct judge_machine *m, u64 raw)
{
	const u64 no_exec = m->el2 ? UXN_TABLE : PXN_TABLE;

	return (raw & AP_TABLE_RO ? 0 : JUDGE_WRITE) |
	       (raw & no_exec ? 0 : JUDGE_EXEC) |
	       (raw & AP_TABLE_NO_USER ? 0 : JUDGE_USER) |
	       (raw & UXN_TABLE ? 0 : JUDGE_USER_EXEC);
}

/*
 * DBM on a read-only leaf lets hardware make it writable (TCR.HD), so such a
 * leaf is one. Where there is one privilege AP[1] means nothing.
 */
static u32 rights(const struct judge_machine *m, unsigned int level, u64 raw)
{
	const bool write = !(raw & AP_READ_ONLY) || (raw & DBM);

	if (!is_leaf(level, raw))
		return table_rights(m, raw);
	if (m->el2)
		return (write ? JUDGE_WRITE : 0) | (raw & UXN ? 0 : JUDGE_EXEC);
	return (write ? JUDGE_WRITE : 0) | (raw & PXN ? 0 : JUDGE_EXEC) |
	       (raw & AP_USER ? JUDGE_USER : 0) |
	       (raw & UXN ? 0 : JUDGE_USER_EXEC);
}

/*
 * The memory type is the index into MAIR and the shareability. Linux' index 1
 * is Normal like 0, with tags, and that is no other type (ARM-BBM-3).
 */
static u32 attrs(const struct judge_machine *m, unsigned int level, u64 raw)
{
	const u32 index = raw >> 2 & 7;
	const u32 share = m->lpa2 ? 3 : raw >> 8 & 3;

	return (m->el2 || !(raw & NON_GLOBAL) ? JUDGE_GLOBAL : 0) |
	       (raw & CONTIGUOUS ? JUDGE_CONTIG : 0) |
	       (level && (raw & NT) ? JUDGE_NT : 0) |
	       (index == 1 ? 0 : index) << 8 | share << 11;
}

/* Levels at which there are blocks, by granule and width of addresses. */
static bool has_blocks(const struct judge_machine *m, unsigned int level)
{
	switch (page_shift(m)) {
	case 12:
		return level < (m->lpa2 ? 4 : 3);
	case 14:
		return level < (m->lpa2 ? 3 : 2);
	default:
		return level < (m->pa_bits > 48 ? 3 : 2);
	}
}

static const char *reserved(const struct judge_machine *m, unsigned int level,
			    u64 raw)
{
	const unsigned int from = page_shift(m) == 16 ? 16 : 12;
	const unsigned int shift = m->level[level].shift;

	if (address(m, level, raw) >> m->pa_bits)
		return "ARM-FMT-1";
	if (!level)
		return raw & NOT_A_BLOCK ? NULL : "ARM-FMT-1";
	if (!is_leaf(level, raw))
		return NULL;
	/* Between the attributes and a block's address there is only nT. */
	if (!has_blocks(m, level) || (raw & BITS(shift - 1, from) & ~NT))
		return "ARM-FMT-1";
	return NULL;
}

static const char *absent(const struct judge_machine *m, u64 raw)
{
	return raw ? "ARM-FMT-2" : NULL;
}

/* Leaves that the Contiguous bit puts together. */
static unsigned int group(const struct judge_machine *m, unsigned int level)
{
	static const unsigned int by_granule[][3] = {
		{ 4, 4, 4 }, { 7, 5, 0 }, { 5, 5, 0 },
	};

	return level < 3 ? by_granule[(page_shift(m) - 12) / 2][level] : 0;
}

/* The larger of the two, of which FEAT_BBM level 1 wants nT. */
static bool block_is_nt(const struct judge_pair *p)
{
	return (p->old_level > p->new_level ? p->old_attrs : p->new_attrs) &
	       JUDGE_NT;
}

/* Same address and type, but as one of another size. */
static const char *size_conflict(const struct judge_machine *m,
				 const struct judge_pair *p)
{
	const bool same_level = p->old_level == p->new_level;

	if (m->bbm >= 3 || (m->bbm && !same_level && block_is_nt(p)))
		return NULL;
	if (m->bbm)
		return "ARM-BBM-6";
	if (same_level && (p->new_attrs & JUDGE_CONTIG))
		return "ARM-CONT-3";
	if (!p->one_store)
		return "ARM-BBM-1";
	return same_level ? "ARM-CONT-2" : "ARM-BBM-2";
}

static const char *conflict(const struct judge_machine *m, bool live,
			    const struct judge_pair *p)
{
	const u32 diff = p->old_attrs ^ p->new_attrs;

	if (p->frame || (diff & JUDGE_TYPE)) {
		if (!p->one_store)
			return "ARM-BBM-1";
		if (m->bbm)
			return "ARM-BBM-7";
		return p->frame ? "ARM-BBM-12" : "ARM-BBM-2";
	}
	/* Global to non-global is none of these (ARM-BBM-3). */
	if (diff & p->new_attrs & JUDGE_GLOBAL)
		return p->one_store ? "ARM-BBM-2" : "ARM-BBM-1";
	if (p->old_level != p->new_level || (diff & JUDGE_CONTIG))
		return size_conflict(m, p);
	return NULL;
}

const struct judge_format judge_format_arm64 = {
	.present = VALID,
	.accessed = AF,
	.barriers = true,
	/* ARM-BBM-5 */
	.together = " (an abort, or a mixture of both)",
	.leaf = is_leaf,
	.address = address,
	.rights = rights,
	.attrs = attrs,
	.reserved = reserved,
	.absent = absent,
	.group = group,
	.conflict = conflict,
	.rules = {
		[JUDGE_TABLE_IN_USE] = "ARM-TLBI-5",
		[JUDGE_EMPTY_LINK] = "ARM-TLBI-3",
		[JUDGE_KEPT_CHANGED] = "ARM-BBM-12",
		[JUDGE_VAIN_BREAK] = "ARM-BBM-3",
		[JUDGE_HALF_STORE] = "ARM-TLBI-6",
		[JUDGE_OTHER_TABLE] = "ARM-BBM-1",
		[JUDGE_TABLE_REUSED] = "ARM-TLBI-5",
		[JUDGE_VAIN_FLUSH] = "ARM-TLBI-4",
		[JUDGE_OUTLIVES] = "ARM-BBM-4",
		[JUDGE_WX_MOMENT] = "PHYSMAP-3",
		[JUDGE_UNSEEN_TABLE] = "ARM-TLBI-3",
		[JUDGE_UNSEEN_ENTRY] = "ARM-TLBI-2",
		[JUDGE_NO_ISB] = "ARM-TLBI-1",
	},
	.survived = {
		[JUDGE_ONE_PAGE] = { "ARM-TLBI-1",
			"the TLBI was for another part of it" },
		[JUDGE_OTHER_PCID] = { "ARM-TLBI-1",
			"another ASID still has it" },
		[JUDGE_IS_GLOBAL] = { "ARM-TLBI-1",
			"it is global, and a TLBI by ASID does not drop it" },
		[JUDGE_OTHER_CPU] = { "ARM-TLBI-1",
			"the TLBI was for one CPU only" },
		[JUDGE_LEAF_ONLY] = { "ARM-TLBI-5",
			"a TLBI of the last level keeps the walk caches" },
		[JUDGE_NOT_SEEN] = { "ARM-TLBI-1",
			"no DSB came before the TLBI, so a walk may have loaded it again" },
		[JUDGE_NOT_DONE] = { "ARM-TLBI-1",
			"no DSB came after the TLBI" },
		[JUDGE_ISB_ONLY] = { "ARM-TLBI-8",
			"the TLBI was followed by an ISB, which does not wait for it" },
		[JUDGE_DONE_HERE] = { "ARM-TLBI-1",
			"DSB NSH waits for this CPU only" },
	},
};
