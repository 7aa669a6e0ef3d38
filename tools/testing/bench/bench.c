// SPDX-License-Identifier: GPL-2.0-only
/*
 * The instruction bench: boots each machine once with upstream's builder of the
 * direct map and once with each of ours, out of one image, lets a plugin of
 * QEMU's count what building costs, and prints a table. Options and the order of
 * boots live here; it writes into its own directory only.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measure.h"
#include "symbols.h"

#define MAX_MACHINES	32
#define MAX_REPEAT	5
#define MAX_RUNS	(MAX_MACHINES * N_BUILDERS * MAX_REPEAT)

static struct {
	struct paths paths;
	const char *only;
	int jobs, repeat;
	bool list, needs;
	enum builder profile;		/* N_BUILDERS: none */
} opt = {
	.paths = {
		.kernels = "build",
		.xen = "build/xen",
		.plugin = "build/bench/count.so",
		.out = "build/bench",
	},
	.jobs = 2, .repeat = 1, .profile = N_BUILDERS,
};

static struct run runs[MAX_RUNS];
static int n_runs;
static struct measured measured[MAX_MACHINES];
static int n_measured;

static const struct option long_options[] = {
	{ "only", required_argument, NULL, 'o' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "repeat", required_argument, NULL, 'r' },
	{ "profile", required_argument, NULL, 'p' },
	{ "kernels", required_argument, NULL, 'K' },
	{ "kernel", required_argument, NULL, 'k' },
	{ "symbols", required_argument, NULL, 's' },
	{ "xen", required_argument, NULL, 'x' },
	{ "initrd", required_argument, NULL, 'i' },
	{ "plugin", required_argument, NULL, 'P' },
	{ "qemu", required_argument, NULL, 'q' },
	{ "out", required_argument, NULL, 'O' },
	{ "list", no_argument, NULL, 'l' },
	{ "needs", no_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char usage[] =
	"usage: bench [OPTION...]\n"
	"Counts what building the direct map costs: instructions and hypercalls of\n"
	"init_mem_mapping() under Xen PV; instructions and flushes of it on bare x86;\n"
	"instructions, TLBI and barriers of map_mem() on arm64.\n"
	"  --only PREFIX    machines whose name begins so; commas between several\n"
	"  --jobs N         boots at a time (2)\n"
	"  --repeat N       each boot N times; they must not differ (1)\n"
	"  --profile NAME   only this builder (upstream, two-pass, fresh), on the\n"
	"                   first machine of --only: functions and hottest code\n"
	"  --kernels DIR    what scripts/build-kernel has made (build)\n"
	"  --kernel FILE    this kernel for every machine of --only\n"
	"  --symbols FILE   its vmlinux (the one beside it)\n"
	"  --xen DIR        a directory for each Xen: xen, xen-syms (build/xen)\n"
	"  --initrd FILE    initramfs of the boot bench (in build/boot)\n"
	"  --plugin FILE    the plugin that counts (build/bench/count.so)\n"
	"  --qemu PROGRAM   (the architecture's)\n"
	"  --out DIR        bench.json and logs/ (build/bench)\n"
	"  --needs          only print which kernels the machines of --only have, by\n"
	"                   the names that scripts/build-kernel knows\n"
	"  --list           the machines\n";

static int small_number(const char *text, const char *option, int most)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || n < 1 || n > most) {
		fprintf(stderr, "bench: --%s %s: a number from 1 to %d is wanted\n",
			option, text, most);
		exit(2);
	}
	return n;
}

static enum builder builder_named(const char *name)
{
	for (int b = 0; b < N_BUILDERS; b++)
		if (!strcmp(builders[b].name, name))
			return b;
	fprintf(stderr, "bench: --profile %s: builders are upstream, two-pass and fresh\n",
		name);
	exit(2);
}

/* The option that is a path or a name as it stands; NULL: another one. */
static const char **text_option(int c)
{
	struct paths *p = &opt.paths;

	switch (c) {
	case 'o':
		return &opt.only;
	case 'K':
		return &p->kernels;
	case 'k':
		return &p->kernel;
	case 's':
		return &p->symbols;
	case 'x':
		return &p->xen;
	case 'i':
		return &p->initrd;
	case 'P':
		return &p->plugin;
	case 'q':
		return &p->qemu;
	case 'O':
		return &p->out;
	default:
		return NULL;
	}
}

static void parse_option(int c)
{
	const char **text = text_option(c);

	if (text) {
		*text = optarg;
	} else if (c == 'j') {
		opt.jobs = small_number(optarg, "jobs", 64);
	} else if (c == 'r') {
		opt.repeat = small_number(optarg, "repeat", MAX_REPEAT);
	} else if (c == 'p') {
		opt.profile = builder_named(optarg);
	} else if (c == 'l') {
		opt.list = true;
	} else if (c == 'n') {
		opt.needs = true;
	} else {
		fputs(usage, c == 'h' ? stdout : stderr);
		exit(c == 'h' ? 0 : 2);
	}
}

static void parse_options(int argc, char **argv)
{
	struct paths *p = &opt.paths;
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		parse_option(c);
	if (optind < argc) {
		fprintf(stderr, "bench: %s: not an option\n", argv[optind]);
		exit(2);
	}
	snprintf(p->logs, sizeof(p->logs), "%s/logs", p->out);
}

static void plan_run(const struct machine *m, enum builder b, int repeat)
{
	struct run *r = &runs[n_runs++];
	const char *builder = builders[b].name, *logs = opt.paths.logs;
	char name[48];

	*r = (struct run) { .machine = m, .builder = b, .repeat = repeat };
	snprintf(name, sizeof(name), "%s-%s", m->name, builder);
	if (repeat)
		snprintf(name, sizeof(name), "%s-%s-again%d", m->name, builder,
			 repeat);
	snprintf(r->name, sizeof(r->name), "%s", name);
	snprintf(r->log, sizeof(r->log), "%s/%s.log", logs, name);
	snprintf(r->counts, sizeof(r->counts), "%s/%s.json", logs, name);
}

/* Large machines first: the last boot to end is then a short one. */
static bool plan(void)
{
	for (int i = n_machines - 1; i >= 0; i--) {
		if (!selected(opt.only, machines[i].name))
			continue;
		for (enum builder b = 0; b < N_BUILDERS; b++)
			for (int k = 0; k < opt.repeat; k++)
				if (opt.profile == N_BUILDERS || b == opt.profile)
					plan_run(&machines[i], b, k);
	}
	for (int i = 0; i < n_machines; i++)
		if (selected(opt.only, machines[i].name))
			measured[n_measured++].machine = &machines[i];
	if (!n_runs)
		fprintf(stderr, "bench: no machine's name begins with %s; --list names them\n",
			opt.only);
	return n_runs;
}

static bool need_file(const char *path, const char *what, const char *advice)
{
	if (!access(path, R_OK))
		return true;
	fprintf(stderr, "bench: no %s at %s: %s\n", what, path, advice);
	return false;
}

/* The hypervisor's image holds the build ID that its symbols have. */
static bool holds_build_id(const char *path, const struct symbols *s)
{
	bool found = false;
	struct stat st;
	char *image;
	FILE *f = fopen(path, "r");

	if (!f || fstat(fileno(f), &st))
		return false;
	image = malloc(st.st_size);
	if (image && fread(image, 1, st.st_size, f) == (size_t)st.st_size)
		found = memmem(image, st.st_size, s->build_id, BUILD_ID);
	free(image);
	fclose(f);
	return found;
}

static bool need_xen(const struct machine *m)
{
	char image[PATH_MAX], symbols[PATH_MAX], why[512];
	struct symbols s;

	snprintf(image, sizeof(image), "%s/%s/xen", opt.paths.xen, m->xen);
	snprintf(symbols, sizeof(symbols), "%s/%s/xen-syms", opt.paths.xen, m->xen);
	if (!need_file(image, "hypervisor", "run scripts/get-xen, or give --xen") ||
	    !need_file(symbols, "symbols of the hypervisor",
		       "run scripts/get-xen, or give --xen"))
		return false;
	if (!symbols_read(symbols, &s, why, sizeof(why))) {
		fprintf(stderr, "bench: %s\n", why);
		return false;
	}
	if (s.have_build_id && holds_build_id(image, &s))
		return true;
	fprintf(stderr, "bench: %s is not of the same build as %s: delete both and run scripts/get-xen\n",
		symbols, image);
	return false;
}

static bool need_machine(const struct machine *m)
{
	const struct paths *p = &opt.paths;
	char path[PATH_MAX];
	bool ok;

	paths_kernel(p, m, path, sizeof(path));
	ok = need_file(path, "kernel",
		       "run make kernel or make kernel-arm64, or give --kernels or --kernel");
	paths_symbols(p, m, path, sizeof(path));
	ok &= need_file(path, "symbols of the kernel",
			"run make kernel or make kernel-arm64, or give --symbols");
	ok &= need_file(paths_initrd(p, m), "initramfs",
			"run make -C tools/testing/boot, or give --initrd");
	return ok && (!m->xen || need_xen(m));
}

static bool need_all(void)
{
	bool ok;

	ok = need_file(opt.paths.plugin, "plugin",
		       "run make -C tools/testing/bench, or give --plugin");
	for (int i = 0; ok && i < n_measured; i++)
		ok &= need_machine(measured[i].machine);
	return ok;
}

static bool make_dir(const char *path)
{
	if (!mkdir(path, 0755) || errno == EEXIST)
		return true;
	fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
	return false;
}

/* dom0's initramfs holds what its guest boots from. */
static bool make_dom0s(void)
{
	const struct paths *p = &opt.paths;

	for (int i = 0; i < n_measured; i++) {
		const struct machine *m = measured[i].machine;
		char kernel[PATH_MAX];
		struct setup s = {
			.logs = p->logs, .kernel = kernel,
			.initrd = paths_initrd(p, m), .xen = p->xen,
		};

		paths_kernel(p, m, kernel, sizeof(kernel));
		if (m->domu && !dom0_initrd(&s, m->xen))
			return false;
	}
	return true;
}

static void tell(const struct run *r, int done)
{
	fprintf(stderr, "bench: %d of %d: %s %s, %.0f s\n", done, n_runs, r->name,
		r->timed_out ? "had no end" : "ended", r->seconds);
}

static void kill_all(void)
{
	for (int i = 0; i < n_runs; i++)
		run_kill(&runs[i]);
}

static bool boot_all(void)
{
	int next = 0, running = 0, done = 0;

	atexit(kill_all);
	while (done < n_runs) {
		while (next < n_runs && running < opt.jobs) {
			if (!run_start(&runs[next], &opt.paths,
				       opt.profile != N_BUILDERS))
				return false;
			next++;
			running++;
		}
		usleep(50000);
		for (int i = 0; i < next; i++)
			if (!runs[i].finished && run_poll(&runs[i])) {
				running--;
				tell(&runs[i], ++done);
			}
	}
	return true;
}

static struct figures *figures_for(const struct run *r)
{
	for (int i = 0; i < n_measured; i++)
		if (measured[i].machine == r->machine)
			return &measured[i].f[r->builder];
	return NULL;
}

/* The first run of a boot gives the figures; the others must give the same. */
static bool take_figures(const struct run *r)
{
	struct figures *f = figures_for(r), again;
	char why[PATH_MAX + 512], what[256];
	bool ok = true;

	if (!figures_read(r->repeat ? &again : f, r, why, sizeof(why))) {
		fprintf(stderr, "bench: %s\n", why);
		return false;
	}
	if (!r->repeat)
		return true;
	if (f->window && !figures_same(f, &again, what, sizeof(what))) {
		fprintf(stderr, "bench: %s differs from the run before: %s\n",
			r->name, what);
		ok = false;
	}
	figures_free(&again);
	return ok;
}

/* A builder that maps less than another would look cheap. */
static bool same_maps(const struct measured *m)
{
	const struct figures *f = m->f;

	if (f[TWO_PASS].made > 0 && f[UPSTREAM].mapped == f[TWO_PASS].mapped &&
	    f[FRESH].mapped == f[TWO_PASS].mapped)
		return true;
	fprintf(stderr, "bench: %s: the builders' maps differ: upstream %lld kB, two-pass %lld kB (%lld entries made), fresh %lld kB\n",
		m->machine->name, f[UPSTREAM].mapped >> 10,
		f[TWO_PASS].mapped >> 10, f[TWO_PASS].made,
		f[FRESH].mapped >> 10);
	return false;
}

static bool write_json(void)
{
	char path[PATH_MAX];
	json_t *list = table_json(measured, n_measured);
	bool ok;

	snprintf(path, sizeof(path), "%s/bench.json", opt.paths.out);
	ok = !json_dump_file(list, path, JSON_INDENT(1));
	json_decref(list);
	if (ok)
		fprintf(stderr, "bench: figures in %s\n", path);
	else
		fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
	return ok;
}

static bool evaluate(void)
{
	bool ok = true;

	for (int i = 0; i < n_runs; i++)
		ok &= take_figures(&runs[i]);
	if (!ok)
		return false;
	if (opt.profile != N_BUILDERS) {
		profile_print(&measured[0], opt.profile);
		return true;
	}
	for (int i = 0; i < n_measured; i++)
		ok &= same_maps(&measured[i]);
	if (!ok)
		return false;
	table_print(measured, n_measured);
	return write_json();
}

static void print_machines(void)
{
	for (int i = 0; i < n_machines; i++)
		printf("%-15s %s\n", machines[i].name, machines[i].about);
}

static const char *build_name(enum kernel_id kernel)
{
	const char *dash = strchr(kernels[kernel].dir, '-');

	return dash ? dash + 1 : "x86";
}

static void print_needs(void)
{
	bool needed[N_KERNELS] = { false };

	for (int i = 0; i < n_measured; i++)
		needed[measured[i].machine->kernel] = true;
	for (int k = 0; k < N_KERNELS; k++)
		if (needed[k])
			puts(build_name(k));
}

int main(int argc, char **argv)
{
	bool ok;

	parse_options(argc, argv);
	if (opt.list) {
		print_machines();
		return 0;
	}
	if (!plan())
		return 1;
	if (opt.needs) {
		print_needs();
		return 0;
	}
	if (!need_all() || !make_dir(opt.paths.out) ||
	    !make_dir(opt.paths.logs) || !make_dom0s())
		return 1;
	ok = boot_all() && evaluate();
	for (int i = 0; i < n_measured; i++)
		for (int b = 0; b < N_BUILDERS; b++)
			figures_free(&measured[i].f[b]);
	return ok ? 0 : 1;
}
