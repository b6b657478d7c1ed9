#define _GNU_SOURCE
#include "guest/modules.h"

#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "guest/cache.h"

/* What the sandbox can ask for, now or in a while; each brings what it depends on. */
static const char *const wanted[] = {
	"tcp_diag",
	"nf_tables",
	"nft_reject_inet",
	"nft_reject_ipv4",
	"nft_reject_ipv6",
	"nft_ct",
	"nft_limit",
	"nft_numgen",
	"nft_nat",
	"nft_masq",
	"nft_chain_nat",
	"nf_conntrack_netlink",
	"veth",
	"sch_netem",
};

/* The name of a module's file, without folders and suffixes; "-" and "_" are the same. */
static bool is_module(const char *path, size_t length, const char *name)
{
	const char *slash = memrchr(path, '/', length);
	const char *file = slash ? slash + 1 : path;
	size_t file_length = length - (size_t)(file - path), name_length = strlen(name);

	if (file_length < name_length + 3 || strncmp(file + name_length, ".ko", 3) != 0)
		return false;
	for (size_t i = 0; i < name_length; i++) {
		if ((file[i] == '-' ? '_' : file[i]) != name[i])
			return false;
	}
	return true;
}

static void add(struct module_list *list, const char *folder, const char *path, size_t length)
{
	char *whole;

	if (asprintf(&whole, "%s/%.*s", folder, (int)length, path) < 0)
		abort();
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->paths[i], whole) == 0) {
			free(whole);
			return;
		}
	}
	*array_push(list->paths, list->count) = whole;
}

/*
 * Adds what a line "PATH: PATH PATH…" names: a module, and all it depends on, directly or not, so
 * that the last one depends on none of the others (modules.dep(5)).
 */
static void add_line(struct module_list *list, const char *folder, const char *line, size_t length,
		     size_t colon)
{
	size_t end = length;

	while (end > colon + 1) {
		size_t begin = end;

		while (begin > colon + 1 && line[begin - 1] != ' ')
			begin--;
		if (begin < end)
			add(list, folder, line + begin, end - begin);
		end = begin > colon + 1 ? begin - 1 : begin;
	}
	add(list, folder, line, colon);
}

void modules_order(const char *dependencies, const char *folder, struct module_list *list)
{
	for (size_t i = 0; i < array_length(wanted); i++) {
		for (const char *line = dependencies; *line;) {
			size_t length = strcspn(line, "\n"), colon = strcspn(line, ":\n");

			if (colon < length && is_module(line, colon, wanted[i]))
				add_line(list, folder, line, length, colon);
			line += length + (line[length] == '\n');
		}
	}
}

/* What depmod would write into the folder, which is not ours. */
static int make_dependencies(const char *folder, char **ret_text,
			     char error[static GUEST_ERROR_SIZE])
{
	cleanup_free char *base = realpath(folder, NULL);
	const char *release = base ? strrchr(base, '/') + 1 : NULL;
	char *modules = base ? strstr(base, "/lib/modules/") : NULL;
	size_t length;

	if (!modules || strchr(modules + strlen("/lib/modules/"), '/')) {
		snprintf(error, GUEST_ERROR_SIZE,
			 "%s has no modules.dep; call it …/lib/modules/RELEASE, or run depmod",
			 folder);
		return -ENOENT;
	}
	*modules = '\0';
	return program_read(
		(const char *const[]){"depmod", "-n", "-b", *base ? base : "/", release, NULL},
		ret_text, &length, error);
}

/* depmod is in a folder that is only in root's PATH. */
static void extend_path(void)
{
	const char *path = getenv("PATH");
	cleanup_free char *longer = NULL;

	if (!path || strstr(path, "/usr/sbin"))
		return;
	if (asprintf(&longer, "%s:/usr/sbin:/sbin", path) >= 0)
		setenv("PATH", longer, 1);
}

int modules_find(const char *folder, struct module_list *ret_list,
		 char error[static GUEST_ERROR_SIZE])
{
	cleanup_free char *path = NULL;
	cleanup_free char *text = NULL;
	struct module_list list = {0};
	size_t length;
	int result;

	if (asprintf(&path, "%s/modules.dep", folder) < 0)
		return -ENOMEM;
	if (access(path, F_OK) == 0) {
		result = file_read(path, &text, &length, error);
	} else {
		extend_path();
		result = make_dependencies(folder, &text, error);
	}
	if (result)
		return result;
	modules_order(text, folder, &list);
	*ret_list = list;
	return 0;
}

int module_read(const char *path, char **ret_bytes, size_t *ret_length,
		char error[static GUEST_ERROR_SIZE])
{
	static const struct {
		const char *suffix, *program;
	} compressed[] = {{".xz", "xz"}, {".zst", "zstd"}, {".gz", "gzip"}};
	const char *suffix = strrchr(path, '.');

	for (size_t i = 0; i < array_length(compressed); i++) {
		if (suffix && strcmp(suffix, compressed[i].suffix) == 0)
			return program_read(
				(const char *const[]){compressed[i].program, "-dc", path, NULL},
				ret_bytes, ret_length, error);
	}
	return file_read(path, ret_bytes, ret_length, error);
}

static int compare_names(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

uint64_t modules_sum(const char *folder)
{
	cleanup_free char *root = strdup(folder);
	char *roots[] = {root, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, compare_names);
	uint64_t sum = cache_sum(0, folder, strlen(folder));

	if (!tree)
		return sum;
	for (FTSENT *entry; (entry = fts_read(tree));) {
		if (entry->fts_info != FTS_F)
			continue;
		sum = cache_sum(sum, entry->fts_path, entry->fts_pathlen);
		sum = cache_sum(sum, &entry->fts_statp->st_size, sizeof(off_t));
		sum = cache_sum(sum, &entry->fts_statp->st_mtim, sizeof(struct timespec));
	}
	fts_close(tree);
	return sum;
}

void module_list_free(struct module_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
	*list = (struct module_list){0};
}
