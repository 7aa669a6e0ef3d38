// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random worlds until enough steps are judged or the time is over. A failure
 * is one line that replays it, and then the smallest scene that still fails.
 * Progress goes to stderr, results to stdout.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "scene.h"

#define PROGRESS_SECONDS	5

/* Playing */

static void set_up(struct world *w, const struct scene *s)
{
	struct world_config config = s->config;
	unsigned int i;
	u64 pfn;

	if (s->machine == SCENE_DOM0 || s->machine == SCENE_DOMU)
		config.xen = &s->xen;
	if (s->machine == SCENE_ARM64) {
		config.arm64 = &s->arm64;
		config.ram_start = s->ram_start;
	}
	world_start(w, &config);
	for (i = 0; i < s->nr_ram; i++)
		world_ram(w, s->ram[i].start, s->ram[i].end);
	for (i = 0; i < s->nr_cuts; i++)
		world_cut(w, s->cut[i]);
	for (i = 0; i < s->nr_balloons; i++)
		for (pfn = s->balloon[i].start; pfn < s->balloon[i].end; pfn++)
			model_xen_balloon(pfn);
	for (i = 0; i < s->nr_entries; i++)
		world_put(w, s->entry[i].pa + w->spec.offset,
			  s->entry[i].level, s->entry[i].raw);
	world_look(w);
}

static void play_step(struct world *w, const struct scene_step *step)
{
	const struct physmap_request req = {
		.ranges = step->range,
		.nr_ranges = step->nr_ranges,
		.attrs = step->attrs,
		.policy = step->policy,
		.flusher = step->flusher,
	};

	if (step->hot) {
		w->after_boot = true;
		w->m.xmap.map.live = true;
		world_ram(w, step->range[0].start, step->range[0].end);
	}
	if (step->half)
		world_ask_half(w, &req, &step->trap);
	else
		world_ask(w, &req, &step->trap);
}

/* Always the same, whatever was played before. */
void scene_play(const struct scene *s, struct scene_result *result)
{
	static struct world w;
	unsigned int i;

	set_up(&w, s);
	for (i = 0; i < s->nr_steps && !w.failed && !w.over; i++)
		play_step(&w, &s->step[i]);
	judge_finish(&w.judge);
	*result = (struct scene_result) {
		.failed = w.failed,
		.step = i,
		.events = w.judge.events,
		.builds = w.builds,
	};
	memcpy(result->rule, w.rule, sizeof(w.rule));
	memcpy(result->text, w.text, sizeof(w.text));
	world_stop(&w);
}

/* A run */

/**
 * struct run - worlds of one seed
 * @seed: see there
 * @steps: judged steps that are enough, 0: there are never enough
 * @seconds: at most so long
 * @worlds: played so far
 * @events: judged so far
 * @builds: so far
 * @begin: when it began
 * @shown: when progress was shown last
 */
struct run {
	u64 seed;
	u64 steps;
	double seconds;
	u64 worlds;
	u64 events;
	u64 builds;
	double begin;
	double shown;
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
	fprintf(stderr, "random: %.0f s: %s worlds, %s judged steps",
		t - run->begin, ktap_number(run->worlds),
		ktap_number(run->events));
	if (run->steps)
		fprintf(stderr, " of %s", ktap_number(run->steps));
	fprintf(stderr, ", seed %llu\n", (unsigned long long)run->seed);
}

static void show_failure(struct scene *s, struct scene_result *result)
{
	printf("random: seed=%llu world=%llu failed: %s %s; replay: make -C tools/testing/worlds replay SEED=%llu WORLD=%llu\n",
	       (unsigned long long)s->seed, (unsigned long long)s->number,
	       result->rule, result->text, (unsigned long long)s->seed,
	       (unsigned long long)s->number);
	fflush(stdout);
	scene_shrink(s, result);
	printf("# the smallest that still fails, in step %u: %s %s\n",
	       result->step, result->rule, result->text);
	scene_show(s);
}

static bool play(struct run *run, u64 number)
{
	static struct scene s;
	struct scene_result result;

	scene_draw(&s, run->seed, number);
	scene_play(&s, &result);
	run->worlds++;
	run->events += result.events;
	run->builds += result.builds;
	if (result.failed)
		show_failure(&s, &result);
	return !result.failed;
}

static bool play_many(struct run *run)
{
	u64 number = 0;

	while (!run->steps || run->events < run->steps) {
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
		"  --seed N   worlds of this seed; without it a new one is taken\n"
		"  --world N  only this world of the seed\n"
		"  --steps N  until so many steps are judged (default 1000000)\n"
		"  --time N   for at most so many seconds (default 170)\n"
		"  --soak     until the time is over, however many steps that are\n",
		name);
	exit(2);
}

static u64 number_of(const char *text)
{
	char *end;
	const u64 n = strtoull(text, &end, 0);

	if (!*text || *end) {
		fprintf(stderr, "random: \"%s\" is not a number\n", text);
		exit(2);
	}
	return n;
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
	struct run run = {
		.seed = time(NULL), .steps = 1000000, .seconds = 170,
	};
	bool one = false, ok;
	u64 world = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'e')
			run.seed = number_of(optarg);
		else if (c == 'w')
			world = number_of(optarg);
		else if (c == 's')
			run.steps = number_of(optarg);
		else if (c == 't')
			run.seconds = number_of(optarg);
		else if (c == 'k')
			run.steps = 0;
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
	if (ok && !one && run.events < run.steps) {
		printf("# only %s of %s steps were judged in %.0f s\n",
		       ktap_number(run.events), ktap_number(run.steps),
		       run.seconds);
		ok = false;
	}
	printf("# random: %llu worlds, %llu events judged, seed %llu\n",
	       (unsigned long long)run.worlds, (unsigned long long)run.events,
	       (unsigned long long)run.seed);
	ktap_result(ok && run.worlds, "%s random worlds: %s judged steps of %s builds, as specified",
		    ktap_number(run.worlds), ktap_number(run.events),
		    ktap_number(run.builds));
	return ktap_end();
}
