// SPDX-License-Identifier: GPL-2.0-only
/*
 * The physmap tool's commands on traces of simulated machines and on device
 * trees: exit status and lines for what is clean, what broke a rule, and what
 * cannot be used. Writes to files in /tmp that it deletes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <libfdt.h>
#include "arm64_machine.h"
#include "support.h"
#include "tool.h"

#define ROOM	(256 * KB)

static struct physmap_trace trace;
static struct physmap_trace_machine machine;
static struct model_arm64 arm64;
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

static void describe_map(void)
{
	machine.entry_size = map->geo->entry_size;
	machine.levels = map->geo->levels;
	machine.offset = map->offset;
	machine.va_limit = map->va_limit;
	memcpy(machine.level, map->geo->level, sizeof(machine.level));
}

static void begin_traced(struct physmap_recorder *recorder, size_t room)
{
	begin(&long4);
	machine = (struct physmap_trace_machine) {
		.arch = PHYSMAP_TRACE_X86,
		.features = PHYSMAP_TRACE_NX | PHYSMAP_TRACE_PSE |
			    PHYSMAP_TRACE_GBPAGES | PHYSMAP_TRACE_PGE,
		.cpus = 1,
		.pa_bits = long4.pa_bits,
	};
	describe_map();
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
	u8 header[PHYSMAP_TRACE_HEADER];
	FILE *f = tmpfile();

	assert_non_null(f);
	physmap_trace_header(header, &machine, &trace.extent, buffer);
	fwrite(header, 1, sizeof(header), f);
	fwrite(buffer, 1, trace.extent.bytes, f);
	assert_int_equal(fflush(f), 0);
	return f;
}

/* Has a command look at a file, with stdout kept in said[]. */
static enum tool_status
ask_about(FILE *from,
	  enum tool_status (*command)(const char *path,
				      const struct tool_options *o),
	  const struct tool_options *o)
{
	FILE *to = tmpfile();
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

static enum tool_status
ask_tool(enum tool_status (*command)(const char *path,
				     const struct tool_options *o),
	 const struct tool_options *o)
{
	return ask_about(write_file(), command, o);
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

/* arm64 */

static int end_arm64(void **state)
{
	model_arm64_stop(&arm64);
	map = &m.map;
	return 0;
}

static void begin_arm64(const struct physmap_arm64_machine *a,
			unsigned int features)
{
	end_arm64(NULL);
	model_arm64_start(&arm64, a, GB, 64 * GB);
	map = &arm64.m.map;
	map->live = true;
	machine = (struct physmap_trace_machine) {
		.arch = PHYSMAP_TRACE_ARM64,
		.features = features,
		.cpus = 4,
		.pa_bits = a->pa_bits,
	};
	describe_map();
	physmap_trace_start(&trace, buffer, ROOM);
	map->recorder = &trace.recorder;
	physmap_record_tables(map);
	must_build(GB, GB + 256 * MB, S1G, PHYSMAP_TWO_PASS);
	must_build(GB + 256 * MB, GB + 257 * MB, S4K, PHYSMAP_TWO_PASS);
}

static const struct physmap_arm64_machine arm64_48 = {
	.page_shift = 12, .va_bits = 48, .pa_bits = 48,
};

static void traces_of_arm64_are_judged(void **state)
{
	static const struct {
		struct physmap_arm64_machine machine;
		unsigned int features;
	} machines[] = {
		{ { .page_shift = 12, .va_bits = 39, .pa_bits = 40 }, 0 },
		{ { .page_shift = 12, .va_bits = 52, .pa_bits = 52,
		    .lpa2 = true, .bbm = 3 }, PHYSMAP_TRACE_LPA2 |
		  PHYSMAP_TRACE_BBM1 | PHYSMAP_TRACE_BBM2 },
		{ { .page_shift = 14, .va_bits = 47, .pa_bits = 48,
		    .bbm = 2 }, PHYSMAP_TRACE_BBM2 },
		{ { .page_shift = 16, .va_bits = 52, .pa_bits = 52 }, 0 },
		{ { .regime = PHYSMAP_ARM64_EL2, .page_shift = 12,
		    .va_bits = 48, .pa_bits = 48 }, PHYSMAP_TRACE_EL2 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		begin_arm64(&machines[i].machine, machines[i].features);
		if (ask_tool(check_file, &tell_all) != TOOL_CLEAN)
			fail_msg("%s%s", said, complaint);
		must_say(" 2 builds, ");
	}
	begin_arm64(&arm64_48, 0);
	assert_int_equal(ask_tool(check_file, &tell_all), TOOL_CLEAN);
	/* 128 blocks, 256 pages; a TLBI for each boundary and each pass 2. */
	must_say(" 2 builds, 4 flushes, 0 hypercalls, 3 tables, 384 leaves\n");
}

static void a_rule_of_arm64_is_named(void **state)
{
	struct physmap_event e = {
		.kind = PHYSMAP_EVENT_BUILD, .detail = PHYSMAP_BUILD_LIVE,
		.count = 1,
	};

	begin_arm64(&arm64_48, 0);
	e.va = map->va_start;
	e.value = e.va + 4 * KB;
	physmap_record(map, &e);
	e = (struct physmap_event) {
		.kind = PHYSMAP_EVENT_STORE, .detail = 8, .level = 1,
		.count = 1, .va = map->va_start,
		.table = model_arm64_look(&arm64, map->va_start).table,
		.value = 8ULL << 30 | 0xf01,
	};
	physmap_record(map, &e);
	e = (struct physmap_event) { .kind = PHYSMAP_EVENT_DONE, .result = -1 };
	physmap_record(map, &e);
	assert_int_equal(ask_tool(check_file, &tell_all), TOOL_VIOLATIONS);
	must_say(" STORE at 0xffff000000000000: ARM-BBM-12: ");
}

static void events_of_arm64_are_printed(void **state)
{
	begin_arm64(&arm64_48, PHYSMAP_TRACE_BBM1);
	assert_int_equal(ask_tool(print_file, &tell_all), TOOL_CLEAN);
	must_say(": version 2, arm64, 4 levels, entries of 8 bytes, 48 address bits, 4 processors, features bbm1\n");
	must_say("\n1 ROOT level=3 table=0x1000000000 offset=0xfffeffffc0000000 va=0xffff000000000000\n");
	must_say(" BUILD two-pass live ranges=1 ");
	must_say(" BARRIER dsb-ishst\n");
	must_say(" FLUSH all every-cpu result=0");
	must_say(" BARRIER dsb-ish\n");
	must_say(" BARRIER isb\n");
}

/* Device trees */

static const struct tool_options r52 = {
	.regions = 4, .encoding = 32, .on_demand = 1, .switching = 1,
};

static void put_range(const char *name, u32 start, u32 size)
{
	const fdt32_t cells[] = { cpu_to_fdt32(start), cpu_to_fdt32(size) };

	assert_int_equal(fdt_property(buffer, name, cells, sizeof(cells)), 0);
}

static void put_node(const char *name, const char *property, u32 start,
		     u32 size)
{
	assert_int_equal(fdt_begin_node(buffer, name), 0);
	put_range(property, start, size);
}

/* Memory, a console, a heap there and a guest right behind it. */
static void make_tree(u32 heap)
{
	assert_int_equal(fdt_create(buffer, ROOM), 0);
	fdt_finish_reservemap(buffer);
	fdt_begin_node(buffer, "");
	fdt_property_u32(buffer, "#address-cells", 1);
	fdt_property_u32(buffer, "#size-cells", 1);
	put_node("memory", "reg", 0x20000000, 0x10000000);
	fdt_end_node(buffer);
	put_node("uart", "reg", 0xe7c00000, 0x1000);
	fdt_property_string(buffer, "compatible", "arm,cmsdk-uart");
	fdt_end_node(buffer);
	put_node("chosen", "xen,static-heap", heap, 0x1000000);
	fdt_property_u32(buffer, "#address-cells", 1);
	fdt_property_string(buffer, "stdout-path", "/uart");
	put_node("domU1", "xen,static-mem", heap + 0x1000000, 0x100000);
	fdt_end_node(buffer);
	fdt_end_node(buffer);
	fdt_end_node(buffer);
	assert_int_equal(fdt_finish(buffer), 0);
}

static enum tool_status ask_of_tree(size_t size, const struct tool_options *o)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	fwrite(buffer, 1, size, f);
	assert_int_equal(fflush(f), 0);
	return ask_about(f, mpu_file, o);
}

static enum tool_status ask_of_whole_tree(const struct tool_options *o)
{
	return ask_of_tree(fdt_totalsize(buffer), o);
}

static void a_tree_that_fits_is_planned(void **state)
{
	struct tool_options with_tree = r52;

	make_tree(0x21000000);
	assert_int_equal(ask_of_whole_tree(&r52), TOOL_CLEAN);
	must_say("memory     [0x20000000, 0x30000000)\n"
		 "region 0   [0xe7c00000, 0xe7c01000) RW, device-nGnRE, fixed: uart\n"
		 "region 3   [0x21000000, 0x22000000) RW, normal, fixed: static heap\n"
		 "later      [0x22000000, 0x22100000) RW, normal, on demand: domU1\n"
		 "mpu: PMSAv8-32, 4 regions: 2 while booting, 4 later (2 fixed, 1 switching, 1 on demand)\n");
	assert_int_equal(lines(), 6);
	assert_string_equal(complaint, "");
	with_tree.tree = true;
	with_tree.tree_start = 0x28000010;
	with_tree.encoding = 64;
	assert_int_equal(ask_of_whole_tree(&with_tree), TOOL_CLEAN);
	must_say("region 1   [0x28000000, 0x28000");
	must_say("0) RO, normal, boot-only: device tree\n");
	must_say("mpu: PMSAv8-64, 4 regions: 3 while booting, 4 later ");
}

static void a_tree_that_does_not_fit_is_told(void **state)
{
	struct tool_options o = r52;

	o.regions = 2;
	make_tree(0x21000000);
	assert_int_equal(ask_of_whole_tree(&o), TOOL_VIOLATIONS);
	must_say("wanted     [0xe7c00000, 0xe7c01000) RW, device-nGnRE, fixed: uart\n"
		 "wanted     [0x21000000, 0x22000000) RW, normal, fixed: static heap\n"
		 "later      [0x22000000, 0x22100000) RW, normal, on demand: domU1\n"
		 "mpu: PMSAv8-32, 2 regions: 2 while booting, 4 later (2 fixed, 1 switching, 1 on demand)\n"
		 "mpu: 4 regions are needed later, there are 2: 2 too many (MPU-17); ");
	assert_int_equal(lines(), 7);
	assert_string_equal(complaint, "");
}

static void a_tree_that_cannot_be_used_is_one_line(void **state)
{
	struct tool_options o = r52;

	make_tree(0x21000000);
	must_be_unusable(ask_of_tree(fdt_totalsize(buffer) - 1, &r52),
			 "not a device tree that can be used (FDT_ERR_TRUNCATED): give a .dtb");
	must_be_unusable(ask_of_tree(0, &r52), "FDT_ERR_TRUNCATED");
	/* The guest's memory ends where there is none. */
	make_tree(0x2f000000);
	must_be_unusable(ask_of_whole_tree(&r52),
			 "mpu: domU1 [0x30000000, 0x30100000): not all of it is memory (ARM-ATTR-3); ");
	assert_null(strchr(complaint, '\n'));
	make_tree(0x21000000);
	o.tree = true;
	o.tree_start = 0x21000000;
	must_be_unusable(ask_of_whole_tree(&o),
			 "meets static heap [0x21000000, 0x22000000): they overlap, ");
	o.tree_start = 1ULL << 32;
	must_be_unusable(ask_of_whole_tree(&o), "(MPU-2)");
	assert_int_equal(lines(), 0);
	must_be_unusable(mpu_file("/proc/self/nothing", &r52),
			 "cannot be read: No such file or directory");
	must_be_unusable(mpu_file("/proc/self", &r52),
			 "cannot be read: Is a directory");
	must_be_unusable(mpu_file("/dev/zero", &r52),
			 "too large for a device tree");
}

#define ARM64(sentence, function)	{ sentence, function, NULL, end_arm64, NULL }

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
		ARM64("check: traces of arm64 are judged, whatever the granule",
		      traces_of_arm64_are_judged),
		ARM64("check: a rule of arm64 is named", a_rule_of_arm64_is_named),
		ARM64("print: arm64's machine, barriers and flushes have words",
		      events_of_arm64_are_printed),
		HOLDS("mpu: a tree that fits is planned, region by region",
		      a_tree_that_fits_is_planned),
		HOLDS("mpu: a tree that does not fit is told by how much",
		      a_tree_that_does_not_fit_is_told),
		HOLDS("mpu: a tree that cannot be used is one line",
		      a_tree_that_cannot_be_used_is_one_line),
	};

	return cmocka_run_group_tests_name("tool", tests, NULL, NULL);
}
