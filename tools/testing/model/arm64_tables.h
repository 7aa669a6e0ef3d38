/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * arm64 tables made by hand, and what a processor reads from them: frame,
 * rights and memory type. All from the manual's figures and by single pages;
 * shares nothing with arch/arm64, which it is there to judge.
 */
#ifndef MODEL_ARM64_TABLES_H
#define MODEL_ARM64_TABLES_H

#include <linux/types.h>

/**
 * struct arm64_tables - a root and the memory that its tables are in
 * @page_shift: log2 of the granule
 * @va_bits: virtual address bits
 * @lpa2: TCR.DS is set
 * @mair: MAIR
 * @tcr_share: SH field of TCR for this root
 * @root: physical address of the root table
 * @memory: the pages of tables, the root's first
 * @pages: how many there are
 */
struct arm64_tables {
	unsigned int page_shift;
	unsigned int va_bits;
	bool lpa2;
	u64 mair;
	unsigned int tcr_share;
	u64 root;
	u64 *memory;
	unsigned int pages;
};

/* Memory types in the manual's words; "" where it has none. */
struct arm64_memory {
	const char *type;
	const char *inner;
	const char *outer;
	const char *share;
};

/**
 * struct arm64_seen - what an address translates to
 * @mapped: it translates
 * @pa: physical address
 * @write: may be written
 * @exec: may be executed
 * @memory: its type
 */
struct arm64_seen {
	bool mapped;
	u64 pa;
	bool write;
	bool exec;
	struct arm64_memory memory;
};

void arm64_tables_start(struct arm64_tables *t);
void arm64_tables_stop(struct arm64_tables *t);
u64 *arm64_tables_page(struct arm64_tables *t, u64 pa);
unsigned int arm64_tables_shift(const struct arm64_tables *t,
				unsigned int level);
u64 *arm64_tables_slot(struct arm64_tables *t, u64 va, unsigned int level);
u64 arm64_tables_leaf(const struct arm64_tables *t, unsigned int level, u64 pa,
		      unsigned int attr_index, unsigned int share);
struct arm64_seen arm64_tables_see(struct arm64_tables *t, u64 va);
struct arm64_memory arm64_memory_type(u8 mair_byte, unsigned int share);
const char *arm64_memory_conflict(const struct arm64_memory *a,
				  const struct arm64_memory *b);

#endif /* MODEL_ARM64_TABLES_H */
