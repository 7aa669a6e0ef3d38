/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trace: the events of a boot in a buffer, and the header that makes a file
 * of it. Compiles in the kernel, which writes traces, and on the host, where
 * the reader goes by the same tables. Documentation/trace.rst has the format.
 */
#ifndef PHYSMAP_TRACE_H
#define PHYSMAP_TRACE_H

#include <physmap/event.h>

#define PHYSMAP_TRACE_MAGIC	"PHYSMAPT"	/* without the NUL */
#define PHYSMAP_TRACE_VERSION	2

/* Where things are in a file: bytes, little-endian. */
#define PHYSMAP_TRACE_CRC_AT	16
#define PHYSMAP_TRACE_CRC_FROM	20	/* the checksum is of all from here on */
#define PHYSMAP_TRACE_HEADER	112

/* The fields of an event, in the order in which they are written. */
enum physmap_trace_field {
	PHYSMAP_TRACE_LEVEL,
	PHYSMAP_TRACE_DETAIL,
	PHYSMAP_TRACE_RESULT,
	PHYSMAP_TRACE_INDEX,
	PHYSMAP_TRACE_COUNT,
	PHYSMAP_TRACE_TABLE,
	PHYSMAP_TRACE_VA,
	PHYSMAP_TRACE_VALUE,
	PHYSMAP_TRACE_STEP,
	PHYSMAP_TRACE_FIELDS,
};

/* A byte for the kind, and ten at most for each number. */
#define PHYSMAP_TRACE_LONGEST	(1 + 10 * PHYSMAP_TRACE_FIELDS)

/* What the machine has: bits. */
#define PHYSMAP_TRACE_NX		BIT(0)
#define PHYSMAP_TRACE_PSE		BIT(1)
#define PHYSMAP_TRACE_GBPAGES		BIT(2)
#define PHYSMAP_TRACE_PGE		BIT(3)
#define PHYSMAP_TRACE_PCID		BIT(4)
#define PHYSMAP_TRACE_ERRATUM_383	BIT(5)
#define PHYSMAP_TRACE_ITLB_MULTIHIT	BIT(6)
#define PHYSMAP_TRACE_XEN		BIT(7)
#define PHYSMAP_TRACE_XEN_IO		BIT(8)	/* and may map I/O memory */
#define PHYSMAP_TRACE_LPA2		BIT(9)	/* TCR.DS: 52-bit addresses */
#define PHYSMAP_TRACE_BBM1		BIT(10)	/* FEAT_BBM, level 1 ... */
#define PHYSMAP_TRACE_BBM2		BIT(11)	/* ... 2; both: level 3 */
#define PHYSMAP_TRACE_EL2		BIT(12)	/* one privilege: no PXN, no nG */
/* Those that an architecture may have. */
#define PHYSMAP_TRACE_OF_X86		0x01ff
#define PHYSMAP_TRACE_OF_ARM64		0x1e00

enum physmap_trace_arch {
	PHYSMAP_TRACE_X86 = 1,
	PHYSMAP_TRACE_ARM64 = 2,
};

/**
 * struct physmap_trace_machine - the machine that a trace was made on
 * @arch: whose entries these are
 * @features: PHYSMAP_TRACE_* bits
 * @cpus: processors that may use the map
 * @pa_bits: physical address bits (x86: MAXPHYADDR; arm64: TCR.IPS)
 * @entry_size: bytes of an entry
 * @levels: levels of tables
 * @level: per level, from the leaf tables upwards
 * @encrypt: x86: the SME/SEV C-bit, or 0
 * @offset: of the map, see struct physmap_map
 * @va_limit: of the map
 */
struct physmap_trace_machine {
	enum physmap_trace_arch arch;
	unsigned int features;
	unsigned int cpus;
	unsigned int pa_bits;
	unsigned int entry_size;
	unsigned int levels;
	struct physmap_level level[PHYSMAP_MAX_LEVELS];
	u64 encrypt;
	u64 offset;
	u64 va_limit;
};

/**
 * struct physmap_trace_extent - how much there is
 * @bytes: of events
 * @events: that were recorded
 * @lost: events for which there was no room
 */
struct physmap_trace_extent {
	u64 bytes;
	u64 events;
	u64 lost;
};

/* Numbers that change little are written as the difference to these. */
struct physmap_trace_past {
	struct physmap_event last[PHYSMAP_EVENT_KINDS][PHYSMAP_MAX_LEVELS];
};

/**
 * struct physmap_trace - a recorder that keeps events
 * @recorder: for the map
 * @buffer: the caller's memory
 * @size: its bytes
 * @extent: how much is in it
 * @past: the last event of each kind and level
 */
struct physmap_trace {
	struct physmap_recorder recorder;
	u8 *buffer;
	size_t size;
	struct physmap_trace_extent extent;
	struct physmap_trace_past past;
};

/* How a field is written; each is a LEB128 number in the end. */
enum physmap_trace_how {
	PHYSMAP_TRACE_PLAIN,
	PHYSMAP_TRACE_SIGNED,	/* zigzag */
	PHYSMAP_TRACE_DELTA,	/* zigzag of the difference, modulo 2^64 */
};

/**
 * struct physmap_trace_coding - where a field is in an event, and how written
 * @offset: in struct physmap_event
 * @size: sizeof(u64) or sizeof(u32)
 * @how: enum physmap_trace_how
 */
struct physmap_trace_coding {
	u8 offset;
	u8 size;
	u8 how;
};

extern const struct physmap_trace_coding
physmap_trace_coding[PHYSMAP_TRACE_FIELDS];

/* Per kind: a bit, BIT(PHYSMAP_TRACE_*), for each field that it has. */
extern const u16 physmap_trace_kinds[PHYSMAP_EVENT_KINDS];

/**
 * physmap_trace_get() - a field of an event as a number
 * @e: event
 * @field: which
 *
 * Return: its value; a negative one as it is in 64 bits.
 */
static inline u64 physmap_trace_get(const struct physmap_event *e,
				    enum physmap_trace_field field)
{
	const struct physmap_trace_coding *c = &physmap_trace_coding[field];
	const void *value = (const u8 *)e + c->offset;

	if (c->size == sizeof(u64))
		return *(const u64 *)value;
	if (c->how == PHYSMAP_TRACE_SIGNED)
		return *(const int *)value;
	return *(const unsigned int *)value;
}

void physmap_trace_start(struct physmap_trace *t, void *buffer, size_t size);
void physmap_trace_header(u8 header[PHYSMAP_TRACE_HEADER],
			  const struct physmap_trace_machine *machine,
			  const struct physmap_trace_extent *extent,
			  const void *body);

#endif /* PHYSMAP_TRACE_H */
