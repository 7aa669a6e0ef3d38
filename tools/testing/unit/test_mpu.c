// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine's regions on the simulated MPU, which judges every register write:
 * boot, regions on demand, pieces, borders, numbers and contexts, each as
 * granted and as refused. What a call is to leave behind is said here as a list
 * of ranges, and the model compares. Keeps no rule of its own.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "mpu.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define KB		1024ULL
#define MB		(1024 * KB)
#define RAM		(512 * MB)
#define TEXT		RAM
#define RODATA		(RAM + 1 * MB)
#define LATE		(RAM + 2 * MB)		/* read-only after init */
#define DATA		(RAM + 3 * MB)
#define INIT		(RAM + 4 * MB)
#define TREE		(RAM + 5 * MB)
#define HEAP		(RAM + 16 * MB)
#define HEAP_END	(RAM + 32 * MB)
#define GUEST		(RAM + 64 * MB)
#define UART		0xe7c00000ULL
#define UART_END	(UART + 4 * KB)

#define RO		0
#define RW		PHYSMAP_WRITE
#define RX		PHYSMAP_EXEC
#define DEV		(PHYSMAP_WRITE | PHYSMAP_MPU_DEVICE_NGNRE)

static struct model_mpu m;
static struct physmap_mpu *const mpu = &m.pmsav8.mpu;
static struct physmap_mpu_plan plan;
static struct physmap_mpu_refusal why;
static struct physmap_mpu_use uses[2];
static const char *broken;

/* What a machine is like: MPUs of both encodings, small and large. */
static const struct model_mpu_config configs[] = {
	{ .wide = false, .count = 16, .seed = 1 },
	{ .wide = false, .count = 24, .seed = 2 },
	{ .wide = true, .count = 16, .seed = 3 },
	{ .wide = true, .count = 255, .seed = 4 },
};

static void heard(struct model_mpu *model, const struct model_mpu_violation *v)
{
	broken = v->rule;
	print_error("%s %s\n", v->rule, v->text);
}

static struct physmap_mpu_want want(const char *name, u64 start, u64 end,
				    u32 early, u32 final,
				    enum physmap_mpu_life life,
				    unsigned int slot)
{
	return (struct physmap_mpu_want) {
		.name = name, .start = start, .end = end, .early = early,
		.final = final, .life = life, .slot = slot,
	};
}

/* As Xen's in mail 001: fixed by assembly, boot-only, a context, a heap. */
static struct physmap_mpu_want wants[9];

static void make_wants(void)
{
	unsigned int n = 0;

	wants[n++] = want("text", TEXT, RODATA, RX, RX, PHYSMAP_MPU_FIXED, 0);
	wants[n++] = want("rodata", RODATA, LATE, RO, RO, PHYSMAP_MPU_FIXED, 1);
	wants[n++] = want("late", LATE, DATA, RW, RO, PHYSMAP_MPU_FIXED, 2);
	wants[n++] = want("data", DATA, INIT, RW, RW, PHYSMAP_MPU_FIXED, 3);
	wants[n++] = want("init", INIT, TREE, RX, RX, PHYSMAP_MPU_BOOT_ONLY,
			  PHYSMAP_MPU_LOWEST);
	wants[n++] = want("tree", TREE, TREE + 64 * KB, RO, RO,
			  PHYSMAP_MPU_BOOT_ONLY, PHYSMAP_MPU_LOWEST);
	wants[n++] = want("idle", GUEST, GUEST + MB, RW, RW,
			  PHYSMAP_MPU_SWITCHING, PHYSMAP_MPU_LOWEST);
	wants[n++] = want("uart", UART, UART_END, DEV, DEV, PHYSMAP_MPU_FIXED,
			  PHYSMAP_MPU_LOWEST);
	wants[n++] = want("heap", HEAP, HEAP_END, RW, RW, PHYSMAP_MPU_FIXED,
			  PHYSMAP_MPU_HIGHEST);
	assert_int_equal(n, ARRAY_SIZE(wants));
}

static void reset(const struct model_mpu_config *config)
{
	const u64 copy = (uintptr_t)mpu;
	const struct physmap_mpu_request req = {
		.wants = wants, .nr_wants = ARRAY_SIZE(wants), .switching = 2,
		.on_demand = 3,
	};

	make_wants();
	model_mpu_start(&m, config);
	m.heard = heard;
	broken = NULL;
	uses[0] = (struct physmap_mpu_use) { "code", TEXT, RODATA, RX };
	uses[1] = (struct physmap_mpu_use) { "stack", DATA, DATA + 64 * KB, RW };
	model_mpu_use(&m, "code", TEXT, RODATA, RX);
	model_mpu_use(&m, "stack", DATA, DATA + 64 * KB, RW);
	model_mpu_copy(&m, copy, copy + sizeof(*mpu));
	model_mpu_copy(&m, DATA, DATA + 64 * KB);
	mpu->format = config->wide ? &physmap_pmsav8_64 : &physmap_pmsav8_32;
	mpu->hooks = &physmap_pmsav8_hooks;
	mpu->use = uses;
	mpu->nr_uses = ARRAY_SIZE(uses);
	assert_int_equal(physmap_mpu_plan(mpu->format, config->count, &req,
					  &plan, &why), 0);
}

static void found(void *to, const struct physmap_mpu_finding *f)
{
	print_error("%s %s: region %u\n", f->rule, f->text, f->slot);
}

static void must_be_sound(void)
{
	model_mpu_done(&m);
	model_mpu_compare_copy(&m);
	assert_int_equal(physmap_mpu_audit(mpu, false, found, NULL), 0);
	assert_null(broken);
}

/* The map is the plan's, at boot, and these. */
static struct model_mpu_wanted expected[40];
static unsigned int nr_expected;

static void expect(const char *name, u64 start, u64 end, u32 attrs)
{
	expected[nr_expected++] = (struct model_mpu_wanted) {
		name, start, end, attrs, MODEL_MPU_ANY,
	};
}

static void expect_early(void)
{
	unsigned int i;

	nr_expected = 0;
	for (i = 0; i < ARRAY_SIZE(wants); i++)
		expect(wants[i].name, wants[i].start, wants[i].end,
		       wants[i].early);
	for (i = 0; i < 4; i++)
		expected[i].slot = i;
	expected[8].slot = m.config.count - 1;
}

static void expect_later(void)
{
	expect_early();
	expected[2].attrs = RO;
	expected[4] = expected[6];
	expected[5] = expected[7];
	expected[6] = expected[8];
	nr_expected = 7;
}

static void must_be_expected(void)
{
	model_mpu_compare(&m, expected, nr_expected);
	must_be_sound();
}

static void start(const struct model_mpu_config *config)
{
	reset(config);
	assert_int_equal(physmap_mpu_start(mpu, &plan, &why), 0);
}

/* Boot is over. */
static void start_all(const struct model_mpu_config *config)
{
	start(config);
	assert_int_equal(physmap_mpu_finish(mpu, &why), 0);
	assert_int_equal(physmap_mpu_release_boot(mpu, &why), 0);
	expect_later();
}

/* A refusal, and what it must leave: everything as it was. */
static void must_refuse(int err, enum physmap_mpu_reason reason, int expected_err,
			u64 writes)
{
	assert_int_equal(err, expected_err);
	assert_int_equal(why.reason, reason);
	assert_int_equal(why.error, expected_err);
	assert_true(*why.rule && *why.what && *why.advice);
	assert_int_equal(m.writes, writes);
	must_be_expected();
}

#define REFUSED(call, reason, err) do {					\
	const u64 before_ = m.writes;					\
	const u64 refused_ = mpu->report.refused;			\
									\
	must_refuse(call, reason, err, before_);			\
	assert_int_equal(mpu->report.refused, refused_ + 1);		\
} while (0)

#define GRANTED(call) do {						\
	assert_int_equal(call, 0);					\
	must_be_expected();						\
} while (0)

static const struct model_mpu_config *const last =
	configs + ARRAY_SIZE(configs) - 1;

/* Boot */

static void test_boot(void **state)
{
	const struct model_mpu_config *c;

	for (c = configs; c <= last; c++) {
		start(c);
		expect_early();
		must_be_expected();
		assert_int_equal(mpu->report.early, 1);
		assert_int_equal(mpu->report.final, 8);
		GRANTED((expected[2].attrs = RO, physmap_mpu_finish(mpu, &why)));
		assert_int_equal(mpu->report.finished, 1);
		expect_later();
		GRANTED(physmap_mpu_release_boot(mpu, &why));
		assert_int_equal(mpu->report.released, 2);
		assert_int_equal(physmap_mpu_audit(mpu, true, found, NULL), 0);
	}
}

static void test_twice(void **state)
{
	u64 writes;

	start_all(&configs[0]);
	writes = m.writes;
	assert_int_equal(physmap_mpu_finish(mpu, &why), 0);
	assert_int_equal(physmap_mpu_release_boot(mpu, &why), 0);
	assert_int_equal(m.writes, writes);
	must_be_expected();
}

/* Assembly has made the first four as planned, and one that nobody wants. */
static void test_found(void **state)
{
	const struct model_mpu_config *c;
	unsigned int n;

	for (c = configs; c <= last; c++) {
		reset(c);
		for (n = 0; n < 4; n++) {
			const struct physmap_mpu_words w =
				mpu->format->encode(&plan.planned[n].early);

			model_mpu_put(&m, n, w.base, w.limit);
		}
		model_mpu_put(&m, 9, m.region[0].state[0].words.base,
			      m.region[0].state[0].words.limit);
		expect_early();
		GRANTED(physmap_mpu_start(mpu, &plan, &why));
		assert_int_equal(mpu->report.kept, 4);
		assert_int_equal(mpu->report.final, 5);
	}
}

/* The MPU is on already, with some of the plan's regions. */
static void test_taken_over(void **state)
{
	const struct physmap_mpu_region stranger = {
		GUEST + 8 * MB, GUEST + 9 * MB, RW,
	};
	struct physmap_mpu_words w;

	start(&configs[0]);
	mpu->slot[0].references = 0;
	expect_early();
	GRANTED(physmap_mpu_start(mpu, &plan, &why));
	assert_int_equal(mpu->report.kept, 9);
	w = mpu->format->encode(&stranger);
	model_mpu_put(&m, 12, w.base, w.limit);
	assert_int_equal(physmap_mpu_start(mpu, &plan, &why), -EPERM);
	assert_int_equal(why.reason, PHYSMAP_MPU_STAYS);
	assert_int_equal(why.asked.slot, 12);
}

static void must_not_start(const char *rule, int err)
{
	const u64 writes = m.writes;

	assert_int_equal(physmap_mpu_start(mpu, &plan, &why), err);
	assert_string_equal(why.rule, rule);
	assert_int_equal(m.writes, writes);
	assert_null(broken);
}

/* An MPU with more regions than its encoding can number. */
static void test_too_many(void **state)
{
	struct physmap_mpu_format few = physmap_pmsav8_32;

	reset(&configs[1]);
	few.max_regions = 16;
	mpu->format = &few;
	must_not_start("MPU-3", -EINVAL);
	assert_int_equal(mpu->count, 16);
}

static void test_not_started(void **state)
{
	reset(&configs[0]);
	plan.count = 17;
	must_not_start("MPU-3", -EINVAL);
	reset(&configs[0]);
	m.sctlr |= MODEL_MPU_C;
	must_not_start("MPU-19", -EINVAL);
	reset(&configs[0]);
	m.sctlr |= MODEL_MPU_M | MODEL_MPU_BR;
	must_not_start("MPU-19", -EINVAL);
	reset(&configs[0]);
	plan.nr_planned = 0;
	must_not_start("MPU-17", -EINVAL);
	reset(&configs[0]);
	uses[1].end = INIT + 64;
	must_not_start("MPU-13", -ENOENT);
	reset(&configs[0]);
	uses[0].attrs = RW;
	must_not_start("MPU-13", -ENOENT);
}

static void test_finish_in_use(void **state)
{
	start(&configs[0]);
	expect_early();
	uses[1] = (struct physmap_mpu_use) { "stack", LATE, LATE + KB, RW };
	REFUSED(physmap_mpu_finish(mpu, &why), PHYSMAP_MPU_IN_USE, -EBUSY);
	assert_string_equal(why.met.name, "stack");
	uses[1].attrs = RO;
	expected[2].attrs = RO;
	GRANTED(physmap_mpu_finish(mpu, &why));
}

/* A plan that no planner makes. */
static void test_finish_forbidden(void **state)
{
	reset(&configs[0]);
	plan.planned[2].final = PHYSMAP_MPU_NORMAL_NC;
	assert_int_equal(physmap_mpu_start(mpu, &plan, &why), 0);
	expect_early();
	REFUSED(physmap_mpu_finish(mpu, &why), PHYSMAP_MPU_NOT_IN_PLACE, -EINVAL);
	assert_string_equal(why.rule, "MPU-14");
	assert_string_equal(why.met.name, "late");
}

static void test_release_in_use(void **state)
{
	struct physmap_mpu_want w = want("look", TREE, TREE + KB, RO, RO,
					 PHYSMAP_MPU_ON_DEMAND,
					 PHYSMAP_MPU_LOWEST);
	unsigned int n;

	start(&configs[0]);
	expect_early();
	uses[0] = (struct physmap_mpu_use) { "code", INIT, INIT + KB, RX };
	REFUSED(physmap_mpu_release_boot(mpu, &why), PHYSMAP_MPU_IN_USE, -EBUSY);
	uses[0].start = TEXT;
	uses[0].end = RODATA;
	GRANTED(physmap_mpu_map(mpu, &w, &n, &why));
	REFUSED(physmap_mpu_release_boot(mpu, &why), PHYSMAP_MPU_STAYS, -EPERM);
	GRANTED(physmap_mpu_unmap(mpu, w.start, w.end, &why));
	assert_int_equal(physmap_mpu_release_boot(mpu, &why), 0);
	must_be_sound();
}

/* On demand */

static struct physmap_mpu_want demand(u64 start, u64 end, u32 attrs)
{
	return want("demand", start, end, attrs, attrs, PHYSMAP_MPU_ON_DEMAND,
		    PHYSMAP_MPU_LOWEST);
}

static int map(u64 start, u64 end, u32 attrs)
{
	const struct physmap_mpu_want w = demand(start, end, attrs);
	unsigned int n = 0;
	int err = physmap_mpu_map(mpu, &w, &n, &why);

	if (!err)
		assert_true(n < mpu->count && mpu->slot[n].references);
	return err;
}

static int unmap(u64 start, u64 end)
{
	return physmap_mpu_unmap(mpu, start, end, &why);
}

static void test_map(void **state)
{
	const struct model_mpu_config *c;
	const u64 far = GUEST + 32 * MB;

	for (c = configs; c <= last; c++) {
		start_all(c);
		expect("demand", far, far + 64, RW);
		GRANTED(map(far, far + 64, RW));
		nr_expected--;
		GRANTED(unmap(far, far + 64));
		assert_int_equal(mpu->report.mapped, 1);
		assert_int_equal(mpu->report.unmapped, 1);
	}
}

static void test_references(void **state)
{
	const u64 far = GUEST + 32 * MB;

	start_all(&configs[3]);
	expect("demand", far, far + MB, RO);
	GRANTED(map(far, far + MB, RO));
	GRANTED(map(far + KB, far + 2 * KB, RO));
	GRANTED(map(far, far + MB, RO));
	assert_int_equal(mpu->report.mapped, 1);
	assert_int_equal(mpu->report.shared, 2);
	GRANTED(unmap(far, far + MB));
	GRANTED(unmap(far + KB, far + 2 * KB));
	nr_expected--;
	GRANTED(unmap(far, far + MB));
	REFUSED(unmap(far, far + MB), PHYSMAP_MPU_NOT_MAPPED, -ENOENT);
	/* A fixed region is counted too, and stays. */
	GRANTED(map(HEAP, HEAP + KB, RW));
	GRANTED(unmap(HEAP, HEAP + KB));
	REFUSED(unmap(HEAP, HEAP + KB), PHYSMAP_MPU_STAYS, -EPERM);
}

static void test_map_refused(void **state)
{
	const u64 far = GUEST + 32 * MB;

	start_all(&configs[2]);
	REFUSED(map(far, far, RW), PHYSMAP_MPU_EMPTY, -EINVAL);
	REFUSED(map(far, far + 32, RW), PHYSMAP_MPU_UNALIGNED, -EINVAL);
	REFUSED(map(far, 1ULL << 49, RW), PHYSMAP_MPU_ADDRESS, -EINVAL);
	REFUSED(map(far, far + KB, RW | RX), PHYSMAP_MPU_WX, -EINVAL);
	REFUSED(map(far, far + KB, (DEV & ~RW) | RX), PHYSMAP_MPU_DEVICE, -EINVAL);
	REFUSED(map(HEAP, HEAP + KB, RO), PHYSMAP_MPU_RIGHTS, -EEXIST);
	assert_string_equal(why.met.name, "heap");
	REFUSED(map(HEAP_END - KB, HEAP_END + KB, RW), PHYSMAP_MPU_OVERLAP,
		-EINVAL);
	REFUSED(map(HEAP - KB, HEAP_END + KB, RW), PHYSMAP_MPU_OVERLAP, -EINVAL);
	expect("demand", far, far + MB, RW);
	GRANTED(map(far, far + MB, RW));
	REFUSED(unmap(far, far), PHYSMAP_MPU_EMPTY, -EINVAL);
	REFUSED(unmap(far, far + KB), PHYSMAP_MPU_NOT_WHOLE, -EINVAL);
	REFUSED(unmap(far + KB, far + 2 * MB), PHYSMAP_MPU_NOT_WHOLE, -EINVAL);
	uses[1] = (struct physmap_mpu_use) { "buffer", far, far + KB, RW };
	REFUSED(unmap(far, far + MB), PHYSMAP_MPU_IN_USE, -EBUSY);
}

/* Regions run out, those set aside for contexts excepted. */
static void test_no_region(void **state)
{
	const u64 far = GUEST + 32 * MB;
	/* Six are fixed, two the contexts'. */
	const unsigned int left = 16 - 6 - 2;
	unsigned int i;

	start_all(&configs[0]);
	for (i = 0; i < left; i++) {
		expect("demand", far + 2 * i * MB, far + (2 * i + 1) * MB, RW);
		GRANTED(map(far + 2 * i * MB, far + (2 * i + 1) * MB, RW));
	}
	REFUSED(map(far + 100 * MB, far + 101 * MB, RW), PHYSMAP_MPU_NO_REGION,
		-ENOSPC);
	nr_expected--;
	GRANTED(unmap(far + 2 * (i - 1) * MB, far + (2 * (i - 1) + 1) * MB));
}

/* Pieces */

static int carve(u64 start, u64 end, u32 attrs)
{
	const struct physmap_mpu_want w = demand(start, end, attrs);
	unsigned int n = 0;

	return physmap_mpu_carve(mpu, &w, &n, &why);
}

/* The heap is the last of the expected; it is cut up at these borders. */
static void expect_heap(const u64 *border, const u32 *attrs, unsigned int parts)
{
	unsigned int i;

	expect_later();
	nr_expected--;
	for (i = 0; i < parts; i++)
		expect("part", border[i], border[i + 1], attrs[i]);
}

static void expect_heap_cut(u64 start, u64 end, u32 attrs)
{
	const u64 border[] = { HEAP, start, end, HEAP_END };
	const u32 rights[] = { RW, attrs, RW };

	if (start == HEAP)
		expect_heap(border + 1, rights + 1, 2);
	else
		expect_heap(border, rights, end == HEAP_END ? 2 : 3);
}

static void cut_and_join(u64 start, u64 end, u32 attrs)
{
	expect_heap_cut(start, end, attrs);
	GRANTED(carve(start, end, attrs));
	expect_later();
	GRANTED(unmap(start, end));
	assert_int_equal(mpu->slot[m.config.count - 1].region.start, HEAP);
}

static void test_carve(void **state)
{
	const struct model_mpu_config *c;

	for (c = configs; c <= last; c++) {
		start_all(c);
		cut_and_join(HEAP + MB, HEAP + 2 * MB, RO);
		cut_and_join(HEAP, HEAP + MB, RX);
		cut_and_join(HEAP_END - 64, HEAP_END, RO);
		cut_and_join(HEAP + MB, HEAP + 2 * MB,
			     RW | PHYSMAP_MPU_NORMAL_NC);
		assert_int_equal(mpu->report.splits, 4);
		assert_int_equal(mpu->report.joins, 4);
	}
}

/* What is in use stays mapped on whichever side of the piece it is. */
static void test_carve_in_use(void **state)
{
	const u64 at = HEAP + 8 * MB;

	start_all(&configs[1]);
	uses[1] = (struct physmap_mpu_use) { "stack", HEAP, HEAP + KB, RW };
	m.use[1] = uses[1];
	cut_and_join(at, at + MB, RO);
	uses[1].start = HEAP_END - KB;
	uses[1].end = HEAP_END;
	m.use[1] = uses[1];
	cut_and_join(at, at + MB, RO);
	uses[1].start = at + KB;
	uses[1].end = at + 2 * KB;
	m.use[1] = uses[1];
	REFUSED(carve(at, at + MB, RO), PHYSMAP_MPU_IN_USE, -EBUSY);
	uses[1].start = at - KB;
	uses[1].end = at + MB + KB;
	m.use[1] = uses[1];
	REFUSED(carve(at, at + MB, RO), PHYSMAP_MPU_IN_USE, -EBUSY);
}

static void test_carve_refused(void **state)
{
	const u64 at = HEAP + MB, far = GUEST + 32 * MB;
	unsigned int i;

	start_all(&configs[0]);
	REFUSED(carve(at, at, RO), PHYSMAP_MPU_EMPTY, -EINVAL);
	REFUSED(carve(HEAP, HEAP_END, RO), PHYSMAP_MPU_RIGHTS, -EEXIST);
	REFUSED(carve(HEAP_END - KB, HEAP_END + KB, RO), PHYSMAP_MPU_NOT_MAPPED,
		-ENOENT);
	REFUSED(carve(GUEST, GUEST + KB, RO), PHYSMAP_MPU_STAYS, -EPERM);
	GRANTED(map(HEAP, HEAP + KB, RW));
	REFUSED(carve(at, at + KB, RO), PHYSMAP_MPU_STAYS, -EPERM);
	GRANTED(unmap(HEAP, HEAP + KB));
	/* A piece at the rim takes one region more, one in the middle two. */
	for (i = 0; i < 16 - 6 - 2; i++) {
		expect("demand", far + 2 * i * MB, far + (2 * i + 1) * MB, RW);
		GRANTED(map(far + 2 * i * MB, far + (2 * i + 1) * MB, RW));
	}
	REFUSED(carve(HEAP, HEAP + KB, RO), PHYSMAP_MPU_NO_REGION, -ENOSPC);
	nr_expected--;
	GRANTED(unmap(far + 2 * (i - 1) * MB, far + (2 * i - 1) * MB));
	REFUSED(carve(at, at + KB, RO), PHYSMAP_MPU_NO_REGION, -ENOSPC);
}

/* Four pieces, given back in every order: the heap is one region again. */
static void test_pieces_in_every_order(void **state)
{
	static const u64 at[] = {
		HEAP + 2 * MB, HEAP + 3 * MB, HEAP + 6 * MB, HEAP_END - MB,
	};
	unsigned int order, i, k;

	for (order = 0; order < 256; order++) {
		u8 gone = 0;

		start_all(&configs[order & 1 ? 3 : 1]);
		for (i = 0; i < 4; i++)
			assert_int_equal(carve(at[i], at[i] + MB, RO), 0);
		must_be_sound();
		for (i = 0; i < 4; i++) {
			k = order >> 2 * i & 3;
			if (gone & BIT(k))
				continue;
			gone |= BIT(k);
			assert_int_equal(unmap(at[k], at[k] + MB), 0);
			must_be_sound();
		}
		for (k = 0; k < 4; k++)
			if (!(gone & BIT(k)))
				assert_int_equal(unmap(at[k], at[k] + MB), 0);
		must_be_expected();
		assert_int_equal(mpu->slot[m.config.count - 1].region.end,
				 HEAP_END);
	}
}

/* A piece between two others is given back: what lay there is alone for now. */
static void test_piece_between_pieces(void **state)
{
	const u64 at = HEAP + 4 * MB;
	unsigned int i;

	start_all(&configs[1]);
	for (i = 0; i < 3; i++)
		assert_int_equal(carve(at + i * MB, at + (i + 1) * MB, RO), 0);
	assert_int_equal(unmap(at + MB, at + 2 * MB), 0);
	nr_expected--;
	expect("low", HEAP, at, RW);
	expect("first", at, at + MB, RO);
	expect("between", at + MB, at + 2 * MB, RW);
	expect("third", at + 2 * MB, at + 3 * MB, RO);
	expect("high", at + 3 * MB, HEAP_END, RW);
	must_be_expected();
	REFUSED(unmap(at + MB, at + 2 * MB), PHYSMAP_MPU_STAYS, -EPERM);
	nr_expected -= 5;
	expect("low", HEAP, at + 2 * MB, RW);
	expect("third", at + 2 * MB, at + 3 * MB, RO);
	expect("high", at + 3 * MB, HEAP_END, RW);
	GRANTED(unmap(at, at + MB));
	nr_expected -= 3;
	expect("heap", HEAP, HEAP_END, RW);
	GRANTED(unmap(at + 2 * MB, at + 3 * MB));
}

/* Pieces of two regions: each goes back to its own. */
static void test_pieces_of_two(void **state)
{
	const u64 far = GUEST + 32 * MB;

	start_all(&configs[3]);
	assert_int_equal(map(far, far + 4 * MB, RW), 0);
	assert_int_equal(carve(far + MB, far + 2 * MB, RO), 0);
	assert_int_equal(carve(HEAP + MB, HEAP + 2 * MB, RO), 0);
	assert_int_equal(physmap_mpu_move(mpu, m.config.count - 1,
					  m.config.count - 2, &why), 0);
	assert_int_equal(unmap(far + MB, far + 2 * MB), 0);
	assert_int_equal(unmap(HEAP + MB, HEAP + 2 * MB), 0);
	expect("demand", far, far + 4 * MB, RW);
	expected[6].slot = m.config.count - 2;
	must_be_expected();
}

/* A region that has pieces, and a piece's surroundings, are not given back. */
static void test_parts_stay(void **state)
{
	const u64 far = GUEST + 32 * MB;

	start_all(&configs[3]);
	assert_int_equal(map(far, far + 3 * MB, RW), 0);
	assert_int_equal(carve(far + MB, far + 2 * MB, RO), 0);
	expect("low", far, far + MB, RW);
	expect("piece", far + MB, far + 2 * MB, RO);
	expect("high", far + 2 * MB, far + 3 * MB, RW);
	must_be_expected();
	REFUSED(unmap(far, far + MB), PHYSMAP_MPU_STAYS, -EPERM);
	REFUSED(unmap(far + 2 * MB, far + 3 * MB), PHYSMAP_MPU_STAYS, -EPERM);
	REFUSED(unmap(far, far + 3 * MB), PHYSMAP_MPU_NOT_WHOLE, -EINVAL);
	REFUSED(carve(far + MB + KB, far + MB + 2 * KB, RW), PHYSMAP_MPU_STAYS,
		-EPERM);
	REFUSED(physmap_mpu_restrict(mpu, far, far + MB, RW, &why),
		PHYSMAP_MPU_STAYS, -EPERM);
	REFUSED(physmap_mpu_restrict(mpu, far + 2 * MB, far + 3 * MB, RW, &why),
		PHYSMAP_MPU_STAYS, -EPERM);
	GRANTED(map(far + 2 * MB, far + 3 * MB, RW));
	REFUSED(unmap(far + MB, far + 2 * MB), PHYSMAP_MPU_STAYS, -EPERM);
	GRANTED(unmap(far + 2 * MB, far + 3 * MB));
	nr_expected -= 3;
	expect("whole", far, far + 3 * MB, RW);
	GRANTED(unmap(far + MB, far + 2 * MB));
	nr_expected--;
	GRANTED(unmap(far, far + 3 * MB));
}

/* Rights, borders, numbers */

static void test_restrict(void **state)
{
	const struct model_mpu_config *c;

	for (c = configs; c <= last; c++) {
		start_all(c);
		expected[6].attrs = RO;
		GRANTED(physmap_mpu_restrict(mpu, HEAP, HEAP_END, RW, &why));
		REFUSED(physmap_mpu_restrict(mpu, HEAP, HEAP_END - KB, RW, &why),
			PHYSMAP_MPU_NOT_WHOLE, -EINVAL);
		REFUSED(physmap_mpu_restrict(mpu, HEAP_END, HEAP_END + KB, RW,
					     &why),
			PHYSMAP_MPU_NOT_MAPPED, -ENOENT);
		REFUSED(physmap_mpu_restrict(mpu, DATA, INIT, RW, &why),
			PHYSMAP_MPU_IN_USE, -EBUSY);
		GRANTED(map(HEAP, HEAP + KB, RO));
		REFUSED(physmap_mpu_restrict(mpu, HEAP, HEAP_END, RX, &why),
			PHYSMAP_MPU_STAYS, -EPERM);
	}
}

/* A right that is taken early does not come back with pass 2. */
static void test_restrict_early(void **state)
{
	reset(&configs[0]);
	/* It would lose something else with pass 2. */
	plan.planned[2].early.attrs |= PHYSMAP_USER;
	plan.planned[2].final = RW;
	assert_int_equal(physmap_mpu_start(mpu, &plan, &why), 0);
	expect_early();
	expected[2].attrs = PHYSMAP_USER;
	GRANTED(physmap_mpu_restrict(mpu, LATE, DATA, RW, &why));
	expected[2].attrs = RO;
	GRANTED(physmap_mpu_finish(mpu, &why));
}

static void test_border(void **state)
{
	const struct model_mpu_config *c;

	for (c = configs; c <= last; c++) {
		start_all(c);
		expected[1].end = LATE + 64 * KB;
		expected[2].start = LATE + 64 * KB;
		GRANTED(physmap_mpu_move_border(mpu, LATE, LATE + 64 * KB,
						&why));
		expected[1].end = LATE - 64;
		expected[2].start = LATE - 64;
		GRANTED(physmap_mpu_move_border(mpu, LATE + 64 * KB, LATE - 64,
						&why));
		REFUSED(physmap_mpu_move_border(mpu, LATE, LATE + KB, &why),
			PHYSMAP_MPU_NOT_MAPPED, -ENOENT);
		REFUSED(physmap_mpu_move_border(mpu, LATE - 64, LATE - 32, &why),
			PHYSMAP_MPU_UNALIGNED, -EINVAL);
		REFUSED(physmap_mpu_move_border(mpu, LATE - 64, RODATA, &why),
			PHYSMAP_MPU_EMPTY, -EINVAL);
		REFUSED(physmap_mpu_move_border(mpu, LATE - 64, DATA, &why),
			PHYSMAP_MPU_EMPTY, -EINVAL);
		REFUSED(physmap_mpu_move_border(mpu, DATA, DATA + KB, &why),
			PHYSMAP_MPU_IN_USE, -EBUSY);
		REFUSED(physmap_mpu_move_border(mpu, RODATA, RODATA - KB, &why),
			PHYSMAP_MPU_IN_USE, -EBUSY);
		REFUSED(physmap_mpu_move_border(mpu, HEAP, HEAP + KB, &why),
			PHYSMAP_MPU_NOT_MAPPED, -ENOENT);
		GRANTED(map(RODATA, RODATA + KB, RO));
		REFUSED(physmap_mpu_move_border(mpu, LATE - 64, LATE, &why),
			PHYSMAP_MPU_STAYS, -EPERM);
		assert_string_equal(why.met.name, "rodata");
		GRANTED(unmap(RODATA, RODATA + KB));
		GRANTED(map(LATE, LATE + KB, RO));
		REFUSED(physmap_mpu_move_border(mpu, LATE - 64, LATE, &why),
			PHYSMAP_MPU_STAYS, -EPERM);
		assert_string_equal(why.met.name, "late");
	}
}

static void test_move(void **state)
{
	const struct model_mpu_config *c;

	for (c = configs; c <= last; c++) {
		start_all(c);
		/* Pieces still know where they belong. */
		assert_int_equal(carve(HEAP + MB, HEAP + 2 * MB, RO), 0);
		assert_int_equal(physmap_mpu_move(mpu, c->count - 1,
						  c->count - 2, &why), 0);
		must_be_sound();
		expected[6].slot = c->count - 2;
		GRANTED(unmap(HEAP + MB, HEAP + 2 * MB));
		REFUSED(physmap_mpu_move(mpu, 0, c->count - 1, &why),
			PHYSMAP_MPU_IN_USE, -EBUSY);
		REFUSED(physmap_mpu_move(mpu, c->count - 2, 1, &why),
			PHYSMAP_MPU_BAD_SLOT, -EINVAL);
		REFUSED(physmap_mpu_move(mpu, c->count - 2, c->count, &why),
			PHYSMAP_MPU_BAD_SLOT, -EINVAL);
		REFUSED(physmap_mpu_move(mpu, c->count - 1, c->count - 3, &why),
			PHYSMAP_MPU_NOT_MAPPED, -ENOENT);
		REFUSED(physmap_mpu_move(mpu, c->count, 1, &why),
			PHYSMAP_MPU_NOT_MAPPED, -ENOENT);
		REFUSED(physmap_mpu_move(mpu, 6, c->count - 1, &why),
			PHYSMAP_MPU_STAYS, -EPERM);
	}
}

/* Contexts */

static struct physmap_mpu_want of_context(u64 start, u64 end, u32 attrs)
{
	return want("guest", start, end, attrs, attrs, PHYSMAP_MPU_SWITCHING,
		    PHYSMAP_MPU_LOWEST);
}

static int change_to(const struct physmap_mpu_want *w, unsigned int nr)
{
	return physmap_mpu_switch(mpu, w, nr, &why);
}

static void test_switch(void **state)
{
	const u32 user = RW | PHYSMAP_USER;
	const struct physmap_mpu_want one[] = {
		of_context(GUEST, GUEST + MB, user),
		of_context(GUEST + 4 * MB, GUEST + 5 * MB, RW),
	};
	const struct physmap_mpu_want two[] = {
		of_context(GUEST + 4 * MB, GUEST + 5 * MB, RW),
		of_context(GUEST + MB, GUEST + 3 * MB, user),
	};
	const struct model_mpu_config *c;
	u64 stores;

	for (c = configs; c <= last; c++) {
		start_all(c);
		expected[4] = expected[--nr_expected];
		expect("guest", one[0].start, one[0].end, user);
		expect("guest", one[1].start, one[1].end, RW);
		GRANTED(change_to(one, 2));
		/* What both have stays where it is, untouched. */
		expected[nr_expected - 2] = (struct model_mpu_wanted) {
			"guest", two[1].start, two[1].end, user, MODEL_MPU_ANY,
		};
		stores = mpu->report.stores;
		GRANTED(change_to(two, 2));
		assert_int_equal(mpu->report.stores, stores + 3);
		GRANTED(change_to(two, 2));
		assert_int_equal(mpu->report.stores, stores + 3);
		nr_expected -= 2;
		GRANTED(change_to(NULL, 0));
		assert_int_equal(mpu->report.switches, 4);
	}
}

static void test_switch_refused(void **state)
{
	const struct physmap_mpu_want guest[] = {
		of_context(GUEST + 4 * MB, GUEST + 5 * MB, RW),
		of_context(GUEST + 6 * MB, GUEST + 7 * MB, RW),
		of_context(GUEST + 8 * MB, GUEST + 9 * MB, RW),
	};
	struct physmap_mpu_want w = guest[0];

	start_all(&configs[3]);
	REFUSED(change_to(guest, 3), PHYSMAP_MPU_NO_REGION, -ENOSPC);
	w.end = w.start;
	REFUSED(change_to(&w, 1), PHYSMAP_MPU_EMPTY, -EINVAL);
	w = of_context(HEAP, HEAP + KB, RW);
	REFUSED(change_to(&w, 1), PHYSMAP_MPU_OVERLAP, -EINVAL);
	REFUSED(change_to((struct physmap_mpu_want[]){ guest[0], guest[0] }, 2),
		PHYSMAP_MPU_OVERLAP, -EINVAL);
	/* Somebody else relies on a region of the old context. */
	GRANTED(map(GUEST, GUEST + KB, RW));
	REFUSED(change_to(guest, 2), PHYSMAP_MPU_STAYS, -EPERM);
	GRANTED(unmap(GUEST, GUEST + KB));
	uses[1] = (struct physmap_mpu_use) { "page", GUEST, GUEST + KB, RO };
	REFUSED(change_to(guest, 2), PHYSMAP_MPU_IN_USE, -EBUSY);
}

/* The audit */

static const char *finding;

static void keep_finding(void *to, const struct physmap_mpu_finding *f)
{
	finding = f->rule;
}

static void must_find(const char *rule, bool boot_is_over)
{
	finding = "nothing";
	assert_true(physmap_mpu_audit(mpu, boot_is_over, keep_finding, NULL));
	assert_string_equal(finding, rule);
}

/* Something is put into a region behind the engine's back, copy and all. */
static void force(unsigned int n, u64 start, u64 end, u32 attrs)
{
	const struct physmap_mpu_region r = { start, end, attrs };
	const struct physmap_mpu_words w = mpu->format->encode(&r);

	model_mpu_put(&m, n, w.base, w.limit);
	mpu->slot[n].region = r;
	mpu->slot[n].final = attrs;
	mpu->slot[n].references = 1;
	mpu->slot[n].life = PHYSMAP_MPU_ON_DEMAND;
}

static void test_audit(void **state)
{
	const u64 far = GUEST + 32 * MB;

	start(&configs[0]);
	must_find("MPU-17", true);
	start_all(&configs[0]);
	assert_int_equal(physmap_mpu_audit(mpu, true, keep_finding, NULL), 0);
	mpu->slot[1].region.attrs |= PHYSMAP_WRITE;
	must_find("MPU-13", true);
	mpu->slot[1].region.attrs &= ~PHYSMAP_WRITE;
	mpu->slot[1].region.start += 64;
	must_find("MPU-13", true);
	mpu->slot[1].region.start -= 64;
	mpu->slot[1].region.end -= 64;
	must_find("MPU-13", true);
	mpu->slot[1].region.end += 64;
	mpu->slot[1].references = 0;
	must_find("MPU-13", true);
	start_all(&configs[0]);
	mpu->slot[2].region.attrs |= PHYSMAP_EARLY;
	must_find("MPU-14", true);
	start_all(&configs[0]);
	force(12, far, far + KB, RW | RX);
	must_find("MPU-14", true);
	force(12, far, far + KB, RX | PHYSMAP_MPU_DEVICE_NGNRNE);
	must_find("MPU-16", true);
	force(12, HEAP, HEAP + KB, RW);
	must_find("MPU-4", true);
	start_all(&configs[0]);
	uses[1].end = INIT + KB;
	must_find("MPU-7", true);
	uses[1].end = INIT;
	uses[1].attrs = RX;
	must_find("MPU-7", true);
}

/* What is printed */

static char printed[4096];

__printf(2, 0)
static void keep_text(struct physmap_out *out, const char *fmt, va_list args)
{
	const size_t n = strlen(printed);

	vsnprintf(printed + n, sizeof(printed) - n, fmt, args);
}

static void test_print(void **state)
{
	struct physmap_out out = { .vprint = keep_text };

	start_all(&configs[2]);
	assert_int_equal(map(GUEST + 32 * MB, GUEST + 33 * MB, RX), 0);
	assert_int_equal(map(GUEST + 32 * MB, GUEST + 33 * MB, RX), 0);
	*printed = '\0';
	physmap_mpu_print(&out, mpu);
	assert_string_equal(printed,
			    "mpu:   0 [0x20000000, 0x20100000) r-x- type 0 text, fixed, 1 references\n"
			    "mpu:   1 [0x20100000, 0x20200000) r--- type 0 rodata, fixed, 1 references\n"
			    "mpu:   2 [0x20200000, 0x20300000) r--- type 0 late, fixed, 1 references\n"
			    "mpu:   3 [0x20300000, 0x20400000) rw-- type 0 data, fixed, 1 references\n"
			    "mpu:   4 [0x26000000, 0x26100000) r-x- type 0 demand, on demand, 2 references\n"
			    "mpu:   6 [0x24000000, 0x24100000) rw-- type 0 idle, switching, 1 references\n"
			    "mpu:   7 [0xe7c00000, 0xe7c01000) rw-- type 3 uart, fixed, 1 references\n"
			    "mpu:  15 [0x21000000, 0x22000000) rw-- type 0 heap, fixed, 1 references\n"
			    "mpu: boot: 0 kept, 1 early, 8 final; 1 finished, 2 released\n"
			    "mpu: later: 1 mapped, 1 shared, 0 unmapped, 0 splits, 0 joins, 0 switches, 0 refused\n"
			    "mpu: 23 stores, 5 pairs of barriers\n");
}

#define HOLDS(sentence, function)	{ sentence, function, NULL, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("boot: early regions, final attributes, boot's own given back",
		      test_boot),
		HOLDS("boot's last steps, done twice, write nothing more",
		      test_twice),
		HOLDS("regions that assembly has made as planned are kept",
		      test_found),
		HOLDS("an MPU that is on is taken over, strangers are not",
		      test_taken_over),
		HOLDS("what cannot be started is refused before anything is written",
		      test_not_started),
		HOLDS("no more regions are used than can be numbered",
		      test_too_many),
		HOLDS("nothing in use becomes read-only with pass 2",
		      test_finish_in_use),
		HOLDS("pass 2 does nothing that one store may not do",
		      test_finish_forbidden),
		HOLDS("a boot-only region that is in use or shared is not given back",
		      test_release_in_use),
		HOLDS("a range is mapped on demand and unmapped", test_map),
		HOLDS("a range that is mapped already is counted",
		      test_references),
		HOLDS("what must not be mapped or unmapped is refused",
		      test_map_refused),
		HOLDS("regions run out, and those of contexts stay set aside",
		      test_no_region),
		HOLDS("a piece gets other attributes, and the region is joined again",
		      test_carve),
		HOLDS("what is in use stays mapped on either side of a piece",
		      test_carve_in_use),
		HOLDS("what cannot be cut up is refused", test_carve_refused),
		HOLDS("pieces are given back in every order",
		      test_pieces_in_every_order),
		HOLDS("a piece between pieces becomes a part of its own",
		      test_piece_between_pieces),
		HOLDS("pieces go back to the region that they are of",
		      test_pieces_of_two),
		HOLDS("parts of a region stay as long as it has pieces",
		      test_parts_stay),
		HOLDS("rights are taken from whole regions", test_restrict),
		HOLDS("a right that was taken early does not come back",
		      test_restrict_early),
		HOLDS("borders move: what shrinks is first", test_border),
		HOLDS("regions get other numbers", test_move),
		HOLDS("contexts change, and what both have is not touched",
		      test_switch),
		HOLDS("a context that cannot be is refused",
		      test_switch_refused),
		HOLDS("the audit finds what is wrong", test_audit),
		HOLDS("regions and figures are printed", test_print),
	};

	return cmocka_run_group_tests_name("mpu", tests, NULL, NULL);
}
