# The table is made from the references that lie beside it, and today's run is not worse than that
# of this kernel.
. "$(dirname "$0")/common.sh" "$@"

mkdir -p "$work/copy"
cp -r "$scenarios" "$work/copy/scenarios"
cp -r "$tests/../results" "$work/copy/results"
expect_exit 0 "$work/copy/results/table" "$halfopen"
diff "$tests/../results/README.md" "$work/copy/results/README.md" >&2 ||
	fail "results/README.md is not what results/table makes"
size=$(du -sk "$tests/../results" | cut -f 1)
[ "$size" -le 8192 ] || fail "the references have grown to $size kB"

"$halfopen" run --tag quick -o "$work/today" "$scenarios" >/dev/null || :

# A reference made of today's run says what the run says, and is smaller.
mkdir -p "$work/copy/build/release"
ln -s "$(realpath "$halfopen")" "$work/copy/build/release/halfopen"
expect_exit 0 "$work/copy/results/record" "$work/today" today
expect_exit 0 "$halfopen" compare --json "$work/today" "$work/copy/results/today"
jq -e '.summary | .same > 0 and .worse + .better + .different == 0' "$work/out" >/dev/null ||
	fail "a reference differs from its run: $(cat "$work/out")"
grep -q 'today\|'"$(uname -r)" "$work/copy/results/README.md" || fail "today is not in the table"

reference=$tests/../results/$(uname -r)
[ -d "$reference" ] || {
	finish
	echo "no reference for Linux $(uname -r)"
	exit 77
}
expect_exit 0 "$halfopen" compare -v "$reference" "$work/today"
finish
