/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Auditing a finished map and writing down what was done. An audit walks the
 * tables as they are; what it says goes to a sink, so that the kernel's
 * debugfs, dmesg and the host's tests read the same words.
 */
#ifndef PHYSMAP_AUDIT_H
#define PHYSMAP_AUDIT_H

#include <linux/stdarg.h>
#include <physmap/request.h>

/**
 * struct physmap_audit_range - neighbouring leaves that are alike
 * @start: first physical address
 * @end: first one beyond
 * @level: level of the leaves
 * @attrs: effective attributes
 * @small: why no larger leaf is used; "" for the largest size
 * @read_only: why it is not writable; "" if it is
 * @exec_leaf: the leaves could execute, and a table above does not let them
 * @exec: why that is so; "" if it is not
 * @kept: why it was kept; "" if the builder made it
 */
struct physmap_audit_range {
	u64 start;
	u64 end;
	unsigned int level;
	u32 attrs;
	const char *small;
	const char *read_only;
	bool exec_leaf;
	const char *exec;
	const char *kept;
};

/**
 * struct physmap_audit_finding - something that is not as it must be
 * @finding: what kind
 * @rule: ID of the rule it breaks
 * @va: first virtual address
 * @end: first one beyond
 * @text: one sentence
 */
struct physmap_audit_finding {
	enum physmap_finding finding;
	const char *rule;
	u64 va;
	u64 end;
	const char *text;
};

/**
 * struct physmap_sink - where an audit's words go
 * @range: called for each range, ascending
 * @finding: called for each finding
 */
struct physmap_sink {
	void (*range)(struct physmap_sink *sink,
		      const struct physmap_audit_range *range);
	void (*finding)(struct physmap_sink *sink,
			const struct physmap_audit_finding *finding);
};

u64 physmap_audit(struct physmap_map *map, const struct physmap_report *report,
		  struct physmap_sink *sink);

/**
 * struct physmap_out - where text goes
 * @vprint: as vprintf()
 */
struct physmap_out {
	__printf(2, 0)
	void (*vprint)(struct physmap_out *out, const char *fmt, va_list args);
};

void physmap_print_report(struct physmap_out *out,
			  const struct physmap_map *map,
			  const struct physmap_report *report);
void physmap_print_range(struct physmap_out *out,
			 const struct physmap_geometry *geo,
			 const struct physmap_audit_range *range);
void physmap_print_finding(struct physmap_out *out,
			   const struct physmap_audit_finding *finding);
void physmap_print_sizes(struct physmap_out *out,
			 const struct physmap_geometry *geo, u32 levels);
__printf(2, 3)
void physmap_print(struct physmap_out *out, const char *fmt, ...);

#endif /* PHYSMAP_AUDIT_H */
