#include "CPerfGateKernels.h"
#include "pgp_opaque.h"
#include <string.h>

PGP_DEFINE_BUILD_PROBE(ck_text_scan)

size_t ck_strlen(const uint8_t *_Nonnull start) { return strlen((const char *)start); }

size_t ck_loop(const uint8_t *_Nonnull start) {
  // A compiler that knows the terminator to be zero replaces the loop by a call of strlen.
  const uint8_t terminator = (uint8_t)pgp_opaque_u64(0);
  size_t length = 0;
  while (start[length] != terminator) {
    length++;
  }
  return length;
}
