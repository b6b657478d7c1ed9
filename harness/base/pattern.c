#include "base/pattern.h"

/*
 * SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014): every
 * seed is a good one, 0 and neighbouring numbers too.
 */
static uint64_t draw(uint64_t *state)
{
	uint64_t mixed = *state += 0x9e3779b97f4a7c15;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
	return mixed ^ mixed >> 31;
}

/* Fisher and Yates's shuffle. The remainder of 64 bits by so small a number is even enough. */
void pattern_draw(uint64_t seed, uint32_t positions[static PATTERN_LENGTH])
{
	for (uint32_t i = 0; i < PATTERN_LENGTH; i++)
		positions[i] = i;
	for (uint32_t left = PATTERN_LENGTH; left > 1; left--) {
		uint32_t chosen = (uint32_t)(draw(&seed) % left);
		uint32_t last = positions[left - 1];

		positions[left - 1] = positions[chosen];
		positions[chosen] = last;
	}
}
