// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86, as the judge reads it: entries, and which translations must not be
 * cached together. Pure. Written from the SDM; shares nothing with the
 * geometry under test.
 */
#include "judge.h"

#define P	0x1ULL
#define RW	0x2ULL
#define US	0x4ULL
#define A_D	0x60ULL
#define PS	0x80ULL
#define G	0x100ULL
#define PAT	0x1000ULL	/* of a leaf above 4K */
#define FRAME	0x000ffffffffff000ULL
#define NX	(1ULL << 63)

/* A processor with 2 (no PAE), 3 (PAE), 4 or 5 levels, and all it can have. */
void judge_machine_x86(struct judge_machine *machine, unsigned int levels)
{
	unsigned int i;

	*machine = (struct judge_machine) {
		.arch = JUDGE_X86,
		.levels = levels,
		.entry_size = levels == 2 ? 4 : 8,
		.pa_bits = levels == 2 ? 32 : levels == 3 ? 36 : 52,
		.cpus = 1,
		.nx = levels > 2,
		.pse = true,
		.gbpages = levels > 3,
		.pge = true,
	};
	for (i = 0; i < levels; i++) {
		machine->level[i].shift = 12 + i * (levels == 2 ? 10 : 9);
		machine->level[i].bits = levels == 2 ? 10 :
					 levels == 3 && i == 2 ? 2 : 9;
	}
}

static bool is_leaf(unsigned int level, u64 raw)
{
	return !level || (raw & PS);
}

/* The four top entries of PAE have no rights of their own. */
static bool has_rights(const struct judge_machine *m, unsigned int level)
{
	return m->levels != 3 || level != 2 || m->level[2].bits != 2;
}

static u64 address(const struct judge_machine *m, unsigned int level, u64 raw)
{
	u64 pa = raw & FRAME & ~m->encrypt;

	return level && (raw & PS) ? pa & ~PAT : pa;
}

static u32 rights(const struct judge_machine *m, unsigned int level, u64 raw)
{
	if (!has_rights(m, level))
		return JUDGE_RIGHTS;
	return (raw & RW ? JUDGE_WRITE : 0) | (raw & NX ? 0 : JUDGE_EXEC) |
	       (raw & US ? JUDGE_USER : 0);
}

static u32 attrs(const struct judge_machine *m, unsigned int level, u64 raw)
{
	const unsigned int type = (raw >> 3 & 3) |
				  (raw >> (level ? 12 : 7) & 1) << 2;

	return (m->pge && (raw & G) ? JUDGE_GLOBAL : 0) |
	       (raw & m->encrypt ? JUDGE_ENCRYPTED : 0) | type << 8;
}

/* Bits that must be zero in a present entry, and the rule that says so. */
static const char *reserved(const struct judge_machine *m, unsigned int level,
			    u64 raw)
{
	const u64 high = FRAME & ~((1ULL << m->pa_bits) - 1) & ~m->encrypt;
	const u64 size = 1ULL << m->level[level].shift;

	if ((raw & NX) && !m->nx)
		return "X86-FMT-1";
	if (m->entry_size == 8 && (raw & high))
		return "X86-FMT-4";
	if (level && (raw & PS)) {
		if (level > 2 || !m->pse || (level == 2 && !m->gbpages))
			return "X86-FMT-3";
		if (raw & FRAME & ~PAT & (size - 1))
			return "X86-FMT-4";
	}
	return NULL;
}

/*
 * What is not present must not name a frame (L1TF); inverted ones, with all
 * upper bits set, name none. Xen looks after its guests by itself.
 */
static const char *absent(const struct judge_machine *m, u64 raw)
{
	const u64 frame = raw & FRAME & ~m->encrypt;

	return frame && !(frame >> (m->pa_bits - 1)) && !m->xen ?
	       "X86-FMT-8" : NULL;
}

static unsigned int group(const struct judge_machine *m, unsigned int level)
{
	return 0;
}

static const char *size_conflict(const struct judge_machine *m, bool live,
				 const struct judge_pair *p, u32 diff)
{
	if (m->itlb_multihit && p->old_level < p->new_level &&
	    (p->old_attrs & JUDGE_EXEC) && (p->frame || (diff & JUDGE_TYPE)))
		return "X86-ERR-1";
	if (p->frame || diff) {
		if (!p->one_store)
			return "X86-TLB-3";
		return !p->frame && !(diff & ~JUDGE_TYPE) ? "X86-FMT-5" :
							    "X86-TLB-1";
	}
	return m->erratum_383 && live ? "X86-ERR-2" : NULL;
}

static const char *conflict(const struct judge_machine *m, bool live,
			    const struct judge_pair *p)
{
	const u32 diff = p->old_attrs ^ p->new_attrs;

	if (p->old_level != p->new_level)
		return size_conflict(m, live, p, diff);
	if (p->frame || (diff & JUDGE_TYPE))
		return "X86-TLB-2";
	return diff & JUDGE_ENCRYPTED ? "X86-FMT-9" : NULL;
}

const struct judge_format judge_format_x86 = {
	.present = P,
	.accessed = A_D,
	.together = "",
	.leaf = is_leaf,
	.address = address,
	.rights = rights,
	.attrs = attrs,
	.reserved = reserved,
	.absent = absent,
	.group = group,
	.conflict = conflict,
	.rules = {
		[JUDGE_TABLE_IN_USE] = "X86-TLB-13",
		[JUDGE_EMPTY_LINK] = "X86-TLB-20",
		[JUDGE_KEPT_CHANGED] = "X86-LNX-1",
		[JUDGE_HALF_STORE] = "X86-TLB-20",
		[JUDGE_NO_BOUNDARY] = "X86-TLB-3",
		[JUDGE_OTHER_TABLE] = "X86-TLB-13",
		[JUDGE_TABLE_REUSED] = "X86-TLB-13",
		[JUDGE_VAIN_FLUSH] = "X86-TLB-5",
		[JUDGE_OUTLIVES] = "X86-TLB-8",
		[JUDGE_TWO_SIZES] = "X86-TLB-3",
		[JUDGE_WX_MOMENT] = "X86-TLB-16",
	},
	.survived = {
		[JUDGE_ONE_PAGE] = { "X86-TLB-4",
			"INVLPG dropped only a part of it" },
		[JUDGE_KEPT_CR3] = { "X86-TLB-14",
			"CR3 with bit 63 set drops nothing" },
		[JUDGE_OTHER_PCID] = { "X86-TLB-14",
			"another PCID still has it" },
		[JUDGE_IS_GLOBAL] = { "X86-TLB-9",
			"it is global, and loading CR3 does not drop it" },
		[JUDGE_OTHER_CPU] = { "X86-TLB-18",
			"only one CPU was flushed" },
	},
};
