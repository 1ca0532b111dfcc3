#ifndef CK_PREFETCH_H
#define CK_PREFETCH_H

// Asks for a cache line to be read soon: a hint, allowed for any address. Swift cannot express it.
// Work: one instruction.
static inline __attribute__((always_inline)) void ck_prefetch(const void *_Nonnull address) {
  __builtin_prefetch(address, 0, 3);
}

#endif
