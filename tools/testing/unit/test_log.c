// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log of ranges: against a bitmap, and at its limits. What it cannot
 * remember it must count.
 */
#include "support.h"

#define BITS	2048

static struct physmap_log log;

static void ranges_that_touch_become_one(void **state)
{
	log = (struct physmap_log) { };
	physmap_log_add(&log, 10, 20);
	physmap_log_add(&log, 30, 40);
	assert_int_equal(log.count, 2);
	physmap_log_add(&log, 20, 30);
	assert_int_equal(log.count, 1);
	assert_int_equal(log.range[0].start, 10);
	assert_int_equal(log.range[0].end, 40);
}

static void an_empty_range_adds_nothing(void **state)
{
	bool inside = true;

	log = (struct physmap_log) { };
	physmap_log_add(&log, 10, 10);
	physmap_log_add(&log, 10, 5);
	assert_int_equal(log.count, 0);
	assert_true(physmap_log_next(&log, 0, &inside) == ~0ULL);
	assert_false(inside);
}

static void a_full_log_counts_what_it_loses(void **state)
{
	unsigned int i;

	log = (struct physmap_log) { };
	for (i = 0; i < PHYSMAP_LOG_RANGES; i++)
		physmap_log_add(&log, 10 * i, 10 * i + 5);
	assert_int_equal(log.lost, 0);
	physmap_log_add(&log, 7, 8);
	physmap_log_add(&log, 10 * i, 10 * i + 5);
	assert_int_equal(log.lost, 2);
	assert_int_equal(log.count, PHYSMAP_LOG_RANGES);
	assert_false(physmap_log_has(&log, 7));
	/* What joins a range that is there always finds room. */
	physmap_log_add(&log, 5, 10);
	assert_int_equal(log.lost, 2);
	assert_int_equal(log.count, PHYSMAP_LOG_RANGES - 1);
	assert_true(physmap_log_has(&log, 7));
}

static void same_as(const bool *bit)
{
	unsigned int pa, to;

	for (pa = 0; pa < BITS; pa++) {
		bool inside;
		u64 next = physmap_log_next(&log, pa, &inside);

		assert_int_equal(inside, bit[pa]);
		assert_int_equal(physmap_log_has(&log, pa), bit[pa]);
		for (to = pa; to < BITS && bit[to] == bit[pa]; to++)
			;
		if (to == BITS && !bit[pa])
			assert_true(next == ~0ULL);
		else
			assert_int_equal(next, to);
	}
}

static void it_is_the_same_as_a_bitmap(void **state)
{
	unsigned int round, i;

	for (round = 0; round < 20; round++) {
		bool bit[BITS] = { };

		log = (struct physmap_log) { };
		for (i = 0; i < 60; i++) {
			const u64 start = random_below(BITS - 40);
			const u64 end = start + random_below(40);

			physmap_log_add(&log, start, end);
			memset(bit + start, true, end - start);
			if (i % 10 == 9)
				same_as(bit);
		}
		for (i = 1; i < log.count; i++)
			assert_true(log.range[i - 1].end < log.range[i].start);
		assert_int_equal(log.lost, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("ranges that touch become one", ranges_that_touch_become_one),
		HOLDS("an empty range adds nothing", an_empty_range_adds_nothing),
		HOLDS("a full log counts what it loses and still joins",
		      a_full_log_counts_what_it_loses),
		HOLDS("random ranges give the same set as a bitmap",
		      it_is_the_same_as_a_bitmap),
	};

	seed_random();
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
