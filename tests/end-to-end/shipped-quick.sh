# The quick scenarios pass as root and as somebody else, and leave what the manual says.
. "$(dirname "$0")/common.sh" "$@"

nothing_failed "$work/root" "$halfopen" run --tag quick -o "$work/root" "$scenarios"
chmod 777 "$work"
# What an application was told counts from the very moment at which it called.
jq -es '(.[] | select(.call == "linger").at) == (.[] | select(.call == "close") | .at - .lasted)' \
	"$work/root/kernel-documentation/linger.jsonl" >/dev/null ||
	fail "close() did not last from when it was called"
nothing_failed "$work/rootless" rootless "$halfopen" run --tag quick -o "$work/rootless" "$scenarios"
expect_words "$work/out" " 0 failed, "

for folder in root rootless; do
	results=$work/$folder/results.json
	jq -e '.kernel.release | type == "string"' "$results" >/dev/null || fail "kernel.release"
	jq -e '.kernel.hz > 0' "$results" >/dev/null || fail "kernel.hz"
	jq -e '[.scenarios[] | .wall_s > 0 and (.findings | length > 0)] | all' "$results" \
		>/dev/null || fail "wall_s or findings"
	jq -e '[.scenarios[].findings[] | has("expectation") and has("verdict") and has("due")
		and has("seen") and has("text")] | all' "$results" >/dev/null || fail "a finding"
	for id in $(jq -r '.scenarios[].id' "$results"); do
		[ -s "$work/$folder/$id.jsonl" ] || fail "no timeline of $id"
		jq -se 'last | .event == "end"' "$work/$folder/$id.jsonl" >/dev/null ||
			fail "the timeline of $id has no end"
		[ -s "$work/$folder/$id.pcapng" ] || fail "no capture of $id"
	done
	# A play is woken by what happens, and by nothing else: it never looks again and again.
	for id in $(jq -r '.scenarios[].id' "$results"); do
		jq -se 'length as $events | last.woken <= 20 + 2 * $events' \
			"$work/$folder/$id.jsonl" >/dev/null ||
			fail "$id was woken $(tail -n 1 "$work/$folder/$id.jsonl") times"
	done
	find "$work/$folder" -name '*.part' | grep . && fail "half-written files"
done

# --jobs bounds how many are played side by side: two that take five seconds each, one by one.
mkdir "$work/two"
cp "$scenarios/000-dotnet-conversation/intended.yaml" "$work/two/a.yaml"
cp "$scenarios/000-dotnet-conversation/intended.yaml" "$work/two/b.yaml"
began=$(date +%s)
expect_exit 0 "$halfopen" run --jobs 1 "$work/two"
took=$(($(date +%s) - began))
[ "$took" -ge 9 ] || fail "--jobs 1 played two scenarios side by side, in $took s"

# Wireshark's own analysis counts the same probes, and reads our comments.
capture=$work/root/002-keepalive-article/silenced-server@quick.pcapng
probes=$(tshark -r "$capture" -Y tcp.analysis.keep_alive 2>/dev/null | wc -l)
comments=$(tshark -r "$capture" -Y 'frame.comment matches "^client: probe(;|$)"' 2>/dev/null | wc -l)
[ "$probes" -eq 5 ] || fail "tshark sees $probes keepalive probes, not 5"
[ "$comments" -eq 5 ] || fail "$comments packets are called probes, not 5"
finish
