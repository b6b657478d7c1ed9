# The sweep: at least 200 combinations side by side, each event inside its window, in at most 90 s.
. "$(dirname "$0")/common.sh" "$@"

began=$(date +%s%N)
nothing_failed "$work/results" "$halfopen" run --tag sweep -o "$work/results" "$scenarios"
took=$((($(date +%s%N) - began) / 1000000))
count=$(jq '.scenarios | length' "$work/results/results.json")
echo "$count combinations in $took ms"
[ "$count" -ge 200 ] || fail "only $count combinations"
[ "$took" -le 90000 ] || fail "it took $took ms"
[ "$(jq -r '[.scenarios[].id] | unique | length' "$work/results/results.json")" -eq "$count" ] ||
	fail "ids are not unique"
expect_exit 0 "$halfopen" audit "$work/results" "$scenarios"
expect_words "$work/out" " 0 weak expectations"
finish
