/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel header; the numbers are the same. */
#include <asm/errno.h>
