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

# answered COMMAND...: runs it, and again while it is inconclusive, three times at most: on a machine
# that was late once, what is asked can be answered, and is. Ends as the last of them did.
answered() {
	local status tries

	for tries in first second third; do
		status=0
		"$@" || status=$?
		[ "$status" -eq 125 ] || break
		echo "inconclusive the $tries time: $*" >&2
	done
	return "$status"
}

# Runs a command, its output to $work/out and $work/err.
captured() {
	"$@" >"$work/out" 2>"$work/err"
}

# expect_exit CODE COMMAND...: runs it, captured, and answered where inconclusive is not what is expected.
expect_exit() {
	local want=$1 got=0 as=answered

	shift
	[ "$want" -ne 125 ] || as=
	$as captured "$@" || got=$?
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

# nothing_failed DIR COMMAND...: runs it, with -o DIR; each scenario passes, or is skipped. What is
# inconclusive, since the machine was late, is played again, twice: it can be answered, and is. How
# many milliseconds the command took, without that, goes to $took.
nothing_failed() {
	local folder=$1 status=0 again file tries as=() began

	shift
	[ "$1" != rootless ] || as=(rootless)
	began=$(date +%s%N)
	"$@" >"$work/out" 2>"$work/err" || status=$?
	took=$((($(date +%s%N) - began) / 1000000))
	for tries in first second third; do
		case $status in
		0) return ;;
		125) ;;
		*) break ;;
		esac
		[ "$tries" != third ] || break
		jq -r '.scenarios[] | select(.verdict == "inconclusive") | .id,
			(.findings[] | select(.verdict != "pass") | "  \(.verdict): \(.text)")' \
			"$folder/results.json" | sed "s/^/the $tries time: /"
		again=()
		for file in $(jq -r '.scenarios[] | select(.verdict == "inconclusive").id | sub("@.*"; "")' \
			"$folder/results.json" | sort -u); do
			[ -e "$scenarios/$file.yaml" ] && again+=("$scenarios/$file.yaml") ||
				again+=("$work/$file.yaml")
		done
		[ ${#again[@]} -gt 0 ] || break
		folder=$work/again
		status=0
		"${as[@]}" "$halfopen" run -o "$folder" "${again[@]}" >"$work/out" 2>"$work/err" || status=$?
	done
	fail "exit $status: $*"
	cat "$work/out" "$work/err" >&2
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
