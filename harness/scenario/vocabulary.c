#include "scenario/vocabulary.h"

#include "base/array.h"

const struct word switch_words[] = {{"off", 0}, {"on", 1}, {NULL, 0}};

const struct word after_words[] = {
	{"last probe", AFTER_LAST_PROBE},
	{"last answer", AFTER_LAST_ANSWER},
	{"fault", AFTER_FAULT},
	{"established", AFTER_ESTABLISHED},
	{"first retransmission", AFTER_FIRST_RETRANSMISSION},
	{NULL, 0},
};

const struct word family_words[] = {{"ipv4", 4}, {"ipv6", 6}, {"both", 0}, {NULL, 0}};

const struct top_spec top_specs[] = {
	{TOP_SCENARIO, "scenario", true, "what it shows, in one line",
	 "scenario: Idle client, server silenced by a drop rule"},
	{TOP_SOURCE, "source", false, "the document that it plays, and where in it",
	 "source: 002, section 5 (keepalive article)"},
	{TOP_DOCUMENTED, "documented", false,
	 "what the document states, in one line; with \"; wrong: REASON\" where it is",
	 "documented: noticed after 39 s"},
	{TOP_TAGS, "tags", false, "words to choose scenarios by, with --tag", "tags: [quick]"},
	{TOP_VARIANTS, "variants", false,
	 "names of variants, each with the parameters and tags that it sets; $idle stands for one",
	 "variants: {quick: {tags: [quick], idle: 2s}}"},
	{TOP_MATRIX, "matrix", false,
	 "parameters with lists of values, all crossed: a variant for each combination",
	 "matrix: {idle: [1s, 2s], count: [1, 3]}"},
	{TOP_SYSCTL, "sysctl", false,
	 "settings of the network namespace, as numbers in the kernel's unit or as durations",
	 "sysctl: {net.ipv4.tcp_keepalive_time: 30s}"},
	{TOP_TOPOLOGY, "topology", false,
	 "loopback: one namespace; pair: two, joined by a cable; routed: three, with a router",
	 "topology: routed"},
	{TOP_FAMILY, "family", false,
	 "ipv4, ipv6, or both, which makes two scenarios of one; ipv4 where nothing says it",
	 "family: both"},
	{TOP_ROUTER, "router", false, "what lies between the ends of a routed topology",
	 "router: {filter: on}"},
	{TOP_SERVER, "server", false, "the end that listens", "server: {listen: 12345}"},
	{TOP_CLIENT, "client", false, "the end that connects",
	 "client: {keepalive: on, idle: 1s, interval: 1s, count: 3}"},
	{TOP_MONITOR, "monitor", false, "ICMP echoes beside the connection, without end",
	 "monitor: {from: client, interval: 1s, threshold: 3}"},
	{TOP_TIMELINE, "timeline", false, "steps, each at a time or after an observed event",
	 "timeline: [{at: probe 2 answered, drop: {to: server}}]"},
	{TOP_UNTIL, "until", false,
	 "when the observation ends; otherwise when nothing can happen any more",
	 "until: client error + 1s"},
	{TOP_EXPECT, "expect", true, "what must be seen",
	 "expect: [reset: {from: client}, nothing else on the wire]"},
};

const size_t top_spec_count = array_length(top_specs);
