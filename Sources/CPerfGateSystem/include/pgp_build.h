#ifndef PGP_BUILD_H
#define PGP_BUILD_H

#include <stdbool.h>

// Whether the translation unit (or the Swift module) that this is emitted into was optimised.
static inline __attribute__((always_inline)) bool pgp_is_optimized(void) {
#ifdef __OPTIMIZE__
  return true;
#else
  return false;
#endif
}

// The C compiler's name and version.
const char *_Nonnull pgp_clang_version(void);

// A C file with kernels writes PGP_DEFINE_BUILD_PROBE(name) once: `bool name_is_optimized(void)`
// then tells how that very file was compiled. Its header declares it by
// PGP_DECLARE_BUILD_PROBE(name).
#define PGP_DECLARE_BUILD_PROBE(name) bool name##_is_optimized(void)
#define PGP_DEFINE_BUILD_PROBE(name)                                                               \
  bool name##_is_optimized(void) { return pgp_is_optimized(); }

// How this library itself was compiled.
PGP_DECLARE_BUILD_PROBE(pgp_library);

// What slows every function of this program down; null for nothing.
const char *_Nullable pgp_instrumentation(void);

#endif
