// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device mapped early: in a space that maps the UART nowhere, one call gives
 * it a page of a window, and the console is that page alone. The MMU says what
 * came of it, by AT instructions and by faults; the device by its registers.
 * While that space is in force nothing can be printed but through the window.
 */
#include <physmap/device.h>
#include "payload.h"

/* The real-time clock, a page behind the UART whatever the granule. */
#define CLOCK		0x09010000ULL
#define DEVICE_SIZE	(4 * KB)

#define DIVISOR		0x24	/* a PL011's baud rate, which QEMU ignores */
#define PART		0xfe0	/* of both: the low byte of the part's number */
#define PART_UART	0x11
#define PART_CLOCK	0x31

/* MAIR's bytes. Shareability is no question: a device is outer shareable. */
#define NGNRNE		0x00
#define NGNRE		0x04

/* What was seen while nothing could be printed. */
struct seen {
	u64 uart;
	u64 uart_write;
	u64 clock;
	struct fault elsewhere;
	struct fault before;
	struct fault behind;
	struct fault execute;
	u32 part;
	u32 part_clock;
	u64 va;
	u64 va_clock;
	int err;
};

static u32 read_register(u64 address)
{
	return *(volatile u32 *)address;
}

static void write_register(u64 address, u32 value)
{
	*(volatile u32 *)address = value;
}

static void put_through(u64 va, const char *text)
{
	for (; *text; text++) {
		while (read_register(va + 0x18) & BIT(5))
			;
		write_register(va, (u8)*text);
	}
}

static struct physmap_device device(const char *name, u64 start,
				    enum physmap_device_type type)
{
	return (struct physmap_device) {
		.name = name, .start = start, .size = DEVICE_SIZE, .type = type,
	};
}

/* The space is in force, and the UART is nowhere but at @seen->va. */
static void look(struct space *s, struct physmap_device_window *w,
		 struct seen *seen)
{
	const struct physmap_device clock =
		device("clock", CLOCK, PHYSMAP_DEVICE_NGNRNE);
	const u64 page = physmap_size(&s->arm64.geo, 0);
	struct physmap_refusal why;

	seen->elsewhere = probe_read(UART);
	seen->uart = translate(seen->va, false);
	seen->uart_write = translate(seen->va, true);
	seen->before = probe_read(seen->va - page);
	seen->behind = probe_read(seen->va + page);
	seen->execute = probe_execute(seen->va);
	seen->part = read_register(seen->va + PART);
	write_register(seen->va + DIVISOR, 0x77);
	put_through(seen->va, "# this line went through the window\n");
	/* One more, while hardware walks the table. */
	s->linear.live = true;
	seen->err = physmap_map_device(w, &clock, &seen->va_clock, &why);
	if (seen->err)
		return;
	seen->clock = translate(seen->va_clock, false);
	seen->part_clock = read_register(seen->va_clock + PART);
}

static bool is_device(u64 par, u64 pa, unsigned int type)
{
	if (!(par & PAR_F) && PAR_PA(par) == pa && PAR_TYPE(par) == type)
		return true;
	say("# %s: device: PAR %#llx\n", granule, par);
	return false;
}

static void tell(const struct space *s, const struct seen *seen)
{
	const u64 page = physmap_size(&s->arm64.geo, 0);

	result(is_device(seen->uart, UART, NGNRE) &&
	       is_device(seen->uart_write, UART, NGNRE) &&
	       seen->elsewhere.esr >> 26 == DATA_ABORT,
	       "%s: device: the UART is Device-nGnRE in the window, and nowhere else",
	       granule);
	result(seen->part == PART_UART &&
	       read_register(UART + DIVISOR) == 0x77,
	       "%s: device: its registers are read and written through the window",
	       granule);
	result(faults(seen->before, DATA_ABORT, translation_status(0),
		      seen->va - page) &&
	       faults(seen->behind, DATA_ABORT, translation_status(0),
		      seen->va + page) &&
	       faults(seen->execute, FETCH_ABORT, PERMISSION + 3, seen->va),
	       "%s: device: the pages around it fault, and so does executing there",
	       granule);
	result(!seen->err && seen->va_clock == seen->va + page &&
	       is_device(seen->clock, CLOCK, NGNRNE) &&
	       seen->part_clock == PART_CLOCK,
	       "%s: device: the clock gets the next page while the table is in use, as Device-nGnRnE",
	       granule);
}

/* The window begins in the middle of a table, to have neighbours in it. */
void test_device(const struct space *home)
{
	const struct physmap_device uart =
		device("uart", UART, PHYSMAP_DEVICE_NGNRE);
	const struct physmap_span none = { machine.ram_end, machine.ram_end };
	const u64 page = physmap_size(&home->arm64.geo, 0);
	static struct physmap_device_mmu w;
	static struct space s;
	struct physmap_refusal why;
	struct seen seen = { };
	u64 start;

	begin_space(&s, &home->arm64.machine, 0);
	start = s.linear.va_start + 5 * page;
	physmap_device_mmu(&w, &s.linear, start, start + 8 * page);
	w.memtype[PHYSMAP_DEVICE_NGNRNE] = DEVICE;
	w.memtype[PHYSMAP_DEVICE_NGNRE] = DEVICE_NGNRE;
	if (!result(map_memory(&s, &none) &&
		    !physmap_map_device(&w.window, &uart, &seen.va, &why) &&
		    seen.va == start,
		    "%s: device: the UART has the first page of a window",
		    granule))
		return;
	if (machine.el == 1)
		switch_to(&s);
	switch_identity(&s);
	look(&s, &w.window, &seen);
	switch_identity(home);
	if (machine.el == 1)
		switch_to(home);
	tell(&s, &seen);
	write_register(UART + DIVISOR, 0);
}
