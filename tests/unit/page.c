/*
 * The page: order and room of everything in a drawing, folding of idle time, what stands out, and
 * texts that try to break out of it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "report/html.h"
#include "report/page.h"
#include "report/page_faults.h"
#include "report/page_layout.h"

static void add_segment(struct timeline *timeline, int64_t at, enum end end, int role)
{
	timeline_append(timeline, (struct event){.at = at,
						 .kind = EVENT_SEGMENT,
						 .end = end,
						 .segment = {.number = (int64_t)timeline->count + 1,
							     .role = role,
							     .flags = FLAG_ACK}});
}

static void add_step(struct timeline *timeline, int64_t at, int64_t index, const char *what)
{
	timeline_append(timeline, (struct event){.at = at,
						 .kind = EVENT_STEP,
						 .step = {.index = index, .what = strdup(what)}});
}

static void add_finding(struct judgement *judgement, enum verdict verdict, struct window window,
			int64_t moment)
{
	*array_push(judgement->findings, judgement->count) = (struct finding){
		.verdict = verdict,
		.has_window = window.latest != 0,
		.window = window,
		.has_moment = moment != 0,
		.moment = moment,
		.end = END_CLIENT,
		.expectation = strdup("probes: {from: client}"),
		.due = strdup("due"),
		.seen = strdup("seen"),
		.text = strdup("text"),
	};
}

/* The moments of everything, as the page orders them, never go up. */
static void check_order(const struct layout *layout)
{
	for (size_t i = 1; i < layout->row_count; i++) {
		assert_true(layout->rows[i].at >= layout->rows[i - 1].at);
		assert_true(layout->rows[i].y >= layout->rows[i - 1].y + LAYOUT_ROW);
	}
	for (size_t b = 0; b < layout->band_count; b++) {
		const struct layout_band *band = &layout->bands[b];
		const struct window *window = &band->finding->window;

		assert_true(band->top < band->bottom);
		for (size_t i = 0; i < layout->row_count; i++) {
			const struct layout_row *row = &layout->rows[i];

			if (row->at < window->earliest)
				assert_true(row->y < band->top);
			else if (row->at > window->latest)
				assert_true(row->y > band->bottom);
			else
				assert_true(row->y >= band->top && row->y <= band->bottom);
		}
	}
	if (layout->row_count)
		assert_true(layout->rows[layout->row_count - 1].y < layout->height);
}

static void idle_time_is_folded(void **state)
{
	static const int64_t idle[] = {LAYOUT_FOLD, SECOND, 2 * HOUR, 11 * DAY};
	int height = 0;

	(void)state;
	for (size_t i = 0; i < array_length(idle); i++) {
		struct timeline timeline = {0};
		struct judgement judgement = {0};
		struct layout layout;

		add_segment(&timeline, 1000, END_CLIENT, ROLE_SYN);
		add_segment(&timeline, 2000, END_SERVER, ROLE_SYN_ACK);
		add_segment(&timeline, 2000 + idle[i], END_CLIENT, ROLE_PROBE);
		layout_make(&timeline, &judgement, &layout);
		check_order(&layout);
		assert_int_equal(layout.fold_count, 1);
		assert_int_equal(layout.folds[0].length, idle[i]);
		assert_in_range(layout.folds[0].y, layout.rows[1].y, layout.rows[2].y);
		/* Days take hardly more room than a second, but never less. */
		assert_true(layout.height >= height && (!i || layout.height < height + 20));
		height = layout.height;
		layout_free(&layout);
		timeline_free(&timeline);
	}
}

static void nothing_is_folded_while_something_is_due(void **state)
{
	struct timeline timeline = {0};
	struct judgement judgement = {0};
	struct layout layout;

	(void)state;
	add_segment(&timeline, SECOND, END_CLIENT, ROLE_DATA);
	add_segment(&timeline, 32 * SECOND, END_CLIENT, ROLE_PROBE);
	add_finding(&judgement, VERDICT_PASS, (struct window){31 * SECOND, 33 * SECOND},
		    32 * SECOND);
	layout_make(&timeline, &judgement, &layout);
	check_order(&layout);
	assert_int_equal(layout.band_count, 1);
	assert_int_equal(layout.fold_count, 1);
	assert_int_equal(layout.folds[0].length, 30 * SECOND);
	layout_free(&layout);
	timeline_free(&timeline);
	judgement_free(&judgement);
}

static void what_is_wrong_is_marked(void **state)
{
	static const struct {
		enum verdict verdict;
		struct window window;
		int64_t moment;
		enum mark mark;
		size_t rows;
	} cases[] = {
		{VERDICT_PASS, {2 * SECOND, 3 * SECOND}, 2 * SECOND, MARK_NONE, 2},
		{VERDICT_FAIL, {SECOND, SECOND + 1}, 2 * SECOND, MARK_LATE, 2},
		{VERDICT_INCONCLUSIVE, {SECOND, SECOND + 1}, 2 * SECOND, MARK_LATE, 2},
		{VERDICT_FAIL, {3 * SECOND, 4 * SECOND}, 2 * SECOND, MARK_EARLY, 2},
		{VERDICT_FAIL, {0, 0}, 2 * SECOND, MARK_UNEXPECTED, 2},
		{VERDICT_FAIL, {3 * SECOND, 4 * SECOND}, 0, MARK_MISSING, 3},
	};

	(void)state;
	for (size_t i = 0; i < array_length(cases); i++) {
		struct timeline timeline = {0};
		struct judgement judgement = {0};
		struct layout layout;
		size_t marked = cases[i].mark == MARK_MISSING ? 2 : 1;

		add_segment(&timeline, 1000, END_CLIENT, ROLE_SYN);
		add_segment(&timeline, 2 * SECOND, END_CLIENT, ROLE_PROBE);
		add_finding(&judgement, cases[i].verdict, cases[i].window, cases[i].moment);
		layout_make(&timeline, &judgement, &layout);
		check_order(&layout);
		assert_int_equal(layout.row_count, cases[i].rows);
		assert_int_equal(layout.rows[marked].mark, cases[i].mark);
		assert_int_equal(finding_mark(&judgement.findings[0]), cases[i].mark);
		assert_int_equal(layout.band_count, cases[i].window.latest ? 1 : 0);
		layout_free(&layout);
		timeline_free(&timeline);
		judgement_free(&judgement);
	}
}

static void long_timelines_are_cut_but_not_at_findings(void **state)
{
	struct timeline timeline = {0};
	struct judgement judgement = {0};
	struct layout layout;
	size_t drawn = 0, left_out = 0;
	bool marked = false;

	(void)state;
	for (int i = 0; i < 5000; i++)
		add_segment(&timeline, (i + 1) * MICROSECOND, END_CLIENT, ROLE_DATA);
	add_finding(&judgement, VERDICT_FAIL, (struct window){0}, 2500 * MICROSECOND);
	layout_make(&timeline, &judgement, &layout);
	check_order(&layout);
	assert_true(layout.row_count < LAYOUT_ROW_LIMIT);
	for (size_t i = 0; i < layout.row_count; i++) {
		drawn += layout.rows[i].event != NULL;
		left_out += layout.rows[i].left_out;
		marked |= layout.rows[i].mark == MARK_UNEXPECTED;
	}
	assert_int_equal(drawn + left_out, 5000);
	assert_true(marked);
	layout_free(&layout);
	timeline_free(&timeline);
	judgement_free(&judgement);
}

static void nothing_is_laid_out(void **state)
{
	struct timeline timeline = {0};
	struct judgement judgement = {0};
	struct layout layout;

	(void)state;
	layout_make(&timeline, &judgement, &layout);
	assert_int_equal(layout.row_count, 0);
	assert_true(layout.height > 0);
	layout_free(&layout);
}

static void faults_last_until_they_are_healed(void **state)
{
	struct timeline timeline = {0};
	struct faults faults;

	(void)state;
	add_step(&timeline, 100, 0, "at: established, drop: {to: server}");
	add_step(&timeline, 200, 1, "at: 5s, drop: {to: client, kind: data}");
	add_step(&timeline, 300, 2, "at: step 2, heal: {step: 2}");
	add_step(&timeline, 400, 3, "at: step 3, heal: {step: 1}");
	add_step(&timeline, 500, 4, "at: 9s, reject: {to: client, with: reset}");
	add_step(&timeline, 600, 5, "at: 10s, heal: {}");
	add_step(&timeline, 700, 6, "at: 11s, vanish: {end: server}");
	add_step(&timeline, 800, 7, "at: 12s, heal: {}");
	faults_find(&timeline, &faults);
	assert_false(faults_cut(&faults, END_SERVER, 99));
	assert_true(faults_cut(&faults, END_SERVER, 100));
	assert_true(faults_cut(&faults, END_SERVER, 399));
	assert_false(faults_cut(&faults, END_SERVER, 400));
	assert_false(faults_cut(&faults, END_CLIENT, 250));
	assert_true(faults_cut(&faults, END_CLIENT, 500));
	assert_false(faults_cut(&faults, END_CLIENT, 600));
	assert_true(faults_cut(&faults, END_SERVER, INT64_MAX));
	assert_false(faults_cut(&faults, END_CLIENT, INT64_MAX));
	faults_free(&faults);
	add_step(&timeline, 900, 8, "at: 13s, reboot: {end: server}");
	add_step(&timeline, 1000, 9, "at: 14s, cable: {end: server, state: unplugged}");
	add_step(&timeline, 1100, 10, "at: 15s, cable: {end: server, state: plugged}");
	add_step(&timeline, 1200, 11, "at: 16s, drop: {}");
	add_step(&timeline, 1300, 12, "at: 17s, heal");
	faults_find(&timeline, &faults);
	assert_true(faults_cut(&faults, END_SERVER, 899));
	assert_false(faults_cut(&faults, END_SERVER, 900));
	assert_true(faults_cut(&faults, END_SERVER, 1000));
	assert_true(faults_cut(&faults, END_CLIENT, 1000));
	assert_false(faults_cut(&faults, END_CLIENT, 1100));
	assert_true(faults_cut(&faults, END_CLIENT, 1200));
	assert_false(faults_cut(&faults, END_CLIENT, 1300));
	faults_free(&faults);
	timeline_free(&timeline);
}

static char *escaped(const char *text, size_t characters)
{
	char *result = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&result, &size);

	html_text_cut(stream, text, characters);
	fclose(stream);
	return result;
}

static void texts_are_escaped(void **state)
{
	static const struct {
		const char *text;
		size_t characters;
		const char *escaped;
	} cases[] = {
		{"a < b && c > \"d\" 'e'", 99,
		 "a &lt; b &amp;&amp; c &gt; &quot;d&quot; &#39;e&#39;"},
		{"\x1b[31m\x7f\n", 99, "\u241b[31m\u2421\u240a"},
		{"\xc2\x85\u202e\ufeff\ufffe\U0001ffff", 99, "\ufffd\ufffd\ufffd\ufffd\ufffd"},
		{"\xff\xc3(\xe2\x82", 99, "\ufffd\ufffd(\ufffd\ufffd"},
		{"\u00e4\u20ac\U0001f600", 3, "\u00e4\u20ac\U0001f600"},
		{"\u00e4\u20ac\U0001f600!", 3, "\u00e4\u20ac\u2026"},
		{"<<<<", 2, "&lt;\u2026"},
		{"", 3, ""},
		{NULL, 3, ""},
	};

	(void)state;
	for (size_t i = 0; i < array_length(cases); i++) {
		cleanup_free char *result = escaped(cases[i].text, cases[i].characters);

		assert_string_equal(result, cases[i].escaped);
	}
}

static const struct timeline *give(void *data, const struct saved_scenario *scenario)
{
	(void)scenario;
	return data;
}

/* Every text of a page that is not ours, as bad as can be. */
static void no_text_breaks_a_page(void **state)
{
	static char bad[] = "</title></style></script><script>alert(1)</script>\x1b\xff\"'&<!--";
	struct saved_scenario scenario = {
		.id = bad, .title = bad, .source = bad, .path = bad, .fingerprint = bad};
	struct saved saved = {
		.tool = bad, .release = bad, .hz = 250, .scenarios = &scenario, .count = 1};
	struct timeline timeline = {0};
	const struct page_source source = {give, &timeline};
	cleanup_free char *page = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&page, &size);

	(void)state;
	add_segment(&timeline, 1000, END_CLIENT, ROLE_PROBE);
	add_step(&timeline, 2000, 0, bad);
	*array_push(scenario.judgement.findings, scenario.judgement.count) =
		(struct finding){.verdict = VERDICT_FAIL,
				 .at = {.line = 1, .column = 2},
				 .has_moment = true,
				 .moment = 1000,
				 .expectation = strdup(bad),
				 .due = strdup(bad),
				 .seen = strdup(bad),
				 .text = strdup(bad)};
	scenario.judgement.verdict = VERDICT_FAIL;
	page_write(stream, &saved, &source);
	fclose(stream);
	assert_null(strstr(page, "alert(1)</script>"));
	assert_null(strstr(page, "<!--"));
	assert_null(strchr(page, '\x1b'));
	assert_null(strchr(page, '\xff'));
	assert_non_null(strstr(page, "&lt;script&gt;alert(1)"));
	/* Exactly one of each that a page has. */
	assert_null(strstr(strstr(page, "</script>") + 1, "</script>"));
	assert_null(strstr(strstr(page, "</style>") + 1, "</style>"));
	assert_non_null(strstr(page, "UNEXPECTED"));
	timeline_free(&timeline);
	judgement_free(&scenario.judgement);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idle_time_is_folded),
		cmocka_unit_test(nothing_is_folded_while_something_is_due),
		cmocka_unit_test(what_is_wrong_is_marked),
		cmocka_unit_test(long_timelines_are_cut_but_not_at_findings),
		cmocka_unit_test(nothing_is_laid_out),
		cmocka_unit_test(faults_last_until_they_are_healed),
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(no_text_breaks_a_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
