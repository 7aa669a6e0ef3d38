// SPDX-License-Identifier: GPL-2.0-only
// Seam "x86-hot-add": memory that arrives is mapped by a call that can fail, so
// that a lack of table pages becomes the caller's error. The kernel's own call
// below it stays and does the work when physmap=off.
@@
typedef u64;
identifier nid, start, size, params;
expression S, E, P;
@@
int arch_add_memory(int nid, u64 start, u64 size, struct mhp_params *params)
{
	...
+	{
+		int physmap_err = physmap_hot_add(S, E, P);
+
+		if (physmap_err)
+			return physmap_err;
+	}
	init_memory_mapping(S, E, P);
	...
}
