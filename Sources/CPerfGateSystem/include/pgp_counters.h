#ifndef PGP_COUNTERS_H
#define PGP_COUNTERS_H

#include <stdint.h>

// What a program asks its allocator and the Swift runtime for, on all of its threads, while
// counting is on. Until then nothing is in the way of any call.

typedef struct {
  uint64_t allocations;  // calls of malloc, calloc, realloc, aligned_alloc and their kin
  uint64_t bytes;        // that they asked for
  uint64_t retains;      // of objects of Swift, and through weak and unowned references
  uint64_t releases;     // likewise
  uint64_t instructions; // in user mode; not set by the functions below
} pgp_counts;

// Whether allocations can be counted on this system.
int pgp_counts_allocations(void);

// Whether retains can be counted: on x86-64, with the runtime in a library of its own. Those within
// that library are not seen.
int pgp_counts_retains(void);

// The file of an allocator that is not the system's own; null without one.
const char *_Nullable pgp_other_allocator(void);

// Begins to count (1) or ends (0), also in libraries that were loaded since the last time. Not for
// two threads at once.
void pgp_count(int on);

// Reads all counters.
void pgp_read_counts(pgp_counts *_Nonnull counts);

#endif
