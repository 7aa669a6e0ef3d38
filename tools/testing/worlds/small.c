// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small worlds, exhaustively: tables of two or four entries on two or three
 * levels, everything that can lie in them, every request, both policies, both
 * flushers, live or not, and every single failure. Every world has a number,
 * from which all of it follows; each one is judged and held against the
 * specification.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "world.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define MAX_RANGES	2
#define MAX_LISTS	2048

/* Entries that may be there, without a frame. */
#define RWX	(SPEC_P | SPEC_RW | SPEC_A | SPEC_D)
#define RW_NX	(RWX | SPEC_NX)
#define RO	(SPEC_P | SPEC_A | SPEC_NX)
#define GLOBAL	(RW_NX | SPEC_G)
#define UNCACHED	(SPEC_P | SPEC_A | SPEC_PCD)
/* Somebody's, though not present; has the bit of the early mark as well. */
#define FOREIGN	(1ULL << 62 | SPEC_MARK | SPEC_RW)
#define UNCACHED_BY_PAT	(UNCACHED | SPEC_PAT_LARGE)

struct alphabet {
	unsigned int n;
	u64 entry[6];
};

static const struct alphabet all_pages = {
	6, { 0, RWX, RW_NX, RO, GLOBAL, FOREIGN },
};

static const struct alphabet four_pages = { 4, { 0, RWX, RO, FOREIGN } };
static const struct alphabet three_pages = { 3, { 0, RO, FOREIGN } };
static const struct alphabet two_pages = { 2, { 0, RO } };

static const struct alphabet all_large = {
	6, { 0, RWX, RO, GLOBAL, UNCACHED_BY_PAT, FOREIGN },
};

static const struct alphabet four_large = { 4, { 0, RWX, GLOBAL, FOREIGN } };
static const struct alphabet three_large = { 3, { 0, RW_NX, FOREIGN } };
static const struct alphabet no_large = { 2, { 0, FOREIGN } };
static const struct alphabet two_large = { 2, { 0, RW_NX } };

/**
 * struct family - worlds of one kind
 * @name: for people
 * @tiny: tables
 * @pages: what a slot of a leaf table may hold
 * @large: what a slot above may hold, besides tables
 * @full: slots of the root that may hold a table; the others only @large
 * @ranges: of a request, at most
 * @masks: sets of leaf sizes to ask for; of those in leaf_masks[]
 * @outers: how far a large leaf may reach; of those in reach()
 * @attrs: final attributes to ask for; of those in final_attrs[]
 * @flushers: 2 for both, 1 for the engine only
 * @lives: 2 for live or not, 1 for live only
 * @ram_pages: pages of RAM, from 0 on; 0: all is RAM
 * @cut: page at which the memory type changes, 0 for none
 * @fails: every failure, too
 * @no_nx: the processor lacks it ...
 * @no_pge: ... and so on
 * @no_pse: no large leaves can be made; none are there
 * @erratum: AMD family 10h
 * @pcid: PCIDs and more than one CPU
 * @c_bit: memory encryption
 */
struct family {
	const char *name;
	struct world_tiny tiny;
	const struct alphabet *pages;
	const struct alphabet *large;
	unsigned int full;
	unsigned int ranges;
	unsigned int masks;
	unsigned int outers;
	unsigned int attrs;
	unsigned int flushers;
	unsigned int lives;
	unsigned int ram_pages;
	unsigned int cut;
	bool fails;
	bool no_nx;
	bool no_pge;
	bool no_pse;
	bool erratum;
	bool pcid;
	bool c_bit;
};

static const u32 leaf_masks[] = {
	0, PHYSMAP_LEVEL(1), PHYSMAP_LEVEL(1) | PHYSMAP_LEVEL(2),
	PHYSMAP_LEVEL(2),
};

static const u32 final_attrs[] = {
	PHYSMAP_WRITE | PHYSMAP_GLOBAL, PHYSMAP_EXEC, PHYSMAP_WRITE,
};

static const struct family families[] = {
	{ .name = "2 levels of 2 entries", .tiny.bits = { 1, 1 },
	  .pages = &all_pages, .large = &all_large, .full = 2, .ranges = 2,
	  .masks = 2, .outers = 2, .attrs = 1, .flushers = 1, .lives = 2 },
	{ .name = "2 levels, 4 large slots", .tiny.bits = { 1, 2 },
	  .pages = &two_pages, .large = &three_large, .full = 4, .ranges = 1,
	  .masks = 2, .outers = 2, .attrs = 1, .flushers = 1, .lives = 1 },
	{ .name = "2 levels, 4 pages in a table", .tiny.bits = { 2, 1 },
	  .pages = &two_pages, .large = &two_large, .full = 1, .ranges = 2,
	  .masks = 2, .outers = 2, .attrs = 1, .flushers = 1, .lives = 1 },
	{ .name = "3 levels of 2 entries", .tiny.bits = { 1, 1, 1 },
	  .pages = &two_pages, .large = &two_large, .full = 2, .ranges = 1,
	  .masks = 3, .outers = 3, .attrs = 1, .flushers = 1, .lives = 1 },
	{ .name = "3 levels, two ranges", .tiny.bits = { 1, 1, 1 },
	  .pages = &two_pages, .large = &two_large, .full = 1, .ranges = 2,
	  .masks = 3, .outers = 2, .attrs = 1, .flushers = 1, .lives = 1 },
	{ .name = "other attributes", .tiny.bits = { 1, 1 },
	  .pages = &four_pages, .large = &four_large, .full = 2, .ranges = 1,
	  .masks = 2, .outers = 2, .attrs = 3, .flushers = 1, .lives = 2 },
	{ .name = "RAM ends after 1 page", .tiny.bits = { 1, 1, 1 },
	  .pages = &two_pages, .large = &three_large, .full = 1, .ranges = 2,
	  .masks = 2, .outers = 1, .attrs = 1, .flushers = 1, .lives = 1,
	  .ram_pages = 1 },
	{ .name = "RAM ends after 3 pages", .tiny.bits = { 2, 1, 1 },
	  .pages = &two_pages, .large = &two_large, .full = 1, .ranges = 1,
	  .masks = 3, .outers = 1, .attrs = 1, .flushers = 1, .lives = 1,
	  .ram_pages = 3 },
	{ .name = "the memory type changes", .tiny.bits = { 1, 1, 1 },
	  .pages = &two_pages, .large = &two_large, .full = 2, .ranges = 1,
	  .masks = 3, .outers = 3, .attrs = 1, .flushers = 1, .lives = 1,
	  .cut = 3 },
	{ .name = "addresses not aligned to large leaves",
	  .tiny = { { 1, 1, 1 }, MODEL_PAGE },
	  .pages = &two_pages, .large = &two_large, .full = 2, .ranges = 1,
	  .masks = 3, .outers = 3, .attrs = 1, .flushers = 1, .lives = 1 },
	{ .name = "no NX", .tiny.bits = { 1, 1 }, .no_nx = true,
	  .pages = &four_pages, .large = &four_large, .full = 2, .ranges = 2,
	  .masks = 2, .outers = 2, .attrs = 1, .flushers = 1, .lives = 2 },
	{ .name = "no PGE", .tiny.bits = { 1, 1 }, .no_pge = true,
	  .pages = &four_pages, .large = &four_large, .full = 2, .ranges = 2,
	  .masks = 2, .outers = 2, .attrs = 1, .flushers = 1, .lives = 2 },
	{ .name = "no large leaves", .tiny.bits = { 1, 1, 1 }, .no_pse = true,
	  .pages = &two_pages, .large = &no_large, .full = 1, .ranges = 1,
	  .masks = 3, .outers = 3, .attrs = 1, .flushers = 1, .lives = 2 },
	{ .name = "AMD erratum 383", .tiny.bits = { 1, 1, 1 }, .erratum = true,
	  .pages = &two_pages, .large = &three_large, .full = 1, .ranges = 1,
	  .masks = 3, .outers = 3, .attrs = 1, .flushers = 2, .lives = 2 },
	{ .name = "PCIDs and 4 CPUs", .tiny.bits = { 1, 1 }, .pcid = true,
	  .pages = &four_pages, .large = &four_large, .full = 2, .ranges = 2,
	  .masks = 2, .outers = 2, .attrs = 1, .flushers = 1, .lives = 2 },
	{ .name = "memory encryption", .tiny.bits = { 1, 1 }, .c_bit = true,
	  .pages = &four_pages, .large = &four_large, .full = 2, .ranges = 1,
	  .masks = 2, .outers = 2, .attrs = 1, .flushers = 1, .lives = 2 },
	{ .name = "2 levels of 2 entries, every failure", .tiny.bits = { 1, 1 },
	  .pages = &three_pages, .large = &three_large, .full = 2, .ranges = 2,
	  .masks = 2, .outers = 2, .attrs = 1, .flushers = 2, .lives = 2,
	  .fails = true },
	{ .name = "3 levels of 2 entries, every failure",
	  .tiny.bits = { 1, 1, 1 },
	  .pages = &two_pages, .large = &two_large, .full = 1, .ranges = 1,
	  .masks = 3, .outers = 2, .attrs = 1, .flushers = 1, .lives = 2,
	  .fails = true },
	{ .name = "RAM ends after 2 pages, every failure",
	  .tiny.bits = { 1, 1, 1 },
	  .pages = &two_pages, .large = &two_large, .full = 1, .ranges = 1,
	  .masks = 2, .outers = 1, .attrs = 1, .flushers = 1, .lives = 2,
	  .ram_pages = 2, .fails = true },
	{ .name = "AMD erratum 383, every failure", .tiny.bits = { 1, 1 },
	  .pages = &two_pages, .large = &two_large, .full = 2, .ranges = 1,
	  .masks = 2, .outers = 2, .attrs = 1, .flushers = 1, .lives = 2,
	  .erratum = true, .fails = true },
};

/* Ranges, in pages. */
struct list {
	unsigned int n;
	struct {
		unsigned int start;
		unsigned int end;
	} range[MAX_RANGES];
};

/**
 * struct enumeration - a family, ready to be counted through
 * @f: family
 * @w: the world that all of them take place in
 * @base: address of the first slot
 * @pages: that requests can be for
 * @list: every choice of ranges
 * @lists: how many
 * @starts: ways in which tables can be
 * @choices: all that a request can be like, for one start
 * @worlds: worlds judged
 * @builds: builds made for them
 */
struct enumeration {
	const struct family *f;
	struct world w;
	u64 base;
	unsigned int pages;
	struct list list[MAX_LISTS];
	unsigned int lists;
	u64 starts;
	u64 choices;
	u64 worlds;
	u64 builds;
};

/* Cuts a digit off a number. */
static unsigned int digit(u64 *n, u64 choices)
{
	const unsigned int d = *n % choices;

	*n /= choices;
	return d;
}

/* What may lie in a slot of a level: entries, and tables with all in them. */
static u64 slot_choices(const struct family *f, unsigned int level)
{
	u64 n = 1;
	unsigned int i;

	if (!level)
		return f->pages->n;
	for (i = 0; i < 1u << f->tiny.bits[level - 1]; i++)
		n *= slot_choices(f, level - 1);
	return f->large->n + n;
}

static u64 entry_of(const struct enumeration *e, unsigned int level, u64 va,
		    u64 flags)
{
	const struct family *f = e->f;

	if (!flags || flags == FOREIGN)
		return flags;
	if (f->no_nx)
		flags &= ~SPEC_NX;
	return flags | (va - e->base) | (level ? SPEC_PS : 0) |
	       e->w.spec.encrypt;
}

/* The slot at @va as number @n says. */
static void put_slot(struct enumeration *e, unsigned int level, u64 va, u64 n)
{
	const struct family *f = e->f;
	const struct alphabet *a = level ? f->large : f->pages;
	u64 choices, raw;
	unsigned int i;

	if (n < a->n) {
		raw = entry_of(e, level, va, a->entry[n]);
		if (raw)
			world_put(&e->w, va, level, raw);
		return;
	}
	n -= a->n;
	choices = slot_choices(f, level - 1);
	/* The table itself, for it may be empty. */
	world_put(&e->w, va, level - 1, 0);
	for (i = 0; i < 1u << f->tiny.bits[level - 1]; i++)
		put_slot(e, level - 1, va + ((u64)i << e->w.spec.shift[level - 1]),
			 digit(&n, choices));
}

static void put_start(struct enumeration *e, u64 n)
{
	const unsigned int top = e->w.spec.levels - 1;
	unsigned int i;

	world_empty(&e->w);
	for (i = 0; i < 1u << e->f->tiny.bits[top]; i++)
		put_slot(e, top, e->base + ((u64)i << e->w.spec.shift[top]),
			 digit(&n, i < e->f->full ? slot_choices(e->f, top) :
						    e->f->large->n));
}

static void add_list(struct enumeration *e, const struct list *list)
{
	if (e->lists == MAX_LISTS)
		abort();
	e->list[e->lists++] = *list;
}

/* One range anywhere, and a second one anywhere behind it. */
static void list_ranges(struct enumeration *e)
{
	unsigned int a, b, c, d;

	for (a = 0; a < e->pages; a++)
		for (b = a + 1; b <= e->pages; b++) {
			add_list(e, &(struct list) { 1, { { a, b } } });
			for (c = b; e->f->ranges > 1 && c < e->pages; c++)
				for (d = c + 1; d <= e->pages; d++)
					add_list(e, &(struct list) {
						 2, { { a, b }, { c, d } } });
		}
}

/* To the range's own borders, to a level-1 slot's, to a level-2 slot's. */
static void reach(const struct enumeration *e, struct physmap_range *r,
		  unsigned int outer)
{
	const u64 size = 1ULL << e->w.spec.shift[outer];

	r->outer_start = r->start & ~(size - 1);
	r->outer_end = (r->end + size - 1) & ~(size - 1);
}

struct ask {
	struct physmap_request req;
	struct physmap_range range[MAX_RANGES];
	bool live;
};

static bool all_ram(const struct enumeration *e, const struct physmap_range *r)
{
	return !e->f->ram_pages || r->end <= e->f->ram_pages * MODEL_PAGE;
}

/* A request by its number; false if it is another one in other words. */
static bool number_to_ask(const struct enumeration *e, u64 n, struct ask *ask)
{
	const struct family *f = e->f;
	const struct list *list = &e->list[digit(&n, e->lists)];
	bool other = true;
	unsigned int i;

	*ask = (struct ask) { .req.ranges = ask->range };
	ask->req.nr_ranges = list->n;
	ask->req.policy = digit(&n, 2) ? PHYSMAP_FINAL_ON_FRESH :
					 PHYSMAP_TWO_PASS;
	ask->req.flusher = digit(&n, f->flushers) ? PHYSMAP_CALLER_FLUSHES :
						    PHYSMAP_ENGINE_FLUSHES;
	ask->live = !digit(&n, f->lives);
	ask->req.attrs = final_attrs[digit(&n, f->attrs)] |
			 (f->c_bit ? PHYSMAP_ENCRYPTED : 0);
	for (i = 0; i < MAX_RANGES; i++) {
		const unsigned int mask = digit(&n, f->masks);
		const unsigned int outer = digit(&n, f->outers);
		struct physmap_range *r = &ask->range[i];

		/* Without a range, or a large leaf, there is no choice. */
		if (i >= list->n || !mask)
			other &= !outer && (i < list->n || !mask);
		if (i >= list->n)
			continue;
		r->start = list->range[i].start * MODEL_PAGE;
		r->end = list->range[i].end * MODEL_PAGE;
		r->leaf_levels = leaf_masks[mask];
		r->source = all_ram(e, r) ? PHYSMAP_RAM : PHYSMAP_FIRMWARE;
		reach(e, r, outer);
	}
	return other;
}

static u64 count_choices(const struct enumeration *e)
{
	const struct family *f = e->f;
	u64 n = e->lists * 2ULL * f->flushers * f->lives * f->attrs;
	unsigned int i;

	for (i = 0; i < MAX_RANGES; i++)
		n *= f->masks * f->outers;
	return n;
}

static void begin_family(struct enumeration *e, const struct family *f)
{
	struct world_config config = {
		.x86 = {
			.paging = PHYSMAP_X86_4LEVEL, .pa_bits = 46,
			.pse = !f->no_pse, .gbpages = !f->no_pse,
			.nx = !f->no_nx, .global = !f->no_pge,
			.erratum_383 = f->erratum,
			.encrypt = f->c_bit ? 1ULL << 45 : 0,
		},
		.tiny = &f->tiny,
		.pcid = f->pcid,
		.cpus = f->pcid ? 4 : 1,
		.live = true,
	};
	unsigned int i, top;

	*e = (struct enumeration) { .f = f, .starts = 1 };
	world_start(&e->w, &config);
	top = e->w.spec.levels - 1;
	e->base = e->w.spec.offset - f->tiny.offset;
	e->pages = (e->w.spec.va_limit - e->w.spec.offset) / MODEL_PAGE;
	if (f->ram_pages)
		world_ram(&e->w, 0, f->ram_pages * MODEL_PAGE);
	if (f->cut)
		world_cut(&e->w, f->cut * MODEL_PAGE);
	list_ranges(e);
	for (i = 0; i < 1u << f->tiny.bits[top]; i++)
		e->starts *= i < f->full ? slot_choices(f, top) : f->large->n;
	e->choices = count_choices(e);
}

/* One world, once; the trap is NULL for a build that nothing disturbs. */
static bool run(struct enumeration *e, u64 start, struct ask *ask,
		const struct world_trap *trap)
{
	put_start(e, start);
	e->w.m.xmap.map.live = ask->live;
	world_look(&e->w);
	world_ask(&e->w, &ask->req, trap);
	e->worlds++;
	return !e->w.failed;
}

static bool run_failures(struct enumeration *e, u64 start, struct ask *ask)
{
	const u64 calls[] = {
		[TRAP_PAGE] = e->w.calls[TRAP_PAGE],
		[TRAP_HOOK] = e->w.calls[TRAP_HOOK],
	};
	struct world_trap trap;
	unsigned int what;

	for (what = TRAP_PAGE; what <= TRAP_HOOK; what++) {
		trap.what = what;
		for (trap.at = 1; trap.at <= calls[what]; trap.at++)
			if (!run(e, start, ask, &trap)) {
				printf("# %s %llu refused\n",
				       what == TRAP_PAGE ? "page" : "hook",
				       (unsigned long long)trap.at);
				return false;
			}
	}
	return true;
}

static bool run_world(struct enumeration *e, u64 n)
{
	u64 choice = n;
	u64 start = 0;
	struct ask ask;

	start = choice / e->choices;
	choice %= e->choices;
	if (!number_to_ask(e, choice, &ask))
		return true;
	return run(e, start, &ask, NULL) &&
	       (!e->f->fails || run_failures(e, start, &ask));
}

static void show_entry(const struct enumeration *e, u64 table,
		       unsigned int level, u64 va)
{
	const u64 *page = model_peek(&e->w.m.mem, table);
	unsigned int i;

	for (i = 0; page && i < 1u << e->w.spec.bits[level]; i++) {
		const u64 at = va + ((u64)i << e->w.spec.shift[level]);

		if (!page[i])
			continue;
		printf("#   level %u, address %#llx: %#llx\n", level,
		       (unsigned long long)(at - e->base),
		       (unsigned long long)page[i]);
		if (level && (page[i] & SPEC_P) && !(page[i] & SPEC_PS))
			show_entry(e, page[i] & SPEC_FRAME & ~e->w.spec.encrypt,
				   level - 1, at);
	}
}

/* A world that failed, in words. */
static void show(struct enumeration *e, unsigned int family, u64 n)
{
	struct ask ask;
	unsigned int i;

	printf("# small: world=%llu of family %u failed: %s %s\n",
	       (unsigned long long)n, family, e->w.rule, e->w.text);
	printf("# replay: %s --family %u --world %llu\n",
	       program_invocation_name, family, (unsigned long long)n);
	number_to_ask(e, n % e->choices, &ask);
	printf("#  %s, %s, %s; tables before:\n",
	       ask.live ? "live" : "not live",
	       ask.req.policy == PHYSMAP_TWO_PASS ? "two-pass" : "fresh",
	       ask.req.flusher == PHYSMAP_ENGINE_FLUSHES ? "engine flushes" :
							   "caller flushes");
	put_start(e, n / e->choices);
	show_entry(e, e->w.spec.root, e->w.spec.levels - 1, e->base);
	for (i = 0; i < ask.req.nr_ranges; i++)
		printf("#  range %#llx-%#llx, outer %#llx-%#llx, leaf levels %#x, %s\n",
		       (unsigned long long)ask.range[i].start,
		       (unsigned long long)ask.range[i].end,
		       (unsigned long long)ask.range[i].outer_start,
		       (unsigned long long)ask.range[i].outer_end,
		       ask.range[i].leaf_levels,
		       ask.range[i].source == PHYSMAP_RAM ? "RAM" : "firmware");
}

/* Every @part-th world of a family, from @from on; stops at the first bad. */
static void run_family(unsigned int family, u64 from, u64 part, bool one)
{
	static struct enumeration e;
	const struct family *f = &families[family];
	bool ok = true;
	u64 n;

	begin_family(&e, f);
	for (n = from; ok && n < e.starts * e.choices; n += part) {
		ok = run_world(&e, n);
		if (!ok)
			show(&e, family, n);
		if (one)
			break;
	}
	ktap_result(ok && e.worlds, "%s worlds of %s%s: judged and as specified (%s builds)",
		    ktap_number(e.worlds), f->name,
		    part > 1 ? ", a part of them" : "",
		    ktap_number(e.w.builds));
	world_stop(&e.w);
}

static void usage(const char *name)
{
	fprintf(stderr,
		"usage: %s [--part N] [--family F [--world N]]\n"
		"  --part N    only every N-th world\n"
		"  --family F  only this family, 0 to %zu\n"
		"  --world N   only this world of it\n",
		name, ARRAY_SIZE(families) - 1);
	exit(2);
}

static u64 number_of(const char *text)
{
	char *end;
	const u64 n = strtoull(text, &end, 0);

	if (!*text || *end) {
		fprintf(stderr, "small: \"%s\" is not a number\n", text);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "part", required_argument, NULL, 'p' },
		{ "family", required_argument, NULL, 'f' },
		{ "world", required_argument, NULL, 'w' },
		{ },
	};
	u64 part = 1, family = 0, last = ARRAY_SIZE(families) - 1;
	u64 world = 0;
	bool one = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'p')
			part = number_of(optarg);
		else if (c == 'f')
			family = number_of(optarg);
		else if (c == 'w')
			world = number_of(optarg);
		else
			usage(argv[0]);
		one |= c == 'w';
		if (c == 'f')
			last = family;
	}
	if (!part || optind < argc)
		usage(argv[0]);
	if (last >= ARRAY_SIZE(families)) {
		fprintf(stderr, "small: there is no family %llu, only 0 to %zu\n",
			(unsigned long long)last, ARRAY_SIZE(families) - 1);
		return 2;
	}
	ktap_plan(last - family + 1);
	for (; family <= last; family++)
		run_family(family, world, part, one);
	return ktap_end();
}
