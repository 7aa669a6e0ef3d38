// SPDX-License-Identifier: GPL-2.0-only
/*
 * The seam between physmap and x86 Linux 6.1: the one file that knows both.
 * It finds out what the machine has, turns the kernel's requests into the
 * engine's, hands out memory, and makes the hypercalls. Everything here that
 * depends on the kernel's version stays here.
 */
#define pr_fmt(fmt) "physmap: " fmt

#include <linux/container_of.h>
#include <linux/gfp.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <asm/cpufeature.h>
#include <asm/e820/api.h>
#include <asm/mem_encrypt.h>
#include <asm/msr.h>
#include <asm/mtrr.h>
#include <asm/pgtable.h>
#include <asm/physmap.h>
#include <asm/sections.h>
#include <asm/setup.h>
#include <asm/tlbflush.h>
#include <xen/hvc-console.h>
#include <xen/xen.h>
#include <physmap/event.h>
#include <physmap/linux.h>
#include <physmap/walk.h>
#include "../mm_internal.h"
#include "xen.h"

/* The kernel has one direct map, so there is one of each of these. */
static struct physmap_x86 geometry;
static struct physmap_xen_map direct_map;
static struct physmap_report report;

/* Machine */

static void __init read_mtrrs(struct physmap_geometry *geo)
{
	struct physmap_x86_mtrr mtrr[PHYSMAP_MAX_CUTS / 2];
	unsigned int i, nr = 0;
	u64 cap, def;

	if (!boot_cpu_has(X86_FEATURE_MTRR) || xen_pv_domain())
		return;
	rdmsrl(MSR_MTRRcap, cap);
	rdmsrl(MSR_MTRRdefType, def);
	/* Bit 11: MTRRs are enabled; without it all memory is one type. */
	if (!(def & BIT(11)))
		return;
	for (i = 0; i < (cap & 0xff) && nr < ARRAY_SIZE(mtrr); i++) {
		u64 base, mask, size;

		rdmsrl(MTRRphysBase_MSR(i), base);
		rdmsrl(MTRRphysMask_MSR(i), mask);
		if (!(mask & BIT(11)))
			continue;
		mask &= PAGE_MASK & (geo->pa_limit - 1);
		size = mask & -mask;
		mtrr[nr].base = base & mask;
		mtrr[nr].size = size;
		mtrr[nr++].type = base & 0xff;
	}
	physmap_x86_mtrr_cuts(geo, mtrr, nr, def & 0xff);
}

static void __init find_machine(void)
{
	struct physmap_x86_machine m = {
		.paging = pgtable_l5_enabled() ? PHYSMAP_X86_5LEVEL :
						 PHYSMAP_X86_4LEVEL,
		.pa_bits = boot_cpu_data.x86_phys_bits,
		.pse = boot_cpu_has(X86_FEATURE_PSE),
		.gbpages = boot_cpu_has(X86_FEATURE_GBPAGES) && direct_gbpages,
		.nx = __supported_pte_mask & _PAGE_NX,
		.global = __default_kernel_pte_mask & _PAGE_GLOBAL,
		.erratum_383 = boot_cpu_has_bug(X86_BUG_AMD_TLB_MMATCH),
		.encrypt = _PAGE_ENC,
	};

	physmap_x86_geometry(&geometry, &m);
	read_mtrrs(&geometry.geo);
}

static void print_features(struct physmap_out *out)
{
	const struct physmap_x86_machine *m = &geometry.machine;

	physmap_print(out, "%s%s%s%s%s", m->nx ? " nx" : "",
		      boot_cpu_has(X86_FEATURE_PGE) ? " pge" : "",
		      boot_cpu_has(X86_FEATURE_PTI) ? " pti" : "",
		      m->encrypt ? " encrypt" : "",
		      m->erratum_383 ? " erratum-383" : "");
	if (geometry.geo.nr_cuts)
		physmap_print(out, " mtrr-cuts=%u", geometry.geo.nr_cuts);
}

/* For a trace; read when everything has been settled. */
static void describe_machine(struct physmap_trace_machine *m)
{
	const struct physmap_geometry *geo = &geometry.geo;
	const struct physmap_map *map = &direct_map.map;
	const unsigned long cr4 = cr4_read_shadow();

	m->arch = PHYSMAP_TRACE_X86;
	m->features =
		(geometry.machine.nx ? PHYSMAP_TRACE_NX : 0) |
		(geometry.machine.pse ? PHYSMAP_TRACE_PSE : 0) |
		(boot_cpu_has(X86_FEATURE_GBPAGES) ? PHYSMAP_TRACE_GBPAGES : 0) |
		(cr4 & X86_CR4_PGE ? PHYSMAP_TRACE_PGE : 0) |
		(cr4 & X86_CR4_PCIDE ? PHYSMAP_TRACE_PCID : 0) |
		(geometry.machine.erratum_383 ? PHYSMAP_TRACE_ERRATUM_383 : 0) |
		(boot_cpu_has_bug(X86_BUG_ITLB_MULTIHIT) ?
		 PHYSMAP_TRACE_ITLB_MULTIHIT : 0) |
		(xen_pv_domain() ? PHYSMAP_TRACE_XEN : 0) |
		(xen_initial_domain() ? PHYSMAP_TRACE_XEN_IO : 0);
	m->cpus = num_possible_cpus();
	m->pa_bits = geometry.machine.pa_bits;
	m->entry_size = geo->entry_size;
	m->levels = geo->levels;
	memcpy(m->level, geo->level, sizeof(m->level));
	m->encrypt = geometry.machine.encrypt;
	m->offset = map->offset;
	m->va_limit = map->va_limit;
}

/* Hooks that native and Xen PV share: memory, and what Linux knows of it */

/* At a time, in boot: they map 128 GiB in pages. */
#define MAX_BOOT_TABLES	65536

static void *table_memory(struct physmap_map *map, u64 table)
{
	/* The root is part of the image; its alias may not be mapped yet. */
	return table == map->root ? swapper_pg_dir : __va(table);
}

/*
 * Free memory that a build before this one has mapped, from the end where
 * memblock takes it; 0: there is no such stretch. The first MiB is for others.
 */
static u64 __init mapped_memory(u64 size)
{
	const struct physmap_log *mapped = &report.covered;
	unsigned int i;
	u64 pa = 0;

	for (i = 0; i < mapped->count && !pa; i++) {
		const unsigned int nr = memblock_bottom_up() ? i :
					mapped->count - 1 - i;
		const u64 start = max_t(u64, mapped->range[nr].start,
					ISA_END_ADDRESS);

		if (mapped->range[nr].end > start)
			pa = memblock_phys_alloc_range(size, PAGE_SIZE, start,
						       mapped->range[nr].end);
	}
	return pa;
}

/*
 * Mapped already (X86-LNX-3), as many as there are next to each other. Before
 * anything is mapped, and where nothing is left of it, alloc_low_pages() gives
 * pages of the image's own. It panics where there are none, so few are asked for
 * at a time.
 */
static unsigned int __init boot_tables(u64 wanted, u64 *first)
{
	unsigned int n;

	for (n = min_t(u64, wanted, MAX_BOOT_TABLES); n; n /= 2) {
		*first = mapped_memory(n * PAGE_SIZE);
		if (*first)
			return n;
	}
	n = min_t(u64, wanted, 16);
	*first = __pa(alloc_low_pages(n));
	return n;
}

/* After boot there may be none. */
static __ref int alloc_tables(struct physmap_map *map, u64 wanted, u64 *first)
{
	void *page = NULL;

	if (!after_bootmem)
		return boot_tables(wanted, first);
	if (!physmap_linux_refuse_table())
		page = (void *)__get_free_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	*first = __pa(page);
	return 1;
}

static void release_table(struct physmap_map *map, u64 table)
{
	/* A plan is exact, so boot has nothing to give back. */
	if (!WARN_ON_ONCE(!after_bootmem))
		free_page((unsigned long)__va(table));
}

/* Hot-added memory is checked by whoever adds it. */
static __ref bool is_ram(struct physmap_map *map, u64 start, u64 end)
{
	return after_bootmem || memblock_is_region_memory(start, end - start);
}

static bool keep_tail(struct physmap_map *map, u64 start, u64 end)
{
	return after_bootmem || end - start > PUD_SIZE ||
	       e820__mapped_any(start, end, E820_TYPE_RAM) ||
	       e820__mapped_any(start, end, E820_TYPE_RESERVED_KERN);
}

static struct physmap_cost cost_so_far(struct physmap_map *map)
{
	const struct physmap_xen *xen = &direct_map.xen;
	const struct physmap_cost cost = {
		.cycles = boot_cpu_has(X86_FEATURE_TSC) ? rdtsc() : 0,
		.hypercalls = xen->mmuext + xen->mmu_updates,
	};

	return cost;
}

/*
 * Every frame of the kernel image has a second mapping, there. The kernel has
 * taken away what was mapped beyond it, in large pages' steps.
 */
static bool image_alias(struct physmap_map *map, u64 pa, u64 *va)
{
	if (pa < round_down(__pa_symbol(_text), PMD_SIZE) ||
	    pa >= round_up(__pa_symbol(_end), PMD_SIZE))
		return false;
	*va = pa - phys_base + __START_KERNEL_map;
	return true;
}

static bool overlaps(u64 start, u64 end, u64 from, u64 to)
{
	return start < to && from < end;
}

static const char *why_small(u64 start, u64 end)
{
	const struct physmap_geometry *geo = &geometry.geo;
	unsigned int i;

	if (end <= PMD_SIZE)
		return "shares its slot with the fixed MTRRs' first MiB (X86-MT-2)";
	for (i = 0; i < geo->nr_cuts; i++)
		if (overlaps(start, end, round_down(geo->cuts[i], PUD_SIZE),
			     round_up(geo->cuts[i], PUD_SIZE)))
			return "the memory type changes inside a larger slot (X86-MT-1)";
	if (debug_pagealloc_enabled())
		return "debug_pagealloc wants small pages";
	return "";
}

static const char *why_split(u64 start, u64 end)
{
	if (overlaps(start, end, round_down(__pa_symbol(_text), PUD_SIZE),
		     round_up(__pa_symbol(_end), PUD_SIZE)))
		return "split to protect the kernel image's alias";
	return "";
}

static const char *why_read_only(u64 start, u64 end)
{
	if (overlaps(start, end, __pa_symbol(_text),
		     __pa_symbol(__end_rodata)))
		return "alias of the kernel's text and read-only data";
	return "";
}

/*
 * debug_pagealloc takes free pages out of the map, and init memory instead of
 * freeing it. Only asked once every page has its struct page.
 */
static bool taken_out(u64 start, u64 end)
{
	u64 pa;

	for (pa = start; pa < end; pa += PAGE_SIZE) {
		struct page *page = pfn_to_online_page(PFN_DOWN(pa));

		if (!page || (page_count(page) && !PageReserved(page)))
			return false;
	}
	return true;
}

static const char *explain(struct physmap_map *map,
			   enum physmap_question question, u64 start, u64 end)
{
	switch (question) {
	case PHYSMAP_WHY_SMALL:
		return why_small(start, end);
	case PHYSMAP_WHY_SPLIT:
		return why_split(start, end);
	case PHYSMAP_WHY_READ_ONLY:
		return why_read_only(start, end);
	case PHYSMAP_WHY_HOLE:
		if (region_intersects(start, end - start, IORESOURCE_SYSTEM_RAM,
				      IORES_DESC_NONE) == REGION_DISJOINT)
			return "no RAM any more: taken out again";
		if (debug_pagealloc_enabled() && taken_out(start, end))
			return "free: taken out by debug_pagealloc";
		return "";
	case PHYSMAP_WHY_EXTRA:
	case PHYSMAP_WHY_FRAME:
	case PHYSMAP_WHY_EXEC:
		break;
	}
	return "";
}

/* Native */

static u64 native_canonical(struct physmap_map *map, u64 raw)
{
	return raw;
}

static u64 native_machine(struct physmap_map *map, u64 pa)
{
	return pa;
}

static bool native_keeps_exec(struct physmap_map *map, u64 start, u64 end)
{
	return true;
}

/*
 * The vmalloc area and others may fill slots of the same upper tables, so
 * linking takes the lock that they take.
 */
static int native_link(struct physmap_map *map, const struct physmap_link *link,
		       struct physmap_refusal *why)
{
	int err;

	spin_lock(&init_mm.page_table_lock);
	err = physmap_x86_native_link(map, link, why);
	spin_unlock(&init_mm.page_table_lock);
	return err;
}

/* X86-TLB-18, -19: globals and all PCIDs; once there are CPUs, on all. */
static int native_flush(struct physmap_map *map, struct physmap_refusal *why)
{
	/* Without PGE there are neither globals nor PCIDs: CR3 is all. */
	const struct physmap_event flushed = {
		.kind = PHYSMAP_EVENT_FLUSH,
		.detail = (boot_cpu_has(X86_FEATURE_PGE) ?
			   PHYSMAP_FLUSH_ALL : PHYSMAP_FLUSH_CR3) |
			  (after_bootmem ? PHYSMAP_FLUSH_EVERY_CPU : 0),
	};

	if (after_bootmem)
		flush_tlb_all();
	else
		__flush_tlb_all();
	physmap_record(map, &flushed);
	return 0;
}

static const struct physmap_hooks native_hooks = {
	.name = "native",
	.leaf_levels = ~0u,
	.table = table_memory,
	.canonical = native_canonical,
	.machine = native_machine,
	.alloc = alloc_tables,
	.release = release_table,
	.ram = is_ram,
	.keep_tail = keep_tail,
	.keeps_exec = native_keeps_exec,
	.write = physmap_x86_native_write,
	.protect = physmap_x86_native_protect,
	.link = native_link,
	.commit = physmap_x86_native_commit,
	.flush = native_flush,
	.cost = cost_so_far,
	.explain = explain,
	.alias = image_alias,
};

/* Xen PV */

#ifdef CONFIG_XEN_PV
#include <asm/xen/hypercall.h>
#include <asm/xen/hypervisor.h>
#include <asm/xen/page.h>
#include <xen/page.h>

/*
 * The pv_ops that make an entry change while the kernel boots (XENPV-46), so
 * they are called through the kernel's own macros each time. At first they
 * also take RW from the initial p2m list (XENPV-39).
 */
static u64 xen_to_machine(unsigned int level, bool table, u64 raw)
{
	if (table)
		return native_pmd_val(__pmd(raw));
	return native_pte_val(__pte(raw));
}

/* XENPV-39: some of these pages are mapped read-only, by pv_ops only. */
static bool in_p2m_list(u64 pfn, unsigned int n)
{
	return pfn < xen_start_info->first_p2m_pfn +
		     xen_start_info->nr_p2m_frames &&
	       pfn + n > xen_start_info->first_p2m_pfn;
}

/* Memory that a guest may get later, so that none of it has a frame yet. */
static __ref bool is_extra(u64 pfn, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < XEN_EXTRA_MEM_MAX_REGIONS && !after_bootmem; i++)
		if (pfn >= xen_extra_mem[i].start_pfn &&
		    pfn + n <= xen_extra_mem[i].start_pfn +
			       xen_extra_mem[i].n_pfns)
			return true;
	return false;
}

/* One by one, as pv_ops makes them of each. */
static unsigned int ask_for_leaves(u64 first, u64 stride, unsigned int n,
				   u64 *to)
{
	unsigned int i, present = 0;

	for (i = 0; i < n; i++) {
		const u64 raw = xen_to_machine(0, false, first + i * stride);

		present += raw != 0;
		WRITE_ONCE(to[i], raw);
	}
	return present;
}

static __always_inline void put_four(u64 *to, const unsigned long *mfn,
				     u64 flags)
{
	WRITE_ONCE(to[0], (u64)mfn[0] << PAGE_SHIFT | flags);
	WRITE_ONCE(to[1], (u64)mfn[1] << PAGE_SHIFT | flags);
	WRITE_ONCE(to[2], (u64)mfn[2] << PAGE_SHIFT | flags);
	WRITE_ONCE(to[3], (u64)mfn[3] << PAGE_SHIFT | flags);
}

/*
 * As long as frames are in the list and not marked (XENPV-35, -36). By eights,
 * because all of memory goes through here.
 */
static noinline unsigned int listed_leaves(const unsigned long *mfn, u64 flags,
					   unsigned int n, u64 *to)
{
	const u64 marks = FOREIGN_FRAME_BIT | IDENTITY_FRAME_BIT;
	const unsigned long *const first = mfn, *const end = mfn + n;

	for (; end - mfn >= 8; mfn += 8, to += 8) {
		if ((mfn[0] | mfn[1] | mfn[2] | mfn[3] |
		     mfn[4] | mfn[5] | mfn[6] | mfn[7]) & marks)
			break;
		put_four(to, mfn, flags);
		put_four(to + 4, mfn + 4, flags);
	}
	for (; mfn < end && !(*mfn & marks); mfn++, to++)
		WRITE_ONCE(*to, (u64)*mfn << PAGE_SHIFT | flags);
	return mfn - first;
}

/* The same without asking for each: frames differ, the rest does not. */
static unsigned int xen_leaves(u64 first, u64 stride, unsigned int n, u64 *to)
{
	const u64 flags = first & ~PTE_PFN_MASK;
	const u64 pfn = (first & PTE_PFN_MASK) >> PAGE_SHIFT;
	unsigned int i, present = 0;

	if (stride != PAGE_SIZE || in_p2m_list(pfn, n))
		return ask_for_leaves(first, stride, n, to);
	for (i = 0; i < n; i++) {
		unsigned int listed = 0;

		if (pfn + i < xen_p2m_size)
			listed = listed_leaves(xen_p2m_addr + pfn + i, flags,
					       min_t(u64, n - i,
						     xen_p2m_size - pfn - i),
					       to + i);
		present += listed;
		i += listed;
		if (i == n)
			break;
		if (is_extra(pfn + i, n - i)) {
			memset(to + i, 0, (n - i) * sizeof(*to));
			break;
		}
		present += ask_for_leaves(first + i * stride, stride, 1,
					  to + i);
	}
	return present;
}

static u64 xen_from_machine(u64 raw)
{
	return pte_val(native_make_pte(raw));
}

static u64 xen_frame(u64 pfn)
{
	return pfn_to_mfn(pfn);
}

/*
 * Boot builds for all of memory, and gives all that Xen mapped its attributes.
 * What is added to a running kernel is small beside that.
 */
#define BOOT_LIST	(8 * PHYSMAP_XEN_LIST)
#define BOOT_TABLES	512
#define LATE_TABLES	64

static struct physmap_xen_update boot_list[BOOT_LIST] __initdata;
static struct physmap_xen_slot boot_slot[BOOT_LIST] __initdata;
static struct physmap_link boot_table[BOOT_TABLES] __initdata;
static u64 boot_frame[BOOT_TABLES] __initdata;
static struct mmuext_op boot_pin[BOOT_TABLES] __initdata;

static struct physmap_xen_update late_list[PHYSMAP_XEN_LIST];
static struct physmap_xen_slot late_slot[PHYSMAP_XEN_LIST];
static struct physmap_link late_table[LATE_TABLES];
static u64 late_frame[LATE_TABLES];
static struct mmuext_op late_pin[LATE_TABLES];

static __ref void choose_space(void)
{
	const struct physmap_xen_space boot = {
		.list = boot_list, .slot = boot_slot, .room = BOOT_LIST,
		.table = boot_table, .frame = boot_frame,
		.tables = BOOT_TABLES,
	}, late = {
		.list = late_list, .slot = late_slot, .room = PHYSMAP_XEN_LIST,
		.table = late_table, .frame = late_frame,
		.tables = LATE_TABLES,
	};

	direct_map.xen.space = after_bootmem ? late : boot;
}

/* A refusal for a test comes half-way, as one of Xen's own would. */
static int xen_mmu_update(struct physmap_xen_update *list, unsigned int n,
			  unsigned int *done)
{
	const unsigned int some = physmap_linux_refuse_hypercall() ? n / 2 : n;
	int err = 0;

	BUILD_BUG_ON(sizeof(*list) != sizeof(struct mmu_update));
	BUILD_BUG_ON(offsetof(struct physmap_xen_update, val) !=
		     offsetof(struct mmu_update, val));
	if (some)
		err = HYPERVISOR_mmu_update((struct mmu_update *)list, some,
					    done, DOMID_SELF);
	return err || some == n ? err : -EFAULT;
}

static __ref int xen_pin_l1(const u64 *mfn, unsigned int n, unsigned int *done)
{
	struct mmuext_op *ops = after_bootmem ? late_pin : boot_pin;
	const unsigned int some = physmap_linux_refuse_hypercall() ? n / 2 : n;
	unsigned int i;
	int err = 0;

	for (i = 0; i < some; i++) {
		ops[i].cmd = MMUEXT_PIN_L1_TABLE;
		ops[i].arg1.mfn = mfn[i];
	}
	if (some)
		err = HYPERVISOR_mmuext_op(ops, some, (int *)done, DOMID_SELF);
	return err || some == n ? err : -EFAULT;
}

static int xen_flush_all(void)
{
	struct mmuext_op op = {
		.cmd = after_bootmem ? MMUEXT_TLB_FLUSH_ALL :
				       MMUEXT_TLB_FLUSH_LOCAL,
	};

	if (physmap_linux_refuse_hypercall())
		return -EFAULT;
	return HYPERVISOR_mmuext_op(&op, 1, NULL, DOMID_SELF);
}

/* XENPV-10: early L1 tables are pinned; later only where locks are split. */
static bool xen_wants_pin(void)
{
	return !after_bootmem || USE_SPLIT_PTE_PTLOCKS;
}

/* Later the kernel asks the page itself whether it is a table. */
static void xen_linked(u64 pfn)
{
	if (after_bootmem)
		SetPagePinned(pfn_to_page(pfn));
}

static const struct physmap_xen_calls xen_calls = {
	.to_machine = xen_to_machine,
	.leaves = xen_leaves,
	.from_machine = xen_from_machine,
	.frame = xen_frame,
	.mmu_update = xen_mmu_update,
	.pin_l1 = xen_pin_l1,
	.flush_all = xen_flush_all,
	.wants_pin = xen_wants_pin,
	.linked = xen_linked,
};

/* Only asked once every page has its struct page. */
static bool all_tables(u64 start, u64 end)
{
	u64 pa;

	for (pa = start; pa < end; pa += PAGE_SIZE)
		if (!pfn_valid(PFN_DOWN(pa)) ||
		    !PagePinned(pfn_to_page(PFN_DOWN(pa))))
			return false;
	return true;
}

static bool any_frame(u64 start, u64 end)
{
	u64 pa;

	for (pa = start; pa < end; pa += PAGE_SIZE)
		if (pfn_to_mfn(PFN_DOWN(pa)) != INVALID_P2M_ENTRY)
			return true;
	return false;
}

/*
 * The direct map and the kernel image share L1 tables (XENPV-6), so an entry
 * of the kernel's code must stay executable; here NX stands on the L2 entry.
 * It is not unshared: what the image frees, Linux makes tables of, and makes
 * read-only by its address in the direct map alone (XENPV-2).
 */
static bool runs_code(struct physmap_map *map, u64 start, u64 end)
{
	return overlaps(start, end, __pa_symbol(_text), __pa_symbol(_etext)) ||
	       overlaps(start, end, __pa_symbol(__init_begin),
			__pa_symbol(__init_end));
}

static const char *xen_explain(struct physmap_map *map,
			       enum physmap_question question,
			       u64 start, u64 end)
{
	if (question == PHYSMAP_WHY_SMALL)
		return "Xen PV has no large pages (XENPV-13)";
	if (question == PHYSMAP_WHY_HOLE && !any_frame(start, end))
		return "has no machine frame (XENPV-36)";
	if (question == PHYSMAP_WHY_READ_ONLY && all_tables(start, end))
		return "page-table pages, read-only for Xen (XENPV-2)";
	if (question == PHYSMAP_WHY_EXEC && runs_code(map, start, end))
		return "the kernel's code runs through the same entries (XENPV-6)";
	return explain(map, question, start, end);
}

static const struct physmap_hooks xen_hooks = {
	.name = "xen-pv",
	.leaf_levels = PHYSMAP_LEVEL(0),
	.final_unlinked = true,
	.tables_read_only = true,
	.puts_off = true,
	.table = table_memory,
	.canonical = physmap_xen_canonical,
	.machine = physmap_xen_machine,
	.alloc = alloc_tables,
	.release = release_table,
	.ram = is_ram,
	.keep_tail = keep_tail,
	.keeps_exec = runs_code,
	.write = physmap_xen_write,
	.protect = physmap_xen_protect,
	.link = physmap_xen_link,
	.commit = physmap_xen_commit,
	.flush = physmap_xen_flush,
	.cost = cost_so_far,
	.explain = xen_explain,
	.alias = image_alias,
};

static void pick_backend(struct physmap_map *map)
{
	map->hooks = &native_hooks;
	if (!xen_pv_domain())
		return;
	direct_map.xen.calls = &xen_calls;
	map->hooks = &xen_hooks;
	/* Slots 256 to 271 of the root are Xen's own (XENPV-24). */
	map->private_start = GUARD_HOLE_BASE_ADDR;
	map->private_end = GUARD_HOLE_END_ADDR;
}

static void print_backend(struct physmap_out *out)
{
	const struct physmap_xen *xen = &direct_map.xen;

	physmap_print(out,
		      "hypercalls: mmuext=%llu mmu_update=%llu refused=%llu\n",
		      xen->mmuext, xen->mmu_updates, xen->refused);
}
#else
static void pick_backend(struct physmap_map *map)
{
	map->hooks = &native_hooks;
}

static void choose_space(void)
{
}

static void print_backend(struct physmap_out *out)
{
}
#endif /* CONFIG_XEN_PV */

/* Requests */

/*
 * Native boot builds in a table that CR3 gets only at the end of
 * init_mem_mapping(); Xen's is live all along (X86-LNX-9).
 */
static bool map_is_live(void)
{
	return after_bootmem || xen_pv_domain() ||
	       read_cr3_pa() == __pa_symbol(swapper_pg_dir);
}

static __ref struct physmap_map *get_map(void)
{
	struct physmap_map *map = &direct_map.map;

	if (!map->geo) {
		const struct physmap_linux lin = {
			.map = map,
			.report = &report,
			.features = print_features,
			.backend = print_backend,
			.machine = describe_machine,
		};

		find_machine();
		*map = (struct physmap_map) {
			.geo = &geometry.geo,
			.root = __pa_symbol(swapper_pg_dir),
			.offset = PAGE_OFFSET,
			.va_start = PAGE_OFFSET,
			.va_limit = VMALLOC_START,
			.recorder = physmap_linux_recorder(),
		};
		pick_backend(map);
		physmap_linux_register(&lin);
	}
	map->live = map_is_live();
	choose_space();
	return map;
}

/**
 * physmap_linux_find_map() - make the map known though nothing was built
 *
 * Context: once, when the kernel's own builder has made it (physmap=off).
 */
void __init physmap_linux_find_map(void)
{
	get_map();
}

/* What a build adds to the report is what it adds to DirectMap*. */
static void count(const typeof(report.shape) *before, bool found)
{
	const struct physmap_geometry *geo = &geometry.geo;
	long n[PHYSMAP_MAX_LEVELS] = { };
	unsigned int level;

	for (level = 0; level < geo->levels; level++) {
		const long split = report.shape.split[level] -
				   before->split[level];

		n[level] += report.shape.leaves[level] -
			    before->leaves[level] - split;
		if (found)
			n[level] += report.shape.found[level] -
				    before->found[level];
		if (level)
			n[level - 1] += split *
					physmap_entries(geo, level - 1);
	}
	/* Linux numbers the levels that have leaves from PG_LEVEL_4K. */
	for (level = 0; level < PHYSMAP_LEAF_LEVELS; level++)
		update_page_count(PG_LEVEL_4K + level, n[level]);
}

/*
 * For a trace: what the tables hold. In boot all that is done to them between
 * builds is ours; once there are others they may have changed meanwhile.
 */
static void record_tables(struct physmap_map *map)
{
	static bool recorded;

	if (!recorded || after_bootmem)
		physmap_record_tables(map);
	recorded = true;
}

static int build(u64 start, u64 end, u32 leaf_levels, u64 outer,
		 enum physmap_source source, pgprot_t prot,
		 enum physmap_policy policy, enum physmap_flusher flusher,
		 struct physmap_refusal *why)
{
	struct physmap_map *map = get_map();
	const struct physmap_range range = {
		.start = start,
		.end = end,
		.outer_start = round_down(start, outer),
		.outer_end = round_up(end, outer),
		.leaf_levels = leaf_levels,
		.source = source,
	};
	struct physmap_request req = {
		.ranges = &range,
		.nr_ranges = 1,
		.policy = policy,
		.flusher = flusher,
	};
	const typeof(report.shape) before = report.shape;
	int err;

	if (!physmap_x86_attrs(&geometry, pgprot_val(prot), &req.attrs)) {
		*why = (struct physmap_refusal) {
			.rule = "X86-FMT-6",
			.what = "the protection asked for has bits that would be lost",
			.pa = start,
			.va = start + map->offset,
			.error = -EINVAL,
		};
		return -EINVAL;
	}
	report.root_changed = false;
	record_tables(map);
	err = physmap_build(map, &req, &report, why);
	count(&before, !after_bootmem);
	/* X86-LNX-7: other page-table roots have copies of the top level. */
	if (report.root_changed)
		arch_sync_kernel_mappings(start + map->offset,
					  end + map->offset - 1);
	return err;
}

/* The end of the leaf that maps the last byte before @end. */
static u64 mapped_up_to(u64 end)
{
	struct physmap_map *map = &direct_map.map;
	const struct physmap_found f =
		physmap_lookup(map, end - 1 + map->offset);

	return round_up(end, physmap_size(map->geo, f.level));
}

/**
 * physmap_active() - does physmap build the direct map
 *
 * Return: false with physmap=off on the command line.
 */
bool physmap_active(void)
{
	return physmap_linux_on();
}

/**
 * physmap_init_mapping() - map [start, end), for the kernel's own callers
 * @start: first byte, physical
 * @end: first byte beyond, physical
 * @page_size_mask: leaf sizes wanted, as 1 << PG_LEVEL_*; the caller vouches
 *	that memory goes on to the next boundary of the largest
 * @prot: protection of new leaves
 * @init: false for kernel_physical_mapping_change(), which splits what is
 *	live and whose caller flushes (X86-LNX-8)
 *
 * In boot init_mem_mapping() ends with a flush of everything (X86-LNX-9), so
 * what pass 2 takes away is flushed once, not with every request.
 *
 * Boot, or memory hot-add. A boot that cannot go on panics and says where.
 *
 * Return: the physical address up to which memory is mapped.
 */
unsigned long physmap_init_mapping(unsigned long start, unsigned long end,
				   unsigned long page_size_mask, pgprot_t prot,
				   bool init)
{
	const u32 leaf_levels = page_size_mask >> PG_LEVEL_4K;
	const u64 outer = leaf_levels & PHYSMAP_LEVEL(2) ? PUD_SIZE :
			  leaf_levels & PHYSMAP_LEVEL(1) ? PMD_SIZE : PAGE_SIZE;
	const bool vouched = !init || end <= ISA_END_ADDRESS;
	struct physmap_refusal why;
	char text[200];
	int err;

	err = build(start, end, leaf_levels, outer,
		    vouched ? PHYSMAP_FIRMWARE : PHYSMAP_RAM, prot,
		    init && !after_bootmem ? physmap_linux_policy() :
					     PHYSMAP_FINAL_ON_FRESH,
		    init && after_bootmem ? PHYSMAP_ENGINE_FLUSHES :
					    PHYSMAP_CALLER_FLUSHES,
		    &why);
	if (!err)
		return mapped_up_to(end);

	physmap_linux_say(&why, text, sizeof(text));
	if (!after_bootmem) {
		xen_raw_printk("physmap: %s\n", text);
		panic("physmap: cannot map [%#lx-%#lx): %s", start, end, text);
	}
	pr_err("cannot map [%#lx-%#lx): %s\n", start, end, text);
	return start;
}

/**
 * physmap_hot_add() - map hot-added memory
 * @start: first byte, physical
 * @end: first byte beyond, physical
 * @prot: protection
 *
 * Runs before the kernel's own call, which then finds everything present.
 * Entries get final attributes at once, so nothing is ever executable.
 *
 * Return: 0; -ENOMEM, or -EINVAL or -ERANGE for a bad request, and then nothing
 * was changed; -EBUSY if somebody else filled a slot meanwhile.
 */
int physmap_hot_add(u64 start, u64 end, pgprot_t prot)
{
	struct physmap_refusal why;
	u32 leaf_levels = 0;
	char text[200];
	int err;

	if (!physmap_active())
		return 0;
	if (!debug_pagealloc_enabled())
		leaf_levels = geometry.geo.leaf_levels;
	err = build(start, end, leaf_levels, PAGE_SIZE, PHYSMAP_RAM, prot,
		    PHYSMAP_FINAL_ON_FRESH, PHYSMAP_ENGINE_FLUSHES, &why);
	if (err) {
		physmap_linux_say(&why, text, sizeof(text));
		pr_err("cannot hot-add [%#llx-%#llx): %s\n", start, end, text);
	}
	return err;
}
