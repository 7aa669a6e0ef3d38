// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two architectures as the host sees them, and where the files of a row
 * are. Data and small answers; touches no file.
 */
#include <stdio.h>

#include "bench.h"

static const struct arch arches[N_ARCHES] = {
	[ARCH_X86] = {
		.qemu = "qemu-system-x86_64",
		.qemu_package = "qemu-system-x86",
		.image = "bzImage",
		.initrd = "build/boot/initrd.gz",
		.firmware = "/usr/share/ovmf/OVMF.fd",
		.firmware_package = "ovmf",
		.xen = "",
	},
	[ARCH_ARM64] = {
		.qemu = "qemu-system-aarch64",
		.qemu_package = "qemu-system-arm",
		.image = "Image",
		.initrd = "build/boot/initrd-arm64.gz",
		.firmware = "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd",
		.firmware_package = "qemu-efi-aarch64",
		.xen = "-arm64",
		.xen_tree = true,
	},
};

const struct kernel kernels[N_KERNELS] = {
	[KERNEL_X86] = { "kernel", ARCH_X86, 0 },
	[KERNEL_ARM64_4K] = { "kernel-arm64-4k", ARCH_ARM64, 48 },
	[KERNEL_ARM64_4K_VA39] = { "kernel-arm64-4k-va39", ARCH_ARM64, 39 },
	[KERNEL_ARM64_16K] = { "kernel-arm64-16k", ARCH_ARM64, 48 },
	[KERNEL_ARM64_64K_VA52] = { "kernel-arm64-64k-va52", ARCH_ARM64, 52 },
};

bool row_is(const struct row *r, enum arch_id arch)
{
	return kernels[r->kernel].arch == arch;
}

const struct arch *row_arch(const struct row *r)
{
	return &arches[kernels[r->kernel].arch];
}

const char *setup_qemu(const struct setup *s, const struct row *r)
{
	return s->qemu ? s->qemu : row_arch(r)->qemu;
}

const char *setup_initrd(const struct setup *s, const struct row *r)
{
	return s->initrd ? s->initrd : row_arch(r)->initrd;
}

const char *setup_firmware(const struct setup *s, const struct row *r)
{
	return s->firmware ? s->firmware : row_arch(r)->firmware;
}

void setup_kernel(const struct setup *s, const struct row *r, char *path,
		  size_t len)
{
	if (s->kernel)
		snprintf(path, len, "%s", s->kernel);
	else
		snprintf(path, len, "%s/%s/%s", s->kernels,
			 kernels[r->kernel].dir, row_arch(r)->image);
}

void setup_xen(const struct setup *s, const struct row *r, const char *file,
	       char *path, size_t len)
{
	snprintf(path, len, "%s/%s%s/%s", s->xen, r->xen, row_arch(r)->xen,
		 file);
}
