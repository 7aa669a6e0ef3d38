// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simulated machine. Its hooks write down what is to be done, refuse if it
 * is time for that, and otherwise let the backend under test do it.
 */
#include <errno.h>
#include <stdlib.h>
#include <linux/container_of.h>
#include <physmap/event.h>
#include "machine.h"

static struct model_machine *machine_of(struct physmap_map *map)
{
	return container_of(map, struct model_machine, map);
}

/* Notes an event that is about to happen. */
void model_record(struct model_machine *m, const struct model_event *e)
{
	/* Grows to the next power of two. */
	if (!(m->events & (m->events - 1)))
		m->event = realloc(m->event, (m->events ? m->events * 2 : 1) *
					     sizeof(*e));
	m->event[m->events++] = *e;
	if (m->before)
		m->before(m, e);
}

static bool refuses(struct model_machine *m, struct physmap_refusal *why)
{
	if (++m->called != m->refuse_at)
		return false;
	why->rule = "MODEL";
	why->what = "the model was told to refuse";
	return true;
}

static void *look(struct physmap_map *map, u64 table)
{
	struct model_machine *m = machine_of(map);

	m->reads++;
	return model_page(&m->mem, table);
}

static u64 same(struct physmap_map *map, u64 raw)
{
	return raw;
}

#define AT_A_TIME	3

/* Present to any architecture, so that a walk would go on with it. */
static int alloc_one(struct model_memory *mem, u64 *pa)
{
	const int err = model_alloc(mem, pa);
	u64 *word, i;

	if (err)
		return err;
	word = model_page(mem, *pa);
	for (i = 0; i < mem->page / sizeof(*word); i++)
		word[i] = MODEL_GARBAGE | i << 16;
	return 0;
}

/* Fewer where the next one is to be refused: that is said when it is asked for. */
static int alloc(struct physmap_map *map, u64 wanted, u64 *first)
{
	struct model_memory *mem = &machine_of(map)->mem;
	const int err = alloc_one(mem, first);
	u64 next, n = 1;

	if (err)
		return err;
	while (n < AT_A_TIME && n < wanted && mem->asked + 1 != mem->refuse_at &&
	       !alloc_one(mem, &next))
		n++;
	return n;
}

static void release(struct physmap_map *map, u64 table)
{
	struct model_machine *m = machine_of(map);

	if (!model_release(&m->mem, table))
		m->bad_release++;
}

/* Bytes of [start, end) that are RAM. */
static u64 ram_in(struct model_machine *m, u64 start, u64 end)
{
	u64 n = 0;
	unsigned int i;

	if (!m->ram[0].end)
		return end - start;
	for (i = 0; i < MODEL_RAM_RANGES; i++) {
		const u64 lo = start > m->ram[i].start ? start : m->ram[i].start;
		const u64 hi = end < m->ram[i].end ? end : m->ram[i].end;

		n += lo < hi ? hi - lo : 0;
	}
	return n;
}

static bool is_ram(struct physmap_map *map, u64 start, u64 end)
{
	return ram_in(machine_of(map), start, end) == end - start;
}

static bool keep_tail(struct physmap_map *map, u64 start, u64 end)
{
	return ram_in(machine_of(map), start, end);
}

static bool keeps_exec(struct physmap_map *map, u64 start, u64 end)
{
	return true;
}

static struct model_event run_event(const struct physmap_run *run)
{
	const struct model_event e = {
		.kind = MODEL_WRITE,
		.level = run->level,
		.table = run->table,
		.va = run->va,
		.index = run->index,
		.count = run->count,
		.first = run->first,
		.unlinked = run->unlinked,
	};

	return e;
}

static int write_run(struct physmap_map *map, const struct physmap_run *run,
		     struct physmap_refusal *why)
{
	struct model_machine *m = machine_of(map);
	const struct model_event e = run_event(run);

	model_record(m, &e);
	return refuses(m, why) ? MODEL_REFUSAL : m->backend->write(map, run, why);
}

static int protect(struct physmap_map *map, const struct physmap_run *run,
		   u64 set, u64 clear, struct physmap_refusal *why)
{
	struct model_machine *m = machine_of(map);
	struct model_event e = run_event(run);

	e.kind = MODEL_PROTECT;
	e.set = set;
	e.clear = clear;
	model_record(m, &e);
	return refuses(m, why) ? MODEL_REFUSAL :
	       m->backend->protect(map, run, set, clear, why);
}

static int link_table(struct physmap_map *map, const struct physmap_link *link,
		      struct physmap_refusal *why)
{
	struct model_machine *m = machine_of(map);
	const struct model_event e = {
		.kind = MODEL_LINK,
		.level = link->level,
		.table = link->parent,
		.va = link->va,
		.index = link->index,
		.count = 1,
		.first = link->value,
		.child = link->child,
		.unlinked = link->unlinked,
	};

	model_record(m, &e);
	return refuses(m, why) ? MODEL_REFUSAL : m->backend->link(map, link, why);
}

static int commit(struct physmap_map *map, struct physmap_refusal *why)
{
	return machine_of(map)->backend->commit(map, why);
}

static int flush(struct physmap_map *map, struct physmap_refusal *why)
{
	struct model_machine *m = machine_of(map);
	const struct model_event e = { .kind = MODEL_FLUSH };

	model_record(m, &e);
	return refuses(m, why) ? MODEL_REFUSAL : m->backend->flush(map, why);
}

static struct physmap_cost tick(struct physmap_map *map)
{
	const struct physmap_cost cost = {
		.cycles = ++machine_of(map)->clock,
	};

	return cost;
}

static const char *explain(struct physmap_map *map,
			   enum physmap_question question, u64 start, u64 end)
{
	const char *text = machine_of(map)->reason[question];

	return text ? text : "";
}

static bool alias(struct physmap_map *map, u64 pa, u64 *va)
{
	struct model_machine *m = machine_of(map);

	if (pa < m->alias_start || pa >= m->alias_end)
		return false;
	*va = pa - m->alias_start + m->alias_va;
	return true;
}

/*
 * What Linux's flush functions come down to (X86-TLB-19): INVPCID or a toggle
 * of CR4.PGE, which drop everything, or CR3 where there is no PGE.
 */
static int linux_flush(struct physmap_map *map, struct physmap_refusal *why)
{
	const struct physmap_event e = {
		.kind = PHYSMAP_EVENT_FLUSH,
		.detail = (machine_of(map)->pge ?
			   PHYSMAP_FLUSH_ALL : PHYSMAP_FLUSH_CR3) |
			  PHYSMAP_FLUSH_EVERY_CPU,
	};

	physmap_record(map, &e);
	return 0;
}

static const struct physmap_hooks native = {
	.write = physmap_x86_native_write,
	.protect = physmap_x86_native_protect,
	.link = physmap_x86_native_link,
	.commit = physmap_x86_native_commit,
	.flush = linux_flush,
};

static const struct physmap_hooks model_hooks = {
	.name = "model",
	.leaf_levels = ~0u,
	.table = look,
	.canonical = same,
	.machine = same,
	.alloc = alloc,
	.release = release,
	.ram = is_ram,
	.keep_tail = keep_tail,
	.keeps_exec = keeps_exec,
	.write = write_run,
	.protect = protect,
	.link = link_table,
	.commit = commit,
	.flush = flush,
	.cost = tick,
	.explain = explain,
	.alias = alias,
};

static unsigned int levels_of(enum physmap_x86_paging paging)
{
	static const unsigned int levels[] = {
		[PHYSMAP_X86_LEGACY] = 2, [PHYSMAP_X86_PAE] = 3,
		[PHYSMAP_X86_4LEVEL] = 4, [PHYSMAP_X86_5LEVEL] = 5,
	};

	return levels[paging];
}

/* Where Linux puts the direct map, and how far it goes. */
static void place(struct physmap_map *map, enum physmap_x86_paging paging)
{
	switch (paging) {
	case PHYSMAP_X86_LEGACY:
	case PHYSMAP_X86_PAE:
		map->offset = 0xc0000000;
		map->va_limit = 0xf8000000;
		break;
	case PHYSMAP_X86_4LEVEL:
		map->offset = 0xffff888000000000;
		map->va_limit = 0xffffc88000000000;
		break;
	case PHYSMAP_X86_5LEVEL:
		map->offset = 0xff11000000000000;
		map->va_limit = 0xff91000000000000;
		break;
	}
	map->va_start = map->offset;
}

/*
 * What machines of any architecture begin with: an empty root table. The
 * geometry is looked at, so it is to be settled before; who calls says where
 * the map lies and which backend stores.
 */
void model_start_bare(struct model_machine *m,
		      const struct physmap_geometry *geo, u64 tables_from)
{
	m->hooks = model_hooks;
	m->map.geo = geo;
	m->map.hooks = &m->hooks;
	model_memory_start(&m->mem, physmap_size(geo, 0), tables_from);
	model_alloc(&m->mem, &m->map.root);
	m->mem.asked = 0;
	m->mem.out = 0;
}

/* A native machine with an empty root table, not live yet. */
void model_start(struct model_machine *m, const struct physmap_x86_machine *x86,
		 u64 tables_from)
{
	*m = (struct model_machine) { .backend = &native, .pge = x86->global };
	physmap_x86_geometry(&m->x86, x86);
	model_start_bare(m, &m->x86.geo, tables_from);
	place(&m->map, x86->paging);
	m->cpu = (struct model_cpu) {
		.levels = levels_of(x86->paging),
		.pa_bits = x86->pa_bits,
		.nx = x86->nx,
		.gbpages = x86->gbpages,
		.encrypt = x86->encrypt,
		.root = m->map.root,
	};
}

void model_stop(struct model_machine *m)
{
	model_free(&m->mem);
	free(m->event);
	m->event = NULL;
}

/* What the processor makes of @va now. */
struct model_translation model_look(struct model_machine *m, u64 va)
{
	return model_translate(&m->mem, &m->cpu, va);
}
