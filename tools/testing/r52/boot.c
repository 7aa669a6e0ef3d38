// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the device tree to an MPU that is on and a console that has a region:
 * what an early hypervisor does before it can print. All of it is code and data
 * that only boot needs, but for what the rest wants to know of it.
 */
#include <linux/string.h>
#include "r52.h"

struct physmap_pmsav8 pmsav8;
struct boot boot;
struct physmap_mpu_plan boot_plan BOOT_DATA;
u32 set_by_boot RO_AFTER_INIT = 1;

static struct physmap_mpu_use uses[4];
static struct physmap_device_mpu devices;

/* Something that goes with boot, for the rest to look for. */
BOOT_TEXT u32 boot_function(void)
{
	return 0x600d;
}

static void want(const char *name, const char *start, const char *end,
		 u32 early, u32 final, enum physmap_mpu_life life,
		 unsigned int slot)
{
	boot.wants[boot.request.nr_wants++] = (struct physmap_mpu_want) {
		.name = name,
		.start = address_of(start),
		.end = address_of(end),
		.early = early,
		.final = final,
		.life = life,
		.slot = slot,
	};
}

/* The image itself. Numbers 0 to 4 are start.S's (MPU-12). */
static BOOT_TEXT void want_image(void)
{
	want("text", text_start, text_end, PHYSMAP_EXEC, PHYSMAP_EXEC,
	     PHYSMAP_MPU_FIXED, 0);
	want("rodata", rodata_start, rodata_end, 0, 0, PHYSMAP_MPU_FIXED, 1);
	want("ro-after-init", ro_after_init_start, ro_after_init_end,
	     PHYSMAP_WRITE, 0, PHYSMAP_MPU_FIXED, 2);
	want("data", data_start, data_end, PHYSMAP_WRITE, PHYSMAP_WRITE,
	     PHYSMAP_MPU_FIXED, 3);
	want("bss", bss_start, bss_end, PHYSMAP_WRITE, PHYSMAP_WRITE,
	     PHYSMAP_MPU_FIXED, 4);
	want("init data", init_data_start, init_data_end, PHYSMAP_WRITE,
	     PHYSMAP_WRITE, PHYSMAP_MPU_BOOT_ONLY, PHYSMAP_MPU_LOWEST);
	want("init text", init_text_start, init_text_end, PHYSMAP_EXEC,
	     PHYSMAP_EXEC, PHYSMAP_MPU_BOOT_ONLY, PHYSMAP_MPU_LOWEST);
}

/* The UART is mapped by who prints, and so counts among what is on demand. */
static BOOT_TEXT void want_tree(void)
{
	unsigned int i;

	for (i = 0; i < boot.tree.nr_wants; i++) {
		struct physmap_mpu_want *w =
			&boot.wants[boot.request.nr_wants++];

		*w = boot.tree.want[i];
		if (w->start == boot.tree.uart.start)
			w->life = PHYSMAP_MPU_ON_DEMAND;
	}
	boot.request.wants = boot.wants;
	boot.request.switching = 2;
	boot.request.on_demand = 4;
}

const struct physmap_mpu_want *wanted(const char *name)
{
	unsigned int i;

	for (i = 0; i < boot.request.nr_wants; i++)
		if (!strcmp(boot.wants[i].name, name))
			return &boot.wants[i];
	return NULL;
}

/* Running code, its constants, its data, its stack. */
static BOOT_TEXT void begin(void)
{
	uses[0] = (struct physmap_mpu_use) {
		"running code", address_of(text_start), address_of(text_end),
		PHYSMAP_EXEC };
	uses[1] = (struct physmap_mpu_use) {
		"constants", address_of(rodata_start), address_of(rodata_end),
		0 };
	uses[2] = (struct physmap_mpu_use) {
		"data", address_of(data_start), address_of(data_end),
		PHYSMAP_WRITE };
	uses[3] = (struct physmap_mpu_use) {
		"stack", address_of(bss_start), address_of(bss_end),
		PHYSMAP_WRITE };
	pmsav8.mpu.format = &physmap_pmsav8_32;
	pmsav8.mpu.hooks = &physmap_pmsav8_hooks;
	pmsav8.mpu.use = uses;
	pmsav8.mpu.nr_uses = 4;
	pmsav8.registers = &recorder;
}

/* What the device tree says, and what that comes to. */
static BOOT_TEXT int plan(struct physmap_mpu_refusal *why)
{
	int err = physmap_mpu_read_tree(&physmap_pmsav8_32, (void *)TREE,
					&boot.tree, why);

	if (err)
		return err;
	want_image();
	want_tree();
	return physmap_mpu_plan(&physmap_pmsav8_32, mpu()->hooks->count(mpu()),
				&boot.request, &boot_plan, why);
}

/* The first thing that is mapped on demand, and the only one that must be. */
static BOOT_TEXT int map_console(struct physmap_refusal *why)
{
	int err;

	record_mark("map console");
	physmap_device_mpu(&devices, mpu());
	err = physmap_map_device(&devices.window, &boot.tree.uart,
				 &boot.console, why);
	boot.characters = characters_before_console();
	if (!err)
		console_open(boot.console);
	return err;
}

/*
 * With the MPU on, a region that is enabled and not planned is not the engine's
 * to disable. Asks all the same, then removes it.
 */
static BOOT_TEXT void try_with_stray_region(void)
{
	static struct hardware before;

	mpu()->count = mpu()->hooks->count(mpu());
	look(&before);
	record_mark("refused");
	boot.was_left = physmap_mpu_start(mpu(), &boot_plan, &boot.stray) &&
			looks_like(&before);
	mpu()->hooks->write_limit(mpu(), boot.stray.asked.slot, 0);
	mpu()->hooks->sync(mpu());
}

/* For who reads the record: what there was before. */
static BOOT_TEXT void record_found(void)
{
	unsigned int n, count;

	record_mark("found");
	recorder.read(mpu(), PMSAV8_SCTLR);
	recorder.read(mpu(), PMSAV8_MAIR);
	count = mpu()->hooks->count(mpu());
	for (n = 0; n < count; n++)
		mpu()->hooks->read(mpu(), n);
}

/* On an error that is told, and false returned. */
BOOT_TEXT bool boot_mpu(void)
{
	static struct physmap_mpu_refusal why;
	struct physmap_refusal device = { 0 };
	int err;

	begin();
	record_found();
	record_mark("plan");
	err = plan(&why);
	boot.was_on = read_hsctlr() & PMSAV8_SCTLR_M;
	if (!err && boot.was_on)
		try_with_stray_region();
	if (!err) {
		record_mark("start");
		err = physmap_mpu_start(mpu(), &boot_plan, &why);
	}
	if (err) {
		physmap_mpu_print_refusal(&comment, &why);
		return false;
	}
	boot.made = mpu()->report;
	set_by_boot = 2;
	err = map_console(&device);
	if (err && devices.why.reason)
		physmap_mpu_print_refusal(&comment, &devices.why);
	else if (err)
		say("# console: %s (%s)\n", device.what, device.rule);
	return !err;
}
