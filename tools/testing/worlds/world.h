/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A world: a simulated machine, the judge that hears its events, and the
 * specification that its memory is held against after every build. May touch
 * all of them; the first thing found wrong is kept as one line.
 */
#ifndef WORLDS_WORLD_H
#define WORLDS_WORLD_H

#include "arm64_machine.h"
#include "hypervisor.h"
#include "judge.h"
#include "spec.h"

#define KB	1024ULL
#define MB	(1024 * KB)
#define GB	(1024 * MB)

#define S4K	PHYSMAP_LEVEL(0)
#define S2M	(S4K | PHYSMAP_LEVEL(1))
#define S1G	(S2M | PHYSMAP_LEVEL(2))

#define WORLD_RAM	32
#define WORLD_CUTS	8

/* A tiny geometry: bits per level from the leaf tables up, 0 ends it. */
struct world_tiny {
	unsigned int bits[SPEC_LEVELS];
	u64 offset;	/* more than the map's usual one */
};

/* A guest with the first pages mapped, some of which hold its code. */
struct world_xen {
	u64 mapped_pfns;
	u64 code_start;
	u64 code_end;
	struct model_xen_boot boot;
};

/**
 * struct world_config - which machine
 * @x86: processor
 * @arm64: processor, NULL for an x86
 * @ram_start: of an arm64 machine: what its map begins with
 * @tiny: NULL for the processor's real geometry
 * @xen: NULL without Xen
 * @pcid: CR4.PCIDE
 * @cpus: processors
 * @live: hardware walks the map from the start
 */
struct world_config {
	struct physmap_x86_machine x86;
	const struct physmap_arm64_machine *arm64;
	u64 ram_start;
	const struct world_tiny *tiny;
	const struct world_xen *xen;
	bool pcid;
	unsigned int cpus;
	bool live;
};

/* What is to be refused, the @at-th time; not at all if @at is 0. */
struct world_trap {
	enum { TRAP_PAGE, TRAP_HOOK, TRAP_HYPERCALL } what;
	u64 at;
};

/**
 * struct world - see above
 * @m: machine
 * @a: the same, if it is an arm64
 * @judge: judge
 * @spec: the machine in the specification's words
 * @ram: RAM, ascending; none: everything is
 * @nr_ram: how many
 * @cuts: where the memory type changes
 * @after_boot: slots beyond a request stay, whatever they are (X86-LNX-5)
 * @before: memory as it was before the last request
 * @report: of the last request
 * @why: the last refusal
 * @tables_from: pages for tables come from here on
 * @trapped: the last trap did refuse something
 * @calls: pages, hooks and hypercalls that the last request asked for
 * @builds: so far
 * @over: a request was refused for good, as it must be: such a boot ends there
 * @failed: something was wrong; then @rule and @text say what
 */
struct world {
	union {
		struct model_machine m;
		struct model_arm64 a;
	};
	struct judge judge;
	struct spec_machine spec;
	struct {
		u64 start;
		u64 end;
	} ram[WORLD_RAM];
	unsigned int nr_ram;
	u64 cuts[WORLD_CUTS];
	bool after_boot;
	struct model_memory before;
	struct physmap_report report;
	struct physmap_refusal why;
	u64 tables_from;
	bool trapped;
	u64 calls[3];
	u64 builds;
	bool over;
	bool failed;
	char rule[40];
	char text[400];
};

void world_start(struct world *w, const struct world_config *config);
void world_stop(struct world *w);
void world_empty(struct world *w);
void world_cut(struct world *w, u64 pa);
void world_ram(struct world *w, u64 start, u64 end);
bool world_put(struct world *w, u64 va, unsigned int level, u64 raw);
void world_look(struct world *w);
int world_ask(struct world *w, const struct physmap_request *req,
	      const struct world_trap *trap);
int world_ask_half(struct world *w, const struct physmap_request *req,
		   const struct world_trap *trap);
__attribute__((format(printf, 3, 4)))
void world_fail(struct world *w, const char *rule, const char *fmt, ...);

/* ktap.c: results, for people and for the tally */
void ktap_plan(unsigned int tests);
__attribute__((format(printf, 2, 3)))
void ktap_result(bool ok, const char *fmt, ...);
const char *ktap_number(u64 n);
int ktap_end(void);

#endif /* WORLDS_WORLD_H */
