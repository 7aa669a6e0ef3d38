// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests' memory, mapped when it is touched and not before (MPU-17): on demand,
 * until no region is left, and by changes of context.
 */
#include "r52.h"

static struct physmap_mpu_refusal why;
static struct hardware before;

static struct physmap_mpu_want page(const char *name, u64 start, u64 end,
				    u32 attrs)
{
	return (struct physmap_mpu_want) {
		.name = name, .start = start, .end = end,
		.early = attrs, .final = attrs,
		.life = PHYSMAP_MPU_ON_DEMAND, .slot = PHYSMAP_MPU_LOWEST,
	};
}

static int map(const char *name, u64 start, u64 end, u32 attrs)
{
	const struct physmap_mpu_want want = page(name, start, end, attrs);
	unsigned int slot;

	record_mark("map");
	return physmap_mpu_map(mpu(), &want, &slot, &why);
}

static int unmap(u64 start, u64 end)
{
	record_mark("unmap");
	return physmap_mpu_unmap(mpu(), start, end, &why);
}

static u32 word_at(u32 address)
{
	return *(volatile u32 *)address;
}

static void set_word_at(u32 address, u32 value)
{
	*(volatile u32 *)address = value;
}

static void test_guest(const struct physmap_mpu_want *g)
{
	const bool before_it = cannot_read(g->start);
	bool ok = !map(g->name, g->start, g->end, PHYSMAP_WRITE);

	set_word_at(g->start, 0x11);
	set_word_at(g->end - 4, 0x22);
	result(before_it && ok && can_write(g->start + MB) &&
	       cannot_execute(g->start) && cannot_read(g->start - 4) &&
	       cannot_read(g->end),
	       "a guest's memory is mapped and written, exactly its own");
	ok = !unmap(g->start, g->end) && cannot_read(g->start) &&
	     cannot_write(g->end - 4);
	result(ok, "unmapped, it faults again");
	result(!map(g->name, g->start, g->end, 0) && word_at(g->start) == 0x11 &&
	       word_at(g->end - 4) == 0x22 && cannot_write(g->start) &&
	       !unmap(g->start, g->end),
	       "mapped again, read-only, it has what was written");
}

static void test_twice(const struct physmap_mpu_want *g)
{
	const u64 stores = mpu()->report.stores;
	bool ok = !map(g->name, g->start, g->end, PHYSMAP_WRITE);

	ok &= mpu()->report.stores == stores + 2;
	ok &= !map("again", g->start, g->end, PHYSMAP_WRITE) &&
	      !map("part of it", g->start + MB, g->start + MB + 64,
		   PHYSMAP_WRITE);
	result(ok && mpu()->report.stores == stores + 2,
	       "what is mapped already takes no region and no store more");
	ok = !unmap(g->start + MB, g->start + MB + 64) &&
	     !unmap(g->start, g->end);
	result(ok && can_write(g->start) && word_at(g->start) == 0x11,
	       "mapped three times and unmapped twice, it is there");
	result(!unmap(g->start, g->end) && cannot_read(g->start),
	       "unmapped a third time, it is gone");
}

static void test_refusals(const struct physmap_mpu_want *g)
{
	const u64 at = g->start + MB, end = at + 64 * KB;
	const u64 top = 1ULL << 32;
	int err = map("buffer", at, end, PHYSMAP_WRITE);

	result(!err, "a buffer of 64 KiB is mapped");
	look(&before);
	result(refused(map("half of it", end - 32 * KB, end + 32 * KB,
			   PHYSMAP_WRITE),
		       PHYSMAP_MPU_OVERLAP, &why, &before) &
	       refused(map("more than it", at - 64, end + 64, PHYSMAP_WRITE),
		       PHYSMAP_MPU_OVERLAP, &why, &before),
	       "an overlap is refused (MPU-4)");
	result(refused(map("buffer", at, end, 0), PHYSMAP_MPU_RIGHTS, &why,
		       &before),
	       "other rights than those it has are refused (MPU-14)");
	result(refused(map("program", end, end + 64,
			   PHYSMAP_WRITE | PHYSMAP_EXEC),
		       PHYSMAP_MPU_WX, &why, &before) &
	       refused(map("line", end + 32, end + 64, 0),
		       PHYSMAP_MPU_UNALIGNED, &why, &before) &
	       refused(map("nothing", end + 64, end + 64, 0),
		       PHYSMAP_MPU_EMPTY, &why, &before) &
	       refused(map("beyond", top - 64, top + 64, 0),
		       PHYSMAP_MPU_ADDRESS, &why, &before),
	       "what no region can be is refused (MPU-1, -2, -6, -14)");
	result(refused(unmap(end, end + 64), PHYSMAP_MPU_NOT_MAPPED, &why,
		       &before) &
	       refused(unmap(at, at + 64), PHYSMAP_MPU_NOT_WHOLE, &why,
		       &before) &
	       refused(unmap(address_of(text_start), address_of(text_end)),
		       PHYSMAP_MPU_STAYS, &why, &before),
	       "what is not mapped, not whole or fixed is not unmapped");
	result(can_write(at) && can_write(end - 4) && !unmap(at, end),
	       "the buffer was there all the time");
}

static unsigned int nobodys(void)
{
	unsigned int n, some = 0;

	for (n = 0; n < mpu()->count; n++)
		some += !mpu()->slot[n].references && !mpu()->slot[n].reserved;
	return some;
}

static void test_no_region_left(const struct physmap_mpu_want *g)
{
	const unsigned int some = nobodys();
	unsigned int n = 0, i;
	bool ok = true;
	int err;

	while (!(err = map("page", g->start + n * 8 * KB,
			   g->start + n * 8 * KB + 4 * KB, PHYSMAP_WRITE)))
		n++;
	look(&before);
	err = map("one more", g->start + n * 8 * KB,
		  g->start + n * 8 * KB + 4 * KB, PHYSMAP_WRITE);
	result(n == some && refused(err, PHYSMAP_MPU_NO_REGION, &why, &before) &&
	       cannot_read(g->start + n * 8 * KB),
	       "%u more regions are mapped, then none is left (MPU-17)", n);
	for (i = 0; i < n; i++)
		ok &= can_write(g->start + i * 8 * KB) &&
		      cannot_read(g->start + i * 8 * KB + 4 * KB) &&
		      !unmap(g->start + i * 8 * KB,
			     g->start + i * 8 * KB + 4 * KB);
	result(ok && nobodys() == some,
	       "each of them was there, and all are given back");
}

void test_demand(void)
{
	test_guest(wanted("domU1"));
	test_twice(wanted("domU1"));
	test_refusals(wanted("domU1"));
	test_no_region_left(wanted("domU2"));
	result(audit(true), "after mapping on demand: registers and copy agree");
}

/* Contexts */

static int change_context(const struct physmap_mpu_want *wants, unsigned int nr)
{
	record_mark("switch");
	return physmap_mpu_switch(mpu(), wants, nr, &why);
}

static struct physmap_mpu_want context(const struct physmap_mpu_want *w)
{
	struct physmap_mpu_want c = *w;

	c.life = PHYSMAP_MPU_SWITCHING;
	c.slot = PHYSMAP_MPU_LOWEST;
	return c;
}

/* The first KiB of BRAM: both guests have it. */
static struct physmap_mpu_want shared_memory(void)
{
	const u64 start = boot.tree.memory[0].start;
	struct physmap_mpu_want w = page("shared memory", start, start + KB,
					 PHYSMAP_WRITE);

	return context(&w);
}

static bool sees(const struct physmap_mpu_want *w)
{
	return can_write(w->start) & can_write(w->end - 4) &
	       cannot_execute(w->start);
}

static bool sees_not(const struct physmap_mpu_want *w)
{
	return cannot_read(w->start) & cannot_write(w->end - 4);
}

void test_contexts(void)
{
	const struct physmap_mpu_want one[2] = {
		context(wanted("domU1")), shared_memory() };
	const struct physmap_mpu_want two[3] = {
		shared_memory(), context(wanted("domU2")),
		context(wanted("domU1")) };
	u64 stores;

	result(!change_context(one, 2) && sees(&one[0]) && sees(&one[1]) &&
	       sees_not(&two[1]), "a guest sees its memory and not the other's");
	set_word_at(one[0].start, 0x33);
	set_word_at(one[1].start, 0x44);
	stores = mpu()->report.stores;
	result(!change_context(two, 2) && sees(&two[0]) && sees(&two[1]) &&
	       sees_not(&one[0]) && word_at(two[0].start) == 0x44,
	       "the other one sees its own, and what they share");
	result(mpu()->report.stores == stores + 3,
	       "what both have stays: three stores for the rest");
	result(!change_context(one, 2) && word_at(one[0].start) == 0x33 &&
	       sees_not(&two[1]), "the first one again, as it was left");
	look(&before);
	result(refused(change_context(two, 3), PHYSMAP_MPU_NO_REGION, &why,
		       &before) && sees(&one[0]),
	       "a context of more regions than were set aside is refused");
	result(!change_context(one, 0) && sees_not(&one[0]) &&
	       sees_not(&one[1]) && sees_not(&two[1]),
	       "a context with no memory of its own sees none of it");
	result(audit(true), "after changes of context: registers and copy agree");
}
