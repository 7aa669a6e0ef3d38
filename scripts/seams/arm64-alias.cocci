// SPDX-License-Identifier: GPL-2.0-only
// Seam "arm64-alias": once the kernel has patched itself, what the linear map
// has of its text and rodata loses WRITE.
@@
@@
void mark_linear_text_alias_ro(void)
{
+	if (physmap_active()) {
+		physmap_protect_image(__pa_symbol(_stext),
+				      __pa_symbol(__init_begin));
+		return;
+	}
	...
}
