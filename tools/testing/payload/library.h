/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What images without an operating system share: printing, results as KTAP,
 * and the functions of a C library that the engine and libfdt call. The console
 * and the end of the run are each image's own.
 */
#ifndef PAYLOAD_LIBRARY_H
#define PAYLOAD_LIBRARY_H

#include <linux/stdarg.h>
#include <linux/types.h>

__printf(1, 0)
void print(const char *fmt, va_list args);
__printf(1, 2)
void say(const char *fmt, ...);
__printf(2, 3)
bool result(bool ok, const char *fmt, ...);
void finish(void);

/* Each image's own. */
void put(char c);
void power_off(void);

#endif /* PAYLOAD_LIBRARY_H */
