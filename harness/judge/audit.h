/*
 * The audit: which expectations could never have failed. Every expectation that passed on a
 * recorded timeline must fail on some bend of it.
 */
#ifndef HALFOPEN_JUDGE_AUDIT_H
#define HALFOPEN_JUDGE_AUDIT_H

#include "judge/judge.h"

/* An expectation, or one key of it, that no bend breaks. */
struct weakness {
	struct position at; /* of the expectation */
	char *expectation;
	const char *key; /* the word of the key; NULL: all of it */
	char *why;
};

struct audit {
	struct weakness *list;
	size_t count;
	size_t bends;	      /* how many were tried */
	enum verdict verdict; /* of the timeline as recorded; only what passed is audited */
};

/* Audits one scenario with one timeline of it. The caller frees with audit_free(). */
void audit(const struct scenario *scenario, const struct timeline *timeline,
	   struct audit *ret_audit);

void audit_free(struct audit *audit);

#endif
