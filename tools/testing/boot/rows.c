// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of machines the bench boots. Data only: a new machine is a new
 * row. Default rows run with nokaslr, so that two boots of one image can be
 * compared address by address.
 */
#include "bench.h"

/* An emulated machine may stand still for a while: that is no stall of its own. */
#define SLOW	"rcupdate.rcu_cpu_stall_suppress=1"

#define KARGS	"console=ttyS0 panic=-1 nokaslr " SLOW
#define DOM0	"console=hvc0 panic=-1 nokaslr " SLOW

/* A machine with Xen on it. Scrubbing takes long here and shows nothing. */
#define XEN_PV								\
	.cpu = "qemu64", .kargs = DOM0, .leaves = HAS_4K,		\
	.dmesg = "Hypervisor detected: Xen PV"
#define XEN_FLAGS	(ROW_PV | ROW_NOGLB)
#define XEN_DOM0(size)	"dom0_mem=" size " bootscrub=0"
/*
 * A dom0 that runs guests takes pages that have no frame for their memory: more
 * than it is given, but not as many as the machine has.
 */
#define XEN_HOST(size, max)	XEN_DOM0(size ",max:" max) " dom0_max_vcpus=1"
#define DOMU_LIMIT	300
#define PV_L1TF		" pv-l1tf=on"
#define PV_L1TF_SAID	"PV L1TF shadowing: Dom0 enabled, DomU enabled"

static const char *const numa[] = {
	"-smp", "2",
	"-object", "memory-backend-ram,id=n0,size=1G",
	"-object", "memory-backend-ram,id=n1,size=1G",
	"-numa", "node,nodeid=0,memdev=n0,cpus=0",
	"-numa", "node,nodeid=1,memdev=n1,cpus=1",
	NULL
};

/*
 * An arm64 machine. By default rodata=full maps pages, so that any of them can
 * be made read-only; rodata=on is where blocks and contiguous groups are.
 */
#define ARM64_4K	.kernel = KERNEL_ARM64_4K
#define ARM64_KARGS	"console=ttyAMA0 panic=-1 nokaslr " SLOW
#define RODATA_ON	" rodata=on"
#define VIRT		"virt,gic-version=3"
#define VIRT_EL2	VIRT ",virtualization=on"
#define NO_GROUPS	.some = AT_NORMAL_TAGGED, .none = AT_NG | AT_CON
#define GROUPS		.some = AT_NORMAL_TAGGED | AT_CON, .none = AT_NG
#define XEN_ARM64							\
	ARM64_4K, .machine = VIRT_EL2, .cpu = "cortex-a57", .mem = "2G",	\
	.leaves = HAS_4K, NO_GROUPS, .xen = "4.17"

static const char *const smp4[] = { "-smp", "4", NULL };

const struct row rows[] = {
	{
		.name = "native-default", .about = "4 levels, 1G pages",
		.cpu = "max,-la57", .mem = "3G", .kargs = KARGS,
		.leaves = HAS_4K | HAS_2M | HAS_1G,
	}, {
		.name = "native-5level", .about = "5 levels (LA57)",
		.cpu = "max", .mem = "3G", .kargs = KARGS, .flags = ROW_LA57,
		.leaves = HAS_4K | HAS_2M | HAS_1G,
	}, {
		.name = "native-no1g", .about = "no 1G pages",
		.cpu = "max,-la57,-pdpe1gb", .mem = "3G", .kargs = KARGS,
		.leaves = HAS_4K | HAS_2M,
	}, {
		.name = "native-4k", .about = "no PSE: 4K pages only",
		.cpu = "qemu64,-pse,-pdpe1gb", .mem = "2G", .kargs = KARGS,
		.leaves = HAS_4K,
	}, {
		.name = "native-nonx", .about = "no NX",
		.cpu = "max,-la57,-nx", .mem = "2G", .kargs = KARGS,
		.flags = ROW_NONX, .leaves = HAS_4K | HAS_2M,
		.dmesg = "NX (Execute Disable) protection missing in CPU!",
	}, {
		.name = "native-nopge", .about = "no global pages",
		.cpu = "max,-la57,-pge", .mem = "2G", .kargs = KARGS,
		.flags = ROW_NOGLB, .leaves = HAS_4K | HAS_2M,
	}, {
		.name = "native-pti", .about = "page-table isolation on",
		.cpu = "max,-la57", .mem = "2G", .kargs = KARGS " pti=on",
		.flags = ROW_NOGLB, .leaves = HAS_4K | HAS_2M,
		.dmesg = "Kernel/User page tables isolation: enabled",
	}, {
		.name = "native-kaslr", .about = "image and direct map at random places",
		.cpu = "max,-la57", .mem = "5G",
		.kargs = "console=ttyS0 panic=-1 " SLOW,
		.flags = ROW_KASLR, .leaves = HAS_4K | HAS_2M | HAS_1G,
	}, {
		.name = "native-nokaslr", .about = "the same machine without KASLR",
		.cpu = "max,-la57", .mem = "5G", .kargs = KARGS,
		.leaves = HAS_4K | HAS_2M | HAS_1G,
	}, {
		.name = "native-uefi", .about = "started by OVMF",
		.cpu = "max,-la57", .mem = "2G", .kargs = KARGS,
		.flags = ROW_UEFI, .leaves = HAS_4K | HAS_2M,
		.dmesg = "efi: EFI v",
	}, {
		.name = "native-128m", .about = "a small machine",
		.cpu = "max,-la57", .mem = "128M", .kargs = KARGS,
		.leaves = HAS_4K | HAS_2M,
	}, {
		.name = "native-5g", .about = "5 GiB across the PCI hole, 5 levels, no 1G pages",
		.cpu = "max,-pdpe1gb", .mem = "5G", .kargs = KARGS,
		.flags = ROW_LA57, .leaves = HAS_4K | HAS_2M,
	}, {
		.name = "native-20g-4k", .about = "20 GiB in 4K pages",
		.cpu = "qemu64,-pse,-pdpe1gb", .mem = "20G", .kargs = KARGS,
		.flags = ROW_ALONE, .leaves = HAS_4K,
	}, {
		.name = "native-numa", .about = "two NUMA nodes, two processors",
		.cpu = "max,-la57", .mem = "2G", .qemu = numa, .kargs = KARGS,
		.leaves = HAS_4K | HAS_2M,
		.dmesg = "Initmem setup node 1",
	}, {
		.name = "native-hotadd", .about = "DIMM hot-add, use, hot-remove",
		.cpu = "max,-la57", .mem = "512M,slots=4,maxmem=8G",
		.kargs = KARGS, .flags = ROW_HOTADD,
		.leaves = HAS_4K | HAS_2M,
	}, {
		.name = "native-hotadd-4k", .about = "the same in 4K pages: new table pages",
		.cpu = "qemu64,-pse,-pdpe1gb", .mem = "512M,slots=4,maxmem=8G",
		.kargs = KARGS, .flags = ROW_HOTADD, .leaves = HAS_4K,
	}, {
		.name = "native-badarg", .about = "physmap=bogus: one warning, default used",
		.cpu = "max,-la57", .mem = "512M", .kargs = KARGS,
		.flags = ROW_BADARG, .leaves = HAS_4K | HAS_2M,
	}, {
		.name = "native-after",
		.about = "what comes later: init memory, modules, vmalloc, set_memory",
		.cpu = "max,-la57", .mem = "512M", .kargs = KARGS,
		.flags = ROW_AFTER, .leaves = HAS_4K | HAS_2M,
	}, {
		.name = "xen-dom0-512m", .about = "Xen PV dom0 with 512 MiB",
		XEN_PV, .mem = "2G", .flags = XEN_FLAGS, .xen = "4.17",
		.xenargs = XEN_DOM0("512M"),
	}, {
		.name = "xen-dom0-4g", .about = "Xen PV dom0 with most of 4 GiB",
		XEN_PV, .mem = "4G", .flags = XEN_FLAGS, .xen = "4.17",
		.xenargs = XEN_DOM0("3400M"),
	}, {
		.name = "xen-dom0-after", .about = "what comes later, as dom0",
		XEN_PV, .mem = "2G", .flags = XEN_FLAGS | ROW_AFTER,
		.xen = "4.17", .xenargs = XEN_DOM0("512M"),
	}, {
		.name = "xen-dom0-l1tf", .about = "Xen that watches for L1TF",
		XEN_PV, .mem = "1G", .flags = XEN_FLAGS, .xen = "4.17",
		.xenargs = XEN_DOM0("256M") PV_L1TF, .xenlog = PV_L1TF_SAID,
	}, {
		.name = "xen-domu-256m", .about = "guest with 256 MiB, 1 vCPU",
		XEN_PV, .mem = "1G", .flags = XEN_FLAGS, .xen = "4.17",
		.xenargs = XEN_HOST("256M", "512M"), .domu = "256m",
		.timeout = DOMU_LIMIT,
	}, {
		.name = "xen-domu-512m",
		.about = "guest with 512 MiB, 2 vCPUs: less, save, restore, more",
		XEN_PV, .mem = "2G", .flags = XEN_FLAGS, .xen = "4.17",
		.xenargs = XEN_HOST("640M", "768M"), .domu = "512m",
		.timeout = DOMU_LIMIT,
	}, {
		.name = "xen-domu-balloon",
		.about = "guest with pages missing at boot: less, more, hot-add",
		XEN_PV, .mem = "2G", .flags = XEN_FLAGS, .xen = "4.17",
		.xenargs = XEN_HOST("256M", "512M"), .domu = "balloon",
		.timeout = DOMU_LIMIT,
	}, {
		.name = "xen-domu-l1tf", .about = "guest of a Xen that watches for L1TF",
		XEN_PV, .mem = "1G", .flags = XEN_FLAGS, .xen = "4.17",
		.xenargs = XEN_HOST("256M", "512M") PV_L1TF, .domu = "l1tf",
		.timeout = DOMU_LIMIT, .xenlog = PV_L1TF_SAID,
	}, {
		.name = "xen-domu-3g", .about = "guest with 3 GiB",
		XEN_PV, .mem = "5G", .flags = XEN_FLAGS, .xen = "4.17",
		.xenargs = XEN_HOST("256M", "512M"), .domu = "3g",
		.timeout = DOMU_LIMIT,
	}, {
		.name = "xen-domu-refusals",
		.about = "guests whose first, second, third ... hypercall fails",
		XEN_PV, .mem = "1G", .flags = XEN_FLAGS | ROW_SWEEP,
		.xen = "4.17", .xenargs = XEN_HOST("256M", "512M"),
		.domu = "refusals", .timeout = 600,
	}, {
		.name = "xen420-dom0-512m", .about = "the same under Xen 4.20",
		XEN_PV, .mem = "2G", .flags = XEN_FLAGS, .xen = "4.20",
		.xenargs = XEN_DOM0("512M"),
	}, {
		.name = "xen420-domu-512m",
		.about = "guest with 512 MiB, 2 vCPUs: less, save, restore, more",
		XEN_PV, .mem = "2G", .flags = XEN_FLAGS, .xen = "4.20",
		.xenargs = XEN_HOST("640M", "768M"), .domu = "512m",
		.timeout = DOMU_LIMIT,
	}, {
		.name = "xen420-domu-l1tf", .about = "guest of a Xen that watches for L1TF",
		XEN_PV, .mem = "1G", .flags = XEN_FLAGS, .xen = "4.20",
		.xenargs = XEN_HOST("256M", "512M") PV_L1TF, .domu = "l1tf",
		.timeout = DOMU_LIMIT, .xenlog = PV_L1TF_SAID,
	}, {
		.name = "arm64-default", .about = "4K pages, 48 bits",
		ARM64_4K, .machine = VIRT, .cpu = "max", .mem = "2G",
		.kargs = ARM64_KARGS, .leaves = HAS_4K, NO_GROUPS,
	}, {
		.name = "arm64-a57", .about = "an ARMv8.0 processor",
		ARM64_4K, .machine = VIRT, .cpu = "cortex-a57", .mem = "2G",
		.kargs = ARM64_KARGS, .leaves = HAS_4K, NO_GROUPS,
	}, {
		.name = "arm64-va39", .about = "4K pages, 39 bits: 3 levels",
		.kernel = KERNEL_ARM64_4K_VA39, .machine = VIRT, .cpu = "max",
		.mem = "2G",
		.kargs = ARM64_KARGS, .leaves = HAS_4K, NO_GROUPS,
	}, {
		.name = "arm64-16k", .about = "16K pages, 48 bits",
		.kernel = KERNEL_ARM64_16K, .machine = VIRT, .cpu = "max",
		.mem = "2G", .kargs = ARM64_KARGS, .leaves = HAS_16K,
		NO_GROUPS,
	}, {
		.name = "arm64-64k-va52", .about = "64K pages, 52 bits",
		.kernel = KERNEL_ARM64_64K_VA52, .machine = VIRT, .cpu = "max",
		.mem = "2G", .kargs = ARM64_KARGS, .leaves = HAS_64K,
		NO_GROUPS,
	}, {
		.name = "arm64-rodata-on", .about = "blocks and contiguous groups of 4K pages",
		ARM64_4K, .machine = VIRT, .cpu = "max", .mem = "4G",
		.kargs = ARM64_KARGS RODATA_ON,
		.leaves = HAS_4K | HAS_2M | HAS_1G, GROUPS,
	}, {
		.name = "arm64-va39-rodata-on",
		.about = "blocks and contiguous groups with 39 bits",
		.kernel = KERNEL_ARM64_4K_VA39, .machine = VIRT, .cpu = "max",
		.mem = "4G",
		.kargs = ARM64_KARGS RODATA_ON,
		.leaves = HAS_4K | HAS_2M | HAS_1G, GROUPS,
	}, {
		.name = "arm64-16k-rodata-on", .about = "blocks and contiguous groups of 16K pages",
		.kernel = KERNEL_ARM64_16K, .machine = VIRT, .cpu = "max",
		.mem = "4G", .kargs = ARM64_KARGS RODATA_ON,
		.leaves = HAS_16K | HAS_32M, GROUPS,
	}, {
		.name = "arm64-64k-va52-rodata-on",
		.about = "blocks and contiguous groups of 64K pages",
		.kernel = KERNEL_ARM64_64K_VA52, .machine = VIRT, .cpu = "max",
		.mem = "4G", .kargs = ARM64_KARGS RODATA_ON,
		.leaves = HAS_64K | HAS_512M, GROUPS,
	}, {
		.name = "arm64-kpti", .about = "page-table isolation: nG once it is found out",
		ARM64_4K, .machine = VIRT, .cpu = "cortex-a57", .mem = "2G",
		.kargs = ARM64_KARGS " kpti=1", .leaves = HAS_4K,
		.some = AT_NORMAL_TAGGED | AT_NG, .none = AT_CON,
		.dmesg = "detected: Kernel page table isolation (KPTI)",
	}, {
		.name = "arm64-el2-nvhe", .about = "started at EL2, goes on at EL1",
		ARM64_4K, .machine = VIRT_EL2, .cpu = "cortex-a57", .mem = "2G",
		.kargs = ARM64_KARGS, .leaves = HAS_4K, NO_GROUPS,
		.dmesg = "CPU: All CPU(s) started at EL2",
	}, {
		.name = "arm64-el2-vhe", .about = "started at EL2, stays there",
		ARM64_4K, .machine = VIRT_EL2, .cpu = "max", .mem = "2G",
		.kargs = ARM64_KARGS, .leaves = HAS_4K, NO_GROUPS,
		.dmesg = "detected: Virtualization Host Extensions",
	}, {
		.name = "arm64-uefi", .about = "started by AAVMF, with ACPI",
		ARM64_4K, .machine = VIRT, .cpu = "max", .mem = "2G",
		.kargs = ARM64_KARGS, .flags = ROW_UEFI, .leaves = HAS_4K,
		NO_GROUPS, .dmesg = "efi: EFI v",
	}, {
		.name = "arm64-1g", .about = "1 GiB",
		ARM64_4K, .machine = VIRT, .cpu = "cortex-a57", .mem = "1G",
		.kargs = ARM64_KARGS RODATA_ON, .leaves = HAS_4K | HAS_2M,
		GROUPS,
	}, {
		.name = "arm64-sparse", .about = "12 GiB with holes, from a page to GiBs",
		ARM64_4K, .machine = VIRT, .cpu = "max", .mem = "12G",
		.kargs = ARM64_KARGS, .tree = TREE_HOLES, .leaves = HAS_4K,
		NO_GROUPS,
	}, {
		.name = "arm64-sparse-rodata-on", .about = "12 GiB with holes, in blocks",
		ARM64_4K, .machine = VIRT, .cpu = "max", .mem = "12G",
		.kargs = ARM64_KARGS RODATA_ON, .tree = TREE_HOLES,
		.leaves = HAS_4K | HAS_2M | HAS_1G, GROUPS,
	}, {
		.name = "arm64-mte", .about = "memory with tags",
		ARM64_4K, .machine = VIRT ",mte=on", .cpu = "max", .mem = "2G",
		.kargs = ARM64_KARGS, .leaves = HAS_4K, NO_GROUPS,
		.dmesg = "detected: Memory Tagging Extension",
	}, {
		.name = "arm64-smp", .about = "4 processors",
		ARM64_4K, .machine = VIRT, .cpu = "max", .mem = "2G",
		.qemu = smp4, .kargs = ARM64_KARGS RODATA_ON,
		.leaves = HAS_4K | HAS_2M | HAS_1G, GROUPS,
		.dmesg = "SMP: Total of 4 processors activated",
	}, {
		.name = "arm64-kaslr",
		.about = "image and linear map at random addresses, nG from the start",
		ARM64_4K, .machine = VIRT, .cpu = "cortex-a57", .mem = "2G",
		.kargs = "console=ttyAMA0 panic=-1 " SLOW, .flags = ROW_KASLR,
		.leaves = HAS_4K, .some = AT_NORMAL_TAGGED | AT_NG,
		.none = AT_CON, .dmesg = "KASLR enabled",
	}, {
		.name = "arm64-hotadd", .about = "DIMM hot-add, use, hot-remove",
		ARM64_4K, .machine = VIRT, .cpu = "max",
		.mem = "512M,slots=4,maxmem=8G", .kargs = ARM64_KARGS,
		.flags = ROW_UEFI | ROW_HOTADD, .leaves = HAS_4K,
		NO_GROUPS,
	}, {
		.name = "arm64-hotadd-rodata-on",
		.about = "DIMM hot-add, use, hot-remove, in blocks",
		ARM64_4K, .machine = VIRT, .cpu = "max",
		.mem = "512M,slots=4,maxmem=8G", .kargs = ARM64_KARGS RODATA_ON,
		.flags = ROW_UEFI | ROW_HOTADD, .leaves = HAS_4K | HAS_2M,
		GROUPS,
	}, {
		.name = "arm64-xen-dom0", .about = "Xen dom0 with 512 MiB",
		XEN_ARM64, .xenargs = "dom0_mem=512M bootscrub=0",
		.kargs = DOM0, .tree = TREE_DOM0, .dmesg = "Xen 4.17 support found",
	}, {
		.name = "arm64-xen-domu", .about = "guest with 256 MiB that Xen starts by itself",
		XEN_ARM64, .xenargs = "bootscrub=0", .kargs = ARM64_KARGS,
		.flags = ROW_DOM0LESS, .tree = TREE_DOMU,
		.dmesg = "Xen 4.17 support found",
	},
};

const int n_rows = sizeof(rows) / sizeof(rows[0]);

const char *policy_name(enum policy p)
{
	static const char *const names[N_POLICIES] = {
		[POLICY_OFF] = "off",
		[POLICY_TWO_PASS] = "two-pass",
		[POLICY_FRESH] = "fresh",
	};

	return names[p];
}
