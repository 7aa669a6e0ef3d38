/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypercalls of a Xen PV guest by name, each with the function of the
 * hypervisor that carries it out: that function's first instruction tells the
 * plugin which hypercall it sees. Names and functions are Xen's.
 */
#ifndef BENCH_HYPERCALLS_H
#define BENCH_HYPERCALLS_H

struct hypercall {
	const char *name, *function;
};

/* "other": one whose function is not in the table. */
static const struct hypercall hypercalls[] = {
	{ "other", NULL },
	{ "multicall", "do_multicall" },
	{ "mmu_update", "do_mmu_update" },
	{ "mmuext_op", "do_mmuext_op" },
	{ "update_va_mapping", "do_update_va_mapping" },
	{ "memory_op", "do_memory_op" },
	{ "console_io", "do_console_io" },
	{ "xen_version", "do_xen_version" },
	{ "sched_op", "do_sched_op" },
	{ "vcpu_op", "do_vcpu_op" },
	{ "event_channel_op", "do_event_channel_op" },
	{ "physdev_op", "do_physdev_op" },
	{ "platform_op", "do_platform_op" },
	{ "grant_table_op", "do_grant_table_op" },
	{ "update_descriptor", "do_update_descriptor" },
	{ "set_gdt", "do_set_gdt" },
	{ "set_trap_table", "do_set_trap_table" },
	{ "set_segment_base", "do_set_segment_base" },
	{ "stack_switch", "do_stack_switch" },
	{ "fpu_taskswitch", "do_fpu_taskswitch" },
	{ "set_debugreg", "do_set_debugreg" },
	{ "get_debugreg", "do_get_debugreg" },
	{ "vm_assist", "do_vm_assist" },
	{ "set_timer_op", "do_set_timer_op" },
	{ "iret", "do_iret" },
};

#define HYPERCALL_OTHER		0
#define HYPERCALL_MULTICALL	1
#define N_HYPERCALLS		((int)(sizeof(hypercalls) / sizeof(hypercalls[0])))

#endif
