// SPDX-License-Identifier: GPL-2.0-only
/*
 * The figures as a table and as JSON. An entry (PTE) is one that the builder
 * made and that is present; upstream, which keeps no account, is divided by
 * what two-pass has made on the same machine from the same image.
 */
#include <stdio.h>
#include <string.h>

#include "measure.h"

#define PAGE		4096.0
#define GIB		1073741824.0
#define N_PROFILE	40

/* What one line of the table says. */
struct line {
	long long entries, frameless;
	double gib;			/* mapped, with what was there before */
	double own, xen, validation;	/* instructions for each entry */
	double hypercalls;		/* for each GiB */
};

static const struct figures *account(const struct measured *m, enum builder b)
{
	return &m->f[b == UPSTREAM ? TWO_PASS : b];
}

static struct line line_of(const struct measured *m, enum builder b)
{
	const struct figures *f = &m->f[b], *a = account(m, b);
	double n = a->made;

	return (struct line) {
		.entries = a->made,
		.frameless = a->frameless,
		.gib = (a->made + a->kept) * PAGE / GIB,
		.own = f->own / n,
		.xen = f->xen / n,
		.validation = f->validation / n,
		.hypercalls = f->hypercalls * GIB / PAGE / (a->made + a->kept),
	};
}

static long long in_call(const struct figures *f, const char *name)
{
	json_t *calls = json_object_get(f->window, "hypercalls");

	return json_integer_value(json_object_get(json_object_get(calls, name),
						  "instructions"));
}

static void print_costs(const struct measured *m, int n)
{
	printf("%-9s %-9s %6s %9s %11s %8s | %10s: %6s %7s %12s\n", "", "",
	       "GiB", "PTEs", "hypercalls", "per GiB", "instr./PTE", "own",
	       "in Xen", "(validation)");
	for (int i = 0; i < n; i++)
		for (int b = 0; b < N_BUILDERS; b++) {
			struct line l = line_of(&m[i], b);

			printf("%-9s %-9s %6.2f %9lld %11lld %8.1f | %10.1f  %6.1f %7.1f %12.1f\n",
			       m[i].machine->name, builders[b].name, l.gib,
			       l.entries, m[i].f[b].hypercalls, l.hypercalls,
			       l.own + l.xen, l.own, l.xen, l.validation);
		}
}

static void print_xen(const struct measured *m, int n)
{
	static const char *const names[] = {
		"mmuext_op", "mmu_update", "update_va_mapping",
	};

	printf("\n%-19s %9s", "Million instructions", "own");
	for (int k = 0; k < 3; k++)
		printf(" %18s", names[k]);
	printf(" %9s %9s\n", "else", "all");
	for (int i = 0; i < n; i++)
		for (int b = 0; b < N_BUILDERS; b++) {
			const struct figures *f = &m[i].f[b];
			long long rest = f->xen;

			printf("%-9s %-10s %9.2f", m[i].machine->name,
			       builders[b].name, f->own / 1e6);
			for (int k = 0; k < 3; k++) {
				printf(" %18.2f", in_call(f, names[k]) / 1e6);
				rest -= in_call(f, names[k]);
			}
			printf(" %9.2f %9.2f\n", rest / 1e6,
			       (f->own + f->xen) / 1e6);
		}
}

static void print_frameless(const struct measured *m, int n)
{
	for (int i = 0; i < n; i++) {
		long long none = m[i].f[TWO_PASS].frameless;

		if (none > 0)
			printf("%s: each builder also went through %lld pages that have no frame yet (%.2f GiB); with them upstream takes %.1f, two-pass %.1f instructions for each\n",
			       m[i].machine->name, none, none * PAGE / GIB,
			       (double)(m[i].f[UPSTREAM].own + m[i].f[UPSTREAM].xen) /
			       (m[i].f[TWO_PASS].made + none),
			       (double)(m[i].f[TWO_PASS].own + m[i].f[TWO_PASS].xen) /
			       (m[i].f[TWO_PASS].made + none));
	}
}

void table_print(const struct measured *m, int n)
{
	print_costs(m, n);
	print_xen(m, n);
	printf("\n");
	print_frameless(m, n);
}

static void print_functions(const json_t *list, long long all)
{
	json_t *j;
	size_t i;

	json_array_foreach(list, i, j) {
		long long k = json_integer_value(json_object_get(j, "instructions"));

		if (i == N_PROFILE)
			break;
		printf("%12lld %5.1f%%  %s\n", k, 100.0 * k / all,
		       json_string_value(json_object_get(j, "function")));
	}
}

static void print_blocks(const json_t *list)
{
	json_t *j;
	size_t i;

	json_array_foreach(list, i, j) {
		const char *function, *first, *last;
		json_int_t offset, executions, instructions;

		if (!json_unpack(j, "{s:s, s:I, s:s, s:s, s:I, s:I}",
				 "function", &function, "offset", &offset,
				 "first", &first, "last", &last,
				 "executions", &executions,
				 "instructions", &instructions))
			printf("%12lld %9lld x %-3lld %s-%s  %s+0x%llx\n",
			       instructions, executions,
			       instructions / executions, first, last, function,
			       offset);
	}
}

void profile_print(const struct measured *m, enum builder b)
{
	const struct figures *f = &m->f[b];

	printf("%s, %s: init_mem_mapping() takes %lld instructions of the kernel's own and %lld of Xen's\n",
	       m->machine->name, builders[b].name, f->own, f->xen);
	printf("\nThe kernel's own, by function\n");
	print_functions(json_object_get(f->window, "own_functions"), f->own);
	printf("\nThe kernel's own, runs of instructions executed as often: all, times x instructions, where\n");
	print_blocks(json_object_get(f->window, "own_blocks"));
	printf("\nXen's, by function\n");
	print_functions(json_object_get(f->window, "xen_functions"), f->xen);
}

static json_t *line_json(const struct measured *m, enum builder b)
{
	const struct figures *f = &m->f[b];
	struct line l = line_of(m, b);

	return json_pack("{s:s, s:s, s:s, s:s, s:f, s:I, s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:I, s:I, s:I, s:O}",
			 "machine", m->machine->name,
			 "xen", m->machine->xen,
			 "xen_command_line", m->machine->xenargs,
			 "builder", builders[b].name,
			 "gib_mapped", l.gib,
			 "ptes", (json_int_t)l.entries,
			 "pages_without_frame", (json_int_t)l.frameless,
			 "hypercalls", (json_int_t)f->hypercalls,
			 "hypercalls_per_gib", l.hypercalls,
			 "instructions_per_pte", l.own + l.xen,
			 "own_per_pte", l.own,
			 "xen_per_pte", l.xen,
			 "xen_validation_per_pte", l.validation,
			 "own", (json_int_t)f->own,
			 "in_xen", (json_int_t)f->xen,
			 "xen_validation", (json_int_t)f->validation,
			 "window", f->window);
}

json_t *table_json(const struct measured *m, int n)
{
	json_t *list = json_array();

	for (int i = 0; i < n; i++)
		for (int b = 0; b < N_BUILDERS; b++)
			json_array_append_new(list, line_json(&m[i], b));
	return list;
}
