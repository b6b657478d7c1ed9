# Two runs of one kernel are equal, and so is one with another HZ; another setting, a failure and
# another suite are not, and are named. How noise is told from a change: under-load.sh.
. "$(dirname "$0")/common.sh" "$@"

# run_one FOLDER SED: one scenario, the same id each time, into $work/FOLDER.
run_one() {
	mkdir -p "$work/$1-scenarios"
	sed -e "$2" >"$work/$1-scenarios/one.yaml" <<-END
		scenario: One scenario, changed in many ways
		server: {listen: 127.0.0.1:5000}
		client: {keepalive: on, idle: 1s, interval: 1s, count: 2}
		timeline:
		  - {at: established, drop: {to: server}}
		expect:
		  - client: {error: ETIMEDOUT}
		  - model
	END
	answered "$halfopen" run -o "$work/$1" "$work/$1-scenarios" >/dev/null || :
}

# changed EXIT CLASS OLD NEW WORDS...: so is the scenario called that is named in $changed.
changed=one
changed() {
	local class=$2 words old=$3 new=$4

	expect_exit "$1" "$halfopen" compare "$work/$old" "$work/$new"
	grep -q "^$class  *$changed\$" "$work/out" || fail "$old to $new is not $class: $(cat "$work/out")"
	tr -s '\n ' ' ' <"$work/out" >"$work/line"
	for words in "${@:5}"; do
		grep -qF -- "$words" "$work/line" || fail "no '$words' in: $(cat "$work/out")"
	done
}
run_one plain '' &
run_one count 's/count: 2/count: 3/' &
run_one longer 's/interval: 1s/interval: 2s/' &
run_one failing 's/error: ETIMEDOUT/error: ECONNRESET/' &
run_one never '/drop:/d; /^timeline:/d; s/model/server: {error: none}/' &
wait
changed 1 worse plain count "asks something else" "3 of role probe from the client, was 2" \
	"the client is told later: 4."
changed 0 better count plain "the client is told sooner: 3."
changed 1 worse plain longer "probe 2 of the client came after 2." "later: 5."
changed 1 worse plain failing "fail, was pass" \
	"expects now: client: {error: ECONNRESET}" "fails now: the client was told ETIMEDOUT"
changed 0 better failing plain "pass, was fail" \
	"expected before: client: {error: ECONNRESET}"
changed 1 worse plain never "the client is no longer told: ETIMEDOUT after 3." \
	"of role probe from the client, was 2" "nothing more where there was step 1"
expect_exit 0 "$halfopen" compare "$work/plain" "$work/plain"
expect_words "$work/out" "0 unknown, 1 same"

# The file itself, and without timelines: the findings are left.
expect_exit 0 "$halfopen" compare "$work/plain" "$work/plain/results.json"
expect_words "$work/out" " 0 worse, 0 better, 0 different"
mkdir "$work/alone"
cp "$work/plain/results.json" "$work/alone"
expect_exit 0 "$halfopen" compare "$work/alone" "$work/plain"
expect_words "$work/out" "without a timeline in one of them"

# Another configuration: the same was asked, the settings that differ are named, and what they change.
cat >"$work/plain-scenarios/machine.yaml" <<'END'
scenario: As the machine has it
server: {listen: 127.0.0.1:5000}
client: {keepalive: on}
timeline:
  - {at: established, drop: {to: server}}
expect: model
END
printf 'net.ipv4.tcp_keepalive_time = 1\nnet.ipv4.tcp_keepalive_intvl = 1\n' >"$work/base.conf"
for probes in 1 2; do
	answered "$halfopen" run -o "$work/under-$probes" --sysctl-file "$work/base.conf" \
		--sysctl net.ipv4.tcp_keepalive_probes=$probes "$work/plain-scenarios" \
		>"$work/said" 2>&1 || fail "under $probes: $(cat "$work/said")"
done
changed=machine
changed 1 worse under-1 under-2 "the client is told later: 3." "under 3 settings" \
	"net.ipv4.tcp_keepalive_probes: 2, was 1"
grep -q 'tcp_keepalive_time\|something else' "$work/out" && fail "more than the difference is named"
changed 0 better under-2 under-1 "the client is told sooner: 2."
expect_exit 1 "$halfopen" compare --json --html "$work/settings.html" "$work/under-1" "$work/under-2"
jq -e '.settings == [{name: "net.ipv4.tcp_keepalive_probes", old: "1", new: "2"}]' "$work/out" \
	>/dev/null || fail "settings: $(jq -c .settings "$work/out")"
expect_words "$work/settings.html" "<td><code>net.ipv4.tcp_keepalive_probes</code></td><td>1</td><td>2</td>"
expect_exit 0 "$halfopen" compare --json "$work/under-1" "$work/under-1"
jq -e '.settings == []' "$work/out" >/dev/null || fail "settings of the same run differ"

# The same run as if on a kernel of 1000 Hz: all its timers less late, none of them early.
mkdir "$work/faster"
cp "$work/plain/results.json" "$work/faster"
jq -c 'if .event == "kernel" then .hz = 1000
	elif .at then .at = (.at / 1000000000 | floor) * 1000000000 +
		((.at % 1000000000) * 0.3 | floor) else . end' \
	"$work/plain/one.jsonl" >"$work/faster/one.jsonl"
sed -i 's/"hz": *250/"hz": 1000/' "$work/faster/results.json"
for order in "plain faster" "faster plain"; do
	# shellcheck disable=SC2086 # two words
	set -- $order
	expect_exit 0 "$halfopen" compare "$work/$1" "$work/$2"
	expect_words "$work/out" "0 worse, 0 better, 0 different, 0 unknown, 1 same"
done

# A page, whole or not at all.
expect_exit 1 "$halfopen" compare --html "$work/pages/page.html" "$work/plain" "$work/count"
expect_words "$work/pages/page.html" '<tr class="worse"><td>worse</td><td><code>one</code>'
expect_words "$work/pages/page.html" '</html>'
grep -qE '<script|src=|href=|http' "$work/pages/page.html" && fail "the page needs something else"
ln -sf /dev/full "$work/pages/full.html.part"
expect_exit 2 "$halfopen" compare --html "$work/pages/full.html" "$work/plain" "$work/count"
[ ! -e "$work/pages/full.html" ] || fail "a page was written to a full disk"

# Not comparable, and why.
refuse() {
	local words=$1

	shift
	expect_exit 2 "$halfopen" compare "$@"
	expect_words "$work/err" "$words"
	[ ! -s "$work/out" ] || fail "output beside an error: $*"
}
mkdir "$work/broken" "$work/other"
refuse "two results are needed" "$work/plain"
jq '.scenarios[].id = "another"' "$work/plain/results.json" >"$work/other/results.json"
refuse "of different suites, no scenario is in both" "$work/plain" "$work/other"
refuse "No such file" "$work/plain" "$work/nothing"
head -c 200 "$work/plain/results.json" >"$work/broken/results.json"
refuse "$work/broken" "$work/plain" "$work/broken"
jq '.version = 99' "$work/plain/results.json" >"$work/other/results.json"
refuse "99" "$work/plain" "$work/other"
cp "$work/plain/results.json" "$work/broken/results.json"
echo garbage >"$work/broken/one.jsonl"
refuse "line 1 is no event of a timeline" "$work/plain" "$work/broken"
finish
