/* Whole files of /proc, whose size is not known before; for this layer's own files. */
#ifndef HALFOPEN_SANDBOX_PROC_H
#define HALFOPEN_SANDBOX_PROC_H

/*
 * Reads a file to its end, or only until it contains the text until and a line's end after that
 * where until is not NULL. Returns 0 or -errno; -EFBIG above 16 MiB. The caller frees.
 */
int proc_read(const char *path, const char *until, char **ret_text);

#endif
