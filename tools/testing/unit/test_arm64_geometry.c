// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64 geometry on every machine there can be: encoding and reading back,
 * held against the model's walk, addresses of which the top bits lie apart,
 * and protections as Linux keeps them.
 */
#include "support_arm64.h"

/* Calls @test with every machine there can be. */
static void on_every_machine(void (*test)(const struct physmap_arm64_machine *))
{
	struct physmap_arm64_machine machine;
	unsigned int n, tested = 0;

	for (n = 0; any_arm64(n, &machine); n++) {
		if (!machine.page_shift)
			continue;
		begin_arm64(&machine);
		test(&machine);
		tested++;
	}
	/* 5 widths of addresses; 6 of 52 bits; LPA2 for two granules; two regimes. */
	assert_int_equal(tested, 2 * (2 * 5 + 2 * 2 * 6 + 2 * 6));
}

static bool may_hold_leaf(unsigned int level)
{
	return a.arm64.geo.leaf_levels & PHYSMAP_LEVEL(level);
}

/* Levels and groups */

static void is_what_the_manual_says(const struct physmap_arm64_machine *machine)
{
	static const struct {
		u32 leaves;
		u8 contig[3];
	} by_granule[] = {
		{ S1G, { 4, 4, 0 } }, { S2M, { 7, 5, 0 } }, { S2M, { 5, 5, 0 } },
	};
	const unsigned int granule = (machine->page_shift - 12) / 2;
	const struct physmap_geometry *geo = &a.arm64.geo;
	unsigned int level, bits = machine->page_shift;

	assert_int_equal(geo->levels, model_arm64_levels(&a.cpu));
	assert_true(geo->levels <= PHYSMAP_MAX_LEVELS);
	assert_int_equal(geo->entry_size, 8);
	assert_int_equal(geo->leaf_levels, by_granule[granule].leaves);
	assert_int_equal(geo->pa_limit, 1ULL << machine->pa_bits);
	assert_true(geo->no_exec);
	for (level = 0; level < geo->levels; level++) {
		assert_int_equal(geo->level[level].shift, bits);
		bits += geo->level[level].bits;
		/* Only the root may be shorter than a page. */
		if (level < geo->levels - 1)
			assert_int_equal(8 * physmap_entries(geo, level),
					 1 << machine->page_shift);
		assert_int_equal(geo->contig[level], level < 3 ?
				 by_granule[granule].contig[level] : 0);
	}
	assert_int_equal(bits, machine->va_bits);
	/* Groups of pages: 64K, 2M, 2M; of blocks: 32M, 1G, 16G. */
	assert_int_equal(physmap_size(geo, 0) << geo->contig[0],
			 granule ? 2 * MB : 64 * KB);
}

static void every_geometry_is_what_the_manual_says(void **state)
{
	on_every_machine(is_what_the_manual_says);
}

/* Leaves */

static u32 some_attrs(unsigned int n)
{
	return (n & 1 ? PHYSMAP_WRITE : 0) | (n & 2 ? PHYSMAP_EXEC : 0) |
	       (n & 4 ? PHYSMAP_GLOBAL : 0) | (n & 8 ? PHYSMAP_USER : 0) |
	       (n & 16 ? PHYSMAP_EARLY : 0) | (n & 32 ? PHYSMAP_CONTIG : 0) |
	       (n >> 6 << PHYSMAP_MEMTYPE_SHIFT);
}

/* Where there is one privilege all is global and nothing the user's. */
static u32 possible(u32 attrs)
{
	if (a.cpu.el2)
		attrs = (attrs | PHYSMAP_GLOBAL) & ~PHYSMAP_USER;
	return attrs;
}

/* Frames with each of the bits of an address that lie apart. */
static u64 some_frame(unsigned int n, unsigned int level)
{
	static const u64 frames[] = {
		5 * GB, 1ULL << 47 | 3 * GB, 1ULL << 48, 1ULL << 49 | 96 * GB,
		1ULL << 50 | 33 * GB, 1ULL << 51, 13ULL << 48 | 7 * GB,
		~0ULL >> 12,
	};

	return frames[n % ARRAY_SIZE(frames)] &
	       (a.arm64.geo.pa_limit - 1) &
	       ~(physmap_size(&a.arm64.geo, level) - 1);
}

static void processor_reads(const struct model_arm64_translation *t, u64 pa,
			    u32 attrs)
{
	assert_true(t->present && t->accessed);
	assert_true(t->pa == pa);
	assert_int_equal(t->write, !!(attrs & PHYSMAP_WRITE));
	assert_int_equal(t->exec, !!(attrs & PHYSMAP_EXEC));
	assert_int_equal(t->global, !!(attrs & PHYSMAP_GLOBAL));
	assert_int_equal(t->user, !!(attrs & PHYSMAP_USER));
	assert_int_equal(t->contig, !!(attrs & PHYSMAP_CONTIG));
	assert_int_equal(t->attrindx, attrs >> PHYSMAP_MEMTYPE_SHIFT & 7);
	assert_int_equal(t->shareability, 3);
	assert_false(t->user_exec || t->no_translation);
}

static void round_trip(const struct physmap_arm64_machine *machine)
{
	const struct physmap_geometry *geo = &a.arm64.geo;
	unsigned int level, n;

	for (level = 0; level < geo->levels; level++) {
		u64 *slot = slot64(BASE, level);

		for (n = 0; n < 512 && may_hold_leaf(level); n++) {
			const u32 attrs = some_attrs(n);
			const u64 pa = some_frame(n ^ n >> 3, level);
			const u64 raw = geo->format->leaf(geo, level, pa, attrs);
			const struct physmap_entry e =
				geo->format->parse(geo, level, raw);
			struct model_arm64_translation t;

			assert_int_equal(e.kind, PHYSMAP_LEAF);
			assert_true(e.pa == pa);
			assert_int_equal(e.attrs, possible(attrs));
			*slot = raw;
			t = at64(BASE);
			processor_reads(&t, pa, possible(attrs));
		}
		*slot = 0;
	}
}

static void leaves_are_read_back_as_written(void **state)
{
	on_every_machine(round_trip);
}

/* Raw leaves in a row are equally spaced where the geometry says so. */
static void is_linear(const struct physmap_arm64_machine *machine)
{
	const struct physmap_geometry *geo = &a.arm64.geo;
	const u64 edges[] = { 1ULL << 48, 1ULL << 50, 3ULL << 50 };
	unsigned int i;

	assert_int_equal(!geo->linear, machine->pa_bits == 48);
	for (i = 0; i < ARRAY_SIZE(edges) && machine->pa_bits > 48; i++) {
		const u64 page = physmap_size(geo, 0);
		const u64 before = geo->format->leaf(geo, 0, edges[i] - page,
						     DATA);
		const u64 behind = geo->format->leaf(geo, 0, edges[i], DATA);

		/* A stretch that ends there is one that goes no further. */
		assert_int_equal(before + page == behind,
				 !!(edges[i] & (geo->linear - 1)));
	}
}

static void raw_leaves_are_linear_between_edges(void **state)
{
	on_every_machine(is_linear);
}

/* Tables */

/* One behind the other, so that the processor goes through all of them. */
static void tables_are_found(const struct physmap_arm64_machine *machine)
{
	const struct physmap_geometry *geo = &a.arm64.geo;
	const u64 pa = some_frame(6, 0);
	u64 table = map->root;
	unsigned int level = geo->levels;

	while (--level) {
		u64 child, raw;
		struct physmap_entry e;

		model_alloc(&a.m.mem, &child);
		raw = geo->format->table(geo, level, child);
		e = geo->format->parse(geo, level, raw);
		assert_int_equal(e.kind, PHYSMAP_TABLE);
		assert_true(e.pa == child);
		assert_int_equal(e.attrs, PHYSMAP_WRITE | PHYSMAP_EXEC);
		physmap_store(geo, model_page(&a.m.mem, table),
			      physmap_index(geo, level, map->va_start), raw);
		table = child;
	}
	physmap_store(geo, model_page(&a.m.mem, table),
		      physmap_index(geo, 0, map->va_start),
		      geo->format->leaf(geo, 0, pa, PHYSMAP_EXEC));
	assert_true(at64(BASE).pa == pa);
	assert_true(at64(BASE).exec && !at64(BASE).write);
}

static void tables_are_read_back_as_written(void **state)
{
	on_every_machine(tables_are_found);
}

/* What a table forbids is not what its leaves have; others' tables may. */
static void takes_rights(const struct physmap_arm64_machine *machine)
{
	const struct physmap_geometry *geo = &a.arm64.geo;
	const u64 table = geo->format->table(geo, 1, 512 * GB);
	const u64 no_exec = 1ULL << (a.cpu.el2 ? 60 : 59);

	assert_int_equal(geo->format->parse(geo, 1, table | no_exec).attrs,
			 PHYSMAP_WRITE);
	assert_int_equal(geo->format->parse(geo, 1, table | 1ULL << 62).attrs,
			 PHYSMAP_EXEC);
	/* ARM-MMU-13: ours never do. */
	assert_int_equal(table >> 59, 0);
}

static void rights_of_tables_are_read(void **state)
{
	on_every_machine(takes_rights);
}

/* Kinds */

static void tells_kinds(const struct physmap_arm64_machine *machine)
{
	const struct physmap_geometry *geo = &a.arm64.geo;
	const u64 page = geo->format->leaf(geo, 0, 5 * GB, DATA);
	unsigned int level;

	for (level = 0; level < geo->levels; level++) {
		assert_int_equal(geo->format->parse(geo, level, 0).kind,
				 PHYSMAP_NONE);
		assert_int_equal(geo->format->parse(geo, level,
						    page & ~1ULL).kind,
				 PHYSMAP_NOT_PRESENT);
		assert_int_equal(geo->format->parse(geo, level, page).kind,
				 level ? PHYSMAP_TABLE : PHYSMAP_LEAF);
		/* Without bit 1 it is a block; there are none of pages. */
		assert_int_equal(geo->format->parse(geo, level,
						    page & ~2ULL).kind,
				 level ? PHYSMAP_LEAF : PHYSMAP_NOT_PRESENT);
	}
	*slot64(BASE, 0) = page & ~2ULL;
	assert_true(at64(BASE).reserved);
}

static void what_is_not_valid_is_told_from_nothing(void **state)
{
	on_every_machine(tells_kinds);
}

/* The mark */

static void is_marked(const struct physmap_arm64_machine *machine)
{
	const struct physmap_geometry *geo = &a.arm64.geo;
	const u32 early = PHYSMAP_EARLY | PHYSMAP_WRITE | PHYSMAP_EXEC;
	unsigned int level;

	for (level = 0; level < geo->levels; level++) {
		const u64 mask = geo->early[level].mask;
		const u64 value = geo->early[level].value;
		const u64 marked = geo->format->leaf(geo, level, 0, early);

		assert_true((geo->format->table(geo, level, 64 * GB) & mask) !=
			    value);
		assert_true((MARK & mask) != value);
		assert_true(((marked & ~1ULL) & mask) != value);
		if (level)
			assert_true(((geo->format->table(geo, level, 64 * GB) |
				      MARK) & mask) != value);
		if (!may_hold_leaf(level))
			continue;
		assert_true((marked & mask) == value);
		assert_true((geo->format->leaf(geo, level, 0, DATA) & mask) !=
			    value);
	}
}

static void the_mark_is_a_leafs_only(void **state)
{
	on_every_machine(is_marked);
}

/* Children */

/* Each child of a block translates its part of it, with the same rights. */
static void children_are_alike(unsigned int level, u64 block, u32 attrs)
{
	const struct physmap_geometry *geo = &a.arm64.geo;
	const u64 pa = geo->format->parse(geo, level, block).pa;
	const u64 size = physmap_size(geo, level - 1);
	const unsigned int n = physmap_entries(geo, level - 1);
	const u64 first = geo->format->child(geo, level, block);
	u64 *table = slot64(BASE, level - 1);
	unsigned int i;

	for (i = 0; i < n; i += i == 2 ? n - 4 : 1) {
		struct model_arm64_translation t;

		table[i] = first + i * size;
		t = at64(BASE + i * size);
		processor_reads(&t, pa + i * size, attrs);
		assert_int_equal(t.level, level - 1);
	}
}

static void has_children(const struct physmap_arm64_machine *machine)
{
	const struct physmap_geometry *geo = &a.arm64.geo;
	unsigned int level, n;

	for (level = 1; level < geo->levels; level++)
		for (n = 0; n < 512 && may_hold_leaf(level); n += 5) {
			const u64 block =
				geo->format->leaf(geo, level,
						  some_frame(n ^ n >> 3, level),
						  some_attrs(n));

			children_are_alike(level, block | (n & 1 ? NT : 0),
					   possible(some_attrs(n)));
		}
}

static void children_have_what_the_block_had(void **state)
{
	on_every_machine(has_children);
}

/* nT lies below a block's address, and is none of it (ARM-BBM-6). */
static void nt_is_not_an_address(void **state)
{
	struct physmap_entry e;

	begin_arm64(&a4k);
	*slot64(BASE, 1) = 6 * GB | NT | UXN | INNER | AF | BLOCK;
	e = a.arm64.geo.format->parse(&a.arm64.geo, 1, *slot64(BASE, 1));
	assert_true(e.pa == 6 * GB);
	assert_true(at64(BASE).pa == 6 * GB && at64(BASE).no_translation);
}

/* Protections, as Linux 6.1 keeps them */

#define PAGE_KERNEL	0x00e8000000000703ULL	/* PXN UXN DBM DIRTY */
#define PAGE_KERNEL_RO	0x00e0000000000783ULL
#define PAGE_KERNEL_ROX	0x00c0000000000783ULL
#define PAGE_KERNEL_EXEC	0x00c8000000000703ULL
#define PAGE_KERNEL_EXEC_CONT	0x00d8000000000703ULL
#define PAGE_SHARED_EXEC	0x0028000000000fc3ULL	/* a user's */
#define PROT_NORMAL	0x0068000000000703ULL	/* PAGE_KERNEL not yet DIRTY */
#define PROT_DEVICE	0x0068000000000713ULL	/* nGnRE, index 4 */

static void attrs_are(u64 prot, u32 wanted)
{
	u32 attrs;

	assert_true(physmap_arm64_attrs(&a.arm64, prot, &attrs));
	assert_int_equal(attrs, wanted);
}

static void refused(u64 prot)
{
	u32 attrs;

	assert_false(physmap_arm64_attrs(&a.arm64, prot, &attrs));
}

static void protections_are_understood(void **state)
{
	const u32 tagged = ARM64_MT_NORMAL_TAGGED << PHYSMAP_MEMTYPE_SHIFT;

	begin_arm64(&a4k);
	attrs_are(PAGE_KERNEL, DATA);
	attrs_are(PAGE_KERNEL | INDEX(1), DATA | tagged);	/* ARM-ATTR-6 */
	attrs_are(PAGE_KERNEL | NG, PHYSMAP_WRITE);		/* KPTI */
	attrs_are(PAGE_KERNEL_RO, PHYSMAP_GLOBAL);
	attrs_are(PAGE_KERNEL_RO | NG | INDEX(1), tagged);
	attrs_are(PAGE_KERNEL_ROX, PHYSMAP_EXEC | PHYSMAP_GLOBAL);
	attrs_are(PAGE_KERNEL_EXEC, DATA | PHYSMAP_EXEC);
	attrs_are(PROT_NORMAL, DATA);
	attrs_are(PROT_DEVICE, DATA | 4 << PHYSMAP_MEMTYPE_SHIFT);
}

/* What Linux asks for is what the processor then has, bit by bit. */
static void a_leaf_says_what_the_protection_said(void **state)
{
	static const u64 prots[] = {
		PAGE_KERNEL, PAGE_KERNEL | INDEX(1), PAGE_KERNEL | NG,
		PAGE_KERNEL_RO, PAGE_KERNEL_RO | NG, PAGE_KERNEL_ROX,
		PAGE_KERNEL_EXEC,
	};
	const struct physmap_geometry *geo = &a.arm64.geo;
	unsigned int i;
	u32 attrs;

	begin_arm64(&a64k);
	for (i = 0; i < ARRAY_SIZE(prots); i++) {
		assert_true(physmap_arm64_attrs(&a.arm64, prots[i], &attrs));
		assert_true(geo->format->leaf(geo, 0, 64 * KB, attrs) ==
			    (prots[i] | 64 * KB));
		assert_true(geo->format->leaf(geo, 1, 512 * MB, attrs) ==
			    ((prots[i] & ~2ULL) | 512 * MB));
	}
}

static void protections_that_would_be_misread_are_refused(void **state)
{
	begin_arm64(&a4k);
	refused(0);
	refused(PAGE_KERNEL & ~1ULL);		/* not valid */
	refused(PAGE_KERNEL & ~2ULL);		/* no page */
	refused(PAGE_KERNEL & ~AF);
	refused(PAGE_KERNEL & ~INNER);		/* ARM-ATTR-1 */
	refused((PAGE_KERNEL & ~INNER) | OUTER);
	refused(PAGE_KERNEL | GP);		/* BTI */
	refused(PAGE_KERNEL | 1ULL << 56);	/* Linux' software bits */
	refused(PAGE_KERNEL | MARK);
	refused(PAGE_KERNEL | 64 * KB);		/* an address */
	refused(PAGE_KERNEL | NT);
	/* ARM-CONT-1: groups are made whole, not asked for entry by entry. */
	refused(PAGE_KERNEL_EXEC_CONT);
	/* A right of the user's would become the kernel's. */
	refused(PAGE_SHARED_EXEC);
	refused(PAGE_KERNEL & ~UXN);
}

/* With TCR.DS the shareability is TCR's, and its bits are an address. */
static void protections_with_lpa2(void **state)
{
	begin_arm64(&a4k_lpa2);
	attrs_are(PAGE_KERNEL & ~INNER, DATA);
	refused(PAGE_KERNEL);
}

static void protections_with_one_privilege(void **state)
{
	struct physmap_arm64_machine el2 = a4k;

	el2.regime = PHYSMAP_ARM64_EL2;
	begin_arm64(&el2);
	attrs_are(UXN | INNER | AF | USER | DBM | PAGE, DATA);
	attrs_are(RDONLY | INNER | AF | USER | PAGE,
		  PHYSMAP_EXEC | PHYSMAP_GLOBAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARM64("every geometry is what the manual says, groups included (ARM-CONT-1)",
		      every_geometry_is_what_the_manual_says),
		ARM64("leaves are read back as written, by us and the processor (ARM-FMT-1)",
		      leaves_are_read_back_as_written),
		ARM64("raw leaves are equally spaced between 2^48 and 2^50 as told",
		      raw_leaves_are_linear_between_edges),
		ARM64("tables are read back as written, by us and the processor",
		      tables_are_read_back_as_written),
		ARM64("what a table forbids is read, and ours forbid nothing (ARM-MMU-13)",
		      rights_of_tables_are_read),
		ARM64("what is not valid is told from nothing (ARM-FMT-1, -2)",
		      what_is_not_valid_is_told_from_nothing),
		ARM64("the early mark means something in leaves only",
		      the_mark_is_a_leafs_only),
		ARM64("children have what the block had, but for nT",
		      children_have_what_the_block_had),
		ARM64("nT is no part of a block's address (ARM-BBM-6)",
		      nt_is_not_an_address),
		ARM64("protections as Linux keeps them are understood (ARM-ATTR-6, ARM-MMU-12)",
		      protections_are_understood),
		ARM64("a leaf says what the protection said, bit by bit",
		      a_leaf_says_what_the_protection_said),
		ARM64("protections that would lose a bit or be misread are refused (ARM-ATTR-1)",
		      protections_that_would_be_misread_are_refused),
		ARM64("with LPA2 shareability is none of theirs",
		      protections_with_lpa2),
		ARM64("with one privilege nothing is non-global (ARM-MMU-12)",
		      protections_with_one_privilege),
	};

	return cmocka_run_group_tests_name("arm64_geometry", tests, NULL, NULL);
}
