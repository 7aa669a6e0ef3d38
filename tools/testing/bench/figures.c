// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a measured boot has told: the plugin's counts, and what the guest says of
 * its own map. A boot whose guest failed a test of its own, or whose window did
 * not close, has no figures.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "measure.h"
#include "textkey.h"

static bool fail(char *why, size_t len, const struct run *r, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static bool fail(char *why, size_t len, const struct run *r, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(why, len, "%s: %s; see %s", r->name, what, r->log);
	return false;
}

static long long number(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

/* Boot and guest of a dom0 are separate logs, the guest's within the other. */
static bool read_guest(struct log *l, const struct run *r)
{
	char path[sizeof(r->log) + 8];
	bool ok;
	FILE *f;

	if (!log_read(r->log, l))
		return false;
	if (!r->machine->domu)
		return true;
	if (!l->done || l->not_ok || !l->domu)
		return false;
	snprintf(path, sizeof(path), "%.*s-domu.log",
		 (int)(strlen(r->log) - strlen(".log")), r->log);
	f = fopen(path, "w");
	ok = f && fputs(l->domu, f) >= 0;
	if (f)
		ok &= !fclose(f);
	log_free(l);
	return ok && log_read(path, l);
}

/* Leaves of all sizes that a line of the report counts. */
static long long leaves_in(const char *report, const char *key)
{
	const char *p = key_line(report, "sizes");
	long long sum = 0;
	char size[16];
	size_t n;

	while (p && (p = next_word(p, &n), n)) {
		snprintf(size, sizeof(size), "%.*s", (int)n, p);
		sum += key_value(report, key, size);
		p += n;
	}
	return sum;
}

/* Upstream's builder has none. */
static void read_report(struct figures *f, const char *report)
{
	f->made = report ? leaves_in(report, "shape") : -1;
	f->kept = report ? leaves_in(report, "kept") : -1;
	f->frameless = report ? key_value(report, "shape", "nomfn") : -1;
	f->tables = report ? key_value(report, "tables", "used") : -1;
}

static bool read_log(struct figures *f, const struct run *r, char *why, size_t len)
{
	struct log l = { 0 };
	bool ok;

	if (!read_guest(&l, r)) {
		log_free(&l);
		return fail(why, len, r, r->machine->domu ?
			    "dom0 failed, or handed no console of its guest on" :
			    "no log");
	}
	ok = l.done && !l.not_ok && l.ok == l.planned;
	if (!ok)
		fail(why, len, r, l.done ? "%d of the guest's own tests failed" :
		     "the guest did not come to its end (%d tests failed)", l.not_ok);
	if (ok && (!l.cmdline || strstr(l.cmdline, "physmap_trace")))
		ok = fail(why, len, r, "the kernel measured records a trace, which costs (is the initramfs of this bench's build?)");
	read_report(f, l.report);
	f->mapped = map_bytes(&l.map);
	log_free(&l);
	return ok;
}

static bool whole_window(const json_t *window, const struct run *r,
			 const char *what, char *why, size_t len)
{
	if (!window || !json_is_true(json_object_get(window, "closed")))
		return fail(why, len, r, "%s was not %s (are kernel and symbols of one build?)",
			    what, window ? "left" : "executed");
	if (json_is_true(json_object_get(window, "moved")))
		return fail(why, len, r, "the guest has changed its processor");
	return true;
}

/*
 * Under Xen dom0's window comes first, its guest's is the second. On arm64 the
 * second one is that of the image's alias.
 */
static bool read_counts(struct figures *f, const struct run *r, char *why, size_t len)
{
	size_t which = r->machine->domu ? 1 : 0;
	bool alias = r->machine->setting == NATIVE_ARM64;
	json_error_t error;
	json_t *all = json_load_file(r->counts, 0, &error);

	if (!all)
		return fail(why, len, r, "no counts: %s", error.text);
	f->window = json_incref(json_array_get(all, which));
	f->alias = alias ? json_incref(json_array_get(all, 1)) : NULL;
	json_decref(all);
	return whole_window(f->window, r, alias ? "map_mem()" : "init_mem_mapping()",
			    why, len) &&
	       (!alias || whole_window(f->alias, r, "mark_linear_text_alias_ro()",
				       why, len));
}

/* What a compiler adds to a name, as in mod_l1_entry.isra.0, does not count. */
static bool is_validation(const char *name)
{
	size_t n = strcspn(name, ".");

	for (int i = 0; i < n_validation; i++)
		if (strlen(validation[i]) == n && !strncmp(name, validation[i], n))
			return true;
	return false;
}

static void sum_up(struct figures *f)
{
	json_t *call, *function;
	const char *name;
	size_t i;

	json_object_foreach(json_object_get(f->window, "hypercalls"), name, call)
		f->hypercalls += number(call, "calls");
	f->own = number(f->window, "own");
	f->xen = number(f->window, "xen");
	json_array_foreach(json_object_get(f->window, "xen_functions"), i, function) {
		name = json_string_value(json_object_get(function, "function"));
		if (is_validation(name))
			f->validation += number(function, "instructions");
	}
}

static const char *last_line(const char *path, char *line, size_t len)
{
	char next[200];
	FILE *f = fopen(path, "r");

	snprintf(line, len, "nothing");
	while (f && fgets(next, sizeof(next), f))
		snprintf(line, len, "%.*s", (int)strcspn(next, "\r\n"), next);
	if (f)
		fclose(f);
	return line;
}

bool figures_read(struct figures *f, const struct run *r, char *why, size_t len)
{
	char line[200];

	memset(f, 0, sizeof(*f));
	if (r->timed_out)
		return fail(why, len, r, "no end after %d s", r->machine->timeout);
	if (WIFSIGNALED(r->status))
		return fail(why, len, r, "QEMU ended by signal %d", WTERMSIG(r->status));
	if (WEXITSTATUS(r->status))
		return fail(why, len, r, "QEMU ended with status %d and said \"%s\"",
			    WEXITSTATUS(r->status), last_line(r->log, line, sizeof(line)));
	if (!read_log(f, r, why, len) || !read_counts(f, r, why, len))
		return false;
	sum_up(f);
	return true;
}

void figures_free(struct figures *f)
{
	json_decref(f->window);
	json_decref(f->alias);
	f->window = NULL;
	f->alias = NULL;
}

bool figures_same(const struct figures *a, const struct figures *b, char *why,
		  size_t len)
{
	if (json_equal(a->window, b->window) &&
	    (a->alias == b->alias || json_equal(a->alias, b->alias)))
		return true;
	snprintf(why, len, "own %lld and %lld, Xen's %lld and %lld instructions, %lld and %lld hypercalls",
		 a->own, b->own, a->xen, b->xen, a->hypercalls, b->hypercalls);
	return false;
}
