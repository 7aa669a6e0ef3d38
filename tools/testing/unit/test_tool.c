// SPDX-License-Identifier: GPL-2.0-only
/*
 * The physmap tool's commands on traces of simulated machines: exit status and
 * lines for what is clean, what broke a rule, and what cannot be used. Writes
 * to files in /tmp that it deletes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "support.h"
#include "tool.h"

#define ROOM	(256 * KB)

static struct physmap_trace trace;
static u8 buffer[ROOM];
static char said[1 << 16];	/* what went to stdout */
static char complaint[400];	/* the line that goes to stderr */
static const struct tool_options tell_all;

/* In main.c, which has a main() of its own. */
enum tool_status unusable(const char *path, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(complaint, sizeof(complaint), fmt, args);
	va_end(args);
	return TOOL_UNUSABLE;
}

/* A recorder that does not hear of flushes. */
static void deaf_to_flushes(struct physmap_recorder *recorder,
			    const struct physmap_event *e)
{
	if (e->kind != PHYSMAP_EVENT_FLUSH)
		trace.recorder.event(&trace.recorder, e);
}

static struct physmap_recorder deaf = { .event = deaf_to_flushes };

static void begin_traced(struct physmap_recorder *recorder, size_t room)
{
	begin(&long4);
	physmap_trace_start(&trace, buffer, room);
	map->recorder = recorder;
	physmap_record_tables(map);
}

/* Two builds of two passes: a table for each level below the root, 32 + 256 leaves. */
static void build_both(void)
{
	must_build(0, 64 * MB, S2M, PHYSMAP_TWO_PASS);
	must_build(64 * MB, 65 * MB, S4K, PHYSMAP_TWO_PASS);
}

/* A file without a name, open. */
static FILE *write_file(void)
{
	struct physmap_trace_machine machine = {
		.arch = PHYSMAP_TRACE_X86,
		.features = PHYSMAP_TRACE_NX | PHYSMAP_TRACE_PSE |
			    PHYSMAP_TRACE_GBPAGES | PHYSMAP_TRACE_PGE,
		.cpus = 1,
		.pa_bits = long4.pa_bits,
		.entry_size = map->geo->entry_size,
		.levels = map->geo->levels,
		.offset = map->offset,
		.va_limit = map->va_limit,
	};
	u8 header[PHYSMAP_TRACE_HEADER];
	FILE *f = tmpfile();

	assert_non_null(f);
	memcpy(machine.level, map->geo->level, sizeof(machine.level));
	physmap_trace_header(header, &machine, &trace.extent, buffer);
	fwrite(header, 1, sizeof(header), f);
	fwrite(buffer, 1, trace.extent.bytes, f);
	assert_int_equal(fflush(f), 0);
	return f;
}

/* Has a command look at the trace, with stdout kept in said[]. */
static enum tool_status
ask_tool(enum tool_status (*command)(const char *path,
				     const struct tool_options *o),
	 const struct tool_options *o)
{
	FILE *from = write_file(), *to = tmpfile();
	char path[32];
	enum tool_status status;
	int keep;
	size_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(from));
	assert_non_null(to);
	complaint[0] = '\0';
	fflush(stdout);
	keep = dup(1);
	dup2(fileno(to), 1);
	status = command(path, o);
	fflush(stdout);
	dup2(keep, 1);
	close(keep);
	rewind(to);
	n = fread(said, 1, sizeof(said) - 1, to);
	said[n] = '\0';
	fclose(to);
	fclose(from);
	return status;
}

static unsigned int lines(void)
{
	unsigned int n = 0;
	const char *p;

	for (p = said; *p; p++)
		n += *p == '\n';
	return n;
}

static void must_say(const char *words)
{
	if (!strstr(said, words))
		fail_msg("not said: \"%s\" in: %s", words, said);
}

static void must_be_unusable(enum tool_status status, const char *words)
{
	assert_int_equal(status, TOOL_UNUSABLE);
	if (!strstr(complaint, words))
		fail_msg("not said: \"%s\" in: %s", words, complaint);
}

static void a_clean_trace_is_one_line(void **state)
{
	begin_traced(&trace.recorder, ROOM);
	build_both();
	assert_int_equal(ask_tool(check_file, &tell_all), TOOL_CLEAN);
	assert_int_equal(lines(), 1);
	must_say(": clean: ");
	must_say(" 2 builds, 2 flushes, 0 hypercalls, 3 tables, 288 leaves\n");
	assert_string_equal(complaint, "");
}

static void a_flush_left_out_is_a_violation_per_build(void **state)
{
	begin_traced(&deaf, ROOM);
	build_both();
	assert_int_equal(ask_tool(check_file, &tell_all), TOOL_VIOLATIONS);
	assert_int_equal(lines(), 2);
	must_say(" CHANGE at 0x");
	must_say(": X86-TLB-3: ");
	assert_null(strstr(said, "clean"));
}

static void violations_are_told_up_to_a_number(void **state)
{
	const struct tool_options one = { .most = 1 };

	begin_traced(&deaf, ROOM);
	build_both();
	assert_int_equal(ask_tool(check_file, &one), TOOL_VIOLATIONS);
	assert_int_equal(lines(), 2);
	must_say(": and 1 more violations");
}

static void a_trace_with_losses_is_not_judged(void **state)
{
	begin_traced(&trace.recorder, 100);
	build_both();
	assert_true(trace.extent.lost > 0);
	must_be_unusable(ask_tool(check_file, &tell_all),
			 "make CONFIG_PHYSMAP_TRACE_KB larger");
	assert_int_equal(lines(), 0);
	must_be_unusable(ask_tool(print_file, &tell_all), "were lost");
	assert_int_equal(lines(), 2 + trace.extent.events);
}

static void a_trace_without_a_build_is_not_clean(void **state)
{
	begin_traced(&trace.recorder, ROOM);
	must_be_unusable(ask_tool(check_file, &tell_all), "no build is in it");
	assert_int_equal(lines(), 0);
}

static void a_corrupt_trace_is_neither_judged_nor_printed(void **state)
{
	begin_traced(&trace.recorder, ROOM);
	build_both();
	/* Kind 0 does not exist. */
	buffer[0] = 0;
	must_be_unusable(ask_tool(check_file, &tell_all),
			 "event 1, at byte 112: no such kind of event");
	must_be_unusable(ask_tool(print_file, &tell_all),
			 "event 1, at byte 112: no such kind of event");
}

static void every_event_is_printed_on_a_line(void **state)
{
	begin_traced(&trace.recorder, ROOM);
	build_both();
	assert_int_equal(ask_tool(print_file, &tell_all), TOOL_CLEAN);
	assert_int_equal(lines(), 2 + trace.extent.events);
	must_say("\n1 ROOT level=3 ");
	must_say(" BUILD two-pass ranges=1 ");
	must_say(" PASS boundary\n");
	must_say(" CHANGE level=1 bytes=8 index=0 count=32 ");
	must_say(" DONE result=0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOLDS("check: a clean trace is one line, with what was in it",
		      a_clean_trace_is_one_line),
		HOLDS("check: a flush that was left out is a violation in each build",
		      a_flush_left_out_is_a_violation_per_build),
		HOLDS("check: violations are told up to --most, and the rest counted",
		      violations_are_told_up_to_a_number),
		HOLDS("check: a trace that lost events is not judged",
		      a_trace_with_losses_is_not_judged),
		HOLDS("check: a trace without a build is not clean",
		      a_trace_without_a_build_is_not_clean),
		HOLDS("check, print: a corrupt trace is refused by event and byte",
		      a_corrupt_trace_is_neither_judged_nor_printed),
		HOLDS("print: every event has a line",
		      every_event_is_printed_on_a_line),
	};

	return cmocka_run_group_tests_name("tool", tests, NULL, NULL);
}
