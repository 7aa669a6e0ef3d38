// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Xen PV model: p2m, page types, hypercalls. Knows Xen's rules, not
 * ours; errors are those that the real one returns.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include "hypervisor.h"

#define P		0x1ULL
#define RW		0x2ULL
#define USER		0x4ULL
#define A		0x20ULL
#define D		0x40ULL
#define GLOBAL		0x100ULL
#define AVAIL		0xe00ULL
#define KERNEL_MARK	(1ULL << 52)
#define AVAIL_HIGH	(0x7ffULL << 52)
#define NX		(1ULL << 63)
#define FRAME		0x000ffffffffff000ULL

#define ENTRIES		512
/* Machine frames never have the number that the guest knows them by. */
#define FIRST_MFN	0x1000000ULL
#define FRAMES		0x8000ULL

struct frame {
	enum model_type type;
	unsigned int count;
	bool pinned;
	bool gone;	/* taken from the guest */
};

struct model_xen model_xen;
static struct model_machine *guest;
static struct frame frames[FRAMES];

/* Where things are */

static bool has_pfn(u64 pfn)
{
	return pfn < MODEL_LOW_PFNS ||
	       (pfn >= MODEL_HIGH_PFN &&
		pfn < MODEL_HIGH_PFN + MODEL_HIGH_PFNS);
}

/* An odd factor scatters neighbours all over and hits nothing twice. */
u64 model_xen_mfn(u64 pfn)
{
	const u64 n = pfn < MODEL_LOW_PFNS ? pfn :
		      pfn - MODEL_HIGH_PFN + MODEL_LOW_PFNS;
	const u64 slot = n * 7919 % FRAMES;

	return has_pfn(pfn) && !frames[slot].gone ? FIRST_MFN + slot :
						    MODEL_NO_MFN;
}

static u64 pfn_of(u64 mfn)
{
	/* 7919 * 20495 is 1 modulo FRAMES. */
	const u64 n = (mfn - FIRST_MFN) * 20495 % FRAMES;

	return n < MODEL_LOW_PFNS ? n : n - MODEL_LOW_PFNS + MODEL_HIGH_PFN;
}

static struct frame *frame_of(u64 mfn)
{
	if (mfn < FIRST_MFN || mfn >= FIRST_MFN + FRAMES ||
	    !has_pfn(pfn_of(mfn)) || frames[mfn - FIRST_MFN].gone)
		return NULL;
	return &frames[mfn - FIRST_MFN];
}

static u64 *table_of(u64 mfn)
{
	return model_page(&guest->mem, pfn_of(mfn) << 12);
}

/* Page types (XENPV-1, -2, -3, -7) */

static int get_type(u64 mfn, enum model_type type);
static void put_type(u64 mfn);

static bool bad_flags(enum model_type type, u64 e)
{
	u64 allowed = P | RW | USER | A | D | AVAIL | AVAIL_HIGH | FRAME;

	if (guest->x86.machine.nx)
		allowed |= NX;
	if (type == MODEL_TYPE_L1)
		allowed |= GLOBAL;	/* XENPV-14, without I/O rights */
	return e & ~allowed;
}

static int get_entry(enum model_type type, u64 e)
{
	const u64 mfn = (e & FRAME) >> 12;

	if (!(e & P))
		return e & FRAME ? -EINVAL : 0;	/* XENPV-20 */
	if (bad_flags(type, e) || !frame_of(mfn))
		return -EINVAL;
	if (type != MODEL_TYPE_L1)
		return get_type(mfn, type - 1);
	return e & RW ? get_type(mfn, MODEL_TYPE_WRITABLE) : 0;
}

static void put_entry(enum model_type type, u64 e)
{
	if ((e & P) && (type != MODEL_TYPE_L1 || (e & RW)))
		put_type((e & FRAME) >> 12);
}

/* Xen does not store what it is given (XENPV-15). */
static u64 edit(enum model_type type, u64 e)
{
	if (!(e & P))
		return e;
	if (type != MODEL_TYPE_L1)
		return e | USER | (type == MODEL_TYPE_L4 ? A : 0);
	if (!(e & USER))
		e |= USER | KERNEL_MARK;
	if (!(e & KERNEL_MARK))
		e |= GLOBAL;
	else if (e & GLOBAL)
		model_xen.warnings++;
	return e;
}

static bool xens_own(enum model_type type, unsigned int i)
{
	return type == MODEL_TYPE_L4 && i >= 256 && i <= 271;
}

static int validate(u64 mfn, enum model_type type)
{
	u64 *table = table_of(mfn);
	unsigned int i;

	for (i = 0; i < ENTRIES; i++) {
		int err = xens_own(type, i) ? 0 : get_entry(type, table[i]);

		if (err) {
			while (i--)
				if (!xens_own(type, i))
					put_entry(type, table[i]);
			return err;
		}
		table[i] = edit(type, table[i]);
	}
	return 0;
}

static int get_type(u64 mfn, enum model_type type)
{
	struct frame *f = frame_of(mfn);
	int err;

	if (!f)
		return -EINVAL;
	if (f->count && f->type != type)
		return type == MODEL_TYPE_WRITABLE ? -EBUSY : -EINVAL;
	f->type = type;
	if (f->count++ || type == MODEL_TYPE_WRITABLE)
		return 0;
	err = validate(mfn, type);
	if (err)
		f->count = 0;
	/* A writable mapping inside of what becomes a table: bad type. */
	return err == -EBUSY ? -EINVAL : err;
}

static void put_type(u64 mfn)
{
	struct frame *f = frame_of(mfn);
	unsigned int i;

	if (--f->count || f->type == MODEL_TYPE_WRITABLE)
		return;
	for (i = 0; i < ENTRIES; i++)
		if (!xens_own(f->type, i))
			put_entry(f->type, table_of(mfn)[i]);
}

/* Changing an entry of a table in use (XENPV-21) */

static int change(u64 mfn, enum model_type type, unsigned int i, u64 val)
{
	const u64 cheap = NX | AVAIL | AVAIL_HIGH | GLOBAL | A | D | USER;
	u64 *slot = &table_of(mfn)[i];
	const u64 old = *slot;
	int err;

	if (xens_own(type, i))
		return -EINVAL;
	if ((val & P) && (old & P) && !((val ^ old) & ~cheap)) {
		if (bad_flags(type, val))
			return -EINVAL;
		*slot = edit(type, val);
		return 0;
	}
	err = get_entry(type, val);
	if (err)
		return err;
	*slot = edit(type, val);
	put_entry(type, old);
	return 0;
}

/* Hypercalls */

static bool fails(void)
{
	return ++model_xen.calls == model_xen.fail_at;
}

static int update_one(const struct physmap_xen_update *u)
{
	const u64 mfn = u->ptr >> 12;
	struct frame *f = frame_of(mfn);
	const unsigned int i = (u->ptr & 0xfff) / sizeof(u64);
	const struct model_event e = {
		.kind = MODEL_XEN_UPDATE,
		.level = f ? f->type - 1 : 0,
		.table = f ? pfn_of(mfn) << 12 : 0,
		.index = i,
		.count = 1,
		.first = u->val,
		.child = (u->val & P) ? pfn_of((u->val & FRAME) >> 12) << 12 : 0,
	};

	model_record(guest, &e);
	if (u->ptr & 7)
		return -ENOSYS;		/* no sub-command is modelled */
	if (!f)
		return -EINVAL;
	if (f->count && f->type != MODEL_TYPE_WRITABLE)
		return change(mfn, f->type, i, u->val);
	table_of(mfn)[i] = u->val;	/* XENPV-23: no checks at all */
	return 0;
}

/* A call that is to fail does half of its work first (XENPV-22). */
static int mmu_update(struct physmap_xen_update *list, unsigned int n,
		      unsigned int *done)
{
	const bool fail = fails();
	const unsigned int upto = fail ? n / 2 : n;

	for (*done = 0; *done < upto; ++*done) {
		int err = update_one(&list[*done]);

		if (err)
			return err;
	}
	return fail ? model_xen.fail_error : 0;
}

static int update_va(u64 va, u64 raw)
{
	const struct model_translation t = model_look(guest, va);
	const struct model_event e = {
		.kind = MODEL_XEN_VA,
		.va = va,
		.table = t.table,
		.index = t.index,
		.count = 1,
		.first = raw,
	};

	model_record(guest, &e);
	if (fails())
		return model_xen.fail_error;
	if (t.level)
		return -EINVAL;		/* XENPV-27 */
	return change(model_xen_mfn(t.table >> 12), MODEL_TYPE_L1, t.index, raw);
}

static int pin_l1(u64 mfn)
{
	struct frame *f = frame_of(mfn);
	const struct model_event e = {
		.kind = MODEL_XEN_PIN,
		.table = f ? pfn_of(mfn) << 12 : 0,
	};
	int err;

	model_record(guest, &e);
	if (fails())
		return model_xen.fail_error;
	if (!f || f->pinned)
		return -EINVAL;		/* XENPV-9 */
	err = get_type(mfn, MODEL_TYPE_L1);
	if (!err)
		f->pinned = true;
	return err;
}

static int flush_all(void)
{
	const struct model_event e = { .kind = MODEL_XEN_FLUSH };

	model_record(guest, &e);
	return fails() ? model_xen.fail_error : 0;
}

/* What the guest's kernel does by itself (XENPV-35, -36, -39) */

static u64 to_machine(unsigned int level, bool table, u64 raw)
{
	const u64 pfn = (raw & FRAME) >> 12;
	const u64 mfn = model_xen_mfn(pfn);

	if (!(raw & P))
		return raw;
	if (mfn == MODEL_NO_MFN)
		return 0;
	if (!table && pfn >= model_xen.read_only_from &&
	    pfn < model_xen.read_only_to)
		raw &= ~RW;
	return (raw & ~FRAME) | mfn << 12;
}

static u64 from_machine(u64 raw)
{
	if (!(raw & P))
		return raw;
	return (raw & ~FRAME) | pfn_of((raw & FRAME) >> 12) << 12;
}

static bool wants_pin(void)
{
	return !model_xen.no_pin;
}

static void linked(u64 pfn)
{
	model_xen.linked++;
}

static const struct physmap_xen_calls calls = {
	.to_machine = to_machine,
	.from_machine = from_machine,
	.frame = model_xen_mfn,
	.mmu_update = mmu_update,
	.update_va = update_va,
	.pin_l1 = pin_l1,
	.flush_all = flush_all,
	.wants_pin = wants_pin,
	.linked = linked,
};

static const struct physmap_hooks xen_backend = {
	.write = physmap_xen_write,
	.protect = physmap_xen_protect,
	.link = physmap_xen_link,
	.flush = physmap_xen_flush,
};

/* Start of day (XENPV-40, -41, -43) */

static void point(u64 table, unsigned int i, u64 pfn, u64 flags)
{
	u64 *slot = model_page(&guest->mem, table);

	slot[i] = model_xen_mfn(pfn) << 12 | flags;
}

static u64 start_table(void)
{
	u64 pa;

	model_alloc(&guest->mem, &pa);
	return pa;
}

/* The domain builder's direct map: 4K, RW, its tables read-only. */
static void start_map(struct physmap_map *map, u64 pfns)
{
	const u64 first_table = map->root >> 12;
	const u64 l3 = start_table(), l2 = start_table();
	const u64 tables = 3 + (pfns + ENTRIES - 1) / ENTRIES;
	u64 l1 = 0, pfn;

	point(map->root, map->offset >> 39 & 511, l3 >> 12, P | RW | A);
	point(l3, map->offset >> 30 & 511, l2 >> 12, P | RW | A);
	for (pfn = 0; pfn < pfns; pfn++) {
		const bool table = pfn >= first_table &&
				   pfn < first_table + tables;

		if (!(pfn % ENTRIES)) {
			l1 = start_table();
			point(l2, pfn / ENTRIES, l1 >> 12, P | RW | A);
		}
		point(l1, pfn % ENTRIES, pfn, P | (table ? 0 : RW) | A | D);
	}
}

/* A guest as dom0 finds itself; its first @mapped_pfns pages are mapped. */
void model_xen_start(struct model_machine *m,
		     const struct physmap_x86_machine *x86, u64 mapped_pfns,
		     u64 tables_from)
{
	struct physmap_map *map = &m->xmap.map;

	model_start(m, x86, tables_from);
	memset(frames, 0, sizeof(frames));
	model_xen = (struct model_xen) { };
	guest = m;
	m->cpu.frame = pfn_of;
	m->backend = &xen_backend;
	m->hooks.name = "model-xen";
	m->hooks.leaf_levels = PHYSMAP_LEVEL(0);
	m->hooks.final_unlinked = true;
	m->hooks.tables_read_only = true;
	m->hooks.canonical = physmap_xen_canonical;
	m->xmap.xen.calls = &calls;
	map->live = true;
	start_map(map, mapped_pfns);
	if (get_type(model_xen_mfn(map->root >> 12), MODEL_TYPE_L4))
		__builtin_trap();
	m->mem.asked = 0;
	m->mem.out = 0;
}

/* Takes the frame of a pfn away from the guest. */
void model_xen_balloon(u64 pfn)
{
	const u64 mfn = model_xen_mfn(pfn);

	if (mfn != MODEL_NO_MFN)
		frames[mfn - FIRST_MFN].gone = true;
}

/* What Xen thinks of a page of the guest. */
enum model_type model_xen_type(u64 pfn, unsigned int *count, bool *pinned)
{
	const struct frame *f = frame_of(model_xen_mfn(pfn));

	*count = f ? f->count : 0;
	*pinned = f && f->pinned;
	return f && f->count ? f->type : MODEL_TYPE_NONE;
}

/* Another part of the guest maps something by update_va_mapping. */
int model_xen_map(u64 va, u64 raw)
{
	return update_va(va, to_machine(0, false, raw));
}
