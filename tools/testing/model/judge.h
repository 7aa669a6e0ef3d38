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

/**
 * struct judge_machine - what is to be judged by
 * @levels: levels of tables; the root is at level @levels - 1
 * @level: per level, from the leaf tables upwards: log2 of the bytes that an
 *	entry covers and of the entries in a table
 * @entry_size: 8, or 4 (i386 without PAE)
 * @pa_bits: MAXPHYADDR
 * @cpus: processors that may use the map, at most JUDGE_CPUS
 * @encrypt: C-bit or 0
 * @nx: EFER.NXE
 * @pse: leaves above 4K exist
 * @gbpages: 1G leaves exist
 * @pge: CR4.PGE: the G bit counts
 * @pcid: CR4.PCIDE: other PCIDs may hold translations of this map
 * @erratum_383: AMD family 10h (X86-ERR-2)
 * @itlb_multihit: Intel, no PSCHANGE_MC_NO (X86-ERR-1)
 * @xen: a Xen PV guest; entries hold machine addresses
 * @xen_io: and it may map I/O memory (XENPV-19)
 */
struct judge_machine {
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
	char text[200];
	u64 number;
	struct physmap_event event;
	u64 va;
};

/* What a translation allows and is. */
#define JUDGE_WRITE	BIT(0)
#define JUDGE_EXEC	BIT(1)
#define JUDGE_USER	BIT(2)
#define JUDGE_RIGHTS	(JUDGE_WRITE | JUDGE_EXEC | JUDGE_USER)
#define JUDGE_GLOBAL	BIT(3)
#define JUDGE_ENCRYPTED	BIT(4)
#define JUDGE_TYPE	(7u << 8)	/* index of the memory type */

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
};

struct judge_tables;
struct judge_tlb;
struct judge_xen;

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
 * @tables: the judge's own copy of the table pages
 * @tlb: what may be cached
 * @xen: page types, under Xen
 * @xen_ready: Xen knows the tables that were found
 * @root: the root table's address
 * @offset: of the map: address = physical address + @offset
 * @build: the build under way; its @kind is 0 if there is none
 * @pass: PHYSMAP_PASS_* of it, 0 before the first
 * @flushed: a flush has come since the last change of shape
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
	struct judge_tables *tables;
	struct judge_tlb *tlb;
	struct judge_xen *xen;
	bool xen_ready;
	u64 root;
	u64 offset;
	struct physmap_event build;
	unsigned int pass;
	bool flushed;
	u64 refused;
	u64 builds;
	u64 stores;
	u64 flushes;
};

/* judge.c: events, and what must hold between them */
void judge_machine_x86(struct judge_machine *machine, unsigned int levels);
void judge_start(struct judge *j, const struct judge_machine *machine);
void judge_finish(struct judge *j);
void judge_stop(struct judge *j);
bool judge_live(const struct judge *j);
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
void judge_tables_root(struct judge *j, u64 root, u64 offset);
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
void judge_tlb_deadline(struct judge *j);

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
