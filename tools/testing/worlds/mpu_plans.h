/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random requests to the planner of an MPU, and what judges its answers. The
 * judge is written from what the planner promises and shares no code with it:
 * it tries every pair, and every stretch between two borders.
 */
#ifndef WORLDS_MPU_PLANS_H
#define WORLDS_MPU_PLANS_H

#include <physmap/mpu.h>

#define PLANS_WANTS	320
#define PLANS_TEXT	200

/**
 * struct plans_case - a request
 * @seed: of the run
 * @number: of the request; with the seed it says all of it
 * @format: encoding; not always that of hardware
 * @count: regions that there are
 * @req: request
 * @want: its ranges
 */
struct plans_case {
	u64 seed;
	u64 number;
	struct physmap_mpu_format format;
	unsigned int count;
	struct physmap_mpu_request req;
	struct physmap_mpu_want want[PLANS_WANTS];
};

/**
 * struct plans_answer - what the planner said
 * @err: what it returned
 * @plan: plan
 * @why: refusal
 */
struct plans_answer {
	int err;
	struct physmap_mpu_plan plan;
	struct physmap_mpu_refusal why;
};

/**
 * struct plans_needs - how many regions a request takes
 * @at_boot: while booting
 * @later: afterwards
 * @fixed: of these the fixed ones
 * @given: switching ranges of the request
 * @switching: regions that contexts may need
 * @merged: regions saved by ranges that touch and are alike
 */
struct plans_needs {
	u64 at_boot;
	u64 later;
	u64 fixed;
	u64 given;
	u64 switching;
	u64 merged;
};

/* mpu_plans_draw.c */
u64 plans_below(u64 n);
void plans_begin(u64 seed, u64 number);
void plans_draw(struct plans_case *c, u64 seed, u64 number);

/* mpu_plans_judge.c */
unsigned int plans_count(const struct plans_case *c);
void plans_needs(const struct plans_case *c, struct plans_needs *needs);
bool plans_judge(const struct plans_case *c, const struct plans_answer *a,
		 char text[PLANS_TEXT]);

/* mpu_plans_words.c */
bool plans_words(const struct plans_case *c, const struct plans_answer *a,
		 char text[PLANS_TEXT]);

/* mpu_plans_self.c */
bool plans_self_test(const struct plans_case *c, const struct plans_answer *a,
		     char text[PLANS_TEXT]);
unsigned int plans_self_fields(void);
bool plans_self_done(char text[PLANS_TEXT]);

#endif /* WORLDS_MPU_PLANS_H */
