// SPDX-License-Identifier: GPL-2.0-only
/*
 * The figures as tables and as JSON. An entry (PTE) is a leaf of any size that
 * the builder made and that is present; upstream, which keeps no account, is
 * divided by what two-pass has made on the same machine from the same image.
 */
#include <stdio.h>
#include <string.h>

#include "measure.h"

#define PAGE		4096.0
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

static bool is(const struct measured *m, enum setting setting)
{
	return m->machine->setting == setting;
}

static long long number(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

static long long in_call(const struct figures *f, const char *name)
{
	json_t *calls = json_object_get(f->window, "hypercalls");

	return number(json_object_get(calls, name), "instructions");
}

static void print_costs(const struct measured *m, int n)
{
	printf("%-9s %-9s %6s %9s %11s %8s | %10s: %6s %7s %12s\n", "", "",
	       "GiB", "PTEs", "hypercalls", "per GiB", "instr./PTE", "own",
	       "in Xen", "(validation)");
	for (int i = 0; i < n; i++)
		for (int b = 0; is(&m[i], UNDER_XEN) && b < N_BUILDERS; b++) {
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
		for (int b = 0; is(&m[i], UNDER_XEN) && b < N_BUILDERS; b++) {
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

		if (is(&m[i], UNDER_XEN) && none > 0)
			printf("%s: each builder also went through %lld pages that have no frame yet (%.2f GiB); with them upstream takes %.1f, two-pass %.1f instructions for each\n",
			       m[i].machine->name, none, none * PAGE / GIB,
			       (double)(m[i].f[UPSTREAM].own + m[i].f[UPSTREAM].xen) /
			       (m[i].f[TWO_PASS].made + none),
			       (double)(m[i].f[TWO_PASS].own + m[i].f[TWO_PASS].xen) /
			       (m[i].f[TWO_PASS].made + none));
	}
}

static void print_arm64_line(const struct measured *m, enum builder b)
{
	static const char *const seen[] = { "tlbi", "dsb", "isb" };
	const struct figures *f = &m->f[b];
	const struct line l = line_of(m, b);

	printf("%-15s %-9s %6.2f %9lld %12lld %9.2f", m->machine->name,
	       builders[b].name, (double)f->mapped / GIB, l.entries, f->own, l.own);
	for (int k = 0; k < 3; k++)
		printf(" %7lld", number(f->window, seen[k]));
	printf(" | %9lld %5lld %5lld\n", number(f->alias, "own"),
	       number(f->alias, "tlbi"), number(f->alias, "dsb"));
}

static void print_arm64(const struct measured *m, int n)
{
	printf("%-15s %-9s %6s %9s %12s %9s %7s %7s %7s | %9s %5s %5s\n", "",
	       "", "GiB", "PTEs", "instructions", "for a PTE", "TLBI", "DSB",
	       "ISB", "alias", "TLBI", "DSB");
	for (int i = 0; i < n; i++)
		for (int b = 0; is(&m[i], NATIVE_ARM64) && b < N_BUILDERS; b++)
			print_arm64_line(&m[i], b);
}

static void print_x86_line(const struct measured *m, enum builder b)
{
	static const char *const seen[] = {
		"flushes", "invlpg", "mov_cr3", "mov_cr4", "invpcid",
	};
	const struct figures *f = &m->f[b];
	const struct line l = line_of(m, b);

	printf("%-15s %-9s %6.2f %9lld %7lld %12lld %9.2f", m->machine->name,
	       builders[b].name, (double)f->mapped / GIB, l.entries,
	       account(m, b)->tables, f->own, l.own);
	for (int k = 0; k < 5; k++)
		printf(" %7lld", number(f->window, seen[k]));
	printf("\n");
}

static void print_x86(const struct measured *m, int n)
{
	printf("%-15s %-9s %6s %9s %7s %12s %9s %7s %7s %7s %7s %7s\n", "", "",
	       "GiB", "PTEs", "tables", "instructions", "for a PTE", "flushes",
	       "INVLPG", "CR3", "CR4", "INVPCID");
	for (int i = 0; i < n; i++)
		for (int b = 0; is(&m[i], NATIVE_X86) && b < N_BUILDERS; b++)
			print_x86_line(&m[i], b);
}

static void print_under_xen(const struct measured *m, int n)
{
	print_costs(m, n);
	print_xen(m, n);
	printf("\n");
	print_frameless(m, n);
}

static bool any(const struct measured *m, int n, enum setting setting)
{
	for (int i = 0; i < n; i++)
		if (is(&m[i], setting))
			return true;
	return false;
}

void table_print(const struct measured *m, int n)
{
	static void (*const print[N_SETTINGS])(const struct measured *m, int n) = {
		[UNDER_XEN] = print_under_xen,
		[NATIVE_X86] = print_x86,
		[NATIVE_ARM64] = print_arm64,
	};
	bool behind = false;

	for (int s = 0; s < N_SETTINGS; s++) {
		if (!any(m, n, s))
			continue;
		printf("%s", behind ? "\n" : "");
		print[s](m, n);
		behind = true;
	}
}

static void print_functions(const json_t *list, const struct figures *f,
			    long long all)
{
	json_t *j;
	size_t i;

	json_array_foreach(list, i, j) {
		long long k = json_integer_value(json_object_get(j, "instructions"));

		if (i == N_PROFILE)
			break;
		printf("%12lld %5.1f%%", k, 100.0 * k / all);
		/* Upstream's builder keeps no account of what it makes. */
		if (f->made > 0)
			printf(" %8.3f for a PTE %8.1f for a table",
			       (double)k / f->made, (double)k / f->tables);
		printf("  %s\n", json_string_value(json_object_get(j, "function")));
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

	printf("%s, %s: %s() takes %lld instructions of the kernel's own and %lld of Xen's\n",
	       m->machine->name, builders[b].name,
	       json_string_value(json_object_get(f->window, "window")), f->own,
	       f->xen);
	printf("\nThe kernel's own, by function\n");
	print_functions(json_object_get(f->window, "own_functions"), f, f->own);
	printf("\nThe kernel's own, runs of instructions executed as often: all, times x instructions, where\n");
	print_blocks(json_object_get(f->window, "own_blocks"));
	if (is(m, UNDER_XEN)) {
		printf("\nXen's, by function\n");
		print_functions(json_object_get(f->window, "xen_functions"), f,
				f->xen);
	}
	if (is(m, NATIVE_ARM64)) {
		printf("\nThe alias of the image: %lld instructions, by function\n",
		       number(f->alias, "own"));
		print_functions(json_object_get(f->alias, "own_functions"), f,
				number(f->alias, "own"));
	}
}

static json_t *xen_json(const struct measured *m, enum builder b)
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

static json_t *x86_json(const struct measured *m, enum builder b)
{
	const struct figures *f = &m->f[b];
	const struct line l = line_of(m, b);

	return json_pack("{s:s, s:s, s:s, s:f, s:I, s:I, s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:O}",
			 "machine", m->machine->name,
			 "processor", m->machine->cpu,
			 "builder", builders[b].name,
			 "gib_mapped", (double)f->mapped / GIB,
			 "ptes", (json_int_t)l.entries,
			 "tables", (json_int_t)account(m, b)->tables,
			 "instructions_per_pte", l.own,
			 "own", (json_int_t)f->own,
			 "flushes", number(f->window, "flushes"),
			 "invlpg", number(f->window, "invlpg"),
			 "mov_cr3", number(f->window, "mov_cr3"),
			 "mov_cr4", number(f->window, "mov_cr4"),
			 "invpcid", number(f->window, "invpcid"),
			 "window", f->window);
}

static json_t *arm64_json(const struct measured *m, enum builder b)
{
	const struct figures *f = &m->f[b];
	const struct line l = line_of(m, b);

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:f, s:I, s:I, s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:O, s:O}",
			 "machine", m->machine->name,
			 "kernel", kernels[m->machine->kernel].dir,
			 "processor", m->machine->cpu,
			 "kernel_arguments", m->machine->args ?: "",
			 "builder", builders[b].name,
			 "gib_mapped", (double)f->mapped / GIB,
			 "ptes", (json_int_t)l.entries,
			 "tables", (json_int_t)account(m, b)->tables,
			 "instructions_per_pte", l.own,
			 "own", (json_int_t)f->own,
			 "tlbi", number(f->window, "tlbi"),
			 "dsb", number(f->window, "dsb"),
			 "isb", number(f->window, "isb"),
			 "alias_own", number(f->alias, "own"),
			 "alias_tlbi", number(f->alias, "tlbi"),
			 "alias_dsb", number(f->alias, "dsb"),
			 "window", f->window,
			 "alias_window", f->alias);
}

json_t *table_json(const struct measured *m, int n)
{
	static json_t *(*const json[N_SETTINGS])(const struct measured *m,
						 enum builder b) = {
		[UNDER_XEN] = xen_json,
		[NATIVE_X86] = x86_json,
		[NATIVE_ARM64] = arm64_json,
	};
	json_t *list = json_array();

	for (int i = 0; i < n; i++)
		for (int b = 0; b < N_BUILDERS; b++)
			json_array_append_new(list,
					      json[m[i].machine->setting](&m[i], b));
	return list;
}
