/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The payload's own assembly: the header by which QEMU knows it for an arm64
 * image and hands over a device tree, the way into C, vectors, and accesses
 * that may fault. What is under test is not here but in switch.S.
 */

	.section .head.text, "ax"
	.globl	payload_head
payload_head:
	b	start
	.long	0
	.quad	0x80000			// from the start of RAM
	.quad	image_size
	.quad	2			// little-endian, 4K pages
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

/* In: x0 device tree; the MMU is off. */
start:
	mov	x19, x0
	adrp	x1, stack_top
	add	sp, x1, :lo12:stack_top
	adrp	x1, bss_start
	add	x1, x1, :lo12:bss_start
	adrp	x2, bss_end
	add	x2, x2, :lo12:bss_end
1:	cmp	x1, x2
	b.hs	2f
	str	xzr, [x1], #8
	b	1b
2:	mrs	x1, CurrentEL
	cmp	x1, #(2 << 2)
	b.eq	3f
	adr	x2, vectors_el1
	msr	vbar_el1, x2
	msr	tpidr_el1, xzr
	b	4f
3:	adr	x2, vectors_el2
	msr	vbar_el2, x2
	msr	tpidr_el2, xzr
4:	isb
	mov	x0, x19
	bl	payload_main
5:	wfi
	b	5b

/*
 * A fault at a place that waits for one goes on where TPIDR says, with ESR in
 * x16 and FAR in x17. Any other exception is the end.
 */
	.macro	vector el, number
	.balign	128
	.if	\number == 4
	mrs	x16, tpidr_\el
	cbz	x16, 1f
	msr	elr_\el, x16
	mrs	x16, esr_\el
	mrs	x17, far_\el
	eret
1:
	.endif
	mov	x0, #\number
	mrs	x1, esr_\el
	mrs	x2, far_\el
	mrs	x3, elr_\el
	b	payload_exception
	.endm

	.macro	vectors el
	.balign	2048
vectors_\el:
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\el, \number
	.endr
	.endm

	.text
	vectors	el1
	vectors	el2

	.macro	wait_for_fault x
	mrs	x12, CurrentEL
	cmp	x12, #(2 << 2)
	b.eq	.Lel2\@
	msr	tpidr_el1, \x
	b	.Ldone\@
.Lel2\@:
	msr	tpidr_el2, \x
.Ldone\@:
	.endm

/*
 * In: x0 address. Out: x0 ESR, x1 FAR if it faults, both 0 if not. What is
 * executed returns at once if it can be executed.
 */
	.macro	probe name, access:vararg
	.globl	probe_\name
probe_\name:
	mov	x11, x30
	adr	x9, 1f
	wait_for_fault x9
	mov	x16, xzr
	mov	x17, xzr
	\access
1:	wait_for_fault xzr
	mov	x30, x11
	mov	x0, x16
	mov	x1, x17
	ret
	.endm

	probe	read, ldr w10, [x0]
	probe	write, str wzr, [x0]
	probe	execute, blr x0

	.globl	just_return
just_return:
	ret

	.globl	psci_hvc
psci_hvc:
	hvc	#0
	ret

	.globl	psci_smc
psci_smc:
	smc	#0
	ret

/*
 * Into another table of TTBR0, a look around, and back. Like the code that it
 * calls, this is position-independent and needs no memory but itself, so
 * that the other table may map a copy of .idmap.text and nothing else.
 *
 * In: x0 TTBR0 to be, x1 TTBR0 as it is, x2 address. Out: x0 what is read
 * there. Lost: x4 to x7, x13 to x15.
 */
	.macro	visit el
	.globl	visit_\el
visit_\el:
	mov	x13, x30
	mov	x14, x1
	bl	physmap_arm64_switch_ttbr_\el	// 1. there (ARM-BBM-10)
	ldr	x15, [x2]			// 2. what does the address hold?
	mov	x0, x14
	bl	physmap_arm64_switch_ttbr_\el	// 3. back
	mov	x0, x15
	ret	x13
	.endm

	.section .idmap.text, "ax"
	visit	el1
	visit	el2

/* With a mapping of its own; nothing here is writable. */
	.section .note.GNU-stack, "", %progbits
