// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the image does: it boots with the engine and tries at every step what
 * the MPU lets through. All that is told is measured: by faults taken, by data
 * read again, by registers read past the engine.
 */
#include "r52.h"

static void print_finding(void *to, const struct physmap_mpu_finding *f)
{
	say("# region %u: %s (%s)\n", f->slot, f->text, f->rule);
}

/* Do registers and copy say the same, and nothing that is wrong? */
bool audit(bool boot_is_over)
{
	record_mark("audit");
	return !physmap_mpu_audit(mpu(), boot_is_over, print_finding, NULL);
}

/* The refusal is the one it should be, is told, and nothing has changed. */
bool refused(int err, enum physmap_mpu_reason reason,
	     const struct physmap_mpu_refusal *why,
	     const struct hardware *before)
{
	physmap_mpu_print_refusal(&comment, why);
	return err && err == why->error && why->reason == reason &&
	       looks_like(before);
}

static bool tree_is_read(void)
{
	const struct physmap_mpu_tree *t = &boot.tree;

	return t->nr_memory == 2 && t->memory[1].start == 0x20000000 &&
	       t->nr_no_map == 1 && t->no_map[0].start == 0x28000000 &&
	       t->uart.start == 0xe7c00000 && t->uart.size == 0x1000 &&
	       wanted("static heap") && wanted("domU1") && wanted("domU2");
}

#define SCTLR_BITS (PMSAV8_SCTLR_M | PMSAV8_SCTLR_C | PMSAV8_SCTLR_BR | \
		    PMSAV8_SCTLR_WXN)

/* The MPU was on before any C ran. */
static void test_taken_over(void)
{
	physmap_mpu_print_refusal(&comment, &boot.stray);
	result(boot.was_left && boot.stray.reason == PHYSMAP_MPU_STAYS &&
	       boot.stray.asked.slot == 9,
	       "with a region that nobody planned a running MPU was not taken over");
	result(boot.made.kept == 8,
	       "without it all regions that assembly made were kept (MPU-12)");
}

void test_boot(void)
{
	result(tree_is_read(),
	       "the device tree tells of memory, the UART, the heap and guests");
	physmap_mpu_print_plan(&comment, mpu()->format, &boot.request,
			       &boot_plan);
	result(mpu()->count == 16 && (read_hmpuir() & 0xff) == 16,
	       "16 regions, as HMPUIR says (MPU-3)");
	result((read_hsctlr() & SCTLR_BITS) == (SCTLR_BITS & ~PMSAV8_SCTLR_BR),
	       "the MPU and the data cache are on, the background region is off (MPU-7)");
	result(read_hmair() == PMSAV8_MAIR_VALUE,
	       "HMAIR has the four memory types (MPU-11)");
	if (boot.was_on)
		test_taken_over();
	else
		result(boot.made.kept == 5,
		       "regions 0 to 4 were found as assembly made them, and kept (MPU-12)");
	result(boot.made.kept + boot.made.early + boot.made.final ==
		       boot_plan.nr_planned,
	       "all other regions of the plan were made");
	result(!boot.characters && boot.console == boot.tree.uart.start,
	       "nothing was printed before the UART had a region (MPU-7)");
	say("# boot took %llu stores and %llu pairs of barriers\n",
	    boot.made.stores, boot.made.syncs);
	result(audit(false), "after boot: registers and copy agree (MPU-13)");
}

void image_main(void)
{
	const bool fine = boot_mpu();

	say("KTAP version 1\n");
	if (!result(fine, "an MPU that is on, and a console")) {
		finish();
		return;
	}
	test_boot();
	test_rights();
	test_mpu_itself();
	test_end_of_boot();
	test_changes();
	test_demand();
	test_contexts();
	say_faults();
	result(record_print(), "all that was done to the registers was recorded");
	finish();
}
