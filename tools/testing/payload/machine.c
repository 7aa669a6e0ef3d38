// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine: a console on virt's PL011, what the device tree and the ID
 * registers say, system registers of the exception level, and hooks by which
 * the engine gets memory for tables. The stores, barriers and TLB invalidations
 * are those of the real arm64 backend.
 */
#include <libfdt.h>
#include <linux/errno.h>
#include "payload.h"

struct machine machine;

void put(char c)
{
	volatile u32 *data = (u32 *)UART, *flags = (u32 *)(UART + 0x18);

	while (*flags & BIT(5))
		;
	*data = (u8)c;
}

#define READ(reg) ({						\
	u64 value_;						\
	asm volatile("mrs %0, " #reg : "=r" (value_));		\
	value_;							\
})

u64 read_sctlr(void)
{
	return machine.el == 2 ? READ(sctlr_el2) : READ(sctlr_el1);
}

u64 read_daif(void)
{
	return READ(daif);
}

/* What the MMU makes of an address now: PAR. */
u64 translate(u64 va, bool write)
{
	if (machine.el == 2 && write)
		asm volatile("at s1e2w, %0" : : "r" (va) : "memory");
	else if (machine.el == 2)
		asm volatile("at s1e2r, %0" : : "r" (va) : "memory");
	else if (write)
		asm volatile("at s1e1w, %0" : : "r" (va) : "memory");
	else
		asm volatile("at s1e1r, %0" : : "r" (va) : "memory");
	asm volatile("isb" : : : "memory");
	return READ(par_el1);
}

/* ARM-MMU-11: 4K and 64K pages say 15 where they are not, 16K pages 0. */
bool has_granule(unsigned int page_shift)
{
	if (page_shift == 12)
		return (machine.mmfr0 >> 28 & 15) != 15;
	if (page_shift == 14)
		return machine.mmfr0 >> 20 & 15;
	return (machine.mmfr0 >> 24 & 15) != 15;
}

bool has_lpa2(unsigned int page_shift)
{
	if (page_shift == 12)
		return (machine.mmfr0 >> 28 & 15) == 1;
	return page_shift == 14 && (machine.mmfr0 >> 20 & 15) == 2;
}

static u64 address_size(const struct physmap_arm64_machine *m)
{
	const u64 has = machine.mmfr0 & 15;

	if (m->pa_bits <= 48 && has > 5)
		return 5;
	return has;
}

/* Walks are write-back, inner shareable; both halves are alike. */
u64 tcr_for(const struct physmap_arm64_machine *m)
{
	static const u8 tg0[] = { [12] = 0, [14] = 2, [16] = 1 };
	static const u8 tg1[] = { [12] = 2, [14] = 1, [16] = 3 };
	const u64 half = (64 - m->va_bits) | 1 << 8 | 1 << 10 | 3 << 12;
	const u64 low = half | (u64)tg0[m->page_shift] << 14;
	const u64 high = half | (u64)tg1[m->page_shift] << 14;

	if (machine.el == 2)
		return low | BIT_ULL(31) | BIT_ULL(23) | address_size(m) << 16 |
		       (m->lpa2 ? BIT_ULL(32) : 0);
	return low | high << 16 | address_size(m) << 32 |
	       (m->lpa2 ? BIT_ULL(59) : 0);
}

/* The device tree */

static u64 cells(const fdt32_t *p, int n)
{
	u64 value = 0;

	while (n--)
		value = value << 32 | fdt32_to_cpu(*p++);
	return value;
}

bool find_machine(const void *tree)
{
	const char *method;
	const fdt32_t *reg;
	int node, address, size, length;

	machine.el = READ(CurrentEL) >> 2;
	machine.mmfr0 = READ(id_aa64mmfr0_el1);
	/* Caches on, no alignment checks, no write-implies-never-execute. */
	machine.sctlr = (read_sctlr() | BIT(0) | BIT(2) | BIT(12)) &
			~(BIT(1) | BIT(19));
	if (fdt_check_header(tree))
		return false;
	address = fdt_address_cells(tree, 0);
	size = fdt_size_cells(tree, 0);
	node = fdt_node_offset_by_prop_value(tree, -1, "device_type", "memory",
					     sizeof("memory"));
	reg = fdt_getprop(tree, node, "reg", &length);
	if (!reg || length < (address + size) * 4)
		return false;
	machine.ram_start = cells(reg, address);
	machine.ram_end = machine.ram_start + cells(reg + address, size);
	node = fdt_path_offset(tree, "/psci");
	method = fdt_getprop(tree, node, "method", NULL);
	if (!method)
		return false;
	machine.smc = *method == 's';
	return true;
}

void power_off(void)
{
	const u64 system_off = 0x84000008;

	if (machine.smc)
		psci_smc(system_off);
	else
		psci_hvc(system_off);
}

/*
 * Memory for tables: two pools behind the image. One is in use by hardware
 * while the other is filled anew.
 */
#define POOL_SIZE	(24 * MB)

static struct {
	unsigned int turns;
	u64 start;
	u64 next;
	u64 end;
} pool;

/* The other pool, empty. */
void pool_turn(void)
{
	pool.start = (u64)image_end + (pool.turns++ % 2) * POOL_SIZE;
	pool.next = pool.start;
	pool.end = pool.start + POOL_SIZE;
}

/* What has been handed out. */
void pool_range(u64 *start, u64 *end)
{
	*start = pool.start;
	*end = pool.next;
}

/* First address beyond both, whichever is in use. */
u64 pools_end(void)
{
	return (u64)image_end + 2 * POOL_SIZE;
}

u64 pool_page(const struct physmap_geometry *geo)
{
	const u64 size = 1ULL << geo->level[0].shift;
	const u64 pa = pool.next;
	u64 *word = (u64 *)pa;

	if (pool.end - pool.next < size)
		return 0;
	pool.next += size;
	while ((u64)word < pool.next)
		WRITE_ONCE(*word++, 0);
	return pa;
}

static void *table_at(struct physmap_map *map, u64 table)
{
	return (void *)table;
}

static u64 same(struct physmap_map *map, u64 address)
{
	return address;
}

static int alloc(struct physmap_map *map, u64 wanted, u64 *first)
{
	*first = pool_page(map->geo);
	return *first ? 1 : -ENOMEM;
}

static void release(struct physmap_map *map, u64 table)
{
}

static bool is_ram(struct physmap_map *map, u64 start, u64 end)
{
	return start >= machine.ram_start && end <= machine.ram_end;
}

static bool always(struct physmap_map *map, u64 start, u64 end)
{
	return true;
}

static struct physmap_cost no_cost(struct physmap_map *map)
{
	return (struct physmap_cost) { };
}

static const char *explain(struct physmap_map *map,
			   enum physmap_question question, u64 start, u64 end)
{
	return "";
}

static bool no_alias(struct physmap_map *map, u64 pa, u64 *va)
{
	return false;
}

const struct physmap_hooks payload_hooks = {
	.name = "payload",
	.leaf_levels = PHYSMAP_LEVEL(0) | PHYSMAP_LEVEL(1) | PHYSMAP_LEVEL(2),
	.table = table_at,
	.canonical = same,
	.machine = same,
	.alloc = alloc,
	.release = release,
	.ram = is_ram,
	.keep_tail = always,
	.keeps_exec = always,
	.write = physmap_arm64_write,
	.protect = physmap_arm64_protect,
	.link = physmap_arm64_link,
	.commit = physmap_arm64_commit,
	.flush = physmap_arm64_flush,
	.cost = no_cost,
	.explain = explain,
	.alias = no_alias,
};
