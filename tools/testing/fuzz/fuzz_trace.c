// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzing of the trace reader and of the commands that go by it: whatever the
 * bytes are, they are read or refused in one line. Bytes are a whole file, or
 * the events behind a header that fits them; what was read is written and
 * read again, and must be the same.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "bytes.h"
#include "tool.h"
#include "world.h"

#define BODY		4096
#define EVENTS		1024
#define SPAN		(1ULL << 22)
#define SLOTS		12

static u8 file[PHYSMAP_TRACE_HEADER + BODY];
static u8 again[PHYSMAP_TRACE_LONGEST * EVENTS];
static struct physmap_event kept[EVENTS];
static unsigned int events;

/* The tool's one line; here nobody reads it, but there has to be one. */
enum tool_status unusable(const char *path, const char *fmt, ...)
{
	char line[400];
	va_list args;

	va_start(args, fmt);
	if (vsnprintf(line, sizeof(line), fmt, args) < 1 || strchr(line, '\n'))
		fuzz_fail("refused without one line that says why");
	va_end(args);
	return TOOL_UNUSABLE;
}

/* Any machine at all; some are none. */
static struct physmap_trace_machine any_machine(struct fuzz_bytes *b)
{
	const unsigned int levels = 2 + fuzz_below(b, 4);
	struct physmap_trace_machine machine = {
		.arch = PHYSMAP_TRACE_X86,
		.features = fuzz_number(b, 1),
		.cpus = 1 + fuzz_below(b, 4),
		.pa_bits = 32 + fuzz_below(b, 21),
		.entry_size = levels == 2 ? 4 : 8,
		.levels = levels,
		.offset = fuzz_number(b, 1) << 56,
	};
	unsigned int i, shift = 12;

	machine.va_limit = machine.offset + (1ULL << 40);
	for (i = 0; i < levels; i++) {
		machine.level[i].shift = shift;
		machine.level[i].bits = 1 + fuzz_below(b, 10);
		shift += machine.level[i].bits;
	}
	return machine;
}

/* The same as an arm64, with one of the three granules. */
static struct physmap_trace_machine any_arm64(struct fuzz_bytes *b)
{
	struct physmap_trace_machine machine = any_machine(b);
	unsigned int i, shift = 12 + machine.features % 3 * 2;

	machine.arch = PHYSMAP_TRACE_ARM64;
	machine.features = machine.features << 9 & PHYSMAP_TRACE_OF_ARM64;
	machine.entry_size = 8;
	for (i = 0; i < machine.levels; i++) {
		machine.level[i].shift = shift;
		shift += machine.level[i].bits;
	}
	return machine;
}

/* The rest of the bytes as events, behind a header that fits. */
static size_t with_header(struct fuzz_bytes *b, bool arm64)
{
	const struct physmap_trace_machine machine =
		arm64 ? any_arm64(b) : any_machine(b);
	struct physmap_trace_extent extent = {
		.events = fuzz_number(b, 1),
		.lost = fuzz_below(b, 16) == 1,
	};

	extent.bytes = b->left < BODY ? b->left : BODY;
	memcpy(file + PHYSMAP_TRACE_HEADER, b->next, extent.bytes);
	physmap_trace_header(file, &machine, &extent,
			     file + PHYSMAP_TRACE_HEADER);
	return PHYSMAP_TRACE_HEADER + extent.bytes;
}

/* What was read can be written, and is the same when read again. */
static void write_again(const struct trace *t)
{
	static u8 copy[PHYSMAP_TRACE_HEADER + sizeof(again)];
	struct physmap_trace trace;
	struct physmap_event e;
	struct trace second;
	unsigned int i;

	physmap_trace_start(&trace, again, sizeof(again));
	for (i = 0; i < events; i++)
		trace.recorder.event(&trace.recorder, &kept[i]);
	physmap_trace_header(copy, &t->machine, &trace.extent, again);
	memcpy(copy + PHYSMAP_TRACE_HEADER, again, trace.extent.bytes);
	if (!trace_parse(&second, copy,
			 PHYSMAP_TRACE_HEADER + trace.extent.bytes))
		fuzz_fail("what was written is refused: %s", second.error);
	for (i = 0; i < events; i++)
		if (trace_next(&second, &e) != TRACE_EVENT ||
		    memcmp(&e, &kept[i], sizeof(e)))
			fuzz_fail("event %u is not what was written", i + 1);
	if (trace_next(&second, &e) != TRACE_END)
		fuzz_fail("there is more than was written");
}

/* Reads a block of exactly this size, so that a step beyond it is seen. */
static void read_all(const u8 *bytes, size_t size)
{
	u8 *exact = memcpy(malloc(size ? size : 1), bytes, size);
	enum trace_read read = TRACE_END;
	struct trace t;

	events = 0;
	if (!trace_parse(&t, exact, size)) {
		if (!*t.error || strchr(t.error, '\n'))
			fuzz_fail("refused without one line that says why");
		free(exact);
		return;
	}
	while (events < EVENTS &&
	       (read = trace_next(&t, &kept[events])) == TRACE_EVENT)
		events++;
	if (read == TRACE_BAD && (!*t.error || strchr(t.error, '\n')))
		fuzz_fail("refused without one line that says why");
	write_again(&t);
	free(exact);
}

/*
 * A judge looks at every page of what a build says it maps, and at every way
 * to a table, so a file that says "all", ends a build that never began, or
 * makes a table its own child many times, is judged for years. That is no
 * fault of the reader.
 */
static bool judged_soon(void)
{
	bool began = false;
	unsigned int i;
	u64 slots = 0;

	for (i = 0; i < events; i++) {
		const struct physmap_event *e = &kept[i];
		const bool build = e->kind == PHYSMAP_EVENT_BUILD;
		const u64 end = build ? e->value : e->step;

		if ((build || e->kind == PHYSMAP_EVENT_SUM) &&
		    end - 1 - e->va >= SPAN)
			return false;
		began |= build;
		slots += build ? 0 : e->count;
		if ((e->kind == PHYSMAP_EVENT_DONE && !began) || slots > SLOTS)
			return false;
	}
	return true;
}

/* The same as a file, for the tool's commands: they judge what is in it. */
static void run_commands(const u8 *bytes, size_t size)
{
	const struct tool_options options = { .most = 5 };
	int fd = memfd_create("trace", 0);
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		fuzz_fail("no memory for a file");
	check_file(path, &options);
	print_file(path, &options);
	close(fd);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static bool silent;
	struct fuzz_bytes b = { data, size };
	const unsigned int choice = fuzz_number(&b, 1);
	const u8 *bytes = b.next;

	if (!silent)
		silent = freopen("/dev/null", "w", stdout);
	size = b.left;
	if (choice & 1) {
		size = with_header(&b, choice & 4);
		bytes = file;
	}
	read_all(bytes, size);
	if ((choice & 2) && judged_soon())
		run_commands(bytes, size);
	return 0;
}
