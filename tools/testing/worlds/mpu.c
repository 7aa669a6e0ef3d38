// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random lives of an Armv8-R MPU until enough acts are judged or the time is
 * over. A failure is one line that replays it, and then the shortest life that
 * still fails. Progress goes to stderr, results to stdout.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "mpu_world.h"
#include "world.h"

#define PROGRESS_SECONDS	5

/* Words */

static void show_attrs(u32 attrs)
{
	printf(" r%c%c%c type %u", attrs & PHYSMAP_WRITE ? 'w' : '-',
	       attrs & PHYSMAP_EXEC ? 'x' : '-',
	       attrs & PHYSMAP_USER ? 'u' : '-',
	       (attrs & PHYSMAP_MEMTYPE_MASK) >> PHYSMAP_MEMTYPE_SHIFT);
}

static void show_want(const struct physmap_mpu_want *w)
{
	static const char * const lives[] = {
		"fixed", "boot-only", "switching", "on demand",
	};

	printf("#    %#llx-%#llx %s", w->start, w->end, lives[w->life]);
	show_attrs(w->early);
	if (w->early != w->final) {
		printf(", finally");
		show_attrs(w->final);
	}
	if (w->slot < PHYSMAP_MPU_LOWEST)
		printf(", region %u", w->slot);
	else if (w->slot == PHYSMAP_MPU_HIGHEST)
		printf(", highest");
	putchar('\n');
}

static void show_step(const struct mpu_step *t)
{
	static const char * const acts[MPU_ACTS] = {
		"finish", "release", "map", "unmap", "carve", "restrict",
		"move border", "move", "switch",
	};
	unsigned int i;

	printf("#  %s", acts[t->act]);
	if (t->act == MPU_UNMAP || t->act == MPU_RESTRICT)
		printf(" %#llx-%#llx", t->from, t->to);
	else if (t->act == MPU_BORDER)
		printf(" from %#llx to %#llx", t->from, t->to);
	else if (t->act == MPU_MOVE)
		printf(" region %llu to %llu", t->from, t->to);
	if (t->act == MPU_RESTRICT)
		printf(" by %#x", t->take);
	putchar('\n');
	if (t->act == MPU_MAP || t->act == MPU_CARVE)
		show_want(&t->want);
	for (i = 0; i < t->nr; i++)
		show_want(&t->context[i]);
}

static void show(const struct mpu_scene *s)
{
	static const char * const entries[MPU_ENTRIES] = {
		"off", "off, with regions enabled", "on",
		"on, with somebody else's region",
		"on, with the background region", "off, with the caches on",
		"with a region less than planned for",
	};
	unsigned int i;

	printf("#  PMSAv8-%s, %u regions, found %s; contexts %u, on demand %u\n",
	       s->config.wide ? "64" : "32", s->config.count,
	       entries[s->entry], s->req.switching, s->req.on_demand);
	for (i = 0; i < s->req.nr_wants; i++)
		show_want(&s->want[i]);
	for (i = 0; i < s->uses; i++) {
		printf("#  in use: %#llx-%#llx", s->use[i].start,
		       s->use[i].end);
		show_attrs(s->use[i].attrs);
		putchar('\n');
	}
	for (i = 0; i < s->steps; i++)
		show_step(&s->step[i]);
}

/* Does it still fail, by the same rule? Then that is the life from now on. */
static bool keep(struct mpu_scene *s, const struct mpu_scene *try,
		 struct mpu_result *result)
{
	struct mpu_scene again = *try;
	struct mpu_result now;

	mpu_play(&again, 0, &now);
	if (!now.failed || strcmp(now.rule, result->rule))
		return false;
	*s = *try;
	*result = now;
	return true;
}

static bool drop_steps(struct mpu_scene *s, struct mpu_result *result)
{
	unsigned int i = s->steps;
	bool any = false;

	while (i--) {
		struct mpu_scene try = *s;

		try.steps--;
		memmove(&try.step[i], &try.step[i + 1],
			(try.steps - i) * sizeof(try.step[0]));
		any |= try.steps && keep(s, &try, result);
	}
	return any;
}

static bool drop_wants(struct mpu_scene *s, struct mpu_result *result)
{
	unsigned int i = s->req.nr_wants;
	bool any = false;

	while (i--) {
		struct mpu_scene try = *s;

		try.req.nr_wants--;
		memmove(&try.want[i], &try.want[i + 1],
			(try.req.nr_wants - i) * sizeof(try.want[0]));
		any |= keep(s, &try, result);
	}
	for (i = s->uses; i--;) {
		struct mpu_scene try = *s;

		try.use[i] = try.use[--try.uses];
		any |= keep(s, &try, result);
	}
	return any;
}

static void shrink(struct mpu_scene *s, struct mpu_result *result)
{
	if (s->steps > result->step)
		s->steps = result->step;
	while (drop_steps(s, result) || drop_wants(s, result))
		;
}

/**
 * struct run - lives of one seed
 * @seed: see there
 * @acts: so many are enough; 0: there are never enough
 * @seconds: at most so long
 * @worlds: lived so far
 * @begin: when it began
 * @shown: when progress was shown last
 * @sum: of all results
 */
struct run {
	u64 seed;
	u64 acts;
	double seconds;
	u64 worlds;
	double begin;
	double shown;
	struct mpu_result sum;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void show_progress(struct run *run)
{
	const double t = now();

	if (t - run->shown < PROGRESS_SECONDS)
		return;
	run->shown = t;
	fprintf(stderr, "mpu: %.0f s: %s lives, %s acts, seed %llu\n",
		t - run->begin, ktap_number(run->worlds),
		ktap_number(run->sum.acts), run->seed);
}

static void show_failure(struct mpu_scene *s, struct mpu_result *result)
{
	printf("mpu: seed=%llu world=%llu step=%u failed: %s %s; replay: make -C tools/testing/worlds replay-mpu SEED=%llu WORLD=%llu\n",
	       s->seed, s->number, result->step, result->rule, result->text,
	       s->seed, s->number);
	fflush(stdout);
	shrink(s, result);
	printf("# the shortest that still fails, in step %u: %s %s\n",
	       result->step, result->rule, result->text);
	show(s);
}

static bool play(struct run *run, u64 number)
{
	static struct mpu_scene s;
	struct mpu_result result;

	mpu_draw_scene(&s, run->seed, number);
	mpu_play(&s, MPU_STEPS, &result);
	run->worlds++;
	run->sum.acts += result.acts;
	run->sum.refused += result.refused;
	run->sum.operations += result.operations;
	if (result.failed)
		show_failure(&s, &result);
	return !result.failed;
}

static bool play_many(struct run *run)
{
	u64 number = 0;

	while (!run->acts || run->sum.acts < run->acts) {
		if (now() - run->begin > run->seconds)
			break;
		if (!play(run, number++))
			return false;
		show_progress(run);
	}
	return true;
}

static void usage(const char *name)
{
	fprintf(stderr,
		"usage: %s [--seed N [--world N]] [--steps N] [--time SECONDS] [--soak]\n"
		"  --seed N   lives of this seed; without it a new one is taken\n"
		"  --world N  only this life of the seed\n"
		"  --steps N  until so many acts are judged (default 100000)\n"
		"  --time N   for at most so many seconds (default 60)\n"
		"  --soak     until the time is over, however many acts that are\n",
		name);
	exit(2);
}

static u64 number_of(const char *text)
{
	char *end;
	const u64 n = strtoull(text, &end, 0);

	if (!*text || *end) {
		fprintf(stderr, "mpu: \"%s\" is not a number\n", text);
		exit(2);
	}
	return n;
}

static void report(const struct run *run, bool ok)
{
	printf("# mpu: %llu lives, %llu acts, %llu of them refused, seed %llu\n",
	       run->worlds, run->sum.acts, run->sum.refused, run->seed);
	ktap_result(ok && run->worlds, "%s random lives of an MPU: %s acts, %s of them refused, %s accesses of registers, as specified",
		    ktap_number(run->worlds), ktap_number(run->sum.acts),
		    ktap_number(run->sum.refused),
		    ktap_number(run->sum.operations));
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 'e' },
		{ "world", required_argument, NULL, 'w' },
		{ "steps", required_argument, NULL, 's' },
		{ "time", required_argument, NULL, 't' },
		{ "soak", no_argument, NULL, 'k' },
		{ },
	};
	struct run run = { .seed = time(NULL), .acts = 100000, .seconds = 60 };
	bool one = false, ok;
	u64 world = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'e')
			run.seed = number_of(optarg);
		else if (c == 'w')
			world = number_of(optarg);
		else if (c == 's')
			run.acts = number_of(optarg);
		else if (c == 't')
			run.seconds = number_of(optarg);
		else if (c == 'k')
			run.acts = 0;
		else
			usage(argv[0]);
		one |= c == 'w';
	}
	if (optind < argc)
		usage(argv[0]);
	ktap_plan(1);
	run.begin = now();
	run.shown = run.begin;
	ok = one ? play(&run, world) : play_many(&run);
	if (ok && !one && run.sum.acts < run.acts) {
		printf("# only %s of %s acts were judged in %.0f s\n",
		       ktap_number(run.sum.acts), ktap_number(run.acts),
		       run.seconds);
		ok = false;
	}
	report(&run, ok);
	return ktap_end();
}
