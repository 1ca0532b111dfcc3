#include "CPerfGateKernels.h"
#include <string.h>

PGP_DEFINE_BUILD_PROBE(ck_text_vectors)

enum {
  line_bytes = 64,
  // Bytes that the scan looks at between two tests, which take longer than the loads.
  scan_bytes = 512,
  // Bytes that the others look at in one turn of their loops.
  block_bytes = 256,
  // The CPU's own prefetching ends at the end of a page; 7 to 10 KiB ahead were equally fast.
  ahead_bytes = 9216,
  // What is read before the first prefetch. Texts no longer than this are often in a cache, and
  // there a prefetch only takes the place of a load.
  near_bytes = 1 << 20,
  // Continuation bytes are 0x80 to 0xbf: as signed numbers, those below -64.
  first_start = -64,
};

static const uint64_t low_bits = 0x0101010101010101;
static const uint64_t high_bits = 0x8080808080808080;

// Inlined into functions of every instruction set, and compiled for each.
#define CK_INLINE static inline __attribute__((always_inline))

CK_INLINE uint64_t load_word(const uint8_t *_Nonnull bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

// Asks for all lines of a block of the scan.
CK_INLINE void prefetch_block(const uint8_t *_Nonnull block) {
  for (size_t line = 0; line < scan_bytes; line += line_bytes) {
    ck_prefetch(block + line + ahead_bytes);
  }
}

// Asks for a line ahead with the first vector of each line: asking for all lines of a block at once
// made the counts 1 to 2 % slower.
CK_INLINE void prefetch_with(const uint8_t *_Nonnull block, size_t offset) {
  if (offset % line_bytes == 0) {
    ck_prefetch(block + offset + ahead_bytes);
  }
}

CK_INLINE size_t bytes_past(const uint8_t *_Nonnull here, size_t alignment) {
  return (uintptr_t)here % alignment;
}

// The highest bit of the first byte that is 0, and some bits above it.
CK_INLINE uint64_t zero_marks(uint64_t word) { return (word - low_bits) & ~word & high_bits; }

// The number of the first marked byte in memory: both architectures with kernels are little-endian.
CK_INLINE size_t first_marked(uint64_t marks) { return (size_t)__builtin_ctzll(marks) / 8; }

// The number of bytes before the first 0, which must stand in this line.
CK_INLINE size_t zero_in_line(const uint8_t *_Nonnull line) {
  size_t offset = 0;
  uint64_t marks;
  while ((marks = zero_marks(load_word(line + offset))) == 0) {
    offset += 8;
  }
  return offset + first_marked(marks);
}

// The lowest bit of each continuation byte of a word.
CK_INLINE uint64_t continuation_marks(uint64_t word) {
  return (word >> 7) & (~word >> 6) & low_bits;
}

// The number of continuation bytes from `offset` to the end: fewer than a block, so fewer than 256.
CK_INLINE size_t continuations_in_rest(const uint8_t *_Nonnull bytes, size_t count, size_t offset) {
  uint64_t marks = 0;
  for (; offset + 8 <= count; offset += 8) {
    marks += continuation_marks(load_word(bytes + offset));
  }
  if (offset < count && count >= 8) {
    // The last word of the text, without the bytes that are counted already.
    const size_t counted = 8 - (count - offset);
    marks += continuation_marks(load_word(bytes + count - 8) >> 8 * counted);
  } else {
    for (; offset < count; offset++) {
      marks += (int8_t)bytes[offset] < first_start;
    }
  }
  return (size_t)((marks * low_bits) >> 56);
}

// The words and single bytes of ck_read from `offset` to the end.
CK_INLINE uint64_t read_rest(const uint8_t *_Nonnull bytes, size_t count, size_t offset) {
  uint64_t sum = 0;
#pragma clang loop vectorize(disable) unroll(disable)
  for (; offset + 8 <= count; offset += 8) {
    sum += load_word(bytes + offset);
  }
  for (; offset < count; offset++) {
    sum += bytes[offset];
  }
  return sum;
}

uint64_t ck_read_scalar(const uint8_t *_Nonnull bytes, size_t count) {
  return read_rest(bytes, count, 0);
}

#if defined(__x86_64__)
#define CK_WIDTH 16
#define CK_NAME(NAME) NAME##_sse2
#define CK_INSTRUCTIONS CK_TARGET("sse2")
#include "text_vectors_body.h"

#define CK_WIDTH 32
#define CK_NAME(NAME) NAME##_avx2
#define CK_INSTRUCTIONS CK_TARGET("avx2")
#include "text_vectors_body.h"

#define CK_WIDTH 64
#define CK_NAME(NAME) NAME##_avx512
#define CK_INSTRUCTIONS CK_TARGET(CK_AVX512)
#include "text_vectors_body.h"
#elif defined(__aarch64__)
#define CK_WIDTH 16
#define CK_NAME(NAME) NAME##_neon
#define CK_INSTRUCTIONS
#include "text_vectors_body.h"
#endif
