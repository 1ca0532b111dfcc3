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

int main(void) {
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
