// SPDX-License-Identifier: GPL-2.0-only
/*
 * The payload's library: what the compiler, libfdt and the engine want of a C
 * library, a console on virt's PL011, and results as KTAP. Works with the MMU
 * on or off: all accesses are aligned, nothing is exclusive.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "payload.h"

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

/* The console */

static void put(char c)
{
	volatile u32 *data = (u32 *)UART, *flags = (u32 *)(UART + 0x18);

	while (*flags & BIT(5))
		;
	*data = (u8)c;
}

static void put_string(const char *s)
{
	while (*s)
		put(*s++);
}

static void put_number(u64 n, unsigned int base)
{
	char digits[24];
	unsigned int i = 0;

	do {
		digits[i++] = "0123456789abcdef"[n % base];
		n /= base;
	} while (n);
	while (i)
		put(digits[--i]);
}

/* %s, %u, %llu, %#llx and no other. */
void print(const char *fmt, va_list args)
{
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(*fmt);
		} else if (*++fmt == 's') {
			put_string(va_arg(args, const char *));
		} else if (*fmt == 'u') {
			put_number(va_arg(args, unsigned int), 10);
		} else if (*fmt == '#') {
			put_string("0x");
			put_number(va_arg(args, u64), 16);
			fmt += 3;
		} else {
			put_number(va_arg(args, u64), 10);
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
