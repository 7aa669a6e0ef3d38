/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The code symbols of an ELF file with a symbol table, and its build ID. Used by
 * the plugin, which counts by them, and by the bench, which sees to it that
 * symbols and hypervisor are of one build.
 */
#ifndef BENCH_SYMBOLS_H
#define BENCH_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUILD_ID	20

struct symbol {
	uint64_t start, end;		/* end: where the next one begins */
	const char *name;
};

struct symbols {
	struct symbol *v;
	size_t n;
	unsigned char build_id[BUILD_ID];
	bool have_build_id;
};

/* What is read stays until the program ends; false: why says why. */
bool symbols_read(const char *path, struct symbols *s, char *why, size_t len);
/* NULL: no code is known there. */
const struct symbol *symbols_at(const struct symbols *s, uint64_t address);
const struct symbol *symbols_named(const struct symbols *s, const char *name);

#endif
