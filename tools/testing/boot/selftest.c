// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the bench's own judgement with hand-made maps and logs: what is worse
 * must be seen as worse, what is better must be told as better. Touches no file.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static const char page_tables[] =
	"---[ User Space ]---\n"
	"0x0000000000000000-0xffff888000000000    16777088T                               pgd\n"
	"---[ Low Kernel Mapping ]---\n"
	"0xffff888000000000-0xffff888000099000         612K     RW                 GLB NX pte\n"
	"0xffff888000099000-0xffff88800009a000           4K     ro                 GLB NX pte\n"
	"0xffff88800009a000-0xffff888000200000        1432K     RW                 GLB NX pte\n"
	"0xffff888000200000-0xffff888040000000        1022M     RW         PSE     GLB NX pmd\n"
	"0xffff888040000000-0xffff888080000000           1G     RW         PSE     GLB NX pud\n"
	"0xffff888080000000-0xffff890000000000         510G                               pud\n"
	"---[ vmalloc() Area ]---\n"
	"---[ High Kernel Mapping ]---\n"
	"0xffffffff80000000-0xffffffff81000000          16M                               pmd\n"
	"0xffffffff81000000-0xffffffff81600000           6M     ro         PSE     GLB x  pmd\n"
	"0xffffffff81600000-0xffffffff81601000           4K     ro                 GLB x  pte\n"
	"0xffffffff81601000-0xffffffff81a00000        4092K                               pte\n"
	"---[ Modules ]---\n";

static const char base_map[] =
	"0x0-0x200000 4K RW GLB NX\n"
	"0x200000-0x1000000 2M RW GLB NX\n"
	"0x1000000-0x1200000 4K ro GLB NX\n"
	"0x1200000-0x40000000 2M RW GLB NX\n"
	"0x40000000-0x80000000 1G RW GLB NX\n";

/* As upstream's builder maps 4 GiB with rodata=on. */
static const char arm64_map[] =
	"0x40000000-0x40200000 2M RW NX SHD AF UXN MEM/NORMAL-TAGGED\n"
	"0x40200000-0x40210000 4K RW NX SHD AF CON UXN MEM/NORMAL-TAGGED\n"
	"0x40210000-0x404c0000 4K ro NX SHD AF UXN MEM/NORMAL\n"
	"0x404c0000-0x40600000 4K RW NX SHD AF CON UXN MEM/NORMAL-TAGGED\n"
	"0x40600000-0x42000000 2M RW NX SHD AF UXN MEM/NORMAL-TAGGED\n"
	"0x42000000-0x80000000 2M RW NX SHD AF CON UXN MEM/NORMAL-TAGGED\n"
	"0x80000000-0x140000000 1G RW NX SHD AF UXN MEM/NORMAL-TAGGED\n";

/* Dumps of arm64 kernels on the same machine, shortened. */
static const char arm64_4k[] =
	"---[ Linear Mapping start ]---\n"
	"0xffff000000000000-0xffff000000200000           2M PMD       RW NX SHD AF        BLK UXN    MEM/NORMAL-TAGGED\n"
	"0xffff000000200000-0xffff000000210000          64K PTE       RW NX SHD AF    CON     UXN    MEM/NORMAL-TAGGED\n"
	"0xffff000000210000-0xffff0000004c0000        2752K PTE       ro NX SHD AF            UXN    MEM/NORMAL\n"
	"0xffff0000004c0000-0xffff000000600000        1280K PTE       RW NX SHD AF    CON     UXN    MEM/NORMAL-TAGGED\n"
	"0xffff000000600000-0xffff000002000000          26M PMD       RW NX SHD AF        BLK UXN    MEM/NORMAL-TAGGED\n"
	"0xffff000002000000-0xffff000040000000         992M PMD       RW NX SHD AF    CON BLK UXN    MEM/NORMAL-TAGGED\n"
	"0xffff000040000000-0xffff000100000000           3G PUD       RW NX SHD AF        BLK UXN    MEM/NORMAL-TAGGED\n"
	"0xffff000100000000-0xffff008000000000         508G PUD\n"
	"0xffff008000000000-0xffff800000000000      130560G PGD\n"
	"---[ Linear Mapping end ]---\n"
	"---[ Modules start ]---\n"
	"0xffff800008010000-0xffff800008210000           2M PTE       ro x  SHD AF    CON     UXN    MEM/NORMAL\n"
	"---[ vmalloc() end ]---\n";

static const char arm64_va39[] =
	"---[ Linear Mapping start ]---\n"
	"0xffffff8002000000-0xffffff8040000000         992M PMD       RW NX SHD AF    CON BLK UXN    MEM/NORMAL-TAGGED\n"
	"0xffffff8040000000-0xffffff8100000000           3G PGD       RW NX SHD AF        BLK UXN    MEM/NORMAL-TAGGED\n"
	"0xffffff8100000000-0xffffffc000000000         252G PGD\n"
	"---[ Linear Mapping end ]---\n";

static const char arm64_16k[] =
	"---[ Linear Mapping start ]---\n"
	"0xffff000000000000-0xffff000000200000           2M PTE       RW NX SHD AF    CON     UXN    MEM/NORMAL-TAGGED\n"
	"0xffff000000200000-0xffff000000210000          64K PTE       RW NX SHD AF            UXN    MEM/NORMAL-TAGGED\n"
	"0xffff000002000000-0xffff000040000000         992M PMD       RW NX SHD AF        BLK UXN    MEM/NORMAL-TAGGED\n"
	"0xffff000040000000-0xffff000100000000           3G PMD       RW NX SHD AF    CON BLK UXN    MEM/NORMAL-TAGGED\n"
	"0xffff001000000000-0xffff800000000000      131008G PUD\n"
	"---[ Linear Mapping end ]---\n";

static const char arm64_64k[] =
	"---[ Linear Mapping start ]---\n"
	"0xfff0000000000000-0xfff0000000200000           2M PTE       RW NX SHD AF    CON     UXN    MEM/NORMAL-TAGGED\n"
	"0xfff0000020000000-0xfff0000100000000        3584M PMD       RW NX SHD AF        BLK UXN    MEM/NORMAL-TAGGED\n"
	"0xfff0000100000000-0xfff0040000000000        4092G PMD\n"
	"---[ Linear Mapping end ]---\n";

static void read_map(const char *text, struct map *m)
{
	char line[200];
	struct span s;

	memset(m, 0, sizeof(*m));
	while ((text = next_line(text, line, sizeof(line))))
		if (span_parse(line, &s))
			map_add(m, s.start, s.end, s.leaf, s.attr);
}

/* A map's text with some of it exchanged. */
static void changed_map(const char *base, const char *old, const char *now,
			struct map *m)
{
	char text[1024];
	const char *p = strstr(base, old);

	snprintf(text, sizeof(text), "%.*s%s%s", (int)(p - base), base, now,
		 p + strlen(old));
	read_map(text, m);
}

enum verdict { SAME, WORSE, LARGER, CONTIG, MORE_NX, RO_HERE, RW_HERE };

static const struct {
	const char *what, *old, *now;
	bool xen;
	enum verdict verdict;
} cases[] = {
	{ "equal maps are the same", "", "", false, SAME },
	{ "a lost range is worse",
	  "0x40000000-0x80000000 1G RW GLB NX\n", "", false, WORSE },
	{ "a short range is worse", "0x80000000 1G", "0x7ffff000 1G", false, WORSE },
	{ "an extra range is worse", "0x40000000-0x80000000 1G RW GLB NX\n",
	  "0x40000000-0x80000000 1G RW GLB NX\n0x80000000-0x80001000 4K RW GLB NX\n",
	  false, WORSE },
	{ "smaller leaves are worse", "0x80000000 1G", "0x80000000 2M", false, WORSE },
	{ "lost NX is worse", "1G RW GLB NX", "1G RW GLB x", false, WORSE },
	{ "lost GLOBAL is worse", "1G RW GLB NX", "1G RW NX", false, WORSE },
	{ "lost write protection is worse", "4K ro GLB NX", "4K RW GLB NX", false, WORSE },
	{ "unexplained RO is worse", "0x40000000 2M RW GLB NX",
	  "0x40000000 2M ro GLB NX", false, WORSE },
	{ "another memory type is worse", "1G RW GLB NX", "1G RW PCD GLB NX", false, WORSE },
	{ "a user bit is worse", "1G RW GLB NX", "1G USR RW GLB NX", false, WORSE },
	{ "a large leaf in the first MiB is worse", "0x0-0x200000 4K",
	  "0x0-0x100000 2M RW GLB NX\n0x100000-0x200000 4K", false, WORSE },
	{ "Xen: lost protection of the image is worse",
	  "0x1000000-0x1200000 4K ro", "0x1000000-0x1200000 4K RW", true, WORSE },
	{ "Xen: unexplained RO is worse", "1G RW GLB NX", "1G ro GLB NX", true, WORSE },
	{ "Xen: explained RO is a table of ours", "0x200000 4K RW GLB NX",
	  "0x1f0000 4K RW GLB NX\n0x1f0000-0x200000 4K ro GLB NX", true, RO_HERE },
	{ "Xen: NX lost on an RO leaf is worse",
	  "0x1000000-0x1200000 4K ro GLB NX", "0x1000000-0x1200000 4K ro GLB x", true, WORSE },
};

static const struct {
	const char *what, *old, *now;
	enum verdict verdict;
} arm64_cases[] = {
	{ "arm64: equal maps are the same", "", "", SAME },
	{ "arm64: a lost range is worse",
	  "0x404c0000-0x40600000 4K RW NX SHD AF CON UXN MEM/NORMAL-TAGGED\n", "",
	  WORSE },
	{ "arm64: pages for a block are worse", "0x40200000 2M", "0x40200000 4K",
	  WORSE },
	{ "arm64: a group that is none is worse",
	  "0x80000000 2M RW NX SHD AF CON", "0x80000000 2M RW NX SHD AF", WORSE },
	{ "arm64: a block for a group is larger",
	  "0x80000000 2M RW NX SHD AF CON", "0x80000000 1G RW NX SHD AF", LARGER },
	{ "arm64: a group for single blocks is better",
	  "0x42000000 2M RW NX SHD AF", "0x42000000 2M RW NX SHD AF CON", CONTIG },
	{ "arm64: lost tags are worse", "0x140000000 1G RW NX SHD AF UXN MEM/NORMAL-TAGGED",
	  "0x140000000 1G RW NX SHD AF UXN MEM/NORMAL", WORSE },
	{ "arm64: memory as a device is worse", "ro NX SHD AF UXN MEM/NORMAL",
	  "ro NX SHD AF UXN DEVICE/nGnRE", WORSE },
	{ "arm64: not cacheable is worse", "ro NX SHD AF UXN MEM/NORMAL",
	  "ro NX SHD AF UXN MEM/NORMAL-NC", WORSE },
	{ "arm64: lost shareability is worse", "ro NX SHD", "ro NX", WORSE },
	{ "arm64: a lost access flag is worse", "ro NX SHD AF", "ro NX SHD", WORSE },
	{ "arm64: nG for global is worse", "ro NX SHD AF", "ro NX SHD AF NG", WORSE },
	{ "arm64: lost PXN is worse", "1G RW NX", "1G RW x", WORSE },
	{ "arm64: lost UXN is worse", "ro NX SHD AF UXN", "ro NX SHD AF", WORSE },
	{ "arm64: a user bit is worse", "1G RW NX", "1G USR RW NX", WORSE },
	{ "arm64: a writable alias of code is worse", "4K ro NX", "4K RW NX", WORSE },
	{ "arm64: RO without need is worse", "1G RW NX", "1G ro NX", WORSE },
};

static const char *verdict_of(const struct compare *c, enum verdict v)
{
	uint64_t got[] = {
		[SAME] = c->same, [WORSE] = c->worse, [LARGER] = c->larger,
		[CONTIG] = c->contig,
		[MORE_NX] = c->more_nx, [RO_HERE] = c->ro_here,
		[RW_HERE] = c->rw_here,
	};

	if (!got[v])
		return "the verdict expected is missing";
	for (int i = WORSE; i <= RW_HERE; i++)
		if (got[i] && i != (int)v)
			return c->first[0] ? c->first : "another verdict";
	return NULL;
}

static void check(struct ktap *k, const struct map *off, const struct map *here,
		  bool xen, bool effective, enum verdict v, const char *what)
{
	struct map skip = { 0 }, image = { 0 }, explained = { 0 };
	struct compare_opts o = {
		.xen = xen, .skip = &skip, .image = &image,
		.explained = &explained, .effective = effective,
	};
	struct compare c;
	const char *why;

	map_add(&image, 0x1000000, 0x1200000, LEAF_4K, 0);
	map_add(&explained, 0x1f0000, 0x200000, LEAF_4K, 0);
	map_compare(off, here, &o, &c);
	why = verdict_of(&c, v);
	ktap(k, !why, "compare", what, "none", "%s", why ? why : "");
	map_free(&image);
	map_free(&explained);
}

static void test_cases(struct ktap *k)
{
	struct map base, here;

	read_map(base_map, &base);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		changed_map(base_map, cases[i].old, cases[i].now, &here);
		check(k, &base, &here, cases[i].xen, false, cases[i].verdict,
		      cases[i].what);
		map_free(&here);
	}
	map_free(&base);
}

static void test_arm64_cases(struct ktap *k)
{
	struct map base, here;

	read_map(arm64_map, &base);
	for (size_t i = 0; i < sizeof(arm64_cases) / sizeof(arm64_cases[0]); i++) {
		changed_map(arm64_map, arm64_cases[i].old, arm64_cases[i].now,
			    &here);
		check(k, &base, &here, false, false, arm64_cases[i].verdict,
		      arm64_cases[i].what);
		map_free(&here);
	}
	map_free(&base);
}

/* The other way round: the changed map plays upstream. */
static void test_better(struct ktap *k)
{
	struct map base, off;

	read_map(base_map, &base);
	changed_map(base_map, "0x80000000 1G", "0x80000000 2M", &off);
	check(k, &off, &base, false, false, LARGER, "larger leaves are better");
	map_free(&off);
	changed_map(base_map, "1G RW GLB NX", "1G RW GLB x", &off);
	check(k, &off, &base, false, false, MORE_NX, "more NX is better");
	map_free(&off);
	changed_map(base_map, "0x40000000 2M RW GLB NX", "0x40000000 2M ro GLB NX", &off);
	check(k, &off, &base, true, false, RW_HERE,
	      "Xen: a page that is RO in upstream's only was a table there");
	map_free(&off);
	map_free(&base);
}

/* NX may move from a leaf to its table, but not go altogether. */
static void test_effective(struct ktap *k)
{
	struct map base, here;

	read_map(base_map, &base);
	changed_map(base_map, "1G RW GLB NX", "1G RW GLB x", &here);
	check(k, &base, &here, true, true, WORSE,
	      "Xen: effective NX lost is worse");
	map_free(&here);
	map_free(&base);
}

static void test_parsers(struct ktap *k)
{
	struct map dump = { 0 }, ram = { 0 };
	uint64_t base = 0;
	bool ok = dump_x86(page_tables, &dump, &base);

	ktap(k, ok && dump.n == 5 && base == 0xffff888000000000ULL &&
	     dump.v[1].attr == (AT_GLB | AT_NX) &&
	     dump.v[3].leaf == LEAF_2M && dump.v[4].leaf == LEAF_1G &&
	     dump.v[4].end == 0x80000000 && map_bytes(&dump) == 2 * GIB,
	     "parse", "page_tables' direct map", "none", "%zu spans", dump.n);
	ktap(k, dump_high_splits(page_tables) == 2, "parse",
	     "split blocks of the high mapping", "none", "%u",
	     dump_high_splits(page_tables));
	iomem_parse("00000000-00000fff : Reserved\n"
		    "00001000-0009fbff : System RAM\n"
		    "00100000-10000017 : System RAM\n"
		    "10000018-7ffdffff : System RAM\n"
		    "  01000000-016008f1 : Kernel code\n", "System RAM", &ram);
	ktap(k, ram.n == 2 && ram.v[0].end == 0x9f000 &&
	     ram.v[1].end == 0x7ffe0000, "parse", "iomem, rounded inwards",
	     "none", "%zu ranges", ram.n);
	map_free(&dump);
	map_free(&ram);
}

static void test_arm64_4k(struct ktap *k)
{
	struct map dump = { 0 }, want;
	char why[256] = "no linear map";
	uint64_t base = 0;
	bool ok = dump_arm64(arm64_4k, 4096, GIB, &dump, &base);

	read_map(arm64_map, &want);
	ok = ok && map_same(&want, &dump, AT_ANY, why, sizeof(why)) &&
	     base == 0xfffeffffc0000000ULL;
	ktap(k, ok, "parse", "arm64's linear map in 4K pages", "none", "%s", why);
	map_free(&want);
	map_free(&dump);
}

/* Groups are CON in the kernel's dump and CONT in physmap's audit. */
static void test_audit_groups(struct ktap *k)
{
	struct map ranges = { 0 };

	spans_parse("findings: 0\n"
		    "range: 0x0040000000-0x0040200000 64K RW NX GLB CONT MT1  why: 64K: no request has all of a larger slot\n"
		    "range: 0x0060000000-0x0140000000 512M RW NX GLB MT1\n",
		    "range:", &ranges);
	ktap(k, ranges.n == 2 && ranges.v[0].leaf == LEAF_64K &&
	     ranges.v[0].attr == (AT_RW | AT_NX | AT_GLB | AT_CON) &&
	     ranges.v[1].leaf == LEAF_512M && !(ranges.v[1].attr & AT_CON),
	     "parse", "groups of contiguous leaves in an arm64 audit", "none",
	     "%zu ranges", ranges.n);
	map_free(&ranges);
}

/* Which leaf stands where; what is no leaf is not read as one. */
static void test_arm64_granules(struct ktap *k)
{
	static const struct {
		const char *what, *text;
		uint64_t page;
		unsigned int leaf[5];
	} dumps[] = {
		{ "arm64's linear map with 3 levels", arm64_va39, 4096,
		  { LEAF_2M, LEAF_1G } },
		{ "arm64's linear map in 16K pages", arm64_16k, 16384,
		  { LEAF_16K, LEAF_16K, LEAF_32M, LEAF_32M } },
		{ "arm64's linear map in 64K pages", arm64_64k, 65536,
		  { LEAF_64K, LEAF_512M } },
		{ "an arm64 entry that is not valid",
		  "---[ Linear Mapping start ]---\n"
		  "0xffff000000000000-0xffff000000001000           4K PTE       RW NX SHD AF            UXN    MEM/NORMAL\n"
		  "0xffff000000001000-0xffff000000002000           4K PTE F     RW NX SHD AF            UXN    MEM/NORMAL\n"
		  "---[ Linear Mapping end ]---\n", 4096, { LEAF_4K } },
	};

	for (size_t i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++) {
		struct map m = { 0 };
		uint64_t base;
		bool ok = dump_arm64(dumps[i].text, dumps[i].page, GIB, &m,
				     &base) && !dumps[i].leaf[m.n];

		for (size_t n = 0; ok && n < m.n; n++)
			ok = m.v[n].leaf == dumps[i].leaf[n];
		ktap(k, ok, "parse", dumps[i].what, "none", "%zu spans", m.n);
		map_free(&m);
	}
}

static const char dom0_log[] =
	"@@BEGIN report\npolicy: fresh\n@@END report lines=1\n"
	"@@BEGIN domu\n"
	"@@KTAP\n"
	"@@BEGIN report\npolicy: two-pass\n@@END report lines=1\n"
	"ok 1 - of the guest\n"
	"@@END domu lines=5\n"
	"ok 1 - of dom0\n";

/* A guest's console is a log of its own, and nothing of it is dom0's. */
static void test_cut(struct ktap *k)
{
	char text[sizeof(dom0_log)], *guest;

	strcpy(text, dom0_log);
	guest = log_cut(text, "domu");
	ktap(k, guest && strstr(guest, "two-pass") &&
	     strstr(guest, "of the guest\n") && !strstr(guest, "@@END domu"),
	     "cut", "a guest's console comes out whole", "none", "%s",
	     guest ? guest : "nothing came out");
	ktap(k, strstr(text, "fresh") && strstr(text, "of dom0") &&
	     !strstr(text, "two-pass") && !strstr(text, "of the guest"),
	     "cut", "what is left is dom0's", "none", "%s", text);
	free(guest);
	strcpy(text, dom0_log);
	strstr(text, "lines=5")[6] = '6';
	guest = log_cut(text, "domu");
	ktap(k, !guest, "cut", "a console that lost a line is none", "none",
	     "%s", guest ? guest : "");
	free(guest);
}

/*
 * What Xen has on its console of a guest without dom0: lines of more than 127
 * characters in pieces.
 */
static void test_cut_lines(struct ktap *k)
{
	char words[128] = "", text[1024], want[512], *guest;

	memset(words, 'x', sizeof(words) - 1);
	snprintf(text, sizeof(text),
		 "(XEN) one\n(XEN) DOM1: @@KTAP\n(XEN) d1v0 two\n"
		 "(XEN) DOM1: %.127s\n(XEN) DOM1: end\n"
		 "(XEN) DOM1: %.126s\n%s\n(XEN) DOM1: %.125s\n",
		 words, words, "(XEN) DOM1: ", words);
	snprintf(want, sizeof(want), "@@KTAP\n%.127send\n%.126s\n%.125s\n",
		 words, words, words);
	guest = cut_lines(text, "(XEN) DOM1: ");
	ktap(k, guest && !strcmp(guest, want), "cut",
	     "a guest's lines come out of Xen's console, long ones whole", "none",
	     "%s", guest ? guest : "nothing came out");
	ktap(k, !strcmp(text, "(XEN) one\n(XEN) d1v0 two\n"), "cut",
	     "what is left is Xen's", "none", "%s", text);
	free(guest);
}

static void test_complaints(struct ktap *k)
{
	static const struct {
		const char *what, *text;
		bool complaint;
	} logs[] = {
		{ "Xen may complain of the firmware",
		  "(XEN) Failed to convert E820\n"
		  "(XEN) *** Building a PV Dom0 ***\n", false },
		{ "Xen may not complain of a guest",
		  "(XEN) *** Building a PV Dom0 ***\n"
		  "(XEN) mm.c:1: d1 Bad L1 flags 80\n", true },
		{ "an entry that L1TF could use is a complaint",
		  "(XEN) d1 L1TF-vulnerable L1e 8000001 - Shadowing\n", true },
		{ "Xen may complain of what any arm64 kernel tries",
		  "(XEN) *** LOADING DOMAIN 0 ***\n"
		  "(XEN) d0v0 Unhandled SMC/HVC: 0x84000050\n"
		  "(XEN) d0v0: vGICR: SGI: unhandled word write 0x000000ffffffff to ICACTIVER0\n",
		  false },
		{ "Xen may not complain of an arm64 guest's memory",
		  "(XEN) *** LOADING DOMU cpus=1 memory=40000KB ***\n"
		  "(XEN) d1v0 Unhandled data abort at 0x80000000\n", true },
		{ "Xen may say whom L1TF can hurt",
		  "(XEN)   L1TF: believed not vulnerable\n", false },
	};
	char line[128];

	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct log l = { .text = (char *)logs[i].text };

		ktap(k, xen_complains(&l, line, sizeof(line)) ==
		     logs[i].complaint, "complain", logs[i].what, "none",
		     "%s", logs[i].text);
	}
}

/* Returns what is wrong with it, NULL: nothing. */
static const char *bad_scenario(const struct scenario *s)
{
	const struct step *st = s->steps;

	if (scenario_find(s->name) != s)
		return "two have this name";
	if (!s->vcpus || !s->memory || s->memory > s->maxmem)
		return "memory, maxmem or vcpus make no sense";
	if (s->sweep && st->change)
		return "a guest of a sweep cannot be changed";
	for (; st->change; st++) {
		bool sized = st->change == CHANGE_MEMORY;

		if (!st->when || sized != !!st->mib)
			return "a step without name, or without its size";
	}
	for (int i = 0; i < n_rows; i++)
		if (rows[i].domu && !strcmp(rows[i].domu, s->name))
			return NULL;
	return "no row has it";
}

static const char *bad_xen(const struct row *r)
{
	bool dom0less = r->tree == TREE_DOMU;
	bool tree = r->tree == TREE_DOM0 || dom0less;

	if (!r->xen != !r->xenargs)
		return "Xen or no Xen?";
	if (row_is(r, ARCH_X86) && !r->xen != !(r->flags & ROW_PV))
		return "only x86 has PV guests, and has no others";
	if (row_is(r, ARCH_ARM64) && (!r->xen != !tree || r->flags & ROW_PV))
		return "Xen finds its modules in a tree, and has no PV guests";
	if (!!(r->flags & ROW_DOM0LESS) != dom0less)
		return "dom0 or no dom0?";
	return NULL;
}

static const char *bad_row(const struct row *r)
{
	const struct scenario *s = r->domu ? scenario_find(r->domu) : NULL;

	if (r->domu && !s)
		return "there is no such scenario";
	if (r->domu && (!r->xen || !row_is(r, ARCH_X86)))
		return "a guest wants a Xen, of x86";
	if (!(r->flags & ROW_SWEEP) != !(s && s->sweep))
		return "a sweep or none?";
	if (!r->machine != row_is(r, ARCH_X86))
		return "a machine is chosen on arm64 only";
	return bad_xen(r);
}

static void test_tables(struct ktap *k)
{
	const char *why;

	for (int i = 0; i < n_scenarios; i++) {
		why = bad_scenario(&scenarios[i]);
		ktap(k, !why, "scenario", scenarios[i].name, "none", "%s",
		     why ? why : "");
	}
	for (int i = 0; i < n_rows; i++) {
		why = bad_row(&rows[i]);
		ktap(k, !why, "row", rows[i].name, "none", "%s",
		     why ? why : "");
	}
}

int self_test(void)
{
	struct ktap k = { 0 };

	printf("KTAP version 1\n");
	test_cases(&k);
	test_arm64_cases(&k);
	test_better(&k);
	test_effective(&k);
	test_parsers(&k);
	test_arm64_4k(&k);
	test_arm64_granules(&k);
	test_audit_groups(&k);
	test_cut(&k);
	test_cut_lines(&k);
	test_complaints(&k);
	test_tables(&k);
	printf("1..%d\n# %d passed, %d failed\n", k.n, k.n - k.failed, k.failed);
	return k.failed ? 1 : 0;
}
