# Debian's kernels 6.1 and 6.12 under QEMU, in virtual time: the scenarios pass there, with the same
# files and exit codes as here, and whatever goes wrong with a guest is said, and inconclusive.
. "$(dirname "$0")/common.sh" "$@"

# skip WHY: by name; and where nothing may be left out, it is a failure.
skip() {
	echo "skipped: end-to-end/guest: $1"
	[ "${CI:-}" != true ] || exit 1
	exit 77
}

kernels=$("$tests/../.ci/kernels.sh") || skip "Debian's kernels cannot be had"
command -v qemu-system-x86_64 >/dev/null || skip "QEMU is not installed"
kernel=$(echo "$kernels" | head -1)
image=$(echo "$kernel"/boot/vmlinuz-*)
default=$scenarios/defaults/keepalive.yaml
chosen=(--tag quick --tag documented --tag defaults --tag sweep)
# With AddressSanitizer each play takes many times as much memory and time.
if ldd "$halfopen" | grep -q libasan; then
	chosen=(--tag defaults)
fi

# All side by side in one boot, hours in seconds; none fails, and at most a feature is missing.
for each in $kernels; do
	release=$(basename "$each"/lib/modules/*)
	began=$(date +%s%N)
	expect_exit 0 "$halfopen" run --kernel "$each" --virtual-time "${chosen[@]}" \
		-o "$work/$release" "$scenarios"
	took=$((($(date +%s%N) - began) / 1000000))
	tail -3 "$work/out"
	echo "took $took ms"
	[ "$took" -le 120000 ] || fail "$release: $took ms"
	expect_words "$work/out" " 0 failed, 0 inconclusive"
	expect_words "$work/out" "kernel $release, HZ 250, virtual time"
	jq -e --arg release "$release" '.kernel == {release: $release, hz: 250, clock: "virtual"}' \
		"$work/$release/results.json" >/dev/null || fail "the kernel in results.json"
	for file in jsonl pcapng; do
		[ -s "$work/$release/defaults/keepalive.$file" ] || fail "no $file of $release"
	done
	# What was saved is judged the same again.
	expect_exit 0 "$halfopen" judge "$default" "$work/$release/defaults/keepalive.jsonl"
done

# Twice the same: verdicts, and the stamps of all packets within a millisecond.
for time in 1 2; do
	expect_exit 0 "$halfopen" run --kernel "$kernel" --virtual-time -o "$work/$time" "$default"
	jq -r 'select(.event == "segment") | .at / 1000000 | round' \
		"$work/$time/defaults/keepalive.jsonl" >"$work/stamps$time"
done
paste "$work/stamps1" "$work/stamps2" | awk '{ d = $1 - $2; if (d < -1 || d > 1) exit 1 }' ||
	fail "stamps differ"

# At several phases of the timer wheel, all in one boot.
expect_exit 0 "$halfopen" run --kernel "$kernel" --virtual-time --phases 3 -o "$work/phases" "$default"
expect_words "$work/out" "3 scenarios in"
expect_words "$work/out" "defaults/keepalive at 3 phases:"
expect_words "$work/out" "the latest of its timers was late by "
[ -s "$work/phases/defaults/keepalive#phase3.jsonl" ] || fail "no third phase"

# In real time, too; and there what would take hours is skipped, with the command that plays it.
expect_exit 0 "$halfopen" run --kernel "$kernel" --virtual-time --max-duration 1m "$default" \
	"$scenarios/000-dotnet-conversation/intended.yaml"
expect_words "$work/out" "run --kernel IMAGE --virtual-time $default"
expect_exit 0 "$halfopen" run --kernel "$kernel" "$scenarios/000-dotnet-conversation/intended.yaml"
expect_words "$work/out" "real time"
expect_exit 125 "$halfopen" run "$default"
expect_words "$work/out" "longer than --max-duration"

# A package as it comes, and a kernel whose modules are somewhere else.
expect_exit 0 "$halfopen" run --kernel "$image" --modules "$kernel/lib/modules" --virtual-time "$default"

# inconclusive WORDS OPTION...: 125, and a message with these words.
inconclusive() {
	local words=$1

	shift
	expect_exit 125 "$halfopen" run --virtual-time "$@" "$default"
	expect_words "$work/err" "$words"
}

echo "no kernel" >"$work/text"
inconclusive "is no x86-64 kernel" --kernel "$work/text"
inconclusive "No such file" --kernel "$work/nothing"
inconclusive "has no kernel boot/vmlinuz-*" --kernel "$work"
inconclusive "has panicked: " --kernel "$kernel" --append "rdinit=/none root=none"
expect_words "$work/err" "console: "
inconclusive "did not boot: not done after 1 s" --kernel "$kernel" --timeout 1s
inconclusive "does not take the module" --kernel "$image" \
	--modules "$(echo "$kernels" | tail -1)"
head -c 3000000 "$image" >"$work/cut"
inconclusive "did not boot" --kernel "$work/cut" --timeout 20s
mkdir "$work/bin"
for program in ldd bash xz depmod; do
	ln -s "$(PATH=$PATH:/usr/sbin command -v "$program")" "$work/bin/$program"
done
expect_exit 125 env PATH="$work/bin" "$halfopen" run --virtual-time --kernel "$kernel" "$default"
expect_words "$work/err" "qemu-system-x86_64 is not in PATH"
expect_exit 2 "$halfopen" run --virtual-time "$default"
expect_words "$work/err" "--virtual-time needs --kernel"

# A bad commit is found, whatever it does to the kernel's boot.
bisect() {
	local code=0

	"$halfopen" run --virtual-time --kernel "$@" "$default" >"$work/out" 2>"$work/err" || code=$?
	echo "$code"
}
sed 's/unanswered: 9/unanswered: 8/' "$default" >"$work/keepalive.yaml"
[ "$(bisect "$kernel") $(bisect "$work/cut" --timeout 5s)" = "0 125" ] || fail "bisect"
expect_exit 1 "$halfopen" run --virtual-time --kernel "$kernel" "$work/keepalive.yaml"

# begin: a run of weeks, in the background; its pid and that of its QEMU.
begin() {
	# A background job of a script ignores SIGINT; env gives it back.
	env --default-signal=INT "$halfopen" run --kernel "$kernel" --virtual-time \
		-o "$work/ended" "$scenarios/defaults/limits.yaml" >"$work/out" 2>"$work/err" &
	pid=$!
	until qemu=$(pgrep -P "$pid" -x qemu-system-x86); do
		kill -0 "$pid" || break
	done
}

# ended PROCESS: within a second.
ended() {
	local began

	began=$(date +%s%N)
	while [ -e "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; do
		[ $((($(date +%s%N) - began) / 1000000)) -le 1000 ] || {
			fail "process $1 goes on"
			kill -KILL "$1"
		}
	done
}

for signal in INT TERM KILL; do
	begin
	kill -"$signal" "$pid"
	ended "$qemu"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq $((128 + $(kill -l "$signal"))) ] || fail "exit $status after SIG$signal"
	find "$work/ended" -type f 2>/dev/null | grep . && fail "files after SIG$signal"
done
begin
kill -KILL "$qemu"
status=0
wait "$pid" || status=$?
[ "$status" -eq 125 ] || fail "exit $status after QEMU was killed"
expect_words "$work/err" "QEMU was ended by SIGKILL before the guest was done"
finish
