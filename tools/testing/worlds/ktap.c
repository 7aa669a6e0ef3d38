// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results as KTAP lines, one for each family of worlds, with its figures.
 * Counts what failed, for the exit status. Touches stdout only.
 */
#include <stdarg.h>
#include <stdio.h>
#include "world.h"

static unsigned int results, failures;

void ktap_plan(unsigned int tests)
{
	printf("KTAP version 1\n1..%u\n", tests);
	fflush(stdout);
}

void ktap_result(bool ok, const char *fmt, ...)
{
	va_list args;

	failures += !ok;
	printf("%s %u - ", ok ? "ok" : "not ok", ++results);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

/* A number with its thousands apart; good for four of them in a line. */
const char *ktap_number(u64 n)
{
	static char text[4][32];
	static unsigned int next;
	char *at = text[next++ % 4] + 31;
	unsigned int digits = 0;

	*at = '\0';
	do {
		if (digits && !(digits % 3))
			*--at = ',';
		*--at = '0' + n % 10;
		n /= 10;
		digits++;
	} while (n);
	return at;
}

/* The exit status. */
int ktap_end(void)
{
	return failures ? 1 : 0;
}
