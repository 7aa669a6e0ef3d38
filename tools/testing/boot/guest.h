/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the guest's init share: the facts read from the kernel,
 * the words of this boot, and the way things are said on the console.
 */
#ifndef BOOT_GUEST_H
#define BOOT_GUEST_H

#include "map.h"

struct opts {
	const char *policy;		/* two-pass, fresh, off */
	bool xen, nonx, hotadd;
};

struct facts {
	char *cmdline, *version, *report, *audit, *iomem, *meminfo, *dmesg;
	struct map map;
	uint64_t base;
	unsigned int high_splits;	/* of the kernel's high mapping */
	bool have_map;
};

extern struct opts opts;

void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_flush(void);
void result(bool ok, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void section(const char *name, const char *text);
void section_map(const char *name, const struct map *m);
char *slurp(const char *path);
char *read_dmesg(void);
bool read_map(struct map *m, uint64_t *base, unsigned int *high_splits);
bool line_with(const char *text, const char *const *words, char *buf,
	       size_t len);

void judge_kernel(const struct facts *f);
void judge_map(const struct facts *f);
void judge_physmap(const struct facts *f);
void judge_counters(const struct facts *f, const char *when);
void judge_memory(void);
void judge_hotadd(const struct facts *f);
void judge_last_words(const struct facts *f);
bool use_memory(uint64_t bytes);
uint64_t meminfo_kb(const char *text, const char *key);

#endif
