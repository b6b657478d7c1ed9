#!/usr/bin/env bash
# Prints a folder for each of Debian's kernels that the tests play on, 6.1 and 6.12 for the cloud:
# their packages, unpacked; beside each, with .deb behind its name, the package itself. They are fetched once and kept outside the tree; nothing is installed.
# Names of series as arguments choose. Exit 77: they cannot be had here.
set -eu
cache=${XDG_CACHE_HOME:-$HOME/.cache}/halfopen/debian
series=("$@")
[ ${#series[@]} -gt 0 ] || series=(6.1 6.12)

# apt with lists of its own, so that neither root nor the machine's sources are needed.
own_apt() {
	local state=$cache/apt

	mkdir -p "$state/lists/partial" "$state/archives/partial"
	cat >"$state/sources.list" <<-SOURCES
		deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main
		deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm-backports main
		deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian-security bookworm-security main
	SOURCES
	"$@" -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::lists="$state/lists" -o Dir::Cache="$state" \
		-o APT::Architecture=amd64 -o Debug::NoLocking=1
}

as_is() {
	"$@"
}

# newest APT SERIES: the newest package of a series that is known.
newest() {
	"$1" apt-cache search --names-only "^linux-image-${2/./\\.}\\.[0-9.+a-z-]*cloud-amd64\$" |
		cut -d' ' -f1 | grep -v -- '-rt\|-unsigned\|-dbg' | sort -V | tail -1
}

# fetch APT SERIES: downloads and unpacks it below the cache.
fetch() {
	local package work

	package=$(newest "$1" "$2")
	[ -n "$package" ] || return 1
	work=$(mktemp -d "$cache/fetch.XXXXXX")
	if (cd "$work" && "$1" apt-get download -qq "$package" >/dev/null 2>"$work/error") &&
		dpkg-deb -x "$work"/*.deb "$work/tree" &&
		{ mv -T "$work/tree" "$cache/linux-$2" 2>/dev/null || [ -d "$cache/linux-$2" ]; } &&
		mv "$work"/*.deb "$cache/linux-$2.deb"; then
		rm -rf "$work"
		return 0
	fi
	cat "$work/error" >&2
	rm -rf "$work"
	return 1
}

mkdir -p "$cache"
for one in "${series[@]}"; do
	if [ ! -d "$cache/linux-$one" -o ! -e "$cache/linux-$one.deb" ] && ! fetch as_is "$one"; then
		own_apt apt-get update -qq >/dev/null 2>&1 && fetch own_apt "$one" || {
			echo "Debian's linux-image-$one…-cloud-amd64 cannot be had here" >&2
			exit 77
		}
	fi
	echo "$cache/linux-$one"
done
