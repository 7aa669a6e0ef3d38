/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of arm64 processing elements (PEs) with caches and TLBs, on which the
 * step lists of arch/arm64/mm/physmap/steps.h run. It keeps no single history
 * but every state that hardware may be in: speculation, eviction, write
 * buffers and other PEs do whatever they may, at any moment. So a list that
 * breaks no rule here does not keep them by luck. Knows the architecture, not
 * the lists: what an operation does is said here, when it is due is not.
 *
 * The machine is small. A line has four words of 8 bytes, a page four lines;
 * a root table translates 16 pages by 16 words. TTBR1 translates addresses
 * with PE_HIGH, and what it does not translate is not mapped at all.
 */
#ifndef MODEL_PE_H
#define MODEL_PE_H

#include <linux/bits.h>
#include <linux/types.h>

#define PE_LINE_WORDS	4
#define PE_LINE		(PE_LINE_WORDS * 8ULL)
#define PE_PAGE_LINES	4
#define PE_PAGE		(PE_PAGE_LINES * PE_LINE)
#define PE_ENTRIES	16		/* of a table, which is a page */
#define PE_HIGH		(1ULL << 63)
#define PE_LINES	32		/* that a machine can have */
#define PE_PES		2
#define PE_VALUES	16		/* different ones of one word */

/* An entry: a page's address and these. */
#define PE_VALID	BIT(0)
#define PE_WRITE	BIT(1)
#define PE_EXEC		BIT(2)
#define PE_TYPE		(3u << 3)	/* memory type */
#define PE_NORMAL	(0u << 3)	/* write-back, inner shareable */
#define PE_UNCACHED	(1u << 3)
#define PE_DEVICE	(2u << 3)

/* Bits of SCTLR that count here. */
#define PE_SCTLR_M	BIT(0)
#define PE_SCTLR_I	BIT(12)
#define PE_DAIF		0x3c0ULL

/* Operands of a step: registers and domains. */
enum pe_operand {
	PE_NO_OPERAND,
	x0, x1, x2, x3, x4, x5, x6, x7, xzr,
	sy, ish, ishst, nsh, nshst,
};

enum pe_operation {
	PE_read_daif, PE_write_daif, PE_mask_daif,
	PE_read_sctlr, PE_clear_m, PE_write_sctlr,
	PE_write_mair, PE_write_tcr, PE_write_ttbr0, PE_write_ttbr1,
	PE_tlbi_all, PE_tlbi_va_is, PE_ic_all,
	PE_dsb, PE_dmb, PE_isb,
	PE_move, PE_store, PE_own_code, PE_return,
	PE_clean_poc, PE_clean_inval_poc, PE_inval_poc,
	/* what a processor has too, and no list should use where it hurts */
	PE_clean_pou, PE_inval_whole_lines, PE_set_way, PE_tlbi_all_is,
	PE_tlbi_va, PE_push,
};

/**
 * struct pe_step - a step, as steps.h has it
 * @number: as written there
 * @operation: what is done
 * @operand: with what
 * @rule: rule that it keeps
 * @why: how
 */
struct pe_step {
	unsigned int number;
	enum pe_operation operation;
	enum pe_operand operand[2];
	const char *rule;
	const char *why;
};

#define PE_STEPS	32		/* at most, in a list */

/**
 * struct pe_sequence - a list of steps
 * @name: of the function that is made of it
 * @steps: steps; those that are not there have no number
 */
struct pe_sequence {
	const char *name;
	struct pe_step steps[PE_STEPS];
};

enum pe_level {
	PE_EL1,
	PE_EL2,			/* one TTBR */
	PE_LEVELS,
};

enum pe_list {
	PE_switch_ttbr1,
	PE_switch_ttbr,
	PE_mmu_off,
	PE_mmu_on,
	PE_clean,
	PE_replace,
	PE_LISTS,
};

/* All lists, for each exception level. */
struct pe_lists {
	struct pe_sequence of[PE_LEVELS][PE_LISTS];
};

/**
 * struct pe_register - a system register
 * @value: what it may be as far as hardware goes: a write is in force at
 *	some moment before the next ISB
 * @count: how many values; the last one is what was written last
 */
struct pe_register {
	u64 value[8];
	unsigned int count;
};

/* How far a TLBI has come with a translation. */
enum pe_stage {
	PE_HELD,
	PE_DROPPED,		/* no DSB has waited for the TLBI */
	PE_GONE,		/* no ISB has come, so the pipeline may know it */
};

/* A translation that a PE may use, and why it still may. */
struct pe_translation {
	u64 root;		/* of the table that it came from */
	u64 va;
	u64 entry;
	enum pe_stage stage;
	const char *rule;
	const char *why;
};

#define PE_TRANSLATIONS	128

/**
 * struct pe - a processing element
 * @on: takes part at all: its own MMU is as its registers say
 * @alias: everything is mapped cacheable for it, whatever its registers say: a
 *	hypervisor, a toolstack, other PEs (ARM-CACHE-6)
 * @daif: interrupt masks
 * @interrupt_va: address that an interrupt would use, 0 for none
 * @x: registers
 */
struct pe {
	bool on;
	bool alias;
	u64 daif;
	u64 interrupt_va;
	u64 interrupt_pa;	/* which it translates to when all is well */
	u64 x[8];
	struct pe_register sctlr, mair, tcr, ttbr[2];
	struct pe_translation tlb[PE_TRANSLATIONS];
	unsigned int translations;
	bool entry_unsynced;	/* an entry was made, an ISB has not come */
	bool ic_waits;		/* an IC was issued, no DSB has waited for it */
	bool ic_unsynced;
	bool was_off;		/* since the last IC */
};

struct pe_line;

/**
 * struct pe_violation - a broken rule
 * @rule: its ID
 * @scene: what was going on
 * @where: list and step, or after which list
 * @text: one sentence
 */
struct pe_violation {
	const char *rule;
	const char *scene;
	char where[64];
	char text[200];
};

/**
 * struct pe_machine - PEs and their memory
 * @level: exception level of all that runs
 * @pe: processing elements; 0 runs the lists
 * @line: lines of memory
 * @lines: how many
 * @code: first address of the page that holds the lists' code
 * @code_va: where it runs
 * @violations: how many were found, of different rules or places
 * @scene: what goes on
 * @heard: called for each
 * @list: under way, or the last one
 * @step: under way, or NULL
 * @before: operation of the step before it
 * @stack_va: where PE_push stores
 */
struct pe_machine {
	enum pe_level level;
	struct pe pe[PE_PES];
	struct pe_line *line[PE_LINES];
	unsigned int lines;
	u64 code;
	u64 code_va;
	unsigned int violations;
	const char *scene;
	void (*heard)(const struct pe_violation *v);
	const char *list;
	const struct pe_step *step;
	enum pe_operation before;
	u64 stack_va;
};

/* pe_steps.c: the lists as they are */
extern const struct pe_lists pe_lists;

/* pe.c: registers, TLBs, what steps do */
void pe_start(struct pe_machine *m, enum pe_level level, const char *scene,
	      void (*heard)(const struct pe_violation *v));
void pe_stop(struct pe_machine *m);
void pe_set(struct pe_register *reg, u64 value);
void pe_run(struct pe_machine *m, const struct pe_sequence *sequence);
u64 pe_load(struct pe_machine *m, unsigned int n, u64 va);
void pe_store(struct pe_machine *m, unsigned int n, u64 va, u64 value);
void pe_store_odd(struct pe_machine *m, unsigned int n, u64 va);
void pe_execute(struct pe_machine *m, u64 va);
void pe_barrier(struct pe_machine *m);
bool pe_mmu_may_be(const struct pe_machine *m, unsigned int n, bool on);
bool pe_may_cache(const struct pe_machine *m, unsigned int n, u64 pa);
bool pe_may_fetch(const struct pe_machine *m, u64 pa);
bool pe_icache_may_be(const struct pe_machine *m, bool on);
__printf(3, 4)
void pe_violate(struct pe_machine *m, const char *rule, const char *fmt, ...);

/* pe_scenes.c: what lists are tried in */
void pe_scenes(const struct pe_lists *lists,
	       void (*heard)(const struct pe_violation *v));

/* pe_cache.c: lines, and every state that they may be in */

/* How a line is looked at. */
enum pe_look {
	PE_CACHED,		/* by a load, coherently */
	PE_WALK,		/* by a table walk: so too, but past write buffers */
	PE_PAST_CACHES,		/* by a load with the MMU off */
	PE_FETCH,		/* by instruction fetch */
};

/* What is done to a line, now or when buffers and hardware like. */
enum pe_action {
	PE_NOTHING,
	PE_WRITE_CACHED,
	PE_WRITE_PAST_CACHES,
	PE_DC_CVAC,
	PE_DC_CVAU,
	PE_DC_CIVAC,
	PE_DC_IVAC,
};

/* What a DSB waits for. */
enum pe_wait {
	PE_WAIT_STORES,
	PE_WAIT_ALL,
};

void pe_memory(struct pe_machine *m, u64 pa, unsigned int lines);
void pe_memory_free(struct pe_machine *m);
void pe_put(struct pe_machine *m, u64 pa, u64 value);
void pe_put_stale(struct pe_machine *m, u64 pa, u64 value);
u64 pe_truth(const struct pe_machine *m, u64 pa);
bool pe_is_memory(const struct pe_machine *m, u64 pa);
unsigned int pe_look(const struct pe_machine *m, unsigned int n,
		     enum pe_look how, u64 pa, u64 values[PE_VALUES]);
void pe_look_hard(struct pe_machine *m, unsigned int n, enum pe_look how,
		  u64 pa);
void pe_do(struct pe_machine *m, unsigned int n, enum pe_action action,
	   u64 pa, u64 value);
void pe_order(struct pe_machine *m, unsigned int n);
void pe_finish(struct pe_machine *m, enum pe_wait wait);
void pe_drop_code(struct pe_machine *m);
void pe_speculate(struct pe_machine *m);

#endif /* MODEL_PE_H */
