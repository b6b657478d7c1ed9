# Debian's kernels 6.1 and 6.12 under QEMU, in virtual time: the scenarios pass there, with the same
# files and exit codes as here.
. "$(dirname "$0")/kernels.sh" "$@"
default=$scenarios/defaults/keepalive.yaml
chosen=(--tag quick --tag documented --tag defaults --tag sweep)
# With AddressSanitizer each play takes many times as much memory and time.
if ldd "$halfopen" | grep -q libasan; then
	chosen=(--tag defaults)
fi

# All side by side in one boot, hours in seconds; none fails, and at most a feature is missing.
for each in $kernels; do
	release=$(basename "$each"/lib/modules/*)
	began=$(date +%s%N)
	expect_exit 0 "$halfopen" run --kernel "$each" --virtual-time "${chosen[@]}" \
		-o "$work/$release" "$scenarios"
	took=$((($(date +%s%N) - began) / 1000000))
	tail -3 "$work/out"
	echo "took $took ms"
	[ "$took" -le 120000 ] || fail "$release: $took ms"
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

# At several phases of the timer wheel, all in one boot.
expect_exit 0 "$halfopen" run --kernel "$kernel" --virtual-time --phases 3 -o "$work/phases" "$default"
expect_words "$work/out" "3 scenarios in"
expect_words "$work/out" "defaults/keepalive at 3 phases:"
expect_words "$work/out" "the latest of its timers was late by "
[ -s "$work/phases/defaults/keepalive#phase3.jsonl" ] || fail "no third phase"

# In real time, too; and there what would take hours is skipped, with the command that plays it.
expect_exit 0 "$halfopen" run --kernel "$kernel" --virtual-time --max-duration 1m "$default" \
	"$scenarios/000-dotnet-conversation/intended.yaml"
expect_words "$work/out" "run --kernel IMAGE --virtual-time $default"
expect_exit 0 "$halfopen" run --kernel "$kernel" "$scenarios/000-dotnet-conversation/intended.yaml"
expect_words "$work/out" "real time"
expect_exit 125 "$halfopen" run "$default"
expect_words "$work/out" "longer than --max-duration"
finish
