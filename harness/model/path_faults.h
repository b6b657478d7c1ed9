/*
 * Which segments the faults of a scenario take: those of them that are in force, and of each how
 * many segments it has met, since some take only the first ones, each so-manieth, or a part by a
 * pattern.
 */
#ifndef HALFOPEN_MODEL_PATH_FAULTS_H
#define HALFOPEN_MODEL_PATH_FAULTS_H

#include "model/model.h"
#include "scenario/scenario.h"

struct fault_state {
	bool in_force;
	int64_t met[3]; /* segments that it is for, by the end that they go to */
};

struct path_faults {
	const struct scenario *scenario;
	struct fault_state *list; /* by step */
};

/* The scenario stays the caller's and must outlive the faults; free with path_faults_free(). */
struct path_faults path_faults_start(const struct scenario *scenario);
void path_faults_free(struct path_faults *faults);

/* Takes a step of the scenario: it may begin a fault, or end some. */
void path_faults_step(struct path_faults *faults, size_t step);

/* What becomes of every segment to an end; PATH_OPEN where some or all arrive. */
enum path path_faults_path(const struct path_faults *faults, enum end to);

/*
 * What becomes of one segment to an end, which counts for the faults that it meets. To be asked for
 * each segment once, in their order.
 */
enum path path_faults_meet(struct path_faults *faults, enum end to,
			   const struct model_segment *segment);

#endif
