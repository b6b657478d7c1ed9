# One name for one thing: of two functions with one name in different layers, the linker would take
# either.
libraries=$(dirname "$1")
. "$(dirname "$0")/common.sh" "$@"

nm -g --defined-only "$libraries"/lib*.a >"$work/symbols" 2>/dev/null
[ "$(grep -c ' T ' "$work/symbols")" -gt 100 ] || fail "few functions in $libraries/lib*.a"
twice=$(awk 'NF == 3 && $2 ~ /[TDBRC]/ { print $3 }' "$work/symbols" | sort | uniq -d)
[ -z "$twice" ] || fail "defined twice: $twice"
finish
