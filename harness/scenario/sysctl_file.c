#define _GNU_SOURCE
#include "scenario/sysctl_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "scenario/values.h"

#define BLANKS " \t\r\v\f"

/* One assignment, cut out of its line. */
struct assignment {
	char *key, *value;
	struct position key_at, value_at;
	bool optional; /* written with '-': whoever applies it is to pass over a failure */
};

static void note_left_out(struct sysctl_list *list, const char *name)
{
	*array_push(list->left_out, list->left_out_count) = copy_text(name);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A machine with thousands of links has a hundred thousand names: one by one is too slow. */
static void unite_left_out(struct sysctl_list *list)
{
	size_t kept = 0;

	if (list->left_out_count)
		qsort(list->left_out, list->left_out_count, sizeof(*list->left_out), compare_names);
	for (size_t i = 0; i < list->left_out_count; i++) {
		if (kept && strcmp(list->left_out[kept - 1], list->left_out[i]) == 0)
			free(list->left_out[i]);
		else
			list->left_out[kept++] = list->left_out[i];
	}
	list->left_out_count = kept;
}

void sysctl_leave_out(struct sysctl_list *list, const char *name)
{
	note_left_out(list, name);
	unite_left_out(list);
}

/*
 * "net/ipv4/conf/eth0.100/forwarding" and "net.ipv4.conf.eth0/100.forwarding" are the same: the
 * first separator says which character separates, and the other one stands for itself.
 */
static void put_dots(char *key)
{
	if (key[strcspn(key, "./")] != '/')
		return;
	for (char *c = key; *c; c++)
		*c = *c == '/' ? '.' : *c == '.' ? '/' : *c;
}

/* Reads the value as a scenario's is read; whether it could be is in problems. */
static void append(const struct reader *reader, const struct assignment *assignment,
		   struct sysctl_list *list)
{
	const struct node node = {
		.kind = NODE_TEXT,
		.at = assignment->value_at,
		.key = assignment->key,
		.key_at = assignment->key_at,
		.text = assignment->value,
	};
	struct sysctl_setting setting = {0};

	setting_read(reader, &node, &setting);
	if (setting.value) {
		*array_push(list->list, list->count) = setting;
		return;
	}
	free(setting.name);
}

/* A duration is for people: what the kernel would refuse in a file must not pass here. */
static bool has_unit(const struct sysctl_spec *spec, const char *value)
{
	int64_t number;

	return spec->unit != UNIT_NONE && *value && !parse_number(value, &number);
}

static void take(const struct reader *reader, const struct assignment *assignment,
		 struct sysctl_list *list)
{
	const struct sysctl_spec *spec = sysctl_spec_of(assignment->key);
	struct problems silent = {0};
	const struct reader quiet = {reader->path, &silent};
	size_t before = list->count;

	if (!spec) {
		note_left_out(list, assignment->key);
	} else if (assignment->optional) {
		if (!has_unit(spec, assignment->value))
			append(&quiet, assignment, list);
		if (list->count == before)
			note_left_out(list, assignment->key);
	} else if (has_unit(spec, assignment->value)) {
		complain(reader, assignment->value_at,
			 "%s: " WORD " is not a whole number, as the kernel takes it", spec->name,
			 assignment->value);
	} else {
		append(reader, assignment, list);
	}
	problems_free(&silent);
}

/* Reads one line, which it cuts into pieces. */
static void read_line(const struct reader *reader, char *line, int number, struct sysctl_list *list)
{
	char *start = line + strspn(line, BLANKS), *equals, *end;
	struct assignment assignment = {.optional = *start == '-'};

	if (!*start || *start == '#' || *start == ';')
		return;
	assignment.key = start + assignment.optional;
	assignment.key += strspn(assignment.key, BLANKS);
	assignment.key_at = (struct position){number, (int)(assignment.key - line) + 1};
	equals = strchr(assignment.key, '=');
	end = equals ? equals : assignment.key + strlen(assignment.key);
	while (end > assignment.key && strchr(BLANKS, end[-1]))
		end--;
	/* "-key" alone takes a key out of what patterns set; there are none here. */
	if (!equals && !assignment.optional) {
		complain(reader, assignment.key_at,
			 "no \"=\"; a line is \"key = value\", or begins with # or ; as a comment");
		return;
	}
	*end = '\0';
	if (!*assignment.key || assignment.key[strcspn(assignment.key, BLANKS)]) {
		complain(reader, assignment.key_at,
			 "before \"=\" must be one word, the name of a sysctl");
		return;
	}
	put_dots(assignment.key);
	if (!equals) {
		note_left_out(list, assignment.key);
		return;
	}
	assignment.value = equals + 1 + strspn(equals + 1, BLANKS);
	assignment.value_at = (struct position){number, (int)(assignment.value - line) + 1};
	end = assignment.value + strlen(assignment.value);
	while (end > assignment.value && strchr(BLANKS, end[-1]))
		end--;
	*end = '\0';
	take(reader, &assignment, list);
}

void sysctl_text_read(const char *path, const char *text, size_t length, struct sysctl_list *list,
		      struct problems *problems)
{
	const struct reader reader = {path, problems};
	cleanup_free char *copy = NULL;
	char *rest, *line;

	if (length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		length -= 3;
	}
	if (memchr(text, '\0', length)) {
		complain(&reader, (struct position){0}, "not a text: it has a NUL byte");
		return;
	}
	copy = strndup(text, length);
	rest = copy;
	for (int number = 1; rest && (line = strsep(&rest, "\n")); number++)
		read_line(&reader, line, number, list);
	unite_left_out(list);
}

/* Reads all there is, up to the limit. Returns its length or -errno. */
static ssize_t read_all(const char *path, char *buffer, size_t size)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;

	if (fd < 0)
		return -errno;
	while (length < size) {
		ssize_t got = read(fd, buffer + length, size - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ssize_t)length;
}

void sysctl_file_read(const char *path, struct sysctl_list *list, struct problems *problems)
{
	cleanup_free char *text = malloc(SYSCTL_FILE_LIMIT + 1);
	const struct position whole = {0};
	ssize_t length = text ? read_all(path, text, SYSCTL_FILE_LIMIT + 1) : -ENOMEM;

	if (length < 0)
		problems_add(problems, path, whole, "%s", strerror((int)-length));
	else if (length > SYSCTL_FILE_LIMIT)
		problems_add(problems, path, whole, "larger than %d bytes: no file of sysctls",
			     SYSCTL_FILE_LIMIT);
	else
		sysctl_text_read(path, text, (size_t)length, list, problems);
}

void sysctl_argument_read(const char *from, const char *argument, struct sysctl_list *list,
			  struct problems *problems)
{
	const struct reader reader = {from, problems};
	const char *equals = strchr(argument, '=');
	struct assignment assignment = {0};
	cleanup_free char *key = NULL, *value = NULL;
	size_t length = equals ? (size_t)(equals - argument) : 0;
	bool is_short = equals && !memchr(argument, '.', length) && !memchr(argument, '/', length);

	if (!equals || !length) {
		complain(&reader, (struct position){0},
			 WORD " must be KEY=VALUE, such as net.ipv4.tcp_retries2=8", argument);
		return;
	}
	if (asprintf(&key, "%s%.*s", is_short ? "net.ipv4." : "", (int)length, argument) < 0)
		abort();
	put_dots(key);
	value = copy_text(equals + 1);
	assignment.key = key;
	assignment.value = value;
	append(&reader, &assignment, list);
}

void sysctl_list_free(struct sysctl_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->list[i].name);
		free(list->list[i].value);
	}
	free(list->list);
	for (size_t i = 0; i < list->left_out_count; i++)
		free(list->left_out[i]);
	free(list->left_out);
	*list = (struct sysctl_list){0};
}
