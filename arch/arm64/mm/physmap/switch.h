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

void physmap_arm64_switch_ttbr1_el1(u64 ttbr1, u64 empty);
void physmap_arm64_switch_ttbr_el1(u64 ttbr0);
void physmap_arm64_switch_ttbr_el2(u64 ttbr0);

struct physmap_arm64_was
physmap_arm64_mmu_off_el1(u64 read, u64 read_end, u64 written, u64 written_end);
struct physmap_arm64_was
physmap_arm64_mmu_off_el2(u64 read, u64 read_end, u64 written, u64 written_end);

void physmap_arm64_mmu_on_el1(u64 written, u64 written_end, u64 mair, u64 tcr,
			      u64 ttbr0, u64 ttbr1, u64 sctlr, u64 daif);
void physmap_arm64_mmu_on_el2(u64 written, u64 written_end, u64 mair, u64 tcr,
			      u64 ttbr0, u64 unused, u64 sctlr, u64 daif);

void physmap_arm64_clean_el1(u64 start, u64 end);
void physmap_arm64_clean_el2(u64 start, u64 end);

void physmap_arm64_replace_el1(u64 *entry, u64 value, u64 operand);
void physmap_arm64_replace_el2(u64 *entry, u64 value, u64 operand);

#endif /* PHYSMAP_ARM64_SWITCH_H */
