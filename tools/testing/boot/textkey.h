/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looking things up in "key: name=value" text such as physmap/report.
 * Header only, shared by guest and host; reads strings and nothing else.
 */
#ifndef BOOT_TEXTKEY_H
#define BOOT_TEXTKEY_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What follows "key: " on its line, or NULL. */
static inline const char *key_line(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = text; p && *p; p = strchr(p, '\n')) {
		if (*p == '\n')
			p++;
		if (!strncmp(p, key, len) && p[len] == ':') {
			p += len + 1;
			return p + strspn(p, " ");
		}
	}
	return NULL;
}

/* The value of name= in the line that begins at p; -1: absent. */
static inline long long value_in(const char *p, const char *name)
{
	size_t len = strlen(name);

	while (p && *p && *p != '\n') {
		if (!strncmp(p, name, len) && p[len] == '=')
			return strtoll(p + len + 1, NULL, 0);
		p += strcspn(p, "\n ");
		p += strspn(p, " ");
	}
	return -1;
}

static inline long long key_value(const char *text, const char *key,
				  const char *name)
{
	return value_in(key_line(text, key), name);
}

static inline long long key_number(const char *text, const char *key)
{
	const char *p = key_line(text, key);

	return p ? strtoll(p, NULL, 0) : -1;
}

/* Does the word stand on the line of that key? */
static inline bool key_word(const char *text, const char *key,
			    const char *word)
{
	const char *p = key_line(text, key);
	size_t len = strlen(word);

	while (p && *p && *p != '\n') {
		size_t n = strcspn(p, " \r\n");

		if (n == len && !memcmp(p, word, len))
			return true;
		p += n;
		p += strspn(p, " \r");
	}
	return false;
}

#endif
