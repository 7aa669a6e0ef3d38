// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traces: what is recorded is what is read, whatever the events; anything else
 * than a whole, unchanged trace is refused in one line. Files are made in
 * blocks of exactly their size, so that the sanitizer sees a byte too far.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "reader.h"
#include "support.h"

#define ROOM	(512 * KB)
#define EVENTS	4000

static struct physmap_trace written;
static u8 *buffer;

/* What a recorder was given, in order, beside the trace. */
static struct witness {
	struct physmap_recorder recorder;
	struct physmap_event *event;
	u64 count;
} witness;

static const struct physmap_trace_machine four_levels = {
	.arch = PHYSMAP_TRACE_X86,
	.features = PHYSMAP_TRACE_NX | PHYSMAP_TRACE_PGE | PHYSMAP_TRACE_XEN,
	.cpus = 3,
	.pa_bits = 46,
	.entry_size = 8,
	.levels = 4,
	.level = { { 12, 9 }, { 21, 9 }, { 30, 9 }, { 39, 9 } },
	.encrypt = 1ULL << 45,
	.offset = 0xffff888000000000ULL,
	.va_limit = 0xffffc90000000000ULL,
};

struct file {
	u8 *bytes;
	size_t size;
};

static void see(struct physmap_recorder *recorder,
		const struct physmap_event *e)
{
	witness.event = realloc(witness.event,
				(witness.count + 1) * sizeof(*e));
	assert_non_null(witness.event);
	witness.event[witness.count++] = *e;
	written.recorder.event(&written.recorder, e);
}

static void record_from_here(size_t room)
{
	free(buffer);
	buffer = malloc(room ? room : 1);
	assert_non_null(buffer);
	physmap_trace_start(&written, buffer, room);
	free(witness.event);
	witness = (struct witness) { .recorder.event = see };
}

static int end(void **state)
{
	free(buffer);
	free(witness.event);
	buffer = NULL;
	witness = (struct witness) { };
	return stop(state);
}

static struct file file_of(const struct physmap_trace_machine *machine,
			   const struct physmap_trace_extent *extent)
{
	struct file f = { .size = PHYSMAP_TRACE_HEADER + extent->bytes };

	f.bytes = malloc(f.size);
	assert_non_null(f.bytes);
	physmap_trace_header(f.bytes, machine, extent, buffer);
	memcpy(f.bytes + PHYSMAP_TRACE_HEADER, buffer, extent->bytes);
	return f;
}

/* The first @size bytes of a file, in a block of their own. */
static struct file part_of(const struct file *f, size_t size)
{
	struct file part = { .bytes = malloc(size ? size : 1), .size = size };

	assert_non_null(part.bytes);
	memcpy(part.bytes, f->bytes, size < f->size ? size : f->size);
	return part;
}

static void must_refuse_file(const struct file *f, const char *words)
{
	struct trace t;

	if (trace_parse(&t, f->bytes, f->size))
		fail_msg("a file was accepted that should be refused: %s", words);
	assert_non_null(strstr(t.error, words));
	assert_null(strchr(t.error, '\n'));
}

static void same_event(const struct physmap_event *a,
		       const struct physmap_event *b, u64 number)
{
	if (a->kind != b->kind || a->detail != b->detail ||
	    a->level != b->level || a->result != b->result ||
	    a->index != b->index || a->count != b->count ||
	    a->table != b->table || a->va != b->va ||
	    a->value != b->value || a->step != b->step)
		fail_msg("event %llu, of kind %u, is read as one of kind %u or with other fields",
			 number, b->kind, a->kind);
}

/* Reads the file to its end: exactly what the witness saw, as far as it is. */
static void must_read(const struct file *f, u64 events)
{
	struct physmap_event e;
	struct trace t;
	u64 i;

	if (!trace_parse(&t, f->bytes, f->size))
		fail_msg("%s", t.error);
	assert_true(t.extent.events == events);
	assert_true(t.extent.lost == witness.count - events);
	for (i = 0; i < events; i++) {
		if (trace_next(&t, &e) != TRACE_EVENT)
			fail_msg("%s", t.error);
		same_event(&e, &witness.event[i], i + 1);
	}
	assert_int_equal(trace_next(&t, &e), TRACE_END);
}

static void must_round_trip(const struct physmap_trace_machine *machine)
{
	struct file f = file_of(machine, &written.extent);

	assert_true(written.extent.lost == 0);
	must_read(&f, witness.count);
	free(f.bytes);
}

/* Of any magnitude, all ones and 0 included. */
static u64 any_number(void)
{
	const u64 bits = random_below(65);
	const u64 number = random_below(1ULL << 62) << 2 ^ random_below(1ULL << 62);

	return bits ? number >> (64 - bits) : 0;
}

/* What no kind has is 0, as include/physmap/event.h says. */
static struct physmap_event any_event(void)
{
	struct physmap_event e = {
		.kind = 1 + random_below(PHYSMAP_EVENT_KINDS - 1),
		.detail = any_number(),
		.level = random_below(4),
		.result = (int)any_number(),
		.count = 1 + random_below(512),
		.table = any_number() << 12,
		.va = any_number(),
		.value = any_number(),
		.step = any_number(),
	};
	const unsigned int fields = physmap_trace_kinds[e.kind];
	static const struct physmap_event nothing;
	unsigned int i;

	e.index = random_below(513 - e.count);
	for (i = 0; i < PHYSMAP_TRACE_FIELDS; i++) {
		const struct physmap_trace_coding *c = &physmap_trace_coding[i];

		if (!(fields & BIT(i)))
			memcpy((u8 *)&e + c->offset,
			       (const u8 *)&nothing + c->offset, c->size);
	}
	return e;
}

static void record_any(unsigned int events)
{
	while (events--) {
		const struct physmap_event e = any_event();

		see(&witness.recorder, &e);
	}
}

static void any_events_are_read_as_they_were_recorded(void **state)
{
	seed_random();
	record_from_here(ROOM);
	record_any(EVENTS);
	must_round_trip(&four_levels);
}

static void the_ends_of_every_number_survive(void **state)
{
	static const u64 ends[] = {
		0, 1, 0x7f, 0x80, 0x3fff, 0x4000, 1ULL << 62, 1ULL << 63,
		~0ULL, ~0ULL >> 1,
	};
	unsigned int i, k;

	record_from_here(ROOM);
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		for (k = 0; k < ARRAY_SIZE(ends); k++) {
			const struct physmap_event e = {
				.kind = PHYSMAP_EVENT_FLUSH,
				.detail = ends[k],
				.result = (int)ends[i],
				.va = ends[i] ^ ends[k],
			};

			see(&witness.recorder, &e);
		}
	must_round_trip(&four_levels);
}

static void the_machine_is_read_as_it_was_told(void **state)
{
	const struct physmap_trace_machine *m4 = &four_levels;
	struct trace t;
	struct file f;

	record_from_here(ROOM);
	f = file_of(m4, &written.extent);
	assert_true(trace_parse(&t, f.bytes, f.size));
	assert_int_equal(t.machine.arch, m4->arch);
	assert_int_equal(t.machine.features, m4->features);
	assert_int_equal(t.machine.cpus, m4->cpus);
	assert_int_equal(t.machine.pa_bits, m4->pa_bits);
	assert_int_equal(t.machine.entry_size, m4->entry_size);
	assert_int_equal(t.machine.levels, m4->levels);
	assert_memory_equal(t.machine.level, m4->level, sizeof(m4->level));
	assert_true(t.machine.encrypt == m4->encrypt);
	assert_true(t.machine.offset == m4->offset);
	assert_true(t.machine.va_limit == m4->va_limit);
	free(f.bytes);
}

static struct physmap_trace_machine machine_of(const struct physmap_geometry *g)
{
	struct physmap_trace_machine machine = four_levels;

	machine.levels = g->levels;
	machine.entry_size = g->entry_size;
	memset(machine.level, 0, sizeof(machine.level));
	memcpy(machine.level, g->level, g->levels * sizeof(g->level[0]));
	return machine;
}

/* All that the backends send, so every field that they fill in. */
static void record_builds(void)
{
	record_from_here(ROOM);
	map->recorder = &witness.recorder;
	physmap_record_tables(map);
	must_build(0, 16 * MB, S2M, PHYSMAP_TWO_PASS);
	must_build(16 * MB, 64 * MB, S4K, PHYSMAP_FINAL_ON_FRESH);
	physmap_record_tables(map);
	assert_true(witness.count > 20);
}

static void native_builds_are_read_as_they_were_recorded(void **state)
{
	static const struct physmap_x86_machine *const machines[] = {
		&long4, &long5, &pae, &legacy,
	};
	struct physmap_trace_machine machine;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		begin(machines[i]);
		map->live = true;
		record_builds();
		machine = machine_of(map->geo);
		must_round_trip(&machine);
	}
}

static void xen_builds_are_read_as_they_were_recorded(void **state)
{
	struct physmap_trace_machine machine;

	begin_xen(2048);
	record_builds();
	machine = machine_of(map->geo);
	must_round_trip(&machine);
}

/* With room for less and less: whole events, then only a count. */
static void a_full_buffer_loses_the_end_and_counts_it(void **state)
{
	static struct physmap_event all[40];
	unsigned int i;
	size_t room, whole;

	seed_random();
	record_from_here(ROOM);
	record_any(ARRAY_SIZE(all));
	memcpy(all, witness.event, sizeof(all));
	whole = written.extent.bytes;
	for (room = 0; room < whole; room++) {
		struct file f;

		record_from_here(room);
		for (i = 0; i < ARRAY_SIZE(all); i++)
			see(&witness.recorder, &all[i]);
		assert_true(written.extent.lost > 0);
		assert_true(written.extent.bytes <= room);
		assert_true(room - written.extent.bytes <
			    PHYSMAP_TRACE_LONGEST);
		f = file_of(&four_levels, &written.extent);
		must_read(&f, ARRAY_SIZE(all) - written.extent.lost);
		free(f.bytes);
	}
}

static struct file some_file(unsigned int events)
{
	seed_random();
	record_from_here(ROOM);
	record_any(events);
	return file_of(&four_levels, &written.extent);
}

static void a_cut_file_is_refused_wherever_it_was_cut(void **state)
{
	struct file f = some_file(30);
	size_t size;

	for (size = 0; size < f.size; size++) {
		struct file part = part_of(&f, size);

		must_refuse_file(&part, size ? "cut short" : "empty");
		free(part.bytes);
	}
	free(f.bytes);
}

static void a_changed_byte_is_refused_wherever_it_is(void **state)
{
	struct file f = some_file(30);
	unsigned int change;
	size_t at;

	for (at = 0; at < f.size; at++)
		for (change = 1; change < 256; change++) {
			f.bytes[at] ^= change;
			must_refuse_file(&f, at >= PHYSMAP_TRACE_HEADER ?
					 "checksum" : "");
			f.bytes[at] ^= change;
		}
	must_read(&f, witness.count);
	free(f.bytes);
}

static void what_follows_a_trace_is_refused(void **state)
{
	struct file f = some_file(5);
	struct file longer = part_of(&f, f.size + 1);

	longer.bytes[f.size] = 0;
	must_refuse_file(&longer, "1 bytes too many");
	free(longer.bytes);
	free(f.bytes);
}

static void a_version_of_the_future_is_refused_by_name(void **state)
{
	struct file f = some_file(5);

	f.bytes[8] = PHYSMAP_TRACE_VERSION + 1;
	must_refuse_file(&f, "format version 3, this tool knows up to 2");
	free(f.bytes);
}

static void a_version_of_the_past_is_refused_by_name(void **state)
{
	struct file f = some_file(5);

	f.bytes[8] = 1;
	must_refuse_file(&f, "format version 1, this tool reads 2 alone: record it again");
	free(f.bytes);
}

static void what_is_no_trace_is_refused(void **state)
{
	static u8 text[] = "findings: 0\n";
	struct file f = { .bytes = text, .size = sizeof(text) };

	must_refuse_file(&f, "not a physmap trace");
	f.size = 3;
	must_refuse_file(&f, "not a physmap trace");
}

/* With a checksum that fits: somebody made it so. */
static void a_machine_that_cannot_be_is_refused(void **state)
{
	struct physmap_trace_machine bad[12];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		bad[i] = four_levels;
	bad[0].levels = 1;
	bad[1].levels = PHYSMAP_MAX_LEVELS + 1;
	bad[2].level[0].shift = 13;
	bad[3].level[3].bits = 0;
	bad[4].level[3].bits = 11;
	bad[5].level[2].shift = 31;
	bad[6].entry_size = 16;
	bad[7].entry_size = 0;
	bad[8].pa_bits = 53;
	bad[9].cpus = 0;
	bad[10].features = PHYSMAP_TRACE_LPA2;
	bad[11].arch = 3;
	record_from_here(ROOM);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct file f = file_of(&bad[i], &written.extent);

		must_refuse_file(&f, i < 10 ? "machine does not exist" :
				 "this tool knows");
		free(f.bytes);
	}
}

/* Reads to the end or to the first event that makes no sense. */
static enum trace_read read_out(const struct file *f, struct trace *t)
{
	struct physmap_event e;
	enum trace_read read;

	if (!trace_parse(t, f->bytes, f->size))
		fail_msg("%s", t->error);
	while ((read = trace_next(t, &e)) == TRACE_EVENT) {
		assert_in_range(e.kind, 1, PHYSMAP_EVENT_KINDS - 1);
		assert_true(e.level < t->machine.levels);
	}
	return read;
}

static void must_not_read(const char *body, size_t bytes, u64 events,
			  const char *words)
{
	const struct physmap_trace_extent extent = {
		.bytes = bytes,
		.events = events,
	};
	struct trace t;
	struct file f;

	record_from_here(ROOM);
	memcpy(buffer, body, bytes);
	f = file_of(&four_levels, &extent);
	assert_int_equal(read_out(&f, &t), TRACE_BAD);
	assert_non_null(strstr(t.error, words));
	free(f.bytes);
}

static void an_event_that_cannot_be_is_refused(void **state)
{
	must_not_read("\x00", 1, 1, "no such kind of event (0)");
	must_not_read("\x0f", 1, 1, "no such kind of event (0xf)");
	/* DONE: its result is missing, or does not end, or does not fit. */
	must_not_read("\x03", 1, 1, "a number that cannot be");
	must_not_read("\x03\x80", 2, 1, "a number that cannot be");
	must_not_read("\x03\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02", 11, 1,
		      "a number that cannot be");
	must_not_read("\x03\x80\x80\x80\x80\x10", 6, 1,
		      "a number that cannot be");
	/* PAGE: of a level that there is not; not where a table can be. */
	must_not_read("\x06\x04\x00", 3, 1, "a number that cannot be");
	must_not_read("\x06\x00\x10", 3, 1, "no address of a table (0x8)");
	/* FOUND: no slots, or slots behind the last. */
	must_not_read("\x05\x00\x00\x00\x00\x00\x00\x00", 8, 1,
		      "slots outside of their table");
	must_not_read("\x05\x00\xff\x03\x02\x00\x00\x00\x00", 9, 1,
		      "slots outside of their table");
	/* As many events as the header says, no more and no less. */
	must_not_read("\x03\x00", 2, 2, "1 events, the header says 2");
	must_not_read("\x03\x00\x03\x00", 4, 1, "2 events, the header says 1");
}

static void any_bytes_are_read_without_harm(void **state)
{
	unsigned int round, i;
	u64 bad = 0;

	seed_random();
	for (round = 0; round < 2000; round++) {
		struct physmap_trace_extent extent;
		struct trace t;
		struct file f;

		record_from_here(20 * PHYSMAP_TRACE_LONGEST);
		record_any(20);
		extent = written.extent;
		for (i = 0; i < 3; i++)
			buffer[random_below(extent.bytes)] = random_below(256);
		f = file_of(&four_levels, &extent);
		bad += read_out(&f, &t) == TRACE_BAD;
		free(f.bytes);
	}
	/* Not all: a changed digit of an address is as good as the right one. */
	assert_in_range(bad, 200, 1999);
}

static void a_file_that_is_not_there_is_told(void **state)
{
	struct trace t;

	assert_false(trace_open(&t, "/nonexistent/trace"));
	assert_non_null(strstr(t.error, "cannot be opened: No such file"));
	trace_close(&t);
}

static void a_directory_is_told(void **state)
{
	struct trace t;

	assert_false(trace_open(&t, "/"));
	assert_non_null(strstr(t.error, "cannot be read"));
	trace_close(&t);
}

static void a_file_is_read_whole(void **state)
{
	struct file f = some_file(EVENTS);
	struct physmap_event e;
	struct trace t;
	FILE *out = tmpfile();
	char path[32];

	assert_non_null(out);
	assert_int_equal(fwrite(f.bytes, 1, f.size, out), f.size);
	assert_int_equal(fflush(out), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(out));
	/* More than the reader's first block. */
	assert_true(f.size > 1 << 16);
	if (!trace_open(&t, path))
		fail_msg("%s", t.error);
	while (trace_next(&t, &e) == TRACE_EVENT)
		;
	assert_true(t.number == EVENTS);
	trace_close(&t);
	fclose(out);
	free(f.bytes);
}

#define TRACE(sentence, function)	{ sentence, function, NULL, end, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRACE("any events are read as they were recorded",
		      any_events_are_read_as_they_were_recorded),
		TRACE("the ends of every number survive",
		      the_ends_of_every_number_survive),
		TRACE("the machine is read as it was told",
		      the_machine_is_read_as_it_was_told),
		TRACE("what native builds record is read, for every kind of paging",
		      native_builds_are_read_as_they_were_recorded),
		TRACE("what Xen PV builds record is read",
		      xen_builds_are_read_as_they_were_recorded),
		TRACE("a full buffer loses whole events at the end, and counts them",
		      a_full_buffer_loses_the_end_and_counts_it),
		TRACE("a cut file is refused wherever it was cut",
		      a_cut_file_is_refused_wherever_it_was_cut),
		TRACE("a changed byte is refused wherever it is",
		      a_changed_byte_is_refused_wherever_it_is),
		TRACE("bytes behind a trace are refused",
		      what_follows_a_trace_is_refused),
		TRACE("a version of the future is refused by name",
		      a_version_of_the_future_is_refused_by_name),
		TRACE("a version of the past is refused by name",
		      a_version_of_the_past_is_refused_by_name),
		TRACE("what is no trace is refused",
		      what_is_no_trace_is_refused),
		TRACE("a machine that cannot be is refused",
		      a_machine_that_cannot_be_is_refused),
		TRACE("an event that cannot be is refused, by number and byte",
		      an_event_that_cannot_be_is_refused),
		TRACE("any bytes are read without harm",
		      any_bytes_are_read_without_harm),
		TRACE("a file is read whole", a_file_is_read_whole),
		TRACE("a file that is not there is told",
		      a_file_that_is_not_there_is_told),
		TRACE("a directory is told", a_directory_is_told),
	};

	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
