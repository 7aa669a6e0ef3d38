// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86 geometry: encoding and reading back, what no entry may ever hold, and
 * small builds on every kind of page tables with the same walker.
 */
#include "support.h"

static const struct physmap_x86_machine *machines[] = {
	&long4, &long5, &pae, &legacy,
};

static bool may_hold_leaf(const struct physmap_geometry *geo, unsigned int level)
{
	return geo->leaf_levels & PHYSMAP_LEVEL(level);
}

static void every_geometry_is_what_the_manual_says(void **state)
{
	static const struct {
		unsigned int levels, entry_size, root_entries;
		u32 leaves;
	} is[] = {
		{ 4, 8, 512, S1G }, { 5, 8, 512, S1G }, { 3, 8, 4, S2M },
		{ 2, 4, 1024, S2M },
	};
	unsigned int i, level;

	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		const struct physmap_geometry *geo = &m.x86.geo;

		physmap_x86_geometry(&m.x86, machines[i]);
		assert_int_equal(geo->levels, is[i].levels);
		assert_int_equal(geo->entry_size, is[i].entry_size);
		assert_int_equal(physmap_entries(geo, geo->levels - 1),
				 is[i].root_entries);
		assert_int_equal(geo->leaf_levels, is[i].leaves);
		assert_int_equal(geo->pa_limit, 1ULL << machines[i]->pa_bits);
		assert_int_equal(physmap_size(geo, 0), 4 * KB);
		/* Each level covers what the table below it covers. */
		for (level = 1; level < geo->levels; level++) {
			assert_int_equal(physmap_size(geo, level),
					 physmap_size(geo, level - 1) *
					 physmap_entries(geo, level - 1));
			if (level < geo->levels - 1)
				assert_int_equal(physmap_entries(geo, level) *
						 geo->entry_size, 4 * KB);
		}
	}
}

static void features_decide_leaf_sizes(void **state)
{
	struct physmap_x86_machine x86 = long4;

	x86.gbpages = false;
	physmap_x86_geometry(&m.x86, &x86);
	assert_int_equal(m.x86.geo.leaf_levels, S2M);
	x86.pse = false;
	physmap_x86_geometry(&m.x86, &x86);
	assert_int_equal(m.x86.geo.leaf_levels, S4K);
	x86 = pae;
	x86.gbpages = true;
	physmap_x86_geometry(&m.x86, &x86);
	assert_int_equal(m.x86.geo.leaf_levels, S2M);
}

/* No entry of the old 32-bit kind can address more than 4G. */
static void legacy_tables_address_4g_at_most(void **state)
{
	struct physmap_x86_machine x86 = legacy;

	x86.pa_bits = 36;	/* such CPUs exist; PAE may be off all the same */
	physmap_x86_geometry(&m.x86, &x86);
	assert_int_equal(m.x86.geo.pa_limit, 4 * GB);
}

static u32 some_attrs(unsigned int n)
{
	return (n & 1 ? PHYSMAP_WRITE : 0) | (n & 2 ? PHYSMAP_EXEC : 0) |
	       (n & 4 ? PHYSMAP_GLOBAL : 0) | (n & 8 ? PHYSMAP_USER : 0) |
	       (n & 16 ? PHYSMAP_EARLY : 0) |
	       (n & 32 ? PHYSMAP_ENCRYPTED : 0) |
	       (n >> 6 << PHYSMAP_MEMTYPE_SHIFT);
}

/* What attributes come to on a machine that lacks some: without NX all is code. */
static u32 possible(const struct physmap_x86_machine *x86, u32 attrs)
{
	if (!x86->nx)
		attrs |= PHYSMAP_EXEC;
	if (!x86->global)
		attrs &= ~PHYSMAP_GLOBAL;
	if (!x86->encrypt)
		attrs &= ~PHYSMAP_ENCRYPTED;
	return attrs;
}

/* A leaf at slot 1 of its table, in a chain of tables that allow all. */
static struct model_translation hardware(unsigned int level, u64 raw)
{
	const struct physmap_geometry *geo = &m.x86.geo;
	u64 va = 0, table = m.cpu.root;
	unsigned int l;

	for (l = geo->levels - 1; l > level; l--) {
		u64 child;

		model_alloc(&m.mem, &child);
		physmap_store(geo, model_page(&m.mem, table), 0,
			      child | m.cpu.encrypt |
			      (geo->levels == 3 && l == 2 ? 1 : 7));
		table = child;
	}
	physmap_store(geo, model_page(&m.mem, table), 1, raw);
	va = physmap_size(geo, level);
	return model_look(&m, va);
}

static void round_trip_level(unsigned int level)
{
	const struct physmap_geometry *geo = &m.x86.geo;
	const u64 pa = (m.x86.machine.pa_bits > 32 ? 5 * GB : 3 * GB) &
		       ~(physmap_size(geo, level) - 1);
	unsigned int n;

	for (n = 0; n < 512; n++) {
		const u32 attrs = some_attrs(n);
		const u64 raw = geo->format->leaf(geo, level, pa, attrs);
		const struct physmap_entry e = geo->format->parse(geo, level, raw);
		const struct model_translation t = hardware(level, raw);

		assert_int_equal(e.kind, PHYSMAP_LEAF);
		assert_int_equal(e.pa, pa);
		assert_int_equal(e.attrs, possible(&m.x86.machine, attrs));
		/* The processor reads the same out of it. */
		assert_true(t.present);
		assert_int_equal(t.pa, pa);
		assert_int_equal(t.pat, attrs >> PHYSMAP_MEMTYPE_SHIFT & 7);
		assert_int_equal(t.write, !!(attrs & PHYSMAP_WRITE));
		assert_int_equal(t.global, m.x86.machine.global &&
				 (attrs & PHYSMAP_GLOBAL));
		assert_int_equal(t.exec, !m.x86.machine.nx ||
				 (attrs & PHYSMAP_EXEC));
	}
}

static void round_trip_machine(const struct physmap_x86_machine *x86)
{
	unsigned int level;

	begin(x86);
	for (level = 0; level < m.x86.geo.levels; level++)
		if (may_hold_leaf(&m.x86.geo, level))
			round_trip_level(level);
}

static void leaves_are_read_back_as_written(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		struct physmap_x86_machine x86 = *machines[i];

		round_trip_machine(&x86);
		x86.nx = false;
		round_trip_machine(&x86);
		x86.global = false;
		round_trip_machine(&x86);
		if (x86.paging < PHYSMAP_X86_4LEVEL)
			continue;
		x86.encrypt = 1ULL << 51;
		x86.pa_bits = 46;
		round_trip_machine(&x86);
	}
}

static void tables_are_read_back_as_written(void **state)
{
	unsigned int i, level;

	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		const struct physmap_geometry *geo = &m.x86.geo;

		physmap_x86_geometry(&m.x86, machines[i]);
		for (level = 1; level < geo->levels; level++) {
			const u64 raw = geo->format->table(geo, level, 3 * GB);
			const struct physmap_entry e =
				geo->format->parse(geo, level, raw);

			assert_int_equal(e.kind, PHYSMAP_TABLE);
			assert_int_equal(e.pa, 3 * GB);
			assert_int_equal(e.attrs, PHYSMAP_WRITE | PHYSMAP_EXEC);
		}
	}
}

static void zero_and_not_present_differ(void **state)
{
	const struct physmap_geometry *geo = &m.x86.geo;
	unsigned int level;

	physmap_x86_geometry(&m.x86, &long5);
	for (level = 0; level < geo->levels; level++) {
		assert_int_equal(geo->format->parse(geo, level, 0).kind,
				 PHYSMAP_NONE);
		assert_int_equal(geo->format->parse(geo, level, 2).kind,
				 PHYSMAP_NOT_PRESENT);
		assert_int_equal(geo->format->parse(geo, level, 1ULL << 63).kind,
				 PHYSMAP_NOT_PRESENT);
	}
}

/* X86-FMT-5: bit 12 of a large leaf, bit 7 of a small one. */
static void the_pat_bit_moves(void **state)
{
	const struct physmap_geometry *geo = &m.x86.geo;
	const u64 rest = 0x8000000000000b63;	/* NX G EARLY D A RW P */
	u64 child;

	physmap_x86_geometry(&m.x86, &long4);
	child = geo->format->child(geo, 2, rest | 0x80 | 0x1000 | 3 * GB);
	assert_int_equal(child, rest | 0x80 | 0x1000 | 3 * GB);
	child = geo->format->child(geo, 1, child);
	assert_int_equal(child, rest | 0x80 | 3 * GB);
	child = geo->format->child(geo, 1, rest | 0x80 | 0x18 | 2 * MB);
	assert_int_equal(child, rest | 0x18 | 2 * MB);
	child = geo->format->child(geo, 2, rest | 0x80 | 3 * GB);
	assert_int_equal(child, rest | 0x80 | 3 * GB);
}

/* X86-FMT-1, -3, -4, -7, -9: the processor of the model would object. */
static void no_reserved_bit_is_ever_set(void **state)
{
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		for (n = 0; n < 4; n++) {
			struct physmap_x86_machine x86 = *machines[i];
			const u64 end = x86.paging < PHYSMAP_X86_4LEVEL ?
					16 * MB : 2 * GB + 4 * MB + 4 * KB;
			u64 pa;

			x86.nx &= !(n & 1);
			x86.gbpages &= !(n & 2);
			begin(&x86);
			must_build(4 * KB, end, S1G, PHYSMAP_TWO_PASS);
			for (pa = 4 * KB; pa < end; pa += 4 * KB) {
				assert_false(at(pa).reserved);
				assert_int_equal(at(pa).pa, pa);
				assert_true(x86.nx || !(at(pa).raw >> 63));
			}
		}
}

/* A 4M or 2M leaf in the middle, pages at both ends, kept ones between. */
static void whole_build(const struct physmap_x86_machine *x86,
			enum physmap_policy policy)
{
	const u64 large = x86->paging == PHYSMAP_X86_LEGACY ? 4 * MB : 2 * MB;
	const u32 want = PHYSMAP_WRITE | (x86->nx ? 0 : PHYSMAP_EXEC) |
			 (x86->global ? PHYSMAP_GLOBAL : 0);

	begin(x86);
	must_build(large - 8 * KB, 5 * large + 4 * KB, S2M, policy);
	must_map(large - 8 * KB, large, 0, want);
	must_map(large, 5 * large, 1, want);
	must_map(5 * large, 5 * large + 4 * KB, 0, want);
	must_not_map(0, large - 8 * KB);
	must_not_map(5 * large + 4 * KB, 6 * large);
	must_build(2 * large, 2 * large + 4 * KB, S4K, policy);
	must_map(2 * large, 3 * large, 0, want);
	must_map(3 * large, 5 * large, 1, want);
	assert_int_equal(report.tables_planned, report.tables_used);
}

static void small_builds_work_on_every_geometry(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		whole_build(machines[i], PHYSMAP_TWO_PASS);
		whole_build(machines[i], PHYSMAP_FINAL_ON_FRESH);
	}
}

/* PAE: the region begins in the last of four top entries. */
static void pae_uses_its_top_entry(void **state)
{
	begin(&pae);
	must_build(0, 4 * KB, S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(((u64 *)model_page(&m.mem, map->root))[3] & 0xfff, 1);
	assert_int_equal(model_tables(&m.mem, &m.cpu), 3);
	assert_true(report.root_changed);
}

static void attributes_are_read_from_protections(void **state)
{
	u32 attrs;

	physmap_x86_geometry(&m.x86, &long4);
	/* PAGE_KERNEL as Linux has it. */
	assert_true(physmap_x86_attrs(&m.x86, 0x8000000000000163, &attrs));
	assert_int_equal(attrs, PHYSMAP_WRITE | PHYSMAP_GLOBAL);
	assert_true(physmap_x86_attrs(&m.x86, 0x161, &attrs));
	assert_int_equal(attrs, PHYSMAP_EXEC | PHYSMAP_GLOBAL);
	assert_true(physmap_x86_attrs(&m.x86, 0x80000000000000ebULL, &attrs));
	assert_int_equal(attrs, PHYSMAP_WRITE | 5 << PHYSMAP_MEMTYPE_SHIFT);
	/* X86-FMT-6: nothing may be lost without a word. */
	assert_false(physmap_x86_attrs(&m.x86, 0x8000000000000162, &attrs));
	assert_false(physmap_x86_attrs(&m.x86, 0x8000000000000963, &attrs));
	assert_false(physmap_x86_attrs(&m.x86, 1ULL << 51 | 0x163, &attrs));
	assert_true(physmap_x86_attrs(&m.x86, 0x8000000000000163, &attrs));
}

enum { UC = 0, WC = 1, WT = 4, WB = 6 };

static void cuts_are(const struct physmap_x86_mtrr *mtrr, unsigned int nr,
		     u8 default_type, const u64 *cut, unsigned int cuts)
{
	struct physmap_geometry *geo = &m.x86.geo;
	unsigned int i, j;

	physmap_x86_geometry(&m.x86, &long4);
	physmap_x86_mtrr_cuts(geo, mtrr, nr, default_type);
	/* The same edge may be there twice. */
	for (i = j = 0; i < geo->nr_cuts; i++) {
		if (i && geo->cuts[i] == geo->cuts[i - 1])
			continue;
		assert_true(j < cuts);
		assert_int_equal(geo->cuts[i], cut[j++]);
	}
	assert_int_equal(j, cuts);
}

static void mtrr_cuts_are_where_the_type_changes(void **state)
{
	const struct physmap_x86_mtrr pc[] = {
		{ 0, 2 * GB, WB }, { 2 * GB, 1 * GB, WB }, { 4 * GB, 4 * GB, WB },
		{ 8 * GB, 512 * MB, WB },
	};
	const u64 pc_cuts[] = { 3 * GB, 4 * GB, 8 * GB + 512 * MB };
	/* QEMU's way: all is WB, a UC range is cut out. */
	const struct physmap_x86_mtrr qemu[] = { { 3 * GB, 1 * GB, UC } };
	const u64 qemu_cuts[] = { 3 * GB, 4 * GB };
	/* UC wins over WB, inside and at an edge; WT over WB. */
	const struct physmap_x86_mtrr over[] = {
		{ 0, 4 * GB, WB }, { 1 * GB, 512 * MB, UC },
		{ 2 * GB, 1 * GB, WT }, { 2 * GB, 512 * MB, UC },
		{ 1 * GB, 256 * MB, WB }, { 512 * MB, 256 * MB, WB },
	};
	const u64 over_cuts[] = {
		1 * GB, 1 * GB + 512 * MB, 2 * GB, 2 * GB + 512 * MB, 3 * GB,
		4 * GB,
	};
	/* Unordered, and of the default's own type. */
	const struct physmap_x86_mtrr same[] = {
		{ 4 * GB, 1 * GB, UC }, { 1 * GB, 1 * GB, UC }, { 0, 64 * MB, WC },
	};
	const u64 same_cuts[] = { 64 * MB };

	cuts_are(pc, 4, UC, pc_cuts, 3);
	cuts_are(qemu, 1, WB, qemu_cuts, 2);
	cuts_are(over, 6, UC, over_cuts, 6);
	cuts_are(same, 3, UC, same_cuts, 1);
	cuts_are(NULL, 0, WB, NULL, 0);
}

static void as_many_mtrrs_as_fit_are_looked_at(void **state)
{
	struct physmap_x86_mtrr mtrr[PHYSMAP_MAX_CUTS];
	unsigned int i;

	for (i = 0; i < PHYSMAP_MAX_CUTS; i++)
		mtrr[i] = (struct physmap_x86_mtrr) { (2 * i + 1) * GB, 1 * GB, WB };
	physmap_x86_geometry(&m.x86, &long4);
	physmap_x86_mtrr_cuts(&m.x86.geo, mtrr, PHYSMAP_MAX_CUTS, UC);
	assert_int_equal(m.x86.geo.nr_cuts, PHYSMAP_MAX_CUTS);
	for (i = 0; i < PHYSMAP_MAX_CUTS; i++)
		assert_int_equal(m.x86.geo.cuts[i], (i + 1) * GB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("every geometry is what the manual says (X86-FMT-10)",
		      every_geometry_is_what_the_manual_says),
		HOLDS("features decide which leaf sizes there are (X86-FMT-3)",
		      features_decide_leaf_sizes),
		HOLDS("legacy tables address 4G at most (X86-FMT-4)",
		      legacy_tables_address_4g_at_most),
		HOLDS("leaves are read back as written, by us and the processor",
		      leaves_are_read_back_as_written),
		HOLDS("tables are read back as written",
		      tables_are_read_back_as_written),
		HOLDS("a free slot and one that is not present differ",
		      zero_and_not_present_differ),
		HOLDS("the PAT bit moves where a leaf becomes small (X86-FMT-5)",
		      the_pat_bit_moves),
		HOLDS("no reserved bit is ever set (X86-FMT-1, -3, -4)",
		      no_reserved_bit_is_ever_set),
		HOLDS("small builds and splits work on every geometry",
		      small_builds_work_on_every_geometry),
		HOLDS("PAE's top entry holds P only", pae_uses_its_top_entry),
		HOLDS("protections that would lose a bit are refused (X86-FMT-6)",
		      attributes_are_read_from_protections),
		HOLDS("cuts are where the MTRR type changes and nowhere else (X86-MT-1)",
		      mtrr_cuts_are_where_the_type_changes),
		HOLDS("as many MTRRs as there is room for are looked at",
		      as_many_mtrrs_as_fit_are_looked_at),
	};

	return cmocka_run_group_tests_name("geometry", tests, NULL, NULL);
}
