/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's view of one 64-bit PV guest: what each machine frame is used as, and
 * the hypercalls that change page tables. It works on machine frames only,
 * reads and writes entries through its owner, and keeps nothing outside of
 * struct xen_domain. Answers are those of Xen 4.17 (XENPV-1 to -48);
 * linear page tables and foreign domains are left out.
 */
#ifndef MODEL_XEN_DOMAIN_H
#define MODEL_XEN_DOMAIN_H

#include <linux/types.h>

#define XEN_P		0x1ULL
#define XEN_RW		0x2ULL
#define XEN_USER	0x4ULL
#define XEN_PWT		0x8ULL
#define XEN_PCD		0x10ULL
#define XEN_A		0x20ULL
#define XEN_D		0x40ULL
#define XEN_PSE		0x80ULL		/* above L1 */
#define XEN_PAT		0x80ULL		/* in L1 */
#define XEN_GLOBAL	0x100ULL
#define XEN_AVAIL	0xe00ULL
#define XEN_FRAME	0x000ffffffffff000ULL
#define XEN_AVAIL_HIGH	(0x7ffULL << 52)
#define XEN_KERNEL	(1ULL << 52)	/* Xen's mark on a kernel's L1 entry */
#define XEN_GRANT	(1ULL << 62)	/* Xen's mark in debug builds */
#define XEN_NX		(1ULL << 63)
#define XEN_CACHE	(XEN_PWT | XEN_PCD | XEN_PAT)

#define XEN_ENTRIES	512
#define XEN_NO_MFN	(XEN_FRAME >> 12)
/* XENPV-24 */
#define XEN_OWN_FIRST	256
#define XEN_OWN_LAST	271
/* Below it a non-present entry's address may hit the L1D (XENPV-20). */
#define XEN_L1TF_SAFE	(1ULL << 45)

/* Tables are numbered by their level, as Xen does. */
enum xen_type {
	XEN_TYPE_NONE,
	XEN_TYPE_L1,
	XEN_TYPE_L2,
	XEN_TYPE_L3,
	XEN_TYPE_L4,
	XEN_TYPE_WRITABLE,
};

enum xen_owner {
	XEN_OWNER_GUEST,	/* RAM of this guest */
	XEN_OWNER_SPECIAL,	/* the same, but of Xen's own heap */
	XEN_OWNER_IO,		/* not RAM */
	XEN_OWNER_IO_READ_ONLY,
	XEN_OWNER_OTHER,	/* RAM of somebody else */
};

/* How Xen deals with non-present entries that have an address (XENPV-20). */
enum xen_l1tf {
	XEN_L1TF_OFF,
	XEN_L1TF_SHADOW,	/* the guest gets shadow page tables */
	XEN_L1TF_CRASH,		/* the same of a Xen that has no such thing */
};

/**
 * struct xen_config - which Xen, which CPU, which guest
 * @nx: the CPU has NX
 * @io: the guest has I/O rights
 * @debug: a debug build of Xen
 * @l1tf: see there
 * @preempt_after: entries after which a long list is interrupted; 0: never
 */
struct xen_config {
	bool nx;
	bool io;
	bool debug;
	enum xen_l1tf l1tf;
	unsigned int preempt_after;
};

/**
 * struct xen_memory - the machine under the guest
 * @load: an entry of a frame
 * @store: writes one; false if somebody got in between (XENPV-25)
 * @owner: whose frame it is
 * @flush: translations are dropped: of @va, or of everything if @all; may be
 *	NULL
 * @preempted: a hypercall was interrupted; may be NULL
 * @m2p: the guest says which of its pages a frame is; may be NULL
 * @context: handed to each of them
 */
struct xen_memory {
	u64 (*load)(void *context, u64 mfn, unsigned int index);
	bool (*store)(void *context, u64 mfn, unsigned int index, u64 raw);
	enum xen_owner (*owner)(void *context, u64 mfn);
	void (*flush)(void *context, bool all, u64 va);
	void (*preempted)(void *context);
	void (*m2p)(void *context, u64 mfn, u64 pfn);
	void *context;
};

/**
 * struct xen_frame - what Xen knows of a frame
 * @known: the rest was filled in
 * @type: what it is used as; meaningless while @types is 0
 * @types: how often it is used as that
 * @refs: references of any kind, one for being the guest's included
 * @pinned: one of @types is a pin's
 * @dropped: a writable mapping of it was taken away, be it that others are left
 */
struct xen_frame {
	bool known;
	enum xen_type type;
	unsigned int types;
	unsigned int refs;
	bool pinned;
	bool dropped;
};

/**
 * struct xen_refusal - why the last thing was refused
 * @error: Xen's error
 * @rule: ID of the rule
 * @text: one sentence
 * @validating: it is about an entry of a table that was to be validated
 * @raced: all was well, but the entry could not be stored
 */
struct xen_refusal {
	int error;
	const char *rule;
	char text[160];
	bool validating;
	bool raced;
};

struct xen_block;

#define XEN_BUCKETS	4096

/**
 * struct xen_domain - a guest
 * @config: see there
 * @memory: see there
 * @bucket: frames, by blocks of neighbours
 * @base: L4 table in use
 * @why: why the last thing was refused
 * @adopting: tables of Xen's own builder are being typed
 * @keep: do not edit entries
 * @in_multicall: a multicall is under way
 * @shadowed: Xen has switched the guest to shadow page tables
 * @crashed: Xen has killed the guest
 * @warnings: "Global bit is set in kernel page" in Xen's log
 * @kernel_globals: kernel pages that were written with GLOBAL (XENPV-16)
 * @edits: entries that were not stored as the guest gave them
 * @fast: changes that took the fast path
 * @flushes: what Xen flushed by itself
 * @continuations: times a hypercall was interrupted and continued
 */
struct xen_domain {
	struct xen_config config;
	struct xen_memory memory;
	struct xen_block *bucket[XEN_BUCKETS];
	u64 base;
	struct xen_refusal why;
	bool adopting;
	bool keep;
	bool in_multicall;
	bool shadowed;
	bool crashed;
	u64 warnings;
	u64 kernel_globals;
	u64 edits;
	u64 fast;
	u64 flushes;
	u64 continuations;
};

/* Sub-commands of mmu_update, in bits 2:0 of @ptr (XENPV-22). */
#define XEN_UPDATE_NORMAL	0
#define XEN_UPDATE_M2P		1
#define XEN_UPDATE_PRESERVE_AD	2
#define XEN_UPDATE_UNTRANSLATED	3

struct xen_update {
	u64 ptr;
	u64 val;
};

/* The hypercall interface's own numbers. */
enum xen_mmuext_command {
	XEN_PIN_L1 = 0,
	XEN_PIN_L2 = 1,
	XEN_PIN_L3 = 2,
	XEN_PIN_L4 = 3,
	XEN_UNPIN = 4,
	XEN_NEW_BASEPTR = 5,
	XEN_TLB_FLUSH_LOCAL = 6,
	XEN_INVLPG_LOCAL = 7,
	XEN_TLB_FLUSH_MULTI = 8,
	XEN_INVLPG_MULTI = 9,
	XEN_TLB_FLUSH_ALL = 10,
	XEN_INVLPG_ALL = 11,
	XEN_FLUSH_CACHE = 12,
	XEN_MARK_SUPER = 19,
	XEN_UNMARK_SUPER = 20,
};

struct xen_mmuext {
	unsigned int cmd;
	u64 arg;	/* a frame, or an address */
};

/* Flags of update_va_mapping; who is to flush does not matter here. */
#define XEN_UVMF_NONE		0
#define XEN_UVMF_TLB_FLUSH	1
#define XEN_UVMF_INVLPG		2
#define XEN_UVMF_WHAT		3

#define XEN_CALL_MMU_UPDATE	1
#define XEN_CALL_MULTICALL	13
#define XEN_CALL_UPDATE_VA	14
#define XEN_CALL_MMUEXT		26

/* Pointers go into @args as numbers, as they do in the real one. */
struct xen_call {
	u64 op;
	long result;
	u64 args[6];
};

void xen_domain_start(struct xen_domain *d, const struct xen_config *config,
		      const struct xen_memory *memory);
void xen_domain_stop(struct xen_domain *d);
int xen_domain_adopt(struct xen_domain *d, u64 l4, bool edit);
void xen_domain_release(struct xen_domain *d, u64 mfn);

int xen_mmu_update(struct xen_domain *d, const struct xen_update *list,
		   unsigned int n, unsigned int *done);
int xen_update_va(struct xen_domain *d, u64 va, u64 raw, unsigned int flags);
int xen_mmuext(struct xen_domain *d, const struct xen_mmuext *list,
	       unsigned int n, unsigned int *done);
int xen_multicall(struct xen_domain *d, struct xen_call *list, unsigned int n);
int xen_plain_store(struct xen_domain *d, u64 mfn, unsigned int offset,
		    unsigned int bytes, u64 value);

const struct xen_frame *xen_frame(struct xen_domain *d, u64 mfn);
bool xen_is_table(const struct xen_frame *f);
bool xen_find_l1(struct xen_domain *d, u64 va, u64 *mfn, unsigned int *index);

#endif /* MODEL_XEN_DOMAIN_H */
