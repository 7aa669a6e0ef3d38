// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds the regions of a simulated MPU against what was asked for, byte for
 * byte and region by region, and against the software copy. Reads both, writes
 * neither; what differs is a violation of the rule that it comes of.
 */
#include "mpu.h"

/* Which byte of MAIR each memory type of include/physmap/mpu.h stands for. */
static const u8 mair_bytes[PHYSMAP_MPU_TYPES] = { 0xff, 0x44, 0x00, 0x04 };

static u8 wanted_byte(u32 attrs)
{
	return mair_bytes[(attrs & PHYSMAP_MEMTYPE_MASK) >>
			  PHYSMAP_MEMTYPE_SHIFT & 3];
}

static u8 byte_of(const struct model_mpu *m, const struct model_mpu_region *r)
{
	return m->mair >> r->type * 8;
}

static bool same_rights(const struct model_mpu_region *r, u32 attrs)
{
	return r->write == !!(attrs & PHYSMAP_WRITE) &&
	       r->exec == !!(attrs & PHYSMAP_EXEC) &&
	       r->user == !!(attrs & PHYSMAP_USER);
}

/* Would the words be right in the other width? */
static bool is_other_width(const struct model_mpu *m,
			   const struct model_mpu_region *r, u32 attrs)
{
	const struct model_mpu_region other =
		model_mpu_decode(!m->config.wide, r->words.base,
				 r->words.limit);

	return same_rights(&other, attrs) &&
	       byte_of(m, &other) == wanted_byte(attrs);
}

static void judge_attrs(struct model_mpu *m, const struct model_mpu_wanted *w,
			unsigned int n)
{
	const struct model_mpu_region *r = model_mpu_now(m, n);

	if (byte_of(m, r) != wanted_byte(w->attrs))
		model_mpu_violate(m, "MPU-14",
				  "%s is in region %u with MAIR %#x, and was to have %#x",
				  w->name, n, byte_of(m, r),
				  wanted_byte(w->attrs));
	if (same_rights(r, w->attrs))
		return;
	model_mpu_violate(m, is_other_width(m, r, w->attrs) ? "MPU-2" :
			  "MPU-14",
			  "%s is in region %u with%s%s%s, and was to have%s%s%s",
			  w->name, n, r->write ? " write" : " read",
			  r->exec ? " exec" : "", r->user ? " user" : "",
			  w->attrs & PHYSMAP_WRITE ? " write" : " read",
			  w->attrs & PHYSMAP_EXEC ? " exec" : "",
			  w->attrs & PHYSMAP_USER ? " user" : "");
}

/* How many regions have the address, and which is the first of them. */
static unsigned int regions_at(const struct model_mpu *m, u64 address,
			       unsigned int *first)
{
	unsigned int n, hits = 0;

	for (n = 0; n < m->config.count; n++)
		if (model_mpu_matches(model_mpu_now(m, n), address) && !hits++)
			*first = n;
	return hits;
}

static bool any_region_in(const struct model_mpu *m, u64 start, u64 end)
{
	unsigned int n;

	for (n = 0; n < m->config.count; n++) {
		const struct model_mpu_region *r = model_mpu_now(m, n);

		if (r->enabled && r->first < end && r->last >= start &&
		    r->first <= r->last)
			return true;
	}
	return false;
}

/* Where the next region begins, at most @end. */
static u64 next_region(const struct model_mpu *m, u64 address, u64 end)
{
	unsigned int n;

	for (n = 0; n < m->config.count; n++) {
		const struct model_mpu_region *r = model_mpu_now(m, n);

		if (r->enabled && r->first <= r->last && r->first > address &&
		    r->first < end)
			end = r->first;
	}
	return end;
}

static void judge_missing(struct model_mpu *m,
			  const struct model_mpu_wanted *w, u64 at, u64 end)
{
	if (any_region_in(m, w->start, w->end))
		model_mpu_violate(m, "MPU-1",
				  "%s from %#llx to %#llx is not in any region from %#llx to %#llx",
				  w->name, w->start, w->end, at, end);
	else
		model_mpu_violate(m, "MPU-7",
				  "%s from %#llx to %#llx is in no region",
				  w->name, w->start, w->end);
}

static void judge_slot(struct model_mpu *m, const struct model_mpu_wanted *w,
		       unsigned int n)
{
	if (w->slot != MODEL_MPU_ANY && w->slot != n)
		model_mpu_violate(m, "MPU-12",
				  "%s is in region %u, and was to be in %u",
				  w->name, n, w->slot);
}

/* All of what is wanted is in one region at a time, and as it was wanted. */
static void judge_wanted(struct model_mpu *m, const struct model_mpu_wanted *w)
{
	u64 at = w->start;
	unsigned int n = 0;

	while (at < w->end) {
		const unsigned int hits = regions_at(m, at, &n);
		u64 end = next_region(m, at, w->end);

		if (!hits) {
			judge_missing(m, w, at, end);
		} else {
			const u64 last = model_mpu_now(m, n)->last;

			if (last < end)
				end = last + 1;
			judge_attrs(m, w, n);
			judge_slot(m, w, n);
		}
		if (hits > 1)
			model_mpu_violate(m, "MPU-4",
					  "%s is in %u regions at %#llx",
					  w->name, hits, at);
		at = end;
	}
}

static const struct model_mpu_wanted *
wanted_at(const struct model_mpu_wanted *wanted, unsigned int nr, u64 address)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (wanted[i].start <= address && address < wanted[i].end)
			return &wanted[i];
	return NULL;
}

/* A region of which nothing was asked for. */
static void judge_leftover(struct model_mpu *m, unsigned int n)
{
	const struct model_mpu_region *r = model_mpu_now(m, n);

	if (n >= 32 && m->prenr_written)
		model_mpu_violate(m, "MPU-10",
				  "region %u at %#llx is still enabled: PRENR was written, and does not reach it",
				  n, r->first);
	else
		model_mpu_violate(m, "MPU-17",
				  "region %u from %#llx to %#llx is taken by what nobody wants now",
				  n, r->first, r->last);
}

/* A region holds nothing but what is wanted. */
static void judge_region(struct model_mpu *m, unsigned int n,
			 const struct model_mpu_wanted *wanted,
			 unsigned int nr)
{
	const struct model_mpu_region *r = model_mpu_now(m, n);
	const struct model_mpu_wanted *w;
	bool any = false;
	unsigned int i;
	u64 at;

	for (i = 0; i < nr; i++)
		any |= wanted[i].start <= r->last && r->first < wanted[i].end;
	if (!any) {
		judge_leftover(m, n);
		return;
	}
	for (at = r->first; at <= r->last; at = w->end) {
		w = wanted_at(wanted, nr, at);
		if (w)
			continue;
		model_mpu_violate(m, byte_of(m, r) & 0xf0 ? "MPU-1" : "MPU-16",
				  "region %u from %#llx to %#llx has %#llx too, which nobody wants",
				  n, r->first, r->last, at);
		return;
	}
}

/**
 * model_mpu_compare() - is this mapped, and nothing else
 * @m: MPU, whose writes have come into force
 * @wanted: ranges, not overlapping
 * @nr: how many
 */
void model_mpu_compare(struct model_mpu *m,
		       const struct model_mpu_wanted *wanted, unsigned int nr)
{
	unsigned int i;

	m->tolds = 0;
	if (!model_mpu_on(m))
		model_mpu_violate(m, "MPU-11",
				  "it is said to be mapped, and the MPU is off");
	for (i = 0; i < nr; i++) {
		m->tolds = 0;
		judge_wanted(m, &wanted[i]);
	}
	for (i = 0; i < m->config.count; i++) {
		const struct model_mpu_region *r = model_mpu_now(m, i);

		m->tolds = 0;
		if (r->enabled && r->first <= r->last)
			judge_region(m, i, wanted, nr);
	}
	m->prenr_written = false;
}

/**
 * model_mpu_compare_copy() - does the software copy say what the MPU has
 * @m: MPU, with what the engine knows of it in @m->pmsav8.mpu.slot
 */
void model_mpu_compare_copy(struct model_mpu *m)
{
	unsigned int n;

	for (n = 0; n < m->config.count; n++) {
		const struct physmap_mpu_slot *s = &m->pmsav8.mpu.slot[n];
		const struct model_mpu_region *r = model_mpu_now(m, n);

		m->tolds = 0;
		if (!s->references != !r->enabled)
			model_mpu_violate(m, "MPU-13",
					  "region %u is %s, and the copy says otherwise",
					  n, r->enabled ? "enabled" :
					  "disabled");
		else if (r->enabled && (s->region.start != r->first ||
					s->region.end - 1 != r->last))
			model_mpu_violate(m, "MPU-13",
					  "region %u is %#llx to %#llx, and the copy says %#llx to %#llx",
					  n, r->first, r->last,
					  s->region.start, s->region.end - 1);
		else if (r->enabled && (!same_rights(r, s->region.attrs) ||
					byte_of(m, r) !=
					wanted_byte(s->region.attrs)))
			model_mpu_violate(m, "MPU-13",
					  "region %u has rights or a memory type that the copy does not have",
					  n);
	}
}
