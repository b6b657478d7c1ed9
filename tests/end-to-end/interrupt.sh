# SIGINT and SIGTERM end everything within one second, and say so.
. "$(dirname "$0")/common.sh" "$@"

for signal in INT TERM; do
	# A background job of a script ignores SIGINT; env gives it back.
	env --default-signal=INT "$halfopen" run --tag documented "$scenarios" \
		>"$work/out" 2>"$work/err" &
	pid=$!
	while [ "$(descendants $pid | wc -l)" -lt 2 ]; do
		kill -0 $pid || break
	done
	children=$(descendants $pid)
	began=$(date +%s%N)
	kill -"$signal" $pid
	status=0
	wait $pid || status=$?
	took=$((($(date +%s%N) - began) / 1000000))
	[ "$status" -eq $((128 + $(kill -l "$signal"))) ] || fail "exit $status after SIG$signal"
	[ "$took" -le 1000 ] || fail "$took ms until the end after SIG$signal"
	expect_words "$work/err" "ended by SIG$signal"
	for child in $children; do
		[ ! -e "/proc/$child" ] || fail "process $child outlived SIG$signal"
	done
done
finish
