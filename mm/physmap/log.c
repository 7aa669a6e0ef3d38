// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sorted sets of physical ranges of bounded size: what was asked for, what
 * is covered, what was kept. Pure data; when a set is full it counts what it
 * lost, and the audit says so instead of judging from half a memory.
 */
#include <linux/types.h>
#include <linux/string.h>
#include <physmap/request.h>

/**
 * physmap_log_empty() - forget all ranges
 * @log: set
 */
void physmap_log_empty(struct physmap_log *log)
{
	log->count = 0;
	log->lost = 0;
}

/* First range that ends at or after @pa. */
static unsigned int log_find(const struct physmap_log *log, u64 pa)
{
	unsigned int lo = 0, hi = log->count;

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;

		if (log->range[mid].end < pa)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/**
 * physmap_log_add() - add [start, end), joining what touches
 * @log: set
 * @start: first byte, physical
 * @end: first byte beyond; an empty range adds nothing
 */
void physmap_log_add(struct physmap_log *log, u64 start, u64 end)
{
	unsigned int i, j;

	if (start >= end)
		return;
	i = log_find(log, start);
	for (j = i; j < log->count && log->range[j].start <= end; j++) {
		if (log->range[j].start < start)
			start = log->range[j].start;
		if (log->range[j].end > end)
			end = log->range[j].end;
	}
	if (i == j && log->count == PHYSMAP_LOG_RANGES) {
		log->lost++;
		return;
	}
	/* Ranges i to j - 1 become one. */
	memmove(&log->range[i + 1], &log->range[j],
		(log->count - j) * sizeof(log->range[0]));
	log->count = log->count - (j - i) + 1;
	log->range[i].start = start;
	log->range[i].end = end;
}

/**
 * physmap_log_next() - how far what holds at an address goes on
 * @log: set
 * @pa: physical address
 * @inside: set to whether @pa is in the set
 *
 * Return: first address above @pa where that changes, or all ones.
 */
u64 physmap_log_next(const struct physmap_log *log, u64 pa, bool *inside)
{
	unsigned int i = log_find(log, pa + 1);

	*inside = i < log->count && log->range[i].start <= pa;
	if (i == log->count)
		return ~0ULL;
	return *inside ? log->range[i].end : log->range[i].start;
}

/**
 * physmap_log_has() - is an address in the set
 * @log: set
 * @pa: physical address
 *
 * Return: whether it is.
 */
bool physmap_log_has(const struct physmap_log *log, u64 pa)
{
	bool inside;

	physmap_log_next(log, pa, &inside);
	return inside;
}
