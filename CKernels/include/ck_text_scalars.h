#ifndef CK_TEXT_SCALARS_H
#define CK_TEXT_SCALARS_H

#include "pgp_build.h"
#include <stddef.h>
#include <stdint.h>

PGP_DECLARE_BUILD_PROBE(ck_text_scalars);

// The number of Unicode scalars in UTF-8: the bytes that do not continue a scalar, 64 at a time.
//
// Shape: `count` bytes of valid UTF-8 at any alignment; none outside them is read.
// Work: proportional to count; reads every byte once.
size_t ck_scalars(const uint8_t *_Nonnull bytes, size_t count);

#endif
