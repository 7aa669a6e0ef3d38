# SPDX-License-Identifier: GPL-2.0-only
# The front door. Every command sees to its own set-up and reuses what is built;
# the work is done by scripts/ and tools/testing/, everything made is in build/.
# The kernel's part has its own Makefiles in mm/physmap and arch/x86/mm/physmap.

BUILD := $(abspath build)
ONLY ?=
TIME ?= 60
GOALS := --goals tools/testing/bench/goals.json
BENCH_CHECK := native-4k-8g,native-2m-2g,dom0-1g,arm64-8g
BENCH = $(BUILD)/bench/bench $(if $(ONLY),--only $(ONLY))
ARM64 := arm64-4k arm64-4k-va39 arm64-16k arm64-64k-va52

help:
	@echo 'make boot                   build a Linux 6.1 with physmap and boot it: x86, Xen PV, arm64;'
	@echo '                            and an image that boots a Cortex-R52 with its MPU'
	@echo 'make check                  all tests: host and boots (last line: N passed, N failed)'
	@echo 'make check-host             the host tests only, some minutes; needs no kernel'
	@echo 'make check-rules            the rule table: every rule, its judge, its mutant; seconds'
	@echo 'make check-boot ONLY=xen-   the boots only, those whose name begins so'
	@echo 'make bench                  instructions beside upstream: Xen PV with hypercalls, x86 and arm64 with flushes'
	@echo 'make bench-host             the engine beside memset() on this processor, planning, hot-add; needs no kernel'
	@echo 'make bench-check            part of it: does every goal that was met still hold'
	@echo 'make soak TIME=600          random worlds before the judges, for so many seconds'
	@echo 'make fuzz TIME=60           libFuzzer on planner, engine and trace reader, seconds each'
	@echo 'make coverage               lines and branches that the host tests reach'
	@echo 'make kernel                 only the x86-64 kernel: build/kernel/bzImage'
	@echo 'make kernel-arm64           only the arm64 kernels: build/kernel-arm64-*/Image'
	@echo 'make lint                   shellcheck, checkpatch, sparse'
	@echo 'make clean                  delete what was built; keep sources and the compiler cache'
	@echo 'make distclean              delete build/ altogether'
	@echo
	@echo 'Into a kernel tree of your own: scripts/integrate --help'

boot: source
	@scripts/setup boot arm64 r52
	@scripts/build-kernel x86 arm64-4k
	@$(MAKE) -s machines
	@$(BUILD)/boot/boot --show --only native-default,xen-dom0-512m,arm64-default
	@$(MAKE) -s -C tools/testing/r52 O=$(BUILD)/r52 show

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

bench: source
	@scripts/setup boot arm64 bench
	@$(MAKE) -s -C tools/testing/bench O=$(BUILD)/bench
	@$(BENCH) --needs >$(BUILD)/bench/kernels
	@scripts/build-kernel $$(cat $(BUILD)/bench/kernels)
	@scripts/get-xen
	@$(MAKE) -s -C tools/testing/boot O=$(BUILD)/boot $$(sed 's/-.*//' $(BUILD)/bench/kernels)
	@$(BENCH)
	@$(if $(ONLY),,$(BUILD)/bench/host)
	@$(BUILD)/bench/plot
	@$(if $(ONLY),,$(BUILD)/bench/goals $(GOALS) --bench $(BUILD)/bench/bench.json --host $(BUILD)/bench/host.json)

# Counts that are the same in every run, against the goals that were met once.
bench-check:
	@$(BUILD)/bench/bench --only $(BENCH_CHECK) --out $(BUILD)/bench/check
	@$(BUILD)/bench/host --count --json $(BUILD)/bench/check/host.json
	@$(BUILD)/bench/goals $(GOALS) --bench $(BUILD)/bench/check/bench.json --host $(BUILD)/bench/check/host.json --check

# The engine on this processor, without a kernel.
bench-host:
	@scripts/setup bench
	@$(MAKE) -s -C tools/testing/bench O=$(BUILD)/bench $(BUILD)/bench/host $(BUILD)/bench/plot
	@$(BUILD)/bench/host $(if $(ONLY),--only $(ONLY))
	@$(BUILD)/bench/plot

# A kernel tree with physmap in it.
source:
	@scripts/setup host kernel
	@scripts/get-kernel
	@scripts/integrate build/linux-6.1

kernel: source
	@scripts/build-kernel x86

kernel-arm64: source
	@scripts/setup arm64
	@scripts/build-kernel $(ARM64)

# All that a boot needs beside kernels: hypervisors, bench, the tool that judges traces.
machines:
	@scripts/setup boot arm64 r52
	@scripts/get-xen
	@$(MAKE) -s -C tools/testing/boot O=$(BUILD)/boot
	@$(MAKE) -s -C tools/physmap O=$(BUILD)/physmap

prepare: kernel kernel-arm64
	@$(MAKE) -s machines
	@scripts/setup bench
	@$(MAKE) -s -C tools/testing/bench O=$(BUILD)/bench

clean:
	rm -rf $(addprefix $(BUILD)/,kernel kernel-config kernel-arm64-* kernel-config-arm64-* mutants boot physmap unit rules worlds fuzz coverage ktap bench payload r52 logs)

distclean:
	rm -rf $(BUILD)

.PHONY: help boot bench bench-check bench-host check check-host check-boot check-rules soak fuzz coverage lint source kernel kernel-arm64 machines prepare clean distclean
