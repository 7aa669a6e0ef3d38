// SPDX-License-Identifier: GPL-2.0-only
// Seam "x86-mapping": a range to map is physmap's, before the kernel's own builder
// sees it. That builder stays as it is and serves physmap=off.
@@
typedef pgprot_t;
identifier start, end, mask, prot;
expression S, E, M, P, I;
@@
unsigned long
kernel_physical_mapping_init(unsigned long start, unsigned long end,
			     unsigned long mask, pgprot_t prot)
{
	...
+	if (physmap_active())
+		return physmap_init_mapping(S, E, M, P, I);
	return __kernel_physical_mapping_init(S, E, M, P, I);
}
