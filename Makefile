# SPDX-License-Identifier: GPL-2.0-only
# The front door. Every command sees to its own set-up and reuses what is built;
# the work is done by scripts/ and tools/testing/, everything made is in build/.
# The kernel's part has its own Makefiles in mm/physmap and arch/x86/mm/physmap.

BUILD := $(abspath build)
ONLY ?=
TIME ?= 60

help:
	@echo 'make boot                   build a Linux 6.1 with physmap and boot it, natively and under Xen'
	@echo 'make check                  all tests: host and boots (last line: N passed, N failed)'
	@echo 'make check-host             the host tests only, some minutes; needs no kernel'
	@echo 'make check-rules            the rule table: every rule, its judge, its mutant; seconds'
	@echo 'make check-boot ONLY=xen-   the boots only, those whose name begins so'
	@echo 'make bench                  instructions and hypercalls, beside upstream, under Xen PV'
	@echo 'make soak TIME=600          random worlds before the judges, for so many seconds'
	@echo 'make fuzz TIME=60           libFuzzer on planner, engine and trace reader, seconds each'
	@echo 'make coverage               lines and branches that the host tests reach'
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

check-rules:
	@scripts/setup host
	@$(MAKE) -s -C tools/testing/rules O=$(BUILD)/rules check

soak:
	@scripts/setup host
	@$(MAKE) -s -C tools/testing/worlds O=$(BUILD)/worlds TIME=$(TIME) soak

fuzz:
	@scripts/setup fuzz
	@$(MAKE) -s -C tools/testing/fuzz O=$(BUILD)/fuzz TIME=$(TIME) run

coverage:
	@scripts/setup host coverage
	@$(MAKE) -s -C tools/testing/coverage O=$(BUILD)/coverage check

lint:
	@scripts/lint

bench: kernel
	@scripts/setup boot bench
	@scripts/get-xen
	@$(MAKE) -s -C tools/testing/boot O=$(BUILD)/boot
	@$(MAKE) -s -C tools/testing/bench O=$(BUILD)/bench
	@$(BUILD)/bench/bench $(if $(ONLY),--only $(ONLY))

kernel:
	@scripts/setup host kernel
	@scripts/get-kernel
	@scripts/integrate build/linux-6.1
	@scripts/build-kernel

# All that a boot needs: kernel, hypervisor, bench, the tool that judges traces.
prepare: kernel
	@scripts/setup boot
	@scripts/get-xen
	@$(MAKE) -s -C tools/testing/boot O=$(BUILD)/boot
	@$(MAKE) -s -C tools/physmap O=$(BUILD)/physmap

clean:
	rm -rf $(addprefix $(BUILD)/,kernel kernel-config mutants boot physmap unit rules worlds fuzz coverage ktap bench logs)

distclean:
	rm -rf $(BUILD)

.PHONY: help boot bench check check-host check-boot check-rules soak fuzz coverage lint kernel prepare clean distclean
