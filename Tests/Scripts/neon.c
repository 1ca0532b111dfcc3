// Compares the NEON kernels with their scalar references: instruction-sets.sh builds it for arm64
// and runs it in an emulator. Status 1 if a result is wrong.

#include "CPerfGateKernels.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { most_chains = 200 };

static int wrong = 0;

static uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static void check_batch(const int64_t *iterations, size_t count) {
  uint64_t results[most_chains];
  ck_viete_batch_neon(iterations, results, count);
  for (size_t chain = 0; chain < count; chain++) {
    if (results[chain] != bits_of(ck_viete(iterations[chain]))) {
      printf("WRONG: chain %zu of %zu, with %" PRId64 " iterations\n", chain, count,
             iterations[chain]);
      wrong++;
    }
  }
}

// A text of `length` bytes at `offset`, and a zero behind it.
static void check_text(size_t offset, size_t length) {
  static uint8_t bytes[70000];
  uint8_t *start = bytes + offset;
  size_t scalars = 0;
  for (size_t i = 0; i < length; i++) {
    start[i] = (uint8_t)(i * 37 % 255 + 1);
    scalars += (start[i] & 0xc0) != 0x80;
  }
  start[length] = 0;
  if (ck_scan_neon(start) != length || ck_scalars_neon(start, length) != scalars ||
      ck_read_neon(start, length) != ck_read_scalar(start, length)) {
    printf("WRONG: a text of %zu bytes at %zu\n", length, offset);
    wrong++;
  }
}

static void check_texts(void) {
  const int before = wrong;
  for (size_t offset = 0; offset < 64; offset++)
    for (size_t length = 0; length < 1100; length++)
      check_text(offset, length);
  check_text(3, 69000);
  printf("c.scan, c.scalars and c.read.neon: 0 to 1099 bytes at 64 places, %d texts wrong\n",
         wrong - before);
}

int main(void) {
  check_texts();
  uint64_t state = 24;
  for (size_t count = 1; count <= most_chains; count++) {
    int64_t equal[most_chains], unequal[most_chains], lone[most_chains];
    for (size_t chain = 0; chain < count; chain++) {
      state = state * 6364136223846793005 + 1442695040888963407;
      equal[chain] = 28;
      unequal[chain] = (int64_t)(state >> 33) % 100 - 1;
      lone[chain] = chain == count / 2 ? 5000 : (int64_t)chain;
    }
    check_batch(equal, count);
    check_batch(unequal, count);
    check_batch(lone, count);
  }
  printf("c.viete.neon: batches of 1 to %d chains, %d results wrong\n", most_chains, wrong);
  for (int64_t n = -1; n <= 10000; n = n < 200 ? n + 1 : n * 50) {
    if (bits_of(ck_roots_neon(n)) != bits_of(ck_roots_scalar(n))) {
      printf("WRONG: %" PRId64 " roots\n", n);
      wrong++;
    }
  }
  printf("c.roots.neon: 0 to 200 and 10000 roots, %d results wrong with the batches'\n", wrong);
  return wrong == 0 ? 0 : 1;
}
