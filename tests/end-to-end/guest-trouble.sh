# Whatever goes wrong with a guest is said in one message, with the last lines of its console, and
# inconclusive: nothing hangs, and nothing that was played is believed. Where a kernel cannot be
# brought to it, a QEMU before the real one in PATH says what a real kernel has said, or takes away
# from what the guest says.
. "$(dirname "$0")/kernels.sh" "$@"
default=$scenarios/defaults/keepalive.yaml
qemu=$(command -v qemu-system-x86_64)

# inconclusive WORDS OPTION...: 125, and a message with these words.
inconclusive() {
	local words=$1

	shift
	expect_exit 125 "$halfopen" run --virtual-time "$@" "$default"
	expect_words "$work/err" "$words"
	[ "$(grep -c '^halfopen run: ' "$work/err")" = 1 ] || fail "not one message: $(cat "$work/err")"
}

# A kernel that panics, with what led to it; one that does not boot, or not while we have patience.
inconclusive "has panicked: " --kernel "$kernel" --append "rdinit=/none root=none"
expect_words "$work/err" "console: "
head -c 3000000 "$kernel_image" >"$work/cut"
inconclusive "the kernel did not boot: " --kernel "$work/cut"
inconclusive "the kernel did not boot: not done after 1 s" --kernel "$kernel" --timeout 1s

# No QEMU; and one that does not know the machine.
mkdir "$work/none" "$work/bin"
for program in ldd bash xz depmod; do
	ln -s "$(PATH=$PATH:/usr/sbin command -v "$program")" "$work/none/$program"
done
expect_exit 125 env PATH="$work/none" "$halfopen" run --virtual-time --kernel "$kernel" "$default"
expect_words "$work/err" "qemu-system-x86_64 is not in PATH"
expect_exit 2 "$halfopen" run --virtual-time "$default"
expect_words "$work/err" "--virtual-time needs --kernel"

# with SCRIPT...: from now on QEMU is this; descriptor 3 is the initramfs, 4 the console, 5 what
# the guest says.
with() {
	{
		echo "#!$(command -v bash)"
		printf '%s\n' "$@" "exec $qemu \"\$@\""
	} >"$work/bin/qemu-system-x86_64"
	chmod +x "$work/bin/qemu-system-x86_64"
}
PATH=$work/bin:$PATH
with 'set -- -M none-such'
inconclusive "the kernel did not boot: QEMU ended with 1" --kernel "$kernel"
expect_words "$work/err" "console: qemu-system-x86_64: "

# A guest that said what it is, and then nothing: long enough that it has said it by then.
jq -cn '{at: 0, event: "kernel", release: "6.1.0", hz: 250, clock: "virtual", zero: 6323732407,
	realtime: 1704067200542280898, jiffies: 4294893332, jiffies_at: 4272000000}' >"$work/booted"
with "{ printf 'K\\t'; cat $work/booted; } >&5" "exec sleep 600"
inconclusive "the guest hangs: not done after 5 s of real time" --kernel "$kernel" --timeout 5s
inconclusive "the guest hangs: not a word for 5 s of real time" --kernel "$kernel" --silence 5s

# The console of a kernel that complains: each as it was recorded of Debian's (tests/unit/console.c).
complaint() {
	printf '%s\r\n' "$@" >"$work/console"
	with "cat $work/console >&4"
	inconclusive "the guest's kernel complains: $2" --kernel "$kernel"
	# All was played, and passed; it is not believed.
	expect_words "$work/out" "1 passed, 0 failed"
}
complaint "[    1.628988] ------------[ cut here ]------------" \
	"[    1.628991] WARNING: CPU: 0 PID: 129 at lib/refcount.c:31 refcount_warn_saturate+0xff/0x110"
complaint "[    1.442349] #PF: supervisor write access in kernel mode" \
	"[    1.442389] Oops: 0002 [#1] PREEMPT SMP NOPTI"
# Nor is a failure of such a kernel.
sed 's/unanswered: 9/unanswered: 8/' "$default" >"$work/keepalive.yaml"
expect_exit 125 "$halfopen" run --virtual-time --kernel "$kernel" "$work/keepalive.yaml"
expect_words "$work/out" "0 passed, 1 failed"
rm "$work/bin/qemu-system-x86_64"
expect_exit 1 "$halfopen" run --virtual-time --kernel "$kernel" "$work/keepalive.yaml"

# What the guest says: cut after some bytes, a byte changed, and one that makes no block (the rest
# is unit/wire_pack and unit/wire_reader).
with 'exec 5> >(head -c 1000 >&5; cat >/dev/null)'
inconclusive "what the guest says is not whole: QEMU ended with 1 before" --kernel "$kernel"
with 'exec 5> >(LC_ALL=C sed -u "s/-cloud-/-CLOUD-/" >&5)'
inconclusive "what the guest says is garbled: its sum is another one" --kernel "$kernel"
with 'exec 5> >({ head -c 1; head -c 2 >/dev/null; printf "\377\377"; cat; } >&5)'
inconclusive "what the guest says is garbled" --kernel "$kernel"

# A play that stands still: the guest's own deadline, in its own time.
if busybox=$(command -v busybox) && ! ldd "$busybox" >/dev/null 2>&1; then
	mkdir "$work/stop"
	cp "$busybox" "$work/stop/busybox"
	cat >"$work/stop/stop" <<-'STOP'
		#!/busybox sh
		/busybox mkdir -p /proc /dev
		/busybox mount -t proc proc /proc
		/busybox mount -t devtmpfs dev /dev
		(
			/busybox sleep 60
			for process in /proc/[0-9]*; do
				[ "$(/busybox awk '/^PPid/ { print $2 }' "$process/status")" = 1 ] &&
					[ "$(/busybox readlink "$process/exe")" = /init ] &&
					kill -STOP "${process#/proc/}"
			done
		) &
		exec /init guest
	STOP
	chmod +x "$work/stop/stop"
	(cd "$work/stop" && printf '%s\n' busybox stop | "$busybox" cpio -o -H newc) \
		>"$work/stop.cpio" 2>/dev/null
	with "cat /proc/self/fd/3 $work/stop.cpio >$work/initrd" "exec 3<$work/initrd"
	inconclusive "not over at the latest moment at which they can be" --kernel "$kernel" \
		--append rdinit=/stop
else
	echo "left out: a play that stands still, since busybox-static is not installed"
	[ "${CI:-}" != true ] || fail "busybox-static is not installed"
fi
rm "$work/bin/qemu-system-x86_64"

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
