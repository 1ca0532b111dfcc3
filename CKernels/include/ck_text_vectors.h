#ifndef CK_TEXT_VECTORS_H
#define CK_TEXT_VECTORS_H

#include "pgp_build.h"
#include <stddef.h>
#include <stdint.h>

PGP_DECLARE_BUILD_PROBE(ck_text_vectors);

// Each function exists once for each instruction set of the architecture. Call those of AVX2 and
// AVX-512 only where ck_supports_avx2 or ck_supports_avx512 says that the CPU has them.

#if defined(__x86_64__)
// The length of a zero-terminated string, 512 bytes at a time.
//
// Shape: any bytes and a zero; returns how many bytes stand before the first zero. Reads no byte
// outside the blocks of 512 aligned bytes in which the text and its zero stand: they are on the
// same pages, so they can be read wherever the text can. Of those before `start`, it reads at most
// 7, the rest of a word.
// Work: proportional to the length; reads every byte once, and up to 512 bytes before the zero
// again.
size_t ck_scan_sse2(const uint8_t *_Nonnull start);
size_t ck_scan_avx2(const uint8_t *_Nonnull start);
size_t ck_scan_avx512(const uint8_t *_Nonnull start);

// The number of Unicode scalars in UTF-8: the bytes that do not continue a scalar, 256 at a time.
//
// Shape: `count` bytes of valid UTF-8 at any alignment; none outside them is read.
// Work: proportional to count; reads every byte once, and up to 7 of the last word again.
size_t ck_scalars_sse2(const uint8_t *_Nonnull bytes, size_t count);
size_t ck_scalars_avx2(const uint8_t *_Nonnull bytes, size_t count);
size_t ck_scalars_avx512(const uint8_t *_Nonnull bytes, size_t count);

// Reads bytes and does as little as possible with them, to show how fast they can be read at all.
//
// Shape: `count` bytes at any alignment; returns the sum, modulo 2^64, of the words of 8 bytes
// (little-endian) and of the count % 8 single bytes after them: the same in every instruction set.
// Work: proportional to count; reads every byte once.
uint64_t ck_read_sse2(const uint8_t *_Nonnull bytes, size_t count);
uint64_t ck_read_avx2(const uint8_t *_Nonnull bytes, size_t count);
uint64_t ck_read_avx512(const uint8_t *_Nonnull bytes, size_t count);
#elif defined(__aarch64__)
// The same for NEON.
size_t ck_scan_neon(const uint8_t *_Nonnull start);
size_t ck_scalars_neon(const uint8_t *_Nonnull bytes, size_t count);
uint64_t ck_read_neon(const uint8_t *_Nonnull bytes, size_t count);
#endif

// The same sum, by a plain loop over words with one sum.
//
// Shape: `count` bytes at any alignment; returns what the others return.
// Work: proportional to count; reads every byte once.
uint64_t ck_read_scalar(const uint8_t *_Nonnull bytes, size_t count);

#endif
