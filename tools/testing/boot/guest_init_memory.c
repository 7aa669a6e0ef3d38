// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init memory once it is freed: it is writable and not executable, and page
 * tables are made from it. Forks processes that want many tables while nearly
 * all other memory is taken, and gives all of it back.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest_after.h"

#define BOOST		"/proc/sys/vm/watermark_boost_factor"
#define BOOST_DEFAULT	"15000"		/* mm/page_alloc.c */
#define KPF_PGTABLE	26		/* of /proc/kpageflags */

#define CHILDREN	32
#define TOUCHES		64		/* by each child, a table for each */
#define STRIDE		(32 * MIB)

#define SQUEEZE_LEFT	(6 * MIB)
#define SQUEEZE_OTHER	(24 * MIB)

static uint64_t symbol(const char *kallsyms, const char *name)
{
	char key[64];
	const char *p;

	snprintf(key, sizeof(key), " %s\n", name);
	p = kallsyms ? strstr(kallsyms, key) : NULL;
	while (p && p > kallsyms && p[-1] != '\n')
		p--;
	return p ? strtoull(p, NULL, 16) : 0;
}

/* The code that only boot needed, as whole pages; all of it has been freed. */
static bool find_init(const struct facts *f, struct span *init)
{
	char *kallsyms = slurp("/proc/kallsyms");
	uint64_t text = symbol(kallsyms, "_text");
	uint64_t start = symbol(kallsyms, "_sinittext");
	uint64_t end = symbol(kallsyms, "_einittext");
	struct map code = { 0 };

	iomem_parse(f->iomem, "Kernel code", &code);
	free(kallsyms);
	if (!code.n || !text || start < text || end <= start)
		return false;
	*init = (struct span){
		.start = (start - text + code.v[0].start + PAGE - 1) & -PAGE,
		.end = (end - text + code.v[0].start) & -PAGE,
	};
	map_free(&code);
	return init->start < init->end;
}

/* Pages of [start, end) that are a process' page table now. */
static void add_page_tables(int fd, uint64_t start, uint64_t end,
			    struct map *out)
{
	uint64_t flags[512];

	for (uint64_t at = start; at < end; at += sizeof(flags) / 8 * PAGE) {
		ssize_t n = pread(fd, flags, sizeof(flags), at / PAGE * 8) / 8;

		for (ssize_t i = 0; i < n && at + i * PAGE < end; i++)
			if (flags[i] & (1ULL << KPF_PGTABLE))
				map_add(out, at + i * PAGE, at + (i + 1) * PAGE,
					LEAF_4K, 0);
	}
}

static void read_page_tables(const struct map *direct, struct map *out)
{
	int fd = open("/proc/kpageflags", O_RDONLY);

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; fd >= 0 && i < direct->n; i++)
		add_page_tables(fd, direct->v[i].start, direct->v[i].end, out);
	if (fd >= 0)
		close(fd);
}

static uint64_t bytes_within(const struct map *m, const struct span *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->n; i++) {
		uint64_t start = m->v[i].start, end = m->v[i].end;

		start = start > s->start ? start : s->start;
		end = end < s->end ? end : s->end;
		sum += start < end ? end - start : 0;
	}
	return sum;
}

/*
 * Writable, and executable by nobody: nothing is left of what the image wanted.
 * Under Xen a page may have become a table since, and then it is read-only.
 */
static void judge_freed(const struct facts *f, const struct span *init)
{
	static const char *const freed[] = {
		"Freeing unused kernel image (initmem) memory", NULL
	};
	char line[256], text[96] = "nothing is mapped there";
	bool ok = true;
	uint64_t at = init->start;

	result(line_with(f->dmesg, freed, line, sizeof(line)),
	       "init memory is freed", "dmesg has no line \"%s\"", freed[0]);
	while (ok && at < init->end) {
		const struct span *s = map_find(&f->map, at);

		ok = s && s->attr & AT_NX && (s->attr & AT_RW || opts.xen);
		if (s) {
			span_text(s, text, sizeof(text));
			at = s->end;
		}
	}
	result(ok, "freed init memory is writable and not executable", "%s",
	       text);
}

/* Processes with many tables */

static bool wait_byte(int fd)
{
	ssize_t n;
	char c;

	do
		n = read(fd, &c, 1);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

static void tell_all(int fd)
{
	static const char bytes[CHILDREN];

	if (write(fd, bytes, sizeof(bytes)) != sizeof(bytes))
		say("# the processes cannot be told: %s\n", strerror(errno));
	close(fd);
}

/* One page in each of many tables, which all must be there at the end. */
static bool touch(int start, int ready, int go)
{
	volatile uint64_t *page[TOUCHES];
	char *area = mmap(NULL, TOUCHES * STRIDE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	bool ok = area != MAP_FAILED && wait_byte(start);

	for (int i = 0; ok && i < TOUCHES; i++) {
		page[i] = (uint64_t *)(area + i * STRIDE);
		*page[i] = (uint64_t)getpid() << 32 | i;
	}
	ok = ok && write(ready, "", 1) == 1;
	close(ready);
	ok = ok && wait_byte(go);
	for (int i = 0; ok && i < TOUCHES; i++)
		ok = *page[i] == ((uint64_t)getpid() << 32 | i);
	return ok;
}

struct crowd {
	pid_t pid[CHILDREN];
	int start, ready, go;		/* a byte for each process */
};

static bool crowd_begin(struct crowd *c)
{
	int start[2], ready[2], go[2];

	if (pipe(start) || pipe(ready) || pipe(go))
		return false;
	for (int i = 0; i < CHILDREN; i++) {
		c->pid[i] = fork();
		if (!c->pid[i])
			_exit(!touch(start[0], ready[1], go[0]));
	}
	close(start[0]);
	close(ready[1]);
	close(go[0]);
	c->start = start[1];
	c->ready = ready[0];
	c->go = go[1];
	return true;
}

/* Returns once all have their tables; how many have. */
static int crowd_touch(struct crowd *c)
{
	int n = 0;

	tell_all(c->start);
	while (wait_byte(c->ready))
		n++;
	close(c->ready);
	return n;
}

/* How many found all as they had left it. */
static int crowd_end(struct crowd *c)
{
	int n = 0;

	tell_all(c->go);
	for (int i = 0; i < CHILDREN; i++) {
		int status = -1;

		n += c->pid[i] > 0 && waitpid(c->pid[i], &status, 0) > 0 &&
		     !status;
	}
	return n;
}

/*
 * Page tables are made from the largest free blocks, so the init memory's turn
 * comes when there is no larger one. A process of its own takes all memory but
 * a rest, then gives back the init memory, and single pages elsewhere for what
 * is no table.
 */
struct sums {
	uint64_t bytes, init, other;	/* taken, and of it given back */
};

struct squeeze {
	struct sums sums;
	pid_t pid;
	int go;				/* closed: it ends */
};

/* Gives back the pages of one piece of the area, as pagemap has their frames. */
static void give_back_piece(struct sums *q, char *piece, const uint64_t *entry,
			    ssize_t n, const struct span *init)
{
	for (ssize_t i = 0; i < n; i++) {
		uint64_t frame = (entry[i] & ((1ULL << 55) - 1)) * PAGE;
		bool inside = frame >= init->start && frame < init->end;

		if (!inside && (!(frame / PAGE % 2) ||
				q->other >= SQUEEZE_OTHER))
			continue;
		if (munmap(piece + i * PAGE, PAGE))
			continue;
		q->init += inside ? PAGE : 0;
		q->other += inside ? 0 : PAGE;
	}
}

static void give_back(struct sums *q, char *area, const struct span *init)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry[512];
	uint64_t pages = q->bytes / PAGE;

	for (uint64_t i = 0; fd >= 0 && i < pages; i += 512) {
		uint64_t n = pages - i < 512 ? pages - i : 512;
		ssize_t got = pread(fd, entry, n * 8,
				    ((uintptr_t)area / PAGE + i) * 8);

		give_back_piece(q, area + i * PAGE, entry, got / 8, init);
	}
	if (fd >= 0)
		close(fd);
}

static void squeeze(struct sums *q, const struct span *init)
{
	char *text = slurp("/proc/meminfo");
	uint64_t room = meminfo_kb(text, "MemFree") << 10;
	char *area;

	free(text);
	if (room <= SQUEEZE_LEFT)
		return;
	q->bytes = (room - SQUEEZE_LEFT) & -PAGE;
	area = mmap(NULL, q->bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED)
		return;
	for (uint64_t i = 0; i < q->bytes; i += PAGE)
		area[i] = 1;
	give_back(q, area, init);
}

static void squeeze_child(int said, int go, const struct span *init)
{
	struct sums q = { 0 };

	squeeze(&q, init);
	if (write(said, &q, sizeof(q)) == sizeof(q))
		wait_byte(go);
	_exit(0);
}

/*
 * The allocator may raise its reserve by some MiB when kinds of pages mix, and
 * then the rest would be too small to live on.
 */
static void allow_boost(const char *factor)
{
	int fd = open(BOOST, O_WRONLY);

	if (fd < 0 || write(fd, factor, strlen(factor)) < 0)
		say("# %s: %s\n", BOOST, strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* False: there is too much memory to take it all in a moment. */
static bool squeeze_begin(struct squeeze *q, const struct span *init)
{
	char *text = slurp("/proc/meminfo");
	bool small = meminfo_kb(text, "MemTotal") << 10 <= GIB;
	int said[2], go[2];

	free(text);
	memset(q, 0, sizeof(*q));
	q->go = -1;
	if (!small || pipe(said) || pipe(go))
		return small;
	q->pid = fork();
	if (!q->pid) {
		close(go[1]);
		squeeze_child(said[1], go[0], init);
	}
	close(said[1]);
	close(go[0]);
	q->go = go[1];
	if (read(said[0], &q->sums, sizeof(q->sums)) != sizeof(q->sums))
		memset(&q->sums, 0, sizeof(q->sums));
	close(said[0]);
	return true;
}

static void squeeze_end(struct squeeze *q)
{
	if (q->go >= 0)
		close(q->go);
	if (q->pid > 0)
		waitpid(q->pid, NULL, 0);
}

/* What can be seen of the tables of processes. */
struct counted {
	uint64_t pages, writable, in_init;
};

static struct counted count_tables(const struct map *direct,
				   const struct span *init)
{
	struct map tables = { 0 };
	struct counted n = { 0 };

	read_page_tables(direct, &tables);
	for (size_t i = 0; i < tables.n; i++)
		for (uint64_t at = tables.v[i].start; at < tables.v[i].end;
		     at += PAGE) {
			const struct span *s = map_find(direct, at);

			n.writable += s && s->attr & AT_RW;
		}
	n.pages = map_bytes(&tables) / PAGE;
	n.in_init = bytes_within(&tables, init) / PAGE;
	map_free(&tables);
	return n;
}

static void judge_tables(const struct counted *n, const struct squeeze *q,
			 bool small)
{
	say("# %llu page tables of processes, %llu of them writable, %llu in init memory\n",
	    (unsigned long long)n->pages, (unsigned long long)n->writable,
	    (unsigned long long)n->in_init);
	say("# given back: %llu kB of init memory, %llu kB of other\n",
	    (unsigned long long)(q->sums.init >> 10),
	    (unsigned long long)(q->sums.other >> 10));
	/* Each one, or Xen would have refused it. */
	if (opts.xen)
		result(!n->writable && n->pages,
		       "every page table of the processes is read-only (XENPV-2)",
		       "%llu are writable", (unsigned long long)n->writable);
	if (small)
		result(n->in_init > 0,
		       "page tables are made from freed init memory",
		       "none of %llu", (unsigned long long)n->pages);
}

static void judge_crowd(const struct facts *f, const struct span *init)
{
	struct counted before = count_tables(&f->map, init), during = { 0 };
	struct counted after;
	struct crowd crowd;
	struct squeeze q;
	struct tables now;
	int ready, right;
	bool small;

	if (!crowd_begin(&crowd)) {
		result(false, "pipes can be made", "%s", strerror(errno));
		return;
	}
	allow_boost("0");
	small = squeeze_begin(&q, init);
	ready = crowd_touch(&crowd);
	if (read_tables(&now))
		during = count_tables(&now.direct, init);
	tables_free(&now);
	judge_tables(&during, &q, small);
	right = crowd_end(&crowd);
	squeeze_end(&q);
	allow_boost(BOOST_DEFAULT);
	after = count_tables(&f->map, init);
	result(ready == CHILDREN && right == CHILDREN,
	       "processes with a table for each page find their pages again",
	       "%d ready, %d right, of %d", ready, right, CHILDREN);
	result(during.pages >= CHILDREN * TOUCHES &&
	       after.pages <= before.pages,
	       "page tables come from memory and go back",
	       "%llu, then %llu, then %llu", (unsigned long long)before.pages,
	       (unsigned long long)during.pages,
	       (unsigned long long)after.pages);
}

void judge_init_memory(const struct facts *f)
{
	struct span init;

	if (!find_init(f, &init)) {
		result(false, "init memory can be found",
		       "/proc/kallsyms and /proc/iomem do not say where");
		return;
	}
	judge_freed(f, &init);
	judge_crowd(f, &init);
}
