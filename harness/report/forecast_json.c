#include "report/forecast_json.h"

#include "report/forecast_drawing.h"

static const struct word kind_words[] = {
	{"none", DUE_NONE},
	{"probe", DUE_PROBE},
	{"retransmission", DUE_RETRANSMISSION},
	{"loss probe", DUE_LOSS_PROBE},
	{"window probe", DUE_WINDOW_PROBE},
	{"SYN", DUE_SYN},
	{"SYN-ACK", DUE_SYN_ACK},
	{"data", DUE_DATA},
	{"FIN", DUE_FIN},
	{"ACK", DUE_ACK},
	{"RST", DUE_RST},
	{"error", DUE_ERROR},
	{"state", DUE_STATE},
	{NULL, 0},
};

static void add_window(json_t *object, const char *earliest, const char *latest,
		       struct window window)
{
	json_object_set_new(object, earliest, json_integer(window.earliest));
	json_object_set_new(object, latest, json_integer(window.latest));
}

static void add_rule(json_t *object, enum rule rule)
{
	const struct rule_text *text = rule_text(rule);

	json_object_set_new(object, "rule", json_string(text->name));
	json_object_set_new(object, "formula", json_string(text->formula));
	json_object_set_new(object, "source", json_string(text->source));
	json_object_set_new(object, "since", *text->since ? json_string(text->since) : json_null());
}

/* An errno's name, or null. */
static json_t *error_json(int error)
{
	return error ? json_string(errno_name(error)) : json_null();
}

static json_t *step_json(const struct scenario *scenario, const struct forecast_entry *entry)
{
	const struct record *step = &scenario->steps[entry->step];
	char words[STEP_WORDS_SIZE];
	json_t *object = json_pack("{s:s, s:i, s:s, s:s, s:i}", "kind", "step", "step",
				   entry->step + 1, "what", step_words(step, words), "at",
				   step->value[KEY_AT].text, "line", step->at.line);

	add_window(object, "earliest_ns", "latest_ns", entry->at);
	return object;
}

static json_t *due_json(const struct forecast_entry *entry)
{
	const struct due *due = &entry->due;
	json_t *object = json_pack("{s:s, s:s, s:n, s:b, s:b}", "kind",
				   word_name(kind_words, (int)due->kind), "end",
				   word_name(end_words, (int)due->end), "step", "lost",
				   entry->lost || due->unseen, "either", due->either);

	add_window(object, "earliest_ns", "latest_ns", entry->at);
	add_window(object, "after_earliest_ns", "after_latest_ns", entry->since);
	add_rule(object, due->rule);
	if (due->role != ROLE_NONE)
		json_object_set_new(object, "segment",
				    json_string(word_name(role_words, (int)due->role)));
	if (due->ordinal)
		json_object_set_new(object, "ordinal", json_integer(due->ordinal));
	if (due->kind == DUE_ERROR)
		json_object_set_new(object, "error", error_json(due->error));
	if (due->kind == DUE_STATE)
		json_object_set_new(object, "state",
				    json_string(word_name(state_words, (int)due->state)));
	/* So many answered probes, each with its reply, stand here as one; null: for ever. */
	if (entry->folded)
		json_object_set_new(object, "folded",
				    entry->folded == FOLDED_ENDLESS
					    ? json_null()
					    : json_integer((json_int_t)entry->folded));
	return object;
}

static json_t *end_json(const struct forecast *forecast, enum end end)
{
	return json_pack("{s:s, s:o}", "state", word_name(state_words, (int)forecast->state[end]),
			 "told", error_json(forecast->told[end]));
}

json_t *forecast_json(const struct forecast *forecast, const struct scenario *scenario)
{
	json_t *object = json_object(), *entries = json_array(), *never = json_array();

	for (size_t i = 0; i < forecast->count; i++) {
		const struct forecast_entry *entry = &forecast->list[i];

		json_array_append_new(entries, entry->step >= 0 ? step_json(scenario, entry)
								: due_json(entry));
	}
	for (size_t i = 0; i < scenario->step_count; i++) {
		if (!forecast_has_step(forecast, i))
			json_array_append_new(never, json_integer((json_int_t)i + 1));
	}
	json_object_set_new(object, "entries", entries);
	json_object_set_new(object, "endless", json_boolean(forecast->endless));
	json_object_set_new(object, "cut", json_boolean(forecast->cut));
	json_object_set_new(object, "steps_never_taken", never);
	json_object_set_new(object, "step_not_foretold",
			    forecast->unfollowed < 0 ? json_null()
						     : json_integer(forecast->unfollowed + 1));
	if (forecast->ended)
		add_window(object, "until_earliest_ns", "until_latest_ns", forecast->until);
	json_object_set_new(object, "client", end_json(forecast, END_CLIENT));
	json_object_set_new(object, "server", end_json(forecast, END_SERVER));
	return object;
}

json_t *detection_json(const struct detection_table *table)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < table->count; i++) {
		const struct detection_row *row = &table->rows[i];
		const struct detection *detection = &row->detection;
		json_t *object = json_pack(
			"{s:s?, s:s, s:b}", "end",
			row->end ? word_name(end_words, (int)row->end) : NULL, "situation",
			word_name(situation_words, (int)row->situation), "never", detection->never);

		if (!detection->never) {
			add_window(object, "earliest_ns", "latest_ns", detection->within);
			json_object_set_new(object, "error", error_json(detection->error));
			json_object_set_new(object, "segments", json_integer(detection->segments));
			add_rule(object, detection->rule);
		}
		json_array_append_new(rows, object);
	}
	return rows;
}

/* Options that are not set are null: the sysctl counts, or there is no such limit. */
static json_t *option_json(int64_t value)
{
	return value ? json_integer(value) : json_null();
}

static json_t *options_json(const struct end_settings *options)
{
	return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o}", "keepalive", options->keepalive,
			 "idle_ns", option_json(options->idle), "interval_ns",
			 option_json(options->interval), "count", option_json(options->count),
			 "user_timeout_ns", option_json(options->user_timeout), "syn_count",
			 option_json(options->syn_count));
}

/* Those that the rules read most; the others can be told from what was given. */
static json_t *sysctls_json(const struct sysctl_settings *sysctl)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "keepalive_time_ns", (json_int_t)sysctl->keepalive_time,
			 "keepalive_intvl_ns", (json_int_t)sysctl->keepalive_intvl,
			 "keepalive_probes", (json_int_t)sysctl->keepalive_probes, "retries2",
			 (json_int_t)sysctl->retries2, "syn_retries",
			 (json_int_t)sysctl->syn_retries, "syn_linear_timeouts",
			 (json_int_t)sysctl->syn_linear_timeouts, "synack_retries",
			 (json_int_t)sysctl->synack_retries, "orphan_retries",
			 (json_int_t)sysctl->orphan_retries, "fin_timeout_ns",
			 (json_int_t)sysctl->fin_timeout, "rto_min_ns", (json_int_t)sysctl->rto_min,
			 "rto_max_ns", (json_int_t)sysctl->rto_max);
}

json_t *settings_json(const struct settings *settings)
{
	const struct feature_settings *feature = &settings->feature;

	return json_pack("{s:i, s:o, s:o, s:o, s:{s:b, s:b, s:b, s:b, s:b}}", "hz",
			 settings->wheel.hz, "sysctls", sysctls_json(&settings->sysctl), "client",
			 options_json(&settings->client), "server", options_json(&settings->server),
			 "features", "syn_linear_timeouts", feature->syn_linear_timeouts, "rto_min",
			 feature->rto_min, "rto_max", feature->rto_max, "syn_user_timeout",
			 feature->syn_user_timeout, "persist_user_timeout",
			 feature->persist_user_timeout);
}
