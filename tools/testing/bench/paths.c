// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a measured machine is started with, if nothing else was asked for: the
 * same files as a machine of the boot bench that has its kernel. Touches no file.
 */
#include <stdio.h>
#include <string.h>

#include "measure.h"

static struct row as_row(const struct machine *m)
{
	return (struct row) { .kernel = m->kernel };
}

const char *paths_qemu(const struct paths *p, const struct machine *m)
{
	const struct setup s = { .qemu = p->qemu };
	const struct row r = as_row(m);

	return setup_qemu(&s, &r);
}

const char *paths_initrd(const struct paths *p, const struct machine *m)
{
	const struct setup s = { .initrd = p->initrd };
	const struct row r = as_row(m);

	return setup_initrd(&s, &r);
}

void paths_kernel(const struct paths *p, const struct machine *m, char *path,
		  size_t len)
{
	const struct setup s = { .kernel = p->kernel, .kernels = p->kernels };
	const struct row r = as_row(m);

	setup_kernel(&s, &r, path, len);
}

/* The image's own symbols lie beside it. */
void paths_symbols(const struct paths *p, const struct machine *m, char *path,
		   size_t len)
{
	char image[PATH_MAX];
	const char *slash;

	if (p->symbols) {
		snprintf(path, len, "%s", p->symbols);
		return;
	}
	paths_kernel(p, m, image, sizeof(image));
	slash = strrchr(image, '/');
	snprintf(path, len, "%.*svmlinux", slash ? (int)(slash - image) + 1 : 0,
		 image);
}
