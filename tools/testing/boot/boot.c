// SPDX-License-Identifier: GPL-2.0-only
/*
 * The boot bench: boots every row of the table under every policy in QEMU and
 * prints KTAP on stdout, progress on stderr. Options and the order of boots
 * live here; it writes into its log directory and nowhere else.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

#define MAX_ROWS	64
#define BOOTS		N_POLICIES

static struct {
	struct setup setup;
	const char *only;
	const char *policy;
	const char *mutant;		/* the rule that this kernel breaks */
	int jobs;
	bool show, list, upstream, selftest;
} opt = {
	.setup = {
		.kernels = "build",
		.xen = "build/xen",
		.physmap = "build/physmap/physmap",
		.logs = "build/boot/logs",
		.timeout = 180,
	},
	.jobs = 2,
};

/* The boots of one row; boot[POLICY_OFF] is the judge. */
struct work {
	const struct row *row;
	struct boot boot[BOOTS];
	bool wanted[BOOTS], reported;
};

static struct work work[MAX_ROWS];
static int n_work, n_boots, n_done;

static const struct option long_options[] = {
	{ "only", required_argument, NULL, 'o' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "kernels", required_argument, NULL, 'K' },
	{ "kernel", required_argument, NULL, 'k' },
	{ "xen", required_argument, NULL, 'x' },
	{ "initrd", required_argument, NULL, 'i' },
	{ "firmware", required_argument, NULL, 'f' },
	{ "qemu", required_argument, NULL, 'q' },
	{ "physmap", required_argument, NULL, 'p' },
	{ "policy", required_argument, NULL, 'P' },
	{ "mutant", required_argument, NULL, 'm' },
	{ "logs", required_argument, NULL, 'd' },
	{ "timeout", required_argument, NULL, 't' },
	{ "show", no_argument, NULL, 's' },
	{ "list", no_argument, NULL, 'l' },
	{ "upstream", no_argument, NULL, 'u' },
	{ "self-test", no_argument, NULL, 'S' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void usage(FILE *f)
{
	fprintf(f,
		"usage: boot [options]\n"
		"  --only PREFIX   only rows whose name begins with PREFIX (a list: a,b)\n"
		"  --jobs N        N machines at a time (default 2)\n"
		"  --kernels DIR   what scripts/build-kernel has made (default build)\n"
		"  --xen DIR       what scripts/get-xen has made\n"
		"  --kernel FILE, --initrd FILE, --firmware FILE, --qemu FILE\n"
		"                  image, initramfs, UEFI firmware, QEMU for all rows\n"
		"                  chosen (default: those of each row's architecture)\n"
		"  --physmap FILE  the tool that replays traces\n"
		"  --policy NAME   only two-pass, or only fresh\n"
		"  --mutant RULE   this kernel has a mistake: its traces must break RULE\n"
		"  --logs DIR      where the serial logs and the traces go\n"
		"  --timeout S     limit for one boot (default 180)\n"
		"  --show          two-pass only, told for a person\n"
		"  --upstream      calibrate: boot physmap=off twice and compare the two\n"
		"  --list          name the rows\n"
		"  --self-test     test the comparison with hand-made maps\n");
}

static int number(const char *text, const char *option)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || end == text || n < 1 || n > 10000) {
		fprintf(stderr, "boot: %s wants an integer from 1, not \"%s\"\n",
			option, text);
		exit(2);
	}
	return n;
}

/* Where an option's text goes, if it is one that takes text. */
static const char **text_option(int c)
{
	switch (c) {
	case 'o':
		return &opt.only;
	case 'K':
		return &opt.setup.kernels;
	case 'k':
		return &opt.setup.kernel;
	case 'x':
		return &opt.setup.xen;
	case 'i':
		return &opt.setup.initrd;
	case 'f':
		return &opt.setup.firmware;
	case 'q':
		return &opt.setup.qemu;
	case 'p':
		return &opt.setup.physmap;
	case 'P':
		return &opt.policy;
	case 'm':
		return &opt.mutant;
	case 'd':
		return &opt.setup.logs;
	}
	return NULL;
}

static void set_option(int c)
{
	const char **text = text_option(c);

	if (text)
		*text = optarg;
	else if (c == 'j')
		opt.jobs = number(optarg, "--jobs");
	else if (c == 't')
		opt.setup.timeout = number(optarg, "--timeout");
	else if (c == 's')
		opt.show = true;
	else if (c == 'l')
		opt.list = true;
	else if (c == 'u')
		opt.upstream = true;
	else if (c == 'S')
		opt.selftest = true;
}

static void parse(int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (c == 'h' || c == '?') {
			usage(c == 'h' ? stdout : stderr);
			exit(c == 'h' ? 0 : 2);
		}
		set_option(c);
	}
	if (opt.policy && strcmp(opt.policy, "two-pass") &&
	    strcmp(opt.policy, "fresh")) {
		fprintf(stderr, "boot: --policy wants two-pass or fresh, not \"%s\"\n",
			opt.policy);
		exit(2);
	}
	if (optind < argc) {
		fprintf(stderr, "boot: unexpected argument \"%s\"\n",
			argv[optind]);
		exit(2);
	}
}

static bool need_file(const char *path, const char *what, const char *advice)
{
	if (!access(path, R_OK))
		return true;
	fprintf(stderr, "boot: %s: no %s: %s\n", path, what, advice);
	return false;
}

static bool need_program(const char *name, const char *advice)
{
	const char *path = getenv("PATH");
	char full[PATH_MAX];

	if (strchr(name, '/'))
		return need_file(name, "program", advice);
	while (path && *path) {
		size_t n = strcspn(path, ":");

		snprintf(full, sizeof(full), "%.*s/%s", (int)n, path, name);
		if (!access(full, X_OK))
			return true;
		path += n + (path[n] == ':');
	}
	fprintf(stderr, "boot: %s is not installed: %s\n", name, advice);
	return false;
}

static bool need_xen(const struct row *r)
{
	const char *advice = "run scripts/get-xen, or give --xen";
	char path[PATH_MAX];
	bool ok = true;

	if (!r->xen)
		return true;
	setup_xen(&opt.setup, r, "xen", path, sizeof(path));
	ok &= need_file(path, "Xen hypervisor", advice);
	setup_xen(&opt.setup, r, "tools.cpio.gz", path, sizeof(path));
	if (r->domu)
		ok &= need_file(path, "Xen tools", advice) &&
		      need_program("cpio", "apt-get install cpio");
	return ok;
}

static bool need_kernel(const struct row *r)
{
	char path[PATH_MAX];

	setup_kernel(&opt.setup, r, path, sizeof(path));
	return need_file(path, "kernel",
			 "run make prepare, or give --kernels or --kernel");
}

static bool need_row(const struct row *r)
{
	const struct setup *s = &opt.setup;
	const struct arch *a = row_arch(r);
	char qemu[96], firmware[96];
	bool ok;

	snprintf(qemu, sizeof(qemu), "apt-get install %s", a->qemu_package);
	ok = need_program(setup_qemu(s, r), qemu);
	ok &= need_kernel(r);
	ok &= need_file(setup_initrd(s, r), "initramfs",
			"run make -C tools/testing/boot, or give --initrd");
	snprintf(firmware, sizeof(firmware),
		 "apt-get install %s, or give --firmware", a->firmware_package);
	if (r->flags & ROW_UEFI)
		ok &= need_file(setup_firmware(s, r), "UEFI firmware",
				firmware);
	return ok & need_xen(r);
}

/* The first row that lacks something tells: others lack the same. */
static bool need_all(void)
{
	if (!need_file(opt.setup.physmap, "tool for traces",
		       "run make -C tools/physmap, or give --physmap"))
		return false;
	for (int i = 0; i < n_work; i++)
		if (!need_row(work[i].row))
			return false;
	return true;
}

static bool make_dirs(const char *path)
{
	char part[PATH_MAX];

	for (size_t n = 1; n <= strlen(path); n++) {
		if (path[n] && path[n] != '/')
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)n, path);
		if (mkdir(part, 0755) && errno != EEXIST) {
			fprintf(stderr, "boot: %s: %s\n", part,
				strerror(errno));
			return false;
		}
	}
	return true;
}

/* One initramfs for each Xen under which guests are run. */
static bool make_dom0s(void)
{
	const char *made = "";

	for (int i = 0; i < n_work; i++) {
		const struct row *r = work[i].row;
		struct setup s = opt.setup;
		char kernel[PATH_MAX];

		if (!r->domu || !strcmp(r->xen, made))
			continue;
		setup_kernel(&s, r, kernel, sizeof(kernel));
		s.kernel = kernel;
		s.initrd = setup_initrd(&s, r);
		if (!dom0_initrd(&s, r->xen))
			return false;
		made = r->xen;
	}
	return true;
}

static bool wants(const struct row *r, enum policy p)
{
	if (r->flags & ROW_SWEEP && (p == POLICY_OFF || opt.upstream))
		return false;
	if (p == POLICY_OFF)
		return !opt.mutant;
	if (opt.policy && strcmp(opt.policy, policy_name(p)))
		return false;
	if (opt.mutant)
		return true;
	if (opt.upstream || opt.show || r->flags & ROW_BADARG)
		return p == POLICY_TWO_PASS;
	return true;
}

static void plan(void)
{
	for (int i = 0; i < n_rows && n_work < MAX_ROWS; i++) {
		struct work *w = &work[n_work];

		if (!selected(opt.only, rows[i].name))
			continue;
		w->row = &rows[i];
		for (int p = 0; p < BOOTS; p++) {
			struct boot *b = &w->boot[p];
			bool again = opt.upstream && p != POLICY_OFF;

			w->wanted[p] = wants(w->row, p);
			n_boots += w->wanted[p];
			b->row = w->row;
			b->policy = opt.upstream ? POLICY_OFF : p;
			snprintf(b->name, sizeof(b->name), "%s-%s%s",
				 w->row->name, policy_name(b->policy),
				 again ? "-again" : "");
			snprintf(b->log, sizeof(b->log), "%s/%s.log",
				 opt.setup.logs, b->name);
		}
		n_work++;
	}
}

/* Upstream's builder leaves no trace. */
static void report_trace(struct ktap *k, struct boot *b, const struct log *l)
{
	bool clean;

	if (b->policy == POLICY_OFF)
		return;
	clean = trace_judge(b, l, &opt.setup, NULL);
	ktap(k, clean, b->name, "trace replayed by the judges: clean", b->log,
	     "%s", b->trace);
}

static bool write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	bool ok;

	if (!f)
		return false;
	ok = fputs(text, f) >= 0;
	return !fclose(f) && ok;
}

/* Of a kernel with a mistake nothing is asked but that its trace tells. */
static void report_mutant(struct ktap *k, struct boot *b, const struct log *l)
{
	char what[96];

	snprintf(what, sizeof(what), "trace with the mutant breaks %s",
		 opt.mutant);
	ktap(k, trace_judge(b, l, &opt.setup, opt.mutant), b->name, what,
	     b->log, "%s", b->trace);
}

/* The boots of one machine, each by itself and beside upstream's. */
static void report_boots(struct ktap *k, struct boot *boots, struct log *logs,
			 const bool *wanted)
{
	for (int p = 0; p < BOOTS; p++) {
		if (!wanted[p])
			continue;
		if (opt.mutant) {
			report_mutant(k, &boots[p], &logs[p]);
			continue;
		}
		judge_boot(k, &boots[p], &logs[p]);
		report_trace(k, &boots[p], &logs[p]);
		if (p != POLICY_OFF && wanted[POLICY_OFF])
			judge_pair(k, &boots[p], &logs[p], &boots[POLICY_OFF],
				   &logs[POLICY_OFF]);
	}
	if (opt.show)
		show_boot(&boots[POLICY_TWO_PASS], &logs[POLICY_TWO_PASS],
			  &logs[POLICY_OFF]);
}

static bool read_logs(struct ktap *k, struct boot *boots, struct log *logs,
		      const bool *wanted)
{
	for (int p = 0; p < BOOTS; p++)
		if (wanted[p] && !log_read(boots[p].log, &logs[p])) {
			ktap(k, false, boots[p].name, "has a log", boots[p].log,
			     "cannot be read");
			return false;
		}
	return true;
}

static void free_logs(struct log *logs)
{
	for (int p = 0; p < BOOTS; p++)
		log_free(&logs[p]);
}

/*
 * The guests that the dom0s of a row have run are boots like any other, with
 * the console that each dom0 has handed on as their logs.
 */
static void report_guests(struct ktap *k, const struct work *w,
			  const struct log *dom0_logs)
{
	static struct boot guests[BOOTS];
	struct log logs[BOOTS] = { 0 };

	for (int p = 0; p < BOOTS; p++) {
		struct boot *g = &guests[p];

		if (!w->wanted[p])
			continue;
		*g = w->boot[p];
		g->within = true;
		snprintf(g->name, sizeof(g->name), "%.*s domU",
			 (int)sizeof(g->name) - 6, w->boot[p].name);
		snprintf(g->log, sizeof(g->log), "%s/%s-domu.log",
			 opt.setup.logs, w->boot[p].name);
		if (!dom0_logs[p].domu ||
		    !write_file(g->log, dom0_logs[p].domu)) {
			ktap(k, false, g->name, "has a log", w->boot[p].log,
			     "there is none, or it is cut short");
			return;
		}
	}
	if (read_logs(k, guests, logs, w->wanted))
		report_boots(k, guests, logs, w->wanted);
	free_logs(logs);
}

/* Hypervisors that have no dom0 to judge. */
static void report_hosts(struct ktap *k, const struct boot *boots,
			 const struct log *logs, const bool *wanted)
{
	for (int p = 0; p < BOOTS; p++)
		if (wanted[p] && !opt.mutant)
			judge_host(k, &boots[p], &logs[p]);
}

/* Is there a guest's log of its own? */
static bool has_guest(const struct row *r)
{
	return r->flags & ROW_DOM0LESS || (r->domu && !(r->flags & ROW_SWEEP));
}

static void report(struct work *w, struct ktap *k)
{
	struct log logs[BOOTS] = { 0 };

	if (read_logs(k, w->boot, logs, w->wanted)) {
		if (w->row->flags & ROW_DOM0LESS)
			report_hosts(k, w->boot, logs, w->wanted);
		else
			report_boots(k, w->boot, logs, w->wanted);
		if (has_guest(w->row))
			report_guests(k, w, logs);
	}
	free_logs(logs);
	fflush(stdout);
	w->reported = true;
}

static bool row_finished(const struct work *w)
{
	for (int p = 0; p < BOOTS; p++)
		if (w->wanted[p] && !w->boot[p].finished)
			return false;
	return true;
}

/* The next boot that may start beside what is running, in table order. */
static struct boot *next_boot(int running, bool alone)
{
	for (int i = 0; i < n_work; i++)
		for (int p = 0; p < BOOTS; p++) {
			struct boot *b = &work[i].boot[p];

			if (!work[i].wanted[p] || b->pid || b->finished)
				continue;
			if (alone || (b->row->flags & ROW_ALONE && running))
				return NULL;
			return b;
		}
	return NULL;
}

static void progress(const struct boot *b)
{
	fprintf(stderr, "boot %d/%d: %s %.1f s%s\n", ++n_done, n_boots, b->name,
		b->seconds, b->timed_out ? " (time limit)" : "");
}

/* One round over all running boots; returns how many still run. */
static int poll_all(bool *alone)
{
	int running = 0;

	*alone = false;
	for (int i = 0; i < n_work; i++)
		for (int p = 0; p < BOOTS; p++) {
			struct boot *b = &work[i].boot[p];

			if (!b->pid)
				continue;
			if (boot_poll(b, &opt.setup)) {
				progress(b);
				continue;
			}
			running++;
			*alone |= !!(b->row->flags & ROW_ALONE);
		}
	return running;
}

static bool run_all(struct ktap *k)
{
	int reported = 0;

	while (reported < n_work) {
		bool alone;
		int running = poll_all(&alone);
		struct boot *b;

		while (running < opt.jobs && (b = next_boot(running, alone))) {
			if (!boot_start(b, &opt.setup))
				return false;
			running++;
			alone = b->row->flags & ROW_ALONE;
		}
		/* In the table's order, whatever ended first. */
		while (reported < n_work && row_finished(&work[reported]))
			report(&work[reported++], k);
		usleep(20000);
	}
	return true;
}

static int list(void)
{
	for (int i = 0; i < n_rows; i++)
		if (selected(opt.only, rows[i].name))
			printf("%-24s %s\n", rows[i].name, rows[i].about);
	return 0;
}

int main(int argc, char **argv)
{
	struct ktap k = { .quiet = false };
	double start = now_seconds();

	parse(argc, argv);
	if (opt.selftest)
		return self_test();
	if (opt.list)
		return list();
	plan();
	if (!n_work) {
		fprintf(stderr, "boot: no row begins with \"%s\": see --list\n",
			opt.only);
		return 2;
	}
	if (!need_all() || !make_dirs(opt.setup.logs) || !make_dom0s())
		return 2;
	k.quiet = opt.show;
	if (!opt.show)
		printf("KTAP version 1\n");
	if (!run_all(&k))
		return 2;
	if (!opt.show)
		printf("1..%d\n", k.n);
	printf("%s%d passed, %d failed\n", opt.show ? "\n" : "# ",
	       k.n - k.failed, k.failed);
	fprintf(stderr, "boot: %d boots in %.0f s\n", n_boots,
		now_seconds() - start);
	return k.failed ? 1 : 0;
}
