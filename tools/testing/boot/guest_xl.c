// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dom0 that runs guests: starts Xen's own toolstack, lets xl create a guest,
 * change it, save, restore and stop it as the scenario says, and hands the
 * guest's console on to the host as a section. What the guest has to say of
 * itself is not judged here but for the sweep, whose guests are many.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "textkey.h"

#define XEN		"/xen/"
#define NAME		"guest"
#define CONFIG		"/run/guest.cfg"
#define SAVED		"/run/guest.save"
#define OUTPUT		"/run/output"		/* of what is run to its end */
#define XL_OUTPUT	"/run/xl"		/* of the xl that watches a guest */
#define CONSOLE		"/var/log/xen/console/guest-" NAME ".log"
#define XENSTORE	"/run/xenstored/socket"
#define TICK_US		50000
#define WORDS_US	3000000
#define REFUSED		"physmap: cannot map"
#define QUICK		20			/* seconds */
#define SLOW		90
#define MAX_CALLS	1000

/* The guest's life as xl sees it. */
struct guest {
	const struct scenario *s;
	pid_t xl;			/* waits until the guest is gone */
	unsigned int limit;		/* MiB that it may have */
	double since;			/* the last thing that was tested */
};

/* Output goes to a file, for there is nobody to read a pipe. */
static pid_t start(const char *output, const char *const *argv)
{
	int null, out;
	pid_t pid = fork();

	if (pid)
		return pid;
	null = open("/dev/null", O_RDONLY);
	out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	execv(argv[0], (char *const *)argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* The child's exit status, -1 when it had to be killed. */
static int finish(pid_t pid, int seconds)
{
	int status;

	for (int us = 0; us < seconds * 1000000; us += TICK_US) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
		usleep(TICK_US);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

/* The last thing said in a file, for a failure's reason. */
static void last_line(const char *path, char *line, size_t len)
{
	char *text = slurp(path), *end, *p;

	snprintf(line, len, "it said nothing");
	if (!text)
		return;
	end = text + strlen(text);
	while (end > text && (end[-1] == '\n' || end[-1] == '\r'))
		*--end = '\0';
	p = strrchr(text, '\n');
	if (*text)
		snprintf(line, len, "%s", p ? p + 1 : text);
	free(text);
}

/* Runs a program to its end, within its time; says why if that goes wrong. */
static bool run(int seconds, const char *const *argv, char *why, size_t len)
{
	char line[256];
	int status = finish(start(OUTPUT, argv), seconds);

	if (!status)
		return true;
	last_line(OUTPUT, line, sizeof(line));
	if (status < 0)
		snprintf(why, len, "no end of %s after %d s: %s", argv[0],
			 seconds, line);
	else
		snprintf(why, len, "%s ended with status %d: %s", argv[0],
			 status, line);
	return false;
}

static bool wait_for_file(const char *path)
{
	for (int us = 0; us < QUICK * 1000000; us += TICK_US) {
		if (!access(path, F_OK))
			return true;
		usleep(TICK_US);
	}
	return false;
}

static void make_places(void)
{
	static const char *const dirs[] = {
		"/dev/pts", "/run", "/var", "/var/lib", "/var/lib/xen",
		"/var/log", "/var/log/xen", "/var/log/xen/console"
	};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		mkdir(dirs[i], 0755);
	mount("devpts", "/dev/pts", "devpts", 0, NULL);
	mount("tmpfs", "/run", "tmpfs", 0, "size=90%");
	mount("xenfs", "/proc/xen", "xenfs", 0, NULL);
	mkdir("/run/lock", 0755);
	mkdir("/run/xen", 0755);
	mkdir("/run/xenstored", 0755);
	symlink("/run", "/var/run");
	symlink("/run/lock", "/var/lock");
}

static bool start_daemons(void)
{
	static const char *const store[] = {
		XEN "xenstored", "--pid-file", "/run/xenstored.pid", NULL
	};
	static const char *const dom0[] = { XEN "xen-init-dom0", NULL };
	static const char *const console[] = {
		XEN "xenconsoled", "--log=guest",
		"--log-dir=/var/log/xen/console",
		"--pid-file=/run/xenconsoled.pid", NULL
	};
	char why[512] = "";
	double begin = seconds();
	bool ok;

	make_places();
	ok = run(QUICK, store, why, sizeof(why));
	if (ok && !wait_for_file(XENSTORE)) {
		snprintf(why, sizeof(why), "xenstored opens no %s", XENSTORE);
		ok = false;
	}
	ok = ok && run(QUICK, dom0, why, sizeof(why)) &&
	     run(QUICK, console, why, sizeof(why));
	say("# %.1f s\n", seconds() - begin);
	result(ok, "Xen's toolstack runs in dom0", "%s", why);
	return ok;
}

/* fail: the hypercall that is to fail, 0: none. */
static bool write_config(const struct scenario *s, int fail)
{
	/* The last words of one that stops early are read from its memory. */
	const char *end = s->sweep ? "preserve" : "destroy";
	const char *p = opts.policy;
	FILE *f = fopen(CONFIG, "w");

	if (!f)
		return false;
	fprintf(f, "name = \"" NAME "\"\n"
		"type = \"pv\"\n"
		"kernel = \"/domu/kernel\"\n"
		"ramdisk = \"/domu/initrd\"\n"
		"memory = %u\nmaxmem = %u\nvcpus = %u\n"
		"on_reboot = \"%s\"\n"
		"on_crash = \"%s\"\n",
		s->memory, s->maxmem, s->vcpus, end, end);
	if (opts.measured)
		fprintf(f, "cpus = \"1\"\n");
	fprintf(f, "extra = \"console=hvc0 earlyprintk=xen panic=-1 nokaslr rcupdate.rcu_cpu_stall_suppress=1 physmap=%s%s",
		p, strcmp(p, "off") && !opts.measured ? " physmap_trace" : "");
	if (fail)
		fprintf(f, " physmap_fail_hypercall=%d", fail);
	fprintf(f, " -- policy=%s xen guest", p);
	if (!s->sweep)
		fprintf(f, " scenario=%s", s->name);
	fprintf(f, "\"\n");
	return !fclose(f);
}

/* Is the guest gone? Then the xl that watched it has ended as well. */
static bool gone(struct guest *g)
{
	int status;

	if (g->xl && waitpid(g->xl, &status, WNOHANG) == g->xl)
		g->xl = 0;
	return !g->xl;
}

/* Waits for words on the guest's console; false: they never came. */
static bool heard(struct guest *g, const char *words, int seconds, char *why,
		  size_t len)
{
	for (int us = 0; us < seconds * 1000000; us += TICK_US) {
		bool last = gone(g);
		char *text = slurp(CONSOLE);
		bool found = text && strstr(text, words);

		free(text);
		if (found)
			return true;
		if (last)
			break;
		usleep(TICK_US);
	}
	last_line(gone(g) ? XL_OUTPUT : CONSOLE, why, len);
	return false;
}

/* The guest has judged itself for the n-th time. */
static bool ready(struct guest *g, int n, char *why, size_t len)
{
	char words[32];

	snprintf(words, sizeof(words), "@@READY %d\r\n", n);
	return heard(g, words, SLOW, why, len);
}

static bool wait_gone(struct guest *g, int seconds)
{
	for (int us = 0; us < seconds * 1000000; us += TICK_US) {
		if (gone(g))
			return true;
		usleep(TICK_US);
	}
	return false;
}

/* xl stays in the foreground until the guest is gone. */
static void watch(struct guest *g, const char *command, const char *file)
{
	const char *const argv[] = { XEN "xl", command, "-F", file, NULL };

	g->xl = start(XL_OUTPUT, argv);
}

static bool set_memory(struct guest *g, unsigned int mib, char *why, size_t len)
{
	char size[16];
	const char *const max[] = { XEN "xl", "mem-max", NAME, size, NULL };
	const char *const set[] = { XEN "xl", "mem-set", NAME, size, NULL };

	snprintf(size, sizeof(size), "%um", mib);
	if (mib > g->limit) {
		if (!run(QUICK, max, why, len))
			return false;
		g->limit = mib;
	}
	return run(QUICK, set, why, len);
}

static bool save_restore(struct guest *g, char *why, size_t len)
{
	static const char *const save[] = { XEN "xl", "save", NAME, SAVED, NULL };

	if (!run(SLOW, save, why, len))
		return false;
	if (!wait_gone(g, QUICK)) {
		snprintf(why, len, "the guest is still there");
		return false;
	}
	watch(g, "restore", SAVED);
	return true;
}

static bool change(struct guest *g, const struct step *st, char *why,
		   size_t len)
{
	if (st->change == CHANGE_MEMORY)
		return set_memory(g, st->mib, why, len);
	return save_restore(g, why, len);
}

/* A test of the guest's life, with the time that it took. */
static void lived(bool ok, const char *name, struct guest *g, const char *why)
{
	double now = seconds();

	say("# %.1f s\n", now - g->since);
	result(ok, name, "%s", why);
	g->since = now;
}

/* The next change comes only once the guest has judged the one before. */
static bool go_through(struct guest *g)
{
	char why[512] = "", name[96];
	bool ok = ready(g, 0, why, sizeof(why));

	lived(ok, "the guest boots", g, why);
	for (int i = 0; ok && g->s->steps[i].change; i++) {
		const struct step *st = &g->s->steps[i];

		ok = change(g, st, why, sizeof(why)) &&
		     ready(g, i + 1, why, sizeof(why));
		snprintf(name, sizeof(name), "the guest goes on %s", st->when);
		lived(ok, name, g, why);
	}
	return ok;
}

static void shut_down(struct guest *g)
{
	static const char *const stop[] = {
		XEN "xl", "shutdown", "-w", NAME, NULL
	};
	char why[512] = "", line[256];
	bool ok = run(SLOW, stop, why, sizeof(why)) && wait_gone(g, QUICK);

	last_line(CONSOLE, line, sizeof(line));
	if (!why[0])
		snprintf(why, sizeof(why), "it said last: %s", line);
	lived(ok, "the guest shuts down when xl asks it to", g, why);
}

static void destroy(void)
{
	static const char *const argv[] = { XEN "xl", "destroy", NAME, NULL };
	char why[512];

	run(QUICK, argv, why, sizeof(why));
}

/* Whatever went wrong, no guest is left running. */
static void end(struct guest *g)
{
	if (!gone(g))
		destroy();
	if (!wait_gone(g, QUICK))
		kill(g->xl, SIGKILL);
}

static void run_guest(const struct scenario *s)
{
	struct guest g = { .s = s, .limit = s->maxmem, .since = seconds() };
	char *console;

	if (!write_config(s, 0)) {
		result(false, "the guest boots", "cannot write " CONFIG);
		return;
	}
	watch(&g, "create", CONFIG);
	if (go_through(&g))
		shut_down(&g);
	end(&g);
	console = slurp(CONSOLE);
	section("domu", console);
	free(console);
}

/* How many lines hold the words; the last of them is kept. */
static int count_lines(const char *text, const char *words, char *line,
		       size_t len)
{
	int n = 0;

	for (const char *p = text; p && *p; p += *p == '\n') {
		size_t end = strcspn(p, "\r\n");
		const char *at = memmem(p, end, words, strlen(words));

		n += !!at;
		if (at)
			snprintf(line, len, "%.*s", (int)(end - (at - p)), at);
		p += strcspn(p, "\n");
	}
	return n;
}

/* The line must say what and where: which entry, which page, which rule. */
static bool complete(const char *line)
{
	static const char *const parts[] = {
		"level ", "address 0x", "pfn ", "mfn ", " (XENPV-", "error -"
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strstr(line, parts[i]))
			return false;
	return true;
}

enum outcome { STOPPED, UNHARMED, WRONG };

/*
 * A guest whose k-th hypercall failed says why it cannot go on, once, and does
 * not; one that has no k-th hypercall ends as any other.
 */
static enum outcome judge_guest_k(const char *console, bool ended, char *line,
				  size_t len)
{
	char first[256];
	bool done = strstr(console, "@@DONE ");
	bool failed = strstr(console, "\nnot ok ");
	int said = count_lines(console, REFUSED, line, len);

	if (!ended) {
		snprintf(line, len, "it neither ended nor stopped");
		return WRONG;
	}
	if (done && !failed && !said)
		return UNHARMED;
	if (!done && said == 1 && complete(line))
		return STOPPED;
	if (done && failed && count_lines(console, "not ok ", first,
					  sizeof(first)))
		snprintf(line, len, "it went on: %s", first);
	else if (!said)
		snprintf(line, len, "it stopped without a word of physmap's");
	else if (said > 1)
		snprintf(line, len, "%d lines say that it cannot map", said);
	return WRONG;
}

/* xenconsoled reads what a guest has said in its own time. */
static char *last_words(void)
{
	char *text = NULL;

	for (int us = 0; us < WORDS_US; us += TICK_US) {
		free(text);
		text = slurp(CONSOLE);
		if (text && (strstr(text, "@@DONE ") || strstr(text, REFUSED)) &&
		    text[strlen(text) - 1] == '\n')
			break;
		usleep(TICK_US);
	}
	return text;
}

/* How many hypercalls the guest's report tells of. */
static long long hypercalls(const char *console)
{
	return key_value(console, "hypercalls", "mmuext") +
	       key_value(console, "hypercalls", "mmu_update");
}

/* One guest whose k-th hypercall fails. */
static enum outcome refuse(const struct scenario *s, int k, long long *calls)
{
	struct guest g = { .s = s, .limit = s->maxmem };
	enum outcome o = WRONG;
	char line[512] = "it cannot be started", name[64];
	char *console;
	bool ended;

	unlink(CONSOLE);
	if (write_config(s, k))
		watch(&g, "create", CONFIG);
	ended = wait_gone(&g, SLOW);
	console = last_words();
	destroy();
	end(&g);
	if (console)
		o = judge_guest_k(console, ended, line, sizeof(line));
	snprintf(name, sizeof(name), "hypercall %d refused: %s", k,
		 o == UNHARMED ? "there is none, and the guest is well" :
		 "the guest says so and stops");
	result(o != WRONG, name, "%s", line);
	if (o == STOPPED)
		say("# %s\n", line);
	if (o == UNHARMED)
		*calls = hypercalls(console);
	if (o == WRONG)
		section("domu", console);
	say_flush();
	free(console);
	return o;
}

/* Every one in turn, until a guest finds all of them in order. */
static void sweep(const struct scenario *s)
{
	enum outcome o = STOPPED;
	long long calls = -1;
	int k = 0;

	while (o == STOPPED && k < MAX_CALLS)
		o = refuse(s, ++k, &calls);
	result(o == UNHARMED && calls == k - 1,
	       "every hypercall of a boot has been refused once",
	       "%d refused, %lld in the report (does this kernel know physmap_fail_hypercall?)",
	       k - 1, calls);
}

void judge_domu(const struct facts *f, const struct scenario *s)
{
	if (!start_daemons())
		return;
	if (s->sweep)
		sweep(s);
	else
		run_guest(s);
	judge_again(f, "after running guests");
	say_flush();
}
