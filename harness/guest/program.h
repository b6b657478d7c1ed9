/* Other programs, run to their end. */
#ifndef HALFOPEN_GUEST_PROGRAM_H
#define HALFOPEN_GUEST_PROGRAM_H

#include <stddef.h>

/* Room for the sentences that functions of this layer write on failure. */
#define GUEST_ERROR_SIZE 512

/*
 * Runs a program and hands over what it wrote to its standard output, freed by the caller; a 0 byte
 * is behind it. Returns 0, or -errno with a sentence in error: -ENOENT where there is no
 * such program, -EIO where it failed.
 */
int program_read(const char *const argv[], char **ret_output, size_t *ret_length,
		 char error[static GUEST_ERROR_SIZE]);

/* Reads a whole file. Returns 0, or -errno with a sentence in error. */
int file_read(const char *path, char **ret_bytes, size_t *ret_length,
	      char error[static GUEST_ERROR_SIZE]);

#endif
