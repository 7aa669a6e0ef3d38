// SPDX-License-Identifier: GPL-2.0-only
// Seam "arm64-hot-add": memory that arrives is mapped by a call that can fail,
// so that a lack of table pages becomes the caller's error. The kernel's own
// call stays and does the work when physmap=off.
@@
typedef u64;
identifier nid, start, size, params, flags;
expression R, V, A;
@@
int arch_add_memory(int nid, u64 start, u64 size, struct mhp_params *params)
{
	...
+	{
+		int physmap_err = physmap_hot_add(start, start + size,
+						  params->pgprot,
+						  !(flags & NO_BLOCK_MAPPINGS),
+						  !(flags & NO_CONT_MAPPINGS));
+
+		if (physmap_err)
+			return physmap_err;
+	}
+	if (!physmap_active())
	__create_pgd_mapping(R, start, V, size, params->pgprot, A, flags);
	...
}
