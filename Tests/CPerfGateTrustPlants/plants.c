#include "CPerfGateTrustPlants.h"
#include "pgp_opaque.h"
#include <stdlib.h>
#include <unistd.h>

extern char **environ;

// A step that takes the multiplier's latency.
static inline uint64_t mixed(uint64_t hash, uint64_t value) {
  return (hash ^ value) * 0x9e3779b97f4a7c15;
}

uint64_t pgt_follow_ring(const struct pgt_link *first, int64_t passes, int64_t steps) {
  uint64_t sum = 0;
  for (int64_t pass = 0; pass < passes; pass++) {
    const struct pgt_link *link = pgp_opaque_pointer(first);
    sum = 0;
    do {
      sum += link->value;
      link = link->next;
    } while (link != first);
    sum = pgp_opaque_u64(sum);
    for (int64_t step = 0; step < steps; step++) {
      sum = mixed(sum, (uint64_t)step);
    }
    sum = pgp_opaque_u64(sum);
  }
  return sum;
}

uint64_t pgt_stack_place(void) { return (uint64_t)(uintptr_t)environ; }

// Insertion sort of few numbers: its branches are hard to predict, so it matters where they lie.
#define SORT_COPY(number)                                                                          \
  static __attribute__((noinline))                                                                 \
  uint64_t sort_##number(uint32_t *numbers, int64_t count, int64_t passes) {                       \
    uint64_t sum = 0;                                                                              \
    for (int64_t pass = 0; pass < passes; pass++) {                                                \
      uint64_t random = pgp_opaque_u64(0x2545f4914f6cdd1d);                                        \
      sum = 0;                                                                                     \
      for (int64_t repeat = 0; repeat < 8; repeat++) {                                             \
        for (int64_t i = 0; i < count; i++) {                                                      \
          random ^= random << 13;                                                                  \
          random ^= random >> 7;                                                                   \
          random ^= random << 17;                                                                  \
          numbers[i] = (uint32_t)random;                                                           \
        }                                                                                          \
        for (int64_t i = 1; i < count; i++) {                                                      \
          uint32_t value = numbers[i];                                                             \
          int64_t place = i - 1;                                                                   \
          while (place >= 0 && numbers[place] > value) {                                           \
            numbers[place + 1] = numbers[place];                                                   \
            place--;                                                                               \
          }                                                                                        \
          numbers[place + 1] = value;                                                              \
        }                                                                                          \
        sum = mixed(sum, numbers[count / 2]);                                                      \
      }                                                                                            \
      sum = pgp_opaque_u64(sum);                                                                   \
    }                                                                                              \
    /* Equal functions would be merged. */                                                         \
    __asm__ volatile("# copy " #number);                                                           \
    return sum;                                                                                    \
  }

SORT_COPY(0)
SORT_COPY(1)
SORT_COPY(2)
SORT_COPY(3)
SORT_COPY(4)
SORT_COPY(5)
SORT_COPY(6)
SORT_COPY(7)

pgt_sort_function pgt_sort_copy(int index) {
  static const pgt_sort_function copies[pgt_sort_copies] = {sort_0, sort_1, sort_2, sort_3,
                                                            sort_4, sort_5, sort_6, sort_7};
  return copies[(unsigned)index % pgt_sort_copies];
}

_Bool pgt_plants_are_optimized(void) {
#ifdef __OPTIMIZE__
  return 1;
#else
  return 0;
#endif
}

_Bool pgt_hog_memory(size_t bytes, int32_t parent) {
  size_t count = bytes / sizeof(uint64_t);
  uint64_t *words = calloc(count, sizeof(uint64_t));
  if (words == NULL) {
    return 0;
  }
  while (getppid() == parent) {
    for (size_t i = 0; i < count; i++) {
      words[i]++;
    }
    pgp_sink(words);
  }
  free(words);
  return 1;
}

void pgt_burn_cpu(int32_t parent) {
  while (getppid() == parent) {
    for (uint64_t i = 0; i < 10000000; i++) {
      pgp_sink_u64(i);
    }
  }
}
