// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hot-add part of a guest: asks the host for DIMMs by @@WANT lines, sees
 * that a refused add changes nothing, that an added DIMM has no executable
 * window, can be used and can go again. Writes to sysfs' memory blocks and to
 * physmap/fail_table only.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"
#include "textkey.h"

#define BLOCKS		"/sys/devices/system/memory"
#define FAIL_TABLE	"/sys/kernel/debug/physmap/fail_table"
#define REPORT		"/sys/kernel/debug/physmap/report"
#define WAIT_MS		20000
#define SETTLE_MS	5000

static int count_blocks(void)
{
	DIR *d = opendir(BLOCKS);
	struct dirent *e;
	int n = 0, id;

	while (d && (e = readdir(d)))
		n += sscanf(e->d_name, "memory%d", &id) == 1;
	if (d)
		closedir(d);
	return n;
}

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok;
}

/* Puts every block whose number was not there at boot into the state. */
int set_blocks(const bool *old, const char *state)
{
	DIR *d = opendir(BLOCKS);
	struct dirent *e;
	char path[320];
	int done = 0, id;

	while (d && (e = readdir(d))) {
		if (sscanf(e->d_name, "memory%d", &id) != 1 || id < 0 ||
		    id >= MAX_BLOCKS || old[id])
			continue;
		snprintf(path, sizeof(path), BLOCKS "/%s/state", e->d_name);
		done += put(path, state);
	}
	if (d)
		closedir(d);
	return done;
}

void note_blocks(bool *old)
{
	DIR *d = opendir(BLOCKS);
	struct dirent *e;
	int id;

	while (d && (e = readdir(d)))
		if (sscanf(e->d_name, "memory%d", &id) == 1 && id >= 0 &&
		    id < MAX_BLOCKS)
			old[id] = true;
	if (d)
		closedir(d);
}

static bool wait_blocks(int want)
{
	for (int ms = 0; ms < WAIT_MS; ms += 50) {
		if (count_blocks() == want)
			return true;
		usleep(50000);
	}
	return false;
}

static bool wait_dmesg(const char *const *words)
{
	char line[256];

	for (int ms = 0; ms < WAIT_MS; ms += 50) {
		char *dmesg = read_dmesg();
		bool found = line_with(dmesg, words, line, sizeof(line));

		free(dmesg);
		if (found)
			return true;
		usleep(50000);
	}
	return false;
}

static void want(const char *what)
{
	say("@@WANT %s\n", what);
	say_flush();
}

static bool same_as(const struct map *before, char *why, size_t len)
{
	unsigned int splits;
	struct map now;
	uint64_t base = 0;
	bool ok = read_map(&now, &base, &splits);

	if (!ok)
		snprintf(why, len, "page_tables cannot be read");
	ok = ok && map_same(before, &now, AT_ANY, why, len);
	map_free(&now);
	return ok;
}

/* Removal goes on for a moment after the block devices have gone. */
static bool soon_same_as(const struct map *before, char *why, size_t len)
{
	for (int ms = 0; ms < SETTLE_MS; ms += 100) {
		if (same_as(before, why, len))
			return true;
		usleep(100000);
	}
	return false;
}

/* With no page for tables the add must fail, and nothing may have changed. */
static void refused_add(const struct facts *f, int blocks)
{
	static const char *const failed[] = { "add_memory failed", NULL };
	char why[256] = "";
	bool said;

	/* In 4K pages a DIMM wants many tables: let one in the middle be missing. */
	if (!put(FAIL_TABLE, map_leaf_bytes(&f->map, LEAF_2M) ? "1" : "100")) {
		result(false, "a table page can be refused (fail_table)",
		       "cannot write physmap/fail_table");
		return;
	}
	want("refused-dimm");
	said = wait_dmesg(failed);
	result(said && count_blocks() == blocks,
	       "hot-add without memory for tables fails with an error",
	       "%s, %d memory blocks, %d before",
	       said ? "it said so" : "no line \"add_memory failed\"",
	       count_blocks(), blocks);
	result(same_as(&f->map, why, sizeof(why)),
	       "the refused hot-add changed nothing", "%s", why);
	judge_again(f, "after the refused hot-add");
	put(FAIL_TABLE, "0");
}

/* The spans that were not there before. */
static void added_spans(const struct map *before, const struct map *now,
			struct map *added)
{
	uint64_t at = 0;

	while (at != UINT64_MAX) {
		const struct span *s = map_find(now, at);
		uint64_t next = map_next_edge(before, at,
				map_next_edge(now, at, UINT64_MAX));

		if (s && !map_find(before, at))
			map_add(added, at, next, s->leaf, s->attr);
		at = next;
	}
}

static void judge_added(const struct map *added)
{
	char text[96] = "nothing was added";
	bool ok = added->n;

	for (size_t i = 0; ok && i < added->n; i++) {
		ok = (added->v[i].attr & AT_NX) && (added->v[i].attr & AT_RW);
		span_text(&added->v[i], text, sizeof(text));
	}
	result(ok, "every leaf of the new memory is RW and NX", "%s", text);
	result(map_bytes(added) == 512 * MIB, "all 512 MiB of it are mapped",
	       "%llu MiB", (unsigned long long)(map_bytes(added) / MIB));
	section_map("map-added", added);
}

/* Every request since boot's last one must have been final at once. */
static void judge_requests(const struct facts *f, const struct map *dimm)
{
	long long from = dimm->n ? (long long)dimm->v[0].start : 0;
	char *report = slurp(REPORT);
	long long boot = f->report ? key_number(f->report, "requests") : -1;
	long long k, added = 0, final = 0;
	char why[160] = "no request for the new memory";
	bool ok = true;

	for (const char *p = report; p && *p; p = strchr(p, '\n')) {
		int used = 0;

		p += *p == '\n';
		if (sscanf(p, "request %lld:%n", &k, &used) != 1 || !used)
			continue;
		if (value_in(p + used, "start") < from)
			continue;
		added++;
		final += value_in(p + used, "final");
		if (strncmp(strstr(p, "policy=") ?: "", "policy=fresh ", 13) ||
		    value_in(p + used, "early") ||
		    value_in(p + used, "flush")) {
			snprintf(why, sizeof(why), "%.*s",
				 (int)strcspn(p, "\n"), p);
			ok = false;
		}
	}
	result(ok && final > 0 && report &&
	       key_number(report, "requests") == boot + added,
	       "no executable window: hot-add is final at once (policy=fresh, early=0)",
	       "%s", why);
	section("report-hotadd", report);
	free(report);
}

static void remove_again(const struct facts *f, const bool *old, int blocks)
{
	char why[256] = "";
	int off = set_blocks(old, "offline");

	result(off == 4, "the new memory goes offline", "%d of 4 blocks", off);
	want("unplug");
	result(wait_blocks(blocks), "the DIMM is removed",
	       "%d memory blocks, %d before", count_blocks(), blocks);
	result(soon_same_as(&f->map, why, sizeof(why)),
	       "its mappings are gone and the rest is as before", "%s", why);
}

void judge_hotadd(const struct facts *f)
{
	static bool old[MAX_BLOCKS];
	bool off = !strcmp(opts.policy, "off");
	struct map now = { 0 }, added = { 0 };
	int blocks = count_blocks(), on;
	unsigned int splits;
	uint64_t base = 0;

	note_blocks(old);
	if (!off)
		refused_add(f, blocks);
	want("dimm");
	result(wait_blocks(blocks + 4), "a DIMM of 512 MiB appears",
	       "%d memory blocks, %d before", count_blocks(), blocks);
	on = set_blocks(old, "online_movable");
	result(on == 4, "the new memory goes online", "%d of 4 blocks", on);
	/* More than the machine has without it. */
	result(on && use_memory(640 * MIB),
	       "the new memory can be written and read", "640 MiB");
	read_map(&now, &base, &splits);
	added_spans(&f->map, &now, &added);
	judge_added(&added);
	if (!off)
		judge_requests(f, &added);
	judge_again(f, "after hot-add");
	remove_again(f, old, blocks);
	judge_again(f, "after hot-remove");
	map_free(&now);
	map_free(&added);
	say_flush();
}
