// SPDX-License-Identifier: GPL-2.0-only
/*
 * One device mapped early: as pages of a window on every arm64 machine and on
 * x86. Judgements go by the models' own walks: the address, the type, never
 * executable, exactly the device's pages. A judge hears how they came.
 */
#include <physmap/device.h>
#include "support_arm64.h"

#define UART		0x09000000ULL
/* As these machines have MAIR; RAM's is 0. */
#define MT_NGNRNE	5u
#define MT_NGNRE	3u
/* Strong uncached, where Linux' PAT has it. */
#define PAT_UC		3u

static struct physmap_device_mmu mmu;
static struct physmap_device_window *window;
static u64 va;

static u64 window_start(void)
{
	return map->va_start + 4 * GB;
}

static void open_window(u64 start, u64 end)
{
	physmap_device_mmu(&mmu, map, start, end);
	mmu.memtype[PHYSMAP_DEVICE_NGNRNE] = MT_NGNRNE << PHYSMAP_MEMTYPE_SHIFT;
	mmu.memtype[PHYSMAP_DEVICE_NGNRE] = MT_NGNRE << PHYSMAP_MEMTYPE_SHIFT;
	window = &mmu.window;
	va = 0;
}

/* An arm64 machine with a window of so many pages. */
static void begin_window(const struct physmap_arm64_machine *machine,
			 unsigned int pages)
{
	begin_arm64(machine);
	open_window(window_start(), window_start() + pages * page_size());
}

static int ask_device(u64 start, u64 size, enum physmap_device_type type)
{
	const struct physmap_device dev = {
		.name = "uart", .start = start, .size = size, .type = type,
	};

	return physmap_map_device(window, &dev, &va, &why);
}

static void must_give(u64 start, u64 size, enum physmap_device_type type)
{
	if (ask_device(start, size, type))
		fail_msg("%s: %s", why.rule, why.what);
}

/* The map's fields that a call sets are as they were. */
static struct physmap_map was;

static void note_map(void)
{
	was = *map;
}

static void map_is_as_it_was(void)
{
	assert_ptr_equal(map->hooks, was.hooks);
	assert_true(map->offset == was.offset && map->va_start == was.va_start &&
		    map->va_limit == was.va_limit && map->root == was.root &&
		    map->live == was.live);
}

/* A page as hardware finds it. */
static void page_is(u64 at, u64 pa, unsigned int type)
{
	const struct model_arm64_translation t = model_arm64_look(&a, at);

	if (!t.present || t.level || t.pa != pa || t.attrindx != type ||
	    !t.write || t.exec || t.user || t.user_exec || !t.accessed ||
	    t.contig || (t.raw & MARK))
		fail_msg("%#llx: raw %#llx at level %u, %#llx and type %u wanted",
			 at, t.raw, t.level, pa, type);
}

static void nothing_is(u64 at)
{
	assert_false(model_arm64_look(&a, at).raw);
}

/* Its pages and no other, from @first on, and @va is its first byte's. */
static void device_is(u64 first, u64 start, u64 size, unsigned int type)
{
	const u64 page = page_size(), from = start & ~(page - 1);
	const u64 pages = (start + size - 1) / page - start / page + 1;
	u64 i;

	assert_true(va == first + (start - from));
	for (i = 0; i < pages; i++)
		page_is(first + i * page, from + i * page, type);
}

/* Before a store: no leaf of a device may be executable, even for a moment. */
static void never_executable(struct model_machine *mm,
			     const struct model_event *e)
{
	const u64 never = a.cpu.el2 ? UXN : UXN | PXN;

	assert_int_not_equal(e->kind, MODEL_PROTECT);
	assert_int_not_equal(e->kind, MODEL_FLUSH);
	if (e->kind == MODEL_WRITE)
		assert_true((e->first & never) == never && !(e->first & MARK));
}

static void one_machine(const struct physmap_arm64_machine *machine, bool live)
{
	u64 page, first;

	begin_window(machine, 16);
	page = page_size();
	first = window_start();
	map->live = live;
	note_map();
	a.m.before = never_executable;
	seat_judge();
	/* All of a page, within a page, over a page's end, and its last byte. */
	must_give(UART, page, PHYSMAP_DEVICE_NGNRE);
	device_is(first, UART, page, MT_NGNRE);
	nothing_is(first + page);
	must_give(UART + 3 * page + 0x40, 0x1c, PHYSMAP_DEVICE_NGNRNE);
	device_is(first + page, UART + 3 * page + 0x40, 0x1c, MT_NGNRNE);
	nothing_is(first + 2 * page);
	must_give(UART + 6 * page - 4, 8, PHYSMAP_DEVICE_NGNRE);
	device_is(first + 2 * page, UART + 6 * page - 4, 8, MT_NGNRE);
	nothing_is(first + 4 * page);
	must_give(UART + 10 * page - 1, 1, PHYSMAP_DEVICE_NGNRE);
	device_is(first + 4 * page, UART + 10 * page - 1, 1, MT_NGNRE);
	nothing_is(first + 5 * page);
	/* The first one is where it was, and nothing came before it. */
	page_is(first, UART, MT_NGNRE);
	nothing_is(first - page);
	map_is_as_it_was();
	judge_agrees();
}

static void every_machine_maps_exactly_the_pages(void **state)
{
	struct physmap_arm64_machine machine;
	unsigned int n;

	for (n = 0; any_arm64(n, &machine); n++) {
		if (!machine.page_shift)
			continue;
		one_machine(&machine, false);
		one_machine(&machine, true);
	}
}

/* Above all RAM, at the end of what an entry can address. */
static void the_last_page_there_is_can_be_a_device(void **state)
{
	static const struct physmap_arm64_machine *machines[] = {
		&a4k, &a4k_lpa2, &a16k, &a64k, &a64k_52,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		const u64 limit = 1ULL << machines[i]->pa_bits;

		begin_window(machines[i], 4);
		must_give(limit - 8, 8, PHYSMAP_DEVICE_NGNRE);
		device_is(window_start(), limit - 8, 8, MT_NGNRE);
		must_refuse(ask_device(limit - 8, 9, PHYSMAP_DEVICE_NGNRE),
			    -ERANGE, "ARM-FMT-1");
		must_refuse(ask_device(-8ULL, 8, PHYSMAP_DEVICE_NGNRE),
			    -ERANGE, "ARM-FMT-1");
	}
}

/* Refused: no table was asked for, nothing was stored, nothing is used up. */
static void refused_untouched(int err, int expected, const char *rule)
{
	must_refuse(err, expected, rule);
	assert_int_equal(a.m.events, 0);
	assert_int_equal(a.m.mem.out, 0);
	assert_true(mmu.next == mmu.va && !va);
	map_is_as_it_was();
}

static void what_is_no_device_is_refused(void **state)
{
	begin_window(&a4k, 4);
	note_map();
	refused_untouched(ask_device(UART, 0, PHYSMAP_DEVICE_NGNRE),
			  -EINVAL, "MPU-6");
	refused_untouched(ask_device(-16ULL, 17, PHYSMAP_DEVICE_NGNRE),
			  -EINVAL, "MPU-6");
	refused_untouched(ask_device(UART, -1ULL, PHYSMAP_DEVICE_NGNRE),
			  -EINVAL, "MPU-6");
	refused_untouched(ask_device(UART, 4096, PHYSMAP_DEVICE_UNKNOWN),
			  -EINVAL, "ARM-ATTR-3");
	refused_untouched(ask_device(UART, 4096, PHYSMAP_DEVICE_TYPES),
			  -EINVAL, "ARM-ATTR-3");
	/* A type that nobody has told the window of. */
	mmu.memtype[PHYSMAP_DEVICE_NGNRE] = PHYSMAP_DEVICE_NO_MEMTYPE;
	refused_untouched(ask_device(UART, 4096, PHYSMAP_DEVICE_NGNRE),
			  -EINVAL, "ARM-ATTR-3");
	physmap_device_mmu(&mmu, map, window_start(), window_start() + MB);
	refused_untouched(ask_device(UART, 4096, PHYSMAP_DEVICE_NGNRNE),
			  -EINVAL, "ARM-ATTR-3");
	/* Where all types are told, each of them works: also number 0. */
	mmu.memtype[PHYSMAP_DEVICE_NGNRNE] = 0;
	must_give(UART, 4096, PHYSMAP_DEVICE_NGNRNE);
	device_is(window_start(), UART, 4096, 0);
}

static void devices_of_a_page_share_it(void **state)
{
	begin_window(&a64k, 8);
	must_give(UART, 4 * KB, PHYSMAP_DEVICE_NGNRE);
	a.m.events = 0;
	must_give(UART + 8 * KB, 4 * KB, PHYSMAP_DEVICE_NGNRE);
	device_is(window_start(), UART + 8 * KB, 4 * KB, MT_NGNRE);
	must_give(UART, 4 * KB, PHYSMAP_DEVICE_NGNRE);
	device_is(window_start(), UART, 4 * KB, MT_NGNRE);
	assert_int_equal(a.m.events, 0);
	assert_true(mmu.next == window_start() + 64 * KB);
	/* One page more than the window has in a row: pages of its own. */
	must_give(UART + 60 * KB, 8 * KB, PHYSMAP_DEVICE_NGNRE);
	device_is(window_start() + 64 * KB, UART + 60 * KB, 8 * KB, MT_NGNRE);
	assert_true(mmu.next == window_start() + 3 * 64 * KB);
	/* In the window one behind the other, but not in memory. */
	must_give(UART + MB, 64 * KB, PHYSMAP_DEVICE_NGNRE);
	must_give(UART + 2 * MB, 64 * KB, PHYSMAP_DEVICE_NGNRE);
	must_give(UART + MB, 128 * KB, PHYSMAP_DEVICE_NGNRE);
	device_is(window_start() + 5 * 64 * KB, UART + MB, 128 * KB, MT_NGNRE);
}

static void a_page_has_no_two_types(void **state)
{
	begin_window(&a64k, 8);
	must_give(UART + 16 * KB, 4 * KB, PHYSMAP_DEVICE_NGNRE);
	a.m.events = 0;
	/* In the same page, and with that page as its last. */
	must_refuse(ask_device(UART, 4 * KB, PHYSMAP_DEVICE_NGNRNE),
		    -EEXIST, "ARM-ATTR-1");
	assert_true(why.pa == UART && why.va == window_start());
	must_refuse(ask_device(UART - 64 * KB, 68 * KB, PHYSMAP_DEVICE_NGNRNE),
		    -EEXIST, "ARM-ATTR-1");
	assert_int_equal(a.m.events, 0);
	/* The page beside it is free to have another. */
	must_give(UART + 64 * KB, 4 * KB, PHYSMAP_DEVICE_NGNRNE);
	device_is(window_start() + 64 * KB, UART + 64 * KB, 4 * KB, MT_NGNRNE);
}

/* RAM that the map has already cannot be a device, in whatever leaves. */
static void what_the_map_has_as_ram_is_no_device(void **state)
{
	begin_window(&a4k, 8);
	must_build_blocks(BASE + 4 * KB, BASE + 6 * MB, true, PHYSMAP_TWO_PASS);
	note_map();
	a.m.events = 0;
	a.m.mem.out = 0;
	refused_untouched(ask_device(BASE + 4 * KB, 4, PHYSMAP_DEVICE_NGNRE),
			  -EEXIST, "ARM-ATTR-1");
	refused_untouched(ask_device(BASE + 5 * MB, 4, PHYSMAP_DEVICE_NGNRE),
			  -EEXIST, "ARM-ATTR-1");
	refused_untouched(ask_device(BASE, 4097, PHYSMAP_DEVICE_NGNRE),
			  -EEXIST, "ARM-ATTR-1");
	assert_true(why.va == map->offset + BASE + 4 * KB);
	must_give(BASE, 4096, PHYSMAP_DEVICE_NGNRE);
	must_give(BASE + 6 * MB, 4096, PHYSMAP_DEVICE_NGNRE);
	must_map64(BASE + 4 * KB, BASE + 6 * MB, DATA);
}

/* A device that the map has at its own place, with that very type. */
static void an_alias_of_the_same_type_is_none_too_many(void **state)
{
	begin_window(&a4k, 8);
	*slot64(BASE, 0) = BASE | INDEX(MT_NGNRE) | AF | INNER | PXN | UXN |
			   DBM | PAGE;
	must_give(BASE, 4096, PHYSMAP_DEVICE_NGNRE);
	device_is(window_start(), BASE, 4096, MT_NGNRE);
	must_refuse(ask_device(BASE, 4096, PHYSMAP_DEVICE_NGNRNE), -EEXIST,
		    "ARM-ATTR-1");
}

/* What is in the way is passed over and not touched. */
static void somebodys_pages_stay(void **state)
{
	const u64 theirs = 0x40000000 | INDEX(MT_NGNRE) | AF | INNER | PXN |
			   UXN | RDONLY | PAGE;
	const u64 foreign = 1ULL << 58;
	u64 first;

	begin_window(&a4k, 1024);
	first = window_start();
	*model_arm64_slot(&a, first + 4 * KB, 0) = theirs;
	*model_arm64_slot(&a, first + 16 * KB, 0) = foreign;
	*model_arm64_slot(&a, first + 2 * MB, 1) = 0x40000000 | AF | INNER |
						   PXN | UXN | BLOCK;
	must_give(UART, 4096, PHYSMAP_DEVICE_NGNRE);
	device_is(first, UART, 4096, MT_NGNRE);
	must_give(UART + MB, 12 * KB, PHYSMAP_DEVICE_NGNRE);
	device_is(first + 20 * KB, UART + MB, 12 * KB, MT_NGNRE);
	must_give(UART + 2 * MB, 4096, PHYSMAP_DEVICE_NGNRE);
	device_is(first + 32 * KB, UART + 2 * MB, 4096, MT_NGNRE);
	assert_true(model_arm64_look(&a, first + 4 * KB).raw == theirs);
	assert_true(model_arm64_look(&a, first + 16 * KB).raw == foreign);
	assert_int_equal(model_arm64_look(&a, first + 2 * MB).level, 1);
	/* What they have of the device is read-only: it gets a page of its own. */
	must_refuse(ask_device(0x40000000, 4096, PHYSMAP_DEVICE_NGNRE), -EEXIST,
		    "ARM-ATTR-1");
	*model_arm64_slot(&a, first + 2 * MB, 1) = 0;
	must_give(0x40000000, 4096, PHYSMAP_DEVICE_NGNRE);
	device_is(first + 36 * KB, 0x40000000, 4096, MT_NGNRE);
}

static void without_room_nothing_is_mapped(void **state)
{
	u64 first;

	begin_window(&a4k, 3);
	first = window_start();
	note_map();
	refused_untouched(ask_device(UART, 4 * 4096, PHYSMAP_DEVICE_NGNRE),
			  -ENOSPC, "ARM-MMU-8");
	refused_untouched(ask_device(UART, 1ULL << 47, PHYSMAP_DEVICE_NGNRE),
			  -ENOSPC, "ARM-MMU-8");
	must_give(UART, 2 * 4096, PHYSMAP_DEVICE_NGNRE);
	must_refuse(ask_device(UART + MB, 4097, PHYSMAP_DEVICE_NGNRE), -ENOSPC,
		    "ARM-MMU-8");
	must_give(UART + MB, 4096, PHYSMAP_DEVICE_NGNRE);
	device_is(first + 2 * 4096, UART + MB, 4096, MT_NGNRE);
	must_refuse(ask_device(UART + 2 * MB, 1, PHYSMAP_DEVICE_NGNRE), -ENOSPC,
		    "ARM-MMU-8");
	nothing_is(first + 3 * 4096);
	/* One that is there needs no room. */
	must_give(UART + 4096, 4096, PHYSMAP_DEVICE_NGNRE);
	assert_true(va == first + 4096);
	/* Room goes on behind the window, where there is no table yet. */
	open_window(first + 2 * MB - 8 * KB, first + 2 * MB + 8 * KB);
	must_give(UART + 3 * MB, 4 * KB, PHYSMAP_DEVICE_NGNRE);
	must_refuse(ask_device(UART + 4 * MB, 16 * KB, PHYSMAP_DEVICE_NGNRE),
		    -ENOSPC, "ARM-MMU-8");
	must_give(UART + 4 * MB, 12 * KB, PHYSMAP_DEVICE_NGNRE);
	device_is(first + 2 * MB - 4 * KB, UART + 4 * MB, 12 * KB, MT_NGNRE);
	/* What is as wanted behind the window is not the window's to give. */
	open_window(first + 3 * MB, first + 3 * MB + 8 * KB);
	must_give(UART + 5 * MB, 4 * KB, PHYSMAP_DEVICE_NGNRE);
	must_give(UART + 6 * MB, 4 * KB, PHYSMAP_DEVICE_NGNRE);
	*model_arm64_slot(&a, first + 3 * MB + 8 * KB, 0) = 4 * KB +
		model_arm64_look(&a, first + 3 * MB + 4 * KB).raw;
	must_refuse(ask_device(UART + 6 * MB, 8 * KB, PHYSMAP_DEVICE_NGNRE),
		    -ENOSPC, "ARM-MMU-8");
	/* Somebody's page at the window's end leaves too little before it. */
	open_window(first + 64 * KB, first + 72 * KB);
	*model_arm64_slot(&a, first + 68 * KB, 0) = 1ULL << 58;
	must_refuse(ask_device(UART + 3 * MB, 8 * KB, PHYSMAP_DEVICE_NGNRE),
		    -ENOSPC, "ARM-MMU-8");
}

/* Less than a page at an end of the window is not given away. */
static void windows_are_whole_pages(void **state)
{
	u64 first;

	begin_window(&a4k, 1);
	first = window_start();
	open_window(first + 4, first + 3 * 4096 - 4);
	must_give(UART, 4096, PHYSMAP_DEVICE_NGNRE);
	device_is(first + 4096, UART, 4096, MT_NGNRE);
	must_refuse(ask_device(UART + MB, 1, PHYSMAP_DEVICE_NGNRE), -ENOSPC,
		    "ARM-MMU-8");
	open_window(first + 4, first + 8);
	must_refuse(ask_device(UART, 1, PHYSMAP_DEVICE_NGNRE), -ENOSPC,
		    "ARM-MMU-8");
	open_window(first, first);
	must_refuse(ask_device(UART, 1, PHYSMAP_DEVICE_NGNRE), -ENOSPC,
		    "ARM-MMU-8");
	/* The last pages of the address space. */
	open_window(-2 * 4096ULL, 0);
	must_give(UART, 8192, PHYSMAP_DEVICE_NGNRE);
	device_is(-2 * 4096ULL, UART, 8192, MT_NGNRE);
	must_refuse(ask_device(UART + MB, 1, PHYSMAP_DEVICE_NGNRE), -ENOSPC,
		    "ARM-MMU-8");
}

/* Each hook once, and each table: the same call works the next time. */
static void what_was_refused_can_be_asked_for_again(void **state)
{
	u64 k, hooks, tables;

	begin_window(&a4k, 4);
	must_give(UART, 2 * 4096, PHYSMAP_DEVICE_NGNRE);
	hooks = a.m.called;
	tables = a.m.mem.asked;
	assert_true(hooks > 1 && tables > 1);
	for (k = 1; k <= hooks; k++) {
		begin_window(&a4k, 4);
		map->live = true;
		note_map();
		a.m.refuse_at = k;
		must_refuse(ask_device(UART, 2 * 4096, PHYSMAP_DEVICE_NGNRE),
			    MODEL_REFUSAL, "MODEL");
		assert_false(va);
		map_is_as_it_was();
		must_give(UART, 2 * 4096, PHYSMAP_DEVICE_NGNRE);
		device_is(va, UART, 2 * 4096, MT_NGNRE);
		map_is_as_it_was();
	}
	for (k = 1; k <= tables; k++) {
		begin_window(&a4k, 4);
		note_map();
		a.m.mem.refuse_at = k;
		must_refuse(ask_device(UART, 4096, PHYSMAP_DEVICE_NGNRE),
			    -ENOMEM, "ARM-TLBI-3");
		assert_int_equal(a.m.events, 0);
		nothing_is(window_start());
		map_is_as_it_was();
		a.m.mem.refuse_at = 0;
		must_give(UART, 4096, PHYSMAP_DEVICE_NGNRE);
		device_is(window_start(), UART, 4096, MT_NGNRE);
	}
}

static void pages_are_not_given_back(void **state)
{
	const struct physmap_device dev = {
		.name = "uart", .start = UART, .size = 4096,
		.type = PHYSMAP_DEVICE_NGNRE,
	};
	const struct physmap_device none = {
		.name = "uart", .start = UART, .type = PHYSMAP_DEVICE_NGNRE,
	};

	begin_window(&a4k, 4);
	must_give(UART, 4096, PHYSMAP_DEVICE_NGNRE);
	must_refuse(physmap_unmap_device(window, &dev, &why), -EOPNOTSUPP,
		    "ARM-BBM-12");
	must_refuse(physmap_unmap_device(window, &none, &why), -EINVAL, "MPU-6");
	device_is(window_start(), UART, 4096, MT_NGNRE);
}

/* x86: memory types by PAT, and ends of maps that are cut where RAM ends. */

static void x86_page_is(u64 at, u64 pa)
{
	const struct model_translation t = model_look(&m, at);

	assert_true(t.present && !t.level && t.pa == pa && t.write && !t.user);
	assert_int_equal(t.pat, PAT_UC);
	assert_int_equal(t.exec, !m.cpu.nx);
}

static void begin_x86(const struct physmap_x86_machine *x86, u64 at, u64 bytes)
{
	begin(x86);
	physmap_device_mmu(&mmu, map, at, at + bytes);
	mmu.memtype[PHYSMAP_DEVICE_NGNRNE] = PAT_UC << PHYSMAP_MEMTYPE_SHIFT;
	mmu.memtype[PHYSMAP_DEVICE_NGNRE] = PAT_UC << PHYSMAP_MEMTYPE_SHIFT;
	window = &mmu.window;
}

static void x86_maps_devices_uncached(void **state)
{
	static const struct {
		const struct physmap_x86_machine *x86;
		u64 window;
	} machines[] = {
		{ &long4, 0xffffffffff400000 }, { &long5, 0xffffffffff400000 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		const u64 at = machines[i].window;

		begin_x86(machines[i].x86, at, 16 * KB);
		note_map();
		must_give(0xfe032000, 0x100, PHYSMAP_DEVICE_NGNRE);
		assert_true(va == at);
		x86_page_is(at, 0xfe032000);
		must_give(0xfe040ff0, 0x20, PHYSMAP_DEVICE_NGNRNE);
		assert_true(va == at + 4 * KB + 0xff0);
		x86_page_is(at + 4 * KB, 0xfe040000);
		x86_page_is(at + 8 * KB, 0xfe041000);
		assert_false(model_look(&m, at + 12 * KB).present);
		assert_int_equal(events(MODEL_PROTECT), 0);
		map_is_as_it_was();
	}
}

/* X86-LNX-5 is about RAM: there is somebody's fixmap behind a window. */
static void nothing_behind_a_window_is_cleared(void **state)
{
	const u64 at = 0xffffffffff400000;

	begin_x86(&long4, at, 16 * KB);
	/* RAM is far from it, so a map's end is cut there. */
	m.ram[0].end = GB;
	must_give(0xfe032000, 0x100, PHYSMAP_DEVICE_NGNRE);
	*slot_at(at + 64 * KB, 0) = 0x1234000 | 0x63;
	must_give(0xfe040000, 0x100, PHYSMAP_DEVICE_NGNRE);
	x86_page_is(at + 4 * KB, 0xfe040000);
	assert_true(model_look(&m, at + 64 * KB).pa == 0x1234000);
	assert_int_equal(mmu.report.shape.cleared, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ARM64("Every machine maps exactly the device's pages, never executable",
		      every_machine_maps_exactly_the_pages),
		ARM64("The last page that an entry can address can be a device",
		      the_last_page_there_is_can_be_a_device),
		ARM64("What is no device, or of no known type, is refused",
		      what_is_no_device_is_refused),
		ARM64("Devices of a page share it", devices_of_a_page_share_it),
		ARM64("A page has no two types", a_page_has_no_two_types),
		ARM64("What the map has as RAM is no device",
		      what_the_map_has_as_ram_is_no_device),
		ARM64("An alias of the same type is none too many",
		      an_alias_of_the_same_type_is_none_too_many),
		ARM64("Somebody's pages in a window stay",
		      somebodys_pages_stay),
		ARM64("Without room nothing is mapped",
		      without_room_nothing_is_mapped),
		ARM64("Windows are whole pages", windows_are_whole_pages),
		ARM64("What was refused can be asked for again",
		      what_was_refused_can_be_asked_for_again),
		ARM64("Pages are not given back", pages_are_not_given_back),
		HOLDS("x86 maps devices uncached", x86_maps_devices_uncached),
		HOLDS("Nothing behind a window is cleared",
		      nothing_behind_a_window_is_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
