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
finish
