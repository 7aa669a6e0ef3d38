// SPDX-License-Identifier: GPL-2.0-only
// Seam "arm64-declarations": the calls that the other seams add are declared.
@@
@@
#include <asm/kernel-pgtable.h>
+#include <asm/physmap.h>
