/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Simulated physical memory: frames with contents, of the size that the
 * machine's pages have, and an allocator of table pages that can run dry on
 * demand. Knows nothing of page tables.
 */
#ifndef MODEL_MEMORY_H
#define MODEL_MEMORY_H

#include <linux/types.h>

/* Bytes of a page, but on machines with larger ones. */
#define MODEL_PAGE	4096ULL
#define MODEL_BUCKETS	1024

struct model_frame;

/**
 * struct model_memory - memory of one machine
 * @page: bytes of a frame
 * @bucket: frames that were ever touched, hashed by address
 * @all: all of them, the youngest first
 * @next: address of the page that the allocator hands out next
 * @asked: pages that the allocator was asked for
 * @refuse_at: which of these requests is refused; 0 for none
 * @out: pages handed out and not given back
 */
struct model_memory {
	u64 page;
	struct model_frame *bucket[MODEL_BUCKETS];
	struct model_frame *all;
	u64 next;
	u64 asked;
	u64 refuse_at;
	u64 out;
};

void model_memory_start(struct model_memory *mem, u64 page, u64 next);
void *model_page(struct model_memory *mem, u64 pa);
const void *model_peek(const struct model_memory *mem, u64 pa);
int model_alloc(struct model_memory *mem, u64 *pa);
bool model_release(struct model_memory *mem, u64 pa);
void model_copy(struct model_memory *to, const struct model_memory *from);
bool model_same(const struct model_memory *a, const struct model_memory *b);
void model_copy_over(struct model_memory *to, const struct model_memory *from);
void model_reset(struct model_memory *mem, u64 next);
void model_free(struct model_memory *mem);

#endif /* MODEL_MEMORY_H */
