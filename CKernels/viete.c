#include "CPerfGateKernels.h"
#include "pgp_opaque.h"
#include <math.h>

PGP_DEFINE_BUILD_PROBE(ck_viete)

double ck_viete(int64_t iterations) {
  if (iterations < 0) {
    return __builtin_nan("");
  }
  // Known start values would let a compiler do the first iterations itself, or merge equal tasks.
  double a = pgp_opaque_double(0.0);
  double p = pgp_opaque_double(1.0);
  for (int64_t i = 0; i < iterations; i++) {
    a = sqrt(2.0 + a);
    p = p * a / 2.0;
  }
  return 2.0 / p;
}
