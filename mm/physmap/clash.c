// SPDX-License-Identifier: GPL-2.0-only
/*
 * The identity-map clash planner: arithmetic on addresses, nothing else. It
 * judges by all that a mapping really takes: whole leaves, and the whole slot
 * that a table is linked into. Keeps ARM-MMU-5, -6, -7 and -8.
 */
#include <linux/types.h>
#include <physmap/clash.h>

static u64 round_down_to(u64 address, unsigned int shift)
{
	return address & ~((1ULL << shift) - 1);
}

static u64 round_up_to(u64 address, unsigned int shift)
{
	return round_down_to(address + (1ULL << shift) - 1, shift);
}

/* In units of 1 << @shift, all that @span has a part of. */
static struct physmap_span whole(struct physmap_span span, unsigned int shift)
{
	return (struct physmap_span) {
		.start = round_down_to(span.start, shift),
		.end = round_up_to(span.end, shift),
	};
}

/* A region may end with the address space, and its end is 0 then. */
static bool meets(const struct physmap_region *r, struct physmap_span span)
{
	return r->start < span.end && span.start <= r->end - 1;
}

static bool within(struct physmap_span span, const struct physmap_region *r)
{
	return r->start <= span.start && span.end - 1 <= r->end - 1;
}

/* Does the code at @pa lie where the tables can translate all its leaves? */
static bool translatable(const struct physmap_layout *layout, u64 pa, u64 size)
{
	const u64 limit = round_down_to(layout->va_limit, layout->leaf_shift);

	return size <= limit && pa <= limit - size;
}

static void judge(const struct physmap_layout *layout, struct physmap_clash *c)
{
	bool clash = false;
	unsigned int i;

	for (i = 0; i < layout->nr_regions; i++) {
		const struct physmap_region *r = &layout->region[i];

		if (r->kind == PHYSMAP_REGION_IDENTITY && within(c->code, r)) {
			c->verdict = PHYSMAP_CLASH_PRESENT;
			c->rule = "ARM-BBM-10";
			c->region = *r;
			return;
		}
		if (!meets(r, c->taken) ||
		    (clash && c->region.start <= r->start))
			continue;
		clash = true;
		c->verdict = PHYSMAP_CLASH_REGION;
		c->rule = r->kind == PHYSMAP_REGION_IMAGE ? "ARM-MMU-7" :
							    "ARM-MMU-6";
		c->region = *r;
	}
}

/**
 * physmap_clash() - can code be mapped 1:1 where it lies
 * @layout: what is mapped, and how the code is to be
 * @pa: physical address of the code, and so its virtual one
 * @size: its bytes, at least 1
 *
 * Code that is mapped 1:1 already, all of it, is not mapped once more. A 1:1
 * region that has only a part of it is in the way like any other.
 *
 * Return: the answer; that of a clash names the region.
 */
struct physmap_clash physmap_clash(const struct physmap_layout *layout,
				   u64 pa, u64 size)
{
	struct physmap_clash c = {
		.verdict = PHYSMAP_CLASH_LIMIT,
		.rule = "ARM-MMU-8",
		.code = { pa, pa + size },
	};

	if (!translatable(layout, pa, size))
		return c;
	c.verdict = PHYSMAP_CLASH_FREE;
	c.rule = "ARM-MMU-6";
	c.mapped = whole(c.code, layout->leaf_shift);
	c.taken = whole(c.mapped, layout->slot_shift);
	c.null = !c.mapped.start;
	judge(layout, &c);
	return c;
}

/* First address in @memory, from @pa on, where a free window can begin. */
static bool first_free(const struct physmap_layout *layout, u64 pa, u64 size,
		       u64 end, u64 *start)
{
	while (pa < end && end - pa >= size) {
		const struct physmap_clash c = physmap_clash(layout, pa, size);

		if (c.verdict == PHYSMAP_CLASH_LIMIT)
			return false;
		if (c.verdict == PHYSMAP_CLASH_FREE && !c.null) {
			*start = pa;
			return true;
		}
		if (c.null)
			pa += 1ULL << layout->leaf_shift;
		else if (c.region.end)
			pa = round_up_to(c.region.end, layout->slot_shift);
		else
			return false;
	}
	return false;
}

/**
 * physmap_clash_window() - where in memory can a copy of the code be mapped 1:1
 * @layout: what is mapped, and how the code is to be
 * @size: bytes of the code, at least 1
 * @memory: free memory that a copy may be put into
 * @nr: how many
 * @window: the answer: whole leaves, all of them in one of @memory
 *
 * Virtual and physical address are the same by definition, so where there is
 * a clash it is the code that must move. Nothing but the copy and what the
 * caller has offered is mapped by the window's leaves, and never virtual
 * address 0: there is a choice (ARM-MMU-5).
 *
 * Return: true and the lowest window of the first memory that has one.
 */
bool physmap_clash_window(const struct physmap_layout *layout, u64 size,
			  const struct physmap_span *memory, unsigned int nr,
			  struct physmap_span *window)
{
	const u64 leaves = round_up_to(size, layout->leaf_shift);
	unsigned int i;

	for (i = 0; i < nr; i++) {
		const u64 pa = round_up_to(memory[i].start, layout->leaf_shift);

		if (first_free(layout, pa, leaves, memory[i].end,
			       &window->start)) {
			window->end = window->start + leaves;
			return true;
		}
	}
	return false;
}

/**
 * physmap_print_clash() - say in a line whether code can be mapped 1:1
 * @out: sink
 * @clash: answer of physmap_clash()
 */
void physmap_print_clash(struct physmap_out *out,
			 const struct physmap_clash *clash)
{
	const struct physmap_region *r = &clash->region;

	physmap_print(out, "%s: identity map of %#llx-%#llx: ", clash->rule,
		      clash->code.start, clash->code.end);
	switch (clash->verdict) {
	case PHYSMAP_CLASH_FREE:
		physmap_print(out, "free");
		break;
	case PHYSMAP_CLASH_PRESENT:
		physmap_print(out, "there already, in %s at %#llx-%#llx",
			      r->name, r->start, r->end);
		break;
	case PHYSMAP_CLASH_REGION:
		physmap_print(out, "takes %#llx-%#llx, where %s is at %#llx-%#llx",
			      clash->taken.start, clash->taken.end, r->name,
			      r->start, r->end);
		break;
	case PHYSMAP_CLASH_LIMIT:
		physmap_print(out, "the tables do not translate that far");
		break;
	}
	physmap_print(out, "%s\n", clash->null ? "; it maps address 0" : "");
}
