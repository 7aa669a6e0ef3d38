// SPDX-License-Identifier: GPL-2.0-only
/*
 * Feeds kept inputs to a fuzzing target, for compilers without libFuzzer, and
 * says in one KTAP line whether all of them passed. Each input has a process
 * of its own, so that one that fails hides none of the others.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bytes.h"

#define LONGEST		(1 << 20)
#define SECONDS		60

static int run(const char *path)
{
	FILE *f = fopen(path, "rb");
	u8 *data = malloc(LONGEST);
	size_t n;

	if (!f || !data) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return 1;
	}
	n = fread(data, 1, LONGEST, f);
	fclose(f);
	/* To its very end, so that the sanitizer sees a step beyond it. */
	data = realloc(data, n ? n : 1);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	return 0;
}

static int passes(const char *path)
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (!child) {
		alarm(SECONDS);
		exit(run(path));
	}
	return child > 0 && waitpid(child, &status, 0) == child && !status;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	int i, failed = 0;

	name = name ? name + 1 : argv[0];
	if (argc < 2) {
		fprintf(stderr, "usage: %s NUMBER-OF-THE-TEST INPUT...\n", name);
		return 2;
	}
	for (i = 2; i < argc; i++) {
		if (passes(argv[i]))
			continue;
		failed++;
		printf("# %s fails; alone: %s 1 %s\n", argv[i], argv[0], argv[i]);
	}
	if (argc == 2)
		printf("# no input is kept for it\n");
	printf("%sok %s - %s: %d kept inputs, %d fail\n",
	       failed || argc == 2 ? "not " : "", argv[1], name, argc - 2,
	       failed);
	return failed || argc == 2;
}
