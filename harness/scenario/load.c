/* Paths to files, and files to text. */
#define _GNU_SOURCE
#include "scenario/load.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "scenario/parameters.h"
#include "scenario/reader.h"

static const struct position whole_file;

struct paths {
	char **list;
	size_t count;
};

static const char *suffix_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml")) ? dot : NULL;
}

/* Reads a regular file of at most one byte more than allowed. Returns NULL with a complaint. */
static char *read_text(const struct reader *reader, size_t *ret_length)
{
	/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
	cleanup_fd int fd = open(reader->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	cleanup_free char *text = NULL;
	struct stat status;
	size_t length = 0;
	ssize_t got = 1;

	if (fd < 0 || fstat(fd, &status)) {
		complain(reader, whole_file, "cannot be read: %s", strerror(errno));
		return NULL;
	}
	if (!S_ISREG(status.st_mode)) {
		complain(reader, whole_file, "is not a regular file");
		return NULL;
	}
	text = malloc(SCENARIO_SIZE_LIMIT + 1);
	while (text && got > 0 && length <= SCENARIO_SIZE_LIMIT) {
		got = read(fd, text + length, SCENARIO_SIZE_LIMIT + 1 - length);
		if (got > 0)
			length += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	if (!text || got < 0) {
		complain(reader, whole_file, "cannot be read: %s", strerror(errno));
		return NULL;
	}
	*ret_length = length;
	return steal_pointer(text);
}

/* Returns what follows the last folder "scenarios" of an absolute path, or NULL. */
static const char *below_scenarios(const char *path)
{
	const char *below = NULL;

	for (const char *found = path; (found = strstr(found, "/scenarios/")); found++)
		below = found + strlen("/scenarios/");
	return below;
}

/*
 * Returns a file's id: see load.h. The absolute path is looked at, so that it is the same from
 * whichever folder the file was named.
 */
static char *id_of(const char *path, const char *root)
{
	cleanup_free char *absolute = realpath(path, NULL);
	cleanup_free char *absolute_root = realpath(root, NULL);
	const char *relative = absolute ? below_scenarios(absolute) : NULL;
	size_t root_length = absolute_root ? strlen(absolute_root) : 0;
	const char *suffix;

	if (!relative && absolute && root_length && strcmp(absolute, absolute_root) != 0 &&
	    strncmp(absolute, absolute_root, root_length) == 0 && absolute[root_length] == '/')
		relative = absolute + root_length + 1;
	if (!relative)
		relative = basename(path);
	suffix = suffix_of(relative);
	return strndup(relative, suffix ? (size_t)(suffix - relative) : strlen(relative));
}

/* Whether all parts of an id can be names of files of results; complains where not. */
static bool check_id(const struct reader *reader, const char *id)
{
	cleanup_free char *copy = copy_text(id);
	char *rest = copy, *part;

	while ((part = strsep(&rest, "/"))) {
		if (is_id_word(part) && strlen(part) < 160)
			continue;
		complain(reader, whole_file,
			 "its name becomes an id: write " WORD
			 " with letters, digits, '.', '_' and "
			 "'-'",
			 part);
		return false;
	}
	return true;
}

/* The path of a scenario that was loaded from another file and has this id, or NULL. */
static const struct scenario *find_base_id(const struct scenarios *scenarios, const char *id)
{
	size_t length = strlen(id);

	for (size_t i = 0; i < scenarios->count; i++) {
		const char *other = scenarios->list[i].id;

		if (strncmp(other, id, length) == 0 && (!other[length] || other[length] == '@'))
			return &scenarios->list[i];
	}
	return NULL;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat a_status, b_status;

	return stat(a, &a_status) == 0 && stat(b, &b_status) == 0 &&
	       a_status.st_dev == b_status.st_dev && a_status.st_ino == b_status.st_ino;
}

static void load_file(const char *path, const char *root, struct scenarios *scenarios,
		      struct problems *problems)
{
	struct reader reader = {.path = path, .problems = problems};
	cleanup_free char *text = NULL;
	cleanup_free char *id = id_of(path, root);
	const struct scenario *other;
	size_t length = 0;

	if (!id || !check_id(&reader, id))
		return;
	other = find_base_id(scenarios, id);
	/* Named twice, as by "scenarios scenarios/002": once is enough. */
	if (other && is_same_file(other->path, path))
		return;
	if (other) {
		complain(&reader, whole_file, "its id \"%s\" is that of %s too", id, other->path);
		return;
	}
	text = read_text(&reader, &length);
	if (text)
		scenario_parse(path, id, text, length, scenarios, problems);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes one entry of a folder's tree. */
static void visit(FTS *tree, FTSENT *entry, struct paths *paths, struct problems *problems)
{
	struct reader reader = {.path = entry->fts_path, .problems = problems};
	bool is_hidden = entry->fts_level > 0 && entry->fts_name[0] == '.';

	switch (entry->fts_info) {
	case FTS_D:
		if (is_hidden)
			fts_set(tree, entry, FTS_SKIP);
		break;
	case FTS_DNR:
	case FTS_ERR:
		complain(&reader, whole_file, "cannot be read: %s", strerror(entry->fts_errno));
		break;
	case FTS_DC:
	case FTS_DP:
		break;
	default:
		if (!is_hidden && suffix_of(entry->fts_name))
			*array_push(paths->list, paths->count) = copy_text(entry->fts_path);
		break;
	}
}

static void load_folder(const char *path, struct scenarios *scenarios, struct problems *problems)
{
	struct reader reader = {.path = path, .problems = problems};
	char *root = copy_text(path), *roots[] = {root, NULL};
	size_t problem_count = problems->count;
	struct paths paths = {0};
	FTS *tree;

	/* "folder/" would give "folder//file". */
	for (size_t length = strlen(root); length > 1 && root[length - 1] == '/'; length--)
		root[length - 1] = '\0';
	tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	if (!tree) {
		complain(&reader, whole_file, "cannot be read: %s", strerror(errno));
		free(root);
		return;
	}
	for (FTSENT *entry; (entry = fts_read(tree));)
		visit(tree, entry, &paths, problems);
	fts_close(tree);
	if (paths.count)
		qsort(paths.list, paths.count, sizeof(*paths.list), compare_paths);
	else if (problems->count == problem_count)
		complain(&reader, whole_file,
			 "no scenario in this folder or below: no file named *.yaml or *.yml");
	for (size_t i = 0; i < paths.count; i++) {
		load_file(paths.list[i], root, scenarios, problems);
		free(paths.list[i]);
	}
	free(paths.list);
	free(root);
}

void scenarios_load(const char *path, struct scenarios *scenarios, struct problems *problems)
{
	struct stat status;

	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		load_folder(path, scenarios, problems);
	else
		load_file(path, path, scenarios, problems);
}
