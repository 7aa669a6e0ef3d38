// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the MPU itself does with what the engine never asks of it: overlaps,
 * inverted limits, numbers that it does not have, the background region. By
 * registers written past the engine, in regions that nobody has, and undone.
 */
#include "r52.h"
#include "pmsav8_32.h"

#define BASE(address)	((address) | PMSAV8_32_SH_INNER | PMSAV8_32_XN)
#define LIMIT(address)	((((address) - 1) & PMSAV8_32_ADDRESS) | PMSAV8_32_EN)

/* The highest region below @below that is nobody's. */
static unsigned int spare(unsigned int below)
{
	while (below-- && (mpu()->slot[below].references ||
			   mpu()->slot[below].reserved))
		;
	return below;
}

static bool reads_from_to(u32 start, u32 end)
{
	u32 at;

	for (at = start; at < end; at += 32)
		if (!can_read(at) || !can_read(at + 28))
			return false;
	return true;
}

static bool faults_from_to(u32 start, u32 end)
{
	u32 at;

	for (at = start; at < end; at += 32)
		if (!cannot_read(at) || !cannot_write(at + 28))
			return false;
	return true;
}

static void heard(void *to, const struct physmap_mpu_finding *f)
{
	*(unsigned int *)to += 1;
}

/* Two regions of which the last 64 bytes of one are the first of the other. */
static void test_overlap(u32 at, unsigned int low, unsigned int high)
{
	unsigned int findings = 0;

	write_region(low, BASE(at), LIMIT(at + 192));
	result(reads_from_to(at, at + 192) && faults_from_to(at + 192, at + 256),
	       "a region of three granules is three granules (MPU-1)");
	write_region(high, BASE(at + 128), LIMIT(at + 320));
	result(reads_from_to(at, at + 128) &&
	       faults_from_to(at + 128, at + 192) &&
	       reads_from_to(at + 192, at + 320),
	       "where two regions overlap an access faults, and nowhere else (MPU-4)");
	record_mark("by hand");
	result(physmap_mpu_audit(mpu(), false, heard, &findings) >= 2 &&
	       findings >= 2,
	       "the audit tells of regions that the engine did not make (MPU-13)");
	clear_region(high);
	result(reads_from_to(at, at + 192),
	       "and the rest works again when one of them has gone");
	clear_region(low);
}

static void test_inverted(u32 at, unsigned int n)
{
	write_region(n, BASE(at + 128), LIMIT(at + 64));
	result(faults_from_to(at, at + 256),
	       "a limit below the base matches nothing (MPU-6)");
	clear_region(n);
}

/* Written and read back: what QEMU does is not what others must do. */
static void test_selector(void)
{
	u32 got;

	write_selector(3);
	write_selector(mpu()->count);
	got = read_selector();
	say("# HPRSELR is %u after %u was written to it\n", got, mpu()->count);
	result(got == 3,
	       "a number that is not there leaves the old one selected (MPU-5)");
}

static void test_background(u32 at)
{
	const u32 off = read_hsctlr();
	bool ok = cannot_read(at);

	write_hsctlr(off | PMSAV8_SCTLR_BR);
	ok &= can_read(at) & can_write(at) & cannot_write(address_of(text_start));
	write_hsctlr(off);
	result(ok & cannot_read(at),
	       "a background region would let all through that has no region (MPU-7)");
}

void test_mpu_itself(void)
{
	static struct hardware before;
	const u32 at = wanted("domU1")->start;
	const unsigned int high = spare(mpu()->count), low = spare(high);

	look(&before);
	test_overlap(at, low, high);
	test_inverted(at, low);
	test_selector();
	test_background(at);
	result(looks_like(&before) && audit(false),
	       "all of it undone: registers and copy agree");
}
