// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine: an536's UART as console, the end of the run by semihosting, what
 * comes of accesses, and the MPU's registers as they are, read past the engine.
 * What the engine does to them it does by pmsav8_native_32.c.
 */
#include <linux/string.h>
#include "r52.h"

/* The console */

/* A CMSDK UART's registers, by number of the word. */
enum { DATA, STATE, CTRL, INTSTATUS, BAUDDIV };

#define STATE_TX_FULL	BIT(0)
#define CTRL_TX		BIT(0)
#define BAUDDIV_LEAST	16

/* Of semihosting. */
#define SYS_WRITEC	0x03
#define SYS_EXIT	0x18
#define EXIT_FINE	0x20026

static volatile u32 *uart;
static unsigned int without_console;
static char last = '\n';

/*
 * While there is no console only a boot that fails has anything to say. The
 * host hears it.
 */
void put(char c)
{
	last = c;
	if (!uart) {
		without_console++;
		semihosting(SYS_WRITEC, address_of(&c));
		return;
	}
	while (uart[STATE] & STATE_TX_FULL)
		;
	uart[DATA] = (u8)c;
}

void console_open(u32 address)
{
	uart = (u32 *)address;
	uart[BAUDDIV] = BAUDDIV_LEAST;
	uart[CTRL] = CTRL_TX;
}

unsigned int characters_before_console(void)
{
	return without_console;
}

void power_off(void)
{
	semihosting(SYS_EXIT, EXIT_FINE);
}

void image_exception(u32 number, u32 hsr, u32 far, u32 elr)
{
	say("# vector %u: HSR %#llx HDFAR %#llx ELR %#llx\n", number, (u64)hsr,
	    (u64)far, (u64)elr);
	result(false, "no exception that nobody waits for");
	finish();
}

/* The engine's own lines are comments among the results. */
static void print_comment(struct physmap_out *out, const char *fmt,
			  va_list args)
{
	if (last == '\n')
		say("# ");
	print(fmt, args);
}

struct physmap_out comment = { .vprint = print_comment };

/* Accesses */

#define CLASS(hsr)	((hsr) >> 26)
#define CLASS_FETCH	0x21
#define CLASS_DATA	0x25
#define HSR_WRITE	BIT(6)
#define STATUS(hsr)	((hsr) & 0x3f)

/* MPU-20: a fault of the MPU is one or the other. */
#define TRANSLATION	0x04
#define PERMISSION	0x0c

enum access { READ, WRITE, EXECUTE };

static unsigned int faults[2];
static u32 last_hsr[3];		/* by access */

/* Must fault, and by the MPU: the address, the class, the status. */
static bool must_fault(enum access access, u32 address, u64 fault)
{
	const u32 hsr = fault, far = fault >> 32;
	const u32 class = access == EXECUTE ? CLASS_FETCH : CLASS_DATA;
	const bool ok = CLASS(hsr) == class && far == address &&
			(STATUS(hsr) == TRANSLATION ||
			 STATUS(hsr) == PERMISSION) &&
			(access == EXECUTE ||
			 !(hsr & HSR_WRITE) == (access == READ));

	last_hsr[access] = hsr;
	if (ok)
		faults[STATUS(hsr) == PERMISSION]++;
	else
		say("# %s %#llx: HSR %#llx, address %#llx: not the MPU's fault\n",
		    access == READ  ? "reading" :
		    access == WRITE ? "writing" :
				      "executing",
		    (u64)address, (u64)hsr, (u64)far);
	return ok;
}

static bool must_not_fault(const char *what, u32 address, u64 fault)
{
	if (fault)
		say("# %s %#llx: HSR %#llx\n", what, (u64)address,
		    (u64)(u32)fault);
	return !fault;
}

bool can_read(u32 address)
{
	return must_not_fault("reading", address, probe_read(address));
}

/* A probe stores the address. What was there is there again afterwards. */
bool can_write(u32 address)
{
	volatile u32 *word = (u32 *)address;
	const u32 old = *word;
	const u64 fault = probe_write(address);
	const bool stored = *word == address;

	if (!fault)
		*word = old;
	return must_not_fault("writing", address, fault) && stored;
}

bool can_execute(u32 address)
{
	return must_not_fault("executing", address, probe_execute(address));
}

bool cannot_read(u32 address)
{
	return must_fault(READ, address, probe_read(address));
}

bool cannot_write(u32 address)
{
	return must_fault(WRITE, address, probe_write(address));
}

bool cannot_execute(u32 address)
{
	return must_fault(EXECUTE, address, probe_execute(address));
}

void say_faults(void)
{
	say("# faults taken: %u with status %#llx, %u with status %#llx (MPU-20)\n",
	    faults[0], (u64)TRANSLATION, faults[1], (u64)PERMISSION);
	say("# HSR of the last one: reading %#llx, writing %#llx, executing %#llx\n",
	    (u64)last_hsr[READ], (u64)last_hsr[WRITE], (u64)last_hsr[EXECUTE]);
}

/* Registers */

static u32 get(enum pmsav8_register reg)
{
	return physmap_pmsav8_native.read(mpu(), reg);
}

static void set(enum pmsav8_register reg, u32 value)
{
	physmap_pmsav8_native.write(mpu(), reg, value);
}

static void barriers(void)
{
	physmap_pmsav8_native.dsb(mpu());
	physmap_pmsav8_native.isb(mpu());
}

u32 read_hsctlr(void)
{
	return get(PMSAV8_SCTLR);
}

void write_hsctlr(u32 value)
{
	set(PMSAV8_SCTLR, value);
	barriers();
}

u64 read_hmair(void)
{
	return physmap_pmsav8_native.read(mpu(), PMSAV8_MAIR);
}

u32 read_hmpuir(void)
{
	return get(PMSAV8_MPUIR);
}

u32 read_selector(void)
{
	return get(PMSAV8_PRSELR);
}

void write_selector(u32 n)
{
	set(PMSAV8_PRSELR, n);
	barriers();
}

void write_region(unsigned int n, u32 base, u32 limit)
{
	write_selector(n);
	set(PMSAV8_PRBAR, base);
	set(PMSAV8_PRLAR, limit);
	barriers();
}

/* The limit first, which disables it: a base of 0 would overlap all (MPU-9). */
void clear_region(unsigned int n)
{
	write_selector(n);
	set(PMSAV8_PRLAR, 0);
	set(PMSAV8_PRBAR, 0);
	barriers();
}

static u32 region_base(unsigned int n)
{
	write_selector(n);
	return get(PMSAV8_PRBAR);
}

static u32 region_limit(unsigned int n)
{
	write_selector(n);
	return get(PMSAV8_PRLAR);
}

/* All registers, and the engine's copy. */
void look(struct hardware *h)
{
	unsigned int n;

	for (n = 0; n < mpu()->count; n++) {
		h->base[n] = region_base(n);
		h->limit[n] = region_limit(n);
	}
	h->hsctlr = read_hsctlr();
	memcpy(h->slot, mpu()->slot, sizeof(h->slot));
}

/* Is all as it was? */
bool looks_like(const struct hardware *h)
{
	unsigned int n;

	for (n = 0; n < mpu()->count; n++)
		if (h->base[n] != region_base(n) ||
		    h->limit[n] != region_limit(n))
			return false;
	return h->hsctlr == read_hsctlr() &&
	       !memcmp(h->slot, mpu()->slot, sizeof(h->slot));
}
