/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the guest's init share: the facts read from the kernel,
 * the words of this boot, and the way things are said on the console.
 */
#ifndef BOOT_GUEST_H
#define BOOT_GUEST_H

#include <signal.h>

#include "dump.h"
#include "scenario.h"

#define SHUTDOWN_SIGNAL	SIGUSR1		/* from /sbin/poweroff to init */
#define PAGE		4096ULL
#define AUDIT		"/sys/kernel/debug/physmap/audit"
#define MAX_BLOCKS	4096		/* memory blocks looked after */

struct opts {
	const char *policy;		/* two-pass, fresh, off */
	bool xen, nonx, hotadd, after;
	bool guest;			/* under Xen: of a dom0 */
	bool measured;			/* dom0: its guest has CPU 1 and no trace */
	const char *domu;		/* the scenario that this dom0 runs */
	const char *scenario;		/* the scenario that this guest is in */
};

struct facts {
	char *cmdline, *version, *report, *audit, *iomem, *meminfo, *dmesg;
	struct map map;
	uint64_t base;
	unsigned int high_splits;	/* of the kernel's high mapping */
	bool have_map;
};

extern struct opts opts;

/* What differs by architecture: guest_x86.c or guest_arm64.c. */
struct guest_arch {
	const char *page_tables;	/* the kernel's dump */
	const char *backend;		/* physmap's, but under Xen PV */
	uint64_t always;		/* so many bytes are mapped, RAM or not */
	bool hypercalls;		/* physmap makes and counts some, under Xen */
};

extern const struct guest_arch arch;

/* The direct map's part of the dump. */
bool arch_dump(const char *text, struct map *m, uint64_t *base);
/* The attributes that physmap's audit gives to what the dump shows so. */
unsigned int arch_audit_attrs(unsigned int attr);
/* What only this architecture can be asked of its map. */
void judge_arch(const struct facts *f, const char *when);

void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_flush(void);
void result(bool ok, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void section(const char *name, const char *text);
void section_map(const char *name, const struct map *m);
char *slurp(const char *path);
double seconds(void);
char *read_dmesg(void);
bool read_map(struct map *m, uint64_t *base, unsigned int *high_splits);
bool line_with(const char *text, const char *const *words, char *buf,
	       size_t len);

void judge_kernel(const struct facts *f);
void judge_map(const struct facts *f);
void judge_physmap(const struct facts *f);
/* The name of a test that is done more than once. */
const char *named(const char *what, const char *when);
void judge_memory(void);
void judge_memory_again(const char *when);
/* The map as it is now, without what can only be judged at boot. */
void judge_again(const struct facts *boot, const char *when);
void judge_hotadd(const struct facts *f);
void judge_domu(const struct facts *f, const struct scenario *s);
void follow_steps(const struct facts *f, const struct scenario *s);
void judge_findings(const char *audit, const char *when);
/* Must the leaves of the direct map have NX themselves, whatever is above? */
bool leaves_have_nx(void);
/* The memory that Xen has given to this guest. */
uint64_t xen_given_kb(void);
void judge_after(const struct facts *f);
void judge_last_words(const struct facts *f);
bool use_memory(uint64_t bytes);
uint64_t meminfo_kb(const char *text, const char *key);

/* Memory blocks by number: note those that are there; put others in a state. */
void note_blocks(bool *old);
int set_blocks(const bool *old, const char *state);

#endif
