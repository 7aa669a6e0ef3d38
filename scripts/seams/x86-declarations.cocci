// SPDX-License-Identifier: GPL-2.0-only
// Seam "x86-declarations": the calls that the other seams add are declared.
@@
@@
#include <asm/init.h>
+#include <asm/physmap.h>
