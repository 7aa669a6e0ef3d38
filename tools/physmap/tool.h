/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the physmap tool share: its commands, its exit statuses,
 * and the way an event is named.
 */
#ifndef PHYSMAP_TOOL_H
#define PHYSMAP_TOOL_H

#include <stdio.h>
#include "reader.h"

/*
 * The tool's exit status is the largest of those of its files. What does not fit
 * an MPU violates its number of regions (MPU-17).
 */
enum tool_status {
	TOOL_CLEAN = 0,
	TOOL_VIOLATIONS = 1,
	TOOL_UNUSABLE = 2,
};

/**
 * struct tool_options - what was asked for
 * @most: violations that are told for each file
 * @regions: that an MPU has
 * @encoding: its addresses: 32 or 64 bits
 * @on_demand: ranges mapped on demand at a time
 * @switching: regions that a context needs
 * @tree: the tree itself is mapped while boot lasts ...
 * @tree_start: ... from this address on
 */
struct tool_options {
	unsigned int most;
	unsigned int regions;
	unsigned int encoding;
	unsigned int on_demand;
	unsigned int switching;
	bool tree;
	u64 tree_start;
};

/* check.c, print.c, mpu.c: a command, for one file */
enum tool_status check_file(const char *path, const struct tool_options *o);
enum tool_status print_file(const char *path, const struct tool_options *o);
enum tool_status mpu_file(const char *path, const struct tool_options *o);

/* print.c */
const char *event_name(const struct physmap_event *e);

/* main.c: one line on stderr */
__printf(2, 3)
enum tool_status unusable(const char *path, const char *fmt, ...);

#endif /* PHYSMAP_TOOL_H */
