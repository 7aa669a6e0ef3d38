// SPDX-License-Identifier: GPL-2.0-only
/*
 * Failure of everything: builds as large as those of a boot, in which every
 * page, every hook and every hypercall is refused once. Out of memory leaves
 * all as it was to the byte; anything else leaves a map in which every page is
 * old or new, and the same request then completes it to the map that would
 * have come of it at once. All of it is judged.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "world.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define PROGRESS_SECONDS	5

#define RWX	(SPEC_P | SPEC_RW | SPEC_A | SPEC_D)
#define RW_NX	(RWX | SPEC_NX)
#define RO	(SPEC_P | SPEC_A | SPEC_NX)
#define LARGE	SPEC_PS

/**
 * struct boot - a build
 * @name: for people
 * @config: machine
 * @entry: what is there before
 * @range: what is asked for
 * @nr_ranges: how much of it
 * @policy: see there
 */
struct boot {
	const char *name;
	struct world_config config;
	struct {
		u64 pa;
		unsigned int level;
		u64 flags;
	} entry[8];
	struct physmap_range range[4];
	unsigned int nr_ranges;
	enum physmap_policy policy;
};

#define RANGE(from, to, sizes)						\
	{ .start = (from), .end = (to), .leaf_levels = (sizes) }

#define PROCESSOR(kind, bits) {						\
	.paging = PHYSMAP_X86_##kind, .pa_bits = (bits), .pse = true,	\
	.gbpages = true, .nx = true, .global = true }

/* XENPV-16, -17: what Xen leaves of it. */
#define XEN_PROCESSOR {							\
	.paging = PHYSMAP_X86_4LEVEL, .pa_bits = 52, .nx = true }

static const struct world_xen dom0 = { .mapped_pfns = 0x1000 };
static const struct world_xen domu = {
	.mapped_pfns = 0xd80, .boot.domu = true,
};

static const struct boot boots[] = {
	{ .name = "4 GiB in 2M and 1G leaves",
	  .config = { .x86 = PROCESSOR(4LEVEL, 46), .cpus = 4 },
	  .range = { RANGE(0, MB, S4K), RANGE(MB, 3 * GB, S1G),
		     RANGE(4 * GB, 5 * GB + 12 * MB + 36 * KB, S1G) },
	  .nr_ranges = 3 },
	{ .name = "the same on a live map, final at once",
	  .config = { .x86 = PROCESSOR(4LEVEL, 46), .cpus = 4, .live = true },
	  .range = { RANGE(0, MB, S4K), RANGE(MB, 3 * GB, S1G),
		     RANGE(4 * GB, 5 * GB + 12 * MB + 36 * KB, S1G) },
	  .nr_ranges = 3, .policy = PHYSMAP_FINAL_ON_FRESH },
	{ .name = "512 MiB in 4K leaves",
	  .config = { .x86 = PROCESSOR(4LEVEL, 46), .cpus = 1 },
	  .range = { RANGE(0, 640 * KB, S4K), RANGE(MB, 512 * MB, S4K) },
	  .nr_ranges = 2 },
	{ .name = "5 levels, 4 GiB and a node at 1 TiB",
	  .config = { .x86 = PROCESSOR(5LEVEL, 52), .cpus = 4 },
	  .range = { RANGE(0, MB, S4K), RANGE(MB, 2 * GB, S2M),
		     RANGE(1024 * GB + 96 * KB, 1026 * GB, S1G) },
	  .nr_ranges = 3 },
	{ .name = "splits of what was there, live",
	  .config = { .x86 = PROCESSOR(4LEVEL, 46), .cpus = 4, .live = true },
	  .entry = { { 0, 2, RW_NX | LARGE }, { GB, 2, RO | LARGE },
		     { 2 * GB + 2 * MB, 1, RWX | LARGE },
		     { 2 * GB + 4 * MB, 0, RO },
		     { 2 * GB + 6 * MB, 1, RO | LARGE | SPEC_PAT_LARGE },
		     { 3 * GB, 2, RWX | LARGE | SPEC_G } },
	  .range = { RANGE(508 * KB, 9 * MB, S4K),
		     RANGE(GB + 5 * MB, GB + 40 * MB, S2M),
		     RANGE(2 * GB, 2 * GB + 8 * MB, S4K),
		     RANGE(3 * GB + 2 * MB, 3 * GB + 4 * MB, S4K) },
	  .nr_ranges = 4 },
	{ .name = "PAE, 800 MiB",
	  .config = { .x86 = { .paging = PHYSMAP_X86_PAE, .pa_bits = 36,
			       .pse = true, .nx = true, .global = true },
		      .cpus = 2 },
	  .range = { RANGE(0, MB, S4K), RANGE(MB, 800 * MB + 8 * KB, S2M) },
	  .nr_ranges = 2 },
	{ .name = "Xen dom0",
	  .config = { .x86 = XEN_PROCESSOR, .xen = &dom0, .cpus = 2 },
	  .range = { RANGE(0, 64 * MB, S1G), RANGE(GB, GB + 16 * MB, S1G) },
	  .nr_ranges = 2 },
	{ .name = "Xen domU",
	  .config = { .x86 = XEN_PROCESSOR, .xen = &domu, .cpus = 2 },
	  .range = { RANGE(0, 64 * MB, S1G), RANGE(GB, GB + 9 * MB, S1G) },
	  .nr_ranges = 2 },
};

/* The request of a build, and its ranges, none of which reaches further. */
struct ask {
	struct physmap_request req;
	struct physmap_range range[4];
};

static void make_request(const struct boot *b, struct ask *ask)
{
	unsigned int i;

	ask->req = (struct physmap_request) {
		.ranges = ask->range,
		.nr_ranges = b->nr_ranges,
		.attrs = PHYSMAP_WRITE | PHYSMAP_GLOBAL,
		.policy = b->policy,
	};
	for (i = 0; i < b->nr_ranges; i++) {
		ask->range[i] = b->range[i];
		ask->range[i].outer_start = b->range[i].start;
		ask->range[i].outer_end = b->range[i].end;
	}
}

static void begin(struct world *w, const struct boot *b)
{
	unsigned int i;
	u64 pfn;

	world_start(w, &b->config);
	for (i = 0; i < ARRAY_SIZE(b->entry) && b->entry[i].flags; i++)
		world_put(w, b->entry[i].pa + w->spec.offset,
			  b->entry[i].level, b->entry[i].pa | b->entry[i].flags);
	/* Pages that the guest has ballooned out: some, and a table's worth. */
	for (pfn = 0x1100; b->config.xen && pfn < 0x1107; pfn++)
		model_xen_balloon(pfn);
	for (pfn = 0x2000; b->config.xen && pfn < 0x2200; pfn++)
		model_xen_balloon(pfn);
	world_look(w);
}

static bool failed(const struct world *w, const struct boot *b,
		   const struct world_trap *trap)
{
	static const char * const what[] = { "page", "hook", "hypercall" };

	if (!w->failed)
		return false;
	printf("# failures: %s", b->name);
	if (trap)
		printf(", %s %llu refused", what[trap->what],
		       (unsigned long long)trap->at);
	printf(": %s %s\n", w->rule, w->text);
	return true;
}

/* What the map comes to if nothing is in the way, and what that takes. */
static bool undisturbed(const struct boot *b, u64 *calls)
{
	struct ask ask;
	struct world w;
	bool ok;

	make_request(b, &ask);
	begin(&w, b);
	world_ask(&w, &ask.req, NULL);
	memcpy(calls, w.calls, sizeof(w.calls));
	ok = !failed(&w, b, NULL);
	world_stop(&w);
	return ok;
}

/*
 * Once more, with something refused. Out of memory leaves everything as it
 * was, to the byte; so it is not gone on from there.
 */
static bool disturbed(const struct boot *b, const struct world_trap *trap)
{
	struct ask ask;
	struct world w;
	bool ok;

	make_request(b, &ask);
	begin(&w, b);
	if (trap->what == TRAP_PAGE)
		world_ask_half(&w, &ask.req, trap);
	else
		world_ask(&w, &ask.req, trap);
	if (!w.failed && !w.trapped)
		world_fail(&w, "TRAP", "it was not met");
	ok = !failed(&w, b, trap);
	world_stop(&w);
	return ok;
}

static void show_progress(const struct boot *b, u64 done, u64 all)
{
	static time_t shown;
	const time_t t = time(NULL);

	if (!shown)
		shown = t;
	if (t - shown < PROGRESS_SECONDS)
		return;
	shown = t;
	fprintf(stderr, "failures: %s: %s of %s\n", b->name, ktap_number(done),
		ktap_number(all));
}

static void fail_everything(const struct boot *b)
{
	struct world_trap trap;
	u64 calls[3], done = 0;
	bool ok = undisturbed(b, calls);
	const u64 all = calls[0] + calls[1] + calls[2];
	unsigned int what;

	for (what = TRAP_PAGE; ok && what <= TRAP_HYPERCALL; what++) {
		trap.what = what;
		for (trap.at = 1; ok && trap.at <= calls[what]; trap.at++) {
			ok = disturbed(b, &trap);
			show_progress(b, done++, all);
		}
	}
	ktap_result(ok && calls[TRAP_HOOK],
		    "%s: each of %s pages, %s hooks and %s hypercalls refused",
		    b->name, ktap_number(calls[TRAP_PAGE]),
		    ktap_number(calls[TRAP_HOOK]),
		    ktap_number(calls[TRAP_HYPERCALL]));
}

int main(void)
{
	unsigned int i;

	ktap_plan(ARRAY_SIZE(boots));
	for (i = 0; i < ARRAY_SIZE(boots); i++)
		fail_everything(&boots[i]);
	return ktap_end();
}
