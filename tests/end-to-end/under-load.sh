# The quick suite, again and again, with every CPU busy: no false verdict. Inconclusive is
# allowed, and counted.
. "$(dirname "$0")/common.sh" "$@"

repetitions=${REPETITIONS:-20}
busy=()
for ((i = 0; i < $(nproc); i++)); do
	(while :; do :; done) &
	busy+=($!)
done
trap 'kill "${busy[@]}" 2>/dev/null; rm -rf "$work"' EXIT

passed=0
inconclusive=0
for ((i = 1; i <= repetitions; i++)); do
	status=0
	"$halfopen" run --tag quick -o "$work/results" "$scenarios" >"$work/out" 2>&1 || status=$?
	case $status in
	0 | 125) ;;
	*)
		fail "repetition $i: exit $status"
		cat "$work/out" >&2
		;;
	esac
	passed=$((passed + $(jq '[.scenarios[] | select(.verdict == "pass")] | length' \
		"$work/results/results.json")))
	inconclusive=$((inconclusive + $(jq '[.scenarios[] | select(.verdict == "inconclusive")]
		| length' "$work/results/results.json")))
done
echo "$repetitions repetitions under load: $passed passed, $inconclusive inconclusive"
[ "$passed" -gt 0 ] || fail "nothing passed at all"
finish
