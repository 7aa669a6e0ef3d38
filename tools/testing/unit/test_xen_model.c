// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Xen model by itself, one test for each rule that it knows (XENPV-1
 * to -48), on a guest of 64 frames; then the tables that guests start
 * with, under the engine. A judge is only as good as what it judges by.
 */
#include <stdio.h>
#include "support.h"

#define P		XEN_P
#define RW		XEN_RW
#define USER		XEN_USER
#define A		XEN_A
#define D		XEN_D
#define G		XEN_GLOBAL
#define NX		XEN_NX
#define MARK		XEN_KERNEL

/* Frames: tables, then plain pages, of which the last few are not mapped. */
#define FIRST		0x1000ULL
#define FRAMES		64
#define L4		(FIRST + 0)
#define L3		(FIRST + 1)
#define L2		(FIRST + 2)
#define L1		(FIRST + 3)
#define PAGE(n)		(FIRST + 8 + (n))
#define UNMAPPED(n)	(FIRST + 60 + (n))
#define HEAP		(FIRST + 56)	/* of Xen's */
#define IO		0xa0ULL
#define IO_READ_ONLY	0xa1ULL
#define OTHERS		0x8000ULL
#define VA		0xffff888000000000ULL
#define TABLE		(P | RW | USER | A | D)

static struct xen_domain d;
static u64 contents[FRAMES][XEN_ENTRIES];
static unsigned int all_flushes, page_flushes, preemptions;
static u64 m2p_mfn, m2p_pfn;
static bool race;

static u64 load(void *context, u64 mfn, unsigned int index)
{
	return contents[mfn - FIRST][index];
}

static bool store(void *context, u64 mfn, unsigned int index, u64 raw)
{
	if (race)
		return false;
	contents[mfn - FIRST][index] = raw;
	return true;
}

static enum xen_owner owner(void *context, u64 mfn)
{
	if (mfn == HEAP)
		return XEN_OWNER_SPECIAL;
	if (mfn >= FIRST && mfn < FIRST + FRAMES)
		return XEN_OWNER_GUEST;
	if (mfn == IO)
		return XEN_OWNER_IO;
	return mfn == IO_READ_ONLY ? XEN_OWNER_IO_READ_ONLY : XEN_OWNER_OTHER;
}

static void flushed(void *context, bool all, u64 va)
{
	if (all)
		all_flushes++;
	else
		page_flushes++;
}

static void preempted(void *context)
{
	preemptions++;
}

static void m2p(void *context, u64 mfn, u64 pfn)
{
	m2p_mfn = mfn;
	m2p_pfn = pfn;
}

static u64 entry(u64 mfn, u64 flags)
{
	return mfn << 12 | flags;
}

static void put(u64 table, unsigned int index, u64 raw)
{
	contents[table - FIRST][index] = raw;
}

static u64 get(u64 table, unsigned int index)
{
	return contents[table - FIRST][index];
}

/* Every frame but the last four is mapped, the tables read-only. */
static void begin_with(struct xen_config config)
{
	static const struct xen_memory memory = {
		.load = load, .store = store, .owner = owner,
		.flush = flushed, .preempted = preempted, .m2p = m2p,
	};
	unsigned int i;

	xen_domain_stop(&d);
	memset(contents, 0, sizeof(contents));
	race = false;
	put(L4, 273, entry(L3, TABLE));
	put(L3, 0, entry(L2, TABLE));
	put(L2, 0, entry(L1, TABLE));
	for (i = 0; i < 60; i++)
		put(L1, i, entry(FIRST + i, i < 4 ? P | A : P | RW | A));
	xen_domain_start(&d, &config, &memory);
	assert_int_equal(xen_domain_adopt(&d, L4, true), 0);
	all_flushes = 0;
	page_flushes = 0;
	preemptions = 0;
}

static void begin_here(void)
{
	begin_with((struct xen_config) { .nx = true });
}

static int end(void **state)
{
	xen_domain_stop(&d);
	memset(d.bucket, 0, sizeof(d.bucket));
	return stop(state);
}

static int update(u64 mfn, unsigned int index, u64 val)
{
	const struct xen_update u = { (mfn << 12) + index * 8, val };

	return xen_mmu_update(&d, &u, 1, NULL);
}

static int ext(unsigned int cmd, u64 arg)
{
	const struct xen_mmuext op = { cmd, arg };

	return xen_mmuext(&d, &op, 1, NULL);
}

/* The slot of L1 that maps a frame, and the address it is mapped at. */
static unsigned int slot(u64 mfn)
{
	return mfn - FIRST;
}

static u64 va(u64 mfn)
{
	return VA + (mfn - FIRST) * 4096;
}

static void read_only(u64 mfn)
{
	assert_int_equal(xen_update_va(&d, va(mfn), entry(mfn, P | A), 0), 0);
}

static void refused(int err, int expected, const char *rule)
{
	assert_int_equal(err, expected);
	assert_int_equal(d.why.error, expected);
	if (strcmp(d.why.rule, rule))
		fail_msg("%s instead of %s: %s", d.why.rule, rule, d.why.text);
	assert_true(strlen(d.why.text) > 10);
}

static void type_is(u64 mfn, enum xen_type type, unsigned int types)
{
	const struct xen_frame *f = xen_frame(&d, mfn);

	assert_int_equal(f->types, types);
	if (types)
		assert_int_equal(f->type, type);
}

/* XENPV-1 */
static void frames_have_one_type_at_a_time(void **state)
{
	begin_here();
	type_is(L4, XEN_TYPE_L4, 2);	/* pinned, and in use */
	type_is(L3, XEN_TYPE_L3, 1);
	type_is(L2, XEN_TYPE_L2, 1);
	type_is(L1, XEN_TYPE_L1, 1);
	type_is(PAGE(0), XEN_TYPE_WRITABLE, 1);
	type_is(UNMAPPED(0), XEN_TYPE_NONE, 0);
	refused(ext(XEN_PIN_L2, L1), -EINVAL, "XENPV-1");
	refused(update(L3, 1, entry(L1, TABLE)), -EINVAL, "XENPV-1");
	type_is(L1, XEN_TYPE_L1, 1);
	assert_int_equal(ext(XEN_PIN_L2, UNMAPPED(0)), 0);
	refused(ext(XEN_PIN_L1, UNMAPPED(0)), -EINVAL, "XENPV-1");
	assert_int_equal(ext(XEN_UNPIN, UNMAPPED(0)), 0);
	assert_int_equal(ext(XEN_PIN_L1, UNMAPPED(0)), 0);
}

static void every_mapping_is_a_reference(void **state)
{
	begin_here();
	assert_int_equal(xen_frame(&d, PAGE(0))->refs, 2);
	assert_int_equal(xen_frame(&d, UNMAPPED(0))->refs, 1);
	assert_int_equal(update(L1, 100, entry(PAGE(0), P)), 0);
	assert_int_equal(xen_frame(&d, PAGE(0))->refs, 3);
	type_is(PAGE(0), XEN_TYPE_WRITABLE, 1);
	/* Given back while it is mapped it is gone with the last mapping. */
	xen_domain_release(&d, PAGE(0));
	assert_int_equal(update(L1, 101, entry(PAGE(0), P)), 0);
	assert_int_equal(update(L1, 101, 0), 0);
	assert_int_equal(update(L1, 100, 0), 0);
	assert_int_equal(update(L1, slot(PAGE(0)), 0), 0);
	assert_int_equal(xen_frame(&d, PAGE(0))->refs, 0);
	refused(update(L1, 100, entry(PAGE(0), P)), -EBUSY, "XENPV-36");
}

/* XENPV-2: also if a table above lets no one write. */
static void each_rw_entry_counts(void **state)
{
	begin_here();
	assert_int_equal(update(L2, 0, entry(L1, P | A)), 0);
	assert_int_equal(update(L1, 100, entry(PAGE(0), P | RW)), 0);
	type_is(PAGE(0), XEN_TYPE_WRITABLE, 2);
	read_only(PAGE(0));
	type_is(PAGE(0), XEN_TYPE_WRITABLE, 1);
	refused(ext(XEN_PIN_L1, PAGE(0)), -EINVAL, "XENPV-2");
	assert_int_equal(update(L1, 100, entry(PAGE(0), P)), 0);
	assert_int_equal(ext(XEN_PIN_L1, PAGE(0)), 0);
}

/* XENPV-3 */
static void a_table_is_never_mapped_writable(void **state)
{
	begin_here();
	refused(update(L1, 100, entry(L1, P | RW)), -EBUSY, "XENPV-3");
	refused(update(L1, slot(L4), entry(L4, P | RW)), -EBUSY, "XENPV-3");
	refused(xen_update_va(&d, va(L2), entry(L2, P | RW | A), 0), -EBUSY,
		"XENPV-3");
	assert_int_equal(update(L1, 100, entry(L1, P)), 0);
	/* Not even by an entry of its own. */
	put(UNMAPPED(0), 7, entry(UNMAPPED(0), P | RW));
	refused(ext(XEN_PIN_L1, UNMAPPED(0)), -EBUSY, "XENPV-3");
	assert_true(d.why.validating);
	type_is(UNMAPPED(0), XEN_TYPE_NONE, 0);
}

/* XENPV-4 */
static void fill_read_only_pin_link_and_back(void **state)
{
	begin_here();
	put(PAGE(0), 3, entry(PAGE(1), P | RW));
	refused(ext(XEN_PIN_L1, PAGE(0)), -EINVAL, "XENPV-4");
	refused(update(L2, 1, entry(PAGE(0), TABLE)), -EINVAL, "XENPV-4");
	read_only(PAGE(0));
	assert_int_equal(ext(XEN_PIN_L1, PAGE(0)), 0);
	assert_int_equal(update(L2, 1, entry(PAGE(0), TABLE)), 0);
	type_is(PAGE(0), XEN_TYPE_L1, 2);
	type_is(PAGE(1), XEN_TYPE_WRITABLE, 2);
	refused(update(L1, slot(PAGE(0)), entry(PAGE(0), P | RW)), -EBUSY,
		"XENPV-3");
	assert_int_equal(update(L2, 1, 0), 0);
	assert_int_equal(ext(XEN_UNPIN, PAGE(0)), 0);
	type_is(PAGE(1), XEN_TYPE_WRITABLE, 1);
	assert_int_equal(update(L1, slot(PAGE(0)), entry(PAGE(0), P | RW)), 0);
	type_is(PAGE(0), XEN_TYPE_WRITABLE, 1);
	refused(ext(XEN_PIN_L1, PAGE(0)), -EINVAL, "XENPV-4");
}

/* XENPV-7: three levels at once, and a failure leaves nothing behind. */
static void linking_validates_all_below(void **state)
{
	begin_here();
	put(UNMAPPED(0), 5, entry(UNMAPPED(1), P | RW));
	put(UNMAPPED(1), 6, entry(UNMAPPED(2), P | RW));
	put(UNMAPPED(1), 5, entry(L1, P | RW));
	put(UNMAPPED(2), 6, entry(PAGE(1), P | RW));
	put(UNMAPPED(2), 7, entry(PAGE(0), P | RW | XEN_PWT));
	refused(update(L4, 300, entry(UNMAPPED(0), TABLE)), -EINVAL, "XENPV-14");
	assert_true(d.why.validating);
	assert_non_null(strstr(d.why.text, "slot 7"));
	type_is(UNMAPPED(0), XEN_TYPE_NONE, 0);
	type_is(UNMAPPED(2), XEN_TYPE_NONE, 0);
	type_is(PAGE(0), XEN_TYPE_WRITABLE, 1);
	type_is(PAGE(1), XEN_TYPE_WRITABLE, 1);
	type_is(L1, XEN_TYPE_L1, 1);
	assert_int_equal(xen_frame(&d, L1)->refs, 3);
	assert_int_equal(get(L4, 300), 0);
	put(UNMAPPED(2), 7, entry(PAGE(0), P | RW));
	assert_int_equal(update(L4, 300, entry(UNMAPPED(0), TABLE)), 0);
	type_is(UNMAPPED(0), XEN_TYPE_L3, 1);
	type_is(UNMAPPED(1), XEN_TYPE_L2, 1);
	type_is(UNMAPPED(2), XEN_TYPE_L1, 1);
	type_is(PAGE(0), XEN_TYPE_WRITABLE, 2);
	/* The last reference takes all of it back. */
	assert_int_equal(update(L4, 300, 0), 0);
	type_is(UNMAPPED(2), XEN_TYPE_NONE, 0);
	type_is(PAGE(0), XEN_TYPE_WRITABLE, 1);
	assert_int_equal(xen_frame(&d, UNMAPPED(1))->refs, 1);
}

/* XENPV-8 */
static void a_change_of_type_flushes(void **state)
{
	begin_here();
	read_only(PAGE(0));
	all_flushes = 0;
	assert_int_equal(ext(XEN_PIN_L1, PAGE(0)), 0);
	assert_int_equal(all_flushes, 1);
	assert_int_equal(ext(XEN_PIN_L1, UNMAPPED(0)), 0);
	assert_int_equal(all_flushes, 1);	/* never was anything else */
}

/* XENPV-9 */
static void pins_do_not_nest(void **state)
{
	begin_here();
	assert_int_equal(ext(XEN_PIN_L1, L1), 0);
	type_is(L1, XEN_TYPE_L1, 2);
	refused(ext(XEN_PIN_L1, L1), -EINVAL, "XENPV-9");
	type_is(L1, XEN_TYPE_L1, 2);
	assert_int_equal(ext(XEN_UNPIN, L1), 0);
	refused(ext(XEN_UNPIN, L1), -EINVAL, "XENPV-9");
	refused(ext(XEN_UNPIN, PAGE(0)), -EINVAL, "XENPV-9");
	/* A pin outlives the link. */
	assert_int_equal(ext(XEN_PIN_L1, L1), 0);
	assert_int_equal(update(L2, 0, 0), 0);
	type_is(L1, XEN_TYPE_L1, 1);
}

/* XENPV-12 */
static void all_levels_allow_these_flags(void **state)
{
	const u64 all = P | RW | USER | A | D | XEN_AVAIL | XEN_AVAIL_HIGH | NX;

	begin_here();
	assert_int_equal(update(L1, 100, entry(PAGE(0), all)), 0);
	assert_int_equal(update(L2, 1, entry(UNMAPPED(0), all)), 0);
	assert_int_equal(update(L3, 1, entry(UNMAPPED(1), all)), 0);
	assert_int_equal(update(L4, 300, entry(UNMAPPED(2), all)), 0);
	begin_with((struct xen_config) { });
	refused(update(L1, 100, entry(PAGE(0), P | NX)), -EINVAL, "XENPV-12");
	refused(update(L4, 300, entry(UNMAPPED(2), P | NX)), -EINVAL,
		"XENPV-12");
}

/* XENPV-13 */
static void upper_levels_have_no_sizes_and_no_types(void **state)
{
	static const u64 bits[] = { XEN_PSE, XEN_PWT, XEN_PCD, G };
	unsigned int i;

	begin_with((struct xen_config) { .nx = true, .io = true });
	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		refused(update(L2, 1, entry(UNMAPPED(0), P | bits[i])), -EINVAL,
			"XENPV-13");
		refused(update(L3, 1, entry(UNMAPPED(0), P | bits[i])), -EINVAL,
			"XENPV-13");
		refused(update(L4, 300, entry(UNMAPPED(0), P | bits[i])),
			-EINVAL, "XENPV-13");
		/* The fast path is no way round. */
		refused(update(L2, 0, entry(L1, TABLE | bits[i])), -EINVAL,
			"XENPV-13");
	}
	refused(ext(XEN_MARK_SUPER, PAGE(0)), -EOPNOTSUPP, "XENPV-13");
	refused(ext(XEN_UNMARK_SUPER, PAGE(0)), -EOPNOTSUPP, "XENPV-13");
}

/* XENPV-14 */
static void l1_allows_more_with_the_right(void **state)
{
	static const u64 bits[] = { XEN_PWT, XEN_PCD, XEN_PAT };
	unsigned int i;

	begin_here();
	for (i = 0; i < ARRAY_SIZE(bits); i++)
		refused(update(L1, 100, entry(PAGE(0), P | bits[i])), -EINVAL,
			"XENPV-14");
	assert_int_equal(update(L1, 100, entry(PAGE(0), P | USER | G)), 0);
	assert_int_equal(update(L1, 101, entry(PAGE(0), P | XEN_GRANT)), 0);
	begin_with((struct xen_config) { .nx = true, .io = true });
	for (i = 0; i < ARRAY_SIZE(bits); i++)
		assert_int_equal(update(L1, 100 + i, entry(PAGE(0), P | bits[i])),
				 0);
	begin_with((struct xen_config) { .nx = true, .debug = true });
	refused(update(L1, 100, entry(PAGE(0), P | XEN_GRANT)), -EINVAL,
		"XENPV-14");
	assert_int_equal(update(L2, 1, entry(UNMAPPED(0), P | XEN_GRANT)), 0);
}

/* XENPV-15: by update, and by validation. */
static void entries_are_edited(void **state)
{
	static const struct {
		unsigned int level;
		u64 given, stored;
	} edits[] = {
		{ 1, P, P | USER | MARK },
		{ 1, P | RW | NX, P | RW | NX | USER | MARK },
		{ 1, P | G, P | G | USER | MARK },
		{ 1, P | USER, P | USER | G },
		{ 1, P | USER | MARK, P | USER | MARK },
		{ 1, P | MARK, P | USER | MARK },
		{ 1, RW, RW },
		{ 2, P, P | USER },
		{ 3, P | RW, P | RW | USER },
		{ 4, P, P | USER | A },
	};
	static const u64 table[] = { 0, L1, L2, L3, L4 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(edits); i++) {
		const unsigned int level = edits[i].level;
		const u64 mfn = edits[i].given & P ? UNMAPPED(0) : 0;

		begin_here();
		d.edits = 0;
		assert_int_equal(update(table[level], 300,
					entry(mfn, edits[i].given)), 0);
		assert_int_equal(get(table[level], 300),
				 entry(mfn, edits[i].stored));
		assert_int_equal(d.edits, edits[i].given != edits[i].stored);
		begin_here();
		put(UNMAPPED(1), 300, entry(mfn, edits[i].given));
		assert_int_equal(ext(XEN_PIN_L1 + level - 1, UNMAPPED(1)), 0);
		assert_int_equal(get(UNMAPPED(1), 300),
				 entry(mfn, edits[i].stored));
		/* Read back and written again it stays what it is. */
		assert_int_equal(update(UNMAPPED(1), 300, get(UNMAPPED(1), 300)),
				 0);
		assert_int_equal(get(UNMAPPED(1), 300),
				 entry(mfn, edits[i].stored));
	}
}

/* XENPV-16: Xen's log has it only if the mark was there before. */
static void a_global_kernel_page_is_noticed(void **state)
{
	begin_here();
	assert_int_equal(d.kernel_globals, 0);
	assert_int_equal(update(L1, 100, entry(PAGE(0), P | G)), 0);
	assert_int_equal(d.kernel_globals, 1);
	assert_int_equal(d.warnings, 0);
	assert_int_equal(update(L1, 100, get(L1, 100)), 0);
	assert_int_equal(d.kernel_globals, 2);
	assert_int_equal(d.warnings, 1);
	assert_int_equal(update(L1, 100, entry(PAGE(0), P | USER | G)), 0);
	assert_int_equal(d.kernel_globals, 2);
}

/* XENPV-19 */
static void io_memory_takes_a_right(void **state)
{
	const u64 uc = XEN_PWT | XEN_PCD;

	begin_here();
	refused(update(L1, 100, entry(IO, P | RW)), -EPERM, "XENPV-19");
	refused(update(L1, 100, entry(XEN_NO_MFN, P)), -EINVAL, "XENPV-36");
	refused(update(L1, 100, entry(OTHERS, P)), -EBUSY, "XENPV-36");
	refused(update(L2, 1, entry(IO, P)), -EINVAL, "XENPV-25");
	refused(update(L2, 1, entry(XEN_NO_MFN, P)), -EINVAL, "XENPV-36");
	begin_with((struct xen_config) { .nx = true, .io = true });
	assert_int_equal(update(L1, 100, entry(IO, P | RW)), 0);
	assert_int_equal(get(L1, 100), entry(IO, P | RW | USER | MARK | uc));
	assert_int_equal(update(L1, 101, entry(IO, P | XEN_PWT)), 0);
	assert_int_equal(get(L1, 101), entry(IO, P | USER | MARK | uc));
	assert_int_equal(update(L1, 101, entry(IO, P | XEN_PWT | XEN_PAT)), 0);
	assert_int_equal(get(L1, 101), entry(IO, P | USER | MARK | uc));
	/* UC- and WC stay. */
	assert_int_equal(update(L1, 101, entry(IO, P | XEN_PAT)), 0);
	assert_int_equal(get(L1, 101), entry(IO, P | USER | MARK | XEN_PAT));
	assert_int_equal(update(L1, 102, entry(IO_READ_ONLY, P | RW)), 0);
	assert_int_equal(get(L1, 102), entry(IO_READ_ONLY, P | USER | MARK | uc));
	assert_int_equal(update(L1, 102, 0), 0);
	refused(update(L1, 102, entry(HEAP, P | RW | XEN_PWT)), -EACCES,
		"XENPV-19");
	type_is(HEAP, XEN_TYPE_WRITABLE, 1);
}

/* XENPV-20 */
static void non_present_addresses_matter_to_l1tf(void **state)
{
	static const u64 tables[] = { L1, L2, L3, L4 };
	unsigned int i;

	begin_here();
	assert_int_equal(update(L1, 100, 0x1234000), 0);
	assert_false(d.shadowed);
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		begin_with((struct xen_config) { .l1tf = XEN_L1TF_SHADOW });
		assert_int_equal(update(tables[i], 300, 0), 0);
		assert_int_equal(update(tables[i], 300, XEN_L1TF_SAFE), 0);
		assert_int_equal(update(tables[i], 300, 0xe02), 0);
		assert_false(d.shadowed);
		assert_int_equal(update(tables[i], 300, i ? XEN_PSE : 0x1000), 0);
		assert_true(d.shadowed);
		begin_with((struct xen_config) { .l1tf = XEN_L1TF_CRASH });
		refused(update(tables[i], 300, 0x1000), -ERESTART, "XENPV-20");
		assert_true(d.crashed);
		assert_int_equal(get(tables[i], 300), 0);
	}
	/* In a table that is validated as well. */
	begin_with((struct xen_config) { .l1tf = XEN_L1TF_SHADOW });
	put(UNMAPPED(0), 9, 0x5000);
	assert_int_equal(ext(XEN_PIN_L1, UNMAPPED(0)), 0);
	assert_true(d.shadowed);
}

/* XENPV-21 */
static void cheap_bits_change_without_a_second_look(void **state)
{
	static const u64 cheap[] = { NX, XEN_AVAIL, XEN_AVAIL_HIGH, G, D, USER };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cheap); i++) {
		begin_here();
		assert_int_equal(update(L1, slot(L2), entry(L2, P | A | cheap[i])),
				 0);
		assert_int_equal(d.fast, 1);
		assert_int_equal(get(L1, slot(L2)) & cheap[i], cheap[i]);
		assert_int_equal(update(L1, slot(PAGE(0)),
					entry(PAGE(0), P | RW | cheap[i])), 0);
		assert_int_equal(d.fast, 2);
	}
	type_is(PAGE(0), XEN_TYPE_WRITABLE, 1);
	assert_int_equal(update(L1, slot(PAGE(0)), entry(PAGE(0), P)), 0);
	assert_int_equal(update(L1, slot(PAGE(0)), entry(PAGE(1), P)), 0);
	assert_int_equal(d.fast, 2);
	type_is(PAGE(0), XEN_TYPE_WRITABLE, 0);
	/* The same holds of tables: nothing is validated anew. */
	assert_int_equal(update(L2, 0, entry(L1, TABLE | NX)), 0);
	assert_int_equal(d.fast, 3);
}

/* XENPV-22 */
static void mmu_update_stops_at_the_first_error(void **state)
{
	const struct xen_update list[] = {
		{ (L1 << 12) + 800, entry(PAGE(0), P) },
		{ (L1 << 12) + 808, entry(PAGE(1), P) },
		{ (L1 << 12) + 816, entry(L1, P | RW) },
		{ (L1 << 12) + 824, entry(PAGE(3), P) },
	};
	unsigned int done = 99;

	begin_with((struct xen_config) { .preempt_after = 1 });
	refused(xen_mmu_update(&d, list, 4, &done), -EBUSY, "XENPV-3");
	assert_int_equal(done, 2);
	assert_int_equal(get(L1, 101) & P, P);
	assert_int_equal(get(L1, 102), 0);
	assert_int_equal(get(L1, 103), 0);
	/* Interrupted before each but the first, which nobody could tell. */
	assert_int_equal(preemptions, 2);
	assert_int_equal(d.continuations, 2);
	assert_int_equal(xen_mmu_update(&d, list, 2, &done), 0);
	assert_int_equal(done, 2);
	begin_with((struct xen_config) { .preempt_after = 2 });
	refused(xen_mmu_update(&d, list, 4, &done), -EBUSY, "XENPV-3");
	assert_int_equal(preemptions, 1);
}

static void mmu_update_has_sub_commands(void **state)
{
	struct xen_update u = { (PAGE(0) << 12) | XEN_UPDATE_M2P, 0x77 };

	begin_here();
	assert_int_equal(xen_mmu_update(&d, &u, 1, NULL), 0);
	assert_int_equal(m2p_mfn, PAGE(0));
	assert_int_equal(m2p_pfn, 0x77);
	u.ptr = (OTHERS << 12) | XEN_UPDATE_M2P;
	refused(xen_mmu_update(&d, &u, 1, NULL), -EINVAL, "XENPV-23");
	u.ptr = (L1 << 12) + 800 + XEN_UPDATE_UNTRANSLATED;
	u.val = entry(PAGE(0), P);
	assert_int_equal(xen_mmu_update(&d, &u, 1, NULL), 0);
	assert_int_equal(get(L1, 100), entry(PAGE(0), P | USER | MARK));
	u.ptr = (L1 << 12) + 800 + 4;
	refused(xen_mmu_update(&d, &u, 1, NULL), -ENOSYS, "XENPV-25");
}

/* XENPV-23 */
static void what_is_no_table_is_stored_unseen(void **state)
{
	begin_here();
	assert_int_equal(update(PAGE(0), 5, 0xdeadbeefdeadbeef), 0);
	assert_int_equal(get(PAGE(0), 5), 0xdeadbeefdeadbeef);
	assert_int_equal(update(UNMAPPED(0), 5, entry(L1, P | RW | XEN_PWT)), 0);
	assert_int_equal(get(UNMAPPED(0), 5), entry(L1, P | RW | XEN_PWT));
	refused(update(OTHERS, 5, 0), -EINVAL, "XENPV-23");
	refused(update(IO, 5, 0), -EINVAL, "XENPV-23");
}

/* XENPV-24 */
static void xens_slots_are_xens(void **state)
{
	begin_here();
	refused(update(L4, 256, 0), -EINVAL, "XENPV-24");
	refused(update(L4, 271, entry(UNMAPPED(0), P)), -EINVAL, "XENPV-24");
	assert_int_equal(update(L4, 255, entry(UNMAPPED(0), P)), 0);
	assert_int_equal(update(L4, 272, entry(UNMAPPED(0), P)), 0);
	assert_int_equal(update(L3, 256, entry(UNMAPPED(1), P)), 0);
	/* What a guest leaves there is nobody's business. */
	put(UNMAPPED(3), 260, 0xffffffffffffffff);
	assert_int_equal(ext(XEN_PIN_L4, UNMAPPED(3)), 0);
	refused(xen_update_va(&d, 0xffff800000000000, 0, 0), -EINVAL,
		"XENPV-27");
}

/* XENPV-25 */
static void lost_races_have_their_own_errors(void **state)
{
	begin_here();
	race = true;
	refused(update(L1, 100, entry(PAGE(0), P | RW)), -EBUSY, "XENPV-25");
	refused(update(L1, slot(PAGE(0)), 0), -EBUSY, "XENPV-25");
	refused(update(L1, slot(PAGE(0)), entry(PAGE(0), P | RW | NX)), -EBUSY,
		"XENPV-25");
	refused(update(L2, 1, entry(UNMAPPED(0), TABLE)), -EBUSY, "XENPV-25");
	refused(update(L3, 1, entry(UNMAPPED(0), TABLE)), -EFAULT, "XENPV-25");
	refused(update(L4, 300, entry(UNMAPPED(0), TABLE)), -EFAULT, "XENPV-25");
	/* And leave nothing behind. */
	type_is(PAGE(0), XEN_TYPE_WRITABLE, 1);
	type_is(UNMAPPED(0), XEN_TYPE_NONE, 0);
	assert_int_equal(xen_frame(&d, UNMAPPED(0))->refs, 1);
	refused(ext(99, 0), -ENOSYS, "XENPV-25");
}

/* XENPV-26 */
static void upper_updates_flush(void **state)
{
	begin_here();
	assert_int_equal(update(L1, 100, entry(PAGE(0), P)), 0);
	assert_int_equal(update(L1, slot(PAGE(0)), 0), 0);
	assert_int_equal(all_flushes, 0);
	assert_int_equal(update(L2, 1, entry(UNMAPPED(0), TABLE)), 0);
	assert_int_equal(all_flushes, 1);
	assert_int_equal(update(L4, 300, entry(UNMAPPED(1), TABLE)), 0);
	assert_int_equal(all_flushes, 2);
}

/* XENPV-27 */
static void update_va_edits_what_is_mapped_now(void **state)
{
	begin_here();
	assert_int_equal(xen_update_va(&d, VA + 100 * 4096, entry(PAGE(0), P),
				       XEN_UVMF_NONE), 0);
	assert_int_equal(get(L1, 100), entry(PAGE(0), P | USER | MARK));
	assert_int_equal(all_flushes + page_flushes, 0);
	assert_int_equal(xen_update_va(&d, VA + 100 * 4096, 0,
				       XEN_UVMF_INVLPG), 0);
	assert_int_equal(page_flushes, 1);
	assert_int_equal(xen_update_va(&d, VA + 100 * 4096, 0,
				       XEN_UVMF_TLB_FLUSH), 0);
	assert_int_equal(all_flushes, 1);
	refused(xen_update_va(&d, VA + 2 * MB, entry(PAGE(0), P),
			      XEN_UVMF_TLB_FLUSH), -EINVAL, "XENPV-27");
	refused(xen_update_va(&d, VA + 1 * GB, 0, 0), -EINVAL, "XENPV-27");
	refused(xen_update_va(&d, 0, 0, 0), -EINVAL, "XENPV-27");
	assert_int_equal(all_flushes, 1);
}

/* XENPV-28, -29, -48 */
static void the_base_moves_by_hypercall(void **state)
{
	begin_here();
	put(UNMAPPED(0), 273, entry(L3, TABLE));
	assert_int_equal(ext(XEN_NEW_BASEPTR, L4), 0);
	refused(ext(XEN_NEW_BASEPTR, PAGE(0)), -EINVAL, "XENPV-4");
	refused(ext(XEN_NEW_BASEPTR, OTHERS), -EINVAL, "XENPV-28");
	assert_int_equal(ext(XEN_PIN_L4, UNMAPPED(0)), 0);
	/* The one in use stays a table for as long as it is in use. */
	assert_int_equal(ext(XEN_UNPIN, L4), 0);
	type_is(L4, XEN_TYPE_L4, 1);
	refused(update(L1, slot(L4), entry(L4, P | RW)), -EBUSY, "XENPV-3");
	assert_int_equal(ext(XEN_NEW_BASEPTR, UNMAPPED(0)), 0);
	assert_int_equal(d.base, UNMAPPED(0));
	type_is(L4, XEN_TYPE_NONE, 0);
	type_is(UNMAPPED(0), XEN_TYPE_L4, 2);
	type_is(L3, XEN_TYPE_L3, 1);
	assert_int_equal(update(L1, slot(L4), entry(L4, P | RW)), 0);
}

static void flushing_ops_flush(void **state)
{
	begin_here();
	assert_int_equal(ext(XEN_TLB_FLUSH_LOCAL, 0), 0);
	assert_int_equal(ext(XEN_TLB_FLUSH_MULTI, 0), 0);
	assert_int_equal(ext(XEN_TLB_FLUSH_ALL, 0), 0);
	assert_int_equal(all_flushes, 3);
	assert_int_equal(ext(XEN_INVLPG_LOCAL, VA), 0);
	assert_int_equal(ext(XEN_INVLPG_MULTI, VA), 0);
	assert_int_equal(ext(XEN_INVLPG_ALL, VA), 0);
	assert_int_equal(page_flushes, 3);
	refused(ext(XEN_FLUSH_CACHE, 0), -EACCES, "XENPV-28");
	refused(ext(XEN_PIN_L1, OTHERS), -EINVAL, "XENPV-28");
	refused(ext(XEN_UNPIN, OTHERS), -EINVAL, "XENPV-28");
	begin_with((struct xen_config) { .io = true });
	assert_int_equal(ext(XEN_FLUSH_CACHE, 0), 0);
}

/* XENPV-30 */
static void a_multicall_goes_on(void **state)
{
	struct xen_update bad = { (L1 << 12) + 800, entry(L1, P | RW) };
	struct xen_mmuext unpin = { XEN_UNPIN, PAGE(0) };
	struct xen_call none = { };
	struct xen_call list[] = {
		{ .op = XEN_CALL_MMU_UPDATE, .args = { (uintptr_t)&bad, 1 } },
		{ .op = XEN_CALL_UPDATE_VA,
		  .args = { VA + 101 * 4096, entry(PAGE(1), P) } },
		{ .op = XEN_CALL_MMUEXT, .args = { (uintptr_t)&unpin, 1 } },
		{ .op = XEN_CALL_MULTICALL, .args = { (uintptr_t)&none, 1 } },
		{ .op = 77 },
	};

	begin_with((struct xen_config) { .debug = true });
	assert_int_equal(xen_multicall(&d, list, ARRAY_SIZE(list)), 0);
	assert_int_equal(list[0].result, -EBUSY);
	assert_int_equal(list[1].result, 0);
	assert_int_equal(get(L1, 101) & P, P);
	assert_int_equal(list[2].result, -EINVAL);
	assert_int_equal(list[3].result, -EINVAL);
	assert_int_equal(list[4].result, -ENOSYS);
	/* Nothing else of the array can be used again. */
	assert_int_equal(list[1].op, 0xaaaaaaaaaaaaaaaaULL);
	assert_int_equal(list[1].args[1], 0xaaaaaaaaaaaaaaaaULL);
}

/* XENPV-32 */
static void stores_to_l1_tables_are_emulated(void **state)
{
	begin_here();
	assert_int_equal(xen_plain_store(&d, L1, 800, 8, entry(PAGE(0), P)), 0);
	assert_int_equal(xen_plain_store(&d, L1, 800, 8, entry(PAGE(0), P)), 0);
	assert_int_equal(get(L1, 100), entry(PAGE(0), P | USER | MARK));
	assert_int_equal(d.fast, 0);
	refused(xen_plain_store(&d, L2, 800, 8, 0), -EFAULT, "XENPV-32");
	refused(xen_plain_store(&d, L1, 801, 8, 0), -EFAULT, "XENPV-32");
	refused(xen_plain_store(&d, L1, 800, 16, 0), -EFAULT, "XENPV-32");
	assert_int_equal(xen_plain_store(&d, L1, 808, 8, entry(L1, P | RW)),
			 -EFAULT);
	assert_string_equal(d.why.rule, "XENPV-3");
	assert_int_equal(get(L1, 101), 0);
	/* Two halves are two entries, each of which must be legal. */
	assert_int_equal(xen_plain_store(&d, L1, 820, 4, 0x80000000), 0);
	assert_int_equal(xen_plain_store(&d, L1, 816, 4,
					 (u32)entry(PAGE(0), P)), 0);
	assert_int_equal(get(L1, 102), entry(PAGE(0), P | USER | MARK | NX));
	assert_int_equal(xen_plain_store(&d, L1, 816, 1, 0), 0);
	assert_int_equal(get(L1, 102), entry(PAGE(0), MARK | NX));
	assert_int_equal(xen_plain_store(&d, PAGE(0), 801, 1, 0xff), 0);
	assert_int_equal(get(PAGE(0), 100), 0xff00);
}

/* XENPV-33 */
static void a_and_d_can_be_preserved(void **state)
{
	struct xen_update u = { (L1 << 12) + 800, entry(PAGE(0), P | A | D) };

	begin_here();
	assert_int_equal(xen_mmu_update(&d, &u, 1, NULL), 0);
	u.val = entry(PAGE(1), P);
	u.ptr += XEN_UPDATE_PRESERVE_AD;
	assert_int_equal(xen_mmu_update(&d, &u, 1, NULL), 0);
	assert_int_equal(get(L1, 100), entry(PAGE(1), P | A | D | USER | MARK));
	u.ptr -= XEN_UPDATE_PRESERVE_AD;
	assert_int_equal(xen_mmu_update(&d, &u, 1, NULL), 0);
	assert_int_equal(get(L1, 100), entry(PAGE(1), P | USER | MARK));
}

/* XENPV-42: the builder's large leaf counts, and goes for good. */
static void only_the_builder_maps_large(void **state)
{
	/* All frames there are, and some more that nobody looks at. */
	const u64 leaf = FIRST << 12 | P | RW | USER | A | XEN_PSE;

	begin_with((struct xen_config) { .nx = true });
	xen_domain_stop(&d);
	memset(d.bucket, 0, sizeof(d.bucket));
	memset(contents, 0, sizeof(contents));
	put(L4, 1, entry(L3, TABLE));
	put(L3, 0, entry(L2, TABLE));
	put(L2, 0, leaf & ~RW);
	assert_int_equal(xen_domain_adopt(&d, L4, true), 0);
	assert_int_equal(get(L2, 0), leaf & ~RW);
	assert_int_equal(xen_frame(&d, PAGE(0))->refs, 2);
	refused(update(L2, 1, leaf & ~RW), -EINVAL, "XENPV-13");
	refused(xen_update_va(&d, 512 * GB, 0, 0), -EINVAL, "XENPV-27");
	assert_int_equal(update(L2, 0, 0), 0);
	assert_int_equal(xen_frame(&d, PAGE(0))->refs, 1);
}

/* The tables that guests start with, and the engine on them */

#define MAPPED		0x1000ULL

static const struct model_xen_boot boots[] = {
	{ },
	{ .domu = true },
	{ .grafted = true },
	{ .large_p2m = true },
	{ .domu = true, .grafted = true, .large_p2m = true },
	{ .grafted = true, .large_p2m = true, .config.debug = true },
	{ .config.l1tf = XEN_L1TF_CRASH },
};

static void boot(const struct model_xen_boot *how)
{
	struct physmap_x86_machine x86 = long4;

	x86.pa_bits = 52;
	x86.pse = false;
	x86.gbpages = false;
	x86.global = false;
	stop(NULL);
	model_xen_start_as(&m, &x86, MAPPED, MB, how);
}

/* XENPV-41 */
static void tables_lie_where_builders_put_them(void **state)
{
	static const unsigned int dom0[] = { 4, 1, 2, 3, 1, 1, 1, 1, 1, 1, 1 };
	static const unsigned int domu[] = { 4, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1 };
	unsigned int i, count;
	bool pinned;

	for (i = 0; i < ARRAY_SIZE(dom0); i++) {
		boot(&boots[0]);
		assert_int_equal(model_xen_type((MB >> 12) + i, &count, &pinned),
				 dom0[i]);
		assert_int_equal(pinned, !i);
		boot(&boots[1]);
		assert_int_equal(model_xen_type((MB >> 12) + i, &count, &pinned),
				 domu[i]);
	}
}

/* XENPV-40, -43 */
static void all_is_mapped_but_tables_are_read_only(void **state)
{
	unsigned int i, count;
	bool pinned;
	u64 pa;

	for (i = 0; i < ARRAY_SIZE(boots); i++) {
		boot(&boots[i]);
		for (pa = 0; pa < 16 * MB; pa += 4 * KB) {
			const enum xen_type type =
				model_xen_type(pa >> 12, &count, &pinned);
			const u64 raw = at(pa).raw;

			assert_int_equal(at(pa).pa, pa);
			assert_int_equal(!!(raw & RW), type == XEN_TYPE_WRITABLE);
			assert_int_equal(raw & (P | A | USER | MARK | NX | G),
					 P | A | USER | MARK);
		}
	}
}

/* XENPV-6 */
static void both_maps_share_l1_tables(void **state)
{
	const u64 pa = 8 * MB;
	unsigned int count;
	bool pinned;
	u64 old;

	boot(&boots[2]);
	old = at(pa).raw;
	assert_int_equal(at(pa).table,
			 model_look(&m, MODEL_KERNEL_MAP + pa).table);
	assert_false(at(pa).exec);
	assert_true(model_look(&m, MODEL_KERNEL_MAP + pa).exec);
	model_xen_type(at(pa).table >> 12, &count, &pinned);
	assert_int_equal(count, 2);
	assert_int_equal(xen_update_va(&model_xen.domain, MODEL_KERNEL_MAP + pa,
				       old & ~RW, 0), 0);
	assert_int_equal(at(pa).raw, old & ~RW);
}

/* XENPV-29: the builder's upper tables are the guest's to reuse. */
static void grafting_sets_the_builders_top_free(void **state)
{
	unsigned int i, count;
	bool pinned;

	boot(&boots[2]);
	for (i = 0; i < 4; i++)
		assert_int_equal(model_xen_type((MB >> 12) + i, &count, &pinned),
				 i == 1 ? XEN_TYPE_L1 : XEN_TYPE_WRITABLE);
	assert_int_equal(model_xen_type(map->root >> 12, &count, &pinned),
			 XEN_TYPE_L4);
	assert_true(pinned);
	assert_int_equal(count, 2);
}

/* XENPV-39, -42 */
static void the_p2m_list_is_mapped_by_a_large_page(void **state)
{
	const struct model_translation t = (boot(&boots[3]),
					    model_look(&m, MODEL_P2M_VA + 4096));

	assert_true(t.present);
	assert_int_equal(t.level, 1);
	assert_int_equal(t.pa, (MODEL_P2M_PFN << 12) + 4096);
	/* Its own tables cannot be mapped writable. */
	must_build(MODEL_P2M_PFN << 12, (MODEL_P2M_PFN + MODEL_P2M_PFNS) << 12,
		   S4K, PHYSMAP_TWO_PASS);
	assert_int_equal(m.xmap.xen.refused, 0);
}

/* XENPV-36: no frame, no entry; and what Xen says to one. */
static void ballooned_pages_have_no_frame(void **state)
{
	u64 mfn;

	boot(&boots[0]);
	mfn = model_xen_mfn(0x2000);
	model_xen_balloon(0x2000);
	assert_int_equal(model_xen_mfn(0x2000), MODEL_NO_MFN);
	assert_int_equal(xen_update_va(&model_xen.domain, map->offset,
				       entry(mfn, P), 0), -EBUSY);
	assert_string_equal(model_xen.domain.why.rule, "XENPV-36");
	/* Mapped ones stay Xen's to count until they are unmapped. */
	mfn = model_xen_mfn(5);
	model_xen_balloon(5);
	assert_int_equal(xen_update_va(&model_xen.domain, map->offset,
				       entry(mfn, P), 0), 0);
}

static void the_engine_builds_on_each_of_them(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(boots); i++) {
		boot(&boots[i]);
		must_build(0, 24 * MB, S1G, PHYSMAP_TWO_PASS);
		must_build(GB, GB + 5 * MB, S1G, PHYSMAP_FINAL_ON_FRESH);
		assert_int_equal(m.xmap.xen.refused, 0);
		assert_int_equal(model_xen.domain.kernel_globals, 0);
		assert_false(model_xen.domain.crashed);
		assert_int_equal(at(20 * MB).pa, 20 * MB);
		assert_int_equal(at(GB + 4 * MB).pa, GB + 4 * MB);
	}
}

#define SHOWS(sentence, function)	{ sentence, function, NULL, end, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHOWS("a frame has one type at a time (XENPV-1)",
		      frames_have_one_type_at_a_time),
		SHOWS("every mapping is a reference (XENPV-1)",
		      every_mapping_is_a_reference),
		SHOWS("each RW entry is a writable reference (XENPV-2)",
		      each_rw_entry_counts),
		SHOWS("a table is never mapped writable (XENPV-3)",
		      a_table_is_never_mapped_writable),
		SHOWS("fill, read-only, pin, link; and the way back (XENPV-4)",
		      fill_read_only_pin_link_and_back),
		SHOWS("linking validates all below (XENPV-7)",
		      linking_validates_all_below),
		SHOWS("a change of type flushes (XENPV-8)",
		      a_change_of_type_flushes),
		SHOWS("pins do not nest (XENPV-9)", pins_do_not_nest),
		SHOWS("these flags are allowed at all levels (XENPV-12)",
		      all_levels_allow_these_flags),
		SHOWS("upper levels have no sizes and no memory types (XENPV-13)",
		      upper_levels_have_no_sizes_and_no_types),
		SHOWS("L1 allows more to those who have the right (XENPV-14)",
		      l1_allows_more_with_the_right),
		SHOWS("Xen edits what is written (XENPV-15)", entries_are_edited),
		SHOWS("a global kernel page is noticed (XENPV-16)",
		      a_global_kernel_page_is_noticed),
		SHOWS("I/O memory takes a right and is not cached (XENPV-19)",
		      io_memory_takes_a_right),
		SHOWS("non-present entries with an address matter (XENPV-20)",
		      non_present_addresses_matter_to_l1tf),
		SHOWS("cheap bits change without a second look (XENPV-21)",
		      cheap_bits_change_without_a_second_look),
		SHOWS("mmu_update stops at the first error (XENPV-22)",
		      mmu_update_stops_at_the_first_error),
		SHOWS("mmu_update has sub-commands (XENPV-22)",
		      mmu_update_has_sub_commands),
		SHOWS("what is no table is stored unseen (XENPV-23)",
		      what_is_no_table_is_stored_unseen),
		SHOWS("Xen's slots are Xen's (XENPV-24)", xens_slots_are_xens),
		SHOWS("lost races have their own errors (XENPV-25)",
		      lost_races_have_their_own_errors),
		SHOWS("updates above L1 flush (XENPV-26)", upper_updates_flush),
		SHOWS("update_va_mapping edits what is mapped now (XENPV-27)",
		      update_va_edits_what_is_mapped_now),
		SHOWS("the base moves by hypercall (XENPV-28, -29)",
		      the_base_moves_by_hypercall),
		SHOWS("flushing operations flush (XENPV-28)", flushing_ops_flush),
		SHOWS("a multicall goes on past a failure (XENPV-30)",
		      a_multicall_goes_on),
		SHOWS("plain stores to L1 tables are emulated (XENPV-32)",
		      stores_to_l1_tables_are_emulated),
		SHOWS("A and D can be preserved (XENPV-33)",
		      a_and_d_can_be_preserved),
		SHOWS("only the builder maps large (XENPV-42)",
		      only_the_builder_maps_large),
		SHOWS("tables lie where builders put them (XENPV-41)",
		      tables_lie_where_builders_put_them),
		SHOWS("all is mapped, tables read-only (XENPV-40, -43)",
		      all_is_mapped_but_tables_are_read_only),
		SHOWS("both maps share L1 tables (XENPV-6)",
		      both_maps_share_l1_tables),
		SHOWS("grafting sets the builder's top tables free (XENPV-29)",
		      grafting_sets_the_builders_top_free),
		SHOWS("the p2m list is mapped by a large page (XENPV-39, -42)",
		      the_p2m_list_is_mapped_by_a_large_page),
		SHOWS("ballooned pages have no frame (XENPV-36)",
		      ballooned_pages_have_no_frame),
		SHOWS("the engine builds on each of them",
		      the_engine_builds_on_each_of_them),
	};

	return cmocka_run_group_tests_name("xen_model", tests, NULL, NULL);
}
