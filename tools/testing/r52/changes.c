// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes beneath running code: regions get other numbers, borders and pieces.
 * Memory is filled before and looked at after every step, word by word.
 */
#include "r52.h"

static struct physmap_mpu_refusal why;
static struct hardware before;

static void fill(u32 start, u32 end, u32 seed)
{
	volatile u32 *word;

	for (word = (u32 *)start; word < (u32 *)end; word++)
		*word = address_of((void *)word) * 2654435761u + seed;
}

static bool holds(u32 start, u32 end, u32 seed)
{
	volatile u32 *word;

	for (word = (u32 *)start; word < (u32 *)end; word++)
		if (*word != address_of((void *)word) * 2654435761u + seed)
			return false;
	return true;
}

static unsigned int enabled(void)
{
	unsigned int n, some = 0;

	for (n = 0; n < mpu()->count; n++)
		some += !!mpu()->slot[n].references;
	return some;
}

/* The number of the region that begins at an address. */
static unsigned int number_of(u32 start)
{
	unsigned int n;

	for (n = 0; n < mpu()->count; n++)
		if (mpu()->slot[n].references &&
		    mpu()->slot[n].region.start == start)
			break;
	return n;
}

static unsigned int spare(void)
{
	unsigned int n = 0;

	while (n < mpu()->count && (mpu()->slot[n].references ||
				    mpu()->slot[n].reserved))
		n++;
	return n;
}

static bool map(const char *name, u32 start, u32 end, u32 attrs)
{
	const struct physmap_mpu_want want = {
		.name = name, .start = start, .end = end,
		.early = attrs, .final = attrs,
		.life = PHYSMAP_MPU_ON_DEMAND, .slot = PHYSMAP_MPU_LOWEST,
	};
	unsigned int slot;

	record_mark("map");
	return !physmap_mpu_map(mpu(), &want, &slot, &why);
}

static bool unmap(u32 start, u32 end)
{
	record_mark("unmap");
	return !physmap_mpu_unmap(mpu(), start, end, &why);
}

/* The region at @start, to number @to. */
static bool move(u32 start, unsigned int to)
{
	record_mark("move");
	return !physmap_mpu_move(mpu(), number_of(start), to, &why) &&
	       number_of(start) == to;
}

static bool move_border(u32 from, u32 to)
{
	record_mark("move border");
	return !physmap_mpu_move_border(mpu(), from, to, &why);
}

static void test_move(const struct physmap_mpu_want *heap)
{
	const unsigned int last = mpu()->count - 1, other = spare();
	int err;

	result(number_of(heap->start) == last,
	       "the static heap has the highest number");
	result(move(heap->start, other) & holds(heap->start, heap->end, 1) &
	       can_write(heap->end - 4),
	       "the heap has another number, and what was in it");
	result(move(heap->start, last) & holds(heap->start, heap->end, 1) &
	       can_write(heap->end - 4),
	       "the heap has the highest number again, and what was in it");
	look(&before);
	record_mark("refused");
	err = physmap_mpu_move(mpu(), 0, other, &why);
	result(refused(err, PHYSMAP_MPU_IN_USE, &why, &before),
	       "running code does not get another number");
	err = physmap_mpu_move(mpu(), last, mpu()->count, &why);
	result(refused(err, PHYSMAP_MPU_BAD_SLOT, &why, &before),
	       "nothing gets a number that is not there (MPU-5)");
}

/* Below the border it is writable, from it on it is not. */
static bool border_is_at(u32 at)
{
	return can_write(at - 4) & can_read(at) & cannot_write(at);
}

static void test_border(u32 at)
{
	const u32 end = at + 128 * KB;
	bool ok = map("low", at, end, PHYSMAP_WRITE);

	fill(at, end, 2);
	ok &= unmap(at, end) && map("low", at, at + 64 * KB, PHYSMAP_WRITE) &&
	      map("high", at + 64 * KB, end, 0);
	result(ok && border_is_at(at + 64 * KB) && holds(at, end, 2),
	       "two regions touch, with different rights");
	result(move_border(at + 64 * KB, at + 96 * KB) &&
	       border_is_at(at + 96 * KB) && holds(at, end, 2),
	       "their border is 32 KiB higher, and all data is there");
	result(move_border(at + 96 * KB, at + 64) && border_is_at(at + 64) &&
	       holds(at, end, 2),
	       "their border is a granule from the end, and all data is there");
	result(unmap(at, at + 64) && unmap(at + 64, end) && cannot_read(at) &&
	       cannot_read(end - 4),
	       "both are unmapped by the ranges that they have now");
}

/* What runs uses the lower region all the time. */
static void test_stack_border(void)
{
	const u32 at = address_of(bss_end);
	const bool ok = cannot_read(at) &&
			map("behind the stack", at, at + 192, 0) &&
			cannot_write(at);

	result(ok && move_border(at, at + 128) && border_is_at(at + 128) &&
	       can_write(at), "the stack's region grows beneath the stack");
	result(move_border(at + 128, at) && border_is_at(at) &&
	       unmap(at, at + 192) && cannot_read(at),
	       "and shrinks again, to where it was");
	look(&before);
	record_mark("refused");
	result(refused(physmap_mpu_restrict(mpu(), address_of(bss_start), at,
					    PHYSMAP_WRITE, &why),
		       PHYSMAP_MPU_IN_USE, &why, &before),
	       "a stack in use does not become read-only");
}

static bool carve(const char *name, u32 start, u32 end, u32 attrs)
{
	const struct physmap_mpu_want want = {
		.name = name, .start = start, .end = end,
		.early = attrs, .final = attrs,
		.life = PHYSMAP_MPU_ON_DEMAND, .slot = PHYSMAP_MPU_LOWEST,
	};
	unsigned int slot;

	record_mark("carve");
	return !physmap_mpu_carve(mpu(), &want, &slot, &why);
}

static void test_carve(const struct physmap_mpu_want *heap)
{
	const u32 start = heap->start + 256 * KB, end = start + 64 * KB;
	const unsigned int some = enabled();

	result(carve("piece", start, end, 0) && enabled() == some + 2 &&
	       border_is_at(start) && cannot_write(end - 4) && can_write(end) &&
	       can_write(heap->start) && can_write(heap->end - 4) &&
	       holds(heap->start, heap->end, 1),
	       "a piece of the heap is read-only: three regions, and all data is there");
	result(audit(true), "cut up: registers and copy agree");
	result(unmap(start, end) && enabled() == some && can_write(start) &&
	       can_write(end - 4) && holds(heap->start, heap->end, 1) &&
	       mpu()->report.splits == 1 && mpu()->report.joins == 1,
	       "the piece is given back: one region, and all data is there");
}

static void test_restrict(u32 at)
{
	const u32 end = at + 4 * KB;
	bool ok = map("page", at, end, PHYSMAP_WRITE);

	fill(at, end, 3);
	record_mark("restrict");
	ok &= !physmap_mpu_restrict(mpu(), at, end, PHYSMAP_WRITE, &why);
	result(ok && cannot_write(at) && cannot_write(end - 4) &&
	       holds(at, end, 3) && unmap(at, end),
	       "a region that was writable is read-only, and all data is there");
}

void test_changes(void)
{
	const struct physmap_mpu_want *heap = wanted("static heap");
	const u32 at = wanted("domU1")->start;

	fill(heap->start, heap->end, 1);
	test_move(heap);
	test_border(at);
	test_stack_border();
	test_carve(heap);
	test_restrict(at);
	result(audit(true), "after changes: registers and copy agree");
}
