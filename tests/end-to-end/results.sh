# What a run leaves is what the published schema says; each field is of the scenario it is about.
. "$(dirname "$0")/common.sh" "$@"

file=$scenarios/000-dotnet-conversation/intended.yaml
sed 's/unanswered: 3/unanswered: 2/' "$file" >"$work/wrong.yaml"
cat >"$work/model.yaml" <<'END'
scenario: A title with € and "quotes"
server: {listen: 127.0.0.1:5000}
client: {keepalive: on, idle: 1s, interval: 1s, count: 1}
timeline:
  - {at: 100ms, drop: {to: server}}
expect: model
END
expect_exit 1 "$halfopen" run -o "$work/results" "$file" "$work/wrong.yaml" "$work/model.yaml"
results=$work/results/results.json

validate() {
	python3 -W ignore -c '
import json, sys, jsonschema
schema, results = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.Draft7Validator(schema).validate(results)' "$tests/../results/results.schema.json" "$1"
}
if python3 -c 'import jsonschema' 2>/dev/null; then
	validate "$results" || fail "results.json is not what its schema says"
	jq '.scenarios[0].timeline = "../x"' "$results" >"$work/bad.json"
	validate "$work/bad.json" 2>/dev/null && fail "the schema lets everything pass"
else
	echo "python3-jsonschema is not installed: the schema is not checked"
fi

jq -e --arg version "$("$halfopen" --version)" '.tool == ($version | split(" ")[1])' "$results" \
	>/dev/null || fail "tool"
jq -e --arg path "$work/wrong.yaml" '.scenarios[] | select(.id == "wrong") | .path == $path and
	([.findings[] | select(.verdict == "fail") | .line > 0 and .column > 0] | all)' "$results" \
	>/dev/null || fail "path, line or column"
jq -r '.scenarios[] | .timeline, .capture | select(. != null)' "$results" | while read -r name; do
	[ -s "$work/results/$name" ] || echo "$name"
done | grep . && fail "a file that is named is not there"

# refuse WORDS FOLDER: exit 2 and one message before anything is played.
refuse() {
	expect_exit 2 "$halfopen" run -o "$2" "$file"
	expect_words "$work/err" "$1"
	[ ! -s "$work/out" ] || fail "played: -o $2"
	[ "$(grep -vc "^Try '" "$work/err")" = 1 ] || fail "not one message: $(cat "$work/err")"
}
refuse "--output takes the name of a folder, not ''" ""
refuse "Not a directory" "$work/wrong.yaml"
refuse "Not a directory" "$work/wrong.yaml/below"
refuse "No such file" /proc/nowhere
mkdir "$work/results.json.part" "$work/taken"
mv "$work/results.json.part" "$work/taken"
refuse "Is a directory" "$work/taken"

# A disk that is full in the middle: one message, and no half of a file.
cat >"$work/full.sh" <<'END'
mount -t tmpfs -o size=8k none "$1/disk" || exit 77
status=0
"$2" run -o "$1/disk" "$1/model.yaml" >"$1/full.out" 2>"$1/full" || status=$?
[ "$status" -eq 2 ] || echo "exit $status"
grep -qF "writing to $1/disk: No space left on device" "$1/full" || cat "$1/full"
[ "$(wc -l <"$1/full")" -eq 1 ] || cat "$1/full"
find "$1/disk" -type f ! -name model.jsonl
[ ! -e "$1/disk/model.jsonl" ] || tail -n 1 "$1/disk/model.jsonl" | grep -q '"event":"end"' ||
	echo "half a timeline"
END
mkdir "$work/disk"
chmod 777 "$work" "$work/disk"
status=0
said=$(unshare --user --map-root-user --mount bash "$work/full.sh" "$work" "$(realpath "$halfopen")" 2>&1) ||
	status=$?
if [ "$status" -eq 77 ]; then
	echo "no tmpfs can be mounted here: the full disk is left out"
elif [ "$status" -ne 0 ] || [ -n "$said" ]; then
	fail "a full disk: exit $status: $said"
fi
finish
