// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64's rule table, row by row; sweeps over pairs of descriptors against a
 * statement of ARM-BBM-2, -3, -6 and -7, ARM-CONT and ARM-TLBI-4 that shares
 * nothing with it; and the same against what Linux 6.1 holds to be safe.
 */
#include "support_arm64.h"

#define RAM	(AF | INNER | PXN | UXN | DBM)
#define L0	(RAM | PAGE)
#define L1	(RAM | BLOCK)
#define T	TABLE
#define PXNTABLE	(1ULL << 59)
#define APTABLE_RO	(1ULL << 62)
#define SOFT	(1ULL << 56 | 1ULL << 58)

/* Machines; those with FEAT_BBM are in the order of its levels. */
enum on {
	PLAIN, BBM1, BBM2, BBM3, LPA2, LPA2_BBM3, GRANULE_16K, GRANULE_64K, EL2,
	PA40,
};

static struct physmap_arm64_machine machine_of(enum on on)
{
	struct physmap_arm64_machine machine = a4k;

	if (on == LPA2 || on == LPA2_BBM3)
		machine = a4k_lpa2;
	if (on == GRANULE_16K)
		machine = a16k;
	if (on == GRANULE_64K)
		machine = a64k_52;
	if (on == PA40)
		machine.pa_bits = 40;
	if (on == EL2)
		machine.regime = PHYSMAP_ARM64_EL2;
	if (on <= BBM3)
		machine.bbm = on;
	if (on == LPA2_BBM3)
		machine.bbm = 3;
	return machine;
}

static const struct row {
	const char *says;
	unsigned int level;
	bool live;
	u64 old, new, child;
	enum physmap_transition transition;
	const char *rule;
	enum on on;
} rows[] = {
	/* Encodings that fault */
	{ "address beyond the implemented size", 0, true, 0, L0 | TB, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-1", PA40 },
	{ "table beyond it", 1, false, 0, T | TB, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-1", PA40 },
	{ "block in the root", 3, true, 0, L1 | 512 * GB, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-1", PLAIN },
	{ "block where 16K pages have none", 2, true, 0, L1, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-1", GRANULE_16K },
	{ "page without bit 1", 0, true, 0, RAM | BLOCK | 4096, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-1", PLAIN },
	{ "block that is not aligned", 1, true, 0, L1 | 2 * MB | 0x2000, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-1", PLAIN },
	{ "block of 1G that is not aligned", 2, false, 0, L1 | 2 * MB, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-1", PLAIN },
	{ "a fault wins over what was there", 0, true, L0, L0 | TB, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-1", PA40 },
	/* What is not valid */
	{ "not valid, but a frame", 0, true, 0, 4096, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-2", PLAIN },
	{ "valid bit taken off alone", 0, true, L0 | 4096, (L0 | 4096) & ~1ULL,
	  0, PHYSMAP_FORBIDDEN, "ARM-FMT-2", PLAIN },
	{ "nothing to nothing", 0, true, 0, 0, 0,
	  PHYSMAP_NOOP, "ARM-TLBI-4", PLAIN },
	{ "somebody's entry", 0, true, 4096, L0, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-2", PLAIN },
	{ "somebody's entry, not live", 0, false, 4096, L0, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-2", PLAIN },
	{ "somebody's encoding that faults", 0, true, RAM | BLOCK, L0, 0,
	  PHYSMAP_FORBIDDEN, "ARM-FMT-2", PLAIN },
	{ "somebody's entry cleared", 0, true, 4096, 0, 0,
	  PHYSMAP_FRESH, "ARM-TLBI-4", PLAIN },
	{ "fresh page", 0, true, 0, L0, 0, PHYSMAP_FRESH, "ARM-TLBI-4", PLAIN },
	{ "fresh block", 1, true, 0, L1 | 2 * MB, 0,
	  PHYSMAP_FRESH, "ARM-TLBI-4", PLAIN },
	{ "fresh block with nT", 1, true, 0, L1 | NT | 2 * MB, 0,
	  PHYSMAP_FRESH, "ARM-TLBI-4", PLAIN },
	{ "fresh table", 3, true, 0, T | 4096, 0,
	  PHYSMAP_FRESH, "ARM-TLBI-4", PLAIN },
	{ "fresh, split address", 0, true, 0, L0 | 0xd000, 0,
	  PHYSMAP_FRESH, "ARM-TLBI-4", GRANULE_64K },
	/* What no hardware walks */
	{ "not live: another frame", 0, false, L0, L0 | 4096, 0,
	  PHYSMAP_FRESH, "ARM-BBM-1", PLAIN },
	{ "not live: split with other rights", 1, false, L1 | 2 * MB, T | 4096,
	  L0 | RDONLY | 2 * MB, PHYSMAP_FRESH, "ARM-BBM-1", PLAIN },
	{ "not live: the contiguous bit", 0, false, L0, L0 | CONT, 0,
	  PHYSMAP_FRESH, "ARM-BBM-1", PLAIN },
	{ "not live: cleared", 0, false, L0, 0, 0,
	  PHYSMAP_FRESH, "ARM-BBM-1", PLAIN },
	/* Clearing */
	{ "page cleared", 0, true, L0, 0, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-3", PLAIN },
	{ "table cleared", 2, true, T | 4096, 0, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-3", PLAIN },
	{ "one of a group cleared", 0, true, L0 | CONT, 0, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-3", PLAIN },
	/* Size */
	{ "split", 1, true, L1 | 2 * MB, T | 4096, L0 | 2 * MB,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-2", PLAIN },
	{ "split at FEAT_BBM level 1", 1, true, L1 | 2 * MB, T | 4096,
	  L0 | 2 * MB, PHYSMAP_FORBIDDEN, "ARM-BBM-2", BBM1 },
	{ "split at level 2", 1, true, L1 | 2 * MB, T | 4096, L0 | 2 * MB,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-6", BBM2 },
	{ "split at level 3", 1, true, L1 | 2 * MB, T | 4096, L0 | 2 * MB,
	  PHYSMAP_RESIZE, "ARM-BBM-6", BBM3 },
	{ "split of 1G at level 3", 2, true, L1 | GB, T | 4096, L1 | GB,
	  PHYSMAP_RESIZE, "ARM-BBM-6", BBM3 },
	{ "split of nT without FEAT_BBM", 1, true, L1 | NT | 2 * MB, T | 4096,
	  L0 | 2 * MB, PHYSMAP_FORBIDDEN, "ARM-BBM-2", PLAIN },
	{ "split of nT at level 1", 1, true, L1 | NT | 2 * MB, T | 4096,
	  L0 | 2 * MB, PHYSMAP_RESIZE, "ARM-BBM-6", BBM1 },
	{ "split of nT at level 2", 1, true, L1 | NT | 2 * MB, T | 4096,
	  L0 | 2 * MB, PHYSMAP_RESIZE, "ARM-BBM-6", BBM2 },
	{ "split of nT, other rights", 1, true, L1 | NT | 2 * MB, T | 4096,
	  L0 | RDONLY | 2 * MB, PHYSMAP_FORBIDDEN, "ARM-BBM-7", BBM1 },
	{ "split that moves", 1, true, L1 | 2 * MB, T | 4096, L0 | 4 * MB,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-7", BBM3 },
	{ "split that moves, split address", 1, true, L1 | 2 * MB, T | 4096,
	  (L0 & ~INNER) | 0x100 | 2 * MB, PHYSMAP_FORBIDDEN, "ARM-BBM-7",
	  LPA2_BBM3 },
	{ "split into an empty table", 1, true, L1 | 2 * MB, T | 4096, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-7", BBM3 },
	{ "split into another type", 1, true, L1 | 2 * MB, T | 4096,
	  L0 | INDEX(4) | 2 * MB, PHYSMAP_FORBIDDEN, "ARM-BBM-7", BBM3 },
	{ "split into another shareability", 1, true, L1 | 2 * MB, T | 4096,
	  (L0 & ~INNER) | OUTER | 2 * MB, PHYSMAP_FORBIDDEN, "ARM-BBM-7", BBM3 },
	{ "split that takes write", 1, true, L1 | 2 * MB, T | 4096,
	  L0 | RDONLY | 2 * MB, PHYSMAP_FORBIDDEN, "ARM-BBM-7", BBM3 },
	{ "split that gives exec", 1, true, L1 | 2 * MB, T | 4096,
	  (L0 & ~PXN) | 2 * MB, PHYSMAP_FORBIDDEN, "ARM-BBM-7", BBM3 },
	{ "split that makes global", 1, true, L1 | NG | 2 * MB, T | 4096,
	  L0 | 2 * MB, PHYSMAP_FORBIDDEN, "ARM-BBM-7", BBM3 },
	{ "split into a group, level 3", 1, true, L1 | 2 * MB, T | 4096,
	  L0 | CONT | 2 * MB, PHYSMAP_RESIZE, "ARM-BBM-6", BBM3 },
	{ "split of one of a group", 1, true, L1 | CONT | 2 * MB, T | 4096,
	  L0 | 2 * MB, PHYSMAP_FORBIDDEN, "ARM-CONT-1", BBM3 },
	{ "split of one of a group, not live", 1, false, L1 | CONT | 2 * MB,
	  T | 4096, L0 | 2 * MB, PHYSMAP_FORBIDDEN, "ARM-CONT-1", PLAIN },
	{ "merge", 1, true, T | 4096, L1 | 2 * MB, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-2", PLAIN },
	{ "merge at level 3", 1, true, T | 4096, L1 | 2 * MB, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-2", BBM3 },
	/* Tables */
	{ "another table", 1, true, T | 4096, T | 8192, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-2", PLAIN },
	{ "another table at level 3", 1, true, T | 4096, T | 8192, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-2", BBM3 },
	{ "table takes exec from what is below", 1, true, T | 4096,
	  T | PXNTABLE | 4096, 0, PHYSMAP_TIGHTEN, "ARM-BBM-4", PLAIN },
	{ "table takes write from what is below", 3, true, T | 4096,
	  T | APTABLE_RO | 4096, 0, PHYSMAP_TIGHTEN, "ARM-BBM-4", PLAIN },
	{ "table gives it back", 1, true, T | PXNTABLE | 4096, T | 4096, 0,
	  PHYSMAP_LOOSEN, "ARM-BBM-3", PLAIN },
	{ "the same table", 1, true, T | 4096, T | SOFT | 4096, 0,
	  PHYSMAP_NOOP, "ARM-BBM-3", PLAIN },
	/* Frame, type, shareability, global */
	{ "another frame", 0, true, L0 | 4096, L0 | 8192, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-12", PLAIN },
	{ "another frame at level 3", 0, true, L0 | 4096, L0 | 8192, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-12", BBM3 },
	{ "another frame by bits 51:50", 0, true, (L0 & ~INNER) | 4096,
	  (L0 & ~INNER) | 0x100 | 4096, 0, PHYSMAP_FORBIDDEN, "ARM-BBM-12",
	  LPA2 },
	{ "another frame by bits 51:48", 0, true, L0, L0 | 0x1000, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-12", GRANULE_64K },
	{ "another memory type", 0, true, L0, L0 | INDEX(2), 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-2", PLAIN },
	{ "another memory type at level 3", 1, true, L1, L1 | INDEX(4), 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-2", BBM3 },
	{ "tagged to device", 0, true, L0 | INDEX(1), L0 | INDEX(3), 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-2", PLAIN },
	{ "another shareability", 0, true, L0, (L0 & ~INNER) | OUTER, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-2", PLAIN },
	{ "non-global to global", 0, true, L0 | NG, L0, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-2", PLAIN },
	{ "non-global to global at level 3", 0, true, L0 | NG, L0, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-2", BBM3 },
	{ "nG where there is none", 0, true, L0 | NG, L0, 0,
	  PHYSMAP_NOOP, "ARM-BBM-3", EL2 },
	/* Groups */
	{ "the contiguous bit set", 0, true, L0, L0 | CONT, 0,
	  PHYSMAP_FORBIDDEN, "ARM-CONT-3", PLAIN },
	{ "the contiguous bit taken", 1, true, L1 | CONT, L1, 0,
	  PHYSMAP_FORBIDDEN, "ARM-CONT-3", BBM1 },
	{ "the contiguous bit at level 2", 0, true, L0, L0 | CONT, 0,
	  PHYSMAP_FORBIDDEN, "ARM-BBM-6", BBM2 },
	{ "the contiguous bit at level 3", 0, true, L0 | CONT, L0, 0,
	  PHYSMAP_RESIZE, "ARM-BBM-6", BBM3 },
	{ "the contiguous bit and a right at level 3", 0, true, L0,
	  L0 | CONT | RDONLY, 0, PHYSMAP_FORBIDDEN, "ARM-CONT-3", BBM3 },
	{ "one of a group loses a right", 0, true, L0 | CONT,
	  L0 | CONT | RDONLY, 0, PHYSMAP_FORBIDDEN, "ARM-CONT-2", PLAIN },
	{ "one of a group gets a right", 1, true, L1 | CONT,
	  (L1 & ~PXN) | CONT, 0, PHYSMAP_FORBIDDEN, "ARM-CONT-2", BBM2 },
	{ "one of a group becomes non-global", 0, true, L0 | CONT,
	  L0 | CONT | NG, 0, PHYSMAP_FORBIDDEN, "ARM-CONT-2", PLAIN },
	{ "one of a group loses a right at level 3", 0, true, L0 | CONT,
	  (L0 & ~DBM) | CONT | RDONLY, 0, PHYSMAP_TIGHTEN, "ARM-BBM-4", BBM3 },
	{ "one of a group gets a software bit", 0, true, L0 | CONT,
	  L0 | CONT | SOFT, 0, PHYSMAP_NOOP, "ARM-BBM-3", PLAIN },
	/* Rights */
	{ "write goes", 0, true, L0, (L0 & ~DBM) | RDONLY, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-4", PLAIN },
	{ "the kernel's exec goes", 0, true, L0 & ~PXN, L0, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-4", PLAIN },
	{ "the user's exec goes", 0, true, L0 & ~UXN, L0, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-4", PLAIN },
	{ "exec goes at EL2", 0, true, L0 & ~UXN, L0, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-4", EL2 },
	{ "user goes", 0, true, L0 | USER, L0, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-4", PLAIN },
	{ "guarded page comes", 0, true, L0, L0 | GP, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-4", PLAIN },
	{ "AF goes", 0, true, L0, L0 & ~AF, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-4", PLAIN },
	{ "nT comes", 1, true, L1, L1 | NT, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-4", BBM1 },
	{ "global to non-global", 0, true, L0, L0 | NG, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-4", PLAIN },
	{ "write goes and exec comes", 0, true, L0, (L0 & ~PXN) | RDONLY, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-4", PLAIN },
	{ "pass 2: exec and the mark go", 1, true, (L1 & ~PXN) | MARK, L1, 0,
	  PHYSMAP_TIGHTEN, "ARM-BBM-4", PLAIN },
	{ "write comes", 0, true, (L0 & ~DBM) | RDONLY, L0, 0,
	  PHYSMAP_LOOSEN, "ARM-BBM-3", PLAIN },
	{ "exec comes", 0, true, L0, L0 & ~PXN, 0,
	  PHYSMAP_LOOSEN, "ARM-BBM-3", PLAIN },
	{ "PXN where there is none", 0, true, L0, L0 & ~PXN, 0,
	  PHYSMAP_NOOP, "ARM-BBM-3", EL2 },
	{ "AP[1] where it means nothing", 0, true, L0 | USER, L0, 0,
	  PHYSMAP_NOOP, "ARM-BBM-3", EL2 },
	{ "Normal to Normal-Tagged", 0, true, L0, L0 | INDEX(1), 0,
	  PHYSMAP_LOOSEN, "ARM-BBM-3", PLAIN },
	{ "and back", 1, true, L1 | INDEX(1), L1, 0,
	  PHYSMAP_LOOSEN, "ARM-BBM-3", PLAIN },
	{ "software bits", 0, true, L0, L0 | SOFT | DIRTY | MARK, 0,
	  PHYSMAP_NOOP, "ARM-BBM-3", PLAIN },
	{ "the same", 0, true, L0, L0, 0, PHYSMAP_NOOP, "ARM-BBM-3", PLAIN },
};

static void machine_for(enum on on)
{
	const struct physmap_arm64_machine machine = machine_of(on);

	physmap_arm64_geometry(&a.arm64, &machine);
}

static struct physmap_verdict verdict(unsigned int level, bool live, u64 old,
				      u64 new, u64 child)
{
	const struct physmap_change c = {
		.level = level, .live = live, .old = old, .new = new,
		.child = child,
	};

	return a.arm64.geo.format->transition(&a.arm64.geo, &c);
}

static void every_row_of_the_table(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		struct physmap_verdict v;

		machine_for(r->on);
		v = verdict(r->level, r->live, r->old, r->new, r->child);
		if (v.transition != r->transition || strcmp(v.rule, r->rule))
			fail_msg("%s: %d %s (%s)", r->says, v.transition, v.rule,
				 v.why);
		assert_true(*v.why);
	}
}

/*
 * Hardware's side of it, from the Arm ARM: may a processor that still holds
 * what @old allowed be surprised by @new, and does it have to be told?
 */
enum danger { NONE, SPURIOUS, STALE, FATAL };

struct meaning {
	bool valid, leaf;
	u64 address, type, share, dirty_state;
	bool cont, global, nt;
	/* What it allows. */
	bool used, write, exec, user, user_exec, branch;
};

/* Where a descriptor keeps its address; a block has less of it. */
static u64 address_of(unsigned int level, bool leaf, u64 raw)
{
	const unsigned int bits = a.arm64.machine.page_shift - 3;
	const unsigned int low = a.arm64.machine.page_shift +
				 (leaf ? level * bits : 0);
	const u64 mask = (1ULL << 48) - (1ULL << low);

	if (a.arm64.machine.lpa2)
		return (raw & (mask | 3ULL << 48)) | (raw >> 8 & 3) << 50;
	if (a.arm64.machine.page_shift == 16)
		return (raw & mask) | (raw >> 12 & 15) << 48;
	return raw & mask;
}

static struct meaning meaning(unsigned int level, u64 raw)
{
	const bool el2 = a.arm64.machine.regime == PHYSMAP_ARM64_EL2;
	const bool leaf = !level || !(raw & 2);

	return (struct meaning) {
		.valid = (raw & 1) && (level || (raw & 2)),
		.leaf = leaf,
		.address = address_of(level, leaf, raw),
		.type = raw >> 2 & 7,
		.share = a.arm64.machine.lpa2 ? 3 : raw >> 8 & 3,
		.dirty_state = raw & (RDONLY | DBM),
		.cont = raw & CONT,
		.global = el2 || !(raw & NG),
		.nt = level && (raw & NT),
		.used = raw & AF,
		.write = !(raw & RDONLY) || (raw & DBM),
		.exec = !(raw & (el2 ? UXN : PXN)),
		.user = !el2 && (raw & USER),
		.user_exec = !el2 && !(raw & UXN),
		.branch = !(raw & GP),
	};
}

static bool takes(const struct meaning *a, const struct meaning *b)
{
	return a->used > b->used || a->write > b->write || a->exec > b->exec ||
	       a->user > b->user || a->user_exec > b->user_exec ||
	       a->branch > b->branch || a->global > b->global || a->nt < b->nt;
}

static bool gives(const struct meaning *a, const struct meaning *b)
{
	return a->write < b->write || a->exec < b->exec || a->user < b->user ||
	       a->user_exec < b->user_exec || a->branch < b->branch ||
	       a->type != b->type;
}

/* Normal and Normal-Tagged, as Linux numbers them (ARM-BBM-3). */
static bool same_type(const struct meaning *a, const struct meaning *b)
{
	return a->type == b->type || (a->type < 2 && b->type < 2);
}

/* ARM-BBM-2, ARM-BBM-7: what no level of FEAT_BBM ever allows. */
static bool same_memory(const struct meaning *a, const struct meaning *b)
{
	return a->address == b->address && same_type(a, b) &&
	       a->share == b->share && a->global >= b->global;
}

static bool same_rights(const struct meaning *a, const struct meaning *b)
{
	return !takes(a, b) && !takes(b, a) && a->type == b->type &&
	       a->dirty_state == b->dirty_state;
}

/* A block, and the first of its would-be children. */
static enum danger split_danger(unsigned int level, u64 block, u64 child)
{
	struct meaning was = meaning(level, block);
	const struct meaning is = meaning(level - 1, child);
	const bool uncached = was.nt && a.arm64.machine.bbm;

	/* What is not a block has no nT. */
	was.nt = is.nt;
	if (!is.valid || !is.leaf || !same_memory(&was, &is) ||
	    !same_rights(&was, &is))
		return FATAL;		/* ARM-BBM-7 */
	if (was.cont)
		return FATAL;		/* ARM-CONT-1 */
	if (a.arm64.machine.bbm == 3 || uncached)
		return STALE;		/* ARM-BBM-6 */
	return FATAL;
}

static enum danger leaf_danger(const struct meaning *was,
			       const struct meaning *is)
{
	const bool bbm3 = a.arm64.machine.bbm == 3;

	if (!same_memory(was, is))
		return FATAL;		/* ARM-BBM-2 */
	if (was->cont != is->cont)	/* ARM-BBM-6 */
		return bbm3 && same_rights(was, is) ? STALE : FATAL;
	/* ARM-CONT-2; software bits and AF of all of them are no matter. */
	if (was->cont && !bbm3 && !same_rights(was, is))
		return FATAL;
	if (takes(was, is))
		return STALE;		/* ARM-BBM-4 */
	return gives(was, is) ? SPURIOUS : NONE;
}

static enum danger danger(unsigned int level, bool live, u64 old, u64 new,
			  u64 child)
{
	const struct meaning was = meaning(level, old), is = meaning(level, new);

	if (!is.valid && new)
		return FATAL;		/* ARM-FMT-1, -2 */
	if (!was.valid)			/* ARM-TLBI-4 */
		return old && new ? FATAL : NONE;
	/* A group goes as a whole, wherever it is. */
	if (was.leaf && was.cont && is.valid && !is.leaf)
		return FATAL;
	if (!live)
		return NONE;
	if (!is.valid)
		return STALE;
	if (is.leaf && !was.leaf)	/* nothing tells the frames */
		return FATAL;
	if (was.leaf && !is.leaf)
		return split_danger(level, old, child);
	if (!was.leaf)			/* ARM-TLBI-5 */
		return was.address == is.address ? NONE : FATAL;
	return leaf_danger(&was, &is);
}

static enum danger admitted(enum physmap_transition t)
{
	switch (t) {
	case PHYSMAP_NOOP:
	case PHYSMAP_FRESH:
		return NONE;
	case PHYSMAP_LOOSEN:
		return SPURIOUS;
	case PHYSMAP_TIGHTEN:
	case PHYSMAP_RESIZE:
		return STALE;
	case PHYSMAP_FORBIDDEN:
		break;
	}
	return FATAL;
}

/* All descriptors that two frames and the bits that matter can make. */
static unsigned int alphabet(unsigned int level, u64 *entry)
{
	static const u64 bits[] = {
		RDONLY, DBM, PXN, UXN, NG, CONT, INDEX(1),
	};
	static const u64 alone[] = {
		USER, GP, SOFT, INDEX(2), OUTER ^ INNER, NT, AF, INDEX(4) | NG,
	};
	const unsigned int page_shift = a.arm64.machine.page_shift;
	const u64 size = 1ULL << (page_shift + level * (page_shift - 3));
	const u64 leaf = AF | INNER | (level ? BLOCK : PAGE);
	unsigned int set, i, n = 0;

	entry[n++] = 0;
	entry[n++] = 1ULL << 40 | 2;	/* somebody's */
	for (set = 0; set < 1u << ARRAY_SIZE(bits); set++) {
		u64 raw = leaf | size;

		for (i = 0; i < ARRAY_SIZE(bits); i++)
			raw |= set & 1u << i ? bits[i] : 0;
		entry[n++] = raw;
	}
	for (i = 0; i < ARRAY_SIZE(alone); i++) {
		if (alone[i] == NT && !level)
			continue;
		entry[n++] = (leaf | PXN | UXN | size) ^ alone[i];
		entry[n++] = (leaf | PXN | UXN | CONT | size) ^ alone[i];
	}
	entry[n++] = leaf | PXN | UXN | 2 * size;
	for (i = 0; i < 2 && level; i++)
		entry[n++] = T | (u64)(3 + i) << page_shift;
	return n;
}

static void sweep_pair(unsigned int level, bool live, u64 old, u64 new,
		       u64 child)
{
	const struct physmap_verdict v = verdict(level, live, old, new, child);
	const enum danger d = danger(level, live, old, new, child);
	const enum danger is = admitted(v.transition);

	/* Never too little; and nothing is forbidden that could be done. */
	if (is < d || (is == FATAL && d != FATAL))
		fail_msg("level %u live %d %#llx -> %#llx (child %#llx): %d %s, but %d",
			 level, live, (unsigned long long)old,
			 (unsigned long long)new, (unsigned long long)child,
			 v.transition, v.rule, d);
}

static bool is_split(unsigned int level, u64 old, u64 new)
{
	return level && (old & 3) == 1 && (new & 3) == 3;
}

static void sweep(unsigned int level, bool live)
{
	u64 entry[256], child[256];
	const unsigned int n = alphabet(level, entry);
	const unsigned int c = level ? alphabet(level - 1, child) : 0;
	/* A child of level 0 or 1 has its size for an address. */
	const unsigned int page_shift = a.arm64.machine.page_shift;
	const u64 size = 1ULL << (page_shift + level * (page_shift - 3));
	const u64 part = size >> (page_shift - 3);
	unsigned int i, j, k;

	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++) {
			sweep_pair(level, live, entry[i], entry[j], 0);
			for (k = 0; k < c && is_split(level, entry[i], entry[j]);
			     k++)
				sweep_pair(level, live, entry[i], entry[j],
					   child[k] & part ?
					   (child[k] ^ part) | size : child[k]);
		}
}

static void the_sweep_agrees(void **state)
{
	static const enum on machines[] = {
		PLAIN, BBM1, BBM2, BBM3, LPA2, LPA2_BBM3, GRANULE_16K,
		GRANULE_64K, EL2,
	};
	unsigned int i, level;

	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		machine_for(machines[i]);
		for (level = 0; level < 2; level++) {
			sweep(level, true);
			sweep(level, false);
		}
	}
}

/* Linux 6.1 */

/*
 * What Linux' linear map may become while it is in use. It has two kinds of
 * Normal memory, numbers 0 and 1.
 */
static bool linux_calls_it_safe(u64 old, u64 new)
{
	u64 free = PXN | RDONLY | DBM | NG;

	if (!old || !new)
		return true;
	if ((old | new) & CONT)
		return false;
	if ((old & NG) && !(new & NG))
		return false;
	if (!(old & INDEX(6)) && !(new & INDEX(6)))
		free |= INDEX(7);
	return !((old ^ new) & ~free);
}

/* What it does not ask: whether the entry is one. */
static bool is_an_entry(u64 raw)
{
	return !raw || (raw & 3) == 3;
}

static void what_linux_calls_safe_is_allowed(void **state)
{
	u64 entry[256];
	unsigned int i, j, n, safe = 0;

	machine_for(PLAIN);
	n = alphabet(0, entry);
	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++) {
			if (!linux_calls_it_safe(entry[i], entry[j]) ||
			    !is_an_entry(entry[i]) || !is_an_entry(entry[j]))
				continue;
			safe++;
			if (verdict(0, true, entry[i], entry[j], 0).transition ==
			    PHYSMAP_FORBIDDEN)
				fail_msg("%#llx -> %#llx",
					 (unsigned long long)entry[i],
					 (unsigned long long)entry[j]);
		}
	assert_true(safe > 500);
}

/*
 * What is allowed beyond that: other rights and software bits (ARM-BBM-3),
 * the latter also in a group, and that somebody's entry is cleared.
 */
static void what_is_allowed_beyond_that_is_known(void **state)
{
	const u64 rights = PXN | UXN | RDONLY | DBM | NG | USER | GP | AF;
	u64 entry[256];
	unsigned int i, j, n, beyond = 0;

	machine_for(PLAIN);
	n = alphabet(0, entry);
	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++) {
			const u64 diff = entry[i] ^ entry[j];
			const bool cont = (entry[i] | entry[j]) & CONT;

			if (linux_calls_it_safe(entry[i], entry[j]) ||
			    verdict(0, true, entry[i], entry[j], 0).transition ==
			    PHYSMAP_FORBIDDEN)
				continue;
			beyond++;
			assert_false(diff & ~(rights | SOFT | INDEX(1)));
			assert_true(!cont || !(diff & ~SOFT));
		}
	assert_true(beyond > 0);
}

/* A block's own children are its own at every level of FEAT_BBM. */
static void own_children_are_all_that_a_processor_takes(void **state)
{
	static const enum on machines[] = { BBM3, LPA2_BBM3 };
	u64 entry[256];
	unsigned int i, k, level;

	for (k = 0; k < ARRAY_SIZE(machines); k++)
		for (level = 1; level < 3; level++) {
			const struct physmap_geometry *geo = &a.arm64.geo;
			unsigned int n, resized = 0;
			struct physmap_verdict v;
			u64 child;

			machine_for(machines[k]);
			n = alphabet(level, entry);
			for (i = 0; i < n; i++) {
				if ((entry[i] & 3) != 1 || (entry[i] & CONT))
					continue;
				child = geo->format->child(geo, level, entry[i]);
				v = verdict(level, true, entry[i], T | 0x5000,
					    child);
				assert_int_equal(v.transition, PHYSMAP_RESIZE);
				resized++;
			}
			assert_true(resized > 50);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARM64("every row of the table gives its verdict and rule",
		      every_row_of_the_table),
		ARM64("all pairs of an alphabet agree with ARM-BBM-2, -3, -6, -7, ARM-CONT and ARM-TLBI-4",
		      the_sweep_agrees),
		ARM64("what Linux calls safe on live entries is allowed (ARM-BBM-3)",
		      what_linux_calls_safe_is_allowed),
		ARM64("what is allowed beyond that are rights and software bits (ARM-BBM-3)",
		      what_is_allowed_beyond_that_is_known),
		ARM64("a block's own children are what FEAT_BBM level 3 takes (ARM-BBM-6)",
		      own_children_are_all_that_a_processor_takes),
	};

	return cmocka_run_group_tests_name("arm64_transition", tests, NULL, NULL);
}
