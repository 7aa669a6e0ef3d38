// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the code symbols of an ELF file by libelf and sorts them by address.
 * Looks at nothing but symbol tables, section headers and notes.
 */
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbols.h"

static bool is_code(Elf *elf, const GElf_Sym *sym)
{
	int type = GELF_ST_TYPE(sym->st_info);
	Elf_Scn *section;
	GElf_Shdr header;

	if (type != STT_FUNC && type != STT_NOTYPE)
		return false;
	if (sym->st_shndx == SHN_UNDEF || sym->st_shndx >= SHN_LORESERVE)
		return false;
	section = elf_getscn(elf, sym->st_shndx);
	return section && gelf_getshdr(section, &header) &&
	       header.sh_flags & SHF_EXECINSTR;
}

static void add(struct symbols *s, const GElf_Sym *sym, const char *name)
{
	/* What begins with a dollar tells arm64's code from its data. */
	if (!name || !*name || *name == '$')
		return;
	if (!(s->n & (s->n - 1))) {
		s->v = realloc(s->v, (s->n ? 2 * s->n : 1) * sizeof(*s->v));
		if (!s->v)
			abort();
	}
	s->v[s->n++] = (struct symbol) {
		.start = sym->st_value,
		.end = sym->st_value + sym->st_size,
		.name = strdup(name),
	};
}

static void read_table(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
		       struct symbols *s)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
	GElf_Sym sym;

	for (size_t i = 0; data && i < n; i++)
		if (gelf_getsym(data, i, &sym) && is_code(elf, &sym))
			add(s, &sym, elf_strptr(elf, header->sh_link, sym.st_name));
}

static void read_notes(Elf_Scn *section, struct symbols *s)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t at = 0, name, text;
	GElf_Nhdr note;

	while (data && (at = gelf_getnote(data, at, &note, &name, &text))) {
		if (note.n_type != NT_GNU_BUILD_ID ||
		    note.n_descsz != BUILD_ID)
			continue;
		memcpy(s->build_id, (char *)data->d_buf + text, BUILD_ID);
		s->have_build_id = true;
	}
}

/* Of symbols at one address the longest says most: it is the function. */
static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* One symbol for each address, each as long as there is no other one. */
static void settle(struct symbols *s)
{
	size_t kept = 0;

	qsort(s->v, s->n, sizeof(*s->v), by_address);
	for (size_t i = 0; i < s->n; i++)
		if (!kept || s->v[kept - 1].start != s->v[i].start)
			s->v[kept++] = s->v[i];
	s->n = kept;
	for (size_t i = 0; i + 1 < kept; i++)
		s->v[i].end = s->v[i + 1].start;
}

bool symbols_read(const char *path, struct symbols *s, char *why, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	Elf *elf;

	memset(s, 0, sizeof(*s));
	if (fd < 0) {
		snprintf(why, len, "%s: %m", path);
		return false;
	}
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	while (elf && (section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header))
			continue;
		if (header.sh_type == SHT_SYMTAB)
			read_table(elf, section, &header, s);
		else if (header.sh_type == SHT_NOTE)
			read_notes(section, s);
	}
	elf_end(elf);
	close(fd);
	if (!s->n) {
		snprintf(why, len, "%s: no ELF file with a symbol table", path);
		return false;
	}
	settle(s);
	return true;
}

const struct symbol *symbols_at(const struct symbols *s, uint64_t address)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->v[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address >= s->v[low - 1].end)
		return NULL;
	return &s->v[low - 1];
}

const struct symbol *symbols_named(const struct symbols *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->v[i].name, name))
			return &s->v[i];
	return NULL;
}
