#include "cmix.h"

PGP_DEFINE_BUILD_PROBE(cmix)

uint64_t cmix(uint64_t steps, uint64_t start) {
  uint64_t x = start;
  for (uint64_t step = 0; step < steps; step++) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
  }
  return x;
}
