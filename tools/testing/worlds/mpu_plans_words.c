// SPDX-License-Identifier: GPL-2.0-only
/*
 * Are planned regions what the words of an MPU say they are? Each goes through
 * both encodings, early and final, and is read back twice: by the encoding
 * itself and by the model, which knows it from the rules. Pure.
 */
#include <stdio.h>
#include "mpu.h"
#include "mpu_plans.h"

#define SHARE_OUTER	2u
#define SHARE_INNER	3u

/* What a region's words say, by the model. */
static bool model_agrees(bool wide, struct physmap_mpu_words w,
			 const struct physmap_mpu_region *r)
{
	const struct model_mpu_region m =
		model_mpu_decode(wide, w.base, w.limit);
	const u32 type = r->attrs >> PHYSMAP_MEMTYPE_SHIFT & 7;

	return m.enabled && m.first == r->start && m.last == r->end - 1 &&
	       m.write == !!(r->attrs & PHYSMAP_WRITE) &&
	       m.exec == !!(r->attrs & PHYSMAP_EXEC) &&
	       m.user == !!(r->attrs & PHYSMAP_USER) && m.type == type &&
	       m.share == (type ? SHARE_OUTER : SHARE_INNER) &&
	       !model_mpu_reserved(wide, w.base, w.limit);
}

static bool goes_round(bool wide, const struct physmap_mpu_region *r)
{
	const struct physmap_mpu_format *format =
		wide ? &physmap_pmsav8_64 : &physmap_pmsav8_32;
	const struct physmap_mpu_words w = format->encode(r);
	const struct physmap_mpu_region back = format->decode(w);

	return r->end > format->address_limit ||
	       (back.start == r->start && back.end == r->end &&
		back.attrs == (r->attrs & ~PHYSMAP_EARLY) &&
		model_agrees(wide, w, r));
}

/* What is disabled comes out empty. */
static bool empty_goes_round(bool wide, u64 at)
{
	const struct physmap_mpu_format *format =
		wide ? &physmap_pmsav8_64 : &physmap_pmsav8_32;
	const struct physmap_mpu_region r = { at, at, PHYSMAP_WRITE };
	const struct physmap_mpu_words w = format->encode(&r);
	const struct physmap_mpu_region back = format->decode(w);

	return back.start == back.end &&
	       !model_mpu_decode(wide, w.base, w.limit).enabled;
}

/* False if a region is not what its words say; then @text says which. */
bool plans_words(const struct plans_case *c, const struct plans_answer *a,
		 char text[PLANS_TEXT])
{
	unsigned int i, wide;

	for (i = 0; i < a->plan.nr_planned; i++)
		for (wide = 0; wide < 2; wide++) {
			const struct physmap_mpu_planned *p =
				&a->plan.planned[i];
			struct physmap_mpu_region final = p->early;

			final.attrs = p->final;
			if (goes_round(wide, &p->early) &&
			    goes_round(wide, &final) &&
			    empty_goes_round(wide, p->early.start))
				continue;
			snprintf(text, PLANS_TEXT,
				 "region %u is not what its words in PMSAv8-%s say",
				 i, wide ? "64" : "32");
			return false;
		}
	return true;
}
