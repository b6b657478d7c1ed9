# The documents' own numbers, all side by side: done no later than 3 s after the longest one's last
# due event.
. "$(dirname "$0")/common.sh" "$@"

nothing_failed "$work/results" "$halfopen" run --tag documented -o "$work/results" "$scenarios"
# The latest moment at which anything passed or an application was told, on its scenario's clock.
last=$(cat $(find "$work/results" -name '*.jsonl') |
	jq -s '[.[] | select(.event == "segment" or .event == "application") | .at] | max / 1000000 | floor')
echo "the last event came at $last ms; all was done after $took ms"
[ "$took" -le $((last + 3000)) ] || fail "it took $((took - last)) ms longer than its last event"
finish
