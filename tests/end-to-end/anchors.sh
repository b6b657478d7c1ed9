# A probe is answered when its answer has arrived, not when it was sent: what is done upon that does
# not meet it on its way.
. "$(dirname "$0")/common.sh" "$@"

cat >"$work/answered.yaml" <<-'SCENARIO'
	scenario: The answer to a probe takes its time
	topology: routed
	client: {keepalive: on, idle: 1s, interval: 1s, count: 3}
	timeline:
	  - {at: established, delay: {to: client, by: 300ms}}
	  - {at: probe 1 answered, send: {from: client, bytes: 5}}
	until: step 2 + 100ms
	expect:
	  - probes: {from: client, answered: 1, first: 1s}
SCENARIO
nothing_failed "$work/results" "$halfopen" run -o "$work/results" "$work/answered.yaml"
timeline=$(find "$work/results" -name '*.jsonl')
jq -se '(map(select(.role == "probe reply"))[0].at) as $sent |
	map(select(.event == "step" and .index == 1))[0].due - $sent | . >= 300000000' \
	"$timeline" >/dev/null || fail "the step came before the answer: $(grep '"step"' "$timeline")"
finish
