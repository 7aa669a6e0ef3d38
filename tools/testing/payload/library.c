// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library of images without an operating system: what the compiler, libfdt
 * and the engine want of a C library, printing, and results as KTAP. Works with
 * an MMU or MPU on or off: all accesses are aligned, nothing is exclusive. Needs
 * no division of 64 bits, which a 32-bit CPU does not have.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "library.h"

void *memcpy(void *to, const void *from, size_t n)
{
	const u8 *f = from;
	u8 *t = to;

	while (n--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	const u8 *f = from;
	u8 *t = to;

	if (t <= f)
		return memcpy(to, from, n);
	while (n--)
		t[n] = f[n];
	return to;
}

void *memset(void *to, int c, size_t n)
{
	u8 *t = to;

	while (n--)
		*t++ = c;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n; n--, p++)
		if (*p == (u8)c)
			return (void *)p;
	return NULL;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++)
		b++;
	return (u8)*a - (u8)*b;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

char *strrchr(const char *s, int c)
{
	char *found = NULL;

	for (; s; s = *s ? s + 1 : NULL)
		if (*s == (char)c)
			found = (char *)s;
	return found;
}

/* Printing */

static void put_string(const char *s)
{
	while (*s)
		put(*s++);
}

/* What is left of *@n divided by a @base of at most 16 bits, in four steps. */
static unsigned int divide(u64 *n, unsigned int base)
{
	unsigned int rest = 0, shift = 64;
	u64 quotient = 0;

	while (shift) {
		shift -= 16;
		rest = rest << 16 | (*n >> shift & 0xffff);
		quotient |= (u64)(rest / base) << shift;
		rest %= base;
	}
	*n = quotient;
	return rest;
}

static void put_number(u64 n, unsigned int base, unsigned int width)
{
	char digits[24];
	unsigned int i = 0;

	do
		digits[i++] = "0123456789abcdef"[divide(&n, base)];
	while (n);
	for (; width > i; width--)
		put(' ');
	while (i)
		put(digits[--i]);
}

/* %s, %c, %u and %3u, %llu, %#llx and no other. */
void print(const char *fmt, va_list args)
{
	for (; *fmt; fmt++) {
		unsigned int width = 0;

		if (*fmt != '%') {
			put(*fmt);
			continue;
		}
		for (fmt++; *fmt >= '0' && *fmt <= '9'; fmt++)
			width = 10 * width + *fmt - '0';
		if (*fmt == 's') {
			put_string(va_arg(args, const char *));
		} else if (*fmt == 'c') {
			put(va_arg(args, int));
		} else if (*fmt == 'u') {
			put_number(va_arg(args, unsigned int), 10, width);
		} else if (*fmt == '#') {
			put_string("0x");
			put_number(va_arg(args, u64), 16, 0);
			fmt += 3;
		} else {
			put_number(va_arg(args, u64), 10, width);
			fmt += 2;
		}
	}
}

void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print(fmt, args);
	va_end(args);
}

/* Results */

static unsigned int results;

bool result(bool ok, const char *fmt, ...)
{
	va_list args;

	say("%s %u - ", ok ? "ok" : "not ok", ++results);
	va_start(args, fmt);
	print(fmt, args);
	va_end(args);
	put('\n');
	return ok;
}

void finish(void)
{
	say("1..%u\n", results);
	power_off();
}
