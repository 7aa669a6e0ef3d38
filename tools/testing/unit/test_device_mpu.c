// SPDX-License-Identifier: GPL-2.0-only
/*
 * One device mapped early as a region of an MPU: the real engine and encodings
 * on the simulated MPU, which judges every register write, says what each byte
 * in and around the device may be used for, and compares with a list.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>
#include <physmap/device.h>
#include "mpu.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define KB		1024ULL
#define MB		(1024 * KB)
#define TEXT		(512 * MB)
#define DATA		(TEXT + MB)
#define FIXED_UART	0xe7c01000ULL
#define UART		0xe7c00000ULL
#define UART_SIZE	(4 * KB)

#define RW		PHYSMAP_WRITE
#define RX		PHYSMAP_EXEC
#define NGNRE		(RW | PHYSMAP_MPU_DEVICE_NGNRE)
#define NGNRNE		(RW | PHYSMAP_MPU_DEVICE_NGNRNE)

static struct model_mpu m;
static struct physmap_mpu *const mpu = &m.pmsav8.mpu;
static struct physmap_device_mpu mpu_window;
static struct physmap_device_window *const window = &mpu_window.window;
static struct physmap_refusal why;
static unsigned int broken;
static u64 va;

static const struct model_mpu_config configs[] = {
	{ .wide = false, .count = 16, .seed = 1 },
	{ .wide = true, .count = 16, .seed = 2 },
	{ .wide = true, .count = 255, .seed = 3 },
};

#define FIXED	PHYSMAP_MPU_FIXED
#define LOWEST	PHYSMAP_MPU_LOWEST

/* One of the UARTs is early: assembly has it, in a region with a number. */
static const struct physmap_mpu_want wants[] = {
	{ "text", TEXT, DATA, RX, RX, FIXED, 0 },
	{ "data", DATA, DATA + MB, RW, RW, FIXED, 1 },
	{ "early uart", FIXED_UART, FIXED_UART + UART_SIZE, NGNRE, NGNRE, FIXED,
	  5 },
	{ "uart", UART, UART + UART_SIZE, NGNRE, NGNRE, PHYSMAP_MPU_ON_DEMAND,
	  LOWEST },
};

static void heard(struct model_mpu *model, const struct model_mpu_violation *v)
{
	broken++;
	print_error("%s %s\n", v->rule, v->text);
}

static void start(const struct model_mpu_config *config)
{
	static struct physmap_mpu_plan plan;
	const struct physmap_mpu_request req = {
		.wants = wants, .nr_wants = ARRAY_SIZE(wants), .on_demand = 1,
	};
	const u64 copy = (uintptr_t)mpu;
	struct physmap_mpu_refusal no;

	model_mpu_start(&m, config);
	m.heard = heard;
	broken = 0;
	model_mpu_copy(&m, copy, copy + sizeof(*mpu));
	mpu->format = config->wide ? &physmap_pmsav8_64 : &physmap_pmsav8_32;
	mpu->hooks = &physmap_pmsav8_hooks;
	assert_int_equal(physmap_mpu_plan(mpu->format, config->count, &req,
					  &plan, &no), 0);
	assert_int_equal(physmap_mpu_start(mpu, &plan, &no), 0);
	physmap_device_mpu(&mpu_window, mpu);
	why = (struct physmap_refusal) { };
	va = 1;
}

static const struct model_mpu_config *const last =
	configs + ARRAY_SIZE(configs) - 1;

/* The plan's regions and, if it is not empty, this one, and no other byte. */
static void must_be(u64 start, u64 end, u32 attrs)
{
	struct model_mpu_wanted list[ARRAY_SIZE(wants)];
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(wants) - 1; i++)
		list[n++] = (struct model_mpu_wanted) {
			wants[i].name, wants[i].start, wants[i].end,
			wants[i].final, wants[i].slot,
		};
	if (start != end)
		list[n++] = (struct model_mpu_wanted) {
			"device", start, end, attrs, MODEL_MPU_ANY,
		};
	model_mpu_done(&m);
	model_mpu_compare(&m, list, n);
	model_mpu_compare_copy(&m);
	assert_int_equal(broken, 0);
}

static struct physmap_device device(u64 start, u64 size,
				    enum physmap_device_type type)
{
	return (struct physmap_device) {
		.name = "a device", .start = start, .size = size, .type = type,
	};
}

static int map(u64 start, u64 size, enum physmap_device_type type)
{
	const struct physmap_device dev = device(start, size, type);

	return physmap_map_device(window, &dev, &va, &why);
}

static int unmap(u64 start, u64 size)
{
	const struct physmap_device dev = device(start, size,
						 PHYSMAP_DEVICE_NGNRE);

	return physmap_unmap_device(window, &dev, &why);
}

/* Every byte of it, and none around it, and no code (MPU-16). */
static void bytes_are(u64 start, u64 size)
{
	u64 at;

	for (at = start; at < start + size; at += 4) {
		assert_int_equal(model_mpu_access(&m, at, 4, MODEL_MPU_READ),
				 MODEL_MPU_FINE);
		assert_int_equal(model_mpu_access(&m, at, 4, MODEL_MPU_WRITE),
				 MODEL_MPU_FINE);
		assert_int_equal(model_mpu_access(&m, at, 4, MODEL_MPU_FETCH),
				 MODEL_MPU_PERMISSION);
	}
	assert_int_equal(model_mpu_access(&m, start - 1, 1, MODEL_MPU_READ),
			 MODEL_MPU_NONE);
	assert_int_equal(model_mpu_access(&m, start + size, 1, MODEL_MPU_READ),
			 MODEL_MPU_NONE);
}

static void test_exact(void **state)
{
	static const u64 sizes[] = { 64, 128, UART_SIZE, 4032 };
	const struct model_mpu_config *c;
	unsigned int i;

	for (c = configs; c <= last; c++) {
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			start(c);
			assert_int_equal(map(UART - 64, sizes[i],
					     PHYSMAP_DEVICE_NGNRE), 0);
			assert_true(va == UART - 64);
			must_be(UART - 64, UART - 64 + sizes[i], NGNRE);
			bytes_are(UART - 64, sizes[i]);
			assert_int_equal(unmap(UART - 64, sizes[i]), 0);
			must_be(0, 0, 0);
			assert_int_equal(map(UART - 64, sizes[i],
					     PHYSMAP_DEVICE_NGNRNE), 0);
			must_be(UART - 64, UART - 64 + sizes[i], NGNRNE);
		}
	}
}

/* Refused by a rule, told in the MPU's own words too, and nothing is written. */
static void refused(int err, int expected, const char *rule, u64 writes,
		    const char *met)
{
	assert_int_equal(err, expected);
	assert_int_equal(why.error, expected);
	assert_string_equal(why.rule, rule);
	assert_true(*why.what);
	assert_int_equal(m.writes, writes);
	if (!met)
		return;
	assert_ptr_equal(mpu_window.why.rule, why.rule);
	assert_true(mpu_window.why.asked.start == why.pa && why.va == why.pa);
	assert_string_equal(mpu_window.why.met.name, met);
}

#define REFUSED(call, err, rule, met) do {				\
	const u64 writes_ = m.writes;					\
									\
	refused(call, err, rule, writes_, met);				\
} while (0)

#define TYPE	PHYSMAP_DEVICE_NGNRE

static void test_refused(void **state)
{
	const struct model_mpu_config *c;

	for (c = configs; c <= last; c++) {
		start(c);
		/* Not rounded: neither a border nor a size (MPU-1). */
		REFUSED(map(UART, UART_SIZE - 4, TYPE), -EINVAL, "MPU-1", "");
		REFUSED(map(UART + 4, 64, TYPE), -EINVAL, "MPU-1", "");
		REFUSED(map(UART, 0x1c, TYPE), -EINVAL, "MPU-1", "");
		REFUSED(map(UART, 0, TYPE), -EINVAL, "MPU-6", NULL);
		REFUSED(map(-64ULL, 128, TYPE), -EINVAL, "MPU-6", NULL);
		REFUSED(map(UART, UART_SIZE, PHYSMAP_DEVICE_UNKNOWN), -EINVAL,
			"ARM-ATTR-3", NULL);
		REFUSED(map(mpu->format->address_limit, 64, TYPE), -EINVAL,
			"MPU-2", "");
		/* Memory is none, another type is not this, parts overlap. */
		REFUSED(map(DATA, 64, TYPE), -EEXIST, "MPU-14", "data");
		REFUSED(map(FIXED_UART, UART_SIZE, PHYSMAP_DEVICE_NGNRNE),
			-EEXIST, "MPU-14", "early uart");
		REFUSED(map(FIXED_UART - 64, 128, TYPE), -EINVAL, "MPU-4",
			"early uart");
		REFUSED(unmap(UART, UART_SIZE), -ENOENT, "MPU-13", "");
		REFUSED(unmap(UART, 0), -EINVAL, "MPU-6", NULL);
		assert_int_equal(va, 1);
		must_be(0, 0, 0);
		assert_int_equal(map(UART, UART_SIZE, TYPE), 0);
		REFUSED(unmap(UART, UART_SIZE / 2), -EINVAL, "MPU-14",
			"a device");
		must_be(UART, UART + UART_SIZE, NGNRE);
	}
}

static void test_references(void **state)
{
	const struct model_mpu_config *c;

	for (c = configs; c <= last; c++) {
		u64 writes;

		start(c);
		assert_int_equal(map(UART, UART_SIZE, TYPE), 0);
		writes = m.writes;
		assert_int_equal(map(UART, UART_SIZE, TYPE), 0);
		assert_int_equal(unmap(UART, UART_SIZE), 0);
		assert_int_equal(m.writes, writes);
		must_be(UART, UART + UART_SIZE, NGNRE);
		assert_int_equal(unmap(UART, UART_SIZE), 0);
		must_be(0, 0, 0);
		REFUSED(unmap(UART, UART_SIZE), -ENOENT, "MPU-13", "");
	}
}

/* MPU-12: what assembly mapped is used, and stays. */
static void test_early_uart(void **state)
{
	const struct model_mpu_config *c;

	for (c = configs; c <= last; c++) {
		u64 writes;

		start(c);
		writes = m.writes;
		assert_int_equal(map(FIXED_UART, UART_SIZE, TYPE), 0);
		assert_true(va == FIXED_UART);
		assert_int_equal(unmap(FIXED_UART, UART_SIZE), 0);
		assert_int_equal(m.writes, writes);
		REFUSED(unmap(FIXED_UART, UART_SIZE), -EPERM, "MPU-12",
			"early uart");
		must_be(0, 0, 0);
	}
}

static void test_no_region(void **state)
{
	const struct model_mpu_config *c;
	unsigned int n;

	for (c = configs; c <= last; c++) {
		start(c);
		for (n = 0; n < c->count - 3; n++)
			assert_int_equal(map(UART - (n + 1) * 64, 64, TYPE), 0);
		REFUSED(map(UART, UART_SIZE, TYPE), -ENOSPC, "MPU-17", "");
		assert_int_equal(unmap(UART - 64, 64), 0);
		assert_int_equal(map(UART, UART_SIZE, TYPE), 0);
		model_mpu_done(&m);
		model_mpu_compare_copy(&m);
		assert_int_equal(broken, 0);
	}
}

#define HOLDS(sentence, function)	{ sentence, function, NULL, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("a device gets a region of its exact size, never executable",
		      test_exact),
		HOLDS("what cannot be a region of its own is refused, not rounded",
		      test_refused),
		HOLDS("a device that was mapped twice is gone when unmapped twice",
		      test_references),
		HOLDS("the UART that assembly mapped is used, and stays",
		      test_early_uart),
		HOLDS("without a free region nothing is mapped", test_no_region),
	};

	return cmocka_run_group_tests_name("device_mpu", tests, NULL, NULL);
}
