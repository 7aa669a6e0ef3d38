/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel header: the types the engine uses. */
#ifndef SHIM_LINUX_TYPES_H
#define SHIM_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;	/* as the kernel has it: %llu prints it */

#define __printf(fmt, args) __attribute__((format(printf, fmt, args)))

#endif
