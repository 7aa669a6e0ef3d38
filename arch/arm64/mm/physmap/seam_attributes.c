// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit of memory attributes in a running kernel: everything that TTBR1
 * maps is put side by side, in debugfs physmap/attributes and once at the end
 * of boot. Knows Linux as seam.c does, and reads tables only. It says nothing
 * of who built them, so it is there with physmap=off too.
 */
#define pr_fmt(fmt) "physmap: " fmt

#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/vmalloc.h>
#include <asm/physmap.h>
#include <asm/sysreg.h>
#include <physmap/linux.h>
#include "attributes.h"
#include "seam.h"
#ifdef CONFIG_XEN
#include <xen/grant_table.h>
#include <xen/xen.h>
#include <xen/xen-ops.h>
#include <asm/xen/hypervisor.h>
#endif

/* Enough for a small kernel; more are taken when they are wanted. */
#define ROOM	1024

/* Where words go: a file, or dmesg line by line; and what was counted. */
struct view {
	struct physmap_arm64_attr_sink sink;
	struct physmap_out out;
	struct seq_file *seq;
	char line[200];
	unsigned int findings;
	unsigned int explained;
};

__printf(2, 0)
static void view_vprint(struct physmap_out *out, const char *fmt, va_list args)
{
	struct view *v = container_of(out, struct view, out);

	const size_t used = strlen(v->line);

	if (v->seq) {
		seq_vprintf(v->seq, fmt, args);
		return;
	}
	vscnprintf(v->line + used, sizeof(v->line) - used, fmt, args);
	if (!strchr(v->line, '\n'))
		return;
	pr_warn("attributes: %s", v->line);
	v->line[0] = '\0';
}

/*
 * What a device reads past the caches the kernel maps uncached beside the
 * linear map, and cleans it first; nobody uses the cached mapping meanwhile.
 */
static bool is_coherent_dma(const struct physmap_arm64_extent *e)
{
	const struct vm_struct *area = find_vm_area((void *)e->va);

	return area && (area->flags & VM_DMA_COHERENT);
}

static void view_mapping(struct physmap_arm64_attr_sink *sink,
			 const struct physmap_arm64_attr_finding *finding)
{
	struct view *v = container_of(sink, struct view, sink);

	v->findings++;
	physmap_arm64_print_mapping(&v->out, finding);
}

static void view_alias(struct physmap_arm64_attr_sink *sink,
		       const struct physmap_arm64_alias_finding *finding)
{
	struct view *v = container_of(sink, struct view, sink);

	if (is_coherent_dma(&finding->at) || is_coherent_dma(&finding->other)) {
		v->explained++;
		if (v->seq)
			physmap_print(&v->out,
				      "explained: 0x%llx-0x%llx uncached for a device beside the linear map, as the kernel's DMA layer does\n",
				      finding->at.pa,
				      finding->at.pa + finding->at.size);
		return;
	}
	v->findings++;
	physmap_arm64_print_alias(&v->out, finding);
}

static struct physmap_arm64_attr_regs read_regs(void)
{
	/* Linux has all its walks, and all its memory, inner shareable. */
	const struct physmap_arm64_attr_regs regs = {
		.mair = read_sysreg(mair_el1),
		.share = PHYSMAP_ARM64_SHARE_INNER,
	};

	return regs;
}

/* All that TTBR1 maps; more memory is taken until it fits. */
static int collect(struct physmap_map *map,
		   const struct physmap_arm64_attr_regs *regs,
		   struct physmap_arm64_extents *all)
{
	u64 room = ROOM;

	for (;;) {
		all->count = 0;
		all->room = room;
		all->extent = vmalloc(array_size(room, sizeof(*all->extent)));
		if (!all->extent)
			return -ENOMEM;
		physmap_arm64_collect(map, regs, PAGE_OFFSET, 0, all);
		if (all->count <= room)
			return 0;
		vfree(all->extent);
		room = 2 * all->count;
	}
}

#ifdef CONFIG_XEN
static void judge_one(struct view *v, struct physmap_map *map,
		      const struct physmap_arm64_attr_regs *regs,
		      const char *name, const void *at, size_t size)
{
	const unsigned int before = v->findings;

	if (!at)
		return;
	physmap_arm64_judge_shared(map, regs, (u64)at, (u64)at + size,
				   &v->sink);
	if (v->seq)
		physmap_print(&v->out, "shared: %s at 0x%llx: %s\n", name,
			      (u64)at, v->findings == before ?
			      "as Xen wants it" : "see above");
}

/* What Xen, or another guest, sees the same memory of (ARM-XEN-1). */
static void judge_shared(struct view *v, struct physmap_map *map,
			 const struct physmap_arm64_attr_regs *regs)
{
	int cpu;

	if (!xen_domain())
		return;
	judge_one(v, map, regs, "shared_info", HYPERVISOR_shared_info,
		  PAGE_SIZE);
	for_each_online_cpu(cpu)
		judge_one(v, map, regs, "vcpu_info", per_cpu(xen_vcpu, cpu),
			  sizeof(struct vcpu_info));
	judge_one(v, map, regs, "grant frames",
		  xen_auto_xlat_grant_frames.vaddr,
		  xen_auto_xlat_grant_frames.count * XEN_PAGE_SIZE);
}
#else
static void judge_shared(struct view *v, struct physmap_map *map,
			 const struct physmap_arm64_attr_regs *regs)
{
}
#endif /* CONFIG_XEN */

/* Returns how many mappings were looked at, or a negative errno. */
static long judge(struct view *v)
{
	const struct physmap_arm64_attr_regs regs = read_regs();
	struct physmap_map *map = physmap_linux_map();
	struct physmap_arm64_extents all = { };
	int err;

	v->sink.mapping = view_mapping;
	v->sink.alias = view_alias;
	v->out.vprint = view_vprint;
	/* As the kernel's own dump: hot-remove frees tables. */
	get_online_mems();
	err = collect(map, &regs, &all);
	if (!err) {
		physmap_arm64_judge_types(&all, &v->sink);
		physmap_arm64_judge_known(&all, &v->sink);
		judge_shared(v, map, &regs);
	}
	put_online_mems();
	vfree(all.extent);
	return err ? err : (long)all.count;
}

static int attributes_show(struct seq_file *seq, void *unused)
{
	struct view v = { .seq = seq };
	const long mappings = judge(&v);

	if (mappings < 0)
		return mappings;
	seq_printf(seq, "mappings: %ld\nexplained: %u\nfindings: %u\n", mappings,
		   v.explained, v.findings);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(attributes);

/* Behind physmap_linux_init(), which makes the directory. */
static int __init attributes_init(void)
{
	struct view v = { };
	const long mappings = judge(&v);

	debugfs_create_file("attributes", 0400,
			    debugfs_lookup("physmap", NULL), NULL,
			    &attributes_fops);
	if (mappings < 0)
		pr_warn("attributes: not judged, no memory (%ld)\n", mappings);
	else
		pr_info("attributes: %u findings in %ld mappings (%u explained)\n",
			v.findings, mappings, v.explained);
	return 0;
}
late_initcall_sync(attributes_init);
