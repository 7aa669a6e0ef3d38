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

#include "dump.h"
#include "scenario.h"

enum arch_id { ARCH_X86, ARCH_ARM64, N_ARCHES };

/* What the machines of an architecture have in common. */
struct arch {
	const char *qemu, *qemu_package;
	const char *image;		/* of each of its kernels */
	const char *initrd;
	const char *firmware, *firmware_package;
	const char *xen;		/* ends the name of a Xen's directory */
	bool xen_tree;			/* Xen finds its modules in a device tree */
};

enum kernel_id {
	KERNEL_X86, KERNEL_ARM64_4K, KERNEL_ARM64_4K_VA39, KERNEL_ARM64_16K,
	KERNEL_ARM64_64K_VA52, N_KERNELS
};

struct kernel {
	const char *dir;		/* build/DIR/ has its image */
	enum arch_id arch;
	unsigned int va_bits;		/* arm64 */
};

extern const struct kernel kernels[N_KERNELS];

enum policy { POLICY_OFF, POLICY_TWO_PASS, POLICY_FRESH, N_POLICIES };

#define ROW_PV		0x01		/* what Xen PV guests may do and lack */
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
#define ROW_DOM0LESS	0x800		/* Xen starts the one guest by itself */

/* Sizes of leaves, as masks. */
#define HAS(leaf)	(1U << (leaf))
#define HAS_4K		HAS(LEAF_4K)
#define HAS_16K		HAS(LEAF_16K)
#define HAS_64K		HAS(LEAF_64K)
#define HAS_2M		HAS(LEAF_2M)
#define HAS_32M		HAS(LEAF_32M)
#define HAS_512M	HAS(LEAF_512M)
#define HAS_1G		HAS(LEAF_1G)

/* What is done to QEMU's device tree. */
enum tree { TREE_AS_IS, TREE_HOLES, TREE_DOM0, TREE_DOMU };

/* One machine. Everything a row needs is data; boots of it differ in policy. */
struct row {
	const char *name;
	const char *about;		/* for --list and --show */
	enum kernel_id kernel;
	const char *machine;		/* -M, NULL: the only one there is */
	const char *cpu;
	const char *mem;		/* -m */
	const char *const *qemu;	/* more arguments, NULL-ended, or NULL */
	const char *kargs;		/* the guest kernel's command line */
	const char *xen;		/* which Xen, NULL: none */
	const char *xenargs;
	const char *domu;		/* the scenario of a guest that dom0 runs */
	unsigned int flags;
	enum tree tree;
	unsigned int leaves;		/* HAS_*: exactly these sizes must be there */
	unsigned int some, none;	/* AT_*: that some leaf has, that none has */
	const char *dmesg;		/* a line that shows the row is what it says */
	const char *xenlog;		/* the same in the hypervisor's log */
	int timeout;			/* seconds, 0: what --timeout says */
};

extern const struct row rows[];
extern const int n_rows;
const char *policy_name(enum policy p);

struct setup {
	const char *qemu, *kernel, *initrd;	/* NULL: the row's own */
	const char *kernels;		/* where the directories of kernels are */
	const char *firmware;		/* NULL: the architecture's own */
	const char *logs;
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
	bool ended;			/* switched off, as the guest cannot */
	bool within;			/* the guest that a dom0 has run */
	char trace[512];		/* the first line that its replay gave */
};

/* shared.c: what the instruction bench has as well */
double now_seconds(void);
/* Does the name begin with one of the prefixes in a,b,c? NULL: any does. */
bool selected(const char *list, const char *name);

/* arch.c: what a row has, if nothing else was asked for */
const struct arch *row_arch(const struct row *r);
bool row_is(const struct row *r, enum arch_id arch);
const char *setup_qemu(const struct setup *s, const struct row *r);
const char *setup_initrd(const struct setup *s, const struct row *r);
const char *setup_firmware(const struct setup *s, const struct row *r);
void setup_kernel(const struct setup *s, const struct row *r, char *path,
		  size_t len);
void setup_xen(const struct setup *s, const struct row *r, const char *file,
	       char *path, size_t len);

/* tree.c */
/* Where the device tree is that this boot is given. */
void tree_path(const struct boot *b, char *path, size_t len);
/* Makes it of the one that QEMU, called so, makes of itself. */
bool tree_make(const struct boot *b, const struct setup *s,
	       const char *bootargs);
/* A file that QEMU puts into memory for Xen. */
struct module {
	char path[512];
	uint64_t address;
};

#define N_MODULES	2		/* kernel and initramfs */

void tree_modules(const struct row *r, const struct setup *s,
		  struct module *modules);

/* qemu.c */
bool boot_start(struct boot *b, const struct setup *s);
/* Looks after a running boot; true once it has ended. */
bool boot_poll(struct boot *b, const struct setup *s);
void boot_kill(struct boot *b);

/* dom0.c */
/* Setup's kernel and initramfs are the guest's too. */
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
/*
 * The lines of a guest that Xen itself has on its console, which begin so, taken
 * out of the text; NULL: there are none.
 */
char *cut_lines(char *text, const char *mark);
/* The lines from p on; returns the next one, NULL behind the last. */
const char *next_line(const char *p, char *buf, size_t len);
bool log_has(const struct log *l, const char *words);
/* A line of the hypervisor that complains; false: none. */
bool xen_complains(const struct log *l, char *line, size_t len);

/* compare.c */
struct compare {
	uint64_t same, more_nx, larger, contig, ro_here, rw_here, skipped, worse, global;
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
/* A hypervisor whose guest alone is judged as a boot. */
void judge_host(struct ktap *k, const struct boot *b, const struct log *l);
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
