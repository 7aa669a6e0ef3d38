// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the payload does: for each granule that the CPU has, the engine builds
 * the map of all RAM and a 1:1 map, the steps of switch.S turn the MMU off and
 * on and change tables, and the MMU itself is asked what came of it: by AT
 * instructions, by reading, and by faults taken.
 */
#include <physmap/walk.h>
#include "payload.h"

const char *granule;

/* What the MMU says */

static bool writable(u64 pa)
{
	return pa < (u64)text_start || pa >= (u64)data_start;
}

static bool translates(u64 va, u64 pa)
{
	const u64 par = translate(va, false);

	return !(par & PAR_F) && PAR_PA(par) == pa && PAR_TYPE(par) == NORMAL &&
	       PAR_SH(par) == 3;
}

/* Every page of RAM, by the MMU itself: address, type, right to write. */
static bool all_translate(const struct space *s, u64 start, u64 end)
{
	const u64 page = physmap_size(&s->arm64.geo, 0);
	u64 pa, wrong = 0;

	for (pa = start; pa < end; pa += page) {
		const u64 va = pa + s->linear.offset;
		const bool write = !(translate(va, true) & PAR_F);

		if (translates(va, pa) && write == writable(pa))
			continue;
		if (!wrong++)
			say("# %s: %#llx: PAR %#llx, for writing %#llx\n", granule,
			    va, translate(va, false), translate(va, true));
	}
	return !wrong;
}

/* What is stored at one address is read at the other, and the other way. */
static bool are_aliases(const struct space *s, u64 start, u64 end)
{
	u64 pa;

	for (pa = start; pa < end; pa += 2 * MB + 4 * KB) {
		volatile u64 *here = (u64 *)pa;
		volatile u64 *there = (u64 *)(pa + s->linear.offset);

		*here = ~pa;
		if (*there != ~pa)
			return false;
		*there = pa;
		if (*here != pa)
			return false;
	}
	return true;
}

/* Does an access fault so, and there? */
bool faults(struct fault f, unsigned int class, unsigned int status, u64 va)
{
	const bool ok = f.esr >> 26 == class && (f.esr & 0x3f) == status &&
			f.far == va;

	if (!ok)
		say("# %s: at %#llx: ESR %#llx FAR %#llx, status expected %#llx\n",
		    granule, va, f.esr, f.far, (u64)status);
	return ok;
}

/* Levels of the architecture count down to 3; above 0 there is -1. */
unsigned int translation_status(unsigned int level)
{
	return level > 3 ? 0x2b : TRANSLATION + 3 - level;
}

/* Tests */

static u64 read_before = 1, written_off = 2, written_on = 3;

#define ONCE(x)	(*(volatile __typeof__(x) *)&(x))

/* Data goes both ways through a window without MMU. */
static void test_window(struct space *s)
{
	struct physmap_arm64_was was;
	u64 seen, daif;
	bool is_off;

	asm volatile("msr daifclr, #0xc");	/* no D and A, but I and F */
	daif = read_daif();
	ONCE(written_on) = 0x11;
	was = mmu_off((u64)text_start, (u64)image_end, (u64)data_start,
		      (u64)image_end);
	seen = ONCE(written_on);
	is_off = !(read_sctlr() & 1) && read_daif() == 0x3c0;
	ONCE(written_off) = 0x22;
	ONCE(read_before) = seen + 1;
	mmu_on(s, (u64)image_end, &was);
	result(is_off && seen == 0x11,
	       "%s: MMU off: what was written before is read, interrupts are masked",
	       granule);
	result((read_sctlr() & 1) && ONCE(written_off) == 0x22 &&
	       ONCE(read_before) == 0x12 && was.daif == daif &&
	       read_daif() == daif,
	       "%s: MMU on: what was written without is read, interrupts are as before",
	       granule);
	asm volatile("msr daifset, #0xf");
}

static void test_map(const struct space *s, u64 end, const char *how)
{
	result(all_translate(s, machine.ram_start, end),
	       "%s: %s: %llu MiB of RAM translate to themselves, page by page",
	       granule, how, (end - machine.ram_start) / MB);
	result(are_aliases(s, end - 64 * MB, end),
	       "%s: %s: what is stored in one map is read in the other", granule,
	       how);
}

/* The rest of RAM comes while the table is in use. */
static void test_live(struct space *s, u64 from)
{
	const u64 va = from + s->linear.offset;
	const bool before = translate(va, false) & PAR_F;

	s->linear.live = true;
	result(map_range(&s->linear, from, machine.ram_end, PHYSMAP_WRITE,
			 PHYSMAP_RAM, PHYSMAP_TWO_PASS) && before &&
	       all_translate(s, from, machine.ram_end),
	       "%s: 64 MiB more in two passes, in the table that is in use",
	       granule);
	result(probe_execute(va).esr >> 26 == FETCH_ABORT,
	       "%s: and nothing of it is executable", granule);
}

static void test_switch(struct space *from, struct space *to)
{
	const u64 last = machine.ram_end - 64 * KB;
	const u64 old = machine.ram_start + from->linear.offset;
	const u64 daif = read_daif();
	bool there, gone;

	/* AT asks the tables; it takes an access to ask the TLB. */
	there = !probe_read(old).esr;
	switch_to(to);
	gone = probe_read(old).esr >> 26 == DATA_ABORT;
	result(there && gone && translates(last + to->linear.offset, last) &&
	       read_daif() == daif,
	       "%s: switched to another table: its addresses, not those of the old one",
	       granule);
	if (machine.el == 2)
		return;
	switch_identity(to);
	result(translates(last, last) && read_daif() == daif,
	       "%s: TTBR0 switched beneath running code", granule);
}

static void test_identity(void)
{
	const u64 text = (u64)just_return;

	result(!probe_execute(text).esr &&
	       probe_write(text & ~3ULL).esr >> 26 == DATA_ABORT &&
	       probe_execute((u64)data_start).esr >> 26 == FETCH_ABORT,
	       "%s: 1:1 map: text is executable and not writable, data the other way",
	       granule);
	result(PAR_TYPE(translate(UART, false)) == 0 &&
	       !(translate(UART, false) & PAR_F),
	       "%s: 1:1 map: the UART is Device-nGnRnE", granule);
}

/* Three pages at the start of the map: written, read, executed. */
static bool map_small(struct space *s, u64 pa)
{
	const u64 page = physmap_size(&s->arm64.geo, 0);

	s->linear.offset = s->linear.va_start - pa;
	*(u32 *)(pa + 2 * page) = *(u32 *)just_return;
	asm volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb"
		     : : "r" (pa + 2 * page) : "memory");
	return map_range(&s->linear, pa, pa + page, PHYSMAP_WRITE, PHYSMAP_RAM,
			 PHYSMAP_TWO_PASS) &&
	       map_range(&s->linear, pa + page, pa + 2 * page, 0, PHYSMAP_RAM,
			 PHYSMAP_TWO_PASS) &&
	       map_range(&s->linear, pa + 2 * page, pa + 3 * page, PHYSMAP_EXEC,
			 PHYSMAP_RAM, PHYSMAP_TWO_PASS);
}

static void test_faults(struct space *s)
{
	const struct physmap_geometry *geo = &s->arm64.geo;
	const u64 page = physmap_size(geo, 0), va = s->linear.va_start;
	unsigned int level;
	bool ok = faults(probe_read(va + 3 * page), DATA_ABORT,
			 translation_status(0), va + 3 * page);

	for (level = 1; level < geo->levels; level++) {
		const u64 there = va + physmap_size(geo, level);

		ok &= faults(probe_read(there), DATA_ABORT,
			     translation_status(level), there);
	}
	result(ok, "%s: translation faults at each of %u levels", granule,
	       geo->levels);
	result(!probe_write(va).esr && !probe_read(va + page).esr &&
	       !probe_execute(va + 2 * page).esr &&
	       faults(probe_write(va + page), DATA_ABORT, PERMISSION + 3,
		      va + page) &&
	       faults(probe_write(va + 2 * page), DATA_ABORT, PERMISSION + 3,
		      va + 2 * page) &&
	       faults(probe_execute(va), FETCH_ABORT, PERMISSION + 3, va) &&
	       faults(probe_execute(va + page), FETCH_ABORT, PERMISSION + 3,
		      va + page),
	       "%s: permission faults: writing to what is read-only, executing what is not executable",
	       granule);
}

/* The first page of the small map gets another frame while it is in use. */
static void test_replace(struct space *s, u64 pa)
{
	const struct physmap_geometry *geo = &s->arm64.geo;
	const u64 other = pa + 4 * physmap_size(geo, 0);
	const u64 va = s->linear.va_start;
	const struct physmap_found found = physmap_lookup(&s->linear, va);
	u64 *entry = (u64 *)found.table + found.index;
	const u64 new = geo->format->leaf(geo, 0, other, found.attrs);
	const u64 operand = va >> 12 & GENMASK_ULL(43, 0);
	u64 before;

	*(volatile u64 *)pa = 0x33;
	*(volatile u64 *)other = 0x44;
	before = *(volatile u64 *)va;
	if (machine.el == 2)
		physmap_arm64_replace_el2(entry, new, operand);
	else
		physmap_arm64_replace_el1(entry, new, operand);
	result(found.level == 0 && before == 0x33 &&
	       *(volatile u64 *)va == 0x44 && translates(va, other),
	       "%s: break-before-make: a page in use gets another frame", granule);
}

/* A guest's memory, as one that starts with its caches off reads it. */
static void test_clean(struct space *s)
{
	u64 seen;
	struct physmap_arm64_was was;

	ONCE(written_on) = 0x55;
	clean((u64)&written_on, (u64)(&written_on + 1));
	was = mmu_off((u64)text_start, (u64)image_end, (u64)data_start,
		      (u64)image_end);
	seen = ONCE(written_on);
	mmu_on(s, (u64)image_end, &was);
	result(seen == 0x55, "%s: what was cleaned is read past the caches",
	       granule);
}

/* A space with no window. */
static bool begin(struct space *s, const struct physmap_arm64_machine *m,
		  u64 above)
{
	const struct physmap_span none = { machine.ram_end, machine.ram_end };

	begin_space(s, m, above);
	return map_identity(s, &none);
}

/* One granule: the MMU comes from another one, or is off as at boot. */
static void test_granule(const struct physmap_arm64_machine *m)
{
	static struct space first, second, small;
	const u64 live_from = machine.ram_end - 64 * MB;
	const u64 scratch = machine.ram_end - 8 * MB;
	bool boot = !(read_sctlr() & 1);
	u64 start, end;

	pool_turn();
	if (!result(begin(&first, m, 0) &&
		    map_linear(&first, live_from, PHYSMAP_TWO_PASS),
		    "%s: tables built by the engine, MMU %s", granule,
		    boot ? "off" : "on"))
		return;
	test_plan(&first);
	pool_range(&start, &end);
	if (boot)
		mmu_on(&first, end, &(struct physmap_arm64_was) {
			.daif = read_daif(), .sctlr = machine.sctlr });
	else
		change_to(&first);
	result(read_sctlr() & 1, "%s: the MMU is on", granule);
	test_map(&first, live_from, "two passes");
	test_live(&first, live_from);
	test_identity();
	test_clash(&first);
	test_device(&first);
	if (!result(begin(&second, m, 32 * MB) &&
		    map_linear(&second, machine.ram_end, PHYSMAP_FINAL_ON_FRESH) &&
		    begin(&small, m, 0) && map_small(&small, scratch),
		    "%s: more tables, MMU on", granule))
		return;
	test_switch(&first, &second);
	test_map(&second, machine.ram_end, "fresh");
	test_window(&second);
	test_clean(&second);
	switch_to(&small);
	test_faults(&small);
	test_replace(&small, scratch);
}

void payload_exception(u64 number, u64 esr, u64 far, u64 elr)
{
	say("# vector %llu: ESR %#llx FAR %#llx ELR %#llx\n", number, esr, far,
	    elr);
	result(false, "no exception that nobody waits for");
	finish();
}

static void try(const char *what, unsigned int page_shift, unsigned int va_bits,
		bool lpa2)
{
	const struct physmap_arm64_machine m = {
		.regime = machine.el == 2 ? PHYSMAP_ARM64_EL2 :
					    PHYSMAP_ARM64_EL1,
		.page_shift = page_shift,
		.va_bits = va_bits,
		.pa_bits = lpa2 ? 52 : 48,
		.lpa2 = lpa2,
	};

	granule = what;
	if (has_granule(page_shift) && (!lpa2 || has_lpa2(page_shift)))
		test_granule(&m);
}

void payload_main(const void *tree)
{
	say("KTAP version 1\n");
	if (!find_machine(tree)) {
		result(false, "the device tree tells of memory and PSCI");
		finish();
	}
	say("# EL%u, RAM %#llx-%#llx\n", machine.el, machine.ram_start,
	    machine.ram_end);
	try("4K", 12, 48, false);
	try("16K", 14, 48, false);
	try("64K", 16, 48, false);
	try("4K, 39 bits", 12, 39, false);
	try("16K, 52 bits", 14, 52, true);
	try("4K, 52 bits", 12, 52, true);
	finish();
}
