# Shared by the end-to-end tests. Each is called with the path of the binary.
set -eu
halfopen=$1
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scenarios=$tests/../scenarios
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
failures=0

fail() {
	echo "FAIL: $*" >&2
	failures=$((failures + 1))
}

# expect_exit CODE COMMAND...: runs it, output to $work/out and $work/err.
expect_exit() {
	local want=$1 got=0

	shift
	"$@" >"$work/out" 2>"$work/err" || got=$?
	[ "$got" -eq "$want" ] || {
		fail "exit $got, not $want: $*"
		cat "$work/out" "$work/err" >&2
	}
}

# expect_words FILE WORDS
expect_words() {
	grep -qF -- "$2" "$1" || {
		fail "no '$2' in:"
		cat "$1" >&2
	}
}

# As somebody who is not root, where we are root; else as we are.
rootless() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups -- env HOME=/ "$@"
	else
		"$@"
	fi
}

# A checkout that only root can enter: what others are to run and read is copied to where they can.
if [ "$(id -u)" -eq 0 ] && ! rootless test -x "$halfopen" -a -r "$scenarios/run"; then
	mkdir "$work/reach"
	cp "$halfopen" "$work/reach/halfopen"
	cp -r "$scenarios" "$work/reach/scenarios"
	chmod -R a+rX "$work/reach"
	halfopen=$work/reach/halfopen
	scenarios=$work/reach/scenarios
fi

# nothing_failed DIR COMMAND...: runs it; each scenario passes, or is skipped. Inconclusive is a
# failure too: what it would take to answer is there, on a machine that nobody else loads.
nothing_failed() {
	local folder=$1

	shift
	expect_exit 0 "$@"
	jq -r '.scenarios[] | select(.verdict == "fail" or .verdict == "inconclusive") | .id,
		(.findings[] | select(.verdict != "pass") | "  \(.verdict): \(.text)")' \
		"$folder/results.json" | sed 's/^/FAIL: /' >&2
	jq -e '[.scenarios[].verdict] | index("fail") or index("inconclusive") | not' \
		"$folder/results.json" >/dev/null || fail "not all passed: $*"
}

# The pids of all processes below one, deepest last.
descendants() {
	local child

	for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
		echo "$child"
		descendants "$child"
	done
}

finish() {
	[ "$failures" -eq 0 ] || exit 1
}
