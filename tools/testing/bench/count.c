// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for QEMU's TCG that counts the instructions that a Linux guest spends
 * while its direct map is built, by function; what else is counted, and where it
 * begins and ends, is the part's that knows the guest. It looks at addresses and
 * instructions and never changes the machine.
 *
 * Each instruction adds one to a counter, on whatever CPU; windows take what
 * their CPU adds. So QEMU must run one CPU at a time, as it does with -icount.
 *
 * Arguments: kernel=vmlinux, xen=xen-syms under Xen PV, out=FILE for the figures
 * as JSON, windows=N to stop behind so many, and blocks=on for counts of single
 * instructions as well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"

#define MAX_CPUS	64
#define MAX_WINDOWS	8
#define MAX_PLACES	(1u << 20)
#define N_SLOTS		(4 * MAX_PLACES)	/* a power of 2 */

struct symbols kernel;
uint64_t ran_sides[N_SIDES];

/* The first that fits is it. */
static const struct guest *const guests[] = {
	&guest_xen_pv, &guest_x86, &guest_arm64,
};

static struct {
	const struct guest *guest;
	const char *out;
	bool blocks;
	bool many;			/* CPUs */
	unsigned int windows;		/* to be closed, then nothing is counted */
	uint64_t id;
} setup;

static struct place places[MAX_PLACES];
static unsigned int n_places;
static unsigned int slots[N_SLOTS];	/* by hash: a place's number and 1, or 0 */
static uint64_t ran[MAX_PLACES];	/* a place's counter */
static uint64_t ran_sights[MAX_SIGHTS];
static struct window windows[MAX_WINDOWS];
static unsigned int n_windows, current_cpu;
static struct window *on_cpu[MAX_CPUS];	/* the open window of each */

PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static void *must(void *p)
{
	if (!p) {
		fprintf(stderr, "count: out of memory\n");
		exit(1);
	}
	return p;
}

static unsigned int new_place(struct place place)
{
	if (n_places == MAX_PLACES) {
		fprintf(stderr, "count: the guest executes more than %u different instructions\n",
			MAX_PLACES);
		exit(1);
	}
	places[n_places] = place;
	return n_places++;
}

static unsigned int place_of(uint64_t address, unsigned int size)
{
	const struct symbol *symbol;
	enum whose side;
	unsigned int at;

	symbol = setup.guest->symbol_of(address, &side);
	if (!symbol)
		address = side;
	else if (!setup.blocks)
		address = symbol->start;
	at = address * 0x9e3779b97f4a7c15ull >> 40 & (N_SLOTS - 1);
	while (slots[at] && places[slots[at] - 1].address != address)
		at = (at + 1) & (N_SLOTS - 1);
	if (!slots[at])
		slots[at] = new_place((struct place) {
			address, symbol, side, size }) + 1;
	return slots[at] - 1;
}

static void run(struct window *w)
{
	w->running = true;
	setup.guest->go_on(w);
	memcpy(w->side_base, ran_sides, sizeof(ran_sides));
	memcpy(w->sight_base, ran_sights, sizeof(ran_sights));
	memcpy(w->base, ran, n_places * sizeof(*ran));
}

static void hold(struct window *w)
{
	w->running = false;
	setup.guest->hold(w);
	for (int i = 0; i < N_SIDES; i++)
		w->sides[i] += ran_sides[i] - w->side_base[i];
	for (int i = 0; i < MAX_SIGHTS; i++)
		w->sights[i] += ran_sights[i] - w->sight_base[i];
	for (size_t i = 0; i < n_places; i++) {
		w->places[i] += ran[i] - w->base[i];
		w->base[i] = ran[i];
	}
}

struct window *window_on(unsigned int cpu)
{
	return cpu < MAX_CPUS ? on_cpu[cpu] : NULL;
}

static void opened(unsigned int cpu, void *data)
{
	struct window *w = &windows[n_windows];

	if (window_on(cpu) || cpu >= MAX_CPUS || n_windows == MAX_WINDOWS)
		return;
	n_windows++;
	w->name = data;
	w->cpu = cpu;
	w->open = true;
	w->places = must(calloc(MAX_PLACES, sizeof(*w->places)));
	w->base = must(calloc(MAX_PLACES, sizeof(*w->base)));
	on_cpu[cpu] = w;
	setup.guest->open(w);
	run(w);
}

static json_t *figures(const struct window *w)
{
	json_t *j = must(window_json(w, places, n_places, setup.blocks));

	setup.guest->tell(w, j);
	return j;
}

static void write_figures(void)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < n_windows; i++)
		json_array_append_new(list, figures(&windows[i]));
	if (json_dump_file(list, setup.out, JSON_INDENT(1)))
		fprintf(stderr, "count: cannot write %s\n", setup.out);
	json_decref(list);
}

static void uninstalled(uint64_t id)
{
	(void)id;
}

/* A guest that has changed its CPU meanwhile cannot be told from others. */
static void closed(unsigned int cpu, void *data)
{
	struct window *w = window_on(cpu);

	(void)data;
	for (unsigned int i = 0; !w && i < n_windows; i++)
		if (windows[i].open)
			w = &windows[i];
	if (!w)
		return;
	w->moved = w->cpu != cpu;
	w->open = false;
	on_cpu[w->cpu] = NULL;
	if (w->running)
		hold(w);
	write_figures();
	if (n_windows == setup.windows)
		qemu_plugin_uninstall(setup.id, uninstalled);
}

static void switched(unsigned int cpu, void *data)
{
	struct window *w;

	(void)data;
	if (cpu == current_cpu)
		return;
	w = window_on(current_cpu);
	if (w && w->running)
		hold(w);
	current_cpu = cpu;
	w = window_on(cpu);
	if (w)
		run(w);
}

void call_at(struct qemu_plugin_insn *insn, qemu_plugin_executed executed,
	     const void *data)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, executed,
					       QEMU_PLUGIN_NO_REGISTERS,
					       (void *)data);
}

void open_at(struct qemu_plugin_insn *insn, const char *window)
{
	call_at(insn, opened, window);
}

void close_at(struct qemu_plugin_insn *insn)
{
	call_at(insn, closed, NULL);
}

static void count_in(uint64_t *counter, struct qemu_plugin_insn *insn)
{
	qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_ADD_U64,
						   counter, 1);
}

void sight_at(struct qemu_plugin_insn *insn, unsigned int sight)
{
	count_in(&ran_sights[sight], insn);
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	if (setup.many)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, switched,
						     QEMU_PLUGIN_NO_REGISTERS,
						     NULL);
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);
		unsigned int at = place_of(address, qemu_plugin_insn_size(insn));
		const struct place *p = &places[at];

		setup.guest->watch(insn, p, address);
		count_in(&ran_sides[p->side], insn);
		count_in(&ran[at], insn);
	}
}

static void ended(uint64_t id, void *data)
{
	(void)id;
	(void)data;
	for (unsigned int i = 0; i < n_windows; i++)
		if (windows[i].running)
			hold(&windows[i]);
	write_figures();
}

const char *argument(int argc, char **argv, const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], name, len) && argv[i][len] == '=')
			return argv[i] + len + 1;
	return "";
}

bool read_symbols(const char *path, struct symbols *s)
{
	char why[512];

	if (symbols_read(path, s, why, sizeof(why)))
		return true;
	fprintf(stderr, "count: %s\n", why);
	return false;
}

/* A guest cannot be counted without it, so it is missed aloud. */
const struct symbol *kernel_symbol(const char *name)
{
	const struct symbol *s = symbols_named(&kernel, name);

	if (!s)
		fprintf(stderr, "count: no %s among the kernel's symbols\n", name);
	return s;
}

static bool fits(const struct guest *g, const char *target, int argc,
		 char **argv)
{
	return !strcmp(g->target, target) &&
	       (!g->known_by || *argument(argc, argv, g->known_by));
}

static const struct guest *guest_of(const struct qemu_plugin_info *info,
				    int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++)
		if (info->system_emulation &&
		    fits(guests[i], info->target_name, argc, argv))
			return guests[i];
	fprintf(stderr, "count: this counts whole machines of x86_64 and aarch64 only\n");
	return NULL;
}

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id,
				      const struct qemu_plugin_info *info,
				      int argc, char **argv)
{
	setup.guest = guest_of(info, argc, argv);
	if (!setup.guest ||
	    !read_symbols(argument(argc, argv, "kernel"), &kernel) ||
	    !setup.guest->prepare(argc, argv))
		return 1;
	setup.out = must(strdup(argument(argc, argv, "out")));
	setup.many = info->system.max_vcpus > 1;
	setup.id = id;
	setup.windows = atoi(argument(argc, argv, "windows"));
	setup.blocks = !strcmp(argument(argc, argv, "blocks"), "on");
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
