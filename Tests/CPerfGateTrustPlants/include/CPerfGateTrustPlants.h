#ifndef CPERFGATE_TRUST_PLANTS_H
#define CPERFGATE_TRUST_PLANTS_H

#include <stddef.h>
#include <stdint.h>

// Work whose speed depends on where its data or its code lies, and busy neighbors.

// A link of a ring; each lies in a cache line of its own.
struct pgt_link {
  struct pgt_link *_Nullable next;
  uint64_t value;
};

// Follows the ring that `first` is part of `passes` times, from 1, and then runs `steps` dependent
// multiplications each time, which take the same wherever the ring lies. Returns a hash of the
// values of one pass.
uint64_t pgt_follow_ring(const struct pgt_link *_Nonnull first, int64_t passes, int64_t steps);

// A number that follows from where the system put this process's stack: another one in each
// process.
uint64_t pgt_stack_place(void);

// Fills `numbers` with `count` numbers and sorts them by insertion, `passes` times, from 1; the
// seed of a pass is always the same. Returns a hash of the sorted numbers. There are eight copies
// of one function, which lie in different places.
typedef uint64_t (*pgt_sort_function)(uint32_t *_Nonnull numbers, int64_t count, int64_t passes);
enum { pgt_sort_copies = 8 };
pgt_sort_function _Nonnull pgt_sort_copy(int index);

// Whether this file was compiled with optimization.
_Bool pgt_plants_are_optimized(void);

// Adds one to each word of a buffer, again and again, until the process with number `parent` is no
// longer the parent. `bytes` is far larger than the caches; returns false without so much memory.
_Bool pgt_hog_memory(size_t bytes, int32_t parent);

// Counts until the process with number `parent` is no longer the parent.
void pgt_burn_cpu(int32_t parent);

#endif
