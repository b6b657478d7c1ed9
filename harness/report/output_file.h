/*
 * Files that appear whole or not at all: written beside, then renamed. A full disk or a killed run
 * leaves the old file as it was.
 */
#ifndef HALFOPEN_REPORT_OUTPUT_FILE_H
#define HALFOPEN_REPORT_OUTPUT_FILE_H

#include <stdio.h>

struct output_file {
	FILE *stream;		/* write here */
	char *path, *temporary; /* temporary: NULL where it is written in its place */
};

/* Makes a folder and those above it. Returns 0 or -errno. */
int make_folder(const char *path);

/* Begins a file; folders of its path are made. Returns 0 or -errno, and then owns nothing. */
int output_file_open(struct output_file *ret_file, const char *folder, const char *name,
		     const char *suffix);

/*
 * The same for a path that a user named. A device or a pipe is written to as it is, since nothing
 * can be put in its place; a symbolic link stays one. Returns 0 or -errno.
 */
int output_path_open(struct output_file *ret_file, const char *path);

/*
 * Whether output_path_open() would succeed now: nothing is written, but missing folders are made,
 * so that a long run does not find out at its end. Returns 0 or -errno.
 */
int output_path_check(const char *path);

/* Puts the file in its place. Returns 0 or -errno; in both cases nothing is owned any more. */
int output_file_commit(struct output_file *file);

/* Gives it up: nothing of it stays. */
void output_file_discard(struct output_file *file);

#endif
