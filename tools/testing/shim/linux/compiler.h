/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Host stand-in for the kernel header: one access, not to be torn, and what the
 * compiler is told.
 */
#ifndef SHIM_LINUX_COMPILER_H
#define SHIM_LINUX_COMPILER_H

#include <sys/cdefs.h>	/* __always_inline */

#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#endif
