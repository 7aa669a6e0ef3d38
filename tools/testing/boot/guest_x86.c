// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's part that only x86 has: where its dump is, and the DirectMap
 * counters of /proc/meminfo. Reads only.
 */
#include <stdio.h>
#include <string.h>

#include "guest.h"

const struct guest_arch arch = {
	.page_tables = "/sys/kernel/debug/page_tables/kernel",
	.backend = "native",
	.always = MIB,
	.hypercalls = true,
};

bool arch_dump(const char *text, struct map *m, uint64_t *base)
{
	return dump_x86(text, m, base);
}

unsigned int arch_audit_attrs(unsigned int attr)
{
	return attr & (AT_RW | AT_GLB | AT_NX);
}

/*
 * When the kernel splits a 2M page of its own high mapping, it moves the
 * DirectMap counters too (6.1's split_page_count does not ask which alias), but
 * only while there are 2M pages to count: so many blocks are allowed for, and
 * no other difference. Upstream's builder is not judged: it counts a 1G leaf
 * again each time a later step meets it, and under Xen it counts pages without
 * a machine frame; there the host compares.
 */
static void judge_counters(const struct facts *f, const char *when)
{
	static const struct {
		const char *key;
		unsigned int leaf;
	} counters[] = {
		{ "DirectMap4k", LEAF_4K }, { "DirectMap2M", LEAF_2M },
		{ "DirectMap1G", LEAF_1G },
	};
	uint64_t moved = f->high_splits * 2048ULL;
	char line[256];
	size_t at = 0;
	bool same = true;

	if (!map_leaf_bytes(&f->map, LEAF_2M))
		moved = 0;
	for (int i = 0; i < 3; i++) {
		uint64_t kb = meminfo_kb(f->meminfo, counters[i].key);
		uint64_t have = map_leaf_bytes(&f->map, counters[i].leaf) >> 10;

		if (counters[i].leaf == LEAF_4K)
			have += moved;
		if (counters[i].leaf == LEAF_2M)
			have -= moved;
		same &= kb == have;
		at += snprintf(line + at, sizeof(line) - at,
			       "%s %llu kB, mapped %llu kB; ", counters[i].key,
			       (unsigned long long)kb,
			       (unsigned long long)have);
	}
	say("# counters: %s%u splits of the high mapping allowed for\n", line,
	    f->high_splits);
	if (!opts.xen && strcmp(opts.policy, "off"))
		result(same,
		       named("DirectMap counters equal the dump (X86-LNX-6)",
			     when), "%s", line);
}

void judge_arch(const struct facts *f, const char *when)
{
	judge_counters(f, when);
}
