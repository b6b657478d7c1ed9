# The pages are valid HTML, says a checker from npm: of a run, of nothing that was played, and of a
# comparison, all with titles and paths that are no HTML.
. "$(dirname "$0")/common.sh" "$@"

checker=$("$tests/../.ci/html-checker/fetch.sh") || {
	echo "skipped: end-to-end/valid-html: html-validate cannot be had"
	exit 77
}

ugly=$work/'quo"te<&>,#:%'
mkdir "$ugly"
cat >"$ugly/late.yaml" <<'END'
scenario: A probe expected too soon, </title><b>nothing</b> & "nobody"
source: '<!-- ]]> 12 < 13'
server: {listen: 127.0.0.1:12345}
client: {keepalive: on, idle: 1s, interval: 2s, count: 2}
timeline:
  - {at: established, drop: {to: server}}
expect:
  - probes: {from: client, unanswered: 2, first: 1s, interval: 1s}
  - nothing else on the wire
END
sed -e 's/interval: 1s}/interval: 2s}/' "$ugly/late.yaml" >"$ugly/good.yaml"
sed -e 's/idle: 1s/idle: 9h/' "$ugly/late.yaml" >"$ugly/long.yaml"
run() {
	"$halfopen" run -o "$@" >"$work/out" 2>&1 || :
}
run "$work/old" "$ugly"
run "$work/new" --sysctl net.ipv4.tcp_retries2=3 "$ugly"
run "$work/skipped" "$ugly/long.yaml"
expect_exit 0 "$halfopen" report "$work/old" --html "$work/page.html"
expect_exit 0 "$halfopen" report "$work/new" --html "$work/settings.html"
expect_exit 0 "$halfopen" report "$work/skipped" --html "$work/skipped.html"
expect_exit 0 "$halfopen" compare --html "$work/compared.html" "$work/old" "$work/new"

# The checker finds what is not valid.
sed 's/<h1>/<h1><p>/' "$work/page.html" >"$work/bad.html"
"$checker" --preset recommended "$work/bad.html" >/dev/null 2>&1 && fail "nothing is refused"
for page in page settings skipped compared; do
	grep -q '^</html>$' "$work/$page.html" || fail "$page is no whole page"
	"$checker" --preset recommended "$work/$page.html" >"$work/checked" 2>&1 ||
		fail "not valid: $(cat "$work/checked")"
done
finish
