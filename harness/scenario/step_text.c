#include "scenario/step_text.h"

#include <string.h>

#include "scenario/vocabulary.h"

/* Where the next item begins behind a comma that no brace or bracket holds; NULL: nowhere. */
static const char *next_item(const char *text)
{
	int depth = 0;

	for (; *text; text++) {
		depth += *text == '{' || *text == '[';
		depth -= *text == '}' || *text == ']';
		if (depth == 0 && *text == ',')
			return text + 1 + strspn(text + 1, " ");
	}
	return NULL;
}

bool step_text_read(const char *what, struct step_text *ret_step)
{
	for (const char *item = what; item; item = next_item(item)) {
		for_each_record_spec(spec, SECTION_STEP)
		{
			size_t length = strlen(spec->name);
			const char *rest = item + length;

			if (strncmp(item, spec->name, length) != 0 ||
			    (*rest && !strchr(":,", *rest)))
				continue;
			rest += *rest == ':';
			*ret_step = (struct step_text){spec->kind, rest + strspn(rest, " ")};
			return true;
		}
	}
	return false;
}

bool step_text_has(const struct step_text *step, const char *key)
{
	const char *end = strchr(step->keys, '}');

	for (const char *found = strstr(step->keys, key); found && end && found < end;
	     found = strstr(found + 1, key)) {
		if (found[-1] == '{' || found[-1] == ' ')
			return true;
	}
	return false;
}
