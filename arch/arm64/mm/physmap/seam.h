/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the seam's files share.
 */
#ifndef PHYSMAP_ARM64_SEAM_H
#define PHYSMAP_ARM64_SEAM_H

#include <physmap/hooks.h>

/* The kernel's one linear map; known from physmap_linux_find_map() on. */
struct physmap_map *physmap_linux_map(void);

#endif /* PHYSMAP_ARM64_SEAM_H */
