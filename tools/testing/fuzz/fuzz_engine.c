// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzing of the engine: any machine, any start tables, several requests,
 * any of which may be refused anywhere. The judge hears every event; what
 * each page translates to afterwards is held against what was asked for, by
 * the model's own walk. Shares nothing with the engine but its interface.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "judge.h"
#include "world.h"

#define REQUESTS	4
#define BUILD_TABLES	40	/* more of them take too long to be judged */
#define MARK		(1ULL << 10)	/* the early mark, as raw bit */

/**
 * struct fuzz_run - one build, before and after
 * @w: the machine, as it is now
 * @before: memory as it was
 * @pages_from: where the pages for tables began before
 * @fuzz: the request
 * @error: what became of it
 */
struct fuzz_run {
	struct fuzz_world *w;
	struct model_memory before;
	u64 pages_from;
	const struct fuzz_request *fuzz;
	int error;
};

/* What a request must be like, in words of its own. */
static bool sound(const struct fuzz_world *w, const struct fuzz_request *f)
{
	const struct physmap_map *map = &w->m.xmap.map;
	const u64 limit = 1ULL << w->m.x86.machine.pa_bits;
	u64 from = 0;
	unsigned int i;

	for (i = 0; i < f->req.nr_ranges; i++) {
		const struct physmap_range *r = &f->range[i];

		if (r->start % MODEL_PAGE || r->end % MODEL_PAGE ||
		    r->start < from || r->start >= r->end || r->end > limit ||
		    r->end > map->va_limit - map->offset ||
		    r->outer_start > r->start || r->outer_end < r->end)
			return false;
		if (r->source == PHYSMAP_RAM && !fuzz_ram(w, r->start, r->end))
			return false;
		from = r->end;
	}
	return true;
}

static const struct physmap_range *range_with(const struct fuzz_run *run,
					      u64 pa, bool outer)
{
	unsigned int i;

	for (i = 0; i < run->fuzz->req.nr_ranges; i++) {
		const struct physmap_range *r = &run->fuzz->range[i];

		if (outer ? pa >= r->outer_start && pa < r->outer_end :
			    pa >= r->start && pa < r->end)
			return r;
	}
	return NULL;
}

__attribute__((noreturn))
static void wrong(const struct fuzz_run *run, u64 pa, const char *what,
		  const struct model_translation *was,
		  const struct model_translation *is)
{
	fuzz_fail("page %#llx, build ended with %d: %s (was %#llx at level %u, is %#llx at level %u)",
		  pa, run->error, what, was->raw, was->level, is->raw,
		  is->level);
}

static u64 size_at(const struct model_cpu *cpu, unsigned int level)
{
	return 1ULL << (12 + level * (cpu->levels == 2 ? 10 : 9));
}

/* X86-MT-1: does a leaf hold a change of memory type inside? */
static bool straddles(const struct fuzz_world *w,
		      const struct model_translation *is, u64 pa)
{
	const u64 size = size_at(&w->m.cpu, is->level);
	const u64 start = pa & ~(size - 1);
	const struct physmap_geometry *geo = &w->m.x86.geo;
	unsigned int i;

	for (i = 0; is->level && i < geo->nr_cuts; i++)
		if (geo->cuts[i] > start && geo->cuts[i] < start + size)
			return true;
	return false;
}

/* A page that was not mapped before and is now. */
static void new_page(const struct fuzz_run *run, u64 pa,
		     const struct model_translation *was,
		     const struct model_translation *is)
{
	const struct fuzz_world *w = run->w;
	const u32 attrs = run->fuzz->req.attrs;
	const bool has_nx = w->m.x86.machine.nx;

	if (was->raw && range_with(run, pa, false))
		wrong(run, pa, "somebody's entry was not kept", was, is);
	if (is->pa != pa)
		wrong(run, pa, "a new leaf maps another frame", was, is);
	/* A leaf that reached out may have been split for the next range. */
	if (!range_with(run, pa, is->level > 0 || run->fuzz->req.nr_ranges > 1))
		wrong(run, pa, "nobody asked for it", was, is);
	if (straddles(w, is, pa))
		wrong(run, pa, "the memory type changes within", was, is);
	if (is->user || is->pat)
		if (!w->xen || is->pat)	/* XENPV-15: Xen adds U/S */
			wrong(run, pa, "not RAM's type or open to users", was, is);
	if (is->encrypted != !!(attrs & PHYSMAP_ENCRYPTED) && w->m.cpu.encrypt)
		wrong(run, pa, "the C-bit is wrong", was, is);
	if (run->error)
		return;
	if (is->raw & MARK)
		wrong(run, pa, "still early", was, is);
	/* Tables above may have taken rights away before (XENPV-6). */
	if (is->write != (was->write && attrs & PHYSMAP_WRITE) && !w->xen)
		wrong(run, pa, "not the write right asked for", was, is);
	if (is->exec != (was->exec && (attrs & PHYSMAP_EXEC || !has_nx)))
		wrong(run, pa, "not the right to execute asked for", was, is);
	if (is->global != (attrs & PHYSMAP_GLOBAL && w->m.x86.machine.global) &&
	    !w->xen)
		wrong(run, pa, "not global as asked for", was, is);
}

static bool table_page(const struct fuzz_run *run, u64 pa)
{
	return pa >= run->w->tables_from && pa < run->w->m.mem.next;
}

/* XENPV-6, -21: what Xen mapped executable is so no more where it is asked for. */
static bool loses_exec(const struct fuzz_run *run, u64 pa)
{
	return run->w->xen && run->w->m.x86.machine.nx &&
	       !(run->fuzz->req.attrs & PHYSMAP_EXEC) &&
	       range_with(run, pa, false);
}

/* A page that was mapped, and not by an early leaf, is so still. */
static void kept_page(const struct fuzz_run *run, u64 pa,
		      const struct model_translation *was,
		      const struct model_translation *is)
{
	const bool early = was->raw & MARK;

	if (is->pa != was->pa)
		wrong(run, pa, "a kept page got another frame", was, is);
	if (is->level > was->level)
		wrong(run, pa, "a kept page got a larger leaf", was, is);
	if (is->pat != was->pat || is->user != was->user ||
	    is->encrypted != was->encrypted)
		wrong(run, pa, "a kept page got another type", was, is);
	/* XENPV-4: a page that becomes a table is read-only from then on. */
	if (is->write != was->write &&
	    !(run->w->xen && was->write && table_page(run, pa)))
		wrong(run, pa, "a kept page got another write right", was, is);
	if (early) {
		if (is->exec && !was->exec)
			wrong(run, pa, "an early page got a right", was, is);
		return;
	}
	if (is->global != was->global)
		wrong(run, pa, "a kept page got other rights", was, is);
	if (is->exec == was->exec && was->exec && !run->error &&
	    loses_exec(run, pa))
		wrong(run, pa, "what Xen mapped can still execute", was, is);
	if (is->exec != was->exec && (is->exec || !loses_exec(run, pa)))
		wrong(run, pa, "a kept page got another right to execute", was,
		      is);
}

/* X86-LNX-5: what lies in a table beyond a range and is no RAM may go. */
static bool may_go(const struct fuzz_run *run, u64 pa)
{
	return run->w->m.ram[0].end && !fuzz_ram(run->w, pa, pa + MODEL_PAGE);
}

static void look_at(const struct fuzz_run *run, u64 pa)
{
	const u64 va = pa + run->w->m.xmap.map.offset;
	const struct model_cpu *cpu = &run->w->m.cpu;
	struct model_translation was, is;

	if (pa >= 1ULL << cpu->pa_bits || va >= run->w->m.xmap.map.va_limit ||
	    va < run->w->m.xmap.map.offset)
		return;
	was = model_translate(&run->before, cpu, va);
	is = model_translate(&run->w->m.mem, cpu, va);
	if (is.reserved)
		wrong(run, pa, "a reserved bit is set (X86-FMT-4)", &was, &is);
	if (is.present && was.present && !may_go(run, pa))
		kept_page(run, pa, &was, &is);
	else if (is.present && !was.present)
		new_page(run, pa, &was, &is);
	else if (was.present && !is.present && !may_go(run, pa))
		wrong(run, pa, "a kept page went", &was, &is);
	else if (!run->error && !is.present && !is.raw &&
		 range_with(run, pa, false) &&
		 !(run->w->xen && model_xen_mfn(pa >> 12) == MODEL_NO_MFN))
		wrong(run, pa, "asked for and not mapped", &was, &is);
}

/* Every border there can be, and what lies around the request's own. */
static void look_around(const struct fuzz_run *run)
{
	unsigned int i, near;
	u8 at;

	for (at = 0; at < 0xff; at++) {
		struct fuzz_bytes b = { &at, 1 };

		look_at(run, fuzz_address(&b));
	}
	for (i = 0; i < run->fuzz->req.nr_ranges; i++) {
		const struct physmap_range *r = &run->fuzz->range[i];

		for (near = 0; near < 3; near++) {
			const u64 d = (near - 1) * MODEL_PAGE;

			look_at(run, r->start + d);
			look_at(run, r->end + d);
			look_at(run, (r->outer_start & ~0xfffULL) + d);
			look_at(run, (r->outer_end & ~0xfffULL) + d);
			look_at(run, ((r->start + r->end) / 2 & ~0xfffULL) + d);
		}
	}
}

/* Something to be refused: a page, a hook or a hypercall, or nothing. */
static bool set_trap(struct fuzz_world *w, struct fuzz_bytes *b)
{
	static const int errors[] = { -EINVAL, -EBUSY, -ENOMEM, -ESRCH };
	const unsigned int choice = fuzz_number(b, 1);
	const u64 at = 1 + (choice >> 2) % 24;

	switch (choice & 3) {
	case 1:
		w->m.mem.refuse_at = w->m.mem.asked + at;
		return true;
	case 2:
		w->m.refuse_at = w->m.called + at;
		return true;
	case 3:
		if (!w->xen)
			return false;
		model_xen.fail_at = model_xen.calls + at;
		model_xen.fail_error = errors[fuzz_below(b, 4)];
		return true;
	}
	return false;
}

static void clear_trap(struct fuzz_world *w)
{
	w->m.mem.refuse_at = 0;
	w->m.refuse_at = 0;
	model_xen.fail_at = 0;
}

/* Which errors there may be, and which leave everything as it was. */
static void error_is_known(const struct fuzz_run *run, bool trap,
			   const struct physmap_refusal *why)
{
	const struct fuzz_world *w = run->w;
	const bool good = sound(w, run->fuzz);
	const bool untouched = run->error == -ENOMEM && !why->va;

	if (run->error && (!why->rule || !why->what))
		fuzz_fail("refused with %d and no reason", run->error);
	if (!good) {
		if (run->error != -EINVAL && run->error != -ERANGE)
			fuzz_fail("an unsound request ended with %d", run->error);
	} else if (run->error && !trap &&
		   !(run->error == -EPERM && w->m.xmap.map.live &&
		     w->m.x86.machine.erratum_383)) {
		fuzz_fail("a sound request ended with %d: %s %s", run->error,
			  why->rule, why->what);
	}
	if ((!good || untouched) && !model_same(&run->before, &w->m.mem))
		fuzz_fail("refused with %d and yet something changed",
			  run->error);
}

/* A plan is exactly what is then taken. */
static void plan_was_exact(const struct fuzz_run *run,
			   const struct physmap_plan *plan,
			   const struct physmap_report *report)
{
	const struct fuzz_world *w = run->w;
	const u64 taken = w->m.mem.out - run->before.out;

	if (w->m.bad_release)
		fuzz_fail("a page was given back that was not handed out");
	if (run->error)
		return;
	if (taken != plan->tables)
		fuzz_fail("%llu table pages were planned and %llu are gone",
			  plan->tables, taken);
	if (!report->shape.cleared &&
	    model_tables(&w->m.mem, &w->m.cpu) -
	    model_tables(&run->before, &w->m.cpu) != taken)
		fuzz_fail("of %llu table pages not all are in use", taken);
}

/* Is it sound, and small enough to be built? */
static bool worth_it(struct fuzz_world *w, const struct fuzz_request *f,
		     struct physmap_plan *plan)
{
	*plan = (struct physmap_plan) { };
	return !sound(w, f) ||
	       (!physmap_plan(&w->m.xmap.map, &f->req, plan) &&
		plan->tables <= BUILD_TABLES);
}

/* FUZZ_TELL=1 makes a replay say what is asked for and what comes of it. */
static void tell(const struct fuzz_run *run, const struct physmap_refusal *why)
{
	const struct physmap_request *req = &run->fuzz->req;
	unsigned int i;

	if (!getenv("FUZZ_TELL"))
		return;
	for (i = 0; i < req->nr_ranges; i++)
		fprintf(stderr, "range %#llx-%#llx, outer %#llx-%#llx, leaf levels %#x%s\n",
			req->ranges[i].start, req->ranges[i].end,
			req->ranges[i].outer_start, req->ranges[i].outer_end,
			req->ranges[i].leaf_levels,
			req->ranges[i].source == PHYSMAP_RAM ? "" :
			", firmware's");
	fprintf(stderr, "built attrs %#x, policy %d, flusher %d: %d %s %s\n",
		req->attrs, req->policy, req->flusher, run->error,
		run->error ? why->rule : "", run->error ? why->what : "");
}

static void tell_machine(const struct fuzz_world *w)
{
	const struct physmap_x86_machine *x86 = &w->m.x86.machine;
	unsigned int i;

	if (!getenv("FUZZ_TELL"))
		return;
	fprintf(stderr, "%u levels, %u address bits, nx %d, global %d, erratum 383 %d, C-bit %#llx, %s%s, offset %#llx\n",
		w->m.cpu.levels, x86->pa_bits, x86->nx, x86->global,
		x86->erratum_383, x86->encrypt, w->xen ? "Xen PV" : "native",
		w->m.xmap.map.live ? ", live" : "", w->m.xmap.map.offset);
	for (i = 0; i < MODEL_RAM_RANGES && w->m.ram[i].end; i++)
		fprintf(stderr, "RAM %#llx-%#llx\n", w->m.ram[i].start,
			w->m.ram[i].end);
}

/* Every event on its way to the judge, but for tables as they were. */
static struct judge *the_judge;

static void tell_event(struct physmap_recorder *recorder,
		       const struct physmap_event *e)
{
	if (e->kind != PHYSMAP_EVENT_FOUND)
		fprintf(stderr,
			"%llu: kind %u detail %#x level %u result %d slots %u+%u table %#llx va %#llx value %#llx step %#llx\n",
			(unsigned long long)the_judge->events + 1, e->kind,
			e->detail, e->level, e->result,
			e->index, e->count, e->table, e->va, e->value, e->step);
	the_judge->recorder.event(&the_judge->recorder, e);
}

static int build(struct fuzz_world *w, const struct fuzz_request *f, bool trap)
{
	struct physmap_map *map = &w->m.xmap.map;
	struct physmap_report report = { };
	struct physmap_refusal why;
	struct physmap_plan plan;
	struct fuzz_run run = { .w = w, .fuzz = f };

	if (!worth_it(w, f, &plan)) {
		clear_trap(w);
		return 0;
	}
	model_copy(&run.before, &w->m.mem);
	run.error = physmap_build(map, &f->req, &report, &why);
	clear_trap(w);
	tell(&run, &why);
	error_is_known(&run, trap, &why);
	plan_was_exact(&run, &plan, &report);
	look_around(&run);
	if (f->req.flusher == PHYSMAP_CALLER_FLUSHES)
		map->hooks->flush(map, &why);
	model_free(&run.before);
	return run.error;
}

/* What was refused on the way is completed by asking again. */
static void ask(struct fuzz_world *w, struct fuzz_bytes *b)
{
	struct fuzz_request f;
	bool trap;

	fuzz_world_request(w, b, &f);
	trap = set_trap(w, b);
	if (build(w, &f, trap) && trap)
		build(w, &f, false);
}

static struct judge_machine judged_as(const struct fuzz_world *w,
				      unsigned int choice)
{
	const struct physmap_x86_machine *x86 = &w->m.x86.machine;
	struct judge_machine machine;

	judge_machine_x86(&machine, w->m.cpu.levels);
	machine.pa_bits = x86->pa_bits;
	machine.cpus = 1 + (choice & 1);
	machine.encrypt = x86->encrypt;
	machine.nx = x86->nx;
	machine.pse = x86->pse;
	machine.gbpages = x86->gbpages;
	machine.pge = x86->global;
	machine.pcid = choice & 2 && x86->global && w->m.cpu.levels > 3;
	machine.erratum_383 = x86->erratum_383;
	machine.itlb_multihit = choice & 4 && !x86->erratum_383;
	machine.xen = w->xen;
	return machine;
}

static void start_judge(struct judge *j, struct fuzz_world *w,
			const struct judge_machine *machine)
{
	static struct physmap_recorder teller = { tell_event };

	judge_start(j, machine);
	the_judge = j;
	w->m.xmap.map.recorder = getenv("FUZZ_TELL") ? &teller : &j->recorder;
	physmap_record_tables(&w->m.xmap.map);
}

static void end_judge(struct judge *j)
{
	judge_finish(j);
	if (j->violations)
		fuzz_fail("event %llu, address %#llx: %s: %s",
			  (unsigned long long)j->first.number, j->first.va,
			  j->first.rule, j->first.text);
	judge_stop(j);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct fuzz_world w;
	struct fuzz_bytes b = { data, size };
	struct judge_machine machine;
	struct judge j;
	unsigned int n;

	fuzz_world_machine(&w, &b);
	fuzz_world_tables(&w, &b);
	machine = judged_as(&w, fuzz_number(&b, 1));
	tell_machine(&w);
	start_judge(&j, &w, &machine);
	for (n = 0; n < REQUESTS && (b.left || !n); n++)
		ask(&w, &b);
	end_judge(&j);
	fuzz_world_stop(&w);
	return 0;
}
