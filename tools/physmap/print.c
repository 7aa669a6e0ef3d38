// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events in words: one line each, fields by the table that they are written
 * by, so that nothing in a trace can be left out here. Prints only.
 */
#include "tool.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const char *const kind_names[PHYSMAP_EVENT_KINDS] = {
	[PHYSMAP_EVENT_BUILD] = "BUILD",
	[PHYSMAP_EVENT_PASS] = "PASS",
	[PHYSMAP_EVENT_DONE] = "DONE",
	[PHYSMAP_EVENT_ROOT] = "ROOT",
	[PHYSMAP_EVENT_FOUND] = "FOUND",
	[PHYSMAP_EVENT_PAGE] = "PAGE",
	[PHYSMAP_EVENT_STORE] = "STORE",
	[PHYSMAP_EVENT_CHANGE] = "CHANGE",
	[PHYSMAP_EVENT_FLUSH] = "FLUSH",
	[PHYSMAP_EVENT_MMU_UPDATE] = "MMU_UPDATE",
	[PHYSMAP_EVENT_UPDATE_VA] = "UPDATE_VA",
	[PHYSMAP_EVENT_PIN] = "PIN",
	[PHYSMAP_EVENT_SUM] = "SUM",
	[PHYSMAP_EVENT_BARRIER] = "BARRIER",
};

static const char *const field_names[PHYSMAP_TRACE_FIELDS] = {
	[PHYSMAP_TRACE_LEVEL] = "level",
	[PHYSMAP_TRACE_DETAIL] = "detail",
	[PHYSMAP_TRACE_RESULT] = "result",
	[PHYSMAP_TRACE_INDEX] = "index",
	[PHYSMAP_TRACE_COUNT] = "count",
	[PHYSMAP_TRACE_TABLE] = "table",
	[PHYSMAP_TRACE_VA] = "va",
	[PHYSMAP_TRACE_VALUE] = "value",
	[PHYSMAP_TRACE_STEP] = "step",
};

/* Where a kind uses a field for something else than its name says. */
static const struct {
	enum physmap_event_kind kind;
	enum physmap_trace_field field;
	const char *name;
} renamed[] = {
	{ PHYSMAP_EVENT_BUILD, PHYSMAP_TRACE_COUNT, "ranges" },
	{ PHYSMAP_EVENT_BUILD, PHYSMAP_TRACE_VALUE, "end" },
	{ PHYSMAP_EVENT_BUILD, PHYSMAP_TRACE_STEP, "attrs" },
	{ PHYSMAP_EVENT_ROOT, PHYSMAP_TRACE_VA, "offset" },
	{ PHYSMAP_EVENT_ROOT, PHYSMAP_TRACE_VALUE, "va" },
	{ PHYSMAP_EVENT_STORE, PHYSMAP_TRACE_DETAIL, "bytes" },
	{ PHYSMAP_EVENT_CHANGE, PHYSMAP_TRACE_DETAIL, "bytes" },
	{ PHYSMAP_EVENT_CHANGE, PHYSMAP_TRACE_VALUE, "set" },
	{ PHYSMAP_EVENT_CHANGE, PHYSMAP_TRACE_STEP, "clear" },
	{ PHYSMAP_EVENT_SUM, PHYSMAP_TRACE_VALUE, "sum" },
	{ PHYSMAP_EVENT_SUM, PHYSMAP_TRACE_STEP, "end" },
};

static const char *field_name(const struct physmap_event *e,
			      enum physmap_trace_field field)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(renamed); i++)
		if (renamed[i].kind == e->kind && renamed[i].field == field)
			return renamed[i].name;
	return field_names[field];
}

/**
 * event_name() - the name of an event's kind
 * @e: event
 *
 * Return: name.
 */
const char *event_name(const struct physmap_event *e)
{
	return kind_names[e->kind];
}

static void print_build(unsigned int detail)
{
	printf(" %s%s%s", detail & PHYSMAP_BUILD_TWO_PASS ? "two-pass" : "fresh",
	       detail & PHYSMAP_BUILD_LIVE ? " live" : "",
	       detail & PHYSMAP_BUILD_CALLER_FLUSHES ? " caller-flushes" : "");
}

/* The word for a number, or the number if there is no word for it. */
static void print_word(unsigned int n, const char *const *words,
		       unsigned int nr)
{
	if (n < nr && words[n])
		printf(" %s", words[n]);
	else
		printf(" %u", n);
}

static void print_pass(unsigned int detail)
{
	static const char *const names[] = {
		[PHYSMAP_PASS_SHAPE] = "shape",
		[PHYSMAP_PASS_BOUNDARY] = "boundary",
		[PHYSMAP_PASS_ATTRIBUTES] = "attributes",
		[PHYSMAP_PASS_LAST] = "last",
	};

	print_word(detail, names, ARRAY_SIZE(names));
}

static void print_flush(unsigned int detail)
{
	static const char *const names[] = {
		[PHYSMAP_FLUSH_ALL] = "all",
		[PHYSMAP_FLUSH_CR3] = "cr3",
		[PHYSMAP_FLUSH_CR3_KEEP] = "cr3-keep",
		[PHYSMAP_FLUSH_PAGE] = "page",
		[PHYSMAP_FLUSH_PAGE_LEAF] = "page-leaf",
	};

	print_word(detail & PHYSMAP_FLUSH_WHAT, names, ARRAY_SIZE(names));
	printf(" %s", detail & PHYSMAP_FLUSH_EVERY_CPU ? "every-cpu" : "this-cpu");
}

static void print_barrier(unsigned int detail)
{
	static const char *const names[] = {
		[PHYSMAP_BARRIER_DSB_ISHST] = "dsb-ishst",
		[PHYSMAP_BARRIER_DSB_NSHST] = "dsb-nshst",
		[PHYSMAP_BARRIER_DSB_ISH] = "dsb-ish",
		[PHYSMAP_BARRIER_DSB_NSH] = "dsb-nsh",
		[PHYSMAP_BARRIER_DSB_SY] = "dsb-sy",
		[PHYSMAP_BARRIER_ISB] = "isb",
	};

	print_word(detail, names, ARRAY_SIZE(names));
}

/* Kinds whose detail is told in words; false: as a number. */
static bool print_detail(const struct physmap_event *e)
{
	switch (e->kind) {
	case PHYSMAP_EVENT_BUILD:
		print_build(e->detail);
		return true;
	case PHYSMAP_EVENT_PASS:
		print_pass(e->detail);
		return true;
	case PHYSMAP_EVENT_FLUSH:
		print_flush(e->detail);
		return true;
	case PHYSMAP_EVENT_BARRIER:
		print_barrier(e->detail);
		return true;
	case PHYSMAP_EVENT_MMU_UPDATE:
		printf(e->detail & PHYSMAP_UPDATE_FIRST ? " first" : " more");
		return true;
	default:
		return false;
	}
}

static void print_field(const struct physmap_event *e,
			enum physmap_trace_field field)
{
	const struct physmap_trace_coding *c = &physmap_trace_coding[field];
	const u64 value = physmap_trace_get(e, field);

	if (field == PHYSMAP_TRACE_DETAIL && print_detail(e))
		return;
	printf(" %s=", field_name(e, field));
	if (c->how == PHYSMAP_TRACE_DELTA)
		printf("%#llx", value);
	else
		printf("%lld", (long long)value);
}

static void print_event(u64 number, const struct physmap_event *e)
{
	unsigned int i;

	printf("%llu %s", number, event_name(e));
	for (i = 0; i < PHYSMAP_TRACE_FIELDS; i++)
		if (physmap_trace_kinds[e->kind] & BIT(i))
			print_field(e, i);
	printf("\n");
}

static void print_machine(const char *path, const struct trace *t)
{
	static const char *const features[] = {
		"nx", "pse", "gbpages", "pge", "pcid", "erratum-383",
		"itlb-multihit", "xen", "xen-io", "lpa2", "bbm1", "bbm2",
		"el2",
	};
	const struct physmap_trace_machine *m = &t->machine;
	unsigned int i;

	printf("# %s: version %u, %s, %u levels, entries of %u bytes, %u address bits, %u processors, features",
	       path, PHYSMAP_TRACE_VERSION,
	       m->arch == PHYSMAP_TRACE_ARM64 ? "arm64" : "x86", m->levels,
	       m->entry_size, m->pa_bits, m->cpus);
	for (i = 0; i < ARRAY_SIZE(features); i++)
		if (m->features & BIT(i))
			printf(" %s", features[i]);
	if (m->encrypt)
		printf(", C-bit %#llx", m->encrypt);
	printf("\n# map at offset %#llx up to %#llx; %llu events in %llu bytes, %llu lost\n",
	       m->offset, m->va_limit, t->extent.events, t->extent.bytes,
	       t->extent.lost);
}

/**
 * print_file() - list a trace's events
 * @path: file
 * @o: nothing in it matters here
 *
 * Return: clean, or unusable if there was something that could not be listed.
 */
enum tool_status print_file(const char *path, const struct tool_options *o)
{
	enum tool_status status = TOOL_CLEAN;
	enum trace_read read = TRACE_BAD;
	struct physmap_event e;
	struct trace t;

	if (trace_open(&t, path)) {
		print_machine(path, &t);
		while ((read = trace_next(&t, &e)) == TRACE_EVENT)
			print_event(t.number, &e);
	}
	if (read == TRACE_BAD)
		status = unusable(path, "%s", t.error);
	else if (t.extent.lost)
		status = unusable(path, "%llu more events were lost: make CONFIG_PHYSMAP_TRACE_KB larger",
				  t.extent.lost);
	trace_close(&t);
	return status;
}
