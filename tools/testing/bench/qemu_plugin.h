/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of QEMU's TCG plugin interface, version 1, that the counting plugin
 * uses. Debian packages no header for it. What is declared here must stay as
 * QEMU 6.0 to 8.2 have it: it is an ABI.
 */
#ifndef BENCH_QEMU_PLUGIN_H
#define BENCH_QEMU_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QEMU_PLUGIN_VERSION	1
#define PLUGIN_EXPORT		__attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;

struct qemu_plugin_info {
	const char *target_name;
	struct {
		int min, cur;
	} version;
	bool system_emulation;
	struct {
		int smp_vcpus, max_vcpus;
	} system;
};

enum qemu_plugin_registers { QEMU_PLUGIN_NO_REGISTERS };
enum qemu_plugin_operation { QEMU_PLUGIN_ADD_U64 };

typedef void (*qemu_plugin_done)(uint64_t id);
typedef void (*qemu_plugin_ended)(uint64_t id, void *data);
typedef void (*qemu_plugin_translated)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*qemu_plugin_executed)(unsigned int cpu, void *data);

PLUGIN_EXPORT extern int qemu_plugin_version;
PLUGIN_EXPORT int qemu_plugin_install(uint64_t id,
				      const struct qemu_plugin_info *info,
				      int argc, char **argv);

void qemu_plugin_uninstall(uint64_t id, qemu_plugin_done done);
void qemu_plugin_register_atexit_cb(uint64_t id, qemu_plugin_ended ended,
				    void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
					   qemu_plugin_translated translated);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  qemu_plugin_executed executed,
					  enum qemu_plugin_registers registers,
					  void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_plugin_executed executed,
					    enum qemu_plugin_registers registers,
					    void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
						enum qemu_plugin_operation operation,
						void *counter, uint64_t operand);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb,
						 size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

#endif
