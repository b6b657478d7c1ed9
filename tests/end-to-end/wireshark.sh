# A capture says of each packet what it was, when it was due and who asked; Wireshark reads it and
# sees the same keepalive probes, packet by packet.
. "$(dirname "$0")/common.sh" "$@"

cat >"$work/late.yaml" <<'EOF'
scenario: A probe that is expected too soon
server: {listen: 127.0.0.1:12345}
client: {bind: 127.0.0.1:22345, keepalive: on, idle: 1s, interval: 2s, count: 2}
timeline:
  - {at: established, drop: {to: server}}
expect:
  - probes: {from: client, unanswered: 2, first: 1s, interval: 1s}
  - nothing else on the wire
EOF
expect_exit 0 "$halfopen" run --tag quick -o "$work/results" "$scenarios/002-keepalive-article" \
	"$scenarios/001-netstat-timer/port-1.yaml" "$scenarios/kernel-documentation/link-down.yaml"
expect_exit 1 "$halfopen" run -o "$work/results" "$work/late.yaml"

for capture in $(find "$work/results" -name '*.pcapng'); do
	timeline=${capture%.pcapng}.jsonl
	# What we say: number, role with its end, and whether it is a probe.
	jq -r 'select(.event == "segment") |
		[.number, "\(.end): \(.role)", .role == "probe"] | @tsv' "$timeline" >"$work/ours"
	tshark -r "$capture" -T fields -e frame.number -e frame.comment -e tcp.analysis.keep_alive \
		2>/dev/null | awk -F '\t' '{
		split($2, role, ";")
		print $1 "\t" role[1] "\t" ($3 == "" ? "false" : "true")
	}' >"$work/theirs"
	[ -s "$work/ours" ] || fail "$timeline has no packets"
	diff "$work/ours" "$work/theirs" >"$work/diff" ||
		fail "$capture: timeline and Wireshark differ: $(cat "$work/diff")"
done

# interface CAPTURE NAME: that is where its packets were seen.
interface() {
	tshark -r "$work/results/$1.pcapng" -T fields -e frame.interface_name 2>/dev/null |
		sort -u >"$work/interface"
	[ "$(cat "$work/interface")" = "$2" ] || fail "$1 is of $(cat "$work/interface"), not $2"
}
interface late lo
interface kernel-documentation/link-down eth0

# Each finding of a segment stands in the comments of its capture, once.
late=$work/results/late
tshark -r "$late.pcapng" -T fields -e frame.number -e frame.comment 2>/dev/null >"$work/comments"
expect_words "$work/comments" "late ("
expect_words "$work/comments" "client: probe; due 1.0"
expect_words "$work/comments" ": on time ("
expect_words "$work/comments" "client: RST; unexpected ("
timed=$(jq -s --slurpfile results "$work/results/results.json" '
	[.[] | select(.event == "segment") | .at] as $segments |
	[$results[0].scenarios[] | select(.id == "late") | .findings[] | .seen_ns // empty |
		select(IN($segments[]))] | length' "$late.jsonl")
parts=$(grep -o '\.yaml:[0-9]*)' "$work/comments" | wc -l)
[ "$timed" -gt 0 ] && [ "$timed" -eq "$parts" ] ||
	fail "$timed findings of segments, but $parts in the comments"
finish
