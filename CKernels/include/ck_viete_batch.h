#ifndef CK_VIETE_BATCH_H
#define CK_VIETE_BATCH_H

#include "pgp_build.h"
#include <stddef.h>
#include <stdint.h>

PGP_DECLARE_BUILD_PROBE(ck_viete_batch);

// How many chains share a window at most; more are split into equal parts, one after the other.
#define CK_VIETE_BATCH_MOST 64

// Viète's series for a batch of chains that advance side by side, one in each lane of up to four
// vectors. A chain does what ck_viete does.
//
// Shape: `count` >= 0 numbers of iterations, whose sum is below 2^63, and as many results: the bits
// of the value that ck_viete returns, so a quiet NaN for a negative number.
// Work: proportional to the iterations of all chains divided by the lanes of the window, but at
// least those of the longest chain. The window has 4 vectors if the chains fill them, otherwise as
// many as the chains need, at most 3.
#if defined(__x86_64__)
void ck_viete_batch_sse2(const int64_t *_Nonnull iterations, uint64_t *_Nonnull results,
                         size_t count);
void ck_viete_batch_avx2(const int64_t *_Nonnull iterations, uint64_t *_Nonnull results,
                         size_t count);
void ck_viete_batch_avx512(const int64_t *_Nonnull iterations, uint64_t *_Nonnull results,
                           size_t count);
#elif defined(__aarch64__)
void ck_viete_batch_neon(const int64_t *_Nonnull iterations, uint64_t *_Nonnull results,
                         size_t count);
#endif

#endif
