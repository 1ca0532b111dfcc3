#ifndef CK_VIETE_H
#define CK_VIETE_H

#include "pgp_build.h"
#include <stdint.h>

PGP_DECLARE_BUILD_PROBE(ck_viete);

// Viète's series for pi: from a = 0, p = 1, `iterations` times a = sqrt(2 + a), p = p * a / 2.
//
// Shape: iterations >= 0; returns 2 / p, so 2 for none; a quiet NaN for a negative number.
// Work: proportional to iterations; each waits for the square root of the one before. After 27
// iterations a stays at 2, and the work goes on all the same.
double ck_viete(int64_t iterations);

#endif
