/* Which addresses the ends have: what the file says, what its topology gives, one IP family. */
#ifndef HALFOPEN_SCENARIO_ADDRESSES_H
#define HALFOPEN_SCENARIO_ADDRESSES_H

#include "scenario/reader.h"
#include "scenario/scenario.h"

/*
 * Fills in the scenario's family and the parts of the ends' addresses that were not said: the
 * server's port, and on loopback the hosts. In the other topologies an address keeps its port only,
 * since the topology gives the hosts (sandbox/topology.h). Complains about addresses of two
 * families, and about hosts where they are given already.
 */
void addresses_place(const struct reader *reader, struct scenario *scenario);

#endif
