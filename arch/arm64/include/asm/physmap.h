/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the seams in arch/arm64/mm/mmu.c call. Without CONFIG_PHYSMAP, and with
 * physmap=off, the kernel's own builder runs as if none of this were there.
 */
#ifndef _ASM_ARM64_PHYSMAP_H
#define _ASM_ARM64_PHYSMAP_H

#include <linux/types.h>
#include <asm/pgtable-types.h>

#ifdef CONFIG_PHYSMAP

bool physmap_active(void);
void physmap_map_memblock(pgd_t *root, phys_addr_t start, phys_addr_t end,
			  pgprot_t prot, bool blocks, bool contig);
void physmap_protect_image(phys_addr_t start, phys_addr_t end);
int physmap_hot_add(phys_addr_t start, phys_addr_t end, pgprot_t prot,
		    bool blocks, bool contig);

#else

static inline bool physmap_active(void)
{
	return false;
}

static inline void physmap_map_memblock(pgd_t *root, phys_addr_t start,
					phys_addr_t end, pgprot_t prot,
					bool blocks, bool contig)
{
}

static inline void physmap_protect_image(phys_addr_t start, phys_addr_t end)
{
}

static inline int physmap_hot_add(phys_addr_t start, phys_addr_t end,
				  pgprot_t prot, bool blocks, bool contig)
{
	return 0;
}

#endif /* CONFIG_PHYSMAP */
#endif /* _ASM_ARM64_PHYSMAP_H */
