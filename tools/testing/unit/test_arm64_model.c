// SPDX-License-Identifier: GPL-2.0-only
/*
 * The simulated arm64 machine: its walk by descriptors that are written here,
 * bit by bit, and the way it refuses and remembers. What other tests hold the
 * engine against has to be right first.
 */
#include <errno.h>
#include <string.h>
#include "arm64_machine.h"
#include "support.h"

#define RAM_START	GB
#define TABLES		(64 * GB)
#define LEAF		0x703ULL	/* page, AF, inner shareable */

static struct model_arm64 a;

static int end(void **state)
{
	model_arm64_stop(&a);
	return 0;
}

static void start(unsigned int page_shift, unsigned int va_bits,
		  unsigned int pa_bits, bool lpa2)
{
	const struct physmap_arm64_machine machine = {
		.page_shift = page_shift,
		.va_bits = va_bits,
		.pa_bits = pa_bits,
		.lpa2 = lpa2,
	};

	end(NULL);
	model_arm64_start(&a, &machine, RAM_START, TABLES);
}

static u64 va(void)
{
	return a.m.map.va_start;
}

static void put(unsigned int level, u64 raw)
{
	u64 *slot = model_arm64_slot(&a, va(), level);

	assert_non_null(slot);
	*slot = raw;
}

static struct model_arm64_translation look(u64 at)
{
	return model_arm64_look(&a, va() + at);
}

static void levels_follow_from_granule_and_width(void **state)
{
	static const struct {
		unsigned int page_shift, va_bits, levels;
	} widths[] = {
		{ 12, 39, 3 }, { 12, 48, 4 }, { 12, 52, 5 },
		{ 14, 36, 2 }, { 14, 47, 3 }, { 14, 48, 4 }, { 14, 52, 4 },
		{ 16, 42, 2 }, { 16, 48, 3 }, { 16, 52, 3 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(widths); i++) {
		start(widths[i].page_shift, widths[i].va_bits, 48, false);
		assert_int_equal(model_arm64_levels(&a.cpu), widths[i].levels);
		put(0, 0x40000000 | LEAF);
		assert_true(look(8).present && look(8).pa == 0x40000008);
		assert_int_equal(model_arm64_tables(&a.m.mem, &a.cpu),
				 widths[i].levels);
		/* The last address of the map has a slot too. */
		assert_non_null(model_arm64_slot(&a, a.m.map.va_limit - 1, 0));
	}
}

static void the_map_begins_where_ram_does(void **state)
{
	start(12, 48, 48, false);
	assert_true(va() == 0xffff000000000000ULL);
	assert_true(RAM_START + a.m.map.offset == va());
	assert_true(a.m.map.va_limit == 0xffff800000000000ULL);
}

static void top_address_bits_lie_apart(void **state)
{
	start(16, 52, 52, false);
	put(0, 0xabc0000 | 9 << 12 | LEAF);
	assert_true(look(0).pa == (9ULL << 48 | 0xabc0000));
	start(12, 52, 52, true);
	put(0, 1ULL << 49 | 0xabc000 | 2 << 8 | 0x403);
	assert_true(look(0).pa == (10ULL << 48 | 0xabc000));
	assert_int_equal(look(0).shareability, 3);
}

static void what_does_not_translate(void **state)
{
	start(12, 48, 48, false);
	put(0, 0x40000000 | (LEAF & ~1ULL));
	assert_false(look(0).present || look(0).reserved);
	put(0, 0x40000000 | (LEAF & ~2ULL));
	assert_true(!look(0).present && look(0).reserved);
	start(12, 48, 40, false);
	put(0, 1ULL << 40 | LEAF);
	assert_true(look(0).reserved);
	/* A block below whose address there is something: all but nT. */
	start(12, 48, 48, false);
	put(1, 0x40001000 | (LEAF & ~2ULL));
	assert_true(look(0).reserved);
	put(1, 0x40010000 | (LEAF & ~2ULL));
	assert_true(look(0).present && look(0).no_translation);
	assert_true(look(0x12345).pa == 0x40012345);
	/* Blocks of 512G come with LPA2. */
	start(12, 48, 48, false);
	put(3, 1ULL << 39 | (LEAF & ~2ULL));
	assert_true(look(0).reserved);
	start(12, 52, 52, true);
	put(3, 1ULL << 39 | 0x401);
	assert_true(look(5).present && look(5).pa == (1ULL << 39) + 5);
}

static void rights_come_from_leaf_and_tables(void **state)
{
	struct model_arm64_translation t;

	start(12, 48, 48, false);
	put(0, 0x40000000 | LEAF);
	t = look(0);
	assert_true(t.write && t.exec && t.user_exec && t.global && !t.user);
	put(0, 0x40000000 | LEAF | 1ULL << 7 | 1ULL << 53 | 1 << 11 | 1 << 6);
	t = look(0);
	assert_true(!t.write && !t.exec && t.user_exec && !t.global && t.user);
	/* DBM: hardware may make it writable. */
	put(0, 0x40000000 | LEAF | 1ULL << 7 | 1ULL << 51 | 1ULL << 54);
	t = look(0);
	assert_true(t.write && t.exec && !t.user_exec);
	put(0, 0x40000000 | LEAF | 1ULL << 52 | 3 << 2);
	t = look(0);
	assert_true(t.contig && t.attrindx == 3 && t.accessed);
	/* PXNTable and APTable take from all below. */
	put(1, *model_arm64_slot(&a, va(), 1) | 1ULL << 59 | 1ULL << 62);
	t = look(0);
	assert_true(!t.write && !t.exec && t.user_exec);
}

static void where_there_is_one_privilege(void **state)
{
	const struct physmap_arm64_machine machine = {
		.regime = PHYSMAP_ARM64_EL2,
		.page_shift = 12,
		.va_bits = 48,
		.pa_bits = 48,
	};

	end(NULL);
	model_arm64_start(&a, &machine, RAM_START, TABLES);
	put(0, 0x40000000 | LEAF | 1ULL << 53 | 1 << 11);
	assert_true(look(0).exec && look(0).global && !look(0).user);
	put(0, 0x40000000 | LEAF | 1ULL << 54);
	assert_false(look(0).exec);
	/* One TTBR: addresses of the lower half of what there is. */
	assert_true(va() == 1ULL << 47);
}

static void a_slot_is_not_looked_for_below_a_leaf(void **state)
{
	start(12, 48, 48, false);
	put(1, 0x40000000 | (LEAF & ~2ULL));
	assert_null(model_arm64_slot(&a, va(), 0));
	assert_true(*model_arm64_slot(&a, va(), 1) ==
		    (0x40000000 | (LEAF & ~2ULL)));
}

/* Frames are as large as pages; nothing is seen of what lies beside. */
static void memory_has_pages_of_the_granule(void **state)
{
	u64 first, second;

	start(16, 48, 48, false);
	assert_int_equal(model_alloc(&a.m.mem, &first), 0);
	assert_int_equal(model_alloc(&a.m.mem, &second), 0);
	assert_true(second == first + 64 * KB);
	memset(model_page(&a.m.mem, first), 0xff, 64 * KB);
	assert_true(*(u64 *)model_page(&a.m.mem, second) == 0);
}

static void hooks_refuse_when_they_are_told_to(void **state)
{
	const struct physmap_range r = range(RAM_START, RAM_START + 4 * MB, S4K);
	const struct physmap_request req = ask(&r, 1, PHYSMAP_TWO_PASS);

	start(12, 48, 48, false);
	report = (struct physmap_report) { };
	a.m.refuse_at = 2;
	assert_int_equal(physmap_build(&a.m.map, &req, &report, &why),
			 MODEL_REFUSAL);
	assert_string_equal(why.rule, "MODEL");
	assert_int_equal(physmap_build(&a.m.map, &req, &report, &why), 0);
	assert_true(look(4 * MB - 1).present);
	assert_false(look(4 * MB).present);
	assert_true(a.m.events > 3 && a.m.event[0].kind == MODEL_WRITE);
}

#define ARM64(sentence, function)	{ sentence, function, NULL, end, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARM64("levels follow from granule and width",
		      levels_follow_from_granule_and_width),
		ARM64("the map begins where RAM does",
		      the_map_begins_where_ram_does),
		ARM64("the top bits of a 52-bit address lie apart",
		      top_address_bits_lie_apart),
		ARM64("what is not valid or reserved does not translate",
		      what_does_not_translate),
		ARM64("rights come from the leaf and from the tables above it",
		      rights_come_from_leaf_and_tables),
		ARM64("with one privilege there is neither PXN nor nG",
		      where_there_is_one_privilege),
		ARM64("a slot is not looked for below a leaf",
		      a_slot_is_not_looked_for_below_a_leaf),
		ARM64("memory has pages of the granule",
		      memory_has_pages_of_the_granule),
		ARM64("hooks refuse when they are told to",
		      hooks_refuse_when_they_are_told_to),
	};

	return cmocka_run_group_tests_name("arm64_model", tests, NULL, NULL);
}
