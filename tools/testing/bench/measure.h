/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the instruction bench share: the table of machines, a boot
 * on its way, and the figures that come out of it. No part keeps state outside
 * these structures.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "bench.h"

/* upstream's builder is the kernel's own: physmap=off. */
enum builder { UPSTREAM, TWO_PASS, FRESH, N_BUILDERS };

/* Who builds where: what is counted, and how it is shown. */
enum setting { UNDER_XEN, NATIVE_X86, NATIVE_ARM64, N_SETTINGS };

struct machine {
	const char *name, *about;
	enum setting setting;
	enum kernel_id kernel;
	const char *cpu;		/* QEMU's -cpu */
	const char *memory;		/* QEMU's -m */
	const char *cpus;		/* QEMU's -smp */
	const char *args;		/* for the kernel's command line */
	const char *xen;		/* which Xen; NULL: none */
	const char *xenargs;
	const char *domu;		/* the scenario of a guest that is measured */
	int timeout;			/* seconds */
};

extern const struct machine machines[];
extern const int n_machines;

/* Xen's functions that look at entries and keep count of what they refer to. */
extern const char *const validation[];
extern const int n_validation;

struct builder_name {
	const char *name;		/* in table and figures */
	const char *option;		/* physmap= */
};

extern const struct builder_name builders[N_BUILDERS];

/* qemu, kernel, symbols and initrd: NULL where each machine has its own. */
struct paths {
	const char *qemu, *kernel, *symbols, *initrd;
	const char *kernels, *xen, *plugin, *out;
	char logs[PATH_MAX];
};

/* paths.c: what a machine is started with */
const char *paths_qemu(const struct paths *p, const struct machine *m);
const char *paths_initrd(const struct paths *p, const struct machine *m);
void paths_kernel(const struct paths *p, const struct machine *m, char *path,
		  size_t len);
void paths_symbols(const struct paths *p, const struct machine *m, char *path,
		   size_t len);

struct run {
	const struct machine *machine;
	enum builder builder;
	int repeat;
	char name[64];
	char log[PATH_MAX + 80], counts[PATH_MAX + 80];
	pid_t pid;			/* 0: not running */
	double started, seconds;
	int status;
	bool finished, timed_out;
};

/* run.c */
bool run_start(struct run *r, const struct paths *p, bool blocks);
/* Looks after a running boot; true once it has ended. */
bool run_poll(struct run *r);
void run_kill(struct run *r);

/* figures.c: everything that one boot has told */
struct figures {
	json_t *window;			/* what the plugin counted */
	json_t *alias;			/* arm64's image has one, else NULL */
	long long hypercalls, own, xen, validation;
	long long made, kept, frameless, tables;	/* of physmap's report; -1: none */
	long long mapped;		/* bytes, in the map when the guest ran */
};

/* false: why says what went wrong, and names the log. */
bool figures_read(struct figures *f, const struct run *r, char *why, size_t len);
void figures_free(struct figures *f);
/* Two runs of one boot must not differ; false: why says in what. */
bool figures_same(const struct figures *a, const struct figures *b, char *why,
		  size_t len);

/* table.c */
struct measured {
	const struct machine *machine;
	struct figures f[N_BUILDERS];
};

void table_print(const struct measured *m, int n);
void profile_print(const struct measured *m, enum builder b);
/* Not wanted any more: json_decref(). */
json_t *table_json(const struct measured *m, int n);

#endif
