/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sequences that change a translation regime, each written once, as a
 * list of steps. switch.S expands a list to instructions and the model in
 * tools/testing/model/pe_steps.c to what it judges, so what was judged is
 * what runs. No code here; whoever includes this file, perhaps more than once,
 * defines SEQUENCE, STEP_NO and END first, and HAS_TTBR1 as 0 or 1.
 *
 * A step is STEP_NO(number, operation, (operands), rule it keeps, why).
 * switch.S says what each operation is: one instruction, or one loop.
 * Documentation/mmu-off.rst tells the lists as a story.
 *
 * All lists keep these rules: arguments and everything else are in registers
 * (no stack, no literal pool, no variable: ARM-BBM-10, -11), x0 to x7 as the
 * list says, x9 to x12 are scratch of the loops, flags are lost, x8 and x13
 * upwards stay as they are. What runs while a regime changes is mapped 1:1.
 */

#if HAS_TTBR1
/*
 * Another table for TTBR1_EL1, by way of an empty one; called at an address
 * that TTBR0 maps 1:1.
 *
 * In:	x0 TTBR1_EL1 to be; x1 TTBR1_EL1 of an empty table; x30 mapped by the
 *	new table or by TTBR0
 * Out:	x7 lost
 */
SEQUENCE(switch_ttbr1)
STEP_NO(1, read_daif, (x7), "ARM-BBM-11",
	"the caller's mask is put back in the end")
STEP_NO(2, mask_daif, (), "ARM-BBM-11",
	"vectors and handlers are mapped by neither table in between")
STEP_NO(3, write_ttbr1, (x1), "ARM-BBM-9",
	"break: nothing is translated by TTBR1 now")
STEP_NO(4, isb, (), "ARM-BBM-9",
	"no walk begins at the old table any more")
STEP_NO(5, tlbi_all, (), "ARM-BBM-9",
	"drops what the old table has left in this PE's TLB")
STEP_NO(6, dsb, (nsh), "ARM-TLBI-8",
	"a TLBI is done when a DSB after it is; as are stores to the new tables")
STEP_NO(7, isb, (), "ARM-TLBI-1",
	"nor does the pipeline hold anything of it")
STEP_NO(8, write_ttbr1, (x0), "ARM-BBM-9",
	"make")
STEP_NO(9, isb, (), "ARM-BBM-9",
	"the caller may use what the new table maps")
STEP_NO(10, write_daif, (x7), "ARM-BBM-11",
	"the vectors are mapped again")
STEP_NO(11, return, (), "ARM-BBM-10",
	"to an address that is mapped now")
END(switch_ttbr1)
#endif

/*
 * Another table for TTBR0, where what runs is translated by it too, as always
 * at EL2: no empty table can be put in between, so the MMU is off; called at an
 * address that the old and the new table map 1:1.
 *
 * In:	x0 TTBR0 to be; x30 mapped by the new table
 * Out:	x4 to x7 lost
 */
SEQUENCE(switch_ttbr)
STEP_NO(1, read_daif, (x7), "ARM-BBM-11",
	"the caller's mask is put back in the end")
STEP_NO(2, mask_daif, (), "ARM-BBM-11",
	"vectors and handlers are not mapped 1:1")
STEP_NO(3, own_code, (x4, x5), "ARM-CACHE-5",
	"of these steps, at the address where they run")
STEP_NO(4, clean_poc, (x4, x5), "ARM-CACHE-5",
	"with the MMU off they may be fetched past every cache")
STEP_NO(5, dsb, (sy), "ARM-CACHE-5",
	"a DC is done when a DSB after it is")
STEP_NO(6, read_sctlr, (x6), "ARM-MMU-4",
	"C and I stay as they are")
STEP_NO(7, clear_m, (x5, x6), "ARM-MMU-4",
	"M alone decides for data")
STEP_NO(8, isb, (), "ARM-TLBI-7",
	"Falkor erratum 1041: right before M is cleared")
STEP_NO(9, write_sctlr, (x5), "ARM-MMU-1",
	"break: the MMU goes off")
STEP_NO(10, isb, (), "ARM-MMU-2",
	"it is off")
STEP_NO(11, tlbi_all, (), "ARM-MMU-3",
	"only now: with the MMU on the TLB would fill again")
STEP_NO(12, dsb, (nsh), "ARM-TLBI-8",
	"a TLBI is done when a DSB after it is; as are stores to the new tables")
STEP_NO(13, isb, (), "ARM-MMU-2",
	"that is over before the table changes")
STEP_NO(14, write_ttbr0, (x0), "ARM-MMU-2",
	"nobody walks, so nobody can see half of it")
STEP_NO(15, isb, (), "ARM-MMU-2",
	"the new table is in force before the MMU is")
STEP_NO(16, write_sctlr, (x6), "ARM-MMU-2",
	"make: the MMU goes on")
STEP_NO(17, isb, (), "ARM-MMU-2",
	"it is on")
STEP_NO(18, ic_all, (), "ARM-MMU-10",
	"what was fetched past the caches may be older than they are")
STEP_NO(19, dsb, (nsh), "ARM-MMU-10",
	"an IC is done when a DSB after it is")
STEP_NO(20, isb, (), "ARM-MMU-10",
	"what comes next is fetched anew")
STEP_NO(21, write_daif, (x7), "ARM-BBM-11",
	"the vectors are mapped again")
STEP_NO(22, return, (), "ARM-BBM-10",
	"to an address that the new table maps")
END(switch_ttbr)

/*
 * MMU off. Clean before, invalidate after (ARM-CACHE-4): a clean when it is off
 * would come too late for what is read by whoever cleans, an invalidate when
 * it is on is undone by speculation.
 *
 * In:	x0, x1 first address of what is to be read with the MMU off, the
 *	caller's own code included, and first beyond; x2, x3 the same of what
 *	is to be written; empty where there is nothing. What is both read and
 *	written is in both. All of it, and x30, is mapped 1:1
 * Out:	x0 DAIF, x1 SCTLR as they were; DAIF is masked; x4 to x7 lost
 */
SEQUENCE(mmu_off)
STEP_NO(1, read_daif, (x7), "ARM-BBM-11",
	"for the caller, who puts it back")
STEP_NO(2, mask_daif, (), "ARM-BBM-11",
	"vectors and handlers are not mapped 1:1")
STEP_NO(3, own_code, (x4, x5), "ARM-CACHE-5",
	"of these steps, at the address where they run")
STEP_NO(4, clean_poc, (x4, x5), "ARM-CACHE-5",
	"with the MMU off they may be fetched past every cache")
STEP_NO(5, clean_poc, (x0, x1), "ARM-CACHE-1",
	"to PoC: loads will go past every cache, that at PoU too")
STEP_NO(6, dsb, (sy), "ARM-CACHE-1",
	"a DC is done when a DSB after it is")
STEP_NO(7, read_sctlr, (x6), "ARM-MMU-4",
	"C and I stay as they are")
STEP_NO(8, clear_m, (x5, x6), "ARM-MMU-4",
	"M alone decides for data")
STEP_NO(9, isb, (), "ARM-TLBI-7",
	"Falkor erratum 1041: right before M is cleared")
STEP_NO(10, write_sctlr, (x5), "ARM-MMU-2",
	"the MMU goes off")
STEP_NO(11, isb, (), "ARM-MMU-2",
	"it is off: this PE speculates no line of data any more")
STEP_NO(12, clean_inval_poc, (x2, x3), "ARM-CACHE-4",
	"no dirty line is left to be evicted over a store; neighbours' data survives")
STEP_NO(13, dsb, (sy), "ARM-CACHE-4",
	"and that is done before the first store")
STEP_NO(14, move, (x0, x7), "ARM-BBM-11",
	"for the caller")
STEP_NO(15, move, (x1, x6), "ARM-MMU-4",
	"for the caller")
STEP_NO(16, return, (), "ARM-BBM-10",
	"to the caller's own 1:1 address")
END(mmu_off)

/*
 * MMU on, for the first time or again; all of the regime is given, so this is
 * also the way from one granule or TCR to another (ARM-MMU-1). The caller has
 * seen that the granule exists (ARM-MMU-11).
 *
 * In:	x0, x1 first address of what was written with the MMU off, tables
 *	included, and first beyond; x2 MAIR; x3 TCR; x4 TTBR0; x5 TTBR1;
 *	x6 SCTLR with M set; x7 DAIF; x30 mapped by the new tables; the steps
 *	are mapped 1:1 by them
 * Out:	nothing lost but scratch
 */
SEQUENCE(mmu_on)
STEP_NO(1, mask_daif, (), "ARM-BBM-11",
	"vectors and handlers are not mapped 1:1")
STEP_NO(2, dmb, (sy), "ARM-CACHE-8",
	"no DC may overtake a store made with the MMU off")
STEP_NO(3, inval_poc, (x0, x1), "ARM-CACHE-2",
	"lines that anybody has fetched since are stale (ARM-CACHE-6)")
STEP_NO(4, dsb, (sy), "ARM-CACHE-10",
	"walks are cacheable: no stale line of a table is left")
STEP_NO(5, write_mair, (x2), "ARM-MMU-9",
	"memory types mean something before the first walk")
STEP_NO(6, write_tcr, (x3), "ARM-MMU-8",
	"nothing is translated while it changes")
STEP_NO(7, write_ttbr0, (x4), "ARM-MMU-2",
	"nobody walks, so nobody can see half of it")
#if HAS_TTBR1
STEP_NO(8, write_ttbr1, (x5), "ARM-MMU-2",
	"the same")
#endif
STEP_NO(9, tlbi_all, (), "ARM-MMU-3",
	"the MMU is off: nothing that it drops can come back")
STEP_NO(10, dsb, (nsh), "ARM-TLBI-8",
	"a TLBI is done when a DSB after it is")
STEP_NO(11, isb, (), "ARM-MMU-9",
	"and MAIR, TCR and the TTBRs are in force before the MMU is")
STEP_NO(12, write_sctlr, (x6), "ARM-MMU-2",
	"the MMU goes on")
STEP_NO(13, isb, (), "ARM-MMU-2",
	"it is on")
STEP_NO(14, ic_all, (), "ARM-MMU-10",
	"what was fetched past the caches may be older than they are")
STEP_NO(15, dsb, (nsh), "ARM-MMU-10",
	"an IC is done when a DSB after it is")
STEP_NO(16, isb, (), "ARM-MMU-10",
	"what comes next is fetched anew")
STEP_NO(17, write_daif, (x7), "ARM-BBM-11",
	"the vectors are mapped again")
STEP_NO(18, return, (), "ARM-BBM-10",
	"to an address that the new tables map")
END(mmu_on)

/*
 * What a guest, or another CPU, starts from with its caches off. PoU is not
 * enough: what reads is neither this PE nor cached. A guest that writes there
 * invalidates for itself when it turns its caches on: as long as anybody has
 * the range mapped, a line may come back (ARM-CACHE-6).
 *
 * In:	x0, x1 first address, and first beyond
 * Out:	nothing lost but scratch
 */
SEQUENCE(clean)
STEP_NO(1, clean_poc, (x0, x1), "ARM-XEN-3",
	"to PoC: it is read past every cache, that at PoU too")
STEP_NO(2, dsb, (sy), "ARM-XEN-3",
	"a DC is done when a DSB after it is")
STEP_NO(3, return, (), "ARM-XEN-3",
	"now it can be told to start")
END(clean)

/*
 * Break-before-make of one leaf that maps neither these steps nor the
 * stack, and is in no contiguous group (ARM-CONT-2).
 *
 * In:	x0 address of the entry; x1 the new one; x2 operand of a TLBI by
 *	address: bits 55:12 of what it translates, all else 0
 * Out:	x7 lost
 */
SEQUENCE(replace)
STEP_NO(1, read_daif, (x7), "ARM-BBM-11",
	"the caller's mask is put back in the end")
STEP_NO(2, mask_daif, (), "ARM-BBM-11",
	"a handler might use what is not mapped for a moment")
STEP_NO(3, store, (xzr, x0), "ARM-BBM-1",
	"break")
STEP_NO(4, dsb, (ishst), "ARM-BBM-1",
	"no walk of any PE finds the old entry any more")
STEP_NO(5, tlbi_va_is, (x2), "ARM-BBM-1",
	"on every PE, of every ASID and level")
STEP_NO(6, dsb, (ish), "ARM-BBM-1",
	"and that is done everywhere")
STEP_NO(7, isb, (), "ARM-TLBI-1",
	"nor does the pipeline hold anything of it")
STEP_NO(8, store, (x1, x0), "ARM-TLBI-6",
	"make, with one store")
STEP_NO(9, dsb, (ishst), "ARM-TLBI-2",
	"walks find it")
STEP_NO(10, isb, (), "ARM-TLBI-2",
	"and this PE remembers no fault")
STEP_NO(11, write_daif, (x7), "ARM-BBM-11",
	"all is mapped again")
STEP_NO(12, return, (), "ARM-BBM-1",
	"the address may be used")
END(replace)
