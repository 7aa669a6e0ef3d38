// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for QEMU's TCG that counts the instructions that a Linux guest of Xen
 * spends in init_mem_mapping(): its own, by function, and Xen's, by function and
 * by hypercall. It knows the guest by the addresses it executes and nothing
 * else, so whoever builds the direct map is measured alike.
 *
 * A window opens with the first instruction of init_mem_mapping() and closes
 * with the one behind the call. A second kernel that boots, dom0's guest, opens
 * the second window. Each instruction adds one to a counter, on whatever CPU;
 * windows take what their CPU adds. So QEMU must run one CPU at a time, as it
 * does with -icount.
 *
 * Arguments: kernel=vmlinux, xen=xen-syms, out=FILE for the figures as JSON,
 * windows=N to stop behind so many, and blocks=on for counts of single
 * instructions as well.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hypercalls.h"
#include "qemu_plugin.h"
#include "symbols.h"

#define KERNEL_SPACE	0xffffffff80000000ull
#define XEN_SPACE	0xffff800000000000ull	/* and its end */
#define XEN_SPACE_END	0xffff880000000000ull
#define MAX_CPUS	64
#define MAX_WINDOWS	8
#define MAX_PLACES	(1u << 20)
#define N_SLOTS		(4 * MAX_PLACES)	/* a power of 2 */
#define MAX_BLOCKS	60
#define NOT_IN_XEN	(-1)

enum whose { OWN, XEN, ELSEWHERE, N_SIDES };

/* What has one counter: a function or, with blocks=on, an instruction. */
struct place {
	uint64_t address;
	const struct symbol *symbol;	/* NULL: no code that we know */
	enum whose side;
	unsigned int size;
};

struct call_count {
	uint64_t calls;			/* made by the kernel */
	uint64_t continued;		/* times that Xen had them made again */
	uint64_t within;		/* carried out within a multicall */
	uint64_t instructions;		/* Xen's */
};

struct window {
	unsigned int cpu;
	bool open, running;
	bool moved;			/* closed on another CPU */
	int call;			/* that is on its way, or NOT_IN_XEN */
	int part;			/* of a multicall, else as call */
	uint64_t settled;		/* Xen's counter when last looked at */
	uint64_t sides[N_SIDES];
	uint64_t outside;		/* Xen's, with no hypercall on its way */
	struct call_count calls[N_HYPERCALLS];
	uint64_t *places;
	uint64_t side_base[N_SIDES], *base;	/* counters when it began to run */
};

static struct {
	struct symbols kernel, xen;
	const char *out;
	bool blocks;
	bool many;			/* CPUs */
	unsigned int windows;		/* to be closed, then nothing is counted */
	uint64_t id;
	uint64_t begin, behind;		/* addresses that open and close */
	const struct symbol *gate;	/* the kernel's hypercalls go through it */
	uint64_t after;			/* the gate's syscall instruction */
} setup;

static struct place places[MAX_PLACES];
static unsigned int n_places;
static unsigned int slots[N_SLOTS];	/* by hash: a place's number and 1, or 0 */
static uint64_t ran[MAX_PLACES];	/* a place's counter */
static uint64_t ran_sides[N_SIDES];
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

static const struct symbol *symbol_of(uint64_t address, enum whose *side)
{
	if (address >= KERNEL_SPACE) {
		*side = OWN;
		return symbols_at(&setup.kernel, address);
	}
	/* Xen makes some code as it runs, such as each CPU's system call entry. */
	*side = address >= XEN_SPACE && address < XEN_SPACE_END ? XEN : ELSEWHERE;
	return *side == XEN ? symbols_at(&setup.xen, address) : NULL;
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

	symbol = symbol_of(address, &side);
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

static void set_call(struct window *w, int which)
{
	w->call = which;
	w->part = which;
}

/* Xen's instructions since the last look belong to what was going on. */
static void settle(struct window *w)
{
	uint64_t n = ran_sides[XEN] - w->settled;

	if (w->call == NOT_IN_XEN)
		w->outside += n;
	else
		w->calls[w->part].instructions += n;
	w->settled = ran_sides[XEN];
}

static void run(struct window *w)
{
	w->running = true;
	w->settled = ran_sides[XEN];
	memcpy(w->side_base, ran_sides, sizeof(ran_sides));
	memcpy(w->base, ran, n_places * sizeof(*ran));
}

static void hold(struct window *w)
{
	w->running = false;
	settle(w);
	for (int i = 0; i < N_SIDES; i++)
		w->sides[i] += ran_sides[i] - w->side_base[i];
	for (size_t i = 0; i < n_places; i++) {
		w->places[i] += ran[i] - w->base[i];
		w->base[i] = ran[i];
	}
}

static struct window *window_on(unsigned int cpu)
{
	return cpu < MAX_CPUS ? on_cpu[cpu] : NULL;
}

static void opened(unsigned int cpu, void *data)
{
	struct window *w = &windows[n_windows];

	(void)data;
	if (window_on(cpu) || cpu >= MAX_CPUS || n_windows == MAX_WINDOWS)
		return;
	n_windows++;
	w->cpu = cpu;
	w->open = true;
	set_call(w, NOT_IN_XEN);
	w->places = must(calloc(MAX_PLACES, sizeof(*w->places)));
	w->base = must(calloc(MAX_PLACES, sizeof(*w->base)));
	on_cpu[cpu] = w;
	run(w);
}

static void write_figures(void);

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

/*
 * Xen lets a long hypercall be made again: it returns to the instruction that
 * made it, and so none behind it is executed in between.
 */
static void called(unsigned int cpu, void *data)
{
	struct window *w = window_on(cpu);

	(void)data;
	if (!w)
		return;
	if (w->call != NOT_IN_XEN) {
		w->calls[w->call].continued++;
		w->calls[w->call].calls--;
	}
	settle(w);
	set_call(w, HYPERCALL_OTHER);
	w->calls[HYPERCALL_OTHER].calls++;
}

static void returned(unsigned int cpu, void *data)
{
	struct window *w = window_on(cpu);

	(void)data;
	if (!w)
		return;
	settle(w);
	set_call(w, NOT_IN_XEN);
}

/* Xen carries one out: what led here is part of it. */
static void entered(unsigned int cpu, void *data)
{
	struct window *w = window_on(cpu);
	int which = (const struct hypercall *)data - hypercalls;

	if (!w || w->call == NOT_IN_XEN)
		return;
	if (w->call == HYPERCALL_OTHER) {
		w->calls[HYPERCALL_OTHER].calls--;
		w->calls[which].calls++;
		set_call(w, which);
	} else if (w->call == HYPERCALL_MULTICALL) {
		settle(w);
		w->calls[which].within++;
		w->part = which;
	}
}

static void on_insn(struct qemu_plugin_insn *insn, qemu_plugin_executed executed,
		    const void *data)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, executed,
					       QEMU_PLUGIN_NO_REGISTERS,
					       (void *)data);
}

/* The instruction behind "call init_mem_mapping". */
static void find_behind(const unsigned char *code, size_t size, uint64_t address)
{
	int32_t distance;

	if (size != 5 || code[0] != 0xe8)
		return;
	memcpy(&distance, code + 1, sizeof(distance));
	if (address + size + distance == setup.begin)
		setup.behind = address + size;
}

static bool in_gate(uint64_t address)
{
	return address >= setup.gate->start && address < setup.gate->end;
}

static void watch_kernel(struct qemu_plugin_insn *insn, uint64_t address)
{
	const unsigned char *code = qemu_plugin_insn_data(insn);
	size_t size = qemu_plugin_insn_size(insn);

	find_behind(code, size, address);
	if (address == setup.begin)
		on_insn(insn, opened, NULL);
	if (address == setup.behind)
		on_insn(insn, closed, NULL);
	if (address == setup.after)
		on_insn(insn, returned, NULL);
	if (in_gate(address) && size == 2 && code[0] == 0x0f && code[1] == 0x05) {
		setup.after = address + size;
		on_insn(insn, called, NULL);
	}
}

static void watch_xen(struct qemu_plugin_insn *insn, uint64_t address,
		      const struct symbol *symbol)
{
	if (address != symbol->start)
		return;
	for (int i = 0; i < N_HYPERCALLS; i++)
		if (hypercalls[i].function &&
		    !strcmp(hypercalls[i].function, symbol->name))
			on_insn(insn, entered, &hypercalls[i]);
}

static void count_in(uint64_t *counter, struct qemu_plugin_insn *insn)
{
	qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_ADD_U64,
						   counter, 1);
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

		if (p->side == OWN)
			watch_kernel(insn, address);
		if (p->side == XEN && p->symbol)
			watch_xen(insn, address, p->symbol);
		count_in(&ran_sides[p->side], insn);
		count_in(&ran[at], insn);
	}
}

/* Figures: a function or a run of instructions, and what it has executed. */
struct figure {
	const struct place *place;
	uint64_t last;			/* a run's last instruction */
	uint64_t instructions, executions;
};

static int most_first(const void *a, const void *b)
{
	const struct figure *x = a, *y = b;

	if (x->instructions != y->instructions)
		return x->instructions < y->instructions ? 1 : -1;
	return x->place->address < y->place->address ? -1 : 1;
}

static int by_place(const void *a, const void *b)
{
	const struct figure *x = a, *y = b;

	return x->place->address < y->place->address ? -1 : 1;
}

/* What a window has executed, of one side and by address; n says how many. */
static struct figure *executed(const struct window *w, enum whose side, size_t *n)
{
	struct figure *v = must(malloc((n_places + 1) * sizeof(*v)));

	*n = 0;
	for (size_t i = 0; i < n_places; i++)
		if (w->places[i] && places[i].symbol && places[i].side == side)
			v[(*n)++] = (struct figure) {
				.place = &places[i],
				.instructions = w->places[i],
				.executions = w->places[i],
				.last = places[i].address,
			};
	qsort(v, *n, sizeof(*v), by_place);
	return v;
}

static size_t join_functions(struct figure *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (kept && v[kept - 1].place->symbol == v[i].place->symbol)
			v[kept - 1].instructions += v[i].instructions;
		else
			v[kept++] = v[i];
	return kept;
}

/* Instructions behind each other that were executed as often. */
static size_t join_blocks(struct figure *v, size_t n)
{
	size_t kept = 0;
	uint64_t next = 0;

	for (size_t i = 0; i < n; i++) {
		struct figure *b = &v[kept - 1];

		if (kept && v[i].place->address == next &&
		    b->place->symbol == v[i].place->symbol &&
		    b->executions == v[i].executions) {
			b->instructions += v[i].instructions;
			b->last = next;
		} else {
			v[kept++] = v[i];
		}
		next = v[i].place->address + v[i].place->size;
	}
	return kept;
}

static json_t *function_json(const struct figure *f)
{
	return json_pack("{s:s, s:I}", "function", f->place->symbol->name,
			 "instructions", (json_int_t)f->instructions);
}

static json_t *functions_json(const struct window *w, enum whose side)
{
	json_t *list = json_array();
	struct figure *v;
	size_t n;

	v = executed(w, side, &n);
	n = join_functions(v, n);
	qsort(v, n, sizeof(*v), most_first);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, function_json(&v[i]));
	free(v);
	return list;
}

static json_t *block_json(const struct figure *b)
{
	uint64_t start = b->place->symbol->start;
	char first[24], last[24];

	snprintf(first, sizeof(first), "0x%" PRIx64, b->place->address);
	snprintf(last, sizeof(last), "0x%" PRIx64, b->last);
	return json_pack("{s:s, s:I, s:s, s:s, s:I, s:I}",
			 "function", b->place->symbol->name,
			 "offset", (json_int_t)(b->place->address - start),
			 "first", first, "last", last,
			 "executions", (json_int_t)b->executions,
			 "instructions", (json_int_t)b->instructions);
}

static json_t *blocks_json(const struct window *w)
{
	json_t *list = json_array();
	struct figure *v;
	size_t n;

	v = executed(w, OWN, &n);
	n = join_blocks(v, n);
	qsort(v, n, sizeof(*v), most_first);
	for (size_t i = 0; i < n && i < MAX_BLOCKS; i++)
		json_array_append_new(list, block_json(&v[i]));
	free(v);
	return list;
}

static json_t *call_json(const struct call_count *c)
{
	return json_pack("{s:I, s:I, s:I, s:I}",
			 "calls", (json_int_t)c->calls,
			 "continued", (json_int_t)c->continued,
			 "within_multicall", (json_int_t)c->within,
			 "instructions", (json_int_t)c->instructions);
}

static json_t *calls_json(const struct window *w)
{
	json_t *all = json_object();

	for (int i = 0; i < N_HYPERCALLS; i++) {
		const struct call_count *c = &w->calls[i];

		if (!c->calls && !c->within && !c->instructions)
			continue;
		json_object_set_new(all, hypercalls[i].name, call_json(c));
	}
	return all;
}

static json_t *window_json(const struct window *w)
{
	json_t *j;

	j = json_pack("{s:i, s:b, s:b, s:I, s:I, s:I, s:I, s:o, s:o, s:o}",
		      "cpu", (int)w->cpu, "closed", !w->open,
		      "moved", (int)w->moved,
		      "own", (json_int_t)w->sides[OWN],
		      "xen", (json_int_t)w->sides[XEN],
		      "elsewhere", (json_int_t)w->sides[ELSEWHERE],
		      "xen_outside_hypercalls", (json_int_t)w->outside,
		      "hypercalls", calls_json(w),
		      "own_functions", functions_json(w, OWN),
		      "xen_functions", functions_json(w, XEN));
	if (j && setup.blocks)
		json_object_set_new(j, "own_blocks", blocks_json(w));
	return j;
}

static void write_figures(void)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < n_windows; i++)
		json_array_append_new(list, window_json(&windows[i]));
	if (json_dump_file(list, setup.out, JSON_INDENT(1)))
		fprintf(stderr, "count: cannot write %s\n", setup.out);
	json_decref(list);
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

static const char *argument(int argc, char **argv, const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], name, len) && argv[i][len] == '=')
			return argv[i] + len + 1;
	return "";
}

static bool find_symbols(void)
{
	const struct symbol *begin;

	begin = symbols_named(&setup.kernel, "init_mem_mapping");
	setup.gate = symbols_named(&setup.kernel, "xen_hypercall_pv");
	if (!begin || !setup.gate) {
		fprintf(stderr, "count: no %s among the kernel's symbols\n",
			begin ? "xen_hypercall_pv" : "init_mem_mapping");
		return false;
	}
	setup.begin = begin->start;
	return true;
}

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id,
				      const struct qemu_plugin_info *info,
				      int argc, char **argv)
{
	char why[512];

	if (!info->system_emulation ||
	    !symbols_read(argument(argc, argv, "kernel"), &setup.kernel, why,
			  sizeof(why)) ||
	    !symbols_read(argument(argc, argv, "xen"), &setup.xen, why,
			  sizeof(why))) {
		fprintf(stderr, "count: %s\n", info->system_emulation ?
			why : "this counts whole machines only");
		return 1;
	}
	if (!find_symbols())
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
