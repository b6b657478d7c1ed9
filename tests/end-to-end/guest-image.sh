# What --kernel takes: a bzImage and a vmlinux with and without modules, a package as it comes, and
# unpacked; and one message for what is none of them.
. "$(dirname "$0")/kernels.sh" "$@"
default=$scenarios/defaults/keepalive.yaml
release=$(basename "$kernel"/lib/modules/*)

# played WORDS OPTION...: passes, by this kernel.
played() {
	expect_exit 0 "$halfopen" run --virtual-time "$@" "$default"
	expect_words "$work/out" "1 passed, 0 failed"
	expect_words "$work/out" "kernel $release"
}

# refused WORDS OPTION...: 125, with this message and nothing that was played.
refused() {
	local words=$1

	shift
	expect_exit 125 "$halfopen" run --virtual-time "$@" "$default"
	expect_words "$work/err" "$words"
	expect_words "$work/out" "0 passed, 0 failed, 1 inconclusive"
}

# A bzImage: with the folder of its modules, one above it, and the tree that they are in.
played --kernel "$kernel_image" --modules "$kernel/lib/modules/$release"
played --kernel "$kernel_image" --modules "$kernel/lib/modules"
played --kernel "$kernel_image" --modules "$kernel"
# Without: it has no inet_diag, and that is said.
expect_exit 125 "$halfopen" run --virtual-time --kernel "$kernel_image" "$default"
expect_words "$work/err" "was given no modules; --modules names their folder"
expect_words "$work/out" "0 passed, 0 failed, 0 inconclusive, 1 skipped"

# A vmlinux: what is packed in the bzImage (Documentation/arch/x86/boot.rst: setup_sects 0x1f1,
# payload_offset 0x248, payload_length 0x24c; 4 bytes of length follow the compressed ones).
number() {
	od -An -t "u$2" -j "$1" -N "$2" "$kernel_image" | tr -d ' '
}
tail -c +$((($(number 497 1) + 1) * 512 + $(number 584 4) + 1)) "$kernel_image" |
	head -c $(($(number 588 4) - 4)) >"$work/payload"
case $(od -An -t x1 -N 4 "$work/payload" | tr -d ' ') in
28b52ffd) unpack=zstd ;;
02214c18) unpack=lz4 ;;
fd377a58) unpack=xz ;;
*) unpack=gzip ;;
esac
if command -v "$unpack" >/dev/null; then
	"$unpack" -dc <"$work/payload" >"$work/vmlinux"
	played --kernel "$work/vmlinux" --modules "$kernel"
else
	echo "left out: a vmlinux, since $unpack is not installed"
fi

# A package as it comes; again, from the cache; and beside it modules of another release.
XDG_CACHE_HOME=$work/cache played --kernel "$kernel.deb"
XDG_CACHE_HOME=$work/cache played --kernel "$kernel.deb"
[ "$(find "$work/cache/halfopen" -maxdepth 1 -name 'package-*' | wc -l)" = 1 ] || fail "unpacked twice"
# What boots is what is packed in the bzImage, unpacked once.
if command -v "$unpack" >/dev/null; then
	cmp "$work/vmlinux" "$work"/cache/halfopen/vmlinux-*.elf || fail "another vmlinux is kept"
fi
cp -rs "$kernel" "$work/tree"
mkdir "$work/tree/lib/modules/6.99.0"
played --kernel "$work/tree"
refused "modules of more than one kernel" --kernel "$kernel_image" --modules "$work/tree"

# As somebody who is not root, and has no place for a cache.
cp -rL "$kernel" "$work/reachable"
cp "$default" "$work/keepalive.yaml"
chmod -R a+rX "$work/reachable" "$work/keepalive.yaml"
expect_exit 0 rootless env HOME=/nowhere "$halfopen" run --virtual-time --kernel "$work/reachable" \
	"$work/keepalive.yaml"

# What is no kernel.
echo "no kernel" >"$work/text"
: >"$work/empty"
refused "is no x86-64 kernel" --kernel "$work/text"
refused "is no x86-64 kernel" --kernel "$work/empty"
refused "is no x86-64 kernel" --kernel /dev/null
refused "No such file" --kernel "$work/nothing"
mkdir "$work/folder"
refused "$work/folder has no kernel boot/vmlinuz-*" --kernel "$work/folder"
mkdir "$work/tree/boot/more"
mv "$work/tree/boot/more" "$work/tree/boot/vmlinuz-6.99.0"
refused "$work/tree has more than one kernel boot/vmlinuz-*" --kernel "$work/tree"
refused "without PVH ELF Note" --kernel "$halfopen"

# Packages that are none, or of something else; and no place to unpack one.
cp "$work/text" "$work/text.deb"
refused "dpkg-deb failed" --kernel "$work/text.deb"
mkdir -p "$work/package/DEBIAN"
printf 'Package: none\nVersion: 1\nArchitecture: all\nMaintainer: none\nDescription: none\n' \
	>"$work/package/DEBIAN/control"
dpkg-deb -b "$work/package" "$work/none.deb" >/dev/null
refused "$work/none.deb has no kernel boot/vmlinuz-*" --kernel "$work/none.deb"
expect_exit 125 env -u HOME -u XDG_CACHE_HOME "$halfopen" run --virtual-time --kernel "$kernel.deb" \
	"$default"
expect_words "$work/err" "set HOME or XDG_CACHE_HOME"

# Modules that are none, not there, or of another kernel.
refused "is no folder" --kernel "$kernel_image" --modules "$work/text"
refused "has no modules.dep" --kernel "$kernel_image" --modules "$work/folder"
refused "does not take the module" --kernel "$kernel_image" --modules "$(echo "$kernels" | tail -1)"
finish
