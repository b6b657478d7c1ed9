# The audit finds nothing in what is shipped, and exactly the weak line in a weak scenario.
. "$(dirname "$0")/common.sh" "$@"

mkdir "$work/scenarios"
cat >"$work/scenarios/weak.yaml" <<'EOF'
scenario: One line of this can never fail
server: {listen: 127.0.0.1:5000}
client: {keepalive: on, idle: 1s, interval: 1s, count: 1}
timeline:
  - {at: established, drop: {to: server}}
expect:
  - probes: {from: client, unanswered: 1, first: 1s}
  - probes: {from: server, unanswered: 0, interval: 1s}
  - reset: {from: client, after: last probe, delay: 1s}
  - nothing else on the wire
EOF
expect_exit 0 "$halfopen" run -o "$work/weak" "$work/scenarios"
expect_exit 1 "$halfopen" audit "$work/weak" "$work/scenarios"
expect_words "$work/out" 'weak.yaml:8:5: weak: "interval" of probes: {from: server'
expect_words "$work/out" "nothing in this run is judged by it"
[ "$(grep -c ' weak: ' "$work/out")" -eq 1 ] || fail "not exactly one line: $(cat "$work/out")"

expect_exit 0 "$halfopen" run --tag quick -o "$work/shipped" "$scenarios"
expect_exit 0 "$halfopen" audit "$work/shipped" "$scenarios"
expect_words "$work/out" " 0 weak expectations"

# Wrong usage, and results that are none.
expect_exit 2 "$halfopen" audit
expect_exit 2 "$halfopen" audit "$work/not-there"
mkdir "$work/nothing"
expect_exit 125 "$halfopen" audit "$work/nothing" "$scenarios"
mkdir "$work/broken"
echo '{"event":"party"}' >"$work/broken/weak.jsonl"
expect_exit 2 "$halfopen" audit "$work/broken" "$work/scenarios"
expect_words "$work/err" "line 1 is no event of a timeline"
finish
