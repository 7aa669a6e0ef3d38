# SPDX-License-Identifier: GPL-2.0-only
# The front door. Every command sees to its own set-up and reuses what is built;
# the work is done by scripts/ and tools/testing/, everything made is in build/.
# The kernel's part has its own Makefiles in mm/physmap and arch/x86/mm/physmap.

BUILD := $(abspath build)
ONLY ?=

help:
	@echo 'make boot                   build a Linux 6.1 with physmap and boot it, natively and under Xen'
	@echo 'make check                  all tests: host and boots (last line: N passed, N failed)'
	@echo 'make check-host             the host tests only, under a minute'
	@echo 'make check-boot ONLY=xen-   the boots only, those whose name begins so'
	@echo 'make kernel                 only the kernel: build/kernel/bzImage'
	@echo 'make lint                   shellcheck, checkpatch, sparse'
	@echo 'make clean                  delete what was built; keep sources and the compiler cache'
	@echo 'make distclean              delete build/ altogether'
	@echo
	@echo 'Into a kernel tree of your own: scripts/integrate --help'

boot: prepare
	@$(BUILD)/boot/boot --kernel $(BUILD)/kernel/bzImage --show --only native-default,xen-dom0-512m

check:
	@scripts/check all

check-host:
	@scripts/check host

check-boot:
	@scripts/check boot '$(ONLY)'

lint:
	@scripts/lint

kernel:
	@scripts/setup host kernel
	@scripts/get-kernel
	@scripts/integrate build/linux-6.1
	@scripts/build-kernel

# All that a boot needs: kernel, hypervisor, bench.
prepare: kernel
	@scripts/setup boot
	@scripts/get-xen
	@$(MAKE) -s -C tools/testing/boot O=$(BUILD)/boot

clean:
	rm -rf $(addprefix $(BUILD)/,kernel kernel-config boot unit ktap logs)

distclean:
	rm -rf $(BUILD)

.PHONY: help boot check check-host check-boot lint kernel prepare clean distclean
