/* The whole vocabulary of scenario files, from the parser's own tables. */
#ifndef HALFOPEN_COMMAND_REFERENCE_H
#define HALFOPEN_COMMAND_REFERENCE_H

#include <stdio.h>

/* Writes it in Markdown: a heading for each record, a line for each key. */
void reference_write(FILE *stream);

#endif
