// SPDX-License-Identifier: GPL-2.0-only
/*
 * The initramfs of a dom0 that runs guests: the guest's kernel and initramfs,
 * Xen's tools and the bench's own init, one archive behind the other. Written
 * into the log directory, packed by cpio.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

/* Where the guest's files lie, on the host and in dom0. */
#define DOMU	"domu"
#define NAMES	DOMU "\n" DOMU "/kernel\n" DOMU "/initrd\n"

void dom0_path(const struct setup *s, const char *xen, char *path, size_t len)
{
	snprintf(path, len, "%s/dom0-%s.initrd", s->logs, xen);
}

static bool complain(const char *path)
{
	fprintf(stderr, "boot: %s: %s\n", path, strerror(errno));
	return false;
}

static bool link_to(const char *file, const char *logs, const char *name)
{
	char path[PATH_MAX], target[PATH_MAX];

	if (!realpath(file, target))
		return complain(file);
	snprintf(path, sizeof(path), "%s/" DOMU "/%s", logs, name);
	unlink(path);
	if (symlink(target, path))
		return complain(path);
	return true;
}

static void exec_cpio(const char *logs, int in, int out)
{
	dup2(in, 0);
	dup2(out, 1);
	if (!chdir(logs))
		execlp("cpio", "cpio", "--quiet", "-o", "-L", "-H", "newc",
		       (char *)NULL);
	fprintf(stderr, "boot: cpio: %s: apt-get install cpio\n",
		strerror(errno));
	_exit(127);
}

/* cpio reads the names from a pipe, which is large enough for all of them. */
static bool pack_guest(const char *logs, int out)
{
	int names[2], status = -1;
	pid_t pid;

	if (pipe2(names, O_CLOEXEC))
		return complain("pipe");
	if (write(names[1], NAMES, strlen(NAMES)) != (ssize_t)strlen(NAMES))
		complain("pipe");
	close(names[1]);
	pid = fork();
	if (!pid)
		exec_cpio(logs, names[0], out);
	close(names[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
		fprintf(stderr, "boot: cpio could not pack %s/" DOMU "\n", logs);
		return false;
	}
	return true;
}

static bool append(const char *path, int out)
{
	int in = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (in < 0)
		return complain(path);
	while ((n = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	close(in);
	return n ? complain(path) : true;
}

/* The archive that is not compressed comes first: it must be aligned. */
bool dom0_initrd(const struct setup *s, const char *xen)
{
	char path[PATH_MAX], tools[PATH_MAX];
	bool ok;
	int out;

	snprintf(path, sizeof(path), "%s/" DOMU, s->logs);
	if (mkdir(path, 0755) && errno != EEXIST)
		return complain(path);
	snprintf(tools, sizeof(tools), "%s/%s/tools.cpio.gz", s->xen, xen);
	dom0_path(s, xen, path, sizeof(path));
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (out < 0)
		return complain(path);
	ok = link_to(s->kernel, s->logs, "kernel") &&
	     link_to(s->initrd, s->logs, "initrd") &&
	     pack_guest(s->logs, out) && append(tools, out) &&
	     append(s->initrd, out);
	return !close(out) && ok;
}
