/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The walk that x86 hardware makes: from an address to a leaf, with what the
 * processor would object to. Written from the SDM, shares nothing with the
 * geometry under test.
 */
#ifndef MODEL_MMU_H
#define MODEL_MMU_H

#include "memory.h"

/**
 * struct model_cpu - what the walk depends on
 * @levels: 2 (no PAE), 3 (PAE), 4 or 5
 * @pa_bits: MAXPHYADDR
 * @nx: EFER.NXE
 * @gbpages: 1G leaves exist
 * @encrypt: C-bit or 0
 * @root: physical address in CR3
 * @frame: turns a frame number found in an entry into one of @model_memory;
 *	NULL if they are the same
 */
struct model_cpu {
	unsigned int levels;
	unsigned int pa_bits;
	bool nx;
	bool gbpages;
	u64 encrypt;
	u64 root;
	u64 (*frame)(u64 frame);
};

/**
 * struct model_translation - what the walk ended with
 * @present: there is a leaf and the walk saw no reserved bit
 * @reserved: an entry on the way has a reserved bit set
 * @level: level of the last entry looked at
 * @pa: the address translated
 * @write: every entry allows it
 * @exec: every entry allows it
 * @global: the leaf's G
 * @user: every entry allows it
 * @encrypted: every entry has the C-bit
 * @pat: index of the leaf's memory type
 * @raw: the last entry
 * @table: page that holds it
 * @index: its slot
 */
struct model_translation {
	bool present;
	bool reserved;
	unsigned int level;
	u64 pa;
	bool write;
	bool exec;
	bool global;
	bool user;
	bool encrypted;
	unsigned int pat;
	u64 raw;
	u64 table;
	unsigned int index;
};

struct model_translation model_translate(const struct model_memory *mem,
					 const struct model_cpu *cpu, u64 va);
u64 model_tables(const struct model_memory *mem, const struct model_cpu *cpu);

#endif /* MODEL_MMU_H */
