// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of a simulated Armv8-R MPU: what reads give, what writes and
 * barriers do to what a region may be, and what an access comes to. Says what
 * hardware does, and hands everything to the judge; touches nothing else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <linux/container_of.h>
#include "mpu.h"

#define GRANULE		0x40ULL		/* MPU-1 */
#define ENABLE		1ULL

/**
 * struct layout - where a width has its fields (MPU-2)
 * @xn: shift of the bit of PRBAR that EL2 goes by
 * @ap: shift of AP; the upper bit is read-only, the lower one EL1 and EL0
 * @sh: shift of SH
 * @address: BASE and LIMIT
 * @fields: what PRLAR has beside LIMIT
 */
struct layout {
	unsigned int xn;
	unsigned int ap;
	unsigned int sh;
	u64 address;
	u64 fields;
};

static const struct layout narrow = { 0, 1, 3, 0xffffffc0, 0x0f };
static const struct layout wide = { 1, 2, 4, 0x0000ffffffffffc0, 0x1f };

static const struct layout *layout_of(bool is_wide)
{
	return is_wide ? &wide : &narrow;
}

struct model_mpu_region model_mpu_decode(bool is_wide, u64 base, u64 limit)
{
	const struct layout *l = layout_of(is_wide);
	const struct model_mpu_region r = {
		.words = { base, limit },
		.enabled = limit & ENABLE,
		.first = base & l->address,
		.last = (limit & l->address) | (GRANULE - 1),
		.write = !(base >> l->ap & 2),
		.exec = !(base >> l->xn & 1),
		.user = base >> l->ap & 1,
		.type = limit >> 1 & 7,
		.share = base >> l->sh & 3,
	};

	return r;
}

/* Bits that must be zero, in either word. */
bool model_mpu_reserved(bool is_wide, u64 base, u64 limit)
{
	const struct layout *l = layout_of(is_wide);
	const u64 base_fields = 3ULL << l->sh | 3ULL << l->ap |
				(l->xn ? 3 : 1);

	return (base & ~(l->address | base_fields)) ||
	       (limit & ~(l->address | l->fields));
}

const struct model_mpu_region *model_mpu_now(const struct model_mpu *m,
					     unsigned int n)
{
	return &m->region[n].state[m->region[n].states - 1];
}

/* splitmix64 */
static u64 garbage(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/**
 * model_mpu_put() - a region as something before has left it
 * @m: MPU
 * @n: region
 * @base: PRBAR
 * @limit: PRLAR
 *
 * Nothing is judged.
 */
void model_mpu_put(struct model_mpu *m, unsigned int n, u64 base, u64 limit)
{
	m->region[n] = (struct model_mpu_history) {
		.state[0] = model_mpu_decode(m->config.wide, base, limit),
		.states = 1,
		.touched = true,
	};
}

/**
 * model_mpu_start() - an MPU after reset
 * @m: MPU
 * @config: which one
 *
 * It is off, its regions are disabled, and what is not said to be so after a
 * reset is garbage: addresses, rights, the background region.
 */
void model_mpu_start(struct model_mpu *m, const struct model_mpu_config *config)
{
	const struct layout *l = layout_of(config->wide);
	u64 state = config->seed;
	unsigned int n;

	*m = (struct model_mpu) {
		.pmsav8 = { .registers = &model_mpu_registers },
		.config = *config,
		.mair = garbage(&state),
		.sctlr = garbage(&state) & (MODEL_MPU_BR | MODEL_MPU_I),
	};
	for (n = 0; n < config->count; n++) {
		const u64 base = garbage(&state);
		const u64 limit = garbage(&state);

		model_mpu_put(m, n, base & (l->address | 0xf),
			      limit & (l->address | 0xe));
		m->region[n].touched = false;
	}
}

/**
 * model_mpu_use() - from now on this must be mapped at every moment
 * @m: MPU
 * @name: for messages
 * @start: first byte
 * @end: first byte beyond
 * @attrs: PHYSMAP_WRITE or _EXEC, or 0
 */
void model_mpu_use(struct model_mpu *m, const char *name, u64 start, u64 end,
		   u32 attrs)
{
	if (m->uses == MODEL_MPU_USES)
		abort();
	m->use[m->uses++] = (struct physmap_mpu_use) {
		.name = name, .start = start, .end = end, .attrs = attrs,
	};
}

/**
 * model_mpu_copy() - this is written while the caches are off (MPU-11)
 * @m: MPU
 * @start: first byte
 * @end: first byte beyond
 */
void model_mpu_copy(struct model_mpu *m, u64 start, u64 end)
{
	if (m->copies == MODEL_MPU_COPIES)
		abort();
	m->copy[m->copies++] = (struct model_mpu_span) { start, end };
}

static enum model_mpu_answer access_granule(const struct model_mpu *m,
					    u64 address,
					    enum model_mpu_access access)
{
	const struct model_mpu_region *hit = NULL;
	unsigned int n;

	for (n = 0; n < m->config.count; n++) {
		if (!model_mpu_matches(model_mpu_now(m, n), address))
			continue;
		if (hit)
			return MODEL_MPU_SEVERAL;
		hit = model_mpu_now(m, n);
	}
	if (!hit)
		return m->sctlr & MODEL_MPU_BR ? MODEL_MPU_FINE :
						 MODEL_MPU_NONE;
	if ((access == MODEL_MPU_WRITE && !hit->write) ||
	    (access == MODEL_MPU_FETCH && !hit->exec))
		return MODEL_MPU_PERMISSION;
	return MODEL_MPU_FINE;
}

/**
 * model_mpu_access() - what an access by EL2 comes to when all is in force
 * @m: MPU
 * @address: first byte
 * @size: bytes
 * @access: what is done there
 *
 * Return: the answer for the first granule that faults, or MODEL_MPU_FINE.
 */
enum model_mpu_answer model_mpu_access(const struct model_mpu *m, u64 address,
				       u64 size, enum model_mpu_access access)
{
	const u64 end = address + size;
	enum model_mpu_answer answer = MODEL_MPU_FINE;

	if (!model_mpu_on(m))
		return MODEL_MPU_FINE;
	for (; address < end && answer == MODEL_MPU_FINE;
	     address = (address & ~(GRANULE - 1)) + GRANULE)
		answer = access_granule(m, address, access);
	return answer;
}

/* Registers */

static struct model_mpu *model_of(struct physmap_mpu *mpu)
{
	return container_of(container_of(mpu, struct physmap_pmsav8, mpu),
			    struct model_mpu, pmsav8);
}

static unsigned int with_prenr(const struct model_mpu *m)
{
	return m->config.count < 32 ? m->config.count : 32;	/* MPU-10 */
}

static u64 prenr_of(const struct model_mpu *m)
{
	u64 value = 0;
	unsigned int n;

	for (n = 0; n < with_prenr(m); n++)
		value |= (u64)model_mpu_now(m, n)->enabled << n;
	return value;
}

/* A region may be this too, from now on. */
static void add_state(struct model_mpu *m, unsigned int n, u64 base, u64 limit)
{
	struct model_mpu_history *h = &m->region[n];
	const struct physmap_mpu_words now = model_mpu_now(m, n)->words;

	h->touched = true;
	if (now.base == base && now.limit == limit)
		return;
	if (h->states == MODEL_MPU_STATES) {
		fprintf(stderr, "model: region %u is written without end, and no barrier comes\n",
			n);
		abort();
	}
	h->state[h->states++] = model_mpu_decode(m->config.wide, base, limit);
	model_mpu_judge_state(m, n);
}

static void write_select(struct model_mpu *m, u64 n)
{
	m->select_asked = n;
	if (n >= m->config.count) {
		model_mpu_violate(m, "MPU-5",
				  "region %llu of %u is selected, and hardware may ignore that: what follows is done to region %u",
				  n, m->config.count, m->select);
		return;
	}
	m->select_pending |= n != m->select;
	m->select = n;
}

static void write_base(struct model_mpu *m, u64 base)
{
	const unsigned int n = m->select;
	const u64 limit = model_mpu_now(m, n)->words.limit;

	model_mpu_judge_reach(m);
	model_mpu_judge_words(m, base, 0);
	model_mpu_judge_base(m, n, base);
	add_state(m, n, base, limit);
}

static void write_limit(struct model_mpu *m, u64 limit)
{
	const unsigned int n = m->select;
	const u64 base = model_mpu_now(m, n)->words.base;

	model_mpu_judge_reach(m);
	model_mpu_judge_words(m, 0, limit);
	model_mpu_judge_limit(m, n, limit);
	add_state(m, n, base, limit);
}

static void write_prenr(struct model_mpu *m, u64 value)
{
	unsigned int n;

	m->prenr_written = true;
	if (value >> 32)
		model_mpu_violate(m, "MPU-10", "PRENR is written %#llx, and it has bits for 32 regions",
				  value);
	else if (value >> with_prenr(m))
		model_mpu_violate(m, "MPU-3", "PRENR is written %#llx, and there are %u regions",
				  value, m->config.count);
	for (n = 0; n < with_prenr(m); n++) {
		const struct physmap_mpu_words now = model_mpu_now(m, n)->words;
		const u64 limit = (now.limit & ~ENABLE) | (value >> n & 1);

		if (limit != now.limit)
			model_mpu_judge_limit(m, n, limit);
		if (limit != now.limit || !(limit & ENABLE))
			add_state(m, n, now.base, limit);
	}
}

static void write_mair(struct model_mpu *m, u64 value)
{
	const u64 old = m->mair;

	m->mair = value;
	m->mair_written = true;
	m->mair_pending = true;
	model_mpu_judge_mair(m, old);
}

static void write_sctlr(struct model_mpu *m, u64 value)
{
	const u64 old = m->sctlr;

	m->sctlr = value;
	m->sctlr_pending = true;
	model_mpu_judge_sctlr(m, old);
}

static void write_register(struct physmap_mpu *mpu, enum pmsav8_register reg,
			   u64 value)
{
	struct model_mpu *m = model_of(mpu);

	m->operations++;
	m->tolds = 0;
	if (reg == PMSAV8_PRSELR) {
		write_select(m, value);
		return;
	}
	m->writes++;
	m->stores += reg == PMSAV8_PRBAR || reg == PMSAV8_PRLAR ||
		     reg == PMSAV8_PRENR;
	model_mpu_judge_entry(m);
	if (reg == PMSAV8_MAIR)
		write_mair(m, value);
	else if (reg == PMSAV8_SCTLR)
		write_sctlr(m, value);
	else if (reg == PMSAV8_PRENR)
		write_prenr(m, value);
	else if (reg == PMSAV8_PRBAR && m->config.count)
		write_base(m, value);
	else if (reg == PMSAV8_PRLAR && m->config.count)
		write_limit(m, value);
	else
		model_mpu_violate(m, "MPU-3",
				  "a register is written that is read-only, or of a region that is not there");
}

static u64 read_region(struct model_mpu *m, bool limit)
{
	const struct physmap_mpu_words words =
		model_mpu_now(m, m->select)->words;

	m->tolds = 0;
	model_mpu_judge_reach(m);
	return limit ? words.limit : words.base;
}

static u64 read_register(struct physmap_mpu *mpu, enum pmsav8_register reg)
{
	struct model_mpu *m = model_of(mpu);

	switch (reg) {
	case PMSAV8_MPUIR:
		m->count_read = true;
		/* What is above the low 8 bits is nobody's count (MPU-3). */
		return m->config.count | 0x1000;
	case PMSAV8_PRSELR:
		return m->select;
	case PMSAV8_PRBAR:
	case PMSAV8_PRLAR:
		return m->config.count ?
		       read_region(m, reg == PMSAV8_PRLAR) : 0;
	case PMSAV8_PRENR:
		return prenr_of(m);
	case PMSAV8_MAIR:
		return m->mair;
	case PMSAV8_SCTLR:
		return m->sctlr;
	default:
		return 0;
	}
}

/* MPU-8: a DSB waits for what was written, */
static void dsb(struct physmap_mpu *mpu)
{
	struct model_mpu *m = model_of(mpu);
	unsigned int n;

	m->operations++;
	m->dsbs++;
	for (n = 0; n < m->config.count; n++)
		m->region[n].waited = m->region[n].states - 1;
	m->drops_waited = true;
}

/* and after an ISB what it has waited for is what everything is judged by. */
static void isb(struct physmap_mpu *mpu)
{
	struct model_mpu *m = model_of(mpu);
	unsigned int n, i;

	m->operations++;
	m->select_pending = false;
	m->mair_pending = false;
	m->sctlr_pending = false;
	for (n = 0; n < m->config.count; n++) {
		struct model_mpu_history *h = &m->region[n];

		for (i = h->waited; h->waited && i < h->states; i++)
			h->state[i - h->waited] = h->state[i];
		h->states -= h->waited;
		h->waited = 0;
	}
}

static void invalidate(struct physmap_mpu *mpu, u64 start, u64 end)
{
	struct model_mpu *m = model_of(mpu);

	m->operations++;
	m->writes++;
	if (m->drops == MODEL_MPU_COPIES)
		abort();
	m->dropped[m->drops++] = (struct model_mpu_span) { start, end };
	m->drops_waited = false;
}

const struct physmap_pmsav8_registers model_mpu_registers = {
	.read = read_register,
	.write = write_register,
	.dsb = dsb,
	.isb = isb,
	.invalidate = invalidate,
};
