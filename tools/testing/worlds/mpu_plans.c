// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random requests to the planner of an MPU, each answer judged, its regions put
 * through both encodings, and the judge itself tested by answers with a field
 * changed. All of a request follows from a seed and a number; one that fails is
 * printed. Touches stdout only.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "mpu_plans.h"
#include "world.h"

#define SELF_EACH	2	/* of so many answers one tests the judge */
#define REASON_LEAST	1000	/* one of so many requests for each reason */

static struct plans_case c;
static struct plans_answer answer;

/**
 * struct tally - what came of the requests
 * @requests: so far
 * @regions: planned
 * @fit: requests that got regions
 * @reason: refusals by reason
 */
static struct tally {
	u64 requests;
	u64 regions;
	u64 fit;
	u64 reason[PHYSMAP_MPU_REASONS];
} tally;

/* Only these are a planner's. */
static const struct {
	enum physmap_mpu_reason reason;
	const char *name;
} reasons[] = {
	{ PHYSMAP_MPU_EMPTY, "empty" },
	{ PHYSMAP_MPU_UNALIGNED, "unaligned" },
	{ PHYSMAP_MPU_ADDRESS, "address" },
	{ PHYSMAP_MPU_WX, "W+X" },
	{ PHYSMAP_MPU_DEVICE, "device" },
	{ PHYSMAP_MPU_TYPE_CHANGES, "type" },
	{ PHYSMAP_MPU_BAD_SLOT, "number" },
	{ PHYSMAP_MPU_OVERLAP, "overlap" },
	{ PHYSMAP_MPU_NO_REGION, "too many" },
};

#define REASONS	(sizeof(reasons) / sizeof(reasons[0]))

static void ask(void)
{
	memset(&answer.plan, 0xa5, sizeof(answer.plan));
	answer.why = (struct physmap_mpu_refusal) { };
	answer.err = physmap_mpu_plan(&c.format, c.count, &c.req, &answer.plan,
				      &answer.why);
}

static void count(void)
{
	tally.requests++;
	if (answer.err) {
		tally.reason[answer.why.reason % PHYSMAP_MPU_REASONS]++;
		return;
	}
	tally.fit++;
	tally.regions += answer.plan.nr_planned;
}

static void show_want(unsigned int n)
{
	const struct physmap_mpu_want *w = &c.want[n];
	static const char * const lives[] = {
		"fixed", "boot-only", "switching", "on demand",
	};

	printf("#  %u: %s [%#llx, %#llx) early %#x final %#x %s, ", n,
	       w->name ? w->name : "(no name)", w->start, w->end, w->early,
	       w->final, lives[w->life % PHYSMAP_MPU_LIVES]);
	if (w->slot == PHYSMAP_MPU_LOWEST)
		printf("lowest\n");
	else if (w->slot == PHYSMAP_MPU_HIGHEST)
		printf("highest\n");
	else
		printf("region %u\n", w->slot);
}

static void show_answer(void)
{
	unsigned int i;

	printf("# answer: %d", answer.err);
	if (answer.err)
		printf(", reason %u, asked %s, met %s", answer.why.reason,
		       answer.why.asked.name, answer.why.met.name);
	printf("; %u at boot, %u later, %u too many, %u saved\n",
	       answer.plan.at_boot, answer.plan.later, answer.plan.too_many,
	       answer.plan.merged);
	for (i = 0; i < answer.plan.nr_planned; i++) {
		const struct physmap_mpu_planned *p = &answer.plan.planned[i];

		printf("#  region %u: [%#llx, %#llx) early %#x final %#x, %u ranges\n",
		       p->slot, p->early.start, p->early.end, p->early.attrs,
		       p->final, p->ranges);
	}
	for (i = 0; i < answer.plan.nr_merges; i++) {
		const struct physmap_mpu_merge *m = &answer.plan.merge[i];

		printf("#  could share: %u and %u, %llu bytes apart%s\n",
		       m->first, m->second, m->gap,
		       m->same_rights ? ", same rights" : "");
	}
}

static bool is_right(char text[PLANS_TEXT])
{
	ask();
	return plans_judge(&c, &answer, text) && plans_words(&c, &answer, text);
}

/* Leaves out ranges for as long as the answer stays wrong. */
static void shrink(char text[PLANS_TEXT])
{
	static struct plans_case was;
	unsigned int i = c.req.nr_wants;

	while (i--) {
		was = c;
		c.req.nr_wants--;
		memmove(&c.want[i], &c.want[i + 1],
			(c.req.nr_wants - i) * sizeof(*c.want));
		if (is_right(text))
			c = was;
	}
	is_right(text);
}

static void show_case(void)
{
	unsigned int i;

	printf("# %s, granule %llu, %u of %u regions; %u switching, %u on demand\n",
	       c.format.name, c.format.granule, c.count, c.format.max_regions,
	       c.req.switching, c.req.on_demand);
	for (i = 0; i < c.req.nr_wants; i++)
		show_want(i);
	show_answer();
}

static void show_failure(const char *text)
{
	printf("mpu_plans: seed=%llu plan=%llu failed: %s; replay: make -C tools/testing/worlds replay-plan SEED=%llu PLAN=%llu\n",
	       c.seed, c.number, text, c.seed, c.number);
}

static bool play(u64 seed, u64 number)
{
	char text[PLANS_TEXT];

	plans_draw(&c, seed, number);
	if (!is_right(text)) {
		show_failure(text);
		shrink(text);
		printf("# the smallest that still fails: %s\n", text);
		show_case();
		return false;
	}
	count();
	if (number % SELF_EACH || plans_self_test(&c, &answer, text))
		return true;
	show_failure(text);
	show_case();
	return false;
}

/* A run that never met something has not shown anything about it. */
static bool met_everything(u64 plans)
{
	unsigned int i;

	printf("# fit %llu", tally.fit);
	for (i = 0; i < REASONS; i++)
		printf(", %s %llu", reasons[i].name,
		       tally.reason[reasons[i].reason]);
	printf("\n");
	for (i = 0; i < REASONS; i++)
		if (tally.reason[reasons[i].reason] < plans / REASON_LEAST) {
			printf("# too few refusals: %s\n", reasons[i].name);
			return false;
		}
	return tally.fit > plans / 4 &&
	       tally.reason[PHYSMAP_MPU_NO_REGION] > plans / 4;
}

static void run(u64 seed, u64 plans)
{
	char text[PLANS_TEXT] = "";
	u64 number;
	bool ok = true, self;

	ktap_plan(2);
	for (number = 0; number < plans && ok; number++)
		ok = play(seed, number);
	ok = ok && met_everything(plans);
	printf("# mpu_plans: seed %llu\n", seed);
	ktap_result(ok, "%s random requests to an MPU's planner, %s regions in both encodings, as specified",
		    ktap_number(tally.requests), ktap_number(tally.regions));
	self = plans_self_done(text);
	if (ok && !self)
		printf("# %s\n", text);
	ktap_result(ok && self, "the judge refuses answers with any one of %u fields changed",
		    plans_self_fields());
}

static void usage(const char *name)
{
	fprintf(stderr,
		"usage: %s [--seed N [--plan N]] [--plans N]\n"
		"  --seed N   requests of this seed; without it a new one is taken\n"
		"  --plan N   only this request of the seed\n"
		"  --plans N  so many requests (default 100000)\n", name);
	exit(2);
}

static u64 number_of(const char *text)
{
	char *end;
	const u64 n = strtoull(text, &end, 0);

	if (!*text || *end) {
		fprintf(stderr, "mpu_plans: \"%s\" is not a number\n", text);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 'e' },
		{ "plan", required_argument, NULL, 'p' },
		{ "plans", required_argument, NULL, 'n' },
		{ },
	};
	u64 seed = time(NULL), plans = 100000, plan = 0;
	bool one = false;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'e')
			seed = number_of(optarg);
		else if (o == 'p')
			plan = number_of(optarg);
		else if (o == 'n')
			plans = number_of(optarg);
		else
			usage(argv[0]);
		one |= o == 'p';
	}
	if (optind < argc)
		usage(argv[0]);
	if (one) {
		ktap_plan(1);
		ktap_result(play(seed, plan), "request %llu of seed %llu", plan,
			    seed);
		return ktap_end();
	}
	run(seed, plans);
	return ktap_end();
}
