/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated arm64 machine as a backend of the engine. Memory, the log of
 * what hooks were called for, refusals and RAM are those of every simulated
 * machine (machine.h); stores, barriers and flushes are the real arm64
 * backend's. For every granule and address width, for EL1 and EL2.
 *
 *	struct model_arm64 a;
 *	model_arm64_start(&a, &machine, GB, 512 * GB);
 *	physmap_build(&a.m.map, &request, &report, &why);
 *	t = model_arm64_look(&a, pa + a.m.map.offset);
 *	model_arm64_stop(&a);
 */
#ifndef MODEL_ARM64_MACHINE_H
#define MODEL_ARM64_MACHINE_H

#include "arm64.h"	/* arch/arm64/mm/physmap */
#include "arm64_mmu.h"
#include "machine.h"

/**
 * struct model_arm64 - an arm64 machine
 * @m: what every machine has; @m.map is the map, @m.refuse_at the hook that
 *	is to refuse, @m.ram what is RAM
 * @arm64: geometry
 * @cpu: the processor's view of the map
 */
struct model_arm64 {
	struct model_machine m;
	struct physmap_arm64 arm64;
	struct model_arm64_cpu cpu;
};

void model_arm64_start(struct model_arm64 *a,
		       const struct physmap_arm64_machine *machine,
		       u64 ram_start, u64 tables_from);
void model_arm64_stop(struct model_arm64 *a);
struct model_arm64_translation model_arm64_look(struct model_arm64 *a, u64 va);
u64 *model_arm64_slot(struct model_arm64 *a, u64 va, unsigned int level);

#endif /* MODEL_ARM64_MACHINE_H */
