/* What a capture says of each packet, for whoever opens it in Wireshark. */
#ifndef HALFOPEN_REPORT_COMMENT_H
#define HALFOPEN_REPORT_COMMENT_H

#include "judge/outcome.h"

/*
 * "client: probe; due 4.000 s to 4.040 s, came 4.016 s: on time (scenarios/x.yaml:18)", with one
 * part for each expectation that speaks of this segment. Moments count from connect(). The caller
 * frees it.
 */
char *packet_comment(const struct outcome *outcome, const struct event *segment);

#endif
