// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit: everything it can find is provoked and found with its rule, a
 * clean map gives nothing, and reports are in the words that were agreed on.
 */
#include <stdio.h>
#include "support.h"

#define NX	(1ULL << 63)
#define RW	0x2ULL

/* A sink that keeps all it is told. */
#define KEPT	1024

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

/* Other findings are not of interest. */
static void audit_only(enum physmap_finding what, unsigned int expected)
{
	struct physmap_sink sink = { keep_range, keep_finding };
	unsigned int i, n = 0;

	ranges = 0;
	findings = 0;
	physmap_audit(map, &report, &sink);
	for (i = 0; i < findings; i++)
		n += found[i].finding == what;
	assert_int_equal(n, expected);
}

static void finds(enum physmap_finding what, const char *rule, u64 start, u64 end)
{
	unsigned int i;

	for (i = 0; i < findings; i++)
		if (found[i].finding == what) {
			assert_string_equal(found[i].rule, rule);
			assert_int_equal(found[i].va, start + map->offset);
			assert_int_equal(found[i].end, end + map->offset);
			assert_true(*found[i].text);
			return;
		}
	fail_msg("no finding %d", what);
}

/* A map with pages, 2M and 1G leaves. */
static void usual(void)
{
	begin(&long4);
	must_build(0, 1 * MB, S4K, PHYSMAP_TWO_PASS);
	must_build(1 * MB, 3 * GB + 5 * MB, S1G, PHYSMAP_TWO_PASS);
	audit(0);
}

static void a_clean_map_gives_no_finding(void **state)
{
	usual();
	begin_xen(0x1000);
	must_build(16 * MB, 32 * MB, S4K, PHYSMAP_TWO_PASS);
	m.reason[PHYSMAP_WHY_EXTRA] = "mapped by the domain builder";
	map->va_limit = map->offset + 32 * MB;
	/* The domain builder's pages execute: told, a table at a time. */
	audit(8 + 1);
	finds(PHYSMAP_FINDING_WX, "X86-TLB-8", 0, MB);
	audit_only(PHYSMAP_FINDING_WX, 8 + 1);
}

static void a_hole_is_found(void **state)
{
	usual();
	*slot_at(map->offset + 64 * KB, 0) = 0;
	*slot_at(map->offset + 68 * KB, 0) = 0x1000;
	audit(1);
	finds(PHYSMAP_FINDING_HOLE, "X86-LNX-10", 64 * KB, 72 * KB);
}

static void a_hole_at_the_end_is_found(void **state)
{
	usual();
	*slot_at(map->offset + 3 * GB + 5 * MB - 4 * KB, 0) = 0;
	audit(1);
	finds(PHYSMAP_FINDING_HOLE, "X86-LNX-10", 3 * GB + 5 * MB - 4 * KB,
	      3 * GB + 5 * MB);
}

static void a_hole_with_a_reason_is_none(void **state)
{
	usual();
	*slot_at(map->offset + 64 * KB, 0) = 0;
	m.reason[PHYSMAP_WHY_HOLE] = "taken out again";
	audit(0);
}

static void an_extra_leaf_is_found(void **state)
{
	usual();
	*slot_at(map->offset + 3 * GB + 6 * MB, 1) =
		(3 * GB + 6 * MB) | NX | 0x1e3;
	audit(1);
	finds(PHYSMAP_FINDING_EXTRA, "X86-MT-4", 3 * GB + 6 * MB,
	      3 * GB + 8 * MB);
	m.reason[PHYSMAP_WHY_EXTRA] = "known";
	audit(0);
}

static void a_wrong_frame_is_found(void **state)
{
	usual();
	*slot_at(map->offset + 64 * KB, 0) += 0x1000;
	audit(1);
	finds(PHYSMAP_FINDING_FRAME, "X86-TLB-2", 64 * KB, 68 * KB);
}

static void writable_and_executable_is_found(void **state)
{
	usual();
	*slot_at(map->offset + 64 * KB, 0) &= ~NX;
	*slot_at(map->offset + 1 * GB, 2) &= ~NX;
	audit(2);
	finds(PHYSMAP_FINDING_WX, "X86-TLB-8", 64 * KB, 68 * KB);
	/* RO and executable is the kernel's text. */
	*slot_at(map->offset + 64 * KB, 0) &= ~RW;
	*slot_at(map->offset + 1 * GB, 2) &= ~RW;
	audit(0);
}

/* NX on the table above is as good (XENPV-6). */
static void rights_of_tables_count(void **state)
{
	usual();
	*slot_at(map->offset + 64 * KB, 0) &= ~NX;
	*slot_at(map->offset, 1) |= NX;
	audit(0);
	*slot_at(map->offset, 1) &= ~NX;
	audit(1);
	*slot_at(map->offset, 1) &= ~RW;
	audit(0);
}

/* Without NX everything executes; that is no fault of the map. */
static void without_nx_there_is_no_finding(void **state)
{
	struct physmap_x86_machine x86 = long4;

	x86.nx = false;
	begin(&x86);
	must_build(0, 4 * MB, S2M, PHYSMAP_TWO_PASS);
	audit(0);
}

static void a_mark_left_is_found(void **state)
{
	usual();
	*slot_at(map->offset + 64 * KB, 0) |= 0x400;
	audit(1);
	finds(PHYSMAP_FINDING_EARLY, "X86-TLB-3", 64 * KB, 68 * KB);
}

static void a_build_that_stopped_is_found(void **state)
{
	begin(&long4);
	m.refuse_at = 7;	/* two runs and four links, then the flush */
	assert_int_equal(build_one(0, 4 * MB, S4K, PHYSMAP_TWO_PASS),
			 MODEL_REFUSAL);
	audit(4);
	finds(PHYSMAP_FINDING_EARLY, "X86-TLB-3", 0, 2 * MB);
	finds(PHYSMAP_FINDING_WX, "X86-TLB-8", 0, 2 * MB);
}

static void a_size_that_is_not_allowed_is_found(void **state)
{
	usual();
	m.hooks.leaf_levels = S2M;
	audit(1);
	finds(PHYSMAP_FINDING_SIZE, "X86-FMT-3", 1 * GB, 3 * GB);
}

static void a_writable_table_is_found(void **state)
{
	u64 table;

	begin_xen(0x1000);
	must_build(0, 32 * MB, S4K, PHYSMAP_TWO_PASS);
	table = at(20 * MB).table;
	audit_only(PHYSMAP_FINDING_TABLE_RW, 0);
	*slot_at(table + map->offset, 0) |= RW;
	audit_only(PHYSMAP_FINDING_TABLE_RW, 1);
	finds(PHYSMAP_FINDING_TABLE_RW, "XENPV-2", table, table + 4 * KB);
}

static void a_full_log_is_found(void **state)
{
	u64 pa;

	begin(&long4);
	for (pa = 0; pa <= PHYSMAP_LOG_RANGES * 8 * KB; pa += 8 * KB)
		must_build(pa, pa + 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	audit(2);	/* what was forgotten looks like an extra leaf */
	finds(PHYSMAP_FINDING_LOG, "X86-LNX-6", 0, 0);
}

static void each_log_that_overflowed_is_found(void **state)
{
	usual();
	report.covered.lost = 1;
	audit(1);
	finds(PHYSMAP_FINDING_LOG, "X86-LNX-6", 0, 0);
	report.covered.lost = 0;
	report.kept_log.lost = 1;
	audit(1);
	finds(PHYSMAP_FINDING_LOG, "X86-LNX-6", 0, 0);
}

static void an_empty_map_gives_no_finding(void **state)
{
	begin(&long4);
	audit(0);
	assert_int_equal(ranges, 0);
}

static void another_frame_with_a_reason_is_none(void **state)
{
	usual();
	*slot_at(map->offset + 64 * KB, 0) += 0x1000;
	m.reason[PHYSMAP_WHY_FRAME] = "the balloon's scratch page";
	audit(0);
}

/* What is said of a table page goes by what its address really maps. */
static void a_table_page_mapped_otherwise_is_no_finding(void **state)
{
	u64 table, *slot, was;

	begin_xen(0x1000);
	must_build(0, 32 * MB, S4K, PHYSMAP_TWO_PASS);
	table = at(20 * MB).table;
	slot = slot_at(table + map->offset, 0);
	was = *slot;
	*slot = 0;
	audit_only(PHYSMAP_FINDING_TABLE_RW, 0);
	*slot = *slot_at(map->offset + 64 * KB, 0);	/* RW, another frame */
	audit_only(PHYSMAP_FINDING_TABLE_RW, 0);
	*slot = was;
}

static void a_writable_alias_of_a_table_is_found(void **state)
{
	const u64 alias = 64 * KB;
	u64 table, *slot;

	begin_xen(0x1000);
	must_build(0, 32 * MB, S4K, PHYSMAP_TWO_PASS);
	table = at(20 * MB).table;
	slot = slot_at(map->offset + alias, 0);
	*slot = *slot_at(table + map->offset, 0);
	m.alias_start = table;
	m.alias_end = table + 4 * KB;
	m.alias_va = map->offset + alias;
	audit_only(PHYSMAP_FINDING_TABLE_RW, 0);
	*slot |= RW;
	audit_only(PHYSMAP_FINDING_TABLE_RW, 1);
	finds(PHYSMAP_FINDING_TABLE_RW, "XENPV-2", alias, alias + 4 * KB);
}

/* Ranges */

static void range_is(unsigned int n, u64 start, u64 end, unsigned int level,
		     u32 attrs, const char *small, const char *read_only,
		     const char *kept)
{
	assert_true(n < ranges);
	assert_int_equal(seen[n].start, start);
	assert_int_equal(seen[n].end, end);
	assert_int_equal(seen[n].level, level);
	assert_int_equal(seen[n].attrs, attrs);
	assert_string_equal(seen[n].small, small);
	assert_string_equal(seen[n].read_only, read_only);
	assert_string_equal(seen[n].kept, kept);
}

#define NO_SLOT	"no request has all of a larger slot"

static void ranges_coalesce_and_carry_reasons(void **state)
{
	const u32 data = PHYSMAP_WRITE | PHYSMAP_GLOBAL;

	begin(&long4);
	must_build(0, 4 * KB, S4K, PHYSMAP_TWO_PASS);
	*slot_at(map->offset + 8 * KB, 0) = 8 * KB | NX | 0x161;
	report = (struct physmap_report) { };
	must_build(4 * KB, 3 * GB + 5 * MB, S1G, PHYSMAP_TWO_PASS);
	*slot_at(map->offset, 0) = 0;
	*slot_at(map->offset + 64 * KB, 0) &= ~RW;
	audit(0);
	assert_int_equal(ranges, 9);
	range_is(0, 4 * KB, 8 * KB, 0, data, NO_SLOT, "", "");
	range_is(1, 8 * KB, 12 * KB, 0, PHYSMAP_GLOBAL,
		 NO_SLOT,
		 "was read-only when it was found",
		 "was present before the build");
	range_is(2, 12 * KB, 64 * KB, 0, data, NO_SLOT, "",
		 "");
	range_is(3, 64 * KB, 68 * KB, 0, PHYSMAP_GLOBAL,
		 NO_SLOT,
		 "made read-only after it was built", "");
	range_is(4, 68 * KB, 2 * MB, 0, data, NO_SLOT, "",
		 "");
	/* 511 leaves, in one range. */
	range_is(5, 2 * MB, 1 * GB, 1, data, NO_SLOT, "",
		 "");
	range_is(6, 1 * GB, 3 * GB, 2, data, "", "", "");
	range_is(7, 3 * GB, 3 * GB + 4 * MB, 1, data,
		 NO_SLOT, "", "");
	range_is(8, 3 * GB + 4 * MB, 3 * GB + 5 * MB, 0, data,
		 NO_SLOT, "", "");
}

static void the_backend_knows_better_reasons(void **state)
{
	usual();
	must_build(1 * GB, 1 * GB + 2 * MB, S2M, PHYSMAP_TWO_PASS);
	audit(0);
	range_is(1, 2 * MB, 2 * GB, 1, PHYSMAP_WRITE | PHYSMAP_GLOBAL,
		 "split after it was built", "", "");
	m.reason[PHYSMAP_WHY_SPLIT] = "split for the kernel's text";
	audit(0);
	assert_string_equal(seen[1].small, "split for the kernel's text");
	m.reason[PHYSMAP_WHY_SMALL] = "small pages were asked for";
	audit(0);
	assert_string_equal(seen[1].small, "small pages were asked for");
}

static void the_backend_knows_why_a_page_is_read_only(void **state)
{
	usual();
	*slot_at(map->offset + 64 * KB, 0) &= ~RW;
	m.reason[PHYSMAP_WHY_READ_ONLY] = "the kernel's text";
	audit(0);
	assert_int_equal(seen[1].start, 64 * KB);
	assert_string_equal(seen[1].read_only, "the kernel's text");
}

/* Alike in all but where they come from: still ranges of their own. */
static void kept_leaves_are_a_range_of_their_own(void **state)
{
	const u32 data = PHYSMAP_WRITE | PHYSMAP_GLOBAL;

	begin(&long4);
	must_build(0, 8 * KB, S4K, PHYSMAP_TWO_PASS);
	report = (struct physmap_report) { };
	must_build(0, 16 * KB, S4K, PHYSMAP_TWO_PASS);
	audit(0);
	assert_int_equal(ranges, 2);
	range_is(0, 0, 8 * KB, 0, data, NO_SLOT, "",
		 "was present before the build");
	range_is(1, 8 * KB, 16 * KB, 0, data, NO_SLOT, "", "");
}

/* XENPV-6: a leaf that may execute, below an entry that does not let it. */
static void leaves_that_only_a_table_restrains_say_so(void **state)
{
	begin(&long4);
	must_build(0, 8 * KB, S4K, PHYSMAP_TWO_PASS);
	*slot_at(map->offset + 4 * KB, 0) &= ~NX;
	*slot_at(map->offset, 1) |= NX;
	audit(0);
	assert_int_equal(ranges, 2);
	assert_string_equal(seen[0].exec, "");
	assert_string_equal(seen[1].exec, "NX stands in a table above");
	assert_false(seen[1].attrs & PHYSMAP_EXEC);
	m.reason[PHYSMAP_WHY_EXEC] = "code";
	audit(0);
	assert_string_equal(seen[1].exec, "code");
}

static void machines_without_large_leaves_say_so(void **state)
{
	struct physmap_x86_machine x86 = long4;

	x86.pse = false;
	x86.gbpages = false;
	begin(&x86);
	must_build(0, 4 * MB, S1G, PHYSMAP_TWO_PASS);
	audit(0);
	assert_string_equal(seen[0].small, "this machine has no larger leaf");
	begin(&long4);
	m.hooks.leaf_levels = S4K;
	must_build(0, 4 * MB, S1G, PHYSMAP_TWO_PASS);
	audit(0);
	assert_string_equal(seen[0].small, "the backend cannot write a larger leaf");
}

/* Words */

static char text[8192];

static void append(struct physmap_out *out, const char *fmt, va_list args)
{
	const size_t n = strlen(text);

	vsnprintf(text + n, sizeof(text) - n, fmt, args);
}

static void has(const char *line)
{
	if (!strstr(text, line))
		fail_msg("no \"%s\" in:\n%s", line, text);
}

/* Boot benches and people read these. */
static void the_report_has_the_lines_agreed_on(void **state)
{
	struct physmap_out out = { append };

	begin(&long4);
	/* Not from 0: printf() has no 0x for a zero, the kernel has. */
	must_build(64 * KB, 1 * MB, S4K, PHYSMAP_TWO_PASS);
	*slot_at(map->offset + 1 * MB, 0) = 1 * MB | 0x61;
	must_build(1 * MB, 4 * MB, S1G, PHYSMAP_TWO_PASS);
	must_build(2 * MB, 2 * MB + 4 * KB, S4K, PHYSMAP_FINAL_ON_FRESH);
	text[0] = 0;
	physmap_print_report(&out, map, &report);
	has("backend: model\n");
	has("levels: 4\n");
	has("sizes: 4K 2M 1G\n");
	has("requests: 3\n");
	has("failed: 0\n");
	has("\nshape: 4K=495 2M=1 1G=0 early=496 final=0 tables=4 cleared=0 nomfn=0 cycles=");
	has("\nkept: 4K=1 2M=0 1G=0 ro=1\n");
	has("\nsplit: 4K=0 2M=1 1G=0\n");
	has("\nboundary: flushes=2 cycles=");
	has("\nattributes: 4K=495 2M=1 1G=0 leaves=496 nx=496 kept_nx=0 global=496 ");
	has(" resized=0 moved=0 kept_ro_written=0 cycles=");
	has("\nflush: flushes=0\n");
	has("\ntables: planned=4 used=4\n");
	has("\nrequest 1: start=0x10000 end=0x100000 sizes=4K policy=two-pass early=240 ");
	has(" early=240 flush=1 attributes=240 final=0 kept=0 tables=3 seq_shape=4 ");
	has(" seq_shape=4 seq_flush=5 seq_attributes=6 error=0\n");
	has("\nrequest 2: start=0x100000 end=0x400000 sizes=4K,2M,1G policy=two-pass ");
	has(" early=256 flush=1 attributes=256 final=0 kept=1 tables=0 ");
	has("\nrequest 3: start=0x200000 end=0x201000 sizes=4K policy=fresh early=0 ");
	has(" early=0 flush=0 attributes=0 final=0 kept=1 tables=1 ");
}

/* Two levels have two leaf sizes, and no line tells of a third. */
static void the_report_has_the_levels_there_are(void **state)
{
	struct physmap_out out = { append };

	begin(&legacy);
	must_build(4 * KB, 8 * KB, S4K, PHYSMAP_TWO_PASS);
	text[0] = 0;
	physmap_print_report(&out, map, &report);
	has("levels: 2\n");
	has("sizes: 4K 4M\n");
	has("\nshape: 4K=1 4M=0 early=1 ");
	has("\nsplit: 4K=0 4M=0\n");
}

static void an_audit_has_the_lines_agreed_on(void **state)
{
	static const char want[] =
		"range: 0x0000100000-0x0000200000 4K RO NX GLB  why: 4K: small; RO: ro; leaf X: code; kept: kept\n"
		"range: 0x0040000000-0x0080000000 1G RW X MT3\n"
		"range: 0x0080000000-0x00c0000000 1G RO NX ENC\n"
		"finding: X86-TLB-8 0x1000-0x2000 is bad\n";
	const struct physmap_audit_range r = {
		.start = MB, .end = 2 * MB, .level = 0, .attrs = PHYSMAP_GLOBAL,
		.small = "small", .read_only = "ro", .exec = "code", .kept = "kept",
	};
	const struct physmap_audit_range x = {
		.start = 1 * GB, .end = 2 * GB, .level = 2,
		.attrs = PHYSMAP_WRITE | PHYSMAP_EXEC | 3 << PHYSMAP_MEMTYPE_SHIFT,
		.small = "", .read_only = "", .exec = "", .kept = "",
	};
	const struct physmap_audit_range c = {
		.start = 2 * GB, .end = 3 * GB, .level = 2,
		.attrs = PHYSMAP_ENCRYPTED,
		.small = "", .read_only = "", .exec = "", .kept = "",
	};
	const struct physmap_audit_finding f = {
		.rule = "X86-TLB-8", .va = 0x1000, .end = 0x2000, .text = "is bad",
	};
	struct physmap_out out = { append };

	physmap_x86_geometry(&m.x86, &long4);
	text[0] = 0;
	physmap_print_range(&out, &m.x86.geo, &r);
	physmap_print_range(&out, &m.x86.geo, &x);
	physmap_print_range(&out, &m.x86.geo, &c);
	physmap_print_finding(&out, &f);
	assert_string_equal(text, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("a clean map gives no finding", a_clean_map_gives_no_finding),
		HOLDS("a hole is found (X86-LNX-10)", a_hole_is_found),
		HOLDS("a hole at the end is found", a_hole_at_the_end_is_found),
		HOLDS("a hole that the backend explains is none",
		      a_hole_with_a_reason_is_none),
		HOLDS("a leaf that nobody asked for is found (X86-MT-4)",
		      an_extra_leaf_is_found),
		HOLDS("a wrong frame is found (X86-TLB-2)", a_wrong_frame_is_found),
		HOLDS("writable and executable is found (X86-TLB-8)",
		      writable_and_executable_is_found),
		HOLDS("the rights of tables count", rights_of_tables_count),
		HOLDS("without NX there is no finding (X86-FMT-1)",
		      without_nx_there_is_no_finding),
		HOLDS("an early mark that was left is found (X86-TLB-3)",
		      a_mark_left_is_found),
		HOLDS("a build that stopped before pass 2 is found",
		      a_build_that_stopped_is_found),
		HOLDS("a leaf size that is not allowed is found (X86-FMT-3)",
		      a_size_that_is_not_allowed_is_found),
		HOLDS("a writable table page is found (XENPV-2)",
		      a_writable_table_is_found),
		HOLDS("a log that overflowed is found", a_full_log_is_found),
		HOLDS("any log that overflowed is found",
		      each_log_that_overflowed_is_found),
		HOLDS("an empty map gives no finding",
		      an_empty_map_gives_no_finding),
		HOLDS("another frame that the backend explains is none",
		      another_frame_with_a_reason_is_none),
		HOLDS("a table page mapped otherwise is no finding",
		      a_table_page_mapped_otherwise_is_no_finding),
		HOLDS("a writable alias of a table page is found (XENPV-2)",
		      a_writable_alias_of_a_table_is_found),
		HOLDS("ranges coalesce and carry their reasons",
		      ranges_coalesce_and_carry_reasons),
		HOLDS("the backend's reasons are preferred",
		      the_backend_knows_better_reasons),
		HOLDS("the backend knows why a page is read-only",
		      the_backend_knows_why_a_page_is_read_only),
		HOLDS("leaves that only a table restrains say so (XENPV-6)",
		      leaves_that_only_a_table_restrains_say_so),
		HOLDS("kept leaves are a range of their own",
		      kept_leaves_are_a_range_of_their_own),
		HOLDS("machines without large leaves say so",
		      machines_without_large_leaves_say_so),
		HOLDS("the report has the lines agreed on",
		      the_report_has_the_lines_agreed_on),
		HOLDS("the report tells of the levels there are",
		      the_report_has_the_levels_there_are),
		HOLDS("an audit's lines are those agreed on",
		      an_audit_has_the_lines_agreed_on),
	};

	return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
