#include "suite/phase.h"

#include "model/settings.h"
#include "model/wheel.h"
#include "play/play.h"

/*
 * The fractional parts of multiples of the golden ratio lie as evenly as can be, however many there
 * are: no gap is twice as wide as the average one. So much for the granule of the longest timer; in
 * those of the shorter ones, 8, 64 or 512 times as short, no gap is five times as wide.
 */
#define GOLDEN_FRACTION 0.6180339887498949

int64_t default_bound(const struct scenario *scenario, int hz)
{
	struct settings settings = settings_default(hz);

	settings_scenario(&settings, scenario);
	return play_bound(scenario, &settings);
}

int64_t phase_delay(const struct scenario *scenario, int hz, int phase)
{
	const struct wheel wheel = {.hz = hz};
	int64_t granule = wheel_granule(&wheel, default_bound(scenario, hz));
	double part = phase * GOLDEN_FRACTION;

	return (int64_t)((part - (double)(int64_t)part) * (double)granule);
}
