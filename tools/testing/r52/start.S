/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image's assembly: from reset in Hyp mode into C, with the regions that
 * must have fixed numbers made on the way (MPU-12), the MPU still off (MPU-19)
 * or turned on; the vectors; and accesses that may fault. Assembly, C that runs
 * before the engine and the running system so have one layout.
 */
#include "pmsav8_32.h"

#define HSCTLR_M	(1 << 0)
#define HSCTLR_C	(1 << 2)
#define HSCTLR_BR	(1 << 17)
#define HSCTLR_WXN	(1 << 19)
#define HMAIR0_VALUE	0x040044ff	/* as PMSAV8_MAIR_VALUE of pmsav8.h */

	/*
	 * Region \n is [\start, \end), of normal write-back memory, which is
	 * PHYSMAP_MPU_NORMAL and index 0. The MPU is off: there is no order to
	 * keep but that the region is selected first (MPU-8).
	 */
	.macro	region n, start, end, rights
	mov	r0, #\n
	mcr	p15, 4, r0, c6, c2, 1	@ HPRSELR
	isb
	ldr	r0, =\start + (\rights | PMSAV8_32_SH_INNER)
	mcr	p15, 4, r0, c6, c3, 0	@ HPRBAR
	ldr	r0, =\end - 64 + PMSAV8_32_EN
	mcr	p15, 4, r0, c6, c3, 1	@ HPRLAR
	.endm

	.section .head.text, "ax"
	.arm
	.globl	image_head
image_head:
	mrc	p15, 0, r0, c0, c0, 5	@ MPIDR
	tst	r0, #0xff
1:	wfine
	bne	1b				@ only the first CPU
	mov	r0, #0
	mcr	p15, 4, r0, c13, c0, 2	@ HTPIDR
	ldr	r0, =vectors
	mcr	p15, 4, r0, c12, c0, 0	@ HVBAR
	region	0, text_start, text_end, PMSAV8_32_AP_RO
	region	1, rodata_start, rodata_end, PMSAV8_32_AP_RO | PMSAV8_32_XN
	region	2, ro_after_init_start, ro_after_init_end, PMSAV8_32_XN
	region	3, data_start, data_end, PMSAV8_32_XN
	region	4, bss_start, bss_end, PMSAV8_32_XN
	/* What somebody who ran before may leave. */
	region	9, LEFT_OVER, LEFT_OVER + 64, PMSAV8_32_XN
	ldr	r0, =TURN_ON
	ldr	r0, [r0]
	cmp	r0, #0
	beq	2f
	bl	turn_on
	b	3f
	/* Off, a background region means nothing; on, nobody wants it. */
2:	mrc	p15, 4, r0, c1, c0, 0	@ HSCTLR
	orr	r0, r0, #HSCTLR_BR
	mcr	p15, 4, r0, c1, c0, 0	@ HSCTLR
	dsb
	isb
3:	ldr	sp, =stack_top
	mov	r0, #0
	ldr	r1, =bss_start
	ldr	r2, =bss_end
4:	str	r0, [r1], #4
	cmp	r1, r2
	blo	4b
	bl	image_main
5:	wfi
	b	5b
	.ltorg

/*
 * The MPU on before any C, as a hypervisor may do it that wants its protection
 * from the first. C then needs what only boot needs, too, and the tree, whose
 * size is big-endian behind its first word. MAIR before M (MPU-11).
 */
turn_on:
	region	5, init_data_start, init_data_end, PMSAV8_32_XN
	region	6, init_text_start, init_text_end, PMSAV8_32_AP_RO
	region	7, TREE, TREE + 64, PMSAV8_32_AP_RO | PMSAV8_32_XN
	ldr	r1, =TREE
	ldr	r0, [r1, #4]
	rev	r0, r0
	add	r0, r0, r1
	sub	r0, r0, #1
	bic	r0, r0, #63
	orr	r0, r0, #PMSAV8_32_EN
	mcr	p15, 4, r0, c6, c3, 1	@ HPRLAR
	ldr	r0, =HMAIR0_VALUE
	mcr	p15, 4, r0, c10, c2, 0	@ HMAIR0
	dsb
	isb
	mrc	p15, 4, r0, c1, c0, 0	@ HSCTLR
	bic	r0, r0, #HSCTLR_BR
	orr	r0, r0, #(HSCTLR_M | HSCTLR_C)
	orr	r0, r0, #HSCTLR_WXN
	mcr	p15, 4, r0, c1, c0, 0	@ HSCTLR
	isb
	bx	lr
	.ltorg

/*
 * A fault at a place that waits for one goes on where HTPIDR says, with HSR in
 * r0 and the address in r1. Any other exception is the end.
 */
	.macro	abort number, far:vararg
	mrc	p15, 4, r12, c13, c0, 2	@ HTPIDR
	cmp	r12, #0
	moveq	r0, #\number
	beq	last_words
	msr	elr_hyp, r12
	mrc	p15, 4, r0, c5, c2, 0	@ HSR
	mrc	\far
	eret
	.endm

	.text
	.balign	32
vectors:
	b	other
	b	other				@ undefined
	b	other				@ HVC
	b	fetch_abort
	b	data_abort
	b	other				@ Hyp trap
	b	other				@ IRQ
	b	other				@ FIQ

fetch_abort:
	abort	3, p15, 4, r1, c6, c0, 2		@ HIFAR
data_abort:
	abort	4, p15, 4, r1, c6, c0, 0		@ HDFAR
other:
	mov	r0, #0
last_words:
	mrc	p15, 4, r1, c5, c2, 0	@ HSR
	mrc	p15, 4, r2, c6, c0, 0	@ HDFAR
	mrs	r3, elr_hyp
	ldr	sp, =stack_top			@ whatever it was, it ends here
	b	image_exception
	.ltorg

/*
 * In: r0 address. Out: r0 HSR, r1 address if it faults, both 0 if not. What is
 * executed returns at once if it can be executed.
 */
	.macro	probe name, access:vararg
	.globl	probe_\name
	.type	probe_\name, %function
probe_\name:
	mov	r2, lr
	adr	r12, 1f
	mcr	p15, 4, r12, c13, c0, 2	@ HTPIDR
	\access
	mov	r0, #0
	mov	r1, #0
1:	mov	r12, #0
	mcr	p15, 4, r12, c13, c0, 2	@ HTPIDR
	bx	r2
	.endm

	probe	read, ldr r3, [r0]
	probe	write, str r0, [r0]
	probe	execute, blx r0

	.globl	just_return
	.type	just_return, %function
just_return:
	bx	lr

	/* The host's debugger, which QEMU plays: in r0 what, in r1 of what. */
	.globl	semihosting
	.type	semihosting, %function
semihosting:
	hlt	#0xf000
	bx	lr

	.section .note.GNU-stack, "", %progbits
