// SPDX-License-Identifier: GPL-2.0-only
/*
 * Refusals before anything is done: each names its rule, and memory and
 * allocator are as they were.
 */
#include "support.h"

static struct model_memory before;

static int stop_both(void **state)
{
	model_free(&before);
	return stop(state);
}

#define LEAVES_ALL(sentence, function)	\
	{ sentence, function, NULL, stop_both, NULL }

static void start(void)
{
	begin(&long4);
	m.ram[0].start = 0;
	m.ram[0].end = 8 * GB;
	must_build(0, 4 * MB, S4K, PHYSMAP_TWO_PASS);
	model_copy(&before, &m.mem);
}

static void untouched(void)
{
	assert_true(model_same(&before, &m.mem));
	assert_int_equal(before.out, m.mem.out);
	assert_int_equal(m.bad_release, 0);
}

static void refuse(const struct physmap_range *ranges, unsigned int nr,
		   int error, const char *rule)
{
	const struct physmap_request req = ask(ranges, nr, PHYSMAP_TWO_PASS);
	const u64 failed = report.failed, requests = report.requests;

	must_refuse(physmap_check(map, &req, &why), error, rule);
	must_refuse(build(&req), error, rule);
	untouched();
	assert_int_equal(before.asked, m.mem.asked);
	assert_int_equal(report.failed, failed + 1);
	assert_int_equal(report.requests, requests);
}

static void refuse_range(struct physmap_range r, int error, const char *rule)
{
	refuse(&r, 1, error, rule);
}

static void no_range(void **state)
{
	start();
	refuse(NULL, 0, -EINVAL, "X86-LNX-5");
}

static void empty(void **state)
{
	start();
	refuse_range(range(16 * MB, 16 * MB, S4K), -EINVAL, "X86-LNX-5");
}

static void reversed(void **state)
{
	start();
	refuse_range(range(16 * MB, 8 * MB, S4K), -EINVAL, "X86-LNX-5");
}

static void unaligned(void **state)
{
	start();
	refuse_range(range(16 * MB + 1, 32 * MB, S4K), -EINVAL, "X86-FMT-4");
	refuse_range(range(16 * MB, 32 * MB - 1, S4K), -EINVAL, "X86-FMT-4");
}

static void beyond_address_limit(void **state)
{
	const u64 limit = 1ULL << long4.pa_bits;

	start();
	memset(m.ram, 0, sizeof(m.ram));
	refuse_range(range(limit - 4 * KB, limit + 4 * KB, S4K), -ERANGE,
		     "X86-FMT-4");
	assert_int_equal(why.pa, limit + 4 * KB);
}

static void up_to_address_limit(void **state)
{
	const u64 limit = 1ULL << long4.pa_bits;

	begin(&long4);
	must_build(limit - 4 * KB, limit, S4K, PHYSMAP_TWO_PASS);
	must_map(limit - 4 * KB, limit, 0, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
}

static void beyond_virtual_region(void **state)
{
	start();
	map->va_limit = map->offset + 64 * MB;
	refuse_range(range(32 * MB, 64 * MB + 4 * KB, S4K), -ERANGE,
		     "X86-FMT-10");
	must_build(32 * MB, 64 * MB, S4K, PHYSMAP_TWO_PASS);
}

static void outer_range(void **state)
{
	struct physmap_range r = range(16 * MB, 32 * MB, S2M);

	start();
	r.outer_start = 20 * MB;
	refuse_range(r, -EINVAL, "X86-MT-4");
	r = range(16 * MB, 32 * MB, S2M);
	r.outer_end = 31 * MB;
	refuse_range(r, -EINVAL, "X86-MT-4");
}

static void overlapping(void **state)
{
	const struct physmap_range r[] = {
		range(16 * MB, 32 * MB, S4K),
		range(32 * MB - 4 * KB, 64 * MB, S4K),
	};

	start();
	refuse(r, 2, -EINVAL, "X86-LNX-6");
	assert_int_equal(why.pa, 32 * MB - 4 * KB);
}

static void out_of_order(void **state)
{
	const struct physmap_range r[] = {
		range(32 * MB, 64 * MB, S4K),
		range(16 * MB, 20 * MB, S4K),
	};

	start();
	refuse(r, 2, -EINVAL, "X86-LNX-6");
}

static void touching_is_no_overlap(void **state)
{
	const struct physmap_range r[] = {
		range(16 * MB, 32 * MB, S4K),
		range(32 * MB, 64 * MB, S4K),
	};
	const struct physmap_request req = ask(r, 2, PHYSMAP_TWO_PASS);

	start();
	assert_int_equal(build(&req), 0);
	must_map(16 * MB, 64 * MB, 0, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
}

static void not_ram(void **state)
{
	start();
	refuse_range(range(8 * GB - 4 * KB, 8 * GB + 4 * KB, S4K), -EINVAL,
		     "X86-MT-4");
	refuse_range(range(9 * GB, 10 * GB, S4K), -EINVAL, "X86-MT-4");
}

static void firmware_ranges_need_be_no_ram(void **state)
{
	struct physmap_range r = range(9 * GB, 9 * GB + 4 * KB, S4K);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);

	start();
	r.source = PHYSMAP_FIRMWARE;
	assert_int_equal(build(&req), 0);
}

static void the_last_of_many_ranges_is_checked_first(void **state)
{
	const struct physmap_range r[] = {
		range(16 * MB, 32 * MB, S4K), range(64 * MB, 128 * MB, S4K),
		range(1 * GB, 1 * GB + 1, S4K),
	};

	start();
	refuse(r, 3, -EINVAL, "X86-FMT-4");
}

/* Ragged at both ends and with a leaf to split: tables of every kind. */
static void out_of_memory(void **state)
{
	const struct physmap_range r = range(MB, 2 * GB + MB, S2M);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);
	u64 k, tables;

	begin(&long4);
	must_build(1 * GB, 2 * GB, S1G, PHYSMAP_FINAL_ON_FRESH);
	model_copy(&before, &m.mem);
	tables = plan(&req).tables;
	assert_true(tables > 3);
	for (k = 1; k <= tables; k++) {
		m.mem.refuse_at = m.mem.asked + k;
		must_refuse(build(&req), -ENOMEM, "X86-LNX-3");
		untouched();
	}
	/* One more is never asked for. */
	m.mem.refuse_at = m.mem.asked + k;
	assert_int_equal(build(&req), 0);
	must_map(MB, 2 * MB, 0, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
	must_map(2 * MB, 2 * GB, 1, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
	must_map(2 * GB, 2 * GB + MB, 0, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_ALL("a request without a range is refused", no_range),
		LEAVES_ALL("an empty range is refused", empty),
		LEAVES_ALL("a reversed range is refused", reversed),
		LEAVES_ALL("an unaligned start or end is refused", unaligned),
		LEAVES_ALL("a range beyond the physical limit is refused",
			   beyond_address_limit),
		LEAVES_ALL("a range up to the physical limit is mapped",
			   up_to_address_limit),
		LEAVES_ALL("a range beyond the virtual region is refused",
			   beyond_virtual_region),
		LEAVES_ALL("an outer range that does not hold the range is refused",
			   outer_range),
		LEAVES_ALL("overlapping ranges are refused", overlapping),
		LEAVES_ALL("ranges out of order are refused", out_of_order),
		LEAVES_ALL("ranges that touch are mapped", touching_is_no_overlap),
		LEAVES_ALL("a range that is not all RAM is refused", not_ram),
		LEAVES_ALL("a firmware range need not be RAM",
			   firmware_ranges_need_be_no_ram),
		LEAVES_ALL("all ranges are checked before the first is mapped",
			   the_last_of_many_ranges_is_checked_first),
		LEAVES_ALL("out of memory at any table page changes nothing",
			   out_of_memory),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
