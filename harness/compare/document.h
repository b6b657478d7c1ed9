/*
 * What a document states of an experiment, as its scenario says it:
 *
 *     documented: STATEMENT
 *     documented: STATEMENT; wrong: REASON
 *     documented: STATEMENT; out of date: REASON
 *
 * A reason says why no kernel that is played does so; the scenario then expects what is right.
 */
#ifndef HALFOPEN_COMPARE_DOCUMENT_H
#define HALFOPEN_COMPARE_DOCUMENT_H

#include "scenario/scenario.h"

struct document {
	char *stated;	    /* "" where nothing is, or where the scenario is a shortened variant */
	const char *fault;  /* "wrong" or "out of date"; NULL: it is neither */
	const char *reason; /* of that; belongs to the scenarios */
};

/* The scenarios must live as long; the caller frees stated. */
struct document document_of(const struct scenarios *scenarios, const char *id);

#endif
