#ifndef CK_TEXT_LENGTH_H
#define CK_TEXT_LENGTH_H

#include "pgp_build.h"
#include <stddef.h>
#include <stdint.h>

PGP_DECLARE_BUILD_PROBE(ck_text_length);

// A string that knows its length, as Swift's does.
typedef struct ck_text {
  const uint8_t *_Nonnull bytes;
  size_t length;
} ck_text;

// The length of a string that is handed over by value: both its words, none of its bytes.
//
// Shape: any text; returns its stored length in bytes.
// Work: constant.
size_t ck_length(ck_text text);

// The length of a string that is handed over by reference.
//
// Shape: any text; returns its stored length in bytes.
// Work: constant.
size_t ck_length_reference(const ck_text *_Nonnull text);

// The length of bytes that are borrowed.
//
// Shape: any bytes; none of them is read.
// Work: constant.
size_t ck_length_pointer(const uint8_t *_Nonnull bytes, size_t length);

#endif
