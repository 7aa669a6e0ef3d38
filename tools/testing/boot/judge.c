// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's verdicts on a boot and on a pair of boots, as KTAP lines. Every
 * failure names the fact, the reason and the log. Prints, and decides nothing
 * else.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "bench.h"
#include "textkey.h"

void ktap(struct ktap *k, bool ok, const char *boot, const char *what,
	  const char *log, const char *fmt, ...)
{
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	k->n++;
	k->failed += !ok;
	if (k->quiet && ok)
		return;
	if (!ok)
		printf("# %s: %s: %s (log: %s)\n", boot, what, why, log);
	if (k->quiet)
		return;
	printf("%s %d %s: %s\n", ok ? "ok" : "not ok", k->n, boot, what);
}

/* The last thing said before the boot broke off, for the failure's reason. */
static void last_words(const struct log *l, char *buf, size_t len)
{
	static const char *const words[] = {
		"physmap: ", "Kernel panic", "BUG:", "PANIC", "Panic on CPU",
		"(XEN) d0v", "qemu"
	};
	const char *p = l->text;
	char line[256];

	snprintf(buf, len, "the log ends without a reason");
	while ((p = next_line(p, line, sizeof(line))))
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (strstr(line, words[i]))
				snprintf(buf, len, "%s", line);
}

static void judge_end(struct ktap *k, const struct boot *b,
		      const struct log *l, bool done)
{
	bool clean = WIFEXITED(b->status) && !WEXITSTATUS(b->status);
	char why[300];

	last_words(l, why, sizeof(why));
	if (b->timed_out)
		snprintf(why, sizeof(why), "no end after %.0f s", b->seconds);
	else if (!clean)
		snprintf(why, sizeof(why), "QEMU ended with status 0x%x",
			 b->status);
	ktap(k, done && clean && !b->timed_out, b->name, "boots", b->log,
	     "%s", why);
}

/* The guest's reason begins with the test's name, which is said already. */
static void guest_test(struct ktap *k, bool ok, const struct boot *b,
		       const char *name, const char *why)
{
	size_t len = strlen(name);

	if (!strncmp(why, name, len) && why[len] == ':')
		why += len + 2;
	ktap(k, ok, b->name, name, b->log, "%s", why);
}

/* The guest's own tests, one by one, each with its reason if it failed. */
static void judge_guest(struct ktap *k, const struct boot *b,
			const struct log *l)
{
	const char *p = strstr(l->text, "\n@@KTAP\n");
	char line[512], why[512] = "";
	int n, used;

	while (p && (p = next_line(p, line, sizeof(line)))) {
		bool bad = !strncmp(line, "not ok ", 7);

		used = 0;
		if (line[0] == '#')
			snprintf(why, sizeof(why), "%s", line + 2);
		else if (sscanf(line + (bad ? 4 : 0), "ok %d - %n", &n, &used) == 1 &&
			 used)
			guest_test(k, !bad, b, line + (bad ? 4 : 0) + used, why);
	}
	if (l->done)
		ktap(k, l->ok + l->not_ok == l->planned, b->name,
		     "all of the guest's tests are in the log", b->log,
		     "%d of %d", l->ok + l->not_ok, l->planned);
}

/*
 * Is the direct map where it is without KASLR? x86 has two such places (OVMF
 * moves the image alone). On arm64 it begins with the GiB that has the first
 * memory: QEMU's RAM is at 1 GiB, but AAVMF also tells of its flash below.
 */
static bool placed(const struct row *r, const struct log *l)
{
	uint64_t first = r->flags & ROW_UEFI ? 0 : GIB;

	if (row_is(r, ARCH_ARM64))
		return l->base == -(1ULL << kernels[r->kernel].va_bits) - first;
	return l->base == 0xffff888000000000ULL ||
	       l->base == 0xff11000000000000ULL;
}

/* Of x86: as many levels as the row says, and GLOBAL unless it says not. */
static bool x86_right(const struct row *r, const struct log *l,
		      unsigned int attrs, char *why, size_t len)
{
	bool la57 = l->base && l->base >> 48 != 0xffff;

	if (la57 != !!(r->flags & ROW_LA57))
		snprintf(why, len, "the direct map begins at 0x%llx",
			 (unsigned long long)l->base);
	else if (!(attrs & AT_GLB) != !!(r->flags & ROW_NOGLB))
		snprintf(why, len, "leaves with GLOBAL: %s",
			 attrs & AT_GLB ? "some" : "none");
	return !why[0];
}

static bool attributes_right(const struct row *r, unsigned int attrs, char *why,
			     size_t len)
{
	unsigned int missing = r->some & ~attrs, extra = r->none & attrs;

	if (missing)
		snprintf(why, len, "no leaf has %s", attr_name(missing));
	else if (extra)
		snprintf(why, len, "a leaf has %s", attr_name(extra));
	return !missing && !extra;
}

static void leaf_sizes(unsigned int leaves, char *buf, size_t len)
{
	size_t pos = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < 32 && pos < len; i++)
		if (leaves & HAS(i))
			pos += snprintf(buf + pos, len - pos, "%s%s",
					pos ? " " : "", leaf_name(i));
}

static bool sizes_right(const struct row *r, unsigned int leaves, char *why,
			size_t len)
{
	char have[64], want[64];

	if (leaves == r->leaves)
		return true;
	leaf_sizes(leaves, have, sizeof(have));
	leaf_sizes(r->leaves, want, sizeof(want));
	snprintf(why, len, "leaves of %s, expected %s", have, want);
	return false;
}

/* A row that does not boot what it names would prove nothing. */
static void judge_machine(struct ktap *k, const struct boot *b,
			  const struct log *l)
{
	const struct row *r = b->row;
	unsigned int leaves = 0, attrs = 0;
	char why[200] = "";
	bool ok;

	for (size_t i = 0; i < l->map.n; i++) {
		leaves |= HAS(l->map.v[i].leaf);
		attrs |= l->map.v[i].attr;
	}
	ok = sizes_right(r, leaves, why, sizeof(why)) &&
	     attributes_right(r, attrs, why, sizeof(why)) &&
	     (!row_is(r, ARCH_X86) ||
	      x86_right(r, l, attrs, why, sizeof(why)));
	if (ok && placed(r, l) == !!(r->flags & ROW_KASLR))
		snprintf(why, sizeof(why), "direct map at 0x%llx, image at 0x%llx",
			 (unsigned long long)l->base,
			 l->image.n ? (unsigned long long)l->image.v[0].start : 0);
	else if (ok && r->dmesg && !log_has(l, r->dmesg))
		snprintf(why, sizeof(why), "no line \"%s\"", r->dmesg);
	ktap(k, !why[0], b->name, r->about, b->log, "%s", why);
}

static void judge_badarg(struct ktap *k, const struct boot *b,
			 const struct log *l)
{
	const char *p = l->text;
	char line[256];
	int said = 0;

	while ((p = next_line(p, line, sizeof(line)))) {
		const char *q = strstr(line, "physmap: ");

		said += q && strstr(q, "bogus");
	}
	ktap(k, said == 1, b->name, "an unknown physmap= value gets one line",
	     b->log, "%d lines name it", said);
}

/* The hypervisor's lines: that it is the one wanted, and has no complaint. */
static void judge_xen(struct ktap *k, const struct boot *b,
		      const struct log *l)
{
	const struct row *r = b->row;
	char line[256] = "", version[32];

	snprintf(version, sizeof(version), "(XEN) Xen version %s.", r->xen);
	ktap(k, log_has(l, version) && (!r->xenlog || log_has(l, r->xenlog)),
	     b->name, "the hypervisor is what the row says", b->log,
	     "no line \"%s\"%s%s%s", version, r->xenlog ? ", or no line \"" : "",
	     r->xenlog ? r->xenlog : "", r->xenlog ? "\"" : "");
	ktap(k, !xen_complains(l, line, sizeof(line)), b->name,
	     "no line of the hypervisor complains", b->log, "%s", line);
}

void judge_host(struct ktap *k, const struct boot *b, const struct log *l)
{
	judge_end(k, b, l, b->ended);
	judge_xen(k, b, l);
}

void judge_boot(struct ktap *k, const struct boot *b, const struct log *l)
{
	judge_end(k, b, l, l->done);
	judge_guest(k, b, l);
	if (l->map.n)
		judge_machine(k, b, l);
	if (b->row->xen && !b->within)
		judge_xen(k, b, l);
	if (b->row->flags & ROW_BADARG && b->policy == POLICY_TWO_PASS)
		judge_badarg(k, b, l);
}

void compare_logs(const struct row *r, const struct log *off,
		  const struct log *here, bool effective, struct compare *c)
{
	struct map skip = { 0 };
	struct compare_opts o = {
		.xen = r->flags & ROW_PV,
		.skip = &skip,
		.image = &here->image,
		.explained = &here->audit,
		.no_audit = !here->audit_text,
		.effective = effective,
	};

	/* On arm64 KASLR moves the image's addresses, and not the image. */
	if (r->flags & ROW_KASLR && row_is(r, ARCH_X86))
		image_blocks(off, here, &skip);
	/* Upstream against itself has no audit to ask. */
	if (here->report && !key_word(here->report, "policy", "off"))
		o.no_audit = false;
	if (effective)
		map_compare(&off->effective, &here->effective, &o, c);
	else
		map_compare(&off->map, &here->map, &o, c);
	map_free(&skip);
}

/*
 * Under Xen upstream counts pages that have no machine frame, and Xen's own
 * code maps some later that nobody counts: the counters must be upstream's, or
 * nearer to what is mapped.
 */
static void judge_counters(struct ktap *k, const struct boot *b,
			   const struct log *l, const struct log *off)
{
	static const struct {
		const char *key;
		unsigned int leaf;
	} counters[] = {
		{ "DirectMap4k", LEAF_4K }, { "DirectMap2M", LEAF_2M },
		{ "DirectMap1G", LEAF_1G },
	};
	char why[200] = "";

	for (int i = 0; i < 3; i++) {
		long long here = key_number(l->meminfo, counters[i].key);
		long long there = key_number(off->meminfo, counters[i].key);
		long long mapped = map_leaf_bytes(&l->map,
						  counters[i].leaf) >> 10;

		if (here != there &&
		    llabs(here - mapped) >= llabs(there - mapped))
			snprintf(why, sizeof(why),
				 "%s: %lld kB, upstream %lld kB, mapped %lld kB",
				 counters[i].key, here, there, mapped);
	}
	ktap(k, !why[0], b->name, "DirectMap counters are upstream's or truer",
	     b->log, "%s", why);
}

/*
 * Twice: the leaves as the kernel's own page_tables shows them, and what leaf
 * and tables give together, as the audit lists it for either builder.
 */
static void judge_same(struct ktap *k, const struct boot *b,
		       const struct log *l, const struct log *off,
		       bool effective, const char *what)
{
	struct compare c;
	char text[300];

	compare_logs(b->row, off, l, effective, &c);
	compare_text(&c, text, sizeof(text));
	if (!k->quiet)
		printf("# %s: %s%s\n", b->name, effective ? "effective: " : "",
		       text);
	ktap(k, !c.worse && c.same >= map_bytes(&l->map) / 4, b->name, what,
	     b->log, "%s; %s",
	     c.first[0] ? c.first : "too little could be compared", text);
}

void judge_pair(struct ktap *k, const struct boot *b, const struct log *l,
		const struct boot *off_boot, const struct log *off)
{
	if (!off->map.n || !l->map.n) {
		ktap(k, false, b->name, "the map is upstream's or better",
		     b->log, "no map in %s",
		     l->map.n ? off_boot->log : "this log");
		return;
	}
	judge_same(k, b, l, off, false, "the map is upstream's or better");
	judge_same(k, b, l, off, true,
		   "effective attributes are upstream's or better");
	if (b->row->flags & ROW_PV && l->meminfo && off->meminfo)
		judge_counters(k, b, l, off);
}
