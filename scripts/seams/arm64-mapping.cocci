// SPDX-License-Identifier: GPL-2.0-only
// Seam "arm64-mapping": what is to be mapped, and with which leaves, is the
// kernel's to say; physmap maps it. The kernel's own builder stays as it is
// and serves physmap=off.
@@
typedef pgd_t, phys_addr_t, pgprot_t;
identifier root, start, end, prot, flags;
@@
static void __map_memblock(pgd_t *root, phys_addr_t start, phys_addr_t end,
			   pgprot_t prot, int flags)
{
+	if (physmap_active()) {
+		physmap_map_memblock(root, start, end, prot,
+				     !(flags & NO_BLOCK_MAPPINGS),
+				     !(flags & NO_CONT_MAPPINGS));
+		return;
+	}
	...
}
