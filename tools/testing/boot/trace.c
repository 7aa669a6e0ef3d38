// SPDX-License-Identifier: GPL-2.0-only
/*
 * A boot's trace: takes it out of the log, puts it beside the log as a file,
 * and has the physmap tool replay it. Judges nothing itself; starts no other
 * program.
 */
#include <errno.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define LINE	128

/* Each line is base64 of its own. */
static bool decode(FILE *f, const char *text, char *why, size_t len)
{
	unsigned char bytes[LINE];
	char line[LINE];
	int n, number = 0;

	while ((text = next_line(text, line, sizeof(line)))) {
		number++;
		n = b64_pton(line, bytes, sizeof(bytes));
		if (n < 0) {
			snprintf(why, len, "line %d of the trace is not base64",
				 number);
			return false;
		}
		fwrite(bytes, 1, n, f);
	}
	return true;
}

bool trace_save(const char *text, const char *path, char *why, size_t len)
{
	FILE *f;
	bool ok;

	if (!text) {
		snprintf(why, len, "no trace in the log, or only part of one");
		return false;
	}
	f = fopen(path, "wb");
	ok = f && decode(f, text, why, len);
	if (!f || fclose(f)) {
		snprintf(why, len, "%s: %s", path, strerror(errno));
		return false;
	}
	return ok;
}

static void exec_tool(const char *tool, const char *path, int out)
{
	dup2(out, 1);
	dup2(out, 2);
	execl(tool, tool, "check", path, (char *)NULL);
	dprintf(2, "%s: %s\n", tool, strerror(errno));
	_exit(127);
}

/*
 * Keeps the first line that the tool says, or the first that names a rule.
 * Returns whether there was one.
 */
static bool keep_line(int in, const char *rule, char *kept, size_t len)
{
	FILE *f = fdopen(in, "r");
	bool found = false;
	char line[512], name[64];

	if (!f) {
		close(in);
		return false;
	}
	snprintf(name, sizeof(name), ": %s: ", rule ? rule : "");
	while (fgets(line, sizeof(line), f)) {
		if (found || (rule && !strstr(line, name)))
			continue;
		found = true;
		snprintf(kept, len, "%.*s", (int)strcspn(line, "\n"), line);
	}
	fclose(f);
	return found;
}

/* True: the tool said what is wanted, and its exit status fits. */
static bool run_tool(const char *tool, const char *path, const char *rule,
		     char *line, size_t len)
{
	const int clean = 0, violations = 1;
	int out[2], status = -1;
	bool said;
	pid_t pid;

	snprintf(line, len, "%s said nothing%s%s", tool, rule ? " of " : "",
		 rule ? rule : "");
	if (pipe(out)) {
		snprintf(line, len, "pipe: %s", strerror(errno));
		return false;
	}
	fflush(NULL);
	pid = fork();
	if (!pid)
		exec_tool(tool, path, out[1]);
	close(out[1]);
	said = keep_line(out[0], rule, line, len);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	return said && WIFEXITED(status) &&
	       WEXITSTATUS(status) == (rule ? violations : clean);
}

bool trace_judge(struct boot *b, const struct log *l, const struct setup *s,
		 const char *rule)
{
	char path[sizeof(b->log) + 8];

	snprintf(path, sizeof(path), "%.*s.trace",
		 (int)(strlen(b->log) - strlen(".log")), b->log);
	if (!trace_save(l->trace, path, b->trace, sizeof(b->trace)))
		return false;
	return run_tool(s->physmap, path, rule, b->trace, sizeof(b->trace));
}
