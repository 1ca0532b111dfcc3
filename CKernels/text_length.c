#include "CPerfGateKernels.h"

PGP_DEFINE_BUILD_PROBE(ck_text_length)

size_t ck_length(ck_text text) { return text.length; }

size_t ck_length_reference(const ck_text *_Nonnull text) { return text->length; }

size_t ck_length_pointer(const uint8_t *_Nonnull bytes, size_t length) {
  (void)bytes;
  return length;
}
