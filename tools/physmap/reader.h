/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading traces. A trace is looked at as a whole first (kind, version,
 * length, checksum, machine), then event by event. Whatever the bytes are,
 * what comes out makes sense or is refused in one line.
 */
#ifndef PHYSMAP_READER_H
#define PHYSMAP_READER_H

#include <physmap/trace.h>

/**
 * struct trace - a trace that is being read
 * @machine: that it was made on
 * @extent: how much there is
 * @body: events
 * @at: bytes of them that were read
 * @number: events that were read
 * @past: what differences refer to
 * @owned: memory of a file, or NULL
 * @error: one line, when something was refused
 */
struct trace {
	struct physmap_trace_machine machine;
	struct physmap_trace_extent extent;
	const u8 *body;
	u64 at;
	u64 number;
	struct physmap_trace_past past;
	u8 *owned;
	char error[200];
};

enum trace_read {
	TRACE_EVENT,
	TRACE_END,
	TRACE_BAD,	/* @error says why */
};

/* Both: false and @error if it cannot be used. */
bool trace_parse(struct trace *t, const void *bytes, size_t size);
bool trace_open(struct trace *t, const char *path);
void trace_close(struct trace *t);
enum trace_read trace_next(struct trace *t, struct physmap_event *e);

#endif /* PHYSMAP_READER_H */
