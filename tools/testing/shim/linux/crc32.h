/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel header: the same checksum, by zlib. */
#ifndef SHIM_LINUX_CRC32_H
#define SHIM_LINUX_CRC32_H

#include <linux/types.h>
#include <zlib.h>

/* zlib inverts before and after, the kernel leaves both to its callers. */
static inline u32 crc32_le(u32 crc, const void *p, size_t len)
{
	return ~crc32(~crc, p, len);
}

#endif
