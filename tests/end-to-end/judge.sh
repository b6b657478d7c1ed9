# A run is judged again from its timeline and from its capture, with the same verdict; a wrong
# expectation fails with the words of a live run; and no file does any harm.
. "$(dirname "$0")/common.sh" "$@"

file=$scenarios/002-keepalive-article/silenced-server.yaml
id=002-keepalive-article/silenced-server@quick
expect_exit 0 "$halfopen" run --tag quick -o "$work/results" "$file"
timeline=$work/results/$id.jsonl
capture=$work/results/$id.pcapng
hz=$(jq -r 'select(.event == "kernel") | .hz' "$timeline")

# By content, not by name.
cp "$timeline" "$work/first"
cp "$capture" "$work/second.jsonl"

for scenario in "$file@quick" "--variant quick $file"; do
	# shellcheck disable=SC2086 # two words
	expect_exit 0 "$halfopen" judge $scenario "$work/first"
	grep -q inconclusive "$work/out" && fail "a timeline answers all: $(cat "$work/out")"
	# shellcheck disable=SC2086
	expect_exit 0 "$halfopen" judge $scenario "$work/second.jsonl"
	expect_words "$work/out" "client 127.0.0.1:22345, server 127.0.0.1:12345"
	expect_words "$work/out" "a capture cannot answer this: which error the client's application"
	expect_words "$work/out" "a capture cannot answer this: what a firewall rule counted"
	expect_words "$work/out" "widest window of 100, 250, 300 and 1000 Hz"
done
expect_exit 0 "$halfopen" judge --hz "$hz" -v "$file@quick" "$capture"
expect_words "$work/out" "probe reply"
grep -q "widest window" "$work/out" && fail "--hz says the timer frequency"
expect_exit 0 env -C "$scenarios/.." "$(realpath "$halfopen")" judge "$id" "$capture"

# What tcpdump and others write: the classic format, of microseconds, and a cut one.
for format in pcap nsecpcap; do
	tshark -r "$capture" -F "$format" -w "$work/$format" 2>/dev/null
	expect_exit 0 "$halfopen" judge "$file@quick" "$work/$format"
done
head -c -20 "$work/pcap" >"$work/cut"
expect_exit 125 "$halfopen" judge "$file@quick" "$work/cut"
expect_words "$work/out" "the capture breaks off after packet 10"

# wrong NAME SED WORDS: a changed expectation fails with the same words from both.
wrong() {
	sed -e "$2" "$file" >"$work/$1.yaml"
	cmp -s "$file" "$work/$1.yaml" && fail "the change of $1 changes nothing"
	for from in "$timeline" "$capture"; do
		expect_exit 1 "$halfopen" judge --variant quick "$work/$1.yaml" "$from"
		expect_words "$work/out" "$3"
	done
}
wrong count 's/unanswered: 3/unanswered: 2/' '3 unanswered probes of the client, 2 expected'
wrong interval 's/unanswered: 3, first: $idle, interval: $interval/unanswered: 3, first: $idle, interval: 2s/' \
	'due within 2.000 s to'
wrong reset 's/after: last probe, delay: $interval}$/after: last probe, delay: 500ms}/' \
	'the reset (packet '
wrong wire '/reset:/d; /- model/d' 'an unexpected RST from the client'

# What a capture cannot answer does not decide, unless nothing else was asked.
sed -e 's/ETIMEDOUT/ECONNRESET/' "$file" >"$work/error.yaml"
expect_exit 1 "$halfopen" judge --variant quick "$work/error.yaml" "$timeline"
expect_words "$work/out" "the client was told ETIMEDOUT"
expect_exit 0 "$halfopen" judge --variant quick "$work/error.yaml" "$capture"
sed -e '/probes:/d; /reset:/d; /nothing else/d' "$file" >"$work/beyond.yaml"
expect_exit 125 "$halfopen" judge --variant quick "$work/beyond.yaml" "$capture"

# refuse WORDS ARGUMENT...: exit 2, and one message.
refuse() {
	local words=$1

	shift
	expect_exit 2 "$halfopen" judge "$@"
	expect_words "$work/err" "$words"
	[ ! -s "$work/out" ] || fail "output beside an error: $*"
}
refuse "a scenario and a capture are needed" "$file"
refuse "one variant of $file has to be named" "$file" "$capture"
refuse "silenced-server@documented" "$file" "$capture"
refuse 'has no variant "quik"; did you mean "quick"?' "$file@quik" "$capture"
refuse "--hz takes a number" --hz 0 "$file@quick" "$capture"
refuse "--hz and --packet are for captures" --hz 250 "$file@quick" "$timeline"
refuse "there is no packet 99" --packet 99 "$file@quick" "$capture"
refuse "No such file" "$file@quick" "$work/nothing"
refuse "is not a regular file" "$file@quick" "$work"
mkfifo "$work/fifo"
refuse "is not a regular file" "$file@quick" "$work/fifo"
: >"$work/empty"
refuse "the file is empty" "$file@quick" "$work/empty"
refuse "neither a saved timeline nor a pcap or pcapng file" "$file@quick" "$file"
gzip -k "$work/pcap"
refuse "is compressed" "$file@quick" "$work/pcap.gz"
(cat "$timeline" && head -c 1000 /dev/zero && echo) >"$work/garbled"
refuse "no event of a timeline" "$file@quick" "$work/garbled"
echo '{"event":"end","at":9223372036854775807}' >"$work/far"
refuse "beyond all measure" "$file@quick" "$work/far"

# Several connections, one after the other between the same ends: a choice, by the number of a packet.
expect_exit 0 "$halfopen" run --tag quick -o "$work/again" "$file"
mergecap -a -w "$work/both" "$capture" "$work/again/$id.pcapng" 2>/dev/null
refuse "2 connections between the scenario's ends" "$file@quick" "$work/both"
expect_words "$work/err" "packet 12: 127.0.0.1:22345 to 127.0.0.1:12345, 11 packets"
expect_words "$work/err" "Choose with --packet N."
for packet in 1 12 22; do
	expect_exit 0 "$halfopen" judge --packet $packet "$file@quick" "$work/both"
done

# Behind a router that masquerades the ends see different addresses: what is kept is one connection.
nat=$scenarios/003-keepalive-howto/firewall-kept.yaml
expect_exit 0 "$halfopen" run -o "$work/nat" "$nat"
for family in ipv4 ipv6; do
	expect_exit 0 "$halfopen" judge "$nat@$family" \
		"$work/nat/003-keepalive-howto/firewall-kept@$family.pcapng"
	expect_words "$work/out" '.pcapng: client '
done

# Random changes, in both kinds of file: any verdict or message, but no crash.
for from in "$timeline" "$capture"; do
	size=$(stat -c %s "$from")
	for ((i = 0; i < 60; i++)); do
		cp "$from" "$work/random"
		for ((n = 0; n < 4; n++)); do
			printf '%b' "\\x$(printf %02x $((RANDOM % 256)))" |
				dd of="$work/random" bs=1 seek=$((RANDOM * 32768 % size + RANDOM % 500)) \
					conv=notrunc status=none
		done
		status=0
		"$halfopen" judge "$file@quick" "$work/random" >"$work/out" 2>"$work/err" ||
			status=$?
		case $status in
		0 | 1 | 2 | 125) ;;
		*) fail "exit $status after random changes: $(cat "$work/err")" ;;
		esac
	done
done
finish
