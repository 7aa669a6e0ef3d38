// SPDX-License-Identifier: GPL-2.0-only
/*
 * One QEMU for one measured boot: its command line, its log and its time limit.
 * Starts and ends only processes of its own. With -icount an instruction takes
 * a nanosecond of the machine's time, which begins at a fixed date, so that
 * every run is the same.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"

#define format(var, ...)					\
	do {							\
		if (asprintf(&(var), __VA_ARGS__) < 0)		\
			abort();				\
	} while (0)

#define MAX_ARGS	48

/* What QEMU is started with. Made in the child: nothing here is freed. */
struct args {
	char *v[MAX_ARGS];
	int n;
};

static void add(struct args *a, const char *option, const char *value)
{
	if (a->n + 3 > MAX_ARGS)
		abort();
	a->v[a->n++] = (char *)option;
	a->v[a->n++] = (char *)value;
	a->v[a->n] = NULL;
}

static char *plugin_arg(const struct run *r, const struct paths *p, bool blocks,
			const char *more)
{
	char symbols[PATH_MAX], *plugin;

	paths_symbols(p, r->machine, symbols, sizeof(symbols));
	format(plugin, "%s,kernel=%s,out=%s,blocks=%s,%s", p->plugin, symbols,
	       r->counts, blocks ? "on" : "off", more);
	return plugin;
}

/* The kernel's command line; what is behind the dashes is for init. */
static char *kernel_line(const struct run *r, const char *console,
			 const char *init)
{
	const char *option = builders[r->builder].option;
	const char *args = r->machine->args;
	char *line;

	format(line, "console=%s panic=-1 nokaslr%s%s physmap=%s -- policy=%s%s",
	       console, args ? " " : "", args ?: "", option, option, init);
	return line;
}

/* Xen by multiboot: kernel and initramfs are its modules. */
static void add_xen(struct args *a, const struct run *r, const struct paths *p,
		    bool blocks)
{
	const struct machine *m = r->machine;
	char *counted, *xen, *modules, *line, *init, kernel[PATH_MAX], initrd[PATH_MAX];
	struct setup dom0 = { .logs = p->logs };

	snprintf(initrd, sizeof(initrd), "%s", paths_initrd(p, m));
	if (m->domu)
		dom0_path(&dom0, m->xen, initrd, sizeof(initrd));
	paths_kernel(p, m, kernel, sizeof(kernel));
	format(counted, "xen=%s/%s/xen-syms,windows=%d", p->xen, m->xen,
	       m->domu ? 2 : 1);
	format(xen, "%s/%s/xen", p->xen, m->xen);
	format(init, " xen%s%s", m->domu ? " measured domu=" : "", m->domu ?: "");
	format(modules, "%s %s,%s", kernel, kernel_line(r, "hvc0", init), initrd);
	format(line, "console=com1 loglvl=all guest_loglvl=all noreboot=0 %s",
	       m->xenargs);
	add(a, "-plugin", plugin_arg(r, p, blocks, counted));
	add(a, "-kernel", xen);
	add(a, "-initrd", modules);
	add(a, "-append", line);
}

static void add_x86(struct args *a, const struct run *r, const struct paths *p,
		    bool blocks)
{
	const struct machine *m = r->machine;
	char kernel[PATH_MAX];

	paths_kernel(p, m, kernel, sizeof(kernel));
	add(a, "-plugin", plugin_arg(r, p, blocks, "windows=1"));
	add(a, "-kernel", strdup(kernel));
	add(a, "-initrd", paths_initrd(p, m));
	add(a, "-append", kernel_line(r, "ttyS0", ""));
}

static void add_arm64(struct args *a, const struct run *r, const struct paths *p,
		      bool blocks)
{
	const struct machine *m = r->machine;
	char kernel[PATH_MAX];

	paths_kernel(p, m, kernel, sizeof(kernel));
	add(a, "-machine", "virt,gic-version=3");
	add(a, "-plugin", plugin_arg(r, p, blocks, "windows=2"));
	add(a, "-kernel", strdup(kernel));
	add(a, "-initrd", paths_initrd(p, m));
	add(a, "-append", kernel_line(r, "ttyAMA0", ""));
}

static void (*const add_setting[N_SETTINGS])(struct args *a, const struct run *r,
					      const struct paths *p,
					      bool blocks) = {
	[UNDER_XEN] = add_xen,
	[NATIVE_X86] = add_x86,
	[NATIVE_ARM64] = add_arm64,
};

/* Runs in the child. */
static void exec_qemu(const struct run *r, const struct paths *p, bool blocks)
{
	const struct machine *m = r->machine;
	struct args a = { .v = { (char *)paths_qemu(p, m) }, .n = 1 };

	add(&a, "-accel", "tcg");
	add(&a, "-icount", "shift=0,sleep=off");
	add(&a, "-cpu", m->cpu);
	add(&a, "-m", m->memory);
	add(&a, "-rtc", "base=2020-01-01T00:00:00,clock=vm");
	add(&a, "-smp", m->cpus);
	add(&a, "-display", "none");
	add(&a, "-serial", "stdio");
	add(&a, "-monitor", "none");
	add(&a, "-net", "none");
	add(&a, "-action", "reboot=shutdown");
	add_setting[m->setting](&a, r, p, blocks);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execvp(a.v[0], a.v);
	perror(a.v[0]);
	_exit(127);
}

bool run_start(struct run *r, const struct paths *p, bool blocks)
{
	int log, null;

	unlink(r->counts);
	log = open(r->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
		   0644);
	if (log < 0) {
		fprintf(stderr, "bench: %s: %s\n", r->log, strerror(errno));
		return false;
	}
	r->started = now_seconds();
	r->pid = fork();
	if (!r->pid) {
		null = open("/dev/null", O_RDONLY);
		dup2(null, 0);
		dup2(log, 1);
		dup2(log, 2);
		exec_qemu(r, p, blocks);
	}
	close(log);
	if (r->pid > 0)
		return true;
	fprintf(stderr, "bench: cannot start %s: %s\n",
		paths_qemu(p, r->machine), strerror(errno));
	r->pid = 0;
	return false;
}

void run_kill(struct run *r)
{
	if (r->pid <= 0)
		return;
	kill(r->pid, SIGKILL);
	waitpid(r->pid, &r->status, 0);
	r->pid = 0;
	r->finished = true;
}

bool run_poll(struct run *r)
{
	bool ended = waitpid(r->pid, &r->status, WNOHANG) == r->pid;

	r->seconds = now_seconds() - r->started;
	if (ended) {
		r->pid = 0;
		r->finished = true;
	} else if (r->seconds > r->machine->timeout) {
		r->timed_out = true;
		run_kill(r);
	}
	return r->finished;
}
