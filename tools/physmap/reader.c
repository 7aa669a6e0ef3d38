// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reader of traces. It trusts nothing: every number is looked at before it
 * is used, and every refusal says what is wrong, where, and what to do. It
 * writes nothing but struct trace and the event asked for.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/crc32.h>
#include "reader.h"

#define AGAIN	"copy it again from debugfs physmap/trace"

/* Larger than any kernel's buffer (PHYSMAP_TRACE_KB). */
#define LARGEST	(80UL << 20)

__printf(2, 3)
static bool refuse(struct trace *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(t->error, sizeof(t->error), fmt, args);
	va_end(args);
	return false;
}

/* Takes a little-endian number and moves on. */
static u64 take(const u8 **at, unsigned int bytes)
{
	u64 value = 0;
	unsigned int i;

	for (i = 0; i < bytes; i++)
		value |= (u64)*(*at)++ << 8 * i;
	return value;
}

/* What comes before the checksum, and the length that it is of. */
static bool check_outside(struct trace *t, const u8 *bytes, size_t size)
{
	const u8 *at = bytes + 8;
	u64 version, header;

	if (!size)
		return refuse(t, "the file is empty: is it a copy of debugfs physmap/trace?");
	if (memcmp(bytes, PHYSMAP_TRACE_MAGIC, size < 8 ? size : 8))
		return refuse(t, "not a physmap trace (it does not begin with %s): give a copy of debugfs physmap/trace",
			      PHYSMAP_TRACE_MAGIC);
	if (size < PHYSMAP_TRACE_HEADER)
		return refuse(t, "cut short: %zu bytes, the header alone has %u; "
			      AGAIN, size, PHYSMAP_TRACE_HEADER);
	version = take(&at, 4);
	header = take(&at, 4);
	if (version > PHYSMAP_TRACE_VERSION)
		return refuse(t, "format version %llu, this tool knows up to %u: use the tool that belongs to the kernel",
			      version, PHYSMAP_TRACE_VERSION);
	if (version && version < PHYSMAP_TRACE_VERSION)
		return refuse(t, "format version %llu, this tool reads %u alone: record it again with this kernel's physmap, or use the tool that belongs to the kernel",
			      version, PHYSMAP_TRACE_VERSION);
	if (version != PHYSMAP_TRACE_VERSION || header != PHYSMAP_TRACE_HEADER)
		return refuse(t, "corrupt at byte 8: version %llu with a header of %llu bytes does not exist; "
			      AGAIN, version, header);
	return true;
}

static bool check_length(struct trace *t, size_t size)
{
	const u64 body = size - PHYSMAP_TRACE_HEADER;

	if (body < t->extent.bytes)
		return refuse(t, "cut short: %llu bytes of events, the header says %llu; "
			      AGAIN, body, t->extent.bytes);
	if (body > t->extent.bytes)
		return refuse(t, "%llu bytes too many, from byte %llu on: not a copy of one trace; "
			      AGAIN, body - t->extent.bytes,
			      PHYSMAP_TRACE_HEADER + t->extent.bytes);
	return true;
}

static bool check_sum(struct trace *t, const u8 *bytes, size_t size)
{
	const u8 *at = bytes + PHYSMAP_TRACE_CRC_AT;
	const u32 said = take(&at, 4);
	const u32 is = ~crc32_le(~0, bytes + PHYSMAP_TRACE_CRC_FROM,
				 size - PHYSMAP_TRACE_CRC_FROM);

	if (said != is)
		return refuse(t, "corrupt: the checksum is %08x and should be %08x; "
			      AGAIN, is, said);
	return true;
}

static void take_header(struct trace *t, const u8 *bytes)
{
	const u8 *at = bytes + PHYSMAP_TRACE_CRC_FROM;
	struct physmap_trace_machine *m = &t->machine;
	unsigned int i;

	m->arch = take(&at, 4);
	t->extent.bytes = take(&at, 8);
	t->extent.events = take(&at, 8);
	t->extent.lost = take(&at, 8);
	m->offset = take(&at, 8);
	m->va_limit = take(&at, 8);
	m->encrypt = take(&at, 8);
	m->features = take(&at, 4);
	m->cpus = take(&at, 4);
	m->pa_bits = take(&at, 4);
	m->entry_size = take(&at, 4);
	m->levels = take(&at, 4);
	for (i = 0; i < PHYSMAP_MAX_LEVELS; i++) {
		m->level[i].shift = take(&at, 1);
		m->level[i].bits = take(&at, 1);
		at += 2;
	}
}

/* log2 of the smallest page: arm64 has three granules. */
static bool page_fits(const struct physmap_trace_machine *m)
{
	const unsigned int shift = m->level[0].shift;

	if (m->arch == PHYSMAP_TRACE_X86)
		return shift == 12;
	return (shift == 12 || shift == 14 || shift == 16) &&
	       m->entry_size == sizeof(u64);
}

/* Each level begins where the one below ends, and a table is a page or less. */
static bool levels_fit(const struct physmap_trace_machine *m)
{
	unsigned int i, shift = m->level[0].shift;

	if (m->levels < 2 || m->levels > PHYSMAP_MAX_LEVELS)
		return false;
	if (m->entry_size != sizeof(u32) && m->entry_size != sizeof(u64))
		return false;
	if (!page_fits(m))
		return false;
	for (i = 0; i < m->levels; i++) {
		if (m->level[i].shift != shift || !m->level[i].bits ||
		    m->level[i].bits > m->level[0].shift ||
		    m->entry_size << m->level[i].bits > 1u << m->level[0].shift)
			return false;
		shift += m->level[i].bits;
	}
	return shift < 64;
}

static bool check_machine(struct trace *t)
{
	const struct physmap_trace_machine *m = &t->machine;
	const unsigned int known = m->arch == PHYSMAP_TRACE_X86 ?
				   PHYSMAP_TRACE_OF_X86 :
				   PHYSMAP_TRACE_OF_ARM64;

	if (m->arch != PHYSMAP_TRACE_X86 && m->arch != PHYSMAP_TRACE_ARM64)
		return refuse(t, "made on architecture %u, this tool knows 1 (x86) and 2 (arm64): use the tool that belongs to the kernel",
			      m->arch);
	if (m->features & ~known)
		return refuse(t, "the machine has features %#x, this tool knows %#x: use the tool that belongs to the kernel",
			      m->features, known);
	if (!levels_fit(m) || m->pa_bits < 32 || m->pa_bits > 52 || !m->cpus)
		return refuse(t, "the header's machine does not exist (levels %u, entries of %u bytes, %u address bits, %u processors): made by something else than a kernel",
			      m->levels, m->entry_size, m->pa_bits, m->cpus);
	return true;
}

/**
 * trace_parse() - begin to read a trace that is in memory
 * @t: filled in
 * @bytes: the whole of it; must stay there
 * @size: how many
 *
 * Return: false if it cannot be used; @t->error says why.
 */
bool trace_parse(struct trace *t, const void *bytes, size_t size)
{
	memset(t, 0, sizeof(*t));
	if (!check_outside(t, bytes, size))
		return false;
	take_header(t, bytes);
	t->body = (const u8 *)bytes + PHYSMAP_TRACE_HEADER;
	return check_length(t, size) && check_sum(t, bytes, size) &&
	       check_machine(t);
}

static bool read_all(struct trace *t, FILE *f, u8 **bytes, size_t *size)
{
	size_t room = 1 << 16, n;

	*size = 0;
	*bytes = malloc(room);
	while (*bytes && (n = fread(*bytes + *size, 1, room - *size, f))) {
		u8 *larger;

		*size += n;
		if (*size > LARGEST)
			return refuse(t, "larger than any trace (%lu MiB): give a copy of debugfs physmap/trace",
				      LARGEST >> 20);
		if (*size < room)
			continue;
		room *= 2;
		larger = realloc(*bytes, room);
		if (!larger)
			free(*bytes);
		*bytes = larger;
	}
	if (!*bytes)
		return refuse(t, "no memory to read it");
	return !ferror(f) || refuse(t, "cannot be read: %s", strerror(errno));
}

/**
 * trace_open() - begin to read a trace that is in a file
 * @t: filled in; trace_close() is due in any case
 * @path: file
 *
 * Return: false if it cannot be used; @t->error says why.
 */
bool trace_open(struct trace *t, const char *path)
{
	FILE *f = fopen(path, "rb");
	u8 *bytes = NULL;
	size_t size;
	bool ok;

	memset(t, 0, sizeof(*t));
	if (!f)
		return refuse(t, "cannot be opened: %s", strerror(errno));
	ok = read_all(t, f, &bytes, &size) && trace_parse(t, bytes, size);
	t->owned = bytes;
	fclose(f);
	return ok;
}

/**
 * trace_close() - give back what trace_open() took
 * @t: trace
 */
void trace_close(struct trace *t)
{
	free(t->owned);
	t->owned = NULL;
}

static bool bad_event(struct trace *t, u64 start, const char *what, u64 value)
{
	return refuse(t, "event %llu, at byte %llu: %s (%#llx): made by something else than a kernel",
		      t->number + 1, PHYSMAP_TRACE_HEADER + start, what, value);
}

/* A LEB128 number of at most 64 bits that ends within the body. */
static bool take_number(struct trace *t, u64 *number)
{
	unsigned int shift;

	*number = 0;
	for (shift = 0; shift < 64 && t->at < t->extent.bytes; shift += 7) {
		const u64 byte = t->body[t->at++];

		if (shift == 63 && byte > 1)
			return false;
		*number |= (byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

static u64 unzigzag(u64 number)
{
	return number >> 1 ^ (number & 1 ? ~0ULL : 0);
}

/* Puts a number where it belongs, if it fits there. */
static bool put_field(struct physmap_event *e,
		      const struct physmap_trace_coding *c, u64 number)
{
	void *field = (u8 *)e + c->offset;

	if (c->size == sizeof(u64)) {
		*(u64 *)field = number;
		return true;
	}
	if (c->how == PHYSMAP_TRACE_SIGNED) {
		*(int *)field = (int)number;
		return (u64)(int)number == number;
	}
	*(unsigned int *)field = (unsigned int)number;
	return (unsigned int)number == number;
}

static bool take_field(struct trace *t, struct physmap_event *e, unsigned int i)
{
	const struct physmap_trace_coding *c = &physmap_trace_coding[i];
	u64 number;

	if (!take_number(t, &number))
		return false;
	if (c->how != PHYSMAP_TRACE_PLAIN)
		number = unzigzag(number);
	/* The level comes first, so it is known which event was the last. */
	if (c->how == PHYSMAP_TRACE_DELTA)
		number += physmap_trace_get(&t->past.last[e->kind][e->level], i);
	return put_field(e, c, number) &&
	       (i != PHYSMAP_TRACE_LEVEL || e->level < t->machine.levels);
}

/* Slots lie within their table, and a table where a table can lie. */
static bool check_table(struct trace *t, const struct physmap_event *e,
			u64 start)
{
	const unsigned int fields = physmap_trace_kinds[e->kind];
	const u64 slots = 1ULL << t->machine.level[e->level].bits;

	if (fields & BIT(PHYSMAP_TRACE_INDEX) &&
	    (!e->count || (u64)e->index + e->count > slots))
		return bad_event(t, start, "slots outside of their table",
				 e->index);
	if (fields & BIT(PHYSMAP_TRACE_TABLE) &&
	    e->table % (slots * t->machine.entry_size))
		return bad_event(t, start, "no address of a table", e->table);
	return true;
}

static bool take_event(struct trace *t, struct physmap_event *e)
{
	const u64 start = t->at;
	const unsigned int kind = t->body[t->at++];
	unsigned int i;

	memset(e, 0, sizeof(*e));
	if (!kind || kind >= PHYSMAP_EVENT_KINDS)
		return bad_event(t, start, "no such kind of event", kind);
	e->kind = kind;
	for (i = 0; i < PHYSMAP_TRACE_FIELDS; i++)
		if (physmap_trace_kinds[kind] & BIT(i) && !take_field(t, e, i))
			return bad_event(t, start, "a number that cannot be", i);
	return check_table(t, e, start);
}

/**
 * trace_next() - the next event
 * @t: trace
 * @e: filled in
 *
 * Return: whether there was one; TRACE_BAD if it makes no sense.
 */
enum trace_read trace_next(struct trace *t, struct physmap_event *e)
{
	if (t->at == t->extent.bytes) {
		if (t->number == t->extent.events)
			return TRACE_END;
		refuse(t, "%llu events, the header says %llu: made by something else than a kernel",
		       t->number, t->extent.events);
		return TRACE_BAD;
	}
	if (!take_event(t, e))
		return TRACE_BAD;
	t->past.last[e->kind][e->level] = *e;
	t->number++;
	return TRACE_EVENT;
}
