// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest that its dom0 changes: waits for each change of its scenario, judges
 * the map again and tells dom0 that it is ready for the next. Changes nothing
 * itself but that it puts added memory blocks into use.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"
#include "textkey.h"

#define BALLOON	"/sys/devices/system/xen_memory/xen_memory0/"
#define TICK_MS	50
#define WAIT_MS	60000

static unsigned long long kb_of(const char *path)
{
	char *text = slurp(path);
	unsigned long long kb = text ? strtoull(text, NULL, 10) : 0;

	free(text);
	return kb;
}

/* New blocks are offline until somebody wants them. */
static bool wait_memory(unsigned int mib, const bool *old, char *why,
			size_t len)
{
	unsigned long long want = mib * 1024ULL, have = 0, target = 0;

	for (int ms = 0; ms < WAIT_MS; ms += TICK_MS) {
		target = kb_of(BALLOON "target_kb");
		have = kb_of(BALLOON "info/current_kb");
		if (have == want && target == want)
			return true;
		set_blocks(old, "online");
		usleep(TICK_MS * 1000);
	}
	snprintf(why, len, "%llu kB wanted, target %llu kB, %llu kB there", want,
		 target, have);
	return false;
}

static int thawed(void)
{
	char *dmesg = read_dmesg();
	int n = 0;

	for (const char *p = dmesg; (p = strstr(p, "Restarting tasks")); p++)
		n++;
	free(dmesg);
	return n;
}

/* The kernel says so when it lets tasks run again. */
static bool wait_restore(int before, char *why, size_t len)
{
	for (int ms = 0; ms < WAIT_MS; ms += TICK_MS) {
		if (thawed() > before)
			return true;
		usleep(TICK_MS * 1000);
	}
	snprintf(why, len, "no line \"Restarting tasks\" in dmesg");
	return false;
}

static void ready(int n)
{
	say("@@READY %d\n", n);
	say_flush();
}

/* The kernel runs /sbin/poweroff when dom0 asks for it: that tells us. */
static void wait_shutdown(void)
{
	const struct timespec limit = { .tv_sec = WAIT_MS / 1000 };
	sigset_t asked;

	sigemptyset(&asked);
	sigaddset(&asked, SHUTDOWN_SIGNAL);
	result(sigtimedwait(&asked, NULL, &limit) == SHUTDOWN_SIGNAL,
	       "dom0 asks for shutdown", "it did not within %d s",
	       WAIT_MS / 1000);
}

void follow_steps(const struct facts *f, const struct scenario *s)
{
	bool old[MAX_BLOCKS] = { false };
	char why[256] = "", name[96];
	double begin, there;
	int restores = 0;
	bool ok;

	note_blocks(old);
	ready(0);
	for (int i = 0; s->steps[i].change; i++) {
		const struct step *st = &s->steps[i];

		begin = seconds();
		if (st->change == CHANGE_MEMORY)
			ok = wait_memory(st->mib, old, why, sizeof(why));
		else
			ok = wait_restore(restores++, why, sizeof(why));
		there = seconds();
		snprintf(name, sizeof(name), "goes on %s", st->when);
		result(ok, name, "%s", why);
		judge_again(f, st->when);
		judge_memory_again(st->when);
		say("# changed in %.1f s, judged in %.1f s\n", there - begin,
		    seconds() - there);
		ready(i + 1);
	}
	wait_shutdown();
}
