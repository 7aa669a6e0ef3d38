// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the counting plugin knows of a Linux guest of Xen PV beyond what every
 * x86 kernel has: which hypercall Xen is busy with. It writes to the hypercalls
 * of windows and to nothing else. A second kernel that boots, dom0's guest,
 * opens the second window.
 */
#include <stdio.h>
#include <string.h>

#include "count.h"
#include "hypercalls.h"

#define XEN_SPACE	0xffff800000000000ull	/* and its end */
#define XEN_SPACE_END	0xffff880000000000ull
#define GATE		"xen_hypercall_pv"
#define NOT_IN_XEN	(-1)

_Static_assert(N_HYPERCALLS <= MAX_HYPERCALLS, "windows have too few counters");

static struct symbols xen;
static const struct symbol *gate;	/* the kernel's hypercalls go through it */
static uint64_t after;			/* the gate's syscall instruction */

static bool prepare(int argc, char **argv)
{
	gate = kernel_symbol(GATE);
	return gate && x86_find_window() &&
	       read_symbols(argument(argc, argv, "xen"), &xen);
}

static const struct symbol *symbol_of(uint64_t address, enum whose *side)
{
	if (address >= X86_KERNEL_SPACE) {
		*side = OWN;
		return symbols_at(&kernel, address);
	}
	/* Xen makes some code as it runs, such as each CPU's system call entry. */
	*side = address >= XEN_SPACE && address < XEN_SPACE_END ? XEN : ELSEWHERE;
	return *side == XEN ? symbols_at(&xen, address) : NULL;
}

static void set_call(struct window *w, int which)
{
	w->calls.call = which;
	w->calls.part = which;
}

/* Xen's instructions since the last look belong to what was going on. */
static void settle(struct window *w)
{
	struct calls *c = &w->calls;
	uint64_t n = ran_sides[XEN] - c->settled;

	if (c->call == NOT_IN_XEN)
		c->outside += n;
	else
		c->count[c->part].instructions += n;
	c->settled = ran_sides[XEN];
}

static void open_calls(struct window *w)
{
	set_call(w, NOT_IN_XEN);
}

/* What Xen did for others while the window was held is not its. */
static void go_on(struct window *w)
{
	w->calls.settled = ran_sides[XEN];
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
	if (w->calls.call != NOT_IN_XEN) {
		w->calls.count[w->calls.call].continued++;
		w->calls.count[w->calls.call].calls--;
	}
	settle(w);
	set_call(w, HYPERCALL_OTHER);
	w->calls.count[HYPERCALL_OTHER].calls++;
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

	if (!w || w->calls.call == NOT_IN_XEN)
		return;
	if (w->calls.call == HYPERCALL_OTHER) {
		w->calls.count[HYPERCALL_OTHER].calls--;
		w->calls.count[which].calls++;
		set_call(w, which);
	} else if (w->calls.call == HYPERCALL_MULTICALL) {
		settle(w);
		w->calls.count[which].within++;
		w->calls.part = which;
	}
}

static bool in_gate(uint64_t address)
{
	return address >= gate->start && address < gate->end;
}

static void watch_kernel(struct qemu_plugin_insn *insn, uint64_t address)
{
	const unsigned char *code = qemu_plugin_insn_data(insn);
	size_t size = qemu_plugin_insn_size(insn);

	x86_watch_window(insn, address);
	if (address == after)
		call_at(insn, returned, NULL);
	if (in_gate(address) && size == 2 && code[0] == 0x0f && code[1] == 0x05) {
		after = address + size;
		call_at(insn, called, NULL);
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
			call_at(insn, entered, &hypercalls[i]);
}

static void watch(struct qemu_plugin_insn *insn, const struct place *place,
		  uint64_t address)
{
	if (place->side == OWN)
		watch_kernel(insn, address);
	if (place->side == XEN && place->symbol)
		watch_xen(insn, address, place->symbol);
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
		const struct call_count *c = &w->calls.count[i];

		if (!c->calls && !c->within && !c->instructions)
			continue;
		json_object_set_new(all, hypercalls[i].name, call_json(c));
	}
	return all;
}

static void tell(const struct window *w, json_t *figures)
{
	json_object_set_new(figures, "hypercalls", calls_json(w));
	json_object_set_new(figures, "xen_outside_hypercalls",
			    json_integer(w->calls.outside));
}

const struct guest guest_xen_pv = {
	.target = "x86_64",
	.known_by = "xen",
	.prepare = prepare,
	.symbol_of = symbol_of,
	.watch = watch,
	.open = open_calls,
	.go_on = go_on,
	.hold = settle,
	.tell = tell,
};
