/* What is due, and when a dead peer is noticed, for machines. Times are in ns. */
#ifndef HALFOPEN_REPORT_FORECAST_JSON_H
#define HALFOPEN_REPORT_FORECAST_JSON_H

#include <jansson.h>

#include "model/forecast.h"
#include "report/detection_table.h"

/* Each returns a new reference; NULL only when memory is out. */

/* The settings that the rest was computed from. */
json_t *settings_json(const struct settings *settings);

/* The entries in their order, and how it ends. */
json_t *forecast_json(const struct forecast *forecast, const struct scenario *scenario);

/* The table's rows; "end" is null where both ends notice alike. */
json_t *detection_json(const struct detection_table *table);

#endif
