// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports in words: what builds did, what an audit saw. Only prints; the
 * format (`key: name=value ...`, a line each) is for people and for the boot
 * bench, and is described in Documentation/report.rst.
 */
#include <linux/stdarg.h>
#include <linux/types.h>
#include <physmap/audit.h>

/* "4K", "2M", "1G": the size of a leaf by its level's shift. */
static void print_size(struct physmap_out *out,
		       const struct physmap_geometry *geo, unsigned int level)
{
	static const char unit[] = "BKMGTP";
	const unsigned int shift = geo->level[level].shift;

	physmap_print(out, "%u%c", 1u << shift % 10, unit[shift / 10]);
}

/**
 * physmap_print() - print to a sink
 * @out: sink
 * @fmt: as printf()
 */
void physmap_print(struct physmap_out *out, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	out->vprint(out, fmt, args);
	va_end(args);
}

/**
 * physmap_print_sizes() - print leaf sizes, a blank before each
 * @out: sink
 * @geo: geometry
 * @levels: PHYSMAP_LEVEL() mask
 */
void physmap_print_sizes(struct physmap_out *out,
			 const struct physmap_geometry *geo, u32 levels)
{
	unsigned int level;

	for (level = 0; level < geo->levels; level++) {
		if (!(levels & PHYSMAP_LEVEL(level)))
			continue;
		physmap_print(out, " ");
		print_size(out, geo, level);
	}
}

/* A count for each level that can hold a leaf: " 4K=1 2M=0 1G=0". */
static void print_levels(struct physmap_out *out,
			 const struct physmap_geometry *geo, const u64 *count)
{
	unsigned int level;

	for (level = 0; level < geo->levels && level < PHYSMAP_LEAF_LEVELS;
	     level++) {
		physmap_print(out, " ");
		print_size(out, geo, level);
		physmap_print(out, "=%llu", count[level]);
	}
}

static void print_cost(struct physmap_out *out, const struct physmap_cost *cost)
{
	physmap_print(out, " cycles=%llu hypercalls=%llu\n", cost->cycles,
		      cost->hypercalls);
}

static void print_record(struct physmap_out *out,
			 const struct physmap_geometry *geo,
			 const struct physmap_record *r, unsigned int n)
{
	unsigned int level;

	physmap_print(out, "request %u: start=0x%llx end=0x%llx sizes=", n,
		      r->start, r->end);
	print_size(out, geo, 0);
	for (level = 1; level < geo->levels; level++) {
		if (!(r->leaf_levels & PHYSMAP_LEVEL(level)))
			continue;
		physmap_print(out, ",");
		print_size(out, geo, level);
	}
	physmap_print(out,
		      " policy=%s early=%llu flush=%llu attributes=%llu final=%llu kept=%llu tables=%llu",
		      r->policy == PHYSMAP_TWO_PASS ? "two-pass" : "fresh",
		      r->early, r->boundary_flushes, r->finished, r->final,
		      r->kept, r->tables);
	physmap_print(out,
		      " seq_shape=%llu seq_flush=%llu seq_attributes=%llu error=%d\n",
		      r->seq_shape, r->seq_flush, r->seq_attributes, r->error);
}

static void print_shape(struct physmap_out *out,
			const struct physmap_geometry *geo,
			const struct physmap_report *rep)
{
	physmap_print(out, "shape:");
	print_levels(out, geo, rep->shape.leaves);
	physmap_print(out,
		      " early=%llu final=%llu tables=%llu cleared=%llu nomfn=%llu",
		      rep->shape.early, rep->shape.final, rep->shape.tables,
		      rep->shape.cleared, rep->shape.no_frame);
	print_cost(out, &rep->shape.cost);
	physmap_print(out, "kept:");
	print_levels(out, geo, rep->shape.found);
	physmap_print(out, " ro=%llu\npresent:", rep->shape.kept_read_only);
	print_levels(out, geo, rep->shape.kept);
	physmap_print(out, "\nsplit:");
	print_levels(out, geo, rep->shape.split);
	physmap_print(out, "\n");
}

static void print_attributes(struct physmap_out *out,
			     const struct physmap_geometry *geo,
			     const struct physmap_report *rep)
{
	physmap_print(out, "attributes:");
	print_levels(out, geo, rep->attributes.leaves);
	physmap_print(out,
		      " leaves=%llu nx=%llu kept_nx=%llu global=%llu resized=%llu moved=%llu kept_ro_written=%llu",
		      rep->attributes.finished, rep->attributes.no_exec,
		      rep->attributes.found_no_exec, rep->attributes.global,
		      rep->attributes.resized, rep->attributes.moved,
		      rep->attributes.kept_written);
	print_cost(out, &rep->attributes.cost);
}

/**
 * physmap_print_report() - print what the builds of a map did
 * @out: sink
 * @map: map
 * @rep: report
 */
void physmap_print_report(struct physmap_out *out,
			  const struct physmap_map *map,
			  const struct physmap_report *rep)
{
	const struct physmap_geometry *geo = map->geo;
	unsigned int i;

	physmap_print(out, "backend: %s\nlevels: %u\nsizes:",
		      map->hooks->name, geo->levels);
	physmap_print_sizes(out, geo, geo->leaf_levels & map->hooks->leaf_levels);
	physmap_print(out, "\nrequests: %llu\nfailed: %llu\n",
		      rep->requests, rep->failed);
	print_shape(out, geo, rep);
	physmap_print(out, "boundary: flushes=%llu", rep->boundary.flushes);
	print_cost(out, &rep->boundary.cost);
	print_attributes(out, geo, rep);
	physmap_print(out, "flush: flushes=%llu\ntables: planned=%llu used=%llu\n",
		      rep->last_flushes, rep->tables_planned, rep->tables_used);
	for (i = 0; i < rep->records; i++)
		print_record(out, geo, &rep->record[i], i + 1);
}

static void print_why(struct physmap_out *out, const char **lead,
		      const char *subject, const char *why)
{
	if (!*why)
		return;
	physmap_print(out, "%s%s: %s", *lead, subject, why);
	*lead = "; ";
}

/* A page's own size is its subject: "4K: why no larger leaf is used". */
static void print_why_small(struct physmap_out *out, const char **lead,
			    const struct physmap_geometry *geo,
			    const struct physmap_audit_range *r)
{
	if (r->level) {
		print_why(out, lead, "size", r->small);
	} else if (*r->small) {
		physmap_print(out, "%s", *lead);
		print_size(out, geo, 0);
		*lead = "";
		print_why(out, lead, "", r->small);
	}
}

/**
 * physmap_print_range() - print a range that an audit saw
 * @out: sink
 * @geo: geometry
 * @r: range
 */
void physmap_print_range(struct physmap_out *out,
			 const struct physmap_geometry *geo,
			 const struct physmap_audit_range *r)
{
	const char *lead = "  why: ";

	physmap_print(out, "range: 0x%010llx-0x%010llx ", r->start, r->end);
	print_size(out, geo, r->level);
	physmap_print(out, " %s %s%s%s%s", r->attrs & PHYSMAP_WRITE ? "RW" : "RO",
		      r->attrs & PHYSMAP_EXEC ? "X" : "NX",
		      r->attrs & PHYSMAP_GLOBAL ? " GLB" : "",
		      r->attrs & PHYSMAP_ENCRYPTED ? " ENC" : "",
		      r->attrs & PHYSMAP_CONTIG ? " CONT" : "");
	if (r->attrs & PHYSMAP_MEMTYPE_MASK)
		physmap_print(out, " MT%u", (r->attrs & PHYSMAP_MEMTYPE_MASK) >>
			      PHYSMAP_MEMTYPE_SHIFT);
	print_why_small(out, &lead, geo, r);
	print_why(out, &lead, "RO", r->read_only);
	print_why(out, &lead, "leaf X", r->exec);
	print_why(out, &lead, "kept", r->kept);
	physmap_print(out, "\n");
}

/**
 * physmap_print_finding() - print a finding of an audit
 * @out: sink
 * @f: finding
 */
void physmap_print_finding(struct physmap_out *out,
			   const struct physmap_audit_finding *f)
{
	physmap_print(out, "finding: %s 0x%llx-0x%llx %s\n", f->rule, f->va,
		      f->end, f->text);
}
