// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit: walks a finished map and says what is wrong with it and why
 * each part is as it is. It reads tables only. It judges by what was asked
 * for and by the architecture's rules, and leaves nothing unexplained.
 */
#include <linux/container_of.h>
#include <linux/types.h>
#include <physmap/audit.h>
#include <physmap/walk.h>

/**
 * struct audit - an audit under way
 * @v: the walk's visitor
 * @map: map
 * @report: what builds have asked for and done
 * @sink: where words go
 * @findings: how many so far
 * @pending: range that may still grow; empty if start == end
 * @next: physical address up to which coverage has been judged
 */
struct audit {
	struct physmap_visitor v;
	struct physmap_map *map;
	const struct physmap_report *report;
	struct physmap_sink *sink;
	u64 findings;
	struct physmap_audit_range pending;
	u64 next;
};

static void found(struct audit *a, enum physmap_finding finding, u64 start,
		  u64 end, const char *text)
{
	const struct physmap_audit_finding f = {
		.finding = finding,
		.rule = a->map->geo->format->rules[finding],
		.va = start + a->map->offset,
		.end = end + a->map->offset,
		.text = text,
	};

	a->findings++;
	a->sink->finding(a->sink, &f);
}

static const char *explain(struct audit *a, enum physmap_question q,
			   u64 start, u64 end)
{
	return a->map->hooks->explain(a->map, q, start, end);
}

/*
 * Judges [start, end) by a set: parts for which membership is @wrong become
 * findings unless the backend knows a reason for them.
 */
static void judge_set(struct audit *a, const struct physmap_log *log, u64 start,
		      u64 end, bool wrong, enum physmap_question q,
		      enum physmap_finding finding, const char *text)
{
	while (start < end) {
		bool inside;
		u64 next = physmap_log_next(log, start, &inside);

		if (next > end)
			next = end;
		if (inside == wrong && !*explain(a, q, start, next))
			found(a, finding, start, next, text);
		start = next;
	}
}

/* Nothing is mapped from where the audit has come to up to @pa. */
static void judge_hole(struct audit *a, u64 pa)
{
	if (a->next < pa)
		judge_set(a, &a->report->requested, a->next, pa, true,
			  PHYSMAP_WHY_HOLE, PHYSMAP_FINDING_HOLE,
			  "was asked for and is not mapped");
}

/* Did a request want the next larger leaf for the whole slot at @pa? */
static bool slot_wanted(struct audit *a, unsigned int level, u64 pa)
{
	const u64 size = physmap_size(a->map->geo, level);
	const struct physmap_report *rep = a->report;
	unsigned int i;

	for (i = 0; i < rep->records; i++) {
		const struct physmap_record *r = &rep->record[i];

		if ((r->leaf_levels & PHYSMAP_LEVEL(level)) &&
		    r->start <= pa && pa + size <= r->end)
			return true;
	}
	return false;
}

static bool larger_wanted(struct audit *a, const struct physmap_audit_range *r)
{
	const u64 size = physmap_size(a->map->geo, r->level + 1);
	u64 pa;

	for (pa = r->start & ~(size - 1); pa < r->end; pa += size)
		if (slot_wanted(a, r->level + 1, pa))
			return true;
	return false;
}

static const char *why_small(struct audit *a, const struct physmap_audit_range *r)
{
	const struct physmap_geometry *geo = a->map->geo;
	const u32 larger = ~(PHYSMAP_LEVEL(r->level + 1) - 1);
	const char *text;

	if (!(geo->leaf_levels & larger))
		return r->level ? "" : "this machine has no larger leaf";
	if (!(geo->leaf_levels & a->map->hooks->leaf_levels & larger))
		return "the backend cannot write a larger leaf";
	text = explain(a, PHYSMAP_WHY_SMALL, r->start, r->end);
	if (*text)
		return text;
	if (!larger_wanted(a, r))
		return "no request has all of a larger slot";
	text = explain(a, PHYSMAP_WHY_SPLIT, r->start, r->end);
	return *text ? text : "split after it was built";
}

static const char *why_read_only(struct audit *a,
				 const struct physmap_audit_range *r)
{
	const char *text;

	if (r->attrs & PHYSMAP_WRITE)
		return "";
	text = explain(a, PHYSMAP_WHY_READ_ONLY, r->start, r->end);
	if (*text)
		return text;
	return *r->kept ? "was read-only when it was found" :
			  "made read-only after it was built";
}

/* Why the leaf itself may execute where only a table above forbids it. */
static const char *why_exec(struct audit *a, const struct physmap_audit_range *r)
{
	const char *text;

	if (!r->exec_leaf)
		return "";
	text = explain(a, PHYSMAP_WHY_EXEC, r->start, r->end);
	return *text ? text : "NX stands in a table above";
}

static void flush_pending(struct audit *a)
{
	struct physmap_audit_range *r = &a->pending;

	if (r->start == r->end)
		return;
	r->small = why_small(a, r);
	r->read_only = why_read_only(a, r);
	r->exec = why_exec(a, r);
	a->sink->range(a->sink, r);
	r->start = r->end;
}

static void add_range(struct audit *a, u64 start, u64 end,
		      const struct physmap_cursor *c, u32 attrs,
		      const char *kept)
{
	const unsigned int level = c->table.level;
	const bool exec_leaf = c->entry.attrs & ~attrs & PHYSMAP_EXEC;
	struct physmap_audit_range *r = &a->pending;

	if (r->start < r->end && r->end == start && r->level == level &&
	    r->attrs == attrs && r->kept == kept && r->exec_leaf == exec_leaf) {
		r->end = end;
		return;
	}
	flush_pending(a);
	*r = (struct physmap_audit_range) {
		.start = start,
		.end = end,
		.level = level,
		.attrs = attrs,
		.exec_leaf = exec_leaf,
		.kept = kept,
	};
}

static void judge_leaves(struct audit *a, const struct physmap_cursor *c,
			 u64 start, u64 end, u32 attrs)
{
	const struct physmap_geometry *geo = a->map->geo;
	const unsigned int level = c->table.level;
	const u32 wx = PHYSMAP_WRITE | PHYSMAP_EXEC;

	if (c->entry.pa != start &&
	    !*explain(a, PHYSMAP_WHY_FRAME, start, end))
		found(a, PHYSMAP_FINDING_FRAME, start, end,
		      "maps another frame than its own");
	if (geo->no_exec && (attrs & wx) == wx)
		found(a, PHYSMAP_FINDING_WX, start, end,
		      "is writable and executable");
	if (attrs & PHYSMAP_EARLY)
		found(a, PHYSMAP_FINDING_EARLY, start, end,
		      "never got its final attributes");
	if (level && !(geo->leaf_levels & a->map->hooks->leaf_levels &
		       PHYSMAP_LEVEL(level)))
		found(a, PHYSMAP_FINDING_SIZE, start, end,
		      "is a leaf size that is not allowed here");
	judge_set(a, &a->report->covered, start, end, false, PHYSMAP_WHY_EXTRA,
		  PHYSMAP_FINDING_EXTRA, "is mapped and nobody asked for it");
}

/* Leaves from the cursor on that differ in nothing but their frame. */
static unsigned int alike(struct audit *a, const struct physmap_cursor *c)
{
	const u64 size = physmap_size(a->map->geo, c->table.level);
	unsigned int n = 1;
	u64 raw = c->raw;

	while (c->index + n <= c->last &&
	       physmap_read(a->map, &c->table, c->index + n) == (raw += size))
		n++;
	return n;
}

static int audit_leaves(struct audit *a, const struct physmap_cursor *c)
{
	const u64 size = physmap_size(a->map->geo, c->table.level);
	const u32 rights = PHYSMAP_WRITE | PHYSMAP_EXEC;
	const u32 attrs = c->entry.attrs & (c->table.attrs | ~rights);
	const unsigned int n = alike(a, c);
	u64 pa = c->slot - a->map->offset;
	const u64 end = pa + n * size;

	judge_hole(a, pa);
	judge_leaves(a, c, pa, end, attrs);
	a->next = end;
	while (pa < end) {
		bool kept;
		u64 next = physmap_log_next(&a->report->kept_log, pa, &kept);

		if (next > end)
			next = end;
		add_range(a, pa, next, c, attrs,
			  kept ? "was present before the build" : "");
		pa = next;
	}
	return n;
}

static void judge_mapping(struct audit *a, u64 table, u64 va, const char *text)
{
	const struct physmap_found f = physmap_lookup(a->map, va);
	const u64 pa = va - a->map->offset;

	if (f.entry.kind == PHYSMAP_LEAF && (f.entry.attrs & PHYSMAP_WRITE) &&
	    (f.entry.pa & ~(physmap_size(a->map->geo, f.level) - 1)) ==
	    (table & ~(physmap_size(a->map->geo, f.level) - 1)))
		found(a, PHYSMAP_FINDING_TABLE_RW, pa,
		      pa + physmap_size(a->map->geo, 0), text);
}

/* No mapping of a table page may be writable where the backend says so. */
static void judge_table(struct audit *a, u64 table)
{
	u64 va;

	if (!a->map->hooks->tables_read_only)
		return;
	judge_mapping(a, table, table + a->map->offset,
		      "is a table page and writable");
	if (a->map->hooks->alias(a->map, table, &va))
		judge_mapping(a, table, va,
			      "is a table page and writable through its alias");
}

static int audit_slot(struct physmap_visitor *v, const struct physmap_cursor *c,
		      struct physmap_table *child, bool *descend)
{
	struct audit *a = container_of(v, struct audit, v);

	switch (c->entry.kind) {
	case PHYSMAP_TABLE:
		judge_table(a, c->entry.pa);
		*child = physmap_existing(c);
		*descend = true;
		return 1;
	case PHYSMAP_LEAF:
		return audit_leaves(a, c);
	case PHYSMAP_NONE:
	case PHYSMAP_NOT_PRESENT:
		break;
	}
	return 1;
}

static void judge_logs(struct audit *a)
{
	const struct physmap_report *rep = a->report;

	if (rep->requested.lost || rep->covered.lost || rep->kept_log.lost)
		found(a, PHYSMAP_FINDING_LOG, 0, 0,
		      "too many ranges to remember; coverage is not judged in full");
}

/**
 * physmap_audit() - walk a map and judge it
 * @map: map; the whole of its region is walked
 * @report: what the builds did; decides what must be mapped
 * @sink: gets ranges and findings as they come
 *
 * Any time after the first build. Takes no lock: what changes under it may
 * be seen half-way.
 *
 * Return: number of findings.
 */
u64 physmap_audit(struct physmap_map *map, const struct physmap_report *report,
		  struct physmap_sink *sink)
{
	struct audit a = {
		.v = {
			.slot = audit_slot,
			.back = physmap_walk_back,
			.tail = physmap_walk_done,
		},
		.map = map,
		.report = report,
		.sink = sink,
	};
	const struct physmap_log *req = &report->requested;

	judge_logs(&a);
	judge_table(&a, map->root);
	physmap_walk(map, map->va_start, map->va_limit, &a.v);
	if (req->count)
		judge_hole(&a, req->range[req->count - 1].end);
	flush_pending(&a);
	return a.findings;
}
