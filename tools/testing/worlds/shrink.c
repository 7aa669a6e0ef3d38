// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a scene that fails smaller: takes away whatever it fails without, and
 * says what is left in words. Plays scenes, and touches nothing else.
 */
#include <stdio.h>
#include <string.h>
#include "scene.h"

/* Takes element @i out of an array of @n elements. */
static void drop(void *array, size_t size, unsigned int *n, unsigned int i)
{
	char *at = (char *)array + i * size;

	--*n;
	memmove(at, at + size, (*n - i) * size);
}

/* Does it still fail, by the same rule? Then that is the scene from now on. */
static bool keep(struct scene *s, const struct scene *try,
		 struct scene_result *result)
{
	struct scene_result now;

	scene_play(try, &now);
	if (!now.failed || strcmp(now.rule, result->rule))
		return false;
	*s = *try;
	*result = now;
	return true;
}

static bool drop_steps(struct scene *s, struct scene_result *result)
{
	bool any = false;
	unsigned int i = s->nr_steps, n;
	struct scene try;

	while (i--) {
		try = *s;
		drop(try.step, sizeof(*try.step), &try.nr_steps, i);
		if (try.nr_steps && keep(s, &try, result)) {
			any = true;
			continue;
		}
		for (n = s->step[i].nr_ranges; n-- && s->step[i].nr_ranges > 1;) {
			try = *s;
			drop(try.step[i].range, sizeof(struct physmap_range),
			     &try.step[i].nr_ranges, n);
			any |= keep(s, &try, result);
		}
	}
	return any;
}

static bool drop_entries(struct scene *s, struct scene_result *result)
{
	bool any = false;
	unsigned int i;
	struct scene try;

	for (i = s->nr_entries; i--;) {
		try = *s;
		drop(try.entry, sizeof(*try.entry), &try.nr_entries, i);
		any |= keep(s, &try, result);
	}
	for (i = s->nr_cuts; i--;) {
		try = *s;
		drop(try.cut, sizeof(*try.cut), &try.nr_cuts, i);
		any |= keep(s, &try, result);
	}
	for (i = s->nr_balloons; i--;) {
		try = *s;
		drop(try.balloon, sizeof(*try.balloon), &try.nr_balloons, i);
		any |= keep(s, &try, result);
	}
	return any;
}

/* Fewer bounds of RAM: two stretches and the hole between become one. */
static bool join_ram(struct scene *s, struct scene_result *result)
{
	bool any = false;
	unsigned int i;
	struct scene try;

	for (i = s->nr_ram; i-- > 1;) {
		try = *s;
		try.ram[i - 1].end = try.ram[i].end;
		drop(try.ram, sizeof(*try.ram), &try.nr_ram, i);
		any |= keep(s, &try, result);
	}
	return any;
}

static bool drop_features(struct scene *s, struct scene_result *result)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < 9; i++) {
		struct scene try = *s;

		if (i == 0)
			try.config.pcid = false;
		else if (i == 1)
			try.config.cpus = 1;
		else if (i == 2)
			try.config.x86.erratum_383 = false;
		else if (i == 3)
			try.config.live = false;
		else if (i == 4)
			try.config.x86.gbpages = false;
		else if (i == 5)
			try.xen.boot.grafted = false;
		else if (i == 6)
			try.xen.boot.large_p2m = false;
		else if (i == 7)
			try.arm64.bbm = 0;
		else
			try.xen.boot.config.debug = false;
		if (memcmp(&try, s, sizeof(try)))
			any |= keep(s, &try, result);
	}
	return any;
}

static bool simplify_step(struct scene *s, unsigned int i,
			  struct scene_result *result)
{
	bool any = false;
	struct scene try = *s;

	try.step[i].trap.at = 0;
	try.step[i].half = false;
	if (s->step[i].trap.at)
		any |= keep(s, &try, result);
	try = *s;
	try.step[i].flusher = PHYSMAP_ENGINE_FLUSHES;
	if (s->step[i].flusher != PHYSMAP_ENGINE_FLUSHES)
		any |= keep(s, &try, result);
	return any;
}

/* Half of a range, from either end, for as long as that goes. */
static bool halve_range(struct scene *s, unsigned int i, unsigned int n,
			struct scene_result *result)
{
	bool any = false, more = true;

	while (more) {
		const struct physmap_range *r = &s->step[i].range[n];
		const u64 page = s->machine == SCENE_ARM64 ?
				 1ULL << s->arm64.page_shift : MODEL_PAGE;
		const u64 half = ((r->end - r->start) / 2) & ~(page - 1);
		const u64 middle = r->start + half;
		struct scene try = *s;

		if (!half)
			break;
		try.step[i].range[n].end = middle;
		more = keep(s, &try, result);
		if (!more) {
			try = *s;
			try.step[i].range[n].start = middle;
			more = keep(s, &try, result);
		}
		any |= more;
	}
	return any;
}

static bool shrink_ranges(struct scene *s, struct scene_result *result)
{
	bool any = false;
	unsigned int i, n;

	for (i = 0; i < s->nr_steps; i++) {
		any |= simplify_step(s, i, result);
		for (n = 0; n < s->step[i].nr_ranges; n++)
			any |= halve_range(s, i, n, result);
	}
	return any;
}

/* Until nothing more can go. */
void scene_shrink(struct scene *s, struct scene_result *result)
{
	bool any;

	do {
		any = drop_steps(s, result);
		any |= drop_entries(s, result);
		any |= join_ram(s, result);
		any |= drop_features(s, result);
		any |= shrink_ranges(s, result);
	} while (any);
}

/* In words */

static void show_arm64(const struct scene *s)
{
	const struct physmap_arm64_machine *m = &s->arm64;

	printf("#  machine: arm64, %uK pages, %u and %u address bits%s%s, FEAT_BBM %u, %u CPUs%s; the map begins with %#llx\n",
	       1u << (m->page_shift - 10), m->va_bits, m->pa_bits,
	       m->lpa2 ? ", LPA2" : "",
	       m->regime == PHYSMAP_ARM64_EL2 ? ", EL2" : "", m->bbm,
	       s->config.cpus, s->config.live ? ", live" : "",
	       (unsigned long long)s->ram_start);
}

static void show_x86(const struct scene *s)
{
	static const char * const names[] = {
		[SCENE_4LEVEL] = "4 levels", [SCENE_5LEVEL] = "5 levels",
		[SCENE_PAE] = "PAE", [SCENE_LEGACY] = "no PAE",
		[SCENE_DOM0] = "Xen dom0", [SCENE_DOMU] = "Xen domU",
	};
	const struct physmap_x86_machine *x86 = &s->config.x86;

	printf("#  machine: %s, %u CPUs%s%s%s%s%s%s%s%s\n", names[s->machine],
	       s->config.cpus, s->config.live ? ", live" : "",
	       x86->nx ? "" : ", no NX", x86->global ? "" : ", no PGE",
	       x86->pse ? "" : ", no large leaves",
	       x86->gbpages ? ", 1G leaves" : "",
	       x86->erratum_383 ? ", erratum 383" : "",
	       x86->encrypt ? ", memory encryption" : "",
	       s->config.pcid ? ", PCID" : "");
	if (s->machine >= SCENE_DOM0)
		printf("#  the builder has mapped %llu pages%s%s\n",
		       (unsigned long long)s->xen.mapped_pfns,
		       s->xen.boot.grafted ?
		       ", Linux has grafted them into its own tables" : "",
		       s->xen.boot.large_p2m ?
		       ", the p2m list is mapped by a large page" : "");
}

static void show_step(const struct scene_step *step)
{
	static const char * const what[] = { "page", "hook", "hypercall" };
	unsigned int i;

	printf("#  %s, %s%s", step->hot ? "plug in and map" : "map",
	       step->policy == PHYSMAP_TWO_PASS ? "two-pass" : "fresh",
	       step->flusher == PHYSMAP_CALLER_FLUSHES ? ", caller flushes" :
							 "");
	if (step->trap.at)
		printf(", %s %llu refused%s", what[step->trap.what],
		       (unsigned long long)step->trap.at,
		       step->half ? " and left so" : " and asked again");
	printf(":\n");
	for (i = 0; i < step->nr_ranges; i++) {
		const struct physmap_range *r = &step->range[i];

		printf("#    %#llx-%#llx, outer %#llx-%#llx, leaf levels %#x%s, %s\n",
		       (unsigned long long)r->start,
		       (unsigned long long)r->end,
		       (unsigned long long)r->outer_start,
		       (unsigned long long)r->outer_end, r->leaf_levels,
		       r->contig ? ", groups" : "",
		       r->source == PHYSMAP_RAM ? "RAM" : "firmware");
	}
}

void scene_show(const struct scene *s)
{
	unsigned int i;

	if (s->machine == SCENE_ARM64)
		show_arm64(s);
	else
		show_x86(s);
	for (i = 0; i < s->nr_ram; i++)
		printf("#  RAM %#llx-%#llx\n",
		       (unsigned long long)s->ram[i].start,
		       (unsigned long long)s->ram[i].end);
	for (i = 0; i < s->nr_cuts; i++)
		printf("#  memory type changes at %#llx\n",
		       (unsigned long long)s->cut[i]);
	for (i = 0; i < s->nr_balloons; i++)
		printf("#  no frames behind pfns %#llx-%#llx\n",
		       (unsigned long long)s->balloon[i].start,
		       (unsigned long long)s->balloon[i].end);
	for (i = 0; i < s->nr_entries; i++)
		printf("#  entry at level %u for %#llx: %#llx\n",
		       s->entry[i].level, (unsigned long long)s->entry[i].pa,
		       (unsigned long long)s->entry[i].raw);
	for (i = 0; i < s->nr_steps; i++)
		show_step(&s->step[i]);
	fflush(stdout);
}
