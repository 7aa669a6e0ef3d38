// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's side of the Xen PV model: p2m, hypercalls, and how the tables
 * look that the domain builder and then Linux's early boot leave behind. May
 * write the guest's memory; every change to a table in use goes through
 * struct xen_domain, as a real guest's goes through Xen.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include "hypervisor.h"

/* Machine frames never have the number that the guest knows them by. */
#define FIRST_MFN	0x1000000ULL
#define SCATTERED	0x8000ULL
/* The p2m list's frames are neighbours: a large page maps them. */
#define P2M_MFN		(FIRST_MFN + SCATTERED)
#define LAST_MFN	(P2M_MFN + MODEL_P2M_PFNS)
/* The first MiB is I/O to Xen, whatever it is made of. */
#define IO_MFNS		0x100ULL

#define TABLE		(XEN_P | XEN_RW | XEN_USER | XEN_A | XEN_D)

struct model_xen model_xen;
static struct model_machine *guest;
static bool gone[SCATTERED + MODEL_P2M_PFNS];
static struct physmap_xen_update list[PHYSMAP_XEN_LIST];
static struct physmap_xen_slot slot[PHYSMAP_XEN_LIST];
static struct physmap_link table[MODEL_XEN_TABLES];
static u64 frame[MODEL_XEN_TABLES];

/* Where things are */

static bool has_pfn(u64 pfn)
{
	return pfn < MODEL_LOW_PFNS ||
	       (pfn >= MODEL_HIGH_PFN &&
		pfn < MODEL_HIGH_PFN + MODEL_HIGH_PFNS) ||
	       (pfn >= MODEL_P2M_PFN && pfn < MODEL_P2M_PFN + MODEL_P2M_PFNS);
}

/* An odd factor scatters neighbours all over and hits nothing twice. */
static u64 mfn_of(u64 pfn)
{
	const u64 n = pfn < MODEL_LOW_PFNS ? pfn :
		      pfn - MODEL_HIGH_PFN + MODEL_LOW_PFNS;

	if (pfn >= MODEL_P2M_PFN)
		return P2M_MFN + pfn - MODEL_P2M_PFN;
	return FIRST_MFN + n * 7919 % SCATTERED;
}

u64 model_xen_mfn(u64 pfn)
{
	return has_pfn(pfn) && !gone[mfn_of(pfn) - FIRST_MFN] ? mfn_of(pfn) :
								MODEL_NO_MFN;
}

u64 model_xen_pfn(u64 mfn)
{
	/* 7919 * 20495 is 1 modulo SCATTERED. */
	const u64 n = (mfn - FIRST_MFN) * 20495 % SCATTERED;

	if (mfn >= P2M_MFN)
		return mfn - P2M_MFN + MODEL_P2M_PFN;
	return n < MODEL_LOW_PFNS ? n : n - MODEL_LOW_PFNS + MODEL_HIGH_PFN;
}

static bool is_guests(u64 mfn)
{
	return mfn >= FIRST_MFN && mfn < LAST_MFN && has_pfn(model_xen_pfn(mfn));
}

/* The machine, as Xen sees it */

static u64 load(void *context, u64 mfn, unsigned int index)
{
	return ((u64 *)model_page(&guest->mem, model_xen_pfn(mfn) << 12))[index];
}

static bool store(void *context, u64 mfn, unsigned int index, u64 raw)
{
	((u64 *)model_page(&guest->mem, model_xen_pfn(mfn) << 12))[index] = raw;
	return true;
}

static enum xen_owner owner(void *context, u64 mfn)
{
	if (is_guests(mfn))
		return XEN_OWNER_GUEST;
	return mfn < IO_MFNS || mfn >= LAST_MFN ? XEN_OWNER_IO : XEN_OWNER_OTHER;
}

static const struct xen_memory memory = {
	.load = load,
	.store = store,
	.owner = owner,
};

/* Hypercalls */

static bool fails(void)
{
	return ++model_xen.calls == model_xen.fail_at;
}

static u64 page_of(u64 mfn)
{
	return is_guests(mfn) ? model_xen_pfn(mfn) << 12 : 0;
}

static int update_one(const struct physmap_xen_update *u)
{
	const u64 mfn = u->ptr >> 12;
	const struct xen_frame *f = xen_frame(&model_xen.domain, mfn);
	const struct xen_update update = { .ptr = u->ptr, .val = u->val };
	const struct model_event e = {
		.kind = MODEL_XEN_UPDATE,
		.level = xen_is_table(f) ? f->type - XEN_TYPE_L1 : 0,
		.table = page_of(mfn),
		.index = (u->ptr & 0xfff) / sizeof(u64),
		.count = 1,
		.first = u->val,
		.child = u->val & XEN_P ? page_of((u->val & XEN_FRAME) >> 12) : 0,
	};

	model_record(guest, &e);
	return xen_mmu_update(&model_xen.domain, &update, 1, NULL);
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

static int mmuext(unsigned int cmd, u64 arg)
{
	const struct xen_mmuext op = { .cmd = cmd, .arg = arg };

	return xen_mmuext(&model_xen.domain, &op, 1, NULL);
}

static int pin_l1(const u64 *mfn, unsigned int n, unsigned int *done)
{
	const bool fail = fails();
	const unsigned int upto = fail ? n / 2 : n;

	for (*done = 0; *done < upto; ++*done) {
		const struct model_event e = {
			.kind = MODEL_XEN_PIN,
			.table = page_of(mfn[*done]),
		};
		int err;

		model_record(guest, &e);
		err = mmuext(XEN_PIN_L1, mfn[*done]);
		if (err)
			return err;
	}
	return fail ? model_xen.fail_error : 0;
}

static int flush_all(void)
{
	const struct model_event e = { .kind = MODEL_XEN_FLUSH };

	model_record(guest, &e);
	return fails() ? model_xen.fail_error : mmuext(XEN_TLB_FLUSH_ALL, 0);
}

/* What the guest's kernel does by itself (XENPV-35, -36, -39) */

static u64 to_machine(unsigned int level, bool table, u64 raw)
{
	const u64 pfn = (raw & XEN_FRAME) >> 12;
	const u64 mfn = model_xen_mfn(pfn);

	if (!(raw & XEN_P))
		return raw;
	if (mfn == MODEL_NO_MFN)
		return 0;
	if (!table && pfn >= model_xen.read_only_from &&
	    pfn < model_xen.read_only_to)
		raw &= ~XEN_RW;
	return (raw & ~XEN_FRAME) | mfn << 12;
}

static unsigned int leaves(u64 first, u64 stride, unsigned int n, u64 *to)
{
	unsigned int i, present = 0;

	for (i = 0; i < n; i++) {
		to[i] = to_machine(0, false, first + i * stride);
		present += to[i] != 0;
	}
	return present;
}

static u64 from_machine(u64 raw)
{
	if (!(raw & XEN_P))
		return raw;
	return (raw & ~XEN_FRAME) | model_xen_pfn((raw & XEN_FRAME) >> 12) << 12;
}

static bool wants_pin(void)
{
	return !model_xen.no_pin;
}

static void linked(u64 pfn)
{
	model_xen.linked++;
}

static bool keeps_exec(struct physmap_map *map, u64 start, u64 end)
{
	return start < guest->code_end && guest->code_start < end;
}

static const struct physmap_xen_calls calls = {
	.to_machine = to_machine,
	.leaves = leaves,
	.from_machine = from_machine,
	.frame = model_xen_mfn,
	.mmu_update = mmu_update,
	.pin_l1 = pin_l1,
	.flush_all = flush_all,
	.wants_pin = wants_pin,
	.linked = linked,
};

static const struct physmap_hooks xen_backend = {
	.write = physmap_xen_write,
	.protect = physmap_xen_protect,
	.link = physmap_xen_link,
	.commit = physmap_xen_commit,
	.flush = physmap_xen_flush,
};

/* Start of day: the domain builder (XENPV-40 to -43) */

#define MAX_L1		(MODEL_LOW_PFNS / XEN_ENTRIES)

/* The builder's tables, by page address. */
struct built {
	u64 l4;
	u64 l3;
	u64 l2;
	u64 l1[MAX_L1];
	unsigned int tables;
};

static void point(u64 table, unsigned int i, u64 page, u64 flags)
{
	u64 *slot = model_page(&guest->mem, table);

	slot[i] = model_xen_mfn(page >> 12) << 12 | flags;
}

static u64 new_page(void)
{
	u64 pa;

	model_alloc(&guest->mem, &pa);
	return pa;
}

static void take_tables(struct built *b, u64 pfns, bool domu)
{
	const unsigned int n = (pfns + XEN_ENTRIES - 1) / XEN_ENTRIES;
	unsigned int i;

	if (domu)
		b->l3 = new_page();
	if (domu)
		b->l2 = new_page();
	for (i = 0; i < n; i++) {
		b->l1[i] = new_page();
		if (!b->l2)
			b->l2 = new_page();
		if (!b->l3)
			b->l3 = new_page();
	}
	b->tables = 3 + n;
}

/* Everything in 4K pages, writable, but for the tables themselves. */
static void build_map(struct built *b, u64 va, u64 pfns, bool domu)
{
	const u64 leaf = domu ? XEN_P | XEN_RW | XEN_A :
			 XEN_P | XEN_RW | XEN_A | XEN_USER | XEN_KERNEL;
	const u64 first = b->l4 >> 12;
	u64 pfn;

	take_tables(b, pfns, domu);
	point(b->l4, va >> 39 & 511, b->l3, TABLE);
	point(b->l3, va >> 30 & 511, b->l2, TABLE);
	for (pfn = 0; pfn < pfns; pfn++) {
		const u64 l1 = b->l1[pfn / XEN_ENTRIES];
		const bool table = pfn >= first && pfn < first + b->tables;

		if (!(pfn % XEN_ENTRIES))
			point(b->l2, pfn / XEN_ENTRIES, l1, TABLE);
		point(l1, pfn % XEN_ENTRIES, pfn << 12,
		      table ? leaf & ~XEN_RW : leaf);
	}
}

/* The tables that map the list are pages of it, so to say (XENPV-39). */
static void build_p2m(u64 l4)
{
	const u64 list = MODEL_P2M_PFN << 12;
	const u64 l3 = list + XEN_ENTRIES * MODEL_PAGE;
	const u64 l2 = l3 + MODEL_PAGE;

	point(l4, MODEL_P2M_VA >> 39 & 511, l3, TABLE);
	point(l3, MODEL_P2M_VA >> 30 & 511, l2, TABLE);
	point(l2, MODEL_P2M_VA >> 21 & 511, list, TABLE | XEN_PSE);
	model_xen.read_only_from = MODEL_P2M_PFN;
	model_xen.read_only_to = MODEL_P2M_PFN + MODEL_P2M_PFNS;
}

/* Start of day: Linux's own tables (XENPV-6, -29) */

static void must(int err)
{
	if (err)
		__builtin_trap();
}

static void set_writable(u64 page, bool writable)
{
	const u64 va = MODEL_KERNEL_MAP + page;
	const u64 raw = model_look(guest, va).raw;

	must(xen_update_va(&model_xen.domain, va, writable ? raw | XEN_RW :
			   raw & ~XEN_RW, XEN_UVMF_NONE));
}

/* Both maps get a copy of the builder's L2, so they share its L1 tables. */
static void copy_l2(u64 to, u64 from, u64 more)
{
	const u64 *old = model_page(&guest->mem, from);
	u64 *new = model_page(&guest->mem, to);
	unsigned int i;

	for (i = 0; i < XEN_ENTRIES; i++)
		new[i] = old[i] ? old[i] | more : 0;
}

static void graft(struct physmap_map *map, const struct built *b, bool p2m)
{
	const u64 root = new_page();
	const u64 ident_l3 = new_page(), ident_l2 = new_page();
	const u64 kernel_l3 = new_page(), kernel_l2 = new_page();
	u64 page;

	copy_l2(ident_l2, b->l2, guest->x86.machine.nx ? XEN_NX : 0);
	copy_l2(kernel_l2, b->l2, 0);
	point(ident_l3, map->offset >> 30 & 511, ident_l2, TABLE);
	point(kernel_l3, MODEL_KERNEL_MAP >> 30 & 511, kernel_l2, TABLE);
	point(root, map->offset >> 39 & 511, ident_l3, TABLE);
	point(root, MODEL_KERNEL_MAP >> 39 & 511, kernel_l3, TABLE);
	if (p2m)
		point(root, MODEL_P2M_VA >> 39 & 511,
		      (MODEL_P2M_PFN + XEN_ENTRIES) << 12, TABLE);
	for (page = root; page <= kernel_l2; page += MODEL_PAGE)
		set_writable(page, false);
	must(mmuext(XEN_PIN_L4, model_xen_mfn(root >> 12)));
	must(mmuext(XEN_UNPIN, model_xen_mfn(b->l4 >> 12)));
	must(mmuext(XEN_NEW_BASEPTR, model_xen_mfn(root >> 12)));
	map->root = root;
	guest->cpu.root = root;
	set_writable(b->l4, true);
	set_writable(b->l3, true);
	set_writable(b->l2, true);
}

static void start_machine(struct model_machine *m)
{
	memset(gone, 0, sizeof(gone));
	xen_domain_stop(&model_xen.domain);
	model_xen = (struct model_xen) { };
	guest = m;
	m->cpu.frame = model_xen_pfn;
	m->backend = &xen_backend;
	m->hooks.name = "model-xen";
	m->hooks.leaf_levels = PHYSMAP_LEVEL(0);
	m->hooks.final_unlinked = true;
	m->hooks.tables_read_only = true;
	m->hooks.puts_off = true;
	m->hooks.keeps_exec = keeps_exec;
	m->hooks.canonical = physmap_xen_canonical;
	m->hooks.machine = physmap_xen_machine;
	m->xmap.xen.calls = &calls;
	m->xmap.xen.space = (struct physmap_xen_space) {
		.list = list, .slot = slot, .room = PHYSMAP_XEN_LIST,
		.table = table, .frame = frame, .tables = MODEL_XEN_TABLES,
	};
	m->xmap.map.live = true;
	/* XENPV-24 */
	m->xmap.map.private_start = 0xffff800000000000ULL;
	m->xmap.map.private_end = 0xffff880000000000ULL;
}

/* A guest of which the first @mapped_pfns pages are mapped. */
void model_xen_start_as(struct model_machine *m,
			const struct physmap_x86_machine *x86, u64 mapped_pfns,
			u64 tables_from, const struct model_xen_boot *boot)
{
	struct physmap_map *map = &m->xmap.map;
	struct xen_config config = boot->config;
	struct built b = { };

	model_start(m, x86, tables_from);
	start_machine(m);
	config.nx = x86->nx;
	xen_domain_start(&model_xen.domain, &config, &memory);
	b.l4 = map->root;
	build_map(&b, boot->grafted ? MODEL_KERNEL_MAP : map->offset,
		  mapped_pfns, boot->domu);
	if (boot->large_p2m)
		build_p2m(b.l4);
	must(xen_domain_adopt(&model_xen.domain, model_xen_mfn(b.l4 >> 12),
			      true));
	if (boot->grafted)
		graft(map, &b, boot->large_p2m);
	m->mem.asked = 0;
	m->mem.out = 0;
}

/* The same, as dom0, with the builder's tables at the direct map's place. */
void model_xen_start(struct model_machine *m,
		     const struct physmap_x86_machine *x86, u64 mapped_pfns,
		     u64 tables_from)
{
	static const struct model_xen_boot plain;

	model_xen_start_as(m, x86, mapped_pfns, tables_from, &plain);
}

/* Takes the frame of a pfn away from the guest. */
void model_xen_balloon(u64 pfn)
{
	const u64 mfn = model_xen_mfn(pfn);

	if (mfn == MODEL_NO_MFN)
		return;
	gone[mfn - FIRST_MFN] = true;
	xen_domain_release(&model_xen.domain, mfn);
}

/* What Xen thinks of a page of the guest. */
enum xen_type model_xen_type(u64 pfn, unsigned int *count, bool *pinned)
{
	const struct xen_frame *f;

	*count = 0;
	*pinned = false;
	if (model_xen_mfn(pfn) == MODEL_NO_MFN)
		return XEN_TYPE_NONE;
	f = xen_frame(&model_xen.domain, model_xen_mfn(pfn));
	*count = f->types;
	*pinned = f->pinned;
	return f->types ? f->type : XEN_TYPE_NONE;
}

/* Another part of the guest maps something by update_va_mapping. */
int model_xen_map(u64 va, u64 raw)
{
	return xen_update_va(&model_xen.domain, va, to_machine(0, false, raw),
			     XEN_UVMF_NONE);
}
