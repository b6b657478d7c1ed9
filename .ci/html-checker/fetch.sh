#!/usr/bin/env bash
# Prints the path of html-validate, the checker of our pages: as package-lock.json beside it pins it
# and all that it needs, from npm's registry, fetched once and kept outside the tree. 9.x is the last
# that runs with Debian 12's Node.js. Exit 77: it cannot be had here.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/halfopen
target=$cache/html-validate-$(sha256sum "$here/package-lock.json" | cut -c 1-16)
program=$target/node_modules/.bin/html-validate

unavailable() {
	echo "html-validate cannot be had here: $1" >&2
	exit 77
}

if [ ! -x "$program" ]; then
	command -v npm >/dev/null || unavailable "npm is not installed"
	mkdir -p "$cache"
	work=$(mktemp -d "$cache/fetch.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	cp "$here/package.json" "$here/package-lock.json" "$work"
	(cd "$work" && timeout 120 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) \
		>"$work/log" 2>&1 || unavailable "npm ci: $(tail -n 3 "$work/log")"
	# Somebody else may have been faster.
	chmod 755 "$work"
	mv -T "$work" "$target" 2>/dev/null || [ -x "$program" ]
fi
"$program" --version >/dev/null 2>&1 || unavailable "it does not run with Node.js $(node --version 2>&1)"
echo "$program"
