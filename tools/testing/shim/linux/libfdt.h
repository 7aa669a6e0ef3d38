/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel header. */
#include <libfdt.h>
