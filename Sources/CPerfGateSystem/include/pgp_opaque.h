#ifndef PGP_OPAQUE_H
#define PGP_OPAQUE_H

#include <stdint.h>

// These do nothing to their values, but the compiler must assume that they read or change them.

static inline __attribute__((always_inline)) void pgp_sink(const void *_Nonnull pointer) {
  __asm__ volatile("" : : "r"(pointer) : "memory");
}

static inline __attribute__((always_inline)) void pgp_sink_u64(uint64_t value) {
  __asm__ volatile("" : : "r"(value) : "memory");
}

static inline __attribute__((always_inline)) uint64_t pgp_opaque_u64(uint64_t value) {
  __asm__ volatile("" : "+r"(value) : : "memory");
  return value;
}

static inline __attribute__((always_inline)) double pgp_opaque_double(double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  bits = pgp_opaque_u64(bits);
  __builtin_memcpy(&value, &bits, sizeof bits);
  return value;
}

static inline __attribute__((always_inline))
const void *_Nullable pgp_opaque_pointer(const void *_Nullable pointer) {
  __asm__ volatile("" : "+r"(pointer) : : "memory");
  return pointer;
}

#endif
