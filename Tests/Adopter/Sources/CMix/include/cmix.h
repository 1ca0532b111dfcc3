#ifndef CMIX_H
#define CMIX_H

#include <CPerfGateSystem.h>
#include <stdint.h>

// Shape: any number of steps; returns the last of so many random numbers. Work: proportional.
uint64_t cmix(uint64_t steps, uint64_t start);

PGP_DECLARE_BUILD_PROBE(cmix);

#endif
