/*
 * Judging is a pure function: a timeline made by hand passes, and each bend of it yields its own
 * verdict, in the field's words.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/duration.h"
#include "judge/outcome.h"
#include "scenario/load.h"

#include "judge_bends.h"

static const struct {
	const char *name;
	void (*bend)(struct timeline *timeline);
	enum verdict verdict;
	const char *words; /* in the text of some finding of that verdict */
} cases[] = {
	{"good", nothing, VERDICT_PASS,
	 "came 1.024 s after probe 1; due within 1.000 s to 1.040 s"},
	{"no probe 3", no_probe_3, VERDICT_FAIL, "1 unanswered probe of the client, 2 expected"},
	{"one more", one_probe_more, VERDICT_FAIL,
	 "3 unanswered probes of the client, 2 expected (packets 6, 7, 70)"},
	{"one more, after the end", one_probe_more_after_until, VERDICT_PASS,
	 "2 unanswered probes of the client, 2 expected (packets 6, 7)"},
	{"at latest", probe_3_at_latest, VERDICT_PASS, "came 1.040 s after probe 1"},
	{"late", probe_3_late, VERDICT_FAIL, "late"},
	{"at earliest", probe_3_at_earliest, VERDICT_PASS, "came 1.000 s after probe 1"},
	{"early", probe_3_early, VERDICT_FAIL, "early"},
	{"early, witnessed", probe_3_early_with_witness, VERDICT_INCONCLUSIVE,
	 "17 us early, but the machine was 0.018 s late when the timer was armed"},
	{"early by a jiffy, witnessed", probe_3_a_jiffy_early_with_witness, VERDICT_FAIL, "early"},
	{"early, late jiffies", probe_3_early_as_jiffies, VERDICT_INCONCLUSIVE,
	 "0.006 s early, but the machine was 0.006 s late when the timer was armed"},
	{"earlier than late jiffies", probe_3_early_beyond_jiffies, VERDICT_FAIL, "0.006 s early"},
	{"late, late jiffies", probe_3_late_with_late_jiffies, VERDICT_FAIL, "late"},
	{"early, another witness", probe_3_early_with_other_witness, VERDICT_FAIL, "17 us early"},
	{"late, witnessed", probe_3_late_with_witness, VERDICT_INCONCLUSIVE,
	 "0.100 s late, but the machine was 0.101 s late then"},
	{"later than the witness", probe_3_later_than_witness, VERDICT_FAIL, "0.100 s late"},
	{"late, another witness", probe_3_late_other_witness, VERDICT_FAIL, "0.100 s late"},
	{"missing, witnessed", missing_probe_with_witness, VERDICT_FAIL,
	 "1 unanswered probe of the client, 2 expected"},
	{"first early", probe_1_early, VERDICT_FAIL, "after packet 2, the last one received"},
	{"payload", probe_with_payload, VERDICT_FAIL, "it carries payload"},
	{"flags", probe_with_flags, VERDICT_FAIL, "its flags are not ACK alone"},
	{"sequence", probe_with_sequence, VERDICT_FAIL, "its sequence is not one below SND.NXT"},
	{"unanswered", probe_1_unanswered, VERDICT_FAIL,
	 "0 answered probes of the client, 1 expected"},
	{"no reset", no_reset, VERDICT_FAIL, "0 resets from the client, 1 expected"},
	{"reset by server", reset_by_server, VERDICT_FAIL, "an unexpected RST from the server"},
	{"reset early", reset_early, VERDICT_FAIL, "the reset (packet 8) came 0.999 s after"},
	{"reset late", reset_late, VERDICT_FAIL, "the reset (packet 8) came 1.041 s after"},
	{"other error", other_error, VERDICT_FAIL, "the client was told ECONNRESET"},
	{"no error", no_error, VERDICT_FAIL, "the client was told no error, ETIMEDOUT expected"},
	{"server error", server_error, VERDICT_FAIL, "the server was told ECONNRESET"},
	{"server gone", server_gone, VERDICT_FAIL, "the server ended in CLOSED"},
	{"client stays", client_stays, VERDICT_FAIL, "the client ended in ESTABLISHED"},
	{"poll never says", poll_never_says, VERDICT_FAIL, "poll() said: nothing; expected"},
	{"poll repeats", poll_repeats, VERDICT_PASS, "poll() said: nothing, IN|ERR|HUP|RDHUP"},
	{"recv error twice", recv_error_twice, VERDICT_FAIL,
	 "recv() returned: ETIMEDOUT, end of file, ETIMEDOUT"},
	{"timer skips", timer_skips, VERDICT_FAIL,
	 "the timer of the client went: keepalive 0/0, keepalive 0/2, gone"},
	{"timer retransmits", timer_retransmits, VERDICT_FAIL, "keepalive 0/0, on 2/1"},
	{"timer skips, witnessed", timer_skips_with_witness, VERDICT_INCONCLUSIVE,
	 "the machine was too late to see them all"},
	{"step late", step_late, VERDICT_INCONCLUSIVE, "the scenario was not played as written"},
	{"rule counts 2", rule_counts_2, VERDICT_FAIL, "2 packets dropped by the rule, 3 expected"},
	{"no rule", no_rule, VERDICT_FAIL, "no rule was in force"},
	{"no counter", no_counter, VERDICT_FAIL, "0 is how much TcpExtTCPKeepAlive grew"},
	{"stray packet", stray_packet, VERDICT_FAIL,
	 "an unexpected data from the server came at 3.000 s (packet 80)"},
	{"stray connection", stray_connection, VERDICT_FAIL,
	 "an unexpected other from the outside"},
	{"second SYN", second_syn, VERDICT_FAIL, "an unexpected SYN from the client"},
	{"breaks off", breaks_off, VERDICT_INCONCLUSIVE, "the timeline breaks off"},
	{"breaks off early", breaks_off_before_the_reset, VERDICT_INCONCLUSIVE, "0 resets"},
	{"loss in the capture", loses_in_capture, VERDICT_INCONCLUSIVE,
	 "the capture lost 1 packet"},
	{"loss in the backlog", loses_in_backlog, VERDICT_INCONCLUSIVE,
	 "31592 packets were dropped on this machine"},
	{"clock steps", clock_steps, VERDICT_INCONCLUSIVE, "CLOCK_REALTIME"},
	{"lacks a feature", lacks_a_feature, VERDICT_SKIP, "this kernel has no such"},
	{"fails to run", fails_to_run, VERDICT_INCONCLUSIVE, "ENOMEM"},
	{"no kernel", no_kernel, VERDICT_INCONCLUSIVE, "which kernel"},
};

static const struct finding *find(const struct judgement *judgement, enum verdict verdict,
				  const char *words)
{
	for (size_t i = 0; i < judgement->count; i++) {
		if (judgement->findings[i].verdict == verdict &&
		    strstr(judgement->findings[i].text, words))
			return &judgement->findings[i];
	}
	return NULL;
}

static void each_bend_has_its_verdict(void **state)
{
	struct scenarios scenarios = {0};
	struct problems problems = {0};

	(void)state;
	scenario_parse("test.yaml", "test", text, strlen(text), &scenarios, &problems);
	problems_print(&problems, stderr);
	assert_int_equal(problems.count, 0);
	assert_int_equal(scenarios.count, 1);
	for (size_t i = 0; i < array_length(cases); i++) {
		struct timeline timeline = good_timeline();
		struct judgement judgement;

		cases[i].bend(&timeline);
		judge(&scenarios.list[0], &timeline, &judgement);
		if (judgement.verdict != cases[i].verdict ||
		    !find(&judgement, cases[i].verdict, cases[i].words)) {
			print_error("%s: verdict %s\n", cases[i].name,
				    word_name(verdict_words, (int)judgement.verdict));
			for (size_t j = 0; j < judgement.count; j++)
				print_error("  %s: %s\n",
					    word_name(verdict_words,
						      (int)judgement.findings[j].verdict),
					    judgement.findings[j].text);
			fail();
		}
		judgement_free(&judgement);
		timeline_free(&timeline);
	}
	scenarios_free(&scenarios);
}

static void exit_codes(void **state)
{
	static const struct {
		struct tally tally;
		int code;
	} table[] = {
		{{{[VERDICT_PASS] = 3}}, 0},
		{{{[VERDICT_PASS] = 3, [VERDICT_SKIP] = 1}}, 0},
		{{{[VERDICT_PASS] = 3, [VERDICT_FAIL] = 1, [VERDICT_INCONCLUSIVE] = 1}}, 1},
		{{{[VERDICT_PASS] = 3, [VERDICT_INCONCLUSIVE] = 1}}, 125},
		{{{[VERDICT_SKIP] = 2}}, 125},
	};

	(void)state;
	for (size_t i = 0; i < array_length(table); i++)
		assert_int_equal(tally_exit_code(&table[i].tally), table[i].code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bend_has_its_verdict),
		cmocka_unit_test(exit_codes),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
