/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the counting plugin share: places and their counters,
 * windows, and what a part that knows one kind of guest has to say. Only count.c
 * writes to counters; a guest's part opens and closes windows.
 */
#ifndef BENCH_COUNT_H
#define BENCH_COUNT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "qemu_plugin.h"
#include "symbols.h"

enum whose { OWN, XEN, ELSEWHERE, N_SIDES };

/* What has one counter: a function or, with blocks=on, an instruction. */
struct place {
	uint64_t address;
	const struct symbol *symbol;	/* NULL: no code that we know */
	enum whose side;
	unsigned int size;
};

/* Kinds of instructions that a guest's part wants counted by themselves. */
#define MAX_SIGHTS	8
#define MAX_HYPERCALLS	32

struct call_count {
	uint64_t calls;			/* made by the kernel */
	uint64_t continued;		/* times that Xen had them made again */
	uint64_t within;		/* carried out within a multicall */
	uint64_t instructions;		/* Xen's */
};

/* The hypercalls of a window. */
struct calls {
	int call;			/* that is on its way; -1: none is */
	int part;			/* of a multicall, else as call */
	uint64_t settled;		/* Xen's counter when last looked at */
	uint64_t outside;		/* Xen's, with no hypercall on its way */
	struct call_count count[MAX_HYPERCALLS];
};

struct window {
	const char *name;
	unsigned int cpu;
	bool open, running;
	bool moved;			/* closed on another CPU */
	uint64_t sides[N_SIDES];
	uint64_t sights[MAX_SIGHTS];
	uint64_t *places;
	struct calls calls;
	/* Counters when it began to run. */
	uint64_t side_base[N_SIDES], sight_base[MAX_SIGHTS], *base;
};

/*
 * A kind of guest. It knows its kernel by addresses and instructions and by
 * nothing else, so whoever builds the map is measured alike.
 */
struct guest {
	const char *target;		/* QEMU's name for its processor */
	const char *known_by;		/* an argument that only it has, or NULL */
	/* Finds symbols; false: it has said what is missing. */
	bool (*prepare)(int argc, char **argv);
	const struct symbol *(*symbol_of)(uint64_t address, enum whose *side);
	/* Called for each instruction that is translated. */
	void (*watch)(struct qemu_plugin_insn *insn, const struct place *place,
		      uint64_t address);
	void (*open)(struct window *w);
	void (*go_on)(struct window *w);	/* its CPU runs, from now on */
	void (*hold)(struct window *w);		/* and from now on another one */
	/* Figures of its own. */
	void (*tell)(const struct window *w, json_t *figures);
};

extern const struct guest guest_arm64, guest_x86, guest_xen_pv;

/* count.c */
extern struct symbols kernel;
extern uint64_t ran_sides[N_SIDES];

const char *argument(int argc, char **argv, const char *name);
bool read_symbols(const char *path, struct symbols *s);
const struct symbol *kernel_symbol(const char *name);

/* Both are executed before the instruction. */
void open_at(struct qemu_plugin_insn *insn, const char *window);
void close_at(struct qemu_plugin_insn *insn);
void call_at(struct qemu_plugin_insn *insn, qemu_plugin_executed executed,
	     const void *data);
void sight_at(struct qemu_plugin_insn *insn, unsigned int sight);
/* The open window of a CPU, or NULL. */
struct window *window_on(unsigned int cpu);

/* count_x86.c: what guests of Xen PV have as well */
#define X86_KERNEL_SPACE	0xffffffff80000000ull

/* false: it has said what is missing. */
bool x86_find_window(void);
/* Called for each instruction of the kernel's that is translated. */
void x86_watch_window(struct qemu_plugin_insn *insn, uint64_t address);

/* count_json.c */
json_t *window_json(const struct window *w, const struct place *places,
		    unsigned int n_places, bool blocks);

#endif
