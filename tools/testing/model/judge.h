/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A judge: replays events on a machine of its own and says after which one a
 * rule of the hardware or of the hypervisor is broken. It knows processors
 * and Xen, not the engine: its memory, its walk, its TLB and its page types
 * are its own. Simulated machines hand it their events as they happen, the
 * checker those of a trace.
 */
#ifndef MODEL_JUDGE_H
#define MODEL_JUDGE_H

#include <physmap/event.h>

#define JUDGE_LEVELS	5
#define JUDGE_CPUS	8

enum judge_arch {
	JUDGE_X86,	/* with Xen PV */
	JUDGE_ARM64,	/* VMSAv8-64, stage 1 */
};

/**
 * struct judge_machine - what is to be judged by
 * @arch: whose processors these are
 * @levels: levels of tables; the root is at level @levels - 1
 * @level: per level, from the leaf tables upwards: log2 of the bytes that an
 *	entry covers and of the entries in a table
 * @entry_size: 8, or 4 (i386 without PAE)
 * @pa_bits: MAXPHYADDR; on arm64 what TCR.IPS says
 * @cpus: processors that may use the map, at most JUDGE_CPUS
 * @encrypt: C-bit or 0
 * @nx: EFER.NXE; arm64 always has PXN
 * @pse: leaves above 4K exist
 * @gbpages: 1G leaves exist
 * @pge: CR4.PGE: the G bit counts
 * @pcid: CR4.PCIDE: other PCIDs may hold translations of this map; on arm64
 *	other ASIDs always may
 * @erratum_383: AMD family 10h (X86-ERR-2)
 * @itlb_multihit: Intel, no PSCHANGE_MC_NO (X86-ERR-1)
 * @xen: a Xen PV guest; entries hold machine addresses
 * @xen_io: and it may map I/O memory (XENPV-19)
 * @lpa2: arm64: TCR.DS
 * @el2: arm64: a regime with one privilege
 * @bbm: arm64: level of FEAT_BBM that all the processors have (ARM-BBM-6)
 */
struct judge_machine {
	enum judge_arch arch;
	unsigned int levels;
	struct {
		unsigned int shift;
		unsigned int bits;
	} level[JUDGE_LEVELS];
	unsigned int entry_size;
	unsigned int pa_bits;
	unsigned int cpus;
	u64 encrypt;
	bool nx;
	bool pse;
	bool gbpages;
	bool pge;
	bool pcid;
	bool erratum_383;
	bool itlb_multihit;
	bool xen;
	bool xen_io;
	bool lpa2;
	bool el2;
	unsigned int bbm;
};

/**
 * struct judge_violation - a broken rule
 * @rule: its ID
 * @text: one sentence
 * @number: of the event, from 1
 * @event: the event
 * @va: address that it is about
 */
struct judge_violation {
	const char *rule;
	char text[256];
	u64 number;
	struct physmap_event event;
	u64 va;
};

/* What a translation allows and is. */
#define JUDGE_WRITE	BIT(0)
#define JUDGE_EXEC	BIT(1)	/* by the kernel */
#define JUDGE_USER	BIT(2)
#define JUDGE_USER_EXEC	BIT(3)	/* arm64: not UXN */
#define JUDGE_RIGHTS	(JUDGE_WRITE | JUDGE_EXEC | JUDGE_USER | JUDGE_USER_EXEC)
#define JUDGE_GLOBAL	BIT(4)
#define JUDGE_ENCRYPTED	BIT(5)
#define JUDGE_CONTIG	BIT(6)	/* arm64: may be cached with its group */
#define JUDGE_NT	BIT(7)	/* arm64: a block that is kept out of TLBs */
#define JUDGE_TYPE	(0x1fu << 8)	/* memory type; arm64: and shareability */

/**
 * struct judge_leaf - what a walk ends with
 * @present: a translation; else the rest says where the walk ended
 * @level: level of the last entry looked at
 * @va: first address that the entry translates
 * @frame: physical (under Xen: machine) address of the leaf's frame
 * @attrs: JUDGE_*, of all entries on the way taken together
 * @table: page that holds the entry
 * @index: its slot
 * @raw: the entry
 * @build: number of the build that filled it, 0 if it was found
 */
struct judge_leaf {
	bool present;
	unsigned int level;
	u64 va;
	u64 frame;
	u32 attrs;
	u64 table;
	unsigned int index;
	u64 raw;
	u64 build;
};

struct judge_tables;
struct judge_tlb;
struct judge_groups;
struct judge_xen;
struct judge;

/**
 * struct judge_pair - two translations of one address
 * @old_level: level of the one that may be cached
 * @old_attrs: JUDGE_* of it
 * @new_level: level of the one that has come into memory
 * @new_attrs: JUDGE_* of it
 * @frame: they translate to different addresses
 * @one_store: the store that brought the new one took the old one away
 */
struct judge_pair {
	unsigned int old_level;
	u32 old_attrs;
	unsigned int new_level;
	u32 new_attrs;
	bool frame;
	bool one_store;
};

/* What every judge looks for; an architecture names the rule for each. */
enum judge_finding {
	JUDGE_TABLE_IN_USE,	/* taken for a new table, and is one */
	JUDGE_EMPTY_LINK,	/* published before it was filled */
	JUDGE_KEPT_CHANGED,	/* was there before the build */
	JUDGE_VAIN_BREAK,	/* unmapped and mapped again, without need */
	JUDGE_HALF_STORE,
	JUDGE_NO_BOUNDARY,	/* no flush between the passes */
	JUDGE_OTHER_TABLE,	/* and a walk cache may have the old one */
	JUDGE_TABLE_REUSED,	/* while a walk cache may have it */
	JUDGE_VAIN_FLUSH,
	JUDGE_OUTLIVES,		/* a right that was taken away */
	JUDGE_TWO_SIZES,	/* cached, and the build is over */
	JUDGE_WX_MOMENT,	/* new memory, writable and executable */
	JUDGE_UNSEEN_TABLE,	/* linked before its entries are visible */
	JUDGE_UNSEEN_ENTRY,	/* new, no barrier came */
	JUDGE_NO_ISB,		/* after a flush */
	JUDGE_FINDINGS,
};

/* Why a translation outlived a flush. */
enum judge_survived {
	JUDGE_NO_FLUSH,
	JUDGE_ONE_PAGE,		/* only a part was flushed */
	JUDGE_KEPT_CR3,		/* CR3 with bit 63 */
	JUDGE_OTHER_PCID,	/* or ASID */
	JUDGE_IS_GLOBAL,
	JUDGE_OTHER_CPU,
	JUDGE_LEAF_ONLY,	/* walk caches were not flushed */
	JUDGE_NOT_SEEN,		/* walks did not see the store yet */
	JUDGE_NOT_DONE,		/* nobody waited for the flush */
	JUDGE_ISB_ONLY,		/* an ISB is not waiting */
	JUDGE_DONE_HERE,	/* waited for on this CPU only */
	JUDGE_SURVIVALS,
};

/**
 * struct judge_rule - a rule's ID and a sentence
 * @rule: ID
 * @text: what is wrong
 */
struct judge_rule {
	const char *rule;
	const char *text;
};

/**
 * struct judge_format - an architecture: how its processors read entries,
 *	and what they may have cached; all pure
 * @present: bit of an entry that is present
 * @accessed: bits that processors change by themselves
 * @barriers: stores are seen and flushes are done only after barriers, and a
 *	map that is not live is not judged by what may be cached
 * @together: what may come of two translations that contradict each other
 * @leaf: is a present entry one
 * @address: of the frame or table that an entry points to
 * @rights: JUDGE_RIGHTS that an entry lets through
 * @attrs: JUDGE_* of a leaf that are not rights
 * @reserved: rule that a present entry breaks by itself, or NULL
 * @absent: rule that an entry which is not present breaks, or NULL
 * @group: log2 of the leaves of a level that may be cached as one; 0 for none
 * @conflict: rule that two translations break by being cached together, or
 *	NULL
 * @rules: rule ID of each finding, NULL where it is none
 * @survived: why a flush has left something
 */
struct judge_format {
	u64 present;
	u64 accessed;
	bool barriers;
	const char *together;
	bool (*leaf)(unsigned int level, u64 raw);
	u64 (*address)(const struct judge_machine *m, unsigned int level,
		       u64 raw);
	u32 (*rights)(const struct judge_machine *m, unsigned int level,
		      u64 raw);
	u32 (*attrs)(const struct judge_machine *m, unsigned int level,
		     u64 raw);
	const char *(*reserved)(const struct judge_machine *m,
				unsigned int level, u64 raw);
	const char *(*absent)(const struct judge_machine *m, u64 raw);
	unsigned int (*group)(const struct judge_machine *m,
			      unsigned int level);
	const char *(*conflict)(const struct judge_machine *m, bool live,
				const struct judge_pair *p);
	const char *rules[JUDGE_FINDINGS];
	struct judge_rule survived[JUDGE_SURVIVALS];
};

extern const struct judge_format judge_format_x86;
extern const struct judge_format judge_format_arm64;

/**
 * struct judge - a judge at work
 * @recorder: what a map is given; it gets the events
 * @machine: see there
 * @events: events so far
 * @violations: how many rules were found broken
 * @first: the first of them
 * @heard: called for each, may be NULL
 * @context: the caller's own, for @heard
 * @event: the one being judged
 * @format: the machine's architecture
 * @tables: the judge's own copy of the table pages
 * @tlb: what may be cached
 * @groups: contiguous groups that are not whole, on arm64
 * @xen: page types, under Xen
 * @xen_ready: Xen knows the tables that were found
 * @root: the root table's address
 * @offset: of the map: address = physical address + @offset
 * @build: the build under way; its @kind is 0 if there is none
 * @pass: PHYSMAP_PASS_* of it, 0 before the first
 * @shaped: the build has a pass 1; one without takes rights from what stands
 * @flushed: a flush has come since the last change of shape
 * @visible: the last event after which every CPU's walks saw all stores
 * @refused: hypercalls that the hypervisor refused in this build
 * @builds: builds begun
 * @stores: entries written so far
 * @flushes: flushes so far
 */
struct judge {
	struct physmap_recorder recorder;
	struct judge_machine machine;
	u64 events;
	u64 violations;
	struct judge_violation first;
	void (*heard)(struct judge *j, const struct judge_violation *v);
	void *context;
	struct physmap_event event;
	const struct judge_format *format;
	struct judge_tables *tables;
	struct judge_tlb *tlb;
	struct judge_groups *groups;
	struct judge_xen *xen;
	bool xen_ready;
	u64 root;
	u64 offset;
	struct physmap_event build;
	unsigned int pass;
	bool shaped;
	bool flushed;
	u64 visible;
	u64 refused;
	u64 builds;
	u64 stores;
	u64 flushes;
};

/* judge.c: events, and what must hold between them */
void judge_machine_x86(struct judge_machine *machine, unsigned int levels);
void judge_machine_arm64(struct judge_machine *machine, unsigned int page_shift,
			 unsigned int va_bits);
void judge_start(struct judge *j, const struct judge_machine *machine);
void judge_finish(struct judge *j);
void judge_stop(struct judge *j);
bool judge_live(const struct judge *j);
bool judge_walked(const struct judge *j);
const char *judge_rule(const struct judge *j, enum judge_finding finding);
__printf(4, 5)
void judge_violate(struct judge *j, const char *rule, u64 va,
		   const char *fmt, ...);

/* judge_tables.c: table pages, and what addresses they translate */
struct judge_role {
	unsigned int level;
	u64 va;			/* first address that slot 0 translates */
	u32 attrs;		/* what the entries above let through */
};

/* By whom an entry was filled. */
enum judge_made {
	JUDGE_FOUND,
	JUDGE_MADE,
	JUDGE_MADE_EXEC,	/* by a build that was asked for EXEC */
};

struct judge_tables *judge_tables_start(struct judge *j);
void judge_tables_stop(struct judge_tables *tables);
void judge_tables_root(struct judge *j, u64 root, u64 va);
void judge_tables_taken(struct judge *j, u64 table);
void judge_found(struct judge *j, u64 table, unsigned int index, u64 raw);
u64 judge_load(struct judge *j, u64 table, unsigned int index);
/* Puts an entry into memory; whatever follows from that is judged. */
void judge_store(struct judge *j, u64 table, unsigned int index, u64 raw);
struct judge_leaf judge_walk(struct judge *j, u64 va);
u64 judge_sum(struct judge *j, u64 va, u64 last);
bool judge_is_table(struct judge *j, u64 table);
enum judge_made judge_made(struct judge *j, const struct judge_leaf *leaf);
u64 judge_size(const struct judge *j, unsigned int level);
u64 judge_group_size(const struct judge *j, unsigned int level);
bool judge_slot(struct judge *j, u64 table, unsigned int level,
		unsigned int index, struct judge_leaf *leaf);
void judge_each_leaf(struct judge *j, u64 va, u64 last,
		     void (*each)(struct judge *j,
				  const struct judge_leaf *leaf));

/* judge_tlb.c: what may be cached, and what must not be together */
struct judge_tlb *judge_tlb_start(struct judge *j);
void judge_tlb_stop(struct judge_tlb *tlb);
void judge_tlb_forget(struct judge *j);
void judge_tlb_gone(struct judge *j, const struct judge_leaf *old);
void judge_tlb_table_gone(struct judge *j, unsigned int level, u64 va,
			  u64 table);
void judge_tlb_come(struct judge *j, const struct judge_leaf *new, bool fresh);
void judge_tlb_table_come(struct judge *j, unsigned int level, u64 va,
			  u64 table);
void judge_tlb_written(struct judge *j, u64 table);
void judge_tlb_flush(struct judge *j, unsigned int detail, u64 va);
void judge_tlb_barrier(struct judge *j, unsigned int which);
void judge_tlb_deadline(struct judge *j);

/* judge_groups.c: contiguous groups are whole (ARM-CONT) */
struct judge_groups *judge_groups_start(void);
void judge_groups_stop(struct judge_groups *groups);
void judge_groups_forget(struct judge *j);
void judge_groups_written(struct judge *j, u64 table,
			  const struct judge_role *role, unsigned int index,
			  u64 old, u64 new);
void judge_groups_event(struct judge *j);
void judge_groups_deadline(struct judge *j);

/* judge_xen.c: hypercalls and stores of a Xen PV guest */
struct judge_xen *judge_xen_start(struct judge *j);
void judge_xen_stop(struct judge_xen *xen);
/* ROOT has come and the FOUND after it: types are taken from the tables. */
void judge_xen_found(struct judge *j, u64 root);
/* STORE, MMU_UPDATE, UPDATE_VA, PIN: applies it as Xen does. */
void judge_xen_event(struct judge *j, const struct physmap_event *e);
/* DONE: anything that only shows at the end. */
void judge_xen_done(struct judge *j, const struct physmap_event *e);

#endif /* MODEL_JUDGE_H */
