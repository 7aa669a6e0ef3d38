/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping one device before anything can be printed: the early UART. One call
 * for machines with an MMU, where it gets pages of a window, and for those with
 * an MPU, where it gets a region of its exact size (MPU-16). No device is mapped
 * of which the attributes are not known (ARM-ATTR-3).
 */
#ifndef PHYSMAP_DEVICE_H
#define PHYSMAP_DEVICE_H

#include <physmap/mpu.h>
#include <physmap/request.h>

/* How a device wants to be accessed: gathering, reordering, early ack. */
enum physmap_device_type {
	PHYSMAP_DEVICE_UNKNOWN,		/* is refused */
	PHYSMAP_DEVICE_NGNRNE,
	PHYSMAP_DEVICE_NGNRE,
	PHYSMAP_DEVICE_TYPES,
};

/**
 * struct physmap_device - a device's registers
 * @name: for messages
 * @start: physical address of the first byte
 * @size: bytes, all of them registers of this device
 * @type: how it wants to be accessed
 */
struct physmap_device {
	const char *name;
	u64 start;
	u64 size;
	enum physmap_device_type type;
};

/**
 * struct physmap_device_window - where devices can be mapped
 * @map: maps [@dev->start, + @dev->size), which was checked; writes the virtual
 *	address of its first byte to @va
 * @unmap: the reverse, or NULL if what is mapped stays
 */
struct physmap_device_window {
	int (*map)(struct physmap_device_window *w,
		   const struct physmap_device *dev, u64 *va,
		   struct physmap_refusal *why);
	int (*unmap)(struct physmap_device_window *w,
		     const struct physmap_device *dev,
		     struct physmap_refusal *why);
};

/* The machine has no such memory type, or nobody has said which it is. */
#define PHYSMAP_DEVICE_NO_MEMTYPE	(~0u)

/**
 * struct physmap_device_mmu - pages of a window in a map of tables
 * @window: to be handed to physmap_map_device()
 * @map: the map; its offset is set by each call
 * @va: first virtual address of the window; page-aligned
 * @va_end: first one beyond
 * @next: first one that is free
 * @memtype: of each type of device the index that the machine's own table of
 *	memory types has it at (arm64: MAIR), as PHYSMAP_MEMTYPE_MASK bits; for
 *	the caller to say, until then PHYSMAP_DEVICE_NO_MEMTYPE
 * @report: what the builds did
 */
struct physmap_device_mmu {
	struct physmap_device_window window;
	struct physmap_map *map;
	u64 va;
	u64 va_end;
	u64 next;
	u32 memtype[PHYSMAP_DEVICE_TYPES];
	struct physmap_report report;
};

/**
 * struct physmap_device_mpu - regions of an MPU
 * @window: to be handed to physmap_map_device()
 * @mpu: the MPU
 * @why: the last refusal in the MPU's own words
 */
struct physmap_device_mpu {
	struct physmap_device_window window;
	struct physmap_mpu *mpu;
	struct physmap_mpu_refusal why;
};

void physmap_device_mmu(struct physmap_device_mmu *w, struct physmap_map *map,
			u64 va, u64 va_end);
void physmap_device_mpu(struct physmap_device_mpu *w, struct physmap_mpu *mpu);
int physmap_map_device(struct physmap_device_window *w,
		       const struct physmap_device *dev, u64 *va,
		       struct physmap_refusal *why);
int physmap_unmap_device(struct physmap_device_window *w,
			 const struct physmap_device *dev,
			 struct physmap_refusal *why);

#endif /* PHYSMAP_DEVICE_H */
