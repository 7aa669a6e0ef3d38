#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# For scripts that take Debian packages apart and install nothing; to be sourced.
# Packages come from the servers that this machine has its own from, by lists and
# a cache in $dir/apt, so the machine's own stay as they are and no root is needed.
# Its user sets me (its name), log, dir, arch, and status: the list of what counts
# as installed, or nothing.

die() {
	echo "${me:?}: $*" >&2
	exit 1
}

# no_download WHAT
no_download() {
	die "could not download $1 (no network, or no Debian server in the machine's package sources); see ${log:?}"
}

# The machine's own release.
own_release() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# sources RELEASE [SUITE]: lists of RELEASE, its updates included as far as this
# machine has those of its own, and of SUITE, which is where the release is.
sources() {
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v here="$(own_release)" -v release="$1" -v suite="${2-}" -v keys="$([ ! -r $keys ] || echo "[signed-by=$keys]")" '
			($2 == here || index($2, here "-") == 1) && $3 == "main" {
				if ($2 == here && suite)
					print "deb", keys, $1, suite, $3
				sub(here, release, $2)
				print "deb", keys, $1, $2, $3
			}' | sort -u
}

apt() {
	command=$1
	shift
	"$command" -o Dir::Etc::sourcelist="${dir:?}/apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State="$dir/apt" \
		-o Dir::State::lists="$dir/apt/lists" -o Dir::State::status="${status:-$dir/apt/status}" \
		-o Dir::Cache="$dir/apt/cache" -o APT::Architecture="${arch:?}" -o APT::Architectures="$arch" \
		-o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none -o Acquire::Retries=2 \
		-o Acquire::http::Timeout=30 "$@"
}

# update RELEASE [SUITE]: what there is, before anything is asked of apt.
update() {
	mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial"
	: >"$dir/apt/status"
	sources "$@" >"$dir/apt/sources.list"
	[ -s "$dir/apt/sources.list" ] && apt apt-get update
}

# unpack DIRECTORY: the packages in it, to $dir/root.
unpack() {
	for deb in "$1"/*.deb; do
		dpkg -x "$deb" "$dir/root" || die "$deb cannot be unpacked (no space, or broken: delete it)"
	done
}
