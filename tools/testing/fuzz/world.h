/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated machine made from a fuzzer's bytes: kind of processor, where
 * the map lies, what is RAM, and tables that somebody else has left there.
 * Entries that the hardware would call reserved are never among them, for
 * such a map was broken before the engine came.
 */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include <physmap/request.h>
#include "bytes.h"
#include "hypervisor.h"

#define FUZZ_RANGES	4

/**
 * struct fuzz_request - a request and its ranges
 * @req: the request
 * @range: what @req.ranges points to
 */
struct fuzz_request {
	struct physmap_request req;
	struct physmap_range range[FUZZ_RANGES];
};

/**
 * struct fuzz_world - a machine and what was done to it
 * @m: the machine
 * @xen: it is a Xen PV guest
 * @tables_from: where its table pages begin
 */
struct fuzz_world {
	struct model_machine m;
	bool xen;
	u64 tables_from;
};

void fuzz_world_machine(struct fuzz_world *w, struct fuzz_bytes *b);
void fuzz_world_tables(struct fuzz_world *w, struct fuzz_bytes *b);
void fuzz_world_stop(struct fuzz_world *w);
void fuzz_world_request(struct fuzz_world *w, struct fuzz_bytes *b,
			struct fuzz_request *r);
u64 fuzz_address(struct fuzz_bytes *b);
bool fuzz_ram(const struct fuzz_world *w, u64 start, u64 end);

/* Says what is wrong and ends the program, so that the input is kept. */
__attribute__((noreturn)) __printf(1, 2)
void fuzz_fail(const char *fmt, ...);

#endif /* FUZZ_WORLD_H */
