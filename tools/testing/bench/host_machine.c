// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine of the host bench: table pages are one piece of memory, handed out
 * from its start, and every hook that does no work of a backend's is as short as
 * can be. It touches that memory only, and judges nothing.
 */
#include <errno.h>
#include <limits.h>
#include <linux/container_of.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "host.h"

/* Where table pages lie, far from what is mapped. */
#define TABLES_FROM	(16 * TB)

#define WRITE_BACK	6
#define UNCACHED	0

bool arena_map(struct arena *a, u64 bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED) {
		fprintf(stderr, "host: no %llu MiB of memory for tables: %m; leave the largest rows out by --only\n",
			bytes / MB);
		return false;
	}
	a->memory = memory;
	a->pages = bytes / PAGE;
	a->huge = !madvise(memory, bytes, MADV_HUGEPAGE);
	return true;
}

void arena_renew(const struct arena *a, u64 pages)
{
	madvise(a->memory, pages * PAGE, MADV_DONTNEED);
}

u64 spent_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static struct host_machine *machine_of(const struct physmap_map *map)
{
	return container_of(map, struct host_machine, map);
}

u64 *machine_table(const struct host_machine *m, u64 table)
{
	return (u64 *)(m->arena->memory + (table - TABLES_FROM));
}

static void *table_memory(struct physmap_map *map, u64 table)
{
	return machine_table(machine_of(map), table);
}

static u64 same(struct physmap_map *map, u64 raw)
{
	return raw;
}

static int alloc_tables(struct physmap_map *map, u64 wanted, u64 *first)
{
	struct host_machine *m = machine_of(map);
	const u64 room = m->arena->pages - m->taken;
	u64 n = wanted < room ? wanted : room;

	if (!n)
		return -ENOMEM;
	if (n > INT_MAX)
		n = INT_MAX;
	*first = TABLES_FROM + m->taken * PAGE;
	m->taken += n;
	return n;
}

/* A plan is exact: only a build that was refused gives anything back. */
static void release_table(struct physmap_map *map, u64 table)
{
}

static bool yes(struct physmap_map *map, u64 start, u64 end)
{
	return true;
}

static int flush(struct physmap_map *map, struct physmap_refusal *why)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_FLUSH,
		.detail = PHYSMAP_FLUSH_ALL | PHYSMAP_FLUSH_EVERY_CPU,
	};

	machine_of(map)->flushes++;
	physmap_record(map, &e);
	return 0;
}

static struct physmap_cost cost(struct physmap_map *map)
{
	const struct physmap_cost c = { .cycles = spent_ns() };

	return c;
}

static const char *explain(struct physmap_map *map,
			   enum physmap_question question, u64 start, u64 end)
{
	return "";
}

static bool alias(struct physmap_map *map, u64 pa, u64 *va)
{
	return false;
}

/* Pages come as they are, so that the engine's own clearing is in the figures. */
static const struct physmap_hooks common_hooks = {
	.name = "host bench",
	.leaf_levels = ~0u,
	.table = table_memory,
	.canonical = same,
	.machine = same,
	.alloc = alloc_tables,
	.release = release_table,
	.ram = yes,
	.keep_tail = yes,
	.keeps_exec = yes,
	.flush = flush,
	.cost = cost,
	.explain = explain,
	.alias = alias,
};

/* The memory types of a PC: what is uncached ends, and begins, in odd places. */
static void start_x86(struct host_machine *m, enum physmap_x86_paging paging,
		      unsigned int pa_bits)
{
	static const struct physmap_x86_mtrr mtrr[] = {
		{ 0xbf800000, 0x00800000, UNCACHED },
		{ 0xc0000000, 0x40000000, UNCACHED },
	};
	const struct physmap_x86_machine x86 = {
		.paging = paging, .pa_bits = pa_bits, .pse = true,
		.gbpages = true, .nx = true, .global = true,
	};

	physmap_x86_geometry(&m->x86, &x86);
	physmap_x86_mtrr_cuts(&m->x86.geo, mtrr, 2, WRITE_BACK);
	m->map.geo = &m->x86.geo;
	m->hooks.write = physmap_x86_native_write;
	m->hooks.protect = physmap_x86_native_protect;
	m->hooks.link = physmap_x86_native_link;
	m->hooks.commit = physmap_x86_native_commit;
}

static void start_arm64(struct host_machine *m)
{
	static const struct physmap_arm64_machine arm64 = {
		.regime = PHYSMAP_ARM64_EL1, .page_shift = 12, .va_bits = 48,
		.pa_bits = 48,
	};

	physmap_arm64_geometry(&m->arm64, &arm64);
	m->map.geo = &m->arm64.geo;
	m->hooks.tails_stay = true;
	m->hooks.write = physmap_arm64_write;
	m->hooks.protect = physmap_arm64_protect;
	m->hooks.link = physmap_arm64_link;
	m->hooks.commit = physmap_arm64_commit;
}

/* Where Linux has the map, and as much of it as tables can translate. */
static void place(struct physmap_map *map, u64 offset, u64 size)
{
	map->offset = offset;
	map->va_start = offset;
	map->va_limit = offset + size;
}

/*
 * A machine with an empty root table, which is the arena's first page. 5 levels
 * have all of a 57-bit address space, which no processor can give to one map:
 * the arithmetic is what is asked for there.
 */
void machine_start(struct host_machine *m, enum host_arch arch,
		   const struct arena *a)
{
	*m = (struct host_machine) {
		.hooks = common_hooks,
		.arch = arch,
		.arena = a,
		.taken = 1,
	};
	m->map.hooks = &m->hooks;
	m->map.root = TABLES_FROM;
	memset(a->memory, 0, PAGE);
	switch (arch) {
	case HOST_X86_4LEVEL:
		start_x86(m, PHYSMAP_X86_4LEVEL, 46);
		place(&m->map, 0xffff888000000000, 64 * TB);
		break;
	case HOST_X86_5LEVEL:
		start_x86(m, PHYSMAP_X86_5LEVEL, 57);
		place(&m->map, 0, 128 * PB);
		break;
	case HOST_ARM64:
		start_arm64(m);
		place(&m->map, 0xffff000000000000, 128 * TB);
		break;
	}
}

/* Called once for each slot that a walk comes to. */
static struct physmap_entry parse(const struct physmap_geometry *geo,
				  unsigned int level, u64 raw)
{
	const struct physmap_x86 *x86 =
		container_of(geo, struct physmap_x86, geo);
	struct host_machine *m = container_of(x86, struct host_machine, x86);

	m->slots++;
	return m->format.parse(geo, level, raw);
}

/* For an x86; it is another machine afterwards, and a slower one. */
void machine_count_slots(struct host_machine *m)
{
	static struct physmap_format counting;

	m->format = *m->x86.geo.format;
	counting = m->format;
	counting.parse = parse;
	m->x86.geo.format = &counting;
}

struct physmap_range ram(u64 start, u64 end, u32 leaf_levels)
{
	const struct physmap_range r = {
		.start = start,
		.end = end,
		.outer_start = start,
		.outer_end = end,
		.leaf_levels = leaf_levels,
		.source = PHYSMAP_RAM,
	};

	return r;
}

struct physmap_request request(const struct physmap_range *ranges,
			       unsigned int n, enum physmap_policy policy)
{
	const struct physmap_request req = {
		.ranges = ranges,
		.nr_ranges = n,
		.attrs = PHYSMAP_WRITE | PHYSMAP_GLOBAL,
		.policy = policy,
		.flusher = PHYSMAP_ENGINE_FLUSHES,
	};

	return req;
}

bool machine_build(struct host_machine *m, const struct physmap_range *ranges,
		   unsigned int n, enum physmap_policy policy)
{
	const struct physmap_request req = request(ranges, n, policy);
	struct physmap_refusal why;
	const int err = physmap_build(&m->map, &req, &m->report, &why);

	if (err)
		fprintf(stderr, "host: cannot map [%#llx, %#llx): level %u, address %#llx: %s (%s, error %d)\n",
			ranges[0].start, ranges[n - 1].end, why.level, why.va,
			why.what, why.rule, err);
	return !err;
}
