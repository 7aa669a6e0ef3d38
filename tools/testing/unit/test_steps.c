// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model of a PE and the step lists: the lists break no rule in any scene,
 * no step of them can be left out, and what the model forbids and allows is
 * shown by small scenes of their own, two orders from the mailing lists among
 * them. No engine here.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>
#include "pe.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define HOLDS(sentence, function)	{ sentence, function, NULL, stop, NULL }

#define PAGE(n)		((n) * PE_PAGE)
#define CODE		PAGE(1)
#define DATA		PAGE(2)
#define TABLE		PAGE(20)
#define RW		(PE_VALID | PE_WRITE)
#define TEXT		(PE_VALID | PE_EXEC)

static struct pe_machine m;
static char rules[32][16];
static unsigned int count;

static void heard(const struct pe_violation *v)
{
	if (count < ARRAY_SIZE(rules))
		strncpy(rules[count++], v->rule, sizeof(rules[0]) - 1);
}

static int stop(void **state)
{
	pe_stop(&m);
	return 0;
}

static bool was_heard(const char *rule)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!strcmp(rules[i], rule))
			return true;
	return false;
}

static void must_hear(const char *rule)
{
	if (!was_heard(rule))
		fail_msg("%s was not named, but %s", rule,
			 count ? rules[0] : "nothing");
	count = 0;
}

static void must_be_silent(void)
{
	if (count)
		fail_msg("%s was named", rules[0]);
}

/* Code and data, 1:1, and nobody else; the MMU is on. */
static void begin(void)
{
	memset(rules, 0, sizeof(rules));
	count = 0;
	pe_start(&m, PE_EL2, "unit", heard);
	m.code = CODE;
	m.code_va = CODE;
	pe_memory(&m, CODE, 1);
	pe_memory(&m, DATA, 2);
	pe_memory(&m, TABLE, 3);
	pe_put(&m, TABLE + 1 * 8, CODE | TEXT);
	pe_put(&m, TABLE + 2 * 8, DATA | RW);
	pe_set(&m.pe[0].ttbr[0], TABLE);
	pe_set(&m.pe[0].sctlr, PE_SCTLR_M | PE_SCTLR_I);
	pe_barrier(&m);
}

static void run(const struct pe_step *steps, unsigned int n)
{
	struct pe_sequence s = { .name = "list" };

	memcpy(s.steps, steps, n * sizeof(*steps));
	pe_run(&m, &s);
}

static void the_lists_break_no_rule(void **state)
{
	begin();
	pe_scenes(&pe_lists, heard);
	must_be_silent();
}

static void leave_out(struct pe_sequence *s, const struct pe_lists *lists,
		      unsigned int step)
{
	const struct pe_sequence whole = *s;

	memmove(&s->steps[step], &s->steps[step + 1],
		(PE_STEPS - step - 1) * sizeof(s->steps[0]));
	count = 0;
	pe_scenes(lists, heard);
	if (!count)
		fail_msg("%s works without step %u", whole.name,
			 whole.steps[step].number);
	*s = whole;
}

static void no_step_can_be_left_out(void **state)
{
	static struct pe_lists lists;
	unsigned int level, list, step;

	begin();
	lists = pe_lists;
	for (level = 0; level < PE_LEVELS; level++)
		for (list = 0; list < PE_LISTS; list++) {
			struct pe_sequence *s = &lists.of[level][list];

			for (step = 0; s->steps[step].number; step++)
				leave_out(s, &lists, step);
		}
}

static void well_formed(const struct pe_sequence *s)
{
	unsigned int i, before = 0;

	assert_int_equal(s->steps[PE_STEPS - 1].number, 0);
	for (i = 0; s->steps[i].number; i++) {
		/* Without TTBR1 a number may be missing. */
		assert_in_range(s->steps[i].number, before + 1, before + 2);
		before = s->steps[i].number;
		assert_int_equal(strncmp(s->steps[i].rule, "ARM-", 4), 0);
		assert_true(*s->steps[i].why);
	}
}

static void steps_are_numbered_in_order(void **state)
{
	unsigned int level, list;

	begin();
	for (level = 0; level < PE_LEVELS; level++)
		for (list = 0; list < PE_LISTS; list++)
			well_formed(&pe_lists.of[level][list]);
}

/*
 * Proposed for kvm-unit-tests in 2022. It works where the PoU happens to be the
 * PoC, or where the line happens to be evicted.
 */
static void cleaning_to_the_pou_is_not_enough(void **state)
{
	static const struct pe_step steps[] = {
		{ 1, PE_clean_pou, { x0, x1 }, "", "" },
		{ 2, PE_dsb, { sy }, "", "" },
		{ 3, PE_isb, { }, "", "" },
		{ 4, PE_write_sctlr, { x2 }, "", "" },
		{ 5, PE_isb, { }, "", "" },
		{ 6, PE_return, { }, "", "" },
	};

	begin();
	pe_store(&m, 0, DATA, 5);
	m.pe[0].x[0] = DATA;
	m.pe[0].x[1] = DATA + 8;
	m.pe[0].x[2] = PE_SCTLR_I;
	run(steps, ARRAY_SIZE(steps));
	must_be_silent();
	pe_load(&m, 0, DATA);
	must_hear("ARM-CACHE-1");
}

/* Its order: where the range begins and ends is read when the MMU is off. */
static void what_tells_the_range_is_data_too(void **state)
{
	static const struct pe_step steps[] = {
		{ 1, PE_isb, { }, "", "" },
		{ 2, PE_write_sctlr, { x2 }, "", "" },
		{ 3, PE_isb, { }, "", "" },
		{ 4, PE_return, { }, "", "" },
	};

	begin();
	pe_store(&m, 0, DATA, 5);
	m.pe[0].x[2] = PE_SCTLR_I;
	run(steps, ARRAY_SIZE(steps));
	pe_load(&m, 0, DATA);
	must_hear("ARM-CACHE-1");
}

/* Clean and invalidate before M is off: speculation undoes the invalidate. */
static void invalidating_before_is_in_vain(void **state)
{
	static const struct pe_step steps[] = {
		{ 1, PE_clean_inval_poc, { x0, x1 }, "", "" },
		{ 2, PE_dsb, { sy }, "", "" },
		{ 3, PE_isb, { }, "", "" },
		{ 4, PE_write_sctlr, { x2 }, "", "" },
		{ 5, PE_isb, { }, "", "" },
		{ 6, PE_return, { }, "", "" },
	};

	begin();
	pe_store(&m, 0, DATA, 5);
	m.pe[0].x[0] = DATA;
	m.pe[0].x[1] = DATA + 8;
	m.pe[0].x[2] = PE_SCTLR_I;
	run(steps, ARRAY_SIZE(steps));
	pe_load(&m, 0, DATA);
	must_be_silent();
	pe_store(&m, 0, DATA, 6);
	must_hear("ARM-ATTR-1");
	pe_set(&m.pe[0].sctlr, PE_SCTLR_M | PE_SCTLR_I);
	pe_barrier(&m);
	pe_load(&m, 0, DATA);
	must_hear("ARM-CACHE-2");
}

static void coherent_data_is_never_stale(void **state)
{
	begin();
	m.pe[1].alias = true;
	pe_speculate(&m);
	pe_store(&m, 0, DATA, 5);
	pe_load(&m, 0, DATA);
	pe_barrier(&m);
	pe_load(&m, 1, DATA);
	pe_store(&m, 1, DATA + 8, 6);
	pe_barrier(&m);
	pe_load(&m, 0, DATA + 8);
	pe_load(&m, 0, DATA);
	must_be_silent();
}

static void odd_accesses_want_the_mmu(void **state)
{
	begin();
	pe_store_odd(&m, 0, DATA);
	must_be_silent();
	pe_set(&m.pe[0].sctlr, 0);
	pe_store_odd(&m, 0, DATA);
	must_hear("ARM-MMU-4");
}

static void a_frame_has_one_memory_type(void **state)
{
	begin();
	pe_do(&m, 0, PE_WRITE_CACHED, TABLE + 5 * 8, DATA | RW);
	pe_barrier(&m);
	must_be_silent();
	pe_do(&m, 0, PE_WRITE_CACHED, TABLE + 6 * 8, DATA | RW | PE_UNCACHED);
	pe_barrier(&m);
	must_hear("ARM-ATTR-1");
}

static void an_alias_of_somebody_else_counts(void **state)
{
	begin();
	m.pe[1].alias = true;
	pe_do(&m, 0, PE_WRITE_CACHED, TABLE + 2 * 8, 0);
	pe_barrier(&m);
	must_be_silent();
	pe_do(&m, 0, PE_WRITE_CACHED, TABLE + 6 * 8, DATA | RW | PE_UNCACHED);
	pe_barrier(&m);
	must_hear("ARM-ATTR-1");
}

static void new_code_wants_the_pou_and_an_ic(void **state)
{
	begin();
	pe_do(&m, 0, PE_WRITE_CACHED, CODE, 5);
	pe_barrier(&m);
	pe_execute(&m, CODE);
	must_hear("ARM-CACHE-9");
	pe_do(&m, 0, PE_DC_CVAU, CODE, 0);
	pe_barrier(&m);
	pe_execute(&m, CODE);
	must_hear("ARM-CACHE-9");
	pe_drop_code(&m);
	pe_execute(&m, CODE);
	must_be_silent();
}

static void code_without_icache_wants_the_poc(void **state)
{
	begin();
	pe_set(&m.pe[0].sctlr, PE_SCTLR_M);
	pe_do(&m, 0, PE_WRITE_CACHED, CODE, 5);
	pe_do(&m, 0, PE_DC_CVAC, CODE, 0);
	pe_barrier(&m);
	pe_drop_code(&m);
	pe_set(&m.pe[0].sctlr, 0);
	pe_execute(&m, CODE);
	must_be_silent();
}

/* Tables may be changed as one likes where nobody walks them. */
static void tables_of_others_may_change(void **state)
{
	begin();
	pe_memory(&m, PAGE(21), 1);
	pe_put(&m, PAGE(21) + 2 * 8, PAGE(3) | RW);
	pe_barrier(&m);
	pe_do(&m, 0, PE_WRITE_CACHED, PAGE(21) + 2 * 8, DATA | RW);
	pe_barrier(&m);
	must_be_silent();
}

static void a_live_entry_may_not_be_replaced(void **state)
{
	begin();
	pe_memory(&m, PAGE(3), 1);
	pe_do(&m, 0, PE_WRITE_CACHED, TABLE + 2 * 8, PAGE(3) | RW);
	pe_barrier(&m);
	must_hear("ARM-BBM-1");
}

static void a_live_entry_may_be_made_read_only(void **state)
{
	begin();
	pe_do(&m, 0, PE_WRITE_CACHED, TABLE + 2 * 8, DATA | PE_VALID);
	pe_barrier(&m);
	must_be_silent();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		HOLDS("the step lists break no rule in any scene",
		      the_lists_break_no_rule),
		HOLDS("no step can be left out: some rule breaks in some scene",
		      no_step_can_be_left_out),
		HOLDS("steps are numbered in order, with a rule and a reason each",
		      steps_are_numbered_in_order),
		HOLDS("DC CVAU before the MMU is off leaves stale data at the PoC",
		      cleaning_to_the_pou_is_not_enough),
		HOLDS("what is written cached and read with the MMU off is stale unless cleaned",
		      what_tells_the_range_is_data_too),
		HOLDS("an invalidate before the MMU is off is undone by speculation",
		      invalidating_before_is_in_vain),
		HOLDS("coherent PEs with their MMUs on never see stale data",
		      coherent_data_is_never_stale),
		HOLDS("unaligned and exclusive accesses want the MMU on",
		      odd_accesses_want_the_mmu),
		HOLDS("a frame mapped as two memory types is found",
		      a_frame_has_one_memory_type),
		HOLDS("so is one that a hypervisor maps cacheable",
		      an_alias_of_somebody_else_counts),
		HOLDS("new code wants a clean to the PoU, then an IC",
		      new_code_wants_the_pou_and_an_ic),
		HOLDS("with SCTLR.I clear, code that is clean to the PoC is enough",
		      code_without_icache_wants_the_poc),
		HOLDS("tables that nobody walks may change",
		      tables_of_others_may_change),
		HOLDS("a live entry may not get another frame at once",
		      a_live_entry_may_not_be_replaced),
		HOLDS("a live entry may be made read-only at once",
		      a_live_entry_may_be_made_read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
