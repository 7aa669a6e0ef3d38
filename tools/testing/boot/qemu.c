// SPDX-License-Identifier: GPL-2.0-only
/*
 * One QEMU for one boot: its command line from a row, its log file, its time
 * limit, and the monitor dialogue of the hot-add rows. Starts and ends only
 * processes of its own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define MON_FD	9
#define MAX_ARGS	64
#define GUEST_GONE	"(XEN) DOM1: reboot: "	/* the guest's last words */

/* What the guest asks for, and what the monitor is told then. */
static const struct {
	const char *want;
	const char *command;
} dialogue[] = {
	{ "@@WANT refused-dimm\n",
	  "object_add memory-backend-ram,id=m0,size=512M\n"
	  "device_add pc-dimm,id=d0,memdev=m0\n" },
	{ "@@WANT dimm\n",
	  "object_add memory-backend-ram,id=m1,size=512M\n"
	  "device_add pc-dimm,id=d1,memdev=m1\n" },
	{ "@@WANT unplug\n", "device_del d1\n" },
};

#define N_STEPS	((int)(sizeof(dialogue) / sizeof(dialogue[0])))

struct args {
	const char *v[MAX_ARGS];
	int n;
};

static void add(struct args *a, const char *s)
{
	if (a->n < MAX_ARGS - 1)
		a->v[a->n++] = s;
}

static void add2(struct args *a, const char *option, const char *value)
{
	add(a, option);
	add(a, value);
}

/* What physmap is told, and behind "--" the words for init. */
static char *guest_line(const struct boot *b)
{
	const struct row *r = b->row;
	const char *policy = policy_name(b->policy);
	char *line;

	if (asprintf(&line, "%s physmap=%s%s -- policy=%s%s%s%s%s%s%s", r->kargs,
		     r->flags & ROW_BADARG && b->policy == POLICY_TWO_PASS ?
		     "bogus" : policy,
		     b->policy == POLICY_OFF ? "" : " physmap_trace", policy,
		     r->flags & ROW_PV ? " xen" : "",
		     r->flags & ROW_NONX ? " nonx" : "",
		     r->flags & ROW_HOTADD ? " hotadd" : "",
		     r->flags & ROW_AFTER ? " after" : "",
		     r->domu ? " domu=" : "", r->domu ? r->domu : "") < 0)
		abort();
	return line;
}

/* Xen by multiboot: kernel and initramfs are its modules. */
static void add_xen(struct args *a, const struct boot *b,
		    const struct setup *s, const char *kernel, const char *line)
{
	char initrd[512], xen[512], *modules, *xenline;
	const struct row *r = b->row;

	snprintf(initrd, sizeof(initrd), "%s", setup_initrd(s, r));
	if (r->domu)
		dom0_path(s, r->xen, initrd, sizeof(initrd));
	setup_xen(s, r, "xen", xen, sizeof(xen));
	if (asprintf(&modules, "%s %s,%s", kernel, line, initrd) < 0 ||
	    asprintf(&xenline, "console=com1 loglvl=all guest_loglvl=all noreboot=0 %s",
		     r->xenargs) < 0)
		abort();
	add2(a, "-kernel", strdup(xen));
	add2(a, "-initrd", modules);
	add2(a, "-append", xenline);
}

/* Xen by a device tree, which says where in memory its modules are. */
static void add_xen_modules(struct args *a, const struct boot *b,
			    const struct setup *s)
{
	struct module modules[N_MODULES];
	char xen[512];

	setup_xen(s, b->row, "xen", xen, sizeof(xen));
	add2(a, "-kernel", strdup(xen));
	tree_modules(b->row, s, modules);
	for (int i = 0; i < N_MODULES; i++) {
		char *loader;

		if (asprintf(&loader, "loader,file=%s,addr=0x%llx,force-raw=on",
			     modules[i].path,
			     (unsigned long long)modules[i].address) < 0)
			abort();
		add2(a, "-device", loader);
	}
}

static void add_kernel(struct args *a, const struct boot *b,
		       const struct setup *s)
{
	const struct row *r = b->row;
	char kernel[512], tree[sizeof(b->log) + 8];
	char *line = guest_line(b);

	if (r->tree != TREE_AS_IS) {
		tree_path(b, tree, sizeof(tree));
		add2(a, "-dtb", strdup(tree));
	}
	setup_kernel(s, r, kernel, sizeof(kernel));
	if (r->xen && row_arch(r)->xen_tree) {
		add_xen_modules(a, b, s);
	} else if (r->xen) {
		add_xen(a, b, s, kernel, line);
	} else {
		add2(a, "-kernel", strdup(kernel));
		add2(a, "-initrd", setup_initrd(s, r));
		add2(a, "-append", line);
	}
}

/* Runs in the child, whose memory is its own: nothing here is freed. */
static void exec_qemu(const struct boot *b, const struct setup *s)
{
	struct args a = { .n = 0 };

	add(&a, setup_qemu(s, b->row));
	add2(&a, "-accel", "tcg");
	if (b->row->machine)
		add2(&a, "-M", b->row->machine);
	add2(&a, "-cpu", b->row->cpu);
	add2(&a, "-m", b->row->mem);
	add2(&a, "-display", "none");
	add2(&a, "-serial", "stdio");
	add2(&a, "-net", "none");
	add(&a, "-no-reboot");
	for (int i = 0; b->row->qemu && b->row->qemu[i]; i++)
		add(&a, b->row->qemu[i]);
	if (b->row->flags & ROW_UEFI)
		add2(&a, "-bios", setup_firmware(s, b->row));
	if (b->row->flags & ROW_HOTADD) {
		add2(&a, "-chardev", "socket,id=mon,fd=9");
		add2(&a, "-mon", "chardev=mon,mode=readline");
	} else {
		add2(&a, "-monitor", "none");
	}
	add_kernel(&a, b, s);
	a.v[a.n] = NULL;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execvp(a.v[0], (char *const *)a.v);
	perror(a.v[0]);
	_exit(127);
}

/* The row's own device tree, if it has one. */
static bool make_tree(const struct boot *b, const struct setup *s)
{
	char *line;
	bool ok;

	if (b->row->tree == TREE_AS_IS)
		return true;
	line = guest_line(b);
	ok = tree_make(b, s, line);
	free(line);
	return ok;
}

bool boot_start(struct boot *b, const struct setup *s)
{
	int mon[2] = { -1, -1 };
	int null;

	b->mon = -1;
	b->log_fd = open(b->log, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
			 0644);
	if (b->log_fd < 0) {
		fprintf(stderr, "boot: %s: %s\n", b->log, strerror(errno));
		return false;
	}
	if (!make_tree(b, s))
		return false;
	if (b->row->flags & ROW_HOTADD &&
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, mon))
		return false;
	b->started = now_seconds();
	b->pid = fork();
	if (b->pid < 0)
		return false;
	if (!b->pid) {
		null = open("/dev/null", O_RDONLY);
		dup2(null, 0);
		dup2(b->log_fd, 1);
		dup2(b->log_fd, 2);
		if (mon[1] >= 0)
			dup2(mon[1], MON_FD);
		exec_qemu(b, s);
	}
	if (mon[1] >= 0) {
		close(mon[1]);
		b->mon = mon[0];
		fcntl(b->mon, F_SETFL, O_NONBLOCK);
	}
	return true;
}

static void monitor_drain(struct boot *b)
{
	char buf[512];
	ssize_t n;

	while (b->mon >= 0 && (n = read(b->mon, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n && b->mon_len + 1 < sizeof(b->mon_text); i++)
			b->mon_text[b->mon_len++] = buf[i];
}

/*
 * What the log has gained, without carriage returns. Stays a line back: a wish
 * may be cut in two by this read.
 */
static bool read_news(struct boot *b, char *buf, size_t len)
{
	ssize_t n = pread(b->log_fd, buf, len - 1, b->log_seen);
	char *out = buf;

	if (n <= 0)
		return false;
	for (char *p = buf; p < buf + n; p++)
		if (*p != '\r' && *p)
			*out++ = *p;
	*out = '\0';
	b->log_seen += n > 64 ? n - 64 : 0;
	return true;
}

/* Looks for the guest's wishes. */
static void dialogue_step(struct boot *b)
{
	char buf[65536];

	if (!read_news(b, buf, sizeof(buf)))
		return;
	for (int i = 0; i < N_STEPS; i++) {
		if (b->steps & (1 << i) || !strstr(buf, dialogue[i].want))
			continue;
		b->steps |= 1 << i;
		if (write(b->mon, dialogue[i].command,
			  strlen(dialogue[i].command)) < 0)
			fprintf(stderr, "boot: %s: monitor: %s\n", b->name,
				strerror(errno));
	}
}

/* Where there is no dom0, nobody in the machine can switch it off. */
static void end_step(struct boot *b)
{
	char buf[65536];

	if (b->ended || !read_news(b, buf, sizeof(buf)) ||
	    !strstr(buf, GUEST_GONE))
		return;
	b->ended = true;
	kill(b->pid, SIGTERM);
}

/* What the monitor answered, without its prompt and echo. */
static void log_answers(struct boot *b)
{
	char line[256];
	const char *p = b->mon_text;

	b->mon_text[b->mon_len] = '\0';
	dprintf(b->log_fd, "\n---- QEMU's monitor ----\n");
	while ((p = next_line(p, line, sizeof(line))))
		if (strncmp(line, "(qemu)", 6))
			dprintf(b->log_fd, "%s\n", line);
}

static void boot_ended(struct boot *b)
{
	b->seconds = now_seconds() - b->started;
	b->finished = true;
	b->pid = 0;
	monitor_drain(b);
	if (b->mon >= 0) {
		log_answers(b);
		close(b->mon);
	}
	if (b->timed_out)
		dprintf(b->log_fd, "\n---- the bench's time limit ended this boot ----\n");
	close(b->log_fd);
}

void boot_kill(struct boot *b)
{
	if (b->pid <= 0)
		return;
	kill(b->pid, SIGKILL);
	waitpid(b->pid, &b->status, 0);
	boot_ended(b);
}

bool boot_poll(struct boot *b, const struct setup *s)
{
	if (b->mon >= 0) {
		monitor_drain(b);
		dialogue_step(b);
	}
	if (b->row->flags & ROW_DOM0LESS)
		end_step(b);
	if (waitpid(b->pid, &b->status, WNOHANG) == b->pid) {
		boot_ended(b);
		return true;
	}
	if (now_seconds() - b->started > (b->row->timeout ?: s->timeout)) {
		b->timed_out = true;
		boot_kill(b);
		return true;
	}
	return false;
}
