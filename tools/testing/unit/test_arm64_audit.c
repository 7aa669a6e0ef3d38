// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit on arm64: what it can find is provoked and found with its rule, and
 * a clean map gives nothing, on every machine.
 */
#include <stdio.h>
#include "support_arm64.h"

#define RAM	(AF | INNER | PXN | UXN)
#define KEPT	1024

/* A sink that keeps all it is told. */
static struct physmap_audit_range seen[KEPT];
static struct physmap_audit_finding found[KEPT];
static unsigned int ranges, findings;

static void keep_range(struct physmap_sink *sink,
		       const struct physmap_audit_range *r)
{
	assert_true(ranges < KEPT);
	seen[ranges++] = *r;
}

static void keep_finding(struct physmap_sink *sink,
			 const struct physmap_audit_finding *f)
{
	assert_true(findings < KEPT);
	found[findings++] = *f;
}

static void audit(unsigned int expected)
{
	struct physmap_sink sink = { keep_range, keep_finding };
	unsigned int i;
	u64 told;

	ranges = 0;
	findings = 0;
	told = physmap_audit(map, &report, &sink);
	assert_int_equal(told, findings);
	for (i = 0; findings != expected && i < findings; i++)
		printf("# found: %s %#llx %s\n", found[i].rule,
		       (unsigned long long)found[i].va, found[i].text);
	assert_int_equal(findings, expected);
}

static void finds(enum physmap_finding what, const char *rule, u64 start,
		  u64 end)
{
	unsigned int i;

	for (i = 0; i < findings; i++)
		if (found[i].finding == what) {
			assert_string_equal(found[i].rule, rule);
			assert_true(found[i].va == start + map->offset);
			assert_true(found[i].end == end + map->offset);
			assert_true(*found[i].text);
			return;
		}
	fail_msg("no finding %d", what);
}

#define END	(BASE + 3 * GB + 5 * MB)

/* Pages, groups and blocks of every size. */
static void usual(const struct physmap_arm64_machine *machine)
{
	begin_arm64(machine);
	must_build(BASE, BASE + MB, S4K, PHYSMAP_TWO_PASS);
	must_build_blocks(BASE + MB, END, true, PHYSMAP_TWO_PASS);
	audit(0);
}

static void a_clean_map_gives_no_finding(void **state)
{
	struct physmap_arm64_machine machine;
	unsigned int n, i;

	for (n = 0; any_arm64(n, &machine); n++) {
		u64 next = BASE, groups = 0;

		if (!machine.page_shift)
			continue;
		usual(&machine);
		/* What is told covers all of it and is what the map is. */
		for (i = 0; i < ranges; i++) {
			assert_true(seen[i].start == next);
			next = seen[i].end;
			assert_int_equal(seen[i].attrs & ~PHYSMAP_CONTIG, DATA);
			groups += !!(seen[i].attrs & PHYSMAP_CONTIG);
			assert_int_equal(at64(seen[i].start).level,
					 seen[i].level);
			assert_int_equal(at64(seen[i].start).contig,
					 !!(seen[i].attrs & PHYSMAP_CONTIG));
		}
		assert_true(next == END);
		assert_true(groups > 0);
	}
}

/* ARM-ATTR-5 */
static void a_hole_is_found(void **state)
{
	usual(&a4k);
	*slot64(BASE + 64 * KB, 0) = 0;
	*slot64(BASE + 68 * KB, 0) = 0x1000;
	audit(1);
	finds(PHYSMAP_FINDING_HOLE, "ARM-ATTR-5", BASE + 64 * KB,
	      BASE + 72 * KB);
	usual(&a64k);
	*slot64(END - 64 * KB, 0) = 0;
	audit(1);
	finds(PHYSMAP_FINDING_HOLE, "ARM-ATTR-5", END - 64 * KB, END);
}

static void what_nobody_asked_for_is_found(void **state)
{
	usual(&a16k);
	*slot64(END + 16 * KB, 0) = (END + 16 * KB) | RAM | PAGE;
	audit(1);
	finds(PHYSMAP_FINDING_EXTRA, "ARM-ATTR-5", END + 16 * KB,
	      END + 32 * KB);
}

static void another_frame_is_found(void **state)
{
	usual(&a4k);
	*slot64(BASE + 64 * KB, 0) = (BASE + 68 * KB) | RAM | PAGE;
	audit(1);
	finds(PHYSMAP_FINDING_FRAME, "ARM-BBM-2", BASE + 64 * KB,
	      BASE + 68 * KB);
	/* By a bit that lies apart from the others. */
	usual(&a64k_52);
	*slot64(BASE + 64 * KB, 0) ^= 1ULL << 12;
	audit(1);
	finds(PHYSMAP_FINDING_FRAME, "ARM-BBM-2", BASE + 64 * KB,
	      BASE + 128 * KB);
}

/* ARM-ATTR-4; DBM is as good as writable. */
static void writable_and_executable_is_found(void **state)
{
	usual(&a4k);
	*slot64(BASE + 64 * KB, 0) &= ~PXN;
	audit(1);
	finds(PHYSMAP_FINDING_WX, "ARM-ATTR-4", BASE + 64 * KB,
	      BASE + 68 * KB);
	*slot64(BASE + 64 * KB, 0) |= RDONLY;
	audit(1);
	*slot64(BASE + 64 * KB, 0) &= ~DBM;
	audit(0);
	/* A user's right to execute is one too. */
	*slot64(BASE + 64 * KB, 0) ^= PXN | UXN | RDONLY;
	audit(1);
	finds(PHYSMAP_FINDING_WX, "ARM-ATTR-4", BASE + 64 * KB,
	      BASE + 68 * KB);
}

/* What a table above forbids is not had, and what it is for is told. */
static void a_table_may_forbid(void **state)
{
	unsigned int i;

	usual(&a4k);
	*slot64(BASE + 64 * KB, 0) &= ~PXN;
	*slot64(BASE + 64 * KB, 1) |= 1ULL << 59;
	audit(0);
	for (i = 0; i < ranges; i++)
		if (seen[i].start <= BASE + 64 * KB &&
		    seen[i].end > BASE + 64 * KB)
			assert_true(seen[i].exec_leaf && *seen[i].exec);
}

static void a_leaf_that_is_early_still_is_found(void **state)
{
	begin_arm64(&a4k);
	/* A write, links; then pass 2 is refused. */
	a.m.refuse_at = 6;
	must_refuse(build_one(BASE, BASE + 64 * KB, S4K, PHYSMAP_TWO_PASS),
		    MODEL_REFUSAL, "MODEL");
	audit(2);
	finds(PHYSMAP_FINDING_EARLY, "ARM-BBM-4", BASE, BASE + 64 * KB);
	finds(PHYSMAP_FINDING_WX, "ARM-ATTR-4", BASE, BASE + 64 * KB);
	must_build(BASE, BASE + 64 * KB, S4K, PHYSMAP_TWO_PASS);
	audit(0);
}

static char text[400];

__printf(2, 0)
static void into_text(struct physmap_out *out, const char *fmt, va_list args)
{
	const size_t n = strlen(text);

	vsnprintf(text + n, sizeof(text) - n, fmt, args);
}

static void a_group_is_told(void **state)
{
	struct physmap_out out = { into_text };
	const struct physmap_audit_range group = {
		.start = BASE, .end = BASE + 64 * KB,
		.attrs = DATA | PHYSMAP_CONTIG | 1 << PHYSMAP_MEMTYPE_SHIFT,
		.small = "", .read_only = "", .exec = "", .kept = "",
	};

	begin_arm64(&a4k);
	*text = 0;
	physmap_print_range(&out, map->geo, &group);
	assert_non_null(strstr(text, "0x0040000000-0x0040010000 4K RW NX GLB CONT MT1"));
	assert_null(strstr(text, "why"));
}

/* Larger blocks than the geometry has: nobody could take them apart. */
static void a_block_of_a_size_that_is_not_used_is_found(void **state)
{
	begin_arm64(&a16k);
	*slot64(BASE, 2) = RAM | BLOCK;
	/* It is nobody's, and of another frame as well. */
	audit(3);
	finds(PHYSMAP_FINDING_SIZE, "ARM-CONT-1", BASE, BASE + 64 * GB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARM64("a clean map gives no finding and is told as it is",
		      a_clean_map_gives_no_finding),
		ARM64("a hole is found (ARM-ATTR-5)", a_hole_is_found),
		ARM64("what nobody asked for is found (ARM-ATTR-5)",
		      what_nobody_asked_for_is_found),
		ARM64("another frame is found (ARM-BBM-2)",
		      another_frame_is_found),
		ARM64("what is writable and executable is found (ARM-ATTR-4)",
		      writable_and_executable_is_found),
		ARM64("what a table forbids is not had (ARM-MMU-13)",
		      a_table_may_forbid),
		ARM64("a leaf that is early still is found (ARM-BBM-4)",
		      a_leaf_that_is_early_still_is_found),
		ARM64("a group is told, and its memory type", a_group_is_told),
		ARM64("a block of a size that is not used is found",
		      a_block_of_a_size_that_is_not_used_is_found),
	};

	return cmocka_run_group_tests_name("arm64_audit", tests, NULL, NULL);
}
