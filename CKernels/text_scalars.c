#include "CPerfGateKernels.h"
#include <string.h>

PGP_DEFINE_BUILD_PROBE(ck_text_scalars)

typedef int8_t ck_bytes64 __attribute__((vector_size(64)));
typedef uint64_t ck_words8 __attribute__((vector_size(64)));

enum {
  // Continuation bytes are 0x80 to 0xbf: as signed numbers, those below -64.
  last_continuation = -65,
  block_bytes = sizeof(ck_bytes64),
  // A lane of 8 bits counts up to 255 before it overflows.
  blocks_per_sum = 255,
};

size_t ck_scalars(const uint8_t *_Nonnull bytes, size_t count) {
  const uint8_t *here = bytes;
  size_t blocks = count / block_bytes;
  size_t scalars = 0;
  const uint64_t even_bytes = 0x00ff00ff00ff00ff;
  while (blocks > 0) {
    const size_t run = blocks < blocks_per_sum ? blocks : blocks_per_sum;
    ck_bytes64 lanes = {0};
    for (size_t i = 0; i < run; i++) {
      ck_bytes64 block;
      memcpy(&block, here, block_bytes);
      // A comparison gives -1 in each lane where it is true.
      lanes -= block > last_continuation;
      here += block_bytes;
    }
    // Adds 64 numbers of 8 bits, in words: four sums of 16 bits in each, at most 16 * 255.
    const ck_words8 words = (ck_words8)lanes;
    const ck_words8 pairs = (words & even_bytes) + ((words >> 8) & even_bytes);
    const uint64_t fields =
        pairs[0] + pairs[1] + pairs[2] + pairs[3] + pairs[4] + pairs[5] + pairs[6] + pairs[7];
    scalars += (fields * 0x0001000100010001) >> 48;
    blocks -= run;
  }
  for (size_t i = 0; i < count % block_bytes; i++) {
    scalars += (int8_t)here[i] > last_continuation;
  }
  return scalars;
}
