// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the unit tests of arm64 share. Judgements go by the model's walk, never
 * by the engine's own.
 */
#include "support_arm64.h"

const struct physmap_arm64_machine a4k = {
	.page_shift = 12, .va_bits = 48, .pa_bits = 48,
};

const struct physmap_arm64_machine a4k_lpa2 = {
	.page_shift = 12, .va_bits = 52, .pa_bits = 52, .lpa2 = true,
};

const struct physmap_arm64_machine a16k = {
	.page_shift = 14, .va_bits = 48, .pa_bits = 48,
};

const struct physmap_arm64_machine a64k = {
	.page_shift = 16, .va_bits = 48, .pa_bits = 48,
};

const struct physmap_arm64_machine a64k_52 = {
	.page_shift = 16, .va_bits = 52, .pa_bits = 52,
};

struct model_arm64 a;

static struct judge judge;
static bool judged;

/* 52 bits, of either kind of address, want 64K pages or TCR.DS. */
static bool exists(const struct physmap_arm64_machine *m)
{
	if (m->page_shift == 16)
		return !m->lpa2;
	return m->lpa2 || (m->va_bits < 52 && m->pa_bits < 52);
}

static unsigned int digit(unsigned int *n, unsigned int choices)
{
	const unsigned int d = *n % choices;

	*n /= choices;
	return d;
}

bool any_arm64(unsigned int n, struct physmap_arm64_machine *machine)
{
	static const unsigned int va_bits[] = { 36, 39, 42, 47, 48, 52 };

	*machine = (struct physmap_arm64_machine) {
		.regime = digit(&n, 2) ? PHYSMAP_ARM64_EL2 : PHYSMAP_ARM64_EL1,
		.lpa2 = digit(&n, 2),
		.pa_bits = digit(&n, 2) ? 52 : 48,
		.va_bits = va_bits[digit(&n, 6)],
		.page_shift = 12 + 2 * digit(&n, 3),
	};
	if (n)
		return false;
	/* What there is not is said by a machine without pages. */
	if (!exists(machine))
		machine->page_shift = 0;
	return true;
}

/* Tables lie where addresses are split, if there are such. */
void begin_arm64(const struct physmap_arm64_machine *machine)
{
	u64 tables = 512 * GB;

	if (machine->pa_bits > 48)
		tables += machine->lpa2 ? 2 * PB : TB << 8;
	stop_arm64(NULL);
	model_arm64_start(&a, machine, BASE, tables);
	map = &a.m.map;
}

int stop_arm64(void **state)
{
	if (judged)
		judge_stop(&judge);
	judged = false;
	model_arm64_stop(&a);
	a = (struct model_arm64) { };
	return stop(state);
}

/* The processor is described anew, not taken from the engine. */
void seat_judge(void)
{
	const struct physmap_arm64_machine *m = &a.arm64.machine;
	struct judge_machine machine;

	judge_machine_arm64(&machine, m->page_shift, m->va_bits);
	machine.pa_bits = m->pa_bits;
	machine.lpa2 = m->lpa2;
	machine.el2 = m->regime == PHYSMAP_ARM64_EL2;
	machine.pcid = !machine.el2;
	machine.bbm = m->bbm;
	machine.cpus = 4;
	judge_start(&judge, &machine);
	judged = true;
	map->recorder = &judge.recorder;
	physmap_record_tables(map);
}

void judge_agrees(void)
{
	judge_finish(&judge);
	if (judge.violations)
		fail_msg("event %llu, address %#llx: %s: %s",
			 (unsigned long long)judge.first.number,
			 (unsigned long long)judge.first.va, judge.first.rule,
			 judge.first.text);
	assert_true(judge.builds > 0);
}

/* In leaves as large as there are. */
struct physmap_range blocks(u64 start, u64 end, bool contig)
{
	struct physmap_range r = range(start, end, S1G);

	r.contig = contig;
	return r;
}

int build_blocks(u64 start, u64 end, bool contig, enum physmap_policy policy)
{
	const struct physmap_range r = blocks(start, end, contig);
	const struct physmap_request req = ask(&r, 1, policy);

	return build(&req);
}

void must_build_blocks(u64 start, u64 end, bool contig,
		       enum physmap_policy policy)
{
	if (build_blocks(start, end, contig, policy))
		fail_msg("%s: %s", why.rule, why.what);
}

u64 page_size(void)
{
	return 1ULL << a.cpu.page_shift;
}

u64 *slot64(u64 pa, unsigned int level)
{
	u64 *slot = model_arm64_slot(&a, pa + a.m.map.offset, level);

	assert_non_null(slot);
	return slot;
}

struct model_arm64_translation at64(u64 pa)
{
	return model_arm64_look(&a, pa + a.m.map.offset);
}

/* Every page translates to itself, is RAM, and nobody else's. */
void must_map64(u64 start, u64 end, u32 attrs)
{
	u64 pa;

	for (pa = start; pa < end; pa += page_size()) {
		const struct model_arm64_translation t = at64(pa);

		if (!t.present || t.pa != pa || !t.accessed || t.user ||
		    t.user_exec || t.shareability != 3 || (t.raw & MARK) ||
		    t.write != !!(attrs & PHYSMAP_WRITE) ||
		    t.exec != !!(attrs & PHYSMAP_EXEC) ||
		    t.global != (a.cpu.el2 || attrs & PHYSMAP_GLOBAL) ||
		    t.attrindx != (attrs >> PHYSMAP_MEMTYPE_SHIFT & 7))
			fail_msg("%#llx -> %#llx at level %u, raw %#llx",
				 (unsigned long long)pa,
				 (unsigned long long)t.pa, t.level,
				 (unsigned long long)t.raw);
	}
}

void must_not_map64(u64 start, u64 end)
{
	u64 pa;

	for (pa = start; pa < end; pa += page_size())
		assert_false(at64(pa).present);
}

unsigned int events64(enum model_event_kind kind)
{
	unsigned int i, n = 0;

	for (i = 0; i < a.m.events; i++)
		n += a.m.event[i].kind == kind;
	return n;
}
