# A suite on the sysctls of a machine: they change what happens and what is due, scenarios' own win,
# the timeline and the results say what was in force, and the host stays as it is.
. "$(dirname "$0")/common.sh" "$@"

mkdir "$work/suite"
cat >"$work/suite/machine.yaml" <<'END'
scenario: As the machine has it
server: {listen: 127.0.0.1:5000}
client: {keepalive: on}
timeline:
  - {at: established, drop: {to: server}}
expect: model
END
sed 's/^server:/sysctl: {net.ipv4.tcp_keepalive_intvl: 2s}\n&/' \
	"$work/suite/machine.yaml" >"$work/suite/own.yaml"
cat >"$work/10-base.conf" <<'END'
# of a machine
kernel.pid_max = 4194304
net.ipv4.tcp_mem = 1 2 3
net/ipv4/tcp_keepalive_time = 7
net.ipv4.tcp_keepalive_intvl = 1
net.ipv4.tcp_keepalive_probes = 9
net.ipv4.tcp_rto_max_ms = 100000
END
printf 'net.ipv4.tcp_keepalive_time = 1\n-net.ipv4.conf.all.rp_filter=2\n' >"$work/20-more.conf"
before=$(cat /proc/sys/net/ipv4/tcp_keepalive_*)

expect_exit 0 "$halfopen" run -o "$work/results" --sysctl-file "$work/10-base.conf" \
	--sysctl-file "$work/20-more.conf" --sysctl tcp_keepalive_probes=1 "$work/suite"
[ "$(cat /proc/sys/net/ipv4/tcp_keepalive_*)" = "$before" ] || fail "the host is changed"
[ "$(grep -c "are left out" "$work/err")" = 1 ] || fail "not named once: $(cat "$work/err")"
expect_words "$work/err" "kernel.pid_max, net.ipv4.conf.all.rp_filter, net.ipv4.tcp_mem"

# in_force ID NAME: what the timeline says.
in_force() {
	jq -r --arg name "net.ipv4.$2" 'select(.event == "sysctl" and .name == $name) | .value' \
		"$work/results/$1.jsonl"
}
# With these, a dead peer is noticed after two seconds, and not after two hours.
for id in machine own; do
	[ "$(in_force $id tcp_keepalive_time)" = 1 ] || fail "keepalive_time of $id"
	[ "$(in_force $id tcp_keepalive_probes)" = 1 ] || fail "keepalive_probes of $id"
	jq -se '[.[] | select(.event == "application" and .error == "ETIMEDOUT")] | length > 0' \
		"$work/results/$id.jsonl" >/dev/null || fail "$id was not told"
done
[ "$(in_force machine tcp_keepalive_intvl)" = 1 ] || fail "keepalive_intvl of the machine"
[ "$(in_force own tcp_keepalive_intvl)" = 2 ] || fail "a scenario's own does not win"

results=$work/results/results.json
jq -e '.sysctls["net.ipv4.tcp_keepalive_time"] == "1" and
	.sysctls["net.ipv4.tcp_keepalive_probes"] == "1" and
	(.sysctls | has("kernel.pid_max") | not)' "$results" >/dev/null ||
	fail "sysctls: $(jq -c .sysctls "$results")"
# What this kernel lacks is no reason not to play, and named.
if [ -e /proc/sys/net/ipv4/tcp_rto_max_ms ]; then
	jq -e '.sysctls | has("net.ipv4.tcp_rto_max_ms")' "$results" >/dev/null || fail "rto_max"
else
	expect_words "$work/err" "the kernel that played has not, and played without: net.ipv4.tcp_rto_max_ms"
	jq -e '.sysctls | has("net.ipv4.tcp_rto_max_ms") | not' "$results" >/dev/null ||
		fail "what is not there is in force"
fi
# The same was asked, under other circumstances.
suite=$(jq -r .suite "$results")
"$halfopen" run -o "$work/plain" "$work/suite" >/dev/null 2>&1 || true
[ "$(jq -r .suite "$work/plain/results.json")" = "$suite" ] || fail "another suite"
jq -e '.sysctls == {}' "$work/plain/results.json" >/dev/null || fail "sysctls of a plain run"

# refuse WORDS ARGUMENT...: exit 2, and nothing is played.
refuse() {
	local words=$1

	shift
	expect_exit 2 "$halfopen" run "$@" "$work/suite"
	expect_words "$work/err" "$words"
	[ ! -s "$work/out" ] || fail "output beside an error: $*"
}
refuse "No such file" --sysctl-file "$work/nothing"
refuse "must be KEY=VALUE" --sysctl tcp_retries2
refuse "tcp_retrys2" --sysctl tcp_retrys2=8
printf 'net.ipv4.tcp_retries2 = many\nno equals\n' >"$work/bad.conf"
refuse "bad.conf:1:" --sysctl-file "$work/bad.conf"
expect_words "$work/err" "bad.conf:2:"
finish
