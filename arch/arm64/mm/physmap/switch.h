/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * C's view of switch.S: functions that change a translation regime, made of
 * the lists in steps.h, which say what each wants of its caller. There is one
 * for each exception level, for their registers differ; at EL2 with VHE those
 * of EL1 are the right ones.
 */
#ifndef PHYSMAP_ARM64_SWITCH_H
#define PHYSMAP_ARM64_SWITCH_H

#include <linux/types.h>

/**
 * struct physmap_arm64_was - how a PE was before its MMU went off
 * @daif: interrupt masks
 * @sctlr: system control register, with M set
 */
struct physmap_arm64_was {
	u64 daif;
	u64 sctlr;
};

/* The code of all functions here, to be mapped 1:1, and first beyond. */
extern const char physmap_arm64_switch_text[];
extern const char physmap_arm64_switch_text_end[];

/*
 * For all of them: they work on this PE alone, but for the TLBI of _replace_*();
 * they cannot fail; they mask DAIF while they need it masked. _el1 is for EL1,
 * and for EL2 with VHE, _el2 for EL2 without. Registers that a C compiler
 * wants kept are kept. Values of system registers are as the register has them.
 */

/**
 * physmap_arm64_switch_ttbr1_el1() - another table for TTBR1
 * @ttbr1: TTBR1_EL1 to be
 * @empty: TTBR1_EL1 of a table without a valid entry
 *
 * By way of the empty table (ARM-BBM-9). Nothing that TTBR1 translates is used
 * in between, nor can be (ARM-BBM-10, -11).
 *
 * Context: called, and returns to, where TTBR0 maps 1:1, or returns to where
 * the new table maps its caller.
 */
void physmap_arm64_switch_ttbr1_el1(u64 ttbr1, u64 empty);

/**
 * physmap_arm64_switch_ttbr_el1() - another table for TTBR0, beneath running code
 * @ttbr0: TTBR0_EL1 to be
 *
 * With the MMU off in between (ARM-MMU-2, -3).
 *
 * Context: called where the old and the new table map 1:1; returns to where the
 * new one maps its caller.
 */
void physmap_arm64_switch_ttbr_el1(u64 ttbr0);

/**
 * physmap_arm64_switch_ttbr_el2() - another table for EL2's only TTBR
 * @ttbr0: TTBR0_EL2 to be
 *
 * As physmap_arm64_switch_ttbr_el1().
 *
 * Context: the same.
 */
void physmap_arm64_switch_ttbr_el2(u64 ttbr0);

/**
 * physmap_arm64_mmu_off_el1() - turn the MMU off
 * @read: first address of what will be read without MMU, the caller's code
 *	included
 * @read_end: first one beyond; @read if there is nothing
 * @written: first address of what will be written without MMU
 * @written_end: first one beyond; @written if there is nothing
 *
 * The first is cleaned to the PoC before (ARM-CACHE-1), the second cleaned and
 * invalidated after (ARM-CACHE-4); what is in both is both. Ends need not be
 * those of cache lines: neighbours' data survives (ARM-CACHE-3).
 *
 * Context: caller, stack if it is used, and both ranges are mapped 1:1.
 *
 * Return: what physmap_arm64_mmu_on_el1() is to be given; DAIF stays masked.
 */
struct physmap_arm64_was
physmap_arm64_mmu_off_el1(u64 read, u64 read_end, u64 written, u64 written_end);

/**
 * physmap_arm64_mmu_off_el2() - turn EL2's MMU off
 * @read: as physmap_arm64_mmu_off_el1() has it
 * @read_end: the same
 * @written: the same
 * @written_end: the same
 *
 * Context: the same.
 *
 * Return: what physmap_arm64_mmu_on_el2() is to be given; DAIF stays masked.
 */
struct physmap_arm64_was
physmap_arm64_mmu_off_el2(u64 read, u64 read_end, u64 written, u64 written_end);

/**
 * physmap_arm64_mmu_on_el1() - turn the MMU on, again or for the first time
 * @written: first address of what was written without MMU, tables included
 * @written_end: first one beyond; @written if there is nothing
 * @mair: MAIR_EL1
 * @tcr: TCR_EL1; its granules are ones that the CPU has (ARM-MMU-11)
 * @ttbr0: TTBR0_EL1; its table maps these functions 1:1
 * @ttbr1: TTBR1_EL1
 * @sctlr: SCTLR_EL1, with M set
 * @daif: interrupt masks once it is on
 *
 * What was written is invalidated from the caches (ARM-CACHE-2, -10).
 *
 * Context: MMU off. Returns to where the new tables map its caller.
 */
void physmap_arm64_mmu_on_el1(u64 written, u64 written_end, u64 mair, u64 tcr,
			      u64 ttbr0, u64 ttbr1, u64 sctlr, u64 daif);

/**
 * physmap_arm64_mmu_on_el2() - turn EL2's MMU on
 * @written: as physmap_arm64_mmu_on_el1() has it
 * @written_end: the same
 * @mair: MAIR_EL2
 * @tcr: TCR_EL2
 * @ttbr0: TTBR0_EL2; its table maps these functions 1:1
 * @unused: there is no TTBR1
 * @sctlr: SCTLR_EL2, with M set
 * @daif: interrupt masks once it is on
 *
 * Context: the same.
 */
void physmap_arm64_mmu_on_el2(u64 written, u64 written_end, u64 mair, u64 tcr,
			      u64 ttbr0, u64 unused, u64 sctlr, u64 daif);

/**
 * physmap_arm64_clean_el1() - clean a range to the point of coherency
 * @start: first virtual address
 * @end: first one beyond; @start for nothing
 *
 * For what somebody reads with caches off: a guest that starts, another CPU
 * (ARM-XEN-3). It is done when this returns.
 */
void physmap_arm64_clean_el1(u64 start, u64 end);

/**
 * physmap_arm64_clean_el2() - the same at EL2
 * @start: first virtual address
 * @end: first one beyond; @start for nothing
 */
void physmap_arm64_clean_el2(u64 start, u64 end);

/**
 * physmap_arm64_replace_el1() - break-before-make of one leaf
 * @entry: where the leaf is
 * @value: leaf to be
 * @operand: of a TLBI by address: bits 55:12 of what the leaf translates, in
 *	bits 43:0
 *
 * Between break and make nobody has the mapping, on any PE (ARM-BBM-1).
 *
 * Context: the leaf maps neither these functions nor the stack nor @entry, is in
 * no contiguous group (ARM-CONT-2), and nobody else changes it.
 */
void physmap_arm64_replace_el1(u64 *entry, u64 value, u64 operand);

/**
 * physmap_arm64_replace_el2() - the same for a leaf of EL2's
 * @entry: where the leaf is
 * @value: leaf to be
 * @operand: as physmap_arm64_replace_el1() has it
 *
 * Context: the same.
 */
void physmap_arm64_replace_el2(u64 *entry, u64 value, u64 operand);

#endif /* PHYSMAP_ARM64_SWITCH_H */
