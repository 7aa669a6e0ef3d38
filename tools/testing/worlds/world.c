// SPDX-License-Identifier: GPL-2.0-only
/*
 * Worlds: set up machine, judge and specification alike, let the engine
 * build, and look at all that there is to be said of it: error, memory, plan,
 * events. A request that was refused half-way is made again and must then
 * come to the same as if nothing had happened.
 */
#include <errno.h>
#include <linux/container_of.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "judge_xen.h"
#include "world.h"

/* Far from what is mapped, so that tables never map themselves. */
#define TABLES_FROM	(512 * GB)
#define TABLES_FROM_32	(3 * GB)
#define XEN_TABLES_FROM	MB
/* Where the top bits of an address lie apart, and no RAM is. */
#define TABLES_FROM_52	(5ULL << 48)

/* Keeps the first thing that was found. */
void world_fail(struct world *w, const char *rule, const char *fmt, ...)
{
	va_list args;

	if (w->failed)
		return;
	w->failed = true;
	snprintf(w->rule, sizeof(w->rule), "%s", rule);
	va_start(args, fmt);
	vsnprintf(w->text, sizeof(w->text), fmt, args);
	va_end(args);
}

/* RAM */

static struct world *world_of(struct physmap_map *map)
{
	return container_of(map, struct world, m.xmap.map);
}

static u64 ram_in(const struct world *w, u64 start, u64 end)
{
	u64 n = 0;
	unsigned int i;

	if (!w->nr_ram)
		return end - start;
	for (i = 0; i < w->nr_ram; i++) {
		const u64 lo = start > w->ram[i].start ? start : w->ram[i].start;
		const u64 hi = end < w->ram[i].end ? end : w->ram[i].end;

		n += lo < hi ? hi - lo : 0;
	}
	return n;
}

static bool is_ram(struct physmap_map *map, u64 start, u64 end)
{
	return ram_in(world_of(map), start, end) == end - start;
}

static bool stays(void *context, u64 start, u64 end)
{
	const struct world *w = context;

	return w->spec.arm64 || w->after_boot || ram_in(w, start, end);
}

static bool runs_code(void *context, u64 pa)
{
	const struct world *w = context;

	return pa >= w->m.code_start && pa < w->m.code_end;
}

static bool keep_tail(struct physmap_map *map, u64 start, u64 end)
{
	return stays(world_of(map), start, end);
}

void world_ram(struct world *w, u64 start, u64 end)
{
	w->ram[w->nr_ram].start = start;
	w->ram[w->nr_ram++].end = end;
}

/* Ascending, as a geometry wants them. */
void world_cut(struct world *w, u64 pa)
{
	struct physmap_geometry *geo = w->spec.arm64 ? &w->a.arm64.geo :
						       &w->m.x86.geo;
	unsigned int i = geo->nr_cuts++;

	for (; i && w->cuts[i - 1] > pa; i--)
		w->cuts[i] = w->cuts[i - 1];
	w->cuts[i] = pa;
	memcpy(geo->cuts, w->cuts, sizeof(w->cuts));
	w->spec.nr_cuts = geo->nr_cuts;
}

/* Xen's side of it */

static bool has_frame(void *context, u64 pa)
{
	return model_xen_mfn(pa >> 12) != MODEL_NO_MFN;
}

static bool read_only(void *context, u64 pa)
{
	return pa >> 12 >= model_xen.read_only_from &&
	       pa >> 12 < model_xen.read_only_to;
}

static u64 guest_mfn(void *context, u64 pfn)
{
	return model_xen_mfn(pfn);
}

/* Setting up */

static void shrink_geometry(struct world *w, const struct world_tiny *tiny)
{
	struct physmap_geometry *geo = &w->m.x86.geo;
	struct physmap_map *map = &w->m.xmap.map;
	unsigned int level, shift = 12;

	for (level = 0; level < SPEC_LEVELS && tiny->bits[level]; level++) {
		geo->level[level].shift = shift;
		geo->level[level].bits = tiny->bits[level];
		shift += tiny->bits[level];
	}
	geo->levels = level;
	map->va_limit = map->offset + (1ULL << shift);
	map->offset += tiny->offset;
	map->va_start = map->offset;
}

static void describe_arm64(struct world *w,
			   const struct physmap_arm64_machine *arm64)
{
	/* By granule: leaves of a group, as powers of two (ARM-CONT-1). */
	static const unsigned int groups[][2] = { { 4, 4 }, { 7, 5 }, { 5, 5 } };
	const unsigned int granule = (arm64->page_shift - 12) / 2;
	struct spec_machine *s = &w->spec;
	unsigned int shift = arm64->page_shift;

	*s = (struct spec_machine) {
		.arm64 = true,
		.lpa2 = arm64->lpa2,
		.el2 = arm64->regime == PHYSMAP_ARM64_EL2,
		.group = { groups[granule][0], groups[granule][1] },
		.entry_size = 8,
		.nx = true,
		.global = true,
		.no_resize = arm64->bbm < 3,
		.leaf_levels = granule ? S2M : S1G,
		.cuts = w->cuts,
		.root = w->m.map.root,
		.offset = w->m.map.offset,
		.va_limit = w->m.map.va_limit,
		.stays = stays,
		.context = w,
	};
	for (; shift < arm64->va_bits; s->levels++) {
		const unsigned int left = arm64->va_bits - shift;

		s->shift[s->levels] = shift;
		s->bits[s->levels] = left < arm64->page_shift - 3 ?
				     left : arm64->page_shift - 3;
		shift += s->bits[s->levels];
	}
}

/* The specification's own idea of the processor. */
static void describe(struct world *w, const struct world_config *config)
{
	static const unsigned int levels[] = {
		[PHYSMAP_X86_LEGACY] = 2, [PHYSMAP_X86_PAE] = 3,
		[PHYSMAP_X86_4LEVEL] = 4, [PHYSMAP_X86_5LEVEL] = 5,
	};
	const struct physmap_x86_machine *x86 = &config->x86;
	const bool legacy = x86->paging == PHYSMAP_X86_LEGACY;
	struct spec_machine *s = &w->spec;
	unsigned int i, shift = 12;

	*s = (struct spec_machine) {
		.levels = levels[x86->paging],
		.entry_size = legacy ? 4 : 8,
		.encrypt = x86->encrypt,
		.nx = x86->nx,
		.global = x86->global,
		.no_resize = x86->erratum_383,
		.xen = config->xen,
		.leaf_levels = S4K | (x86->pse ? S2M : 0) |
			       (x86->gbpages ? PHYSMAP_LEVEL(2) : 0),
		.cuts = w->cuts,
		.root = w->m.xmap.map.root,
		.offset = w->m.xmap.map.offset,
		.va_limit = w->m.xmap.map.va_limit,
		.stays = stays,
		.runs_code = runs_code,
		.context = w,
	};
	for (i = 0; i < SPEC_LEVELS; i++) {
		s->bits[i] = legacy ? 10 : 9;
		if (s->levels == 3 && i == 2)
			s->bits[i] = 2;
		if (config->tiny && config->tiny->bits[i]) {
			s->bits[i] = config->tiny->bits[i];
			s->levels = i + 1;
		}
		s->shift[i] = shift;
		shift += s->bits[i];
	}
	if (config->xen) {
		s->pfn = model_xen_pfn;
		s->has_frame = has_frame;
		s->read_only = read_only;
	}
}

static void seat_judge_arm64(struct world *w, const struct world_config *config)
{
	const struct physmap_arm64_machine *arm64 = config->arm64;
	struct judge_machine machine;

	judge_machine_arm64(&machine, arm64->page_shift, arm64->va_bits);
	machine.pa_bits = arm64->pa_bits;
	machine.lpa2 = arm64->lpa2;
	machine.el2 = w->spec.el2;
	machine.pcid = !w->spec.el2;
	machine.bbm = arm64->bbm;
	machine.cpus = config->cpus;
	judge_start(&w->judge, &machine);
}

static void seat_judge(struct world *w, const struct world_config *config)
{
	static const struct judge_xen_guest guest = { .mfn = guest_mfn };
	const struct physmap_x86_machine *x86 = &config->x86;
	struct judge_machine machine;
	unsigned int i;

	judge_machine_x86(&machine, w->spec.levels);
	for (i = 0; i < w->spec.levels; i++) {
		machine.level[i].shift = w->spec.shift[i];
		machine.level[i].bits = w->spec.bits[i];
	}
	machine.entry_size = w->spec.entry_size;
	machine.pa_bits = x86->pa_bits;
	machine.cpus = config->cpus;
	machine.encrypt = x86->encrypt;
	machine.nx = x86->nx;
	machine.pse = x86->pse;
	machine.gbpages = x86->gbpages;
	machine.pge = x86->global;
	machine.pcid = config->pcid;
	machine.erratum_383 = x86->erratum_383;
	machine.itlb_multihit = !x86->erratum_383;
	machine.xen = config->xen;
	judge_start(&w->judge, &machine);
	if (config->xen)
		judge_xen_guest(&w->judge, &guest);
}

/* Linux clears nothing there, so that what is beyond a request stays. */
static void start_arm64(struct world *w, const struct world_config *config)
{
	w->tables_from = config->arm64->pa_bits > 48 ? TABLES_FROM_52 :
						       TABLES_FROM;
	model_arm64_start(&w->a, config->arm64, config->ram_start,
			  w->tables_from);
	w->m.map.live = config->live;
	w->m.hooks.ram = is_ram;
	w->m.hooks.tails_stay = true;
	describe_arm64(w, config->arm64);
	seat_judge_arm64(w, config);
}

/* A machine with no tables but its root, or with those of Xen's. */
void world_start(struct world *w, const struct world_config *config)
{
	const struct physmap_x86_machine *x86 = &config->x86;

	*w = (struct world) { };
	if (config->arm64) {
		start_arm64(w, config);
		return;
	}
	w->tables_from = config->xen ? XEN_TABLES_FROM :
			 x86->pa_bits > 39 ? TABLES_FROM : TABLES_FROM_32;
	if (config->xen) {
		model_xen_start_as(&w->m, x86, config->xen->mapped_pfns,
				   w->tables_from, &config->xen->boot);
		w->m.code_start = config->xen->code_start;
		w->m.code_end = config->xen->code_end;
	} else {
		model_start(&w->m, x86, w->tables_from);
		w->m.xmap.map.live = config->live;
	}
	w->m.hooks.ram = is_ram;
	w->m.hooks.keep_tail = keep_tail;
	if (config->tiny)
		shrink_geometry(w, config->tiny);
	describe(w, config);
	seat_judge(w, config);
}

void world_stop(struct world *w)
{
	judge_stop(&w->judge);
	model_free(&w->before);
	model_stop(&w->m);
}

/* The same machine once more, with nothing in its tables; not for Xen. */
void world_empty(struct world *w)
{
	u64 root;

	model_reset(&w->m.mem, w->tables_from);
	model_alloc(&w->m.mem, &root);
	w->m.xmap.map.flush_owed = false;
	w->m.xmap.map.recorder = NULL;
	w->over = false;
	w->failed = false;
}

static bool put_arm64(struct world *w, u64 va, unsigned int level, u64 raw)
{
	u64 *slot = model_arm64_slot(&w->a, va, level);

	if (!slot || *slot)
		return false;
	*slot = raw;
	return true;
}

static bool put_x86(struct world *w, u64 va, unsigned int level, u64 raw)
{
	const struct spec_machine *s = &w->spec;
	const bool pae = s->levels == 3 && s->bits[2] == 2;
	unsigned int l = s->levels - 1;
	u64 table = s->root;

	for (;; l--) {
		const unsigned int i = va >> s->shift[l] &
				       ((1u << s->bits[l]) - 1);
		void *page = model_page(&w->m.mem, table);
		u64 *slot = (u64 *)page + i;
		u32 *small = (u32 *)page + i;
		u64 old = s->entry_size == 4 ? *small : *slot;
		u64 new = raw;

		if (l == level ? old != 0 :
		    old && (!(old & SPEC_P) || (old & SPEC_PS)))
			return false;
		if (l != level && !old) {
			model_alloc(&w->m.mem, &new);
			old = new;
			new |= SPEC_P | s->encrypt |
			       (pae && l == 2 ? 0 :
				SPEC_RW | SPEC_A | SPEC_D);
		} else if (l != level) {
			new = old;
		}
		if (s->entry_size == 4)
			*small = new;
		else
			*slot = new;
		if (l == level)
			return true;
		table = old & SPEC_FRAME & ~s->encrypt;
	}
}

/*
 * Puts an entry into tables, as somebody before the engine would; false if
 * there is something in its way.
 */
bool world_put(struct world *w, u64 va, unsigned int level, u64 raw)
{
	return w->spec.arm64 ? put_arm64(w, va, level, raw) :
			       put_x86(w, va, level, raw);
}

/* The tables are as they are: now the judge looks. */
void world_look(struct world *w)
{
	w->m.mem.asked = 0;
	w->m.mem.out = 0;
	w->judge.violations = 0;
	w->judge.build = (struct physmap_event) { };
	w->m.xmap.map.recorder = &w->judge.recorder;
	physmap_record_tables(&w->m.xmap.map);
}

/* Asking */

static void set_trap(struct world *w, const struct world_trap *trap)
{
	w->m.mem.refuse_at = trap->what == TRAP_PAGE ? trap->at : 0;
	w->m.refuse_at = trap->what == TRAP_HOOK ? trap->at : 0;
	model_xen.fail_at = trap->what == TRAP_HYPERCALL ? trap->at : 0;
	model_xen.fail_error = -ENOMEM;
	w->m.mem.asked = 0;
	w->m.called = 0;
	model_xen.calls = 0;
}

static void clear_trap(struct world *w)
{
	w->calls[TRAP_PAGE] = w->m.mem.asked;
	w->calls[TRAP_HOOK] = w->m.called;
	w->calls[TRAP_HYPERCALL] = model_xen.calls;
	w->m.mem.refuse_at = 0;
	w->m.refuse_at = 0;
	model_xen.fail_at = 0;
}

static void hear_judge(struct world *w)
{
	if (w->judge.violations)
		world_fail(w, w->judge.first.rule, "event %llu, address %#llx: %s",
			   (unsigned long long)w->judge.first.number,
			   (unsigned long long)w->judge.first.va,
			   w->judge.first.text);
	if (w->m.bad_release)
		world_fail(w, "PLAN", "a page was given back that was not handed out");
}

static int build(struct world *w, const struct physmap_request *req)
{
	int err;

	w->m.events = 0;
	w->builds++;
	memset(&w->report, 0, sizeof(w->report));
	err = physmap_build(&w->m.xmap.map, req, &w->report, &w->why);
	hear_judge(w);
	if (err && (!w->why.rule || !w->why.what))
		world_fail(w, "REFUSAL", "refused with %d and no reason", err);
	return err;
}

/* A plan is exact, and a table page that was taken is in use. */
static void check_plan(struct world *w, u64 planned, u64 out, u64 tables)
{
	const u64 taken = w->m.mem.out - out;

	if (taken != planned || w->report.tables_used != planned)
		world_fail(w, "PLAN", "%llu table pages were planned, %llu taken, %llu reported",
			   (unsigned long long)planned,
			   (unsigned long long)taken,
			   (unsigned long long)w->report.tables_used);
	if (!w->report.shape.cleared &&
	    spec_tables(&w->spec, &w->m.mem) - tables != taken)
		world_fail(w, "PLAN", "%llu table pages were taken, %llu are in use",
			   (unsigned long long)taken,
			   (unsigned long long)(spec_tables(&w->spec, &w->m.mem) -
						tables));
}

static void check_complete(struct world *w, struct spec *spec)
{
	spec->tables_to = w->m.mem.next;
	if (!spec_complete(spec, &w->m.mem))
		world_fail(w, "SPEC", "%s", spec->text);
}

static void check_stopped(struct world *w, struct spec *spec)
{
	spec->tables_to = w->m.mem.next;
	if (!spec_stopped(spec, &w->m.mem))
		world_fail(w, "SPEC", "stopped: %s", spec->text);
}

static void unexpected(struct world *w, int err, const char *when)
{
	world_fail(w, "REFUSAL", "%s: ended with %d: %s %s", when, err,
		   err ? w->why.rule : "", err ? w->why.what : "");
}

/* A leaf would have to be split that must not be: there is a rule for that. */
static bool names_the_rule(struct world *w)
{
	static const char * const arm64[] = {
		"ARM-BBM-2", "ARM-BBM-6", "ARM-CONT-1",
	};
	unsigned int i;

	if (!w->spec.arm64)
		return !strcmp(w->why.rule, "X86-ERR-2");
	for (i = 0; i < 3; i++)
		if (!strcmp(w->why.rule, arm64[i]))
			return true;
	return false;
}

/* A build that nothing disturbs. */
static void ask_plainly(struct world *w, struct spec *spec, u64 planned,
			bool again)
{
	const u64 out = w->m.mem.out;
	const u64 tables = again ? 0 : spec_tables(&w->spec, &w->m.mem);
	int err = build(w, spec->req);

	if (spec_forbids(spec, w->m.map.live)) {
		if (err != -EPERM || !names_the_rule(w))
			unexpected(w, err, "a leaf would be split that must not be (X86-ERR-2, ARM-BBM-2, ARM-CONT-1)");
		check_stopped(w, spec);
		w->over = true;
		return;
	}
	if (err)
		unexpected(w, err, again ? "asked again" : "not disturbed");
	if (w->failed)
		return;
	check_complete(w, spec);
	if (!again)
		check_plan(w, planned, out, tables);
}

/* What a trap comes to: nothing has changed, or it has been stopped. */
static int ask_disturbed(struct world *w, struct spec *spec,
			 const struct world_trap *trap)
{
	int err;

	set_trap(w, trap);
	err = build(w, spec->req);
	clear_trap(w);
	w->trapped = w->calls[trap->what] >= trap->at;
	if (!w->trapped) {
		w->over = err;
		return err;
	}
	if (!err) {
		unexpected(w, err, "something was refused");
	} else if (trap->what == TRAP_PAGE) {
		if (err != -ENOMEM)
			unexpected(w, err, "out of memory");
		if (!model_same(&w->before, &w->m.mem))
			world_fail(w, "MEMORY", "out of memory, and yet something was changed");
		if (w->m.mem.out != w->before.out)
			world_fail(w, "MEMORY", "out of memory, and pages were not given back");
	} else {
		check_stopped(w, spec);
	}
	return err;
}

static struct spec begin(struct world *w, const struct physmap_request *req,
			 u64 *planned)
{
	const struct spec spec = {
		.machine = &w->spec,
		.before = &w->before,
		.req = req,
		.tables_from = w->tables_from,
	};
	struct physmap_refusal why;
	struct physmap_plan plan;

	w->trapped = false;
	if (physmap_check(&w->m.xmap.map, req, &why))
		world_fail(w, why.rule, "the request was refused: %s", why.what);
	else
		physmap_plan(&w->m.xmap.map, req, &plan);
	*planned = plan.tables;
	model_copy_over(&w->before, &w->m.mem);
	return spec;
}

/*
 * Makes a sound request, with a trap set or NULL. If the trap was met it is
 * made a second time, and must then come to what it should have at once.
 */
int world_ask(struct world *w, const struct physmap_request *req,
	      const struct world_trap *trap)
{
	static const struct world_trap none;
	u64 planned;
	struct spec spec = begin(w, req, &planned);

	if (w->failed)
		return -EINVAL;
	if (trap && trap->at) {
		ask_disturbed(w, &spec, trap);
		if (!w->trapped || w->failed)
			return 0;
		ask_plainly(w, &spec, planned, true);
		return 0;
	}
	set_trap(w, &none);
	ask_plainly(w, &spec, planned, false);
	clear_trap(w);
	return 0;
}

/* The same, but what was refused is left as it stands. */
int world_ask_half(struct world *w, const struct physmap_request *req,
		   const struct world_trap *trap)
{
	u64 planned;
	struct spec spec = begin(w, req, &planned);

	if (w->failed)
		return -EINVAL;
	return ask_disturbed(w, &spec, trap);
}
