// SPDX-License-Identifier: GPL-2.0-only
/*
 * The backend of an Armv8-R MPU: the order of register accesses, which both
 * encodings share, and what one store may change in a region. Touches registers
 * by struct physmap_pmsav8_registers only; keeps MPU-3, -5, -7 to -11 and -19.
 */
#include <linux/bits.h>
#include <linux/container_of.h>
#include <linux/types.h>
#include "pmsav8.h"

/**
 * physmap_pmsav8_shareability() - a region's SH field, which its type decides
 * @attrs: PHYSMAP_*
 *
 * Device and Normal that is not cacheable are outer shareable whatever is
 * asked for, so that is what is written (MPU-15).
 *
 * Return: the two bits.
 */
u32 physmap_pmsav8_shareability(u32 attrs)
{
	return (attrs & PHYSMAP_MEMTYPE_MASK) == PHYSMAP_MPU_NORMAL ?
		       PMSAV8_SH_INNER :
		       PMSAV8_SH_OUTER;
}

/* Facts about a change of a region, as bits. */
#define WAS		BIT(0)	/* enabled before */
#define BECOMES		BIT(1)	/* enabled after */
#define START		BIT(2)	/* another first byte: in the base */
#define END		BIT(3)	/* another last byte: in the limit */
#define TYPE		BIT(4)	/* another memory type: in the limit */
#define TAKES		BIT(5)	/* takes a right: in the base */
#define GIVES		BIT(6)	/* gives one: in the base */

static const struct physmap_rule rules[] = {
	{ 0, WAS | BECOMES, PHYSMAP_NOOP, "MPU-9",
	  "it was disabled and stays so" },
	{ 0, WAS, PHYSMAP_FRESH, "MPU-9",
	  "nothing matches it: the base first, then the limit that enables" },
	{ 0, BECOMES, PHYSMAP_TIGHTEN, "MPU-9",
	  "one store of the limit disables it" },
	{ TYPE, 0, PHYSMAP_FORBIDDEN, "MPU-14",
	  "the memory type of a region must not change while it is enabled" },
	{ START | END, 0, PHYSMAP_FORBIDDEN, "MPU-9",
	  "both borders take two stores, and in between it is a third region" },
	{ START | TAKES, 0, PHYSMAP_FORBIDDEN, "MPU-14",
	  "borders and rights must not change together" },
	{ START | GIVES, 0, PHYSMAP_FORBIDDEN, "MPU-14",
	  "borders and rights must not change together" },
	{ END | TAKES, 0, PHYSMAP_FORBIDDEN, "MPU-9",
	  "a border and rights take two stores" },
	{ END | GIVES, 0, PHYSMAP_FORBIDDEN, "MPU-9",
	  "a border and rights take two stores" },
	{ START, 0, PHYSMAP_RESIZE, "MPU-4",
	  "one store of the base; what is added must be nobody's by then" },
	{ END, 0, PHYSMAP_RESIZE, "MPU-4",
	  "one store of the limit; what is added must be nobody's by then" },
	{ TAKES, 0, PHYSMAP_TIGHTEN, "MPU-14",
	  "one store of the base takes a right" },
	{ GIVES, 0, PHYSMAP_LOOSEN, "MPU-14",
	  "one store of the base gives a right" },
	{ 0, 0, PHYSMAP_NOOP, "MPU-9", "nothing that the MPU can see" },
};

#define RIGHTS	(PHYSMAP_WRITE | PHYSMAP_EXEC | PHYSMAP_USER)

/**
 * physmap_pmsav8_transition() - may one region become another, and how
 * @from: region as it is
 * @to: region as it is to be; of the same number
 *
 * Return: see @transition of struct physmap_mpu_format.
 */
struct physmap_verdict
physmap_pmsav8_transition(const struct physmap_mpu_region *from,
			  const struct physmap_mpu_region *to)
{
	u32 facts = 0;

	if (from->start != from->end)
		facts |= WAS;
	if (to->start != to->end)
		facts |= BECOMES;
	if (from->start != to->start)
		facts |= START;
	if (from->end != to->end)
		facts |= END;
	if ((from->attrs ^ to->attrs) & PHYSMAP_MEMTYPE_MASK)
		facts |= TYPE;
	if (from->attrs & ~to->attrs & RIGHTS)
		facts |= TAKES;
	if (to->attrs & ~from->attrs & RIGHTS)
		facts |= GIVES;
	return physmap_answer(rules, facts);
}

static const struct physmap_pmsav8_registers *registers(struct physmap_mpu *mpu)
{
	return container_of(mpu, struct physmap_pmsav8, mpu)->registers;
}

static u64 get(struct physmap_mpu *mpu, enum pmsav8_register reg)
{
	return registers(mpu)->read(mpu, reg);
}

static void set(struct physmap_mpu *mpu, enum pmsav8_register reg, u64 value)
{
	registers(mpu)->write(mpu, reg, value);
}

static unsigned int count(struct physmap_mpu *mpu)
{
	return get(mpu, PMSAV8_MPUIR) & PMSAV8_MPUIR_REGIONS;
}

static bool is_on(struct physmap_mpu *mpu)
{
	return get(mpu, PMSAV8_SCTLR) & PMSAV8_SCTLR_M;
}

static const char *ready(struct physmap_mpu *mpu)
{
	const u64 sctlr = get(mpu, PMSAV8_SCTLR);

	if (sctlr & PMSAV8_SCTLR_M)
		return sctlr & PMSAV8_SCTLR_BR ?
			       "the MPU is on and so is its background region" :
			       "";
	return sctlr & PMSAV8_SCTLR_C ?
		       "the MPU is off and the data cache is on" : "";
}

/* What is written next is of region @n, which exists (MPU-5). */
static void select(struct physmap_mpu *mpu, unsigned int n)
{
	set(mpu, PMSAV8_PRSELR, n);
	registers(mpu)->isb(mpu);	/* MPU-8 */
}

static struct physmap_mpu_words read(struct physmap_mpu *mpu, unsigned int n)
{
	struct physmap_mpu_words w;

	select(mpu, n);
	w.base = get(mpu, PMSAV8_PRBAR);
	w.limit = get(mpu, PMSAV8_PRLAR);
	return w;
}

static void write_base(struct physmap_mpu *mpu, unsigned int n, u64 base)
{
	select(mpu, n);
	set(mpu, PMSAV8_PRBAR, base);
	mpu->report.stores++;
}

static void write_limit(struct physmap_mpu *mpu, unsigned int n, u64 limit)
{
	select(mpu, n);
	set(mpu, PMSAV8_PRLAR, limit);
	mpu->report.stores++;
}

/* The region is disabled until the limit is there, which is last (MPU-9). */
static void write(struct physmap_mpu *mpu, unsigned int n,
		  struct physmap_mpu_words words)
{
	select(mpu, n);
	set(mpu, PMSAV8_PRBAR, words.base);
	set(mpu, PMSAV8_PRLAR, words.limit);
	mpu->report.stores += 2;
}

/* One store for the first 32; PRENR has no bits for the others (MPU-10). */
static void disable(struct physmap_mpu *mpu, const u32 *slots)
{
	unsigned int n;

	if (slots[0]) {
		set(mpu, PMSAV8_PRENR, get(mpu, PMSAV8_PRENR) & ~slots[0]);
		mpu->report.stores++;
	}
	for (n = PMSAV8_PRENR_REGIONS; n < mpu->count; n++)
		if (slots[n / 32] & BIT(n % 32))
			write_limit(mpu, n, 0);
}

static void sync(struct physmap_mpu *mpu)
{
	registers(mpu)->dsb(mpu);
	registers(mpu)->isb(mpu);
	mpu->report.syncs++;
}

static void invalidate(struct physmap_mpu *mpu, u64 start, u64 end)
{
	registers(mpu)->invalidate(mpu, start, end);
}

/*
 * All regions are written. I stays as it is: whoever loaded the code knows
 * whether stale lines may be in the instruction cache.
 */
static void enable(struct physmap_mpu *mpu)
{
	u64 sctlr = get(mpu, PMSAV8_SCTLR);

	set(mpu, PMSAV8_MAIR, PMSAV8_MAIR_VALUE);
	sync(mpu);
	sctlr &= ~(u64)PMSAV8_SCTLR_BR;		/* MPU-7 */
	sctlr |= PMSAV8_SCTLR_M | PMSAV8_SCTLR_C | PMSAV8_SCTLR_WXN;
	set(mpu, PMSAV8_SCTLR, sctlr);
	registers(mpu)->isb(mpu);
}

const struct physmap_mpu_hooks physmap_pmsav8_hooks = {
	.count = count,
	.is_on = is_on,
	.ready = ready,
	.read = read,
	.write = write,
	.write_base = write_base,
	.write_limit = write_limit,
	.disable = disable,
	.sync = sync,
	.invalidate = invalidate,
	.enable = enable,
};
