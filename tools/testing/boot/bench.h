/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host parts of the boot bench share: the table of rows, a boot on
 * its way, what its log says, and the verdicts. No part keeps state outside
 * these structures.
 */
#ifndef BOOT_BENCH_H
#define BOOT_BENCH_H

#include <stdio.h>
#include <sys/types.h>

#include "map.h"
#include "scenario.h"

enum policy { POLICY_OFF, POLICY_TWO_PASS, POLICY_FRESH, N_POLICIES };

#define ROW_XEN		0x01
#define ROW_UEFI	0x02
#define ROW_KASLR	0x04		/* the image lies elsewhere in each boot */
#define ROW_HOTADD	0x08
#define ROW_ALONE	0x10		/* needs the host's memory for itself */
#define ROW_BADARG	0x20
#define ROW_NONX	0x40
#define ROW_NOGLB	0x80
#define ROW_LA57	0x100
#define ROW_SWEEP	0x200		/* nothing to compare with upstream's */
#define ROW_AFTER	0x400		/* goes on to what a running kernel does */

#define HAS_4K	1
#define HAS_2M	2
#define HAS_1G	4

/* One machine. Everything a row needs is data; boots of it differ in policy. */
struct row {
	const char *name;
	const char *about;		/* for --list and --show */
	const char *cpu;
	const char *mem;		/* -m */
	const char *const *qemu;	/* more arguments, NULL-ended, or NULL */
	const char *kargs;		/* the guest kernel's command line */
	const char *xen;		/* which Xen, NULL: none */
	const char *xenargs;
	const char *domu;		/* the scenario of a guest that dom0 runs */
	unsigned int flags;
	unsigned int leaves;		/* HAS_*: exactly these sizes must be there */
	const char *dmesg;		/* a line that shows the row is what it says */
	const char *xenlog;		/* the same in the hypervisor's log */
	int timeout;			/* seconds, 0: what --timeout says */
};

extern const struct row rows[];
extern const int n_rows;
const char *policy_name(enum policy p);

struct setup {
	const char *qemu, *kernel, *initrd, *ovmf, *logs;
	const char *xen;		/* a directory for each version */
	const char *physmap;		/* the tool that replays traces */
	int timeout;			/* seconds for one boot */
};

struct boot {
	const struct row *row;
	enum policy policy;
	char name[64];
	char log[512];			/* the log's path */
	pid_t pid;			/* 0: not running */
	int mon;			/* monitor socket, -1: none */
	char mon_text[32768];		/* with readline's echo */
	size_t mon_len;
	int log_fd, steps;		/* steps of the hot-add dialogue done */
	off_t log_seen;
	double started, seconds;
	int status;
	bool timed_out, finished;
	bool within;			/* the guest that a dom0 has run */
	char trace[512];		/* the first line that its replay gave */
};

/* shared.c: what the instruction bench has as well */
double now_seconds(void);
/* Does the name begin with one of the prefixes in a,b,c? NULL: any does. */
bool selected(const char *list, const char *name);

/* qemu.c */
bool boot_start(struct boot *b, const struct setup *s);
/* Looks after a running boot; true once it has ended. */
bool boot_poll(struct boot *b, const struct setup *s);
void boot_kill(struct boot *b);

/* dom0.c */
bool dom0_initrd(const struct setup *s, const char *xen);
/* Where the initramfs is that a dom0 under this Xen boots from. */
void dom0_path(const struct setup *s, const char *xen, char *path, size_t len);

/* log.c: what a serial log says */
struct log {
	char *text;			/* without carriage returns */
	char *domu;			/* the console of a guest, taken out of text */
	bool done;			/* the guest reached its last line */
	int ok, not_ok, planned;
	struct map map, iomem, image, audit;
	struct map effective;		/* the audit's ranges: leaf and tables together */
	uint64_t base;
	char *report, *audit_text, *meminfo, *cmdline, *trace;
};

bool log_read(const char *path, struct log *l);
void log_free(struct log *l);
/* Takes the section out of the text; NULL when absent, cut short or empty. */
char *log_cut(char *text, const char *name);
/* The lines from p on; returns the next one, NULL behind the last. */
const char *next_line(const char *p, char *buf, size_t len);
bool log_has(const struct log *l, const char *words);
/* A line of the hypervisor that complains; false: none. */
bool xen_complains(const struct log *l, char *line, size_t len);

/* compare.c */
struct compare {
	uint64_t same, more_nx, larger, ro_here, rw_here, skipped, worse, global;
	char first[320];		/* the first thing that is worse */
};

struct compare_opts {
	bool xen;
	const struct map *skip;		/* blocks that hold a kernel image */
	const struct map *image;	/* code and rodata: RO must stay RO */
	const struct map *explained;	/* RO leaves here that the audit explains */
	bool no_audit;			/* this is upstream's builder too */
	bool effective;			/* attributes of leaf and tables together */
};

void map_compare(const struct map *off, const struct map *here,
		 const struct compare_opts *o, struct compare *c);
void compare_text(const struct compare *c, char *buf, size_t len);
void image_blocks(const struct log *a, const struct log *b, struct map *skip);

/* judge.c */
struct ktap {
	int n, failed;
	bool quiet;			/* say failures only */
};

void ktap(struct ktap *k, bool ok, const char *boot, const char *what,
	  const char *log, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
void judge_boot(struct ktap *k, const struct boot *b, const struct log *l);
void judge_pair(struct ktap *k, const struct boot *b, const struct log *l,
		const struct boot *off_boot, const struct log *off);
void compare_logs(const struct row *r, const struct log *off,
		  const struct log *here, bool effective, struct compare *c);

/* trace.c */
bool trace_save(const char *text, const char *path, char *why, size_t len);
/*
 * Has the boot's trace replayed; true: clean or, with a rule, that rule is
 * found broken. What was said is in b->trace.
 */
bool trace_judge(struct boot *b, const struct log *l, const struct setup *s,
		 const char *rule);

/* show.c, selftest.c */
void show_boot(const struct boot *b, const struct log *l,
	       const struct log *off);
int self_test(void);

#endif
