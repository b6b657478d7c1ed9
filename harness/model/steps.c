#include "model/steps.h"

#include "base/array.h"

static void take_shutdown(struct model *model, const struct record *step, struct window at)
{
	enum end end = (enum end)record_number(step, KEY_END);
	int64_t direction = record_number(step, KEY_HOW);

	if (direction != DIRECTION_SEND)
		model_call(model, end, MODEL_SHUTDOWN_RECEIVE, 0, at);
	if (direction != DIRECTION_RECEIVE)
		model_call(model, end, MODEL_SHUTDOWN, 0, at);
}

static enum model_call close_of(const struct record *step)
{
	if (!record_has(step, KEY_LINGER))
		return MODEL_CLOSE;
	return record_number(step, KEY_LINGER) ? MODEL_LINGER : MODEL_ABORT;
}

bool model_take_call(struct model *model, const struct record *step, struct window at)
{
	enum end end = (enum end)record_number(step, KEY_END);

	if (step->kind == RECORD_STEP_SEND)
		model_call(model, (enum end)record_number(step, KEY_FROM), MODEL_SEND,
			   record_number(step, KEY_BYTES), at);
	else if (step->kind == RECORD_STEP_RECEIVE)
		model_call(model, end, MODEL_READ, 0, at);
	else if (step->kind == RECORD_STEP_STOP_READING)
		model_call(model, end, MODEL_STOP_READING, 0, at);
	else if (step->kind == RECORD_STEP_SHUTDOWN)
		take_shutdown(model, step, at);
	else if (step->kind == RECORD_STEP_CLOSE)
		model_call(model, end, close_of(step), 0, at);
	else if (step->kind == RECORD_STEP_CONNECT)
		return true; /* another socket */
	else if (step->kind == RECORD_STEP_VANISH || step->kind == RECORD_STEP_REBOOT)
		model_call(model, end, MODEL_VANISH, 0, at);
	else if (step->kind == RECORD_STEP_KILL)
		model_call(model, end, MODEL_CLOSE, 0, at);
	else if (step->kind == RECORD_STEP_DESTROY)
		model_call(model, end, MODEL_DESTROY, 0, at);
	else
		return false;
	return true;
}

static void take_options(struct model *model, enum end end, const struct record *record,
			 struct window at)
{
	static const struct {
		enum key key;
		enum model_option option;
	} options[] = {
		{KEY_IDLE, OPTION_IDLE},
		{KEY_INTERVAL, OPTION_INTERVAL},
		{KEY_COUNT_, OPTION_COUNT},
		{KEY_USER_TIMEOUT, OPTION_USER_TIMEOUT},
		{KEY_SYN_COUNT, OPTION_SYN_COUNT},
		{KEY_LINGER2, OPTION_LINGER2},
		{KEY_RTO_MAX, OPTION_RTO_MAX},
		{KEY_THIN_LINEAR_TIMEOUTS, OPTION_THIN_LINEAR_TIMEOUTS},
		{KEY_KEEPALIVE, OPTION_KEEPALIVE},
	};

	for (size_t i = 0; i < array_length(options); i++) {
		if (record_has(record, options[i].key))
			model_option(model, end, options[i].option,
				     record_number(record, options[i].key), at);
	}
}

void model_take_accept(struct model *model, const struct scenario *scenario, struct window at)
{
	take_options(model, END_SERVER, &scenario->server, at);
}

bool model_take_setting(struct model *model, const struct record *step, struct window at)
{
	const struct value *sysctls = &step->value[KEY_SYSCTLS];

	if (step->kind == RECORD_STEP_SET)
		take_options(model, (enum end)record_number(step, KEY_END), step, at);
	else if (step->kind != RECORD_STEP_SYSCTL)
		return false;
	for (size_t i = 0; sysctls->set && i < sysctls->item_count; i++)
		model_sysctl(model, END_NONE, sysctls->items[i].text, sysctls->items[i].setting,
			     at);
	return true;
}
