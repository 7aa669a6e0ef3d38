// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a trace: each event as a few bytes in a buffer that the caller gave,
 * and a header that tells the machine. Touches that buffer only. An event
 * that has no room is counted, and so is every one after it: there is never
 * half an event, nor a gap in the middle.
 */
#include <linux/bits.h>
#include <linux/container_of.h>
#include <linux/crc32.h>
#include <linux/string.h>
#include <linux/types.h>
#include <physmap/trace.h>

#define FIELD(member, type, how_written) {			\
	.offset = offsetof(struct physmap_event, member),	\
	.size = sizeof(type),					\
	.how = PHYSMAP_TRACE_##how_written,			\
}

const struct physmap_trace_coding physmap_trace_coding[] = {
	[PHYSMAP_TRACE_LEVEL] = FIELD(level, u32, PLAIN),
	[PHYSMAP_TRACE_DETAIL] = FIELD(detail, u32, PLAIN),
	[PHYSMAP_TRACE_RESULT] = FIELD(result, int, SIGNED),
	[PHYSMAP_TRACE_INDEX] = FIELD(index, u32, PLAIN),
	[PHYSMAP_TRACE_COUNT] = FIELD(count, u32, PLAIN),
	[PHYSMAP_TRACE_TABLE] = FIELD(table, u64, DELTA),
	[PHYSMAP_TRACE_VA] = FIELD(va, u64, DELTA),
	[PHYSMAP_TRACE_VALUE] = FIELD(value, u64, DELTA),
	[PHYSMAP_TRACE_STEP] = FIELD(step, u64, DELTA),
};

#define LEVEL	BIT(PHYSMAP_TRACE_LEVEL)
#define DETAIL	BIT(PHYSMAP_TRACE_DETAIL)
#define RESULT	BIT(PHYSMAP_TRACE_RESULT)
#define COUNT	BIT(PHYSMAP_TRACE_COUNT)
#define TABLE	BIT(PHYSMAP_TRACE_TABLE)
#define VA	BIT(PHYSMAP_TRACE_VA)
#define VALUE	BIT(PHYSMAP_TRACE_VALUE)
#define STEP	BIT(PHYSMAP_TRACE_STEP)
#define SLOTS	(LEVEL | TABLE | VA | VALUE | STEP |		\
		 BIT(PHYSMAP_TRACE_INDEX) | COUNT)

const u16 physmap_trace_kinds[] = {
	[PHYSMAP_EVENT_BUILD] = DETAIL | COUNT | VA | VALUE | STEP,
	[PHYSMAP_EVENT_PASS] = DETAIL,
	[PHYSMAP_EVENT_DONE] = RESULT,
	[PHYSMAP_EVENT_ROOT] = LEVEL | TABLE | VA | VALUE,
	[PHYSMAP_EVENT_FOUND] = SLOTS,
	[PHYSMAP_EVENT_PAGE] = LEVEL | TABLE,
	[PHYSMAP_EVENT_STORE] = SLOTS | DETAIL,
	[PHYSMAP_EVENT_CHANGE] = SLOTS | DETAIL,
	[PHYSMAP_EVENT_FLUSH] = DETAIL | RESULT | VA,
	[PHYSMAP_EVENT_MMU_UPDATE] = SLOTS | DETAIL | RESULT,
	[PHYSMAP_EVENT_UPDATE_VA] = LEVEL | RESULT | VA | VALUE,
	[PHYSMAP_EVENT_PIN] = LEVEL | DETAIL | RESULT | TABLE,
	[PHYSMAP_EVENT_SUM] = VA | VALUE | STEP,
	[PHYSMAP_EVENT_BARRIER] = DETAIL,
};

static u64 zigzag(u64 value)
{
	return value << 1 ^ (value >> 63 ? ~0ULL : 0);
}

static u8 *put_number(u8 *to, u64 number)
{
	for (; number >= 0x80; number >>= 7)
		*to++ = number | 0x80;
	*to++ = number;
	return to;
}

static size_t encode(u8 *to, const struct physmap_event *e,
		     const struct physmap_event *last)
{
	u8 *end = to;
	unsigned int i;

	*end++ = e->kind;
	for (i = 0; i < PHYSMAP_TRACE_FIELDS; i++) {
		const unsigned int how = physmap_trace_coding[i].how;
		u64 number = physmap_trace_get(e, i);

		if (!(physmap_trace_kinds[e->kind] & BIT(i)))
			continue;
		if (how == PHYSMAP_TRACE_DELTA)
			number -= physmap_trace_get(last, i);
		if (how != PHYSMAP_TRACE_PLAIN)
			number = zigzag(number);
		end = put_number(end, number);
	}
	return end - to;
}

static void trace_event(struct physmap_recorder *recorder,
			const struct physmap_event *e)
{
	struct physmap_trace *t =
		container_of(recorder, struct physmap_trace, recorder);
	struct physmap_event *last = &t->past.last[e->kind][e->level];
	u8 bytes[PHYSMAP_TRACE_LONGEST];
	const size_t n = encode(bytes, e, last);

	if (t->extent.lost || n > t->size - t->extent.bytes) {
		t->extent.lost++;
		return;
	}
	memcpy(t->buffer + t->extent.bytes, bytes, n);
	t->extent.bytes += n;
	t->extent.events++;
	*last = *e;
}

/**
 * physmap_trace_start() - make a trace, empty
 * @t: trace; its recorder is for a map
 * @buffer: where events go
 * @size: bytes of @buffer
 */
void physmap_trace_start(struct physmap_trace *t, void *buffer, size_t size)
{
	memset(t, 0, sizeof(*t));
	t->recorder.event = trace_event;
	t->buffer = buffer;
	t->size = size;
}

/* Little-endian, whatever the machine; returns what follows. */
static u8 *put(u8 *to, unsigned int bytes, u64 value)
{
	for (; bytes; bytes--, value >>= 8)
		*to++ = value;
	return to;
}

/**
 * physmap_trace_header() - what a file has before the events
 * @header: filled in
 * @machine: the machine
 * @extent: how much of @body there is
 * @body: events
 */
void physmap_trace_header(u8 header[PHYSMAP_TRACE_HEADER],
			  const struct physmap_trace_machine *machine,
			  const struct physmap_trace_extent *extent,
			  const void *body)
{
	u8 *to = header;
	unsigned int i;
	u32 crc;

	memcpy(to, PHYSMAP_TRACE_MAGIC, 8);
	to = put(to + 8, 4, PHYSMAP_TRACE_VERSION);
	to = put(to, 4, PHYSMAP_TRACE_HEADER);
	to = put(to, 4, 0);
	to = put(to, 4, machine->arch);
	to = put(to, 8, extent->bytes);
	to = put(to, 8, extent->events);
	to = put(to, 8, extent->lost);
	to = put(to, 8, machine->offset);
	to = put(to, 8, machine->va_limit);
	to = put(to, 8, machine->encrypt);
	to = put(to, 4, machine->features);
	to = put(to, 4, machine->cpus);
	to = put(to, 4, machine->pa_bits);
	to = put(to, 4, machine->entry_size);
	to = put(to, 4, machine->levels);
	for (i = 0; i < PHYSMAP_MAX_LEVELS; i++)
		to = put(to, 4, machine->level[i].shift |
				machine->level[i].bits << 8);

	crc = crc32_le(~0, header + PHYSMAP_TRACE_CRC_FROM,
		       PHYSMAP_TRACE_HEADER - PHYSMAP_TRACE_CRC_FROM);
	crc = crc32_le(crc, body, extent->bytes) ^ ~0;
	put(header + PHYSMAP_TRACE_CRC_AT, 4, crc);
}
