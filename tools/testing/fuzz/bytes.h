/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes of a fuzzer as a stream of choices. A stream that has run out
 * goes on with zeroes, so that every input of any length means something.
 */
#ifndef FUZZ_BYTES_H
#define FUZZ_BYTES_H

#include <linux/types.h>

struct fuzz_bytes {
	const u8 *next;
	size_t left;
};

/* What libFuzzer calls, and replay.c where there is none. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* The next @n bytes as a number, the lowest first. */
static inline u64 fuzz_number(struct fuzz_bytes *b, unsigned int n)
{
	u64 value = 0;
	unsigned int i;

	for (i = 0; i < n && b->left; i++, b->left--)
		value |= (u64)*b->next++ << 8 * i;
	return value;
}

/* A choice from 0 to @n - 1, @n at most 256. */
static inline unsigned int fuzz_below(struct fuzz_bytes *b, unsigned int n)
{
	return fuzz_number(b, 1) % n;
}

static inline bool fuzz_flip(struct fuzz_bytes *b)
{
	return fuzz_number(b, 1) & 1;
}

#endif /* FUZZ_BYTES_H */
