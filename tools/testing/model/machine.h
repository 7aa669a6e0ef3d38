/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated machine as a backend of the engine: hooks over simulated
 * memory that pass on to the real backend's functions, and write down every
 * event so that a test can judge the order. Any hook can be made to refuse.
 */
#ifndef MODEL_MACHINE_H
#define MODEL_MACHINE_H

#include "memory.h"
#include "mmu.h"
#include "xen.h"	/* arch/x86/mm/physmap */

enum model_event_kind {
	MODEL_WRITE,
	MODEL_PROTECT,
	MODEL_LINK,
	MODEL_FLUSH,
	/* What the Xen model was asked for. */
	MODEL_XEN_UPDATE,	/* one entry of an mmu_update */
	MODEL_XEN_PIN,
	MODEL_XEN_FLUSH,
};

/**
 * struct model_event - something that was about to be done
 * @kind: what
 * @level: level of the table written to
 * @table: page written to; of a pin the page pinned
 * @va: first address that the slot translates
 * @index: first slot
 * @count: slots
 * @first: raw value of the first; of a link the value
 * @set: of a protect
 * @clear: of a protect
 * @child: of a link: the table published
 * @unlinked: as the engine said
 */
struct model_event {
	enum model_event_kind kind;
	unsigned int level;
	u64 table;
	u64 va;
	unsigned int index;
	unsigned int count;
	u64 first;
	u64 set;
	u64 clear;
	u64 child;
	bool unlinked;
};

#define MODEL_RAM_RANGES	4
#define MODEL_QUESTIONS		16

/**
 * struct model_machine - a machine
 * @map: the map ...
 * @xmap: ... and for the Xen backend the same with what that has besides
 * @x86: geometry, of x86 machines; others keep theirs beside this struct
 * @pge: CR4.PGE is set
 * @mem: memory
 * @cpu: the processor's view of the same map, if it is an x86
 * @hooks: the engine's view of this machine
 * @backend: write, protect, link and flush that hooks pass on to
 * @ram: RAM, for requests and for tails; all zero: everything is
 * @alias_start: frames from here ...
 * @alias_end: ... to here are mapped a second time ...
 * @alias_va: ... at this address
 * @code_start: frames from here ...
 * @code_end: ... to here hold code; only a hypervisor's guest is asked
 * @reason: what the machine answers when an audit asks why
 * @event: log
 * @events: how many
 * @before: called before each event is carried out, may be NULL
 * @called: calls of write, protect, link and flush so far
 * @refuse_at: which of these is refused; 0 for none
 * @reads: times a table was looked at
 * @clock: ticks at each look
 * @bad_release: pages given back that were not handed out
 */
struct model_machine {
	union {
		struct physmap_map map;
		struct physmap_xen_map xmap;
	};
	struct physmap_x86 x86;
	bool pge;
	struct model_memory mem;
	struct model_cpu cpu;
	struct physmap_hooks hooks;
	const struct physmap_hooks *backend;
	struct {
		u64 start;
		u64 end;
	} ram[MODEL_RAM_RANGES];
	u64 alias_start;
	u64 alias_end;
	u64 alias_va;
	u64 code_start;
	u64 code_end;
	const char *reason[MODEL_QUESTIONS];
	struct model_event *event;
	unsigned int events;
	void (*before)(struct model_machine *m, const struct model_event *e);
	u64 called;
	u64 refuse_at;
	u64 reads;
	u64 clock;
	u64 bad_release;
};

#define MODEL_REFUSAL	(-ENODEV)
/* In the pages that the engine is given; bits 47 to 16 tell the words apart. */
#define MODEL_GARBAGE	0xdead000000000463ULL

void model_start_bare(struct model_machine *m,
		      const struct physmap_geometry *geo, u64 tables_from);
void model_start(struct model_machine *m, const struct physmap_x86_machine *x86,
		 u64 tables_from);
void model_stop(struct model_machine *m);
void model_record(struct model_machine *m, const struct model_event *e);
struct model_translation model_look(struct model_machine *m, u64 va);

#endif /* MODEL_MACHINE_H */
