# The quick suite, again and again, on an idle machine and with every CPU busy: no false verdict, and
# nothing that compare takes for a change. Inconclusive is allowed, and counted.
. "$(dirname "$0")/common.sh" "$@"

repetitions=${REPETITIONS:-20}
busy=()
trap '[ ${#busy[@]} -eq 0 ] || kill "${busy[@]}"; rm -rf "$work"' EXIT

# The quick suite, $work/NAME-0 to $work/NAME-$repetitions: a few runs of it side by side, which leave
# the machine idle most of the time.
play() {
	local name=$1 i pid pids=() status

	for ((i = 0; i <= repetitions; i++)); do
		"$halfopen" run --tag quick -o "$work/$name-$i" "$scenarios" >/dev/null 2>&1 &
		pids+=($!)
		if [ ${#pids[@]} -ge 3 ] || [ "$i" -eq "$repetitions" ]; then
			for pid in "${pids[@]}"; do
				status=0
				wait "$pid" || status=$?
				[ "$status" -eq 0 ] || [ "$status" -eq 125 ] ||
					fail "exit $status: a run, $name"
			done
			pids=()
		fi
	done
}

# count NAME VERDICT: of how many scenarios that is the verdict, in all of them.
count() {
	jq -s --arg verdict "$2" '[.[].scenarios[] | select(.verdict == $verdict)] | length' \
		"$work/$1"-*/results.json
}

# equal OLD NEW: nothing is worse, better or different.
equal() {
	"$halfopen" compare --json "$1" "$2" >"$work/out" || :
	jq -e '[.scenarios[] | select(.class != "same" and .class != "unknown")] | length == 0' \
		"$work/out" >/dev/null || {
		fail "noise is taken for a change: $1 $2"
		jq -c '.scenarios[] | select(.class != "same") | .id, .changes' "$work/out" >&2
	}
	jq -e '.summary.same > 0 and .without_timelines == 0' "$work/out" >/dev/null ||
		fail "nothing was compared"
}

play idle
for ((i = 0; i < $(nproc); i++)); do
	(while :; do :; done) &
	busy+=($!)
done
play busy
kill "${busy[@]}"
wait "${busy[@]}" 2>/dev/null || :
busy=()

for name in idle busy; do
	echo "$((repetitions + 1)) repetitions, $name: $(count $name pass) passed," \
		"$(count $name inconclusive) inconclusive"
	jq -c '.scenarios[] | select(.verdict == "fail") | .id, (.findings[] |
		select(.verdict == "fail") | .text)' "$work/$name"-*/results.json >"$work/false"
	[ ! -s "$work/false" ] || fail "a failure that is none, $name: $(cat "$work/false")"
done
for ((i = 1; i <= repetitions; i++)); do
	equal "$work/idle-0" "$work/idle-$i"
	equal "$work/idle-0" "$work/busy-$i"
done
finish
