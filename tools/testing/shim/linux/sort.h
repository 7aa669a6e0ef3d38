/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel header: the C library's sort. */
#ifndef SHIM_LINUX_SORT_H
#define SHIM_LINUX_SORT_H

#include <stdlib.h>

/* The kernel's last argument swaps two elements; nobody here needs his own. */
#define sort(base, num, size, compare, swap) qsort(base, num, size, compare)

#endif
