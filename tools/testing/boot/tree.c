// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device tree of an arm64 machine that is not as QEMU makes it: with holes
 * in its RAM, or with what Xen wants to know of dom0 or of a guest. QEMU is
 * asked for its own, which is edited and put beside the log. Starts no other
 * program.
 */
#include <errno.h>
#include <fcntl.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define MAX_TREE	(2 * MIB)
#define CONSOLE		"/pl011@9000000"
#define DUMP_SECONDS	30
#define GUEST_KIB	(256 * 1024)

/* Far from where QEMU puts Xen and the tree itself, in the first GiB of RAM. */
#define KERNEL_AT	0x50000000ULL
#define INITRD_AT	0x58000000ULL

/*
 * What is not RAM, in a machine of 12 GiB from 1 GiB on: the end of a page
 * table's page, single pages, a block less than its size away from another
 * hole, and whole GiB. The kernel never maps such a reservation.
 */
static const struct {
	uint64_t start, size;
} holes[] = {
	{ 0x0a0000000, 0x000001000 },
	{ 0x0a01ff000, 0x000001000 },
	{ 0x0a0610000, 0x0001f0000 },
	{ 0x0c8000000, 0x008000000 },
	{ 0x140000000, 0x080000000 },
	{ 0x1c0010000, 0x03fff0000 },
	{ 0x280000000, 0x07ffff000 },
};

#define N_HOLES	(sizeof(holes) / sizeof(holes[0]))

void tree_path(const struct boot *b, char *path, size_t len)
{
	snprintf(path, len, "%.*s.dtb", (int)(strlen(b->log) - strlen(".log")),
		 b->log);
}

void tree_modules(const struct row *r, const struct setup *s,
		  struct module *modules)
{
	setup_kernel(s, r, modules[0].path, sizeof(modules[0].path));
	modules[0].address = KERNEL_AT;
	snprintf(modules[1].path, sizeof(modules[1].path), "%s",
		 setup_initrd(s, r));
	modules[1].address = INITRD_AT;
}

static void put_cells(void *to, uint64_t start, uint64_t size)
{
	fdt64_st(to, start);
	fdt64_st((char *)to + 8, size);
}

/* Returns the node, or libfdt's error. Cells are 64 bits wide below it. */
static int add_parent(void *fdt, int above, const char *name)
{
	int node = fdt_subnode_offset(fdt, above, name), err;

	if (node == -FDT_ERR_NOTFOUND)
		node = fdt_add_subnode(fdt, above, name);
	if (node < 0)
		return node;
	err = fdt_setprop_u32(fdt, node, "#address-cells", 2);
	if (!err)
		err = fdt_setprop_u32(fdt, node, "#size-cells", 2);
	return err ? err : node;
}

static int add_holes(void *fdt)
{
	int all = add_parent(fdt, 0, "reserved-memory"), err;

	err = all < 0 ? all : fdt_setprop_empty(fdt, all, "ranges");
	for (size_t i = 0; !err && i < N_HOLES; i++) {
		char name[32], reg[16];
		int node;

		snprintf(name, sizeof(name), "hole@%llx",
			 (unsigned long long)holes[i].start);
		put_cells(reg, holes[i].start, holes[i].size);
		node = fdt_add_subnode(fdt, all, name);
		err = node < 0 ? node :
		      fdt_setprop(fdt, node, "reg", reg, sizeof(reg));
		if (!err)
			err = fdt_setprop_empty(fdt, node, "no-map");
	}
	return err;
}

/* Returns the module's node. */
static int add_module(void *fdt, int above, const struct module *m,
		      const char *compatible, int len)
{
	char name[32], reg[16];
	struct stat st;
	int node, err;

	if (stat(m->path, &st))
		return -FDT_ERR_NOTFOUND;
	snprintf(name, sizeof(name), "module@%llx",
		 (unsigned long long)m->address);
	put_cells(reg, m->address, st.st_size);
	node = fdt_add_subnode(fdt, above, name);
	if (node < 0)
		return node;
	err = fdt_setprop(fdt, node, "compatible", compatible, len);
	err = err ? err : fdt_setprop(fdt, node, "reg", reg, sizeof(reg));
	return err ? err : node;
}

#define KERNEL	"multiboot,kernel\0multiboot,module"
#define RAMDISK	"multiboot,ramdisk\0multiboot,module"

static int add_modules(void *fdt, int above, const struct module *modules,
		       const char *bootargs)
{
	int node = add_module(fdt, above, &modules[0], KERNEL, sizeof(KERNEL));
	int err = node < 0 ? node :
		  fdt_setprop_string(fdt, node, "bootargs", bootargs);

	if (err)
		return err;
	node = add_module(fdt, above, &modules[1], RAMDISK, sizeof(RAMDISK));
	return node < 0 ? node : 0;
}

/* A guest that Xen starts by itself; returns its node. */
static int add_guest(void *fdt, int chosen)
{
	int node = add_parent(fdt, chosen, "domU1"), err;
	char kib[8];

	if (node < 0)
		return node;
	fdt64_st(kib, GUEST_KIB);
	err = fdt_setprop_string(fdt, node, "compatible", "xen,domain");
	err = err ? err : fdt_setprop(fdt, node, "memory", kib, sizeof(kib));
	err = err ? err : fdt_setprop_u32(fdt, node, "cpus", 1);
	err = err ? err : fdt_setprop_empty(fdt, node, "vpl011");
	err = err ? err : fdt_setprop_string(fdt, node, "xen,enhanced",
					     "no-xenstore");
	return err ? err : node;
}

static int add_xen(void *fdt, const struct row *r, const struct setup *s,
		   const char *bootargs)
{
	int node = add_parent(fdt, 0, "chosen"), err;
	struct module modules[N_MODULES];
	char args[256];

	if (node < 0)
		return node;
	tree_modules(r, s, modules);
	snprintf(args, sizeof(args),
		 "console=dtuart dtuart=" CONSOLE " loglvl=all guest_loglvl=all %s",
		 r->xenargs);
	err = fdt_setprop_string(fdt, node, "xen,xen-bootargs", args);
	if (!err && r->tree == TREE_DOMU)
		node = add_guest(fdt, node);
	if (err || node < 0)
		return err ? err : node;
	return add_modules(fdt, node, modules, bootargs);
}

static bool complain(const char *path, const char *why)
{
	fprintf(stderr, "boot: %s: %s\n", path, why);
	return false;
}

static bool edit(void *fdt, const char *path, const struct boot *b,
		 const struct setup *s, const char *bootargs)
{
	int err = fdt_open_into(fdt, fdt, MAX_TREE);

	if (!err)
		err = b->row->tree == TREE_HOLES ? add_holes(fdt) :
		      add_xen(fdt, b->row, s, bootargs);
	if (!err)
		err = fdt_pack(fdt);
	return err ? complain(path, fdt_strerror(err)) : true;
}

static void *read_tree(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *fdt = calloc(1, MAX_TREE);
	size_t have = 0;
	ssize_t n;

	while (fd >= 0 && fdt && have < MAX_TREE &&
	       (n = read(fd, fdt + have, MAX_TREE - have)) > 0)
		have += n;
	if (fd >= 0)
		close(fd);
	if (fdt && !fdt_check_header(fdt) && fdt_totalsize(fdt) <= have)
		return fdt;
	free(fdt);
	complain(path, "QEMU has left no device tree there");
	return NULL;
}

static bool write_tree(const void *fdt, const char *path)
{
	FILE *f = fopen(path, "wb");
	bool ok = f && fwrite(fdt, fdt_totalsize(fdt), 1, f) == 1;

	if (!f || fclose(f) || !ok)
		return complain(path, strerror(errno));
	return true;
}

static void exec_dump(const struct boot *b, const struct setup *s,
		      const char *path)
{
	const char *qemu = setup_qemu(s, b->row);
	char machine[640];

	snprintf(machine, sizeof(machine), "%s,dumpdtb=%s", b->row->machine,
		 path);
	dup2(b->log_fd, 1);
	dup2(b->log_fd, 2);
	alarm(DUMP_SECONDS);
	execlp(qemu, qemu, "-M", machine, "-cpu", b->row->cpu, "-m",
	       b->row->mem, "-display", "none", "-net", "none", (char *)NULL);
	perror(qemu);
	_exit(127);
}

/* QEMU writes its tree and ends. */
static bool dump(const struct boot *b, const struct setup *s, const char *path)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		exec_dump(b, s, path);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		return complain(b->log, "QEMU did not write its device tree");
	return true;
}

bool tree_make(const struct boot *b, const struct setup *s,
	       const char *bootargs)
{
	char path[sizeof(b->log) + 8];
	void *fdt;
	bool ok;

	tree_path(b, path, sizeof(path));
	if (!dump(b, s, path))
		return false;
	fdt = read_tree(path);
	ok = fdt && edit(fdt, path, b, s, bootargs) && write_tree(fdt, path);
	free(fdt);
	return ok;
}
