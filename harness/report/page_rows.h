/* Which events of a timeline are drawn, one on each line. Internal to the page. */
#ifndef HALFOPEN_REPORT_PAGE_ROWS_H
#define HALFOPEN_REPORT_PAGE_ROWS_H

#include "report/page_layout.h"

/* Appends the rows, in their order and without their places. */
void rows_choose(const struct timeline *timeline, const struct judgement *judgement,
		 struct layout *layout);

#endif
