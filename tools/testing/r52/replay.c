// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does to the simulated MPU what the image did to a Cortex-R52's registers, as
 * its log tells it, and lets the model judge: QEMU knows nothing of barriers.
 * What the image read must be what the model has. Then once more without each
 * barrier in turn. Runs on the host, reads logs only.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mpu.h"

#define MAX_STEPS	16384

enum kind { READ, WRITE, DSB, ISB, INVALIDATE, USE, BEGIN };

struct step {
	enum kind kind;
	enum pmsav8_register reg;
	u64 value;
	u64 end;
	char what[32];		/* of BEGIN; a use's rights */
};

static const struct {
	const char *name;
	enum pmsav8_register reg;
} registers[] = {
	{ "mpuir", PMSAV8_MPUIR }, { "select", PMSAV8_PRSELR },
	{ "base", PMSAV8_PRBAR }, { "limit", PMSAV8_PRLAR },
	{ "prenr", PMSAV8_PRENR }, { "mair", PMSAV8_MAIR },
	{ "sctlr", PMSAV8_SCTLR },
};

#define N_REGISTERS	(sizeof(registers) / sizeof(registers[0]))

/**
 * struct run - one time through a log
 * @model: the MPU
 * @selected: PRSELR while what was found is read
 * @section: where the log is
 * @left_out: a step that is not done; the number after the last for none
 * @reads: compared with the model
 * @differ: of them
 * @quiet: violations are expected
 */
struct run {
	struct model_mpu model;
	unsigned int selected;
	const char *section;
	unsigned int left_out;
	unsigned int reads;
	unsigned int differ;
	bool quiet;
};

static struct step steps[MAX_STEPS];
static unsigned int nr_steps;
static struct run run;
static unsigned int results, failures;

static void result(bool ok, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void result(bool ok, const char *fmt, ...)
{
	va_list args;

	failures += !ok;
	printf("%sok %u - ", ok ? "" : "not ", ++results);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

/* The log */

static bool read_register(const char *text, struct step *s)
{
	char name[16];
	unsigned int i;

	if (sscanf(text, "%15s %llx", name, (unsigned long long *)&s->value) != 2)
		return false;
	for (i = 0; i < N_REGISTERS; i++)
		if (!strcmp(name, registers[i].name))
			break;
	if (i < N_REGISTERS)
		s->reg = registers[i].reg;
	return i < N_REGISTERS;
}

static bool read_step(const char *text, struct step *s)
{
	unsigned long long start, end;

	*s = (struct step) { .kind = WRITE };
	if (!strncmp(text, "dsb", 3)) {
		s->kind = DSB;
		return true;
	}
	if (!strncmp(text, "isb", 3)) {
		s->kind = ISB;
		return true;
	}
	if (sscanf(text, "begin %31[^\n]", s->what) == 1) {
		s->kind = BEGIN;
		return true;
	}
	if (!strncmp(text, "read ", 5)) {
		s->kind = READ;
		return read_register(text + 5, s);
	}
	if (sscanf(text, "invalidate %llx %llx", &start, &end) == 2)
		s->kind = INVALIDATE;
	else if (sscanf(text, "use %llx %llx %31s", &start, &end, s->what) == 3)
		s->kind = USE;
	else
		return read_register(text, s);
	s->value = start;
	s->end = end;
	return true;
}

static bool read_log(const char *path)
{
	FILE *f = fopen(path, "r");
	unsigned int line = 0;
	char text[512];

	if (!f) {
		fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
		return false;
	}
	nr_steps = 0;
	while (fgets(text, sizeof(text), f) && nr_steps < MAX_STEPS) {
		line++;
		if (strncmp(text, "# mpu ", 6))
			continue;
		if (!read_step(text + 6, &steps[nr_steps++])) {
			fprintf(stderr, "replay: %s: line %u is no register access: %s",
				path, line, text);
			fclose(f);
			return false;
		}
	}
	fclose(f);
	if (nr_steps && nr_steps < MAX_STEPS)
		return true;
	fprintf(stderr, "replay: %s: %s\n", path, nr_steps ?
		"more register accesses than there is room for" :
		"no register access is in it");
	return false;
}

/* A run */

static void heard(struct model_mpu *m, const struct model_mpu_violation *v)
{
	if (!run.quiet)
		printf("# %s %s: %s\n", v->rule, run.section, v->text);
}

/* How the MPU was before the engine came. */
static void found(const struct step *s)
{
	struct model_mpu *m = &run.model;

	if (s->kind == WRITE) {
		run.selected = s->value;
		m->select = s->value;
	}
	if (s->kind != READ)
		return;
	if (s->reg == PMSAV8_SCTLR) {
		m->sctlr = s->value;
	} else if (s->reg == PMSAV8_MAIR) {
		m->mair = s->value;
	} else if (s->reg == PMSAV8_PRBAR) {
		model_mpu_put(m, run.selected, s->value, 0);
	} else if (s->reg == PMSAV8_PRLAR) {
		model_mpu_put(m, run.selected,
			      model_mpu_now(m, run.selected)->words.base,
			      s->value);
		/* What is enabled assembly has made, or somebody before. */
		m->region[run.selected].touched = s->value & 1;
	}
}

static void compare(const struct step *s)
{
	u64 has = model_mpu_registers.read(&run.model.pmsav8.mpu, s->reg);

	if (s->reg == PMSAV8_MPUIR)
		has &= PMSAV8_MPUIR_REGIONS;
	run.reads++;
	if (has == s->value)
		return;
	run.differ++;
	if (!run.quiet)
		printf("# %s: register %u is %#llx, and the model has %#llx\n",
		       run.section, s->reg, (unsigned long long)s->value,
		       (unsigned long long)has);
}

static void use(const struct step *s)
{
	u32 attrs = 0;

	if (strchr(s->what, 'w'))
		attrs |= PHYSMAP_WRITE;
	if (strchr(s->what, 'x'))
		attrs |= PHYSMAP_EXEC;
	model_mpu_use(&run.model, "what runs", s->value, s->end, attrs);
	/* Written before the caches were on. */
	if (attrs & PHYSMAP_WRITE)
		model_mpu_copy(&run.model, s->value, s->end);
}

/* Sections of a log that are not done to the model as they stand. */
static bool is_played(const char *section)
{
	return strcmp(section, "found") && strcmp(section, "by hand");
}

static void step(const struct step *s)
{
	const struct physmap_pmsav8_registers *r = &model_mpu_registers;
	struct physmap_mpu *mpu = &run.model.pmsav8.mpu;

	if (s->kind == BEGIN) {
		model_mpu_done(&run.model);
		run.section = s->what;
	} else if (s->kind == USE) {
		use(s);
	} else if (!strcmp(run.section, "found")) {
		found(s);
	} else if (!is_played(run.section)) {
		return;
	} else if (s->kind == READ) {
		compare(s);
	} else if (s->kind == WRITE) {
		r->write(mpu, s->reg, s->value);
	} else if (s->kind == DSB) {
		r->dsb(mpu);
	} else if (s->kind == ISB) {
		r->isb(mpu);
	} else {
		r->invalidate(mpu, s->value, s->end);
	}
}

static unsigned int count_of_regions(void)
{
	unsigned int i = 0;

	while (i < nr_steps && (steps[i].kind != READ ||
				steps[i].reg != PMSAV8_MPUIR))
		i++;
	return i < nr_steps ? steps[i].value : 0;
}

static void play(unsigned int left_out, bool quiet)
{
	const struct model_mpu_config config = {
		.wide = false, .count = count_of_regions(), .seed = 1,
	};
	unsigned int i;

	run = (struct run) { .section = "", .quiet = quiet };
	model_mpu_start(&run.model, &config);
	run.model.heard = heard;
	run.model.count_read = true;
	for (i = 0; i < nr_steps; i++)
		if (i != left_out)
			step(&steps[i]);
	model_mpu_done(&run.model);
}

/* What a barrier is there for. */
enum need {
	NO_BARRIER,
	MISSED,			/* if it is left out a rule is broken */
	STILL_OFF,		/* the MPU is off: nothing matches anyhow */
	SELECTED_ALREADY,	/* the selection before it changed nothing */
	REPEATED,		/* the one of a selection follows at once */
	NEEDS,
};

static bool is_write(const struct step *s, enum pmsav8_register reg)
{
	return s->kind == WRITE && s->reg == reg;
}

static bool selection_follows(unsigned int n)
{
	do
		n++;
	while (n < nr_steps && steps[n].kind == BEGIN);
	return n + 1 < nr_steps && is_write(&steps[n], PMSAV8_PRSELR) &&
	       steps[n + 1].kind == ISB;
}

/* Is it so from the log alone that nothing can come of leaving it out? */
static enum need need_of(unsigned int n)
{
	const char *section = "";
	u64 sctlr = 0, selected = ~0ULL, before = ~0ULL;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (steps[i].kind == BEGIN)
			section = steps[i].what;
		if (steps[i].kind != BEGIN && steps[i].reg == PMSAV8_SCTLR)
			sctlr = steps[i].value;
		before = selected;
		if (is_write(&steps[i], PMSAV8_PRSELR) &&
		    strcmp(section, "by hand"))
			selected = steps[i].value;
	}
	if ((steps[n].kind != DSB && steps[n].kind != ISB) ||
	    !is_played(section))
		return NO_BARRIER;
	if (is_write(&steps[n - 1], PMSAV8_PRSELR))
		return before == selected ? SELECTED_ALREADY : MISSED;
	if (!(sctlr & PMSAV8_SCTLR_M))
		return STILL_OFF;
	return steps[n].kind == ISB && selection_follows(n) ? REPEATED : MISSED;
}

static void play_without_each(const char *name)
{
	unsigned int count[NEEDS] = { 0 };
	unsigned int i, seen = 0;

	for (i = 0; i < nr_steps; i++) {
		const enum need need = need_of(i);

		count[need]++;
		if (need != MISSED)
			continue;
		play(i, true);
		seen += run.model.violations != 0;
		if (!run.model.violations)
			printf("# nothing is wrong without step %u (%s)\n", i,
			       steps[i].kind == DSB ? "dsb" : "isb");
	}
	result(seen && seen == count[MISSED],
	       "%s: %u of %u barriers are missed when one is left out",
	       name, seen, count[MISSED]);
	printf("# not needed: %u of selections that change nothing, %u that one of a selection follows, %u before the MPU is on\n",
	       count[SELECTED_ALREADY], count[REPEATED], count[STILL_OFF]);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: replay LOG...\n");
		return 2;
	}
	printf("KTAP version 1\n");
	for (i = 1; i < argc; i++) {
		const char *name = name_of(argv[i]);

		if (!read_log(argv[i]))
			return 2;
		play(nr_steps, false);
		result(!run.model.violations && run.model.writes,
		       "%s: %llu writes and barriers of a real boot, and no rule is broken",
		       name, (unsigned long long)run.model.operations);
		result(!run.differ && run.reads,
		       "%s: what the processor read is what the model has, %u times",
		       name, run.reads);
		play_without_each(name);
	}
	printf("1..%u\n", results);
	return failures != 0;
}
