/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The face that Linux sees of a map, the same on every architecture: the
 * command line, dmesg and debugfs. Kernel only; the engine never includes it.
 */
#ifndef PHYSMAP_LINUX_H
#define PHYSMAP_LINUX_H

#include <physmap/audit.h>
#include <physmap/trace.h>

/**
 * struct physmap_linux - what an architecture's seam hands over
 * @map: the map, after the first build
 * @report: what builds did
 * @features: prints the features in force, a blank before each
 * @backend: prints the backend's own lines of the report
 * @machine: tells a trace's reader what the machine has
 */
struct physmap_linux {
	struct physmap_map *map;
	struct physmap_report *report;
	void (*features)(struct physmap_out *out);
	void (*backend)(struct physmap_out *out);
	void (*machine)(struct physmap_trace_machine *machine);
};

bool physmap_linux_on(void);
enum physmap_policy physmap_linux_policy(void);
bool physmap_linux_refuse_table(void);
bool physmap_linux_refuse_hypercall(void);
void physmap_linux_say(const struct physmap_refusal *why, char *text,
		       size_t size);
void physmap_linux_register(const struct physmap_linux *lin);

#ifdef CONFIG_PHYSMAP_TRACE
struct physmap_recorder *physmap_linux_recorder(void);
#else
static inline struct physmap_recorder *physmap_linux_recorder(void)
{
	return NULL;
}
#endif

/* The architecture's: registers its map though nothing was built. */
void physmap_linux_find_map(void);

#endif /* PHYSMAP_LINUX_H */
