#define _GNU_SOURCE
#include "base/problem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/utf8.h"

/* Of a file whose lines are shown; larger ones are named without their lines. */
#define FILE_LIMIT (8 * 1024 * 1024)

/* The columns of a line that are shown around the caret. */
#define SHOWN_COLUMNS 96

static void *checked(void *memory)
{
	if (!memory) {
		fputs("halfopen: out of memory\n", stderr);
		abort();
	}
	return memory;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t hash_problem(const struct problem *problem)
{
	uint64_t place = (uint64_t)problem->at.line << 32 | (uint32_t)problem->at.column;

	return hash_text(hash_text(place * UINT64_C(0x9e3779b97f4a7c15), problem->file),
			 problem->message);
}

static bool same_problem(const struct problem *a, const struct problem *b)
{
	return a->at.line == b->at.line && a->at.column == b->at.column &&
	       !strcmp(a->message, b->message) && !strcmp(a->file, b->file);
}

/* Returns the slot where the problem is, or the free one where it belongs. */
static size_t *find_slot(const struct problems *problems, const struct problem *problem)
{
	size_t slot = hash_problem(problem) & (problems->slot_count - 1);

	while (problems->slots[slot] &&
	       !same_problem(&problems->list[problems->slots[slot] - 1], problem))
		slot = (slot + 1) & (problems->slot_count - 1);
	return &problems->slots[slot];
}

/* Keeps at least half of the slots free. */
static void grow_slots(struct problems *problems)
{
	if (2 * (problems->count + 1) <= problems->slot_count)
		return;
	free(problems->slots);
	problems->slot_count = problems->slot_count ? 2 * problems->slot_count : 16;
	problems->slots = checked(calloc(problems->slot_count, sizeof(*problems->slots)));
	for (size_t i = 0; i < problems->count; i++)
		*find_slot(problems, &problems->list[i]) = i + 1;
}

void problems_add(struct problems *problems, const char *file, struct position at,
		  const char *format, ...)
{
	struct problem problem = {.file = checked(strdup(file)), .at = at};
	size_t *slot;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&problem.message, format, arguments) < 0)
		problem.message = checked(NULL);
	va_end(arguments);
	grow_slots(problems);
	slot = find_slot(problems, &problem);
	if (*slot) {
		free(problem.file);
		free(problem.message);
		return;
	}
	*array_push(problems->list, problems->count) = problem;
	*slot = problems->count;
}

void problems_free(struct problems *problems)
{
	if (!problems)
		return;
	for (size_t i = 0; i < problems->count; i++) {
		free(problems->list[i].file);
		free(problems->list[i].message);
	}
	free(problems->list);
	free(problems->slots);
	*problems = (struct problems){0};
}

/* Reads a regular file as a whole; NULL where that cannot be. Never waits for a FIFO's writer. */
static char *read_lines(const char *file, size_t *ret_size)
{
	cleanup_fd int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	cleanup_free char *text = NULL;
	struct stat status;
	size_t size = 0;

	if (fd < 0 || fstat(fd, &status) || !S_ISREG(status.st_mode) || status.st_size > FILE_LIMIT)
		return NULL;
	text = checked(malloc((size_t)status.st_size + 1));
	while (size < (size_t)status.st_size) {
		ssize_t got = read(fd, text + size, (size_t)status.st_size - size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		size += (size_t)got;
	}
	*ret_size = size;
	return steal_pointer(text);
}

/* Prints one character so that it takes one column and does nothing to the terminal. */
static void print_character(FILE *stream, const char *text, size_t length, uint32_t character)
{
	if (character == '\t')
		fputc(' ', stream);
	else if (utf8_is_control(character))
		fputc('?', stream);
	else
		fwrite(text, 1, length, stream);
}

static void print_text(FILE *stream, const char *text)
{
	size_t size = strlen(text), length;
	uint32_t character;

	for (; size; text += length, size -= length) {
		length = utf8_decode(text, size, &character);
		print_character(stream, text, length, character);
	}
}

/* A line of a text being walked through: where it begins, without its end. */
struct cursor {
	const char *next, *end; /* what is behind the line */
	const char *line;
	size_t length;
	int number;
};

static void next_line(struct cursor *cursor)
{
	size_t end = 0;

	cursor->line = cursor->next;
	cursor->number++;
	while (cursor->next < cursor->end) {
		end = utf8_line_end(cursor->next, (size_t)(cursor->end - cursor->next));
		if (end)
			break;
		cursor->next++;
	}
	cursor->length = (size_t)(cursor->next - cursor->line);
	cursor->next += end;
}

/* Prints the columns of a line around one of them, and a caret below it. */
static void print_line(FILE *stream, const char *line, size_t size, int column)
{
	int first = column > SHOWN_COLUMNS * 3 / 4 ? column - SHOWN_COLUMNS / 2 : 1;
	int last = first + SHOWN_COLUMNS - 1, at = 1;
	size_t length;

	fputs(first > 1 ? "  …" : "  ", stream);
	for (; size && at <= last; line += length, size -= length, at++) {
		uint32_t character;

		length = utf8_decode(line, size, &character);
		if (at >= first)
			print_character(stream, line, length, character);
	}
	fprintf(stream, "%s\n  %*s^\n", size ? "…" : "", column - first + (first > 1), "");
}

static int compare_problems(const void *a_pointer, const void *b_pointer)
{
	const struct problem *a = *(const struct problem *const *)a_pointer;
	const struct problem *b = *(const struct problem *const *)b_pointer;
	int order = strcmp(a->file, b->file);

	if (order == 0)
		order = a->at.line - b->at.line;
	if (order == 0)
		order = a->at.column - b->at.column;
	/* Of the same place: in the order in which they were found; both are in one array. */
	return order ? order : (a > b) - (a < b);
}

static void print_problem(const struct problem *problem, struct cursor *cursor, FILE *stream)
{
	print_text(stream, problem->file);
	if (problem->at.line > 0)
		fprintf(stream, ":%d:%d", problem->at.line, problem->at.column);
	fputs(": error: ", stream);
	print_text(stream, problem->message);
	fputc('\n', stream);
	while (cursor->next && cursor->number < problem->at.line && cursor->next < cursor->end)
		next_line(cursor);
	if (cursor->number == problem->at.line && problem->at.line > 0 && problem->at.column > 0)
		print_line(stream, cursor->line, cursor->length, problem->at.column);
}

void problems_print(const struct problems *problems, FILE *stream)
{
	cleanup_free const struct problem **order =
		checked(malloc((problems->count + 1) * sizeof(*order)));
	const char *file = NULL;
	char *text = NULL;
	struct cursor cursor = {0};

	for (size_t i = 0; i < problems->count; i++)
		order[i] = &problems->list[i];
	qsort(order, problems->count, sizeof(*order), compare_problems);
	for (size_t i = 0; i < problems->count; i++) {
		if (!file || strcmp(file, order[i]->file) != 0) {
			size_t size = 0;

			file = order[i]->file;
			free(text);
			text = read_lines(file, &size);
			cursor = (struct cursor){.next = text, .end = text ? text + size : NULL};
			if (size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
				cursor.next += 3;
		}
		print_problem(order[i], &cursor, stream);
	}
	free(text);
}
