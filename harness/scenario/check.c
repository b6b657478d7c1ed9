#include "scenario/load.h"
void scenario_check(const struct scenario *scenario, struct problems *problems)
{
	(void)scenario;
	(void)problems;
}
