// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of a boot-bench guest: judges the running kernel's direct map by what
 * the kernel itself shows (KTAP on the console), then prints the raw material
 * between @@BEGIN and @@END lines for the host to judge, and ends the machine.
 * Words behind "--" on the command line say what this boot is: policy=NAME,
 * xen for Xen PV, nonx, hotadd, after, domu=SCENARIO for a dom0 that runs guests,
 * guest for these, and scenario=SCENARIO for one that dom0 is to change. As
 * /sbin/poweroff it tells PID 1 that dom0 wants the guest to end. It changes
 * nothing but memory it allocated itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <resolv.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "textkey.h"

#define DEBUGFS	"/sys/kernel/debug/"
#define POWEROFF	"/sbin/poweroff"	/* the kernel's name for it */
#define HEAP	(16 << 20)
#define TRACE_LINE	57	/* bytes that a line of base64 holds */

struct opts opts;

static char *out;			/* everything to be said, written once */
static size_t out_len, out_cap;
static int tests;

void say(const char *fmt, ...)
{
	va_list ap;
	int n;

	for (;;) {
		va_start(ap, fmt);
		n = vsnprintf(out ? out + out_len : NULL, out_cap - out_len,
			      fmt, ap);
		va_end(ap);
		if (n < 0)
			return;
		if (out_len + n < out_cap)
			break;
		out_cap = 2 * out_cap + n + 65536;
		out = realloc(out, out_cap);
		if (!out)
			abort();
	}
	out_len += n;
}

void say_flush(void)
{
	for (size_t at = 0; at < out_len;) {
		ssize_t n = write(STDOUT_FILENO, out + at, out_len - at);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			break;
		if (n > 0)
			at += n;
	}
	out_len = 0;
}

/* Keeps KTAP on its own lines, with the reason behind a failure. */
void result(bool ok, const char *name, const char *fmt, ...)
{
	va_list ap;
	char why[512];

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (!ok)
		say("# %s: %s\n", name, why);
	say("%s %d - %s\n", ok ? "ok" : "not ok", ++tests, name);
}

/* A whole file and its length; there is a NUL behind it. */
static char *slurp_bytes(const char *path, size_t *size)
{
	size_t len = 0, cap = 65536;
	char *buf = malloc(cap);
	int fd = open(path, O_RDONLY);

	if (fd < 0 || !buf) {
		free(buf);
		return NULL;
	}
	for (;;) {
		ssize_t n = read(fd, buf + len, cap - len - 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += n;
		if (cap - len < 4096) {
			cap *= 2;
			buf = realloc(buf, cap);
			if (!buf)
				abort();
		}
	}
	close(fd);
	buf[len] = '\0';
	*size = len;
	return buf;
}

char *slurp(const char *path)
{
	size_t size;

	return slurp_bytes(path, &size);
}

/* A section the host can find, and can tell whole by its line count. */
void section(const char *name, const char *text)
{
	int lines = 0;

	say("@@BEGIN %s\n", name);
	for (const char *p = text; p && *p; lines++) {
		size_t n = strcspn(p, "\n");

		say("%.*s\n", (int)n, p);
		p += n + (p[n] == '\n');
	}
	say("@@END %s lines=%d\n", name, lines);
}

double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

void section_map(const char *name, const struct map *m)
{
	char line[96];

	say("@@BEGIN %s\n", name);
	for (size_t i = 0; i < m->n; i++) {
		span_text(&m->v[i], line, sizeof(line));
		say("%s\n", line);
	}
	say("@@END %s lines=%zu\n", name, m->n);
}

/* The kernel's trace, as base64 lines; none: the section is empty. */
static void section_trace(void)
{
	size_t size = 0;
	char *bytes = slurp_bytes(DEBUGFS "physmap/trace", &size);
	char line[4 * TRACE_LINE / 3 + 4];
	int lines = 0;

	say("@@BEGIN trace\n");
	for (size_t at = 0; at < size; at += TRACE_LINE, lines++) {
		size_t n = size - at < TRACE_LINE ? size - at : TRACE_LINE;

		b64_ntop((unsigned char *)bytes + at, n, line, sizeof(line));
		say("%s\n", line);
	}
	say("@@END trace lines=%d\n", lines);
	free(bytes);
}

bool read_map(struct map *m, uint64_t *base, unsigned int *high_splits)
{
	char *text = slurp(arch.page_tables);
	bool ok;

	memset(m, 0, sizeof(*m));
	ok = text && arch_dump(text, m, base);
	if (ok)
		*high_splits = dump_high_splits(text);
	free(text);
	return ok;
}

char *read_dmesg(void)
{
	int len = klogctl(10, NULL, 0);
	char *buf = malloc(len + 1);

	if (!buf)
		abort();
	len = klogctl(3, buf, len);
	buf[len < 0 ? 0 : len] = '\0';
	return buf;
}

/* The first line of text that holds one of the words, cut to fit. */
bool line_with(const char *text, const char *const *words, char *buf,
	       size_t len)
{
	for (const char *p = text; *p; p += *p == '\n') {
		size_t n = strcspn(p, "\n");

		snprintf(buf, len, "%.*s", (int)n, p);
		for (int i = 0; words[i]; i++)
			if (strstr(buf, words[i]))
				return true;
		p += n;
	}
	return false;
}

static void mount_all(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
}

static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR);

	if (fd < 0)
		return;
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

static void parse_args(int argc, char **argv)
{
	opts.policy = "off";
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "policy=", 7))
			opts.policy = argv[i] + 7;
		if (!strncmp(argv[i], "domu=", 5))
			opts.domu = argv[i] + 5;
		if (!strncmp(argv[i], "scenario=", 9))
			opts.scenario = argv[i] + 9;
		opts.xen |= !strcmp(argv[i], "xen");
		opts.guest |= !strcmp(argv[i], "guest");
		opts.nonx |= !strcmp(argv[i], "nonx");
		opts.hotadd |= !strcmp(argv[i], "hotadd");
		opts.after |= !strcmp(argv[i], "after");
		opts.measured |= !strcmp(argv[i], "measured");
	}
}

/*
 * Under Xen a page becomes RO in the direct map when it becomes a table, also
 * one for our own heap or for vmalloc. So the heap is made large once and kept,
 * and everything is read twice: the second time needs no new table.
 */
static void settle(void)
{
	struct map m = { 0 };
	unsigned int splits;
	uint64_t base;
	char *heap;

	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	heap = malloc(HEAP);
	if (heap)
		memset(heap, 1, HEAP);
	free(heap);
	read_map(&m, &base, &splits);
	map_free(&m);
	free(slurp(DEBUGFS "physmap/audit"));
}

static void say_raw(const struct facts *f)
{
	section("cmdline", f->cmdline);
	section("version", f->version);
	section("report", f->report);
	section("audit", f->audit);
	say("@@BASE 0x%llx\n", (unsigned long long)f->base);
	section_map("map", &f->map);
	section("iomem", f->iomem);
	section("meminfo", f->meminfo);
}

/* NULL, and a failed test, when host and guest are not of one build. */
static const struct scenario *scenario(const char *name)
{
	const struct scenario *s = scenario_find(name);

	if (!s)
		result(false, "the scenario is known", "not %s", name);
	return s;
}

/* What comes after the judgement at boot, if the words ask for it. */
static void go_on(const struct facts *f)
{
	const struct scenario *s;

	if (opts.hotadd)
		judge_hotadd(f);
	if (opts.after)
		judge_after(f);
	s = opts.domu ? scenario(opts.domu) : NULL;
	if (s)
		judge_domu(f, s);
	s = opts.scenario ? scenario(opts.scenario) : NULL;
	if (s)
		follow_steps(f, s);
}

/* The request to shut down may come at any time; follow_steps() waits for it. */
static void hold_shutdown(void)
{
	sigset_t asked;

	sigemptyset(&asked);
	sigaddset(&asked, SHUTDOWN_SIGNAL);
	sigprocmask(SIG_BLOCK, &asked, NULL);
}

int main(int argc, char **argv)
{
	struct facts f = { 0 };

	if (!strcmp(argv[0], POWEROFF))
		return kill(1, SHUTDOWN_SIGNAL) ? 1 : 0;
	mount_all();
	open_console();
	klogctl(8, NULL, 1);		/* our lines are not to be cut by the kernel's */
	parse_args(argc, argv);
	if (opts.scenario)
		hold_shutdown();
	if (opts.xen)
		settle();

	f.cmdline = slurp("/proc/cmdline");
	f.version = slurp("/proc/version");
	f.report = slurp(DEBUGFS "physmap/report");
	f.iomem = slurp("/proc/iomem");
	f.meminfo = slurp("/proc/meminfo");
	f.dmesg = read_dmesg();
	f.have_map = read_map(&f.map, &f.base, &f.high_splits);
	f.audit = slurp(DEBUGFS "physmap/audit");

	say("\n@@KTAP\nKTAP version 1\n");
	judge_kernel(&f);
	judge_map(&f);
	judge_physmap(&f);
	judge_memory();
	say_raw(&f);
	say_flush();
	go_on(&f);
	judge_last_words(&f);
	/* Last, so that hot-adds are in it as well. */
	if (strcmp(opts.policy, "off"))
		section_trace();
	say("1..%d\n@@DONE tests=%d\n", tests, tests);
	say_flush();
	sync();
	/*
	 * QEMU runs with -no-reboot, so a reset ends it; a dom0's reset goes
	 * through the hypervisor and ends there too. A guest that was asked to
	 * powers off.
	 */
	reboot(opts.scenario ? RB_POWER_OFF : RB_AUTOBOOT);
	for (;;)
		pause();
}
