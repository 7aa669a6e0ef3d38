// SPDX-License-Identifier: GPL-2.0-only
/*
 * The planner of an MPU's regions. The layouts that Xen's maintainers agreed on
 * come out number by number, and the machine that was feared not to fit is
 * refused in exact words; then every rule at its borders.
 */
#include <stdio.h>
#include <physmap/mpu.h>
#include "pmsav8.h"
#include "support.h"

#define RO		0
#define RW		PHYSMAP_WRITE
#define RX		PHYSMAP_EXEC
#define DEVICE		(RW | PHYSMAP_MPU_DEVICE_NGNRE)

#define FIXED		PHYSMAP_MPU_FIXED
#define BOOT		PHYSMAP_MPU_BOOT_ONLY
#define SWITCHING	PHYSMAP_MPU_SWITCHING
#define DEMAND		PHYSMAP_MPU_ON_DEMAND
#define LOWEST		PHYSMAP_MPU_LOWEST
#define HIGHEST		PHYSMAP_MPU_HIGHEST

#define GRANULE		64

static const struct physmap_mpu_format *const formats[] = {
	&physmap_pmsav8_32, &physmap_pmsav8_64,
};

static struct physmap_mpu_plan p;
static struct physmap_mpu_refusal refusal;
static struct physmap_mpu_request request;

/* What a person reads. */
static char said[4096];

static void say(struct physmap_out *out, const char *fmt, va_list args)
{
	const size_t n = strlen(said);

	vsnprintf(said + n, sizeof(said) - n, fmt, args);
}

static void plan_reads(const char *text)
{
	struct physmap_out out = { say };

	*said = '\0';
	physmap_mpu_print_plan(&out, &physmap_pmsav8_32, &request, &p);
	assert_string_equal(said, text);
}

static void refusal_reads(const char *text)
{
	struct physmap_out out = { say };

	*said = '\0';
	physmap_mpu_print_refusal(&out, &refusal);
	assert_string_equal(said, text);
}

/* What an earlier plan has left must not show through. */
static int plan_of(unsigned int count, const struct physmap_mpu_want *wants,
		   unsigned int nr, unsigned int switching,
		   unsigned int on_demand)
{
	request = (struct physmap_mpu_request) {
		.wants = wants, .nr_wants = nr,
		.switching = switching, .on_demand = on_demand,
	};
	memset(&p, 0xaa, sizeof(p));
	memset(&refusal, 0xaa, sizeof(refusal));
	return physmap_mpu_plan(&physmap_pmsav8_32, count, &request, &p,
				&refusal);
}

static void must_plan(unsigned int count, const struct physmap_mpu_want *wants,
		      unsigned int nr, unsigned int switching,
		      unsigned int on_demand)
{
	const int err = plan_of(count, wants, nr, switching, on_demand);

	if (err)
		fail_msg("%d: %s", err, refusal.what);
	assert_int_equal(p.too_many, 0);
}

static void must_be_refused(unsigned int count,
			    const struct physmap_mpu_want *wants,
			    unsigned int nr, enum physmap_mpu_reason reason)
{
	assert_int_equal(plan_of(count, wants, nr, 0, 0), -EINVAL);
	assert_int_equal(refusal.reason, reason);
	assert_int_equal(refusal.error, -EINVAL);
	assert_int_equal(p.nr_planned, 0);
}

static void must_not_fit(unsigned int count,
			 const struct physmap_mpu_want *wants, unsigned int nr,
			 unsigned int switching, unsigned int on_demand,
			 unsigned int too_many)
{
	assert_int_equal(plan_of(count, wants, nr, switching, on_demand),
			 -ENOSPC);
	assert_int_equal(refusal.reason, PHYSMAP_MPU_NO_REGION);
	assert_string_equal(refusal.rule, "MPU-17");
	assert_int_equal(p.too_many, too_many);
	assert_int_equal(p.nr_planned, 0);
}

static const struct physmap_mpu_planned *planned(unsigned int slot)
{
	unsigned int i;

	for (i = 0; i < p.nr_planned; i++)
		if (p.planned[i].slot == slot)
			return &p.planned[i];
	return NULL;
}

static void slot_is(unsigned int slot, const char *name)
{
	const struct physmap_mpu_planned *r = planned(slot);

	if (!r)
		fail_msg("region %u is not planned, but %s was to be", slot,
			 name);
	else
		assert_string_equal(r->name, name);
}

static unsigned int nr_switching(void)
{
	unsigned int n, nr = 0;

	for (n = 0; n < 32 * PHYSMAP_MPU_WORDS; n++)
		nr += p.switching[n / 32] >> n % 32 & 1;
	return nr;
}

static bool is_switching(unsigned int n)
{
	return p.switching[n / 32] >> n % 32 & 1;
}

static struct physmap_mpu_want want(const char *name, u64 start, u64 size,
				    u32 attrs, enum physmap_mpu_life life,
				    unsigned int slot)
{
	return (struct physmap_mpu_want) {
		.name = name, .start = start, .end = start + size,
		.early = attrs, .final = attrs, .life = life, .slot = slot,
	};
}

static void merge_is(unsigned int i, unsigned int first, unsigned int second,
		     u64 gap, bool same_rights)
{
	assert_true(i < p.nr_merges);
	assert_int_equal(p.merge[i].first, first);
	assert_int_equal(p.merge[i].second, second);
	assert_int_equal(p.merge[i].gap, gap);
	assert_int_equal(p.merge[i].same_rights, same_rights);
}

/*
 * Xen, from the lists of the mail, "before re-org". Assembly makes the first
 * five. Memory is written by boot where it is going to be read-only.
 */
#define XEN	0x20000000ULL

static const struct physmap_mpu_want xen[] = {
	{ "text", XEN, XEN + 0x60000, RX, RX, FIXED, 0 },
	{ "rodata", XEN + 0x60000, XEN + 0x80000, RO, RO, FIXED, 1 },
	{ "ro-after-init", XEN + 0x80000, XEN + 0x81000, RW, RO, FIXED, 2 },
	{ "data", XEN + 0x81000, XEN + 0x90000, RW, RW, FIXED, 3 },
	{ "bss", XEN + 0x90000, XEN + 0xb0000, RW, RW, FIXED, 4 },
	{ "init data", XEN + 0xb0000, XEN + 0xb8000, RW, RW, BOOT, LOWEST },
	{ "init text", XEN + 0xb8000, XEN + 0xc8000, RX, RX, BOOT, LOWEST },
	{ "early FDT", 0x28000000, 0x28002000, RO, RO, BOOT, LOWEST },
	{ "guest memory", 0x40000000, 0x60000000, RW, RW, SWITCHING, LOWEST },
	{ "device memory", 0x80000000, 0xfffff000, DEVICE, DEVICE, SWITCHING,
	  LOWEST },
	{ "shared memory", 0x60000000, 0x60010000, RW, RW, SWITCHING, LOWEST },
	{ "static heap", 0x30000000, 0x38000000, RW, RW, FIXED, HIGHEST },
};

#define NR_BASE		8	/* what Xen has without guests and devices */
#define NR_XEN		ARRAY_SIZE(xen)

static void before_reorganization(unsigned int count)
{
	unsigned int i;

	must_plan(count, xen, NR_XEN, 3, 0);
	assert_int_equal(p.count, count);
	assert_int_equal(p.nr_planned, NR_XEN);
	assert_int_equal(p.at_boot, 12);
	assert_int_equal(p.later, 9);
	assert_int_equal(p.merged, 0);
	for (i = 0; i <= 10; i++)
		slot_is(i, xen[i].name);
	slot_is(count - 1, "static heap");
	for (i = 0; i < p.nr_planned; i++) {
		const struct physmap_mpu_planned *r = &p.planned[i];

		assert_int_equal(r->early.start, xen[i].start);
		assert_int_equal(r->early.end, xen[i].end);
		assert_int_equal(r->early.attrs & ~PHYSMAP_EARLY, xen[i].early);
		assert_int_equal(!!(r->early.attrs & PHYSMAP_EARLY), i == 2);
		assert_int_equal(r->final, xen[i].final);
		assert_int_equal(r->life, xen[i].life);
		assert_int_equal(r->ranges, 1);
	}
}

static void listing_before_reorganization_16(void **state)
{
	before_reorganization(16);
	plan_reads("mpu: PMSAv8-32, 16 regions: 12 while booting, 9 later (6 fixed, 3 switching, 0 on demand)\n");
}

static void listing_before_reorganization_255(void **state)
{
	before_reorganization(255);
}

/* Boot is over: what is boot-only is gone, and all else is where it was. */
static void after_reorganization(unsigned int count)
{
	unsigned int i, stay = 0;

	must_plan(count, xen, NR_XEN, 3, 0);
	for (i = 0; i < p.nr_planned; i++)
		stay += p.planned[i].life != BOOT;
	assert_int_equal(stay, p.later);
	for (i = 0; i <= 4; i++)
		assert_int_equal(planned(i)->life, FIXED);
	for (i = 5; i <= 7; i++)
		assert_int_equal(planned(i)->life, BOOT);
	for (i = 8; i <= 10; i++)
		assert_int_equal(planned(i)->life, SWITCHING);
	for (i = 0; i < count; i++)
		assert_int_equal(is_switching(i), i >= 8 && i <= 10);
	assert_int_equal(planned(count - 1)->life, FIXED);
}

static void listing_after_reorganization_16(void **state)
{
	after_reorganization(16);
}

static void listing_after_reorganization_255(void **state)
{
	after_reorganization(255);
}

/*
 * The mail's fear: Xen's own regions, each of four UARTs, the parts of a GICv3,
 * and the memory of guests, each with a region that stays.
 */
#define NR_GUESTS	6
#define NR_WORST	(NR_BASE + 1 + 4 + 2 + NR_GUESTS)

static void worst_case(struct physmap_mpu_want *w, enum physmap_mpu_life guests)
{
	static const char *const uarts[] = { "uart0", "uart1", "uart2", "uart3" };
	static const char *const domains[NR_GUESTS] = {
		"domU1", "domU2", "domU3", "domU4", "domU5", "domU6",
	};
	unsigned int i;

	memcpy(w, xen, NR_BASE * sizeof(*w));
	w += NR_BASE;
	*w++ = xen[NR_XEN - 1];
	for (i = 0; i < 4; i++)
		*w++ = want(uarts[i], 0x9c090000 + i * 0x10000, 0x1000, DEVICE,
			    FIXED, LOWEST);
	*w++ = want("gicd", 0xaf000000, 0x10000, DEVICE, FIXED, LOWEST);
	*w++ = want("gicr", 0xaf100000, 0x20000, DEVICE, FIXED, LOWEST);
	/* The gap above domU1 is 64K; above the others it doubles. */
	for (i = 0; i < NR_GUESTS; i++)
		*w++ = want(domains[i], 0x40000000 + i * 0x1000000 +
			    ((1 << i) - 1) * 0x10000, 0x1000000, RW, guests,
			    HIGHEST);
}

static void worst_case_does_not_fit(void **state)
{
	struct physmap_mpu_want w[NR_WORST];

	worst_case(w, FIXED);
	must_not_fit(16, w, NR_WORST, 3, 0, 5);
	assert_int_equal(p.at_boot, 21);
	assert_int_equal(p.later, 21);
	plan_reads("mpu: PMSAv8-32, 16 regions: 21 while booting, 21 later (18 fixed, 3 switching, 0 on demand)\n"
		   "mpu: 21 regions are needed later, there are 16: 5 too many (MPU-17); map on demand what is not always needed, or let ranges share a region\n"
		   "mpu: domU1 and domU2 could share a region: same rights, 65536 bytes apart\n"
		   "mpu: domU2 and domU3 could share a region: same rights, 131072 bytes apart\n"
		   "mpu: domU3 and domU4 could share a region: same rights, 262144 bytes apart\n"
		   "mpu: domU4 and domU5 could share a region: same rights, 524288 bytes apart\n"
		   "mpu: domU5 and domU6 could share a region: same rights, 1048576 bytes apart\n"
		   "mpu: static heap and domU1 could share a region: same rights, 134217728 bytes apart\n");
}

/* Guest memory comes and goes, two pieces at a time, and Xen has one UART. */
static void worst_case_fits_on_demand(void **state)
{
	struct physmap_mpu_want w[NR_WORST];

	worst_case(w, DEMAND);
	memmove(&w[NR_BASE + 2], &w[NR_BASE + 5],
		(NR_WORST - NR_BASE - 5) * sizeof(*w));
	must_plan(16, w, NR_WORST - 3, 3, 2);
	plan_reads("mpu: PMSAv8-32, 16 regions: 12 while booting, 14 later (9 fixed, 3 switching, 2 on demand)\n");
	assert_int_equal(p.nr_planned, 12);
	slot_is(8, "uart0");
	slot_is(9, "gicd");
	slot_is(10, "gicr");
	slot_is(15, "static heap");
}

/* Each want by itself */

struct wrong {
	enum physmap_mpu_reason reason;
	struct physmap_mpu_want want;
};

static const struct wrong wrong[] = {
	{ PHYSMAP_MPU_EMPTY, { "w", 0, 0, RW, RW, FIXED, LOWEST } },
	{ PHYSMAP_MPU_EMPTY, { "w", 4096, 4096, RW, RW, FIXED, LOWEST } },
	{ PHYSMAP_MPU_EMPTY, { "w", 4096, 64, RW, RW, FIXED, LOWEST } },
	{ PHYSMAP_MPU_EMPTY, { "w", 4097, 63, RW, RW, FIXED, LOWEST } },
	{ PHYSMAP_MPU_UNALIGNED, { "w", 32, 4096, RW, RW, FIXED, LOWEST } },
	{ PHYSMAP_MPU_UNALIGNED, { "w", 0, 4095, RW, RW, FIXED, LOWEST } },
	{ PHYSMAP_MPU_UNALIGNED, { "w", 1, 65, RW, RW, FIXED, LOWEST } },
	{ PHYSMAP_MPU_UNALIGNED, { "w", 1, ~0ULL, RW, RW, FIXED, LOWEST } },
	{ PHYSMAP_MPU_ADDRESS, { "w", 0, 1ULL << 63, RW, RW, FIXED, LOWEST } },
	{ PHYSMAP_MPU_ADDRESS, { "w", 1ULL << 62, 1ULL << 63, RW | RX, RW,
				 FIXED, LOWEST } },
	{ PHYSMAP_MPU_WX, { "w", 0, 64, RW | RX, RX, FIXED, LOWEST } },
	{ PHYSMAP_MPU_WX, { "w", 0, 64, RX, RW | RX, FIXED, LOWEST } },
	{ PHYSMAP_MPU_WX, { "w", 0, 64, DEVICE | RX, DEVICE, FIXED, LOWEST } },
	{ PHYSMAP_MPU_DEVICE, { "w", 0, 64, PHYSMAP_MPU_DEVICE_NGNRE | RX,
				PHYSMAP_MPU_DEVICE_NGNRE, FIXED, LOWEST } },
	{ PHYSMAP_MPU_DEVICE, { "w", 0, 64, PHYSMAP_MPU_DEVICE_NGNRNE,
				PHYSMAP_MPU_DEVICE_NGNRNE | RX, FIXED,
				LOWEST } },
	{ PHYSMAP_MPU_DEVICE, { "w", 0, 64, RW, PHYSMAP_MPU_DEVICE_NGNRE | RX,
				FIXED, LOWEST } },
	{ PHYSMAP_MPU_TYPE_CHANGES, { "w", 0, 64, RW, DEVICE, FIXED,
				      LOWEST } },
	{ PHYSMAP_MPU_TYPE_CHANGES, { "w", 0, 64, RW | PHYSMAP_MPU_TYPE(4),
				      RW | PHYSMAP_MPU_TYPE(4), FIXED,
				      LOWEST } },
	{ PHYSMAP_MPU_TYPE_CHANGES, { "w", 0, 64, PHYSMAP_MPU_TYPE(7),
				      PHYSMAP_MPU_TYPE(7), DEMAND, 0 } },
	{ PHYSMAP_MPU_BAD_SLOT, { "w", 0, 64, RW, RW, DEMAND, 0 } },
	{ PHYSMAP_MPU_BAD_SLOT, { "w", 0, 64, RW, RW, DEMAND, 1002 } },
};

static void a_wrong_range_is_refused(void **state)
{
	struct physmap_mpu_want w[3];
	unsigned int i, f;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		for (f = 0; f < ARRAY_SIZE(formats); f++)
			if (physmap_mpu_check_want(formats[f], &wrong[i].want) !=
			    wrong[i].reason)
				fail_msg("wrong[%u], %s", i, formats[f]->name);
		/* Behind what is right, before what is wrong as well. */
		w[0] = want("right", 0x100000, GRANULE, RW, FIXED, LOWEST);
		w[1] = wrong[i].want;
		w[2] = want("empty", 0x200000, 0, RW, FIXED, LOWEST);
		must_be_refused(16, w, 3, wrong[i].reason);
		assert_string_equal(refusal.asked.name, "w");
		assert_int_equal(refusal.asked.start, wrong[i].want.start);
		assert_string_equal(refusal.met.name, "");
	}
}

static void what_is_right_is_not_refused(void **state)
{
	static const u32 types[] = {
		PHYSMAP_MPU_NORMAL, PHYSMAP_MPU_NORMAL_NC,
		PHYSMAP_MPU_DEVICE_NGNRNE, PHYSMAP_MPU_DEVICE_NGNRE,
	};
	struct physmap_mpu_want w;
	unsigned int i, f;

	for (f = 0; f < ARRAY_SIZE(formats); f++) {
		const u64 limit = formats[f]->address_limit;

		assert_int_equal(formats[f]->granule, GRANULE);
		for (i = 0; i < ARRAY_SIZE(types); i++) {
			w = want("w", 0, GRANULE, types[i] | RW, FIXED, LOWEST);
			w.final &= ~PHYSMAP_WRITE;
			assert_int_equal(physmap_mpu_check_want(formats[f], &w),
					 PHYSMAP_MPU_FINE);
			w.life = DEMAND;
			w.slot = HIGHEST;
			assert_int_equal(physmap_mpu_check_want(formats[f], &w),
					 PHYSMAP_MPU_FINE);
		}
		/* Code that boot writes, and the last bytes that there are. */
		w = want("w", limit - GRANULE, GRANULE, RW, BOOT, 254);
		w.final = RX | PHYSMAP_USER;
		assert_int_equal(physmap_mpu_check_want(formats[f], &w),
				 PHYSMAP_MPU_FINE);
		w.start = 0;
		assert_int_equal(physmap_mpu_check_want(formats[f], &w),
				 PHYSMAP_MPU_FINE);
		w.end += GRANULE;
		assert_int_equal(physmap_mpu_check_want(formats[f], &w),
				 PHYSMAP_MPU_ADDRESS);
	}
}

/* Two ranges */

static bool may_overlap(enum physmap_mpu_life a, enum physmap_mpu_life b)
{
	return (a == DEMAND && (b == BOOT || b == SWITCHING)) ||
	       (b == DEMAND && (a == BOOT || a == SWITCHING));
}

static void try_overlap(u64 start, u64 end, enum physmap_mpu_life a,
			enum physmap_mpu_life b)
{
	struct physmap_mpu_want w[2] = {
		want("first", 0x2000, 0x1000, RW, a, LOWEST),
		want("second", start, end - start, RO, b, LOWEST),
	};

	if (start >= 0x3000 || end <= 0x2000 || may_overlap(a, b)) {
		must_plan(16, w, 2, 0, 0);
		return;
	}
	must_be_refused(16, w, 2, PHYSMAP_MPU_OVERLAP);
	assert_string_equal(refusal.rule, "MPU-4");
	assert_string_equal(refusal.asked.name, "second");
	assert_string_equal(refusal.met.name, "first");
}

static void what_overlaps_is_refused(void **state)
{
	static const struct {
		u64 start, end;
	} at[] = {
		{ 0x1000, 0x2000 }, { 0x1000, 0x2040 }, { 0x1000, 0x3000 },
		{ 0x1000, 0x4000 }, { 0x1fc0, 0x2040 }, { 0x2000, 0x2040 },
		{ 0x2000, 0x3000 }, { 0x2000, 0x4000 }, { 0x2040, 0x2080 },
		{ 0x2fc0, 0x3000 }, { 0x2fc0, 0x3040 }, { 0x3000, 0x3040 },
		{ 0, 0x1fc0 }, { 0, 1ULL << 32 },
	};
	enum physmap_mpu_life a, b;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(at); i++)
		for (a = 0; a < PHYSMAP_MPU_LIVES; a++)
			for (b = 0; b < PHYSMAP_MPU_LIVES; b++)
				try_overlap(at[i].start, at[i].end, a, b);
}

static void shared_memory_may_be_wanted_twice(void **state)
{
	struct physmap_mpu_want w[2] = {
		want("domU1", 0x2000, 0x1000, RW, DEMAND, HIGHEST),
		want("domU2", 0x2000, 0x1000, RW, DEMAND, LOWEST),
	};

	must_plan(1, w, 2, 0, 1);
	assert_int_equal(p.nr_merges, 0);
	w[1].final = RO;
	must_be_refused(1, w, 2, PHYSMAP_MPU_OVERLAP);
	w[1].final = RW;
	w[1].early = RO;
	must_be_refused(1, w, 2, PHYSMAP_MPU_OVERLAP);
	w[1].early = RW;
	w[1].end += GRANULE;
	must_be_refused(1, w, 2, PHYSMAP_MPU_OVERLAP);
	w[1].start -= GRANULE;
	w[1].end -= GRANULE;
	must_be_refused(1, w, 2, PHYSMAP_MPU_OVERLAP);
}

/* A third one of the same range meets the one that is not alike. */
static void the_pair_that_overlaps_is_named(void **state)
{
	const struct physmap_mpu_want w[] = {
		want("far", 0x9000, 0x1000, RW, FIXED, LOWEST),
		want("one", 0x2000, 0x1000, RW, DEMAND, HIGHEST),
		want("two", 0x2000, 0x1000, RW, DEMAND, HIGHEST),
		want("other", 0x2000, 0x1000, RO, BOOT, HIGHEST),
		want("last", 0x2fc0, 0x1000, RO, BOOT, HIGHEST),
	};

	must_be_refused(16, w, ARRAY_SIZE(w), PHYSMAP_MPU_OVERLAP);
	assert_string_equal(refusal.asked.name, "last");
	assert_string_equal(refusal.met.name, "other");
	refusal_reads("mpu: last [0x2fc0, 0x3fc0) meets other [0x2000, 0x3000): they overlap, and an address in two regions faults (MPU-4); unmap one or ask for what the other does not have\n");
}

/* Joining */

/* Four pieces that touch, in the order given, are so many regions. */
static unsigned int pieces(const unsigned int *order, u32 early, u32 final,
			   enum physmap_mpu_life life, unsigned int slot)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	struct physmap_mpu_want w[4];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		w[i] = want(names[order[i]], 0x1000 * order[i], 0x1000, early,
			    life, slot);
		w[i].final = final;
	}
	must_plan(4, w, 4, 0, 0);
	assert_int_equal(p.nr_planned + p.merged, 4);
	assert_int_equal(p.at_boot, p.nr_planned);
	return p.nr_planned;
}

static void what_touches_and_is_alike_is_one_region(void **state)
{
	static const unsigned int order[][4] = {
		{ 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 }, { 2, 0, 3, 1 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		assert_int_equal(pieces(order[i], RW, RO, FIXED, LOWEST), 1);
		assert_string_equal(p.planned[0].name, "a");
		assert_int_equal(p.planned[0].early.start, 0);
		assert_int_equal(p.planned[0].early.end, 0x4000);
		assert_int_equal(p.planned[0].early.attrs, RW | PHYSMAP_EARLY);
		assert_int_equal(p.planned[0].final, RO);
		assert_int_equal(p.planned[0].ranges, 4);
		assert_int_equal(p.merged, 3);
		assert_int_equal(p.nr_merges, 0);
		assert_int_equal(pieces(order[i], RX, RX, BOOT, HIGHEST), 1);
		assert_int_equal(p.planned[0].slot, 3);
		assert_int_equal(p.planned[0].early.attrs, RX);
		assert_int_equal(p.planned[0].life, BOOT);
		assert_int_equal(pieces(order[i], RW, RW, SWITCHING, LOWEST), 4);
		assert_int_equal(p.nr_merges, 3);
	}
}

static void join_or_not(const struct physmap_mpu_want *low,
			const struct physmap_mpu_want *high, bool join)
{
	const struct physmap_mpu_want w[] = { *low, *high };

	must_plan(8, w, 2, 0, 0);
	assert_int_equal(p.nr_planned, join ? 1 : 2);
	assert_int_equal(p.merged, join);
}

static void what_differs_is_two_regions(void **state)
{
	const struct physmap_mpu_want low =
		want("low", 0x1000, 0x1000, RW, FIXED, LOWEST);
	struct physmap_mpu_want high, numbered = low;

	high = want("high", 0x2000, 0x1000, RW, FIXED, LOWEST);
	join_or_not(&low, &high, true);
	high.end += GRANULE;
	join_or_not(&low, &high, true);
	high.start += GRANULE;
	join_or_not(&low, &high, false);
	high.start -= GRANULE;
	high.slot = HIGHEST;
	join_or_not(&low, &high, false);
	high.slot = 5;
	join_or_not(&low, &high, false);
	numbered.slot = 4;
	join_or_not(&numbered, &high, false);
	high.slot = LOWEST;
	join_or_not(&numbered, &high, false);
	high.final = RO;
	join_or_not(&low, &high, false);
	high.final = RW;
	high.early = RO;
	join_or_not(&low, &high, false);
	high.early = RW;
	high.life = BOOT;
	join_or_not(&low, &high, false);
	high.early = RW | PHYSMAP_MPU_NORMAL_NC;
	high.final = high.early;
	join_or_not(&low, &high, false);
}

static void one_that_differs_parts_a_chain(void **state)
{
	struct physmap_mpu_want w[] = {
		want("e", 0x5000, 0x1000, RW, FIXED, LOWEST),
		want("a", 0x1000, 0x1000, RW, FIXED, LOWEST),
		want("c", 0x3000, 0x1000, RO, FIXED, LOWEST),
		want("d", 0x4000, 0x1000, RW, FIXED, LOWEST),
		want("b", 0x2000, 0x1000, RW, FIXED, LOWEST),
	};

	must_plan(8, w, ARRAY_SIZE(w), 0, 0);
	assert_int_equal(p.nr_planned, 3);
	assert_int_equal(p.merged, 2);
	/* In the order of the list, each where the first of it stands. */
	slot_is(0, "d");
	slot_is(1, "a");
	slot_is(2, "c");
	assert_int_equal(planned(0)->early.end, 0x6000);
	assert_int_equal(planned(1)->early.end, 0x3000);
}

/* Numbers */

static void a_number_that_is_named_is_kept(void **state)
{
	const struct physmap_mpu_want w[] = {
		want("low 1", 0x1000, 64, RW, FIXED, LOWEST),
		want("high 1", 0x2000, 64, RW, BOOT, HIGHEST),
		want("zero", 0x3000, 64, RW, FIXED, 0),
		want("low 2", 0x4000, 64, RW, SWITCHING, LOWEST),
		want("two", 0x5000, 64, RW, BOOT, 2),
		want("last", 0x6000, 64, RW, SWITCHING, 15),
		want("high 2", 0x7000, 64, RW, FIXED, HIGHEST),
		want("thirteen", 0x8000, 64, RW, FIXED, 13),
		want("low 3", 0x9000, 64, RW, BOOT, LOWEST),
	};
	unsigned int i;

	must_plan(16, w, ARRAY_SIZE(w), 0, 0);
	assert_int_equal(p.nr_planned, ARRAY_SIZE(w));
	slot_is(0, "zero");
	slot_is(1, "low 1");
	slot_is(2, "two");
	slot_is(3, "low 2");
	slot_is(4, "low 3");
	slot_is(12, "high 2");
	slot_is(13, "thirteen");
	slot_is(14, "high 1");
	slot_is(15, "last");
	for (i = 1; i < p.nr_planned; i++)
		assert_true(p.planned[i - 1].slot < p.planned[i].slot);
}

static void a_number_that_is_not_there_is_refused(void **state)
{
	struct physmap_mpu_want w[] = {
		want("a", 0x1000, 64, RW, FIXED, LOWEST),
		want("b", 0x2000, 64, RW, FIXED, 15),
	};

	must_plan(16, w, 2, 0, 0);
	slot_is(15, "b");
	must_be_refused(15, w, 2, PHYSMAP_MPU_BAD_SLOT);
	assert_string_equal(refusal.asked.name, "b");
	assert_string_equal(refusal.met.name, "");
	assert_string_equal(refusal.rule, "MPU-12");
	refusal_reads("mpu: b [0x2000, 0x2040) as region 15: this number is not to be had (MPU-12); name one that is there and that nobody else has; on demand, none\n");
	w[1].slot = 255;
	must_be_refused(255, w, 2, PHYSMAP_MPU_BAD_SLOT);
	w[1].slot = ~0u;
	must_be_refused(255, w, 2, PHYSMAP_MPU_BAD_SLOT);
	w[1].slot = 1002;
	must_be_refused(255, w, 2, PHYSMAP_MPU_BAD_SLOT);
}

static void a_number_is_not_given_twice(void **state)
{
	const struct physmap_mpu_want alike[] = {
		want("a", 0x1000, 64, RW, FIXED, 3),
		want("b", 0x1040, 64, RW, FIXED, 3),
	};
	const struct physmap_mpu_want w[] = {
		want("a", 0x1000, 64, RW, BOOT, 3),
		want("b", 0x2000, 64, RW, FIXED, LOWEST),
		want("c", 0x3000, 64, RW, SWITCHING, 3),
	};

	must_be_refused(16, w, 3, PHYSMAP_MPU_BAD_SLOT);
	refusal_reads("mpu: c [0x3000, 0x3040) as region 3 meets a [0x1000, 0x1040): this number is not to be had (MPU-12); name one that is there and that nobody else has; on demand, none\n");
	/* Not even if they could be one region. */
	must_be_refused(16, alike, 2, PHYSMAP_MPU_BAD_SLOT);
	assert_int_equal(p.at_boot, 2);
}

/* Budget */

static void what_fits_exactly_fits(void **state)
{
	const struct physmap_mpu_want w[] = {
		want("a", 0x1000, 64, RW, FIXED, LOWEST),
		want("b", 0x2000, 64, RW, FIXED, HIGHEST),
		want("c", 0x3000, 64, RW, BOOT, LOWEST),
		want("d", 0x4000, 64, RW, SWITCHING, LOWEST),
		want("e", 0x5000, 64, RW, DEMAND, HIGHEST),
		want("f", 0x6000, 64, RW, DEMAND, HIGHEST),
	};

	/* Four while booting, later two and what a context needs, and more. */
	must_plan(4, w, ARRAY_SIZE(w), 0, 1);
	assert_int_equal(p.at_boot, 4);
	assert_int_equal(p.later, 4);
	assert_int_equal(p.nr_planned, 4);
	must_plan(4, w, ARRAY_SIZE(w), 2, 0);
	assert_int_equal(p.later, 4);
	must_not_fit(3, w, ARRAY_SIZE(w), 0, 0, 1);
	assert_int_equal(p.later, 3);
	plan_reads("mpu: PMSAv8-32, 3 regions: 4 while booting, 3 later (2 fixed, 1 switching, 0 on demand)\n"
		   "mpu: 4 regions are needed while booting, there are 3: 1 too many (MPU-17); map on demand what is not always needed, or let ranges share a region\n"
		   "mpu: a and b could share a region: same rights, 4032 bytes apart\n"
		   "mpu: e and f could share a region: same rights, 4032 bytes apart\n");
	must_not_fit(4, w, ARRAY_SIZE(w), 2, 1, 1);
	assert_int_equal(p.at_boot, 4);
	assert_int_equal(p.later, 5);
	must_not_fit(4, w, ARRAY_SIZE(w), 0, 7, 6);
	must_not_fit(4, w, ARRAY_SIZE(w), 7, 7, 12);
	refusal_reads("mpu: more regions are needed than there are (MPU-17); unmap what is not needed now, or let ranges share a region\n");
}

static void numbers_of_regions_do_not_wrap(void **state)
{
	const struct physmap_mpu_want w = want("a", 0, 64, RW, FIXED, LOWEST);

	must_not_fit(16, &w, 1, ~0u, 0, ~0u - 16);
	must_not_fit(16, &w, 1, ~0u, ~0u, ~0u - 16);
	assert_int_equal(p.later, ~0u);
	must_not_fit(16, &w, 1, 0, ~0u, ~0u - 16);
}

static void an_mpu_of_no_region_and_of_one(void **state)
{
	struct physmap_mpu_want w[2] = {
		want("a", 0, 64, RW, FIXED, HIGHEST),
		want("b", 64, 64, RO, FIXED, LOWEST),
	};

	must_plan(0, w, 0, 0, 0);
	assert_int_equal(p.nr_planned, 0);
	must_not_fit(0, w, 1, 0, 0, 1);
	must_not_fit(0, w, 0, 1, 0, 1);
	must_plan(1, w, 1, 0, 0);
	slot_is(0, "a");
	must_not_fit(1, w, 2, 0, 0, 1);
	must_plan(1, w, 0, 1, 0);
	assert_int_equal(p.switching[0], 1);
	w[0].slot = 0;
	must_plan(1, w, 1, 0, 0);
	/* That there is none is told before that this one is not there. */
	must_not_fit(0, w, 1, 0, 0, 1);
}

static void as_many_regions_as_there_can_be(void **state)
{
	static struct physmap_mpu_want w[256];
	struct physmap_mpu_format few = physmap_pmsav8_32;
	unsigned int i;

	for (i = 0; i < 256; i++)
		w[i] = want("w", i * 128, 64, RW, FIXED, i % 2 ? LOWEST : HIGHEST);
	must_plan(255, w, 255, 0, 0);
	assert_int_equal(p.nr_planned, 255);
	for (i = 0; i < 255; i++) {
		assert_int_equal(p.planned[i].slot, i);
		/* 0, 2, 4 ... from the top, 1, 3, 5 ... from the bottom */
		assert_int_equal(p.planned[i].early.start, 128 *
				 (i < 127 ? 2 * i + 1 : 2 * (254 - i)));
	}
	must_not_fit(255, w, 256, 0, 0, 1);
	/* More than can be numbered are not there. */
	must_not_fit(256, w, 256, 0, 0, 1);
	must_not_fit(~0u, w, 256, 0, 0, 1);
	assert_int_equal(p.count, 255);
	few.max_regions = 32;
	assert_int_equal(physmap_mpu_plan(&few, 255, &request, &p, &refusal),
			 -ENOSPC);
	assert_int_equal(p.count, 32);
	assert_int_equal(p.too_many, 224);
	/* One long chain needs one. */
	for (i = 0; i < 256; i++)
		w[i] = want("w", (i * 101 % 256) * 64, 64, RW, BOOT, LOWEST);
	must_plan(1, w, 256, 0, 0);
	assert_int_equal(p.merged, 255);
	assert_int_equal(p.planned[0].ranges, 256);
	assert_int_equal(p.planned[0].early.end, 256 * 64);
}

static void switching_regions_are_set_aside(void **state)
{
	const struct physmap_mpu_want w[] = {
		want("a", 0x1000, 64, RW, FIXED, 0),
		want("b", 0x2000, 64, RW, BOOT, 1),
		want("c", 0x3000, 64, RW, SWITCHING, 4),
		want("d", 0x4000, 64, RW, BOOT, 2),
		want("e", 0x5000, 64, RW, SWITCHING, 6),
		want("f", 0x6000, 64, RW, FIXED, 5),
	};

	/* Its own first, then free ones, then those that boot gives back. */
	must_plan(8, w, ARRAY_SIZE(w), 0, 0);
	assert_int_equal(p.switching[0], 0x50);
	must_plan(8, w, ARRAY_SIZE(w), 2, 0);
	assert_int_equal(p.switching[0], 0x50);
	must_plan(8, w, ARRAY_SIZE(w), 3, 0);
	assert_int_equal(p.switching[0], 0x58);
	must_plan(8, w, ARRAY_SIZE(w), 4, 0);
	assert_int_equal(p.switching[0], 0xd8);
	must_plan(8, w, ARRAY_SIZE(w), 5, 1);
	assert_int_equal(p.switching[0], 0xda);
	must_plan(8, w, ARRAY_SIZE(w), 6, 0);
	assert_int_equal(p.switching[0], 0xde);
	must_not_fit(8, w, ARRAY_SIZE(w), 7, 0, 1);
	assert_int_equal(nr_switching(), 0);
	must_plan(255, w, ARRAY_SIZE(w), 253, 0);
	assert_int_equal(nr_switching(), 253);
	assert_false(is_switching(0) || is_switching(5));
	must_plan(255, w, ARRAY_SIZE(w), 251, 0);
	assert_int_equal(nr_switching(), 251);
	assert_true(is_switching(254));
	assert_false(is_switching(1) || is_switching(2));
}

/* Ranges that could share a region */

static void what_costs_least_is_suggested_first(void **state)
{
	const struct physmap_mpu_want w[] = {
		want("a", 0x1000, 0x1000, RW, DEMAND, HIGHEST),
		want("d", 0x9000, 0x1000, RW, DEMAND, HIGHEST),
		want("c", 0x4000, 0x1000, RW, DEMAND, HIGHEST),
		want("e", 0xa000, 0x1000, RO, DEMAND, HIGHEST),
		want("b", 0x2000, 0x1000, RW, DEMAND, HIGHEST),
		want("f", 0xc000, 0x1000, RO, DEMAND, HIGHEST),
		want("g", 0xd000, 0x1000, RW, DEMAND, HIGHEST),
		want("h", 0xf000, 0x1000, RO, DEMAND, HIGHEST),
		want("i", 0x10000, 0x1000, RX, DEMAND, HIGHEST),
		want("j", 0x11000, 0x1000, RW, DEMAND, HIGHEST),
	};

	must_not_fit(0, w, ARRAY_SIZE(w), 0, 1, 1);
	/* Not i and j: writable and executable together can be nothing. */
	assert_int_equal(p.nr_merges, 7);
	merge_is(0, 0, 4, 0, true);
	merge_is(1, 4, 2, 0x1000, true);
	merge_is(2, 3, 5, 0x1000, true);
	merge_is(3, 2, 1, 0x4000, true);
	merge_is(4, 1, 3, 0, false);
	merge_is(5, 5, 6, 0, false);
	merge_is(6, 7, 8, 0, false);
	plan_reads("mpu: PMSAv8-32, 0 regions: 0 while booting, 1 later (0 fixed, 0 switching, 1 on demand)\n"
		   "mpu: 1 regions are needed later, there are 0: 1 too many (MPU-17); map on demand what is not always needed, or let ranges share a region\n"
		   "mpu: a and b could share a region: same rights, and they touch\n"
		   "mpu: b and c could share a region: same rights, 4096 bytes apart\n"
		   "mpu: e and f could share a region: same rights, 4096 bytes apart\n"
		   "mpu: c and d could share a region: same rights, 16384 bytes apart\n"
		   "mpu: d and e could share a region if they had the same rights: they touch\n"
		   "mpu: f and g could share a region if they had the same rights: they touch\n"
		   "mpu: h and i could share a region if they had the same rights: they touch\n");
}

static bool suggested(struct physmap_mpu_want a, struct physmap_mpu_want b)
{
	const struct physmap_mpu_want w[] = { a, b };

	must_plan(16, w, 2, 0, 0);
	assert_in_range(p.nr_merges, 0, 1);
	return p.nr_merges;
}

static void what_cannot_share_is_not_suggested(void **state)
{
	const struct physmap_mpu_want a = want("a", 0x1000, 64, RW, FIXED, 3);
	struct physmap_mpu_want b = want("b", 0x2000, 64, RW, FIXED, LOWEST);

	assert_true(suggested(a, b));
	assert_true(suggested(b, a));
	b.slot = 4;
	assert_false(suggested(a, b));
	b.slot = HIGHEST;
	b.life = BOOT;
	assert_false(suggested(a, b));
	b.life = FIXED;
	b.final = RO;
	assert_false(suggested(a, b));
	b.final = RW;
	b.early = RO;
	assert_false(suggested(a, b));
	b = want("b", 0x1040, 64, RO, FIXED, LOWEST);
	assert_true(suggested(a, b));
	b.life = BOOT;
	assert_false(suggested(a, b));
	b = want("b", 0x1040, 64, RW, FIXED, HIGHEST);
	assert_true(suggested(a, b));
	assert_true(p.merge[0].same_rights);
	b.early = RW | PHYSMAP_MPU_NORMAL_NC;
	b.final = b.early;
	assert_false(suggested(a, b));
	b = want("b", 0x1040, 64, RX, FIXED, HIGHEST);
	assert_false(suggested(a, b));
	b.early = RW;
	assert_false(suggested(a, b));
	/* Writable and executable for as long as boot lasts is too long. */
	b.final = RO;
	assert_true(suggested(a, b));
	b.early = RX;
	assert_false(suggested(a, b));
}

/* Nobody knows what lies between two devices (MPU-16, ARM-ATTR-3). */
static void devices_share_only_if_they_touch(void **state)
{
	struct physmap_mpu_want a =
		want("a", 0x1000, 64, DEVICE, FIXED, LOWEST);
	struct physmap_mpu_want b =
		want("b", 0x1040, 64, DEVICE, FIXED, HIGHEST);

	assert_true(suggested(a, b));
	b.start += 64;
	b.end += 64;
	assert_false(suggested(a, b));
	a.early = RW | PHYSMAP_MPU_DEVICE_NGNRNE;
	a.final = a.early;
	b.early = a.early;
	b.final = a.early;
	assert_false(suggested(a, b));
	a.early = RW;
	a.final = RW;
	b.early = RW;
	b.final = RW;
	assert_true(suggested(a, b));
}

static void nothing_lies_between_what_could_share(void **state)
{
	struct physmap_mpu_want w[] = {
		want("a", 0x1000, 0x1000, RW, DEMAND, HIGHEST),
		want("between", 0x2fc0, 64, RW, BOOT, HIGHEST),
		want("b", 0x3000, 0x1000, RW, DEMAND, HIGHEST),
	};

	must_plan(16, w, 3, 0, 0);
	assert_int_equal(p.nr_merges, 0);
	/* From within one of them, too. */
	w[1].start = 0x1fc0;
	w[1].end = 0x2040;
	must_plan(16, w, 3, 0, 0);
	assert_int_equal(p.nr_merges, 0);
	/* Within one of them it is not between. */
	w[1].end = 0x2000;
	must_plan(16, w, 3, 0, 0);
	merge_is(0, 0, 2, 0x1000, true);
	w[1].start = 0x3000;
	w[1].end = 0x3040;
	must_plan(16, w, 3, 0, 0);
	merge_is(0, 0, 2, 0x1000, true);
	/* Nor is it where there is no gap. */
	w[0].end = 0x3000;
	w[1].start = 0x2fc0;
	must_plan(16, w, 3, 0, 0);
	assert_int_equal(p.nr_merges, 1);
	merge_is(0, 0, 2, 0, true);
}

static void what_is_wanted_twice_is_suggested_once(void **state)
{
	const struct physmap_mpu_want w[] = {
		want("b1", 0x3000, 0x1000, RW, DEMAND, HIGHEST),
		want("a1", 0x1000, 0x1000, RW, DEMAND, HIGHEST),
		want("b2", 0x3000, 0x1000, RW, DEMAND, HIGHEST),
		want("a2", 0x1000, 0x1000, RW, DEMAND, HIGHEST),
	};

	must_plan(16, w, 4, 0, 2);
	assert_int_equal(p.nr_merges, 1);
	merge_is(0, 1, 0, 0x1000, true);
}

static void the_best_suggestions_are_kept(void **state)
{
	struct physmap_mpu_want w[2 * PHYSMAP_MPU_MERGES];
	u64 start = 0;
	unsigned int i;

	/* Each gap is smaller than the one before it. */
	for (i = 0; i < ARRAY_SIZE(w); i++) {
		w[i] = want("w", start, 64, RW, SWITCHING, LOWEST);
		start += 64 + 64 * (100 - i);
	}
	must_plan(32, w, ARRAY_SIZE(w), 0, 0);
	assert_int_equal(p.nr_merges, PHYSMAP_MPU_MERGES);
	for (i = 0; i < PHYSMAP_MPU_MERGES; i++)
		merge_is(i, ARRAY_SIZE(w) - 2 - i, ARRAY_SIZE(w) - 1 - i,
			 64 * (100 - (ARRAY_SIZE(w) - 2 - i)), true);
}

/* Refusals */

static void every_refusal_has_its_rule(void **state)
{
	static const struct {
		const char *rule;
		int error;
	} of[PHYSMAP_MPU_REASONS] = {
		[PHYSMAP_MPU_FINE] = { "", 0 },
		[PHYSMAP_MPU_EMPTY] = { "MPU-6", -EINVAL },
		[PHYSMAP_MPU_UNALIGNED] = { "MPU-1", -EINVAL },
		[PHYSMAP_MPU_ADDRESS] = { "MPU-2", -EINVAL },
		[PHYSMAP_MPU_WX] = { "MPU-14", -EINVAL },
		[PHYSMAP_MPU_DEVICE] = { "MPU-16", -EINVAL },
		[PHYSMAP_MPU_TYPE_CHANGES] = { "MPU-14", -EINVAL },
		[PHYSMAP_MPU_BAD_SLOT] = { "MPU-12", -EINVAL },
		[PHYSMAP_MPU_OVERLAP] = { "MPU-4", -EINVAL },
		[PHYSMAP_MPU_RIGHTS] = { "MPU-14", -EEXIST },
		[PHYSMAP_MPU_NO_REGION] = { "MPU-17", -ENOSPC },
		[PHYSMAP_MPU_NOT_MAPPED] = { "MPU-13", -ENOENT },
		[PHYSMAP_MPU_NOT_WHOLE] = { "MPU-14", -EINVAL },
		[PHYSMAP_MPU_STAYS] = { "MPU-12", -EPERM },
		[PHYSMAP_MPU_IN_USE] = { "MPU-4", -EBUSY },
		[PHYSMAP_MPU_NOT_IN_PLACE] = { "MPU-9", -EINVAL },
		[PHYSMAP_MPU_WRONG_STATE] = { "MPU-19", -EINVAL },
		[PHYSMAP_MPU_NOT_MEMORY] = { "ARM-ATTR-3", -EINVAL },
		[PHYSMAP_MPU_NO_MAP] = { "ARM-ATTR-5", -EINVAL },
		[PHYSMAP_MPU_UNKNOWN] = { "ARM-ATTR-3", -EINVAL },
		[PHYSMAP_MPU_TREE] = { "ARM-BOOT-1", -EINVAL },
	};
	struct physmap_mpu_want w = want("asked", 0x1000, 64, RW, FIXED, 0);
	enum physmap_mpu_reason r;

	for (r = 0; r < PHYSMAP_MPU_REASONS; r++) {
		memset(&refusal, 0xaa, sizeof(refusal));
		assert_int_equal(physmap_mpu_refuse(&refusal, r, &w, NULL),
				 of[r].error);
		assert_int_equal(refusal.error, of[r].error);
		assert_int_equal(refusal.reason, r);
		assert_string_equal(refusal.rule, of[r].rule);
		assert_true(*refusal.what);
		assert_int_equal(!*refusal.advice, !r);
		assert_string_equal(refusal.asked.name, "asked");
		assert_string_equal(refusal.met.name, "");
		assert_int_equal(refusal.met.end, 0);
	}
}

static void what_has_no_name_is_told_without(void **state)
{
	const struct physmap_mpu_want w[] = {
		want(NULL, 0x1000, 64, RW, FIXED, LOWEST),
		want(NULL, 0x2000, 64, RW, FIXED, LOWEST),
	};

	must_plan(2, w, 2, 0, 0);
	assert_string_equal(p.planned[1].name, "");
	must_not_fit(1, w, 2, 0, 0, 1);
	plan_reads("mpu: PMSAv8-32, 1 regions: 2 while booting, 2 later (2 fixed, 0 switching, 0 on demand)\n"
		   "mpu: 2 regions are needed later, there are 1: 1 too many (MPU-17); map on demand what is not always needed, or let ranges share a region\n"
		   "mpu: [0x1000, 0x1040) and [0x2000, 0x2040) could share a region: same rights, 4032 bytes apart\n");
}

static void a_refusal_is_a_line(void **state)
{
	struct physmap_mpu_want a = want("a", 0x1000, 64, RW, FIXED, 0);
	struct physmap_mpu_want b = want(NULL, 0, 0x2000, RW, FIXED, 0);

	physmap_mpu_refuse(&refusal, PHYSMAP_MPU_RIGHTS, &a, &b);
	refusal_reads("mpu: a [0x1000, 0x1040) meets [0, 0x2000): it is mapped already, with other attributes (MPU-14); ask for those, or unmap it first\n");
	physmap_mpu_refuse(&refusal, PHYSMAP_MPU_NOT_MAPPED, &b, NULL);
	refusal_reads("mpu: [0, 0x2000): no region has this range (MPU-13); name a range as it was mapped\n");
	physmap_mpu_refuse(&refusal, PHYSMAP_MPU_WRONG_STATE, NULL, NULL);
	refusal_reads("mpu: the MPU is not in the state that this begins with (MPU-19); start, finish and release once, in this order\n");
	a.end = a.start;
	physmap_mpu_refuse(&refusal, PHYSMAP_MPU_EMPTY, &a, NULL);
	refusal_reads("mpu: a [0x1000, 0x1000): it has no bytes, and such a region matches nothing (MPU-6); ask for a range that ends above its start\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		HOLDS("The mail's listing before the reorganization, 16 regions",
		      listing_before_reorganization_16),
		HOLDS("The mail's listing before the reorganization, 255 regions",
		      listing_before_reorganization_255),
		HOLDS("The mail's listing after the reorganization, 16 regions",
		      listing_after_reorganization_16),
		HOLDS("The mail's listing after the reorganization, 255 regions",
		      listing_after_reorganization_255),
		HOLDS("Four UARTs, a GICv3 and scattered guest memory do not fit",
		      worst_case_does_not_fit),
		HOLDS("They fit with one UART and guest memory on demand",
		      worst_case_fits_on_demand),
		HOLDS("A range that is wrong in itself is refused",
		      a_wrong_range_is_refused),
		HOLDS("What is right is not refused, up to the last address",
		      what_is_right_is_not_refused),
		HOLDS("What overlaps and is there at once is refused",
		      what_overlaps_is_refused),
		HOLDS("Shared memory may be wanted twice on demand",
		      shared_memory_may_be_wanted_twice),
		HOLDS("Of many, the pair that overlaps is named",
		      the_pair_that_overlaps_is_named),
		HOLDS("What touches and is alike is one region, in any order",
		      what_touches_and_is_alike_is_one_region),
		HOLDS("What differs is two regions",
		      what_differs_is_two_regions),
		HOLDS("One that differs parts a chain",
		      one_that_differs_parts_a_chain),
		HOLDS("A number that is named is kept, others go around it",
		      a_number_that_is_named_is_kept),
		HOLDS("A number that is not there is refused",
		      a_number_that_is_not_there_is_refused),
		HOLDS("A number is not given twice",
		      a_number_is_not_given_twice),
		HOLDS("What fits exactly fits, and one more is one too many",
		      what_fits_exactly_fits),
		HOLDS("Numbers of regions do not wrap",
		      numbers_of_regions_do_not_wrap),
		HOLDS("An MPU of no region, and of one",
		      an_mpu_of_no_region_and_of_one),
		HOLDS("As many regions as there can be, and no more",
		      as_many_regions_as_there_can_be),
		HOLDS("Switching regions are set aside, boot's own last",
		      switching_regions_are_set_aside),
		HOLDS("What costs least is suggested first",
		      what_costs_least_is_suggested_first),
		HOLDS("What cannot share a region is not suggested",
		      what_cannot_share_is_not_suggested),
		HOLDS("Devices share a region only if they touch",
		      devices_share_only_if_they_touch),
		HOLDS("Nothing lies between what could share a region",
		      nothing_lies_between_what_could_share),
		HOLDS("What is wanted twice is suggested once",
		      what_is_wanted_twice_is_suggested_once),
		HOLDS("Of many suggestions the best are kept",
		      the_best_suggestions_are_kept),
		HOLDS("Every refusal has its rule, words and errno",
		      every_refusal_has_its_rule),
		HOLDS("What has no name is told without",
		      what_has_no_name_is_told_without),
		HOLDS("A refusal is a line", a_refusal_is_a_line),
	};

	return cmocka_run_group_tests_name("mpu plan", tests, NULL, NULL);
}
