# The reference is complete: every step, expectation and option of an end that it lists is used by a
# scenario that is shipped, and every example of a step or an expectation can be read.
. "$(dirname "$0")/common.sh" "$@"

expect_exit 0 "$halfopen" check --reference
cp "$work/out" "$work/reference"
expect_words "$work/reference" "### drop"
expect_words "$work/reference" 'END retransmission N'
expect_words "$work/reference" 'net.ipv4.tcp_keepalive_time'

# The README's tables are those of the parser.
expect_exit 0 "$halfopen" check --tables
sed -n '/<!-- begin of the tables -->/,/<!-- end of the tables -->/p' "$tests/../README.md" |
	sed '1d;$d' | sed '$d' >"$work/readme"
diff "$work/readme" "$work/out" >&2 || fail "README.md is not what halfopen check --tables prints"

# The names of the records below one heading.
records() {
	sed -n "/^## $1\$/,/^## /s/^### //p" "$work/reference"
}

# The names of the keys of one record; of all where a step and an expectation share their name.
keys() {
	sed -n "/^### $1\$/,/^##/s/^- \`\([a-z_0-9]*\)\`.*/\1/p" "$work/reference"
}

find "$scenarios" -name '*.yaml' -exec cat {} + | sed 's/^ *#.*//' >"$work/all"
while read -r name; do
	grep -qE "(^|[ {,-])$name([:}, ]|\$)" "$work/all" || fail "no scenario uses $name"
done < <(records Steps; records Expectations; keys client; keys server; keys router;
	keys monitor; keys ping; keys resources)
[ "$(records Steps | wc -l)" -ge 12 ] || fail "few steps: $(records Steps)"
[ "$(keys server | wc -l)" -ge 12 ] || fail "few options: $(keys server)"

sed -n '/^## Steps$/,/^## /p' "$work/reference" >"$work/steps"
while read -r name; do
	example=$(sed -n "/^### $name\$/,/^##/s/^    //p" "$work/steps")
	printf 'scenario: t\ntopology: routed\nrouter: {filter: on}
client: {keepalive: on, idle: 1s}\ntimeline:\n  - %s\n  - %s\n%s' \
		'{at: 1s, drop: {to: client}}' "$example" \
		'expect: [server: {state: CLOSED}]' >"$work/example.yaml"
	[ "$name" != delay ] || sed -i '/^router/d' "$work/example.yaml"
	[ "$name" = heal ] || sed -i '/at: 1s, drop/d' "$work/example.yaml"
	expect_exit 0 "$halfopen" check "$work/example.yaml"
done < <(records Steps)
finish
