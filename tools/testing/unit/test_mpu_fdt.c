// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is read from a device tree: trees are written here, one for each thing
 * that can be said and one for each that can be wrong. Then a whole tree with
 * every single bit turned: whatever comes out, nothing outside is read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <libfdt.h>
#include <physmap/mpu_fdt.h>
#include "pmsav8.h"
#include "support.h"

#define RW	PHYSMAP_WRITE
#define UART	(RW | PHYSMAP_MPU_DEVICE_NGNRE)

static u8 fdt[16384];
static struct physmap_mpu_tree tree;
static struct physmap_mpu_refusal refusal;

/* Writing trees */

static void ok(int err)
{
	if (err)
		fail_msg("%s", fdt_strerror(err));
}

static void node(const char *name)
{
	ok(fdt_begin_node(fdt, name));
}

static void end(void)
{
	ok(fdt_end_node(fdt));
}

static void string(const char *name, const char *value)
{
	ok(fdt_property_string(fdt, name, value));
}

static void flag(const char *name)
{
	ok(fdt_property(fdt, name, NULL, 0));
}

/* Any number of cells. */
static void put_cells(const char *name, const u32 *value, unsigned int nr)
{
	fdt32_t cell[256];
	unsigned int i;

	assert_true(nr <= ARRAY_SIZE(cell));
	for (i = 0; i < nr; i++)
		cell[i] = cpu_to_fdt32(value[i]);
	ok(fdt_property(fdt, name, cell, nr * sizeof(*cell)));
}

#define CELLS(name, ...) \
	put_cells(name, (const u32[]){ __VA_ARGS__ }, \
		  sizeof((const u32[]){ __VA_ARGS__ }) / sizeof(u32))

static void cell_counts(u32 address, u32 size)
{
	CELLS("#address-cells", address);
	CELLS("#size-cells", size);
}

/* The root node is open then; its addresses and sizes have so many cells. */
static void begin_tree(u32 address, u32 size)
{
	memset(fdt, 0xaa, sizeof(fdt));
	ok(fdt_create(fdt, sizeof(fdt)));
	ok(fdt_finish_reservemap(fdt));
	node("");
	cell_counts(address, size);
}

static void end_tree(void)
{
	end();
	ok(fdt_finish(fdt));
	ok(fdt_check_full(fdt, sizeof(fdt)));
}

/* 512 MiB from 0x20000000. */
static void memory(void)
{
	node("memory@20000000");
	string("device_type", "memory");
	CELLS("reg", 0x20000000, 0x20000000);
	end();
}

static void uart(const char *compatible, u32 address, u32 size)
{
	node("uart");
	string("compatible", compatible);
	CELLS("reg", address, size);
	end();
}

/* Reading them */

static int read_as(const struct physmap_mpu_format *format)
{
	memset(&tree, 0xaa, sizeof(tree));
	memset(&refusal, 0xaa, sizeof(refusal));
	return physmap_mpu_read_ranges(format, fdt, &tree, &refusal);
}

static void must_read(void)
{
	const int err = read_as(&physmap_pmsav8_32);

	if (err)
		fail_msg("%d: %s: %s", err, refusal.asked.name, refusal.what);
}

static void want_is(unsigned int i, const char *name, u64 start, u64 size,
		    enum physmap_mpu_life life)
{
	const struct physmap_mpu_want *w = &tree.want[i];

	assert_true(i < tree.nr_wants);
	assert_string_equal(w->name, name);
	assert_int_equal(w->start, start);
	assert_int_equal(w->end, start + size);
	assert_int_equal(w->life, life);
	assert_int_equal(w->early, RW);
	assert_int_equal(w->final, RW);
	assert_int_equal(w->slot, PHYSMAP_MPU_HIGHEST);
}

static void heap_is(unsigned int i, u64 start, u64 size)
{
	want_is(i, "static heap", start, size, PHYSMAP_MPU_FIXED);
}

static void guest_is(unsigned int i, const char *name, u64 start, u64 size)
{
	want_is(i, name, start, size, PHYSMAP_MPU_ON_DEMAND);
}

/* The console is the first want and the only one. */
static void uart_is(const char *name, u64 start, u64 size)
{
	must_read();
	assert_int_equal(tree.nr_wants, 1);
	assert_string_equal(tree.want[0].name, name);
	assert_int_equal(tree.want[0].start, start);
	assert_int_equal(tree.want[0].end, start + size);
	assert_int_equal(tree.want[0].early, UART);
	assert_int_equal(tree.want[0].final, UART);
	assert_int_equal(tree.want[0].life, PHYSMAP_MPU_FIXED);
	assert_int_equal(tree.want[0].slot, PHYSMAP_MPU_LOWEST);
	assert_string_equal(tree.uart.name, name);
	assert_int_equal(tree.uart.start, start);
	assert_int_equal(tree.uart.size, size);
	assert_int_equal(tree.uart.type, PHYSMAP_DEVICE_NGNRE);
}

static char said[512];

static void say(struct physmap_out *out, const char *fmt, va_list args)
{
	const size_t n = strlen(said);

	vsnprintf(said + n, sizeof(said) - n, fmt, args);
}

static void must_be_refused(enum physmap_mpu_reason reason, const char *text)
{
	struct physmap_out out = { say };

	assert_int_equal(read_as(&physmap_pmsav8_32), -EINVAL);
	*said = '\0';
	physmap_mpu_print_refusal(&out, &refusal);
	assert_string_equal(said, text);
	assert_int_equal(refusal.reason, reason);
	assert_int_equal(refusal.error, -EINVAL);
}

static void must_be_wrong(const char *text)
{
	must_be_refused(PHYSMAP_MPU_TREE, text);
}

/* All of it in one */

static void domain(const char *name, u32 start, u32 size, u32 shared)
{
	node(name);
	string("compatible", "xen,domain");
	cell_counts(1, 1);
	CELLS("#xen,static-mem-address-cells", 1);
	CELLS("#xen,static-mem-size-cells", 1);
	CELLS("xen,static-mem", start, size);
	node("shared-mem@3f000000");
	string("compatible", "xen,domain-shared-memory-v1");
	string("xen,shm-id", "0");
	CELLS("xen,shared-mem", 0x3f000000, shared, 0x10000);
	end();
	end();
}

static void board(void)
{
	begin_tree(1, 1);
	node("chosen");
	cell_counts(2, 2);
	string("stdout-path", "serial0:115200n8");
	CELLS("xen,static-heap", 0x30000000, 0x8000000);
	domain("domU1", 0x22000000, 0x1000000, 0x80000000);
	domain("domU2", 0x24000000, 0x800000, 0x90000000);
	node("module@28000000");
	string("compatible", "multiboot,kernel");
	CELLS("reg", 0x28000000, 0x100000);
	end();
	end();
	node("aliases");
	string("serial0", "/soc/serial@e7c00000");
	end();
	node("soc");
	cell_counts(1, 1);
	CELLS("ranges", 0xe7000000, 0xe7000000, 0x1000000);
	node("serial@e7c00000");
	string("compatible", "arm,cmsdk-uart");
	CELLS("reg", 0xe7c00000, 0x1000);
	end();
	end();
	memory();
	node("reserved-memory");
	cell_counts(1, 1);
	flag("ranges");
	node("firmware@20000000");
	CELLS("reg", 0x20000000, 0x100000);
	flag("no-map");
	end();
	node("dma@2f000000");
	CELLS("reg", 0x2f000000, 0x100000);
	string("compatible", "shared-dma-pool");
	end();
	end();
	end_tree();
}

static void a_board_is_read(void **state)
{
	board();
	must_read();
	assert_int_equal(tree.nr_memory, 1);
	assert_int_equal(tree.memory[0].start, 0x20000000);
	assert_int_equal(tree.memory[0].end, 0x40000000);
	assert_int_equal(tree.nr_no_map, 1);
	assert_int_equal(tree.no_map[0].start, 0x20000000);
	assert_int_equal(tree.no_map[0].end, 0x20100000);
	assert_int_equal(tree.nr_wants, 6);
	assert_string_equal(tree.want[0].name, "serial@e7c00000");
	assert_int_equal(tree.want[0].early, UART);
	assert_ptr_equal(tree.uart.name, tree.want[0].name);
	heap_is(1, 0x30000000, 0x8000000);
	guest_is(2, "domU1", 0x22000000, 0x1000000);
	guest_is(3, "shared-mem@3f000000", 0x3f000000, 0x10000);
	guest_is(4, "domU2", 0x24000000, 0x800000);
	guest_is(5, "shared-mem@3f000000", 0x3f000000, 0x10000);
}

static void a_board_is_planned(void **state)
{
	static struct physmap_mpu_plan plan;
	struct physmap_mpu_request req = { .on_demand = 2 };

	board();
	must_read();
	req.wants = tree.want;
	req.nr_wants = tree.nr_wants;
	assert_int_equal(physmap_mpu_plan(&physmap_pmsav8_32, 4, &req, &plan,
					  &refusal), 0);
	assert_int_equal(plan.at_boot, 2);
	assert_int_equal(plan.later, 4);
	assert_int_equal(plan.planned[0].slot, 0);
	assert_int_equal(plan.planned[1].slot, 3);
}

static void an_empty_tree_wants_nothing(void **state)
{
	begin_tree(2, 2);
	end_tree();
	must_read();
	assert_int_equal(tree.nr_memory, 0);
	assert_int_equal(tree.nr_wants, 0);
	assert_int_equal(tree.uart.size, 0);
}

/* Memory */

static void memory_is_found_and_sorted(void **state)
{
	begin_tree(2, 1);
	node("ram");
	string("device_type", "memory");
	CELLS("reg", 1, 0, 0x1000, 0, 0x4000, 0x1000);
	end();
	node("memory");
	CELLS("reg", 0, 0x2000, 0x800, 0, 0x9000, 0);
	string("status", "okay");
	end();
	node("memory@1");
	CELLS("reg", 0, 0x3000, 0x800);
	string("status", "disabled");
	end();
	node("memory-controller");
	CELLS("reg", 0, 0x6000, 0x800);
	end();
	node("memor");
	CELLS("reg", 0, 0x7000, 0x800);
	end();
	node("bus");
	node("memory");
	CELLS("reg", 0, 0x8000, 0x800);
	end();
	end();
	node("memory@empty");
	end();
	end_tree();
	must_read();
	assert_int_equal(tree.nr_memory, 3);
	assert_int_equal(tree.memory[0].start, 0x2000);
	assert_int_equal(tree.memory[0].end, 0x2800);
	assert_int_equal(tree.memory[1].start, 0x4000);
	assert_int_equal(tree.memory[1].end, 0x5000);
	assert_int_equal(tree.memory[2].start, 1ULL << 32);
	assert_int_equal(tree.memory[2].end, (1ULL << 32) + 0x1000);
}

static void cells_have_their_defaults(void **state)
{
	memset(fdt, 0, sizeof(fdt));
	ok(fdt_create(fdt, sizeof(fdt)));
	ok(fdt_finish_reservemap(fdt));
	node("");
	node("memory");
	CELLS("reg", 1, 2, 3);
	end();
	end_tree();
	must_read();
	assert_int_equal(tree.memory[0].start, 0x100000002);
	assert_int_equal(tree.memory[0].end, 0x100000005);
}

static void pieces_of_memory(unsigned int nr)
{
	u32 reg[2 * (PHYSMAP_MPU_FDT_SPANS + 1)];
	unsigned int i;

	for (i = 0; i < nr; i++) {
		reg[2 * i] = 0x10000 * (nr - i);
		reg[2 * i + 1] = 0x1000;
	}
	begin_tree(1, 1);
	node("memory");
	put_cells("reg", reg, 2 * nr);
	end();
	end_tree();
}

static void memory_in_too_many_pieces_is_refused(void **state)
{
	unsigned int i;

	pieces_of_memory(PHYSMAP_MPU_FDT_SPANS);
	must_read();
	assert_int_equal(tree.nr_memory, PHYSMAP_MPU_FDT_SPANS);
	for (i = 0; i < tree.nr_memory; i++)
		assert_int_equal(tree.memory[i].start, 0x10000 * (i + 1));
	pieces_of_memory(PHYSMAP_MPU_FDT_SPANS + 1);
	must_be_wrong("mpu: memory: there are more pieces of memory than can be kept (ARM-BOOT-1); mend the device tree\n");
}

static void malformed_memory_is_refused(void **state)
{
	begin_tree(1, 1);
	node("memory@0");
	CELLS("reg", 0x1000, 0x1000, 0x3000);
	end();
	end_tree();
	must_be_wrong("mpu: memory@0: a list of addresses in it ends amid an entry (ARM-BOOT-1); mend the device tree\n");

	begin_tree(2, 2);
	node("memory@0");
	CELLS("reg", 0xffffffff, 0xfffff000, 0, 0x1000);
	end();
	end_tree();
	must_be_wrong("mpu: memory@0: it ends beyond the last address (ARM-BOOT-1); mend the device tree\n");

	begin_tree(3, 1);
	end_tree();
	must_be_wrong("mpu: /: its addresses or sizes are not of one or two cells (ARM-BOOT-1); mend the device tree\n");

	begin_tree(1, 0);
	end_tree();
	must_be_wrong("mpu: /: its addresses or sizes are not of one or two cells (ARM-BOOT-1); mend the device tree\n");
}

/* Memory that is wanted */

static void heap_in_memory(u32 start, u32 size)
{
	begin_tree(1, 1);
	memory();
	node("memory@40000000");
	CELLS("reg", 0x40000000, 0x10000000, 0x60000000, 0x10000000);
	end();
	node("reserved-memory");
	cell_counts(2, 1);
	node("secure");
	CELLS("reg", 0, 0x28000000, 0x1000, 0, 0x68000000, 0x1000);
	flag("no-map");
	end();
	node("off");
	CELLS("reg", 0, 0x38000000, 0x1000);
	flag("no-map");
	string("status", "disabled");
	end();
	node("plain");
	CELLS("reg", 0, 0x3a000000, 0x1000);
	end();
	node("dynamic");
	CELLS("size", 0x1000);
	flag("no-map");
	end();
	end();
	node("chosen");
	CELLS("xen,static-heap", start, size);
	end();
	end_tree();
}

static void what_is_wanted_is_memory(void **state)
{
	static const struct {
		u32 start, size;
	} fine[] = {
		{ 0x20000000, 0x40 }, { 0x3fffffc0, 0x40 },
		{ 0x3ff00000, 0x200000 }, { 0x4fffffc0, 0x40 },
		{ 0x60000000, 0x40 }, { 0x30000000, 0x20000000 },
		{ 0x38000000, 0x1000 }, { 0x3a000000, 0x1000 },
	}, bad[] = {
		{ 0x1fffffc0, 0x40 }, { 0x1fffffc0, 0x80 },
		{ 0x4fffffc0, 0x80 }, { 0x50000000, 0x40 },
		{ 0x5fffffc0, 0x40 }, { 0x5fffffc0, 0x80 },
		{ 0x30000000, 0x40000000 }, { 0x70000000, 0x40 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fine); i++) {
		heap_in_memory(fine[i].start, fine[i].size);
		must_read();
		assert_int_equal(tree.nr_wants, 1);
		heap_is(0, fine[i].start, fine[i].size);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		heap_in_memory(bad[i].start, bad[i].size);
		assert_int_equal(read_as(&physmap_pmsav8_32), -EINVAL);
		assert_int_equal(refusal.reason, PHYSMAP_MPU_NOT_MEMORY);
		assert_string_equal(refusal.rule, "ARM-ATTR-3");
		assert_int_equal(refusal.asked.start, bad[i].start);
		assert_int_equal(tree.nr_wants, 0);
	}
	heap_in_memory(0x4ff00000, 0x200000);
	must_be_refused(PHYSMAP_MPU_NOT_MEMORY, "mpu: static heap [0x4ff00000, 0x50100000): not all of it is memory (ARM-ATTR-3); name what the tree's memory nodes have\n");
}

static void what_is_wanted_may_be_mapped(void **state)
{
	heap_in_memory(0x28000000 - 0x40, 0x40);
	must_read();
	heap_in_memory(0x28001000, 0x40);
	must_read();
	heap_in_memory(0x28000000 - 0x40, 0x80);
	must_be_refused(PHYSMAP_MPU_NO_MAP, "mpu: static heap [0x27ffffc0, 0x28000040) meets no-map memory [0x28000000, 0x28001000): the tree says no-map of some of it (ARM-ATTR-5); name other memory\n");
	heap_in_memory(0x28000fc0, 0x80);
	assert_int_equal(read_as(&physmap_pmsav8_32), -EINVAL);
	assert_int_equal(refusal.reason, PHYSMAP_MPU_NO_MAP);
	heap_in_memory(0x60000000, 0x10000000);
	assert_int_equal(read_as(&physmap_pmsav8_32), -EINVAL);
	assert_int_equal(refusal.met.start, 0x68000000);
}

static void what_is_wanted_can_be_a_region(void **state)
{
	heap_in_memory(0x30000000, 0);
	must_be_refused(PHYSMAP_MPU_EMPTY, "mpu: static heap [0x30000000, 0x30000000): it has no bytes, and such a region matches nothing (MPU-6); ask for a range that ends above its start\n");
	heap_in_memory(0x30000020, 0x40);
	assert_int_equal(read_as(&physmap_pmsav8_32), -EINVAL);
	assert_int_equal(refusal.reason, PHYSMAP_MPU_UNALIGNED);
	begin_tree(2, 2);
	node("memory");
	CELLS("reg", 1, 0, 0, 0x10000);
	end();
	node("chosen");
	CELLS("xen,static-heap", 1, 0, 0, 0x1000);
	end();
	end_tree();
	must_be_refused(PHYSMAP_MPU_ADDRESS, "mpu: static heap [0x100000000, 0x100001000): no region can hold addresses that high (MPU-2); ask for what lies below\n");
	assert_int_equal(read_as(&physmap_pmsav8_64), 0);
	heap_is(0, 1ULL << 32, 0x1000);
}

static void a_heap_has_its_own_cells_or_the_roots(void **state)
{
	begin_tree(1, 1);
	memory();
	node("chosen");
	/* For what is in /chosen, not for its properties. */
	cell_counts(2, 2);
	CELLS("xen,static-heap", 0x21000000, 0x1000, 0x23000000, 0x2000);
	end();
	end_tree();
	must_read();
	assert_int_equal(tree.nr_wants, 2);
	heap_is(0, 0x21000000, 0x1000);
	heap_is(1, 0x23000000, 0x2000);

	begin_tree(1, 1);
	memory();
	node("chosen");
	CELLS("#xen,static-heap-address-cells", 2);
	CELLS("#xen,static-heap-size-cells", 1);
	CELLS("xen,static-heap", 0, 0x21000000, 0x1000);
	end();
	end_tree();
	must_read();
	heap_is(0, 0x21000000, 0x1000);
}

static void wrong_cells(u32 cells, bool two)
{
	begin_tree(1, 1);
	memory();
	node("chosen");
	if (two)
		CELLS("#xen,static-heap-size-cells", cells, 1);
	else
		CELLS("#xen,static-heap-size-cells", cells);
	CELLS("xen,static-heap", 0x21000000, 0x1000);
	end();
	end_tree();
	must_be_wrong("mpu: chosen: its addresses or sizes are not of one or two cells (ARM-BOOT-1); mend the device tree\n");
}

static void wrong_numbers_of_cells_are_refused(void **state)
{
	wrong_cells(0, false);
	wrong_cells(3, false);
	wrong_cells(~0u, false);
	wrong_cells(1, true);
}

/* Guests */

static void guest_memory(u32 chosen_cells, u32 own_cells, u32 first)
{
	begin_tree(1, 1);
	memory();
	node("chosen");
	if (chosen_cells)
		cell_counts(chosen_cells, chosen_cells);
	node("domU1");
	cell_counts(3, 3);
	if (own_cells) {
		CELLS("#xen,static-mem-address-cells", own_cells);
		CELLS("#xen,static-mem-size-cells", own_cells);
	}
	if (first)
		CELLS("xen,static-mem", 0, first, 0, 0x10000);
	else
		CELLS("xen,static-mem", 0x21000000, 0x10000, 0x22000000,
		      0x20000);
	end();
	end();
	end_tree();
}

static void guest_memory_has_its_own_cells_or_its_parents(void **state)
{
	guest_memory(1, 0, 0);
	must_read();
	assert_int_equal(tree.nr_wants, 2);
	guest_is(0, "domU1", 0x21000000, 0x10000);
	guest_is(1, "domU1", 0x22000000, 0x20000);
	guest_memory(2, 1, 0);
	must_read();
	assert_int_equal(tree.nr_wants, 2);
	guest_memory(2, 0, 0x23000000);
	must_read();
	assert_int_equal(tree.nr_wants, 1);
	guest_is(0, "domU1", 0x23000000, 0x10000);
	guest_memory(1, 2, 0x23000000);
	must_read();
	assert_int_equal(tree.nr_wants, 1);
	/* Without #address-cells: two, and one for sizes. */
	guest_memory(0, 0, 0);
	must_be_wrong("mpu: domU1: a list of addresses in it ends amid an entry (ARM-BOOT-1); mend the device tree\n");
	guest_memory(3, 0, 0);
	must_be_wrong("mpu: chosen: its addresses or sizes are not of one or two cells (ARM-BOOT-1); mend the device tree\n");
	/* A domain's addresses are those of its children. */
	guest_memory(2, 2, 0x11000000);
	assert_int_equal(read_as(&physmap_pmsav8_32), -EINVAL);
	assert_int_equal(refusal.reason, PHYSMAP_MPU_NOT_MEMORY);
	assert_string_equal(refusal.asked.name, "domU1");
}

static void begin_shared(void)
{
	begin_tree(2, 2);
	node("memory");
	CELLS("reg", 0, 0x20000000, 0, 0x20000000);
	end();
	node("chosen");
	cell_counts(2, 1);
	node("shm@1");
}

static void end_shared(void)
{
	end();
	end();
	end_tree();
}

static void shared_memory_is_at_its_host_address(void **state)
{
	begin_shared();
	CELLS("xen,shared-mem", 0, 0x21000000, 0, 0x80000000, 0x10000);
	end_shared();
	must_read();
	assert_int_equal(tree.nr_wants, 1);
	guest_is(0, "shm@1", 0x21000000, 0x10000);

	/* No host address: it is of the heap. */
	begin_shared();
	CELLS("xen,shared-mem", 0, 0x80000000, 0x10000);
	end_shared();
	must_read();
	assert_int_equal(tree.nr_wants, 0);

	begin_shared();
	CELLS("xen,shared-mem", 0, 0x21000000, 0, 0x80000000);
	end_shared();
	must_be_wrong("mpu: shm@1: a list of addresses in it ends amid an entry (ARM-BOOT-1); mend the device tree\n");

	begin_shared();
	flag("xen,shared-mem");
	end_shared();
	must_be_wrong("mpu: shm@1: its xen,shared-mem is not one range (ARM-BOOT-1); mend the device tree\n");

	begin_shared();
	CELLS("xen,shared-mem", 0xffffffff, 0xffff0000, 0, 0x80000000, 0x10000);
	end_shared();
	must_be_wrong("mpu: shm@1: it ends beyond the last address (ARM-BOOT-1); mend the device tree\n");
}

static void shared_memory_that_is_reserved_is_wanted(void **state)
{
	begin_tree(1, 1);
	memory();
	node("reserved-memory");
	cell_counts(1, 1);
	node("xen-shmem@21000000");
	string("compatible", "xen,shared-memory-v1");
	CELLS("reg", 0x21000000, 0x1000);
	end();
	node("xen-shmem@22000000");
	string("compatible", "xen,shared-memory-v1");
	CELLS("reg", 0x22000000, 0x1000);
	string("status", "disabled");
	end();
	node("other@23000000");
	CELLS("reg", 0x23000000, 0x1000);
	end();
	end();
	end_tree();
	must_read();
	assert_int_equal(tree.nr_wants, 1);
	guest_is(0, "xen-shmem@21000000", 0x21000000, 0x1000);

	begin_tree(1, 1);
	memory();
	node("reserved-memory");
	cell_counts(1, 1);
	node("xen-shmem@1");
	string("compatible", "xen,shared-memory-v1");
	CELLS("reg", 0x41000000, 0x1000);
	end();
	end();
	end_tree();
	assert_int_equal(read_as(&physmap_pmsav8_32), -EINVAL);
	assert_int_equal(refusal.reason, PHYSMAP_MPU_NOT_MEMORY);
	assert_string_equal(refusal.asked.name, "xen-shmem@1");
}

static void guests(unsigned int nr)
{
	u32 value[2 * (PHYSMAP_MPU_FDT_WANTS + 1)];
	unsigned int i;

	for (i = 0; i < nr; i++) {
		value[2 * i] = 0x20000000 + i * 0x10000;
		value[2 * i + 1] = 0x1000;
	}
	begin_tree(1, 1);
	memory();
	node("chosen");
	cell_counts(1, 1);
	node("a-domain-with-quite-a-long-name");
	put_cells("xen,static-mem", value, 2 * nr);
	end();
	end();
	end_tree();
}

static void too_many_ranges_are_refused(void **state)
{
	guests(PHYSMAP_MPU_FDT_WANTS);
	must_read();
	assert_int_equal(tree.nr_wants, PHYSMAP_MPU_FDT_WANTS);
	/* A name is cut off rather than lost. */
	guest_is(0, "a-domain-with-quite-a-l", 0x20000000, 0x1000);
	guest_is(63, "a-domain-with-quite-a-l", 0x203f0000, 0x1000);
	assert_int_equal(physmap_mpu_want_tree(&physmap_pmsav8_32, 0, 64, &tree,
					       &refusal), -EINVAL);
	assert_int_equal(refusal.reason, PHYSMAP_MPU_TREE);
	guests(PHYSMAP_MPU_FDT_WANTS + 1);
	must_be_wrong("mpu: a-domain-with-quite-a-long-name: there are more ranges than can be kept (ARM-BOOT-1); mend the device tree\n");
}

/* The early UART */

static void begin_uart(const char *property, const char *path)
{
	begin_tree(1, 1);
	memory();
	node("chosen");
	string(property, path);
	end();
}

static void a_console_is_found_by_path_or_alias(void **state)
{
	static const char *const paths[] = {
		"/uart", "/uart:115200", "/uart:", "s0", "s0:115200n8", "s0:",
	};
	unsigned int i, p;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		for (p = 0; p < 2; p++) {
			begin_uart(p ? "linux,stdout-path" : "stdout-path",
				   paths[i]);
			node("aliases");
			string("s1", "/chosen");
			string("s0", "/uart");
			end();
			uart("arm,pl011", 0x9000000, 0x1000);
			end_tree();
			uart_is("uart", 0x9000000, 0x1000);
		}
	}
	begin_tree(1, 1);
	node("chosen");
	string("linux,stdout-path", "/chosen");
	string("stdout-path", "/uart");
	end();
	uart("arm,pl011", 0x9000000, 0x40);
	end_tree();
	uart_is("uart", 0x9000000, 0x40);
}

static void consoles_of_known_kinds_are_mapped(void **state)
{
	static const char *const known[] = {
		"arm,pl011", "arm,sbsa-uart", "arm,cmsdk-uart", "arm,mps2-uart",
		"ns16550a", "ns16550", "snps,dw-apb-uart",
	};
	static const char list[] = "vendor,its-own\0arm,pl011\0arm,primecell";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		begin_uart("stdout-path", "/uart");
		uart(known[i], 0x9000000, 0x1000);
		end_tree();
		uart_is("uart", 0x9000000, 0x1000);
	}
	begin_uart("stdout-path", "/uart");
	node("uart");
	ok(fdt_property(fdt, "compatible", list, sizeof(list)));
	CELLS("reg", 0x9000000, 0x1000, 0x9001000, 0x1000);
	end();
	end_tree();
	uart_is("uart", 0x9000000, 0x1000);
}

static void a_console_of_an_unknown_kind_is_not(void **state)
{
	begin_uart("stdout-path", "/uart");
	uart("vendor,its-own", 0x9000000, 0x1000);
	end_tree();
	must_be_refused(PHYSMAP_MPU_UNKNOWN, "mpu: uart [0x9000000, 0x9001000): nobody knows how this device wants to be accessed (ARM-ATTR-3); take a console of a kind that is known\n");
	assert_int_equal(tree.uart.size, 0);
	begin_uart("stdout-path", "/uart");
	node("uart");
	CELLS("reg", 0x9000000, 0x1000);
	end();
	end_tree();
	assert_int_equal(read_as(&physmap_pmsav8_32), -EINVAL);
	assert_int_equal(refusal.reason, PHYSMAP_MPU_UNKNOWN);
}

static void a_console_is_mapped_to_the_byte_or_not_at_all(void **state)
{
	begin_uart("stdout-path", "/uart");
	uart("ns16550a", 0x9000000, 0x20);
	end_tree();
	must_be_refused(PHYSMAP_MPU_UNALIGNED, "mpu: uart [0x9000000, 0x9000020): a region begins and ends with a granule (MPU-1); move both ends to multiples of it\n");
	begin_uart("stdout-path", "/uart");
	uart("ns16550a", 0x9000000, 0);
	end_tree();
	assert_int_equal(read_as(&physmap_pmsav8_32), -EINVAL);
	assert_int_equal(refusal.reason, PHYSMAP_MPU_EMPTY);
	begin_uart("stdout-path", "/uart");
	uart("ns16550a", 0x3ffff000, 0x1000);
	end_tree();
	must_be_refused(PHYSMAP_MPU_UNKNOWN, "mpu: uart [0x3ffff000, 0x40000000): this device's registers are where memory is (ARM-ATTR-1); mend the device tree\n");
	begin_uart("stdout-path", "/uart");
	uart("ns16550a", 0x40000000, 0x1000);
	end_tree();
	uart_is("uart", 0x40000000, 0x1000);
}

static void no_device(const char *path, const char *alias)
{
	begin_uart("stdout-path", path);
	if (*alias) {
		node("aliases");
		string("s0", alias);
		end();
	}
	uart("arm,pl011", 0x9000000, 0x1000);
	end_tree();
	must_be_wrong("mpu: stdout-path: it names no device (ARM-BOOT-1); mend the device tree\n");
}

static void a_console_that_is_not_there_is_refused(void **state)
{
	no_device("/uart2", "");
	no_device("/uart2:115200", "");
	no_device("/", "");
	no_device("", "");
	no_device(":", "");
	no_device("s0", "");
	no_device("s0", "/uart2");
	no_device("s0", "uart");
	no_device("s0", "s0");
	no_device("s", "/uart");
	no_device("s00", "/uart");
}

static void unended(bool alias)
{
	begin_tree(1, 1);
	node("chosen");
	if (alias)
		string("stdout-path", "s0");
	else
		ok(fdt_property(fdt, "stdout-path", "/uart", 5));
	end();
	node("aliases");
	ok(fdt_property(fdt, "s0", "/uart", 5));
	end();
	uart("arm,pl011", 0x9000000, 0x1000);
	end_tree();
}

static void strings_without_an_end_are_refused(void **state)
{
	unended(false);
	must_be_wrong("mpu: chosen: a string in it has no end (ARM-BOOT-1); mend the device tree\n");
	unended(true);
	must_be_wrong("mpu: aliases: a string in it has no end (ARM-BOOT-1); mend the device tree\n");
}

static void a_console_without_registers_is_refused(void **state)
{
	begin_uart("stdout-path", "/uart");
	node("uart");
	string("compatible", "arm,pl011");
	end();
	end_tree();
	must_be_wrong("mpu: uart: it has no registers (ARM-BOOT-1); mend the device tree\n");
	begin_uart("stdout-path", "/uart");
	node("uart");
	string("compatible", "arm,pl011");
	CELLS("reg", 0x9000000);
	end();
	end_tree();
	must_be_wrong("mpu: uart: a list of addresses in it ends amid an entry (ARM-BOOT-1); mend the device tree\n");
}

#define NOT_HELD	": its ranges do not hold the console (ARM-BOOT-1); mend the device tree\n"

/* Buses: /outer/inner/uart, with @ranges of the inner one. */
static void begin_bus(void)
{
	begin_uart("stdout-path", "/outer/inner/uart");
	node("outer");
	cell_counts(2, 1);
	CELLS("ranges", 5, 0, 0x80000000, 0x1000000, 5, 0x1000000, 0xa0000000,
	      0x1000000);
	node("inner");
	cell_counts(1, 2);
}

static void end_bus(u32 address, u32 size)
{
	node("uart");
	string("compatible", "arm,pl011");
	CELLS("reg", address, 0, size);
	end();
	end();
	end();
	end_tree();
}

static void addresses_are_those_of_the_cpu(void **state)
{
	begin_bus();
	CELLS("ranges", 0x100, 5, 0x1000000, 0, 0x10000);
	end_bus(0x100, 0x40);
	uart_is("uart", 0xa0000000, 0x40);

	begin_bus();
	CELLS("ranges", 0, 5, 0, 0, 0x100, 0x100, 5, 0xff0000, 0, 0x10000);
	end_bus(0x100c0, 0x40);
	uart_is("uart", 0x80ffffc0, 0x40);

	begin_bus();
	CELLS("ranges", 0x40, 5, 0x400, 0, 0x80);
	end_bus(0x40, 0x80);
	uart_is("uart", 0x80000400, 0x80);

	/* An empty ranges: the same addresses. */
	begin_uart("stdout-path", "/bus/uart");
	node("bus");
	cell_counts(1, 1);
	flag("ranges");
	uart("arm,pl011", 0x9000000, 0x1000);
	end();
	end_tree();
	uart_is("uart", 0x9000000, 0x1000);
}

static void not_in_ranges(u32 address, u32 size)
{
	begin_bus();
	CELLS("ranges", 0x40, 5, 0x400, 0, 0x80, 0x1000, 5, 0xffffc0, 0, 0x80,
	      0x2000, 4, 0, 0, 0x80);
	end_bus(address, size);
}

static void a_console_that_no_bus_reaches_is_refused(void **state)
{
	not_in_ranges(0, 0x40);
	must_be_wrong("mpu: inner" NOT_HELD);
	not_in_ranges(0, 0x80);
	must_be_wrong("mpu: inner" NOT_HELD);
	not_in_ranges(0x80, 0x80);
	must_be_wrong("mpu: inner" NOT_HELD);
	not_in_ranges(0xc0, 0x40);
	must_be_wrong("mpu: inner" NOT_HELD);
	not_in_ranges(0x1000, 0x80);
	must_be_wrong("mpu: outer" NOT_HELD);
	not_in_ranges(0x2000, 0x40);
	must_be_wrong("mpu: outer" NOT_HELD);
	not_in_ranges(0x1000, 0x40);
	uart_is("uart", 0x80ffffc0, 0x40);

	begin_bus();
	end_bus(0, 0x40);
	must_be_wrong("mpu: inner: it has no ranges, so nobody knows where its devices are (ARM-BOOT-1); mend the device tree\n");

	begin_bus();
	CELLS("ranges", 0x40, 5, 0x400);
	end_bus(0x40, 0x40);
	must_be_wrong("mpu: inner: a list of addresses in it ends amid an entry (ARM-BOOT-1); mend the device tree\n");

	begin_uart("stdout-path", "/pci/uart");
	node("pci");
	cell_counts(3, 2);
	flag("ranges");
	node("uart");
	end();
	end();
	end_tree();
	must_be_wrong("mpu: pci: its addresses or sizes are not of one or two cells (ARM-BOOT-1); mend the device tree\n");
}

/* To an address so high that its end is none. */
static void a_bus_that_leads_beyond_the_last_address_is_refused(void **state)
{
	begin_tree(2, 1);
	node("chosen");
	string("stdout-path", "/bus/uart");
	end();
	node("bus");
	cell_counts(1, 1);
	CELLS("ranges", 0, 0xffffffff, 0xfffff000, 0x2000);
	uart("arm,pl011", 0xfc0, 0x80);
	end();
	end_tree();
	must_be_wrong("mpu: bus" NOT_HELD);
}

/* The tree itself */

static void the_tree_is_wanted_while_boot_lasts(void **state)
{
	const struct physmap_mpu_want *w = &tree.want[1];
	u64 start;

	heap_in_memory(0x30000000, 0x1000);
	must_read();
	assert_int_equal(physmap_mpu_want_tree(&physmap_pmsav8_32, 0x10000020,
					       0x41, &tree, &refusal), 0);
	assert_int_equal(tree.nr_wants, 2);
	assert_string_equal(w->name, "device tree");
	assert_int_equal(w->start, 0x10000000);
	assert_int_equal(w->end, 0x10000080);
	assert_int_equal(w->early, 0);
	assert_int_equal(w->final, 0);
	assert_int_equal(w->life, PHYSMAP_MPU_BOOT_ONLY);
	assert_int_equal(w->slot, PHYSMAP_MPU_LOWEST);
	assert_int_equal(physmap_mpu_want_tree(&physmap_pmsav8_32, 0x28000000,
					       0x40, &tree, &refusal), -EINVAL);
	assert_int_equal(refusal.reason, PHYSMAP_MPU_NO_MAP);
	assert_int_equal(tree.nr_wants, 2);

	/* Where it lies, if all of it is this machine's. */
	assert_int_equal(physmap_mpu_read_tree(&physmap_pmsav8_64, fdt, &tree,
					       &refusal), 0);
	assert_int_equal(tree.nr_wants, 2);
	start = (u64)(unsigned long)fdt;
	assert_true(w->start <= start && start - w->start < 64);
	start += fdt_totalsize(fdt);
	assert_true(w->end >= start && w->end - start < 64);
	assert_int_equal(physmap_mpu_read_tree(&physmap_pmsav8_32, fdt, &tree,
					       &refusal), -EINVAL);
	assert_int_equal(refusal.reason, PHYSMAP_MPU_ADDRESS);
	assert_string_equal(refusal.asked.name, "device tree");
}

static void what_is_no_tree_is_refused(void **state)
{
	static const char text[] =
		"mpu: device tree: it does not begin as one (ARM-BOOT-1); mend the device tree\n";

	memset(fdt, 0, sizeof(fdt));
	must_be_wrong(text);
	board();
	fdt[3]++;
	must_be_wrong(text);
	assert_int_equal(physmap_mpu_read_tree(&physmap_pmsav8_64, fdt, &tree,
					       &refusal), -EINVAL);
}

static void a_tree_that_breaks_off_is_refused(void **state)
{
	board();
	fdt_set_size_dt_struct(fdt, fdt_size_dt_struct(fdt) / 2 & ~3u);
	must_be_wrong("mpu: device tree: its structure is damaged (ARM-BOOT-1); mend the device tree\n");
}

/* Every bit turned */

static struct {
	unsigned int trees, sound, read;
} turned;

/* A copy with an end where the tree's is, for the address sanitizer. */
static void read_copy(const u8 *from, size_t size)
{
	struct physmap_out out = { say };
	u8 *copy = malloc(size);
	unsigned int i;
	int err;

	assert_non_null(copy);
	memcpy(copy, from, size);
	turned.trees++;
	turned.sound += !fdt_check_full(copy, size);
	/* That all of it is there is the caller's to know. */
	if (!fdt_check_header(copy) && fdt_totalsize(copy) > size) {
		free(copy);
		return;
	}
	err = physmap_mpu_read_ranges(&physmap_pmsav8_32, copy, &tree,
				      &refusal);
	turned.read += !err;
	if (err) {
		assert_int_equal(err, -EINVAL);
		*said = '\0';
		physmap_mpu_print_refusal(&out, &refusal);
		assert_true(said[strlen(said) - 1] == '\n');
	}
	assert_in_range(tree.nr_wants, 0, PHYSMAP_MPU_FDT_WANTS);
	for (i = 0; i < tree.nr_wants; i++) {
		assert_int_equal(physmap_mpu_check_want(&physmap_pmsav8_32,
							&tree.want[i]),
				 PHYSMAP_MPU_FINE);
		assert_in_range(strlen(tree.want[i].name), 0,
				PHYSMAP_MPU_FDT_NAME - 1);
	}
	free(copy);
}

static void nothing_outside_of_a_damaged_tree_is_read(void **state)
{
	unsigned int i, bit;
	size_t size;

	board();
	ok(fdt_pack(fdt));
	size = fdt_totalsize(fdt);
	for (i = 0; i < size; i++) {
		const u8 was = fdt[i];

		for (bit = 0; bit < 8; bit++) {
			fdt[i] = was ^ 1 << bit;
			read_copy(fdt, size);
		}
		fdt[i] = 0;
		read_copy(fdt, size);
		fdt[i] = 0xff;
		read_copy(fdt, size);
		fdt[i] = was;
	}
	print_message("# %u trees, %u sound, %u read\n", turned.trees,
		      turned.sound, turned.read);
	assert_true(turned.sound > turned.trees / 4);
	assert_true(turned.read > turned.trees / 4);
	assert_true(turned.read < turned.trees);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		HOLDS("A board is read, everything in it", a_board_is_read),
		HOLDS("A board is planned", a_board_is_planned),
		HOLDS("An empty tree wants nothing",
		      an_empty_tree_wants_nothing),
		HOLDS("Memory is found by type or name, and sorted",
		      memory_is_found_and_sorted),
		HOLDS("Cells have their defaults", cells_have_their_defaults),
		HOLDS("Memory in too many pieces is refused",
		      memory_in_too_many_pieces_is_refused),
		HOLDS("Malformed memory is refused",
		      malformed_memory_is_refused),
		HOLDS("What is wanted is memory, to the granule",
		      what_is_wanted_is_memory),
		HOLDS("What is wanted is not no-map",
		      what_is_wanted_may_be_mapped),
		HOLDS("What is wanted can be a region",
		      what_is_wanted_can_be_a_region),
		HOLDS("A heap has cells of its own, or the root's",
		      a_heap_has_its_own_cells_or_the_roots),
		HOLDS("Wrong numbers of cells are refused",
		      wrong_numbers_of_cells_are_refused),
		HOLDS("Guest memory has cells of its own, or its parent's",
		      guest_memory_has_its_own_cells_or_its_parents),
		HOLDS("Shared memory is at its host address",
		      shared_memory_is_at_its_host_address),
		HOLDS("Shared memory that is reserved is wanted, other is not",
		      shared_memory_that_is_reserved_is_wanted),
		HOLDS("Too many ranges are refused",
		      too_many_ranges_are_refused),
		HOLDS("A console is found by path or alias",
		      a_console_is_found_by_path_or_alias),
		HOLDS("Consoles of known kinds are mapped",
		      consoles_of_known_kinds_are_mapped),
		HOLDS("A console of an unknown kind is refused",
		      a_console_of_an_unknown_kind_is_not),
		HOLDS("A console is mapped to the byte, or not at all",
		      a_console_is_mapped_to_the_byte_or_not_at_all),
		HOLDS("A console that is not there is refused",
		      a_console_that_is_not_there_is_refused),
		HOLDS("Strings without an end are refused",
		      strings_without_an_end_are_refused),
		HOLDS("A console without registers is refused",
		      a_console_without_registers_is_refused),
		HOLDS("Addresses are those of the CPU",
		      addresses_are_those_of_the_cpu),
		HOLDS("A console that no bus reaches is refused",
		      a_console_that_no_bus_reaches_is_refused),
		HOLDS("A bus that leads beyond the last address is refused",
		      a_bus_that_leads_beyond_the_last_address_is_refused),
		HOLDS("The tree itself is wanted while boot lasts",
		      the_tree_is_wanted_while_boot_lasts),
		HOLDS("What is no tree is refused", what_is_no_tree_is_refused),
		HOLDS("A tree that breaks off is refused",
		      a_tree_that_breaks_off_is_refused),
		HOLDS("Whatever bit is turned, nothing outside is read",
		      nothing_outside_of_a_damaged_tree_is_read),
	};

	return cmocka_run_group_tests_name("mpu fdt", tests, NULL, NULL);
}
