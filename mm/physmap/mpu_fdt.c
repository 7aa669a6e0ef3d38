// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an MPU's machine wants, from its device tree: memory, the early UART, the
 * static heap, guests' memory. Reads the tree and writes down what it says; the
 * planner decides. Nothing is taken on trust: what is no memory, is not to be
 * mapped or is a device of an unknown kind is refused (ARM-ATTR-3, -5, MPU-16).
 */
#include <linux/libfdt.h>
#include <linux/string.h>
#include <linux/types.h>
#include <physmap/mpu_fdt.h>

/**
 * struct reader - a tree that is being read
 * @format: encoding
 * @fdt: the tree
 * @tree: what it says
 * @why: what is wrong with it
 */
struct reader {
	const struct physmap_mpu_format *format;
	const void *fdt;
	struct physmap_mpu_tree *tree;
	struct physmap_mpu_refusal *why;
};

/**
 * struct cells - how many 32-bit words an address and a size have
 * @address: 1 or 2
 * @size: 1 or 2
 */
struct cells {
	int address;
	int size;
};

/**
 * struct list - a property that is a list of equal entries
 * @word: the next entry
 * @entries: so many are left
 */
struct list {
	const fdt32_t *word;
	int entries;
};

/* How a property that names memory is to be understood. */
struct memory_property {
	const char *name;
	const char *address_cells;	/* older trees: cells of its own */
	const char *size_cells;
	enum physmap_mpu_life life;
};

static const struct memory_property static_heap = {
	"xen,static-heap", "#xen,static-heap-address-cells",
	"#xen,static-heap-size-cells", PHYSMAP_MPU_FIXED,
};

static const struct memory_property static_mem = {
	"xen,static-mem", "#xen,static-mem-address-cells",
	"#xen,static-mem-size-cells", PHYSMAP_MPU_ON_DEMAND,
};

/* Consoles that are known; any other may want other attributes (ARM-ATTR-3). */
static const struct {
	const char *compatible;
	enum physmap_device_type type;
} uarts[] = {
	{ "arm,pl011", PHYSMAP_DEVICE_NGNRE },
	{ "arm,sbsa-uart", PHYSMAP_DEVICE_NGNRE },
	{ "arm,cmsdk-uart", PHYSMAP_DEVICE_NGNRE },
	{ "arm,mps2-uart", PHYSMAP_DEVICE_NGNRE },
	{ "ns16550a", PHYSMAP_DEVICE_NGNRE },
	{ "ns16550", PHYSMAP_DEVICE_NGNRE },
	{ "snps,dw-apb-uart", PHYSMAP_DEVICE_NGNRE },
	{ "", PHYSMAP_DEVICE_UNKNOWN },
};

/* Refusals */

static int wrong(const struct reader *r, const char *name, const char *what)
{
	const struct physmap_mpu_want asked = { .name = name };
	const int err = physmap_mpu_refuse(r->why, PHYSMAP_MPU_TREE, &asked,
					   NULL);

	r->why->what = what;
	return err;
}

static const char *node_name(const struct reader *r, int node)
{
	const char *name = fdt_get_name(r->fdt, node, NULL);

	return name && *name ? name : "/";
}

static int wrong_node(const struct reader *r, int node, const char *what)
{
	return wrong(r, node_name(r, node), what);
}

/* Loops over nodes end alike with the last one and where a tree breaks off. */
static int check_structure(const struct reader *r)
{
	int node = 0, depth = 0;

	while (node >= 0 && depth >= 0)
		node = fdt_next_node(r->fdt, node, &depth);
	return depth < 0 ? 0 : wrong(r, "device tree", "its structure is damaged");
}

/* Properties */

/* A string, all of which is in the property; NULL if it is missing. */
static int read_string(const struct reader *r, int node, const char *name,
		       int name_length, const char **string)
{
	int length;

	*string = fdt_getprop_namelen(r->fdt, node, name, name_length, &length);
	if (*string && !memchr(*string, '\0', length))
		return wrong_node(r, node, "a string in it has no end");
	return 0;
}

/* Is the node in use? One without a status is. */
static bool enabled(const struct reader *r, int node)
{
	int length;
	const char *status = fdt_getprop(r->fdt, node, "status", &length);

	return !status || fdt_stringlist_contains(status, length, "okay") ||
	       fdt_stringlist_contains(status, length, "ok");
}

/* How what is on a bus is numbered. */
static int cells_of_bus(const struct reader *r, int bus, struct cells *c)
{
	c->address = fdt_address_cells(r->fdt, bus);
	c->size = fdt_size_cells(r->fdt, bus);
	if (c->address < 1 || c->address > 2 || c->size < 1 || c->size > 2)
		return wrong_node(r, bus,
				  "its addresses or sizes are not of one or two cells");
	return 0;
}

static int own_cells(const struct reader *r, int node, const char *name,
		     int *cells)
{
	int length;
	const fdt32_t *word = fdt_getprop(r->fdt, node, name, &length);

	if (!word)
		return 0;
	if (length != sizeof(*word) || fdt32_ld(word) < 1 || fdt32_ld(word) > 2)
		return wrong_node(r, node,
				  "its addresses or sizes are not of one or two cells");
	*cells = fdt32_ld(word);
	return 0;
}

/* Empty if there is no such property. */
static int read_list(const struct reader *r, int node, const char *name,
		     int cells, struct list *list)
{
	const int entry = cells * sizeof(fdt32_t);
	int length;

	list->word = fdt_getprop(r->fdt, node, name, &length);
	list->entries = 0;
	if (!list->word)
		return 0;
	if (length % entry)
		return wrong_node(r, node,
				  "a list of addresses in it ends amid an entry");
	list->entries = length / entry;
	return 0;
}

static u64 take_number(struct list *list, int cells)
{
	u64 n = 0;

	while (cells--)
		n = n << 32 | fdt32_ld(list->word++);
	return n;
}

static int take_span(const struct reader *r, int node, struct list *list,
		     const struct cells *c, struct physmap_span *span)
{
	const u64 start = take_number(list, c->address);
	const u64 size = take_number(list, c->size);

	list->entries--;
	span->start = start;
	span->end = start + size;
	if (span->end < start)
		return wrong_node(r, node, "it ends beyond the last address");
	return 0;
}

/* What a tree has */

static bool meets(const struct physmap_span *a, const struct physmap_span *b)
{
	return a->start < b->end && b->start < a->end;
}

static int add_span(const struct reader *r, int node,
		    struct physmap_span *list, unsigned int *nr,
		    const struct physmap_span *span)
{
	unsigned int i;

	if (span->start == span->end)
		return 0;
	if (*nr == PHYSMAP_MPU_FDT_SPANS)
		return wrong_node(r, node,
				  "there are more pieces of memory than can be kept");
	for (i = (*nr)++; i && list[i - 1].start > span->start; i--)
		list[i] = list[i - 1];
	list[i] = *span;
	return 0;
}

static bool is_memory(const struct physmap_mpu_tree *tree, u64 start, u64 end)
{
	unsigned int i;

	for (i = 0; i < tree->nr_memory && start < end; i++)
		if (tree->memory[i].start <= start &&
		    tree->memory[i].end > start)
			start = tree->memory[i].end;
	return start >= end;
}

static int refuse_no_map(const struct reader *r,
			 const struct physmap_mpu_want *want)
{
	const struct physmap_span span = { want->start, want->end };
	unsigned int i;

	for (i = 0; i < r->tree->nr_no_map; i++) {
		const struct physmap_span *no_map = &r->tree->no_map[i];
		const struct physmap_mpu_want met = {
			.name = "no-map memory",
			.start = no_map->start,
			.end = no_map->end,
		};

		if (meets(no_map, &span))
			return physmap_mpu_refuse(r->why, PHYSMAP_MPU_NO_MAP,
						  want, &met);
	}
	return 0;
}

static void copy_name(char *to, const char *from)
{
	unsigned int i;

	for (i = 0; i < PHYSMAP_MPU_FDT_NAME - 1 && from[i]; i++)
		to[i] = from[i];
	to[i] = '\0';
}

/* Keeps a range, if a region can have it and nothing forbids to map it. */
static int keep_want(const struct reader *r, const struct physmap_mpu_want *w)
{
	const enum physmap_mpu_reason reason =
		physmap_mpu_check_want(r->format, w);
	struct physmap_mpu_tree *tree = r->tree;
	const unsigned int n = tree->nr_wants;
	int err;

	if (reason != PHYSMAP_MPU_FINE)
		return physmap_mpu_refuse(r->why, reason, w, NULL);
	err = refuse_no_map(r, w);
	if (err)
		return err;
	if (n == PHYSMAP_MPU_FDT_WANTS)
		return wrong(r, w->name,
			     "there are more ranges than can be kept");
	copy_name(tree->name[n], w->name);
	tree->want[n] = *w;
	tree->want[n].name = tree->name[n];
	tree->nr_wants++;
	return 0;
}

/* Memory that is written, never executed. */
static int want_memory(const struct reader *r, const char *name,
		       const struct physmap_span *span,
		       enum physmap_mpu_life life)
{
	const struct physmap_mpu_want w = {
		.name = name,
		.start = span->start,
		.end = span->end,
		.early = PHYSMAP_WRITE,
		.final = PHYSMAP_WRITE,
		.life = life,
		.slot = PHYSMAP_MPU_HIGHEST,
	};

	if (!is_memory(r->tree, span->start, span->end))
		return physmap_mpu_refuse(r->why, PHYSMAP_MPU_NOT_MEMORY, &w,
					  NULL);
	return keep_want(r, &w);
}

/* Memory */

static bool is_memory_node(const struct reader *r, int node)
{
	int length;
	const char *type = fdt_getprop(r->fdt, node, "device_type", &length);
	const char *name;

	if (type && fdt_stringlist_contains(type, length, "memory"))
		return true;
	name = fdt_get_name(r->fdt, node, &length);
	return name && length >= 6 && !memcmp(name, "memory", 6) &&
	       (length == 6 || name[6] == '@');
}

/* All of a node's reg into a list of memory. */
static int read_spans(const struct reader *r, int node, const struct cells *c,
		      struct physmap_span *spans, unsigned int *nr)
{
	struct physmap_span span;
	struct list list;
	int err = read_list(r, node, "reg", c->address + c->size, &list);

	while (!err && list.entries) {
		err = take_span(r, node, &list, c, &span);
		if (!err)
			err = add_span(r, node, spans, nr, &span);
	}
	return err;
}

static int read_memory(const struct reader *r)
{
	struct physmap_mpu_tree *tree = r->tree;
	struct cells c;
	int node, err;

	err = cells_of_bus(r, 0, &c);
	if (err)
		return err;
	fdt_for_each_subnode(node, r->fdt, 0) {
		if (!is_memory_node(r, node) || !enabled(r, node))
			continue;
		err = read_spans(r, node, &c, tree->memory, &tree->nr_memory);
		if (err)
			return err;
	}
	return 0;
}

/* What is not named no-map may be mapped, by whoever asks for it. */
static int read_no_map(const struct reader *r, int reserved,
		       const struct cells *c)
{
	struct physmap_mpu_tree *tree = r->tree;
	int node, err;

	fdt_for_each_subnode(node, r->fdt, reserved) {
		if (!fdt_getprop(r->fdt, node, "no-map", NULL) ||
		    !enabled(r, node))
			continue;
		err = read_spans(r, node, c, tree->no_map, &tree->nr_no_map);
		if (err)
			return err;
	}
	return 0;
}

static int want_list(const struct reader *r, int node, const char *name,
		     struct list *list, const struct cells *c,
		     enum physmap_mpu_life life)
{
	struct physmap_span span;
	int err = 0;

	while (!err && list->entries) {
		err = take_span(r, node, list, c, &span);
		if (!err)
			err = want_memory(r, name, &span, life);
	}
	return err;
}

/* Of reserved memory only what is shared between domains is wanted by itself. */
static int read_shared(const struct reader *r, int reserved,
		       const struct cells *c)
{
	struct list list;
	int node, err;

	fdt_for_each_subnode(node, r->fdt, reserved) {
		if (fdt_node_check_compatible(r->fdt, node,
					      "xen,shared-memory-v1") ||
		    !enabled(r, node))
			continue;
		err = read_list(r, node, "reg", c->address + c->size, &list);
		if (!err)
			err = want_list(r, node, node_name(r, node), &list, c,
					PHYSMAP_MPU_ON_DEMAND);
		if (err)
			return err;
	}
	return 0;
}

static int read_reserved(const struct reader *r,
			 int (*read)(const struct reader *r, int reserved,
				     const struct cells *c))
{
	const int node = fdt_path_offset(r->fdt, "/reserved-memory");
	struct cells c;
	int err;

	if (node < 0)
		return 0;
	err = cells_of_bus(r, node, &c);
	return err ? err : read(r, node, &c);
}

/* What Xen is told in /chosen */

/* The property's own cells, or else those that the parent gives. */
static int read_property(const struct reader *r, int node, int parent,
			 const struct memory_property *p, const char *name)
{
	struct list list;
	struct cells c;
	int err;

	if (!fdt_getprop(r->fdt, node, p->name, NULL))
		return 0;
	err = cells_of_bus(r, parent, &c);
	if (!err)
		err = own_cells(r, node, p->address_cells, &c.address);
	if (!err)
		err = own_cells(r, node, p->size_cells, &c.size);
	if (!err)
		err = read_list(r, node, p->name, c.address + c.size, &list);
	return err ? err : want_list(r, node, name, &list, &c, p->life);
}

/*
 * Host address, guest address, size; without a host address Xen takes memory
 * of its heap, which is mapped.
 */
static int read_shared_mem(const struct reader *r, int node, int parent)
{
	struct physmap_span span;
	struct list list;
	struct cells c;
	int length, err;

	if (!fdt_getprop(r->fdt, node, "xen,shared-mem", &length))
		return 0;
	err = cells_of_bus(r, parent, &c);
	if (err)
		return err;
	if (length == (c.address + c.size) * (int)sizeof(fdt32_t))
		return 0;
	err = read_list(r, node, "xen,shared-mem", 2 * c.address + c.size,
			&list);
	if (err)
		return err;
	if (list.entries != 1)
		return wrong_node(r, node, "its xen,shared-mem is not one range");
	span.start = take_number(&list, c.address);
	take_number(&list, c.address);
	span.end = span.start + take_number(&list, c.size);
	if (span.end < span.start)
		return wrong_node(r, node, "it ends beyond the last address");
	return want_memory(r, node_name(r, node), &span, PHYSMAP_MPU_ON_DEMAND);
}

static int read_domain(const struct reader *r, int node, int parent)
{
	int child, err;

	err = read_property(r, node, parent, &static_mem, node_name(r, node));
	if (!err)
		err = read_shared_mem(r, node, parent);
	if (err)
		return err;
	fdt_for_each_subnode(child, r->fdt, node) {
		err = read_shared_mem(r, child, node);
		if (err)
			return err;
	}
	return 0;
}

static int read_domains(const struct reader *r, int chosen)
{
	int node, err;

	fdt_for_each_subnode(node, r->fdt, chosen) {
		err = read_domain(r, node, chosen);
		if (err)
			return err;
	}
	return 0;
}

/* The early UART */

/* Takes the span one bus up, if all of it is in one of the bus's ranges. */
static int through_ranges(const struct reader *r, int bus, int above,
			  struct physmap_span *span)
{
	struct cells inner, outer;
	struct list list;
	int err;

	err = cells_of_bus(r, bus, &inner);
	if (!err)
		err = cells_of_bus(r, above, &outer);
	if (!err)
		err = read_list(r, bus, "ranges", inner.address +
				outer.address + inner.size, &list);
	if (err)
		return err;
	while (list.entries--) {
		const u64 from = take_number(&list, inner.address);
		const u64 to = take_number(&list, outer.address);
		const u64 size = take_number(&list, inner.size);

		if (span->start < from || span->end - from > size)
			continue;
		span->start += to - from;
		span->end += to - from;
		if (span->start > span->end)
			break;
		return 0;
	}
	return wrong_node(r, bus, "its ranges do not hold the console");
}

/* From a device's own addresses to those of the CPU, up to the root. */
static int translate(const struct reader *r, int bus, struct physmap_span *span)
{
	int length, err = 0;

	while (!err && bus > 0) {
		const int above = fdt_parent_offset(r->fdt, bus);

		if (!fdt_getprop(r->fdt, bus, "ranges", &length))
			return wrong_node(r, bus,
					  "it has no ranges, so nobody knows where its devices are");
		if (length)
			err = through_ranges(r, bus, above, span);
		bus = above;
	}
	return err;
}

static enum physmap_device_type uart_type(const struct reader *r, int node)
{
	unsigned int i;

	for (i = 0; uarts[i].type != PHYSMAP_DEVICE_UNKNOWN; i++)
		if (!fdt_node_check_compatible(r->fdt, node,
					       uarts[i].compatible))
			break;
	return uarts[i].type;
}

/* A device's attributes on memory are not those that others map it with. */
static int refuse_in_memory(const struct reader *r,
			    const struct physmap_mpu_want *w)
{
	const struct physmap_span span = { w->start, w->end };
	unsigned int i;
	int err;

	for (i = 0; i < r->tree->nr_memory; i++) {
		if (!meets(&r->tree->memory[i], &span))
			continue;
		err = physmap_mpu_refuse(r->why, PHYSMAP_MPU_UNKNOWN, w, NULL);
		r->why->rule = "ARM-ATTR-1";
		r->why->what = "this device's registers are where memory is";
		r->why->advice = "mend the device tree";
		return err;
	}
	return 0;
}

/* Exactly its registers, whatever else is beside them (MPU-16). */
static int want_uart(const struct reader *r, int node,
		     const struct physmap_span *span)
{
	const enum physmap_device_type type = uart_type(r, node);
	const u32 attrs = PHYSMAP_WRITE | (type == PHYSMAP_DEVICE_NGNRE ?
					   PHYSMAP_MPU_DEVICE_NGNRE :
					   PHYSMAP_MPU_DEVICE_NGNRNE);
	const struct physmap_mpu_want w = {
		.name = node_name(r, node),
		.start = span->start,
		.end = span->end,
		.early = attrs,
		.final = attrs,
		.life = PHYSMAP_MPU_FIXED,
		.slot = PHYSMAP_MPU_LOWEST,
	};
	struct physmap_mpu_tree *tree = r->tree;
	int err;

	if (type == PHYSMAP_DEVICE_UNKNOWN)
		return physmap_mpu_refuse(r->why, PHYSMAP_MPU_UNKNOWN, &w,
					  NULL);
	err = refuse_in_memory(r, &w);
	if (!err)
		err = keep_want(r, &w);
	if (err)
		return err;
	tree->uart = (struct physmap_device) {
		.name = tree->want[tree->nr_wants - 1].name,
		.start = span->start,
		.size = span->end - span->start,
		.type = type,
	};
	return 0;
}

static int read_uart(const struct reader *r, int node)
{
	const int bus = fdt_parent_offset(r->fdt, node);
	struct physmap_span span;
	struct list list;
	struct cells c;
	int err;

	if (bus < 0)
		return wrong(r, "stdout-path", "it names no device");
	err = cells_of_bus(r, bus, &c);
	if (!err)
		err = read_list(r, node, "reg", c.address + c.size, &list);
	if (err)
		return err;
	if (!list.entries)
		return wrong_node(r, node, "it has no registers");
	err = take_span(r, node, &list, &c, &span);
	if (!err)
		err = translate(r, bus, &span);
	return err ? err : want_uart(r, node, &span);
}

/* The path that an alias stands for; NULL if there is none. */
static int read_alias(const struct reader *r, const char *alias, int length,
		      const char **path)
{
	const int aliases = fdt_path_offset(r->fdt, "/aliases");

	*path = NULL;
	return aliases < 0 ? 0 : read_string(r, aliases, alias, length, path);
}

/* A path or an alias, and after a colon what is none of an MPU's business. */
static int read_stdout(const struct reader *r, int chosen)
{
	const char *path, *end;
	int node, err;

	err = read_string(r, chosen, "stdout-path", 11, &path);
	if (!err && !path)
		err = read_string(r, chosen, "linux,stdout-path", 17, &path);
	if (err || !path)
		return err;
	end = strchr(path, ':');
	if (!end)
		end = path + strlen(path);
	if (*path != '/') {
		err = read_alias(r, path, end - path, &path);
		if (err)
			return err;
		if (!path || *path != '/')
			return wrong(r, "stdout-path", "it names no device");
		end = path + strlen(path);
	}
	node = fdt_path_offset_namelen(r->fdt, path, end - path);
	if (node < 0)
		return wrong(r, "stdout-path", "it names no device");
	return read_uart(r, node);
}

static int read_chosen(const struct reader *r)
{
	const int chosen = fdt_path_offset(r->fdt, "/chosen");
	int err;

	if (chosen < 0)
		return 0;
	err = read_stdout(r, chosen);
	if (!err)
		err = read_property(r, chosen, 0, &static_heap, "static heap");
	return err ? err : read_domains(r, chosen);
}

/**
 * physmap_mpu_read_ranges() - what a device tree wants of an MPU
 * @format: encoding
 * @fdt: the tree, whole: fdt_totalsize() bytes
 * @tree: what it says; keeps the names of its ranges
 * @why: filled in on an error; may point into @fdt and @tree
 *
 * Wanted are the UART of stdout-path (its exact registers), xen,static-heap,
 * the xen,static-mem and xen,shared-mem of domains, and reserved memory that is
 * compatible with xen,shared-memory-v1. Other reserved memory is not: nothing
 * says who needs it, so whoever does maps it (MPU-17). Cells are those that the
 * parent node gives, or #xen,static-mem-address-cells and the like.
 *
 * Return: 0, or -EINVAL for a tree that is damaged (ARM-BOOT-1), a console of
 * an unknown kind or a range that is no memory (ARM-ATTR-3), is not to be
 * mapped (ARM-ATTR-5) or is not what a region can be (MPU-1, -2, -6).
 */
int physmap_mpu_read_ranges(const struct physmap_mpu_format *format,
			    const void *fdt, struct physmap_mpu_tree *tree,
			    struct physmap_mpu_refusal *why)
{
	const struct reader r = { format, fdt, tree, why };
	int err;

	memset(tree, 0, sizeof(*tree));
	if (fdt_check_header(fdt))
		return wrong(&r, "device tree", "it does not begin as one");
	err = check_structure(&r);
	if (!err)
		err = read_memory(&r);
	if (!err)
		err = read_reserved(&r, read_no_map);
	if (!err)
		err = read_chosen(&r);
	if (!err)
		err = read_reserved(&r, read_shared);
	return err;
}

/**
 * physmap_mpu_want_tree() - the device tree itself is wanted until boot is over
 * @format: encoding
 * @start: address of its first byte
 * @size: bytes
 * @tree: what the tree says; the range is added
 * @why: filled in on an error
 *
 * Read-only, never executed, all granules that it has a part of. It need not be
 * in what it calls memory: firmware may have it elsewhere.
 *
 * Return: 0, or -EINVAL as of physmap_mpu_read_ranges().
 */
int physmap_mpu_want_tree(const struct physmap_mpu_format *format, u64 start,
			  u64 size, struct physmap_mpu_tree *tree,
			  struct physmap_mpu_refusal *why)
{
	const struct reader r = { format, NULL, tree, why };
	const u64 mask = format->granule - 1;
	const struct physmap_mpu_want w = {
		.name = "device tree",
		.start = start & ~mask,
		.end = (start + size + mask) & ~mask,
		.life = PHYSMAP_MPU_BOOT_ONLY,
		.slot = PHYSMAP_MPU_LOWEST,
	};

	return keep_want(&r, &w);
}

/**
 * physmap_mpu_read_tree() - what the tree of this machine wants of its MPU
 * @format: encoding
 * @fdt: the tree, at its physical address (MPU-1)
 * @tree: what it says, and the tree itself
 * @why: filled in on an error; may point into @fdt and @tree
 *
 * Return: as physmap_mpu_read_ranges() and physmap_mpu_want_tree().
 */
int physmap_mpu_read_tree(const struct physmap_mpu_format *format,
			  const void *fdt, struct physmap_mpu_tree *tree,
			  struct physmap_mpu_refusal *why)
{
	const int err = physmap_mpu_read_ranges(format, fdt, tree, why);

	if (err)
		return err;
	return physmap_mpu_want_tree(format, (unsigned long)fdt,
				     fdt_totalsize(fdt), tree, why);
}
