# The page in a browser: opened, filtered, a failure found, nothing on the console; it needs nothing
# from elsewhere, and holds a thousand scenarios. Screenshots stay beside the binary.
. "$(dirname "$0")/common.sh" "$@"
. "$(dirname "$0")/browser.sh"

kept=$(realpath "$(dirname "$halfopen")")/page
mkdir -p "$kept" "$work/scenarios"
cat >"$work/scenarios/late.yaml" <<'EOF'
scenario: A probe expected too soon, and <b>nothing</b> & "nobody"
server: {listen: 127.0.0.1:12345}
client: {bind: 127.0.0.1:22345, keepalive: on, idle: 1s, interval: 2s, count: 2}
timeline:
  - {at: established, drop: {to: server}}
expect:
  - probes: {from: client, unanswered: 2, first: 1s, interval: 1s}
  - nothing else on the wire
EOF
sed -e 's/interval: 2s, count: 2/interval: 1s, count: 1/' "$work/scenarios/late.yaml" \
	>"$work/scenarios/missing.yaml"
sed -e 's/interval: 1s}/interval: 2s}/; s/- nothing.*/- model/' "$work/scenarios/late.yaml" \
	>"$work/scenarios/good.yaml"
expect_exit 1 "$halfopen" run -o "$work/results" --html "$work/run.html" "$work/scenarios"
expect_exit 0 "$halfopen" report "$work/results" --html "$kept/page.html"
cmp "$work/run.html" "$kept/page.html" || fail "run and report write different pages"
page=$kept/page.html

# Nothing from elsewhere, and no script is needed.
grep -Eo '(src|href|action|data)="?[^"#][^ >]*|url\([^)]*\)|@import' "$page" >"$work/refers" || true
grep -vx 'url("#hatch")' "$work/refers" && fail "the page refers to something else"

# A thousand of them.
jq '.scenarios |= [range(334) as $n | .[] | .id += "-\($n)"]' "$work/results/results.json" \
	>"$work/results/many.json"
expect_exit 0 "$halfopen" report "$work/results/many.json" --html "$work/many.html"
[ "$(grep -c '<details class="s ' "$work/many.html")" -eq 1002 ] || fail "not 1,002 scenarios"
[ "$(stat -c %s "$work/many.html")" -lt 20000000 ] || fail "1,002 scenarios take more than 20 MB"

browser_start "$work"

# visible EXPECTED WHAT: so many scenarios are shown.
visible() {
	local got

	got=$(browser_run 'return [...document.querySelectorAll(".s")]
		.filter((one) => one.offsetHeight > 0).length')
	[ "$got" = "$1" ] || fail "$got scenarios are visible, not $1: $2"
}
browser_open "file://$page"
[ "$(browser_run 'return document.title')" = "halfopen: 1 of 3 scenarios passed" ] || fail "title"
visible 3 "all"
browser_screenshot "$kept/light.png"
browser_click 'input[value="fail"]'
visible 2 "failed"
browser_click 'input[value="pass"]'
visible 1 "passed"
browser_click 'input[value="fail"]'
browser_type 'input[type="search"]' "late by"
visible 1 "with these words"

# What failed stands out in words, in a place that can be seen, and leads to its finding.
found=$(browser_run 'const tag = [...document.querySelectorAll(".tag")]
	.find((one) => one.textContent.includes("LATE by"));
	tag.scrollIntoView({block: "center"});
	const box = tag.getBoundingClientRect();
	const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
	return tag.contains(top) && tag.closest("details").querySelector(".id").textContent')
[ "$found" = late ] || fail "the late probe cannot be seen: $found"
browser_click '.s.fail[open] .tag'
[ "$(browser_run 'return document.querySelector(":target").offsetHeight > 0')" = true ] ||
	fail "the finding that a label leads to is not shown"
browser_screenshot "$kept/failure.png"
browser_type 'input[type="search"]' ""
browser_click 'input[value="all"]'
visible 3 "all again"

# No text of a drawing is cut off, or lies on another.
cut=$(browser_run 'return [...document.querySelectorAll(".s[open] figure svg")].map((svg) => {
	const view = svg.getBoundingClientRect();
	const texts = [...svg.querySelectorAll("text")].map((text) => text.getBoundingClientRect());
	return texts.filter((a, i) => a.left < view.left || a.right > view.right ||
		texts.some((b, j) => j > i && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 &&
			Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)).length;
}).reduce((a, b) => a + b, 0)')
[ "$cut" = 0 ] || fail "$cut texts are cut off or cover another"
browser_dark
[ "$(browser_run 'return getComputedStyle(document.body).backgroundColor')" = "rgb(15, 19, 24)" ] ||
	fail "the page is not dark where that is preferred"
browser_screenshot "$kept/dark.png"
browser_open "file://$work/many.html"
visible 1002 "all of many"
log=$(browser_log)
[ "$log" = "[]" ] || fail "the console says: $log"
finish
