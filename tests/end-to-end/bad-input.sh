# What a wrong command line or a wrong file gets: a message, exit 2, and nothing is played.
. "$(dirname "$0")/common.sh" "$@"

# usage WORDS ARGUMENT...
usage() {
	local words=$1

	shift
	expect_exit 2 "$halfopen" "$@"
	expect_words "$work/err" "$words"
	[ ! -s "$work/out" ] || fail "output on stdout: $(cat "$work/out")"
}

usage "Usage: halfopen"
usage "unknown command 'rnu'; did you mean 'run'?" rnu
usage "unknown option 'jbos'; did you mean '--jobs'?" run --jbos 3
usage "--jobs needs a value" run --jobs
usage "--jobs takes a number from 1 to 4096, not '0'" run --jobs 0
usage "--jobs takes a number from 1 to 4096, not '-1'" run --jobs -1
usage "--jobs takes a number from 1 to 4096, not '3x'" run --jobs 3x
usage "has such a tag" run --tag nobody-has-this "$scenarios"
usage "No such file" run "$work/not-there.yaml"
mkdir "$work/empty"
usage "no scenario" run "$work/empty"
for command in run check; do
	expect_exit 0 "$halfopen" $command --help
	expect_words "$work/out" "Usage: halfopen $command"
done
expect_exit 0 "$halfopen" --help
expect_words "$work/out" "Commands:"

# Several mistakes in several files: all are told, with line and caret, and the good one beside
# them is not played.
mkdir "$work/files"
cp "$scenarios/000-dotnet-conversation/intended.yaml" "$work/files/good.yaml"
cat >"$work/files/a.yaml" <<'EOF'
scenario: Several mistakes
server: {listen: 127.0.0.1:5000}
client: {keepalive: on, idel: 1s, interval: 40000s, count: 3}
expect:
  - probes: {from: client, answered: 3, interval: 1}
EOF
printf '\0\1\2' >"$work/files/b.yaml"
for command in check run; do
	usage "a.yaml:3:25: error: " $command "$work/files"
	expect_words "$work/err" "did you mean \"idle\"?"
	expect_words "$work/err" "a.yaml:3:45: error: "
	expect_words "$work/err" "a.yaml:5:51: error: "
	expect_words "$work/err" "client: {keepalive: on, idel: 1s, interval: 40000s, count: 3}"
	expect_words "$work/err" "b.yaml"
done

# What only this kernel knows to be wrong is told in the same way, before anything runs.
mkdir "$work/options"
cat >"$work/options/option.yaml" <<'EOF'
scenario: An option that no kernel takes
client: {congestion: nosuch}
until: 100ms
expect: [nothing else on the wire]
EOF
usage 'option.yaml:2:22: error: this kernel refuses TCP_CONGESTION of the client: setsockopt(TCP_CONGESTION, nosuch): ENOENT' \
	run "$work/options"

# A step that fails: with its line, the system call and its errno.
cat >"$work/step.yaml" <<'EOF'
scenario: A route that is there already
topology: pair
timeline: [{at: 10ms, route: {end: client, state: restored}}]
until: 100ms
expect: [nothing else on the wire]
EOF
expect_exit 125 "$halfopen" run "$work/step.yaml"
expect_words "$work/out" 'the step in line 3 failed: '
expect_words "$work/out" 'over netlink: EEXIST'

# A folder that cannot be written is known before anything runs.
touch "$work/file"
usage "Not a directory" run -o "$work/file/results" "$scenarios/000-dotnet-conversation"
finish
