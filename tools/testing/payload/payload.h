/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the payload's files share: the machine that QEMU made, and the maps that
 * the engine builds. Runs without a kernel on one CPU, all of it mapped 1:1, so
 * that the MMU may go off at any call.
 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <linux/bits.h>
#include <linux/types.h>
#include <physmap/clash.h>
#include <physmap/request.h>
#include "arm64.h"
#include "library.h"
#include "switch.h"

#define KB		1024ULL
#define MB		(1024 * KB)
#define UART		0x09000000ULL	/* virt's PL011 */
#define UART_SIZE	(64 * KB)

/* payload.lds */
extern char text_start[], rodata_start[], data_start[], image_end[];
extern char idmap_start[], idmap_end[];

/* start.S */
struct fault {
	u64 esr;
	u64 far;
};

struct fault probe_read(u64 va);
struct fault probe_write(u64 va);
struct fault probe_execute(u64 va);
void just_return(void);
u64 visit_el1(u64 to, u64 back, u64 va);
u64 visit_el2(u64 to, u64 back, u64 va);
u64 psci_hvc(u64 function);
u64 psci_smc(u64 function);
void payload_main(const void *tree);
void payload_exception(u64 number, u64 esr, u64 far, u64 elr);

/**
 * struct machine - what the payload runs on
 * @el: exception level, 1 or 2
 * @ram_start: first address of RAM
 * @ram_end: first one beyond
 * @smc: PSCI is called by SMC, else by HVC
 * @mmfr0: ID_AA64MMFR0_EL1
 * @sctlr: system control register for when the MMU is on
 */
struct machine {
	unsigned int el;
	u64 ram_start;
	u64 ram_end;
	bool smc;
	u64 mmfr0;
	u64 sctlr;
};

extern struct machine machine;

/* machine.c: console, registers by exception level, device tree, table pages */
bool find_machine(const void *tree);
u64 read_sctlr(void);
u64 read_daif(void);
u64 translate(u64 va, bool write);
bool has_granule(unsigned int page_shift);
bool has_lpa2(unsigned int page_shift);
u64 tcr_for(const struct physmap_arm64_machine *m);
void pool_turn(void);
u64 pool_page(const struct physmap_geometry *geo);
void pool_range(u64 *start, u64 *end);
u64 pools_end(void);
extern const struct physmap_hooks payload_hooks;

/**
 * struct space - all that one setting of the MMU translates
 * @arm64: geometry
 * @identity: 1:1, in TTBR0
 * @linear: RAM where a kernel has it: in TTBR1, at EL2 in the same table
 * @empty: a table with nothing in it
 */
struct space {
	struct physmap_arm64 arm64;
	struct physmap_map identity;
	struct physmap_map linear;
	u64 empty;
};

extern const char *granule;	/* for results */

/* space.c: tables by the engine, and another space for the MMU */
void begin_space(struct space *s, const struct physmap_arm64_machine *m,
		 u64 above);
bool map_range(struct physmap_map *map, u64 start, u64 end, u32 attrs,
	       enum physmap_source source, enum physmap_policy policy);
bool map_memory(struct space *s, const struct physmap_span *window);
bool map_identity(struct space *s, const struct physmap_span *window);
bool map_linear(struct space *s, u64 end, enum physmap_policy policy);
u64 ttbr0(const struct space *s);
struct physmap_arm64_was mmu_off(u64 read, u64 read_end, u64 written,
				 u64 written_end);
void mmu_on(const struct space *s, u64 written_end,
	    const struct physmap_arm64_was *was);
void change_to(const struct space *s);
void switch_identity(const struct space *s);
void switch_to(const struct space *s);
void clean(u64 start, u64 end);

/* main.c */
bool faults(struct fault f, unsigned int class, unsigned int status, u64 va);
unsigned int translation_status(unsigned int level);

/* clash.c */
void test_plan(const struct space *s);
void test_clash(const struct space *home);

/* device.c */
void test_device(const struct space *home);

/* MAIR: write-back as Linux has it at 0, Device-nGnRnE at 2, -nGnRE at 3. */
#define MAIR		0x040000ffULL
#define NORMAL		0xffULL
#define DEVICE		(2u << PHYSMAP_MEMTYPE_SHIFT)
#define DEVICE_NGNRE	(3u << PHYSMAP_MEMTYPE_SHIFT)

/* ESR: class of the exception, and status of a fault at level 3. */
#define DATA_ABORT	0x25
#define FETCH_ABORT	0x21
#define PERMISSION	0x0c		/* plus the level */
#define TRANSLATION	0x04

/* PAR: a translation failed; else its memory type and address. */
#define PAR_F		BIT_ULL(0)
#define PAR_TYPE(par)	((par) >> 56)
#define PAR_SH(par)	((par) >> 7 & 3)
#define PAR_PA(par)	((par) & GENMASK_ULL(51, 12))

#endif /* PAYLOAD_H */
