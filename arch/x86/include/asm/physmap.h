/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the seams in arch/x86/mm/init_64.c call. Without CONFIG_PHYSMAP, and
 * with physmap=off, the kernel's own builder runs as if none of this were
 * there.
 */
#ifndef _ASM_X86_PHYSMAP_H
#define _ASM_X86_PHYSMAP_H

#include <linux/types.h>
#include <asm/pgtable_types.h>

#ifdef CONFIG_PHYSMAP

bool physmap_active(void);
unsigned long physmap_init_mapping(unsigned long start, unsigned long end,
				   unsigned long page_size_mask, pgprot_t prot,
				   bool init);
int physmap_hot_add(u64 start, u64 end, pgprot_t prot);

#else

static inline bool physmap_active(void)
{
	return false;
}

static inline unsigned long physmap_init_mapping(unsigned long start,
						 unsigned long end,
						 unsigned long page_size_mask,
						 pgprot_t prot, bool init)
{
	return end;
}

static inline int physmap_hot_add(u64 start, u64 end, pgprot_t prot)
{
	return 0;
}

#endif /* CONFIG_PHYSMAP */
#endif /* _ASM_X86_PHYSMAP_H */
