/* SPDX-License-Identifier: GPL-2.0-only */
/* Stand-in for the kernel header, for assembly outside of a kernel. */
#ifndef SHIM_LINUX_LINKAGE_H
#define SHIM_LINUX_LINKAGE_H

	.macro	shim_label name
	.globl	\name
\name:
	.endm

	.macro	shim_function name
	.balign	4
	.type	\name, %function
	shim_label \name
	.endm

	.macro	shim_end name
	.size	\name, . - \name
	.endm

#define SYM_L_GLOBAL			shim_label
#define SYM_INNER_LABEL(name, linkage)	linkage name
#define SYM_FUNC_START(name)		shim_function name
#define SYM_FUNC_END(name)		shim_end name

#endif
