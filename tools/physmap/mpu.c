// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a device tree wants of an MPU, and whether it fits: the engine's own
 * reader and planner on a file. Prints; decides nothing and adds nothing, so
 * what an image needs for itself has to be taken off --regions (MPU-17).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <libfdt.h>
#include <linux/container_of.h>
#include <physmap/mpu_fdt.h>
#include "pmsav8.h"
#include "tool.h"

/* Larger than any tree that a boot protocol allows. */
#define LARGEST	(4UL << 20)

/* What is said of one file. */
struct mpu {
	const struct tool_options *options;
	const struct physmap_mpu_format *format;
	struct physmap_mpu_tree tree;
	struct physmap_mpu_plan plan;
	struct physmap_mpu_refusal why;
};

static void to_stdout(struct physmap_out *out, const char *fmt, va_list args)
{
	vprintf(fmt, args);
}

static struct physmap_out out = { to_stdout };

/* A line that is meant for unusable(), which ends it. */
struct line {
	struct physmap_out out;
	char text[300];
};

static void to_line(struct physmap_out *to, const char *fmt, va_list args)
{
	struct line *line = container_of(to, struct line, out);
	size_t n = strlen(line->text);

	vsnprintf(line->text + n, sizeof(line->text) - n, fmt, args);
	n = strlen(line->text);
	if (n && line->text[n - 1] == '\n')
		line->text[n - 1] = '\0';
}

static enum tool_status refused(const char *path, const struct mpu *m)
{
	struct line line = { { to_line }, "" };

	physmap_mpu_print_refusal(&line.out, &m->why);
	return unusable(path, "%s", line.text);
}

static void print_span(const char *what, const struct physmap_span *span)
{
	printf("%-10s [%#llx, %#llx)\n", what, span->start, span->end);
}

static const char *rights(u32 attrs)
{
	if (attrs & PHYSMAP_WRITE)
		return "RW";
	return attrs & PHYSMAP_EXEC ? "RX" : "RO";
}

static const char *memory_type(u32 attrs)
{
	static const char *const names[PHYSMAP_MPU_TYPES] = {
		"normal", "not cached", "device-nGnRnE", "device-nGnRE",
	};

	return names[(attrs & PHYSMAP_MEMTYPE_MASK) >> PHYSMAP_MEMTYPE_SHIFT];
}

static void print_range(u64 start, u64 end, u32 early, u32 final,
			enum physmap_mpu_life life, const char *name)
{
	static const char *const lives[PHYSMAP_MPU_LIVES] = {
		"fixed", "boot-only", "switching", "on demand",
	};

	printf(" [%#llx, %#llx) %s", start, end, rights(early));
	if ((early ^ final) & (PHYSMAP_WRITE | PHYSMAP_EXEC))
		printf(" -> %s", rights(final));
	printf(", %s, %s: %s\n", memory_type(final), lives[life], name);
}

static void print_want(const char *what, const struct physmap_mpu_want *w)
{
	printf("%-10s", what);
	print_range(w->start, w->end, w->early, w->final, w->life, w->name);
}

/* Of what does not fit nothing is planned, and all that is wanted is told. */
static void print_plan(const struct mpu *m)
{
	unsigned int i;

	for (i = 0; i < m->plan.nr_planned; i++) {
		const struct physmap_mpu_planned *p = &m->plan.planned[i];

		printf("region %-3u", p->slot);
		print_range(p->early.start, p->early.end, p->early.attrs,
			    p->final, p->life, p->name);
	}
	for (i = 0; i < m->tree.nr_wants; i++) {
		const struct physmap_mpu_want *w = &m->tree.want[i];

		if (w->life == PHYSMAP_MPU_ON_DEMAND)
			print_want("later", w);
		else if (m->plan.too_many)
			print_want("wanted", w);
	}
}

static void print_memory(const char *path, const struct physmap_mpu_tree *t)
{
	unsigned int i;

	printf("%s:\n", path);
	for (i = 0; i < t->nr_memory; i++)
		print_span("memory", &t->memory[i]);
	for (i = 0; i < t->nr_no_map; i++)
		print_span("no-map", &t->no_map[i]);
}

static enum tool_status plan(const char *path, struct mpu *m)
{
	const struct physmap_mpu_request request = {
		.wants = m->tree.want,
		.nr_wants = m->tree.nr_wants,
		.switching = m->options->switching,
		.on_demand = m->options->on_demand,
	};
	const int err = physmap_mpu_plan(m->format, m->options->regions,
					 &request, &m->plan, &m->why);

	if (err && !m->plan.too_many)
		return refused(path, m);
	print_memory(path, &m->tree);
	print_plan(m);
	physmap_mpu_print_plan(&out, m->format, &request, &m->plan);
	return err ? TOOL_VIOLATIONS : TOOL_CLEAN;
}

static enum tool_status read_and_plan(const char *path, const void *fdt,
				      struct mpu *m)
{
	int err = physmap_mpu_read_ranges(m->format, fdt, &m->tree, &m->why);

	if (!err && m->options->tree)
		err = physmap_mpu_want_tree(m->format, m->options->tree_start,
					    fdt_totalsize(fdt), &m->tree,
					    &m->why);
	return err ? refused(path, m) : plan(path, m);
}

/* All of a file, of which one byte more than is allowed is enough to know. */
static void *read_all(const char *path, size_t *size, enum tool_status *status)
{
	FILE *f = fopen(path, "rb");
	void *bytes = f ? malloc(LARGEST + 1) : NULL;

	*status = TOOL_CLEAN;
	if (bytes)
		*size = fread(bytes, 1, LARGEST + 1, f);
	if (!f || !bytes || ferror(f))
		*status = unusable(path, "cannot be read: %s", strerror(errno));
	else if (*size > LARGEST)
		*status = unusable(path, "too large for a device tree");
	if (f)
		fclose(f);
	return bytes;
}

/**
 * mpu_file() - plan the regions that a device tree wants
 * @path: file
 * @o: options
 *
 * Return: clean if it fits, violations if it does not.
 */
enum tool_status mpu_file(const char *path, const struct tool_options *o)
{
	struct mpu *m = calloc(1, sizeof(*m));
	enum tool_status status;
	size_t size = 0;
	void *fdt;
	int err;

	if (!m)
		return unusable(path, "no memory for a plan");
	m->options = o;
	m->format = o->encoding == 32 ? &physmap_pmsav8_32 : &physmap_pmsav8_64;
	fdt = read_all(path, &size, &status);
	if (status == TOOL_CLEAN) {
		err = fdt_check_full(fdt, size);
		status = err ? unusable(path, "not a device tree that can be used (%s): give a .dtb",
					fdt_strerror(err)) :
			       read_and_plan(path, fdt, m);
	}
	free(fdt);
	free(m);
	return status;
}
