/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a build must come to, said without saying how: from the tables before
 * and the request follows what every page's address translates to afterwards.
 * Written from the rules (X86-LNX, X86-TLB, X86-MT, XENPV, ARM-BBM, ARM-CONT);
 * walks memory by itself, writes nothing and shares nothing with the engine but the request.
 */
#ifndef WORLDS_SPEC_H
#define WORLDS_SPEC_H

#include <physmap/request.h>
#include "memory.h"

#define SPEC_LEVELS	5

/* Bits of an entry, as the processor reads it. */
#define SPEC_P		0x1ULL
#define SPEC_RW		0x2ULL
#define SPEC_US		0x4ULL
#define SPEC_PWT	0x8ULL
#define SPEC_PCD	0x10ULL
#define SPEC_A		0x20ULL
#define SPEC_D		0x40ULL
#define SPEC_PS		0x80ULL
#define SPEC_PAT	0x80ULL		/* in a leaf table */
#define SPEC_G		0x100ULL
#define SPEC_MARK	0x400ULL	/* of a leaf that pass 2 is still to see */
#define SPEC_PAT_LARGE	0x1000ULL	/* above the leaf tables */
#define SPEC_FRAME	0x000ffffffffff000ULL
#define SPEC_NX		(1ULL << 63)

/* The same of an arm64 descriptor; above the leaf tables a page is a table. */
#define SPEC_ARM_PAGE	0x3ULL
#define SPEC_ARM_BLOCK	0x1ULL
#define SPEC_ARM_USER	(1ULL << 6)
#define SPEC_ARM_RDONLY	(1ULL << 7)
#define SPEC_ARM_INNER	(3ULL << 8)
#define SPEC_ARM_AF	(1ULL << 10)
#define SPEC_ARM_NG	(1ULL << 11)
#define SPEC_ARM_DBM	(1ULL << 51)
#define SPEC_ARM_CONT	(1ULL << 52)
#define SPEC_ARM_PXN	(1ULL << 53)
#define SPEC_ARM_UXN	(1ULL << 54)
#define SPEC_ARM_DIRTY	(1ULL << 55)
#define SPEC_ARM_MARK	(1ULL << 57)

/**
 * struct spec_machine - what the machine is like, and where its map is
 * @levels: levels of tables
 * @shift: per level from the leaf tables up: log2 of what an entry covers
 * @bits: per level: log2 of the entries in a table
 * @entry_size: 8 or 4
 * @encrypt: C-bit or 0
 * @nx: leaves can be kept from executing
 * @global: leaves may be global
 * @no_resize: no live entry may change its size (X86-ERR-2, ARM-BBM-2)
 * @arm64: descriptors of VMSAv8-64
 * @lpa2: of which the top bits of an address lie apart, as with TCR.DS
 * @el2: of a regime with one privilege
 * @group: per level: log2 of the leaves that may be a group (ARM-CONT-1)
 * @xen: Xen PV: entries hold machine frames, and Xen edits them (XENPV-15)
 * @leaf_levels: leaf sizes there are, level n as bit n
 * @cuts: where the memory type changes (X86-MT-1)
 * @nr_cuts: how many
 * @root: physical address of the root table
 * @offset: address = physical address + @offset
 * @va_limit: first address beyond the map
 * @pfn: machine frame -> pfn, NULL if they are the same
 * @has_frame: is there memory behind a page; NULL if always
 * @read_only: may a page not be mapped writable (XENPV-39); NULL if never
 * @stays: must a slot beyond a request stay as it is (X86-LNX-5)
 * @runs_code: does a page hold code of a guest of Xen's
 * @context: for the functions
 */
struct spec_machine {
	unsigned int levels;
	unsigned int shift[SPEC_LEVELS];
	unsigned int bits[SPEC_LEVELS];
	unsigned int entry_size;
	u64 encrypt;
	bool nx;
	bool global;
	bool no_resize;
	bool arm64;
	bool lpa2;
	bool el2;
	unsigned int group[SPEC_LEVELS];
	bool xen;
	u32 leaf_levels;
	const u64 *cuts;
	unsigned int nr_cuts;
	u64 root;
	u64 offset;
	u64 va_limit;
	u64 (*pfn)(u64 mfn);
	bool (*has_frame)(void *context, u64 pa);
	bool (*read_only)(void *context, u64 pa);
	bool (*stays)(void *context, u64 start, u64 end);
	bool (*runs_code)(void *context, u64 pa);
	void *context;
};

/**
 * struct spec_path - the last walk through a memory, for the next one
 * @mem: memory
 * @warm: the rest was filled in
 * @va: address
 * @level: where it ended
 * @entry: per level, what it came by
 * @page: per level, contents of the table
 */
struct spec_path {
	const struct model_memory *mem;
	bool warm;
	u64 va;
	unsigned int level;
	u64 entry[SPEC_LEVELS];
	const void *page[SPEC_LEVELS];
};

/**
 * struct spec - a request, and the tables it was made on
 * @machine: see there
 * @before: memory as it was
 * @req: the request, a sound one
 * @tables_from: pages from here ...
 * @tables_to: ... to here may have become tables, so Xen has them read-only
 * @was: the specification's own
 * @whole: the last group that was looked at: of a range, from an address on
 * @text: what was found wrong, one sentence
 */
struct spec {
	const struct spec_machine *machine;
	const struct model_memory *before;
	const struct physmap_request *req;
	u64 tables_from;
	u64 tables_to;
	struct spec_path was;
	struct {
		bool known;
		unsigned int range;
		unsigned int level;
		u64 first;
		bool is;
	} whole;
	char text[300];
};

/* Is memory what the request must come to? Else @spec->text says where not. */
bool spec_complete(struct spec *spec, const struct model_memory *now);
/* Is it a state that a build may stop in, every page old or new? */
bool spec_stopped(struct spec *spec, const struct model_memory *now);
/* Must a present leaf be split for it that must not be? */
bool spec_forbids(struct spec *spec, bool live);
/* Tables that can be reached from the root, itself included. */
u64 spec_tables(const struct spec_machine *machine,
		const struct model_memory *mem);

#endif /* WORLDS_SPEC_H */
