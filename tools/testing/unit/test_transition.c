// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rule table, row by row, and a sweep over pairs of entries against a
 * statement of X86-TLB-1, -2, -5, -7 and -8 that shares nothing with it.
 */
#include "support.h"

#define P	0x1ULL
#define RW	0x2ULL
#define US	0x4ULL
#define PWT	0x8ULL
#define A	0x20ULL
#define D	0x40ULL
#define PAT0	0x80ULL		/* in a leaf table */
#define PS	0x80ULL
#define G	0x100ULL
#define SOFT	0x200ULL
#define EARLY	0x800ULL
#define PATL	0x1000ULL
#define NX	(1ULL << 63)
#define CBIT	(1ULL << 51)
#define FRAME	0x0000fffffffff000ULL	/* of the machines used here */

#define L0	(P | RW | A | D)
#define L1	(P | RW | A | D | PS)
#define T	(P | RW | A | D)	/* a table */

static const struct row {
	const char *says;
	unsigned int level;
	bool live;
	u64 old, new, child;
	enum physmap_transition transition;
	const char *rule;
	/* The machine lacks or has this. */
	enum { PLAIN, NO_NX, NO_GB, ERRATUM, SME } on;
} rows[] = {
	/* Reserved bits */
	{ "NX without NX", 0, true, 0, NX | L0 | 4096, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-4", NO_NX },
	{ "1G leaf without 1G leaves", 2, true, 0, L1 | GB, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-4", NO_GB },
	{ "leaf in the root", 3, true, 0, L1 | 512 * GB, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-4", PLAIN },
	{ "2M leaf that is not aligned", 1, true, 0, L1 | 0x2000, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-4", PLAIN },
	{ "1G leaf that is not aligned", 2, true, 0, L1 | 2 * MB, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-4", PLAIN },
	{ "address beyond MAXPHYADDR", 0, false, 0, L0 | 1ULL << 46, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-4", PLAIN },
	{ "table beyond MAXPHYADDR", 1, false, 0, T | 1ULL << 46, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-4", PLAIN },
	{ "reserved wins over what was there", 0, true, L0, L0 | 1ULL << 46, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-4", PLAIN },
	/* What is not present */
	{ "not present, but a frame", 0, true, 0, 4096, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-8", PLAIN },
	{ "P taken off alone", 0, true, L0 | 4096, (L0 | 4096) & ~P, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-8", PLAIN },
	{ "nothing to nothing", 0, true, 0, 0, 0, PHYSMAP_NOOP, "X86-TLB-5", PLAIN },
	{ "somebody's entry", 0, true, 4096, L0, 0,
	  PHYSMAP_FORBIDDEN, "X86-LNX-1", PLAIN },
	{ "somebody's entry cleared", 0, true, 4096, 0, 0,
	  PHYSMAP_FRESH, "X86-TLB-5", PLAIN },
	{ "fresh leaf", 0, true, 0, L0, 0, PHYSMAP_FRESH, "X86-TLB-5", PLAIN },
	{ "fresh large leaf", 1, true, 0, L1 | 2 * MB, 0,
	  PHYSMAP_FRESH, "X86-TLB-5", PLAIN },
	{ "fresh table", 3, true, 0, T | 4096, 0, PHYSMAP_FRESH, "X86-TLB-5", PLAIN },
	{ "leaf cleared", 0, true, L0, 0, 0, PHYSMAP_TIGHTEN, "X86-TLB-8", PLAIN },
	{ "table cleared", 2, true, T | 4096, 0, 0,
	  PHYSMAP_TIGHTEN, "X86-TLB-8", PLAIN },
	/* Size */
	{ "split", 1, true, L1 | 2 * MB, T | 4096, L0 | 2 * MB,
	  PHYSMAP_RESIZE, "X86-TLB-3", PLAIN },
	{ "split of 1G", 2, true, L1 | GB, T | 4096, L1 | GB,
	  PHYSMAP_RESIZE, "X86-TLB-3", PLAIN },
	{ "split where PAT moves", 1, true, L1 | PATL | 2 * MB, T | 4096,
	  L0 | PAT0 | 2 * MB, PHYSMAP_RESIZE, "X86-TLB-3", PLAIN },
	{ "split that leaves PAT behind", 1, true, L1 | PATL | 2 * MB,
	  T | 4096, L0 | 2 * MB, PHYSMAP_FORBIDDEN, "X86-TLB-1", PLAIN },
	{ "split that moves", 1, true, L1 | 2 * MB, T | 4096, L0 | 4 * MB,
	  PHYSMAP_FORBIDDEN, "X86-TLB-1", PLAIN },
	{ "split into an empty table", 1, true, L1 | 2 * MB, T | 4096, 0,
	  PHYSMAP_FORBIDDEN, "X86-TLB-1", PLAIN },
	{ "split that adds NX", 1, true, L1 | 2 * MB, T | 4096,
	  NX | L0 | 2 * MB, PHYSMAP_FORBIDDEN, "X86-TLB-1", PLAIN },
	{ "split that takes RW", 1, true, L1 | 2 * MB, T | 4096,
	  (L0 & ~RW) | 2 * MB, PHYSMAP_FORBIDDEN, "X86-TLB-1", PLAIN },
	{ "split that makes global", 1, true, L1 | 2 * MB, T | 4096,
	  G | L0 | 2 * MB, PHYSMAP_FORBIDDEN, "X86-TLB-1", PLAIN },
	{ "split that loses the C-bit", 1, true, CBIT | L1 | 2 * MB,
	  CBIT | T | 4096, L0 | 2 * MB, PHYSMAP_FORBIDDEN, "X86-TLB-1", SME },
	{ "split with the C-bit", 1, true, CBIT | L1 | 2 * MB,
	  CBIT | T | 4096, CBIT | L0 | 2 * MB, PHYSMAP_RESIZE, "X86-TLB-3", SME },
	{ "split with erratum 383", 1, true, L1 | 2 * MB, T | 4096,
	  L0 | 2 * MB, PHYSMAP_FORBIDDEN, "X86-ERR-2", ERRATUM },
	{ "split with erratum 383, not live", 1, false, L1 | 2 * MB, T | 4096,
	  L0 | 2 * MB, PHYSMAP_RESIZE, "X86-TLB-3", ERRATUM },
	{ "merge", 1, true, T | 4096, L1 | 2 * MB, 0,
	  PHYSMAP_FORBIDDEN, "X86-ERR-1", PLAIN },
	{ "merge with erratum 383", 1, true, T | 4096, L1 | 2 * MB, 0,
	  PHYSMAP_FORBIDDEN, "X86-ERR-2", ERRATUM },
	{ "merge, not live", 1, false, T | 4096, L1 | 2 * MB, 0,
	  PHYSMAP_FORBIDDEN, "X86-ERR-1", PLAIN },
	/* Accessed and Dirty */
	{ "accessed taken off", 0, true, L0, L0 & ~A, 0,
	  PHYSMAP_TIGHTEN, "X86-TLB-6", PLAIN },
	{ "dirty taken off", 0, true, L0, L0 & ~D, 0,
	  PHYSMAP_TIGHTEN, "X86-TLB-6", PLAIN },
	{ "accessed set", 0, true, L0 & ~A, L0, 0,
	  PHYSMAP_NOOP, "X86-TLB-6", PLAIN },
	/* Frame and type */
	{ "another table", 1, true, T | 4096, T | 8192, 0,
	  PHYSMAP_FORBIDDEN, "X86-TLB-13", PLAIN },
	{ "another frame", 0, true, L0 | 4096, L0 | 8192, 0,
	  PHYSMAP_FORBIDDEN, "X86-TLB-2", PLAIN },
	{ "another memory type", 0, true, L0, L0 | PWT, 0,
	  PHYSMAP_FORBIDDEN, "X86-TLB-2", PLAIN },
	{ "another memory type by PAT", 1, true, L1, L1 | PATL, 0,
	  PHYSMAP_FORBIDDEN, "X86-TLB-2", PLAIN },
	{ "C-bit", 0, true, L0, L0 | CBIT, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-9", SME },
	{ "C-bit taken", 0, true, L0 | CBIT, L0, 0,
	  PHYSMAP_FORBIDDEN, "X86-FMT-9", SME },
	/* Rights */
	{ "RW goes", 0, true, L0, L0 & ~RW, 0, PHYSMAP_TIGHTEN, "X86-TLB-8", PLAIN },
	{ "exec goes", 0, true, L0, L0 | NX, 0, PHYSMAP_TIGHTEN, "X86-TLB-8", PLAIN },
	{ "G goes", 0, true, L0 | G, L0, 0, PHYSMAP_TIGHTEN, "X86-TLB-8", PLAIN },
	{ "user goes", 0, true, L0 | US, L0, 0,
	  PHYSMAP_TIGHTEN, "X86-TLB-8", PLAIN },
	{ "exec goes, RW comes", 0, true, L0 & ~RW, L0 | NX, 0,
	  PHYSMAP_TIGHTEN, "X86-TLB-8", PLAIN },
	{ "pass 2: exec and the mark go, G comes", 1, true, L1 | EARLY,
	  L1 | NX | G, 0, PHYSMAP_TIGHTEN, "X86-TLB-8", PLAIN },
	{ "table loses RW", 2, true, T | 4096, (T & ~RW) | 4096, 0,
	  PHYSMAP_TIGHTEN, "X86-TLB-8", PLAIN },
	{ "RW comes", 0, true, L0 & ~RW, L0, 0, PHYSMAP_LOOSEN, "X86-TLB-7", PLAIN },
	{ "exec comes", 0, true, L0 | NX, L0, 0, PHYSMAP_LOOSEN, "X86-TLB-7", PLAIN },
	{ "G comes", 0, true, L0, L0 | G, 0, PHYSMAP_LOOSEN, "X86-TLB-9", PLAIN },
	{ "A and D come", 0, true, P | RW, L0, 0, PHYSMAP_NOOP, "X86-TLB-6", PLAIN },
	{ "soft bits", 0, true, L0, L0 | SOFT | EARLY, 0,
	  PHYSMAP_NOOP, "X86-TLB-6", PLAIN },
	{ "the same", 0, true, L0, L0, 0, PHYSMAP_NOOP, "X86-TLB-6", PLAIN },
};

static void machine_for(int on)
{
	struct physmap_x86_machine x86 = long4;

	x86.nx = on != NO_NX;
	x86.gbpages = on != NO_GB;
	x86.erratum_383 = on == ERRATUM;
	x86.encrypt = on == SME ? CBIT : 0;
	physmap_x86_geometry(&m.x86, &x86);
}

static struct physmap_verdict verdict(unsigned int level, bool live, u64 old,
				      u64 new, u64 child)
{
	const struct physmap_change c = {
		.level = level, .live = live, .old = old, .new = new,
		.child = child,
	};

	return m.x86.geo.format->transition(&m.x86.geo, &c);
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
 * Hardware's side of it, from the SDM: may a processor that still holds what
 * @old allowed be surprised by @new, and does it have to be told?
 */
enum danger { NONE, SPURIOUS, STALE, FATAL };

struct meaning {
	bool present, table;
	u64 frame, type;
	bool write, exec, user, global;
};

static struct meaning meaning(unsigned int level, u64 raw)
{
	const bool table = level && !(raw & PS);
	const struct meaning e = {
		.present = raw & P,
		.table = table,
		.frame = raw & FRAME & ~(level && !table ? PATL : 0),
		.type = table ? 0 :
			(raw & 0x18) | (raw & (level ? PATL : PAT0) ? 1 : 0),
		.write = raw & RW,
		.exec = !(raw & NX),
		.user = !table && (raw & US),
		.global = !table && (raw & G),
	};

	return e;
}

/* Are the leaf and the first of its would-be children the same memory? */
static bool same_memory(unsigned int level, u64 leaf, u64 child)
{
	const struct meaning a = meaning(level, leaf);
	const struct meaning b = meaning(level - 1, child);

	return b.present && !b.table && a.frame == b.frame &&
	       a.type == b.type && a.write == b.write && a.exec == b.exec &&
	       a.user == b.user && a.global == b.global;
}

static enum danger danger(unsigned int level, bool live, u64 old, u64 new,
			  u64 child)
{
	const struct meaning a = meaning(level, old), b = meaning(level, new);

	if (!b.present && new)
		return FATAL;		/* X86-FMT-8 */
	if (!a.present)			/* X86-TLB-5 */
		return old && new ? FATAL : NONE;
	if (!b.present)
		return STALE;		/* X86-TLB-8 */
	if (a.table && !b.table)	/* X86-ERR-1; nothing tells the frames */
		return FATAL;
	if (b.table && !a.table)	/* X86-TLB-1 */
		return same_memory(level, old, child) ? STALE : FATAL;
	if (a.frame != b.frame || a.type != b.type)
		return FATAL;		/* X86-TLB-2 */
	if (a.write > b.write || a.exec > b.exec || a.user > b.user ||
	    a.global > b.global)
		return STALE;		/* X86-TLB-8 */
	if (a.write < b.write || a.exec < b.exec || a.user < b.user)
		return SPURIOUS;	/* X86-TLB-7 */
	return NONE;
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

/* All entries that two frames and the bits that matter can make. */
static unsigned int alphabet(unsigned int level, u64 frame, u64 *entry)
{
	const u64 frames[] = { frame, frame + (1ULL << (12 + 9 * level)) };
	unsigned int f, bits, n = 0;

	entry[n++] = 0;
	entry[n++] = 0x1000;	/* somebody's */
	for (f = 0; f < 2; f++) {
		for (bits = 0; bits < 64; bits++)
			entry[n++] = P | A | D | frames[f] |
				     (level ? PS : 0) |
				     (bits & 1 ? RW : 0) | (bits & 2 ? NX : 0) |
				     (bits & 4 ? G : 0) | (bits & 8 ? PWT : 0) |
				     (bits & 16 ? level ? PATL : PAT0 : 0) |
				     (bits & 32 ? US : 0);
		if (level)
			entry[n++] = T | 0x5000 << f;
	}
	return n;
}

static void sweep_pair(unsigned int level, bool live, u64 old, u64 new,
		       u64 child)
{
	const struct physmap_verdict v = verdict(level, live, old, new, child);
	enum danger d = danger(level, live, old, new, child);
	enum danger is = admitted(v.transition);

	/* X86-TLB-9 is called a loosening, which asks for no flush either. */
	if (is == SPURIOUS && !strcmp(v.rule, "X86-TLB-9"))
		is = NONE;
	if (is != d)
		fail_msg("level %u live %d %#llx -> %#llx (child %#llx): %s",
			 level, live, (unsigned long long)old,
			 (unsigned long long)new, (unsigned long long)child,
			 v.rule);
}

static void the_sweep_agrees(void **state)
{
	u64 entry[256], child[256];
	unsigned int level, live, i, j, k;

	machine_for(PLAIN);
	for (level = 0; level < 3; level++) {
		const unsigned int n = alphabet(level, 8 * GB, entry);
		/* The first child's frame is the leaf's own, here to be added. */
		const unsigned int c = level ? alphabet(level - 1, 0, child) : 0;

		for (live = 0; live < 2; live++)
			for (i = 0; i < n; i++)
				for (j = 0; j < n; j++) {
					const bool split = level &&
						(entry[i] & P) && (entry[i] & PS) &&
						(entry[j] & P) && !(entry[j] & PS);

					sweep_pair(level, live, entry[i], entry[j], 0);
					for (k = 0; split && k < c; k++)
						sweep_pair(level, live, entry[i],
							   entry[j], child[k] |
							   (entry[i] & FRAME & ~PATL));
				}
	}
}

/* Real children of each leaf are always allowed, at every level. */
static void a_leafs_own_children_are_always_allowed(void **state)
{
	u64 entry[256];
	unsigned int level, i;

	machine_for(PLAIN);
	for (level = 1; level < 3; level++) {
		const unsigned int n = alphabet(level, 8 * GB, entry);

		for (i = 0; i < n; i++) {
			const struct physmap_geometry *geo = &m.x86.geo;
			u64 child;

			if (!(entry[i] & P) || !(entry[i] & PS))
				continue;
			child = geo->format->child(geo, level, entry[i]);
			assert_true(same_memory(level, entry[i], child));
			assert_int_equal(verdict(level, true, entry[i],
						 T | 0x5000, child).transition,
					 PHYSMAP_RESIZE);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("every row of the table gives its verdict and rule",
		      every_row_of_the_table),
		HOLDS("all pairs of a small alphabet agree with X86-TLB-1, -2, -5, -7, -8",
		      the_sweep_agrees),
		HOLDS("a leaf's own children are always allowed (X86-LNX-2)",
		      a_leafs_own_children_are_always_allowed),
	};

	return cmocka_run_group_tests_name("transition", tests, NULL, NULL);
}
