# What disturbs a run, and what it makes of the verdict: our own process stopped for a while, a
# kernel without a feature, a machine where namespaces are forbidden.
. "$(dirname "$0")/common.sh" "$@"

# until_seen PID COMMAND...: asks until it succeeds, as long as the process is there.
until_seen() {
	local pid=$1

	shift
	until "$@"; do
		kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.02
	done
}

# What is seen in the network namespace of $child. 01: ESTABLISHED (include/net/tcp_states.h).
connected() {
	child=$(descendants $pid)
	[ -n "$child" ] && grep -q ':A8ED .* 01 ' "/proc/$child/net/tcp" 2>/dev/null
}

# probed N: so many probes have been sent.
probed() {
	[ "$(awk '/^TcpExt:/ {
		for (i = 1; i <= NF; i++)
			if ($i == "TCPKeepAlive")
				column = i
		value = $column
	} END { print value + 0 }' "/proc/$child/net/netstat" 2>/dev/null)" -ge "$1" ]
}

# A child that is stopped from before the first probe until after the third: they carry the kernel's
# stamps, so nothing fails; what was not observed for that reason is inconclusive.
play_stopped() {
	local threads watched status=0

	"$halfopen" run --tag quick -o "$work/stopped" "$scenarios/001-netstat-timer/port-1.yaml" \
		>"$work/out" 2>&1 &
	pid=$!
	until_seen $pid connected || fail "it has not connected"
	kill -STOP $child
	# It sees how long each CPU's softirqs wait, where their threads are to be seen, and it itself.
	threads=$(cat /proc/[0-9]*/comm 2>/dev/null | grep -c '^ksoftirqd/' || true)
	watched=$(readlink /proc/"$child"/fd/* | grep -c '/schedstat$' || true)
	[ "$watched" -eq $((threads + 1)) ] ||
		fail "$watched of $threads softirq threads are watched"
	until_seen $pid probed 3 || fail "it has sent no three probes"
	kill -CONT $child
	wait $pid || status=$?
	[ $status -eq 0 ] || [ $status -eq 125 ] || {
		fail "stopping our own process made the kernel fail: exit $status"
		cat "$work/out" >&2
	}
	jq -e '[.scenarios[0].findings[] | select(.verdict == "fail")] | length == 0' \
		"$work/stopped/results.json" >/dev/null || fail "a finding failed"
}

# own_stamps: each probe is judged, by its own stamp.
own_stamps() {
	jq -e '.scenarios[0].findings | [.[] | select(.text | test("^probe . of 4"))] | length == 4 and
		all(.verdict == "pass")' "$work/stopped/results.json" >/dev/null
}

# Where other load made a probe late, too, it is inconclusive for that: then again.
for _ in 1 2 3; do
	play_stopped
	! own_stamps || break
	jq -r '.scenarios[0].findings[] | select(.verdict != "pass") | "again, since: \(.text)"' \
		"$work/stopped/results.json"
done
own_stamps || fail "probes are not judged by their own stamps"

# A kernel without the sysctls: an empty folder stands where they would be.
if unshare -Urm true 2>/dev/null; then
	cat >"$work/without.sh" <<-'EOF'
		mount -t tmpfs none /proc/sys && exec "$@"
	EOF
	expect_exit 125 unshare -Urm bash "$work/without.sh" "$halfopen" run --tag quick \
		"$scenarios/000-dotnet-conversation"
	expect_words "$work/out" "skip "
	expect_words "$work/out" "has no sysctl net.ipv4."
fi

# No namespaces allowed: one message, however many scenarios.
if unshare -Ur true 2>/dev/null; then
	cat >"$work/forbidden.sh" <<-'EOF'
		echo 0 >/proc/sys/user/max_user_namespaces
		echo 0 >/proc/sys/user/max_net_namespaces
		exec "$@"
	EOF
	expect_exit 125 unshare -Ur bash "$work/forbidden.sh" "$halfopen" run --tag quick "$scenarios"
	expect_words "$work/err" "max_user_namespaces"
	[ "$(wc -l <"$work/err")" -eq 1 ] || fail "more than one message: $(cat "$work/err")"
	[ ! -s "$work/out" ] || fail "something was played: $(cat "$work/out")"
fi
finish
