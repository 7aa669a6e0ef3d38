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
	struct model_frame *next;	/* in its bucket */
	struct model_frame *older;	/* of all */
	u64 pa;
	bool taken;	/* handed out by the allocator */
	bool blank;	/* all zero: nobody has asked for it since */
	void *bytes;
};

/* An empty memory; its allocator begins at @next. */
void model_memory_start(struct model_memory *mem, u64 page, u64 next)
{
	*mem = (struct model_memory) { .page = page, .next = next };
}

static struct model_frame *find(const struct model_memory *mem, u64 pa)
{
	struct model_frame *f = mem->bucket[pa / mem->page % MODEL_BUCKETS];

	while (f && f->pa != pa)
		f = f->next;
	return f;
}

static struct model_frame *touch(struct model_memory *mem, u64 pa)
{
	struct model_frame **head = &mem->bucket[pa / mem->page % MODEL_BUCKETS];
	struct model_frame *f = find(mem, pa);

	if (f)
		return f;
	f = calloc(1, sizeof(*f));
	f->bytes = calloc(1, mem->page);
	f->pa = pa;
	f->blank = true;
	f->next = *head;
	f->older = mem->all;
	*head = f;
	mem->all = f;
	return f;
}

static void clear(const struct model_memory *mem, struct model_frame *f)
{
	if (!f->blank)
		memset(f->bytes, 0, mem->page);
	f->blank = true;
}

/* Memory of the page at @pa; zero when first touched. */
void *model_page(struct model_memory *mem, u64 pa)
{
	struct model_frame *f = touch(mem, pa);

	f->blank = false;
	return f->bytes;
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
	clear(mem, f);
	*pa = f->pa;
	mem->next += mem->page;
	mem->out++;
	return 0;
}

/* Gives a page back, and what was in it is gone; false: it was not handed out. */
bool model_release(struct model_memory *mem, u64 pa)
{
	struct model_frame *f = find(mem, pa);

	if (!f || !f->taken)
		return false;
	f->taken = false;
	clear(mem, f);
	mem->out--;
	return true;
}

static void copy_frames(struct model_memory *to, const struct model_memory *from)
{
	const struct model_frame *f;

	for (f = from->all; f; f = f->older) {
		struct model_frame *copy = touch(to, f->pa);

		copy->taken = f->taken;
		if (f->blank)
			continue;
		copy->blank = false;
		memcpy(copy->bytes, f->bytes, to->page);
	}
}

/* A copy of contents and counters. */
void model_copy(struct model_memory *to, const struct model_memory *from)
{
	*to = *from;
	memset(to->bucket, 0, sizeof(to->bucket));
	to->all = NULL;
	copy_frames(to, from);
}

/*
 * The same into a memory that is in use, or was never: its frames are used
 * again, if they have the size.
 */
void model_copy_over(struct model_memory *to, const struct model_memory *from)
{
	if (to->page != from->page)
		model_free(to);
	to->page = from->page;
	model_reset(to, from->next);
	to->asked = from->asked;
	to->refuse_at = from->refuse_at;
	to->out = from->out;
	copy_frames(to, from);
}

/* All zero and nothing handed out; frames stay, so that it takes no time. */
void model_reset(struct model_memory *mem, u64 next)
{
	struct model_frame *f;

	for (f = mem->all; f; f = f->older) {
		f->taken = false;
		clear(mem, f);
	}
	mem->next = next;
	mem->asked = 0;
	mem->refuse_at = 0;
	mem->out = 0;
}

static bool is_zero(const struct model_memory *mem, const struct model_frame *f)
{
	const u64 *word = f->bytes;
	u64 i;

	for (i = 0; i < mem->page / sizeof(*word) && !f->blank; i++)
		if (word[i])
			return false;
	return true;
}

static bool holds(const struct model_memory *a, const struct model_memory *b)
{
	const struct model_frame *f;

	for (f = a->all; f; f = f->older) {
		const void *other = model_peek(b, f->pa);

		if (other ? memcmp(f->bytes, other, a->page) : !is_zero(a, f))
			return false;
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
	while (mem->all) {
		struct model_frame *f = mem->all;

		mem->all = f->older;
		free(f->bytes);
		free(f);
	}
	memset(mem->bucket, 0, sizeof(mem->bucket));
}
