/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges that an MPU's machine wants, as its device tree has them. Reads the
 * tree and nothing else; libfdt does the reading.
 */
#ifndef PHYSMAP_MPU_FDT_H
#define PHYSMAP_MPU_FDT_H

#include <physmap/clash.h>
#include <physmap/device.h>

#define PHYSMAP_MPU_FDT_WANTS	64
#define PHYSMAP_MPU_FDT_SPANS	32
#define PHYSMAP_MPU_FDT_NAME	24

/**
 * struct physmap_mpu_tree - what a device tree says
 * @memory: RAM, ascending
 * @nr_memory: how many pieces
 * @no_map: memory that must not be mapped
 * @nr_no_map: how many pieces
 * @want: ranges: the UART, the static heap, guests' and shared memory (on
 *	demand), the tree itself (boot-only)
 * @nr_wants: how many
 * @name: their names, which @want points to
 * @uart: the device of stdout-path; of size 0 if there is none
 */
struct physmap_mpu_tree {
	struct physmap_span memory[PHYSMAP_MPU_FDT_SPANS];
	unsigned int nr_memory;
	struct physmap_span no_map[PHYSMAP_MPU_FDT_SPANS];
	unsigned int nr_no_map;
	struct physmap_mpu_want want[PHYSMAP_MPU_FDT_WANTS];
	unsigned int nr_wants;
	char name[PHYSMAP_MPU_FDT_WANTS][PHYSMAP_MPU_FDT_NAME];
	struct physmap_device uart;
};

int physmap_mpu_read_tree(const struct physmap_mpu_format *format,
			  const void *fdt, struct physmap_mpu_tree *tree,
			  struct physmap_mpu_refusal *why);
int physmap_mpu_read_ranges(const struct physmap_mpu_format *format,
			    const void *fdt, struct physmap_mpu_tree *tree,
			    struct physmap_mpu_refusal *why);
int physmap_mpu_want_tree(const struct physmap_mpu_format *format, u64 start,
			  u64 size, struct physmap_mpu_tree *tree,
			  struct physmap_mpu_refusal *why);

#endif /* PHYSMAP_MPU_FDT_H */
