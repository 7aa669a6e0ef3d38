// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated physical memory. Every frame is a block of its own, so that the
 * sanitizer sees a step beyond a table's end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "memory.h"

struct model_frame {
	struct model_frame *next;
	u64 pa;
	bool taken;	/* handed out by the allocator */
	void *bytes;
};

static struct model_frame *find(const struct model_memory *mem, u64 pa)
{
	struct model_frame *f = mem->bucket[pa / MODEL_PAGE % MODEL_BUCKETS];

	while (f && f->pa != pa)
		f = f->next;
	return f;
}

static struct model_frame *touch(struct model_memory *mem, u64 pa)
{
	struct model_frame **head = &mem->bucket[pa / MODEL_PAGE % MODEL_BUCKETS];
	struct model_frame *f = find(mem, pa);

	if (f)
		return f;
	f = calloc(1, sizeof(*f));
	f->bytes = calloc(1, MODEL_PAGE);
	f->pa = pa;
	f->next = *head;
	*head = f;
	return f;
}

/* Memory of the page at @pa; zero when first touched. */
void *model_page(struct model_memory *mem, u64 pa)
{
	return touch(mem, pa)->bytes;
}

/* The same for readers: NULL if nobody ever touched the page. */
const void *model_peek(const struct model_memory *mem, u64 pa)
{
	const struct model_frame *f = find(mem, pa);

	return f ? f->bytes : NULL;
}

/* A zeroed page for a table, or -ENOMEM when it is time for that. */
int model_alloc(struct model_memory *mem, u64 *pa)
{
	struct model_frame *f;

	if (++mem->asked == mem->refuse_at)
		return -ENOMEM;
	f = touch(mem, mem->next);
	f->taken = true;
	memset(f->bytes, 0, MODEL_PAGE);
	*pa = f->pa;
	mem->next += MODEL_PAGE;
	mem->out++;
	return 0;
}

/* Gives a page back; false if it was not handed out. */
bool model_release(struct model_memory *mem, u64 pa)
{
	struct model_frame *f = find(mem, pa);

	if (!f || !f->taken)
		return false;
	f->taken = false;
	mem->out--;
	return true;
}

/* A copy of contents and counters. */
void model_copy(struct model_memory *to, const struct model_memory *from)
{
	const struct model_frame *f;
	unsigned int i;

	*to = *from;
	memset(to->bucket, 0, sizeof(to->bucket));
	for (i = 0; i < MODEL_BUCKETS; i++) {
		for (f = from->bucket[i]; f; f = f->next) {
			struct model_frame *copy = touch(to, f->pa);

			copy->taken = f->taken;
			memcpy(copy->bytes, f->bytes, MODEL_PAGE);
		}
	}
}

static bool holds(const struct model_memory *a, const struct model_memory *b)
{
	static const u8 zero[MODEL_PAGE];
	const struct model_frame *f;
	unsigned int i;

	for (i = 0; i < MODEL_BUCKETS; i++) {
		for (f = a->bucket[i]; f; f = f->next) {
			const void *other = model_peek(b, f->pa);

			if (memcmp(f->bytes, other ? other : zero, MODEL_PAGE))
				return false;
		}
	}
	return true;
}

/* Same contents everywhere? A page never touched is a page of zeroes. */
bool model_same(const struct model_memory *a, const struct model_memory *b)
{
	return holds(a, b) && holds(b, a);
}

void model_free(struct model_memory *mem)
{
	unsigned int i;

	for (i = 0; i < MODEL_BUCKETS; i++) {
		while (mem->bucket[i]) {
			struct model_frame *f = mem->bucket[i];

			mem->bucket[i] = f->next;
			free(f->bytes);
			free(f);
		}
	}
}
