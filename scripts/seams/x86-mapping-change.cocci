// SPDX-License-Identifier: GPL-2.0-only
// Seam "x86-mapping-change": the same diversion for the caller that rewrites a map
// that stands (SEV); the flush after it stays that caller's.
@@
identifier start, end, mask;
expression S, E, M, P, I;
@@
unsigned long
kernel_physical_mapping_change(unsigned long start, unsigned long end,
			       unsigned long mask)
{
	...
+	if (physmap_active())
+		return physmap_init_mapping(S, E, M, P, I);
	return __kernel_physical_mapping_init(S, E, M, P, I);
}
