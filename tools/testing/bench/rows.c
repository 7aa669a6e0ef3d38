// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machines that the instruction bench measures, and the functions of Xen
 * that it takes for validation. Data only.
 */
#include <stddef.h>

#include "measure.h"

#define XEN_PV		.setting = UNDER_XEN, .kernel = KERNEL_X86,		\
			.cpu = "qemu64", .xen = "4.17"

/* By the largest size of pages that the processor has. */
#define NATIVE		.setting = NATIVE_X86, .kernel = KERNEL_X86, .cpus = "1"
#define NATIVE_4K	NATIVE, .cpu = "qemu64,-pse,-pdpe1gb"
#define NATIVE_2M	NATIVE, .cpu = "qemu64,-pdpe1gb"
#define NATIVE_1G	NATIVE, .cpu = "max,-la57"

/*
 * Pages and blocks of 4K on a processor of ARMv8.0; it has no granule of 16K,
 * nor addresses of 52 bits.
 */
#define ARM64		.setting = NATIVE_ARM64, .cpus = "1"
#define ARM64_4K	ARM64, .kernel = KERNEL_ARM64_4K, .cpu = "cortex-a57"
#define ARM64_16K	ARM64, .kernel = KERNEL_ARM64_16K, .cpu = "max"
#define ARM64_64K	ARM64, .kernel = KERNEL_ARM64_64K_VA52, .cpu = "max"

/*
 * A dom0 has the machine's memory map, so that pages of it lie at the PCI hole:
 * the kernel gives them another place after the direct map is built. A guest of
 * dom0 has a processor to itself; nothing else runs there.
 */
const struct machine machines[] = {
	{
		.name = "dom0-1g", .about = "dom0 with 1 GiB", .memory = "2G",
		XEN_PV, .cpus = "1", .xenargs = "bootscrub=0 dom0_mem=1G,max:1G",
		.timeout = 240,
	}, {
		.name = "dom0-4g", .about = "dom0 with 4 GiB", .memory = "5G",
		XEN_PV, .cpus = "1", .xenargs = "bootscrub=0 dom0_mem=4G,max:4G",
		.timeout = 300,
	}, {
		.name = "dom0-8g", .about = "dom0 with 8 GiB", .memory = "9G",
		XEN_PV, .cpus = "1", .xenargs = "bootscrub=0 dom0_mem=8G,max:8G",
		.timeout = 420,
	}, {
		.name = "domu-3g", .about = "guest of dom0 with 3 GiB",
		.memory = "5G", XEN_PV, .cpus = "2",
		.xenargs = "bootscrub=0 dom0_mem=256M,max:256M dom0_max_vcpus=1 dom0_vcpus_pin",
		.domu = "3g", .timeout = 600,
	}, {
		.name = "native-4k-1g", .about = "1 GiB in pages of 4K",
		NATIVE_4K, .memory = "1G", .timeout = 120,
	}, {
		.name = "native-4k-2g", .about = "2 GiB in pages of 4K",
		NATIVE_4K, .memory = "2G", .timeout = 120,
	}, {
		.name = "native-4k-4g", .about = "4 GiB in pages of 4K",
		NATIVE_4K, .memory = "4G", .timeout = 180,
	}, {
		.name = "native-4k-8g", .about = "8 GiB in pages of 4K",
		NATIVE_4K, .memory = "8G", .timeout = 240,
	}, {
		.name = "native-4k-16g", .about = "16 GiB in pages of 4K",
		NATIVE_4K, .memory = "16G", .timeout = 360,
	}, {
		.name = "native-2m-2g", .about = "2 GiB in pages of 2M",
		NATIVE_2M, .memory = "2G", .timeout = 120,
	}, {
		.name = "native-1g-2g", .about = "2 GiB in pages of 1G and less",
		NATIVE_1G, .memory = "2G", .timeout = 120,
	}, {
		.name = "native-1g-8g", .about = "8 GiB in pages of 1G and less",
		NATIVE_1G, .memory = "8G", .timeout = 120,
	}, {
		.name = "arm64-1g", .about = "1 GiB in pages of 4K",
		ARM64_4K, .memory = "1G", .timeout = 120,
	}, {
		.name = "arm64-2g", .about = "2 GiB in pages of 4K",
		ARM64_4K, .memory = "2G", .timeout = 120,
	}, {
		.name = "arm64-8g", .about = "8 GiB in pages of 4K",
		ARM64_4K, .memory = "8G", .timeout = 240,
	}, {
		.name = "arm64-8g-blocks", .about = "8 GiB in blocks and contiguous pages of 4K",
		ARM64_4K, .memory = "8G", .args = "rodata=on", .timeout = 120,
	}, {
		.name = "arm64-16k-8g", .about = "8 GiB in pages of 16K",
		ARM64_16K, .memory = "8G", .timeout = 120,
	}, {
		.name = "arm64-64k-8g", .about = "8 GiB in pages of 64K, 52 bits of address",
		ARM64_64K, .memory = "8G", .timeout = 120,
	},
};

const int n_machines = sizeof(machines) / sizeof(machines[0]);

const struct builder_name builders[N_BUILDERS] = {
	[UPSTREAM] = { "upstream", "off" },
	[TWO_PASS] = { "two-pass", "two-pass" },
	[FRESH] = { "fresh", "fresh" },
};

/*
 * From xen/arch/x86/mm.c and what it calls for each entry. Compilers put
 * alloc_l1_table() and its like into _get_page_type(); a frame that gets its
 * first reference asks whether a CPU may still have it in its TLB, which is
 * where the bitmaps come from.
 */
const char *const validation[] = {
	"_get_page_type", "_put_page_type", "_put_final_page_type",
	"get_page", "get_page_and_type_from_mfn", "get_page_from_mfn",
	"get_page_from_l1e", "get_page_from_l2e", "get_page_from_l3e",
	"get_page_from_l4e", "put_page_from_l1e", "put_page_from_l2e",
	"put_page_from_l3e", "put_page_from_l4e",
	"mod_l1_entry", "mod_l2_entry", "mod_l3_entry", "mod_l4_entry",
	"is_iomem_page", "__mfn_valid", "rangeset_is_empty",
	"rangeset_contains_range", "__bitmap_empty", "__find_first_bit",
};

const int n_validation = sizeof(validation) / sizeof(validation[0]);
