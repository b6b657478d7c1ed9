# What scenarios/run and tests/run share: packages, and a build. Sourced by bash with "set -eu".

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# To build and to run.
packages=(gcc libc6-dev make cmake pkg-config libnftnl-dev libmnl-dev libpcap-dev libyaml-dev
          libjansson-dev liblz4-dev)

# install PACKAGE...: installs those that are missing, by name.
install() {
	local missing=() package status as=()

	for package in "$@"; do
		status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
		[ "$status" = installed ] || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		as=(sudo)
		if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null && [ ! -t 0 ]; then
			echo "These packages are missing. As root, run:" >&2
			echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
			exit 2
		fi
	fi
	echo "Installing: ${missing[*]}"
	as+=(env DEBIAN_FRONTEND=noninteractive)
	"${as[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
		{ "${as[@]}" apt-get update -qq &&
		  "${as[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >&2
}

# build NAME CMAKE-OPTION...: configures and builds in build/NAME.
build() {
	local folder=$top/build/$1

	shift
	cmake -S "$top" -B "$folder" "$@" >"$folder.log" 2>&1 &&
		cmake --build "$folder" -j "$(nproc)" >>"$folder.log" 2>&1 || {
		cat "$folder.log" >&2
		exit 2
	}
}

mkdir -p "$top/build"
