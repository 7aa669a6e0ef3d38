// SPDX-License-Identifier: GPL-2.0-only
/*
 * PMSAv8-64: how an AArch64 MPU encodes a region of EL2 (PRBAR_EL2, PRLAR_EL2).
 * Pure; keeps MPU-1, -2, -6 and -15.
 */
#include <linux/types.h>
#include "pmsav8.h"
#include "pmsav8_64.h"

#define GRANULE_LAST	0x3fULL

static struct physmap_mpu_words encode(const struct physmap_mpu_region *r)
{
	const u32 type = (r->attrs & PHYSMAP_MEMTYPE_MASK) >>
			 PHYSMAP_MEMTYPE_SHIFT;
	struct physmap_mpu_words w = { 0, 0 };

	if (r->start == r->end)
		return w;
	w.base = (r->start & PMSAV8_64_ADDRESS) |
		 physmap_pmsav8_shareability(r->attrs) << PMSAV8_64_SH_SHIFT;
	if (r->attrs & PHYSMAP_USER)
		w.base |= PMSAV8_64_AP_USER;
	if (!(r->attrs & PHYSMAP_WRITE))
		w.base |= PMSAV8_64_AP_RO;
	if (!(r->attrs & PHYSMAP_EXEC))
		w.base |= PMSAV8_64_XN;
	w.limit = ((r->end - 1) & PMSAV8_64_ADDRESS) |
		  type << PMSAV8_64_ATTR_SHIFT | PMSAV8_64_EN;
	return w;
}

static struct physmap_mpu_region decode(struct physmap_mpu_words w)
{
	const u64 start = w.base & PMSAV8_64_ADDRESS;
	const u64 last = (w.limit & PMSAV8_64_ADDRESS) | GRANULE_LAST;
	struct physmap_mpu_region r = { 0, 0, 0 };

	if (!(w.limit & PMSAV8_64_EN) || last < start)
		return r;
	r.start = start;
	r.end = last + 1;
	r.attrs = PHYSMAP_MPU_TYPE(w.limit >> PMSAV8_64_ATTR_SHIFT & 7);
	if (w.base & PMSAV8_64_AP_USER)
		r.attrs |= PHYSMAP_USER;
	if (!(w.base & PMSAV8_64_AP_RO))
		r.attrs |= PHYSMAP_WRITE;
	if (!(w.base & PMSAV8_64_XN))
		r.attrs |= PHYSMAP_EXEC;
	return r;
}

const struct physmap_mpu_format physmap_pmsav8_64 = {
	.name = "PMSAv8-64",
	.granule = 64,
	.address_limit = 1ULL << 48,
	.max_regions = 255,
	.encode = encode,
	.decode = decode,
	.transition = physmap_pmsav8_transition,
};
