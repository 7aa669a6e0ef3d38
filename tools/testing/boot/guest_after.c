// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the running kernel later does to the direct map, and that the map is
 * right afterwards: modules, vmalloc, upstream's own test of set_memory_*().
 * It loads upstream's test modules and reads tables only as the kernel itself
 * shows them. The same is asked of either builder; only the audit knows whose
 * map it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest_after.h"
#include "textkey.h"

#define MODULE		"test_module"
#define VMALLOC		"test_vmalloc"

#define SETTLE_MS	5000
#define CPA_MS		60000		/* it begins after 30 s and takes a few */
#define ROUNDS		50		/* of loading and unloading */

/*
 * All of lib/test_vmalloc.c but align_shift_alloc_test (64), which upstream
 * means to fail.
 */
#define VMALLOC_MASK	(0x3ff & ~64)
#define VMALLOC_FEW	(1 | 8 | 16)	/* fixed, random and aligned sizes */

void tables_free(struct tables *t)
{
	map_free(&t->direct);
	map_free(&t->rest);
}

bool read_tables(struct tables *t)
{
	char *text = slurp(arch.page_tables);
	uint64_t base = 0;
	struct span s;
	bool ok;

	memset(t, 0, sizeof(*t));
	ok = text && arch_dump(text, &t->direct, &base);
	for (const char *p = text; ok && p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (dump_line(p, getpagesize(), &s) > 0 &&
		    (s.start < base || !map_find(&t->direct, s.start - base)))
			map_add(&t->rest, s.start, s.end, s.leaf, s.attr);
	}
	free(text);
	return ok;
}

/*
 * The map by its attributes alone. CPA splits leaves, and a page that it has
 * made not present comes back without GLOBAL, with either builder.
 */
static void forget_leaves(const struct map *m, struct map *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < m->n; i++)
		map_add(out, m->v[i].start, m->v[i].end, LEAF_4K,
			m->v[i].attr & ~AT_GLB);
}

static bool same_attributes(const struct map *a, const struct map *b,
			    char *why, size_t len)
{
	struct map x, y;
	bool ok;

	forget_leaves(a, &x);
	forget_leaves(b, &y);
	ok = map_same(&x, &y, AT_ANY, why, len);
	map_free(&x);
	map_free(&y);
	return ok;
}

/* Modules */

static int module_load(const char *name, const char *params)
{
	char path[64];
	int fd, err;

	snprintf(path, sizeof(path), "/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = syscall(SYS_finit_module, fd, params, 0) ? errno : 0;
	close(fd);
	return err;
}

static int module_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

/* What a module added. */
struct module_change {
	uint64_t ro, exec, wx;		/* pages outside the direct map */
	uint64_t alias;			/* writable before, read-only now */
	uint64_t other;			/* changed in any other way */
};

static void count_added(const struct map *before, const struct map *now,
			struct module_change *c)
{
	for (uint64_t at = 0, next; at != UINT64_MAX; at = next) {
		const struct span *s = map_find(now, at);
		uint64_t pages;

		next = map_next_edge(before, at,
				     map_next_edge(now, at, UINT64_MAX));
		if (!s || map_find(before, at))
			continue;
		pages = (next - at) / PAGE;
		c->ro += s->attr & AT_RW ? 0 : pages;
		c->exec += s->attr & AT_NX ? 0 : pages;
		c->wx += s->attr & AT_RW && !(s->attr & AT_NX) ? pages : 0;
	}
}

static void count_alias(const struct map *before, const struct map *now,
			struct module_change *c)
{
	for (uint64_t at = 0, next; at != UINT64_MAX; at = next) {
		const struct span *x = map_find(before, at);
		const struct span *y = map_find(now, at);
		int diff = (x ? x->attr : 0) ^ (y ? y->attr : 0);

		next = map_next_edge(before, at,
				     map_next_edge(now, at, UINT64_MAX));
		if (x && y && diff == AT_RW && x->attr & AT_RW)
			c->alias += (next - at) / PAGE;
		else if (!x != !y || diff)
			c->other += (next - at) / PAGE;
	}
}

/* What a module's own init code was in goes a moment after it has run. */
static bool module_shown(const struct tables *before, struct module_change *c)
{
	for (int ms = 0; ms < SETTLE_MS; ms += 50) {
		struct tables now;

		memset(c, 0, sizeof(*c));
		if (read_tables(&now)) {
			count_added(&before->rest, &now.rest, c);
			count_alias(&before->direct, &now.direct, c);
		}
		tables_free(&now);
		if (c->ro && c->exec && c->alias == c->ro && !c->wx &&
		    !c->other)
			return true;
		usleep(50000);
	}
	return false;
}

static bool soon_same(const struct map *before, char *why, size_t len)
{
	for (int ms = 0; ms < SETTLE_MS; ms += 50) {
		struct tables now;
		bool same = read_tables(&now) &&
			    same_attributes(before, &now.direct, why, len);

		tables_free(&now);
		if (same)
			return true;
		usleep(50000);
	}
	return false;
}

static void judge_module_gone(const struct tables *before)
{
	char why[256] = "page_tables cannot be read";
	int err = module_unload(MODULE);

	result(!err, "a module is unloaded", "%s", strerror(err));
	result(soon_same(&before->direct, why, sizeof(why)),
	       "the direct map is as it was before the module", "%s", why);
}

static void judge_module_rounds(const struct tables *before)
{
	char why[256] = "page_tables cannot be read";
	int n = 0;

	while (n < ROUNDS && !module_load(MODULE, "") && !module_unload(MODULE))
		n++;
	result(n == ROUNDS, "a module is loaded and unloaded many times",
	       "%d of %d", n, ROUNDS);
	result(soon_same(&before->direct, why, sizeof(why)),
	       "and the direct map is as before", "%s", why);
}

static void judge_modules(void)
{
	struct tables before;
	struct module_change c = { 0 };
	int err = module_load(MODULE, "");

	/* Once for nothing: vmalloc's own tables are made, and stay. */
	if (!err)
		err = module_unload(MODULE);
	usleep(200000);
	if (err || !read_tables(&before)) {
		result(false, "a module is loaded", "/%s.ko: %s", MODULE,
		       strerror(err));
		return;
	}
	err = module_load(MODULE, "");
	result(!err, "a module is loaded", "/%s.ko: %s", MODULE, strerror(err));
	result(module_shown(&before, &c),
	       "its read-only pages are read-only in the direct map as well",
	       "%llu RO pages, %llu of them executable, %llu W+X; %llu RO in the direct map, %llu changed otherwise",
	       (unsigned long long)c.ro, (unsigned long long)c.exec,
	       (unsigned long long)c.wx, (unsigned long long)c.alias,
	       (unsigned long long)c.other);
	say("# module: %llu RO pages, %llu executable, %llu RO aliases\n",
	    (unsigned long long)c.ro, (unsigned long long)c.exec,
	    (unsigned long long)c.alias);
	judge_module_gone(&before);
	judge_module_rounds(&before);
	tables_free(&before);
}

/* vmalloc */

/* The sums of upstream's vmalloc tests, one line for each. */
static void judge_vmalloc(int mask, int loops)
{
	char params[96], *dmesg;
	int err, lines = 0, passed = 0, failed = 0;

	snprintf(params, sizeof(params),
		 "nr_threads=1 test_loop_count=%d run_test_mask=%d", loops,
		 mask);
	err = module_load(VMALLOC, params);
	dmesg = read_dmesg();
	for (const char *p = dmesg; (p = strstr(p, "Summary: ")); p++) {
		int good, bad;

		if (sscanf(p, "Summary: %*s passed: %d failed: %d", &good,
			   &bad) != 2)
			continue;
		lines++;
		passed += good;
		failed += bad;
	}
	/* It ends its init with EAGAIN when it is done, so as not to stay. */
	result(err == EAGAIN && lines == __builtin_popcount(mask) && !failed &&
	       passed == lines,
	       "vmalloc passes upstream's tests",
	       "%s: %s; %d summaries, %d passed, %d failed", VMALLOC,
	       strerror(err), lines, passed, failed);
	free(dmesg);
}

/* set_memory_*() */

/* Upstream's self-test says how it went in two lines, 30 s after boot. */
static void judge_cpa(void)
{
	const char *begun = NULL, *end = NULL;
	char *dmesg = NULL;

	for (int ms = 0; ms < CPA_MS && !end; ms += 500) {
		free(dmesg);
		dmesg = read_dmesg();
		begun = strstr(dmesg, "CPA self-test:");
		end = begun ? strstr(begun, "ok.\n") : NULL;
		if (!end)
			usleep(500000);
	}
	result(end, "set_memory_*() pass upstream's CPA self-test",
	       begun ? "it began and has not said ok" : "it never began");
	free(dmesg);
}

/* The end */

/*
 * The kernel's own dump, and what leaf and tables give together: that is all
 * there is to judge where upstream leaves NX to a table (XENPV-6).
 */
static void judge_wx(const char *audit)
{
	char text[96] = "page_tables or the audit cannot be read";
	struct map effective = { 0 };
	struct tables now;
	bool ok = read_tables(&now);
	const struct map *maps[] = { &now.rest, &effective,
				     leaves_have_nx() ? &now.direct : NULL };

	spans_parse(audit, "range:", &effective);
	ok = ok && effective.n;
	for (int k = 0; ok && k < 3 && maps[k]; k++)
		for (size_t i = 0; ok && i < maps[k]->n; i++) {
			ok = !(maps[k]->v[i].attr & AT_RW) ||
			     maps[k]->v[i].attr & AT_NX;
			if (!ok)
				span_text(&maps[k]->v[i], text, sizeof(text));
		}
	result(ok, "nothing in the kernel's tables is W+X after all this", "%s",
	       text);
	map_free(&effective);
	tables_free(&now);
}

/*
 * With debug_pagealloc=on every page that is allocated or freed comes into the
 * map or leaves it, with a full flush: the map is never the same twice, and
 * init memory is unmapped instead of freed.
 */
static void judge_pagealloc(const struct facts *f)
{
	uint64_t free_kb = meminfo_kb(f->meminfo, "MemFree");
	uint64_t mapped_kb = map_bytes(&f->map) >> 10;
	uint64_t total_kb = opts.xen ? xen_given_kb() :
				       meminfo_kb(f->meminfo, "DirectMap4k");

	/* A few MiB were freed or taken between the two looks. */
	result(free_kb && mapped_kb + free_kb < total_kb + 4096,
	       "memory that is free is not mapped",
	       "%llu kB free, %llu kB mapped, of %llu kB",
	       (unsigned long long)free_kb, (unsigned long long)mapped_kb,
	       (unsigned long long)total_kb);
	judge_vmalloc(VMALLOC_FEW, 10);
}

static void judge_changes(const struct facts *f)
{
	judge_init_memory(f);
	judge_modules();
	judge_vmalloc(VMALLOC_MASK, 200);
	judge_cpa();
}

void judge_after(const struct facts *f)
{
	static const char *const rodata[] = {
		"rodata_test: all tests were successful", NULL
	};
	char line[256], *audit;

	result(line_with(f->dmesg, rodata, line, sizeof(line)),
	       "read-only data cannot be written", "dmesg has no line \"%s\"",
	       rodata[0]);
	if (strstr(f->cmdline, "debug_pagealloc=on"))
		judge_pagealloc(f);
	else
		judge_changes(f);
	audit = slurp(AUDIT);
	judge_wx(audit);
	if (strcmp(opts.policy, "off")) {
		judge_findings(audit, "after all this");
		section("audit-after", audit);
	}
	free(audit);
	say_flush();
}
