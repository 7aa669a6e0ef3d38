// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the engine does to the registers, in the order in which it does it: the
 * native accesses with a recorder in front. Kept in memory, for in the middle
 * of a change nothing may be printed, and told as comments when all is over, so
 * that a model on the host can do the same and judge it.
 */
#include "r52.h"

#define RECORDS	8192

enum kind {
	RECORD_READ, RECORD_WRITE, RECORD_DSB, RECORD_ISB, RECORD_INVALIDATE,
	RECORD_MARK,
};

static struct {
	u8 kind;
	u8 reg;
	u32 value;
	u32 end;
	const char *mark;
} records[RECORDS];

static unsigned int nr_records;	/* those that did not fit included */

static void record(enum kind kind, enum pmsav8_register reg, u32 value,
		   u32 end, const char *mark)
{
	const unsigned int n = nr_records++;

	if (n >= RECORDS)
		return;
	records[n].kind = kind;
	records[n].reg = reg;
	records[n].value = value;
	records[n].end = end;
	records[n].mark = mark;
}

/* An operation of the engine begins. */
void record_mark(const char *what)
{
	record(RECORD_MARK, 0, 0, 0, what);
}

/* HMAIR1 is 0 all the time: all other registers have 32 bits. */
static u64 read_register(struct physmap_mpu *m, enum pmsav8_register reg)
{
	const u64 value = physmap_pmsav8_native.read(m, reg);

	record(RECORD_READ, reg, value, 0, NULL);
	return value;
}

static void write_register(struct physmap_mpu *m, enum pmsav8_register reg,
			   u64 value)
{
	record(RECORD_WRITE, reg, value, 0, NULL);
	physmap_pmsav8_native.write(m, reg, value);
}

static void dsb_sy(struct physmap_mpu *m)
{
	record(RECORD_DSB, 0, 0, 0, NULL);
	physmap_pmsav8_native.dsb(m);
}

static void isb(struct physmap_mpu *m)
{
	record(RECORD_ISB, 0, 0, 0, NULL);
	physmap_pmsav8_native.isb(m);
}

static void invalidate(struct physmap_mpu *m, u64 start, u64 end)
{
	record(RECORD_INVALIDATE, 0, start, end, NULL);
	physmap_pmsav8_native.invalidate(m, start, end);
}

const struct physmap_pmsav8_registers recorder = {
	.read = read_register,
	.write = write_register,
	.dsb = dsb_sy,
	.isb = isb,
	.invalidate = invalidate,
};

static void print_record(unsigned int n)
{
	static const char * const names[PMSAV8_REGISTERS] = {
		[PMSAV8_MPUIR] = "mpuir",
		[PMSAV8_PRSELR] = "select",
		[PMSAV8_PRBAR] = "base",
		[PMSAV8_PRLAR] = "limit",
		[PMSAV8_PRENR] = "prenr",
		[PMSAV8_MAIR] = "mair",
		[PMSAV8_SCTLR] = "sctlr",
	};
	const char *name = names[records[n].reg];
	const u64 value = records[n].value;

	switch ((enum kind)records[n].kind) {
	case RECORD_READ:
		say("# mpu read %s %#llx\n", name, value);
		break;
	case RECORD_WRITE:
		say("# mpu %s %#llx\n", name, value);
		break;
	case RECORD_DSB:
		say("# mpu dsb\n");
		break;
	case RECORD_ISB:
		say("# mpu isb\n");
		break;
	case RECORD_INVALIDATE:
		say("# mpu invalidate %#llx %#llx\n", value,
		    (u64)records[n].end);
		break;
	case RECORD_MARK:
		say("# mpu begin %s\n", records[n].mark);
		break;
	}
}

/* What must be there all the time. */
static void print_uses(void)
{
	unsigned int i;

	for (i = 0; i < mpu()->nr_uses; i++) {
		const struct physmap_mpu_use *u = &mpu()->use[i];

		say("# mpu use %#llx %#llx r%c%c\n", u->start, u->end,
		    u->attrs & PHYSMAP_WRITE ? 'w' : '-',
		    u->attrs & PHYSMAP_EXEC ? 'x' : '-');
	}
}

/* Did all of it fit? */
bool record_print(void)
{
	unsigned int n;

	print_uses();
	for (n = 0; n < nr_records && n < RECORDS; n++)
		print_record(n);
	say("# %u register accesses\n", nr_records);
	return nr_records <= RECORDS;
}
