# What a person sees: a failure is drawn, what is wrong stands out without colour, lines are as wide
# as the screen, and a pipe gets no escapes.
. "$(dirname "$0")/common.sh" "$@"

cat >"$work/wrong.yaml" <<'END'
scenario: Wrong on purpose
server: {listen: 127.0.0.1:5000}
client: {keepalive: on, idle: 1s, interval: 1s, count: 2}
timeline:
  - {at: established, drop: {to: server}}
expect:
  - probes: {from: client, unanswered: 2, first: 1s, interval: 2s}
  - reset: {from: client, after: last probe, delay: 500ms}
END
expect_exit 1 env -u COLUMNS "$halfopen" run -o "$work/results" "$work/wrong.yaml"
grep -q $'\e' "$work/out" && fail "escapes in a pipe"
grep -qE '^! .*\|-+ probe -+>\|  packet 5$' "$work/out" || fail "no mark: $(cat "$work/out")"
expect_words "$work/out" "^ EARLY by 0.9"
expect_words "$work/out" "^ LATE by 0.4"
# The drawing is 80 wide; sentences stay whole for whoever looks for them.
sed '/^    [a-z]/,$d' "$work/out" | grep -E '^.{81}' && fail "wider than 80"
grep -qE '^    fail  .*due within 2\.000 s to [0-9.]+ s: 0\.[0-9]+ s early$' "$work/out" ||
	fail "a sentence is broken"

for columns in 60 100; do
	expect_exit 0 env COLUMNS=$columns "$halfopen" report "$work/results"
	grep -vF "$work" "$work/out" | grep -E "^.{$((columns + 1))}" && fail "wider than $columns"
done

# on_terminal ENVIRONMENT...: as on a screen, without the carriage returns of one.
on_terminal() {
	env "$@" TERM=xterm script -qec "stty cols 90; $(realpath "$halfopen") report $work/results" /dev/null \
		</dev/null | tr -d '\r' >"$work/screen"
}
if command -v script >/dev/null; then
	on_terminal -u NO_COLOR -u COLUMNS
	grep -q $'\e\[31mfail' "$work/screen" || fail "no colour on a terminal"
	sed 's/\x1b\[[0-9;]*[mK]//g' "$work/screen" >"$work/plain"
	grep -vF "$work" "$work/plain" | grep -E '^.{91}' && fail "wider than the terminal"
	grep -qE '^.{81}' "$work/plain" || fail "the terminal's width is not used"
	on_terminal -u COLUMNS NO_COLOR=1
	grep -q $'\e\[3' "$work/screen" && fail "colour in spite of NO_COLOR"
	grep -q '^! ' "$work/screen" || fail "no mark without colour"
fi
finish
