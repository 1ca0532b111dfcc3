// The functions of ck_text_vectors.h for registers of CK_WIDTH bytes. text_vectors.c includes it
// once for each instruction set, so it has no include guard.

typedef uint8_t CK_NAME(bytes) __attribute__((vector_size(CK_WIDTH)));
typedef int8_t CK_NAME(signed_bytes) __attribute__((vector_size(CK_WIDTH)));
typedef uint64_t CK_NAME(words) __attribute__((vector_size(CK_WIDTH)));

enum {
  CK_NAME(vectors) = block_bytes / CK_WIDTH,
  // Independent sums, because each addition waits for the one before.
  CK_NAME(sums) = 4,
  // A lane of 8 bits counts up to 255 before it overflows.
  CK_NAME(blocks_per_sum) = 255 * CK_NAME(sums) / CK_NAME(vectors),
};

// Whether `count` aligned bytes hold a 0: the smallest bytes of all their vectors tell.
CK_INLINE CK_INSTRUCTIONS bool CK_NAME(has_zero)(const uint8_t *_Nonnull here, size_t count) {
  const CK_NAME(bytes) *vectors = (const CK_NAME(bytes) *)here;
  CK_NAME(bytes) least = vectors[0];
#pragma clang loop unroll(full)
  for (size_t i = 1; i < count / CK_WIDTH; i++) {
    least = __builtin_elementwise_min(least, vectors[i]);
  }
  return __builtin_reduce_or(least == 0) != 0;
}

CK_INSTRUCTIONS size_t CK_NAME(ck_scan)(const uint8_t *_Nonnull start) {
  const uint8_t *here = start;
  if (bytes_past(here, line_bytes) != 0) {
    // By words to the next line. The bytes before the start are made nonzero.
    const size_t before = bytes_past(here, 8);
    here -= before;
    uint64_t marks = zero_marks(load_word(here) | (((uint64_t)1 << 8 * before) - 1));
    while (marks == 0) {
      here += 8;
      if (bytes_past(here, line_bytes) == 0) {
        break;
      }
      marks = zero_marks(load_word(here));
    }
    if (marks != 0) {
      return (size_t)(here - start) + first_marked(marks);
    }
  }
  while (bytes_past(here, scan_bytes) != 0) {
    if (CK_NAME(has_zero)(here, line_bytes)) {
      return (size_t)(here - start) + zero_in_line(here);
    }
    here += line_bytes;
  }
  const uint8_t *far = here + near_bytes;
  while (here < far && !CK_NAME(has_zero)(here, scan_bytes)) {
    here += scan_bytes;
  }
  if (here == far) {
    while (!CK_NAME(has_zero)(here, scan_bytes)) {
      prefetch_block(here);
      here += scan_bytes;
    }
  }
  while (!CK_NAME(has_zero)(here, line_bytes)) {
    here += line_bytes;
  }
  return (size_t)(here - start) + zero_in_line(here);
}

// Counts the continuation bytes of at most blocks_per_sum blocks.
CK_INLINE CK_INSTRUCTIONS size_t CK_NAME(continuations)(const uint8_t *_Nonnull here, size_t blocks,
                                                        bool ahead) {
  CK_NAME(bytes) sums[CK_NAME(sums)] = {0};
  for (; blocks > 0; blocks--) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < CK_NAME(vectors); i++) {
      if (ahead) {
        prefetch_with(here, i * CK_WIDTH);
      }
      CK_NAME(signed_bytes) vector;
      memcpy(&vector, here + i * CK_WIDTH, CK_WIDTH);
      // A comparison gives -1 in each lane where it is true.
      sums[i % CK_NAME(sums)] -= (CK_NAME(bytes))(vector < first_start);
    }
    here += block_bytes;
  }
  // Adds them in words: four sums of 16 bits in each, together at most 256 * 255.
  const uint64_t even_bytes = 0x00ff00ff00ff00ff;
  CK_NAME(words) pairs = {0};
#pragma clang loop unroll(full)
  for (size_t i = 0; i < CK_NAME(sums); i++) {
    const CK_NAME(words) words = (CK_NAME(words))sums[i];
    pairs += (words & even_bytes) + ((words >> 8) & even_bytes);
  }
  uint64_t fields = 0;
  for (size_t i = 0; i < CK_WIDTH / 8; i++) {
    fields += pairs[i];
  }
  return (size_t)((fields * 0x0001000100010001) >> 48);
}

CK_INSTRUCTIONS size_t CK_NAME(ck_scalars)(const uint8_t *_Nonnull bytes, size_t count) {
  size_t offset = 0;
  size_t blocks = count / block_bytes;
  size_t found = 0;
  while (blocks > 0) {
    const size_t run = blocks < CK_NAME(blocks_per_sum) ? blocks : CK_NAME(blocks_per_sum);
    found += offset < near_bytes ? CK_NAME(continuations)(bytes + offset, run, false)
                                 : CK_NAME(continuations)(bytes + offset, run, true);
    offset += run * block_bytes;
    blocks -= run;
  }
  return count - found - continuations_in_rest(bytes, count, offset);
}

CK_INLINE CK_INSTRUCTIONS uint64_t CK_NAME(sum)(const uint8_t *_Nonnull here, size_t blocks,
                                                bool ahead) {
  CK_NAME(words) sums[CK_NAME(sums)] = {0};
  for (; blocks > 0; blocks--) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < CK_NAME(vectors); i++) {
      if (ahead) {
        prefetch_with(here, i * CK_WIDTH);
      }
      CK_NAME(words) vector;
      memcpy(&vector, here + i * CK_WIDTH, CK_WIDTH);
      sums[i % CK_NAME(sums)] += vector;
    }
    here += block_bytes;
  }
  const CK_NAME(words) all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  uint64_t sum = 0;
  for (size_t i = 0; i < CK_WIDTH / 8; i++) {
    sum += all[i];
  }
  return sum;
}

CK_INSTRUCTIONS uint64_t CK_NAME(ck_read)(const uint8_t *_Nonnull bytes, size_t count) {
  const size_t blocks = count / block_bytes;
  const size_t near = blocks < near_bytes / block_bytes ? blocks : near_bytes / block_bytes;
  return CK_NAME(sum)(bytes, near, false) +
         CK_NAME(sum)(bytes + near * block_bytes, blocks - near, true) +
         read_rest(bytes, count, blocks * block_bytes);
}

#undef CK_WIDTH
#undef CK_NAME
#undef CK_INSTRUCTIONS
