# Rules, links and sysctls of the host are the same before and after a run, also one that is killed,
# and no process and no namespace stays.
. "$(dirname "$0")/common.sh" "$@"

snapshot() {
	nft list ruleset 2>&1 || true
	ip link
	ip addr
	sysctl -a 2>/dev/null | grep -E '^net\.(ipv4\.tcp|ipv4\.ip_local|netfilter)' || true
}

# Network namespaces of these processes; of all, where none is named.
namespaces() {
	local pids=("$@")

	[ $# -gt 0 ] || pids=('[0-9]*')
	# The pattern for all is to be expanded.
	# shellcheck disable=SC2086,SC2068
	find ${pids[@]/#//proc/} -maxdepth 2 -path '*/ns/net' -printf '%l\n' 2>/dev/null | sort -u
}

snapshot >"$work/before"
namespaces $$ >"$work/namespaces-own"

expect_exit 0 "$halfopen" run --tag quick "$scenarios/000-dotnet-conversation/intended.yaml"
snapshot >"$work/after"
cmp "$work/before" "$work/after" || fail "a run changes the host"

# A played scenario leaves no socket that sends its last segment again for minutes, and keeps its
# namespace for as long: here nothing comes to the server any more, so nobody acknowledges its FIN.
"$halfopen" run "$scenarios/000-dotnet-conversation/intended.yaml" >"$work/out" 2>&1 &
pid=$!
made=
while [ -z "$made" ] && kill -0 $pid 2>/dev/null; do
	for child in $(descendants $pid); do
		namespaces "$child" | grep -qvxFf "$work/namespaces-own" && made=/proc/$child/ns
	done
done
[ -n "$made" ] || fail "the run had no namespace of its own"
exec 8<"$made/user" 9<"$made/net"
wait $pid
inside=(nsenter --net=/proc/self/fd/9)
[ "$(id -u)" -eq 0 ] || inside+=(--user=/proc/self/fd/8 --preserve-credentials)
"${inside[@]}" ss -Htan state all >"$work/sockets" || fail "its namespace cannot be entered"
[ ! -s "$work/sockets" ] || fail "there still is $(cat "$work/sockets")"
exec 8<&- 9<&-

# Killed in the middle: when the children's first packets have passed, they are all set up.
"$halfopen" run --tag quick -o "$work/killed" "$scenarios" >/dev/null 2>&1 &
pid=$!
while [ "$(descendants $pid | wc -l)" -lt 3 ]; do
	kill -0 $pid || break
done
children=$(descendants $pid)
[ -n "$children" ] || fail "the run had no children"
# shellcheck disable=SC2086
namespaces $children | comm -23 - "$work/namespaces-own" >"$work/namespaces-made"
kill -KILL $pid
wait $pid 2>/dev/null || true
# Each ends by itself; the kernel needs a moment to deliver its parent's death. A zombie that its
# new parent has not asked for yet is dead.
alive() {
	[ -e "/proc/$1/stat" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null
}
deadline=$(($(date +%s%N) + 1000000000))
for child in $children; do
	while alive "$child" && [ "$(date +%s%N)" -lt $deadline ]; do :; done
	alive "$child" && fail "process $child is still there"
done
snapshot >"$work/after"
cmp "$work/before" "$work/after" || fail "a killed run changes the host"
[ -s "$work/namespaces-made" ] || fail "the children had no namespaces of their own"
namespaces | comm -12 - "$work/namespaces-made" | grep . && fail "a namespace stays"
[ ! -e "$work/killed/results.json" ] || fail "a killed run wrote results"
find "$work/killed" -name '*.part' 2>/dev/null | grep . && fail "a killed run left half a file"
finish
