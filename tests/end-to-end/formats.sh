# Formats for machines: from a run and from its results they are the same, they are what their
# readers want, and a file is whole or not there.
. "$(dirname "$0")/common.sh" "$@"

# One that passes, one that fails, one that is skipped, in a folder with an ugly name.
ugly=$'quo"te<&>,#:%\xff\e[2J'
suite=$work/$ugly
mkdir "$suite"
cp "$scenarios/000-dotnet-conversation/intended.yaml" "$suite/good.yaml"
sed 's/unanswered: 3/unanswered: 2/' "$suite/good.yaml" >"$suite/bad.yaml"
cat >"$suite/long.yaml" <<'END'
scenario: Longer than anybody waits
server: {listen: 127.0.0.1:5000}
client: {keepalive: on, idle: 9h, interval: 1s, count: 1}
timeline:
  - {at: 100ms, drop: {to: server}}
expect: model
END

# Several at once; words for people make way for the one that has stdout.
expect_exit 1 "$halfopen" run -o "$work/results" --junit "$work/junit.xml" --ktap - \
	--json "$work/new/all.json" "$suite"
cp "$work/out" "$work/ktap"
expect_words "$work/err" "3 scenarios in"
[ "$(head -n 2 "$work/ktap")" = $'KTAP version 1\n1..3' ] || fail "KTAP does not begin so"
grep -qE '^ok [1-3] good$' "$work/ktap" || fail "no good in KTAP"
grep -qE '^not ok [1-3] bad$' "$work/ktap" || fail "no failure in KTAP"
grep -qE '^ok [1-3] long # SKIP it can last ' "$work/ktap" || fail "no skip in KTAP"
grep -vE '^(ok|not ok) |^#|^KTAP version 1$|^1\.\.3$' "$work/ktap" && fail "more than KTAP"

xmllint --noout --schema "$tests/tools/junit.xsd" "$work/junit.xml" 2>"$work/lint" ||
	fail "no valid JUnit: $(cat "$work/lint")"
sed 's/<failure type="fail"/<failure/' "$work/junit.xml" >"$work/bad.xml"
xmllint --noout --schema "$tests/tools/junit.xsd" "$work/bad.xml" 2>/dev/null &&
	fail "the schema lets everything pass"
xpath() {
	xmllint --xpath "$1" "$work/junit.xml"
}
[ "$(xpath 'count(/testsuites/testsuite)')" = 1 ] || fail "not one test suite"
[ "$(xpath 'string(//testsuite/@tests)')" = 3 ] || fail "tests"
[ "$(xpath 'count(//testcase/failure)')" = 1 ] || fail "failures"
[ "$(xpath 'count(//testcase[@name="long"]/skipped)')" = 1 ] || fail "skipped"
[ "$(xpath 'number(//testcase[@name="good"]/@time) > 3')" = true ] || fail "time"
xpath 'string(//failure)' | grep -q '3 unanswered probes of the client, 2 expected' || fail "text"
for name in $(xpath 'string(//testcase[@name="good"]/system-out)' |
	sed -n 's/^\[\[ATTACHMENT|\(.*\)\]\]$/\1/p'); do
	[ -s "$name" ] || fail "the attachment $name is not there"
	echo "$name"
done | wc -l | grep -qx 2 || fail "not two attachments"

# The same, from what was saved; a folder or its file.
for from in "$work/results" "$work/results/results.json"; do
	expect_exit 0 "$halfopen" report "$from" --junit "$work/again.xml" --ktap - \
		--json "$work/again.json"
	cmp "$work/out" "$work/ktap" || fail "KTAP from $from is another"
	# What could act on a terminal is another character once it was read.
	cmp "$work/again.json" <(sed 's/\\u001B/?/g' "$work/new/all.json") ||
		fail "JSON from $from is another"
	cmp "$work/again.xml" "$work/junit.xml" || fail "JUnit from $from is another"
done
# A file alone has nothing beside it.
jq -e '[.scenarios[] | has("timeline") or has("capture")] | any | not' "$work/again.json" \
	>/dev/null || fail "a file alone names others"
expect_exit 0 "$halfopen" report "$work/again.json" --junit /dev/null

expect_exit 0 "$halfopen" report --github "$work/results"
grep -qE '^::error file=[^,:]*quo"te<&>%2C#%3A%25.*/bad\.yaml,line=[0-9]+,col=[0-9]+,title=[^:]*::3 unans' \
	"$work/out" || fail "no annotation: $(cat "$work/out")"
grep -qE '^::notice file=.*long.yaml,' "$work/out" || fail "no notice"
[ "$(grep -vc '^::' "$work/out")" = 0 ] || fail "more than annotations"
grep -q $'\e' "$work/out" "$work/ktap" "$work/junit.xml" && fail "an escape gets through"

# For people, as the run has printed it.
expect_exit 0 "$halfopen" report "$work/results"
expect_words "$work/out" "3 scenarios in"
expect_words "$work/out" "3 unanswered probes of the client, 2 expected"
expect_exit 0 "$halfopen" report -v "$work/results"
expect_words "$work/out" "- probe -"

# refuse WORDS ARGUMENT...: exit 2, one message, nothing on stdout.
refuse() {
	local words=$1

	shift
	expect_exit 2 "$halfopen" "$@"
	expect_words "$work/err" "$words"
	[ ! -s "$work/out" ] || fail "output beside an error: $*"
	[ "$(grep -vc "^Try '" "$work/err")" = 1 ] || fail "not one message: $(cat "$work/err")"
}
for command in run report; do
	refuse "--ktap - and --github: only one can have stdout" $command --ktap - --github "$work"
	refuse "--junit and --ktap: both to '-'" $command --junit - --ktap - "$work"
	refuse "--json and --junit: both to" $command --junit "$work/x" --json "$work/x" "$work"
	refuse "--inconclusive takes error or skipped, not 'fail'" $command --inconclusive fail "$work"
	refuse "--junit: writing to $work: Is a directory" $command --junit "$work" "$work"
	refuse "Not a directory" $command --junit "$work/junit.xml/x" "$work"
	refuse "--junit takes the name of a file" $command --junit "" "$work"
done
refuse "one RESULTS is needed" report
refuse "No such file" report "$work/nothing"
refuse "there is no results.json in it" report "$suite"
head -c 1000 "$work/results/results.json" >"$work/cut"
refuse "not results of halfopen: line" report "$work/cut"
truncate -s 2G "$work/big"
refuse "2147483648 bytes" report "$work/big"
head -c 100000 /dev/urandom >"$work/noise"
refuse "not results of halfopen: line 1" report "$work/noise"
sed 's/"version": 2/"version": 1/' "$work/results/results.json" >"$work/old"
refuse "results of version 1; this halfopen reads version 2" report "$work/old"
refuse "not results of halfopen" report "$work/results/good.jsonl"

# A disk that is full in the middle: the old file stays whole, and nothing stays beside it.
cat >"$work/full.sh" <<'END'
mount -t tmpfs -o size=8k none "$1/disk" || exit 77
echo old >"$1/disk/junit.xml"
status=0
"$2" report "$1/results" --junit "$1/disk/junit.xml" --ktap "$1/after" 2>"$1/full" || status=$?
[ "$status" -eq 2 ] || echo "exit $status"
grep -qF "writing to $1/disk/junit.xml: No space left on device" "$1/full" || cat "$1/full"
[ "$(cat "$1/disk/junit.xml")" = old ] || echo "the old file is changed"
[ "$(ls "$1/disk")" = junit.xml ] || ls "$1/disk"
cmp "$1/after" "$1/ktap"
END
mkdir "$work/disk"
jq '.scenarios[0].findings[0].text = ([range(2000)] | tostring)' "$work/results/results.json" \
	>"$work/large" && mv "$work/large" "$work/results/results.json"
"$halfopen" report "$work/results" --ktap - >"$work/ktap"
status=0
said=$(unshare --user --map-root-user --mount bash "$work/full.sh" "$work" "$(realpath "$halfopen")" 2>&1) ||
	status=$?
if [ "$status" -eq 77 ]; then
	echo "no tmpfs can be mounted here: the full disk is left out"
elif [ "$status" -ne 0 ] || [ -n "$said" ]; then
	fail "a full disk: exit $status: $said"
fi
finish
