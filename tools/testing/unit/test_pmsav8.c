// SPDX-License-Identifier: GPL-2.0-only
/*
 * The encodings of an Armv8-R MPU and what one store may change: held against
 * the simulated MPU, which decodes by itself and judges the stores that a
 * verdict allows, and those that it forbids.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>
#include "mpu.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define RW		PHYSMAP_WRITE
#define RX		PHYSMAP_EXEC
#define USER		PHYSMAP_USER
#define RIGHTS		(RW | RX | USER)

static const struct physmap_mpu_format * const formats[] = {
	&physmap_pmsav8_32, &physmap_pmsav8_64,
};

/* All rights and all types. */
#define ATTRS		32

static u32 attrs_of(unsigned int n)
{
	return (n & 1 ? RW : 0) | (n & 2 ? RX : 0) | (n & 4 ? USER : 0) |
	       PHYSMAP_MPU_TYPE(n / 8);
}

static void must_say(bool wide, const struct physmap_mpu_region *r)
{
	const struct physmap_mpu_words w = formats[wide]->encode(r);
	const struct model_mpu_region m =
		model_mpu_decode(wide, w.base, w.limit);
	const u32 type = r->attrs & PHYSMAP_MEMTYPE_MASK;

	assert_true(m.enabled);
	assert_int_equal(m.first, r->start);
	assert_int_equal(m.last, r->end - 1);
	assert_int_equal(m.write, !!(r->attrs & RW));
	assert_int_equal(m.exec, !!(r->attrs & RX));
	assert_int_equal(m.user, !!(r->attrs & USER));
	assert_int_equal(m.type, type >> PHYSMAP_MEMTYPE_SHIFT);
	assert_int_equal(m.share, type == PHYSMAP_MPU_NORMAL ? 3 : 2);
	assert_false(model_mpu_reserved(wide, w.base, w.limit));
}

static void must_come_back(bool wide, const struct physmap_mpu_region *r)
{
	const struct physmap_mpu_format *f = formats[wide];
	const struct physmap_mpu_region back = f->decode(f->encode(r));

	assert_int_equal(back.start, r->start);
	assert_int_equal(back.end, r->end);
	assert_int_equal(back.attrs, r->attrs);
}

static void words_say_what_the_region_is(void **state)
{
	unsigned int wide, i, k, n;

	for (wide = 0; wide < 2; wide++) {
		const u64 limit = formats[wide]->address_limit;
		const u64 starts[] = { 0, 64, 0x20000000, limit - 128,
				       limit - 64, 0x5555555555c0 % limit };
		const u64 sizes[] = { 64, 128, 4096, 0x1000040, limit };

		for (i = 0; i < ARRAY_SIZE(starts); i++)
			for (k = 0; k < ARRAY_SIZE(sizes); k++)
				for (n = 0; n < ATTRS; n++) {
					const struct physmap_mpu_region r = {
						starts[i],
						starts[i] + sizes[k],
						attrs_of(n),
					};

					if (r.end > limit)
						continue;
					must_say(wide, &r);
					must_come_back(wide, &r);
				}
	}
}

static void what_matches_nothing_comes_out_empty(void **state)
{
	const struct physmap_mpu_region none = { 0x1000, 0x1000, RW };
	unsigned int wide;

	for (wide = 0; wide < 2; wide++) {
		const struct physmap_mpu_format *f = formats[wide];
		const struct physmap_mpu_words disabled = { 0x1000, 0x2000 };
		const struct physmap_mpu_words inverted = { 0x2000, 0x1001 };
		struct physmap_mpu_words w = f->encode(&none);
		struct physmap_mpu_region r = f->decode(disabled);

		assert_false(model_mpu_decode(wide, w.base, w.limit).enabled);
		assert_int_equal(r.start, r.end);
		r = f->decode(inverted);
		assert_int_equal(r.start, r.end);
		/* One granule is not nothing. */
		w.base = 0x1000;
		w.limit = 0x1001;
		r = f->decode(w);
		assert_int_equal(r.end - r.start, 64);
		/* AttrIndx has types that nobody uses. */
		w.limit |= 0xe;
		assert_int_equal(f->decode(w).attrs & PHYSMAP_MEMTYPE_MASK,
				 PHYSMAP_MPU_TYPE(7));
	}
}

/* Changes of one region, with the MPU on */

static struct model_mpu m;
static unsigned int heard;

static void hear(struct model_mpu *model, const struct model_mpu_violation *v)
{
	heard++;
}

static void write(enum pmsav8_register reg, u64 value)
{
	model_mpu_registers.write(&m.pmsav8.mpu, reg, value);
}

static void begin(bool wide, const struct physmap_mpu_region *from)
{
	const struct model_mpu_config config = { .wide = wide, .count = 1 };
	const struct physmap_mpu_words w = formats[wide]->encode(from);

	model_mpu_start(&m, &config);
	m.heard = hear;
	m.sctlr = MODEL_MPU_M | MODEL_MPU_C;
	m.mair = PMSAV8_MAIR_VALUE;
	m.mair_written = true;
	model_mpu_registers.read(&m.pmsav8.mpu, PMSAV8_MPUIR);
	model_mpu_put(&m, 0, w.base, w.limit);
	heard = 0;
}

/* The stores that lead from one to the other, and no barrier between. */
static unsigned int stores(const struct physmap_mpu_words *from,
			   const struct physmap_mpu_words *to)
{
	if (from->base != to->base)
		write(PMSAV8_PRBAR, to->base);
	if (from->limit != to->limit)
		write(PMSAV8_PRLAR, to->limit);
	return (from->base != to->base) + (from->limit != to->limit);
}

static bool is_there(const struct physmap_mpu_region *r)
{
	return r->start < r->end;
}

/* The rules, said once more: MPU-9, MPU-14. */
static enum physmap_transition must_be(const struct physmap_mpu_region *from,
				       const struct physmap_mpu_region *to)
{
	const u32 other = from->attrs ^ to->attrs;
	const bool rights = other & RIGHTS;
	const bool start = from->start != to->start;
	const bool end = from->end != to->end;

	if (!is_there(from))
		return is_there(to) ? PHYSMAP_FRESH : PHYSMAP_NOOP;
	if (!is_there(to))
		return PHYSMAP_TIGHTEN;
	if (other & PHYSMAP_MEMTYPE_MASK || start + end + rights > 1)
		return PHYSMAP_FORBIDDEN;
	if (start || end)
		return PHYSMAP_RESIZE;
	if (!rights)
		return PHYSMAP_NOOP;
	return from->attrs & ~to->attrs & RIGHTS ? PHYSMAP_TIGHTEN :
						   PHYSMAP_LOOSEN;
}

/* What is writable and executable no verdict is asked about. */
static bool can_be(const struct physmap_mpu_region *r)
{
	return (r->attrs & (RW | RX)) != (RW | RX) &&
	       !(physmap_mpu_is_device(r->attrs) && (r->attrs & RX));
}

static void must_answer(bool wide, const struct physmap_mpu_region *from,
			const struct physmap_mpu_region *to)
{
	const struct physmap_mpu_words old = formats[wide]->encode(from);
	const struct physmap_mpu_words new = formats[wide]->encode(to);
	const struct physmap_verdict v = formats[wide]->transition(from, to);
	const enum physmap_transition answer = must_be(from, to);
	unsigned int n;

	assert_int_equal(v.transition, answer);
	assert_true(!strncmp(v.rule, "MPU-", 4) && *v.why);
	if (!can_be(from) || !can_be(to) || !is_there(to))
		return;
	begin(wide, from);
	n = stores(&old, &new);
	if (answer != PHYSMAP_FORBIDDEN)
		assert_int_equal(heard, 0);
	if (answer == PHYSMAP_RESIZE || answer == PHYSMAP_LOOSEN ||
	    answer == PHYSMAP_TIGHTEN)
		assert_int_equal(n, 1);
	/* A border and rights in one word no hardware objects to: policy. */
	if (answer == PHYSMAP_FORBIDDEN && n > 1)
		assert_true(heard);
}

static void one_store_changes_what_a_verdict_says(void **state)
{
	static const struct {
		u64 start;
		u64 end;
	} places[] = {
		{ 0x1000, 0x1000 }, { 0x1000, 0x1040 }, { 0x1000, 0x1080 },
		{ 0x1040, 0x1080 }, { 0x1040, 0x10c0 },
	};
	const unsigned int all = ARRAY_SIZE(places) * ATTRS;
	unsigned int wide, i, k;

	for (wide = 0; wide < 2; wide++)
		for (i = 0; i < all; i++)
			for (k = 0; k < all; k++) {
				const struct physmap_mpu_region from = {
					places[i / ATTRS].start,
					places[i / ATTRS].end,
					attrs_of(i % ATTRS),
				};
				const struct physmap_mpu_region to = {
					places[k / ATTRS].start,
					places[k / ATTRS].end,
					attrs_of(k % ATTRS),
				};

				must_answer(wide, &from, &to);
			}
}

#define HOLDS(sentence, function)	{ sentence, function, NULL, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("words say what the region is",
		      words_say_what_the_region_is),
		HOLDS("what matches nothing comes out empty",
		      what_matches_nothing_comes_out_empty),
		HOLDS("one store changes what a verdict says, and no more",
		      one_store_changes_what_a_verdict_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
