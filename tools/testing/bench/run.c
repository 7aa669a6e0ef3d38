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

#include "bench.h"
#include "measure.h"

#define format(var, ...)					\
	do {							\
		if (asprintf(&(var), __VA_ARGS__) < 0)		\
			abort();				\
	} while (0)

/* Runs in the child, whose memory is its own: nothing here is freed. */
static void exec_qemu(const struct run *r, const struct paths *p, bool blocks)
{
	const struct machine *m = r->machine;
	const char *option = builders[r->builder].option;
	char *plugin, *xen, *modules, *line, initrd[PATH_MAX];
	struct setup dom0 = { .logs = p->logs };

	snprintf(initrd, sizeof(initrd), "%s", p->initrd);
	if (m->domu)
		dom0_path(&dom0, m->xen, initrd, sizeof(initrd));
	format(plugin, "%s,kernel=%s,xen=%s/%s/xen-syms,out=%s,windows=%d,blocks=%s",
	       p->plugin, p->symbols, p->xen, m->xen, r->counts,
	       m->domu ? 2 : 1, blocks ? "on" : "off");
	format(xen, "%s/%s/xen", p->xen, m->xen);
	format(modules, "%s console=hvc0 panic=-1 nokaslr physmap=%s -- policy=%s xen%s%s,%s",
	       p->kernel, option, option, m->domu ? " measured domu=" : "",
	       m->domu ?: "", initrd);
	format(line, "console=com1 loglvl=all guest_loglvl=all noreboot=0 %s",
	       m->xenargs);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execlp(p->qemu, p->qemu, "-accel", "tcg", "-icount",
	       "shift=0,sleep=off", "-cpu", "qemu64", "-m", m->memory,
	       "-rtc", "base=2020-01-01T00:00:00,clock=vm",
	       "-smp", m->cpus, "-display", "none", "-serial", "stdio",
	       "-monitor", "none", "-net", "none", "-no-reboot",
	       "-plugin", plugin, "-kernel", xen, "-initrd", modules,
	       "-append", line, (char *)NULL);
	perror(p->qemu);
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
	fprintf(stderr, "bench: cannot start %s: %s\n", p->qemu, strerror(errno));
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
