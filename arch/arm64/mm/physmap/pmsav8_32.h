/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bits of a PMSAv8-32 region (HPRBAR, HPRLAR; MPU-2), for C and assembly
 * alike, so that what assembly makes is what the planner expects (MPU-12).
 */
#ifndef PHYSMAP_PMSAV8_32_H
#define PHYSMAP_PMSAV8_32_H

/* HPRBAR: XN 0, AP 2:1, SH 4:3, BASE 31:6 */
#define PMSAV8_32_XN		0x01
#define PMSAV8_32_AP_USER	0x02	/* EL1 and EL0 too */
#define PMSAV8_32_AP_RO		0x04
#define PMSAV8_32_SH_SHIFT	3
#define PMSAV8_32_SH_OUTER	0x10
#define PMSAV8_32_SH_INNER	0x18
/* HPRLAR: EN 0, AttrIndx 3:1, LIMIT 31:6 */
#define PMSAV8_32_EN		0x01
#define PMSAV8_32_ATTR_SHIFT	1
#define PMSAV8_32_ADDRESS	0xffffffc0

#endif /* PHYSMAP_PMSAV8_32_H */
