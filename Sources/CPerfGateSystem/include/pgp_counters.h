#ifndef PGP_COUNTERS_H
#define PGP_COUNTERS_H

#include <stdint.h>

// What a program has asked its allocator and the Swift runtime for, on all of its threads, while
// counting was on. The counters are in the target CPerfGateCounters, which only those link who
// count; without it nothing is counted, and `malloc` is the system's own.

typedef struct {
  uint64_t allocations; // calls of malloc, calloc, realloc, aligned_alloc and their kin
  uint64_t bytes;       // that they asked for
  uint64_t retains;     // of objects of Swift, also several at once and weak ones that succeed
  uint64_t releases;    // likewise
} pgp_counts;

// The counters of a program that is linked with them.
typedef struct {
  // Begins to count (1) or ends (0). Not for two threads at once.
  void (*_Nonnull count)(int on);
  // Reads all counters.
  void (*_Nonnull read)(pgp_counts *_Nonnull counts);
  // The file of an allocator that is not the system's own; null without one.
  const char *_Nullable (*_Nonnull other_allocator)(void);
  // Whether retains can be counted here.
  int (*_Nonnull counts_retains)(void);
} pgp_counter_functions;

// The counters; null if this program is not linked with them.
const pgp_counter_functions *_Nullable pgp_counters(void);

#endif
