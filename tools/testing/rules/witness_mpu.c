// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scenes on a simulated Armv8-R MPU: the planner, the engine and both encodings
 * as they are, from reset to a machine that runs and changes its regions. The
 * model judges every register access; after every act a scene says what must be
 * mapped now, and nothing else. A line on stdout for each broken rule.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <physmap/device.h>
#include "mpu.h"
#include "witness.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define KB		1024ULL
#define MB		(1024 * KB)
#define GB		(1024 * MB)

#define UART		0xe7c00000ULL
#define UART_END	(UART + 0x1000)
#define GUEST_UART	0xe7d00000ULL
#define RO		0
#define RW		PHYSMAP_WRITE
#define RX		PHYSMAP_EXEC
#define USER		PHYSMAP_USER
#define WANTED		300

#define LOWEST		PHYSMAP_MPU_LOWEST
#define HIGHEST		PHYSMAP_MPU_HIGHEST
#define ON_DEMAND	PHYSMAP_MPU_ON_DEMAND
#define SWITCHING	PHYSMAP_MPU_SWITCHING

static struct model_mpu m;
static struct physmap_mpu *const mpu = &m.pmsav8.mpu;
static struct physmap_mpu_plan plan;
static struct physmap_mpu_refusal why;
static struct physmap_mpu_use uses[3];
static bool wide;
static unsigned int regions;

/* What must be mapped now. */
static struct model_mpu_wanted wanted[WANTED];
static unsigned int n_wanted;

/* As it was before the last act. */
static struct physmap_mpu_slot copy[PHYSMAP_MPU_MAX];
static u64 writes;

static void mpu_heard(struct model_mpu *model,
		      const struct model_mpu_violation *v)
{
	broken(v->rule, "operation %llu: %s", v->number, v->text);
}

static void audit_heard(void *to, const struct physmap_mpu_finding *f)
{
	broken("UNEXPECTED", "the audit says %s: region %u: %s", f->rule,
	       f->slot, f->text);
}

/* PMSAv8-64 has its memory where no 32-bit MPU can have any. */
static u64 at(u64 offset)
{
	return (wide ? 32 * GB : 512 * MB) + offset;
}

static void name_scene(const char *what)
{
	static char name[80];

	snprintf(name, sizeof(name), "%s, PMSAv8-%s, %u regions", what,
		 wide ? "64" : "32", regions);
	scene = name;
}

/* What is wanted */

static void want(const char *name, u64 start, u64 end, u32 attrs,
		 unsigned int slot)
{
	if (n_wanted == WANTED) {
		expect(false, "the scene wants too much");
		return;
	}
	wanted[n_wanted++] = (struct model_mpu_wanted) {
		.name = name, .start = start, .end = end, .attrs = attrs,
		.slot = slot < LOWEST ? slot : MODEL_MPU_ANY,
	};
}

static struct model_mpu_wanted *wanted_at(u64 start)
{
	unsigned int i;

	for (i = 0; i < n_wanted; i++)
		if (wanted[i].start == start)
			return &wanted[i];
	expect(false, "the scene looks for what it does not want");
	return &wanted[0];
}

static void unwant(u64 start)
{
	struct model_mpu_wanted *w = wanted_at(start);

	*w = wanted[--n_wanted];
}

/* After every act. */
static void check(void)
{
	model_mpu_done(&m);
	model_mpu_compare(&m, wanted, n_wanted);
	model_mpu_compare_copy(&m);
	physmap_mpu_audit(mpu, false, audit_heard, NULL);
}

/* Acts */

static void remember(void)
{
	writes = m.writes;
	memcpy(copy, mpu->slot, sizeof(copy));
}

/* It must be done, and has been if this is true. */
static bool did(int err, const char *what)
{
	if (err && why.reason == PHYSMAP_MPU_NO_REGION)
		broken("MPU-17", "%s: no region is left, and the plan says that it fits",
		       what);
	else if (err)
		broken("UNEXPECTED", "%s is refused: %s", what, why.what);
	return !err;
}

/* It must not be done, and nothing may have changed. */
static bool refused(int err, enum physmap_mpu_reason reason, const char *what)
{
	if (!err) {
		broken("UNEXPECTED", "%s is not refused", what);
		return false;
	}
	if (why.reason != reason)
		broken("UNEXPECTED", "%s is refused for another reason: %s",
		       what, why.what);
	if (m.writes != writes || memcmp(copy, mpu->slot, sizeof(copy)))
		broken("UNEXPECTED", "%s is refused, and something has changed",
		       what);
	return true;
}

static struct physmap_mpu_want range(const char *name, u64 start, u64 end,
				     u32 attrs, enum physmap_mpu_life life)
{
	return (struct physmap_mpu_want) {
		.name = name, .start = start, .end = end, .early = attrs,
		.final = attrs, .life = life, .slot = LOWEST,
	};
}

static int map(const char *name, u64 start, u64 end, u32 attrs)
{
	const struct physmap_mpu_want w =
		range(name, start, end, attrs, ON_DEMAND);
	unsigned int slot;

	remember();
	return physmap_mpu_map(mpu, &w, &slot, &why);
}

static int unmap(u64 start, u64 end)
{
	remember();
	return physmap_mpu_unmap(mpu, start, end, &why);
}

static int carve(u64 start, u64 end, u32 attrs)
{
	const struct physmap_mpu_want w =
		range("piece", start, end, attrs, ON_DEMAND);
	unsigned int slot;

	remember();
	return physmap_mpu_carve(mpu, &w, &slot, &why);
}

static int move_border(u64 from, u64 to)
{
	remember();
	return physmap_mpu_move_border(mpu, from, to, &why);
}

static int restrict_to_less(u64 start, u64 end, u32 take)
{
	remember();
	return physmap_mpu_restrict(mpu, start, end, take, &why);
}

static void must_map(const char *name, u64 start, u64 end, u32 attrs)
{
	if (did(map(name, start, end, attrs), name))
		want(name, start, end, attrs, LOWEST);
	check();
}

static void must_unmap(u64 start, u64 end)
{
	if (did(unmap(start, end), "unmapping"))
		unwant(start);
	check();
}

/* What must be refused; if it is not, what comes of it is judged. */
static void must_not_map(const char *name, u64 start, u64 end, u32 attrs,
			 enum physmap_mpu_reason reason)
{
	if (!refused(map(name, start, end, attrs), reason, name))
		want(name, start, end, attrs, LOWEST);
	check();
}

/* Machines */

#define IMAGE_WANTS	12

/* As in Xen, and a buffer that is not cacheable. */
static struct physmap_mpu_want image[IMAGE_WANTS];

static void make_image(void)
{
	const struct physmap_mpu_want wants[IMAGE_WANTS] = {
		{ "text", at(0), at(MB), RX, RX, PHYSMAP_MPU_FIXED, 0 },
		{ "rodata", at(MB), at(MB + 256 * KB), RW, RO,
		  PHYSMAP_MPU_FIXED, 1 },
		{ "data", at(2 * MB), at(4 * MB), RW, RW,
		  PHYSMAP_MPU_FIXED, 2 },
		{ "init text", at(4 * MB), at(4 * MB + 64 * KB), RX, RX,
		  PHYSMAP_MPU_BOOT_ONLY, 3 },
		{ "init data", at(4 * MB + 64 * KB), at(4 * MB + 128 * KB), RW,
		  RW, PHYSMAP_MPU_BOOT_ONLY, 4 },
		{ "uart", UART, UART_END, RW | PHYSMAP_MPU_DEVICE_NGNRE,
		  RW | PHYSMAP_MPU_DEVICE_NGNRE, PHYSMAP_MPU_FIXED, 5 },
		{ "heap", at(16 * MB), at(32 * MB), RW, RW,
		  PHYSMAP_MPU_FIXED, HIGHEST },
		{ "device tree", at(8 * MB), at(8 * MB + 64), RO, RO,
		  PHYSMAP_MPU_BOOT_ONLY, HIGHEST },
		{ "buffer", at(40 * MB), at(41 * MB),
		  RW | PHYSMAP_MPU_NORMAL_NC, RW | PHYSMAP_MPU_NORMAL_NC,
		  PHYSMAP_MPU_FIXED, HIGHEST },
		{ "fixed late", at(48 * MB), at(49 * MB), RW, RO,
		  PHYSMAP_MPU_FIXED, HIGHEST },
		{ "guest", at(64 * MB), at(128 * MB), RW | USER, RW | USER,
		  SWITCHING, HIGHEST },
		{ "guest uart", GUEST_UART, GUEST_UART + 64 * KB,
		  RW | USER | PHYSMAP_MPU_DEVICE_NGNRNE,
		  RW | USER | PHYSMAP_MPU_DEVICE_NGNRNE, SWITCHING, LOWEST },
	};

	memcpy(image, wants, sizeof(image));
}

/* Which regions the image has when boot is over, and what else there is. */
#define IMAGE_FIXED	7
#define CONTEXT		3

static int make_plan(unsigned int on_demand)
{
	const struct physmap_mpu_request req = {
		.wants = image, .nr_wants = IMAGE_WANTS,
		.switching = CONTEXT, .on_demand = on_demand,
	};

	make_image();
	return physmap_mpu_plan(mpu->format, regions, &req, &plan, &why);
}

static void use(unsigned int i, const char *name, u64 start, u64 end,
		u32 attrs)
{
	uses[i] = (struct physmap_mpu_use) { name, start, end, attrs };
	model_mpu_use(&m, name, start, end, attrs);
}

/* After reset, with the background region, and code and stack in use. */
static void reset(const char *name)
{
	const struct model_mpu_config config = {
		.wide = wide, .count = regions, .seed = regions,
	};

	name_scene(name);
	model_mpu_start(&m, &config);
	m.heard = mpu_heard;
	m.sctlr |= MODEL_MPU_BR;
	mpu->format = wide ? &physmap_pmsav8_64 : &physmap_pmsav8_32;
	mpu->hooks = &physmap_pmsav8_hooks;
	use(0, "running code", at(64 * KB), at(68 * KB), RX);
	use(1, "the stack", at(3 * MB), at(3 * MB + 16 * KB), RW);
	use(2, "the console", UART, UART_END, RW);
	mpu->use = uses;
	mpu->nr_uses = ARRAY_SIZE(uses);
	model_mpu_copy(&m, (uintptr_t)mpu, (uintptr_t)mpu + sizeof(*mpu));
	model_mpu_copy(&m, at(3 * MB), at(3 * MB + 16 * KB));
	n_wanted = 0;
}

static void want_planned(void)
{
	unsigned int i;

	for (i = 0; i < IMAGE_WANTS; i++)
		want(image[i].name, image[i].start, image[i].end,
		     image[i].early, image[i].slot);
}

static bool start(void)
{
	const bool ok = did(physmap_mpu_start(mpu, &plan, &why), "start");

	if (ok)
		check();
	return ok;
}

static void finish(void)
{
	unsigned int i;

	did(physmap_mpu_finish(mpu, &why), "finish");
	for (i = 0; i < IMAGE_WANTS; i++)
		wanted[i].attrs = image[i].final;
	check();
}

static void release_boot(void)
{
	unsigned int i;

	did(physmap_mpu_release_boot(mpu, &why), "release");
	for (i = 0; i < IMAGE_WANTS; i++)
		if (image[i].life == PHYSMAP_MPU_BOOT_ONLY)
			unwant(image[i].start);
	check();
}

/* All of a boot. False if there is nothing to go on with. */
static bool boot(const char *name)
{
	reset(name);
	if (!did(make_plan(3), "the plan"))
		return false;
	want_planned();
	if (!start())
		return false;
	finish();
	release_boot();
	return true;
}

/* Scenes */

static void on_demand(void)
{
	const u64 guest = at(256 * MB);

	if (!boot("on demand"))
		return;
	must_map("scrubbed", guest, guest + 16 * MB, RW);
	must_map("image", guest + 16 * MB, guest + 16 * MB + 64, RO);
	must_map("late uart", UART_END, UART_END + 64,
		 RW | PHYSMAP_MPU_DEVICE_NGNRNE);
	/* Once more, and less of it: the same region. */
	did(map("again", guest, guest + 16 * MB, RW), "a second request");
	did(map("part", guest + MB, guest + 2 * MB, RW), "a part");
	check();
	did(unmap(guest + MB, guest + 2 * MB), "unmapping the part");
	did(unmap(guest, guest + 16 * MB), "unmapping once");
	check();
	must_not_map("other rights", guest, guest + MB, RO,
		     PHYSMAP_MPU_RIGHTS);
	must_not_map("an overlap", guest - MB, guest + MB, RW,
		     PHYSMAP_MPU_OVERLAP);
	must_unmap(guest, guest + 16 * MB);
	must_map("in its place", guest + 8 * MB, guest + 12 * MB, RX);
	must_unmap(guest + 8 * MB, guest + 12 * MB);
	must_unmap(guest + 16 * MB, guest + 16 * MB + 64);
	must_unmap(UART_END, UART_END + 64);
	refused(unmap(at(0), at(MB)), PHYSMAP_MPU_STAYS, "unmapping text");
	check();
}

/* What no region can be. */
static void refusals(void)
{
	const u64 free = at(256 * MB);

	if (!boot("refusals"))
		return;
	must_not_map("nothing", free, free, RW, PHYSMAP_MPU_EMPTY);
	must_not_map("inverted", free + 64, free, RW, PHYSMAP_MPU_EMPTY);
	if (!boot("refusals, granules"))
		return;
	must_not_map("begins in a granule", free + 32, free + 128, RW,
		     PHYSMAP_MPU_UNALIGNED);
	if (!boot("refusals, granules"))
		return;
	must_not_map("ends in a granule", free, free + 96, RW,
		     PHYSMAP_MPU_UNALIGNED);
	if (!boot("refusals, rights"))
		return;
	must_not_map("writable code", free, free + MB, RW | RX,
		     PHYSMAP_MPU_WX);
	if (!boot("refusals, device"))
		return;
	must_not_map("code in a device", free, free + MB,
		     RX | PHYSMAP_MPU_DEVICE_NGNRE, PHYSMAP_MPU_DEVICE);
	if (!boot("refusals, addresses"))
		return;
	refused(map("too high", mpu->format->address_limit - MB,
		    mpu->format->address_limit + MB, RW), PHYSMAP_MPU_ADDRESS,
		"too high");
	check();
}

static void carve_and_join(u64 from, u64 to)
{
	struct model_mpu_wanted *heap = wanted_at(at(16 * MB));
	const struct model_mpu_wanted all = *heap;

	if (!did(carve(from, to, RO), "a cut"))
		return;
	heap->end = from;
	if (heap->start == heap->end)
		unwant(from);
	want("piece", from, to, RO, LOWEST);
	if (to < all.end)
		want("the other side", to, all.end, RW, LOWEST);
	check();
	did(unmap(from, to), "giving it back");
	unwant(from);
	if (to < all.end)
		unwant(to);
	if (from == all.start)
		want(all.name, all.start, all.end, all.attrs, LOWEST);
	else
		wanted_at(all.start)->end = all.end;
	check();
}

static void carving(void)
{
	if (!boot("carving"))
		return;
	carve_and_join(at(20 * MB), at(24 * MB));
	carve_and_join(at(16 * MB), at(16 * MB + 64));
	carve_and_join(at(31 * MB), at(32 * MB));
	/* The stack is above the piece, then below it. */
	refused(carve(at(3 * MB), at(3 * MB + 64), RO), PHYSMAP_MPU_IN_USE,
		"carving the stack");
	check();
	if (did(carve(at(2 * MB), at(2 * MB + 4 * KB), RO), "below the stack")) {
		wanted_at(at(2 * MB))->end = at(2 * MB + 4 * KB);
		wanted_at(at(2 * MB))->attrs = RO;
		wanted_at(at(2 * MB))->slot = MODEL_MPU_ANY;
		want("data above", at(2 * MB + 4 * KB), at(4 * MB), RW, 2);
	}
	check();
	if (did(carve(at(3 * MB + MB / 2), at(4 * MB), RO), "above it")) {
		wanted_at(at(2 * MB + 4 * KB))->end = at(3 * MB + MB / 2);
		want("piece above", at(3 * MB + MB / 2), at(4 * MB), RO,
		     LOWEST);
	}
	check();
}

static void borders(void)
{
	const u64 low = at(256 * MB);
	const u64 border = low + MB;

	if (!boot("borders"))
		return;
	must_map("low", low, border, RW);
	must_map("high", border, border + MB, RO);
	did(move_border(border, border + 4 * KB), "upwards");
	wanted_at(low)->end = border + 4 * KB;
	wanted_at(border)->start = border + 4 * KB;
	check();
	did(move_border(border + 4 * KB, low + 64), "downwards");
	wanted_at(low)->end = low + 64;
	wanted_at(border + 4 * KB)->start = low + 64;
	check();
	refused(move_border(low + 64, low), PHYSMAP_MPU_EMPTY, "all of it");
	refused(move_border(low + 64, low + 32), PHYSMAP_MPU_UNALIGNED,
		"half a granule");
	refused(move_border(low, low + 64), PHYSMAP_MPU_NOT_MAPPED,
		"no border");
	check();
	/* The stack is on the way of this one. */
	must_map("above data", at(4 * MB), at(5 * MB), RO);
	refused(move_border(at(4 * MB), at(3 * MB)), PHYSMAP_MPU_IN_USE,
		"over the stack");
	check();
}

static int change_context(const struct physmap_mpu_want *wants,
			  unsigned int nr)
{
	remember();
	return physmap_mpu_switch(mpu, wants, nr, &why);
}

/* The old context's ranges go, the new one's come. */
static void must_switch(const struct physmap_mpu_want *old, unsigned int nr_old,
			const struct physmap_mpu_want *new, unsigned int nr)
{
	unsigned int i;

	if (!did(change_context(new, nr), "a switch"))
		return;
	for (i = 0; i < nr_old; i++)
		unwant(old[i].start);
	for (i = 0; i < nr; i++)
		want(new[i].name, new[i].start, new[i].end, new[i].final,
		     LOWEST);
	check();
}

static void contexts(void)
{
	const struct physmap_mpu_want a[] = {
		range("guest", at(64 * MB), at(128 * MB), RW | USER,
		      SWITCHING),
		range("guest uart", GUEST_UART, GUEST_UART + 64 * KB,
		      RW | USER | PHYSMAP_MPU_DEVICE_NGNRNE, SWITCHING),
	};
	/* The same memory cut otherwise, and the same device. */
	const struct physmap_mpu_want b[] = {
		range("second", at(96 * MB), at(160 * MB), RW | USER,
		      SWITCHING),
		range("second's code", at(64 * MB), at(65 * MB), RX | USER,
		      SWITCHING),
		range("guest uart", GUEST_UART, GUEST_UART + 64 * KB,
		      RW | USER | PHYSMAP_MPU_DEVICE_NGNRNE, SWITCHING),
	};
	const struct physmap_mpu_want wrong =
		range("over the heap", at(31 * MB), at(33 * MB), RW,
		      SWITCHING);

	if (!boot("contexts"))
		return;
	must_switch(a, ARRAY_SIZE(a), b, ARRAY_SIZE(b));
	must_switch(b, ARRAY_SIZE(b), a, ARRAY_SIZE(a));
	must_switch(a, ARRAY_SIZE(a), b, ARRAY_SIZE(b));
	refused(change_context(&wrong, 1), PHYSMAP_MPU_OVERLAP,
		"a context over the heap");
	check();
	must_switch(b, ARRAY_SIZE(b), NULL, 0);
	must_switch(NULL, 0, b, ARRAY_SIZE(b));
}

static void changes(void)
{
	const u64 free = at(256 * MB);
	unsigned int slot;

	if (!boot("changes"))
		return;
	must_map("loaded", free, free + MB, RW);
	for (slot = 0; slot < regions; slot++)
		if (mpu->slot[slot].region.start == free)
			break;
	did(physmap_mpu_move(mpu, slot, regions / 2, &why), "a move");
	wanted_at(free)->slot = regions / 2;
	check();
	remember();
	refused(physmap_mpu_move(mpu, regions / 2, regions, &why),
		PHYSMAP_MPU_BAD_SLOT, "a move beyond the last");
	remember();
	refused(physmap_mpu_move(mpu, 0, slot, &why), PHYSMAP_MPU_IN_USE,
		"moving running code");
	check();
	did(restrict_to_less(free, free + MB, RW), "taking a right");
	wanted_at(free)->attrs = RO;
	check();
	did(map("once more", free, free + MB, RO), "a second user");
	refused(restrict_to_less(free, free + MB, RX), PHYSMAP_MPU_STAYS,
		"taking what somebody else has");
	refused(restrict_to_less(at(0), at(MB), RX), PHYSMAP_MPU_IN_USE,
		"taking the running code's right");
	refused(restrict_to_less(at(2 * MB), at(3 * MB), RW),
		PHYSMAP_MPU_NOT_WHOLE, "taking from a part");
	check();
}

static int map_device(struct physmap_device_mpu *w,
		      const struct physmap_device *dev)
{
	struct physmap_refusal no;
	u64 va;
	int err;

	remember();
	err = physmap_map_device(&w->window, dev, &va, &no);
	why.reason = w->why.reason;
	why.what = no.what;
	expect(err || va == dev->start, "a device is somewhere else");
	return err;
}

/* Devices by their own call: exactly what they have, and as they want it. */
static void devices(void)
{
	const struct physmap_device second = {
		"second uart", UART_END, 64, PHYSMAP_DEVICE_NGNRNE,
	};
	const struct physmap_device half = {
		"half a granule", UART_END + 64, 72, PHYSMAP_DEVICE_NGNRE,
	};
	const struct physmap_device console = {
		"console", UART, 64, PHYSMAP_DEVICE_NGNRE,
	};
	struct physmap_device_mpu w;
	struct physmap_refusal no;

	if (!boot("devices"))
		return;
	physmap_device_mpu(&w, mpu);
	if (did(map_device(&w, &second), "a second uart"))
		want(second.name, UART_END, UART_END + 64,
		     RW | PHYSMAP_MPU_DEVICE_NGNRNE, LOWEST);
	check();
	/* What assembly has mapped serves whoever comes later. */
	did(map_device(&w, &console), "the console");
	check();
	refused(map_device(&w, &half), PHYSMAP_MPU_UNALIGNED, half.name);
	check();
	did(physmap_unmap_device(&w.window, &second, &no), "unmapping it");
	unwant(UART_END);
	check();
}

/* Assembly has made the first regions, and the MPU is on or off. */
static void taken_over(bool on)
{
	unsigned int n;

	reset(on ? "taken over, on" : "taken over, off");
	if (!did(make_plan(3), "the plan"))
		return;
	/* What assembly writes is the encoding itself (MPU-12). */
	for (n = 0; n < 6; n++) {
		const struct physmap_mpu_words w =
			mpu->format->encode(&plan.planned[n].early);

		model_mpu_put(&m, n, w.base, w.limit);
	}
	if (on) {
		m.mair = PMSAV8_MAIR_VALUE;
		m.mair_written = true;
		m.sctlr = MODEL_MPU_M | MODEL_MPU_C;
	} else {
		/* Somebody before has used a region that is to be free. */
		model_mpu_put(&m, regions - 1, at(0), at(MB) | 1);
	}
	want_planned();
	start();
	expect(mpu->report.kept == 6, "regions made by assembly are not kept");
	finish();
	release_boot();
	/* A region more than the plan has is not ours to take away. */
	if (!on)
		return;
	reset("taken over, with one too many");
	m.sctlr = MODEL_MPU_M | MODEL_MPU_C;
	model_mpu_put(&m, 9, at(512 * MB), at(513 * MB) | 1);
	remember();
	refused(physmap_mpu_start(mpu, &plan, &why), PHYSMAP_MPU_STAYS,
		"a region that is not in the plan");
}

static void not_ready(void)
{
	reset("entered with the caches on");
	did(make_plan(3), "the plan");
	want_planned();
	m.sctlr |= MODEL_MPU_C;
	remember();
	if (!refused(physmap_mpu_start(mpu, &plan, &why),
		     PHYSMAP_MPU_WRONG_STATE, "the caches on"))
		check();
	reset("entered with the background region");
	m.sctlr = MODEL_MPU_M | MODEL_MPU_C | MODEL_MPU_BR;
	remember();
	refused(physmap_mpu_start(mpu, &plan, &why), PHYSMAP_MPU_WRONG_STATE,
		"the background region on");
}

/* A plan for more regions than there are. */
static void too_few(void)
{
	reset("too few regions");
	did(make_plan(regions - IMAGE_FIXED - CONTEXT), "the plan");
	m.config.count -= 4;
	remember();
	if (!refused(physmap_mpu_start(mpu, &plan, &why),
		     PHYSMAP_MPU_WRONG_STATE, "too few regions"))
		model_mpu_done(&m);
}

/* What the plan has promised is there, all at once, and not one more. */
static void budget(void)
{
	const unsigned int most = regions - IMAGE_FIXED - CONTEXT;
	const struct physmap_mpu_want context[CONTEXT] = {
		range("one", at(64 * MB), at(65 * MB), RW, SWITCHING),
		range("two", at(66 * MB), at(67 * MB), RW, SWITCHING),
		range("three", at(68 * MB), at(69 * MB), RW, SWITCHING),
	};
	unsigned int i;

	reset("budget");
	if (!make_plan(most + 1))
		broken("MPU-17", "a plan for %u regions fits in %u",
		       regions + 1, regions);
	if (!did(make_plan(most), "the plan"))
		return;
	want_planned();
	if (!start())
		return;
	finish();
	release_boot();
	for (i = 0; i < most; i++) {
		const u64 from = at(256 * MB + i * 128 * KB);

		if (did(map("demanded", from, from + 64 * KB, RW), "the next"))
			want("demanded", from, from + 64 * KB, RW, LOWEST);
	}
	check();
	must_switch(&image[IMAGE_WANTS - 2], 2, context, CONTEXT);
	refused(map("one more", at(GB), at(GB + MB), RW),
		PHYSMAP_MPU_NO_REGION, "one more than there are");
	check();
	for (i = 0; i < most; i++) {
		const u64 from = at(256 * MB + i * 128 * KB);

		did(unmap(from, from + 64 * KB), "unmapping all");
		unwant(from);
	}
	check();
}

static void all_scenes(void)
{
	on_demand();
	refusals();
	carving();
	borders();
	contexts();
	changes();
	devices();
	taken_over(false);
	taken_over(true);
	not_ready();
	too_few();
	budget();
}

void mpu_scenes(void)
{
	static const unsigned int counts[] = { 16, 24, 255 };
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(counts); i++) {
		wide = i % 2;
		regions = counts[i / 2];
		all_scenes();
	}
}
