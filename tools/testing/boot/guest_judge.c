// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guest can judge by itself: the kernel's own W+X check, the dump of
 * its page tables against /proc/iomem, physmap's report and audit, and memory
 * that can be used. Reads only, but for pages it allocates itself.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"
#include "textkey.h"

#define CHUNK	(64 * PAGE)

static const char *const complaints[] = {
	"WARNING:", "BUG:", "kernel BUG", "Oops", "Call Trace", "cut here",
	"general protection", "unable to handle", "Bad page", NULL
};

void judge_kernel(const struct facts *f)
{
	static const char *const passed[] = {
		"Checked W+X mappings: passed", NULL
	};
	char line[256];

	if (!opts.nonx)
		result(line_with(f->dmesg, passed, line, sizeof(line)),
		       "the kernel's own W+X check passed",
		       "dmesg has no line \"%s\"", passed[0]);
}

const char *named(const char *what, const char *when)
{
	static char name[160];

	snprintf(name, sizeof(name), "%s%s%s", what, *when ? " " : "", when);
	return name;
}

/* After everything else, so that what was done to memory is judged too. */
void judge_last_words(const struct facts *f)
{
	char *dmesg = read_dmesg();
	char line[256] = "";

	result(!line_with(dmesg, complaints, line, sizeof(line)),
	       "no WARNING and no BUG in dmesg", "%s", line);
	/* What came after init began: its console level kept it off the log. */
	if (!strncmp(dmesg, f->dmesg, strlen(f->dmesg)))
		section("dmesg-end", dmesg + strlen(f->dmesg));
	free(dmesg);
}

/*
 * Under Xen upstream leaves what Xen mapped as it is, with NX one level up
 * (XENPV-6): the dump shows leaves only, so there the kernel's check is the
 * judge.
 */
bool leaves_have_nx(void)
{
	return !opts.nonx && !(opts.xen && !strcmp(opts.policy, "off"));
}

static void judge_exec(const struct facts *f)
{
	char text[96];

	for (size_t i = 0; i < f->map.n; i++) {
		const struct span *s = &f->map.v[i];

		span_text(s, text, sizeof(text));
		if (opts.nonx && (s->attr & AT_NX)) {
			result(false, "no leaf carries NX (X86-FMT-1)", "%s",
			       text);
			return;
		}
		if (leaves_have_nx() && (s->attr & AT_RW) &&
		    !(s->attr & AT_NX)) {
			result(false, "no W+X leaf in the direct map", "%s",
			       text);
			return;
		}
	}
	if (opts.nonx)
		result(true, "no leaf carries NX (X86-FMT-1)", "-");
	else if (leaves_have_nx())
		result(true, "no W+X leaf in the direct map", "-");
}

/*
 * What must be mapped: System RAM, and on x86 all of the first MiB, which the
 * kernel maps whole natively and Xen fills with what is there.
 */
static void wanted_ram(const struct facts *f, struct map *want)
{
	struct map ram = { 0 };

	map_add(want, 0, arch.always, LEAF_4K, 0);
	iomem_parse(f->iomem, "System RAM", &ram);
	map_sort(&ram);
	for (size_t i = 0; i < ram.n; i++) {
		uint64_t start = ram.v[i].start;

		map_add(want, start < arch.always ? arch.always : start,
			ram.v[i].end, LEAF_4K, 0);
	}
	map_free(&ram);
}

static void judge_cover(const struct facts *f)
{
	struct map want = { 0 };
	char why[256] = "";

	wanted_ram(f, &want);
	result(map_same_cover(&want, &f->map, why, sizeof(why)),
	       "System RAM is mapped, all of it and nothing else", "%s", why);
	map_free(&want);
}

uint64_t xen_given_kb(void)
{
	char *text = slurp("/sys/devices/system/xen_memory/xen_memory0/info/current_kb");
	uint64_t kb = text ? strtoull(text, NULL, 10) : 0;

	free(text);
	return kb;
}

/*
 * A dom0's System RAM may be larger than what Xen has given it: only pages
 * with a machine frame can be mapped (XENPV-36), and none of them is to miss.
 */
static void judge_cover_xen(const struct facts *f, const char *when)
{
	unsigned long long given = xen_given_kb(), ram = 0;
	struct map want = { 0 }, sysram = { 0 };
	uint64_t outside = 0;

	wanted_ram(f, &want);
	iomem_parse(f->iomem, "System RAM", &sysram);
	/* Page 0 is trimmed from e820, and a guest's ISA range reserved: yet given. */
	map_add(&sysram, 0, opts.guest ? arch.always : 4096, LEAF_4K, 0);
	map_sort(&sysram);
	for (uint64_t at = 0; at != UINT64_MAX;) {
		uint64_t next = map_next_edge(&want, at, map_next_edge(&sysram,
				at, map_next_edge(&f->map, at, UINT64_MAX)));

		if (map_find(&f->map, at)) {
			if (!map_find(&want, at))
				outside += next - at;
			if (map_find(&sysram, at))
				ram += next - at;
		}
		at = next;
	}
	result(!outside,
	       named("nothing but System RAM and the first MiB is mapped", when),
	       "%llu kB outside", (unsigned long long)(outside >> 10));
	result(given && ram >> 10 == given,
	       named("every page that Xen gave is mapped", when),
	       "%llu kB mapped, %llu kB given", ram >> 10, given);
	map_free(&want);
	map_free(&sysram);
}

uint64_t meminfo_kb(const char *text, const char *key)
{
	long long v = text ? key_number(text, key) : -1;

	return v < 0 ? 0 : v;
}

void judge_map(const struct facts *f)
{
	result(f->have_map && f->iomem && f->meminfo,
	       "page_tables, iomem and meminfo can be read",
	       "dump of %zu ranges", f->map.n);
	if (!f->have_map || !f->iomem || !f->meminfo)
		return;
	judge_exec(f);
	if (opts.xen)
		judge_cover_xen(f, "");
	else
		judge_cover(f);
	judge_arch(f, "");
}

static void judge_order(const char *report)
{
	char why[200] = "";
	long long lines = 0;

	for (const char *p = report; p; p = strchr(p, '\n')) {
		long long k, early, shape, flush, attrs;
		int used = 0;

		p += *p == '\n';
		if (!*p)
			break;
		if (sscanf(p, "request %lld:%n", &k, &used) != 1 || !used)
			continue;
		lines++;
		p += used;
		early = value_in(p, "early");
		shape = value_in(p, "seq_shape");
		flush = value_in(p, "seq_flush");
		attrs = value_in(p, "seq_attributes");
		if (early > 0 && (value_in(p, "flush") != 1 || shape < 0 ||
				  shape >= flush || flush >= attrs))
			snprintf(why, sizeof(why),
				 "request %lld: shape at %lld, flush at %lld, attributes at %lld",
				 k, shape, flush, attrs);
	}
	if (!why[0] && lines != key_number(report, "requests"))
		snprintf(why, sizeof(why), "%lld request lines, %lld requests",
			 lines, key_number(report, "requests"));
	result(!why[0], "each request: shape, then the flush, then attributes",
	       "%s", why);
}

static void judge_two_pass(const char *report)
{
	long long early = key_value(report, "shape", "early");
	long long final = key_value(report, "shape", "final");
	long long leaves = key_value(report, "attributes", "leaves");

	judge_order(report);
	if (opts.xen) {
		/* Unlinked tables are filled with final attributes (XENPV-7). */
		result(early >= 0 && final >= 0 && early + final > 0 &&
		       early == leaves,
		       "every early leaf was finished in pass 2",
		       "early=%lld final=%lld finished=%lld", early, final,
		       leaves);
		return;
	}
	result(early > 0 && early == leaves && !final,
	       "every leaf was early in pass 1 and finished in pass 2",
	       "early=%lld final=%lld finished=%lld", early, final, leaves);
}

static void judge_fresh(const char *report)
{
	long long early = key_value(report, "shape", "early");
	long long final = key_value(report, "shape", "final");
	long long flushes = key_value(report, "boundary", "flushes");

	result(!early && final > 0, "every leaf was final at once",
	       "early=%lld final=%lld", early, final);
	result(!flushes, "no boundary flush was needed", "flushes=%lld",
	       flushes);
}

static void judge_sums(const char *report)
{
	const char *backend = opts.xen ? "xen-pv" : arch.backend;
	long long planned = key_value(report, "tables", "planned");
	long long resized = key_value(report, "attributes", "resized");
	long long moved = key_value(report, "attributes", "moved");
	long long ro = key_value(report, "attributes", "kept_ro_written");
	long long refused = key_value(report, "hypercalls", "refused");

	result(key_number(report, "requests") > 0, "physmap built the map",
	       "requests: %lld", key_number(report, "requests"));
	result(key_word(report, "backend", backend),
	       "the right backend is at work", "expected %s", backend);
	result(!resized && !moved && !ro,
	       "no size, no frame and no kept RO entry touched in pass 2",
	       "resized=%lld moved=%lld kept_ro_written=%lld", resized, moved,
	       ro);
	result(planned >= 0 && planned == key_value(report, "tables", "used"),
	       "exactly the planned table pages were used",
	       "planned=%lld used=%lld", planned,
	       key_value(report, "tables", "used"));
	if (arch.hypercalls)
		result(!refused, "no hypercall was refused", "refused=%lld",
		       refused);
}

/* Two walkers that know nothing of each other must see the same map. */
static void judge_audit_map(const struct facts *f)
{
	struct map ranges = { 0 }, dump = { 0 };
	char why[256] = "no range: line in the audit";
	bool ok;

	spans_parse(f->audit, "range:", &ranges);
	for (size_t i = 0; i < f->map.n; i++)
		map_add(&dump, f->map.v[i].start, f->map.v[i].end,
			f->map.v[i].leaf, arch_audit_attrs(f->map.v[i].attr));
	/* Leaf NX is not effective NX under Xen, see judge_exec(). */
	ok = ranges.n && map_same(&ranges, &dump, opts.xen ? AT_RW :
				  AT_RW | AT_GLB | AT_NX | AT_CON, why,
				  sizeof(why));
	result(ok, "audit and page_tables show the same map", "%s", why);
	map_free(&ranges);
	map_free(&dump);
}

void judge_findings(const char *audit, const char *when)
{
	const char *line = audit ? key_line(audit, "finding") : NULL;
	long long findings = audit ? key_number(audit, "findings") : -1;

	result(!findings, named("audit has no findings", when),
	       "findings: %lld, first: %.*s", findings,
	       (int)(line ? strcspn(line, "\n") : 4), line ? line : "none");
}

static void judge_audit(const struct facts *f)
{
	judge_findings(f->audit, "");
	if (f->have_map)
		judge_audit_map(f);
}

void judge_again(const struct facts *boot, const char *when)
{
	struct facts now = { .iomem = slurp("/proc/iomem"),
			     .meminfo = slurp("/proc/meminfo"),
			     .dmesg = read_dmesg() };
	char line[256] = "";

	now.have_map = read_map(&now.map, &now.base, &now.high_splits);
	now.audit = slurp(AUDIT);
	result(now.have_map && now.base == boot->base,
	       named("the direct map can be read", when), "it lies at 0x%llx",
	       (unsigned long long)now.base);
	judge_arch(&now, when);
	if (opts.xen)
		judge_cover_xen(&now, when);
	if (strcmp(opts.policy, "off"))
		judge_findings(now.audit, when);
	result(!line_with(now.dmesg, complaints, line, sizeof(line)),
	       named("no WARNING and no BUG in dmesg", when), "%s", line);
	map_free(&now.map);
	free(now.iomem);
	free(now.meminfo);
	free(now.dmesg);
	free(now.audit);
}

void judge_physmap(const struct facts *f)
{
	bool off = !strcmp(opts.policy, "off");

	if (off) {
		/* The judge's boot: upstream's builder, with physmap or without. */
		result(!f->report || key_word(f->report, "policy", "off"),
		       "upstream's builder made this map",
		       "report says another policy");
		return;
	}
	result(f->report && f->audit, "report and audit are there",
	       "debugfs has no physmap/report or physmap/audit");
	if (!f->report || !f->audit)
		return;
	result(key_word(f->report, "policy", opts.policy),
	       "the policy asked for is in force", "asked for %s", opts.policy);
	judge_sums(f->report);
	if (!strcmp(opts.policy, "two-pass"))
		judge_two_pass(f->report);
	else
		judge_fresh(f->report);
	judge_audit(f);
}

/* Writes each page's own number, then reads all of them back. */
bool use_memory(uint64_t bytes)
{
	uint64_t n = bytes / 4096;
	volatile uint64_t *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool ok = true;

	if (p == MAP_FAILED)
		return false;
	for (uint64_t i = 0; i < n; i++)
		p[i * 512] = i ^ 0x5a5a5a5a5a5aULL;
	for (uint64_t i = 0; i < n; i++)
		ok &= p[i * 512] == (i ^ 0x5a5a5a5a5a5aULL);
	munmap((void *)p, bytes);
	return ok;
}

/* Each page of the chunk begins with its own number. */
static void number_pages(uint64_t *chunk, uint64_t first)
{
	for (uint64_t i = 0; i < CHUNK / PAGE; i++)
		chunk[i * PAGE / 8] = (first + i) ^ 0x5a5a5a5a5a5aULL;
}

static bool transfer(int fd, uint64_t *chunk, uint64_t bytes, bool back)
{
	uint64_t *want = calloc(1, CHUNK);
	bool ok = want;

	for (uint64_t at = 0; ok && at < bytes; at += CHUNK) {
		number_pages(want, at / PAGE);
		if (!back)
			ok = pwrite(fd, want, CHUNK, at) == CHUNK;
		else
			ok = pread(fd, chunk, CHUNK, at) == CHUNK &&
			     !memcmp(chunk, want, CHUNK);
	}
	free(want);
	return ok;
}

/*
 * A file in memory, written and read: so the kernel itself goes through the
 * direct map, page by page, and needs no page table for it.
 */
static bool use_file(uint64_t bytes)
{
	int fd = memfd_create("memory", MFD_CLOEXEC);
	uint64_t *chunk = malloc(CHUNK);
	bool ok = fd >= 0 && chunk && transfer(fd, chunk, bytes, false) &&
		  transfer(fd, chunk, bytes, true);

	free(chunk);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* More than half of what is there: so what was added last is among it. */
void judge_memory_again(const char *when)
{
	char *text = slurp("/proc/meminfo");
	uint64_t bytes = meminfo_kb(text, "MemAvailable") * 1024 / 10 * 8;

	free(text);
	if (bytes > 512 * MIB)
		bytes = 512 * MIB;
	bytes -= bytes % CHUNK;
	result(bytes && use_file(bytes),
	       named("memory can be written and read", when), "%llu MiB",
	       (unsigned long long)(bytes / MIB));
	say("# used %llu MiB\n", (unsigned long long)(bytes / MIB));
}

void judge_memory(void)
{
	judge_memory_again("");
}
