#include "command/reference.h"

#include <inttypes.h>

#include "scenario/moment.h"
#include "scenario/vocabulary.h"

static void write_key(const struct key_spec *key, FILE *stream)
{
	char allowed[ALLOWED_TEXT_SIZE];

	fprintf(stream, "- `%s`%s: %s. Allowed: %s. Example: `%s: %s`\n", key->name,
		key->required ? " (needed)" : "", key->help, key_allowed(allowed, key), key->name,
		key->example);
}

static void write_record(const struct record_spec *spec, FILE *stream)
{
	fprintf(stream, "\n### %s\n\n%s.\n\n    %s\n\n", spec->name, spec->help, spec->example);
	for (size_t i = 0; i < spec->key_count; i++)
		write_key(&spec->keys[i], stream);
}

static void write_section(enum section section, const char *title, FILE *stream)
{
	fprintf(stream, "\n## %s\n", title);
	for_each_record_spec(spec, section) write_record(spec, stream);
}

static void write_top(FILE *stream)
{
	fputs("## A file\n\n", stream);
	for (size_t i = 0; i < top_spec_count; i++)
		fprintf(stream, "- `%s`%s: %s. Example: `%s`\n", top_specs[i].name,
			top_specs[i].required ? " (needed)" : "", top_specs[i].help,
			top_specs[i].example);
}

static void write_moments(FILE *stream)
{
	size_t count;
	const struct moment_form *forms = moment_forms(&count);

	fputs("\n## Moments\n\nOf \"at\" and \"until\". END is client or server, the client where "
	      "it is left out; N is a number from 1.\n\n"
	      "- a time such as `5s`: since connect() was called\n",
	      stream);
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "- `%s`: %s. Example: `%s`\n", forms[i].pattern, forms[i].help,
			forms[i].example);
}

static void write_sysctls(FILE *stream)
{
	static const char *const units[] = {
		[UNIT_NONE] = "",
		[UNIT_SECONDS] = " s",
		[UNIT_MILLISECONDS] = " ms",
		[UNIT_MICROSECONDS] = " us",
	};

	fputs("\n## Sysctls\n\n", stream);
	for (size_t i = 0; i < sysctl_spec_count; i++) {
		const struct sysctl_spec *spec = &sysctl_specs[i];

		fprintf(stream, "- `%s`: ", spec->name);
		if (spec->text)
			fputs("a word", stream);
		else
			fprintf(stream, "%" PRId64 " to %" PRId64 "%s", spec->min, spec->max,
				units[spec->unit]);
		fprintf(stream, "; per namespace since Linux %s\n", spec->since);
	}
}

/* One cell of a table, in which a bar has to be escaped. */
static void write_cell(const char *text, FILE *stream)
{
	for (; *text; text++)
		fprintf(stream, "%s%c", *text == '|' ? "\\" : "", *text);
}

static void write_row(const char *name, const char *help, const char *example, FILE *stream)
{
	fprintf(stream, "| `%s` | ", name);
	write_cell(help, stream);
	fputs(" | `", stream);
	write_cell(example, stream);
	fputs("` |\n", stream);
}

static void write_heading(const char *title, FILE *stream)
{
	fprintf(stream, "\n| %s | says | example |\n|---|---|---|\n", title);
}

static void write_rows(enum section section, const char *title, FILE *stream)
{
	write_heading(title, stream);
	for_each_record_spec(spec, section)
		write_row(spec->name, spec->help, spec->example, stream);
}

void reference_write_tables(FILE *stream)
{
	size_t count;
	const struct moment_form *forms = moment_forms(&count);

	write_heading("a file's key", stream);
	for (size_t i = 0; i < top_spec_count; i++)
		write_row(top_specs[i].name, top_specs[i].help, top_specs[i].example, stream);
	write_rows(SECTION_STEP, "step of `timeline`", stream);
	write_heading("moment of `at`", stream);
	for (size_t i = 0; i < count; i++)
		write_row(forms[i].pattern, forms[i].help, forms[i].example, stream);
	write_rows(SECTION_EXPECT, "item of `expect`", stream);
}

void reference_write(FILE *stream)
{
	write_top(stream);
	write_section(SECTION_END, "Ends and their monitor", stream);
	write_section(SECTION_STEP, "Steps", stream);
	write_moments(stream);
	write_section(SECTION_EXPECT, "Expectations", stream);
	write_sysctls(stream);
}
