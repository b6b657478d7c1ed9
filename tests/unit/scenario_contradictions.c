/* Bad scenario files: steps and expectations, alone and against each other. */
#include "scenario_table.h"

static const struct bad steps[] = {
	{TIMELINE("{at: 5s}"),
	 {{3, 1, "the step does nothing; for example: {at: probe 2 answered"}}},
	{TIMELINE("{drop: {to: server}}"), {{3, 1, "the step needs \"at\""}}},
	{TIMELINE("{att: 5s, drop}"),
	 {{3, 2,
	   "unknown key \"att\" in timeline; did you mean \"at\"? "
	   "Allowed: at, drop, reject, delay, heal"}}},
	{TIMELINE("{at: 5s, dorp: {to: server}}"), {{3, 10, "did you mean \"drop\"?"}}},
	{TIMELINE("{at: 5s, drop, heal}"), {{3, 16, "\"heal\" stands beside \"drop\""}}},
	{TIMELINE("{at: 5s, drop, drop}"), {{3, 16, "key \"drop\" is written twice"}}},
	{TIMELINE("drop"), {{3, 1, "an item of timeline must be a mapping, not a text"}}},
	{TIMELINE("{at: 5, drop}"), {{3, 6, "at: \"5\" has no unit; write 5s"}}},
	{TIMELINE("{at: prob 1, drop}"),
	 {{3, 6,
	   "at: unknown event \"prob 1\"; did you mean "
	   "\"probe\"? Allowed: a time such as 5s"}}},
	{TIMELINE("{at: 5s, drop: {to: sever}}"),
	 {{3, 21,
	   "unknown word \"sever\" in to; did you mean "
	   "\"server\"? Allowed: client, server"}}},
	{TIMELINE("{at: 5s, drop: {form: server}}"),
	 {{3, 17,
	   "unknown key \"form\" in drop. "
	   "Allowed: to"}}},
	{TIMELINE("{at: server probe 1, drop}"),
	 {{3, 6,
	   "at: the server sends no probes: its keepalive "
	   "is off"}}},
	{TIMELINE("{at: probe 1 answered, drop},\n{at: probe 5, heal: {step: 3}}"),
	 {{4, 28, "step 3 is not a drop before it"}}},
	{TIMELINE("{at: probe 1 answered, drop},\n{at: probe 5, drop: {to: client}}"),
	 {{4, 6,
	   "at: probe 5 of the client never comes: after the drop of step 1 (\"probe 1 "
	   "answered\") it sends 3 more and gives up, 4 in all"}}},
	{TIMELINE("{at: probe 1, drop},\n{at: probe 2 answered, drop: {to: client}}"),
	 {{4, 6,
	   "at: probe 2 of the client is never answered: after the drop of step 1 (\"probe "
	   "1\") no more than 1 are"}}},
	{TIMELINE("{at: 2s, drop},\n{at: probe 6, drop: {to: client}}"),
	 {{4, 6, "it sends 3 more and gives up, 5 in all"}}},
	{TIMELINE("{at: step 1, drop}"), {{3, 6, "at: step 1 cannot wait for itself"}}},
	{TIMELINE("{at: before connect, close: {end: client}}"),
	 {{3, 6, "at: only a drop or a reject can be in force before connect"}}},
	{TIMELINE("{at: before connect + 1s, drop}"),
	 {{3, 6, "at: nothing can come after \"before connect\" by a time"}}},
	{TIMELINE("{at: 1s, drop: {first: 1, every: 2}}"),
	 {{3, 1, "drop: \"first\", \"every\" and \"probability\" contradict each other"}}},
	{TIMELINE("{at: 1s, reject: {with: reset, seed: 7}}"),
	 {{3, 38, "seed needs \"probability\""}}},
	{TIMELINE("{at: 1s, reject: {to: server}}"), {{3, 10, "reject needs \"with\""}}},
	{TIMELINE("{at: 1s, reject: {with: silence}}"),
	 {{3, 25, "unknown word \"silence\" in with. Allowed: reset, port unreachable"}}},
	{TIMELINE("{at: 1s, drop: {probability: 101}}"),
	 {{3, 30, "probability: \"101\" is out of range; allowed: 1 to 100"}}},
	{TIMELINE("{at: 1s, set: {end: client}}"), {{3, 1, "set: no option is set"}}},
	{TIMELINE("{at: 1s, set: {end: client, bind: 127.0.0.1:1}}"),
	 {{3, 29, "unknown key \"bind\" in set"}}},
	{TIMELINE("{at: 1s, sysctl: {net.ipv4.tcp_mem: 1}}"),
	 {{3, 19, "is not per network namespace"}}},
	{TIMELINE("{at: 1s, sysctl: {}}"), {{3, 18, "sysctl must not be empty"}}},
	{TIMELINE("{at: 1s, send: {from: client}}"), {{3, 10, "send needs \"bytes\""}}},
	{TIMELINE("{at: 1s, send: {from: client, bytes: 0}}"),
	 {{3, 38, "bytes: \"0\" is out of range"}}},
	{TIMELINE("{at: 1s, close: {end: client, linger: 1500ms}}"),
	 {{3, 39, "linger: \"1500ms\" is not a whole number of seconds"}}},
	{TIMELINE("{at: 1s, close: {end: client, linger: 2h}}"),
	 {{3, 39, "linger: \"2h\" is out of range; allowed: 0s to 3600s"}}},
	{TIMELINE("{at: 1s, connect: {end: client}}"), {{3, 20, "unknown key \"end\" in connect"}}},
	{TIMELINE("{at: before connect, connect}"),
	 {{3, 6, "at: only a drop or a reject can be in force before connect"}}},
	{TIMELINE("{at: 1s, shutdown: {end: client, how: receiving}}"),
	 {{3, 39, "unknown word \"receiving\" in how; did you mean \"receive\"?"}}},
	{TIMELINE("{at: 1s, reboot}"), {{3, 10, "reboot needs \"end\""}}},
	{TIMELINE("{at: 1s, ping: {count: 3}}"), {{3, 10, "ping needs \"from\""}}},
	{TIMELINE("{at: 1s, ping: {from: client, count: 0}}"),
	 {{3, 38, "count: \"0\" is out of range; allowed: 1 to 100000"}}},
	{TIMELINE("{at: 1s, ping: {from: client, interval: 1s}}"),
	 {{3, 41, "interval needs \"count\": it is about the next echo"}}},
	{TIMELINE("{at: 1s, ping: {from: client, dispose: off}}"),
	 {{3, 40, "dispose needs \"count\""}}},
	{TIMELINE("{at: 1s, ping: {from: client, timeout: 0ms}}"),
	 {{3, 40, "timeout: \"0ms\" is out of range"}}},
	{TIMELINE("{at: before connect, ping: {from: client}}"),
	 {{3, 6, "at: only a drop or a reject can be in force before connect"}}},
	{TIMELINE("{at: 1s, drop: {kind: echo, to: server}}"),
	 {{3, 33, "to: echoes have no port, and on loopback both ends have one address"}}},
	{TIMELINE("{at: 1s, reject: {kind: echo, with: reset}}"),
	 {{3, 37, "with: an echo is of no connection that could be reset"}}},
	{CLIENT("{}\nmonitor: {from: client, interval: 1s}"),
	 {{4, 1, "monitor needs \"threshold\""}}},
	{CLIENT("{}\nmonitor: {from: client, interval: 0s, threshold: 1}"),
	 {{4, 35, "interval: \"0s\" is out of range"}}},
	{TIMELINE("{at: step 2, drop},\n{at: 1s, drop}"),
	 {{3, 6, "at: step 2 is a later one; a step can wait for earlier ones"}}},
	{TIMELINE("{at: step 9, drop}"), {{3, 6, "at: there is no step 9; the timeline has 1"}}},
	{TIMELINE("{at: 1s, drop: {to: server}},\n{at: 1000ms, drop: {to: server}}"),
	 {{4, 1, "step 2 is the same drop at the same moment as step 1, on line 3"}}},
	{TIMELINE("{at: 1s, drop},\n{at: 1s, heal}"),
	 {{4, 1, "step 2 heals what step 1, on line 3, drops at the same moment"}}},
	{TIMELINE("{at: 1s, heal}"), {{3, 1, "step 1 heals, but there is no drop before it"}}},
	{TIMELINE("{at: 2s, drop},\n{at: 1s, heal}"),
	 {{4, 1, "step 2 heals, but there is no drop before it"}}},
	{TIMELINE("{at: 2s, drop},\n{at: 1s, heal: {step: 1}}"),
	 {{4, 6, "at: step 2 heals the drop of step 1 before it happens (\"2s\")"}}},
	{TIMELINE("{at: 1s, drop},\n{at: 2s, heal},\n{at: 2s, heal}"),
	 {{5, 1, "step 3 is the same heal at the same moment as step 2, on line 4"}}},
	{TIMELINE("{at: 1s, drop},\n{at: 2s, heal: {step: 0}}"),
	 {{4, 23, "step: \"0\" is out of range; allowed: 1 to 1000"}}},
	{CLIENT("{}\ntimeline: {at: 1s, drop}"),
	 {{4, 11,
	   "timeline must be a list of steps, not a "
	   "mapping"}}},
	{CLIENT("{}\nuntil: server probe 1"), {{4, 8, "until: the server sends no probes"}}},
	{CLIENT("{}\nuntil: step 1"), {{4, 8, "until: there is no step 1; the timeline has 0"}}},
	{CLIENT("{}\nuntil: 5"), {{4, 8, "until: \"5\" has no unit; write 5s"}}},
	{CLIENT("{}\nuntil: [5s]"),
	 {{4, 8, "until must not be a list; allowed: a moment such as"}}},
};

static const struct bad applications[] = {
	{CLIENT("{observe: recvmsg}"),
	 {{3, 19, "unknown word \"recvmsg\" in observe. Allowed: loop, recv"}}},
	{CLIENT("{observe: recv, wait: 1s}"),
	 {{3, 31, "wait needs \"observe: poll\", \"select\" or \"epoll\""}}},
	{CLIENT("{wait: 1s}"), {{3, 16, "wait needs \"observe: poll\""}}},
	{CLIENT("{observe: poll, wait: 1500us}"),
	 {{3, 31,
	   "wait: poll() and epoll_wait() take whole milliseconds; only select() takes "
	   "\"1500us\""}}},
	{CLIENT("{observe: select, wait: 0s}"),
	 {{3, 33, "wait: without a time to wait it needs \"every\""}}},
	{CLIENT("{observe: heartbeat}"), {{3, 19, "observe: a heartbeat needs \"every\""}}},
	{CLIENT("{every: 1s}"), {{3, 17, "every needs \"observe: heartbeat\", \"poll\""}}},
	{CLIENT("{observe: heartbeat, every: 0s}"), {{3, 37, "every: \"0s\" is out of range"}}},
	{CLIENT("{observe: nothing, bytes: 5}"), {{3, 35, "bytes needs \"observe: heartbeat\""}}},
	{CLIENT("{observe: recv, reading: off}"), {{3, 34, "reading needs \"observe: poll\""}}},
	{CLIENT("{observe: poll, reading: off}"),
	 {{3, 34, "reading: without reading it needs \"every\""}}},
	{CLIENT("{receive_timeout: 2s}"),
	 {{3, 27, "receive_timeout has no effect without \"observe: recv\""}}},
	{CLIENT("{observe: recv, receive_timeout: 0s}"),
	 {{3, 42, "receive_timeout: \"0s\" is out of range"}}},
	{"{scenario: t, client: {observe: nothing}, timeline: [\n{at: 1s, stop_reading: {end: "
	 "client}}],\n"
	 "expect: [server: {state: CLOSED}]}\n",
	 {{2, 1, "stop_reading: the application of the client never reads"}}},
	{"{scenario: t, client: {observe: nothing}, expect: [\nclient: {recv: ETIMEDOUT}]}\n",
	 {{2, 16, "recv: the application of the client never calls it"}}},
	{"{scenario: t, client: {observe: recv}, expect: [\nclient: {poll: IN, select: "
	 "readable}]}\n",
	 {{2, 16, "poll: the application of the client never calls it"},
	  {2, 28, "select: the application of the client never calls it"}}},
	{"{scenario: t, client: {observe: recv}, expect: [\nclient: {lasted: 1s}]}\n",
	 {{2, 18, "lasted: no call of the client's application has a time-out"}}},
	{"{scenario: t, client: {observe: select}, expect: [\nclient: {select: [IN]}]}\n",
	 {{2, 19, "select: \"IN\" cannot be; allowed: nothing, readable"}}},
	{"{scenario: t, server: {listen: 127.0.0.1:1, observe: nothing}, expect: [\nalive]}\n",
	 {{2, 1, "alive: the application of the server never reads"}}},
};

static const struct bad expectations[] = {
	{EXPECT("probes"), {{3, 1, "probes needs more; for example: probes: {from: client"}}},
	{EXPECT("nothing else on the wir"),
	 {{3, 1,
	   "unknown expectation \"nothing else on the wir\" in "
	   "expect; did you mean \"nothing else on the "
	   "wire\"? Allowed: probes, window_probes,"}}},
	{EXPECT("{nothing else on the wire: 1}"), {{3, 2, "stands alone, without a colon"}}},
	{EXPECT("probs: {from: client}"),
	 {{3, 1,
	   "unknown key \"probs\" in expect; did you mean "
	   "\"probes\"?"}}},
	{EXPECT("[a]"), {{3, 1, "an item of expect must be a mapping, not a list"}}},
	{EXPECT("{}"), {{3, 1, "nothing is expected; for example"}}},
	{EXPECT("probes: {answered: 2}"), {{3, 1, "probes needs \"from\""}}},
	{EXPECT("probes: {form: client, answered: 2}"), {{3, 10, "did you mean \"from\"?"}}},
	{EXPECT("probes: {from: client}"), {{3, 1, "probes needs \"answered\" or \"unanswered\""}}},
	{EXPECT("probes: {from: client, answered: 2, interval: 3}"),
	 {{3, 47, "interval: \"3\" has no unit; write 3s"}}},
	{EXPECT("{probes: {from: client, answered: 1}, reset: {from: client}}"),
	 {{3, 39, "\"reset\" stands beside \"probes\": write another item"}}},
	{EXPECT("probes: {from: client, answered: 1},\nprobes: {from: client, answered: 2}"),
	 {{4, 34, "answered: the client's answered probes are counted on line 3 already"}}},
	{EXPECT("server: {state: CLOSED},\nserver: {state: CLOSED}"),
	 {{4, 1, "the same expectation is on line 3 already"}}},
	{EXPECT("reset: {from: client, delay: 3s}"), {{3, 30, "delay needs \"after\""}}},
	{EXPECT("reset: {from: client, after: last probe}"), {{3, 30, "after needs \"delay\""}}},
	{EXPECT("reset: {from: client, after: lst probe, delay: 1s}"),
	 {{3, 30,
	   "unknown word \"lst probe\" in after; did you mean \"last probe\"? Allowed: last "
	   "probe, last answer, fault, established"}}},
	{"{scenario: t, expect: [\nreset: {from: client, after: fault, delay: 1s}]}",
	 {{2, 30, "after: there is no fault"}}},
	{EXPECT("ping: {answered: 1}"), {{3, 1, "ping: no ping of the timeline sends 1"}}},
	{EXPECT("ping: {}"), {{3, 1, "ping expects nothing; for example: ping: {answered"}}},
	{EXPECT("ping: {step: 1}"), {{3, 1, "ping expects nothing"}}},
	{"{scenario: t, timeline: [{at: 1s, drop}, {at: 1s, ping: {from: client, count: 9}}],\n"
	 "expect: [ping: {answered: 1, step: 1},\nresources: {memory: unchanged},\n"
	 "resources: {ports: 0, step: 1}]}",
	 {{2, 36, "step: step 1 is not a ping of 1"},
	  {3, 1, "resources: no ping of the timeline sends 100 echoes"},
	  {4, 29, "step: step 1 is not a ping of 2 echoes"}}},
	{EXPECT("monitor: {says: answers}"),
	 {{3, 1, "monitor: there is none; for example: monitor: {from: client"}}},
	{"{scenario: t, monitor: {from: client, interval: 1s, threshold: 1}, expect: [\n"
	 "monitor: {says: quiet},\nmonitor: {says: answers, after: established, delay: 1s},\n"
	 "monitor: {says: silent, delay: 1s}]}",
	 {{2, 17, "says: \"quiet\" cannot be; allowed: answers, silent"},
	  {3, 33, "after needs \"silent\" in says: it is when that was said"},
	  {4, 32, "delay needs \"after\""}}},
	{EXPECT("client: {}"), {{3, 1, "client expects nothing; for example: client: {error"}}},
	{EXPECT("client: {state: CLOSED, after: fault, delay: 1s}"),
	 {{3, 46, "delay needs \"error\""}}},
	{EXPECT("client: {error: ETIMEOUT}"),
	 {{3, 17,
	   "is no errno's name; did you mean "
	   "\"ETIMEDOUT\"?"}}},
	{EXPECT("client: {state: ESTABLSHED}"),
	 {{3, 17,
	   "did you mean \"ESTABLISHED\"? Allowed: "
	   "ESTABLISHED, SYN-SENT"}}},
	{EXPECT("client: {poll: [HUP|IN]}"),
	 {{3, 17,
	   "poll: \"HUP|IN\" cannot be; allowed: nothing, or "
	   "IN, OUT, PRI, ERR, HUP, RDHUP in this order"}}},
	{EXPECT("client: {poll: []}"), {{3, 16, "poll must not be empty"}}},
	{EXPECT("client: {recv: [05 bytes, ETIMEDOUT, EOF, {a: b}]}"),
	 {{3, 17, "recv: \"05 bytes\" cannot be; allowed: an errno's name, end of file"},
	  {3, 38, "recv: \"EOF\" cannot be"},
	  {3, 43, "recv must be a list of words, not of lists or mappings"}}},
	{EXPECT("timer: {of: client, goes: [keepalive 1, keepalive 0/0/0, of, gone 0/0, on 2/2]}"),
	 {{3, 28, "goes: \"keepalive 1\" cannot be; allowed: off, gone, or on, keepalive"},
	  {3, 41, "\"keepalive 0/0/0\" cannot be"},
	  {3, 58, "\"of\" cannot be"},
	  {3, 62, "\"gone 0/0\" cannot be"}}},
	{EXPECT("client: {states: [OPEN], send: [many]}"),
	 {{3, 19, "states: \"OPEN\" cannot be"}, {3, 33, "send: \"many\" cannot be"}}},
	{EXPECT("server: {connect: ok}"), {{3, 19, "connect: the server never calls it"}}},
	{EXPECT("client: {connect: fine}"), {{3, 19, "connect: \"fine\" cannot be"}}},
	{EXPECT("retransmissions: {from: client}"), {{3, 1, "retransmissions needs \"count\""}}},
	{EXPECT("window_probes: {from: client}"),
	 {{3, 1, "window_probes needs \"answered\" or \"unanswered\""}}},
	{"{scenario: t, timeline: [{at: 1s, drop: {hook: output, first: 1}}], expect: [\nmodel]}",
	 {{2, 1,
	   "model: it does not follow step 1, which drops only some segments, before the wire"}}},
	{"{scenario: t, timeline: [{at: 1s, reject: {with: port unreachable}}], expect: [\nmodel]}",
	 {{2, 1, "model: it does not follow step 1, which rejects with an ICMP error"}}},
	{EXPECT("timer: {of: client}"), {{3, 1, "timer needs \"goes\""}}},
	{EXPECT("rule: {packets: -1}"),
	 {{3, 17,
	   "packets: \"-1\" is not a whole number; allowed: a "
	   "whole number"}}},
	{EXPECT("rule: {packets: 1, step: 2}"), {{3, 26, "step: step 2 is not a drop"}}},
	{"{scenario: t, expect: [\nrule: {packets: 1}]}",
	 {{2, 1,
	   "rule: no step of the timeline adds a "
	   "rule"}}},
	{TIMELINE("{at: 1s, drop}, {at: 2s, drop}], until: 9s, source: [x"),
	 {{3, 53, "source must be a text, not a list"}}},
	{"{scenario: t, timeline: [{at: 1s, drop}, {at: 2s, drop}], expect: [\nrule: {packets: "
	 "1}]}",
	 {{2, 1, "rule: 2 steps add one; say which with \"step\""}}},
	{EXPECT("counters: 5"),
	 {{3, 11,
	   "counters must not be a text; allowed: a mapping of names as "
	   "nstat"}}},
	{EXPECT("counters: {}"), {{3, 11, "counters must not be empty"}}},
	{EXPECT("counters: {TCPKeepAlive: 5, TcpExtTCPKeepAlive: few, TcpExtX: [1]}"),
	 {{3, 12, "counters: \"TCPKeepAlive\" is not a counter's name"},
	  {3, 49, "TcpExtTCPKeepAlive must be a whole number, not \"few\""},
	  {3, 63, "TcpExtX must be a whole number, not a list"}}},
};

static void test_steps(void **state)
{
	(void)state;
	check_table(steps, array_length(steps));
}

static void test_applications(void **state)
{
	(void)state;
	check_table(applications, array_length(applications));
}

static void test_expectations(void **state)
{
	(void)state;
	check_table(expectations, array_length(expectations));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_applications),
		cmocka_unit_test(test_expectations),
	};

	return cmocka_run_group_tests_name("scenario_contradictions", tests, NULL, NULL);
}
