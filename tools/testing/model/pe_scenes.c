// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scenes for the step lists of arch/arm64/mm/physmap/steps.h, on the model of a
 * PE: what a caller has done before, the list, and what is relied on after it.
 * Each is harder than need be, so that every step has work to do: code that is
 * clean to the PoU only, lines shared with a neighbour, stale caches.
 */
#include <stdio.h>
#include "pe.h"

/* Pages, 1:1 where they are mapped 1:1. */
#define PAGE(n)		((n) * PE_PAGE)
#define CODE		PAGE(1)
#define PATCHED		(CODE + PE_LINE)	/* code that was changed */
#define READ		PAGE(2)
#define WRITTEN		PAGE(3)
#define VECTORS		PAGE(4)
#define OTHER		PAGE(6)
#define STACK		PAGE(7)
#define IDMAP		PAGE(20)
#define OLD		PAGE(21)
#define NEW		PAGE(22)
#define EMPTY		PAGE(23)

/* In the low half of EL2 there is no room for two of everything. */
#define VECTORS_SLOT	8
#define STACK_SLOT	9
#define TABLE_SLOT	10
#define PAGE_SLOT	11

#define DATA		(PE_VALID | PE_WRITE)
#define TEXT		(PE_VALID | PE_EXEC)

#define MAIR		0xffULL
#define TCR		0x10ULL

static struct pe_machine m;
static const struct pe_lists *tried;
static void (*listener)(const struct pe_violation *v);

static void expect(bool as_expected, const char *what)
{
	if (!as_expected)
		pe_violate(&m, "UNEXPECTED", "%s", what);
}

static void set(u64 table, unsigned int slot, u64 entry)
{
	pe_put(&m, table + slot * 8, entry);
}

/* A store through a mapping that is none of this scene's business. */
static void write_cached(u64 pa, u64 value)
{
	pe_do(&m, 0, PE_WRITE_CACHED, pa, value);
}

/* New code, as a loader leaves it: the PoU has it, memory need not. */
static void load_code(u64 pa)
{
	write_cached(pa, 2);
	pe_do(&m, 0, PE_DC_CVAU, pa, 0);
	pe_barrier(&m);
	pe_drop_code(&m);
}

/*
 * The list's code, 1:1 by TTBR0; vectors and a stack that are not. What a
 * hypervisor or another PE may hold in its caches is anything (ARM-CACHE-6).
 */
static void begin(const char *name, enum pe_level level)
{
	struct pe *pe = &m.pe[0];
	const u64 home = level == PE_EL1 ? OLD : IDMAP;
	const u64 half = level == PE_EL1 ? PE_HIGH : 0;

	pe_start(&m, level, name, listener);
	m.code = CODE;
	m.code_va = CODE;
	m.pe[1].alias = true;
	pe_memory(&m, CODE, 2);
	pe_memory(&m, READ, 1);
	pe_memory(&m, WRITTEN, 2);
	pe_memory(&m, STACK, 1);
	pe_memory(&m, IDMAP, 3);
	pe_memory(&m, OLD, 3);
	pe_memory(&m, NEW, 3);
	pe_memory(&m, EMPTY, 1);
	pe_put(&m, CODE, 1);
	pe_put(&m, PATCHED, 1);
	set(IDMAP, 1, CODE | TEXT);
	set(IDMAP, 2, READ | DATA);
	set(IDMAP, 3, WRITTEN | DATA);
	set(home, VECTORS_SLOT, VECTORS | TEXT);
	set(home, STACK_SLOT, STACK | DATA);
	pe->interrupt_va = half | PAGE(VECTORS_SLOT);
	pe->interrupt_pa = VECTORS;
	m.stack_va = half | PAGE(STACK_SLOT);
	pe_set(&pe->ttbr[0], IDMAP);
	pe_set(&pe->ttbr[1], level == PE_EL1 ? OLD : 0);
	pe_set(&pe->mair, MAIR);
	pe_set(&pe->tcr, TCR);
}

static void turn_on(void)
{
	pe_set(&m.pe[0].sctlr, PE_SCTLR_M | PE_SCTLR_I);
	pe_barrier(&m);
}

static void arguments(u64 a, u64 b, u64 c, u64 d)
{
	m.pe[0].x[0] = a;
	m.pe[0].x[1] = b;
	m.pe[0].x[2] = c;
	m.pe[0].x[3] = d;
}

static void run(enum pe_list list)
{
	pe_run(&m, &tried->of[m.level][list]);
}

/* Another TTBR1: new frames, and pages that only one of the tables has. */
static void switches_ttbr1(void)
{
	begin("EL1, TTBR1 switch", PE_EL1);
	set(OLD, 2, READ | DATA);
	set(OLD, 3, WRITTEN | DATA);
	turn_on();
	write_cached(NEW + 2 * 8, OTHER | DATA);
	write_cached(NEW + 5 * 8, READ | DATA);
	write_cached(NEW + VECTORS_SLOT * 8, VECTORS | TEXT);
	write_cached(NEW + STACK_SLOT * 8, STACK | DATA);
	arguments(NEW, EMPTY, 0, 0);
	run(PE_switch_ttbr1);
	pe_load(&m, 0, PE_HIGH | PAGE(5));
	expect(!m.pe[0].daif, "interrupts are not as they were");
	pe_stop(&m);
}

/* Another TTBR0 where it translates what runs. The code has just been put. */
static void switches_ttbr(const char *name, enum pe_level level)
{
	begin(name, level);
	turn_on();
	load_code(CODE);
	load_code(PATCHED);
	write_cached(NEW + 1 * 8, CODE | TEXT);
	write_cached(NEW + 2 * 8, OTHER | DATA);
	write_cached(NEW + 5 * 8, READ | DATA);
	write_cached(NEW + VECTORS_SLOT * 8, VECTORS | TEXT);
	write_cached(NEW + STACK_SLOT * 8, STACK | DATA);
	arguments(NEW, 0, 0, 0);
	run(PE_switch_ttbr);
	pe_load(&m, 0, PAGE(5));
	pe_execute(&m, PATCHED);
	expect(!m.pe[0].daif, "interrupts are not as they were");
	pe_stop(&m);
}

/* The registers that the MMU goes on with again. */
static void on_again(u64 start, u64 end, u64 mair, u64 tcr, u64 ttbr0)
{
	struct pe *pe = &m.pe[0];
	const u64 daif = pe->x[0], sctlr = pe->x[1];

	arguments(start, end, mair, tcr);
	pe->x[4] = ttbr0;
	pe->x[5] = m.level == PE_EL1 ? OLD : 0;
	pe->x[6] = sctlr;
	pe->x[7] = daif;
	run(PE_mmu_on);
	expect(pe_mmu_may_be(&m, 0, true) && !pe_mmu_may_be(&m, 0, false),
	       "the MMU is not on");
	expect(!pe->daif, "interrupts are not as they were");
	expect(pe->mair.value[0] == mair && pe->tcr.value[0] == tcr,
	       "MAIR or TCR is not as wanted");
	expect(pe->ttbr[0].value[0] == ttbr0 &&
	       (m.level == PE_EL2 || pe->ttbr[1].value[0] == OLD),
	       "a TTBR is not as wanted");
}

/* What is written begins in the middle of a line, whose other half is not ours. */
#define FROM		(WRITTEN + PE_LINE / 2)
#define TO		(WRITTEN + 2 * PE_LINE)

static void go_off(void)
{
	write_cached(READ, 11);
	write_cached(WRITTEN, 12);
	write_cached(FROM, 13);
	write_cached(WRITTEN + PE_LINE, 14);
	arguments(READ, READ + 8, FROM, TO);
	run(PE_mmu_off);
	expect(pe_mmu_may_be(&m, 0, false) && !pe_mmu_may_be(&m, 0, true),
	       "the MMU is not off");
	pe_load(&m, 0, READ);
}

/* Data goes both ways through a window without MMU. */
static void goes_off_and_on(const char *name, enum pe_level level)
{
	begin(name, level);
	turn_on();
	load_code(CODE);
	load_code(PATCHED);
	go_off();
	pe_store(&m, 0, FROM, 23);
	pe_store(&m, 0, WRITTEN + PE_LINE, 24);
	on_again(FROM, TO, MAIR, TCR, IDMAP);
	pe_load(&m, 0, READ);
	pe_load(&m, 0, WRITTEN);
	pe_load(&m, 0, FROM);
	pe_load(&m, 0, WRITTEN + PE_LINE);
	pe_execute(&m, PATCHED);
	pe_stop(&m);
}

/* Meanwhile another PE writes to the part of a line that is not ours. */
static void has_a_neighbour(const char *name, enum pe_level level)
{
	begin(name, level);
	turn_on();
	go_off();
	pe_store(&m, 0, WRITTEN + PE_LINE, 24);
	pe_store(&m, 1, WRITTEN, 32);
	on_again(FROM, TO, MAIR, TCR, IDMAP);
	pe_load(&m, 0, WRITTEN);
	pe_load(&m, 0, WRITTEN + PE_LINE);
	pe_stop(&m);
}

static void write_new_tables(void)
{
	const u64 vectors_table = m.level == PE_EL1 ? OLD : NEW;

	pe_store(&m, 0, NEW + 1 * 8, CODE | TEXT);
	pe_store(&m, 0, NEW + 2 * 8, OTHER | DATA);
	pe_store(&m, 0, NEW + 3 * 8, WRITTEN | DATA);
	if (vectors_table == OLD)
		return;
	pe_store(&m, 0, NEW + VECTORS_SLOT * 8, VECTORS | TEXT);
	pe_store(&m, 0, NEW + STACK_SLOT * 8, STACK | DATA);
}

/* Tables are written without MMU, for another granule and other types. */
static void changes_all(const char *name, enum pe_level level)
{
	begin(name, level);
	turn_on();
	arguments(0, 0, NEW, NEW + PE_PAGE - PE_LINE);
	run(PE_mmu_off);
	write_new_tables();
	on_again(NEW, NEW + PE_PAGE - PE_LINE, MAIR + 1, TCR + 1, NEW);
	pe_load(&m, 0, WRITTEN);
	pe_stop(&m);
}

/* As a machine starts: caches hold what somebody has left there. */
static void boots(const char *name, enum pe_level level)
{
	begin(name, level);
	pe_set(&m.pe[0].sctlr, PE_SCTLR_I);
	pe_set(&m.pe[0].ttbr[1], 0);
	pe_put_stale(&m, NEW + 2 * 8, READ | DATA);
	pe_put_stale(&m, NEW + 3 * 8, 0);
	pe_speculate(&m);
	write_new_tables();
	m.pe[0].x[0] = 0;
	m.pe[0].x[1] = PE_SCTLR_M | PE_SCTLR_I;
	on_again(NEW, NEW + PE_PAGE - PE_LINE, MAIR + 1, TCR + 1, NEW);
	pe_load(&m, 0, WRITTEN);
	pe_stop(&m);
}

/* A guest's image is put into its memory, and it starts with its caches off. */
static void starts_a_guest(const char *name, enum pe_level level)
{
	begin(name, level);
	m.pe[1].alias = false;
	turn_on();
	pe_store(&m, 0, READ, 41);
	pe_store(&m, 0, WRITTEN + PE_LINE, 42);
	arguments(READ, READ + PE_LINE, 0, 0);
	run(PE_clean);
	arguments(WRITTEN + PE_LINE + 8, WRITTEN + 2 * PE_LINE, 0, 0);
	run(PE_clean);
	pe_load(&m, 1, READ);
	pe_load(&m, 1, WRITTEN + PE_LINE);
	pe_stop(&m);
}

/* The memory type of a page that two PEs use, and an interrupt too. */
static void replaces(const char *name, enum pe_level level)
{
	const u64 half = level == PE_EL1 ? PE_HIGH : 0;
	const u64 table = level == PE_EL1 ? OLD : IDMAP;
	unsigned int n;

	begin(name, level);
	set(table, PAGE_SLOT, OTHER | DATA);
	set(table, TABLE_SLOT, table | DATA);
	m.pe[1].alias = false;
	m.pe[1].on = true;
	for (n = 0; n < PE_PES; n++) {
		m.pe[n].ttbr[0] = m.pe[0].ttbr[0];
		m.pe[n].ttbr[1] = m.pe[0].ttbr[1];
		pe_set(&m.pe[n].sctlr, PE_SCTLR_M | PE_SCTLR_I);
	}
	pe_barrier(&m);
	m.pe[0].interrupt_va = half | PAGE(PAGE_SLOT);
	m.pe[0].interrupt_pa = OTHER;
	arguments(half | (PAGE(TABLE_SLOT) + PAGE_SLOT * 8),
		  OTHER | DATA | PE_UNCACHED, half | PAGE(PAGE_SLOT), 0);
	run(PE_replace);
	expect(!m.pe[0].daif, "interrupts are not as they were");
	pe_stop(&m);
}

/**
 * pe_scenes() - run all scenes
 * @lists: &pe_lists, or others to be tried
 * @heard: called for each violation
 */
void pe_scenes(const struct pe_lists *lists,
	       void (*heard)(const struct pe_violation *v))
{
	tried = lists;
	listener = heard;
	switches_ttbr1();
	switches_ttbr("EL1, TTBR0 switch", PE_EL1);
	switches_ttbr("EL2, TTBR switch", PE_EL2);
	goes_off_and_on("EL1, off and on", PE_EL1);
	goes_off_and_on("EL2, off and on", PE_EL2);
	has_a_neighbour("EL1, a neighbour writes", PE_EL1);
	has_a_neighbour("EL2, a neighbour writes", PE_EL2);
	changes_all("EL1, off, new tables, on", PE_EL1);
	changes_all("EL2, off, new tables, on", PE_EL2);
	boots("EL1, boot", PE_EL1);
	boots("EL2, boot", PE_EL2);
	starts_a_guest("EL1, a guest starts", PE_EL1);
	starts_a_guest("EL2, a guest starts", PE_EL2);
	replaces("EL1, break-before-make", PE_EL1);
	replaces("EL2, break-before-make", PE_EL2);
}
