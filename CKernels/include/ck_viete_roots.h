#ifndef CK_VIETE_ROOTS_H
#define CK_VIETE_ROOTS_H

#include "pgp_build.h"
#include <stdint.h>

PGP_DECLARE_BUILD_PROBE(ck_viete_roots);

// Square roots as fast as the CPU can take them: an upper bound for Viète's series.
//
// Shape: n >= 0 roots, of 64 values in turn: value j starts as 1.5 + j and is replaced by its root
// n / 64 times, and once more if j < n % 64. Returns the sum of the values in the order of j, the
// same bits from every version; a quiet NaN for a negative n.
// Work: proportional to n; eight numbers or vectors are in flight, so no root waits for another.
double ck_roots_scalar(int64_t n);

#if defined(__x86_64__)
double ck_roots_sse2(int64_t n);
double ck_roots_avx2(int64_t n);
double ck_roots_avx512(int64_t n);
#elif defined(__aarch64__)
double ck_roots_neon(int64_t n);
#endif

#endif
