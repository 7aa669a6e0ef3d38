// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the unit tests share. Judgements go by the model's walk, never by the
 * engine's own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "support.h"

const struct physmap_x86_machine long4 = {
	.paging = PHYSMAP_X86_4LEVEL, .pa_bits = 46, .pse = true,
	.gbpages = true, .nx = true, .global = true,
};

const struct physmap_x86_machine long5 = {
	.paging = PHYSMAP_X86_5LEVEL, .pa_bits = 52, .pse = true,
	.gbpages = true, .nx = true, .global = true,
};

const struct physmap_x86_machine pae = {
	.paging = PHYSMAP_X86_PAE, .pa_bits = 36, .pse = true,
	.nx = true, .global = true,
};

const struct physmap_x86_machine legacy = {
	.paging = PHYSMAP_X86_LEGACY, .pa_bits = 32, .pse = true,
	.global = true,
};

struct model_machine m;
struct physmap_map *map = &m.xmap.map;
struct physmap_report report;
struct physmap_refusal why;

/* Ends what begin() began; harmless if nothing did. */
int stop(void **state)
{
	model_stop(&m);
	report = (struct physmap_report) { };
	why = (struct physmap_refusal) { };
	return 0;
}

/* A native machine; tables lie where they can be addressed. */
void begin(const struct physmap_x86_machine *x86)
{
	stop(NULL);
	model_start(&m, x86, x86->pa_bits > 39 ? TABLES_FROM : 3 * GB);
	map = &m.xmap.map;
}

/* A Xen PV guest whose tables begin at 1 MiB. */
void begin_xen(u64 mapped_pfns)
{
	struct physmap_x86_machine x86 = long4;

	/* XENPV-16, -17: what Xen leaves of the CPU. */
	x86.pa_bits = 52;
	x86.pse = false;
	x86.gbpages = false;
	x86.global = false;
	stop(NULL);
	model_xen_start(&m, &x86, mapped_pfns, MB);
	map = &m.xmap.map;
}

/* As KASLR does. */
void move_map(u64 by)
{
	map->offset += by;
	map->va_start += by;
}

struct physmap_range range(u64 start, u64 end, u32 leaf_levels)
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

/* Kernel data: writable, global, not executable. */
struct physmap_request ask(const struct physmap_range *ranges, unsigned int nr,
			   enum physmap_policy policy)
{
	const struct physmap_request req = {
		.ranges = ranges,
		.nr_ranges = nr,
		.attrs = PHYSMAP_WRITE | PHYSMAP_GLOBAL,
		.policy = policy,
		.flusher = PHYSMAP_ENGINE_FLUSHES,
	};

	return req;
}

int build(const struct physmap_request *req)
{
	return physmap_build(map, req, &report, &why);
}

int build_one(u64 start, u64 end, u32 leaf_levels, enum physmap_policy policy)
{
	const struct physmap_range r = range(start, end, leaf_levels);
	const struct physmap_request req = ask(&r, 1, policy);

	return build(&req);
}

void must_build(u64 start, u64 end, u32 leaf_levels, enum physmap_policy policy)
{
	int err = build_one(start, end, leaf_levels, policy);

	if (err)
		fail_msg("%s: %s (%d)", why.rule, why.what, err);
}

struct physmap_plan plan(const struct physmap_request *req)
{
	struct physmap_plan p;

	assert_int_equal(physmap_plan(map, req, &p), 0);
	return p;
}

void must_refuse(int err, int expected, const char *rule)
{
	assert_int_equal(err, expected);
	assert_int_equal(why.error, expected);
	assert_non_null(why.what);
	assert_string_equal(why.rule, rule);
}

/*
 * The slot of an 8-byte entry that translates @va at @level; tables on the
 * way must exist. For tests that put something there behind the engine.
 */
u64 *slot_at(u64 va, unsigned int level)
{
	u64 table = map->root;
	unsigned int l = m.cpu.levels - 1;

	for (;; l--) {
		u64 *slot = (u64 *)model_page(&m.mem, table) +
			    (va >> (12 + 9 * l) & 511);

		if (l == level)
			return slot;
		assert_true(*slot & 1);
		table = *slot & 0x000ffffffffff000 & ~m.cpu.encrypt;
		if (m.cpu.frame)
			table = m.cpu.frame(table >> 12) << 12;
	}
}

/* What the processor makes of the direct map's address of @pa. */
struct model_translation at(u64 pa)
{
	return model_look(&m, pa + map->offset);
}

/* Every page of the range translates to itself, by such leaves. */
void must_map(u64 start, u64 end, unsigned int level, u32 attrs)
{
	u64 pa;

	for (pa = start; pa < end; pa += MODEL_PAGE) {
		const struct model_translation t = at(pa);

		if (!t.present || t.pa != pa || t.level != level ||
		    t.write != !!(attrs & PHYSMAP_WRITE) ||
		    t.global != !!(attrs & PHYSMAP_GLOBAL) ||
		    t.exec != !!(attrs & PHYSMAP_EXEC))
			fail_msg("%#llx -> %#llx at level %u, raw %#llx",
				 (unsigned long long)pa,
				 (unsigned long long)t.pa, t.level,
				 (unsigned long long)t.raw);
	}
}

void must_not_map(u64 start, u64 end)
{
	u64 pa;

	for (pa = start; pa < end; pa += MODEL_PAGE)
		assert_false(at(pa).present);
}

unsigned int events(enum model_event_kind kind)
{
	unsigned int i, n = 0;

	for (i = 0; i < m.events; i++)
		n += m.event[i].kind == kind;
	return n;
}

static u64 state;

/* UNIT_SEED repeats a run; the seed is always printed. */
void seed_random(void)
{
	const char *given = getenv("UNIT_SEED");

	state = given ? strtoull(given, NULL, 0) : (u64)time(NULL);
	printf("# UNIT_SEED=%llu\n", (unsigned long long)state);
}

/* splitmix64 */
u64 random_below(u64 n)
{
	u64 z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % n;
}
