# Debian's kernels 6.1 and 6.12 under QEMU, in virtual time: the scenarios pass there, with the same
# files and exit codes as here.
. "$(dirname "$0")/kernels.sh" "$@"
default=$scenarios/defaults/keepalive.yaml
chosen=(--tag quick --tag documented --tag defaults --tag sweep)
timers=300
# With AddressSanitizer each play takes many times as much memory and time.
if ldd "$halfopen" | grep -q libasan; then
	chosen=(--tag defaults)
	timers=5
fi

# milliseconds COMMAND...: how long it takes goes to $took.
milliseconds() {
	local began

	began=$(date +%s%N)
	"$@"
	took=$((($(date +%s%N) - began) / 1000000))
}

# All side by side in one boot, hours in seconds: for as long as some 20 times one of them, at most.
# None fails, at most a feature is missing; and each timer fires in the jiffy that was predicted.
for each in $kernels; do
	release=$(basename "$each"/lib/modules/*)
	milliseconds expect_exit 0 "$halfopen" run --kernel "$each" --virtual-time "$default"
	one=$took
	milliseconds expect_exit 0 "$halfopen" run --kernel "$each" --virtual-time "${chosen[@]}" \
		-o "$work/$release" "$scenarios"
	tail -3 "$work/out"
	echo "took $took ms; one of them $one ms"
	[ "$took" -le $((20 * one)) ] || fail "$release: $took ms"
	jq -e '[.scenarios[].findings[].deviation_us // empty | fabs] | length > '$timers' and max <= 200' \
		"$work/$release/results.json" >/dev/null || fail "$release: not to 200 us"
	expect_words "$work/out" " 0 failed, 0 inconclusive"
	expect_words "$work/out" "kernel $release, HZ 250, virtual time"
	jq -e --arg release "$release" '.kernel == {release: $release, hz: 250, clock: "virtual"}' \
		"$work/$release/results.json" >/dev/null || fail "the kernel in results.json"
	for file in jsonl pcapng; do
		[ -s "$work/$release/defaults/keepalive.$file" ] || fail "no $file of $release"
	done
	# What was saved is judged the same again.
	expect_exit 0 "$halfopen" judge "$default" "$work/$release/defaults/keepalive.jsonl"
done

# Twice the same: verdicts, and the stamps of all packets within a millisecond.
for time in 1 2; do
	expect_exit 0 "$halfopen" run --kernel "$kernel" --virtual-time -o "$work/$time" "$default"
	jq -r 'select(.event == "segment") | .at / 1000000 | round' \
		"$work/$time/defaults/keepalive.jsonl" >"$work/stamps$time"
done
paste "$work/stamps1" "$work/stamps2" | awk '{ d = $1 - $2; if (d < -1 || d > 1) exit 1 }' ||
	fail "stamps differ"

# At several phases of the timer wheel, all in one boot: the first probe, due after 7200 s, is late
# by nearly nothing and by nearly a granule, 131.072 s at HZ 250; and what is printed is that.
expect_exit 0 "$halfopen" run --kernel "$kernel" --virtual-time --phases 12 -o "$work/phases" "$default"
expect_words "$work/out" "12 passed, 0 failed"
expect_words "$work/out" "defaults/keepalive at 12 phases:"
late=$(for phase in {1..12}; do
	jq -s 'map(select(.event == "segment")) |
		(map(select(.role == "probe"))[0].at - .[2].at) / 1000000000 - 7200' \
		"$work/phases/defaults/keepalive#phase$phase.jsonl"
done | jq -s '[min, max]')
jq -e '.[0] >= 0 and .[0] < 22 and .[1] > 109 and .[1] < 131.1' <<<"$late" >/dev/null ||
	fail "the first probe was late by $late"
printed=$(sed -n 's/.*the latest of its timers was late by .* to \(.*\) (phase.*/\1/p' "$work/out")
[ -n "$printed" ] || fail "no lateness in $(cat "$work/out")"
awk -v text="$printed" -v late="$(jq '.[1]' <<<"$late")" 'BEGIN {
	n = split(text, word, " ")
	for (i = 1; i < n; i += 2)
		seconds += word[i] * (word[i + 1] == "m" ? 60 : 1)
	d = seconds - late
	exit d > 0.01 || d < -0.01
}' || fail "printed $printed, seen $late"

# In real time, too; and there what would take hours is skipped, with the command that plays it.
expect_exit 0 "$halfopen" run --kernel "$kernel" --virtual-time --max-duration 1m "$default" \
	"$scenarios/000-dotnet-conversation/intended.yaml"
expect_words "$work/out" "run --kernel IMAGE --virtual-time $default"
# An emulated machine is slow: on a busy one what comes at once can come too late to be judged.
status=0
"$halfopen" run --kernel "$kernel" "$scenarios/000-dotnet-conversation/intended.yaml" >"$work/out" ||
	status=$?
[ "$status" -eq 0 ] || [ "$status" -eq 125 ] || fail "exit $status in real time: $(cat "$work/out")"
expect_words "$work/out" " 0 failed, "
expect_words "$work/out" "real time"
expect_exit 125 "$halfopen" run "$default"
expect_words "$work/out" "longer than --max-duration"
finish
