# What a step counts from, and what it is about.
. "$(dirname "$0")/common.sh" "$@"

# A probe is answered when its answer has arrived, not when it was sent: what is done upon that does
# not meet it on its way.
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
# The client connects again from another port, where the kernel would choose the same one.
cat >"$work/again.yaml" <<-'SCENARIO'
	scenario: There are two ports, and the first is free again
	sysctl: {net.ipv4.ip_local_port_range: 40000 40001}
	server: {listen: 127.0.0.1:443}
	client: {keepalive: on, idle: 1s, interval: 1s, count: 1}
	timeline:
	  - {at: established, drop: {to: server}}
	  - {at: client error + 200ms, heal}
	  - {at: step 2 + 100ms, connect}
	expect:
	  - model
	  - client: {error: ETIMEDOUT, connect: [ok, ok]}
	  - nothing else on the wire
SCENARIO
nothing_failed "$work/results" "$halfopen" run -o "$work/results" "$work/answered.yaml" \
	"$work/again.yaml"
timeline=$work/results/answered.jsonl
jq -se '(map(select(.role == "probe reply"))[0].at) as $sent |
	map(select(.event == "step" and .index == 1))[0].due - $sent | . >= 300000000' \
	"$timeline" >/dev/null || fail "the step came before the answer: $(grep '"step"' "$timeline")"
finish
