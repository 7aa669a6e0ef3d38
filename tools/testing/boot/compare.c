// SPDX-License-Identifier: GPL-2.0-only
/*
 * The semantic comparison of a direct map with the one upstream's builder made
 * on the same machine: same, better (and how), or worse (and where first).
 * Pure: maps in, counts of bytes out.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/* What must be the same: memory type, shareability, who may use it at all. */
#define SAME_BITS	(AT_USR | AT_PWT | AT_PCD | AT_PAT | AT_SHD | AT_AF | \
			 AT_NG | AT_GP | AT_DEVICE_NGNRNE | AT_DEVICE_NGNRE | \
			 AT_NORMAL_NC | AT_NORMAL | AT_NORMAL_TAGGED)

static void worse(struct compare *c, uint64_t at, uint64_t next,
		  const struct span *off, const struct span *here,
		  const char *what)
{
	char x[128] = "nothing", y[128] = "nothing";

	c->worse += next - at;
	if (c->first[0])
		return;
	if (off)
		span_text(off, x, sizeof(x));
	if (here)
		span_text(here, y, sizeof(y));
	snprintf(c->first, sizeof(c->first),
		 "%s at 0x%llx: upstream has %s, here is %s", what,
		 (unsigned long long)at, x, y);
}

static bool has_global(const struct map *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].attr & AT_GLB)
			return true;
	return false;
}

/*
 * Under Xen a table page is RO wherever it was put, and the two builders put
 * theirs in different places. RO here is fine if the audit says why; RW here is
 * fine outside the image, as Xen lets no live table be RW (XENPV-2, XENPV-3).
 */
static const char *compare_rw(const struct compare_opts *o, uint64_t at,
			      uint64_t len, const struct span *off,
			      const struct span *here, struct compare *c)
{
	if (!((off->attr ^ here->attr) & AT_RW))
		return NULL;
	if (here->attr & AT_RW) {
		if (!o->xen || map_find(o->image, at))
			return "read-only protection lost";
		c->rw_here += len;
		return NULL;
	}
	if (!o->xen || !(o->no_audit || map_find(o->explained, at)))
		return "no longer writable, and no reason given";
	c->ro_here += len;
	return NULL;
}

static const char *compare_leaf(const struct compare_opts *o, uint64_t at,
				uint64_t len, const struct span *off,
				const struct span *here, bool global,
				struct compare *c)
{
	int gained = here->attr & ~off->attr, lost = off->attr & ~here->attr;
	const char *what;

	if (here->leaf < off->leaf)
		return "smaller leaf";
	if (here->leaf > off->leaf && at < MIB)
		return "large leaf in the first MiB (X86-MT-2)";
	if (lost & AT_CON && here->leaf == off->leaf)
		return "no longer contiguous";
	if ((gained | lost) & SAME_BITS)
		return "other memory type, shareability, access or nG bit";
	/*
	 * Under Xen NX may stand one level up (XENPV-6). What is writable has
	 * been judged by the kernel's own W+X check, which looks at both, and
	 * is compared once more by its effective attributes.
	 */
	if (lost & AT_NX &&
	    (o->effective || !(o->xen && here->attr & AT_RW)))
		return "NX lost";
	if (lost & AT_UXN)
		return "UXN lost";
	if (lost & AT_GLB)
		return "GLOBAL lost";
	if (gained & AT_GLB && !global)
		return "GLOBAL where upstream has none (X86-FMT-7)";
	what = compare_rw(o, at, len, off, here, c);
	if (what)
		return what;
	if (here->leaf > off->leaf)
		c->larger += len;
	else if (gained & AT_CON)
		c->contig += len;
	if (gained & (AT_NX | AT_UXN))
		c->more_nx += len;
	if (gained & AT_GLB)
		c->global += len;
	if (here->leaf == off->leaf && off->attr == here->attr)
		c->same += len;
	return NULL;
}

static uint64_t next_edge(const struct map *off, const struct map *here,
			  const struct compare_opts *o, uint64_t at)
{
	const struct map *maps[] = { off, here, o->skip, o->image,
				     o->explained };
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		next = map_next_edge(maps[i], at, next);
	if (at < MIB && next > MIB)
		next = MIB;
	return next;
}

void map_compare(const struct map *off, const struct map *here,
		 const struct compare_opts *o, struct compare *c)
{
	bool global = has_global(off);
	uint64_t next;

	memset(c, 0, sizeof(*c));
	for (uint64_t at = 0; at != UINT64_MAX; at = next) {
		const struct span *x = map_find(off, at);
		const struct span *y = map_find(here, at);
		const char *what = NULL;

		next = next_edge(off, here, o, at);
		if (!x && !y)
			continue;
		if (map_find(o->skip, at)) {
			c->skipped += next - at;
			continue;
		}
		if (!y)
			what = "mapped by upstream only";
		else if (!x)
			what = "mapped here only";
		else
			what = compare_leaf(o, at, next - at, x, y, global, c);
		if (what)
			worse(c, at, next, x, y, what);
	}
}

static void put(char **p, size_t *left, const char *fmt, uint64_t bytes)
{
	int n;

	if (!bytes)
		return;
	n = snprintf(*p, *left, fmt, (unsigned long long)(bytes >> 10));
	if (n > 0 && (size_t)n < *left) {
		*p += n;
		*left -= n;
	}
}

void compare_text(const struct compare *c, char *buf, size_t len)
{
	char *p = buf;
	size_t left = len;

	buf[0] = '\0';
	put(&p, &left, "%llu kB the same", c->same);
	put(&p, &left, ", %llu kB in larger leaves", c->larger);
	put(&p, &left, ", %llu kB in contiguous leaves", c->contig);
	put(&p, &left, ", %llu kB with more NX", c->more_nx);
	put(&p, &left, ", %llu kB global that were not", c->global);
	put(&p, &left, ", %llu kB RO table pages only here", c->ro_here);
	put(&p, &left, ", %llu kB RO table pages only in upstream's", c->rw_here);
	put(&p, &left, ", %llu kB left out (kernel image of either boot)",
	    c->skipped);
	put(&p, &left, ", %llu kB worse", c->worse);
}

/*
 * The blocks whose split depends on where the image lies: 1 GiB ones if either
 * boot has 1G leaves, else 2 MiB ones.
 */
void image_blocks(const struct log *a, const struct log *b, struct map *skip)
{
	bool gig = map_leaf_bytes(&a->map, LEAF_1G) ||
		   map_leaf_bytes(&b->map, LEAF_1G);
	uint64_t size = gig ? GIB : 2 * MIB;
	const struct log *logs[] = { a, b };

	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < logs[k]->image.n; i++) {
			const struct span *s = &logs[k]->image.v[i];
			uint64_t start = s->start & ~(size - 1);
			uint64_t end = (s->end + size - 1) & ~(size - 1);

			for (; start < end; start += size)
				if (!map_find(skip, start)) {
					map_add(skip, start, start + size,
						LEAF_4K, 0);
					map_sort(skip);
				}
		}
}
