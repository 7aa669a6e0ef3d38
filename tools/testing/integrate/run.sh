#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tests scripts/integrate on a skeleton of a kernel tree: the files that it
# reads and edits, taken from the extracted source given as $1, and little
# else. Works on copies, of this project too, and writes KTAP.
set -u
export LC_ALL=C

if [ ! -f "${1-}/arch/x86/mm/init_64.c" ]; then
	echo "usage: run.sh KERNEL-SOURCE (a pristine one, or the few files of scripts/get-kernel --seams)" >&2
	exit 2
fi
source=$(cd "$1" && pwd)
project=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
repo=$work/repo
tree=$work/tree
init_64=arch/x86/mm/init_64.c
mmu=arch/arm64/mm/mmu.c
count=0

make_pristine() {
	mkdir -p "$work/pristine/include/linux" "$work/pristine/arch/x86/include/asm" "$work/pristine/mm" \
		"$work/pristine/arch/x86/mm" "$work/pristine/arch/arm64/include/asm" "$work/pristine/arch/arm64/mm" "$repo"
	for f in Makefile Kconfig mm/Kconfig mm/Makefile arch/x86/mm/Makefile $init_64 arch/arm64/mm/Makefile $mmu; do
		cp -p "$source/$f" "$work/pristine/$f"
	done
	# What an earlier kernel build leaves behind, next to our seams.
	echo object >"$work/pristine/arch/x86/mm/init_64.o"
	echo object >"$work/pristine/mm/built-in.a"
	(cd "$project" && tar -cf - scripts include mm arch) | (cd "$repo" && tar -xf -)
}

fresh() {
	rm -rf "$tree"
	cp -Rp "$work/pristine" "$tree"
}

integrate() {
	"$repo/scripts/integrate" "$@" >"$work/out" 2>&1
}

# result STATUS NAME
result() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
		return
	fi
	echo "not ok $count - $2"
	sed 's/^/# /' "$work/out"
}

same() {
	diff -r "$work/pristine" "$tree" >>"$work/out" 2>&1
}

# One line, on the error output, with a failing status, that holds the text $1;
# the rest of the arguments are integrate's.
refused() {
	text=$1
	shift
	! "$repo/scripts/integrate" "$@" >"$work/stdout" 2>"$work/out" &&
		[ "$(wc -l <"$work/out")" = 1 ] && [ ! -s "$work/stdout" ] && grep -qF -- "$text" "$work/out"
}

# refused_unchanged TEXT ARGUMENTS: as refused, and the tree stays as it was.
refused_unchanged() {
	rm -rf "$work/before"
	cp -Rp "$tree" "$work/before"
	refused "$@" && diff -r "$work/before" "$tree" >>"$work/out" 2>&1
}

# Time stamps of all files of the tree, to see what was rewritten.
stamps() {
	(cd "$tree" && find . -type f ! -path './.physmap/*' -exec stat -c '%n %y' {} + | sort)
}

only_added() {
	diff -r "$work/pristine/$1" "$tree/$1" | grep '^<' >>"$work/out" && return 1
	grep -q physmap "$tree/$1"
}

test_round_trip() {
	fresh
	integrate --check "$tree" && [ "$(grep -c ': fits' "$work/out")" = 12 ] && same
	result $? "check names twelve seams that fit and changes nothing"
	integrate "$tree" && [ "$(wc -l <"$work/out")" = 1 ] && grep -q CONFIG_PHYSMAP "$work/out"
	result $? "integrate says in one line what to do next"
	(cd "$repo" && find include mm arch -type f) | while read -r f; do
		cmp "$repo/$f" "$tree/$f" || exit 1
	done >>"$work/out" 2>&1
	result $? "every file of the overlay is in the tree"
	only_added $init_64 && only_added mm/Kconfig && only_added mm/Makefile && only_added arch/x86/mm/Makefile &&
		only_added arch/arm64/mm/Makefile
	result $? "the kernel's files gained lines and lost none"
	[ "$(grep -c 'physmap_init_mapping(' "$tree/$init_64")" = 2 ] &&
		[ "$(grep -c 'physmap_hot_add(' "$tree/$init_64")" = 1 ] &&
		[ "$(grep -c '^#include <asm/physmap.h>' "$tree/$init_64")" = 1 ] &&
		[ "$(grep -c 'physmap_map_memblock(' "$tree/$mmu")" = 1 ] &&
		[ "$(grep -c 'physmap_protect_image(' "$tree/$mmu")" = 1 ] &&
		[ "$(grep -c 'physmap_hot_add(' "$tree/$mmu")" = 1 ] &&
		[ "$(tail -n 1 "$tree/mm/Kconfig")" = endmenu ]
	result $? "each seam is open once, Kconfig inside its menu"
	stamps >"$work/stamps"
	integrate "$tree" && grep -q 'nothing to do' "$work/out" && stamps | cmp -s - "$work/stamps"
	result $? "a second integrate writes nothing and says so"
	integrate --status "$tree" && [ "$(wc -l <"$work/out")" = 1 ]
	result $? "status finds nothing edited"
	echo object >"$tree/mm/physmap/plan.o"
	echo command >"$tree/arch/x86/mm/physmap/.seam.o.cmd"
	integrate --remove "$tree" && same
	result $? "remove gives the tree back to the byte, its objects too"
	integrate --remove "$tree" && grep -q 'nothing to do' "$work/out" && same
	result $? "a second remove does nothing and says so"
	integrate "$tree/" && integrate --remove "$tree/" && same
	result $? "in and out once more"
}

test_refusals() {
	fresh
	refused "is not a Linux kernel source tree" /tmp
	result $? "a directory that is no kernel tree is refused"
	refused "no such directory" "$work/nowhere"
	result $? "a directory that is not there is refused"
	refused "one kernel tree" && refused "one kernel tree" "$tree" "$tree" && refused "unknown option" --frob "$tree"
	result $? "wrong arguments are refused"
	sed 's/^VERSION *=.*/VERSION = 9/; s/^PATCHLEVEL *=.*/PATCHLEVEL = 9/' "$work/pristine/Makefile" >"$tree/Makefile"
	refused_unchanged "is Linux 9.9; physmap fits into 6.1" "$tree"
	result $? "version 9.9 is refused by number"
	fresh
	mkdir "$tree/mm/physmap"
	refused_unchanged "mm/physmap exists and is not ours" "$tree"
	result $? "a foreign mm/physmap is refused"
	fresh
	echo 'obj-y += physmap/' >>"$tree/mm/Makefile"
	refused_unchanged "mm/Makefile already holds physmap" "$tree"
	result $? "a tree with our lines but no record is refused"
	fresh
	mkdir "$work/bin"
	for tool in sh cat cut sort find sed head paste grep cmp comm mktemp rm cp mkdir dirname; do
		ln -s "$(command -v $tool)" "$work/bin/$tool"
	done
	PATH=$work/bin refused_unchanged_without spatch
	result $? "without spatch the package coccinelle is named"
}

refused_unchanged_without() {
	! "$repo/scripts/integrate" "$tree" >"$work/out" 2>&1 &&
		PATH=$saved_path && grep -q 'package coccinelle' "$work/out" &&
		[ "$(wc -l <"$work/out")" = 1 ] && same
}

# missing_seam NAME FILE FROM TO: the seam is named when FROM is called TO.
missing_seam() {
	fresh
	sed "s/$3/$4/" "$work/pristine/$2" >"$tree/$2"
	refused_unchanged "seam \"$1\" (" "$tree" && grep -qF "in $2" "$work/out"
	result $? "seam $1 is missed by name when $3 is gone"
}

test_missing_seams() {
	missing_seam x86-declarations $init_64 '<asm.init.h>' '<asm\/initial.h>'
	missing_seam x86-mapping $init_64 __kernel_physical_mapping_init __kernel_physical_mapping_start
	missing_seam x86-mapping $init_64 '^kernel_physical_mapping_init' kernel_physical_mapping_start
	missing_seam x86-mapping-change $init_64 '^kernel_physical_mapping_change' kernel_physical_mapping_alter
	missing_seam x86-mapping $init_64 'page_size_mask, pgprot_t prot)' 'page_size_mask, pteval_t prot)'
	missing_seam x86-hot-add $init_64 arch_add_memory arch_add_mem
	missing_seam x86-hot-add $init_64 '	init_memory_mapping(start' '	init_mem_mapping(start'
	missing_seam arm64-declarations $mmu '<asm.kernel-pgtable.h>' '<asm\/pgtable-kernel.h>'
	missing_seam arm64-mapping $mmu __map_memblock __map_one_memblock
	missing_seam arm64-mapping $mmu 'pgprot_t prot, int flags)' 'pgprot_t prot, long flags)'
	missing_seam arm64-alias $mmu mark_linear_text_alias_ro mark_text_alias_ro
	missing_seam arm64-hot-add $mmu arch_add_memory arch_add_mem
	missing_seam arm64-hot-add $mmu '	__create_pgd_mapping(swapper_pg_dir, start' '	create_pgd_map(swapper_pg_dir, start'
	missing_seam kconfig mm/Kconfig '^endmenu' '# end'
	missing_seam kbuild-mm mm/Makefile '^obj-' 'object-'
	missing_seam kbuild-x86 arch/x86/mm/Makefile '^obj-' 'object-'
}

test_check() {
	fresh
	sed 's/arch_add_memory/arch_add_mem/' "$work/pristine/$init_64" >"$tree/$init_64"
	! integrate --check "$tree" && [ "$(grep -c ': fits' "$work/out")" = 11 ] &&
		grep -q 'seam "x86-hot-add": NOT FOUND' "$work/out" && [ ! -e "$tree/.physmap" ]
	result $? "check names the seam that is missing among those that fit"
}

test_refresh() {
	fresh
	integrate "$tree"
	stamps >"$work/stamps"
	echo '/* newer */' >>"$repo/mm/physmap/Kconfig"
	echo '/* new */' >"$repo/mm/physmap/brand-new.c"
	integrate "$tree" && grep -q '2 files changed' "$work/out" &&
		cmp -s "$repo/mm/physmap/Kconfig" "$tree/mm/physmap/Kconfig" &&
		[ "$(stamps | diff "$work/stamps" - | grep -c '^>')" = 2 ]
	result $? "integrate again writes only the files that changed"
	rm "$repo/mm/physmap/brand-new.c"
	integrate "$tree" && [ ! -e "$tree/mm/physmap/brand-new.c" ]
	result $? "a file that physmap has no more leaves the tree"
	integrate --remove "$tree" && same
	result $? "remove after refreshes gives the tree back to the byte"
	cp "$project/mm/physmap/Kconfig" "$repo/mm/physmap/Kconfig"
}

test_user_edits() {
	fresh
	integrate "$tree"
	echo '/* mine */' >>"$tree/$init_64"
	integrate "$tree" && grep -q 'nothing to do' "$work/out"
	result $? "a seam file that the user edited elsewhere is left alone"
	integrate --status "$tree" && grep -qx "edited in the tree: $init_64" "$work/out"
	result $? "status names the edited file"
	integrate --remove "$tree"
	echo '/* mine */' | cat "$work/pristine/$init_64" - | cmp -s - "$tree/$init_64" && [ ! -e "$tree/.physmap" ]
	result $? "remove takes only our lines out of it"
	fresh
	integrate "$tree"
	sed 's/physmap_active()/physmap_active() \&\& mine/' "$tree/$init_64" >"$work/edit"
	cat "$work/edit" >"$tree/$init_64"
	refused_unchanged "$init_64 was edited since" --remove "$tree"
	result $? "our own lines edited: remove refuses with the file's name"
	refused_unchanged "$init_64 was edited since" "$tree"
	result $? "our own lines edited: integrate refuses with the file's name"
	fresh
	integrate "$tree"
	echo '/* mine */' >>"$tree/mm/physmap/Kconfig"
	refused_unchanged "mm/physmap/Kconfig was edited in the tree" "$tree"
	result $? "an overlay file edited in the tree: integrate refuses"
	refused_unchanged "mm/physmap/Kconfig was edited in the tree" --remove "$tree"
	result $? "an overlay file edited in the tree: remove refuses"
	integrate --force "$tree" && cmp -s "$repo/mm/physmap/Kconfig" "$tree/mm/physmap/Kconfig"
	result $? "--force puts ours back"
	echo '/* mine */' >>"$tree/mm/physmap/Kconfig"
	integrate --remove --force "$tree" && same
	result $? "--remove --force takes it out"
	integrate "$tree"
	echo mine >"$tree/mm/physmap/notes.txt"
	integrate --remove "$tree" && grep -q 'your own files stay in mm/physmap' "$work/out" &&
		[ "$(cat "$tree/mm/physmap/notes.txt")" = mine ]
	result $? "the user's own file in our directory stays"
}

# Stop integrate at each of its writes in turn (mv is the only way into the
# tree), then see that both ways on lead to a whole tree.
test_interruption() {
	mkdir "$work/stop"
	cat >"$work/stop/mv" <<-END
	#!/bin/sh
	n=\$((\$(cat "$work/left") - 1))
	echo \$n >"$work/left"
	[ \$n -ge 0 ] || { kill -KILL \$PPID; exit 1; }
	exec $(command -v mv) "\$@"
	END
	chmod +x "$work/stop/mv"
	fresh
	integrate "$tree"
	rm -rf "$work/whole"
	cp -Rp "$tree" "$work/whole"
	onward=0 back=0 stops=0
	for n in 0 1 9 29; do
		stopped "$n" || continue
		stops=$((stops + 1))
		integrate "$tree" && diff -r "$work/whole" "$tree" >"$work/out" || onward=1
		stopped "$n"
		integrate --remove "$tree" && same || back=1
	done
	[ $stops -ge 3 ] && [ $onward = 0 ]
	result $? "killed at a write, the next integrate completes it"
	[ $stops -ge 3 ] && [ $back = 0 ]
	result $? "killed at a write, remove gives the tree back to the byte"
}

# stopped N: an integrate of a fresh tree that is killed at its write N + 1.
stopped() {
	fresh
	echo "$1" >"$work/left"
	! (env PATH="$work/stop:$PATH" "$repo/scripts/integrate" "$tree"; exit) >"$work/out" 2>&1
}

saved_path=$PATH
make_pristine
echo "KTAP version 1"
echo "1..49"
test_round_trip
test_refusals
test_missing_seams
test_check
test_refresh
test_user_edits
test_interruption
