/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the image's files share: the MPU that it runs on, how boot went, and
 * questions to the hardware. Runs in Hyp mode on one Cortex-R52, addresses are
 * what they are.
 */
#ifndef R52_H
#define R52_H

#include <linux/bits.h>
#include <linux/types.h>
#include <physmap/mpu_fdt.h>
#include "../payload/library.h"
#include "pmsav8.h"

#define KB	1024u
#define MB	(1024 * KB)

/* Only boot needs it; gone after physmap_mpu_release_boot(). */
#define BOOT_TEXT	__attribute__((section(".init.text"), noinline))
#define BOOT_DATA	__attribute__((section(".init.data")))
/* Written while boot lasts, read-only afterwards. */
#define RO_AFTER_INIT	__attribute__((section(".ro_after_init")))

/* r52.lds */
extern char text_start[], text_end[], rodata_start[], rodata_end[];
extern char ro_after_init_start[], ro_after_init_end[];
extern char data_start[], data_end[], bss_start[], bss_end[];
extern char init_data_start[], init_data_end[];
extern char init_text_start[], init_text_end[];

static inline u32 address_of(const void *p)
{
	return (uintptr_t)p;
}

/* start.S */
u64 probe_read(u32 address);
u64 probe_write(u32 address);
u64 probe_execute(u32 address);
void just_return(void);
u32 semihosting(u32 what, u32 of);
void image_main(void);
void image_exception(u32 number, u32 hsr, u32 far, u32 elr);

/* machine.c: the console, the end, and what the hardware does */

/**
 * struct hardware - an MPU's registers at one moment
 * @base: HPRBAR of each region
 * @limit: HPRLAR of each region
 * @hsctlr: system control register
 * @slot: and the engine's copy
 */
struct hardware {
	u32 base[PHYSMAP_MPU_MAX];
	u32 limit[PHYSMAP_MPU_MAX];
	u32 hsctlr;
	struct physmap_mpu_slot slot[PHYSMAP_MPU_MAX];
};

void console_open(u32 address);
unsigned int characters_before_console(void);
bool can_read(u32 address);
bool can_write(u32 address);
bool can_execute(u32 address);
bool cannot_read(u32 address);
bool cannot_write(u32 address);
bool cannot_execute(u32 address);
void say_faults(void);
u32 read_hsctlr(void);
void write_hsctlr(u32 value);
u64 read_hmair(void);
u32 read_hmpuir(void);
u32 read_selector(void);
void write_selector(u32 n);
void write_region(unsigned int n, u32 base, u32 limit);
void clear_region(unsigned int n);
void look(struct hardware *h);
bool looks_like(const struct hardware *h);
extern struct physmap_out comment;

/* record.c: what the engine does to the registers */
extern const struct physmap_pmsav8_registers recorder;
void record_mark(const char *what);
bool record_print(void);

/* boot.c */

/**
 * struct boot - how boot went
 * @was_on: assembly had turned the MPU on
 * @stray: why the MPU was not taken over with a region that nobody planned
 * @was_left: and nothing had changed then
 * @tree: what the device tree said
 * @wants: all that was wanted
 * @request: of these
 * @characters: printed before the UART had a region
 * @console: address of the UART
 * @made: what physmap_mpu_start() did
 */
struct boot {
	bool was_on;
	struct physmap_mpu_refusal stray;
	bool was_left;
	struct physmap_mpu_tree tree;
	struct physmap_mpu_want wants[PHYSMAP_MPU_FDT_WANTS + 8];
	struct physmap_mpu_request request;
	unsigned int characters;
	u64 console;
	struct physmap_mpu_report made;
};

extern struct physmap_pmsav8 pmsav8;
extern struct boot boot;
extern struct physmap_mpu_plan boot_plan;
extern u32 set_by_boot;
bool boot_mpu(void);
u32 boot_function(void);
const struct physmap_mpu_want *wanted(const char *name);

static inline struct physmap_mpu *mpu(void)
{
	return &pmsav8.mpu;
}

/* tests */
bool audit(bool boot_is_over);
bool refused(int err, enum physmap_mpu_reason reason,
	     const struct physmap_mpu_refusal *why,
	     const struct hardware *before);
void test_boot(void);
void test_rights(void);
void test_mpu_itself(void);
void test_end_of_boot(void);
void test_changes(void);
void test_demand(void);
void test_contexts(void);

#endif /* R52_H */
