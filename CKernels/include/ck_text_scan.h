#ifndef CK_TEXT_SCAN_H
#define CK_TEXT_SCAN_H

#include "pgp_build.h"
#include <stddef.h>
#include <stdint.h>

PGP_DECLARE_BUILD_PROBE(ck_text_scan);

// The length of a zero-terminated string, by the C library's strlen.
//
// Shape: any bytes and a zero; returns how many bytes stand before the first zero.
// Work: proportional to the length; reads every byte once.
size_t ck_strlen(const uint8_t *_Nonnull start);

// The length of a zero-terminated string, by a loop over its bytes that stays one.
//
// Shape: any bytes and a zero; returns how many bytes stand before the first zero.
// Work: proportional to the length; reads every byte once.
size_t ck_loop(const uint8_t *_Nonnull start);

#endif
