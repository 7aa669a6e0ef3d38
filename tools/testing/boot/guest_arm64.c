// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's part that only arm64 has: where its dump is, and what each leaf
 * of the linear map must have, whoever made it. Reads only.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

#define NORMAL	(AT_NORMAL | AT_NORMAL_TAGGED)
#define TYPES	(NORMAL | AT_NORMAL_NC | AT_DEVICE_NGNRE | AT_DEVICE_NGNRNE)

const struct guest_arch arch = {
	.page_tables = "/sys/kernel/debug/kernel_page_tables",
	.backend = "arm64",
};

bool arch_dump(const char *text, struct map *m, uint64_t *base)
{
	char *iomem = slurp("/proc/iomem");
	struct map ram = { 0 };
	bool ok;

	iomem_parse(iomem, "System RAM", &ram);
	ok = ram.n && dump_arm64(text, getpagesize(), ram.v[0].start, m, base);
	map_free(&ram);
	free(iomem);
	return ok;
}

/* Global is what has no nG. */
unsigned int arch_audit_attrs(unsigned int attr)
{
	return (attr & (AT_RW | AT_NX | AT_CON)) | (attr & AT_NG ? 0 : AT_GLB);
}

/* The bytes of an aligned group of contiguous leaves (ARM-CONT-1). */
static uint64_t group_bytes(unsigned int leaf)
{
	switch (leaf) {
	case LEAF_4K:
	case LEAF_2M:
		return 16ULL << leaf;
	case LEAF_16K:
		return 128ULL << leaf;
	default:			/* 32M, and both of 64K pages */
		return 32ULL << leaf;
	}
}

/* RAM is never executable, and cacheable as the architecture wants it shared. */
static const char *leaf_wrong(const struct span *s, unsigned int first)
{
	if (!(s->attr & AT_NX) || !(s->attr & AT_UXN))
		return "executable";
	if (s->attr & AT_USR)
		return "for users";
	if (!(s->attr & NORMAL) || s->attr & TYPES & ~NORMAL)
		return "not Normal memory";
	if (!(s->attr & AT_SHD) || !(s->attr & AT_AF))
		return "without shareability or access flag";
	if (s->attr & AT_CON && (s->start | s->end) % group_bytes(s->leaf))
		return "contiguous, but not whole aligned groups";
	if ((s->attr ^ first) & AT_NG)
		return "global where others are not, or not where others are";
	return NULL;
}

static void judge_leaves(const struct facts *f, const char *when)
{
	char text[128] = "";
	const char *why = f->map.n ? NULL : "no leaf";

	for (size_t i = 0; !why && i < f->map.n; i++) {
		why = leaf_wrong(&f->map.v[i], f->map.v[0].attr);
		span_text(&f->map.v[i], text, sizeof(text));
	}
	result(!why,
	       named("every leaf is Normal, shareable, accessed, never executable, global like the others, and in whole groups if contiguous",
		     when), "%s: %s", why ? why : "", text);
}

/* Code and rodata are read-only in the linear map too (ARM-ATTR-4), nothing else. */
static void judge_alias(const struct facts *f, const char *when)
{
	struct map image = { 0 };
	char text[128] = "no kernel code in /proc/iomem";
	bool ok;

	iomem_parse(f->iomem, "Kernel code", &image);
	ok = image.n == 1;
	for (uint64_t at = 0, next; ok && at != UINT64_MAX; at = next) {
		const struct span *s = map_find(&f->map, at);

		next = map_next_edge(&image, at,
				     map_next_edge(&f->map, at, UINT64_MAX));
		ok = !s || !(s->attr & AT_RW) == !!map_find(&image, at);
		if (!ok)
			span_text(s, text, sizeof(text));
	}
	result(ok,
	       named("the alias of kernel code and rodata, and nothing else, is read-only (ARM-ATTR-4)",
		     when), "%s", text);
	map_free(&image);
}

/* "findings: 0" is the last line; one before it names what is shared with Xen. */
static void judge_attributes(const char *when)
{
	char *text = slurp("/sys/kernel/debug/physmap/attributes");
	const bool shared = strstr(text, "shared: shared_info ") &&
			    strstr(text, "shared: vcpu_info ") &&
			    !strstr(text, "see above");

	result(strstr(text, "findings: 0\n"),
	       named("no frame is mapped with two memory types (ARM-ATTR-1)",
		     when), "%.300s", text);
	if (!access("/sys/firmware/devicetree/base/hypervisor", F_OK))
		result(shared,
		       named("what is shared with Xen is Write-Back and Inner Shareable (ARM-XEN-1)",
			     when), "%.300s", text);
	if (!*when)
		section("attributes", text);
	free(text);
}

void judge_arch(const struct facts *f, const char *when)
{
	judge_leaves(f, when);
	judge_alias(f, when);
	judge_attributes(when);
}
