/* The whole vocabulary of scenario files, from the parser's own tables. */
#ifndef HALFOPEN_COMMAND_REFERENCE_H
#define HALFOPEN_COMMAND_REFERENCE_H

#include <stdio.h>

/* Writes it in Markdown: a heading for each record, a line for each key. */
void reference_write(FILE *stream);

/* Its words as tables, with a line and an example each, but without the keys of each. */
void reference_write_tables(FILE *stream);

#endif
