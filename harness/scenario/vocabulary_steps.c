/* The vocabulary of "timeline". */
#include "scenario/vocabulary.h"

#include "base/array.h"

const struct key_spec step_keys[] = {
	{.key = KEY_AT,
	 .name = "at",
	 .type = TYPE_MOMENT,
	 .required = true,
	 .help = "when: a time since connect(), or an observed event and a delay",
	 .example = "probe 2 answered + 1s"},
};

const size_t step_key_count = array_length(step_keys);

static const struct key_spec drop_keys[] = {
	{.key = KEY_TO,
	 .name = "to",
	 .type = TYPE_END,
	 .words = end_words,
	 .help = "only what goes to this end; both directions where it is not said",
	 .example = "server"},
};

static const struct key_spec heal_keys[] = {
	{.key = KEY_STEP,
	 .name = "step",
	 .type = TYPE_COUNT,
	 .min = 1,
	 .max = 1000,
	 .help = "the drop to take away, by its place in the timeline; all where it is not said",
	 .example = "1"},
};

#define KEY_ROW_OF_END(what)                                                                       \
	{                                                                                          \
		.key = KEY_END, .name = "end", .type = TYPE_END, .words = end_words,               \
		.required = true, .help = "the end whose application " what, .example = "server"   \
	}

static const struct key_spec send_keys[] = {
	{.key = KEY_FROM,
	 .name = "from",
	 .type = TYPE_END,
	 .words = end_words,
	 .required = true,
	 .help = "the end whose application calls send()",
	 .example = "client"},
	{.key = KEY_BYTES,
	 .name = "bytes",
	 .type = TYPE_COUNT,
	 .min = 1,
	 .max = 16 * 1024 * 1024,
	 .required = true,
	 .help = "how many; those that the send buffer does not take are not sent",
	 .example = "17"},
};

static const struct key_spec stop_reading_keys[] = {KEY_ROW_OF_END("calls recv() no more")};
static const struct key_spec receive_keys[] = {KEY_ROW_OF_END("reads all there is, and goes on")};
static const struct key_spec shutdown_keys[] = {KEY_ROW_OF_END("calls shutdown(SHUT_WR)")};

static const struct word linger_words[] = {{"0s", 1}, {NULL, 0}};

static const struct key_spec close_keys[] = {
	KEY_ROW_OF_END("calls close()"),
	{.key = KEY_LINGER,
	 .name = "linger",
	 .type = TYPE_WORD,
	 .words = linger_words,
	 .help = "SO_LINGER with this time: the connection is reset",
	 .example = "0s"},
};

static const struct key_spec sysctl_keys[] = {
	{.key = KEY_SYSCTLS,
	 .name = "sysctl",
	 .type = TYPE_SYSCTLS,
	 .required = true,
	 .allowed = "a mapping as that of the file's \"sysctl\"",
	 .help = "the settings that change",
	 .example = "{net.ipv4.tcp_keepalive_time: 8s}"},
};

static const struct record_spec specs[] = {
	{.kind = RECORD_STEP_DROP,
	 .section = SECTION_STEP,
	 .name = "drop",
	 KEYS(drop_keys),
	 .help = "a firewall rule loses the connection's packets silently",
	 .example = "{at: probe 2 answered, drop: {to: server}}"},
	{.kind = RECORD_STEP_HEAL,
	 .section = SECTION_STEP,
	 .name = "heal",
	 KEYS(heal_keys),
	 .help = "takes a drop away",
	 .example = "{at: step 1 + 2s, heal: {step: 1}}"},
	{.kind = RECORD_STEP_SEND,
	 .section = SECTION_STEP,
	 .name = "send",
	 KEYS(send_keys),
	 .help = "an application sends data, without waiting",
	 .example = "{at: established + 1s, send: {from: client, bytes: 17}}"},
	{.kind = RECORD_STEP_STOP_READING,
	 .section = SECTION_STEP,
	 .name = "stop_reading",
	 KEYS(stop_reading_keys),
	 .help = "an application reads no more, so that its window closes in the end",
	 .example = "{at: established, stop_reading: {end: server}}"},
	{.kind = RECORD_STEP_RECEIVE,
	 .section = SECTION_STEP,
	 .name = "receive",
	 KEYS(receive_keys),
	 .help = "an application that had stopped reads again",
	 .example = "{at: established + 5s, receive: {end: server}}"},
	{.kind = RECORD_STEP_SHUTDOWN,
	 .section = SECTION_STEP,
	 .name = "shutdown",
	 KEYS(shutdown_keys),
	 .help = "an application has nothing more to send: FIN, and it can still receive",
	 .example = "{at: established + 1s, shutdown: {end: client}}"},
	{.kind = RECORD_STEP_CLOSE,
	 .section = SECTION_STEP,
	 .name = "close",
	 KEYS(close_keys),
	 .help = "an application closes its socket, which may live on as an orphan",
	 .example = "{at: established + 1s, close: {end: client}}"},
	{.kind = RECORD_STEP_SET,
	 .section = SECTION_STEP,
	 .name = "set",
	 .keys = set_keys,
	 .key_count = SET_KEY_COUNT,
	 .help = "an application sets socket options of its connection",
	 .example = "{at: established + 1s, set: {end: client, idle: 3s}}"},
	{.kind = RECORD_STEP_SYSCTL,
	 .section = SECTION_STEP,
	 .name = "sysctl",
	 .is_value = true,
	 KEYS(sysctl_keys),
	 .help = "settings of the network namespace change while the connection lives",
	 .example = "{at: established + 1s, sysctl: {net.ipv4.tcp_keepalive_time: 3s}}"},
};

const struct record_table step_records = {specs, array_length(specs)};
