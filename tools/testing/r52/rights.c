// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each region that boot made lets through, at its first word and at its
 * last, what lies between regions, and what is different when boot is over.
 */
#include "r52.h"

/* The words at both ends. */
static bool both(bool (*what)(u32 address), const char *start, const char *end)
{
	return what(address_of(start)) & what(address_of(end) - 4);
}

static bool only_read(const char *start, const char *end)
{
	return both(can_read, start, end) & both(cannot_write, start, end) &
	       both(cannot_execute, start, end);
}

static bool written(const char *start, const char *end)
{
	return both(can_read, start, end) & both(can_write, start, end) &
	       both(cannot_execute, start, end);
}

/* Nothing beside a wanted range, to the word, and nothing of it executes. */
static bool stands_alone(const struct physmap_mpu_want *w)
{
	return can_read(w->start) & can_read(w->end - 4) &
	       cannot_execute(w->start) & cannot_execute(w->end - 4) &
	       cannot_read(w->start - 4) & cannot_read(w->end) &
	       cannot_write(w->start - 4) & cannot_write(w->end);
}

static void test_image(void)
{
	result(both(can_read, text_start, text_end) &
	       both(cannot_write, text_start, text_end) &
	       can_execute(address_of(just_return)),
	       "text executes and is not writable");
	result(only_read(rodata_start, rodata_end),
	       "rodata is neither writable nor executable");
	result(written(data_start, data_end) & written(bss_start, bss_end),
	       "data and BSS are writable and not executable");
	result(written(ro_after_init_start, ro_after_init_end),
	       "ro-after-init is writable while boot lasts");
	result(boot_function() == 0x600d &&
	       both(cannot_write, init_text_start, init_text_end) &&
	       written(init_data_start, init_data_end),
	       "init text runs and is not writable, init data the other way");
	result(cannot_read(address_of(text_start) - 4) &
	       cannot_read(address_of(init_text_end)),
	       "the image ends where it ends, to the granule (MPU-1)");
}

static void test_holes(void)
{
	result(cannot_read(wanted("domU1")->start) &
	       cannot_read(wanted("domU2")->end - 4) &
	       cannot_read(boot.tree.memory[0].start) &
	       cannot_read(boot.tree.no_map[0].start) & cannot_write(0x80000000),
	       "memory that nobody asked for faults, and so do guests'");
	result(cannot_read(LEFT_OVER) & cannot_read(LEFT_OVER + 60),
	       "a region that was left by who ran before is gone (MPU-11)");
}

static void test_uart(void)
{
	const struct physmap_device *uart = &boot.tree.uart;

	result(can_read(uart->start) & can_read(uart->start + uart->size - 4) &
	       cannot_execute(uart->start) & cannot_read(uart->start - 4) &
	       cannot_read(uart->start + uart->size),
	       "the UART has its exact region: the next UART, 4 KiB on, faults (MPU-16)");
}

void test_rights(void)
{
	test_image();
	test_holes();
	result(stands_alone(wanted("device tree")) &
	       cannot_write(wanted("device tree")->start),
	       "the device tree can be read, and nothing around it");
	result(stands_alone(wanted("static heap")) &
	       can_write(wanted("static heap")->start) &
	       can_write(wanted("static heap")->end - 4),
	       "the static heap can be written, and nothing around it");
	test_uart();
}

/* Takes what the engine did since, too. */
static bool cost(const struct physmap_mpu_report *before, unsigned int stores,
		 unsigned int syncs)
{
	return mpu()->report.stores == before->stores + stores &&
	       mpu()->report.syncs == before->syncs + syncs;
}

static void test_finish(void)
{
	const struct physmap_mpu_report before = mpu()->report;
	static struct physmap_mpu_refusal why;
	bool ok = set_by_boot == 2 && can_write(address_of(&set_by_boot));

	record_mark("finish");
	ok &= !physmap_mpu_finish(mpu(), &why);
	result(ok && only_read(ro_after_init_start, ro_after_init_end) &&
	       set_by_boot == 2,
	       "ro-after-init was written before pass 2 and cannot be after");
	result(mpu()->report.finished == 1 && cost(&before, 1, 1),
	       "pass 2 is one store for the region and one pair of barriers");
	result(audit(false), "after pass 2: registers and copy agree");
}

static void test_release(void)
{
	const struct physmap_mpu_report before = mpu()->report;
	static struct physmap_mpu_refusal why;
	bool there = can_read(TREE) & can_read(address_of(init_data_start)) &
		     (boot_function() == 0x600d);

	record_mark("release");
	there &= !physmap_mpu_release_boot(mpu(), &why);
	result(there & cannot_read(TREE) &
	       cannot_read(address_of(init_data_start)) &
	       cannot_execute(address_of(boot_function)),
	       "device tree, init data and init text are gone when boot is over");
	result(mpu()->report.released == 3 && cost(&before, 1, 1),
	       "three regions went by one store and one pair of barriers");
	result(audit(true), "after boot is over: registers and copy agree");
}

void test_end_of_boot(void)
{
	test_finish();
	test_release();
	physmap_mpu_print(&comment, mpu());
}
