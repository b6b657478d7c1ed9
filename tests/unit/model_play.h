/* Plays a script against the model, forward, and keeps what came due. For the model's tests. */
#ifndef TESTS_MODEL_PLAY_H
#define TESTS_MODEL_PLAY_H

#include "base/duration.h"
#include "model/model.h"

enum act {
	ACT_END,
	ACT_PATH,   /* to end: enum path */
	ACT_CALL,   /* of end: enum model_call, argument */
	ACT_OPTION, /* of end: enum model_option, argument */
	ACT_SYSCTL,
};

struct act_step {
	int64_t at;
	enum act act;
	enum end end;
	int what;
	int64_t argument;
	const char *name, *value;
};

/* Both directions, or one. */
#define DROP_TO(at, end)                                                                           \
	{                                                                                          \
		at, ACT_PATH, end, PATH_DROP, 0, NULL, NULL                                        \
	}
#define PATH(at, end, path)                                                                        \
	{                                                                                          \
		at, ACT_PATH, end, path, 0, NULL, NULL                                             \
	}
#define HEAL_TO(at, end)                                                                           \
	{                                                                                          \
		at, ACT_PATH, end, PATH_OPEN, 0, NULL, NULL                                        \
	}
#define DROP(at) DROP_TO(at, END_SERVER), DROP_TO(at, END_CLIENT)
#define HEAL(at) HEAL_TO(at, END_SERVER), HEAL_TO(at, END_CLIENT)
#define CALL(at, end, call, argument)                                                              \
	{                                                                                          \
		at, ACT_CALL, end, call, argument, NULL, NULL                                      \
	}
#define SEND(at, bytes) CALL(at, END_CLIENT, MODEL_SEND, bytes)
#define OPTION(at, end, option, value)                                                             \
	{                                                                                          \
		at, ACT_OPTION, end, option, value, NULL, NULL                                     \
	}
#define SYSCTL(at, name, value)                                                                    \
	{                                                                                          \
		at, ACT_SYSCTL, END_NONE, 0, 0, name, value                                        \
	}

#define TRACE_LIMIT 2000

struct trace {
	struct due list[TRACE_LIMIT];
	size_t count;
};

static inline void take_step(struct model *model, const struct act_step *step)
{
	struct window at = {step->at, step->at};

	switch (step->act) {
	case ACT_PATH:
		model_path(model, step->end, (enum path)step->what);
		break;
	case ACT_CALL:
		model_call(model, step->end, (enum model_call)step->what, step->argument, at);
		break;
	case ACT_OPTION:
		model_option(model, step->end, (enum model_option)step->what, step->argument, at);
		break;
	case ACT_SYSCTL:
		model_sysctl(model, END_NONE, step->name, step->value, at);
		break;
	case ACT_END:
		break;
	}
}

/* Plays until nothing is due before a moment. */
static inline void play(struct model *model, const struct act_step *steps, int64_t until,
			enum model_choice choice, struct trace *trace)
{
	struct due list[MODEL_DUE_LIMIT];

	trace->count = 0;
	while (trace->count < TRACE_LIMIT) {
		size_t count = model_next(model, list);
		int64_t next = count ? list[0].at.earliest : INT64_MAX;

		if (steps && steps->act != ACT_END && steps->at <= next) {
			take_step(model, steps++);
			continue;
		}
		if (next > until || !model_step(model, choice, &trace->list[trace->count]))
			return;
		trace->count++;
	}
}

/* The nth due of a kind (from 1; negative: from the end), or NULL. */
static inline const struct due *find(const struct trace *trace, enum due_kind kind, enum end end,
				     int nth)
{
	int seen = 0;

	for (size_t i = 0; i < trace->count; i++) {
		const struct due *due = &trace->list[nth > 0 ? i : trace->count - 1 - i];

		if (due->kind == kind && due->end == end && ++seen == (nth > 0 ? nth : -nth))
			return due;
	}
	return NULL;
}

static inline int count_of_kind(const struct trace *trace, enum due_kind kind, enum end end)
{
	int count = 0;

	for (size_t i = 0; i < trace->count; i++)
		count += trace->list[i].kind == kind && trace->list[i].end == end;
	return count;
}

#endif
