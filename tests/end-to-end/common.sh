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

# nothing_failed DIR COMMAND...: runs it; inconclusive is allowed, since other tests run beside this one
# and load the machine, but no false verdict, and by far most must pass.
nothing_failed() {
	local folder=$1 got=0

	shift
	"$@" >"$work/out" 2>"$work/err" || got=$?
	[ "$got" -eq 0 ] || [ "$got" -eq 125 ] || {
		fail "exit $got: $*"
		grep -v '^pass' "$work/out" >&2 || true
		cat "$work/err" >&2
	}
	jq -e '[.scenarios[].verdict] | (index("fail") | not) and
		([.[] | select(. == "inconclusive")] | length) * 10 <= length' \
		"$folder/results.json" >/dev/null || fail "failures, or too much was inconclusive: $*"
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
