# What is due is drawn without playing it, by anybody; and when a dead peer is noticed is told.
. "$(dirname "$0")/common.sh" "$@"

halfopen=$(realpath "$halfopen")
cd "$tests/.."
quick=$scenarios/002-keepalive-article/silenced-server.yaml

# explain WORDS... -- ARGUMENT...: succeeds, says nothing on stderr, and has the words.
explain() {
	local words=()

	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	expect_exit 0 rootless "$halfopen" explain "$@"
	[ ! -s "$work/err" ] || fail "said: $(cat "$work/err")"
	for word in "${words[@]}"; do
		expect_words "$work/out" "$word"
	done
}

# usage WORDS ARGUMENT...
usage() {
	local words=$1

	shift
	expect_exit 2 rootless "$halfopen" explain "$@"
	expect_words "$work/err" "$words"
	[ ! -s "$work/out" ] || fail "output on stdout: $(cat "$work/out")"
}

# Windows of a 250 Hz kernel; the article's own is the other variant.
explain "250 Hz;" "client: keepalive on, idle 2.000 s, interval 1.000 s, count 3" \
	"----- probe ----" "2.000-2.04" "probe 3 ---" "== drop to server ===" "at probe 2 answered" \
	"RST ------" "told ETIMEDOUT" "In the end the server is ESTABLISHED and was told nothing." \
	"net/ipv4/tcp_timer.c, tcp_keepalive_timer" "last probe + interval" "client, idle" \
	"server, full window" "never" -- --hz 250 --variant quick "$quick"
grep -q 'probe 1 -*x ' "$work/out" || fail "no lost segment"
! grep -q documented "$work/out" || fail "another variant"
! grep -q "$(printf '\033')" "$work/out" || fail "colours in a pipe"
[ "$(wc -L <"$work/out")" -le 80 ] || fail "wider than 80 columns"
explain "@documented" "@quick" "30.000-" "this kernel's" -- "$quick"
explain "@quick" -- 002-keepalive-article/silenced-server@quick

# A ping monitor's part is arithmetic: 3 × 5 s and 2 × 30 s, and up to 30 s before the first.
explain "\"silent\" after 75.000 s at" "105.000 s at worst" -- \
	000-dotnet-conversation/ping-threshold@conversation

# What is healthy goes on for ever, and is drawn once.
cat >"$work/healthy.yaml" <<'END'
scenario: Nothing is wrong
server: {listen: 127.0.0.1:5000}
client: {keepalive: on, idle: 30s, interval: 3s, count: 3}
timeline:
  - {at: server error, drop: {to: client}}
expect:
  - server: {state: ESTABLISHED}
END
explain "and so on, for ever" "every 30.000-3" "Step 1 (drop to client, at server error)" \
	-- "$work/healthy.yaml"
[ "$(wc -l <"$work/out")" -lt 70 ] || fail "not folded"

# Without a scenario.
explain "either, idle" "120.000 s" "connecting gives up" "[4]" \
	-- --settings idle=60s,interval=10s,count=6,user_timeout=0
explain "tcp_retries2=8" "102.9" -- --settings net.ipv4.tcp_retries2=8 --hz 1000
printf '# ours\nnet/ipv4/tcp_keepalive_time = 600\n-net.ipv4.tcp_retries2=5\n' >"$work/a.conf"
printf 'net.ipv4.tcp_keepalive_time = 300\nvm.swappiness = 1\n' >"$work/b.conf"
chmod -R a+rX "$work"
expect_exit 0 rootless "$halfopen" explain --sysctl-file "$work/a.conf" \
	--sysctl-file "$work/b.conf" --sysctl tcp_keepalive_intvl=1m --settings keepalive=on
expect_words "$work/err" "left out: vm.swappiness"
expect_words "$work/out" "tcp_keepalive_time=300, tcp_keepalive_intvl=60"
expect_words "$work/out" "sysctls but tcp_retries2=5,"
expect_words "$work/out" "idle 5 m 0.000 s, interval 60.000 s, count 9"

# The scenario's own sysctls win.
explain "idle 2.000 s" -- --sysctl tcp_keepalive_time=9 "$quick" --variant quick
explain "without rto_max;" -- --feature no-rto_max --feature rto_min --settings idle=1s

# For machines.
explain -- --json --hz 250 "$quick"
jq -e '.hz == 250 and (.explanations | length) == 2' "$work/out" >"$work/jq" || fail "JSON"
jq -e '.explanations[1] | .id | endswith("@quick")' "$work/out" >"$work/jq" || fail "JSON: id"
jq -e '.explanations[1].forecast | (.entries | length) == 13 and
	([.entries[] | select(.kind == "probe")] | length) == 5 and
	([.entries[] | select(.lost)] | length) == 4 and
	.entries[12].error == "ETIMEDOUT" and .entries[7].step == 1 and
	(.entries[3] | .earliest_ns == 2000000000 and .latest_ns >= 2031000000 and
	 .source == "net/ipv4/tcp_timer.c, tcp_keepalive_timer") and
	.client.told == "ETIMEDOUT" and .server.state == "ESTABLISHED"' \
	"$work/out" >"$work/jq" || fail "JSON: entries: $(cat "$work/out")"
jq -e '.explanations[1].detection | length == 7 and .[0].earliest_ns == 5000000000 and .[4].never' \
	"$work/out" >"$work/jq" || fail "JSON: detection"
explain -- --json --settings idle=60s
jq -e '.explanations[0].detection[0] | .end == null and .situation == "idle"' \
	"$work/out" >"$work/jq" || fail "JSON: settings"

# Bad input: what is wrong, what was meant, what is allowed.
usage "a scenario, or --settings, is needed"
usage "give one or the other" --settings idle=1s "$quick"
usage "--hz takes a number from 12 to 12287, not '11'" --hz 11 "$quick"
usage "unknown word \"idel\" in the settings; did you mean \"idle\"? Allowed: keepalive, idle" \
	--settings idel=60s
usage "\"60\" has no unit; write 60s" --settings idle=60
usage "did you mean \"net.ipv4.tcp_retries2\"?" --sysctl tcp_retires2=3 --settings idle=1s
usage "did you mean \"rto_max\"?" --feature no-rto_mx --settings idle=1s
usage "has no variant \"quik\"; did you mean \"quick\"?" --variant quik "$quick"
usage "No such file" "$work/not-there.yaml"
printf 'net.ipv4.tcp_sack = 1\nnet.ipv4.tcp_retries2 = 8x\nno equals\n' >"$work/bad.conf"
usage "bad.conf:2:25: error: net.ipv4.tcp_retries2: \"8x\"" --sysctl-file "$work/bad.conf" "$quick"
expect_words "$work/err" "bad.conf:3:1: error: no \"=\""
printf 'scenario: x\n' >"$work/bad.yaml"
usage "bad.yaml" "$work/bad.yaml"
finish
