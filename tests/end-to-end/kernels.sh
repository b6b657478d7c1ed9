# Shared by the tests that play on Debian's kernels 6.1 and 6.12: $kernels, their folders; $kernel,
# the first of them; and what skips a test that cannot have them.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

# skip WHY: by name; and where nothing may be left out, it is a failure.
skip() {
	echo "skipped: end-to-end/$(basename "$0" .sh): $1"
	[ "${CI:-}" != true ] || exit 1
	exit 77
}

# need PROGRAM PACKAGE
need() {
	command -v "$1" >/dev/null || skip "$2 is not installed"
}

kernels=$("$tests/../.ci/kernels.sh") || skip "Debian's kernels cannot be had"
need qemu-system-x86_64 qemu-system-x86
kernel=$(echo "$kernels" | head -1)
kernel_image=$(echo "$kernel"/boot/vmlinuz-*)
