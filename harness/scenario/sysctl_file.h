/*
 * Settings of a machine, from files as sysctl.d(5) has them (and "sysctl -a" prints them), and from
 * the command line: those that a network namespace has for itself and TCP reads.
 */
#ifndef HALFOPEN_SCENARIO_SYSCTL_FILE_H
#define HALFOPEN_SCENARIO_SYSCTL_FILE_H

#include "scenario/scenario.h"

/* The largest file, in bytes: "sysctl -a" of a machine with thousands of links has that. */
#define SYSCTL_FILE_LIMIT (4 * 1024 * 1024)

/* Starts as {0}. */
struct sysctl_list {
	struct sysctl_setting *list; /* in the order of reading: a later one wins; at is its line */
	size_t count;
	char **left_out; /* names that are not of the kind above, each once, sorted */
	size_t left_out_count;
};

/*
 * Appends what a file says: lines "key = value" or "-key = value" (whose failure does not matter),
 * comments after '#' or ';', '/' or '.' between the parts of a key. Values are in the kernel's own
 * unit. Mistakes go to problems, all of them; the file may be a pipe.
 */
void sysctl_file_read(const char *path, struct sysctl_list *list, struct problems *problems);

/* The same of a text; path is only for messages. */
void sysctl_text_read(const char *path, const char *text, size_t length, struct sysctl_list *list,
		      struct problems *problems);

/*
 * Appends one "KEY=VALUE" of the command line; from is what messages call it ("--sysctl"). The
 * value may be a duration, and "net.ipv4." may be left out. An unknown key is a mistake here.
 */
void sysctl_argument_read(const char *from, const char *argument, struct sysctl_list *list,
			  struct problems *problems);

/* Notes a name as left out, once. */
void sysctl_leave_out(struct sysctl_list *list, const char *name);

void sysctl_list_free(struct sysctl_list *list);

#endif
