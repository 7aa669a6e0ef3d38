/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bits of a PMSAv8-64 region (PRBAR_EL2, PRLAR_EL2; MPU-2), for C and
 * assembly alike. They are not those of PMSAv8-32.
 */
#ifndef PHYSMAP_PMSAV8_64_H
#define PHYSMAP_PMSAV8_64_H

/* PRBAR_EL2: XN 1:0 (of EL2 the upper one), AP 3:2, SH 5:4, BASE 47:6 */
#define PMSAV8_64_XN		0x02
#define PMSAV8_64_AP_USER	0x04	/* EL1 and EL0 too */
#define PMSAV8_64_AP_RO		0x08
#define PMSAV8_64_SH_SHIFT	4
#define PMSAV8_64_SH_OUTER	0x20
#define PMSAV8_64_SH_INNER	0x30
/* PRLAR_EL2: EN 0, AttrIndx 3:1, NS 4, LIMIT 47:6 */
#define PMSAV8_64_EN		0x01
#define PMSAV8_64_ATTR_SHIFT	1
#define PMSAV8_64_NS		0x10
#define PMSAV8_64_ADDRESS	0x0000ffffffffffc0

#endif /* PHYSMAP_PMSAV8_64_H */
