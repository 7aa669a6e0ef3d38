/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lists of steps.h as instructions, for EL1 and EL2. What an operation is
 * stands here, when and why it is done stands there. The code is position-
 * independent, touches no memory but what its arguments name, and is meant to
 * run at the address that maps it 1:1.
 */
#include <linux/linkage.h>

/* One macro for each operation: the exception level, then its operands. */

	.macro	op_read_daif el, x
	mrs	\x, daif
	.endm

	.macro	op_write_daif el, x
	msr	daif, \x
	.endm

	.macro	op_mask_daif el
	msr	daifset, #0xf
	.endm

	.macro	op_read_sctlr el, x
	mrs	\x, sctlr_\el
	.endm

	.macro	op_clear_m el, to, from
	bic	\to, \from, #1
	.endm

	.macro	op_write_sctlr el, x
	msr	sctlr_\el, \x
	.endm

	.macro	op_write_mair el, x
	msr	mair_\el, \x
	.endm

	.macro	op_write_tcr el, x
	msr	tcr_\el, \x
	.endm

	.macro	op_write_ttbr0 el, x
	msr	ttbr0_\el, \x
	.endm

	.macro	op_write_ttbr1 el, x
	msr	ttbr1_\el, \x
	.endm

	/* This PE's, everything of the regime. */
	.macro	op_tlbi_all el
	.ifc	\el, el1
	tlbi	vmalle1
	.else
	tlbi	alle2
	.endif
	.endm

	/* Every PE's, one address, leaves and walk caches. */
	.macro	op_tlbi_va_is el, x
	.ifc	\el, el1
	tlbi	vaae1is, \x
	.else
	tlbi	vae2is, \x
	.endif
	.endm

	.macro	op_ic_all el
	ic	iallu
	.endm

	.macro	op_move el, to, from
	mov	\to, \from
	.endm

	.macro	op_store el, value, address
	str	\value, [\address]
	.endm

	.macro	op_dsb el, domain
	dsb	\domain
	.endm

	.macro	op_dmb el, domain
	dmb	\domain
	.endm

	.macro	op_isb el
	isb
	.endm

	.macro	op_return el
	ret
	.endm

	.macro	op_own_code el, start, end
	adr	\start, physmap_arm64_switch_text
	adr	\end, physmap_arm64_switch_text_end
	.endm

	/*
	 * x9: bytes of the smallest data cache line, x10: those less one. On a
	 * machine whose CPUs differ CTR_EL0 must be the smallest of all.
	 */
	.macro	line_size
	mrs	x9, ctr_el0
	ubfx	x10, x9, #16, #4
	mov	x9, #4
	lsl	x9, x9, x10
	sub	x10, x9, #1
	.endm

	/* Does a DC to each line from \start on that begins below \end. */
	.macro	each_line dc, start, end
	cmp	\start, \end
	b.hs	.Ldone\@
	line_size
	bic	x11, \start, x10
.Lnext\@:
	dc	\dc, x11
	add	x11, x11, x9
	cmp	x11, \end
	b.lo	.Lnext\@
.Ldone\@:
	.endm

	.macro	op_clean_poc el, start, end
	each_line cvac, \start, \end
	.endm

	.macro	op_clean_inval_poc el, start, end
	each_line civac, \start, \end
	.endm

	/*
	 * As above with IVAC; a line that reaches out of the range is cleaned
	 * too, for what else is in it is not ours to lose (ARM-CACHE-3).
	 */
	.macro	op_inval_poc el, start, end
	cmp	\start, \end
	b.hs	.Ldone\@
	line_size
	bic	x11, \start, x10
.Lnext\@:
	add	x12, x11, x9
	cmp	x11, \start
	b.lo	.Lpartial\@
	cmp	x12, \end
	b.hi	.Lpartial\@
	dc	ivac, x11
	b	.Lgo_on\@
.Lpartial\@:
	dc	civac, x11
.Lgo_on\@:
	mov	x11, x12
	cmp	x11, \end
	b.lo	.Lnext\@
.Ldone\@:
	.endm

#define OPERANDS(...)	, ##__VA_ARGS__

	.section .idmap.text, "ax"
	.balign	8
SYM_INNER_LABEL(physmap_arm64_switch_text, SYM_L_GLOBAL)

#define HAS_TTBR1	1
#define SEQUENCE(name)	SYM_FUNC_START(physmap_arm64_ ## name ## _el1)
#define STEP_NO(number, operation, operands, rule, why) \
	op_ ## operation el1 OPERANDS operands
#define END(name)	SYM_FUNC_END(physmap_arm64_ ## name ## _el1)
#include "steps.h"
#undef HAS_TTBR1
#undef SEQUENCE
#undef STEP_NO
#undef END

#define HAS_TTBR1	0
#define SEQUENCE(name)	SYM_FUNC_START(physmap_arm64_ ## name ## _el2)
#define STEP_NO(number, operation, operands, rule, why) \
	op_ ## operation el2 OPERANDS operands
#define END(name)	SYM_FUNC_END(physmap_arm64_ ## name ## _el2)
#include "steps.h"

SYM_INNER_LABEL(physmap_arm64_switch_text_end, SYM_L_GLOBAL)
