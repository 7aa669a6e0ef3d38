// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the engine and its backends through a set of scenes on simulated
 * machines, each before a judge, and prints a line for each rule broken:
 * "RULE scene: event N at ADDRESS: text". Built as it is it prints nothing;
 * built with a mutant it must name the mutant's rule. A scene that ends
 * otherwise than it should says so under the word UNEXPECTED.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <physmap/request.h>
#include "hypervisor.h"
#include "judge_xen.h"
#include "witness.h"
#include "witness_attributes.h"
#include "witness_steps.h"

#define KB	1024ULL
#define MB	(1024 * KB)
#define GB	(1024 * MB)
#define S4K	PHYSMAP_LEVEL(0)
#define S2M	(S4K | PHYSMAP_LEVEL(1))
#define S1G	(S2M | PHYSMAP_LEVEL(2))

#define P	0x001ULL
#define RW	0x002ULL
#define A_D	0x060ULL
#define PS	0x080ULL
#define G	0x100ULL
#define PAT_2M	0x1000ULL
#define NX	(1ULL << 63)
#define FRAME	0x000ffffffffff000ULL
#define RAM	(P | RW | A_D)
#define POINT	(P | RW | A_D)

/* Where simulated table pages lie, far from what is mapped. */
#define TABLES_FROM	(512 * GB)

static struct model_machine m;
static struct physmap_map *const map = &m.xmap.map;
static struct physmap_report report;
static struct judge judge;
static bool bad;

const char *scene;

static const struct physmap_x86_machine long4 = {
	.paging = PHYSMAP_X86_4LEVEL, .pa_bits = 46, .pse = true,
	.gbpages = true, .nx = true, .global = true,
};

void heard(struct judge *j, const struct judge_violation *v)
{
	printf("%s %s: event %llu at %#llx: %s\n", v->rule, scene,
	       (unsigned long long)v->number, (unsigned long long)v->va,
	       v->text);
	bad = true;
}

/* A rule that no event is behind. */
void broken(const char *rule, const char *fmt, ...)
{
	va_list args;

	printf("%s %s: ", rule, scene);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	bad = true;
}

void expect(bool as_expected, const char *what)
{
	if (as_expected)
		return;
	printf("UNEXPECTED %s: %s\n", scene, what);
	bad = true;
}

/* The processor of a judge is described anew, not taken from the engine. */
static struct judge_machine judge_like(const struct physmap_x86_machine *x86)
{
	static const unsigned int levels[] = {
		[PHYSMAP_X86_LEGACY] = 2, [PHYSMAP_X86_PAE] = 3,
		[PHYSMAP_X86_4LEVEL] = 4, [PHYSMAP_X86_5LEVEL] = 5,
	};
	struct judge_machine machine;

	judge_machine_x86(&machine, levels[x86->paging]);
	machine.pa_bits = x86->pa_bits;
	machine.cpus = 4;
	machine.nx = x86->nx;
	machine.pse = x86->pse;
	machine.gbpages = x86->gbpages;
	machine.pge = x86->global;
	machine.encrypt = x86->encrypt;
	machine.erratum_383 = x86->erratum_383;
	machine.itlb_multihit = !x86->erratum_383;
	return machine;
}

static void end(void)
{
	judge_finish(&judge);
	judge_stop(&judge);
	model_stop(&m);
}

/* A machine; the judge looks when the scene has put its tables. */
static void begin(const char *name, const struct physmap_x86_machine *x86,
		  bool live)
{
	const struct judge_machine machine = judge_like(x86);

	scene = name;
	report = (struct physmap_report) { };
	model_start(&m, x86, x86->pa_bits > 39 ? TABLES_FROM : 3 * GB);
	map->live = live;
	judge_start(&judge, &machine);
	judge.heard = heard;
}

static void look(void)
{
	map->recorder = &judge.recorder;
	physmap_record_tables(map);
}

static u64 *slot(u64 pa, unsigned int level)
{
	const u64 va = pa + map->offset;
	u64 table = map->root;
	unsigned int l = m.cpu.levels - 1;
	u64 *entry = NULL;

	for (;; l--) {
		entry = (u64 *)model_page(&m.mem, table) +
			(va >> (12 + 9 * l) & 511);
		if (l == level)
			return entry;
		if (!*entry) {
			model_alloc(&m.mem, &table);
			*entry = table | POINT;
		}
		table = *entry & FRAME;
	}
}

static int ask(u64 start, u64 end, u32 sizes, enum physmap_policy policy,
	       enum physmap_flusher flusher)
{
	const struct physmap_range range = {
		.start = start, .end = end,
		.outer_start = start, .outer_end = end,
		.leaf_levels = sizes,
	};
	const struct physmap_request req = {
		.ranges = &range, .nr_ranges = 1,
		.attrs = PHYSMAP_WRITE | PHYSMAP_GLOBAL,
		.policy = policy, .flusher = flusher,
	};
	struct physmap_refusal why;

	return physmap_build(map, &req, &report, &why);
}

static void build(u64 start, u64 end, u32 sizes, enum physmap_policy policy)
{
	expect(!ask(start, end, sizes, policy, PHYSMAP_ENGINE_FLUSHES),
	       "the build was refused");
}

/* Native scenes */

/* As a kernel boots: page tables that CR3 gets only at the end. */
static void boots(const char *name, const struct physmap_x86_machine *x86,
		  enum physmap_policy policy)
{
	begin(name, x86, false);
	look();
	build(0, MB, S4K, policy);
	build(8 * MB, 10 * MB, S2M, policy);
	build(MB, 8 * MB, S2M, policy);
	build(10 * MB, 200 * MB + 12 * KB, S1G, policy);
	if (x86->pse && x86->pa_bits > 36) {
		build(200 * MB + 12 * KB, 3 * GB + 12 * KB, S1G, policy);
		build(4 * GB, 6 * GB, S1G, policy);
	}
	end();
}

static void native_boots(void)
{
	struct physmap_x86_machine x86 = long4;

	boots("boot, two-pass", &x86, PHYSMAP_TWO_PASS);
	boots("boot, fresh", &x86, PHYSMAP_FINAL_ON_FRESH);
	x86.gbpages = false;
	boots("boot, no 1G pages", &x86, PHYSMAP_TWO_PASS);
	x86.pse = false;
	boots("boot, 4K pages", &x86, PHYSMAP_TWO_PASS);
	x86.nx = false;
	boots("boot, no NX", &x86, PHYSMAP_TWO_PASS);
	x86 = long4;
	x86.global = false;
	boots("boot, no PGE", &x86, PHYSMAP_TWO_PASS);
	x86 = long4;
	x86.paging = PHYSMAP_X86_5LEVEL;
	x86.pa_bits = 52;
	boots("boot, 5 levels", &x86, PHYSMAP_TWO_PASS);
	x86.paging = PHYSMAP_X86_PAE;
	x86.pa_bits = 36;
	x86.gbpages = false;
	boots("boot, PAE", &x86, PHYSMAP_TWO_PASS);
}

/* Tables are live, and there are large leaves of many kinds to be split. */
static void splits(const char *name, const struct physmap_x86_machine *x86,
		   bool pcid)
{
	begin(name, x86, true);
	/* PCID comes with PGE, also where PTI keeps leaves from being global. */
	judge.machine.pcid = pcid;
	m.pge |= pcid;
	*slot(0, 1) = RAM | PS | (x86->global ? G : 0);
	*slot(2 * MB, 1) = RAM | PS | PAT_2M | 2 * MB;
	*slot(4 * MB, 1) = P | A_D | PS | NX | 4 * MB;
	*slot(GB, 2) = RAM | PS | GB;
	look();
	build(0, 12 * MB, S4K, PHYSMAP_TWO_PASS);
	build(GB, GB + 64 * MB, S2M, PHYSMAP_TWO_PASS);
	end();
}

static void live_splits(void)
{
	struct physmap_x86_machine x86 = long4;

	splits("live splits", &x86, false);
	splits("live splits, PCID", &x86, true);
	x86.global = false;
	splits("live splits, PCID, not global", &x86, true);
	splits("live splits, no PGE", &x86, false);
	begin("live split for a caller who flushes", &x86, true);
	*slot(0, 1) = RAM | PS;
	look();
	expect(!ask(0, 2 * MB, S4K, PHYSMAP_FINAL_ON_FRESH,
		    PHYSMAP_CALLER_FLUSHES), "the build was refused");
	end();
}

static void erratum_383(void)
{
	struct physmap_x86_machine x86 = long4;

	x86.erratum_383 = true;
	begin("live split with erratum 383", &x86, true);
	*slot(0, 1) = RAM | PS;
	look();
	expect(ask(0, 4 * MB, S4K, PHYSMAP_TWO_PASS, PHYSMAP_ENGINE_FLUSHES) ==
	       -EPERM, "the build was not refused");
	end();
}

/* A running system gets memory, beside what is there. */
static void hot_adds(void)
{
	begin("hot-add", &long4, true);
	*slot(0, 1) = RAM | PS | G | NX;
	look();
	build(4 * GB, 4 * GB + 128 * MB, S2M, PHYSMAP_FINAL_ON_FRESH);
	build(8 * GB, 8 * GB + 6 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	build(9 * GB, 11 * GB, S1G, PHYSMAP_FINAL_ON_FRESH);
	end();
}

/* What is there stays: of other frames, types and rights, and in tables. */
static void kept_entries(void)
{
	unsigned int i;

	begin("kept entries", &long4, true);
	*slot(0, 1) = RAM | PS | 64 * MB;
	*slot(2 * MB, 1) = P | A_D | PS | 2 * MB;
	for (i = 0; i < 512; i += 3)
		*slot(4 * MB + i * 4 * KB, 0) = RAM | (4 * MB + i * 4 * KB);
	*slot(6 * MB, 0) = P | A_D | 6 * MB | 0x18;
	look();
	build(0, 16 * MB, S2M, PHYSMAP_TWO_PASS);
	end();
}

/* Leftovers beyond a request that are no RAM are cleared. */
static void tails(void)
{
	begin("tails", &long4, true);
	m.ram[0].end = 3 * MB;
	*slot(3 * MB, 0) = RAM | 3 * MB;
	*slot(3 * MB + 64 * KB, 0) = RAM | (3 * MB + 64 * KB);
	*slot(8 * MB, 1) = RAM | PS | 8 * MB;
	look();
	build(2 * MB, 3 * MB, S4K, PHYSMAP_TWO_PASS);
	end();
}

/* Each hook refuses once; the same request then completes the map. */
static void resumes(void)
{
	u64 k;

	for (k = 1; k < 8; k++) {
		begin("resumed", &long4, true);
		*slot(0, 1) = RAM | PS;
		m.refuse_at = k;
		look();
		ask(0, 8 * MB + 8 * KB, S4K, PHYSMAP_TWO_PASS,
		    PHYSMAP_ENGINE_FLUSHES);
		build(0, 8 * MB + 8 * KB, S4K, PHYSMAP_TWO_PASS);
		end();
	}
}

/* Beyond what the processor can address nothing may be mapped. */
static void too_high(void)
{
	struct physmap_x86_machine x86 = long4;

	x86.pa_bits = 40;
	begin("beyond MAXPHYADDR", &x86, true);
	look();
	expect(ask((1ULL << 40) - 2 * MB, (1ULL << 40) + 2 * MB, S2M,
		   PHYSMAP_TWO_PASS, PHYSMAP_ENGINE_FLUSHES) == -ERANGE,
	       "the build was not refused");
	end();
}

/* Xen PV scenes */

/* The judge may know which frames there are, and which page they back. */
static u64 frame_of(void *context, u64 pfn)
{
	return model_xen_mfn(pfn);
}

static unsigned int owner_of(void *context, u64 mfn)
{
	return model_xen_mfn(model_xen_pfn(mfn)) == mfn ? XEN_OWNER_GUEST :
							  XEN_OWNER_OTHER;
}

static void begin_xen(const char *name, u64 mapped_pfns)
{
	static const struct judge_xen_guest guest = {
		.mfn = frame_of,
		.owner = owner_of,
	};
	struct physmap_x86_machine x86 = long4;
	struct judge_machine machine;

	/* XENPV-16, -17: what Xen leaves of the CPU. */
	x86.pa_bits = 52;
	x86.pse = false;
	x86.gbpages = false;
	x86.global = false;
	scene = name;
	report = (struct physmap_report) { };
	model_xen_start(&m, &x86, mapped_pfns, MB);
	machine = judge_like(&x86);
	machine.cpus = 1;
	machine.xen = true;
	judge_start(&judge, &machine);
	judge_xen_guest(&judge, &guest);
	judge.heard = heard;
}

static void xen_boots(void)
{
	begin_xen("Xen dom0", 2048);
	look();
	build(0, MB, S4K, PHYSMAP_TWO_PASS);
	build(MB, 24 * MB + 12 * KB, S4K, PHYSMAP_TWO_PASS);
	build(32 * MB, 48 * MB, S4K, PHYSMAP_TWO_PASS);
	build(GB, GB + 4 * MB, S4K, PHYSMAP_TWO_PASS);
	end();
	begin_xen("Xen dom0, fresh", 2048);
	look();
	build(0, 24 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	build(GB, GB + 4 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	end();
}

/* What is asked for is larger than Xen has: pages do. */
static void xen_large(void)
{
	begin_xen("Xen, large pages asked for", 2048);
	look();
	build(8 * MB, 16 * MB, S1G, PHYSMAP_TWO_PASS);
	end();
}

/* The page that the next table will be in has a second, writable mapping. */
static void xen_alias(void)
{
	const u64 elsewhere = 5 * MB;
	u64 raw;

	begin_xen("Xen, writable alias", 2048);
	m.alias_start = m.mem.next;
	m.alias_end = m.mem.next + 4 * KB;
	m.alias_va = elsewhere + map->offset;
	raw = m.mem.next | P | RW | A_D;
	expect(!model_xen_map(m.alias_va, raw), "there is no alias");
	look();
	expect(ask(8 * MB, 16 * MB, S4K, PHYSMAP_TWO_PASS,
		   PHYSMAP_ENGINE_FLUSHES) == -EBUSY,
	       "the table page was not refused");
	end();
}

static void xen_balloon(void)
{
	u64 pfn;

	begin_xen("Xen, ballooned pages", 2048);
	for (pfn = 2100; pfn < 2700; pfn += 7)
		model_xen_balloon(pfn);
	model_xen_balloon(2049);
	look();
	build(0, 12 * MB, S4K, PHYSMAP_TWO_PASS);
	end();
}

static void xen_read_only_list(void)
{
	begin_xen("Xen, p2m list read-only", 2048);
	model_xen.read_only_from = 2300;
	model_xen.read_only_to = 2400;
	look();
	build(8 * MB, 12 * MB, S4K, PHYSMAP_TWO_PASS);
	end();
}

static void xen_tails(void)
{
	begin_xen("Xen, tails", 2048);
	m.ram[0].end = 7 * MB;
	look();
	build(6 * MB, 7 * MB, S4K, PHYSMAP_TWO_PASS);
	end();
}

/* Each hypercall fails once: the build says so, and can be taken up again. */
static void xen_refusals(void)
{
	u64 k;

	for (k = 1; k < 24; k++) {
		u64 before;

		begin_xen("Xen refuses once", 1100);
		look();
		before = model_xen.calls;
		model_xen.fail_at = before + k;
		model_xen.fail_error = -ENOMEM;
		ask(0, 16 * MB, S4K, PHYSMAP_TWO_PASS, PHYSMAP_ENGINE_FLUSHES);
		build(0, 16 * MB, S4K, PHYSMAP_TWO_PASS);
		end();
	}
}

static void x86_scenes(void)
{
	native_boots();
	live_splits();
	erratum_383();
	hot_adds();
	kept_entries();
	tails();
	resumes();
	too_high();
	xen_boots();
	xen_large();
	xen_alias();
	xen_balloon();
	xen_read_only_list();
	xen_tails();
	xen_refusals();
}

/* With "x86", "arm64" or "mpu" the scenes of one kind, else all. */
int main(int argc, char **argv)
{
	const char *only = argc < 2 ? "" : argv[1];

	if (!*only || !strcmp(only, "x86"))
		x86_scenes();
	if (!*only || !strcmp(only, "arm64"))
		arm64_scenes();
	if (!*only || !strcmp(only, "mpu"))
		mpu_scenes();
	if (strcmp(only, "mpu")) {
		bad |= witness_attributes();
		bad |= witness_steps();
	}
	return bad;
}
