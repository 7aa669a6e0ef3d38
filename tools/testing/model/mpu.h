/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An Armv8-R MPU of EL2 as registers, and its judge. Decodes PMSAv8-64 and -32
 * by what the rules MPU-1 to MPU-17 and MPU-19 say, not by the format files. A
 * write is in force at some moment before the next DSB and ISB (MPU-8), so the
 * model keeps every value that a region may have, and a rule is broken if one
 * combination of them breaks it.
 *
 *	static struct model_mpu m;
 *	model_mpu_start(&m, &config);
 *	m.heard = heard;
 *	m.pmsav8.mpu.format = &physmap_pmsav8_64;
 *	m.pmsav8.mpu.hooks = &physmap_pmsav8_hooks;
 *	physmap_mpu_start(&m.pmsav8.mpu, &plan, &why);
 *	model_mpu_done(&m);
 *	model_mpu_compare(&m, wanted, nr);
 *	model_mpu_compare_copy(&m);
 */
#ifndef MODEL_MPU_H
#define MODEL_MPU_H

#include "pmsav8.h"	/* arch/arm64/mm/physmap */

/* Bits of SCTLR_EL2 and HSCTLR that count here. */
#define MODEL_MPU_M	0x00001ULL
#define MODEL_MPU_C	0x00004ULL
#define MODEL_MPU_I	0x01000ULL
#define MODEL_MPU_BR	0x20000ULL

#define MODEL_MPU_STATES	12	/* of a region between two barriers */
#define MODEL_MPU_USES		8
#define MODEL_MPU_COPIES	16
#define MODEL_MPU_RULES		20
#define MODEL_MPU_ANY		1000	/* any region will do */

/**
 * struct model_mpu_region - a region as hardware takes it
 * @words: PRBAR and PRLAR
 * @enabled: EN
 * @first: first byte
 * @last: last byte; below @first it matches nothing (MPU-6)
 * @write: may be written
 * @exec: code may be fetched
 * @user: EL1 and EL0 may access it too
 * @type: AttrIndx
 * @share: SH
 */
struct model_mpu_region {
	struct physmap_mpu_words words;
	bool enabled;
	u64 first;
	u64 last;
	bool write;
	bool exec;
	bool user;
	unsigned int type;
	unsigned int share;
};

/**
 * struct model_mpu_history - what a region may be until barriers have come
 * @state: values, the oldest first; the last one is what was written last
 * @states: how many; 1 if nothing is under way
 * @waited: the last one that a DSB has waited for
 * @touched: written or disabled since reset (MPU-11)
 */
struct model_mpu_history {
	struct model_mpu_region state[MODEL_MPU_STATES];
	unsigned int states;
	unsigned int waited;
	bool touched;
};

/**
 * struct model_mpu_violation - a broken rule
 * @rule: its ID
 * @number: of the operation after which it is broken, from 1
 * @text: one sentence
 */
struct model_mpu_violation {
	const char *rule;
	u64 number;
	char text[200];
};

/**
 * struct model_mpu_span - addresses
 * @start: first byte
 * @end: first byte beyond
 */
struct model_mpu_span {
	u64 start;
	u64 end;
};

/**
 * struct model_mpu_config - which MPU
 * @wide: PMSAv8-64; else PMSAv8-32
 * @count: regions
 * @seed: of the garbage that reset leaves
 */
struct model_mpu_config {
	bool wide;
	unsigned int count;
	u64 seed;
};

/**
 * struct model_mpu - an MPU
 * @pmsav8: handle for the engine; @pmsav8.mpu.slot is the software copy
 * @config: which MPU
 * @heard: called for each broken rule
 * @heard_by: for whoever hears
 * @violations: how many there were
 * @operations: writes and barriers so far
 * @writes: those that change more than PRSELR
 * @stores: those to PRBAR, PRLAR and PRENR
 * @dsbs: DSBs
 * @region: regions
 * @select: PRSELR
 * @select_asked: what was written to it last, whether there is one or not
 * @select_pending: no ISB has come since
 * @mair: MAIR
 * @mair_pending: no ISB has come since it was written
 * @mair_written: since reset
 * @sctlr: SCTLR
 * @sctlr_pending: no ISB has come since it was written
 * @count_read: MPUIR was read (MPU-3)
 * @prenr_written: since the last comparison (MPU-10)
 * @use: memory that must be there at every moment
 * @uses: how many
 * @copy: memory written while the caches were off (MPU-11)
 * @copies: how many
 * @dropped: memory of which no cache has a copy any more
 * @drops: how many
 * @drops_waited: a DSB has come since the last of them
 * @told: rules that this operation has broken
 * @tolds: how many
 */
struct model_mpu {
	struct physmap_pmsav8 pmsav8;
	struct model_mpu_config config;
	void (*heard)(struct model_mpu *m,
		      const struct model_mpu_violation *v);
	void *heard_by;
	u64 violations;
	u64 operations;
	u64 writes;
	u64 stores;
	u64 dsbs;
	struct model_mpu_history region[PHYSMAP_MPU_MAX];
	unsigned int select;
	u64 select_asked;
	bool select_pending;
	u64 mair;
	bool mair_pending;
	bool mair_written;
	u64 sctlr;
	bool sctlr_pending;
	bool count_read;
	bool prenr_written;
	struct physmap_mpu_use use[MODEL_MPU_USES];
	unsigned int uses;
	struct model_mpu_span copy[MODEL_MPU_COPIES];
	unsigned int copies;
	struct model_mpu_span dropped[MODEL_MPU_COPIES];
	unsigned int drops;
	bool drops_waited;
	const char *told[MODEL_MPU_RULES];
	unsigned int tolds;
};

enum model_mpu_access {
	MODEL_MPU_READ,
	MODEL_MPU_WRITE,
	MODEL_MPU_FETCH,
};

enum model_mpu_answer {
	MODEL_MPU_FINE,
	MODEL_MPU_NONE,		/* no region, and no background region */
	MODEL_MPU_SEVERAL,	/* more than one region (MPU-4) */
	MODEL_MPU_PERMISSION,
};

/**
 * struct model_mpu_wanted - what must be mapped, and nothing else
 * @name: for messages
 * @start: first byte
 * @end: first byte beyond
 * @attrs: PHYSMAP_WRITE, _EXEC, _USER and a memory type
 * @slot: region that all of it must be in, or MODEL_MPU_ANY
 */
struct model_mpu_wanted {
	const char *name;
	u64 start;
	u64 end;
	u32 attrs;
	unsigned int slot;
};

/* mpu.c */
extern const struct physmap_pmsav8_registers model_mpu_registers;
void model_mpu_start(struct model_mpu *m, const struct model_mpu_config *config);
void model_mpu_put(struct model_mpu *m, unsigned int n, u64 base, u64 limit);
void model_mpu_use(struct model_mpu *m, const char *name, u64 start, u64 end,
		   u32 attrs);
void model_mpu_copy(struct model_mpu *m, u64 start, u64 end);
enum model_mpu_answer model_mpu_access(const struct model_mpu *m, u64 address,
				       u64 size, enum model_mpu_access access);
struct model_mpu_region model_mpu_decode(bool wide, u64 base, u64 limit);
bool model_mpu_reserved(bool wide, u64 base, u64 limit);
const struct model_mpu_region *model_mpu_now(const struct model_mpu *m,
					     unsigned int n);

static inline bool model_mpu_on(const struct model_mpu *m)
{
	return m->sctlr & MODEL_MPU_M;
}

static inline bool model_mpu_matches(const struct model_mpu_region *r,
				     u64 address)
{
	return r->enabled && r->first <= address && address <= r->last;
}

/* mpu_judge.c: called for what is about to be done, or was just done. */
__printf(3, 4)
void model_mpu_violate(struct model_mpu *m, const char *rule,
		       const char *fmt, ...);
void model_mpu_judge_entry(struct model_mpu *m);
void model_mpu_judge_reach(struct model_mpu *m);
void model_mpu_judge_words(struct model_mpu *m, u64 base, u64 limit);
void model_mpu_judge_base(struct model_mpu *m, unsigned int n, u64 base);
void model_mpu_judge_limit(struct model_mpu *m, unsigned int n, u64 limit);
void model_mpu_judge_state(struct model_mpu *m, unsigned int n);
void model_mpu_judge_uses(struct model_mpu *m);
void model_mpu_judge_mair(struct model_mpu *m, u64 old);
void model_mpu_judge_sctlr(struct model_mpu *m, u64 old);

/* mpu_judge.c: an operation is over. */
void model_mpu_done(struct model_mpu *m);

/* mpu_compare.c */
void model_mpu_compare(struct model_mpu *m,
		       const struct model_mpu_wanted *wanted, unsigned int nr);
void model_mpu_compare_copy(struct model_mpu *m);

#endif /* MODEL_MPU_H */
