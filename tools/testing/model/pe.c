// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processing elements: registers whose writes are in force at some moment
 * before the next ISB, TLBs that hold whatever could be walked at any moment
 * and was not dropped since, and what each operation of a step does. What is
 * in memory and in caches is asked of pe_cache.c. Each violation names the
 * rule and the step after which hardware may do what it must not.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pe.h"

/* Where an address may lead at this moment. */
struct outcome {
	bool valid;
	bool mmu_on;
	u64 pa;
	u64 entry;
};

#define OUTCOMES	(PE_TRANSLATIONS + 16 * PE_VALUES)

static const char * const tlb_kept_rule = "ARM-BBM-9";
static const char * const tlb_kept_why = "no TLBI has come since";

void pe_violate(struct pe_machine *m, const char *rule, const char *fmt, ...)
{
	struct pe_violation v = { .rule = rule, .scene = m->scene };
	va_list args;

	m->violations++;
	if (m->step)
		snprintf(v.where, sizeof(v.where), "%s step %u", m->list,
			 m->step->number);
	else
		snprintf(v.where, sizeof(v.where), "after %s", m->list);
	va_start(args, fmt);
	vsnprintf(v.text, sizeof(v.text), fmt, args);
	va_end(args);
	if (m->heard)
		m->heard(&v);
}

/* Registers */

void pe_set(struct pe_register *reg, u64 value)
{
	reg->value[0] = value;
	reg->count = 1;
}

static u64 last(const struct pe_register *reg)
{
	return reg->value[reg->count - 1];
}

static void write_register(struct pe_register *reg, u64 value)
{
	if (reg->count == sizeof(reg->value) / sizeof(reg->value[0])) {
		fprintf(stderr, "pe: too many writes of a register without an ISB\n");
		abort();
	}
	reg->value[reg->count++] = value;
}

static void synchronize(struct pe_register *reg)
{
	pe_set(reg, last(reg));
}

static bool bit_may_be(const struct pe_register *reg, u64 bit, bool set)
{
	unsigned int i;

	for (i = 0; i < reg->count; i++)
		if (!!(reg->value[i] & bit) == set)
			return true;
	return false;
}

bool pe_mmu_may_be(const struct pe_machine *m, unsigned int n, bool on)
{
	return bit_may_be(&m->pe[n].sctlr, PE_SCTLR_M, on);
}

bool pe_icache_may_be(const struct pe_machine *m, bool on)
{
	return bit_may_be(&m->pe[0].sctlr, PE_SCTLR_I, on);
}

/* Translation */

static unsigned int half_of(u64 va)
{
	return !!(va & PE_HIGH);
}

static unsigned int slot_of(u64 va)
{
	return (va & ~PE_HIGH) / PE_PAGE;
}

static bool has_place(u64 va)
{
	return slot_of(va) < PE_ENTRIES;
}

static u64 frame_of(u64 entry)
{
	return entry & ~(PE_PAGE - 1);
}

static u64 page_of(u64 va)
{
	return va & ~(PE_PAGE - 1);
}

static bool is_root(const struct pe *pe, u64 page)
{
	unsigned int half, i;

	for (half = 0; half < 2; half++)
		for (i = 0; i < pe->ttbr[half].count; i++)
			if (pe->ttbr[half].value[i] == page)
				return true;
	return false;
}

/* Does any translation that the PE may use map the page so? */
static bool may_map(const struct pe_machine *m, unsigned int n, u64 pa,
		    u64 mask, u64 wanted)
{
	const struct pe *pe = &m->pe[n];
	unsigned int i;

	for (i = 0; i < pe->translations; i++)
		if (frame_of(pe->tlb[i].entry) == page_of(pa) &&
		    (pe->tlb[i].entry & mask) == wanted)
			return true;
	return false;
}

bool pe_may_cache(const struct pe_machine *m, unsigned int n, u64 pa)
{
	const struct pe *pe = &m->pe[n];

	if (pe->alias)
		return true;
	return pe->on && pe_mmu_may_be(m, n, true) &&
	       (is_root(pe, page_of(pa)) ||
		may_map(m, n, pa, PE_VALID | PE_TYPE, PE_VALID | PE_NORMAL));
}

/* With the MMU off a PE fetches ahead, but not far: from memory near by. */
bool pe_may_fetch(const struct pe_machine *m, u64 pa)
{
	if (pe_mmu_may_be(m, 0, false) && page_of(pa) - m->code <= 2 * PE_PAGE)
		return true;
	return pe_mmu_may_be(m, 0, true) &&
	       may_map(m, 0, pa, PE_VALID | PE_EXEC, PE_VALID | PE_EXEC);
}

static void note_outcome(struct outcome *out, unsigned int *count, u64 va,
			 u64 entry, bool mmu_on)
{
	struct outcome o = {
		.valid = !mmu_on || (entry & PE_VALID),
		.mmu_on = mmu_on,
		.pa = mmu_on ? frame_of(entry) | (va & (PE_PAGE - 1)) : va,
		.entry = entry,
	};
	unsigned int i;

	for (i = 0; i < *count; i++)
		if (!memcmp(&out[i], &o, sizeof(o)))
			return;
	out[(*count)++] = o;
}

/* What a walk for the address may find in one table. */
static void walk(struct pe_machine *m, unsigned int n, u64 root, u64 va,
		 struct outcome *out, unsigned int *count)
{
	u64 values[PE_VALUES];
	unsigned int i, found;

	if (!has_place(va) || !pe_is_memory(m, root + slot_of(va) * 8)) {
		note_outcome(out, count, va, 0, true);
		return;
	}
	found = pe_look(m, n, PE_WALK, root + slot_of(va) * 8, values);
	for (i = 0; i < found; i++)
		note_outcome(out, count, va, values[i], true);
}

static unsigned int translate(struct pe_machine *m, unsigned int n, u64 va,
			      struct outcome *out)
{
	const struct pe *pe = &m->pe[n];
	const struct pe_register *ttbr = &pe->ttbr[half_of(va)];
	unsigned int i, count = 0;

	memset(out, 0, OUTCOMES * sizeof(*out));
	if (pe->alias || pe_mmu_may_be(m, n, false))
		note_outcome(out, &count, va, 0, false);
	if (pe->alias || !pe_mmu_may_be(m, n, true))
		return count;
	for (i = 0; i < pe->translations; i++)
		if (pe->tlb[i].va == page_of(va))
			note_outcome(out, &count, va, pe->tlb[i].entry, true);
	for (i = 0; i < ttbr->count; i++)
		walk(m, n, ttbr->value[i], va, out, &count);
	return count;
}

/* The TLB */

static void keep(struct pe_machine *m, unsigned int n, u64 root, u64 va,
		 u64 entry)
{
	struct pe *pe = &m->pe[n];
	struct pe_translation *t;
	unsigned int i;

	for (i = 0; i < pe->translations; i++) {
		t = &pe->tlb[i];
		if (t->root != root || t->va != va || t->entry != entry)
			continue;
		if (t->stage == PE_HELD)
			return;
		t->stage = PE_HELD;
		if (m->level == PE_EL2 || !half_of(va)) {
			t->rule = "ARM-MMU-3";
			t->why = "the TLBI came while the MMU was on, and the TLB has filled again";
		} else {
			t->rule = tlb_kept_rule;
			t->why = "the TLBI came while TTBR1 still had the old table";
		}
		return;
	}
	if (pe->translations == PE_TRANSLATIONS) {
		fprintf(stderr, "pe: too many translations\n");
		abort();
	}
	pe->tlb[pe->translations++] = (struct pe_translation) {
		.root = root, .va = va, .entry = entry,
		.rule = tlb_kept_rule, .why = tlb_kept_why,
	};
}

/* Whatever may be walked is kept; a walk must not find what is stale. */
static void fill_from(struct pe_machine *m, unsigned int n, u64 root,
		      unsigned int half)
{
	u64 values[PE_VALUES];
	unsigned int slot, i, count;

	for (slot = 0; slot < PE_ENTRIES; slot++) {
		const u64 pa = root + slot * 8;

		if (!pe_is_memory(m, pa))
			continue;
		pe_look_hard(m, n, PE_WALK, pa);
		count = pe_look(m, n, PE_WALK, pa, values);
		for (i = 0; i < count; i++)
			if (values[i] & PE_VALID)
				keep(m, n, root, slot * PE_PAGE |
				     (half ? PE_HIGH : 0), values[i]);
	}
}

static void fill_tlbs(struct pe_machine *m)
{
	unsigned int n, half, i;

	for (n = 0; n < PE_PES; n++) {
		const struct pe *pe = &m->pe[n];

		if (!pe->on || !pe_mmu_may_be(m, n, true))
			continue;
		for (half = 0; half < (m->level == PE_EL1 ? 2u : 1u); half++)
			for (i = 0; i < pe->ttbr[half].count; i++)
				fill_from(m, n, pe->ttbr[half].value[i], half);
	}
}

/* Frame and type cannot differ between what is held at the same time. */
static void judge_pair(struct pe_machine *m, unsigned int n,
		       const struct pe_translation *old,
		       const struct pe_translation *new)
{
	const char *rule = old->rule, *why = old->why;

	if (old->va != new->va ||
	    !((old->entry ^ new->entry) & (~(PE_PAGE - 1) | PE_TYPE)))
		return;
	if (old->root == new->root) {
		rule = "ARM-BBM-1";
		why = "break-before-make has a gap";
	}
	pe_violate(m, rule,
		   "PE %u may hold two translations of %#llx, to %#llx and to %#llx: %s",
		   n, old->va, frame_of(old->entry), frame_of(new->entry), why);
}

static void judge_tlbs(struct pe_machine *m)
{
	unsigned int n, i, k;

	for (n = 0; n < PE_PES; n++) {
		const struct pe *pe = &m->pe[n];

		if (!pe->on || !pe_mmu_may_be(m, n, true))
			continue;
		for (i = 0; i < pe->translations; i++)
			for (k = 0; k < i; k++)
				judge_pair(m, n, &pe->tlb[k], &pe->tlb[i]);
	}
}

/* The same frame, cacheable here and not there. */
static void judge_aliases(struct pe_machine *m)
{
	const struct pe *pe = &m->pe[0];
	unsigned int i, k;

	for (i = 0; i < pe->translations; i++) {
		const u64 entry = pe->tlb[i].entry;
		bool differs = m->pe[1].alias && (entry & PE_TYPE) &&
			       pe_is_memory(m, frame_of(entry));

		for (k = 0; k < i; k++)
			differs |= frame_of(pe->tlb[k].entry) == frame_of(entry) &&
				   (pe->tlb[k].entry ^ entry) & PE_TYPE;
		if (differs)
			pe_violate(m, "ARM-ATTR-1",
				   "the frame at %#llx has mappings of different memory types",
				   frame_of(entry));
	}
}

static void drop_where(struct pe *pe, bool all, u64 va)
{
	unsigned int i;

	for (i = 0; i < pe->translations; i++) {
		struct pe_translation *t = &pe->tlb[i];

		if (!all && t->va != va)
			continue;
		t->stage = PE_DROPPED;
		t->rule = "ARM-TLBI-8";
		t->why = "a TLBI was issued, and no DSB has waited for it";
	}
}

/* A TLBI: by address the operand is that of the toy's pages. */
static void tlbi(struct pe_machine *m, bool everywhere, bool all, u64 operand)
{
	unsigned int n;

	for (n = 0; n < (everywhere ? PE_PES : 1); n++)
		drop_where(&m->pe[n], all, operand);
}

/* A DSB has waited: the TLB has forgotten, the pipeline has not. */
static void tlbi_done(struct pe *pe)
{
	unsigned int i;

	for (i = 0; i < pe->translations; i++) {
		struct pe_translation *t = &pe->tlb[i];

		if (t->stage != PE_DROPPED)
			continue;
		t->stage = PE_GONE;
		t->rule = "ARM-TLBI-1";
		t->why = "a TLBI is done, and no ISB has come since";
	}
}

static void forget(struct pe *pe)
{
	unsigned int i, kept = 0;

	for (i = 0; i < pe->translations; i++)
		if (pe->tlb[i].stage != PE_GONE)
			pe->tlb[kept++] = pe->tlb[i];
	pe->translations = kept;
}

/* Whatever hardware may do by itself now, it may have done. */
static void anything_goes(struct pe_machine *m)
{
	pe_speculate(m);
	fill_tlbs(m);
	/* What the TLBs have now decides what may be cached. */
	pe_speculate(m);
	fill_tlbs(m);
	judge_tlbs(m);
	judge_aliases(m);
}

/* Barriers */

static void dsb(struct pe_machine *m, enum pe_operand domain)
{
	const bool loads_too = domain == sy || domain == ish || domain == nsh;
	const bool far = domain == sy ||
			 (domain == ish && !pe_mmu_may_be(m, 0, false));
	unsigned int n;

	pe_finish(m, loads_too && far ? PE_WAIT_ALL : PE_WAIT_STORES);
	if (!loads_too)
		return;
	for (n = 0; n < (domain == nsh ? 1 : PE_PES); n++)
		tlbi_done(&m->pe[n]);
	/* What others do with it is their own business, and over. */
	forget(&m->pe[1]);
	if (m->pe[0].ic_waits) {
		m->pe[0].ic_waits = false;
		m->pe[0].ic_unsynced = true;
		m->pe[0].was_off = pe_mmu_may_be(m, 0, false);
		pe_drop_code(m);
	}
}

static void isb(struct pe *pe)
{
	synchronize(&pe->sctlr);
	synchronize(&pe->mair);
	synchronize(&pe->tcr);
	synchronize(&pe->ttbr[0]);
	synchronize(&pe->ttbr[1]);
	pe->entry_unsynced = false;
	forget(pe);
	pe->ic_unsynced = false;
}

/* Everything that PE 0 has begun is done: for what scenes do themselves. */
void pe_barrier(struct pe_machine *m)
{
	dsb(m, sy);
	isb(&m->pe[0]);
	anything_goes(m);
}

/* Data accesses */

static enum pe_look look_of(const struct outcome *o)
{
	return o->mmu_on && (o->entry & PE_TYPE) == PE_NORMAL ? PE_CACHED :
								PE_PAST_CACHES;
}

/* Where data is, if that is settled; else a violation. */
static bool data_at(struct pe_machine *m, unsigned int n, u64 va, bool write,
		    struct outcome *result)
{
	static struct outcome out[OUTCOMES];
	unsigned int i, count = translate(m, n, va, out);

	for (i = 0; i < count; i++)
		if (!out[i].valid || !pe_is_memory(m, out[i].pa) ||
		    (out[i].mmu_on && write && !(out[i].entry & PE_WRITE)) ||
		    out[i].pa != out[0].pa) {
			pe_violate(m, m->step ? "ARM-BBM-11" : "ARM-BBM-10",
				   "data at %#llx is used, and may not be mapped, or be mapped in two ways",
				   va);
			return false;
		}
	*result = out[0];
	if (m->pe[n].alias)
		result->mmu_on = true;
	return true;
}

u64 pe_load(struct pe_machine *m, unsigned int n, u64 va)
{
	struct outcome o;

	if (!data_at(m, n, va, false, &o))
		return 0;
	pe_look_hard(m, n, look_of(&o), o.pa);
	return pe_truth(m, o.pa);
}

void pe_store(struct pe_machine *m, unsigned int n, u64 va, u64 value)
{
	struct outcome o;

	if (!data_at(m, n, va, true, &o))
		return;
	pe_do(m, n, look_of(&o) == PE_CACHED ? PE_WRITE_CACHED :
					       PE_WRITE_PAST_CACHES,
	      o.pa, value);
	anything_goes(m);
}

/* An access that is not aligned, or exclusive, or an atomic one. */
void pe_store_odd(struct pe_machine *m, unsigned int n, u64 va)
{
	struct outcome o;

	if (data_at(m, n, va, true, &o) && look_of(&o) != PE_CACHED)
		pe_violate(m, "ARM-MMU-4",
			   "an unaligned, exclusive or atomic access to %#llx, which is Device memory with the MMU off",
			   va);
}

/* Instruction fetch */

static void judge_code(struct pe_machine *m, const struct outcome *o, u64 va,
		       u64 pa)
{
	if (!o->valid || (o->mmu_on && !(o->entry & PE_EXEC)))
		pe_violate(m, "ARM-BBM-10",
			   "the code at %#llx is not mapped here any more, or not executable",
			   va);
	else if (o->pa != pa)
		pe_violate(m, "ARM-BBM-10",
			   "the code at %#llx is fetched from %#llx: not mapped alike by both regimes",
			   va, o->pa);
	else if (o->mmu_on && (o->entry & PE_WRITE))
		pe_violate(m, "ARM-MMU-5",
			   "the code at %#llx is writable and executable", va);
}

static void fetch(struct pe_machine *m, u64 va, u64 pa)
{
	static struct outcome out[OUTCOMES];
	unsigned int i, count = translate(m, 0, va, out);

	for (i = 0; i < count; i++)
		judge_code(m, &out[i], va, pa);
	pe_look_hard(m, 0, PE_FETCH, pa);
}

/* Runs code that is at @va, which is 1:1 unless TTBR1 translates it. */
void pe_execute(struct pe_machine *m, u64 va)
{
	if (m->pe[0].ic_waits || m->pe[0].ic_unsynced)
		pe_violate(m, "ARM-MMU-10",
			   "code runs that may have been fetched before the IC: no DSB and ISB since");
	fetch(m, va, va & ~PE_HIGH);
}

static void judge_interrupts(struct pe_machine *m)
{
	static struct outcome out[OUTCOMES];
	const struct pe *pe = &m->pe[0];
	unsigned int i, count;

	if (!pe->interrupt_va || (pe->daif & PE_DAIF) == PE_DAIF)
		return;
	count = translate(m, 0, pe->interrupt_va, out);
	for (i = 0; i < count; i++)
		if (!out[i].valid || out[i].pa != pe->interrupt_pa)
			pe_violate(m, "ARM-BBM-11",
				   "an interrupt now would use %#llx, which is not mapped as it was",
				   pe->interrupt_va);
}

/* Steps */

static u64 get(const struct pe_machine *m, enum pe_operand r)
{
	return r >= x0 && r <= x7 ? m->pe[0].x[r - x0] : 0;
}

static void put(struct pe_machine *m, enum pe_operand r, u64 value)
{
	m->pe[0].x[r - x0] = value;
}

static void dc(struct pe_machine *m, enum pe_action action, u64 va)
{
	struct outcome o;

	if (data_at(m, 0, va, false, &o))
		pe_do(m, 0, action, o.pa, 0);
}

/* The loops: a line of the range at a time. */
static void each_line(struct pe_machine *m, enum pe_operation operation,
		      u64 start, u64 end)
{
	static const enum pe_action whole[] = {
		[PE_clean_poc] = PE_DC_CVAC,
		[PE_clean_pou] = PE_DC_CVAU,
		[PE_clean_inval_poc] = PE_DC_CIVAC,
		[PE_inval_poc] = PE_DC_IVAC,
		[PE_inval_whole_lines] = PE_DC_IVAC,
	};
	u64 va;

	for (va = start & ~(PE_LINE - 1); va < end; va += PE_LINE) {
		const bool partial = va < start || va + PE_LINE > end;

		dc(m, operation == PE_inval_poc && partial ? PE_DC_CIVAC :
							     whole[operation], va);
	}
}

static void write_sctlr(struct pe_machine *m, u64 value)
{
	struct pe *pe = &m->pe[0];
	const bool was = last(&pe->sctlr) & PE_SCTLR_M;

	if ((last(&pe->sctlr) ^ value) & ~PE_SCTLR_M)
		pe_violate(m, "ARM-MMU-4", "more of SCTLR is changed than M");
	if (was && !(value & PE_SCTLR_M)) {
		pe->was_off = true;
		if (m->before != PE_isb)
			pe_violate(m, "ARM-TLBI-7",
				   "no ISB right before M is cleared (Falkor erratum 1041)");
	}
	if (!was && (value & PE_SCTLR_M)) {
		if (pe->mair.count > 1)
			pe_violate(m, "ARM-MMU-9",
				   "the MMU goes on before MAIR is in force");
		if (pe->tcr.count > 1)
			pe_violate(m, "ARM-MMU-8",
				   "the MMU goes on before TCR is in force");
		if (pe->ttbr[0].count > 1 || pe->ttbr[1].count > 1)
			pe_violate(m, "ARM-MMU-2",
				   "the MMU goes on before a TTBR is in force");
	}
	write_register(&pe->sctlr, value);
}

static void write_live(struct pe_machine *m, struct pe_register *reg, u64 value,
		       const char *rule, const char *name)
{
	if (pe_mmu_may_be(m, 0, true) && last(reg) != value)
		pe_violate(m, rule, "%s is changed while the MMU may be on and uses it",
			   name);
	write_register(reg, value);
}

/* In a regime with one TTBR nothing of the old table may be left by then. */
static void write_ttbr0(struct pe_machine *m, u64 value)
{
	struct pe *pe = &m->pe[0];
	unsigned int i;

	for (i = 0; i < pe->translations; i++)
		if (pe->tlb[i].stage != PE_HELD) {
			pe_violate(m, "ARM-MMU-2",
				   "TTBR0 is written before the TLBI is over");
			break;
		}
	write_live(m, &pe->ttbr[0], value, "ARM-MMU-1", "TTBR0");
}

static void judge_sync(struct pe_machine *m, const struct pe_register *reg,
		       const char *rule, const char *name)
{
	if (reg->count > 1)
		pe_violate(m, rule, "returns before what was written to %s is in force",
			   name);
}

/* What a PE holds must be what its tables say when the list is over. */
static void judge_held(struct pe_machine *m, unsigned int n)
{
	const struct pe *pe = &m->pe[n];
	unsigned int i;

	for (i = 0; i < pe->translations; i++) {
		const struct pe_translation *t = &pe->tlb[i];
		const bool now = last(&pe->ttbr[half_of(t->va)]) == t->root;

		if (!now)
			pe_violate(m, t->rule,
				   "PE %u may still hold a translation of %#llx from the old table: %s",
				   n, t->va, t->why);
		else if (pe_truth(m, t->root + slot_of(t->va) * 8) != t->entry)
			pe_violate(m, "ARM-BBM-1",
				   "PE %u may still hold the old translation of %#llx",
				   n, t->va);
	}
}

/* And walks find what was written. */
static void judge_walks(struct pe_machine *m)
{
	const struct pe *pe = &m->pe[0];
	u64 values[PE_VALUES];
	unsigned int half, slot, i, count;

	for (half = 0; half < (m->level == PE_EL1 ? 2u : 1u); half++)
		for (slot = 0; slot < PE_ENTRIES; slot++) {
			const u64 pa = last(&pe->ttbr[half]) + slot * 8;

			if (!pe_is_memory(m, pa))
				continue;
			count = pe_look(m, 0, PE_WALK, pa, values);
			for (i = 0; i < count; i++)
				if (values[i] != pe_truth(m, pa))
					pe_violate(m, "ARM-TLBI-2",
						   "a walk may not find what was written to slot %u of the table at %#llx",
						   slot, last(&pe->ttbr[half]));
		}
}

static void judge_return(struct pe_machine *m)
{
	const struct pe *pe = &m->pe[0];
	unsigned int n;

	judge_sync(m, &pe->sctlr, "ARM-MMU-2", "SCTLR");
	judge_sync(m, &pe->mair, "ARM-MMU-9", "MAIR");
	judge_sync(m, &pe->tcr, "ARM-MMU-8", "TCR");
	judge_sync(m, &pe->ttbr[0], "ARM-MMU-2", "TTBR0");
	judge_sync(m, &pe->ttbr[1], "ARM-BBM-9", "TTBR1");
	if (pe->entry_unsynced)
		pe_violate(m, "ARM-TLBI-2",
			   "returns, and no ISB has come since an entry was made: a fault may be remembered");
	for (n = 0; n < PE_PES; n++)
		if (m->pe[n].on && pe_mmu_may_be(m, n, true))
			judge_held(m, n);
	if (pe_mmu_may_be(m, 0, true))
		judge_walks(m);
}

static void carry_out(struct pe_machine *m, const struct pe_step *s)
{
	struct pe *pe = &m->pe[0];
	const u64 a = get(m, s->operand[0]), b = get(m, s->operand[1]);

	switch (s->operation) {
	case PE_read_daif:
		put(m, s->operand[0], pe->daif);
		break;
	case PE_write_daif:
		pe->daif = a;
		break;
	case PE_mask_daif:
		pe->daif |= PE_DAIF;
		break;
	case PE_read_sctlr:
		put(m, s->operand[0], last(&pe->sctlr));
		break;
	case PE_clear_m:
		put(m, s->operand[0], b & ~PE_SCTLR_M);
		break;
	case PE_write_sctlr:
		write_sctlr(m, a);
		break;
	case PE_write_mair:
		write_live(m, &pe->mair, a, "ARM-MMU-9", "MAIR");
		break;
	case PE_write_tcr:
		write_live(m, &pe->tcr, a, "ARM-MMU-8", "TCR");
		break;
	case PE_write_ttbr0:
		write_ttbr0(m, a);
		break;
	case PE_write_ttbr1:
		write_register(&pe->ttbr[1], a);
		break;
	case PE_tlbi_all:
	case PE_tlbi_all_is:
		tlbi(m, s->operation == PE_tlbi_all_is, true, 0);
		break;
	case PE_tlbi_va:
	case PE_tlbi_va_is:
		tlbi(m, s->operation == PE_tlbi_va_is, false, a);
		break;
	case PE_ic_all:
		pe->ic_waits = true;
		break;
	case PE_dsb:
		dsb(m, s->operand[0]);
		break;
	case PE_dmb:
		pe_order(m, 0);
		break;
	case PE_isb:
		isb(pe);
		break;
	case PE_move:
		put(m, s->operand[0], b);
		break;
	case PE_store:
		pe_store(m, 0, b, a);
		pe->entry_unsynced = a & PE_VALID;
		break;
	case PE_push:
		pe_store(m, 0, m->stack_va, a);
		break;
	case PE_own_code:
		put(m, s->operand[0], m->code_va);
		put(m, s->operand[1], m->code_va + PE_LINE);
		break;
	case PE_clean_poc:
	case PE_clean_pou:
	case PE_clean_inval_poc:
	case PE_inval_poc:
	case PE_inval_whole_lines:
		each_line(m, s->operation, a, b);
		break;
	case PE_set_way:
		pe_violate(m, "ARM-CACHE-7",
			   "a DC by set and way: it reaches no other PE and no system cache");
		break;
	case PE_return:
		judge_return(m);
		break;
	}
}

void pe_run(struct pe_machine *m, const struct pe_sequence *sequence)
{
	unsigned int i;

	m->list = sequence->name;
	m->before = PE_return;
	for (i = 0; i < PE_STEPS && sequence->steps[i].number; i++) {
		m->step = &sequence->steps[i];
		fetch(m, m->code_va, m->code);
		carry_out(m, m->step);
		anything_goes(m);
		judge_interrupts(m);
		m->before = m->step->operation;
	}
	m->step = NULL;
	if (m->before != PE_return)
		pe_violate(m, "ARM-BBM-10", "the list runs on beyond its end");
}

void pe_start(struct pe_machine *m, enum pe_level level, const char *scene,
	      void (*heard)(const struct pe_violation *v))
{
	unsigned int n;

	memset(m, 0, sizeof(*m));
	m->level = level;
	m->scene = scene;
	m->heard = heard;
	m->list = "the start";
	m->pe[0].on = true;
	/* Nobody may rely on what is in a register; all DAIF bits are in this. */
	for (n = 0; n < sizeof(m->pe[0].x) / sizeof(m->pe[0].x[0]); n++)
		m->pe[0].x[n] = 0x5a5a00000000fff1ULL;
	for (n = 0; n < PE_PES; n++) {
		struct pe *pe = &m->pe[n];

		pe_set(&pe->sctlr, 0);
		pe_set(&pe->mair, 0);
		pe_set(&pe->tcr, 0);
		pe_set(&pe->ttbr[0], 0);
		pe_set(&pe->ttbr[1], 0);
	}
}

void pe_stop(struct pe_machine *m)
{
	pe_memory_free(m);
}
