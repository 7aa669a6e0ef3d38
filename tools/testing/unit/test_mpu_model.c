// SPDX-License-Identifier: GPL-2.0-only
/*
 * The simulated MPU and its judge, by register writes made here by hand, in
 * both encodings: each broken rule is seen, and the sequence that keeps it is
 * not blamed. No engine here.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "mpu.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define KB		1024ULL
#define MB		(1024 * KB)
#define RAM		(512 * MB)
#define UART		0xe7c00000ULL
#define MAIR		0x040044ffULL	/* write-back, NC, nGnRnE, nGnRE */

/* AttrIndx, as MAIR has them. */
#define WB		0
#define NC		1
#define NGNRNE		2
#define NGNRE		3

#define RO		0
#define RW		PHYSMAP_WRITE
#define RX		PHYSMAP_EXEC

static struct model_mpu m;
static char rules[64][8];
static unsigned int count;
static bool wide;

static void heard(struct model_mpu *mpu, const struct model_mpu_violation *v)
{
	if (count < ARRAY_SIZE(rules))
		strncpy(rules[count++], v->rule, sizeof(rules[0]) - 1);
}

static void must_be_silent(void)
{
	if (count)
		fail_msg("%s was named", rules[0]);
}

static void must_hear(const char *rule)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!strcmp(rules[i], rule))
			break;
	if (i == count)
		fail_msg("%s was not named, but %s", rule,
			 count ? rules[0] : "nothing");
	count = 0;
	memset(rules, 0, sizeof(rules));
}

/* Registers */

static void write(enum pmsav8_register reg, u64 value)
{
	model_mpu_registers.write(&m.pmsav8.mpu, reg, value);
}

static u64 read(enum pmsav8_register reg)
{
	return model_mpu_registers.read(&m.pmsav8.mpu, reg);
}

static void dsb(void)
{
	model_mpu_registers.dsb(&m.pmsav8.mpu);
}

static void isb(void)
{
	model_mpu_registers.isb(&m.pmsav8.mpu);
}

static void sync(void)
{
	dsb();
	isb();
}

static void select(unsigned int n)
{
	write(PMSAV8_PRSELR, n);
	isb();
}

/* PRBAR, spelled out for both widths. */
static u64 base(u64 first, u32 attrs, unsigned int type)
{
	const u64 share = type == WB ? 3 : 2;
	const u64 xn = !(attrs & PHYSMAP_EXEC);
	const u64 ap = (attrs & PHYSMAP_WRITE ? 0 : 2) |
		       (attrs & PHYSMAP_USER ? 1 : 0);

	return wide ? first | share << 4 | ap << 2 | xn << 1 :
		      first | share << 3 | ap << 1 | xn;
}

static u64 limit(u64 end, unsigned int type)
{
	return (end - 0x40) | type << 1 | 1;
}

static void set_base(u64 value)
{
	write(PMSAV8_PRBAR, value);
}

static void set_limit(u64 value)
{
	write(PMSAV8_PRLAR, value);
}

static void put(unsigned int n, u64 start, u64 end, u32 attrs,
		unsigned int type)
{
	select(n);
	set_base(base(start, attrs, type));
	set_limit(limit(end, type));
}

static void remove_region(unsigned int n)
{
	select(n);
	set_limit(0);
}

/* Machines */

static void reset(unsigned int regions)
{
	const struct model_mpu_config config = {
		.wide = wide, .count = regions, .seed = 7 + regions,
	};

	model_mpu_start(&m, &config);
	m.heard = heard;
	m.sctlr = 0;
	count = 0;
	memset(rules, 0, sizeof(rules));
}

static void disable_from(unsigned int n)
{
	for (; n < m.config.count; n++)
		remove_region(n);
}

/* Code, read-only data, data: regions 0 to 2. */
static void put_image(void)
{
	assert_int_equal(read(PMSAV8_MPUIR) & 0xff, m.config.count);
	put(0, RAM, RAM + MB, RX, WB);
	put(1, RAM + MB, RAM + MB + 64, RO, WB);
	put(2, RAM + 2 * MB, RAM + 4 * MB, RW, WB);
	disable_from(3);
}

static void enable(void)
{
	write(PMSAV8_MAIR, MAIR);
	sync();
	write(PMSAV8_SCTLR, MODEL_MPU_M | MODEL_MPU_C | MODEL_MPU_I);
	isb();
}

static void boot(unsigned int regions)
{
	reset(regions);
	put_image();
	enable();
	model_mpu_done(&m);
	must_be_silent();
}

/* Runs a test's body for both widths. */
static void both(void (*body)(void))
{
	for (wide = false;; wide = true) {
		body();
		if (wide)
			break;
	}
}

/* What accesses come to */

static void access_body(void)
{
	reset(16);
	assert_int_equal(model_mpu_access(&m, 0, 4, MODEL_MPU_WRITE),
			 MODEL_MPU_FINE);
	boot(16);
	assert_int_equal(model_mpu_access(&m, RAM, 4, MODEL_MPU_FETCH),
			 MODEL_MPU_FINE);
	assert_int_equal(model_mpu_access(&m, RAM, 4, MODEL_MPU_WRITE),
			 MODEL_MPU_PERMISSION);
	assert_int_equal(model_mpu_access(&m, RAM + 2 * MB, 4,
					  MODEL_MPU_WRITE), MODEL_MPU_FINE);
	assert_int_equal(model_mpu_access(&m, RAM + 2 * MB, 4,
					  MODEL_MPU_FETCH),
			 MODEL_MPU_PERMISSION);
	/* MPU-1: 64 bytes, and none beyond. */
	assert_int_equal(model_mpu_access(&m, RAM + MB + 60, 4,
					  MODEL_MPU_READ), MODEL_MPU_FINE);
	assert_int_equal(model_mpu_access(&m, RAM + MB + 64, 1,
					  MODEL_MPU_READ), MODEL_MPU_NONE);
	assert_int_equal(model_mpu_access(&m, RAM + MB + 60, 8,
					  MODEL_MPU_READ), MODEL_MPU_NONE);
}

static void an_access_needs_a_region_and_a_right(void **state)
{
	both(access_body);
}

static void overlap_body(void)
{
	boot(16);
	put(5, RAM + 4 * MB - 128, RAM + 5 * MB, RW, WB);
	must_hear("MPU-4");
	assert_int_equal(model_mpu_access(&m, RAM + 4 * MB - 64, 4,
					  MODEL_MPU_READ), MODEL_MPU_SEVERAL);
	assert_int_equal(model_mpu_access(&m, RAM + 4 * MB - 192, 4,
					  MODEL_MPU_READ), MODEL_MPU_FINE);
	assert_int_equal(model_mpu_access(&m, RAM + 4 * MB, 4,
					  MODEL_MPU_READ), MODEL_MPU_FINE);
}

static void only_the_overlap_faults(void **state)
{
	both(overlap_body);
}

static void background_body(void)
{
	boot(16);
	write(PMSAV8_SCTLR, read(PMSAV8_SCTLR) | MODEL_MPU_BR);
	must_hear("MPU-7");
	assert_int_equal(model_mpu_access(&m, UART, 4, MODEL_MPU_WRITE),
			 MODEL_MPU_FINE);
	isb();
	model_mpu_done(&m);
	must_hear("MPU-7");
	write(PMSAV8_SCTLR, read(PMSAV8_SCTLR) & ~MODEL_MPU_BR);
	assert_int_equal(model_mpu_access(&m, UART, 4, MODEL_MPU_WRITE),
			 MODEL_MPU_NONE);
	must_be_silent();
}

static void the_background_region_has_what_no_region_has(void **state)
{
	both(background_body);
}

static void inverted_body(void)
{
	boot(16);
	select(7);
	set_base(base(RAM + 8 * MB, RW, WB));
	set_limit(limit(RAM + 8 * MB, WB));
	must_hear("MPU-6");
	assert_int_equal(model_mpu_access(&m, RAM + 8 * MB - 64, 4,
					  MODEL_MPU_READ), MODEL_MPU_NONE);
	assert_int_equal(model_mpu_access(&m, RAM + 8 * MB, 4,
					  MODEL_MPU_READ), MODEL_MPU_NONE);
}

static void an_inverted_region_matches_nothing(void **state)
{
	both(inverted_body);
}

static void selector_body(void)
{
	boot(16);
	select(9);
	select(40);
	must_hear("MPU-5");
	assert_int_equal(read(PMSAV8_PRSELR), 9);
	/* What was meant for 40 is done to 9. */
	set_base(base(RAM + 8 * MB, RW, WB));
	must_hear("MPU-3");
	set_limit(limit(RAM + 9 * MB, WB));
	must_hear("MPU-3");
	assert_true(model_mpu_now(&m, 9)->enabled);
	read(PMSAV8_PRLAR);
	must_hear("MPU-3");
	select(15);
	read(PMSAV8_PRLAR);
	select(16);
	must_hear("MPU-5");
}

static void a_selector_out_of_range_leaves_the_old_one(void **state)
{
	both(selector_body);
}

static void prenr_body(void)
{
	boot(40);
	put(33, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	put(31, RAM + 9 * MB, RAM + 10 * MB, RW, WB);
	sync();
	assert_int_equal(read(PMSAV8_PRENR), 0x80000007);
	write(PMSAV8_PRENR, 7);
	sync();
	assert_false(model_mpu_now(&m, 31)->enabled);
	assert_true(model_mpu_now(&m, 33)->enabled);
	write(PMSAV8_PRENR, 0x80000007);
	sync();
	assert_true(model_mpu_now(&m, 31)->enabled);
	must_be_silent();
	write(PMSAV8_PRENR, 0x280000007ULL);
	must_hear("MPU-10");
	boot(16);
	write(PMSAV8_PRENR, 0x10007);
	must_hear("MPU-3");
}

static void prenr_reaches_regions_below_32(void **state)
{
	both(prenr_body);
}

static void reset_body(void)
{
	unsigned int n;

	for (n = 0; n <= 255; n += 51) {
		reset(n);
		assert_int_equal(read(PMSAV8_MPUIR) & 0xff, n);
		assert_int_equal(read(PMSAV8_PRENR), 0);
		assert_false(model_mpu_on(&m));
	}
	/* Two resets do not leave the same garbage, one seed does. */
	reset(3);
	assert_true(model_mpu_now(&m, 0)->words.base !=
		    model_mpu_now(&m, 1)->words.base);
	reset(0);
	put(0, RAM, RAM + MB, RW, WB);
	must_hear("MPU-3");
	assert_int_equal(read(PMSAV8_PRBAR), 0);
}

static void after_reset_all_is_disabled_and_garbage(void **state)
{
	both(reset_body);
}

static void read_only_body(void)
{
	boot(16);
	write(PMSAV8_MPUIR, 24);
	must_hear("MPU-3");
	assert_int_equal(read(PMSAV8_MPUIR) & 0xff, 16);
	assert_int_equal(read(PMSAV8_MAIR), MAIR);
	select(0);
	assert_int_equal(read(PMSAV8_PRBAR), base(RAM, RX, WB));
	assert_int_equal(read(PMSAV8_PRLAR), limit(RAM + MB, WB));
}

static void what_is_written_is_read_back(void **state)
{
	both(read_only_body);
}

/* Barriers */

static void select_body(void)
{
	boot(16);
	write(PMSAV8_PRSELR, 5);
	set_base(base(RAM + 8 * MB, RW, WB));
	must_hear("MPU-8");
	boot(16);
	write(PMSAV8_PRSELR, 5);
	read(PMSAV8_PRBAR);
	must_hear("MPU-8");
	boot(16);
	write(PMSAV8_PRSELR, 5);
	dsb();
	set_limit(0);
	must_hear("MPU-8");
	isb();
	/* The same one again needs none. */
	write(PMSAV8_PRSELR, 5);
	set_limit(0);
	must_be_silent();
}

static void a_selected_region_is_there_after_an_isb(void **state)
{
	both(select_body);
}

static void done_body(void)
{
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	model_mpu_done(&m);
	must_hear("MPU-8");
	dsb();
	model_mpu_done(&m);
	must_hear("MPU-8");
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	isb();
	dsb();
	model_mpu_done(&m);
	must_hear("MPU-8");
	isb();
	model_mpu_done(&m);
	must_be_silent();
	/* A write between the two has not been waited for. */
	select(5);
	dsb();
	set_limit(0);
	isb();
	model_mpu_done(&m);
	must_hear("MPU-8");
}

static void what_is_done_has_a_dsb_and_then_an_isb(void **state)
{
	both(done_body);
}

static void order_body(void)
{
	boot(16);
	select(5);
	set_limit(limit(RAM + 9 * MB, WB));
	set_base(base(RAM + 8 * MB, RW, WB));
	must_hear("MPU-9");
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	sync();
	must_be_silent();
	/* In place: base and limit. */
	set_base(base(RAM + 10 * MB, RW, WB));
	count = 0;
	set_limit(limit(RAM + 11 * MB, WB));
	must_hear("MPU-9");
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	sync();
	/* Disabled, but nobody has waited for that. */
	set_limit(0);
	set_base(base(RAM + 10 * MB, RW, WB));
	must_hear("MPU-9");
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	sync();
	write(PMSAV8_PRENR, 7);
	set_base(base(RAM + 10 * MB, RW, WB));
	must_hear("MPU-9");
}

static void halves_that_may_match_are_not_changed_together(void **state)
{
	both(order_body);
}

static void in_place_body(void)
{
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	sync();
	set_limit(limit(RAM + 10 * MB, WB));
	sync();
	set_base(base(RAM + 9 * MB, RO, WB));
	sync();
	remove_region(5);
	sync();
	set_base(base(RAM + 20 * MB, RX, WB));
	set_limit(limit(RAM + 21 * MB, WB));
	sync();
	model_mpu_done(&m);
	must_be_silent();
	/* While the MPU is off nothing matches, and order does not count. */
	reset(16);
	put_image();
	select(5);
	set_limit(limit(RAM + 9 * MB, WB));
	set_base(base(RAM + 8 * MB, RW, WB));
	enable();
	model_mpu_done(&m);
	must_be_silent();
}

static void one_store_or_a_disabled_region_is_well(void **state)
{
	both(in_place_body);
}

/* What is there at once */

static void at_once_body(void)
{
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	sync();
	/* The old one is on its way out. */
	remove_region(5);
	put(6, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	must_hear("MPU-4");
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	sync();
	write(PMSAV8_PRENR, 7);
	put(6, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	must_hear("MPU-4");
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	sync();
	remove_region(5);
	dsb();
	put(6, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	/* select() has brought the ISB. */
	must_be_silent();
}

static void an_old_region_is_there_until_barriers(void **state)
{
	both(at_once_body);
}

static void border_body(void)
{
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	put(6, RAM + 9 * MB, RAM + 10 * MB, RO, WB);
	sync();
	/* Shrink, then grow. */
	select(5);
	set_limit(limit(RAM + 9 * MB - 64, WB));
	sync();
	select(6);
	set_base(base(RAM + 9 * MB - 64, RO, WB));
	sync();
	model_mpu_done(&m);
	must_be_silent();
	/* Grow, then shrink. */
	set_base(base(RAM + 9 * MB - 128, RO, WB));
	must_hear("MPU-4");
	sync();
	select(5);
	set_limit(limit(RAM + 9 * MB - 128, WB));
	must_be_silent();
	/* Shrink and grow, and no barrier between. */
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	put(6, RAM + 9 * MB, RAM + 10 * MB, RO, WB);
	sync();
	select(6);
	set_base(base(RAM + 9 * MB + 64, RO, WB));
	select(5);
	set_limit(limit(RAM + 9 * MB + 64, WB));
	must_hear("MPU-4");
}

static void a_border_moves_by_shrinking_first(void **state)
{
	both(border_body);
}

static void use_body(void)
{
	boot(16);
	model_mpu_use(&m, "text", RAM + 4 * KB, RAM + 8 * KB, RX);
	model_mpu_use(&m, "stack", RAM + 3 * MB, RAM + 3 * MB + 4 * KB, RW);
	/* Around it all may be done. */
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	sync();
	remove_region(5);
	sync();
	select(0);
	set_base(base(RAM + 4 * KB, RX, WB));
	sync();
	must_be_silent();
	/* A hole, for as long as it takes to put it back. */
	select(2);
	set_limit(0);
	must_hear("MPU-7");
	set_limit(limit(RAM + 4 * MB, WB));
	sync();
	count = 0;
	set_limit(limit(RAM + 3 * MB + 64, WB));
	must_hear("MPU-7");
	boot(16);
	model_mpu_use(&m, "stack", RAM + 3 * MB, RAM + 3 * MB + 4 * KB, RW);
	select(2);
	set_base(base(RAM + 2 * MB, RO, WB));
	must_hear("MPU-14");
	boot(16);
	model_mpu_use(&m, "text", RAM, RAM + 64, RX);
	write(PMSAV8_PRENR, 6);
	must_hear("MPU-7");
	boot(16);
	model_mpu_use(&m, "text", RAM, RAM + 64, RX);
	select(0);
	set_base(base(RAM, RO, WB));
	must_hear("MPU-14");
}

static void what_is_in_use_is_there_at_every_moment(void **state)
{
	both(use_body);
}

static void carry_over_body(void)
{
	/* It moves to the neighbour: never both, never none, or a rule. */
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	put(6, RAM + 9 * MB, RAM + 10 * MB, RW, WB);
	sync();
	model_mpu_use(&m, "stack", RAM + 9 * MB - 64, RAM + 9 * MB + 64, RW);
	must_be_silent();
	select(5);
	set_limit(limit(RAM + 9 * MB - 64, WB));
	must_hear("MPU-7");
}

static void two_regions_may_have_what_is_in_use(void **state)
{
	both(carry_over_body);
}

/* What a region says */

static void words_body(void)
{
	boot(16);
	select(5);
	set_base(base(RAM + 8 * MB, RW, WB) | 1ULL << (wide ? 50 : 5));
	must_hear("MPU-2");
	boot(16);
	select(5);
	set_limit(limit(RAM + 8 * MB, WB) | 1ULL << (wide ? 5 : 4));
	must_hear("MPU-2");
	boot(16);
	select(5);
	set_base(base(RAM + 8 * MB, RW, WB) | 1ULL << 63);
	must_hear("MPU-2");
	boot(16);
	select(5);
	set_base((base(RAM, RW, WB) & ~(wide ? 0x30ULL : 0x18ULL)) |
		 (wide ? 0x10 : 0x08));
	must_hear("MPU-2");
}

static void reserved_bits_are_zero(void **state)
{
	both(words_body);
}

static void other_width_body(void)
{
	const struct model_mpu_wanted wanted[] = {
		{ "text", RAM, RAM + MB, RX, 0 },
		{ "rodata", RAM + MB, RAM + MB + 64, RO, 1 },
		{ "data", RAM + 2 * MB, RAM + 4 * MB, RW, 2 },
		{ "heap", RAM + 8 * MB, RAM + 9 * MB, RO, 5 },
	};
	u64 other;

	boot(16);
	select(5);
	wide = !wide;
	other = base(RAM + 8 * MB, RO, WB);
	wide = !wide;
	set_base(other & ~(wide ? 0ULL : 0x20ULL));
	set_limit(limit(RAM + 9 * MB, WB));
	sync();
	model_mpu_compare(&m, wanted, ARRAY_SIZE(wanted));
	must_hear("MPU-2");
}

static void words_of_the_other_width_are_told(void **state)
{
	both(other_width_body);
}

static void rights_body(void)
{
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW | RX, WB);
	must_hear("MPU-14");
	boot(16);
	put(5, UART, UART + 4 * KB, RX, NGNRE);
	must_hear("MPU-16");
	boot(16);
	put(5, RAM + 8 * MB, RAM + 9 * MB, RW, WB);
	put(6, RAM + 10 * MB, RAM + 11 * MB, RO | PHYSMAP_USER, NC);
	put(7, UART, UART + 4 * KB, RW, NGNRNE);
	must_be_silent();
	sync();
	/* Shareability that is not the type's. */
	select(5);
	set_base(base(RAM + 8 * MB, RW, NC));
	must_hear("MPU-15");
	select(6);
	set_base(base(RAM + 10 * MB, RO, WB));
	must_hear("MPU-15");
	select(7);
	set_base(base(UART, RW, WB));
	must_hear("MPU-15");
}

static void rights_types_and_shareability_go_together(void **state)
{
	both(rights_body);
}

static void type_body(void)
{
	boot(16);
	put(5, UART, UART + 4 * KB, RW, NGNRE);
	sync();
	set_limit(limit(UART + 4 * KB, NGNRNE));
	must_hear("MPU-14");
	/* Not by a detour either, if nobody waits. */
	boot(16);
	put(5, UART, UART + 4 * KB, RW, NGNRE);
	sync();
	set_limit(0);
	set_limit(limit(UART + 4 * KB, NGNRNE));
	must_hear("MPU-14");
	boot(16);
	write(PMSAV8_MAIR, MAIR ^ 0x4);
	must_hear("MPU-14");
	boot(16);
	write(PMSAV8_MAIR, MAIR ^ 0x400);
	must_be_silent();
}

static void a_memory_type_stays(void **state)
{
	both(type_body);
}

/* On */

static void enable_body(void)
{
	/* MAIR last, or never, or not waited for. */
	reset(16);
	put_image();
	sync();
	write(PMSAV8_SCTLR, MODEL_MPU_M | MODEL_MPU_C);
	must_hear("MPU-11");
	reset(16);
	put_image();
	sync();
	write(PMSAV8_MAIR, MAIR);
	write(PMSAV8_SCTLR, MODEL_MPU_M | MODEL_MPU_C);
	must_hear("MPU-11");
	/* A region that nobody has touched. */
	reset(16);
	read(PMSAV8_MPUIR);
	put(0, RAM, RAM + MB, RX, WB);
	disable_from(2);
	enable();
	must_hear("MPU-11");
	/* Disabled by PRENR is disabled, as far as it goes. */
	reset(16);
	read(PMSAV8_MPUIR);
	write(PMSAV8_PRENR, 0);
	put(0, RAM, RAM + MB, RX, WB);
	enable();
	model_mpu_done(&m);
	must_be_silent();
	reset(33);
	read(PMSAV8_MPUIR);
	write(PMSAV8_PRENR, 0);
	put(0, RAM, RAM + MB, RX, WB);
	enable();
	must_hear("MPU-11");
	/* No ISB after. */
	reset(16);
	put_image();
	write(PMSAV8_MAIR, MAIR);
	sync();
	write(PMSAV8_SCTLR, MODEL_MPU_M | MODEL_MPU_C);
	must_be_silent();
	model_mpu_done(&m);
	must_hear("MPU-11");
	/* No caches, or caches first. */
	reset(16);
	put_image();
	write(PMSAV8_MAIR, MAIR);
	sync();
	write(PMSAV8_SCTLR, MODEL_MPU_M);
	must_hear("MPU-11");
	reset(16);
	put_image();
	write(PMSAV8_SCTLR, MODEL_MPU_C);
	must_hear("MPU-11");
	/* Regions that are not in force yet. */
	reset(16);
	write(PMSAV8_MAIR, MAIR);
	put_image();
	isb();
	count = 0;
	write(PMSAV8_SCTLR, MODEL_MPU_M | MODEL_MPU_C);
	must_hear("MPU-8");
	/* The background region. */
	reset(16);
	put_image();
	write(PMSAV8_MAIR, MAIR);
	sync();
	write(PMSAV8_SCTLR, MODEL_MPU_M | MODEL_MPU_C | MODEL_MPU_BR);
	must_hear("MPU-7");
}

static void the_mpu_goes_on_last_and_ready(void **state)
{
	both(enable_body);
}

static void wrong_at_enable_body(void)
{
	reset(16);
	put_image();
	put(9, RAM + MB, RAM + 2 * MB, RO, WB);
	must_be_silent();
	enable();
	must_hear("MPU-4");
	reset(16);
	put_image();
	put(9, RAM + 9 * MB, RAM + 8 * MB, RO, WB);
	enable();
	must_hear("MPU-6");
	reset(16);
	put_image();
	put(9, RAM + 8 * MB, RAM + 9 * MB, RW | RX, WB);
	enable();
	must_hear("MPU-14");
	reset(16);
	put_image();
	model_mpu_use(&m, "uart", UART, UART + 4 * KB, RW);
	must_be_silent();
	enable();
	must_hear("MPU-7");
	/* A region that assembly has made counts as written. */
	reset(16);
	read(PMSAV8_MPUIR);
	model_mpu_put(&m, 0, base(RAM, RX, WB), limit(RAM + MB, WB));
	disable_from(1);
	enable();
	model_mpu_done(&m);
	must_be_silent();
}

static void what_was_wrong_while_off_is_told_when_on(void **state)
{
	both(wrong_at_enable_body);
}

static void copy_body(void)
{
	const u64 copy = RAM + 2 * MB;
	struct physmap_mpu *mpu = &m.pmsav8.mpu;

	reset(16);
	model_mpu_copy(&m, copy, copy + 4 * KB);
	put_image();
	enable();
	must_hear("MPU-11");
	/* Too little of it, or not waited for. */
	reset(16);
	model_mpu_copy(&m, copy, copy + 4 * KB);
	put_image();
	model_mpu_registers.invalidate(mpu, copy, copy + 4 * KB - 64);
	enable();
	must_hear("MPU-11");
	reset(16);
	model_mpu_copy(&m, copy, copy + 4 * KB);
	put_image();
	write(PMSAV8_MAIR, MAIR);
	sync();
	model_mpu_registers.invalidate(mpu, copy, copy + 4 * KB);
	write(PMSAV8_SCTLR, MODEL_MPU_M | MODEL_MPU_C);
	must_hear("MPU-11");
	/* All of it, in two parts. */
	reset(16);
	model_mpu_copy(&m, copy, copy + 4 * KB);
	put_image();
	model_mpu_registers.invalidate(mpu, copy + 64, copy + 8 * KB);
	model_mpu_registers.invalidate(mpu, copy - 64, copy + 64);
	enable();
	model_mpu_done(&m);
	must_be_silent();
}

static void what_was_written_uncached_is_dropped_from_caches(void **state)
{
	both(copy_body);
}

static void entry_body(void)
{
	reset(16);
	m.sctlr = MODEL_MPU_C;
	read(PMSAV8_MPUIR);
	must_be_silent();
	put(0, RAM, RAM + MB, RX, WB);
	must_hear("MPU-19");
	reset(16);
	put(0, RAM, RAM + MB, RX, WB);
	must_hear("MPU-3");
	/* As assembly leaves it: on. */
	reset(16);
	m.sctlr = MODEL_MPU_M | MODEL_MPU_C;
	m.mair = MAIR;
	m.mair_written = true;
	model_mpu_put(&m, 0, base(RAM, RX, WB), limit(RAM + MB, WB));
	read(PMSAV8_MPUIR);
	put(1, RAM + MB, RAM + 2 * MB, RW, WB);
	sync();
	model_mpu_done(&m);
	must_be_silent();
}

static void it_is_entered_off_with_the_caches_off(void **state)
{
	both(entry_body);
}

/* What was wanted */

static struct model_mpu_wanted wanted[4];

static void want_image(void)
{
	wanted[0] = (struct model_mpu_wanted) {
		"text", RAM, RAM + MB, RX, 0 };
	wanted[1] = (struct model_mpu_wanted) {
		"rodata", RAM + MB, RAM + MB + 64, RO, 1 };
	wanted[2] = (struct model_mpu_wanted) {
		"data", RAM + 2 * MB, RAM + 4 * MB, RW, MODEL_MPU_ANY };
	wanted[3] = (struct model_mpu_wanted) {
		"uart", UART, UART + 4 * KB, RW | PHYSMAP_MPU_DEVICE_NGNRE,
		MODEL_MPU_ANY };
}

static void boot_with_uart(void)
{
	boot(40);
	want_image();
	put(39, UART, UART + 4 * KB, RW, NGNRE);
	sync();
}

static void compare(const char *rule)
{
	model_mpu_compare(&m, wanted, ARRAY_SIZE(wanted));
	if (rule)
		must_hear(rule);
	else
		must_be_silent();
}

static void compare_body(void)
{
	boot_with_uart();
	compare(NULL);
	wanted[0].slot = 2;
	compare("MPU-12");
	want_image();
	wanted[0].attrs = RO;
	compare("MPU-14");
	want_image();
	wanted[2].attrs |= PHYSMAP_USER;
	compare("MPU-14");
	want_image();
	wanted[3].attrs = RW | PHYSMAP_MPU_DEVICE_NGNRNE;
	compare("MPU-14");
	want_image();
	wanted[1].end += 64;
	compare("MPU-1");
	want_image();
	wanted[2].start += 64;
	compare("MPU-1");
	want_image();
	wanted[2].end -= 64;
	compare("MPU-1");
	want_image();
	wanted[3].end -= 64;
	compare("MPU-16");
	want_image();
	m.sctlr &= ~MODEL_MPU_M;
	compare("MPU-11");
	m.sctlr |= MODEL_MPU_M;
	/* Nobody wants it, and a region has it; the other way round. */
	want_image();
	wanted[3].end = wanted[3].start;
	compare("MPU-17");
	want_image();
	remove_region(39);
	sync();
	compare("MPU-7");
}

static void what_is_mapped_is_what_was_wanted(void **state)
{
	both(compare_body);
}

static void several_body(void)
{
	boot_with_uart();
	/* Touching ranges may share a region, and one may have several. */
	wanted[2].end = RAM + 3 * MB;
	wanted[3] = (struct model_mpu_wanted) {
		"more data", RAM + 3 * MB, RAM + 4 * MB, RW, 2 };
	remove_region(39);
	sync();
	compare(NULL);
	select(2);
	set_limit(limit(RAM + 3 * MB - 64, WB));
	sync();
	put(3, RAM + 3 * MB - 64, RAM + 4 * MB, RW, WB);
	sync();
	wanted[3].slot = 3;
	compare(NULL);
	/* In two regions at once. */
	put(4, RAM + 3 * MB, RAM + 4 * MB, RW, WB);
	sync();
	count = 0;
	compare("MPU-4");
}

static void ranges_and_regions_need_not_be_the_same(void **state)
{
	both(several_body);
}

static void leftover_body(void)
{
	boot_with_uart();
	wanted[3].end = wanted[3].start;
	/* Somebody has believed that PRENR goes so far. */
	write(PMSAV8_PRENR, 7);
	sync();
	compare("MPU-10");
}

static void a_region_that_prenr_does_not_reach_is_told(void **state)
{
	both(leftover_body);
}

static void copy_entry(unsigned int n, u64 start, u64 end, u32 attrs)
{
	m.pmsav8.mpu.slot[n] = (struct physmap_mpu_slot) {
		.region = { start, end, attrs },
		.references = 1,
	};
}

static void soft_copy_body(void)
{
	boot_with_uart();
	copy_entry(0, RAM, RAM + MB, RX);
	copy_entry(1, RAM + MB, RAM + MB + 64, RO);
	copy_entry(2, RAM + 2 * MB, RAM + 4 * MB, RW | PHYSMAP_EARLY);
	copy_entry(39, UART, UART + 4 * KB, RW | PHYSMAP_MPU_DEVICE_NGNRE);
	model_mpu_compare_copy(&m);
	must_be_silent();
	m.pmsav8.mpu.slot[2].references = 0;
	model_mpu_compare_copy(&m);
	must_hear("MPU-13");
	copy_entry(2, RAM + 2 * MB, RAM + 4 * MB + 64, RW);
	model_mpu_compare_copy(&m);
	must_hear("MPU-13");
	copy_entry(2, RAM + 2 * MB, RAM + 4 * MB, RO);
	model_mpu_compare_copy(&m);
	must_hear("MPU-13");
	copy_entry(2, RAM + 2 * MB, RAM + 4 * MB, RW);
	copy_entry(39, UART, UART + 4 * KB, RW | PHYSMAP_MPU_DEVICE_NGNRNE);
	model_mpu_compare_copy(&m);
	must_hear("MPU-13");
	copy_entry(39, UART, UART + 4 * KB, RW | PHYSMAP_MPU_DEVICE_NGNRE);
	copy_entry(5, 0, 64, RW);
	model_mpu_compare_copy(&m);
	must_hear("MPU-13");
}

static void the_software_copy_is_what_the_mpu_has(void **state)
{
	both(soft_copy_body);
}

static void fields_lie_where_each_width_has_them(void **state)
{
	/* Written out from the manuals' tables, not by base() and limit(). */
	struct model_mpu_region r;

	r = model_mpu_decode(true, 0x0000123456789a00ULL | 0x3a,
			     0x0000fffffffffff7ULL);
	assert_int_equal(r.first, 0x0000123456789a00ULL);
	assert_int_equal(r.last, 0x0000ffffffffffffULL);
	assert_true(r.enabled && !r.write && !r.exec && !r.user);
	assert_int_equal(r.type, 3);
	assert_int_equal(r.share, 3);
	r = model_mpu_decode(true, 0x24 | 1, 0);
	assert_true(!r.enabled && r.write && r.exec && r.user);
	assert_int_equal(r.share, 2);
	r = model_mpu_decode(false, 0xe7c00000 | 0x1d, 0xe7c00fc7);
	assert_int_equal(r.first, UART);
	assert_int_equal(r.last, 0xe7c00fff);
	assert_true(r.enabled && !r.write && !r.exec && !r.user);
	assert_int_equal(r.share, 3);
	r = model_mpu_decode(false, 0x12, 0);
	assert_true(!r.enabled && r.write && r.exec && r.user);
	assert_int_equal(r.share, 2);
	assert_false(model_mpu_reserved(true, 0x0000ffffffffffffULL,
					0x0000ffffffffffdfULL));
	assert_true(model_mpu_reserved(true, 0, 0x20));
	assert_false(model_mpu_reserved(false, 0xffffffdf, 0xffffffcf));
	assert_true(model_mpu_reserved(false, 0x20, 0));
	assert_true(model_mpu_reserved(false, 0, 0x10));
	assert_true(model_mpu_reserved(false, 1ULL << 32, 0));
}

#define HOLDS(sentence, function)	{ sentence, function, NULL, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("fields lie where each width has them",
		      fields_lie_where_each_width_has_them),
		HOLDS("after reset all is disabled, and the rest is garbage",
		      after_reset_all_is_disabled_and_garbage),
		HOLDS("what is written is read back",
		      what_is_written_is_read_back),
		HOLDS("an access needs a region and a right",
		      an_access_needs_a_region_and_a_right),
		HOLDS("of two regions that overlap only the overlap faults",
		      only_the_overlap_faults),
		HOLDS("the background region has what no region has",
		      the_background_region_has_what_no_region_has),
		HOLDS("an inverted region matches nothing",
		      an_inverted_region_matches_nothing),
		HOLDS("a selector out of range leaves the old one",
		      a_selector_out_of_range_leaves_the_old_one),
		HOLDS("PRENR reaches the regions below 32",
		      prenr_reaches_regions_below_32),
		HOLDS("a selected region is there after an ISB",
		      a_selected_region_is_there_after_an_isb),
		HOLDS("what is done has a DSB behind it, and then an ISB",
		      what_is_done_has_a_dsb_and_then_an_isb),
		HOLDS("base and limit that may match are not changed together",
		      halves_that_may_match_are_not_changed_together),
		HOLDS("one store, or a disabled region, is well",
		      one_store_or_a_disabled_region_is_well),
		HOLDS("an old region is there until barriers have come",
		      an_old_region_is_there_until_barriers),
		HOLDS("a border moves by shrinking first",
		      a_border_moves_by_shrinking_first),
		HOLDS("what is in use is there at every moment",
		      what_is_in_use_is_there_at_every_moment),
		HOLDS("two regions may have what is in use",
		      two_regions_may_have_what_is_in_use),
		HOLDS("reserved bits are zero", reserved_bits_are_zero),
		HOLDS("words of the other width are told",
		      words_of_the_other_width_are_told),
		HOLDS("rights, types and shareability go together",
		      rights_types_and_shareability_go_together),
		HOLDS("a memory type stays", a_memory_type_stays),
		HOLDS("the MPU goes on last, and ready",
		      the_mpu_goes_on_last_and_ready),
		HOLDS("what was wrong while it was off is told when it is on",
		      what_was_wrong_while_off_is_told_when_on),
		HOLDS("what was written uncached is dropped from caches",
		      what_was_written_uncached_is_dropped_from_caches),
		HOLDS("it is entered off, with the caches off",
		      it_is_entered_off_with_the_caches_off),
		HOLDS("what is mapped is what was wanted",
		      what_is_mapped_is_what_was_wanted),
		HOLDS("ranges and regions need not be the same",
		      ranges_and_regions_need_not_be_the_same),
		HOLDS("a region that PRENR does not reach is told",
		      a_region_that_prenr_does_not_reach_is_told),
		HOLDS("the software copy is what the MPU has",
		      the_software_copy_is_what_the_mpu_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
