# A headless Chromium, driven over WebDriver (chromedriver) with curl. Sourced; exits 77 where there
# is none, 1 where CI=true.
# shellcheck shell=bash

for program in chromium chromedriver curl jq; do
	command -v "$program" >/dev/null || {
		echo "$program is not installed" >&2
		[ "${CI:-}" = true ] && exit 1
		exit 77
	}
done

# browser_call PATH [JSON]: prints the value of the answer.
browser_call() {
	curl -s --max-time 60 ${2:+-H "Content-Type: application/json" --data-binary @-} \
		"$browser_at/$1" <<<"${2:-}" | jq -c .value
}

# browser_start FOLDER: its profile and log go there.
browser_start() {
	local port options

	: >"$1/chromedriver.out"
	# Port 0 lets it choose one, which it tells.
	HOME=$1 chromedriver --port=0 --log-path="$1/chromedriver.log" >"$1/chromedriver.out" 2>&1 &
	browser_pid=$!
	trap 'browser_stop; rm -rf "$work"' EXIT
	for ((i = 0; i < 100; i++)); do
		port=$(sed -n 's/.*started successfully on port \([0-9]*\).*/\1/p' \
			"$1/chromedriver.out")
		[ -z "$port" ] || break
		sleep 0.1
	done
	browser_at=http://127.0.0.1:$port
	options=$(jq -n --arg profile "--user-data-dir=$1/profile" '{capabilities: {alwaysMatch: {
		"goog:loggingPrefs": {browser: "ALL"},
		"goog:chromeOptions": {args: ["--headless", "--no-sandbox", "--remote-debugging-pipe",
			"--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--hide-scrollbars",
			"--window-size=1500,1300", $profile]}}}}')
	browser_session=$(browser_call session "$options" | jq -r .sessionId)
	[ "$browser_session" != null ] || {
		cat "$1/chromedriver.out" "$1/chromedriver.log" >&2
		exit 1
	}
	browser_at=$browser_at/session/$browser_session
}

browser_stop() {
	[ -z "${browser_session:-}" ] || curl -s --max-time 20 -X DELETE "$browser_at" >/dev/null
	kill "$browser_pid" 2>/dev/null || true
	wait "$browser_pid" 2>/dev/null || true
}

browser_open() {
	browser_call url "$(jq -n --arg url "$1" '{url: $url}')" >/dev/null
}

# browser_run SCRIPT: prints what it returns; texts without quotes.
browser_run() {
	browser_call execute/sync "$(jq -n --arg script "$1" '{script: $script, args: []}')" |
		jq -r .
}

browser_element() {
	browser_call element "$(jq -n --arg css "$1" '{using: "css selector", value: $css}')" |
		jq -r '.["element-6066-11e4-a52e-4f735466cecf"]'
}

browser_click() {
	local answer

	answer=$(browser_call "element/$(browser_element "$1")/click" '{}')
	[ "$answer" = null ] || fail "clicking $1: $answer"
}

browser_type() {
	# Control and A, then Delete, take away what is there.
	browser_call "element/$(browser_element "$1")/value" "$(jq -n --arg text "$2" \
		'{text: ("\uE009a\uE000\uE017" + $text)}')" >/dev/null
}

browser_dark() {
	browser_call goog/cdp/execute '{"cmd": "Emulation.setEmulatedMedia", "params":
		{"features": [{"name": "prefers-color-scheme", "value": "dark"}]}}' >/dev/null
}

browser_screenshot() {
	browser_call screenshot | jq -r . | base64 -d >"$1"
	[ "$(head -c 4 "$1" | tail -c 3)" = PNG ] || fail "$1 is no picture"
}

# All that the console was told, as JSON.
browser_log() {
	browser_call se/log '{"type": "browser"}'
}
