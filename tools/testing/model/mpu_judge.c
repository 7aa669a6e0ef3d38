// SPDX-License-Identifier: GPL-2.0-only
/*
 * Judges each operation on the registers of the simulated MPU as it comes. All
 * that a region may be until barriers have come is taken as true at once, and
 * each region by itself: what one has already done another may not have. Reads
 * the model, changes nothing but its count of violations.
 */
#include <stdio.h>
#include <string.h>
#include "mpu.h"

#define NORMAL_UNCACHED	0x44
#define SH_RESERVED	1
#define SH_OUTER	2
#define SH_INNER	3

/* Once for each rule and operation. */
void model_mpu_violate(struct model_mpu *m, const char *rule,
		       const char *fmt, ...)
{
	struct model_mpu_violation v = { rule, m->operations, "" };
	unsigned int i;
	va_list args;

	for (i = 0; i < m->tolds; i++)
		if (!strcmp(m->told[i], rule))
			return;
	if (m->tolds < MODEL_MPU_RULES)
		m->told[m->tolds++] = rule;
	va_start(args, fmt);
	vsnprintf(v.text, sizeof(v.text), fmt, args);
	va_end(args);
	m->violations++;
	if (m->heard)
		m->heard(m, &v);
}

/* Before anything is written. */
void model_mpu_judge_entry(struct model_mpu *m)
{
	if (!model_mpu_on(m) && (m->sctlr & MODEL_MPU_C))
		model_mpu_violate(m, "MPU-19",
				  "the MPU is taken over off, with the caches on: lines may hold what the default map allowed");
	if (!m->count_read)
		model_mpu_violate(m, "MPU-3",
				  "registers are written, and nobody has read how many regions there are");
}

/* Before PRBAR or PRLAR is accessed. */
void model_mpu_judge_reach(struct model_mpu *m)
{
	if (m->select_pending)
		model_mpu_violate(m, "MPU-8",
				  "PRBAR or PRLAR of region %u is accessed, and no ISB has come since it was selected",
				  m->select);
	if (m->select_asked >= m->config.count)
		model_mpu_violate(m, "MPU-3",
				  "region %llu is accessed, and there are %u: it is region %u that answers",
				  m->select_asked, m->config.count, m->select);
}

/* Words on their own; the other one is 0. */
void model_mpu_judge_words(struct model_mpu *m, u64 base, u64 limit)
{
	const struct model_mpu_region r =
		model_mpu_decode(m->config.wide, base, limit);

	if (model_mpu_reserved(m->config.wide, base, limit))
		model_mpu_violate(m, "MPU-2",
				  "region %u gets %#llx: bits that PMSAv8-%s does not have",
				  m->select, base | limit,
				  m->config.wide ? "64" : "32");
	else if (r.share == SH_RESERVED)
		model_mpu_violate(m, "MPU-2",
				  "region %u gets %#llx: its SH is a reserved value",
				  m->select, base);
}

static bool was_enabled(const struct model_mpu_history *h)
{
	unsigned int i;

	for (i = 0; i < h->states; i++)
		if (h->state[i].enabled)
			return true;
	return false;
}

static void half_changed(struct model_mpu *m, unsigned int n)
{
	model_mpu_violate(m, "MPU-9",
			  "base and limit of region %u change between two barriers, and it may match meanwhile: for a moment it is neither the old one nor the new",
			  n);
}

/* Before a new base is in. */
void model_mpu_judge_base(struct model_mpu *m, unsigned int n, u64 base)
{
	const struct model_mpu_history *h = &m->region[n];
	const struct physmap_mpu_words now = model_mpu_now(m, n)->words;
	unsigned int i;

	if (!model_mpu_on(m) || base == now.base || !was_enabled(h))
		return;
	for (i = 0; i + 1 < h->states; i++)
		if (h->state[i].words.limit != now.limit) {
			half_changed(m, n);
			return;
		}
}

/* Before a new limit is in. */
void model_mpu_judge_limit(struct model_mpu *m, unsigned int n, u64 limit)
{
	const struct model_mpu_history *h = &m->region[n];
	const struct model_mpu_region *now = model_mpu_now(m, n);
	const struct model_mpu_region new =
		model_mpu_decode(m->config.wide, now->words.base, limit);
	unsigned int i;

	if (!model_mpu_on(m) || limit == now->words.limit)
		return;
	for (i = 0; i < h->states; i++) {
		const struct model_mpu_region *r = &h->state[i];

		if (was_enabled(h) && r->words.base != now->words.base)
			half_changed(m, n);
		if (r->enabled && new.enabled && r->type != new.type)
			model_mpu_violate(m, "MPU-14",
					  "the memory type of region %u changes from AttrIndx %u to %u where it is",
					  n, r->type, new.type);
	}
}

static u8 mair_byte(const struct model_mpu *m, unsigned int type)
{
	return m->mair >> type * 8;
}

static bool is_device(const struct model_mpu *m, unsigned int type)
{
	return !(mair_byte(m, type) & 0xf0);
}

/* What a region says by itself. */
static void judge_region(struct model_mpu *m, unsigned int n,
			 const struct model_mpu_region *r)
{
	const bool device = is_device(m, r->type);
	const bool outer = device || mair_byte(m, r->type) == NORMAL_UNCACHED;

	if (r->last < r->first)
		model_mpu_violate(m, "MPU-6",
				  "region %u is enabled from %#llx to %#llx, and matches nothing",
				  n, r->first, r->last);
	if (r->write && r->exec)
		model_mpu_violate(m, "MPU-14",
				  "region %u at %#llx may be written and executed",
				  n, r->first);
	if (device && r->exec)
		model_mpu_violate(m, "MPU-16",
				  "region %u at %#llx is a device that code may be fetched from",
				  n, r->first);
	if (r->share != (outer ? SH_OUTER : SH_INNER))
		model_mpu_violate(m, "MPU-15",
				  "region %u at %#llx is %s and has SH %u",
				  n, r->first, device ? "a device" :
				  outer ? "Normal, not cacheable" :
				  "Normal", r->share);
}

static bool overlap(const struct model_mpu_region *a,
		    const struct model_mpu_region *b)
{
	return a->enabled && b->enabled && a->first <= a->last &&
	       b->first <= b->last && a->first <= b->last &&
	       b->first <= a->last;
}

static void judge_overlaps(struct model_mpu *m, unsigned int n,
			   const struct model_mpu_region *r)
{
	unsigned int other, i;

	for (other = 0; other < m->config.count; other++) {
		const struct model_mpu_history *h = &m->region[other];

		for (i = 0; other != n && i < h->states; i++)
			if (overlap(r, &h->state[i]))
				model_mpu_violate(m, "MPU-4",
						  "region %u from %#llx to %#llx and region %u from %#llx to %#llx %s: accesses to both fault",
						  n, r->first, r->last, other,
						  h->state[i].first,
						  h->state[i].last,
						  h->states > 1 ?
						  "may overlap until it is synchronized" :
						  "overlap");
	}
}

/* A region has a new value, or the MPU has gone on. */
void model_mpu_judge_state(struct model_mpu *m, unsigned int n)
{
	const struct model_mpu_region *r = model_mpu_now(m, n);

	if (!model_mpu_on(m))
		return;
	if (r->enabled) {
		judge_region(m, n, r);
		judge_overlaps(m, n, r);
	}
	model_mpu_judge_uses(m);
}

/* Does the region match this, whatever it may be now? */
static bool always_there(const struct model_mpu_history *h, u64 address,
			 u64 *end)
{
	unsigned int i;

	for (i = 0; i < h->states; i++) {
		if (!model_mpu_matches(&h->state[i], address))
			return false;
		if (!i || h->state[i].last < *end - 1)
			*end = h->state[i].last + 1;
	}
	return true;
}

static bool always_allows(const struct model_mpu_history *h, u32 attrs)
{
	unsigned int i;

	for (i = 0; i < h->states; i++)
		if (((attrs & PHYSMAP_WRITE) && !h->state[i].write) ||
		    ((attrs & PHYSMAP_EXEC) && !h->state[i].exec))
			return false;
	return true;
}

/* Where the region ends that has the address; the address if none has it. */
static u64 mapped_until(struct model_mpu *m, const struct physmap_mpu_use *use,
			u64 address)
{
	u64 end = address;
	unsigned int n;

	for (n = 0; n < m->config.count; n++) {
		const struct model_mpu_history *h = &m->region[n];

		if (!always_there(h, address, &end))
			continue;
		if (!always_allows(h, use->attrs))
			model_mpu_violate(m, "MPU-14",
					  "%s is in use at %#llx, and region %u may not let it be %s",
					  use->name, address, n,
					  use->attrs & PHYSMAP_WRITE ?
					  "written" : "executed");
		return end;
	}
	return address;
}

/* What runs has its memory in every case. */
void model_mpu_judge_uses(struct model_mpu *m)
{
	unsigned int i;

	for (i = 0; model_mpu_on(m) && i < m->uses; i++) {
		const struct physmap_mpu_use *use = &m->use[i];
		u64 at = use->start;

		while (at < use->end) {
			const u64 end = mapped_until(m, use, at);

			if (end == at) {
				model_mpu_violate(m, "MPU-7",
						  "%s is in use, and at %#llx there may be no region",
						  use->name, at);
				break;
			}
			at = end;
		}
	}
}

/* After MAIR was written. */
void model_mpu_judge_mair(struct model_mpu *m, u64 old)
{
	unsigned int n;

	for (n = 0; model_mpu_on(m) && n < m->config.count; n++) {
		const struct model_mpu_region *r = model_mpu_now(m, n);

		if (r->enabled && (u8)(old >> r->type * 8) !=
				  mair_byte(m, r->type))
			model_mpu_violate(m, "MPU-14",
					  "MAIR changes what region %u is, which is enabled",
					  n);
	}
}

static bool is_dropped(const struct model_mpu *m,
		       const struct model_mpu_span *copy)
{
	u64 at = copy->start;
	unsigned int i = 0;

	while (at < copy->end && i < m->drops) {
		const struct model_mpu_span *d = &m->dropped[i++];

		if (d->start <= at && at < d->end) {
			at = d->end;
			i = 0;
		}
	}
	return at >= copy->end;
}

static void judge_caches(struct model_mpu *m)
{
	unsigned int i;

	for (i = 0; i < m->copies; i++)
		if (!is_dropped(m, &m->copy[i]) || !m->drops_waited)
			model_mpu_violate(m, "MPU-11",
					  "the caches go on, and may have old lines of what was written with them off, %#llx to %#llx",
					  m->copy[i].start, m->copy[i].end);
}

/* The MPU goes on: is all that it needs done, and has it come to it? */
static void judge_enable(struct model_mpu *m, u64 old)
{
	unsigned int n;

	if (!m->mair_written || m->mair_pending)
		model_mpu_violate(m, "MPU-11", "the MPU goes on, and MAIR %s",
				  m->mair_written ? "may not be in force yet" :
				  "was never written");
	if (!(m->sctlr & MODEL_MPU_C))
		model_mpu_violate(m, "MPU-11",
				  "the MPU goes on without the caches");
	else if (!(old & MODEL_MPU_C))
		judge_caches(m);
	for (n = 0; n < m->config.count; n++) {
		if (!m->region[n].touched)
			model_mpu_violate(m, "MPU-11",
					  "the MPU goes on, and region %u was neither written nor disabled",
					  n);
		if (m->region[n].states > 1)
			model_mpu_violate(m, "MPU-8",
					  "the MPU goes on, and what was written to region %u may not be in force yet",
					  n);
		model_mpu_judge_state(m, n);
	}
}

/* After SCTLR was written. */
void model_mpu_judge_sctlr(struct model_mpu *m, u64 old)
{
	if (model_mpu_on(m) && (m->sctlr & MODEL_MPU_BR))
		model_mpu_violate(m, "MPU-7",
				  "the MPU is on with the background region: what no region has is mapped all the same");
	if (model_mpu_on(m) && !(old & MODEL_MPU_M))
		judge_enable(m, old);
	else if (!model_mpu_on(m) && (m->sctlr & ~old & MODEL_MPU_C))
		model_mpu_violate(m, "MPU-11",
				  "the caches go on before the MPU");
}

/**
 * model_mpu_done() - the engine has said that something is done
 * @m: MPU
 */
void model_mpu_done(struct model_mpu *m)
{
	unsigned int n;

	m->tolds = 0;
	for (n = 0; n < m->config.count; n++)
		if (m->region[n].states > 1)
			model_mpu_violate(m, "MPU-8",
					  "it is said to be done, and what was written to region %u may not be in force",
					  n);
	if (m->mair_pending)
		model_mpu_violate(m, "MPU-8",
				  "it is said to be done, and no ISB has come since MAIR was written");
	if (m->sctlr_pending)
		model_mpu_violate(m, "MPU-11",
				  "it is said to be done, and no ISB has come since SCTLR was written");
	if (model_mpu_on(m) && (m->sctlr & MODEL_MPU_BR))
		model_mpu_violate(m, "MPU-7",
				  "it is said to be done, and the background region is there");
}
