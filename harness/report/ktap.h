/*
 * KTAP version 1 (Documentation/dev-tools/ktap.rst), as kselftest writes it and KernelCI reads it.
 */
#ifndef HALFOPEN_REPORT_KTAP_H
#define HALFOPEN_REPORT_KTAP_H

#include <stdio.h>

#include "report/junit.h"
#include "report/saved.h"

void ktap_write(const struct saved *saved, enum inconclusive inconclusive, FILE *stream);

#endif
